"""Odd sources, one quirk to a test: what becomes of it in the record, or why there is none."""

from __future__ import annotations

import base64
import gzip
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ld import readers
from ld.errors import SourceError
from ld.readers.doaj import api
from ld.readers.doaj import oai as oaipmh
from ld.readers.jsontext import Answer, JsonText
from ld.readers.share import Share
from ld.readers.vufind import fields, solr, staffview
from ld.record import Container, Deleted, Part, Person, Record, Rejected, Source, Subject

NUMBER = "0" * 31 + "a"
OAI = "http://www.openarchives.org/OAI/2.0/"
NAMESPACE = "http://doaj.org/features/oai_doaj/1.0/"


def article(**bib: Any) -> Record:
    """A DOAJ article with these fields in its bibjson."""
    document = {"id": NUMBER, "bibjson": {"title": "A title", **bib}}
    found = api.record(document, Source("doaj", json.dumps(document), "here"))
    assert isinstance(found, Record), found
    return found


def indexed(**document: Any) -> Record:
    """A Solr document with these fields."""
    found = anything(**document)
    assert isinstance(found, Record), found
    return found


def anything(**document: Any) -> Record | Rejected:
    """A Solr document with these fields, with whatever becomes of it."""
    full = {"id": "1", "title": "A title", **document}
    return solr.record(solr.fields_of(full.items()), Source("solr", json.dumps(full), "here"))


def marc(**document: Any) -> Record:
    """A Solr document made of a MARC record."""
    return indexed(record_format="marc", **document)


def problems(record: Record) -> list[str]:
    """The fields that are remarked."""
    return [remark.field for remark in record.remarks]


def words(record: Record) -> list[str]:
    """The keywords."""
    return [subject.label for subject in record.subjects if not subject.scheme]


# -- DOAJ -------------------------------------------------------------------------------------------------------------


def test_an_author_with_double_and_leading_blanks() -> None:
    assert [one.name for one in article(author=[{"name": "  Jane   Doe "}]).people] == ["Jane Doe"]


@pytest.mark.parametrize("name", ["Angela STĂNESCU", "Kaur IP", "AnneFocke", "Constantina (Stan) Papoulias"])
def test_a_printed_name_stays_as_printed(name: str) -> None:
    assert article(author=[{"name": name}]).people == [Person(name=name)]


def test_family_and_given_only_where_the_source_parts_them() -> None:
    people = article(author=[{"name": "Carberry, Josiah"}, {"name": "Jane Doe"}, {"name": "Doe, Jr."}]).people

    assert [(one.family, one.given) for one in people] == [("Carberry", "Josiah"), ("", ""), ("", "")]


def test_the_same_person_twice_stays_once() -> None:
    record = article(author=[{"name": "Jane Doe", "affiliation": "A"}, {"name": "John Roe"}, {"name": "Jane Doe"}])

    assert [one.name for one in record.people] == ["Jane Doe", "John Roe"]
    assert problems(record) == ["author"]


def test_a_cyrillic_letter_in_a_latin_name_is_kept_and_remarked() -> None:
    record = article(author=[{"name": "Butenko Оlesia Y."}])

    assert record.people[0].name == "Butenko Оlesia Y."
    assert problems(record) == ["author"]


def test_a_corporate_word_makes_an_organization() -> None:
    people = article(author=[{"name": "ATLAS Collaboration"}, {"name": "Doe, Jane (Example University)"}]).people

    assert [one.organization for one in people] == [True, False]


def test_an_e_mail_address_is_never_kept() -> None:
    author = {
        "name": "Jane Doe jane@example.org",
        "affiliation": "Example University, jane@example.org",
        "email": "j@e.org",
    }
    record = article(author=[author])

    assert record.people == [Person(name="Jane Doe", affiliations=("Example University",))]


def test_keywords_lose_marks_and_lists_are_cut_at_semicolons() -> None:
    raw = ["; Blogs", "Internet;", " <i>Pinus mugo</i>", "soil; water ;air", "one, two", "Blogs", "R&amp;D", ".NET"]

    assert words(article(keywords=raw)) == [
        "Blogs", "Internet", "Pinus mugo", "soil", "water", "air", "one, two", "R&D", ".NET",
    ]  # fmt: skip


def test_markup_and_entities_in_title_and_abstract() -> None:
    record = article(title="<i>Pinus contorta</i> in CAPITALS \n", abstract="Abstract<br>at 5&amp;#176; p < 0.05")

    assert record.title == "Pinus contorta in CAPITALS"
    assert record.abstract == "Abstract\nat 5° p < 0.05"


def test_a_script_in_the_title_is_no_title() -> None:
    assert article(title="Safe</script><script>alert(1)</script> title").title == "Safe title"


@pytest.mark.parametrize(
    ("year", "month", "value"),
    [
        ("2019", "4", "2019-04"),
        ("2019", "Apr", "2019-04"),
        ("2019", None, "2019"),
        ("2019", "13", "2019"),
        ("19", "4", "2019-04"),
    ],
)
def test_a_date_is_as_precise_as_year_and_month(year: str, month: str | None, value: str) -> None:
    record = article(year=year, month=month)

    assert record.issued
    assert record.issued.value == value


def test_issns_print_and_online_and_the_same_twice() -> None:
    def journal(*numbers: tuple[str, str]) -> Container:
        identifiers = [{"type": kind, "id": number} for kind, number in numbers]
        return article(identifier=identifiers, journal={"title": "J"}).containers[0]

    assert journal(("pissn", "1234-5679"), ("eissn", "2049-3630")) == Container(
        "journal", "J", "1234-5679", "2049-3630"
    )
    assert journal(("pissn", "1234-5679"), ("eissn", "12345679")) == Container("journal", "J", "1234-5679")
    assert journal(("eissn", "2049-3630")) == Container("journal", "J", "", "2049-3630")


def test_a_wrong_issn_is_left_out_and_remarked() -> None:
    record = article(identifier=[{"type": "pissn", "id": "1234-5678"}], journal={"title": "J"})

    assert record.containers == [Container("journal", "J")]
    assert problems(record) == ["issn"]


def test_volume_issue_and_pages_as_they_come() -> None:
    record = article(journal={"title": "J", "volume": "12/1", "number": "n/a"}, start_page="e6892 ", end_page="n/a")

    assert (record.containers[0].volume, record.containers[0].issue, record.pages) == ("12/1", "", "e6892")


def test_identifier_types_in_capitals_and_a_wrong_doi() -> None:
    good = article(identifier=[{"type": "DOI", "id": "10.5555/EX.1"}])
    bad = article(identifier=[{"type": "doi", "id": "not one"}])

    assert (good.doi, bad.doi, problems(bad)) == ("10.5555/ex.1", "", ["doi"])


def test_an_address_of_doi_org_gives_the_doi() -> None:
    record = article(link=[{"url": "http://dx.doi.org/10.5555/ex.1"}, {"url": "javascript:alert(1)"}])

    assert (record.doi, record.urls, problems(record)) == ("10.5555/ex.1", ["http://dx.doi.org/10.5555/ex.1"], ["url"])


def test_the_journals_language_is_taken_only_if_the_text_agrees() -> None:
    english = "This is the abstract of a study which was made in the field and is of use for the reader of it."
    good = article(abstract=english, journal={"language": ["EN"]})
    bad = article(abstract=english, journal={"language": ["French"]})

    assert (good.languages, good.how) == (["eng"], ["language-of-journal"])
    assert (bad.languages, bad.how, problems(bad)) == ([], [], ["language"])


def test_subjects_with_codes_and_doajs_own_scheme() -> None:
    lcc = {"scheme": "LCC", "term": "Medicine", "code": "R"}

    assert article(subject=[lcc, lcc, {"scheme": "DOAJ", "term": "Health"}]).subjects == [
        Subject("Medicine", "lcc", "R")
    ]


def test_a_licence_is_taken_only_if_its_iri_is_known() -> None:
    def licence(**one: str) -> str:
        return article(journal={"license": [one]}).licence

    assert licence(type="CC BY", url="https://www.mdpi.com/about/openaccess") == ""
    assert licence(type="CC BY 4.0") == "https://creativecommons.org/licenses/by/4.0/"
    assert licence(type="CC BY", url="http://creativecommons.org/licenses/by/4.0") == licence(type="CC BY 4.0")


@pytest.mark.parametrize("shape", ["one", "list", "answer", "dump", "hits", "lines"])
def test_every_shape_of_doaj_json(tmp_path: Path, shape: str) -> None:
    one = {"id": NUMBER, "bibjson": {"title": "A title"}}
    shapes = {"one": one, "list": [one], "answer": {"total": 1, "results": [one]}, "dump": {"_source": one}}
    path = tmp_path / "x"
    path.write_text(
        json.dumps(one) + "\n" + json.dumps({**one, "id": "2"}) + "\n" if shape == "lines"
        else json.dumps({"hits": {"hits": [{"_source": one}]}} if shape == "hits" else shapes[shape], indent=1)
    )  # fmt: skip
    found = list(readers.read(str(path)))

    assert [one.id for one in found] == ["doaj-" + NUMBER, "2"][: len(found)]
    assert len(found) == (2 if shape == "lines" else 1)


# -- OAI-PMH ----------------------------------------------------------------------------------------------------------


def harvested(inner: str, header: str = "", attributes: str = "") -> str:
    """An OAI-PMH response with one record."""
    return (
        f'<OAI-PMH xmlns="{OAI}"><ListRecords><record><header{attributes}>'
        f"<identifier>oai:doaj.org/article:{NUMBER}</identifier><datestamp>2020-11-24T20:40:42Z</datestamp>{header}"
        f"</header><metadata>{inner}</metadata></record></ListRecords></OAI-PMH>"
    )


def one_of(text: str) -> readers.Outcome:
    """The only outcome of a response."""
    (found,) = oaipmh.read(io.BytesIO(text.encode()), "here", Share())
    return found


def oai_article(inner: str, header: str = "") -> Record:
    """The record of an article with these elements."""
    found = one_of(
        harvested(f'<d:doajArticle xmlns:d="{NAMESPACE}"><d:title>T</d:title>{inner}</d:doajArticle>', header)
    )
    assert isinstance(found, Record), found
    return found


@pytest.mark.parametrize(
    ("date", "value", "how"), [("2019-04-01", "2019-04", "day-not-asserted"), ("2019-01-01", "2019", "year-only")]
)
def test_doaj_fills_in_days_and_months(date: str, value: str, how: str) -> None:
    record = oai_article(f"<d:publicationDate>{date}</d:publicationDate>")

    assert record.issued
    assert (record.issued.value, record.how) == (value, [how])


def test_sets_tell_the_library_of_congress_classes() -> None:
    def spec(text: str) -> str:
        return f"<setSpec>{base64.urlsafe_b64encode(text.encode()).decode().replace('=', '~')}</setSpec>"

    sets = spec("LCC:Medicine") + spec("LCC:Science") * 2 + spec("Other:x") + "<setSpec>com_1721.1_é</setSpec>"

    assert oai_article("", sets).subjects == [Subject("Medicine", "lcc"), Subject("Science", "lcc")]


def test_affiliations_by_their_number_and_comments_between() -> None:
    record = oai_article(
        "<!-- a comment --><?a pi?><d:authors><d:author><d:name>Jane<!-- x --> Doe</d:name>"
        "<d:affiliationId>0</d:affiliationId>"
        "<d:orcid_id>https://orcid.org/0000-0002-1825-0097</d:orcid_id></d:author></d:authors><d:affiliationsList>"
        '<d:affiliationName affiliationId="0">Example University</d:affiliationName></d:affiliationsList>'
    )

    assert record.people == [
        Person("Jane Doe", orcid="https://orcid.org/0000-0002-1825-0097", affiliations=("Example University",))
    ]


def test_a_deletion_at_the_source_is_told_with_id_and_date() -> None:
    found = one_of(harvested("", attributes=' status="deleted"'))

    assert isinstance(found, Deleted)
    assert (found.id, found.reason, found.date) == ("doaj-" + NUMBER, "Deleted at the source.", "2020-11-24T20:40:42Z")


def test_another_format_is_named() -> None:
    found = one_of(harvested('<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"/>'))

    assert isinstance(found, Rejected)
    assert "oai_dc:dc is not read yet" in found.reason


def test_an_error_answer_names_code_and_text() -> None:
    text = f'<OAI-PMH xmlns="{OAI}"><error code="noRecordsMatch">nothing new</error></OAI-PMH>'

    with pytest.raises(SourceError, match="noRecordsMatch: nothing new"):
        one_of(text)


def test_a_doctype_is_refused() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + harvested("&b;")

    with pytest.raises(SourceError, match="DOCTYPE"):
        one_of(bomb)


def test_a_response_that_is_cut_off_gives_what_came_before() -> None:
    whole = harvested(f'<d:doajArticle xmlns:d="{NAMESPACE}"><d:title>T</d:title></d:doajArticle>')
    cut = whole.replace("</record></ListRecords></OAI-PMH>", "</record><record><head")
    first, second, part = oaipmh.read(io.BytesIO(cut.encode()), "here", Share())

    assert isinstance(first, Record)
    assert isinstance(second, Rejected)
    assert "line 1, column" in second.reason
    assert isinstance(part, Part)
    assert (part.count, part.cut) == (1, second.reason)


# -- the index of VuFind ----------------------------------------------------------------------------------------------


def test_old_names_and_single_values() -> None:
    record = indexed(recordtype="marc", author="Doe, Jane", **{"author2": ["Roe, John"], "author2-role": ["edt"]})

    assert [(one.name, one.role, one.heading) for one in record.people] == [
        ("Doe, Jane", "aut", True), ("Roe, John", "edt", True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "format", "carriers"),
    [
        (["Article", "Electronic"], "article", ["Electronic"]),
        (["Book", "Thesis"], "thesis", []),
        (["Government Document", "Electronic", "eBook"], "ebook", ["Electronic"]),
        (["Conference Proceeding", "Book"], "conferenceproceeding", []),
        (["Article, E-Article"], "article", []),
        (["image/tiff"], "unknown", ["image/tiff"]),
        ([], "unknown", []),
    ],
)
def test_the_kind_that_says_most(words: list[str], format: str, carriers: list[str]) -> None:
    record = indexed(format=words)

    assert (record.format, record.carriers, record.remarks) == (format, carriers, [])


def test_an_unknown_kind_is_remarked() -> None:
    record = indexed(format=["Wunderkammer"])

    assert (record.format, record.carriers, problems(record)) == ("unknown", [], ["format"])


def test_an_ebook_is_one_whatever_else_it_is() -> None:
    assert indexed(format=["Conference Proceeding", "eBook"]).book_format == "schema:EBook"


def test_an_article_with_an_issn_is_academic() -> None:
    assert indexed(format="Article", issn="1234-5679").format == "academicarticle"


def test_isbd_marks_and_nobody_as_publisher() -> None:
    record = marc(
        title="Fikr-i Ayāz /", title_short="Fikr-i Ayāz /",
        publisher=["Dāniyāl,", "[s.n.],", "[publisher not identified]", "s.n.,"], publishDate=["c1998"],
    )  # fmt: skip

    assert (record.title, record.publishers) == ("Fikr-i Ayāz", ["Dāniyāl"])


def test_non_sort_marks_and_decomposed_letters() -> None:
    assert marc(title="\x98Der\x9c Einfluß fu\u0308r /").title == "Der Einfluß für"


def test_title_proper_and_the_rest_of_it() -> None:
    record = marc(title="The species : an edition /", title_short="The species :", title_sub="an edition /")

    assert record.title == "The species : an edition"


@pytest.mark.parametrize(
    ("name", "family", "given"),
    [
        ("Darwin, Charles, 1809-1882.", "Darwin", "Charles"),
        ("Foy, Brian D.", "Foy", "Brian D."),
        ("Tye, Christopher, 1497?-1572", "Tye", "Christopher"),
        ("Sholem Aleichem, 1859-1916", "", ""),
        ("Gregory, of Nazianzus, Saint", "", ""),
        ("Oberea, Queen of Otaheite, pseud", "", ""),
        ("Aristotle", "", ""),
    ],
)
def test_a_heading_is_taken_apart(name: str, family: str, given: str) -> None:
    (person,) = marc(author=[name], format=["Book"]).people

    assert (person.family, person.given, person.heading) == (family, given, True)


def test_blank_roles_keep_their_place() -> None:
    record = marc(author=["A, B", "C, D", "E, F"], author_role=["", "", "editor."], format=["Book"])

    assert [one.role for one in record.people] == ["aut", "aut", "edt"]


def test_an_unknown_role_is_a_contributor() -> None:
    record = marc(author=["Doe, Jane"], author_role=["wizard"], author2=["Roe, John"], format=["Book"])

    assert [one.role for one in record.people] == ["", ""]
    assert problems(record) == ["author"]


def test_main_and_added_entries_of_bodies() -> None:
    main = marc(author_corporate=["Example Office", "Example Press"], author_sort="Example Office")
    added = marc(author=["Doe, Jane"], author_corporate=["Example Office"], author_sort="Doe, Jane")

    assert [(one.role, one.organization) for one in main.people] == [("aut", True), ("", True)]
    assert [one.role for one in added.people] == ["aut", ""]


def test_more_than_a_thousand_authors_stay() -> None:
    authors = [f"Author {n}" for n in range(1500)]

    assert len(indexed(id="doaj-" + NUMBER, collection="DOAJ", author=authors).people) == 1500


def test_identifiers_with_text_and_wrong_ones() -> None:
    record = marc(
        isbn=["1558612742 (pbk. : alk. paper)", "1558612743"], lccn="84643014 //r88", oclc_num=["123"],
        format=["Journal"], issn=["0002-2985 ;"], url=["http://a.org", "mailto:x@y.org", "urn:nbn:x", "www.b.org"],
    )  # fmt: skip

    assert (record.isbns, record.lccn, record.oclc) == (["9781558612747"], "84643014", ["123"])
    assert record.containers == [Container("journal", "A title", "0002-2985")]
    assert record.urls == ["http://a.org", "http://www.b.org"]
    assert problems(record) == ["isbn", "url", "url"]


def test_languages_by_name_several_and_none() -> None:
    record = marc(language=["Greek, Ancient (to 1453)", "German", "Undetermined", "No linguistic content", "Martian"])

    assert record.languages == ["grc", "ger", "zxx"]
    assert problems(record) == ["language"]


@pytest.mark.parametrize(
    ("raw", "value"), [("c1998", "1998"), ("[1995?]", "1995?"), ("199-", "199X"), ("1990-1995", "1990/1995")]
)
def test_dates_of_catalogues(raw: str, value: str) -> None:
    record = marc(publishDate=["Not found", raw, "2001"])

    assert record.issued
    assert (record.issued.value, problems(record)) == (value, ["publishDate"])


def test_headings_lose_the_stop_and_initials_keep_it() -> None:
    record = marc(topic=["Natural history.", "Vitamin C.", "Law, etc."], genre=["Maps."], geographic=["China."])

    assert words(record) == ["Natural history", "Vitamin C.", "Law, etc."]
    assert (record.genres, record.places) == (["Maps"], ["China"])


def test_call_numbers_and_dewey_numbers() -> None:
    record = marc(**{"callnumber-raw": ["QH365 .O2 1995", "Microfilm 83/20134"], "dewey-raw": ["005.13/3", "[Fic]"]})

    assert record.subjects == [Subject("", "lcc", "QH365 .O2 1995"), Subject("", "ddc", "005.133")]
    assert problems(record) == ["callnumber-raw", "dewey-raw"]


@pytest.mark.parametrize(
    ("extent", "count"),
    [
        ("xii, 502 p. : ill. ; 24 cm", "502"), ("XIII, 462 S Ill.", "462"), ("376 pages ; 25 cm", "376"),
        ("1 online resource (xii, 58 p.)", "58"), ("[23] p. :", "23"), ("2 v. (502, 400 p.)", ""), ("11 leaves", ""),
    ],
)  # fmt: skip
def test_pages_are_counted_where_it_is_clear(extent: str, count: str) -> None:
    assert marc(physical=[extent]).page_count == count


def test_series_and_parent_of_a_book() -> None:
    record = marc(
        format=["Book"], series=["Example series ; 7", "Plain"], issn=["1234-5679"], hierarchy_parent_id=["9"]
    )

    assert record.containers == [
        Container("series", "Example series", number="7"),
        Container("series", "Plain"),
        Container("record", record="9"),
    ]


def test_the_version_stamp_exceeds_what_a_float_holds() -> None:
    assert indexed(_version_=1716825967131885568).modified == "2021-11-19T03:33:50.593Z"


def test_a_record_without_id_or_title_is_rejected() -> None:
    no_id, no_title = anything(id=" "), anything(title="")

    assert isinstance(no_id, Rejected)
    assert isinstance(no_title, Rejected)
    assert no_id.reason.startswith("no id")
    assert (no_title.id, no_title.reason.partition(":")[0]) == ("1", "no title")


# -- Staff View -------------------------------------------------------------------------------------------------------

OLD_ORDER = """id 7
record_format Article
author Jane Doe
spellingShingle Jane Doe
A title
language policy
building materials
title transfer
id cards
title A title
title_short A title
description First line
building on this, the second
language English
topic language policy
building materials
title transfer
id cards
url https://example.org/7
_version_ 1716825967131885568"""


def test_topics_that_begin_like_a_field() -> None:
    parsed = staffview.parse(
        OLD_ORDER.replace("description First line\nbuilding on this, the second\n", "").split("\n")
    )

    assert parsed["topic"] == ["language policy", "building materials", "title transfer", "id cards"]
    assert parsed["title"] == ["A title"]
    assert parsed["url"] == ["https://example.org/7"]
    assert "building" not in parsed


def test_a_line_of_the_abstract_that_begins_like_a_field() -> None:
    text = OLD_ORDER.replace("author Jane", "spelling 7 First line building on this, the second\nauthor Jane", 1)

    assert staffview.parse(text.split("\n"))["description"] == ["First line\nbuilding on this, the second"]


def test_sorted_fields_keep_their_order() -> None:
    parsed = staffview.parse(
        [
            "_version_ 1",
            "author2 A",
            "B",
            "author2_role edt",
            "author of introduction.",
            "id 7",
            "title T",
            "topic x",
            "genre y",
        ]
    )

    assert parsed["author2_role"] == ["edt", "author of introduction."]
    assert parsed["topic"] == ["x", "genre y"]


def test_blank_lines_are_roles_without_a_word() -> None:
    parsed = staffview.parse(["id 7", "title T", "author A", "B", "C", "author_role ", "", "edt", "topic x", "", "y"])

    assert parsed["author_role"] == ["", "", "edt"]
    assert parsed["topic"] == ["x", "y"]


def test_the_record_page_in_front_is_never_read() -> None:
    page = (
        "Page title\n\nid est a summary\n\nBibliographic Details\nMain Author: Somebody Else\nPublished: Nobody 1900\n"
    )
    (record,) = staffview.read(io.BytesIO((page + OLD_ORDER).encode()), "here", Share())

    assert isinstance(record, Record)
    assert (record.id, record.title, [one.name for one in record.people]) == ("7", "A title", ["Jane Doe"])


def test_several_records_with_and_without_pages() -> None:
    page = "Page title\n\nBibliographic Details\nFormat: Article\n"
    sorted_one = "Title\n\n_version_ 1716825967131885568\nauthor X\nid 9\ntitle Nine\nurl http://a.org\nhttp://b.org\n"
    text = f"{OLD_ORDER}\n{page}{OLD_ORDER.replace('id 7', 'id 8', 1)}\n\n{sorted_one}{sorted_one}"
    found = list(staffview.read(io.BytesIO(text.encode()), "here", Share()))

    assert [one.id for one in found] == ["7", "8", "9", "9"]
    assert all(isinstance(one, Record) for one in found)
    assert [len(one.urls) for one in found if isinstance(one, Record)] == [1, 1, 2, 2]
    assert found[1].source.place == "here, record 2, line 21" if isinstance(found[1], Record) else False


def test_a_marc_table_alone_and_with_the_index_behind() -> None:
    table = "Title\n\nStaff View\nLEADER 01588cjm a22003133i 4500\n001 7\n245 1 0 |a Title\n"
    (alone,) = staffview.read(io.BytesIO(table.encode()), "here", Share())
    (both,) = staffview.read(
        io.BytesIO((table + "Record in the Search Index\n_version_ 1\nid 7\ntitle T\n").encode()), "x", Share()
    )

    assert isinstance(alone, Rejected)
    assert alone.reason.startswith("MARC Staff View")
    assert both.id == "7"


def test_one_record_that_is_not_utf_8_is_rejected_with_its_place() -> None:
    text = OLD_ORDER.encode() + b"\n" + OLD_ORDER.replace("id 7", "id 8", 1).encode().replace(b"Jane", b"J\xe4ne", 1)
    first, second = staffview.read(io.BytesIO(text), "here", Share())

    assert isinstance(first, Record)
    assert isinstance(second, Rejected)
    assert "not UTF-8 at byte" in second.reason
    assert str(text.index(b"\xe4")) in second.reason


def test_known_fields() -> None:
    assert not fields.SINGLE & fields.SEVERAL
    assert fields.is_field("dc_title_txtP_mv")
    assert not fields.is_field("the")


# -- opening ----------------------------------------------------------------------------------------------------------

LINE = '{"id": "1", "title": "A title", "record_format": "marc"}\n'


def outcomes(path: Path, kind: str | None = None) -> list[Any]:
    """What comes out of a file or folder."""
    return list(readers.read(str(path), kind))


def written(path: Path, data: str | bytes) -> Path:
    """The file, written."""
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def test_kinds_are_recognised_by_content_not_by_name(tmp_path: Path) -> None:
    oai = harvested(f'<d:doajArticle xmlns:d="{NAMESPACE}"><d:title>T</d:title></d:doajArticle>')
    for name, data in (
        ("a.pdf", LINE),
        ("b", OLD_ORDER),
        ("c.txt", oai),
        ("d", '{"id": "1", "bibjson": {"title": "T"}}'),
    ):
        written(tmp_path / name, data)

    found = outcomes(tmp_path)

    assert [one.source.kind for one in found if isinstance(one, Record)] == ["solr", "staffview", "oai_doaj", "doaj"]


@pytest.mark.parametrize("packed", [False, True])
def test_gzip_and_byte_order_marks_make_no_difference(tmp_path: Path, packed: bool) -> None:
    data = b"\xef\xbb\xbf" + LINE.encode()
    (found,) = outcomes(written(tmp_path / "x", gzip.compress(data) if packed else data))

    assert found.id == "1"


def test_a_gzip_file_that_is_cut_off(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="not a whole gzip file"):
        outcomes(written(tmp_path / "x", gzip.compress((LINE * 5000).encode())[:-9]), "solr")


@pytest.mark.parametrize(
    ("data", "kind", "message"),
    [
        (b"", None, "the file is empty"),
        (b"hello world", None, r"no kind of record is recognised.*--as, one of doaj .*staffview"),
        (LINE.encode("utf-16"), None, "UTF-16"),
        (b'{"id": "1", "title": "\xe4"}', "solr", "not UTF-8 at byte 22"),
        (b'{"response": {"docs": [{"id": "1",\n "title": "T"}, {"id', "solr", r"line 2, column \d+.*cut off"),
        (b'{"id": "1",\n "title" "T"}', "solr", "line 2, column"),
        (b'{"response": {"docs": ' + b"[" * 100_000, "solr", "nested too deeply"),
        (b"{}", "cards", "'cards' is no kind of record: name one of doaj"),
        (b"<OAI-PMH", None, "not well-formed XML at line 1"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, data: bytes, kind: str | None, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        outcomes(written(tmp_path / "x", data), kind)


def test_bad_lines_are_rejected_and_the_others_go_on(tmp_path: Path) -> None:
    bad = [b'{"id": "2", "tit\n', b'{"id": "\xe4"}\n', b'{"a": ' + b"[" * 100_000 + b"\n", b"[1]\n", b"\n", b'"x"\n']
    found = outcomes(written(tmp_path / "x", LINE.encode() + b"".join(bad) + LINE.encode()))

    assert [type(one) for one in found] == [Record, *[Rejected] * 5, Record]
    rejects = [one for one in found if isinstance(one, Rejected)]
    assert [one.reason.partition(":")[0].partition(" at")[0] for one in rejects] == [
        "not JSON", "not UTF-8", "is nested too deeply to be a catalogue record", "not a record", "not a record",
    ]  # fmt: skip
    assert rejects[0].place.endswith("x, line 2")
    assert all(one.place and one.reason and len(one.excerpt) <= 200 for one in rejects)


def test_a_broken_first_line_is_one_rejected_line(tmp_path: Path) -> None:
    first, second = outcomes(written(tmp_path / "x", '{"id": "0", "title\n' + LINE), "solr")

    assert isinstance(first, Rejected)
    assert second.id == "1"


@pytest.mark.parametrize("kind", ["solr", "staffview", "doaj", "oai_doaj"])
def test_a_field_of_two_million_letters_is_named(tmp_path: Path, kind: str) -> None:
    long = "x" * 2_000_000
    data = {
        "solr": json.dumps({"id": "1", "title": "T", "description": long}),
        "staffview": f"id 1\nrecord_format Article\ntitle T\ndescription {long}\n",
        "doaj": json.dumps({"id": "1", "bibjson": {"title": "T", "abstract": long}}),
        "oai_doaj": harvested(
            f'<d:doajArticle xmlns:d="{NAMESPACE}"><d:title>T</d:title>'
            f"<d:abstract>{long}</d:abstract></d:doajArticle>"
        ),
    }[kind]  # fmt: skip
    (found,) = outcomes(written(tmp_path / "x", data))

    assert isinstance(found, Rejected)
    assert "has 2,000,000 characters, over the limit of 1,048,576" in found.reason
    assert len(found.excerpt) <= 200


def test_a_field_of_fifty_megabytes_does_not_stop_the_others(tmp_path: Path) -> None:
    line = '{"id": "big", "title": "T", "description": "' + "x" * 52_428_800 + '"}\n'
    first, second = outcomes(written(tmp_path / "x", line + LINE), "solr")

    assert isinstance(first, Rejected)
    assert (first.id, second.id) == ("big", "1")
    assert first.reason.startswith("field 'description' has 52,428,800 characters, over the limit of 1,048,576:")


LONG = b'{"id": "long", "title": "' + b"x" * (70 << 20) + b'"}\n'


@pytest.mark.parametrize("before", [b"", b"\n\n", LINE.encode()])
def test_a_line_that_is_far_too_long_is_passed_over_in_little_memory(tmp_path: Path, before: bytes) -> None:
    """200 MB in one line: rejected by its place, and the lines behind it are read."""
    path = written(tmp_path / "x", before + LONG[:-1] * 3 + b"\n" + LINE.encode() * 2)
    code = (
        "from ld import readers\n"
        f"for one in readers.read({str(path)!r}, 'solr'): print(type(one).__name__, getattr(one, 'place', ''))\n"
        "print(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    )
    *told, memory = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.splitlines()

    at = before.count(b"\n") + 1
    assert told[-3:] == [f"Rejected x, line {at}", "Record ", "Record "]
    assert int(memory) < 350 << 10


def test_a_folder_reads_what_it_can(tmp_path: Path) -> None:
    (tmp_path / "deep" / ".hidden").mkdir(parents=True)
    for name in ("deep/z.jsonl", "deep/.hidden/y.jsonl", "a.jsonl"):
        written(tmp_path / name, LINE.replace('"1"', f'"{name}"'))
    written(tmp_path / "notes.md", "# notes")
    written(tmp_path / "b.bin", b"\x00\x01")
    written(tmp_path / "empty", b"")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    found = outcomes(tmp_path)

    assert [one.id for one in found if isinstance(one, Record)] == ["a.jsonl", "deep/z.jsonl"]
    assert [Path(one.place).name for one in found if isinstance(one, Rejected)] == ["b.bin", "dangling", "empty"]


def test_folders_with_nothing_to_read(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no file in it"):
        outcomes(tmp_path)
    written(tmp_path / "x.bin", b"\x00")
    with pytest.raises(SourceError, match="none of its 1 files could be read"):
        outcomes(tmp_path)


def test_a_folder_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root may read everything, so the refusal is played."""

    def refuse(path: str | Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(SourceError, match="Permission denied: check the rights"):
        outcomes(tmp_path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="No such file"):
        outcomes(tmp_path / "nowhere")


def test_progress_counts_the_bytes_of_the_file(tmp_path: Path) -> None:
    path = written(tmp_path / "x", gzip.compress((LINE * 5000).encode()))
    counted: list[int] = []

    assert len(list(readers.read(str(path), on_bytes=counted.append))) == 5000
    assert sum(counted) == path.stat().st_size


def test_a_kept_source_is_read_again(tmp_path: Path) -> None:
    (record,) = outcomes(written(tmp_path / "x", OLD_ORDER))
    assert isinstance(record, Record)

    assert readers.reread(record.source) == record


# -- JSON texts that are not JSON Lines --------------------------------------------------------------------------------


def answer(*docs: str, around: str = "") -> str:
    """A Solr answer, with more behind its documents."""
    return '{"responseHeader": {"status": 0}, "response": {"docs": [' + ",\n".join(docs) + f"]}}{around}}}"


def test_a_json_text_is_read_in_little_memory(tmp_path: Path) -> None:
    """200 MB in one answer: its documents come one after the other."""
    path = tmp_path / "x"
    doc = json.dumps({"id": "1", "title": "T", "title_short": "T", "description": "y" * 1_000_000})
    with path.open("w") as out:
        out.write('{"response": {"docs": [')
        out.write(",".join([doc] * 200))
        out.write("]}}")
    code = (
        "from ld import readers\n"
        f"print(sum(1 for _ in readers.read({str(path)!r})))\n"
        "print(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    )

    count, memory = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.split()

    assert count == "200"
    assert int(memory) < 300 << 10


def test_a_json_text_is_read_by_one_worker_and_lines_by_all(tmp_path: Path) -> None:
    """Each gets about as many bytes; what one does not read it does not look through either."""
    docs = [LINE.strip().replace('"1"', f'"{n}"') for n in range(4000)]
    for n, size in enumerate((4000, 1000, 1000, 2000)):
        written(tmp_path / f"{n}.json", answer(*docs[:size]))
    shares = [Share(i, 2) for i in range(2)]
    read, counted = [], []
    for share in shares:
        numbers: list[int] = []
        found = list(readers.read(str(tmp_path), share=share, on_bytes=numbers.append))
        read.append(sum(isinstance(one, Record) for one in found))
        counted.append(sum(numbers))
    whole = sum(path.stat().st_size for path in tmp_path.iterdir())

    assert read == [4000, 4000]
    assert all(0.4 * whole < one < 0.9 * whole for one in counted)


@pytest.mark.parametrize("workers", [2, 3])
def test_a_file_that_cannot_be_read_is_told_by_one_worker(tmp_path: Path, workers: int) -> None:
    """Whether all of them meet it or only the one that reads it, and at the same place in the input."""
    (tmp_path / "0").symlink_to(tmp_path / "nowhere")
    for n, text in enumerate((answer(LINE), answer(LINE)[:-3], "none", answer(LINE, LINE[:9]), LINE), 1):
        written(tmp_path / str(n), text)
    alone = Share()
    expected = [(alone.position, one) for one in readers.read(str(tmp_path), share=alone)]
    shares = [Share(i, workers) for i in range(workers)]

    found = [(share.position, one) for share in shares for one in readers.read(str(tmp_path), share=share)]

    told = [one for one in found if isinstance(one[1], Rejected)]
    assert sorted(told, key=lambda one: one[0]) == [one for one in expected if isinstance(one[1], Rejected)]
    assert [Path(one.place).name for _, one in expected if isinstance(one, Rejected)] == ["0", "2", "3", "4"]
    assert sum(isinstance(one, Record) for _, one in found) == 4


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        (answer(LINE, LINE), ["1", "1"]),
        (answer(LINE, around=', "facet_counts": {"docs": [{"id": "no"}]}'), ["1"]),
        (answer(LINE, around=', "response": {"docs": [{"id": "no"}]}'), ["1"]),
        (answer(), []),
        ("[\n" + LINE + " , " + LINE + "]\n\n", ["1", "1"]),
        ("[]", []),
        (answer(LINE) + answer(LINE, LINE) + "\n" + LINE, ["1"] * 4),
        (json.dumps(json.loads(answer(LINE)), indent=1) * 2, ["1", "1"]),
        (LINE.replace(",", ",\n"), ["1"]),
        (LINE.replace('"id"', '"response": {"docs": "none"}, "id"').replace(",", ",\n"), ["1"]),
    ],
)
def test_what_is_a_document_in_a_json_text(tmp_path: Path, text: str, ids: list[str]) -> None:
    assert [one.id for one in outcomes(written(tmp_path / "x", text), "solr")] == ids


@pytest.mark.parametrize("size", [1, 7, 1 << 20])
def test_where_the_pieces_of_a_json_text_end_makes_no_difference(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ld.readers.jsontext.BLOCK_BYTES", size)
    docs = ['{"a": "\\"]}\\\\", "b": [1.5e3, {"ü": null}], "n": -12}', "12", '"x"', "true", "[ ]", "-3.25"]
    text = f'  {{"n": 12 , "response" : {{"numFound":7, "docs": [ {" , ".join(docs)} ] , "x":[1]}} }} '.encode()

    found = Answer(JsonText(io.BytesIO(text), b"", "here"), (("response", "docs"),))

    assert [one.decode() for one in found] == docs
    assert {name: bytes(raw) for name, raw in found.around.items()} == {"n": b"12", "numFound": b"7", "x": b"[1]"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"response": {"docs": [{"id": "1"} {"id": "2"}]}}', r"expected ',' \(line 1, column 36\)"),
        ('{"response": {"docs": [\n{"id": "1"},\n{"id" "2"}]}}', r"expected ':' \(line 3, column 7\)"),
        ('{"response": {"docs": [{"id": "1"}]}} x', r"invalid character \(line 1, column 39\)"),
        ('{"response": {"docs": [{"id": "1"}', r"expected ',' \(line 1, column 35\).*cut off"),
        ('{"response" {', "expected ':'"),
        ("{response: {", "expected a name"),
        ("[" * 3000, "nested too deeply"),
    ],
)
def test_a_json_text_that_is_none_says_where(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        outcomes(written(tmp_path / "x", text), "solr")


def test_of_an_answer_a_record_that_is_not_utf_8_is_rejected(tmp_path: Path) -> None:
    """The others can be told apart from it."""
    data = answer(LINE, '{"id": "2", "title": "\xe4"}', LINE).encode("latin-1")

    first, second, third = outcomes(written(tmp_path / "x", data), "solr")

    assert isinstance(second, Rejected)
    assert "not UTF-8 at byte 22 of the record" in second.reason
    assert (first.id, third.id) == ("1", "1")
