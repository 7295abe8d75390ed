"""The packed documents of a generation: one small SQLite file from which every page, form and dump is served.

A record's document is its own triples and those of the things it links to; a shared thing's document is what all
records claim about it. Lines are N-Triples, packed with Zstandard; the shared dictionary stands in the file itself.
"""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import zstandard
from msgspec import Struct

from ld import names
from ld.record import Source

_NAMING = re.compile(
    r"<[^>]*#it> <http://(?:www\.w3\.org/1999/02/22-rdf-syntax-ns#type|purl\.org/dc/terms/title|schema\.org/name)> "
)
# What the catalogue says about itself changes with every publishing, so no record's document repeats it.
_ABOUT_ITSELF = frozenset(("dataset", "scheme", "provenance", "labels"))


class Entry(Struct, frozen=True):
    """A line of a list: where the document is, what it is called, what kind of thing, of which year."""

    path: str
    title: str
    kind: str
    year: str = ""


class Document(Struct, frozen=True):
    """One document: `lines` are its own N-Triples; `gone` is the reason where it was deleted."""

    path: str
    title: str
    kind: str
    lines: str
    record: bool
    modified: str = ""
    year: str = ""
    gone: str = ""


class Packer:
    """Packs and unpacks texts. Not for several threads: Zstandard contexts are not safe to share."""

    def __init__(self, dictionary: bytes = b"") -> None:
        known = zstandard.ZstdCompressionDict(dictionary) if dictionary else None
        self._out = zstandard.ZstdDecompressor(dict_data=known) if known else zstandard.ZstdDecompressor()
        self._in = zstandard.ZstdCompressor(level=3, dict_data=known) if known else zstandard.ZstdCompressor(level=3)

    def pack(self, data: bytes) -> bytes:
        return self._in.compress(data)

    def unpack(self, data: bytes) -> bytes:
        return self._out.decompress(data)


class Documents:
    """Reads the documents of a finished generation. Safe for threads: each has its own connection."""

    def __init__(self, path: Path, base: str) -> None:
        self.path = path
        self.base = base
        self._local = threading.local()
        self._linked = re.compile(rf"> <{re.escape(base)}([^>#]+)#it> \.$", re.MULTILINE)
        self._topic = re.compile(rf"/primaryTopic> <{re.escape(base)}([^>#]+)#it> \.$", re.MULTILINE)

    def _open(self) -> tuple[sqlite3.Connection, Packer]:
        if not hasattr(self._local, "db"):
            uri = f"{self.path.resolve().as_uri()}?mode=ro&immutable=1"
            self._local.db = sqlite3.connect(uri, uri=True, check_same_thread=False)
            self._local.packer = Packer(dictionary(self._local.db))
        return self._local.db, self._local.packer

    def close(self) -> None:
        """Close this thread's connection."""
        if hasattr(self._local, "db"):
            self._local.db.close()
            del self._local.db

    def get(self, path: str) -> Document | None:
        """Return the document at the path (percent-decoded, without the base), None where there is none."""
        db, packer = self._open()
        row = db.execute(
            "SELECT path, title, kind, lines, modified, year, gone FROM records WHERE path = ?", (path,)
        ).fetchone()
        if row:
            lines = packer.unpack(row[3]).decode()
            return Document(row[0], row[1], row[2], lines, True, row[4], row[5], row[6])
        row = db.execute("SELECT path, title, kind, lines FROM things WHERE path = ?", (path,)).fetchone()
        return Document(row[0], row[1], row[2], packer.unpack(row[3]).decode(), False) if row else None

    def alias(self, path: str) -> str | None:
        """Return the path that this one stands for, None where it stands for none."""
        row = self._open()[0].execute("SELECT target FROM aliases WHERE path = ?", (path,)).fetchone()
        return str(row[0]) if row else None

    def lines(self, document: Document) -> str:
        """Return the whole graph of a document as N-Triples: its own lines and those of the things it links to.

        Of a linked record only the classes and the title are told: it has a document of its own.
        """
        own = document.lines
        for topic in self.topics(document):
            own += topic.lines
        parts = [own]
        seen = {document.path, *(topic.path for topic in self.topics(document))}
        for path in self._linked.findall(own):
            path = names.decoded(path)
            if path not in seen:
                seen.add(path)
                other = self.get(path)
                if other and other.kind not in _ABOUT_ITSELF:
                    parts.append(_label(other) if other.record else other.lines)
        return "".join(dict.fromkeys("".join(parts).splitlines(keepends=True)))

    def topics(self, document: Document) -> list[Document]:
        """Return the shared thing that a record is about, where it is about one: a journal's own record."""
        if not document.record:
            return []
        paths = (names.decoded(path) for path in self._topic.findall(document.lines))
        return [found for path in paths if path != document.path and (found := self.get(path))]

    def pointing(self, path: str, limit: int = 50, offset: int = 0) -> tuple[int, list[Entry]]:
        """Return how many records point at the thing, and a page of them in the order they came in."""
        return self._page("links", "records", "record", path, limit, offset)

    def tied(self, path: str, limit: int = 50, offset: int = 0) -> tuple[int, list[Entry]]:
        """Return how many other shared things point at the thing, and a page of them."""
        return self._page("ties", "things", "thing", path, limit, offset)

    def _page(self, table: str, of: str, column: str, path: str, limit: int, offset: int) -> tuple[int, list[Entry]]:
        db, _ = self._open()
        row = db.execute("SELECT n FROM things WHERE path = ?", (path,)).fetchone()
        if row is None:
            return 0, []
        total = db.execute(f"SELECT count(*) FROM {table} WHERE target = ?", row).fetchone()[0]
        year = "year" if of == "records" else "''"
        found = db.execute(
            f"SELECT path, title, kind, {year} FROM {table} JOIN {of} ON {of}.n = {table}.{column}"
            f" WHERE target = ? ORDER BY {table}.{column} LIMIT ? OFFSET ?",
            (*row, limit, offset),
        )
        return total, [Entry(*cells) for cells in found]

    def source(self, path: str) -> Source | None:
        """Return the source record as it came."""
        db, packer = self._open()
        row = db.execute("SELECT source FROM records WHERE path = ?", (path,)).fetchone()
        return msgspec.msgpack.decode(packer.unpack(row[0]), type=Source) if row else None

    def records(self) -> Iterator[Document]:
        """Yield every record that is not deleted, sorted by id."""
        db, packer = self._open()
        rows = db.execute("SELECT path, title, kind, lines, modified, year FROM records WHERE gone = '' ORDER BY id")
        for path, title, kind, lines, modified, year in rows:
            yield Document(path, title, kind, packer.unpack(lines).decode(), True, modified, year)

    def list_records(self, after: str = "", limit: int = 50) -> list[Entry]:
        """Return records in the order of their paths, from behind the one named."""
        rows = self._open()[0].execute(
            "SELECT path, title, kind, year FROM records WHERE path > ? AND gone = '' ORDER BY path LIMIT ?",
            (after, limit),
        )
        return [Entry(*row) for row in rows]

    def changed(self, offset: int, limit: int) -> list[tuple[str, str]]:
        """Return path and time of the last change of records, in the order of their paths."""
        return list(
            self._open()[0].execute(
                "SELECT path, modified FROM records WHERE gone = '' ORDER BY path LIMIT ? OFFSET ?", (limit, offset)
            )
        )

    def list_things(self, kind: str, after: str = "", limit: int = 50) -> list[Entry]:
        """Return shared things of a kind in the order of their paths, from behind the one named."""
        rows = self._open()[0].execute(
            "SELECT path, title, kind FROM things WHERE kind = ? AND path > ? ORDER BY path LIMIT ?",
            (kind, after, limit),
        )
        return [Entry(*row) for row in rows]

    def counts(self, name: str) -> dict[str, int]:
        """Return a table of counts made at publishing time, such as records per `year`, largest first."""
        rows = self._open()[0].execute("SELECT key, n FROM counts WHERE name = ? ORDER BY n DESC, key", (name,))
        return dict(rows.fetchall())


def dictionary(db: sqlite3.Connection) -> bytes:
    """Return the compression dictionary that stands in the file, empty where there is none."""
    row: Any = db.execute("SELECT value FROM meta WHERE name = 'dictionary'").fetchone()
    return bytes(row[0]) if row else b""


def _label(document: Document) -> str:
    """Return the lines of a record's work that name it: its classes and its titles."""
    return "".join(line for line in document.lines.splitlines(keepends=True) if _NAMING.match(line))
