"""What a catalogue's record says of the work, and what only of its parts, its other forms, or of pages about it."""

from __future__ import annotations

import pytest
from conftest import BASE
from reading import indexed, marc, problems

from ld.mapping.compiled import Described, Mapping
from ld.mapping.entities import Site
from ld.record import Record, Subject
from ld.terms import unescaped
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
    assert [one.value for one in record.left] == ["/", "Songs for sale.", "Sweet child", "All golden.", "/"]


def test_contents_of_one_part_tell_nothing_apart() -> None:
    assert marc(title_alt=["Sweet child"], contents=["Sweet child and others"]).alternatives == ["Sweet child"]


def test_another_form_is_no_extent() -> None:
    record = marc(physical=["132 p. ; 21 cm.", "Also issued online.", "Alsogether 3 v."])

    assert record.extents == ["132 p. ; 21 cm.", "Alsogether 3 v."]
    assert record.other_forms == ["Also issued online."]


def told(record: Record) -> str:
    """The triples of the things that a record names."""
    mapping = Mapping(Site(BASE), Vocabulary())
    described = mapping.attempt(record)
    assert isinstance(described, Described)
    return "".join(mapping.tell(one.document, one.said).lines for one in described.mentions)


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


def test_a_heading_with_a_number_is_not_said_again_without_it() -> None:
    record = marc(topic=["(DE-588)4307836-9 Perl g:Programmiersprache gnd", "Perl <Programmiersprache> gnd", "Perl"])

    assert record.subjects == [Subject("Perl (Programmiersprache)", "gnd", "4307836-9"), Subject("Perl")]


def test_the_proxy_of_a_library_is_not_where_the_work_is() -> None:
    record = marc(url=["http://proxy.example.edu/login?url=http://dx.doi.org/10.1007/1-4020-3742-2"])

    assert (record.urls, record.doi) == (["http://dx.doi.org/10.1007/1-4020-3742-2"], "10.1007/1-4020-3742-2")


@pytest.mark.parametrize(
    ("issns", "issn", "eissn"),
    [
        (["2326-067X (electronic)", "0078-7469"], "", "2326-067X"),
        (["2326-067X (online)", "0078-7469 (print)"], "0078-7469", "2326-067X"),
        (["0078-7469 (print)", "2326-067X (online)"], "0078-7469", "2326-067X"),
        (["0078-7469", "2326-067X (online)"], "0078-7469", ""),
    ],
)
def test_the_medium_of_an_issn_is_as_it_is_told(issns: list[str], issn: str, eissn: str) -> None:
    (journal,) = marc(issn=issns, format=["Journal"]).containers

    assert (journal.issn, journal.eissn) == (issn, eissn)


def test_a_collective_title_is_no_title_of_the_work() -> None:
    record = marc(title_alt=["Works.", "Poems. Selections", "Symphonies,", "Poems of the sea", "Worksheets"])

    assert record.alternatives == ["Poems of the sea", "Worksheets"]
    assert [one.field for one in record.left] == ["title_alt"] * 3


@pytest.mark.parametrize(
    ("title", "language", "tagged"),
    [
        ("Plava\ufe20i\ufe21ushchie roman", "English", False),
        ("The floating island", "English", True),
        ("A grammar of the Latin language, with some notes on the verse of Horace", "Latin", False),
        ("Commentarii de bello gallico et de bello civili cum libris incertorum auctorum", "Latin", True),
    ],
)
def test_a_title_is_not_called_a_language_that_it_is_not_in(title: str, language: str, tagged: bool) -> None:
    assert (f'"{title}"@' in unescaped(lines(marc(title=title, language=[language])))) == tagged


def test_two_stops_at_the_end_of_a_heading_are_one_too_many() -> None:
    record = marc(topic=["Water Juvenile literature..", "To be continued..."])

    assert [one.label for one in record.subjects] == ["Water Juvenile literature", "To be continued..."]


def test_a_part_of_a_series_is_not_called_as_the_whole() -> None:
    part = marc(title="Reports VDI", title_short="Reports VDI", title_full="Reports VDI Reihe 2, Technik")
    whole = marc(title="Reports", title_short="Reports", title_full="Reports Series of Doe")

    assert (part.title, whole.title) == ("Reports VDI. Reihe 2", "Reports")


def test_a_family_is_no_person() -> None:
    family, person = marc(author=["Boesch family"], author2=["Boesch, Jane"], format=["Book"]).people

    assert (family.unsure, family.family, person.unsure) == (True, "", False)
    found = told(marc(author=["Boesch family"], format=["Book"]))
    assert ("foaf/0.1/Person>" in found, "foaf/0.1/Agent>" in found) == (False, True)


def test_the_stop_behind_a_title_is_the_catalogues() -> None:
    record = marc(title="Time.", title_short="Time.", title_alt=["Time magazine.", "Time, Inc."])

    assert (record.title, record.alternatives) == ("Time", ["Time magazine", "Time, Inc."])


def test_a_title_without_a_word_is_remarked() -> None:
    assert [problems(marc(title=title)) for title in ("<>.", "7")] == [["title"], []]
