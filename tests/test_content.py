"""What a catalogue's record says of the work, and what only of its parts, its other forms, or of pages about it."""

from __future__ import annotations

import pytest
from conftest import BASE
from reading import indexed, marc, problems

from ld.mapping.compiled import Described, Mapping
from ld.mapping.entities import Site
from ld.record import Record, Subject
from ld.values.vocab import Vocabulary

CONTENTS = "Songs for sale (A. Doe) -- [2] Sweet child : a tale -- The all golden"


def lines(record: Record) -> str:
    """The triples of a record."""
    described = Mapping(Site(BASE), Vocabulary()).attempt(record)
    assert isinstance(described, Described)
    return described.lines


def test_the_title_of_a_part_is_none_of_the_whole() -> None:
    titles = ["Songs for sale.", "Sweet child", "All golden.", "Golden", "A songbook", "/"]

    record = marc(title_alt=titles, contents=[CONTENTS, "/"])

    assert (record.alternatives, record.contents) == (["Golden", "A songbook"], [CONTENTS])
    assert [one.value for one in record.left] == ["Songs for sale.", "Sweet child", "All golden.", "/"]


def test_contents_of_one_part_tell_nothing_apart() -> None:
    assert marc(title_alt=["Sweet child"], contents=["Sweet child and others"]).alternatives == ["Sweet child"]


def test_another_form_is_no_extent() -> None:
    record = marc(physical=["132 p. ; 21 cm.", "Also issued online.", "Alsogether 3 v."])

    assert record.extents == ["132 p. ; 21 cm.", "Alsogether 3 v."]
    assert record.other_forms == ["Also issued online."]


@pytest.mark.parametrize(
    ("address", "about"),
    [
        ("http://www.loc.gov/catdir/toc/ecip0810/2008003955.html", True),
        ("http://www.loc.gov/item/2008003955/", False),
        ("http://d-nb.info/966104641/04", True),
        ("http://d-nb.info/966104641/34", False),
        ("http://www.gbv.de/dms/ilmenau/toc/240847415.PDF", True),
        ("http://assets.cambridge.org/97811070/00681/cover/9781107000681.jpg", True),
        ("https://doaj.org/toc/1234-5679", False),
        ("https://example.org/discovery.jpg", False),
    ],
)
def test_what_is_about_the_work_is_not_the_work(address: str, about: bool) -> None:
    record = marc(url=[address], format=["Book"])

    assert (record.about_urls, record.urls) == (([address], []) if about else ([], [address]))


@pytest.mark.parametrize(
    ("topic", "subject"),
    [
        ("(DE-601)123519713 (DE-588)4307836-9 Perl g:Programmiersprache gbv", Subject("Perl (Programmiersprache)", "gnd", "4307836-9")),
        ("Perl <Programmiersprache> gnd", Subject("Perl (Programmiersprache)", "gnd")),
        ("(DE-601)123519713 (DE-588)4061835-3 UNIX gbv", Subject("UNIX", "gnd", "4061835-3")),
        ("30m book", Subject("30m book")),
    ],
)  # fmt: skip
def test_a_heading_is_without_the_codes_of_its_catalogue(topic: str, subject: Subject) -> None:
    assert marc(topic=[topic]).subjects == [subject]


def test_the_code_of_a_class_is_no_heading() -> None:
    record = marc(topic=["30m;30 gnd", "Perl 5 gnd"])

    assert [one.label for one in record.subjects] == ["Perl 5"]
    assert problems(record) == ["topic"]


def test_places_and_times_are_without_their_codes() -> None:
    record = marc(geographic=["Poland. fast (OCoLC)fst01206891", "Kansas."], era=["1900-1999 fast", "Roman period"])

    assert (record.places, record.periods) == (["Poland", "Kansas"], ["1900-1999", "Roman period"])
    assert record.subjects == [Subject("Poland", "fast", "1206891")]


def test_a_parallel_title_is_no_subtitle() -> None:
    parallel = marc(title="Gao di = High land /", title_short="Gao di =", title_sub="High land /")
    stopped = marc(title="Trends, 1950-1969. A report", title_short="Trends, 1950-1969.", title_sub="A report")

    assert (parallel.title, stopped.title) == ("Gao di = High land", "Trends, 1950-1969 : A report")


def test_a_work_of_unknown_kind_has_no_type() -> None:
    assert "/dc/terms/type>" not in lines(indexed(format=["image/tiff"]))
    assert "/dcmitype/Text>" in lines(indexed(format=["Book"]))


@pytest.mark.parametrize(("format", "made"), [("Video", False), ("Audio", True), ("Musical Score", True)])
def test_the_composer_of_a_film_did_not_make_it(format: str, made: bool) -> None:
    found = lines(marc(author=["Doe, Jane"], author_role=["cmp"], format=[format]))

    assert ("/dc/terms/creator>" in found, "/relators/cmp>" in found) == (made, True)


@pytest.mark.parametrize(("name", "own"), [("The Society,", True), ("The Society of Examples,", False)])
def test_a_name_that_only_its_record_explains_is_not_shared(name: str, own: bool) -> None:
    found = lines(marc(publisher=[name]))

    assert ("record/1#publisher-1> " in found, "/organization/the-society" in found) == (own, not own)


def test_for_whom_a_book_was_published() -> None:
    record = marc(publisher=["Published for the Example Institute [by] Example Press,", '"Example,"'])

    assert record.publishers == ["Example Press", '"Example"']
    assert problems(record) == ["publisher"]


def test_a_body_of_japan_is_no_person() -> None:
    assert [one.organization for one in marc(author2=["国際日本文化研究センター", "夏目漱石"]).people] == [True, False]
