"""What a record says becomes what each form of a citation has a place for: names, dates, pages, kinds, titles."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from ld.errors import VocabError
from ld.formats import citation
from ld.formats.bibtex import bibtex
from ld.formats.csl import csl
from ld.formats.ris import ris
from ld.record import Date
from ld.summary import Agent, Named, Summary, Text, Within
from ld.values.vocab import Vocabulary, vocabulary

URL = "https://data.example.org/record/x1"
BOOK = Summary(title=Text("An example"), kind="Book", format="book")


def item(summary: Summary) -> dict[str, Any]:
    """The one item of the CSL-JSON."""
    found: list[dict[str, Any]] = json.loads(csl(summary, URL))
    return found[0]


def field(summary: Summary, name: str) -> str:
    """The field of the BibTeX entry as it is set, empty where it has none."""
    match = re.search(rf"^  {name} = (.*),$", bibtex(summary, URL), re.MULTILINE)
    return match[1] if match else ""


def lines(summary: Summary, tag: str) -> list[str]:
    """The values of a tag of the RIS."""
    return [line[6:] for line in ris(summary, URL).split("\r\n") if line.startswith(tag)]


# -- names -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "in_bibtex", "in_ris", "in_csl"),
    [
        (Agent("Doe, Jane", (), "Jane", "Doe"), "Doe, Jane", "Doe, Jane", {"family": "Doe", "given": "Jane"}),
        (
            Agent("Example, Thomas W., Jr.", (), "Thomas W.", "Example", suffix="Jr."),
            "Example, Jr., Thomas W.",
            "Example, Thomas W., Jr.",
            {"family": "Example", "given": "Thomas W.", "suffix": "Jr."},
        ),
        (Agent("Rachel Matthews", ()), "Rachel Matthews", "Rachel Matthews", {"literal": "Rachel Matthews"}),
        (Agent("Kaur IP", ()), "{Kaur IP}", "Kaur IP", {"literal": "Kaur IP"}),
        (Agent("Voltaire", ()), "Voltaire", "Voltaire", {"literal": "Voltaire"}),
        (Agent("CERN", (), body=True), "{CERN}", "CERN", {"literal": "CERN"}),
        (Agent("others", ()), "{others}", "others", {"literal": "others"}),
        (
            Agent("Doe and Roe, Inc.", (), "Inc.", "Doe and Roe", body=True),
            "{Doe and Roe, Inc.}",
            "Doe and Roe Inc.",
            {"literal": "Doe and Roe, Inc."},
        ),
        (
            Agent("Doe and Roe, Max", (), "Max", "Doe and Roe"),
            "{Doe and Roe, Max}",
            "Doe and Roe, Max",
            {"family": "Doe and Roe", "given": "Max"},
        ),
        (
            Agent("Gregory, of Nazianzus, Saint", ()),
            "{Gregory, of Nazianzus, Saint}",
            "Gregory, of Nazianzus, Saint",
            {"literal": "Gregory, of Nazianzus, Saint"},
        ),
        (
            Agent("van der Doe, Theo", (), "Theo", "van der Doe"),
            "van der Doe, Theo",
            "van der Doe, Theo",
            {"family": "van der Doe", "given": "Theo"},
        ),
    ],
)
def test_a_name_is_divided_where_the_source_divides_it(
    person: Agent, in_bibtex: str, in_ris: str, in_csl: dict[str, str]
) -> None:
    """In BibTeX braces keep a name whole; "Kaur IP" without them would be of the family IP."""
    one = replace(BOOK, people=[replace(person, roles=("author",))])

    assert field(one, "author") == f"{{{in_bibtex}}}"
    assert lines(one, "AU") == [in_ris]
    assert item(one)["author"] == [in_csl]


def test_a_list_that_is_not_whole_says_so() -> None:
    one = replace(BOOK, people=[Agent("Doe, Jane", ("author",), "Jane", "Doe")], incomplete=True)

    assert field(one, "author") == "{Doe, Jane and others}"
    assert lines(one, "AU") == ["Doe, Jane"]
    assert lines(one, "N1") == ["Not all names are given"]


def test_translators_and_directors_are_no_authors() -> None:
    people = [Agent("Doe, Jane", ("translator",), "Jane", "Doe"), Agent("Roe, Max", ("director",), "Max", "Roe")]
    one = replace(BOOK, people=people)

    assert (field(one, "author"), field(one, "translator"), field(one, "director")) == ("", "{Doe, Jane}", "{Roe, Max}")
    assert (lines(one, "AU"), lines(one, "A4"), lines(one, "A2")) == ([], ["Doe, Jane"], ["Roe, Max"])
    assert [role for role in item(one) if role in ("author", "translator", "director")] == ["translator", "director"]


# -- dates -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("date", "year", "month", "in_ris", "in_csl"),
    [
        ("2019", "2019", "", ("2019", "2019"), {"date-parts": [[2019]]}),
        ("2019-04", "2019", "apr", ("2019", "2019/04"), {"date-parts": [[2019, 4]]}),
        ("2019-12-31", "2019", "dec", ("2019", "2019/12/31"), {"date-parts": [[2019, 12, 31]]}),
        ("2019-22", "2019", "{Summer}", ("2019", "2019///Summer"), {"date-parts": [[2019]], "season": 2}),
        ("1938/1961", "1938--1961", "", ("1938", "1938///1938-1961"), {"date-parts": [[1938], [1961]]}),
        ("1984?", "1984?", "", ("1984", "1984///1984?"), {"date-parts": [[1984]], "circa": True}),
        ("1984~", "about 1984", "", ("1984", "1984///about 1984"), {"date-parts": [[1984]], "circa": True}),
        ("1990/1995?", "1990--1995?", "", ("1990", "1990///1990-1995?"), {"date-parts": [[1990], [1995]], "circa": True}),
        ("199X", "1990--1999?", "", ("1990", "1990///1990-1999?"), {"date-parts": [[1990], [1999]], "circa": True}),
        ("1950/..", "1950--", "", ("1950", "1950///1950-"), {"date-parts": [[1950]], "literal": "1950–"}),
        ("1950/", "1950--?", "", ("1950", "1950///1950-?"), {"date-parts": [[1950]], "literal": "1950–?"}),
        ("1950?/", "1950?--?", "", ("1950", "1950///1950?-?"), {"date-parts": [[1950]], "literal": "1950?–?"}),
        ("/1950", "?--1950", "", ("1950", "1950///?-1950"), {"date-parts": [[1950]], "literal": "?–1950"}),
        ("../1950", "--1950", "", ("1950", "1950///-1950"), {"date-parts": [[1950]], "literal": "–1950"}),
        ("2018-11/2019-02", "2018--2019", "", ("2018", "2018///2018-2019"), {"date-parts": [[2018, 11], [2019, 2]]}),
        ("[1667,1668]", "1667--1668?", "", ("1667", "1667///1667-1668?"), {"date-parts": [[1667], [1668]], "circa": True}),
        ("-0043", "44 BC", "", ("", "///44 BC"), {"date-parts": [[-44]]}),
        ("1982/1982", "1982", "", ("1982", "1982"), {"date-parts": [[1982]]}),
        ("2018-06/2018-07", "2018", "", ("2018", "2018"), {"date-parts": [[2018, 6], [2018, 7]]}),
        ("XXXX", "", "", ("", ""), None),
        ("1XXX", "", "", ("", ""), None),
        ("no date", "", "", ("", ""), None),
        ("", "", "", ("", ""), None),
    ],
)  # fmt: skip
def test_a_date_says_what_it_says(
    date: str, year: str, month: str, in_ris: tuple[str, str], in_csl: dict[str, Any] | None
) -> None:
    """No year is told that the record does not tell; BibTeX sorts by the last four digits of what it is given."""
    one = replace(BOOK, issued=Date(date, "edtf") if date else None)

    assert field(one, "year") == (f"{{{year}}}" if year else "")
    assert field(one, "month") == month
    assert ("".join(lines(one, "PY")), "".join(lines(one, "DA"))) == in_ris
    assert item(one).get("issued") == in_csl


# -- pages -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "in_bibtex", "in_csl", "number"),
    [
        ("12", "20", "12--20", "12-20", ""),
        ("12", "12", "12", "12", ""),
        ("i", "iv", "i--iv", "i-iv", ""),
        ("16-1", "16-4", "16-1--16-4", "16-1–16-4", ""),
        ("99999", "", "99999", "99999", ""),
        ("107979", "", "107979", "107979", "107979"),
        ("e2019-045", "", "e2019-045", "e2019-045", "e2019-045"),
        ("xii", "", "xii", "xii", ""),
    ],
)
def test_the_hyphen_of_one_number_stays_one(start: str, end: str, in_bibtex: str, in_csl: str, number: str) -> None:
    one = replace(BOOK, kind="ScholarlyArticle", page_start=start, page_end=end, pages="as one text")

    assert field(one, "pages") == f"{{{in_bibtex}}}"
    assert (item(one)["page"], item(one).get("number", "")) == (in_csl, number)
    assert "".join(lines(one, "C7")) == number


# -- what it is, and of what it is a part ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "word", "types"),
    [
        ("Map", "map", ("misc", "MAP", "map", "howpublished = {Map}")),
        ("SheetMusic", "musicalscore", ("misc", "MUSIC", "musical_score", "howpublished = {Musical score}")),
        ("VideoObject", "dvd", ("video", "VIDEO", "motion_picture", "howpublished = {Video recording}")),
        ("VideoObject", "motionpicture", ("movie", "MPCT", "motion_picture", "howpublished = {Film}")),
        ("AudioObject", "musicrecording", ("audio", "SOUND", "song", "howpublished = {Sound recording}")),
        ("Manuscript", "manuscript", ("unpublished", "MANSCPT", "manuscript", "note = {Manuscript}")),
        ("Dataset", "dataset", ("misc", "DATA", "dataset", "howpublished = {Data set}")),
        ("SoftwareApplication", "software", ("software", "COMP", "software", "howpublished = {Software}")),
        ("WebSite", "website", ("online", "ELEC", "webpage", "url = {")),
        ("CreativeWork", "patent", ("patent", "PAT", "patent", "url = {")),
        ("CreativeWork", "standard", ("techreport", "STAND", "standard", "institution = {A press}")),
        ("Report", "governmentdocument", ("techreport", "GOVDOC", "report", "institution = {A press}")),
        ("Book", "conferenceproceeding", ("proceedings", "CONF", "book", "publisher = {A press}")),
        ("Article", "newspaperarticle", ("article", "NEWS", "article-newspaper", "url = {")),
        ("Newspaper", "newspaper", ("misc", "NEWS", "periodical", "howpublished = {Newspaper}")),
        ("Unheard", "unheard", ("misc", "GEN", "document", "url = {")),
    ],
)
def test_a_work_is_cited_as_what_it_is(kind: str, word: str, types: tuple[str, str, str, str]) -> None:
    one = replace(BOOK, kind=kind, format=word, publishers=[Named(Text("A press"), "")])
    in_bibtex, in_ris, in_csl, said = types

    assert bibtex(one, URL).startswith(f"@{in_bibtex}{{")
    assert (lines(one, "TY"), item(one)["type"]) == ([in_ris], in_csl)
    assert f"  {said}" in bibtex(one, URL)


def test_every_row_is_of_a_kind_that_there_is() -> None:
    words = vocabulary().codes("types")
    classes = {row["schema"].removeprefix("schema:") for row in words.values()}

    assert set(vocabulary().codes("citations")) - words.keys() - classes == set()


def test_a_word_that_is_no_type_is_refused(tmp_path: Path) -> None:
    (tmp_path / "codes").mkdir()
    for row, said in (("Map,a map,MAP,map,,", "'a map' is no type of bibtex"), ("Map,misc,MAP,map,,", "__default__")):
        (tmp_path / "codes" / "citations.csv").write_text(f"kind,bibtex,ris,csl,medium,note\n{row}\n")

        with pytest.raises(VocabError, match=said):
            citation.check(Vocabulary(tmp_path))


@pytest.mark.parametrize(
    ("degree", "entry", "said", "genre"),
    [
        ("Ph.D.", "phdthesis", "", "Ph.D. thesis"),
        ("M.A.", "mastersthesis", "", "M.A. thesis"),
        ("Diplom", "phdthesis", "{Diplom thesis}", "Diplom thesis"),
        ("", "phdthesis", "{Thesis}", "Thesis"),
    ],
)
def test_a_thesis_is_of_the_degree_that_the_record_names(degree: str, entry: str, said: str, genre: str) -> None:
    """BibTeX knows no other than doctors and masters; `type` is what it prints instead."""
    one = replace(BOOK, kind="Thesis", format="thesis", degree=degree)

    assert bibtex(one, URL).startswith(f"@{entry}{{")
    assert (field(one, "type"), item(one)["genre"]) == (said, genre)


@pytest.mark.parametrize(
    ("granted_by", "publishers", "school", "publisher"),
    [
        ("Example University", ["A press"], "{Example University}", "{A press}"),
        ("", ["A press", "Universität Beispiel"], "{Universität Beispiel}", "{A press}"),
        ("", ["A press"], "", "{A press}"),
    ],
)
def test_a_press_grants_no_degree(granted_by: str, publishers: list[str], school: str, publisher: str) -> None:
    named = [Named(Text(name), "") for name in publishers]
    one = replace(BOOK, kind="Thesis", format="thesis", granted_by=granted_by, publishers=named)

    assert (field(one, "school"), field(one, "publisher")) == (school, publisher)


def test_a_chapter_has_the_isbn_and_the_series_of_its_book() -> None:
    book = Within("book", "book/9780306406157", "The whole book", isbns=("9780306406157",))
    series = [Within("series", "series/a", "Studies", "7"), Within("series", "series/b", "Others", "3")]
    chapter = replace(BOOK, kind="Chapter", format="", containers=[book], series=series)
    found = item(chapter)

    assert (field(chapter, "booktitle"), field(chapter, "isbn")) == ("{The whole book}", "{9780306406157}")
    assert (field(chapter, "series"), field(chapter, "number")) == ("{Studies}", "{7}")
    assert [*lines(chapter, "T2"), *lines(chapter, "T3"), *lines(chapter, "SN")] == [
        "The whole book", "Studies", "9780306406157",
    ]  # fmt: skip
    assert (found["container-title"], found["collection-title"]) == ("The whole book", "Studies")
    assert (found["collection-number"], found["ISBN"]) == ("7", "9780306406157")


def test_a_chapter_has_its_book_and_a_book_its_series() -> None:
    chapter = replace(BOOK, kind="Chapter", format="", containers=[Within("work", "record/b1", "The whole : book.")])
    book = replace(BOOK, containers=[Within("series", "series/s", "Studies")], number=["7"])

    assert (field(chapter, "booktitle"), lines(chapter, "T2")) == ("{The whole: book}", ["The whole: book"])
    assert item(chapter)["container-title"] == "The whole: book"
    assert (field(book, "series"), field(book, "number")) == ("{Studies}", "{7}")
    assert (lines(book, "T2"), lines(book, "M1")) == (["Studies"], ["7"])
    assert (item(book)["collection-title"], item(book)["collection-number"]) == ("Studies", "7")


@pytest.mark.parametrize(
    ("printed", "in_bibtex", "edition"),
    [
        ("3rd ed.", "3rd", "3rd ed."),
        ("First edition.", "First", "First edition"),
        ("2. Aufl.", "2. Aufl.", "2. Aufl."),
        ("Version 1.1.", "Version 1.1", "Version 1.1"),
        ("2014-09-15.", "2014-09-15", "2014-09-15"),
        ("Win32-ed.", "Win32-ed.", "Win32-ed."),
        ("Edition", "Edition", "Edition"),
        ("2.", "2.", "2."),
    ],
)
def test_an_edition_ends_where_its_words_end(printed: str, in_bibtex: str, edition: str) -> None:
    """BibTeX's styles add the word "edition", CSL's do so where it is a number."""
    one = replace(BOOK, edition=printed)

    assert (field(one, "edition"), lines(one, "ET"), item(one)["edition"]) == (f"{{{in_bibtex}}}", [edition], edition)


def test_edition_and_place_are_told() -> None:
    one = replace(BOOK, edition="3rd ed.", publication_places=["Berlin", "Wien"])

    assert (field(one, "edition"), field(one, "address")) == ("{3rd}", "{Berlin, Wien}")  # styles add the word
    assert (lines(one, "ET"), lines(one, "CY")) == (["3rd ed."], ["Berlin", "Wien"])
    assert (item(one)["edition"], item(one)["publisher-place"]) == ("3rd ed.", "Berlin, Wien")


@pytest.mark.parametrize(
    ("printed", "tag", "title"),
    [
        ("An example.", "en", "An example"),
        ("Foy, Brian D.", "en", "Foy, Brian D."),
        ("And then...", "en", "And then..."),
        ("Short : the rest", "en", "Short: the rest"),
        ("Un titre : le reste", "fr", "Un titre : le reste"),
        ("Titel : = Title", "", "Titel = Title"),
        ("RETRACTED: Examples as a new target", "en", "RETRACTED: Examples as a new target"),
    ],
)
def test_the_title_is_as_printed_without_the_marks_of_library_rules(printed: str, tag: str, title: str) -> None:
    one = replace(BOOK, title=Text(printed, tag))

    assert (lines(one, "TI"), item(one)["title"], field(one, "title")) == ([title], title, f"{{{{{title}}}}}")


@pytest.mark.parametrize(
    ("address", "is_the_work"),
    [
        ("http://www.example.com/toc/9780306406157.pdf", False),
        ("https://doi.org/10.1000/1", True),
        ("http://hdl.handle.net/1721.1/1", True),
        ("http://arks.example.edu/ark:/88435/bv73c116z", True),
    ],
)
def test_a_printed_book_is_not_at_the_address_of_its_table_of_contents(address: str, is_the_work: bool) -> None:
    book = replace(BOOK, urls=[address])
    thesis = replace(book, kind="Thesis", format="thesis")
    expected = address if is_the_work else URL

    assert field(book, "url") == field(thesis, "url") == f"{{{expected}}}"
    assert (lines(book, "UR"), item(book)["URL"]) == ([expected], expected)
    for online in (
        replace(book, free=True),
        replace(book, format="ebook"),
        replace(book, carriers=["Electronic"]),
        replace(book, kind="Map"),
    ):
        assert field(online, "url") == f"{{{address}}}"


def test_a_status_that_the_record_states_is_told() -> None:
    one = replace(BOOK, status="Retracted")

    assert (field(one, "note"), lines(one, "N1"), item(one)["status"]) == ("{Retracted}", ["Retracted"], "Retracted")
    assert "note" not in bibtex(replace(BOOK, title=Text("Retracted: an example")), URL)
