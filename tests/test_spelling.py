"""What the run-together index text still holds is recovered where it can be read in one way, and nowhere else."""

from __future__ import annotations

import pytest

from ld.readers.vufind.recovery import Known, doi_of_url, recover

DOAJ_ID = "doaj-" + "a" * 32
STAMP = "2020-11-24T20:40:42Z"
AUTHORS = "Jane Doe0John Roe1"
AFFILIATIONS = "Example University, ExampletownInstitute of Examples, Sampleton"


def known(**changes: object) -> Known:
    """A catalogue record as anchors."""
    fields: dict[str, object] = {
        "id": DOAJ_ID, "title": "An example title", "authors": ("Jane Doe", "John Roe"), "publisher": "Example Press",
        "journal": "Example Journal", "issns": ("1234-5679",), "date": "2019-04-01", "abstract": "We give an example.",
        "urls": ("https://example.org/article/10.5555/ex.2019.36/full",),
    }  # fmt: skip
    return Known(**(fields | changes))  # type: ignore[arg-type]


def run_together(between: str, people: str = AUTHORS + AFFILIATIONS) -> str:
    """The record's text with this between date and title."""
    return (
        f"{DOAJ_ID}{STAMP}engExample PressExample Journal1234-56792019-04-01{between}An example title{people}"
        "We give an example.https://example.org/article/10.5555/ex.2019.36/fullwords"
    )


def test_everything_is_recovered_where_all_of_it_is_clear() -> None:
    facts = recover(run_together("410.5555/ex.2019.36434202"), known())

    assert facts.datestamp == STAMP
    assert facts.language == "eng"
    assert (facts.doi, facts.volume, facts.publisher_id) == ("10.5555/ex.2019.36", "4", "434202")
    assert facts.affiliations == ["Example University, Exampletown", "Institute of Examples, Sampleton"]
    assert facts.how == [
        "doi-from-url", "volume-from-index-text", "publisher-id-from-index-text", "affiliations-from-index-text",
    ]  # fmt: skip


def test_a_doi_of_the_address_is_taken_only_if_the_text_has_it() -> None:
    assert recover(run_together("4"), known()).doi == ""


def test_several_digits_before_the_doi_are_no_volume() -> None:
    """They may be volume, issue and pages run together."""
    facts = recover(run_together("42217237" + "10.5555/ex.2019.36"), known())

    assert (facts.doi, facts.volume) == ("10.5555/ex.2019.36", "")


@pytest.mark.parametrize(
    ("between", "urls", "doi"),
    [
        ("10.5555/jonnpr.1311", (), "10.5555/jonnpr.1311"),
        ("10.5555/ex-abc", (), "10.5555/ex-abc"),
        ("10.5555/f11030337", (), ""),  # may be f110303 and an id 37
        ("10.5555/f11030337", ("https://example.org/1999-4907/11/3/337",), "10.5555/f11030337"),
        ("10.5555/0100-67622015000200001S0100-67622015000200215", (), ""),
        ("10.5555/a10.5555/b", (), ""),
        ("129134", (), ""),
    ],
)
def test_a_doi_of_the_text_is_taken_only_if_its_end_is_sure(between: str, urls: tuple[str, ...], doi: str) -> None:
    facts = recover(run_together(between), known(urls=urls))

    assert facts.doi == doi
    assert facts.how[:1] == (["doi-from-index-text"] if doi else ["affiliations-from-index-text"])


@pytest.mark.parametrize(
    "block",
    [
        "Example University, ExampletownInstitute of Examples, SampletonThird Institute, Sampleton",
        "Department of Examples, Exampleland, USACaribou Program, fRI Research",
        "Example University, Exampletown",
    ],
)
def test_affiliations_are_left_out_where_the_cuts_are_doubtful(block: str) -> None:
    facts = recover(run_together("4", AUTHORS + block), known())

    assert facts.affiliations == []
    assert "affiliations-from-index-text" not in facts.how


def test_affiliations_go_to_the_authors_with_a_number() -> None:
    facts = recover(run_together("4", "Jane DoeJohn Roe0Example University"), known())

    assert facts.affiliations == ["", "Example University"]


def test_an_orcid_stands_behind_the_number() -> None:
    people = "Jane Doe0https://orcid.org/0000-0002-1825-0097John Roe1" + AFFILIATIONS
    facts = recover(run_together("4", people), known())

    assert facts.orcids == ["https://orcid.org/0000-0002-1825-0097", ""]
    assert len(facts.affiliations) == 2
    assert "orcid-from-index-text" in facts.how


def test_a_short_title_is_not_found_inside_the_doi() -> None:
    text = run_together("10.5555/art.7").replace("An example title", "art")

    assert recover(text, known(title="art")).doi == "10.5555/art.7"


@pytest.mark.parametrize("text", ["", "something else", "doaj-" + "b" * 32 + STAMP])
def test_a_text_of_another_record_gives_nothing(text: str) -> None:
    assert recover(text, known()) == recover("", known())


@pytest.mark.parametrize(
    ("url", "doi"),
    [
        ("https://www.frontiersin.org/article/10.3389/fsoc.2019.00036/full", "10.3389/fsoc.2019.00036"),
        ("https://example.org/doi/10.5555/EX.1.pdf", "10.5555/ex.1"),
        ("https://example.org/?id=10.5555/ex.1&lang=en", "10.5555/ex.1"),
        ("https://example.org/2010.5555/ex", ""),
    ],
)
def test_a_doi_in_an_address_ends_before_its_tail(url: str, doi: str) -> None:
    assert doi_of_url(url) == doi
