"""A date as the record has it becomes what a citation can say: years, months, spans, doubt (EDTF, ISO 8601-2)."""

from __future__ import annotations

import re

from msgspec import Struct

from ld.memo import remembered

_ONE = re.compile(r"[?~%]?(-?)([\dX]{4})[?~%]?(?:-(\d\d))?[?~%]?(?:-(\d\d))?[?~%]?")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SEASONS = ("Spring", "Summer", "Autumn", "Winter")
_FIRST_SEASON = 21  # EDTF counts the seasons on from here, in the place of the month
Parts = tuple[int, ...]


class When(Struct, frozen=True):
    """When a work was published: the first and the last date that may be meant, as year, month, day; one may be open.

    `doubt` has the marks of EDTF: ? for uncertain, ~ for approximate. `unknown` tells that a missing start or end is
    not known; else there is none.
    """

    start: Parts = ()
    end: Parts = ()
    season: int = 0
    doubt: str = ""
    several: bool = False
    unknown: bool = False

    @property
    def year(self) -> str:
        """The first year in four digits, or the last where the start is open; empty before Christ."""
        first = (self.start or self.end)[:1]
        return f"{first[0]:04}" if first and first[0] > 0 else ""

    @property
    def month(self) -> str:
        """The month as BibTeX's own styles name it, empty for a span."""
        return _MONTHS[self.start[1] - 1] if len(self.start) > 1 and not self.several else ""

    @property
    def season_name(self) -> str:
        """The season, empty where there is none."""
        return _SEASONS[self.season - 1] if self.season else ""

    def said(self, dash: str) -> str:
        """Return the years as people write them; the last four signs of each are digits, so BibTeX can sort them.

        >>> read("1938/1961").said("--"), read("1984~").said("--"), read("199X").said("-")
        ('1938--1961', 'about 1984', '1990-1999?')
        >>> read("1950/..").said("--"), read("1950?/").said("--")
        ('1950--', '1950?--?')
        """
        first, last = (_year(parts) for parts in (self.start, self.end))
        unsure, missing = "?" if "?" in self.doubt else "", "?" if self.unknown else ""
        if not self.several or first == last:
            text = first + unsure
        elif first and last:
            text = f"{first}{dash}{last}{unsure}"
        else:
            text = f"{first + unsure if first else missing}{dash}{last + unsure if last else missing}"
        return ("about " if "~" in self.doubt else "") + text


def _year(parts: Parts) -> str:
    if not parts:
        return ""
    return str(parts[0]) if parts[0] > 0 else f"{1 - parts[0]} BC"


def _read(value: str) -> When | None:
    """Return the date of a text in EDTF, None where no year is known.

    >>> read("2019-04").start, read("2019-22").season_name, read("XXXX"), read("[1990..1995]").end
    ((2019, 4), 'Summer', None, (1995,))
    """
    doubt = ("?" if "?" in value or "%" in value else "") + ("~" if "~" in value or "%" in value else "")
    if value[:1] in "[{":
        members = re.split(r",\s?|\.\.", value.strip("[]{}"))
        value = f"{members[0]}/{members[-1]}" if len(members) > 1 else members[0]
        doubt = doubt or "?"
    first, slash, last = value.partition("/")
    start, end = _span(first), _span(last if slash else first)
    if start is None or end is None or not (start[0] or end[1]):
        return None
    unclear = "X" in value
    doubt = doubt or ("?" if unclear else "")
    season = start[2] if not slash else 0
    if (slash or unclear) and start[0] != end[1]:
        return When(start[0], end[1], 0, doubt, several=True, unknown=bool(slash) and "" in (first, last))
    return When(start[0], (), season, doubt)


def _span(text: str) -> tuple[Parts, Parts, int] | None:
    """Return the first and the last date that one date of EDTF may mean, and its season; None where it is none."""
    if text in ("", ".."):
        return (), (), 0
    match = _ONE.fullmatch(text)
    if not match or match[2].endswith("XXX"):  # of a thousand years no one is cited
        return None
    sign = -1 if match[1] else 1
    low, high = (sign * int(match[2].replace("X", digit)) for digit in "09")
    rest = [int(part) for part in match.groups()[2:] if part]
    if rest and rest[0] >= _FIRST_SEASON:
        season = rest[0] - _FIRST_SEASON + 1
        return (low,), (high,), season if season <= len(_SEASONS) else 0
    whole = rest if rest and 1 <= rest[0] <= len(_MONTHS) else []
    return (min(low, high), *whole), (max(low, high), *whole), 0


read = remembered(_read)
