"""DOAJ article JSON, one quirk to a test."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from reading import NUMBER, article, problems, words

from ld import readers
from ld.readers.gate import passed
from ld.record import Container, Person, Record, Subject


def test_an_author_with_double_and_leading_blanks() -> None:
    assert [one.name for one in article(author=[{"name": "  Jane   Doe "}]).people] == ["Jane Doe"]


@pytest.mark.parametrize("name", ["Angela STĂNESCU", "Kaur IP", "Constantina (Stan) Papoulias"])
def test_a_printed_name_stays_as_printed(name: str) -> None:
    assert article(author=[{"name": name}]).people == [Person(name=name)]


def test_of_one_word_nobody_knows_whose_name_it_is() -> None:
    assert article(author=[{"name": "AnneFocke"}]).people == [Person(name="AnneFocke", unsure=True)]


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
    record = passed(article(author=[author]))

    assert isinstance(record, Record)
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
        ("2019/2020", None, "2019/2020"),
        ("2019-05", "June", "2019-05"),
    ],
)
def test_a_date_is_as_precise_as_year_and_month(year: str, month: str | None, value: str) -> None:
    record = article(year=year, month=month)

    assert record.issued
    assert record.issued.value == value


@pytest.mark.parametrize(("year", "reason"), [("xiii", "names no date"), ("3412", "after 2028"), ("1398", "before")])
def test_a_year_that_is_none_is_a_remark(year: str, reason: str) -> None:
    record = article(year=year, month="")

    assert record.issued is None
    assert [(one.field, one.value) for one in record.remarks] == [("year", year)]
    assert reason in record.remarks[0].problem


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


def test_an_orcid_that_is_none_is_remarked() -> None:
    record = article(author=[{"name": "Jane Doe", "orcid_id": "0000-0002-1825-0098"}])

    assert (record.people[0].orcid, problems(record)) == ("", ["orcid"])


def test_two_issns_of_one_medium_are_told() -> None:
    record = article(identifier=[{"type": "pissn", "id": "0378-5955; 2049-3630"}], journal={"title": "J"})

    assert (record.containers[0].issn, problems(record)) == ("0378-5955", ["issn"])


def test_pages_that_say_nothing_are_told() -> None:
    record = article(start_page="12", end_page="5")

    assert (record.page_start, record.page_end, record.pages, problems(record)) == ("12", "15", "12-15", [])
    assert (
        problems(article(start_page="12", end_page="n/a"))
        == problems(article(start_page="0", end_page="0"))
        == ["pages"]
    )
    assert article(start_page="30", end_page="12").remarks[0].value == "12"


def test_two_addresses_of_one_value_and_what_is_no_address() -> None:
    record = article(link=[{"url": "http://a.example/; http://b.example/"}, {"url": "hdl:1/2"}, {"url": "c.example"}])

    assert record.urls == ["http://a.example/", "http://b.example/", "https://hdl.handle.net/1/2"]
    assert [remark.value for remark in record.remarks] == ["c.example"]
    assert article(link=[{"url": "doi:10.5555/x"}]).doi == "10.5555/x"


def test_the_article_has_its_own_licence_or_that_of_its_journal() -> None:
    own = article(license=[{"type": "CC BY 4.0"}], journal={"license": [{"type": "CC0"}]})
    journal = article(journal={"license": [{"type": "CC0"}]})

    assert (own.licence, own.how) == ("https://creativecommons.org/licenses/by/4.0/", [])
    assert (journal.licence, journal.how) == (
        "https://creativecommons.org/publicdomain/zero/1.0/",
        ["licence-of-journal"],
    )


def test_a_licence_without_its_version_is_a_text() -> None:
    page = "https://www.mdpi.com/about/openaccess"
    record = article(license=[{"type": "CC BY", "title": "CC BY", "url": page}])

    assert (record.licence, record.rights, record.rights_pages) == ("", ["CC BY"], [page])
    assert problems(record) == ["licence"]


def test_of_two_licences_that_differ_neither_is_said() -> None:
    record = article(license=[{"type": "CC BY-NC", "url": "https://creativecommons.org/licenses/by/4.0/"}])
    several = article(license=[{"type": "CC BY 4.0"}, {"type": "CC BY 3.0"}])

    assert (record.licence, several.licence) == ("", "")
    assert record.rights == ["https://creativecommons.org/licenses/by/4.0/", "CC BY-NC"]
    assert several.rights == ["CC BY 4.0", "CC BY 3.0"]
    assert problems(record) == problems(several) == ["licence", "licence"]


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


@pytest.mark.parametrize(
    "words", ["N/A", "-", "<p>No abstract available.</p>", "Abstract", "Sin resumen", "нет аннотации"]
)
def test_an_abstract_that_says_there_is_none_is_none(words: str) -> None:
    record = article(abstract=words)

    assert (record.abstract, problems(record)) == ("", ["abstract"])


def test_an_abstract_may_be_short() -> None:
    assert article(abstract="Abstract art.").abstract == "Abstract art."


def test_what_is_said_of_nobody_is_remarked() -> None:
    record = article(author=[{"name": "Anonymous", "affiliation": "Example University"}])

    assert (record.people, problems(record)) == ([], ["author", "affiliation"])
