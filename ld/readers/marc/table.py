"""`vocab/marc.csv` is carried out: its rows, in their order, fill a record from the fields of a MARC record.

A row of the thing `work` fills a field of the record. Rows of another thing with the same tags make one thing for
each field of these tags. A row of the thing `left` says why something is not said, one of `beside` that
`reading` reads it. What no row names is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import Struct

from ld.errors import VocabError
from ld.memo import Memory, cached
from ld.readers.limits import EXCERPT_CHARACTERS
from ld.readers.marc.entry import Field, Subfield
from ld.readers.marc.how import How, how
from ld.readers.marc.things import THINGS, Build
from ld.record import Left, Record, Remark, Source
from ld.values.vocab import Row, vocabulary

ByTag = dict[str, list[Field]]
_INDICATORS = re.compile(r"(?:\[[^\]]+\]|.){2}")
_PATTERN = re.compile(r"[.\[]")
_SLICE = re.compile(r"(\d\d)(?:-(\d\d))?")
_TOO_LITTLE = "too little to say what it is of"
# The tag of rows that are for all fields.
_ANY = "any"
_ELSEWHERE = "another field says it, or says it better"


class Take(Struct, frozen=True):
    """What a row takes of a field: where its indicators fit, these subfields, each by itself or all joined."""

    indicators: re.Pattern[str] | None
    codes: str
    joined: bool
    cut: slice | None
    how: How
    unless: tuple[str, ...]
    field: str

    def texts(self, field: Field) -> list[Subfield]:
        """Return the texts with the code of each; of joined ones, the first."""
        if not field.subfields:
            return []
        if self.indicators and field.indicators and not self.indicators.fullmatch(field.indicators):
            return []
        if self.how.needs and not any(code == self.how.needs for code, _ in field.subfields):
            return []
        if any(name[1:] == code for name in self.unless if name[0] == "$" for code, _ in field.subfields):
            return []
        if self.cut is not None:
            cut = field.subfields[0][1][self.cut]
            return [("", cut)] if cut.strip(" |#^") else []
        if not self.codes:
            return [] if self.how.constant else [*field.subfields]
        found = [one for one in field.subfields if one[0] in self.codes]
        if not self.joined or not found:
            return found
        text = self.how.join(found)
        return [(found[0][0], text)] if text else []


class Step(Struct, frozen=True):
    """Rows that are carried out together: one of a work, all of a thing, or one that leaves something out."""

    tags: tuple[str, ...]
    thing: str
    takes: tuple[Take, ...]
    note: str


class Plan:
    """The rows of the table, compiled."""

    def __init__(self, rows: list[Row]) -> None:
        blank = Record(id="", title="", source=Source("", "", ""))
        self.lists = {name: isinstance(getattr(blank, name), list) for name in Record.__struct_fields__}
        self.steps = list(self._steps(rows))
        self.exact = {tag for step in self.steps for tag in step.tags if not _PATTERN.search(tag) and tag != _ANY}
        self.anywhere = {code: step.note for step in self.steps if _ANY in step.tags for code in step.takes[0].codes}
        self.steps = [step for step in self.steps if _ANY not in step.tags]
        self._covered: Memory[str, bool] = Memory(self._is_covered)
        self._by_tag: Memory[str, list[tuple[int, int, Step]]] = Memory(self._of)

    def _steps(self, rows: list[Row]) -> Iterator[Step]:
        held: list[Row] = []
        for row in rows:
            if held and (row["thing"] in ("work", "left", "beside") or _key(row) != _key(held[0])):
                yield self._step(held)
                held = []
            held.append(row)
        if held:
            yield self._step(held)

    def _step(self, rows: list[Row]) -> Step:
        thing = rows[0]["thing"]
        if thing not in ("work", "left", "beside") and thing not in THINGS:
            raise VocabError(f"{rows[0][':line']}: no thing '{thing}': say work, left, beside, {', '.join(THINGS)}")
        known = self.lists if thing == "work" else THINGS[thing][1] if thing in THINGS else ()
        for row in rows:
            if thing not in ("left", "beside") and row["field"] not in known:
                raise VocabError(f"{row[':line']}: {thing} has no field '{row['field']}'")
        return Step(tuple(rows[0]["tag"].split()), thing, tuple(map(_take, rows)), rows[0]["note"])

    def fill(self, record: Record, by_tag: ByTag) -> None:
        """Fill the record from the fields, and say what was left out and why."""
        due = [(n, place, step, by_tag[tag]) for tag in by_tag for n, place, step in self._by_tag[tag]]
        due.sort(key=_order)
        for _, _, step, fields in due:
            self._carry_out(step, fields, record)
        for name, values in record.values.items():
            if reason := self._loose(name):
                record.left += [Left(name, reason, value) for value in values]

    def _of(self, tag: str) -> list[tuple[int, int, Step]]:
        """Return the steps for a tag, with their places in the table and of the tag in the step."""
        places = [(n, _place(step.tags, tag, self.exact), step) for n, step in enumerate(self.steps)]
        return [one for one in places if one[1] >= 0]

    def _loose(self, name: str) -> str:
        """Return why a subfield is left out that no row names but those for all fields."""
        reason = self.anywhere.get(name.partition("$")[2])
        return reason if reason and not self.covers(name) else ""

    def _carry_out(self, step: Step, fields: list[Field], record: Record) -> None:
        if step.thing == "work":
            for field in fields:
                self._work(step.takes[0], field, record)
        elif step.thing == "left":
            for field in fields:
                for code, text in step.takes[0].texts(field):
                    record.left.append(Left(_name(field, code), step.note, text))
        elif step.thing != "beside":
            for field in fields:
                _thing(THINGS[step.thing][0], step.takes, field, record)

    def _work(self, take: Take, field: Field, record: Record) -> None:
        texts = take.texts(field)
        if take.how.constant:
            texts = texts or [("", take.how.constant)]
        if not texts:
            return
        if any(name[0] != "$" and getattr(record, name) for name in take.unless):
            record.left += [Left(_name(field, code), _ELSEWHERE, text) for code, text in texts]
            return
        for code, text in texts:
            made = take.how.constant or take.how.make(text)
            if made:
                self._put(take, _name(field, code), text, made, record)
            else:
                _tell(take, field, code, text, record)

    def _put(self, take: Take, name: str, text: str, made: Any, record: Record) -> None:
        if not self.lists[take.field]:
            made = made[0] if isinstance(made, tuple | list) else made
            if getattr(record, take.field):
                record.left.append(Left(name, _ELSEWHERE, text))
            else:
                setattr(record, take.field, made)
            return
        values = getattr(record, take.field)
        for one in made if isinstance(made, list | tuple) else [made]:
            if one not in values:
                values.append(one)

    def name(self, field: Field) -> str:
        """Return the name of the agent in a field, empty where it has none."""
        for step in self.steps:
            if step.thing in ("person", "body") and field.tag in step.tags:
                texts = step.takes[0].texts(field)
                return str(step.takes[0].how.make(texts[0][1])) if texts else ""
        return ""

    def covers(self, name: str) -> bool:
        """Determine whether a row names the field or subfield: "008", "245$a"."""
        return self._covered[name]

    def _is_covered(self, name: str) -> bool:
        tag, sign, code = name.partition("$")
        takes = [take for _, _, step in self._by_tag[tag] for take in step.takes]
        return any(_names(take, code, bool(sign)) for take in takes)

    def knows(self, name: str) -> bool:
        """Determine whether the field or subfield is named by a row, or left out wherever it stands."""
        return self.covers(name) or name.partition("$")[2] in self.anywhere


def _names(take: Take, code: str, is_subfield: bool) -> bool:
    return not take.how.constant and (not is_subfield or not take.codes or code in take.codes)


def _place(tags: tuple[str, ...], tag: str, exact: set[str]) -> int:
    """Return where the tag stands in a step, less than 0 where it does not; patterns are for tags that no row names."""
    if tag in exact:
        return tags.index(tag) if tag in tags else -1
    return next((n for n, one in enumerate(tags) if _PATTERN.search(one) and re.fullmatch(one, tag)), -1)


def _order(due: tuple[int, int, Step, list[Field]]) -> tuple[int, int]:
    return due[:2]


def _thing(build: Build, takes: Iterable[Take], field: Field, record: Record) -> None:
    """Make one thing of a field, and tell what gave nothing."""
    parts: dict[str, list[Any]] = {}
    for take in takes:
        if any(name in parts or getattr(record, name, None) for name in take.unless if name[0] != "$"):
            continue
        texts = take.texts(field)
        if take.how.constant:
            fits = not take.indicators or take.indicators.fullmatch(field.indicators)
            parts |= {take.field: [take.how.constant]} if fits else {}
            continue
        for code, text in texts:
            if made := take.how.make(text):
                parts.setdefault(take.field, []).extend(made if isinstance(made, list | tuple) else [made])
            else:
                _tell(take, field, code, text, record)
    if not build(record, parts, field):
        for take in takes:
            record.left += [Left(_name(field, code), _TOO_LITTLE, text) for code, text in take.texts(field)]


def _tell(take: Take, field: Field, code: str, text: str, record: Record) -> None:
    """Tell of a text that gave nothing; of one that was joined, of each of its parts."""
    problem = take.how.problem
    parts = [one for one in field.subfields if one[0] in take.codes] if take.joined else [(code, text)]
    for one, value in parts:
        if take.how.remarked:
            record.remarks.append(Remark(_name(field, one), problem, value[:EXCERPT_CHARACTERS]))
        elif problem and value.strip():
            record.left.append(Left(_name(field, one), problem, value))


def _name(field: Field, code: str) -> str:
    return f"{field.tag}${code}" if field.indicators else field.tag


def _key(row: Row) -> tuple[str, str]:
    return row["tag"], row["thing"]


def _take(row: Row) -> Take:
    where, sub, indicators = row[":line"], row["sub"], row["ind"]
    cut = _SLICE.fullmatch(sub) if not indicators else None  # only control fields have places
    if indicators and not _INDICATORS.fullmatch(indicators):
        raise VocabError(f"{where}: '{indicators}' are no two indicators: '.' is for any, '_' for a blank")
    pattern = re.compile(indicators.replace("_", " ")) if indicators.strip(".") else None
    return Take(
        indicators=pattern,
        codes="" if cut else sub.replace("+", ""),
        joined="+" in sub,
        cut=slice(int(cut[1]), int(cut[2] or cut[1]) + 1) if cut else None,
        how=how(row["how"], where),
        unless=tuple(row["unless"].split()),
        field=row["field"],
    )


@cached()
def plan() -> Plan:
    """Return the compiled table."""
    return Plan(vocabulary().rows("marc.csv"))


class Reads(frozenset[str]):
    """The names of fields that are read: those given, and all that the table names."""

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or (isinstance(name, str) and plan().knows(name))
