"""Publishers, distributors, places and series: one statement is taken apart where its marks part it."""

from __future__ import annotations

import pytest
from reading import indexed, marc, problems

from ld.readers import imprint, isbd
from ld.record import Container


@pytest.mark.parametrize(
    ("raw", "publishers", "distributors", "places"),
    [
        ("Thorndike Press ; Chivers Press,", ["Thorndike Press", "Chivers Press"], [], []),
        ("Springer International Publishing : Imprint: Springer,", ["Springer International Publishing", "Springer"],
         [], []),
        ("Farrar, Straus and Giroux,", ["Farrar, Straus and Giroux"], [], []),
        ("London ; New York : Routledge,", ["Routledge"], [], ["London", "New York"]),
        ("Counterpoint : Distributed by Example Group,", ["Counterpoint"], ["Example Group"], []),
        ("Hola, S.A. ; Comag [distributor],", ["Hola, S.A."], ["Comag"], []),
        ("Example Press [distributed by Example House],", ["Example Press"], ["Example House"], []),
        ("Universitet : Distributor : Almqvist,", ["Universitet"], ["Almqvist"], []),
        ("Example ; Auslieferung Beispiel", ["Example"], ["Beispiel"], []),
        ("Distribution Group Press", ["Distribution Group Press"], [], []),
        ("Paris: Gallimard", ["Gallimard"], [], ["Paris"]),
        ("Example: Essays", ["Example: Essays"], [], []),
        ("Hanser [u.a.]", ["Hanser"], [], []),
        ("[Variety Pub. Co.],", ["Variety Pub. Co."], [], []),
        ("published by J. H. Colton & Co.,", ["J. H. Colton & Co."], [], []),
        ("[s.n.], Shanachie,", ["Shanachie"], [], []),
        ("J.C.B. Mohr (Paul Siebeck),", ["J.C.B. Mohr (Paul Siebeck)"], [], []),
    ],
)  # fmt: skip
def test_joined_publishers_are_parted(
    raw: str, publishers: list[str], distributors: list[str], places: list[str]
) -> None:
    record = marc(publisher=[raw])

    assert (record.publishers, record.distributors, record.publication_places) == (publishers, distributors, places)


def test_a_place_is_one_only_where_the_statement_says_so() -> None:
    stated = indexed(publisher=["Aachen : Shaker"])

    assert (stated.publishers, stated.publication_places) == (["Shaker"], ["Aachen"])
    assert imprint.of_names("Herald : Example Trust").publishers == ("Herald", "Example Trust")
    assert imprint.of_statement("Universidad de X : Facultad de Y").places == ()


def test_a_publisher_who_is_nobody_is_remarked() -> None:
    record = marc(publisher=["[publisher not identified] ; Example Press"])

    assert (record.publishers, problems(record)) == (["Example Press"], ["publisher"])


@pytest.mark.parametrize(
    ("raw", "title", "number"),
    [
        ("Example series ; vol. 7", "Example series", "7"), ("Example series ; Volume 14", "Example series", "14"),
        ("Studies, no. 3, 2008 ;", "Studies", "3, 2008"), ("Buggy books.", "Buggy books", ""), (",", "", ""),
        ("'76-'87: Universale Laterza.", "Universale Laterza", ""), ("[1865] ;", "", ""),
        ("<No. 737->: An example report.", "An example report", ""), ("Plain ; and simple", "Plain ; and simple", ""),
    ],
)  # fmt: skip
def test_a_series_and_the_number_in_it(raw: str, title: str, number: str) -> None:
    assert isbd.series(raw) == Container("series", title, number=number)


@pytest.mark.parametrize(
    ("traced", "printed", "titles"),
    [
        (["Example series"], ["The Example series ;"], ["Example series"]),
        (["FS (Series)"], ["FS", "Other"], ["FS (Series)", "Other"]),
        (["Pelevin, Viktor. Novyĭ Pelevin."], ["Novyĭ Pelevin"], ["Pelevin, Viktor. Novyĭ Pelevin"]),
        (["One", "Two"], ["Two", "One", "Three"], ["One", "Two", "Three"]),
        (["Report (Example Program)"], ["EP report,"], ["Report (Example Program)"]),
        ([], ["Only printed ;"], ["Only printed"]),
    ],
)
def test_a_series_under_another_name_is_the_same(traced: list[str], printed: list[str], titles: list[str]) -> None:
    record = marc(format=["Book"], series=traced, series2=printed)

    assert [one.title for one in record.containers] == titles


@pytest.mark.parametrize(
    ("raw", "number"),
    [("Volume 14", "14"), ("vol. Volume 14", "14"), ("Bd. XII", "XII"), ("№ 5", "5"), ("14", "14"), ("Vita", "Vita"),
     ("Suppl. 1", "Suppl. 1"), ("No. 3-4", "3-4"), ("n. s. 3", "n. s. 3"), ("R2", "2")],
)  # fmt: skip
def test_a_number_stands_without_the_word_that_counts(raw: str, number: str) -> None:
    assert isbd.number(raw) == number


def test_the_number_and_the_name_of_a_part_stay_in_the_title() -> None:
    record = marc(title="Works. Part 2, Poems : selected /", title_short="Works :", title_sub="selected /")

    assert record.title == "Works. Part 2, Poems : selected"
