"""Dates as catalogues print them: as precise as the source, never more, and never one that no calendar has."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ld.readers.runs import run
from ld.record import Date
from ld.values import dates
from ld.values.calendars import Kind, doubt, unread
from ld.values.edtf import LAST_YEAR, PATTERN, dated


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
    """A date of EDTF; the year where it names one, the first of several."""
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
        ("2019-20", edtf("2019/2020", "2019")), ("2019-21", edtf("2019-21", "2019")), ("2019-24", edtf("2019-24", "2019")),
        ("2019-25", edtf("2019/2025", "2019")), ("2010-13", edtf("2010/2013", "2010")), ("2019-21-01", year("2019")),
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
        ("1998", year("1998")), ("0001", year("0001")), ("9999", None), (str(LAST_YEAR), year(str(LAST_YEAR))), (str(LAST_YEAR + 1), None), ("0000", None), ("998", None),
        ("19980", None), ("c1998", year("1998")), ("C1998", year("1998")), ("cop. 1998", year("1998")),
        ("(c) 1998", year("1998")), ("(C)1998", year("1998")), ("(p) 1998", year("1998")), ("©1998", year("1998")),
        ("℗ 1998", year("1998")),
        ("p1998", year("1998")),
        ("d1998", None), ("c  1998", year("1998")), ("1998.", year("1998")), ("1998..", year("1998")), ("[1998]", year("1998")),
        ("<1998>", year("1998")), (" (1998), ", year("1998")), ("1998: ", year("1998")), (";1998", year("1998")),
        ("1998!", None), ("١٩٩٨", year("1998")), ("１９９８", year("1998")), ("", None), ("n.d.", None), ("XX1998XX", None),
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
        ("Spring 2019", edtf("2019-21", "2019")), ("Ap 2019", None), ("April 2019 or later", edtf("2019-04/..", "2019")), ("April 0000", None),
    ],
)  # fmt: skip
def test_a_month_in_words(raw: str, expected: Date | None) -> None:
    assert dates.parse(raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("ca. 1995", edtf("1995~", "1995")), ("ca 1995", edtf("1995~", "1995")), ("c. 1995", edtf("1995~", "1995")),
        ("Circa 1995", edtf("1995~", "1995")), ("circa1995", edtf("1995~", "1995")), ("about 1995", edtf("1995~", "1995")),
        ("1995?", edtf("1995?", "1995")), ("[1995 ?]", edtf("1995?", "1995")), ("1995??", edtf("1995?", "1995")),
        ("19--", edtf("19XX")), ("19––", edtf("19XX")), ("19uu", edtf("19XX")), ("19UU?", edtf("19XX")),
        ("19??", edtf("19XX")), ("1---", edtf("1XXX")),
        ("199-", edtf("199X")), ("199–", edtf("199X")), ("199u", edtf("199X")), ("199X?", edtf("199X?")),
        ("199?", edtf("199X")), ("[199-?]", edtf("199X")), ("1990s", edtf("199X")), ("1991s", None),
    ],
)  # fmt: skip
def test_what_is_not_sure_is_edtf(raw: str, expected: Date | None) -> None:
    """A single year is named only where the source names one."""
    assert dates.parse(raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("1990-1995", edtf("1990/1995", "1990")), ("1990 – 1995", edtf("1990/1995", "1990")), ("1990/1995", edtf("1990/1995", "1990")),
        ("1990 to 1995", edtf("1990/1995", "1990")), ("c1990-c1995", edtf("1990/1995", "1990")), ("©1990-©1995", edtf("1990/1995", "1990")),
        ("1990-1990", year("1990")), ("1995-1990", None), ("1990-1989", None), ("1990-", edtf("1990/..", "1990")),
        ("1990 -", edtf("1990/..", "1990")), ("1990-95", edtf("1990/1995", "1990")), ("1990--", None),
    ],
)  # fmt: skip
def test_a_span_of_years_is_an_interval_that_runs_forwards(raw: str, expected: Date | None) -> None:
    assert dates.parse(raw) == expected


# Spellings of real records (MARC 260 and 264 $c, OAI Dublin Core) and of cataloguing rules, with what they say in EDTF.
SPELLINGS = {
    # a cataloguer's brackets, corrections, copyright
    "[1850]": "1850", "1850]": "1850", "[1850?]": "1850?", "1984?": "1984?", "1984].": "1984", "<1998>": "1998",
    "[19]98": "1998", "199[8]": "1998", "19[98?]": "1998?", "2005 [i.e. 2006]": "2006", "1966 [i.e., 1968]": "1968",
    "1966 i.e. 1968": "1968", "[1358 i.e. 1979]": "1979", "1985 [d.h. 1986]": "1986", "1985 [recte 1986]": "1986",
    "1998, c1997": "1998", "c1997": "1997", "1998, c1997.": "1998", "2012, p2012.": "2012", "[1984], p1983.": "1984",
    "[1968, c1962]": "1968", "1968 [c1967]": "1968", "[1985] c1977.": "1985", "p1980, c1980.": "1980",
    "1942, ©1917-1920.": "1942", "[1998?], ℗1997.": "1998?", "2003, ©1997.": "2003", "[©1984, [1988]": "1988",
    "copyright 2012": "2012", "Copyright ©2017.": "2017", "©℗2013": "2013", "cop. 1998": "1998", "(c)2001": "2001",
    "1931 printing.": "1931", "anno 1531.": "1531", "printed in the year, 1702.": "1702", "1998 г.": "1998",
    "2005 r.": "2005", "impr. 1998": "1998", "im Jahr 1715": "1715", "[foreword 1961]": None,
    # about, before, after, between, or
    "ca. 1480?]": "1480%", "ca. 1680]": "1680~", "[approximately 1590]": "1590~", "um 1900": "1900~",
    "vers 1900": "1900~", "около 1900": "1900~", "około 1900": "1900~", "cca 1900": "1900~", "[hacia 1900]": "1900~",
    "omstreeks 1900": "1900~", "omkring 1900": "1900~", "verso il 1900": "1900~", "por volta de 1900": "1900~",
    "[between 1990 and 1995?]": "1990/1995?", "[between 1880 and 1893]": "1880/1893",
    "zwischen 1990 und 1995": "1990/1995", "entre 1990 et 1995": "1990/1995", "[entre 1990 y 1995]": "1990/1995",
    "tra il 1990 e il 1995": "1990/1995", "tussen 1990 en 1995": "1990/1995", "między 1990 a 1995": "1990/1995",
    "mezi 1990 a 1995": "1990/1995", "между 1990 и 1995": "1990/1995", "mellan 1990 och 1995": "1990/1995",
    "[between 16-- and 18--]": "16XX/18XX", "[between 12--? and 14--?]": "12XX/14XX",
    "[between 1995 and 1990]": None, "[not before 1950]": "1950/..", "nicht vor 1950": "1950/..",
    "not after 1460].": "../1460", "before August 1456].": "../1456-08", "post. 1678]": "1678/..",
    "after 21 August 1461].": "1461-08-21/..", "[nach 1945]": "1945/..", "avant 1900": "../1900", "před 1900": "../1900",
    "[1971 or 1972]": "[1971,1972]", "[1971 oder 1972]": "[1971,1972]", "[1971 ou 1972]": "[1971,1972]",
    "[1658 or 9]": "[1658,1659]", "[1572 or 1686]": "[1572,1686]", "2002 o 2003": "[2002,2003]",
    "[1850 or later]": "1850/..", "[not before 1850 and not after 1860]": "1850/1860", "[ca. 1850 or 1860]": None,
    "[not before the war and not after 1860]": None, "[c1650]": "1650~", "c1798": "1798~", "c1800": "1800",
    "~1998": "1998~", "1971, 1973": None, "[1471? for] 1472.": None, "2016 and undated": None,
    # runs
    "1998-99": "1998/1999", "1998-1999": "1998/1999", "1998/99": "1998/1999", "1998 - 1999": "1998/1999",
    "1999/00": "1999/2000", "1999-00": "1999/2000", "1998-9": "1998/1999", "2010-11": "2010/2011",
    "2010/11": "2010/2011", "2010-12": "2010/2012", "2010-10": "2010-10", "2010-09": "2010-09", "2010-13": "2010/2013",
    "1938-1961": "1938/1961", "c1982-c1990.": "1982/1990", "[1977]-c1987.": "1977/1987", "1929-[1990].": "1929/1990",
    "[1801-1803?]": "1801/1803?", "approximately 1762-1773.": "1762~/1773~", "from 1990 to 1995": "1990/1995",
    "von 1990 bis 1995": "1990/1995", "od 1990 do 1995": "1990/1995", "[2012]-": "2012/..", "1965?-": "1965?/..",
    "[1987?-": "1987?/..", "<1981- >": "1981/..", "2009-<2011>": "2009/..", "1962-<2001>]": "1962/..",
    "[©2002]-": "2002/..", "seit 1990": "1990/..", "depuis 1990": "1990/..", "1990-9999": "1990/..",
    "1998-present": "1998/..", "1998 to date": "1998/..", "winter 1998/99": "1998/1999", "2013 Nov-Dec": "2013-11/2013-12",
    "1899-01": "1899", "1.1988-52.1996": "1988/1996", "[..1984]": None, "[..1984": None,
    "1990-uuuu": "1990/", "uuuu-1990": "/1990", "-1984": "/1984", "[ -1977?]": "/1977?", "1990/..": "1990/..",
    "../1990": "../1990", "1961-1959": None, "2007-01-01/2007-02-28": "2007-01-01/2007-02-28",
    "1903 September 21-1904 September 20.": "1903-09-21/1904-09-20", "Jan.-Mar. 1983": "1983-01/1983-03",
    "Nov./Dec. 1979": "1979-11/1979-12", "15-17 May 1998": "1998-05-15/1998-05-17",
    # decades, centuries
    "199u": "199X", "19uu": "19XX", "1uuu": "1XXX", "uuuu": None, "199-": "199X", "[197-?]": "197X", "[19--]": "19XX",
    "[19--?]": "19XX", "[19--]-2006.": "19XX/2006", "[199-]-": "199X/..", "[197-?-197-?]": "197X/197X",
    "190_?]": "190X", "1990s": "199X", "the 1990's": "199X", "1990er Jahre": "199X", "années 1990": "199X",
    "1900s": "19XX", "1800-talet": "18XX", "1990-talet": "199X", "18th century": "17XX", "Early 18th Century": "17XX",
    "18. Jh.": "17XX", "XVIIIe siècle": "17XX", "siglo XVIII": "17XX", "XVIII век": "17XX", "XVIII w.": "17XX",
    "18. století": "17XX", "mid-1850s": "185X", "2. Hälfte des 19. Jahrhunderts": "18XX", "saec. XV": "14XX", "22nd century": None, "0th century": None,
    # days, months and seasons
    "23rd May 1881": "1881-05-23", "12 April 2018": "2018-04-12", "30-Apr-2020": "2020-04-30", "April 30, 2020": "2020-04-30",
    "14 Aug. 1462.": "1462-08-14", "1755 January 1.": "1755-01-01", "1. März 1998": "1998-03-01",
    "1er août 1998": "1998-08-01", "1 de marzo de 2001": "2001-03-01", "5 de março de 2001": "2001-03-05",
    "5 maggio 2001": "2001-05-05", "5 mei 2001": "2001-05-05", "5 мая 2001 г.": "2001-05-05", "5 maja 2001": "2001-05-05",
    "5. května 2001": "2001-05-05", "5 maj 2001": "2001-05-05", "31 April 2020": "2020-04", "Dec. 2017": "2017-12",
    "23.05.1881": "1881-05-23", "17/08/2009": "2009-08-17", "08/17/2009": "2009-08-17", "03/04/2009": "2009",
    "05/05/2009": "2009-05-05", "12/12/2009": "2009-12-12", "13/13/2009": None, "3.4.2009": "2009-04-03",
    "12-31-2009": "2009-12-31", "2009/04/03": "2009-04-03", "2009.4.3": "2009-04-03", "20090403": "2009-04-03",
    "20091303": None, "1.V.1998": "1998-05-01", "01.2013": "2013-01", "1.2013": "2013", "2013.3": "2013", "1998.05": "1998-05", "04/2019": "2019-04", "4/2019": "2019", "13/2019": None, "winter 1998": "1998-24",
    "Frühjahr 1998": "1998-21", "été 1998": "1998-22", "otoño de 1998": "1998-23", "осень 1998": "1998-23",
    "listopad 1998": None, "Smarch 1998": None,
    # other calendars beside ours, other digits
    "1423 [2002 or 2003]": "[2002,2003]", "1423 n. H. = 2002 or 2003": "[2002,2003]", "©1423 [2002 or 3]": "[2002,2003]",
    "5730 [1969 or 1970]": "[1969,1970]", "1399 [1979]": "1979", "1398 [2019 or 2020]": "[2019,2020]",
    "2545 [2002]": "2002", "2045 [1988 or 1989]": "[1988,1989]", "an VII [1798-99]": "1798/1799",
    "1803 (an XI)": "1803", "an II (1793)": "1793", "1419/1998": "1998", "1390/1970": "1970", "1419/1990": "1419/1990",
    "2541 (1998)": "1998", "5758 = 1998": "1998", "平成2-3": "1990/1991", "M.DCC.XXII": "1722", "公元1998年": "1998",
    "an VII [1798/1799]": "1798/1799", "705 [1945]": "1945", "717, 1957.": "1957", "an XI, 1803": "1803", "Ausg. Berlin, 1850": None, "[702, 1942]": "1942",
    "711-712 = 1951-1952.": "1951/1952", "1365-   [1986-      ]": "1986/..", "Shōwa 62 [1987]-": "1987/..",
    "Shōwa 62 i.e. 1987]": "1987", "Minguo 44 i.e. 1955]": "1955", "Heisei 47 [1972]-": "1972/..",
    "Qing Qianlong gui hai [8 nian, 1743]": "1743", "MDCCXXII [1722]": "1722", "MDCCXXII": "1722", "MCMXCVIII": "1998",
    "xiii": None, "XL 0282.": None, "昭和62年": "1987", "昭和64年": "1989", "昭和65年": None, "平成元年": "1989",
    "民國40年": "1951", "明治30": "1897", "明治5年": None, "令和2年3月": "2020-03", "昭和六十二年": "1987", "平成99年": None,
    "一九九八年": "1998", "1998年3月5日": "1998-03-05", "1998년 3월": "1998-03", "١٩٩٨": "1998", "۱۹۹۸": "1998",
    "1935-XIII": "1935", "2１０": None, "201²": None,
    # before the Common Era, and long ago
    "-0044": "-0044", "44 B.C.": "-0043", "44 v. Chr.": "-0043", "1 B.C.": None, "A.D. 450": "0450",
    # what is none
    "": None, "n.d.": None, "[s.a.]": None, "o.J.": None, "[date of publication not identified]": None, "0000": None,
    "9999": None, "2028": "2028", "2029": None, "3412": None, "1-10": None, "Vol. 1-10": None, "200000000-01-01": None,
    "1998 1999": None, "19981": None, "c": None, "19": None, "10-97": None, "Ulrich Han?,": None, "Not found": None,
}  # fmt: skip


@pytest.mark.parametrize("raw", SPELLINGS)
def test_a_spelling_is_read_where_it_can_mean_one_thing(raw: str) -> None:
    found = dates.transcribed(raw)

    assert (found and found.value) == SPELLINGS[raw]


def test_the_table_of_spellings_is_long_enough_to_tell() -> None:
    assert len(SPELLINGS) >= 150


@pytest.mark.parametrize(
    ("raw", "month", "years"),
    [
        ("2010-11", "2010-11", "2010/2011"), ("2001-12", "2001-12", "2001/2012"), ("2012-01", "2012-01", "2012-01"),
        ("2010/11", "2010", "2010/2011"), ("2010/10", "2010", "2010"), ("2009-10", "2009-10", "2009/2010"),
        ("2010-22", "2010-22", "2010/2022"), ("2010-20", "2010/2020", "2010/2020"),
    ],
)  # fmt: skip
def test_two_numbers_are_a_month_in_iso_8601_and_two_years_to_cataloguers(raw: str, month: str, years: str) -> None:
    iso, copied = dates.parse(raw), dates.transcribed(raw)

    assert iso and copied
    assert (iso.value, copied.value) == (month, years)


@pytest.mark.parametrize(
    ("value", "first"),
    [
        ("1998", "1998"), ("1998-04-01", "1998"), ("1984?", "1984"), ("1990/1995?", "1990"), ("1990/..", "1990"),
        ("[2002,2003]", "2002"), ("199X", ""), ("19XX/2006", ""), ("../1460", ""), ("/1984", ""), ("-0043", ""),
    ],
)  # fmt: skip
def test_the_year_is_the_first_that_is_named(value: str, first: str) -> None:
    found = dated(value)

    assert found
    assert (found.value, found.year) == (value, first)


@pytest.mark.parametrize(
    "value",
    [
        "0000", "2029", "2029/..", "1990/2029", "203X", "../..", "/", "1995/1990", "1990-13", "1990-00", "2019-02-29",
        "1990-04-31", "1990?/1980", "[1990]", "１９９８", "xiii", "1990-25", "199", "19980", "1990/1995/1999", "XXXX", "",
    ],
)  # fmt: skip
def test_no_date_is_made_that_no_calendar_has_or_that_has_not_come(value: str) -> None:
    assert dated(value) is None


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
    "[", "]", "1998", "1423", "199", "between ", " and ", " or ", "i.e. ", "before ", "not after ", "B.C.", "century", "9999", "..",
    "XX", "年", "昭和", "マ", "MCM", "<", ">", "=", "@", "Feb", "February", "April", "to", "st", ",", "02", "29", "30", "31", "12", "13", "٢", "²",
])  # fmt: skip


@given(st.lists(PARTS, max_size=9).map("".join) | st.text(max_size=30))
def test_no_text_makes_a_date_that_its_datatype_does_not_have(text: str) -> None:
    """The store would take it without a word, and every query over it would be wrong."""
    for found in (dates.parse(text), dates.transcribed(text), run([text])):
        if found is None:
            continue
        assert PATTERN.fullmatch(found.value)
        assert not found.year or (re.fullmatch("[0-9]{4}", found.year) and 0 < int(found.year) <= LAST_YEAR)
        if found.datatype != "edtf":
            assert date.fromisoformat(f"{found.value}-01-01"[:10])
            assert len(found.value) == {"gYear": 4, "gYearMonth": 7, "date": 10}[found.datatype]
            assert found.value.startswith(found.year)
        assert isinstance(doubt(found, text, Kind(("ara",), copied=True)), str)
    assert unread(text, Kind(("heb",)))
