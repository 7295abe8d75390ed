"""A chapter has its book, which is a thing of its own; people and series of a record as its page and its graph say them."""

from __future__ import annotations

from typing import Any

from reading import indexed, marc

from ld.mapping.compiled import Described, Mapping, Unsaid
from ld.mapping.entities import Site
from ld.record import Container, Record
from ld.values.vocab import vocabulary

BASE = "https://data.example.org/"
CHAPTER: dict[str, Any] = {
    "format": ["Book Chapter"], "title": "Introduction", "container_title": "The whole book /",
    "isbn": ["0306406152"], "container_start_page": "1", "publishDate": ["2001"],
}  # fmt: skip


def described(record: Record) -> tuple[Described, str]:
    """Return what a record becomes, and all its lines."""
    mapping = Mapping(Site(BASE), vocabulary())
    made = mapping.describe(record)
    return made, made.lines + Unsaid(mapping).lines(made.mentions)


def said(lines: str, subject: str) -> set[str]:
    """Return what the lines say of a subject: names of properties and their values."""
    mine = (line.split(" ", 2) for line in lines.splitlines() if line.startswith(f"<{BASE}{subject}> "))
    return {f"{one[1].strip('<>').replace('#', '/').rpartition('/')[2]} {one[2].removesuffix(' .')}" for one in mine}


def test_a_chapter_has_its_book_which_has_the_isbn() -> None:
    record = marc(**CHAPTER)
    _, lines = described(record)

    assert (record.isbns, record.containers) == ([], [Container("book", "The whole book", isbns=("9780306406157",))])
    chapter, book = said(lines, "record/1#it"), said(lines, "book/9780306406157#it")
    assert f"isPartOf <{BASE}book/9780306406157#it>" in chapter
    assert not any("isbn" in one for one in chapter)
    assert {'title "The whole book"', 'isbn13 "9780306406157"', "type <http://purl.org/ontology/bibo/Book>"} <= book


def test_an_article_has_no_isbn() -> None:
    record = marc(format=["Article"], container_title="A journal", issn=["1234-5679"], isbn=["0306406152"])

    assert (record.isbns, [(one.field, one.value) for one in record.remarks]) == ([], [("isbn", "0306406152")])


def test_a_book_without_isbn_is_known_by_title_and_year() -> None:
    one, again, other = (
        next(said for said in lines.split() if said.startswith(f"<{BASE}book/"))
        for year in ("2001", "2001", "2002")
        for _, lines in [described(marc(**(CHAPTER | {"isbn": [], "publishDate": [year]})))]
    )

    assert one == again != other


def test_a_chapter_is_part_of_one_thing_and_the_book_of_its_series() -> None:
    record = marc(**CHAPTER, series=["Example series ; 7"])
    made, lines = described(record)

    assert len([one for one in said(lines, "record/1#it") if one.startswith("isPartOf")]) == 1
    assert any(one.startswith(f"isPartOf <{BASE}series/") for one in said(lines, "book/9780306406157#it"))
    assert [one.kind for one in made.summarize().containers] == ["book", "series"]
    assert made.summarize().number == []


def test_a_paper_in_proceedings_has_its_book() -> None:
    record = marc(**(CHAPTER | {"format": ["Conference Paper"]}))

    assert [one.kind for one in record.containers] == ["book"]


def test_a_record_above_goes_before_a_book() -> None:
    record = marc(**CHAPTER, hierarchy_parent_id=["b1"], hierarchy_parent_title=["The book"])

    assert (record.isbns, record.containers) == ([], [Container("record", "The book", record="b1")])
    assert [one.field for one in record.remarks] == ["isbn"]


def test_all_series_are_kept_with_their_numbers() -> None:
    summary = described(marc(format=["Book"], series=["One ; 7", "Two"]))[0].summarize()

    assert [(one.title, one.number) for one in summary.series] == [("One", "7"), ("Two", "")]


def test_one_person_is_one_node_with_all_roles() -> None:
    fields = {"author": ["Doe, Jane"], "author2": ["Doe, Jane"], "author2_role": ["trl"], "format": ["Book"]}
    made, lines = described(indexed(**fields))
    work = said(lines, "record/1#it")

    assert {f"creator <{BASE}record/1#author-1>", f"translator <{BASE}record/1#author-1>"} <= work
    assert not any(one.startswith("contributor") for one in work)
    assert [(one.name, set(one.roles)) for one in made.summarize().people] == [("Doe, Jane", {"author", "translator"})]


def test_a_suffix_and_the_years_of_a_life_are_said_of_the_agent() -> None:
    made, lines = described(marc(author=["Person, Adam Ben, Jr., 1929-1968"], format=["Book"]))
    (person,) = made.summarize().people

    assert {
        'name "Person, Adam Ben, Jr."', 'honorificSuffix "Jr."', 'disambiguatingDescription "1929-1968"',
        'birthDate "1929"^^<http://schema.org/Date>', 'deathDate "1968"^^<http://schema.org/Date>',
    } <= said(lines, f"{person.path}#it")  # fmt: skip
    assert person.suffix == "Jr."


def test_who_may_be_a_person_or_a_body_is_an_agent() -> None:
    _, lines = described(indexed(author=["CERN"], format=["Article"]))

    assert "type <http://xmlns.com/foaf/0.1/Agent>" in said(lines, "record/1#author-1")


def test_a_distributor_is_no_publisher() -> None:
    made, lines = described(marc(publisher=["Example Press ; Distributed by Example House"]))
    work = said(lines, "record/1#it")

    assert f"dst <{BASE}organization/example-house#it>" in work
    assert f"publisher <{BASE}organization/example-house#it>" not in work
    assert [one.name.text for one in made.summarize().distributors] == ["Example House"]
