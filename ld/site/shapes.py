"""Quality: the SHACL shapes of `vocab/shapes.ttl` over a whole catalogue, reported in words.

Every document is checked once, with what it links to beside it: a record by the worker whose share it is in, a shared
thing likewise. What shapes say of a thing because somebody else names it (an agent, because it is a publisher) is
collected, and asked of its own document afterwards. Values that no two things may share are collected and sorted.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import cast

from msgspec import Struct, field

from ld.formats.media import Nodes
from ld.formats.ntriples import nodes
from ld.site.constraints import text_of
from ld.site.documents import LAST, LAST_NUMBER, Document, Documents, mentioned
from ld.site.shacl import GRAVEST, Shape, Shapes
from ld.store.engine import Engine, Query
from ld.store.oxigraph import in_memory
from ld.values import names, vocab
from ld.values.vocab import Vocabulary

Told = Callable[[int, int], None]
# Documents that the rules look at together, and findings of one message that are told whole.
_BATCH, _SAMPLE = 400, 20
_COLLECTED = """
CREATE TABLE IF NOT EXISTS named (
  n INTEGER, path TEXT, node TEXT, shape INTEGER, PRIMARY KEY (n, node, shape)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS valued (
  shape INTEGER, value TEXT, node TEXT, path TEXT, PRIMARY KEY (shape, value, node)) WITHOUT ROWID;
"""


class Finding(Struct, frozen=True):
    """One finding of a shape: how grave it is, the node, what is wrong, the value, and the ids of records it is in."""

    severity: str
    node: str
    message: str
    value: str = ""
    records: tuple[str, ...] = ()


class Report(Struct):
    """The findings of a validation: how many of each message, and some of each whole, the gravest first."""

    records: int
    things: int
    violations: int
    counts: dict[str, int]
    findings: list[Finding]


class Portion(Struct, frozen=True, kw_only=True):
    """What one worker checks: records from `start` to before `end`, things from `first` to `last`; where it collects.

    With a `limit`, only so many records, and the things that they name. `named` is where things were collected that
    others name: then these are checked, and nothing else; the worker is number `index` of `count`.
    """

    folder: Path
    base: str
    overlay: Path
    collected: Path
    start: str = ""
    end: str = LAST
    first: int = 0
    last: int = LAST_NUMBER
    limit: int = 0
    named: Path | None = None
    index: int = 0
    count: int = 1


class Found(Struct):
    """What a worker has found, counted by severity and message, and some of it whole."""

    records: int = 0
    things: int = 0
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    findings: list[Finding] = []

    def add(self, finding: Finding) -> None:
        """Count a finding; keep it where there are few like it."""
        key = finding.severity, finding.message
        self.counts[key] += 1
        if self.counts[key] <= _SAMPLE:
            self.findings.append(finding)


def check(portion: Portion, told: Told) -> Found:
    """Return what the shapes find in the portion."""
    shapes = Shapes(vocab.use(portion.overlay))
    with closing(Documents(portion.folder, portion.base, mapped=False)) as documents:
        return _Checking(portion, shapes, documents, told).run()


class _Checking:
    """The work of one worker."""

    def __init__(self, portion: Portion, shapes: Shapes, documents: Documents, told: Told) -> None:
        self.portion = portion
        self.shapes = shapes
        self.documents = documents
        self.told = told
        self.found = Found()
        self.db = sqlite3.connect(portion.collected, isolation_level=None)
        self.db.executescript(f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; {_COLLECTED} BEGIN;")
        self._named: set[tuple[str, int]] = set()
        self._lines: list[str] = []
        self._paths: dict[str, str] = {}

    def run(self) -> Found:
        with closing(self.db):
            if self.portion.named:
                self._others(self.portion.named)
            else:
                self._all()
            self.db.execute("COMMIT")
        return self.found

    def _all(self) -> None:
        portion, linked = self.portion, dict[int, None]()
        for record in self.documents.records(portion.start, portion.end):
            if portion.limit and self.found.records >= portion.limit:
                break
            if portion.limit:
                linked |= {number: None for number, key in mentioned(record.mentions) if key}
            self.found.records += 1
            self._document(record)
        for thing in self._things(linked):
            self.found.things += 1
            self._document(thing)
        self._ruled()

    def _things(self, linked: Iterable[int]) -> Iterator[Document]:
        if not self.portion.limit:
            return self.documents.things(self.portion.first, self.portion.last)
        return (thing for number in linked for thing in self.documents.things(number, number))

    def _document(self, document: Document) -> None:
        """Check the nodes that a document speaks of, and collect those of others that it names."""
        own, graph = self._graph(document)
        for (node, number), shape in self.shapes.focused(own).items():
            if node in own or node not in graph:
                self._focus(shape, graph, node, document.path)
            elif (node, number) not in self._named:
                self._collect(node, number)
        self._paths |= dict.fromkeys(own, document.path)
        if len(self._lines) >= _BATCH:
            self._ruled()
        self.told(0, 1)

    def _graph(self, document: Document) -> tuple[Nodes, Nodes]:
        """Return the nodes a document speaks of, and these with those around them."""
        lines = document.lines
        whole = lines + "".join(self.documents.around(document))
        self._lines.append(whole)
        graph = nodes(whole)[0]
        return {subject: graph[subject] for subject in dict.fromkeys(_subjects(lines))}, graph

    def _collect(self, node: str, number: int) -> None:
        if len(self._named) > 100_000:
            self._named.clear()
        self._named.add((node, number))
        path = self.documents.path_of(text_of(node))
        self.db.execute("INSERT OR IGNORE INTO named VALUES (?, ?, ?, ?)", (names.number(path), path, node, number))

    def _focus(self, shape: Shape, graph: Nodes, node: str, path: str) -> None:
        for result in shape.results(graph, node):
            self._add(Finding(result.severity, text_of(result.node), result.message, _shown(result.value)), path)
        for one in shape.uniques():
            for value in one.values(graph, node):
                self.db.execute("INSERT OR IGNORE INTO valued VALUES (?, ?, ?, ?)", (one.number, value, node, path))

    def _add(self, finding: Finding, path: str) -> None:
        self.found.add(Finding(*_cells(finding), self._ids(path)))

    def _ids(self, path: str) -> tuple[str, ...]:
        """Return the id of the record, or those of some records that name the thing."""
        if path.startswith("record/"):
            return (path.removeprefix("record/"),)
        return tuple(one.path.removeprefix("record/") for one in self.documents.pointing(path, 3)[1])

    def _ruled(self) -> None:
        """Ask the rules about the documents since the last time; what they say of others is asked elsewhere."""
        engine = in_memory(self._lines)
        for rule in self.shapes.rules:
            for node in _breaking(engine, rule.query):
                if node in self._paths:
                    self._add(Finding(rule.severity, text_of(node), rule.message), self._paths[node])
        self._lines, self._paths = [], {}

    def _others(self, collected: Path) -> None:
        """Check the things that others name, each with what its own document links to."""
        query = "SELECT path, node, shape FROM named WHERE n % ? = ? ORDER BY n"
        with closing(sqlite3.connect(collected)) as db:
            for path, node, number in db.execute(query, (self.portion.count, self.portion.index)):
                document = self.documents.get(path)
                if document:
                    self._focus(self.shapes.all[number], self._graph(document)[1], node, path)
                self._lines.clear()
                self.told(0, 1)


# -- what the workers have collected -----------------------------------------------------------------------------------


def merged(collected: Iterable[Path], into: Path) -> int:
    """Bring what the workers have collected into one file; return how many things are named by others."""
    with closing(sqlite3.connect(into, isolation_level=None)) as db:
        db.executescript(f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; {_COLLECTED}")
        for path in collected:
            db.execute("ATTACH ? AS one", (str(path),))
            for table in ("named", "valued"):
                db.execute(f"INSERT OR IGNORE INTO main.{table} SELECT * FROM one.{table}")
            db.execute("DETACH one")
        return int(db.execute("SELECT count(*) FROM named").fetchone()[0])


def shared(collected: Path, shapes: Shapes) -> Found:
    """Return the values that several things of the catalogue have, where the shapes want them to be of one only."""
    found = Found()
    query = "SELECT shape, value, min(node), group_concat(path, char(10)) FROM valued GROUP BY 1, 2 HAVING count(*) > 1"
    with closing(sqlite3.connect(collected)) as db:
        for number, value, node, paths in db.execute(query):
            shape = shapes.all[number]
            ids = tuple(path.removeprefix("record/") for path in paths.split("\n")[:5])
            found.add(Finding(shape.severity, text_of(node), shape.message, text_of(value), ids))
    return found


def report(found: Iterable[Found]) -> Report:
    """Return all that was found as one report, the gravest first."""
    whole = Found()
    for one in found:
        whole.records += one.records
        whole.things += one.things
        whole.counts.update(one.counts)
        whole.findings += one.findings
    counts = sorted(whole.counts.items(), key=lambda item: (GRAVEST.index(item[0][0]), -item[1], item[0][1]))
    kept: Counter[str] = Counter()
    findings = []
    for finding in sorted(whole.findings, key=lambda one: (GRAVEST.index(one.severity), *_cells(one)[1:])):
        kept[finding.message] += 1
        if kept[finding.message] <= _SAMPLE:
            findings.append(finding)
    return Report(
        whole.records,
        whole.things,
        sum(count for (severity, _), count in whole.counts.items() if severity == GRAVEST[0]),
        {f"{severity}: {message}": count for (severity, message), count in counts},
        findings,
    )


def findings(lines: str, vocabulary: Vocabulary) -> list[Finding]:
    """Return what the shapes find in a graph by itself, N-Triples, the gravest first."""
    shapes, graph = Shapes(vocabulary), nodes(lines)[0]
    found = Found()
    for (node, _), shape in shapes.focused(graph).items():
        for one in shape.results(graph, node):
            found.add(Finding(one.severity, text_of(one.node), one.message, _shown(one.value)))
    engine = in_memory([lines])
    for rule in shapes.rules:
        for node in _breaking(engine, rule.query):
            found.add(Finding(rule.severity, text_of(node), rule.message))
    return report([found]).findings


def _breaking(engine: Engine, query: str) -> Iterator[str]:
    """Yield the nodes that break a rule, as N-Triples has them."""
    for row in cast(Iterable[dict[str, object]], engine.answer(Query(query))):
        if row["value"] is not None:
            yield str(row["value"])


def _subjects(lines: str) -> Iterator[str]:
    return (line.partition(" ")[0] for line in lines.split("\n") if line)


def _shown(value: str) -> str:
    return text_of(value) if value else ""


def _cells(finding: Finding) -> tuple[str, str, str, str]:
    return finding.severity, finding.node, finding.message, finding.value
