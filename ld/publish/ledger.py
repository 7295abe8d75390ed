"""What became of every value that was read: said, left out with a reason, or remarked; counted by field.

Nothing is lost in silence, and nothing is written a line a value either: a sample of record ids stands for the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import asdict, astuple

from ld.memo import cached
from ld.readers.kinds import KINDS
from ld.record import Record, Rejected
from ld.values.vocab import vocabulary

LEDGER = "ledger.json"
_SAMPLES = 5
# Different reasons that are counted; a reason may hold a text of the record.
_REASONS = 200
_BEGINNING = 200
SAID, NORMALISED = "said", "normalised"
UNKNOWN = "not read: no reader knows this field yet"


class Sum(Struct, array_like=True):
    """How many, and the ids of some of the records."""

    count: int = 0
    ids: list[str] = []

    def add(self, id_: str, count: int = 1) -> None:
        """Count one more, of the record with this id."""
        self.count += count
        if len(self.ids) < _SAMPLES and id_ and id_ not in self.ids:
            self.ids = [*self.ids, id_]


class Line(Struct):
    """What became of the values of one field: `said` as they stand or `normalised`, or neither, by reason."""

    values: int = 0
    said: int = 0
    normalised: int = 0
    left: dict[str, Sum] = {}


class Ledger(Struct):
    """The lines by kind of source and field; remarks by field and problem; rejects by reason."""

    lines: dict[str, dict[str, Line]] = {}
    remarks: dict[str, dict[str, Sum]] = {}
    rejects: dict[str, Sum] = {}

    def enter(self, record: Record) -> None:
        """Count what became of the values of one record."""
        page = self.lines.setdefault(record.source.kind, {})
        for field, _, fate in fates(record):
            line = page.get(field) or page.setdefault(field, Line(left={}))
            line.values += 1
            if fate == SAID:
                line.said += 1
            elif fate == NORMALISED:
                line.normalised += 1
            else:
                _sum(line.left, fate).add(record.id)
        for remark in record.remarks:
            _sum(self.remarks.setdefault(remark.field, {}), remark.problem).add(record.id)

    def reject(self, rejected: Rejected) -> None:
        """Count a record that cannot be used."""
        _sum(self.rejects, rejected.reason).add(rejected.id or rejected.place)

    def add(self, other: Ledger) -> None:
        """Add what another worker has counted."""
        for kind, page in other.lines.items():
            mine = self.lines.setdefault(kind, {})
            for field, line in page.items():
                _add_line(mine.setdefault(field, Line(left={})), line)
        for field, problems in other.remarks.items():
            _add_sums(self.remarks.setdefault(field, {}), problems)
        _add_sums(self.rejects, other.rejects)

    @classmethod
    def of(cls, generation: Path) -> Ledger:
        """Return the ledger of the run that built a generation."""
        return msgspec.json.decode((generation / LEDGER).read_bytes(), type=cls)

    def table(self) -> Iterator[str]:
        """Yield the lines of a table for people: field, values, said, normalised, and why others are not said."""
        for kind, page in sorted(self.lines.items()):
            width = max(map(len, page), default=0)
            yield f"{KINDS[kind].NAME + ':':{width + 2}} {'values':>9} {'said':>9} {'normalised':>10}  left out"
            for field, line in sorted(page.items()):
                reasons = "; ".join(f"{one.count:,} {reason}" for reason, one in _largest(line.left))
                row = f"  {field:{width}} {line.values:>9,} {line.said:>9,} {line.normalised:>10,}  {reasons}"
                yield row.rstrip()
        for reason, one in _largest(self.rejects):
            yield f"rejected: {one.count:,} × {reason} (such as {one.ids[0] if one.ids else '?'})"


def fates(record: Record) -> Iterator[tuple[str, str, str]]:
    """Yield field, value and fate of every value of a record: `SAID`, `NORMALISED`, or why it is not said."""
    fate = _Fate(record)
    for field, values in record.values.items():
        for value in values:
            if value and not value.isspace():
                yield field, value, fate.of(field, value.strip())


class _Fate:
    """What became of the values of one record: asked value by value."""

    def __init__(self, record: Record) -> None:
        self.reasons = _reasons(record.source.kind)
        self.reads: frozenset[str] = getattr(KINDS[record.source.kind], "READS", frozenset())
        self.said = set(_texts(value for name, value in asdict(record).items() if name not in _BESIDE))
        self.remarked = {one.value.strip()[:_BEGINNING]: one.problem for one in record.remarks if one.value}
        self.left = {(_leaf(one.field), one.value.strip()): one.reason for one in record.left}
        self.fields = {_leaf(one.field): one.problem for one in record.remarks}
        self.alone = {field for field, values in record.values.items() if len(values) == 1}

    def of(self, field: str, value: str) -> str:
        """Return what became of one value: `SAID`, `NORMALISED`, or why it is not said."""
        if field not in self.reads:
            return self.reasons(field) or UNKNOWN
        reason = self.left.get((_leaf(field), value)) or self.remarked.get(value[:_BEGINNING])
        if reason:
            return reason
        if value in self.said:
            return SAID
        told = self.fields.get(_leaf(field)) if field in self.alone else ""  # it may show the value in another form
        return told or self.reasons.named.get(field) or NORMALISED


def _leaf(field: str) -> str:
    """Return the last name of a field: readers that share code call a field by that alone."""
    return field.rpartition("/" if "/" in field else ".")[2]


# What a record has beside its facts.
_BESIDE = frozenset(["source", "values", "remarks", "left", "how"])


def _texts(values: Iterable[Any]) -> Iterator[str]:
    """Yield all texts in the values, however deep they stand."""
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, list | tuple):
            yield from _texts(value)
        elif isinstance(value, Struct):
            yield from _texts(astuple(value))


class _Reasons:
    """Why fields of one kind of source are left out on purpose (`vocab/codes/fields.csv`)."""

    def __init__(self, kind: str) -> None:
        rows = [row for row in vocabulary().rows("codes/fields.csv") if kind in row["kinds"].split()]
        self.named = {row["field"]: row["reason"] for row in rows}
        self.known: dict[str, str] = {}

    def __call__(self, field: str) -> str:
        """Return why the field is left out, empty where it is not."""
        if field not in self.known and len(self.known) < _REASONS:
            found = (reason for pattern, reason in self.named.items() if fnmatchcase(field, pattern))
            self.known[field] = next(found, "")
        return self.known.get(field, "")


@cached()
def _by_kind() -> dict[str, _Reasons]:
    return {kind: _Reasons(kind) for kind in KINDS}


def _reasons(kind: str) -> _Reasons:
    return _by_kind()[kind]


def _sum(sums: dict[str, Sum], reason: str) -> Sum:
    """Return the sum of a reason; there may be no end of them, so the last ones share one."""
    if reason not in sums and len(sums) >= _REASONS:
        reason = "further reasons"
    return sums.setdefault(reason, Sum(0, []))


def _add_sums(sums: dict[str, Sum], others: dict[str, Sum]) -> None:
    for reason, other in others.items():
        mine = _sum(sums, reason)
        mine.add("", other.count)
        mine.ids = list(dict.fromkeys([*mine.ids, *other.ids]))[:_SAMPLES]


def _add_line(mine: Line, other: Line) -> None:
    mine.values += other.values
    mine.said += other.said
    mine.normalised += other.normalised
    _add_sums(mine.left, other.left)


def _largest(sums: dict[str, Sum]) -> list[tuple[str, Sum]]:
    return sorted(sums.items(), key=lambda one: (-one[1].count, one[0]))
