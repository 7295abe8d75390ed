"""Two fields that disagree: for each fact that a reader can take from several, which of them it takes."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyld.jsonld import JsonLdError
from test_spelling import DOAJ_ID, run_together

from ld.formats.jsonld import reshaped
from ld.mapping.compiled import Mapping, Unsaid
from ld.mapping.entities import Site
from ld.readers.doaj import api, oai
from ld.readers.share import Share
from ld.readers.vufind import solr
from ld.record import Container, Record, Source
from ld.values.vocab import Vocabulary, vocabulary

BASE = "https://data.example.org/"
NUMBER = "0" * 31 + "a"
DOAJ = {"id": f"doaj-{NUMBER}", "collection": "DOAJ", "title": "A title", "format": "Article"}


def indexed(**document: Any) -> Record:
    """The record of a Solr document with these fields; `author2__role` is the field author2-role."""
    full = {"id": "1", "title": "A title"} | {name.replace("__", "-"): value for name, value in document.items()}
    found = solr.record(solr.fields_of(full.items()), Source("solr", json.dumps(full), "here"))
    assert isinstance(found, Record), found
    return found


def article(outer: dict[str, Any] | None = None, **bib: Any) -> Record:
    """The record of a DOAJ article with these fields in its bibjson, and others around it."""
    document = {"id": NUMBER, "bibjson": {"title": "A title", **bib}} | (outer or {})
    found = api.record(document, Source("doaj", json.dumps(document), "here"))
    assert isinstance(found, Record), found
    return found


def people(record: Record) -> list[tuple[str, str]]:
    """The names of a record with their roles."""
    return [(one.name, one.role) for one in record.people]


# -- VuFind ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "title"),
    [
        ({"title": "T", "title_short": "S", "title_full": "F / by X"}, "T"),
        ({"title": "T", "title_short": "S", "title_sub": "B"}, "T"),
        ({"title": "", "title_short": "S", "title_full": "F / by X"}, "S"),
        ({"title": "", "title_short": "S", "title_sub": "B", "title_full": "F / by X"}, "S : B"),
        ({"title": "", "title_full": "F / by X", "title_fullStr": "G / by Y"}, "F"),
        ({"title": "", "title_fullStr": "G / by Y"}, "G"),
        ({"record_format": "marc", "title": "T /", "title_short": "S :", "title_full": "F / by X"}, "T"),
        ({"record_format": "marc", "title": "T /", "title_short": "S :", "title_sub": "B /"}, "S : B"),
        ({"record_format": "marc", "title": "T /", "title_short": "S by b", "title_sub": "B"}, "T"),
        ({"record_format": "marc", "title": "T /", "title_sub": "B /"}, "T"),
        ({"record_format": "marc", "recordtype": "solr", "title": "T", "title_short": "S", "title_sub": "B"}, "S : B"),
        ({"record_format": "solr", "recordtype": "marc", "title": "T", "title_short": "S", "title_sub": "B"}, "T"),
    ],
)
def test_a_title_is_the_one_without_a_statement_of_responsibility(fields: dict[str, str], title: str) -> None:
    """`title`, then `title_short` with `title_sub`, then `title_full`; of MARC records title proper and the rest."""
    assert indexed(**fields).title == title


def test_authors_keep_their_order_and_each_field_its_roles() -> None:
    record = indexed(
        author=["A"], author_role=["edt"], author2=["B", "A"], author2_role=["trl", "ill"],
        author2__role=["ann", "ann"],
        author_corporate=["C"], author_additional=["D"], author_sort="E", author_facet=["F"],
    )  # fmt: skip

    assert people(record) == [("A", "edt"), ("B", "trl"), ("A", "ill"), ("C", "aut")]
    assert record.contributor_names == ["D"]


def test_the_old_name_of_roles_is_read_only_where_the_new_one_is_not_there() -> None:
    assert people(indexed(author2=["B"], author2__role=["ann"])) == [("B", "ann")]
    assert people(indexed(author2=["B"], author2_role=[""], author2__role=["ann"])) == [("B", "")]


def test_who_has_no_role_is_author_only_in_the_fields_of_main_entries() -> None:
    record = indexed(author=["A"], author2=["B"], author_corporate=["C"])

    assert people(record) == [("A", "aut"), ("B", ""), ("C", "aut")]


@pytest.mark.parametrize(
    ("fields", "collection"),
    [({"collection": "A", "sources": "B"}, "A"), ({"sources": "B"}, "B"), ({"collection": " ", "sources": "B"}, "B"),
     ({"collection": ["A", "C"]}, "A"), ({"institution": "I"}, "")],
)  # fmt: skip
def test_a_collection_is_named_by_its_own_field(fields: dict[str, Any], collection: str) -> None:
    assert indexed(**fields).collection == collection


@pytest.mark.parametrize(
    ("fields", "journal"),
    [
        ({"container_title": "C", "series": "S"}, "C"),
        ({"series": ["S", "T"]}, "S"),
        ({"container_title": "", "series": "S"}, "S"),
    ],
)
def test_the_journal_of_an_article_is_its_container_before_its_series(fields: dict[str, Any], journal: str) -> None:
    record = indexed(format="Article", container_volume="4", container_issue="2", **fields)

    assert record.containers[0] == Container("journal", journal, volume="4", issue="2")


def test_the_title_of_a_journal_is_its_own() -> None:
    record = indexed(format="Journal", container_title="C", series=["S"], issn=["1234-5679", "2049-3630"])

    assert record.containers == [Container("journal", "A title", "1234-5679"), Container("series", "S")]


def test_the_second_issn_is_the_online_one_only_of_doaj() -> None:
    issns = ["1234-5679", "2049-3630"]
    (of_doaj,) = indexed(**DOAJ, container_title="J", issn=issns).containers
    other = indexed(format="Article", container_title="J", issn=issns)

    assert (of_doaj.issn, of_doaj.eissn) == ("1234-5679", "2049-3630")
    assert other.containers == [Container("journal", "J", "1234-5679")]
    assert [(one.field, one.value) for one in other.remarks] == [("issn", "2049-3630")]


@pytest.mark.parametrize(
    ("fields", "doi"),
    [
        ({"doi_str_mv": ["10.5555/a"], "doi_str": "10.5555/b", "url": ["https://doi.org/10.5555/c"]}, "10.5555/a"),
        ({"doi_str": "10.5555/b", "url": ["https://doi.org/10.5555/c"]}, "10.5555/b"),
        ({"url": ["https://example.org/x", "https://doi.org/10.5555/c", "https://doi.org/10.5555/d"]}, "10.5555/c"),
        ({"doi_str_mv": ["no doi"], "url": ["https://doi.org/10.5555/c"]}, "10.5555/c"),
        ({"url": ["https://example.org/10.5555/c"]}, ""),
    ],
)
def test_a_doi_is_what_its_field_says_before_an_address(fields: dict[str, Any], doi: str) -> None:
    assert indexed(**fields).doi == doi


@pytest.mark.parametrize(
    ("fields", "value"),
    [
        ({"publishDate": ["2001", "2002"], "dateSpan": ["1990-1999"]}, "2001"),
        ({"publishDate": ["no date", "2002"]}, "2002"),
        ({"dateSpan": ["1990-1999"]}, ""),
    ],
)
def test_a_work_is_of_its_first_date(fields: dict[str, Any], value: str) -> None:
    issued = indexed(**fields).issued

    assert (issued.value if issued else "") == value


@pytest.mark.parametrize(
    ("fields", "modified"),
    [
        ({"last_indexed": "2020-01-02T03:04:05Z", "_version_": 1716825967131885568}, "2020-01-02T03:04:05Z"),
        ({"last_indexed": "never", "_version_": 1716825967131885568}, "2021-11-19T03:33:50.593Z"),
        ({"first_indexed": "2019-01-02T03:04:05Z"}, ""),
    ],
)
def test_a_record_was_changed_when_it_was_last_indexed(fields: dict[str, Any], modified: str) -> None:
    assert indexed(**fields).modified == modified


def test_a_thesis_has_the_degree_of_its_note_before_that_of_its_field() -> None:
    def degree(**fields: str) -> str:
        return indexed(format="Thesis", **fields).degree

    both = {
        "dissertation_note": "Thesis (Ph.D.)--Example University, 2001.",
        "degree_str_mv": "Thesis (M.A.)--X, 2002.",
    }
    assert degree(**both) == degree(dissertation_note=both["dissertation_note"]) != ""
    assert degree(degree_str_mv=both["degree_str_mv"]) not in ("", degree(**both))


def test_of_several_descriptions_editions_and_thumbnails_the_first_is_taken() -> None:
    record = indexed(description=["One", "Two"], edition=["1st", "2nd"], thumbnail=["https://a.org/", "https://b.org/"])

    assert (record.abstract, record.edition, record.thumbnail) == ("One", "1st", "https://a.org/")


def test_another_title_that_is_the_title_is_none() -> None:
    assert indexed(title_alt=["a TITLE", "Another"]).alternatives == ["Another"]


def test_a_record_is_no_part_of_itself() -> None:
    assert indexed(hierarchy_parent_id=["1", "2", "2", ""]).containers == [Container("record", record="2")]


def test_its_own_number_is_no_further_one() -> None:
    assert indexed(ctrlnum=["1", "(OCoLC)2"]).control_numbers == ["(OCoLC)2"]


# -- spelling ----------------------------------------------------------------------------------------------------------


SPELLED: dict[str, Any] = {
    "id": DOAJ_ID, "collection": "DOAJ", "format": "Article", "title": "An example title",
    "author": ["Jane Doe", "John Roe"], "publisher": "Example Press", "series": ["Example Journal"],
    "issn": ["1234-5679"], "publishDate": ["2019-04-01"], "description": "We give an example.",
    "url": ["https://example.org/article/10.5555/ex.2019.36/full"],
    "spelling": run_together("410.5555/ex.2019.36434202"),
}  # fmt: skip


def test_what_has_a_field_of_its_own_is_not_taken_from_spelling() -> None:
    """`spelling` is a copy of everything, read only for what no field holds."""
    alone, beside = indexed(**SPELLED), indexed(**SPELLED, doi_str_mv=["10.5555/field"], container_volume="9")

    assert (alone.doi, alone.containers[0].volume) == ("10.5555/ex.2019.36", "4")
    assert (beside.doi, beside.containers[0].volume) == ("10.5555/field", "9")


def test_the_language_is_that_of_the_source_before_that_of_the_index() -> None:
    """The index has the words of a list, `spelling` the code that DOAJ sent."""
    english = {"title": "The title of the study", "description": "This is the abstract of a study of the field."}
    text = SPELLED["spelling"].replace("An example title", english["title"])
    text = text.replace("We give an example.", english["description"])
    known = SPELLED | english | {"spelling": text}

    assert indexed(**known, language=["French"]).languages == ["eng"]
    assert indexed(**known | {"spelling": ""}, language=["English"]).languages == ["eng"]
    assert indexed(**known | {"spelling": ""}, language=["French"]).languages == []


# -- DOAJ --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("identifiers", "issns", "found"),
    [
        ([("pissn", "1234-5679"), ("eissn", "2049-3630")], ["0002-2985"], ("1234-5679", "2049-3630")),
        ([("pissn", "1234-5679"), ("pissn", "2049-3630")], [], ("1234-5679", "")),
        ([("eissn", "2049-3630")], ["0002-2985"], ("", "2049-3630")),
        ([("pissn", "1234-5678")], ["1234-5678", "0002-2985", "2049-3630"], ("0002-2985", "")),
        ([], ["0002-2985"], ("0002-2985", "")),
    ],
)
def test_issns_of_the_article_go_before_those_of_the_journal(
    identifiers: list[tuple[str, str]], issns: list[str], found: tuple[str, str]
) -> None:
    """Those of the journal say no medium: the first right one is taken, where the article has none."""
    told = [{"type": kind, "id": number} for kind, number in identifiers]
    (journal,) = article(identifier=told, journal={"title": "J", "issns": issns}).containers

    assert (journal.issn, journal.eissn) == found


def test_a_doi_of_doaj_is_its_identifier_before_an_address() -> None:
    links = [{"url": "https://doi.org/10.5555/c"}]

    assert article(identifier=[{"type": "doi", "id": "10.5555/a"}], link=links).doi == "10.5555/a"
    assert article(identifier=[{"type": "doi", "id": "none"}], link=links).doi == "10.5555/c"


def test_the_licence_of_the_article_goes_before_that_of_the_journal() -> None:
    """Where one of them is told as two licences, it is none: nobody knows which."""
    by, by_nc = "https://creativecommons.org/licenses/by/4.0/", "https://creativecommons.org/licenses/by-nc/4.0/"

    def licence(journal: list[dict[str, str]], own: list[dict[str, str]]) -> str:
        return article(journal={"license": journal}, license=own).licence

    assert licence([{"url": by, "type": "CC BY-NC 4.0"}], []) == ""
    assert licence([{"url": by, "type": "CC BY"}], []) == by
    assert licence([{"url": "https://example.org/", "type": "CC BY-NC 4.0"}], []) == by_nc
    assert licence([{"type": "CC BY 4.0", "title": "CC BY-NC 4.0"}], []) == ""
    assert licence([{"type": "CC BY 4.0"}], [{"type": "CC BY-NC 4.0"}]) == by_nc
    assert licence([{"type": "CC BY 4.0"}], []) == by


def test_what_stands_around_an_article_is_not_about_it() -> None:
    """The dump of a search engine holds the article in `_source`; outside stands the engine's own id."""
    inner = {"id": NUMBER, "created_date": "2019-01-02T03:04:05Z", "last_updated": "2020-01-02T03:04:05Z",
             "bibjson": {"title": "Inside"}}  # fmt: skip
    record = article({"_source": inner, "id": "other", "bibjson": {"title": "Outside"}})

    assert (record.id, record.title) == (f"doaj-{NUMBER}", "Inside")
    assert (record.created, record.modified) == ("2019-01-02T03:04:05Z", "2020-01-02T03:04:05Z")


def harvested(inside: str) -> Record:
    """A harvested article with these elements, and a header that says another moment than the article."""
    term = base64.urlsafe_b64encode(b"LCC:Medicine").decode().replace("=", "~")
    text = (
        f'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords><record><header>'
        f"<identifier>oai:doaj.org/article:{NUMBER}</identifier><datestamp>2020-11-24T20:40:42Z</datestamp>"
        f"<setSpec>{term}</setSpec></header><metadata>"
        f'<d:doajArticle xmlns:d="http://doaj.org/features/oai_doaj/1.0/">{inside}</d:doajArticle>'
        "</metadata></record></ListRecords></OAI-PMH>"
    )
    (found,) = oai.read(io.BytesIO(text.encode()), "here", Share())
    assert isinstance(found, Record), found
    return found


def test_the_header_names_a_harvested_record_and_the_article_its_facts() -> None:
    """The identifier in the header goes before one that VuFind's harvester puts inside."""
    record = harvested(
        f"<identifier>oai:doaj.org/article:{'f' * 32}</identifier><d:title>One</d:title><d:title>Two</d:title>"
        "<d:publicationDate>2019-04-01</d:publicationDate><d:doi>10.5555/a</d:doi>"
        "<d:fullTextUrl>https://doi.org/10.5555/c</d:fullTextUrl><d:issn>1234-5679</d:issn><d:eissn>1234-5679</d:eissn>"
    )

    assert (record.id, record.title, record.doi) == (f"doaj-{NUMBER}", "One", "10.5555/a")
    assert record.issued and (record.issued.value, record.modified) == ("2019-04", "2020-11-24T20:40:42Z")
    assert record.containers == [Container("journal", "", "1234-5679")]


# -- what is said of a work --------------------------------------------------------------------------------------------

MAPPING = Mapping(Site(BASE), vocabulary())


def said(record: Record) -> str:
    """The triples of a record."""
    found = MAPPING.describe(record)
    return found.lines + Unsaid(MAPPING).lines(found.mentions)


@pytest.mark.parametrize(
    ("fields", "open_access"),
    [
        ({**DOAJ, "url": ["https://example.org/1"]}, True),
        ({**DOAJ, "url": ["javascript:alert(1)", ""]}, False),
        (DOAJ, False),
        ({"collection": "Shelf", "url": ["https://example.org/1"]}, False),
        ({"url": ["https://example.org/1"]}, False),
    ],
    ids=["address", "no web address", "no address", "another collection", "no collection"],
)
def test_only_what_has_an_address_is_free_to_be_read_there(fields: dict[str, Any], open_access: bool) -> None:
    """Open access is said of an address; a record without one would promise what nobody can open."""
    record = indexed(**fields)
    lines = said(record)

    assert ("access-from-collection" in record.how) == open_access
    assert ("accessRights" in lines, "isAccessibleForFree" in lines) == (open_access, open_access)


@pytest.mark.parametrize("link", [[], [{"url": "not an address"}], [{"url": "https://example.org/1"}]])
def test_an_article_of_doaj_is_free_only_with_an_address(link: list[dict[str, str]]) -> None:
    record = article(link=link)
    lines = said(record)
    free = link == [{"url": "https://example.org/1"}]

    assert ("access-from-collection" in record.how) == free
    assert ("accessRights" in lines, "isAccessibleForFree" in lines) == (free, free)


@pytest.mark.parametrize("access", ["", "closed", "restricted", "Open"])
def test_a_collection_that_is_not_open_says_nothing_of_access(tmp_path: Path, access: str) -> None:
    """Only the word of the table counts: what may be read by some is not said to be free to all."""
    table = vocabulary().text("codes/collections.csv")
    (tmp_path / "codes").mkdir()
    (tmp_path / "codes" / "collections.csv").write_text(table.replace(",open,", f",{access},"), encoding="utf-8")
    record = indexed(**DOAJ, url=["https://example.org/1"])
    lines = Mapping(Site(BASE), Vocabulary(tmp_path)).describe(record).lines

    assert table.count(",open,") == 1 and "https://example.org/1" in lines
    assert "accessRights" not in lines and "isAccessibleForFree" not in lines


# -- contexts of others ------------------------------------------------------------------------------------------------

OURS = BASE + "context/v1.jsonld"
CONTEXT = {"@context": vocabulary().context}
FOREIGN = "https://evil.example/context.jsonld"


@pytest.mark.parametrize("profile", ["expanded", "flattened", "compacted"])
@pytest.mark.parametrize(
    "context",
    [FOREIGN, [OURS, FOREIGN], OURS + "?x", OURS.upper(), {"@import": FOREIGN, "@version": 1.1}, "http://localhost/c"],
    ids=["another", "beside ours", "almost ours", "in capitals", "imported", "of this machine"],
)
def test_no_context_but_ours_is_ever_loaded(profile: str, context: Any) -> None:
    """A document that names another is refused; if it were fetched, a stranger would say where the server connects."""
    tree = {"@context": context, "id": f"{BASE}record/1", "abstract": "A text"}
    inner = {"@context": OURS, "id": f"{BASE}record/1", "about": [{"@context": context, "id": "x:y"}]}

    for one in (tree, inner):
        with pytest.raises(JsonLdError) as caught:
            reshaped(one, profile, CONTEXT, OURS)
        assert "is not ours and is never fetched" in str(list(causes(caught.value))[-1])


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error of PyLD and what lies below it."""
    while error:
        yield error
        error = error.__cause__ or error.__context__


@pytest.mark.parametrize("profile", ["expanded", "flattened", "compacted"])
def test_our_own_context_is_loaded(profile: str) -> None:
    tree = {"@context": OURS, "id": f"{BASE}record/1", "abstract": "A text"}
    found = reshaped(tree, profile, CONTEXT, OURS)

    assert f"{BASE}record/1" in json.dumps(found)
    assert profile != "compacted" or found == tree
