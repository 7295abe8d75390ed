"""Which calendar the year of a record is of: language, script, number and kind of work say it (`codes/calendars.csv`).

A number that another calendar makes likely is not asserted as a year of the Common Era. Where a cataloguer has added
the year of the Common Era ("1423 [2002]"), `dates` has read that one, and only how old it makes the work counts here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from msgspec import Struct

from ld.memo import cached, remembered
from ld.record import Date
from ld.values.datewords import ascii_digits, number
from ld.values.edtf import LAST_YEAR
from ld.values.vocab import Vocabulary, vocabulary

# A year before this one is hardly ever printed on anything, but stands on manuscripts, or is of another calendar.
EARLY = 1400
# The first newspaper (Relation, Straßburg) is of 1605, the first journal (Journal des sçavans) of 1665.
FIRST_NEWSPAPER = 1605
_ADDED = re.compile(r"\[|=|i\.\s?e\.|\bor\b", re.IGNORECASE)
_NUMBER = re.compile(r"(?<!\d)\d{3,4}(?!\d)", re.ASCII)
_MANUSCRIPTS = frozenset(["manuscript", "archivalmaterial"])
_ARTICLES = frozenset(["article", "academicarticle"])
_SCRIPTS = (
    ("arab", re.compile("[\u0600-\u06ff\u0750-\u077f]")),
    ("hebr", re.compile("[\u05d0-\u05ea]")),
    ("thai", re.compile("[\u0e00-\u0e7f]")),
    ("ethi", re.compile("[\u1200-\u137f]")),
)


class Kind(Struct, frozen=True):
    """What the rest of the record tells of its date; `copied` that cataloguers copy dates as the work has them."""

    languages: tuple[str, ...] = ()
    format: str = ""
    title: str = ""
    copied: bool = False


def doubt(date: Date, raw: str, kind: Kind) -> str:
    """Return why the date is not asserted, empty where nothing speaks against it.

    >>> doubt(Date("1423", "gYear", "1423"), "1423", Kind(("ara",)))
    'may be a year of the Islamic (Hijri) calendar: not asserted'
    """
    earliest = _earliest(date.value)
    if earliest is None:
        return ""
    keys = (*kind.languages, *_written(kind.title if not kind.languages else "", raw))
    calendar = likely(earliest, keys)
    if calendar and (earliest < EARLY or not _ADDED.search(raw)) and (kind.copied or earliest < 1500):
        return f"may be a year of the {calendar} calendar: not asserted"
    if kind.format in _ARTICLES and earliest < FIRST_NEWSPAPER:
        return f"before the first newspaper ({FIRST_NEWSPAPER}): of another calendar, or wrong: not asserted"
    if earliest < EARLY and not calendar and not _is_old(earliest, kind):
        return f"before {EARLY}, and nothing tells that the work is so old: not asserted"
    return ""


def unread(raw: str, kind: Kind) -> str:
    """Return why no date was read: the calendar that the number is likely to be of, or that there is none."""
    years = [int(one) for one in _NUMBER.findall(ascii_digits(raw))]
    keys = (*kind.languages, *_written(kind.title if not kind.languages else "", raw))
    for year in years:
        if calendar := likely(year, keys):
            return f"a year of the {calendar} calendar, by its number and language: not asserted"
    if any(year > LAST_YEAR for year in years) and "9999" not in raw:
        return f"a year after {LAST_YEAR}: left out"
    return "names no date: left out"


def likely(year: int, keys: Iterable[str]) -> str:
    """Return the calendar of the languages and scripts that has such years, empty where none is likely."""
    for key in keys:
        for first, last, calendar in _calendars().get(key, ()):
            if first <= year <= last and calendar:
                return calendar
    return ""


def _earliest(value: str) -> int | None:
    """Return the earliest year that the value names, of unknown digits the highest, None where it has a sign."""
    match = re.search(r"(?<![\d-])[\dX]{4}", value)
    return int(match[0].replace("X", "9")) if match and not value.startswith("-") else None


def _is_old(year: int, kind: Kind) -> bool:
    """Determine whether language and kind of work make such an early year likely (`calendars.csv`: no calendar)."""
    spoken = [
        [row for row in _calendars().get(one, ()) if not row[2] and row[0] <= year <= row[1]] for one in kind.languages
    ]
    return bool(spoken) and (all(spoken) or kind.format in _MANUSCRIPTS)


def check(tables: Vocabulary) -> None:
    """Read the table of calendars: a mistake in it is told with its line."""
    _ranges(tables)


@cached()
def _calendars() -> dict[str, list[tuple[int, int, str]]]:
    return _ranges(vocabulary())


def _ranges(tables: Vocabulary) -> dict[str, list[tuple[int, int, str]]]:
    """Return the first and the last year of each calendar, by language, script or digits."""
    found: dict[str, list[tuple[int, int, str]]] = {}
    for row in tables.rows("codes/calendars.csv"):
        found.setdefault(row["language"], []).append((number(row, "first"), number(row, "last"), row["calendar"]))
    return found


def _written(title: str, raw: str) -> tuple[str, ...]:
    """Return the scripts of the title and of the digits: "١٤٢٣" is Arabic, whatever the language."""
    if title.isascii() and raw.isascii():
        return ()
    return (*_scripts(title), *_scripts(raw), *_digits(raw))


@remembered
def _scripts(text: str) -> tuple[str, ...]:
    return tuple(name for name, pattern in _SCRIPTS if pattern.search(text))


def _digits(raw: str) -> tuple[str, ...]:
    found = (
        unicodedata.name(char, "").split(" ")[0].lower() for char in raw if char.isdecimal() and not char.isascii()
    )
    return tuple(dict.fromkeys(found))
