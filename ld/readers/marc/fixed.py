"""What stands at fixed places of a record: the dates in 008, and the kind of work that its codes tell.

Standard: MARC 21, leader, 006 to 008. The kinds stand in `vocab/codes/marc_types.csv`.
"""

from __future__ import annotations

import re

from msgspec import Struct

from ld.errors import VocabError
from ld.memo import cached, remembered
from ld.readers.marc.entry import Entry
from ld.record import Date
from ld.values import dates, edtf
from ld.values.vocab import vocabulary

_CONDITION = re.compile(r"(\d{3}|LDR)(?:\$(\w))?(?:/(\d\d)(?:-(\d\d))?)?(?:=(\S+))?")
_OPEN = "9999"


@remembered
def date(raw: str) -> Date | None:
    """Return when it was published: type of date, first and second date (008/06-14); None where that is not said.

    >>> date("s2001    ").value, date("t20011999").value, date("e20010412").value, date("m19901995").value
    ('2001', '2001', '2001-04-12', '1990/1995')
    """
    kind, first, second = raw[:1], raw[1:5], raw[5:9]
    if kind in "strp":
        return _year(first)
    if kind == "e":
        month, day = second[:2].strip(), second[2:].strip()
        whole = "-".join(part for part in (first, month, day) if part.isdecimal())
        return dates.parse(whole) if first.isdecimal() else None
    if kind in "mik":
        return _between(first, second)
    return None


@remembered
def run(raw: str) -> Date | None:
    """Return the years in which a serial appeared; one that goes on has no end.

    >>> run("c19959999").value, run("d19902001").value
    ('1995/..', '1990/2001')
    """
    return _between(raw[1:5], raw[5:9]) if raw[:1] in "cdu" and raw[:1] else None


def _year(digits: str) -> Date | None:
    """Return a year; of one that is known in part, such as 19uu, the part."""
    return dates.parse(digits) if len(digits.strip()) == 4 else None


def _between(first: str, second: str) -> Date | None:
    if not (first.isdecimal() and first.isascii()) or first in ("0000", _OPEN):
        return None
    if second == _OPEN:
        return edtf.dated(f"{first}/..")
    if not (second.isdecimal() and second.isascii()):
        return edtf.dated(f"{first}/") if second.strip(" u|#") == "" else None
    return edtf.dated(f"{first}/{second}")


# -- the kind of work --------------------------------------------------------------------------------------------------


class _Condition(Struct, frozen=True):
    """What a record must have: characters of a fixed field, or a field or subfield of that tag, that match."""

    tag: str
    code: str
    start: int
    end: int
    pattern: re.Pattern[str] | None

    def holds(self, values: dict[str, list[str]]) -> bool:
        found = values.get(self.tag if not self.code else f"{self.tag}${self.code}")
        if found is None:
            return self.pattern is None and not self.code and any(name.startswith(f"{self.tag}$") for name in values)
        if self.pattern is None:
            return True
        cut = slice(self.start, self.end) if self.end else slice(None)
        return any(self.pattern.match(value[cut]) for value in found)


def kind_of(entry: Entry, values: dict[str, list[str]]) -> str:
    """Return the word for the kind of work, one of `codes/types.csv`: of the first row whose conditions all hold."""
    letter = entry.leader[6:7]
    for conditions, word in _kinds().get(letter) or _kinds()[""]:
        if all(condition.holds(values) for condition in conditions):
            return word
    return "unknown"


@cached()
def _kinds() -> dict[str, list[tuple[list[_Condition], str]]]:
    """Return the rows by the letter of the leader that they are for, so that few are asked."""
    rows = [
        ([_condition(one, row[":line"]) for one in row["when"].split()], row["word"])
        for row in vocabulary().rows("codes/marc_types.csv")
    ]
    letters = {chr(n) for n in range(ord("a"), ord("z") + 1)}
    return {letter: [row for row in rows if _may(row[0], letter)] for letter in ["", *letters]}


def _may(conditions: list[_Condition], letter: str) -> bool:
    return all(
        one.pattern is None or one.pattern.match(letter) for one in conditions if one.tag == "LDR" and one.start == 6
        and one.end == 7
    )  # fmt: skip


def _condition(text: str, where: str) -> _Condition:
    found = _CONDITION.fullmatch(text)
    if not found:
        raise VocabError(f"{where}: '{text}' is no condition: say LDR/06=a, 008/23-24=..., 502 or 773$x")
    tag, code, start, end, pattern = found.groups()
    first = int(start or 0)
    last = int(end or start) + 1 if start else 0
    return _Condition(tag, code or "", first, last, re.compile(pattern) if pattern else None)
