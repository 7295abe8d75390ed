"""Dates as catalogues print them become dates as precise as the source, and never more precise.

Datatypes: XML Schema 1.1 Part 2 (gYear, gYearMonth, date) and EDTF (ISO 8601-2) for uncertain dates and intervals.
"""

from __future__ import annotations

import calendar
import re
from datetime import date

from ld.memo import remembered
from ld.record import Date

_ISO = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?(?:[T ]\d{2}:\d{2}.{0,20})?", re.ASCII)
_YEAR = re.compile(r"(?:©|℗|cop\.|[cp]\)?)?\s?(\d{4})\.?", re.ASCII | re.IGNORECASE)  # of "(c)" the ( is stripped
_CIRCA = re.compile(r"(?:c\.|ca\.?|circa)\s?(\d{4})", re.ASCII | re.IGNORECASE)
_UNSURE = re.compile(r"(\d{4})\s?\?", re.ASCII)
_DECADE = re.compile(r"(\d{3})[-–uUxX?]\??", re.ASCII)
_CENTURY = re.compile(r"(\d{2})(?:--|––|uu|UU|\?\?)\??", re.ASCII)
_DECADE_WORD = re.compile(r"(\d{3})0s", re.ASCII)
_RANGE = re.compile(r"(?:c|©)?(\d{4})\s?(?:-|–|/|to)\s?(?:c|©)?(\d{4})?", re.ASCII | re.IGNORECASE)
_WORDS = re.compile(r"([A-Za-z]{3,9})\.?\s(?:(\d{1,2})(?:st|nd|rd|th)?,?\s)?(\d{4})", re.ASCII)
_STAMP = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z", re.ASCII)
_EPOCH = date(1970, 1, 1).toordinal()
_SEASONS = {"21", "22", "23", "24"}  # spring to winter in EDTF
_MONTHS = {
    name.casefold(): n for names in (calendar.month_name, calendar.month_abbr) for n, name in enumerate(names) if n
}


def _parse(raw: str) -> Date | None:
    """Return the date that the text names, None where it names none.

    >>> _parse("2019-04")
    Date(value='2019-04', datatype='gYearMonth', year='2019')
    >>> _parse("c1998").value, _parse("[1995?]").value, _parse("n.d.")
    ('1998', '1995?', None)
    """
    text = raw.strip().strip("[]()<>.,;: ")
    if match := _ISO.fullmatch(text):
        return _calendar(match[1], match[2], match[3])
    if match := _YEAR.fullmatch(text):
        return year(match[1])
    if (match := _WORDS.fullmatch(text)) and match[1].casefold() in _MONTHS:
        return _calendar(match[3], str(_MONTHS[match[1].casefold()]), match[2])
    return _uncertain(text)


parse = remembered(_parse)


def year(digits: str) -> Date | None:
    """Return the year, None where the four digits cannot be one ("0000")."""
    return Date(digits, "gYear", digits) if len(digits) == 4 and digits != "0000" else None


def month(year_digits: str, month_text: str) -> Date | None:
    """Return year and month; the year alone where the month is missing or unreadable ("4", "04", "Apr", "April")."""
    name = month_text.strip().rstrip(".").casefold()
    number = str(_MONTHS[name]) if name in _MONTHS else name
    return _calendar(year_digits, number if number.isascii() and number.isdigit() else None, None)


def stamp(raw: str) -> str:
    """Return the instant as an xsd:dateTime in UTC, empty where the text is none."""
    text = raw.strip()
    if not _STAMP.fullmatch(text) or not _real(text[:4], text[5:7], text[8:10]):
        return ""
    hour, minute, second = int(text[11:13]), int(text[14:16]), int(text[17:19])
    return _canonical(text) if hour < 24 and minute < 60 and second < 60 else ""


def _canonical(instant: str) -> str:
    """Return the instant without zeros at the end of its fraction (XML Schema 1.1 Part 2): stores take them off."""
    whole, _, fraction = instant.removesuffix("Z").partition(".")
    fraction = fraction.rstrip("0")
    return f"{whole}.{fraction}Z" if fraction else f"{whole}Z"


def solr_version(version: str) -> str:
    """Return the instant a Solr `_version_` was made: milliseconds shifted left by 20 bits (VersionInfo.getNewClock).

    >>> solr_version("1716825967131885568")
    '2021-11-19T03:33:50.593Z'
    """
    if not (version.isascii() and version.isdigit() and len(version) < 20):
        return ""
    millis = int(version) >> 20
    if not 946684800000 <= millis < 4102444800000:  # 2000 to 2100: else it is no clock
        return ""
    day, rest = divmod(millis, 86_400_000)
    second, milli = divmod(rest, 1000)
    return _canonical(f"{_day(day)}T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}.{milli:03}Z")


@remembered
def _day(number: int) -> str:
    """Return the day so many days after 1970-01-01."""
    return date.fromordinal(_EPOCH + number).isoformat()


def _calendar(y: str, m: str | None, d: str | None) -> Date | None:
    base = year(y)
    if base and m and d is None and m in _SEASONS:
        return Date(f"{y}-{m}", "edtf", y)
    if base is None or not m or not 1 <= int(m) <= 12:
        return base
    if d and _real(y, m, d):
        return Date(f"{y}-{int(m):02}-{int(d):02}", "date", y)
    return Date(f"{y}-{int(m):02}", "gYearMonth", y)


def _real(y: str, m: str, d: str) -> bool:
    return int(y) > 0 and 1 <= int(m) <= 12 and 1 <= int(d) <= calendar.monthrange(int(y), int(m))[1]


def _uncertain(text: str) -> Date | None:
    if match := _CIRCA.fullmatch(text):
        return Date(f"{match[1]}~", "edtf", match[1])
    if match := _UNSURE.fullmatch(text):
        return Date(f"{match[1]}?", "edtf", match[1])
    if match := _CENTURY.fullmatch(text):
        return Date(f"{match[1]}XX", "edtf")
    if match := _DECADE.fullmatch(text):
        return Date(f"{match[1]}X", "edtf")
    if match := _DECADE_WORD.fullmatch(text):
        return Date(f"{match[1]}X", "edtf")
    if match := _RANGE.fullmatch(text):
        return _interval(match[1], match[2])
    return None


def _interval(start: str, end: str | None) -> Date | None:
    if end and end < start:
        return None
    return Date(f"{start}/{end or '..'}", "edtf")
