"""The Solr documents of VuFind's index, one quirk to a test."""

from __future__ import annotations

import pytest
from reading import NUMBER, anything, indexed, marc, problems, words

from ld.record import Container, Rejected, Subject


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


def test_an_ismn_is_no_isbn() -> None:
    record = marc(isbn=["9790260000438", "M-2306-7118-7", "0306406152 9790260000438", "97803064061577"])

    assert (record.isbns, record.ismns) == (["9780306406157"], ["9790260000438", "9790230671187"])
    assert problems(record) == ["isbn"] * 4


def test_numbers_that_fail_their_check_are_remarked() -> None:
    record = marc(oclc_num=["ocm00012345", "x"], lccn=["84643014", "x", "85000002"], thumbnail="cover.jpg")

    assert (record.oclc, record.lccn, record.thumbnail) == (["12345"], "84643014", "")
    assert problems(record) == ["lccn", "lccn", "oclc_num", "thumbnail"]


def test_several_languages_in_one_value() -> None:
    record = marc(language=["English; Czech", "engger", "eng; Martian", "Other"])

    assert record.languages == ["eng", "cze", "ger"]
    assert [remark.value for remark in record.remarks] == ["Martian", "Other"]


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
    assert (record.issued.value, problems(record)) == (value, ["publishDate", "publishDate"])
    assert [remark.value for remark in record.remarks] == ["Not found", "2001"]


def test_a_year_of_another_calendar_is_a_remark_with_the_value_as_it_came() -> None:
    record = marc(publishDate=[" 1423 "], language=["Arabic"])
    added = marc(publishDate=["1423 [2002 or 2003]"], language=["Arabic"])

    assert record.issued is None
    assert [(one.field, one.value, "Hijri" in one.problem) for one in record.remarks] == [
        ("publishDate", " 1423 ", True)
    ]
    assert added.issued
    assert (added.issued.value, added.remarks) == ("[2002,2003]", [])


def test_two_numbers_are_two_years_in_marc_and_a_month_elsewhere() -> None:
    copied, stated = marc(publishDate="2010-11"), indexed(record_format="oai_dc", publishDate="2010-11")
    unknown = indexed(publishDate="2010-11")

    assert [one.issued and one.issued.value for one in (copied, stated, unknown)] == ["2010/2011", "2010-11", "2010"]


def test_a_run_is_told_by_several_statements_and_what_tells_none_is_remarked() -> None:
    record = marc(dateSpan=["Vol. 1, no. 1 (Mar. 1987)-", "Ceased with vol. 21, no. 3/4 (2007).", "No. 1-"])

    assert record.span
    assert (record.span.value, [one.value for one in record.remarks]) == ("1987/2007", ["No. 1-"])


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
