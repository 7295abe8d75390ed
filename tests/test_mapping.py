"""Records as triples: mentions of shared things, and that no record, however odd, spoils the load of the others."""

from __future__ import annotations

import ast
import inspect
import io
import json
import re
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import RdfFormat, parse

from ld.mapping.compiled import Mapping, Unsaid
from ld.mapping.entities import Site
from ld.mapping.mentions import mention, unpacked
from ld.memo import cached
from ld.readers.doaj import api
from ld.readers.share import Share
from ld.readers.vufind import solr
from ld.record import Container, Date, Person, Record, Rejected, Source, Subject
from ld.terms import quoted, unescaped
from ld.values import addresses, names
from ld.values.edtf import dated
from ld.values.vocab import vocabulary

BASE = "https://data.example.org/"


@cached()
def mapping() -> Mapping:
    """The mapping of the site."""
    return Mapping(Site(BASE), vocabulary())


def record(**fields: Any) -> Record:
    """A record with these fields."""
    known: dict[str, Any] = {"id": "1", "title": "A title", "source": Source("solr", "{}", "here"), "format": "article"}
    return Record(**(known | fields))


def said(one: Record) -> dict[str, list[str]]:
    """The lines of each document that the record mentions."""
    return {
        m.document: Unsaid(mapping()).lines([m]).splitlines(keepends=True) for m in mapping().describe(one).mentions
    }


JOURNAL = Container("journal", "A journal", issn="2297-7775", volume="4", issue="2")


def test_one_mention_a_document_in_order() -> None:
    """The publisher is the journal's too: it is mentioned once."""
    one = record(publishers=["A press"], containers=[JOURNAL], subjects=[Subject("soil"), Subject("Soil")])
    found = mapping().describe(one).mentions

    assert [m.document for m in found] == [
        "organization/a-press", "journal/2297-7775", "journal/2297-7775/volume/4", "journal/2297-7775/volume/4/issue/2",
        "subject/soil",
    ]  # fmt: skip
    assert all(m.number == names.number(m.document) for m in found)


def test_two_spellings_of_one_subject_are_one_mention_of_both() -> None:
    lines = said(record(subjects=[Subject("soil"), Subject("Soil")]))["subject/soil"]

    assert [line for line in lines if "prefLabel" in line] == [
        f'<{BASE}subject/soil#it> <http://www.w3.org/2004/02/skos/core#prefLabel> "{label}" .\n'
        for label in ("soil", "Soil")
    ]
    assert len(lines) == len(set(lines))


def test_the_same_words_are_the_same_mention() -> None:
    first, second = (mapping().describe(record(id=one, containers=[JOURNAL])).mentions for one in "12")

    assert first == second
    assert all(one is other for one, other in zip(first, second, strict=True))
    assert mention(*unpacked(first[0].packed)) == first[0]


def test_what_was_said_is_not_said_again() -> None:
    unsaid = Unsaid(mapping())
    first = mapping().describe(record(subjects=[Subject("soil"), Subject("Soil")])).mentions
    second = mapping().describe(record(subjects=[Subject("soil")])).mentions

    assert first[0].key != second[0].key
    assert unsaid.lines(first) and not unsaid.lines(second) + unsaid.lines(first)


def test_a_trace_has_the_triples_of_the_description() -> None:
    one = record(
        people=[Person("Jane Doe", affiliations=("Somewhere",)), Person("A. Nother", role="edt")], containers=[JOURNAL]
    )
    found = mapping().describe(one)

    assert {traced.line for traced in mapping().trace(one)} == set(
        (found.lines + Unsaid(mapping()).lines(found.mentions)).splitlines(keepends=True)
    )


def test_numbers_and_instants_are_canonical() -> None:
    """The store rewrites what is not, and documents and dumps would say other than it."""
    lines = mapping().describe(record(format="book", page_count="007")).lines
    found = api.record(
        {"id": "1", "last_updated": "2020-01-02T03:04:05.670Z", "bibjson": {"title": "T"}}, record().source
    )

    assert '"7"^^<http://www.w3.org/2001/XMLSchema#integer>' in lines
    assert isinstance(found, Record)
    assert found.modified == "2020-01-02T03:04:05.67Z"


def test_repeated_values_give_one_line() -> None:
    lines = (
        mapping().describe(record(extents=["x", "x"], carriers=["x"], places=["y"], periods=["y"])).lines.splitlines()
    )

    assert len(lines) == len(set(lines))


def test_an_iri_that_no_reader_has_checked_is_refused() -> None:
    with pytest.raises(ValueError, match="not an IRI that can be written"):
        mapping().describe(record(urls=["http://example.org/> <a:b> <a:c> .\n<a:d"]))


def test_the_solr_reader_decodes_every_field_it_asks_for() -> None:
    asked = {
        node.args[0].value
        for node in ast.walk(ast.parse(inspect.getsource(solr)))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("first", "all", "headings", "isbd", "checked", "get") and node.args
        and isinstance(node.args[0], ast.Constant)
    }  # fmt: skip

    assert asked - {"slug", "academic", "access", "dates", "topics", "fullrecord"} <= solr.READS


# -- nothing spoils a load --------------------------------------------------------------------------------------------

ODD = st.sampled_from([
    '"', "\\", "\n", "\r", "\t", "\0", "\x07", "\x85", "\u2028", "\ufeff", "<b>", "</i>", "&amp;lt;", "&#0;", ">", " ",
    "<a:b>", '" .\n<a:a> <a:b> <a:c> .\n', "\ue000", "\ufffe", "\U0001fffe", "\U000e0001", "\U000f0000", "e\u0301",
    "%", "%zz", "^", "{", "}", "`", "|", "[", "]", "#", "?", ":", "@", "http://", "10.1/x", "//", "中", "Ж", "İ", "²",
    "2297-7775", "0000", "٢٠١٩", "1998", "2019-04-01", "eng", "doaj-", "a" * 32,
])  # fmt: skip
TEXT = st.lists(ODD | st.text(max_size=5), max_size=5).map("".join)
TEXTS = st.lists(TEXT, max_size=3)


def loads(found: Iterable[Record | Rejected]) -> None:
    """Every line of every record is read by strict and lenient readers, and speaks of this site only."""
    for one in found:
        if isinstance(one, Record):
            described = mapping().describe(one)
            lines = described.lines + Unsaid(mapping()).lines(described.mentions)
            for lenient in (False, True):
                read = list(parse(lines.encode(), RdfFormat.N_TRIPLES, lenient=lenient))
                assert len(read) == lines.count("\n")
            assert all(str(quad.subject).startswith(f"<{BASE}") for quad in read)


@settings(max_examples=300)
@given(st.dictionaries(st.sampled_from(sorted(solr.READS)), TEXT | TEXTS), TEXT, TEXT)
def test_no_index_document_spoils_a_load(document: dict[str, Any], identifier: str, title: str) -> None:
    for more in (
        {"id": identifier},
        {"collection": "DOAJ", "id": "doaj-" + "a" * 32},
        {"id": "1", "record_format": "marc"},
    ):
        loads(solr.read(io.BytesIO(json.dumps(document | {"title": title} | more).encode()), "here", Share()))


@settings(max_examples=200)
@given(
    st.fixed_dictionaries(
        {"title": TEXT},
        optional={
            "abstract": TEXT,
            "year": TEXT,
            "month": TEXT,
            "keywords": TEXTS,
            "start_page": TEXT,
            "author": st.lists(
                st.fixed_dictionaries({"name": TEXT, "affiliation": TEXT, "orcid_id": TEXT}), max_size=2
            ),
            "journal": st.fixed_dictionaries({"title": TEXT, "publisher": TEXT, "volume": TEXT, "language": TEXTS}),
            "link": st.lists(st.fixed_dictionaries({"url": TEXT.map("http://".__add__)}), max_size=2),
            "identifier": st.lists(
                st.fixed_dictionaries({"type": st.sampled_from(["doi", "pissn"]), "id": TEXT.map("10.1000/".__add__)})
            ),
            "subject": st.lists(
                st.fixed_dictionaries({"scheme": st.just("LCC"), "term": TEXT, "code": TEXT}), max_size=2
            ),
        },
    ),
    TEXT,
)
def test_no_article_spoils_a_load(bibjson: dict[str, Any], identifier: str) -> None:
    loads([api.record({"id": identifier, "last_updated": "2020-01-02T03:04:05Z", "bibjson": bibjson}, record().source)])


@given(st.lists(TEXT | st.just("http://example.org/"), max_size=6).map("".join))
def test_an_address_is_an_iri_or_nothing(text: str) -> None:
    for iri in (addresses.url("http://" + text), addresses.url(text)):
        assert not iri or addresses.is_iri(iri)
        line = f"<{iri or 'a:a'}> <a:b> <a:c> .\n"
        assert len(list(parse(line.encode(), RdfFormat.N_TRIPLES))) == 1


@given(TEXT)
def test_a_quoted_text_comes_back(text: str) -> None:
    (quad,) = parse(f"<a:a> <a:b> {quoted(text)} .\n".encode(), RdfFormat.N_TRIPLES)

    assert quad.object.value == text == unescaped(quoted(text)[1:-1])


def test_dates_have_the_digits_of_xml_schema() -> None:
    assert mapping().describe(record(issued=Date("2019", "gYear", "2019"))).lines.count('"2019"^^') == 3


@pytest.mark.parametrize(
    ("value", "date", "published"),
    [
        ("2019", "2019", "2019"), ("2019-04", "2019", "2019-04"), ("1984?", "1984", "1984"), ("1938/1961", "1938", "1938"),
        ("2012/..", "2012", "2012"), ("[1971,1972]", "1971", ""), ("199X", "", ""), ("../1460", "", ""), ("-0043", "", ""),
    ],
)  # fmt: skip
def test_the_year_of_a_date_is_the_first_and_none_where_none_is_named(value: str, date: str, published: str) -> None:
    lines = mapping().describe(record(issued=dated(value))).lines

    assert re.findall(r'/issued> "([^"]*)"', lines) == [value]
    assert re.findall(r'/dc/terms/date> "([^"]*)"\^\^<[^>]*#gYear>', lines) == [date] * bool(date)
    assert re.findall(r'/datePublished> "([^"]*)"', lines) == [published] * bool(published)


def test_a_run_of_one_year_is_published_in_it_and_a_longer_one_begins_and_ends() -> None:
    one, long = (mapping().describe(record(span=dated(value))).lines for value in ("1982", "1982/1990"))

    said = [re.findall(r'/(datePublished|startDate|endDate)> "([^"]*)"', lines) for lines in (one, long)]
    assert [dict(pairs) for pairs in said] == [
        {"datePublished": "1982", "startDate": "1982", "endDate": "1982"},
        {"startDate": "1982", "endDate": "1990"},
    ]


def test_a_record_that_the_mapping_fails_on_is_rejected_with_the_reason() -> None:
    found = mapping().attempt(record(urls=["http://example.org/<"]))

    assert found == Rejected(
        "here",
        "the mapping failed on it: ValueError: not an IRI that can be written: 'http://example.org/<': please report this"
        " record",
        "1",
        "{}",
    )


def test_a_journal_is_published_by_nobody_that_only_a_record_knows() -> None:
    """ "The Society" means another body in each record; a journal is spoken of by many, so it has the name alone."""
    journal = Container("journal", "A journal", issn="2049-3630")
    for fields in ({"format": "journal", "title": "A journal"}, {"format": "academicarticle"}):
        described = mapping().describe(record(**fields, publishers=["The Society"], containers=[journal]))
        told = [mapping().tell(one.document, one.said).lines for one in described.mentions]

        assert not any("#publisher-" in lines for lines in told)
        assert any('/publisher> "The Society"' in lines for lines in (described.lines, *told))
