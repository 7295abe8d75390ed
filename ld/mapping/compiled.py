"""Things become triples, as `vocab/mapping.csv` says: compiled once, then plain string building, N-Triples out.

Every literal and IRI is written in canonical form (RDF 1.1 N-Triples §4, XML Schema 1.1 Part 2), so that equal triples
are equal lines; and every term is checked where it is written, so that no record can spoil the load of all others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress

from msgspec import Struct

from ld.errors import VocabError
from ld.mapping.entities import Fields, Kinds, Site, Thing, add, known_fields, must_be_named
from ld.mapping.mentions import Mention, Said, both, mention
from ld.mapping.profile import RDF_TYPE, Profile
from ld.mapping.works import describe
from ld.record import Record, Rejected
from ld.summary import Card, Ref, Role, Summary, Text, Value, plain
from ld.terms import WRITERS, Write, iris
from ld.values.vocab import Row, Vocabulary

_EXCERPT = 200
Lines = Callable[[str, Sequence[Value], list[str]], None]
"""Adds the lines that say these values of the subject."""
Marks = Callable[[Sequence[Value]], bytes]
"""Returns for each of these lines 1 where the store keeps it, else 0."""

Part = tuple[str, Lines]
"""A field with what writes its lines."""


class Traced(Struct, frozen=True):
    """A triple and what it was made from: kind of thing, field, value of the field, row of the mapping ("file:28")."""

    line: str
    thing: str
    field: str
    value: str
    row: str


class Described(Struct, frozen=True):
    """A record as triples: its own lines, its mentions of things that others speak of too; and what makes its summary.

    There is one mention for each document, in the order in which the record comes to speak of them. The first `naming`
    lines say what the work is and what it is called; `marks` tell which lines the store keeps, empty for all. `topic`
    is the IRI of what they are about.
    """

    lines: str
    mentions: tuple[Mention, ...]
    summarize: Callable[[], Summary]
    topic: str
    naming: int = 0
    marks: bytes = b""


class Told(Struct, frozen=True):
    """A shared thing as triples and as people need it; `marks` as those of a record."""

    lines: str
    card: Card
    marks: bytes = b""


class Step(Struct, frozen=True):
    """One field of one kind of thing: `write` adds the lines of its values, one for each of the `rows` and value."""

    field: str
    write: Lines
    marks: Marks
    predicates: tuple[str, ...]
    rows: tuple[str, ...]


class Mapping:
    """The compiled mapping of one site. Raises VocabError with file:line where a table says something impossible."""

    def __init__(self, site: Site, vocabulary: Vocabulary, profile: Profile | None = None) -> None:
        self.site = site
        self.kinds = Kinds(site, vocabulary)
        self.vocabulary = vocabulary
        self.profile = None if profile is None or profile.whole else profile
        self.writers = {**WRITERS, "iri": iris()}
        things = {row["thing"]: row for row in vocabulary.rows("things.csv")}
        self._check()
        self.one = {kind: frozenset(row["one"].split()) for kind, row in things.items()}
        self.rest = {kind: _rest(row.get("rest", "")) for kind, row in things.items()}
        self.steps = {kind: self._steps(row) for kind, row in things.items()}
        self._parts = {kind: self._parted(kind, steps) for kind, steps in self.steps.items()}
        self._classes = {kind: [f" <{RDF_TYPE}> <{cls}> .\n" for cls in of] for kind, of in self.kinds.classes.items()}
        self._overlaps = {kind: _overlapping(steps) for kind, steps in self.steps.items()}

    def describe(self, record: Record, apart: bool = False) -> Described:
        """Return the record as N-Triples lines, mentions and summary. The same record always gives the same bytes.

        `apart` tells that it is not the journal of its ISSN, because that has another title.
        Raises ValueError where it has an IRI that cannot be written: a reader has not checked it.
        """
        lines: list[str] = []
        marks = bytearray() if self.profile else None
        mentions: dict[int, Mention] = {}
        naming = 0
        whole = describe(record, self.kinds, apart)
        for thing in whole.things:
            if not thing.path:
                named = self._write(thing.kind, thing.ref.iri, thing.fields, lines, marks)
                naming = named if thing.kind == "work" else naming
                continue
            found: Mention = thing.mention or _mention(thing)
            before = mentions.setdefault(found.number, found)
            if before.key != found.key:
                mentions[found.number] = both(before, found)
        topic = whole.things[0].ref.iri
        return Described("".join(lines), tuple(mentions.values()), whole.summarize, topic, naming, bytes(marks or b""))

    def attempt(self, record: Record) -> Described | Rejected:
        """Return the description of the record, or why there is none: one record never stops the work on others."""
        try:
            return self.describe(record)
        except Exception as error:  # whatever is wrong with it
            row = self._to_blame(record) if self.vocabulary.is_own("mapping.csv") else ""
            return failed(record, error, row)

    def _to_blame(self, record: Record) -> str:
        """Return the row of the site's own mapping that cannot write the record, and what it cannot; empty if none."""
        with suppress(Exception):  # what fails before any row is not theirs
            for thing in describe(record, self.kinds).things:
                for step in self.steps[thing.kind]:
                    try:
                        step.write("", thing.fields.get(step.field, ()), [])
                    except Exception:
                        return f"{step.rows[0]}: it cannot write the {step.field} of a {thing.kind}"
        return ""

    def tell(self, path: str, things: Sequence[Said]) -> Told:
        """Return the document of a shared thing, of the values that are settled; `things` are those it speaks of."""
        lines: list[str] = []
        marks = bytearray() if self.profile else None
        for one in self.kinds.decisions.about(path):
            add(things[0].fields, "decision", one.text)
        for part in things:
            self._write(part.kind, part.iri, part.fields, lines, marks)
        if len(things) > 1:
            _once(lines, marks, 0)
        return Told("".join(lines), self._card(path, things), bytes(marks or b""))

    def lines(self, said: Said) -> list[str]:
        """Return the lines of a thing as one record has it."""
        written: list[str] = []
        self._write(said.kind, said.iri, said.fields, written, None)
        return written

    def trace(self, record: Record, apart: bool = False) -> Iterator[Traced]:
        """Yield every triple of the record with what it was made from; `apart` as in `describe`."""
        for thing in describe(record, self.kinds, apart).things:
            yield from self._traced(thing)

    def _write(self, kind: str, iri: str, fields: Fields, lines: list[str], marks: bytearray | None) -> int:
        """Write the lines of a thing, and return how many of them, at the beginning, say what it is and its name."""
        subject, begun, values_of = f"<{iri}>", len(lines), fields.get
        for cls in self._classes[kind]:
            lines.append(subject + cls)
        leading, others = self._parts[kind]
        for field, write in leading:
            values = values_of(field)
            if values:
                write(subject, values, lines)
        named = len(lines) - begun
        for field, write in others:
            values = values_of(field)
            if values:
                write(subject, values, lines)
        if marks is not None:
            marks += self._marks_of(kind, fields)
        overlap = self._overlaps[kind]
        if overlap and any(map(values_of, overlap)):
            named = len(dict.fromkeys(lines[begun : begun + named]))
            _once(lines, marks, begun)
        return named

    def _marks_of(self, kind: str, fields: Fields) -> bytes:
        """Return for each line of a thing, as they are written, whether the store keeps it."""
        assert self.profile
        marks = bytearray(self.profile.keeps(RDF_TYPE, plain(cls)) for cls in self.kinds.classes[kind])
        for step in self.steps[kind]:
            marks += step.marks(fields.get(step.field, ()))
        return bytes(marks)

    def _traced(self, thing: Thing) -> Iterator[Traced]:
        subject = f"<{thing.ref.iri}>"
        for cls in self._classes[thing.kind]:
            yield Traced(subject + cls, thing.kind, "class", thing.kind, "things.csv")
        for step in self.steps[thing.kind]:
            for value in thing.fields.get(step.field, ()):
                lines: list[str] = []
                step.write(subject, [value], lines)
                for line, row in zip(lines, step.rows, strict=True):
                    yield Traced(line, thing.kind, step.field, _shown(value), row)

    # -- what people need to know of a shared thing --------------------------------------------------------------------

    def _card(self, path: str, things: Sequence[Said]) -> Card:
        main = next((one for one in things if one.iri.endswith("#it")), things[0])
        paths = (self.kinds.path(ref) for one in things for ref in _refs(one.fields))
        schema = self.vocabulary.prefixes.get("schema", "")
        classes = map(plain, [*self.kinds.classes[main.kind], *main.fields.get("class", ())])
        return Card(
            iri=main.iri,
            kind=main.kind,
            title=self._called(main) or Text(path),
            types=sorted({cls.removeprefix(schema) for cls in classes if schema and cls.startswith(schema)}),
            fields=main.fields,
            links=[one for one in dict.fromkeys(paths) if one != path],
        )

    def _called(self, thing: Said) -> Text | None:
        values = (value for field in self.kinds.names[thing.kind] for value in thing.fields.get(field, ()))
        found = next(values, None)
        return found if isinstance(found, Text) or found is None else Text(plain(found))

    # -- compiling -----------------------------------------------------------------------------------------------------

    def _check(self) -> None:
        fields = known_fields(self.vocabulary)
        for row in self.vocabulary.rows("mapping.csv"):
            if row["field"] not in fields.get(row["thing"], ()):
                raise VocabError(
                    f"{row[':line']}: there is no '{row['field']}' of a '{row['thing']}' that could be mapped"
                )

    def _steps(self, thing: Row) -> list[Step]:
        """Return the steps that write a kind of thing: what it is and what it is called goes before all else."""
        kind, like = thing["thing"], thing["like"]
        rows = self.vocabulary.rows("mapping.csv")
        wanted = [row for row in rows if row["thing"] == kind]
        known = {row["field"] for row in wanted}
        wanted += [row for row in rows if like and row["thing"] == like and row["field"] not in known]
        first = ("class", *self.kinds.names[kind])
        if must_be_named(kind) and not any(row["field"] in first[1:] for row in wanted):
            fields = " or ".join(first[1:])
            raise VocabError(f"{thing[':line']}: no row of mapping.csv has '{fields}', which names a {kind}: add one")
        groups: dict[tuple[str, str], list[Row]] = {}
        for row in sorted(wanted, key=lambda row: first.index(row["field"]) if row["field"] in first else len(first)):
            groups.setdefault((row["field"], row["as"]), []).append(row)
        return [self._step(group) for group in groups.values()]

    def _parted(self, kind: str, steps: list[Step]) -> tuple[list[Part], list[Part]]:
        """Return the steps that say what a thing is and what it is called, and all others."""
        parts = [(step.field, step.write) for step in steps]
        leading = sum(step.field in ("class", *self.kinds.names[kind]) for step in steps)
        return parts[:leading], parts[leading:]

    def _step(self, rows: list[Row]) -> Step:
        first = rows[0]
        if first["as"] not in self.writers:
            words = ", ".join(self.writers)
            raise VocabError(f"{first[':line']}: unknown 'as' value '{first['as']}': name one of {words}")
        predicates = [self.vocabulary.expand(row["property"], row[":line"]) for row in rows]
        by_role = any("{role}" in predicate for predicate in predicates)
        return Step(
            field=first["field"],
            write=(_by_role if by_role else _by_value)(predicates, self.writers[first["as"]]),
            marks=self._marks(predicates),
            predicates=tuple(predicates),
            rows=tuple(row[":line"] for row in rows),
        )

    def _marks(self, predicates: list[str]) -> Marks:
        """Return what marks the lines of the values of these properties."""
        profile = self.profile
        if profile is None:
            return lambda values: b"\1" * len(predicates) * len(dict.fromkeys(values))
        if RDF_TYPE not in predicates:
            of_one = bytes(map(profile.keeps, predicates))
            return lambda values: of_one * len(dict.fromkeys(values))
        return lambda values: bytes(profile.keeps(one, plain(v)) for v in dict.fromkeys(values) for one in predicates)


def _rest(written: str) -> dict[str, str]:
    """Return where the values of a field stand that are not the commonest: "title>alternative"."""
    return dict(pair.split(">", 1) for pair in written.split() if ">" in pair)


class Unsaid:
    """Gives of mentions, one after the other, the lines that it has not given yet."""

    def __init__(self, mapping: Mapping) -> None:
        self._mapping = mapping
        self._keys: set[int] = set()
        self._lines: set[str] = set()

    def lines(self, mentions: Iterable[Mention]) -> str:
        """Return the lines of these mentions that were not in any before."""
        new = [one for one in mentions if one.key not in self._keys]
        self._keys.update(one.key for one in new)
        things = (said for one in new for said in one.said)
        said = dict.fromkeys(line for thing in things for line in self._mapping.lines(thing))
        unsaid = [line for line in said if line not in self._lines]
        self._lines.update(unsaid)
        return "".join(unsaid)


def _mention(thing: Thing) -> Mention:
    """Return the mention of the shared thing, and keep it with the thing: it is made once."""
    thing.fields = {name: _distinct(values) for name, values in thing.fields.items() if values}
    made = thing.mention = mention(thing.path, [Said(thing.kind, thing.ref.iri, thing.fields)])
    return made


def _distinct(values: list[Value]) -> list[Value]:
    return list(dict.fromkeys(values)) if len(values) > 1 else values


def _refs(fields: Fields) -> Iterator[Ref]:
    for values in fields.values():
        for value in values:
            if isinstance(value, Ref):
                yield value


def _by_value(predicates: list[str], write: Write) -> Lines:
    middles = [f" <{predicate}> " for predicate in predicates]

    def lines(subject: str, values: Sequence[Value], out: list[str]) -> None:
        for value in values if len(values) == 1 else dict.fromkeys(values):
            term = write(value)
            for middle in middles:
                out.append(f"{subject}{middle}{term} .\n")

    return lines


def _by_role(predicates: list[str], write: Write) -> Lines:
    """Return what writes things and their roles, which are part of the predicate."""
    middles = [f" <{predicate}> " for predicate in predicates]

    def lines(subject: str, values: Sequence[Value], out: list[str]) -> None:
        for value in dict.fromkeys(values):
            assert isinstance(value, Role)
            for middle in middles:
                out.append(f"{subject}{middle.replace('{role}', value.role)}{write(value.thing)} .\n")

    return lines


def _once(lines: list[str], marks: bytearray | None, begun: int) -> None:
    """Remove repeated lines from there on; equal lines have equal marks."""
    if marks is not None:
        unique = dict(zip(lines[begun:], marks[begun:], strict=True))
        marks[begun:] = bytes(unique.values())
    lines[begun:] = dict.fromkeys(lines[begun:])


def _overlapping(steps: list[Step]) -> list[str]:
    """Return the fields that share a predicate with a field before them: only they can repeat a line."""
    seen: set[str] = set()
    overlapping = []
    for step in steps:
        if not seen.isdisjoint(step.predicates):
            overlapping.append(step.field)
        seen.update(step.predicates)
    return overlapping


def _shown(value: Value) -> str:
    """Return the value of a field as a person may read it."""
    if isinstance(value, Role):
        return f"{value.role} {value.thing.iri}"
    return f"{value.text} {value.tag}" if isinstance(value, Text) and value.tag else plain(value)


def failed(record: Record, error: Exception, row: str = "") -> Rejected:
    """Return the rejection of a record on which the program failed, or a row of the site's own mapping."""
    told = f"{type(error).__name__}: {error}"
    reason = f"{row}: {told}: mend the row" if row else f"the mapping failed on it: {told}: please report this record"
    return Rejected(record.source.place, reason, record.id, record.source.text[:_EXCERPT])
