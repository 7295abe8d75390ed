"""A value of EDTF becomes a `Date`, checked: the only place where one is made, so that none is wrong or yet to come.

EDTF is the Extended Date/Time Format of the Library of Congress (ISO 8601-2), levels 0 to 2 as far as catalogues need
it. What says no more than XML Schema 1.1 can (gYear, gYearMonth, date) has that datatype.
"""

from __future__ import annotations

import calendar
import re

from ld.record import Date

# The last year in which something can have been published: two years after this edition of the program, because books
# bear the year that comes. Not the clock's: the same records shall become the same bytes in every January. Whoever
# raises it raises EDITION (`ld/edition.py`).
LAST_YEAR = 2028

_POINT = r"(?:-?\d{4}|\d{3}X|\d{2}XX|\dXXX)(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?|-2[1-4])?"
_END = rf"(?:{_POINT}[?~%]?|\.\.)"
PATTERN = re.compile(rf"{_POINT}[?~%]?|{_END}?/{_END}|{_END}/|\[{_POINT}(?:,{_POINT})+\]", re.ASCII)
_POINTS = re.compile(_POINT, re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)
_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def dated(value: str) -> Date | None:
    """Return the date of the EDTF value, None where it is none, or no calendar has it, or it has not come yet.

    An interval that ends when it began is one date.

    >>> dated("1998-04"), dated("1990/1995?").year, dated("199X").year, dated("2019-02-29")
    (Date(value='1998-04', datatype='gYearMonth', year='1998'), '1990', '', None)
    """
    if not PATTERN.fullmatch(value):
        return None
    start, _, end = value.partition("/")
    value = start if start == end and "X" not in start else value
    points = _POINTS.findall(value)
    if not points or not all(map(_possible, points)) or not _forwards(value, points):
        return None
    return Date(value, _datatype(value), first_year(value))


def first_year(value: str) -> str:
    """Return the year, or the first of several, that the value names; empty where it names none ("199X", "/1995")."""
    start = value.lstrip("[")[:4]
    return start if _YEAR.fullmatch(start) else ""


def _datatype(value: str) -> str:
    if _YEAR.fullmatch(value):
        return "gYear"
    if _MONTH.fullmatch(value):
        return "gYearMonth"
    return "date" if _DAY.fullmatch(value) else "edtf"


def _possible(point: str) -> bool:
    if point.startswith("-"):
        return True
    if point.startswith("0000") or int(point[:4].replace("X", "0")) > LAST_YEAR:
        return False
    return not _DAY.fullmatch(point) or real(point[:4], point[5:7], point[8:10])


def _forwards(value: str, points: list[str]) -> bool:
    """Determine whether an interval ends when it began or later."""
    if "/" not in value or len(points) < 2:
        return True
    start, end = points
    if start.startswith("-") or end.startswith("-"):
        return not end.startswith("-") or start[:5] >= end[:5]
    return start.replace("X", "0")[: len(end)] <= end.replace("X", "9")


def real(year: str, month: str, day: str) -> bool:
    """Determine whether the calendar has that day."""
    return int(year) > 0 and 1 <= int(month) <= 12 and 1 <= int(day) <= calendar.monthrange(int(year), int(month))[1]
