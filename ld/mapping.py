"""Things become triples, as `vocab/mapping.csv` says: compiled once, then plain string building, N-Triples out.

Every literal and IRI is written in canonical N-Triples (RDF 1.1 N-Triples §4), so that equal triples are equal lines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from msgspec import Struct

from ld import names
from ld.describe import describe
from ld.errors import VocabError
from ld.record import Record
from ld.things import Kinds, Site, Thing
from ld.vocab import Row, Vocabulary

_XSD = "http://www.w3.org/2001/XMLSchema#"
_EDTF = "http://id.loc.gov/datatypes/edtf"
_SCHEMA_DATE = "http://schema.org/Date"
_RDF_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_ESCAPED = re.compile(r'[\\"\n\r\t]')
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
# One line of canonical N-Triples with nothing in it that the loader would refuse.
_IRI = r'<[a-zA-Z][a-zA-Z0-9+.-]*:[^\x00-\x20<>"{}|\\^`]*>'
_SOUND = re.compile(
    rf'{_IRI} {_IRI} (?:{_IRI}|"(?:[^"\\\n\r]|\\[tnr"\\])*"(?:@[a-z]{{2,8}}(?:-[a-z0-9]{{1,8}})*|\^\^{_IRI})?) \.\n'
)
_LINE = re.compile(r"<[^>]*> <([^>]*)> (?:<([^>]*)>)?")


class Claim(Struct, frozen=True, array_like=True):
    """What one record says of a shared thing: the lines of one value of one field.

    `rank` is the place of the field in the mapping; `one` tells that the thing keeps one value of the field (in each
    language: `tag`), the one most records agree on.
    """

    document: str
    iri: str
    rank: int
    one: bool
    tag: str
    lines: str


class Traced(Struct, frozen=True):
    """A triple and what it was made from: kind of thing, field, value of the field, row of the mapping ("file:28")."""

    line: str
    thing: str
    field: str
    value: str
    row: str


class Described(Struct, frozen=True):
    """A record as triples: its own lines, and its claims about things that other records may speak of too."""

    lines: str
    claims: list[Claim]


class Step(Struct, frozen=True):
    """One field of one kind of thing: how its value is written, and the predicates that take it, with their rows."""

    field: str
    rank: int
    write: Callable[[Any], str]
    predicates: tuple[str, ...]
    rows: tuple[str, ...]
    by_role: bool


class Mapping:
    """The compiled mapping of one site. Raises VocabError with file:line where a table says something impossible."""

    def __init__(self, site: Site, vocabulary: Vocabulary) -> None:
        self.site = site
        self.kinds = Kinds(site, vocabulary)
        self.vocabulary = vocabulary
        things = {row["thing"]: row for row in vocabulary.rows("things.csv")}
        self.classes = {kind: self._classes(row) for kind, row in things.items()}
        self.one = {kind: frozenset(row["one"].split()) for kind, row in things.items()}
        self.steps = {kind: self._steps(kind, row["like"]) for kind, row in things.items()}

    def describe(self, record: Record) -> Described:
        """Return the record as N-Triples lines and claims. The same record always gives the same bytes."""
        own: list[str] = []
        claims: list[Claim] = []
        for thing in describe(record, self.kinds):
            if thing.shared:
                claims.extend(self._claims(thing))
            else:
                own.extend(line for _, _, _, lines in self._write(thing) for line in lines)
        return Described("".join(dict.fromkeys(own)), claims)

    def trace(self, record: Record) -> Iterator[Traced]:
        """Yield every triple of the record with what it was made from."""
        for thing in describe(record, self.kinds):
            yield from self._traced(thing)

    def _traced(self, thing: Thing) -> Iterator[Traced]:
        for line in self._class_lines(thing):
            yield Traced(line, thing.kind, "class", thing.kind, "things.csv")
        for step in self.steps[thing.kind]:
            for value in thing.fields.get(step.field, ()):
                for line, row in zip(_lines(thing.iri, step, value), step.rows, strict=True):
                    yield Traced(line, thing.kind, step.field, _shown(value), row)

    def _claims(self, thing: Thing) -> Iterator[Claim]:
        document = names.decoded(thing.iri.partition("#")[0].removeprefix(self.site.base))
        one = self.one[thing.kind]
        for rank, name, tag, lines in self._write(thing):
            yield Claim(document, thing.iri, rank, name in one, tag, "".join(lines))

    def _write(self, thing: Thing) -> Iterator[tuple[int, str, str, list[str]]]:
        fields = thing.fields
        classes = self._class_lines(thing)
        if classes:
            yield 0, "class", "", classes
        for step in self.steps[thing.kind]:
            for value in fields.get(step.field, ()):
                tag = value[1] if isinstance(value, tuple) and not step.by_role else ""
                yield step.rank, step.field, tag, _lines(thing.iri, step, value)

    def _class_lines(self, thing: Thing) -> list[str]:
        return [f"<{thing.iri}> {_RDF_TYPE} {cls} .\n" for cls in self.classes[thing.kind]]

    # -- compiling -----------------------------------------------------------------------------------------------------

    def _classes(self, row: Row) -> tuple[str, ...]:
        return tuple(f"<{self.vocabulary.expand(curie, row[':line'])}>" for curie in row["classes"].split())

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
        if first["as"] not in WRITERS:
            raise VocabError(f"{first[':line']}: unknown 'as' value '{first['as']}': one of {', '.join(WRITERS)}")
        predicates = tuple(self.vocabulary.expand(row["property"], row[":line"]) for row in rows)
        by_role = any("{role}" in predicate for predicate in predicates)
        return Step(
            field=first["field"],
            rank=rank,
            write=WRITERS[first["as"]],
            predicates=tuple(f"<{predicate}>" for predicate in predicates),
            rows=tuple(row[":line"] for row in rows),
            by_role=by_role,
        )


def _shown(value: Any) -> str:
    """Return the value of a field as a person may read it."""
    if isinstance(value, tuple):
        return " ".join(str(part) for part in value if part)
    return str(getattr(value, "value", value))


def _lines(iri: str, step: Step, value: Any) -> list[str]:
    if step.by_role:
        role, target = value
        term = step.write(target)
        return [f"<{iri}> {predicate.replace('{role}', role)} {term} .\n" for predicate in step.predicates]
    term = step.write(value)
    return [f"<{iri}> {predicate} {term} .\n" for predicate in step.predicates]


class Profile:
    """Which triples the store keeps: all, or those of some vocabularies (`vocab/codes/profiles.csv`)."""

    def __init__(self, name: str, vocabulary: Vocabulary) -> None:
        row = vocabulary.code("profiles", name)
        if row is None:
            known = ", ".join(vocabulary.codes("profiles"))
            raise VocabError(f"codes/profiles.csv: no profile '{name}': one of {known}")
        prefixes = row["vocabularies"].split()
        self.whole = prefixes == ["*"]
        self._kept = () if self.whole else tuple(vocabulary.prefixes[prefix] for prefix in prefixes)

    def keep(self, lines: str) -> str:
        """Return those of the N-Triples lines that the store keeps."""
        if self.whole:
            return lines
        return "".join(line for line in lines.splitlines(keepends=True) if self._keeps(line))

    def _keeps(self, line: str) -> bool:
        match = _LINE.match(line)
        if not match or not match[1].startswith(self._kept):
            return False
        return not match[1].endswith("#type") or (match[2] or "").startswith(self._kept)


# -- terms ---------------------------------------------------------------------------------------------------------


def quoted(text: str) -> str:
    """Return the text as a quoted N-Triples string."""
    if _ESCAPED.search(text):
        text = _ESCAPED.sub(lambda char: _ESCAPES[char[0]], text)
    return f'"{text}"'


def _text(value: tuple[str, str]) -> str:
    text, tag = value
    return f"{quoted(text)}@{tag.lower()}" if tag else quoted(text)


def _string(value: Any) -> str:
    return quoted(value[0] if isinstance(value, tuple) else value)


def _date(value: Any) -> str:
    datatype = _EDTF if value.datatype == "edtf" else _XSD + value.datatype
    return f'"{value.value}"^^<{datatype}>'


def _typed(datatype: str) -> Callable[[str], str]:
    end = f'"^^<{datatype}>'
    return lambda value: f'"{value}{end}'


WRITERS: dict[str, Callable[[Any], str]] = {
    "text": _text,
    "string": _string,
    "iri": lambda iri: f"<{iri}>",
    "date": _date,
    "gYear": _typed(_XSD + "gYear"),
    "dateTime": _typed(_XSD + "dateTime"),
    "boolean": _typed(_XSD + "boolean"),
    "integer": _typed(_XSD + "integer"),
    "schemaDate": _typed(_SCHEMA_DATE),
    "edtf": _typed(_EDTF),
}


def unsound(lines: str, claims: Iterable[Claim]) -> Iterator[str]:
    """Yield every line that is not canonical N-Triples and would make the whole load fail."""
    for text in (lines, *(claim.lines for claim in claims)):
        end = 0
        while end < len(text):
            match = _SOUND.match(text, end)
            if match is None:
                yield text[end : text.find("\n", end) + 1 or len(text)]
                return
            end = match.end()


def unescaped(text: str) -> str:
    """Return the text of a quoted N-Triples string."""
    return re.sub(r"\\(.)", lambda match: {"n": "\n", "r": "\r", "t": "\t"}.get(match[1], match[1]), text)
