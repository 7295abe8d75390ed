"""What catalogues write of the run of a serial (MARC 362) becomes an interval of its first and its last year."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ld.memo import remembered
from ld.record import Date
from ld.values.edtf import LAST_YEAR, dated

# The first newspapers are of the seventeenth century; lower numbers are of other calendars, or count something.
_YEAR = re.compile(
    r"(?<![\d.,]\d)(?<!\d)((?:1[6-9]|20)(?:\d\d|\dX|XX))(?:(?P<mark>[/-])(?P<more>\d{4}|\d\d)(?![\d,.]\d))?(?P<unsure>\??)(?![\d/]|s\b)"
)
_BEFORE_A_NUMBER = re.compile(
    r"(?<![^\W\d_])(?:no|nos|nr|n|v|vol|issue|heft|h|bd|t|numb|č|№)\.?\s{0,2}$", re.IGNORECASE
)
_UNKNOWN_DIGITS = re.compile(r"\[?(1[6-9]|20)(?:--|uu)\??\]?")
_UNKNOWN_DIGIT = re.compile(r"\[(1[6-9]\d|20\d)[-u]\??\]")
_OTHER_CALENDAR = re.compile(r"\b\d{3,4}\s?(?=\[(?:1[6-9]|20)\d\d)")
_PUBLISHED_IN = re.compile(r"(?<=\d{4})\(\d{4}[^)]{0,9}\)|,? ?published in [^;)]{0,30}", re.IGNORECASE)
_BEGAN = re.compile(r"\b(?:began|begins|beg\.|starts?|started)\b", re.IGNORECASE)
_CEASED = re.compile(r"\b(?:cease[sd]|ended|ends|discontinued)\b", re.IGNORECASE)
_BOTH = re.compile(r"\bbegan and ceased\b", re.IGNORECASE)
_HELD = re.compile(r"\bnachgewiesen\b|\bdescription based on\b|\blatest issue\b|\bheld in\b", re.IGNORECASE)
_DESIGNATION = re.compile(
    r"[\[(]?(?:\d|(?:v|vol|no|nr|bd|jahrg|jg|issue|heft|h|t|tome|année|år|årg|roč|год|вып|т|№)\b|@)", re.IGNORECASE
)
_OPEN = re.compile(r"-\s{0,9}(?:[^\w\[]*$|[=;,.])")
_NOT_OPEN = re.compile(r"(?<!\d)-|-(?!\d)")

Ends = tuple[str, str]


def run(raws: Iterable[str]) -> Date | None:
    """Return the run of a serial: what one statement lacks stands in another.

    >>> run(["Vol. 1 (1995)-v. 12 (2006)"]).value, run(["Began in 1995.", "Ceased in 2006."]).value
    ('1995/2006', '1995/2006')
    >>> run(["Vol. 1 (1995)-"]).value, run(["Began in 1995."]).value, run(["Ceased in 2006."]).value
    ('1995/..', '1995/', '/2006')
    """
    known = [found for raw in raws if (found := ends(raw))]
    start = next((start for start, _ in known if start), "")
    closed = [end for _, end in known if end]
    end = next((end for end in closed if end != ".."), "..") if closed else ""
    return dated(f"{start}/{end}") if start or end else None


def _ends(raw: str) -> Ends | None:
    """Return the first and the last year: empty where it is not told, ".." where the serial is still going."""
    text = _PUBLISHED_IN.sub("", _OTHER_CALENDAR.sub("", _UNKNOWN_DIGIT.sub(r"\1X", _UNKNOWN_DIGITS.sub(r"\1XX", raw))))
    years = [match for match in _YEAR.finditer(text) if _is_year(text, match)]
    if not years or _HELD.search(text):
        return None
    start, end = min(map(_first, years)), _last(years[-1])
    tail = text[years[-1].end() :].partition("=")[0]
    if _BOTH.search(text) and len(years) == 1:
        return start, end
    if match := _CEASED.search(text):
        return _ceased(years, match.start(), bool(_OPEN.search(tail)))
    if text.lstrip().startswith("-"):
        return "", end
    if _OPEN.search(tail):
        return start, ".."
    if _BEGAN.search(text) or _NOT_OPEN.search(tail):
        return start, ""
    if end[:4] < years[0][1].replace("X", "0"):
        return None
    return (start, end) if len(years) > 1 or _DESIGNATION.match(text.strip()) else None


ends = remembered(_ends)


def _ceased(years: list[re.Match[str]], at: int, still: bool) -> Ends:
    """Return the years before the word "ceased" and behind it; a new series that is open goes on."""
    before = [_first(match) for match in years if match.start() < at]
    behind = [_last(match) for match in years if match.start() > at]
    return (min(before) if before else ""), ".." if still else behind[-1] if behind else ""


def _is_year(text: str, match: re.Match[str]) -> bool:
    """Determine whether it is a year that has come and no number of an issue ("no. 1868-")."""
    numbered = _BEFORE_A_NUMBER.search(text[max(0, match.start() - 8) : match.start()])
    return not numbered and int(match[1].replace("X", "0")) <= LAST_YEAR


def _first(match: re.Match[str]) -> str:
    return match[1] if "X" in match[1] or match["more"] else match[1] + match["unsure"]


def _last(match: re.Match[str]) -> str:
    """Return the later year of "1976/77" and "1971-74", else the year."""
    more = match["more"]
    if not more or "X" in match[1]:
        return _first(match)
    whole = match[1][: 4 - len(more)] + more
    return whole if whole > match[1] and int(whole) <= LAST_YEAR else match[1]
