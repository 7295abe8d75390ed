"""The documents of a generation being built: records and shared things, written, replaced, buried and removed.

Files begin empty, or as copies of those of the live generation. A finished generation is never touched, so no journal
is needed: what is unfinished is thrown away.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from ld.mapping.compiled import Told
from ld.publish.sortedruns import Row
from ld.site.documents import RECORDS, THINGS, mentioned
from ld.site.files import Packers, body, opened, packers
from ld.values import keys, names

_RECORDS = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB);
CREATE TABLE records (
  n INTEGER PRIMARY KEY, path TEXT UNIQUE NOT NULL, digest BLOB NOT NULL, title TEXT NOT NULL, kind TEXT NOT NULL,
  year TEXT NOT NULL, modified TEXT NOT NULL, gone TEXT NOT NULL, gone_on TEXT NOT NULL, successor TEXT NOT NULL,
  mentions BLOB NOT NULL, body BLOB NOT NULL, source BLOB NOT NULL);
CREATE TABLE links (target INTEGER, rank INTEGER, record INTEGER, PRIMARY KEY (target, rank, record)) WITHOUT ROWID;
CREATE TABLE counts (name TEXT, key TEXT, n INTEGER, PRIMARY KEY (name, key)) WITHOUT ROWID;
CREATE TABLE changes (n INTEGER PRIMARY KEY, generation TEXT, change TEXT, path TEXT);
CREATE TABLE chunks (of TEXT, start, triples INTEGER, sizes BLOB, PRIMARY KEY (of, start)) WITHOUT ROWID;
"""
_THINGS = """
CREATE TABLE things (
  n INTEGER PRIMARY KEY, path TEXT NOT NULL, title TEXT NOT NULL, kind TEXT NOT NULL,
  body BLOB NOT NULL, claims BLOB NOT NULL);
CREATE TABLE ties (target INTEGER, path TEXT, thing INTEGER, PRIMARY KEY (target, path)) WITHOUT ROWID;
CREATE TABLE aliases (path TEXT, target TEXT, PRIMARY KEY (path, target)) WITHOUT ROWID;
CREATE TABLE moved (path TEXT PRIMARY KEY, target TEXT, why TEXT) WITHOUT ROWID;
CREATE TABLE unlike (n INTEGER PRIMARY KEY, path TEXT, found BLOB);
CREATE TABLE loose (path INTEGER, thing INTEGER, PRIMARY KEY (path, thing)) WITHOUT ROWID;
"""
_INDEXES = """
CREATE INDEX IF NOT EXISTS things_of_kind ON things (kind, path);
CREATE INDEX IF NOT EXISTS aliases_of ON aliases (target);
"""
_SCRATCH = """
CREATE TABLE scratch.links (target INTEGER, rank INTEGER, record INTEGER);
CREATE TABLE scratch.touched (path TEXT PRIMARY KEY) WITHOUT ROWID;
"""
_COLUMNS = "path, digest, title, kind, year, modified, gone, gone_on, successor, mentions, body, source"
_BATCH = 50_000


class Old(Struct, frozen=True):
    """A record as it was, packed; `gone`: it is a tombstone."""

    n: int
    kind: str
    year: str
    mentions: bytes
    body: bytes
    gone: bool


class OldThing(Struct, frozen=True):
    """A shared thing as it was, packed."""

    path: str
    kind: str
    body: bytes
    claims: bytes


class Records:
    """Writes the records of a generation; `fresh`: the file began empty.

    When many links come at once, they are collected in a scratch file and sorted at the end.
    """

    def __init__(self, folder: Path, scratch: Path, base: Path | None, known: Packers | None = None) -> None:
        self.fresh = base is None
        self.db = opened(folder / RECORDS, base, _RECORDS)
        if known:
            rows = [("bodies", known.of_bodies), ("sources", known.of_sources)]
            self.db.executemany("INSERT INTO meta VALUES (?, ?)", rows)
        self.db.execute("ATTACH ? AS scratch", (str(scratch / "scratch.sqlite"),))
        for pragma in ("journal_mode=OFF", "synchronous=OFF"):
            self.db.execute(f"PRAGMA scratch.{pragma}")
        self.db.executescript(_SCRATCH)
        self.packers = known or packers(self.db)
        self.counts: Counter[tuple[str, str]] = Counter()
        self._links: list[tuple[int, int, int]] = []
        self.db.execute("BEGIN")

    def old(self, path: str) -> Old | None:
        """Return the record as it stands, None where there is none."""
        row = self.db.execute(
            "SELECT n, kind, year, mentions, body, gone != '' FROM records WHERE path = ?", (path,)
        ).fetchone()
        return Old(*row) if row else None

    def put(self, row: Row, n: int | None = None) -> None:
        """Write the record, replacing the one numbered `n` where that is given."""
        values = (
            row.path, row.digest, row.title, row.kind, row.year, row.modified,
            row.gone, row.gone_on, row.successor, row.mentions, row.body, row.source,
        )  # fmt: skip
        if n is None:
            marks = ", ".join("?" * len(values))
            n = self.db.execute(f"INSERT INTO records ({_COLUMNS}) VALUES ({marks})", values).lastrowid or 0
        else:
            places = ", ".join(f"{column} = ?" for column in _COLUMNS.split(", "))
            self.db.execute(f"UPDATE records SET {places} WHERE n = ?", (*values, n))
        rank = _rank(row.path, row.year)
        self._links += [(target, rank, n) for target, _ in mentioned(row.mentions)]
        if len(self._links) > _BATCH:
            self._write_links()
        for fact in row.facts:
            self.counts[fact] += 1

    def renew(self, row: Row, n: int) -> None:
        """Write a new source and digest for a record whose triples are as they were."""
        self.db.execute("UPDATE records SET digest = ?, source = ? WHERE n = ?", (row.digest, row.source, n))

    def source(self, n: int) -> bytes:
        """Return the packed source of the record of that number."""
        return bytes(self.db.execute("SELECT source FROM records WHERE n = ?", (n,)).fetchone()[0])

    def turn(self, path: str, old: Old, packed: bytes, mentions: bytes) -> None:
        """Give a record another body and other mentions; its source, and what lists show of it, stay."""
        self.unlink(path, old, ())
        self.db.execute("UPDATE records SET body = ?, mentions = ? WHERE n = ?", (packed, mentions, old.n))
        rank = _rank(path, old.year)
        links = [(target, rank, old.n) for target, _ in mentioned(mentions)]
        self.db.executemany("INSERT OR IGNORE INTO links VALUES (?, ?, ?)", links)

    def of_kinds(self, target: int, kinds: Iterable[str]) -> list[str]:
        """Return the paths of the records of these kinds that link to the thing."""
        query = "SELECT path, kind FROM links JOIN records ON records.n = links.record WHERE target = ? ORDER BY path"
        wanted = frozenset(kinds)
        return [path for path, kind in self.db.execute(query, (target,)) if kind in wanted]

    def bury(self, old: Old, row: Row) -> None:
        """Turn the record into a tombstone: path, title and the reason stay; triples, summary and source go."""
        self.db.execute(
            "UPDATE records SET gone = ?, gone_on = ?, successor = ?, digest = ?, mentions = ?, body = ?, source = ?"
            " WHERE n = ?",
            (row.gone, row.gone_on, row.successor, b"", b"", *self.nothing(), old.n),
        )

    def nothing(self) -> tuple[bytes, bytes]:
        """Return the packed body and the packed source of a tombstone."""
        return self.packers.bodies.pack(body("", None)), self.packers.sources.pack(b"")

    def unlink(self, path: str, old: Old, facts: Iterable[tuple[str, str]]) -> None:
        """Remove the links of a record that is replaced, and uncount it."""
        rank = _rank(path, old.year)
        self.db.executemany(
            "DELETE FROM links WHERE target = ? AND rank = ? AND record = ?",
            [(target, rank, old.n) for target, _ in mentioned(old.mentions)],
        )
        for fact in facts:
            self.counts[fact] -= 1

    def _write_links(self) -> None:
        table = "scratch.links" if self.fresh else "links"
        self.db.executemany(f"INSERT OR IGNORE INTO {table} VALUES (?, ?, ?)", self._links)
        self._links = []

    def sort_links(self) -> None:
        """Move all links into the table that tells which records point at a thing."""
        self._write_links()
        if self.fresh:
            self.db.execute("INSERT OR IGNORE INTO links SELECT * FROM scratch.links ORDER BY 1, 2, 3")

    def paths(self) -> Iterator[str]:
        """Yield the paths of all records that are not deleted, in their order."""
        for (path,) in self.db.execute("SELECT path FROM records WHERE gone = '' ORDER BY path"):
            yield path

    def first(self) -> str:
        """Return the path of the first record, empty where there is none."""
        return next(self.paths(), "")

    # -- what differs from the generation before -----------------------------------------------------------------------

    def touch(self, path: str) -> None:
        """Note that the document of the record has changed."""
        self.db.execute("INSERT OR IGNORE INTO scratch.touched VALUES (?)", (path,))

    def touch_around(self, numbers: Iterable[int]) -> None:
        """Note all records that link to one of the things: their documents may show something of it."""
        self.db.executemany(
            "INSERT OR IGNORE INTO scratch.touched SELECT path FROM links JOIN records ON records.n = links.record"
            " WHERE target = ?",
            ((number,) for number in numbers),
        )

    def touched(self) -> tuple[list[str], list[int]]:
        """Return the paths of the records whose documents have changed, sorted, with their numbers."""
        rows = self.db.execute(
            "SELECT touched.path, n FROM scratch.touched LEFT JOIN records ON records.path = touched.path"
            " ORDER BY touched.path"
        ).fetchall()
        return [path for path, _ in rows], [n for _, n in rows if n is not None]

    def change(self, generation: str, change: str, path: str) -> None:
        """Record what this publishing does to a record."""
        self.db.execute("INSERT INTO changes (generation, change, path) VALUES (?, ?, ?)", (generation, change, path))

    def carry(self, base: Path) -> None:
        """Take over the changes that earlier generations recorded."""
        with sqlite3.connect(f"{(base / RECORDS).resolve().as_uri()}?mode=ro&immutable=1", uri=True) as db:
            rows = db.execute("SELECT generation, change, path FROM changes ORDER BY n")
            self.db.executemany("INSERT INTO changes (generation, change, path) VALUES (?, ?, ?)", rows)
        db.close()

    # -- counts --------------------------------------------------------------------------------------------------------

    def counted(self, name: str) -> dict[str, int]:
        """Return a table of counts, such as records per `year`, the largest first."""
        self.db.executemany(
            "INSERT INTO counts VALUES (?, ?, ?) ON CONFLICT (name, key) DO UPDATE SET n = n + excluded.n",
            [(*fact, n) for fact, n in self.counts.items()],
        )
        self.db.execute("DELETE FROM counts WHERE n = 0")
        self.counts.clear()
        rows = self.db.execute("SELECT key, n FROM counts WHERE name = ? ORDER BY n DESC, key", (name,))
        return dict(rows.fetchall())

    # -- chunks of the dumps -------------------------------------------------------------------------------------------

    def chunks(self, of: str) -> list[tuple[str | int, int, bytes]]:
        """Return the chunks of the dumps in order: start, number of triples and sizes."""
        return self.db.execute("SELECT start, triples, sizes FROM chunks WHERE of = ? ORDER BY start", (of,)).fetchall()

    def set_chunks(self, of: str, chunks: Iterable[tuple[str | int, int, bytes]]) -> None:
        """Replace the list of the chunks that make up the dumps."""
        self.db.execute("DELETE FROM chunks WHERE of = ?", (of,))
        self.db.executemany("INSERT INTO chunks VALUES (?, ?, ?, ?)", ((of, *chunk) for chunk in chunks))

    def flush(self) -> None:
        """Make what is written visible to readers that open the file now."""
        self.counted("")
        self.db.execute("COMMIT")
        self.db.execute("BEGIN")

    def close(self) -> None:
        """Finish the file."""
        self.counted("")
        self.db.execute("COMMIT")
        self.db.close()


class Things:
    """Writes the shared things of a generation, and the documents that the catalogue has about itself."""

    def __init__(self, folder: Path, base: Path | None, packers: Packers) -> None:
        self.fresh = base is None
        self.packers = packers
        self.db = opened(folder / THINGS, base, _THINGS)
        self.db.execute("BEGIN")

    def old(self, n: int) -> OldThing | None:
        """Return the thing of this number as it stands, None where there is none."""
        row = self.db.execute("SELECT path, kind, body, claims FROM things WHERE n = ?", (n,)).fetchone()
        return OldThing(*row) if row else None

    def put(self, told: Told, path: str, kind: str, claims: bytes = b"") -> None:
        """Write the document of a thing; a document that the catalogue has about itself has no claims."""
        packed = self.packers.bodies.pack(body(told.lines, told.card, 0, told.marks))
        self.db.execute(
            "INSERT OR REPLACE INTO things VALUES (?, ?, ?, ?, ?, ?)",
            (names.number(path), path, told.card.title.text, kind, packed, claims),
        )

    def drop(self, n: int) -> None:
        """Remove a thing that no record names any more."""
        self.db.execute("DELETE FROM things WHERE n = ?", (n,))
        self.db.execute("DELETE FROM unlike WHERE n = ?", (n,))

    def unlike(self, path: str, found: bytes) -> None:
        """Write which claims about a thing are unlike; nothing, where none are."""
        number = names.number(path)
        self.db.execute("DELETE FROM unlike WHERE n = ?", (number,))
        if found:
            self.db.execute("INSERT INTO unlike VALUES (?, ?, ?)", (number, path, found))

    def all_unlike(self) -> list[tuple[str, bytes]]:
        """Return the things with unlike claims, in the order of their paths, each with these."""
        return self.db.execute("SELECT path, found FROM unlike ORDER BY path").fetchall()

    def move(self, rows: Iterable[tuple[str, str, str]]) -> None:
        """Write where things went by a cataloguer's word: the old path, the new one, and why."""
        self.db.execute("DELETE FROM moved")
        self.db.executemany("INSERT INTO moved VALUES (?, ?, ?)", rows)

    def tie(self, path: str, targets: Iterable[int], aliases: Iterable[str]) -> None:
        """Write which things a thing points at, and which other paths lead to it."""
        number = names.number(path)
        self.db.executemany("INSERT OR IGNORE INTO ties VALUES (?, ?, ?)", [(thing, path, number) for thing in targets])
        self.db.executemany("INSERT OR IGNORE INTO aliases VALUES (?, ?)", [(thing, path) for thing in aliases])
        self.db.executemany("INSERT OR IGNORE INTO loose VALUES (?, ?)", _loose(path))

    def untie(self, path: str, targets: Iterable[int]) -> None:
        """Remove what a thing pointed at, and its other paths."""
        self.db.executemany("DELETE FROM ties WHERE target = ? AND path = ?", [(thing, path) for thing in targets])
        self.db.execute("DELETE FROM aliases WHERE target = ?", (path,))
        self.db.executemany("DELETE FROM loose WHERE path = ? AND thing = ?", _loose(path))

    def tied_to(self, n: int) -> list[int]:
        """Return the numbers of the things that point at the thing."""
        return [one for (one,) in self.db.execute("SELECT thing FROM ties WHERE target = ?", (n,))]

    def pages(self) -> list[OldThing]:
        """Return the documents that the catalogue has about itself."""
        rows = self.db.execute("SELECT path, kind, body, claims FROM things WHERE kind IN ('dataset', 'scheme',"
                               " 'provenance', 'labels')")  # fmt: skip
        return [OldThing(*row) for row in rows]

    def count(self) -> int:
        """Return the number of shared things that records name."""
        return int(self.db.execute("SELECT count(*) FROM things WHERE length(claims) > 0").fetchone()[0])

    def flush(self) -> None:
        """Make what is written visible to readers that open the file now."""
        self.db.execute("COMMIT")
        self.db.executescript(_INDEXES)
        self.db.execute("BEGIN")

    def close(self) -> None:
        """Finish the file."""
        self.flush()
        self.db.execute("COMMIT")
        self.db.close()


def _loose(path: str) -> list[tuple[int, int]]:
    """Return the numbers of the loose forms of a thing's path, each with that of the path."""
    number = names.number(path)
    return [(names.number(form), number) for form in keys.loose_forms(path)]


def _rank(path: str, year: str) -> int:
    """Return the place of a record in lists: the newest first, those of one year in a fixed order."""
    return _age(year) << 47 | names.number(path) >> 16


def _age(year: str) -> int:
    return 9999 - int(year) if year.isdigit() else 9999
