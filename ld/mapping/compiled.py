"""Things become triples, as `vocab/mapping.csv` says: compiled once, then plain string building, N-Triples out.

Every literal and IRI is written in canonical form (RDF 1.1 N-Triples §4, XML Schema 1.1 Part 2), so that equal triples
are equal lines; and every term is checked where it is written, so that no record can spoil the load of all others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from msgspec import Struct

from ld.errors import VocabError
from ld.mapping.entities import Kinds, Site, Thing
from ld.mapping.mentions import Mention, Statement, mention, statements
from ld.mapping.works import describe
from ld.record import Record, Rejected
from ld.terms import WRITERS, Write, iris
from ld.values import names
from ld.values.vocab import Row, Vocabulary

_RDF_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_EXCERPT = 200
Lines = Callable[[str, Sequence[Any], list[str]], None]
"""Adds the lines that say these values of the subject."""


class Traced(Struct, frozen=True):
    """A triple and what it was made from: kind of thing, field, value of the field, row of the mapping ("file:28")."""

    line: str
    thing: str
    field: str
    value: str
    row: str


class Described(Struct, frozen=True):
    """A record as triples: its own lines, and its mentions of things that other records may speak of too.

    There is one mention for each document, in the order in which the record comes to speak of them.
    """

    lines: str
    mentions: tuple[Mention, ...]


class Step(Struct, frozen=True):
    """One field of one kind of thing: `write` adds the lines of its values, one for each of the `rows` and value."""

    field: str
    rank: int
    write: Lines
    predicates: tuple[str, ...]
    rows: tuple[str, ...]
    by_role: bool


class Mapping:
    """The compiled mapping of one site. Raises VocabError with file:line where a table says something impossible."""

    def __init__(self, site: Site, vocabulary: Vocabulary) -> None:
        self.site = site
        self.kinds = Kinds(site, vocabulary)
        self.vocabulary = vocabulary
        self.writers = {**WRITERS, "iri": iris(site.base)}
        things = {row["thing"]: row for row in vocabulary.rows("things.csv")}
        self.classes = {kind: self._classes(row) for kind, row in things.items()}
        self.one = {kind: frozenset(row["one"].split()) for kind, row in things.items()}
        self.steps = {kind: self._steps(kind, row["like"]) for kind, row in things.items()}
        self._lines = {kind: [(step.field, step.write) for step in steps] for kind, steps in self.steps.items()}
        self._overlaps = {kind: _overlapping(steps) for kind, steps in self.steps.items()}

    def describe(self, record: Record) -> Described:
        """Return the record as N-Triples lines and mentions. The same record always gives the same bytes.

        Raises ValueError where it has an IRI that cannot be written: a reader has not checked it.
        """
        own: list[str] = []
        mentions: dict[int, Mention] = {}
        for thing in describe(record, self.kinds):
            if not thing.shared:
                self._write(thing, own)
                continue
            found: Mention = thing.mention or self._mention(thing)
            before = mentions.setdefault(found.number, found)
            if before.key != found.key:
                both = dict.fromkeys([*statements(before.packed), *statements(found.packed)])
                mentions[found.number] = mention(found.document, list(both))
        return Described("".join(own), tuple(mentions.values()))

    def attempt(self, record: Record) -> Described | Rejected:
        """Return the description of the record, or why there is none: one record never stops the work on others."""
        try:
            return self.describe(record)
        except Exception as error:  # whatever is wrong with it
            return failed(record, error)

    def trace(self, record: Record) -> Iterator[Traced]:
        """Yield every triple of the record with what it was made from."""
        for thing in describe(record, self.kinds):
            yield from self._traced(thing)

    def _write(self, thing: Thing, lines: list[str]) -> None:
        subject, begun = f"<{thing.iri}>", len(lines)
        for cls in self.classes[thing.kind]:
            lines.append(subject + cls)
        values_of = thing.fields.get
        for field, write in self._lines[thing.kind]:
            values = values_of(field)
            if values:
                write(subject, values, lines)
        overlap = self._overlaps[thing.kind]
        if overlap and any(map(values_of, overlap)):
            lines[begun:] = dict.fromkeys(lines[begun:])

    def _steps_of(self, thing: Thing) -> Iterator[tuple[Step, Any, list[str]]]:
        """Yield the steps of a thing with their values, one by one, and the lines of each."""
        for step in self.steps[thing.kind]:
            for value in thing.fields.get(step.field, ()):
                lines: list[str] = []
                step.write(f"<{thing.iri}>", [value], lines)
                yield step, value, lines

    def _traced(self, thing: Thing) -> Iterator[Traced]:
        for cls in self.classes[thing.kind]:
            yield Traced(f"<{thing.iri}>{cls}", thing.kind, "class", thing.kind, "things.csv")
        for step, value, lines in self._steps_of(thing):
            for line, row in zip(lines, step.rows, strict=True):
                yield Traced(line, thing.kind, step.field, _shown(value), row)

    def _mention(self, thing: Thing) -> Mention:
        """Return what the record says of the shared thing, and keep it with the thing: it is made once."""
        document = names.decoded(thing.iri.partition("#")[0].removeprefix(self.site.base))
        one = self.one[thing.kind]
        classes = "".join(f"<{thing.iri}>{cls}" for cls in self.classes[thing.kind])
        said = [Statement(thing.iri, 0, "class" in one, "", classes)] if classes else []
        for step, value, lines in self._steps_of(thing):
            tag = value[1] if isinstance(value, tuple) and not step.by_role else ""
            said.append(Statement(thing.iri, step.rank, step.field in one, tag, "".join(lines)))
        found = thing.mention = mention(document, list(dict.fromkeys(said)))
        return found

    # -- compiling -----------------------------------------------------------------------------------------------------

    def _classes(self, row: Row) -> tuple[str, ...]:
        classes = (self.vocabulary.expand(curie, row[":line"]) for curie in row["classes"].split())
        return tuple(f" {_RDF_TYPE} <{cls}> .\n" for cls in classes)

    def _steps(self, kind: str, like: str) -> list[Step]:
        rows = self.vocabulary.rows("mapping.csv")
        wanted = [row for row in rows if row["thing"] == kind]
        known = {row["field"] for row in wanted}
        wanted += [row for row in rows if like and row["thing"] == like and row["field"] not in known]
        groups: dict[tuple[str, str], list[Row]] = {}
        for row in wanted:
            groups.setdefault((row["field"], row["as"]), []).append(row)
        return [self._step(rank, group) for rank, group in enumerate(groups.values(), 1)]

    def _step(self, rank: int, rows: list[Row]) -> Step:
        first = rows[0]
        if first["as"] not in self.writers:
            known = ", ".join(self.writers)
            raise VocabError(f"{first[':line']}: unknown 'as' value '{first['as']}': one of {known}")
        predicates = [self.vocabulary.expand(row["property"], row[":line"]) for row in rows]
        by_role = any("{role}" in predicate for predicate in predicates)
        return Step(
            field=first["field"],
            rank=rank,
            write=(_by_role if by_role else _by_value)(predicates, self.writers[first["as"]]),
            predicates=tuple(predicates),
            rows=tuple(row[":line"] for row in rows),
            by_role=by_role,
        )


def _by_value(predicates: list[str], write: Write) -> Lines:
    middles = [f" <{predicate}> " for predicate in predicates]

    def lines(subject: str, values: Sequence[Any], out: list[str]) -> None:
        for value in values if len(values) == 1 else dict.fromkeys(values):
            term = write(value)
            for middle in middles:
                out.append(f"{subject}{middle}{term} .\n")

    return lines


def _by_role(predicates: list[str], write: Write) -> Lines:
    """Return what writes values that are pairs of a role, which is part of the predicate, and a value."""
    middles = [f" <{predicate}> " for predicate in predicates]

    def lines(subject: str, values: Sequence[Any], out: list[str]) -> None:
        for role, value in values:
            for middle in middles:
                out.append(f"{subject}{middle.replace('{role}', role)}{write(value)} .\n")

    return lines


def _overlapping(steps: list[Step]) -> list[str]:
    """Return the fields that share a predicate with a field before them: only they can repeat a line."""
    seen: set[str] = set()
    overlapping = []
    for step in steps:
        if not seen.isdisjoint(step.predicates):
            overlapping.append(step.field)
        seen.update(step.predicates)
    return overlapping


def _shown(value: Any) -> str:
    """Return the value of a field as a person may read it."""
    if isinstance(value, tuple):
        return " ".join(str(part) for part in value if part)
    return str(getattr(value, "value", value))


def failed(record: Record, error: Exception) -> Rejected:
    """Return the rejection of a record that the program could not cope with."""
    reason = f"the mapping failed on it: {type(error).__name__}: {error}: please report this record"
    return Rejected(record.source.place, reason, record.id, record.source.text[:_EXCERPT])
