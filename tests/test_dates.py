"""Dates as catalogues print them: as precise as the source, never more, and never one that no calendar has."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ld.record import Date
from ld.values import dates


def day(value: str) -> Date:
    """An xsd:date."""
    return Date(value, "date", value[:4])


def month(value: str) -> Date:
    """An xsd:gYearMonth."""
    return Date(value, "gYearMonth", value[:4])


def year(value: str) -> Date:
    """An xsd:gYear."""
    return Date(value, "gYear", value)


def edtf(value: str, one: str = "") -> Date:
    """A date of EDTF; the year where it names a single one."""
    return Date(value, "edtf", one)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        # the ends of every month
        *[(f"2019-{m:02}-{last}", day(f"2019-{m:02}-{last}")) for m, last in ((1, 31), (3, 31), (4, 30), (12, 31))],
        *[(f"2019-{m:02}-{past}", month(f"2019-{m:02}")) for m, past in ((1, 32), (3, 32), (4, 31), (12, 32))],
        ("2019-02-28", day("2019-02-28")), ("2019-02-29", month("2019-02")), ("2019-02-30", month("2019-02")),
        # leap years, and what looks like one
        ("2020-02-29", day("2020-02-29")), ("2000-02-29", day("2000-02-29")), ("1900-02-29", month("1900-02")),
        ("2020-02-30", month("2020-02")),
        # the first and what is before it
        ("2019-01-01", day("2019-01-01")), ("2019-01-00", month("2019-01")), ("2019-00-01", year("2019")),
        ("2019-00", year("2019")), ("2019-01", month("2019-01")), ("2019-12", month("2019-12")),
        ("2019-13", year("2019")), ("2019-13-01", year("2019")),
        # seasons of EDTF stand where a month does, and have no day
        ("2019-20", year("2019")), ("2019-21", edtf("2019-21", "2019")), ("2019-24", edtf("2019-24", "2019")),
        ("2019-25", year("2019")), ("2019-21-01", year("2019")),
        # digits that are missing are filled in
        ("2019-4", month("2019-04")), ("2019-4-1", day("2019-04-01")), ("2019-04-123", None), ("201-04-01", None),
        # a time behind it is left out, and nothing else is
        ("2019-04-01T10:20:30Z", day("2019-04-01")), ("2019-04-01 10:20", day("2019-04-01")),
        ("2019-04-01T10", None), ("2019-04-01T10:20" + "x" * 20, day("2019-04-01")),
        ("2019-04-01T10:20" + "x" * 21, None),
    ],
)  # fmt: skip
def test_a_date_of_the_calendar(raw: str, expected: Date | None) -> None:
    assert dates.parse(raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("1998", year("1998")), ("0001", year("0001")), ("9999", year("9999")), ("0000", None), ("998", None),
        ("19980", None), ("c1998", year("1998")), ("C1998", year("1998")), ("cop. 1998", year("1998")),
        ("(c) 1998", year("1998")), ("(C)1998", year("1998")), ("(p) 1998", year("1998")), ("©1998", year("1998")),
        ("℗ 1998", year("1998")),
        ("p1998", year("1998")),
        ("d1998", None), ("c  1998", None), ("1998.", year("1998")), ("1998..", year("1998")), ("[1998]", year("1998")),
        ("<1998>", year("1998")), (" (1998), ", year("1998")), ("1998: ", year("1998")), (";1998", year("1998")),
        ("1998!", None), ("١٩٩٨", None), ("", None), ("n.d.", None), ("XX1998XX", None),
    ],
)  # fmt: skip
def test_a_year_and_the_marks_around_it(raw: str, expected: Date | None) -> None:
    assert dates.parse(raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("April 2019", month("2019-04")), ("Apr. 2019", month("2019-04")), ("apr 2019", month("2019-04")),
        ("APRIL 1, 2019", day("2019-04-01")), ("April 1st, 2019", day("2019-04-01")),
        ("June 22nd 2019", day("2019-06-22")), ("Mar 3rd, 2019", day("2019-03-03")),
        ("May 4th, 2019", day("2019-05-04")), ("April 30, 2019", day("2019-04-30")),
        ("April 31, 2019", month("2019-04")), ("February 29, 2020", day("2020-02-29")),
        ("February 30, 2019", month("2019-02")), ("December 2019", month("2019-12")), ("Aprill 2019", None),
        ("Spring 2019", None), ("Ap 2019", None), ("April 2019 or later", None), ("April 0000", None),
    ],
)  # fmt: skip
def test_a_month_in_words(raw: str, expected: Date | None) -> None:
    assert dates.parse(raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("ca. 1995", edtf("1995~", "1995")), ("ca 1995", edtf("1995~", "1995")), ("c. 1995", edtf("1995~", "1995")),
        ("Circa 1995", edtf("1995~", "1995")), ("circa1995", edtf("1995~", "1995")), ("about 1995", None),
        ("1995?", edtf("1995?", "1995")), ("[1995 ?]", edtf("1995?", "1995")), ("1995??", None),
        ("19--", edtf("19XX")), ("19––", edtf("19XX")), ("19uu", edtf("19XX")), ("19UU?", edtf("19XX")),
        ("19??", edtf("19XX")), ("1---", None),
        ("199-", edtf("199X")), ("199–", edtf("199X")), ("199u", edtf("199X")), ("199X?", edtf("199X")),
        ("199?", edtf("199X")), ("[199-?]", edtf("199X")), ("1990s", edtf("199X")), ("1991s", None),
    ],
)  # fmt: skip
def test_what_is_not_sure_is_edtf(raw: str, expected: Date | None) -> None:
    """A single year is named only where the source names one."""
    assert dates.parse(raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("1990-1995", edtf("1990/1995")), ("1990 – 1995", edtf("1990/1995")), ("1990/1995", edtf("1990/1995")),
        ("1990 to 1995", edtf("1990/1995")), ("c1990-c1995", edtf("1990/1995")), ("©1990-©1995", edtf("1990/1995")),
        ("1990-1990", edtf("1990/1990")), ("1995-1990", None), ("1990-1989", None), ("1990-", edtf("1990/..")),
        ("1990 -", edtf("1990/..")), ("1990-95", year("1990")), ("1990--", None),
    ],
)  # fmt: skip
def test_a_span_of_years_is_an_interval_that_runs_forwards(raw: str, expected: Date | None) -> None:
    assert dates.parse(raw) == expected


@pytest.mark.parametrize(
    ("raw", "month_text", "expected"),
    [
        ("2019", "4", month("2019-04")), ("2019", "04", month("2019-04")), ("2019", "12", month("2019-12")),
        ("2019", "1", month("2019-01")), ("2019", "0", year("2019")), ("2019", "13", year("2019")),
        ("2019", "Apr", month("2019-04")), ("2019", " april. ", month("2019-04")), ("2019", "Smarch", year("2019")),
        ("2019", "", year("2019")), ("2019", "٤", year("2019")), ("2019", "²", year("2019")),
        ("2019", "21", edtf("2019-21", "2019")), ("0000", "4", None), ("201", "4", None),
    ],
)  # fmt: skip
def test_year_and_month_in_two_fields(raw: str, month_text: str, expected: Date | None) -> None:
    assert dates.month(raw, month_text) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("2020-01-02T03:04:05Z", "2020-01-02T03:04:05Z"), (" 2020-01-02T03:04:05Z ", "2020-01-02T03:04:05Z"),
        ("2020-01-02T00:00:00Z", "2020-01-02T00:00:00Z"), ("2020-01-02T23:59:59Z", "2020-01-02T23:59:59Z"),
        ("2020-01-02T24:00:00Z", ""), ("2020-01-02T23:60:00Z", ""), ("2020-01-02T23:59:60Z", ""),
        ("2020-01-02T03:04:05.670Z", "2020-01-02T03:04:05.67Z"), ("2020-01-02T03:04:05.000Z", "2020-01-02T03:04:05Z"),
        ("2020-01-02T03:04:10.100Z", "2020-01-02T03:04:10.1Z"),
        ("2020-01-02T03:04:05.123456789Z", "2020-01-02T03:04:05.123456789Z"),
        ("2020-01-02T03:04:05.1234567890Z", ""), ("2020-01-02T03:04:05.Z", ""),
        ("2020-02-29T00:00:00Z", "2020-02-29T00:00:00Z"), ("2019-02-29T00:00:00Z", ""), ("2019-02-30T00:00:00Z", ""),
        ("2019-00-01T00:00:00Z", ""), ("2019-13-01T00:00:00Z", ""), ("2019-12-31T00:00:00Z", "2019-12-31T00:00:00Z"),
        ("2019-01-00T00:00:00Z", ""), ("2019-01-01T00:00:00Z", "2019-01-01T00:00:00Z"),
        ("0000-01-01T00:00:00Z", ""), ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
        ("2020-01-02T03:04:05", ""), ("2020-01-02T03:04:05+01:00", ""), ("2020-01-02", ""), ("", ""),
    ],
)  # fmt: skip
def test_an_instant_is_one_of_the_clock_in_utc(raw: str, expected: str) -> None:
    assert dates.stamp(raw) == expected


def version(millis: int) -> str:
    """The `_version_` that Solr gives at that millisecond."""
    return str(millis << 20)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (version(946_684_800_000), "2000-01-01T00:00:00Z"), (version(946_684_799_999), ""),
        (version(4_102_444_799_999), "2099-12-31T23:59:59.999Z"), (version(4_102_444_800_000), ""),
        (version(946_684_800_001), "2000-01-01T00:00:00.001Z"), (version(946_688_461_020), "2000-01-01T01:01:01.02Z"),
        (version(946_771_199_999), "2000-01-01T23:59:59.999Z"), (version(946_771_200_000), "2000-01-02T00:00:00Z"),
        (str((946_684_800_000 << 20) + (1 << 20) - 1), "2000-01-01T00:00:00Z"),
        ("1716825967131885568", "2021-11-19T03:33:50.593Z"), ("17168259671318855680", ""),
        ("-1716825967131885568", ""), ("", ""), ("١٧١٦٨٢٥٩٦٧١٣١٨٨٥٥٦٨", ""),
    ],
)  # fmt: skip
def test_a_version_of_solr_is_the_instant_it_was_made(raw: str, expected: str) -> None:
    assert dates.solr_version(raw) == expected


PARTS = st.sampled_from([
    "19", "20", "00", "0", "1", "2", "9", "-", "/", "–", ".", " ", "T", ":", "Z", "c", "©", "ca.", "?", "u", "x", "s",
    "[", "]", "Feb", "February", "April", "to", "st", ",", "02", "29", "30", "31", "12", "13", "٢", "²",
])  # fmt: skip


@given(st.lists(PARTS, max_size=9).map("".join))
def test_no_text_makes_a_date_that_xml_schema_does_not_have(text: str) -> None:
    """The store would take it without a word, and every query over it would be wrong."""
    found = dates.parse(text)
    if found and found.datatype != "edtf":
        assert date.fromisoformat(f"{found.value}-01-01"[:10])
        assert len(found.value) == {"gYear": 4, "gYearMonth": 7, "date": 10}[found.datatype]
        assert found.value.startswith(found.year)
