"""Records are deposited: described records and shared things are written into the documents of a new generation.

A deposit may begin with the records of an earlier generation; a record of the same id gives way, and one that is no
longer in the catalogue leaves a tombstone. What depends on all records is written anew each time.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import zstandard
from msgspec import Struct

from ld.documents import Entry, Packer, dictionary
from ld.mapping import Claim
from ld.record import Source

_SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB);
CREATE TABLE records (
  n INTEGER PRIMARY KEY, path TEXT UNIQUE NOT NULL, id TEXT NOT NULL, title TEXT NOT NULL, kind TEXT NOT NULL,
  year TEXT NOT NULL, modified TEXT NOT NULL, gone TEXT NOT NULL DEFAULT '',
  lines BLOB NOT NULL, claims BLOB NOT NULL, words BLOB NOT NULL, source BLOB NOT NULL);
CREATE TABLE things (
  n INTEGER PRIMARY KEY, path TEXT UNIQUE NOT NULL, title TEXT NOT NULL, kind TEXT NOT NULL, lines BLOB NOT NULL);
CREATE INDEX things_of_kind ON things (kind, path);
CREATE INDEX records_by_id ON records (id);
CREATE TABLE links (target INTEGER, record INTEGER, PRIMARY KEY (target, record)) WITHOUT ROWID;
CREATE TABLE ties (target INTEGER, thing INTEGER, PRIMARY KEY (target, thing)) WITHOUT ROWID;
CREATE TABLE aliases (path TEXT PRIMARY KEY, target TEXT NOT NULL);
CREATE TABLE counts (name TEXT, key TEXT, n INTEGER, PRIMARY KEY (name, key)) WITHOUT ROWID;
"""
_DERIVED = ("things", "links", "ties", "aliases", "counts")
_SAMPLE = 1000


class Kept(Struct, frozen=True):
    """A record ready to be written: what `Documents` needs to know of it beside its triples."""

    id: str
    path: str
    title: str
    kind: str
    year: str
    modified: str
    lines: str
    claims: list[Claim]
    words: dict[str, str]
    source: Source


class Packed(Struct, frozen=True):
    """A record as the pass over all records meets it; `n` numbers it."""

    n: int
    id: str
    lines: str
    claims: list[Claim]
    words: dict[str, str]
    entry: Entry


class Deposit:
    """Writes the documents of a generation being built."""

    def __init__(self, path: Path, base: Path | None = None, *, again: bool = False) -> None:
        """Write a new file, or one that begins with the records of `base`, or go on with the file that is there."""
        if base:
            _copy(base, path)
        self.db = sqlite3.connect(path, isolation_level=None)
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-65536"):
            self.db.execute(f"PRAGMA {pragma}")
        if base:
            for table in _DERIVED:
                self.db.execute(f"DELETE FROM {table}")
        elif not again:
            self.db.executescript(_SCHEMA)
        self.db.execute("BEGIN")
        self._packer: Packer | None = Packer(dictionary(self.db)) if base or again else None
        self._waiting: list[Kept] = []

    @property
    def packer(self) -> Packer:
        """The packer; its dictionary is trained on the first records."""
        if self._packer is None:
            self._packer = Packer(self._train())
        return self._packer

    def _train(self) -> bytes:
        samples: list[bytes | bytearray | memoryview[int]] = [record.lines.encode() for record in self._waiting]
        if len(samples) < 200:
            return b""
        trained = zstandard.train_dictionary(64 * 1024, samples).as_bytes()
        self.db.execute("INSERT INTO meta VALUES ('dictionary', ?)", (trained,))
        return trained

    def put(self, record: Kept) -> None:
        """Write the record; a record of the same id gives way."""
        if self._packer is None:
            self._waiting.append(record)
            if len(self._waiting) < _SAMPLE:
                return
        self.settle(record if self._packer is not None else None)

    def settle(self, record: Kept | None = None) -> None:
        """Write the records that still wait for the dictionary, then this one."""
        packer = self.packer
        waiting, self._waiting = self._waiting, []
        for one in (*waiting, *([record] if record else [])):
            self._insert(one, packer)

    def _insert(self, record: Kept, packer: Packer) -> None:
        values = (
            record.path, record.id, record.title, record.kind, record.year, record.modified,
            packer.pack(record.lines.encode()),
            packer.pack(msgspec.msgpack.encode(record.claims)),
            packer.pack(msgspec.msgpack.encode(record.words)),
            packer.pack(msgspec.msgpack.encode(record.source)),
        )  # fmt: skip
        self.db.execute(
            "INSERT INTO records (path, id, title, kind, year, modified, lines, claims, words, source)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (path) DO UPDATE SET id = excluded.id,"
            " title = excluded.title, kind = excluded.kind, year = excluded.year, modified = excluded.modified,"
            " gone = '', lines = excluded.lines, claims = excluded.claims,"
            " words = excluded.words, source = excluded.source",
            values,
        )

    def holds(self, record: Kept) -> bool | None:
        """Determine whether the record is already here with the same triples; None where its id is new."""
        if self._packer is None:
            return None
        row = self.db.execute(
            "SELECT lines, claims FROM records WHERE path = ? AND gone = ''", (record.path,)
        ).fetchone()
        if row is None:
            return None
        claims = msgspec.msgpack.encode(record.claims)
        return bool(self.packer.unpack(row[0]) == record.lines.encode() and self.packer.unpack(row[1]) == claims)

    def paths(self) -> set[str]:
        """Return the paths of all records that are not deleted."""
        self.settle()
        return {path for (path,) in self.db.execute("SELECT path FROM records WHERE gone = ''")}

    def bury(self, path: str, reason: str) -> None:
        """Make the record a tombstone: its path, title and the reason stay, its triples go."""
        empty = self.packer.pack(b""), self.packer.pack(msgspec.msgpack.encode([]))
        self.db.execute("UPDATE records SET gone = ?, lines = ?, claims = ? WHERE path = ?", (reason, *empty, path))

    def records(self) -> Iterator[Packed]:
        """Yield every record that is not deleted, sorted by id."""
        self.settle()
        rows = self.db.execute(
            "SELECT n, id, lines, claims, words, path, title, kind, year FROM records WHERE gone = '' ORDER BY id"
        )
        claims_of = msgspec.msgpack.Decoder(list[Claim]).decode
        words_of = msgspec.msgpack.Decoder(dict[str, str]).decode
        unpack = self.packer.unpack
        for n, id_, lines, claims, words, *cells in rows:
            yield Packed(
                n, id_, unpack(lines).decode(), claims_of(unpack(claims)), words_of(unpack(words)), Entry(*cells)
            )

    def thing(self, n: int, path: str, title: str, kind: str, lines: str) -> None:
        """Write the document of a shared thing; `n` numbers it."""
        packed = self.packer.pack(lines.encode())
        self.db.execute("INSERT INTO things VALUES (?, ?, ?, ?, ?)", (n, path, title, kind, packed))

    def link(self, table: str, pairs: Iterable[tuple[int, int]]) -> None:
        """Write (target, source) pairs: which records (`links`) or things (`ties`) point at a thing."""
        self.db.executemany(f"INSERT OR IGNORE INTO {table} VALUES (?, ?)", pairs)

    def alias(self, path: str, target: str) -> None:
        """Make the path lead to another document, unless it is one itself."""
        self.db.execute("INSERT OR IGNORE INTO aliases VALUES (?, ?)", (path, target))

    def count(self, name: str, counts: dict[str, int]) -> None:
        """Write a table of counts, such as records per year."""
        self.db.executemany("INSERT INTO counts VALUES (?, ?, ?)", [(name, key, n) for key, n in counts.items()])

    def flush(self) -> None:
        """Make what is written visible to readers."""
        self.settle()
        self.db.execute("COMMIT")
        self.db.execute("BEGIN")

    def close(self) -> None:
        self.settle()
        self.db.execute("COMMIT")
        self.db.execute("ANALYZE")
        self.db.close()


def _copy(base: Path, path: Path) -> None:
    with closing(sqlite3.connect(base)) as old, closing(sqlite3.connect(path)) as new:
        old.backup(new)
