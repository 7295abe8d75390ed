"""Dates as catalogues print them become dates as precise as the source, and never more precise.

A spelling is read only where it can mean one thing. What the words of the languages mean stands in `vocab/codes`
(`datewords`); which calendar a bare number may be of is judged where the rest of the record is known (`calendars`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from ld.memo import cached, remembered
from ld.record import Date
from ld.values.datewords import signs, words
from ld.values.edtf import LAST_YEAR, dated, real
from ld.values.points import month_of, point

_YEAR = re.compile(r"\d{4}", re.ASCII)
_ISO = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?(?:[T ]\d{2}:\d{2}.{0,20})?", re.ASCII)
_TWO_YEARS = re.compile(r"(\d{4})([-/])(\d{1,2})", re.ASCII)
_MARKS = "[]()<>{}.,;:\"' "
_CORRECTED = re.compile(r"(?<!-)(?<!\d)(?:\d{4}|\d{1,3})\??,?\s?[\[(]?\s?i\.e\. ,?\s?(\d{4}\??)(?![-\d?])[\])]?")
_SUPPLIED = re.compile(r"(.{1,80}?)\s?(\[|=|i\.e\. |\()\s?([^=]{4,60})")
_OWN_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
_TWO_CALENDARS = re.compile(r"(\d{4})(?: ?A?\.?H\.?)?\s?[/(=,-]\s?(\d{4})(?: ?(?:CE|M)\.?)?")
_BEHIND = re.compile(r"(?:\d{1,3}|(?:l'\s?)?an [ivx\d]{1,4}),\s(\d{4})")
_OPEN_END = re.compile(r"-\s?<[^>]{0,30}>?[\]\s.]{0,5}$")
_LIST = re.compile(r"[,;]\s?|\s(?=[\[(]?\s?©)|\]\s?\[")
_SEPARATOR = re.compile(r"\s?(?:-|/)\s?")
_STAMP = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z", re.ASCII)
_EPOCH = date(1970, 1, 1).toordinal()
LONGEST = 150  # no spelling of a date is longer


def _parse(raw: str) -> Date | None:
    """Return the date that the text names, None where it names none. "2010-11" is a month, as in ISO 8601.

    >>> _parse("2019-04")
    Date(value='2019-04', datatype='gYearMonth', year='2019')
    >>> _parse("c1998").value, _parse("[1995?]").value, _parse("n.d.")
    ('1998', '1995?', None)
    """
    text = raw.strip().strip(_MARKS)
    if raw.lstrip("[ ").startswith(".."):
        return dated(raw.strip())
    if _YEAR.fullmatch(text):
        return dated(text)
    if (match := _TWO_CALENDARS.fullmatch(text)) and (common := _common(int(match[1]), int(match[2]))):
        return dated(str(common))
    two = _TWO_YEARS.fullmatch(text)
    if two and not _is_month(two[3]) and (found := _years(two[1], two[3])):
        return found
    if match := _ISO.fullmatch(text):
        return _calendar(match[1], match[2], match[3])
    if len(raw) > LONGEST:
        return None
    if not raw.startswith("-") and (found := dated(raw.strip())):
        return found
    if two:  # "2010/11": a month to some, two years to others
        return year(two[1])
    return next((found for value in _read(signs(raw)) if (found := dated(value))), None)


def _transcribed(raw: str) -> Date | None:
    """Return the date that a cataloguer has copied from the work: "2010-11" is two years, not a month.

    >>> _transcribed("2010-11").value, _transcribed("2010-03").value, _transcribed("1998, c1997").value
    ('2010/2011', '2010-03', '1998')
    """
    match = _TWO_YEARS.fullmatch(raw.strip().strip(_MARKS))
    if match and match[1][2:] >= "90" and match[1] < "1900" and match[3] < "13":  # "1899-01" may end in 1901
        return year(match[1])
    return (_years(match[1], match[3]) if match else None) or parse(raw)


parse = remembered(_parse)
transcribed = remembered(_transcribed)


def year(digits: str) -> Date | None:
    """Return the year, None where the text is none of four digits, or of a time to come ("0000", "xiii", "3412")."""
    return dated(digits) if _YEAR.fullmatch(digits) else None


def month(year_digits: str, month_text: str) -> Date | None:
    """Return year and month, None where the year is none of four digits; the year alone where no month can be read.

    >>> month("2019", "Apr").value, month("2019", "13").value, month("2019-05", "June")
    ('2019-04', '2019', None)
    """
    if not _YEAR.fullmatch(year_digits.strip()):
        return None
    name = month_text.strip()
    number = name if name.isascii() and name.isdigit() else month_of(signs(name))
    return _calendar(year_digits.strip(), number or None, None)


def _calendar(y: str, m: str | None, d: str | None) -> Date | None:
    """Return the day, the month where there is no such day, the year where there is no such month."""
    known = m and _is_month(m) and (d is None or int(m) <= 12)  # seasons of EDTF have no days
    if not known or not m:
        return year(y)
    if d and real(y, m, d):
        return dated(f"{y}-{int(m):02}-{int(d):02}")
    return dated(f"{y}-{int(m):02}")


def _is_month(number: str) -> bool:
    """Determine whether it is the number of a month or, in EDTF, of a season."""
    return 1 <= int(number) <= 12 or 21 <= int(number) <= 24


def _years(start: str, end: str) -> Date | None:
    """Return the interval of years where the second, short of its beginning, is the later one ("1998", "99")."""
    whole = start[: 4 - len(end)] + end
    if whole <= start and len(end) == 2 and start[2:] == "99" and end == "00":
        whole = str(int(start) + 1)
    return dated(f"{start}/{whole}") if whole > start else None


# -- the grammar of the signs ---------------------------------------------------------------------------------------


def _read(text: str) -> Iterator[str]:
    """Yield what the text may say, in EDTF, the likeliest first."""
    text = _OPEN_END.sub("-", _CORRECTED.sub(r"\1", text))
    yield from _statement(text)
    for added in _supplied(text):
        yield from _statement(added)


def _common(one: int, other: int) -> int:
    """Return which of two years is that of the Common Era, where both are the same one in two calendars; else 0.

    The lunar years of the Islamic calendar are by a thirty-third shorter than ours, and its solar ones begin 621 years
    later; the Buddhist, Bikram and Hebrew calendars are 543, 57 and 3760 years ahead.
    """
    early, late = min(one, other), max(one, other)
    if late > LAST_YEAR:
        return early if late - early in (543, 56, 57, 3760, 3761) else 0
    lunar = early * 32 / 33 + 622
    return late if 1200 <= early <= 1450 and (late - early in (621, 622) or abs(late - lunar) <= 1.5) else 0


def _supplied(text: str) -> Iterator[str]:
    """Yield what a cataloguer adds to a date of another calendar, or to a wrong one: "1358 [1979]", "62 i.e. 1987"."""
    match = _SUPPLIED.fullmatch(text)
    if match and "©" not in match[3]:
        other = not _OWN_YEAR.search(match[1])
        if other or match[2] != "(":
            yield match[3]
        if other:
            yield match[3].rpartition(", ")[2]
    if match := _BEHIND.fullmatch(text.strip(_MARKS)):
        yield match[1]


def _statement(text: str) -> Iterator[str]:
    """Yield one date, or of a list the one that is no copyright: "1998, c1997"."""
    yield from _one(text)
    pieces = [piece for piece in _LIST.split(text.strip(_MARKS)) if piece.strip(_MARKS)]
    if len(pieces) < 2 or "©" not in text:
        return
    first, *others = sorted(pieces, key=lambda piece: "©" in piece)
    if all("©" in piece for piece in others):
        yield from _one(first)


def _one(text: str) -> Iterator[str]:
    bare = _unmarked(text)
    yield point(bare)
    for kind in (_words, _interval):
        yield from kind(bare)


def _unmarked(text: str) -> str:
    """Return the text without brackets and the marks around it; "19[98]" is 1998, "[1990]-" stays open."""
    text = re.sub(r"\s+", " ", re.sub(r"[\[\]<>(){}]", "", text)).strip(_MARKS + "©")
    return text.replace(" -", "-").replace("- ", "-").replace("©", "").strip()


def _words(text: str) -> Iterator[str]:
    """Yield what stands between two words, before or after one."""
    if match := re.fullmatch(r"between (.{4,30})", text):
        yield from (f"{a}/{b}" for a, b in _pairs(match[1], _and()))
    if match := re.fullmatch(r"@2\d (\d{4}[/-]\d{2,4})", text):
        yield from (f"{a}/{b}" for a, b in _pairs(match[1], _SEPARATOR))
    for a, b in _pairs(text, _or()):
        yield f"[{a.rstrip('?')},{b.rstrip('?')}]"
    for a, b in _pairs(text.removeprefix("since "), _to()):
        yield f"{a}/{b}"
    if match := re.fullmatch(r"(?:not-before|after) (.{4,30}?),? (?:and )?(?:not-after|before) (.{4,30})", text):
        yield from (f"{a}/{b}" for a, b in [(point(match[1]), point(match[2]))] if a and b)
    if match := re.fullmatch(r"(.{4,30}) or-(later|earlier)", text):
        yield f"{point(match[1])}/.." if match[2] == "later" else f"../{point(match[1])}"
    for word, before, behind in (("since", "", "/.."), ("not-before", "", "/.."), ("after", "", "/.."),
                                 ("before", "../", ""), ("not-after", "../", "")):  # fmt: skip
        if text.startswith(word + " ") and (found := point(text.removeprefix(word).strip())):
            yield before + found + behind


def _pairs(text: str, separator: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """Yield the two dates on both sides of a separator, wherever it stands."""
    for match in separator.finditer(text):
        left, right = text[: match.start()].strip(), text[match.end() :].strip()
        if left and right and (found := _pair(left, right)):
            yield found


def _pair(left: str, right: str) -> tuple[str, str] | None:
    """Return both dates; what one lacks it has from the other: "1998-99", "Jan.-Mar. 1983", "ca. 1453-1454"."""
    start, end = point(left), point(right)
    if start and not end:
        end = _end(start, right)
    elif end and not start:
        start = _start(left, end)
    if start.endswith("~") and end.isdigit():
        end += "~"
    whole = start and end and not ("@" in left and end.isdigit())  # "winter 1998/99" is one winter
    return (start, end) if whole else None


def _end(start: str, right: str) -> str:
    """Return the second date where it has its year from the first: "1998-99", "2013 Nov.-Dec."."""
    if "@" in right:
        return point(f"{right} {start[:4]}")
    match = re.fullmatch(r"(\d{1,2})(\??)", right)
    whole = start[: 4 - len(match[1])] + match[1] if match and start[:4].isdigit() else ""
    return whole + (match[2] if match else "") if whole > start[:4] else ""


def _start(left: str, end: str) -> str:
    """Return the first date where it has its year, or year and month, from the second: "15-17 May 1998"."""
    if "@" in left and end[:4].isdigit():
        return point(f"{left} {end[:4]}")
    return f"{end[:8]}{int(left.rstrip('.')):02}" if re.fullmatch(r"\d{1,2}\.?", left) and len(end) == 10 else ""


def _interval(text: str) -> Iterator[str]:
    """Yield a run of years; 9999 is still going, uuuu is not known."""
    if match := re.fullmatch(r"(.{4,25}?)(?:-|/)(?:-?9999|\.\.)?", text):
        yield f"{found}/.." if (found := point(match[1])) else ""
    if match := re.fullmatch(r"(.{4,25}?)(?:-|/)XXXX", text):
        yield f"{found}/" if (found := point(match[1])) else ""
    if match := re.fullmatch(r"(?:\.\.|XXXX|)(?:-|/)((?!0).{4,25})", text):
        closed = "../" if text.startswith("..") else "/"
        yield f"{closed}{found}" if (found := point(match[1])) else ""
    yield from (f"{a}/{b}" for a, b in _pairs(text, _SEPARATOR))


@cached()
def _and() -> re.Pattern[str]:
    return re.compile(words("and"))


@cached()
def _or() -> re.Pattern[str]:
    return re.compile(rf"(?<=[\dX?]) {words('or')}(?= [\d~])")


@cached()
def _to() -> re.Pattern[str]:
    return re.compile(rf"(?<=[\dX?]) {words('to')}(?= [\d~@©])")


# -- instants -------------------------------------------------------------------------------------------------------


def stamp(raw: str) -> str:
    """Return the instant as an xsd:dateTime in UTC, empty where the text is none."""
    text = raw.strip()
    if not _STAMP.fullmatch(text) or not real(text[:4], text[5:7], text[8:10]):
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
    """Return the day that is that many days after 1970-01-01."""
    return date.fromordinal(_EPOCH + number).isoformat()
