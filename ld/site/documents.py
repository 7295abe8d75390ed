"""The packed documents of a generation: two small SQLite files from which every page, form and dump is served.

A record's document is its own triples and those of the things it links to; a shared thing's document is what all
records claim about it. Lines are N-Triples, packed with Zstandard; the dictionaries stand in the file itself.
"""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from ld.memo import Shelf
from ld.record import Source
from ld.site.files import MAPPED, Packers, immutable, immutable_uri, packers
from ld.values import names

RECORDS, THINGS = "documents.sqlite", "things.sqlite"
_NAMING = re.compile(
    r"<[^>]*#it> <http://(?:www\.w3\.org/1999/02/22-rdf-syntax-ns#type|purl\.org/dc/terms/title|schema\.org/name)> "
)
# What the catalogue says about itself changes with every publishing, so no record's document repeats it.
_ABOUT_ITSELF = frozenset(("dataset", "scheme", "provenance", "labels"))
# What shared things say of themselves, kept at hand for all threads: about 1 kB each.
_TOLD: Shelf[tuple[int, str]] = Shelf(64 << 20)
_numbers = count()
_RECORD = "path, title, kind, lines, modified, year, gone, gone_on, successor, n"
_RANGE = "path >= ? AND path < ?"
# Behind every path, and the last of all numbers.
LAST, LAST_NUMBER = "\U0010ffff", (1 << 63) - 1


class Entry(Struct, frozen=True):
    """A line of a list: where the document is, what it is called, what kind of thing, of which year."""

    path: str
    title: str
    kind: str
    year: str = ""


class Document(Struct, frozen=True):
    """One document: `data` are its own N-Triples in UTF-8; `gone` is the reason where it was deleted.

    A deleted record keeps the date of its deletion and, where it was replaced by another, the id of this successor.
    `n` is the number of a record within its generation.
    """

    path: str
    title: str
    kind: str
    data: bytes
    record: bool
    modified: str = ""
    year: str = ""
    gone: str = ""
    gone_on: str = ""
    successor: str = ""
    n: int = 0

    @property
    def lines(self) -> str:
        """Its own N-Triples as text."""
        return self.data.decode()


class Change(Struct, frozen=True):
    """What happened to a record in one publishing: `change` is created, updated or deleted."""

    generation: str
    change: str
    path: str


class Documents:
    """Reads the documents of a finished generation. Safe for threads: each has its own connection.

    Whoever reads all of them once does not have the files `mapped`: the pages would count as memory of the process.
    """

    def __init__(self, folder: Path, base: str, *, mapped: bool = True) -> None:
        self.folder = folder
        self.base = base
        self._mapped = mapped
        self._local = threading.local()
        self._links = Links(base)
        self._number = next(_numbers)

    def _open(self) -> tuple[sqlite3.Connection, Packers]:
        if not hasattr(self._local, "db"):
            db = immutable(self.folder / RECORDS, mapped=self._mapped)
            db.execute("ATTACH ? AS shared", (immutable_uri(self.folder / THINGS),))
            db.execute(f"PRAGMA mmap_size = {MAPPED if self._mapped else 0}")
            self._local.db, self._local.packers = db, packers(db)
        return self._local.db, self._local.packers

    def close(self) -> None:
        """Close this thread's connection."""
        if hasattr(self._local, "db"):
            self._local.db.close()
            del self._local.db

    @property
    def packers(self) -> Packers:
        """The packers with which these documents were packed; for this thread."""
        return self._open()[1]

    # -- one document --------------------------------------------------------------------------------------------------

    def get(self, path: str) -> Document | None:
        """Return the document at the path (percent-decoded, without the base), None where there is none."""
        db, known = self._open()
        row = db.execute(f"SELECT {_RECORD} FROM records WHERE path = ?", (path,)).fetchone()
        return _record(row, known) if row else self.thing(path)

    def thing(self, path: str) -> Document | None:
        """Return the document of the shared thing at the path, None where there is none."""
        db, known = self._open()
        row = db.execute("SELECT path, title, kind, lines FROM things WHERE n = ?", (names.number(path),)).fetchone()
        return _thing(row, known) if row and row[0] == path else None

    def alias(self, path: str) -> str | None:
        """Return the path that this one stands for, None where it stands for none."""
        row = self._open()[0].execute("SELECT min(target) FROM aliases WHERE path = ?", (path,)).fetchone()
        return str(row[0]) if row[0] else None

    def lines(self, document: Document) -> str:
        """Return the whole graph of a document as N-Triples: its own lines and those of the things it links to.

        Of a linked record only the classes and the title are told: it has a document of its own.
        """
        return whole(document.lines + "".join(self.around(document)))

    def around(self, document: Document) -> list[str]:
        """Return the lines of the things that a document links to, each as its own document has them."""
        topic = self.topic(document)
        parts = [topic.lines] if topic else []
        seen = {document.path, topic.path if topic else ""}
        for data in (document.data, *([topic.data] if topic else [])):
            for path in self._links.paths(data):
                if path not in seen:
                    seen.add(path)
                    other = self._other(path)
                    if other:
                        parts.append(other)
        return parts

    def _other(self, path: str) -> str:
        """Return what is told of a document that another one links to. Shared things are met again and again."""
        key = self._number, path
        found = _TOLD.get(key)
        if found is None:
            other = self.get(path) if path.startswith("record/") else self.thing(path)
            if other and other.record:
                return _label(other)
            found = other.lines if other and other.kind not in _ABOUT_ITSELF else ""
            _TOLD.put(key, found)
        return found

    def topic(self, document: Document) -> Document | None:
        """Return the shared thing that a record is about, None where it is about a work of its own.

        Such a thing is a journal; in the JSON-LD of its record the URL of the page is outermost.
        """
        path = self._links.topic(document.data) if document.record else ""
        return self.get(path) if path and path != document.path else None

    def has_record(self, path: str) -> bool:
        """Determine whether there is a record at the path that is not deleted."""
        row = self._open()[0].execute("SELECT 1 FROM records WHERE path = ? AND gone = ''", (path,)).fetchone()
        return row is not None

    def has_thing(self, n: int) -> bool:
        """Determine whether there is a shared thing of that number."""
        return self._open()[0].execute("SELECT 1 FROM things WHERE n = ?", (n,)).fetchone() is not None

    def source(self, path: str) -> Source | None:
        """Return the source record as it came; None where there is no such record, or a deleted one."""
        db, known = self._open()
        row = db.execute("SELECT source FROM records WHERE path = ? AND gone = ''", (path,)).fetchone()
        return _SOURCE.decode(known.sources.unpack(row[0])) if row else None

    def digest(self, path: str) -> bytes:
        """Return the digest of the record's source; empty where there is no such record, or a deleted one."""
        row = self._open()[0].execute("SELECT digest FROM records WHERE path = ? AND gone = ''", (path,)).fetchone()
        return bytes(row[0]) if row else b""

    # -- who points at it ----------------------------------------------------------------------------------------------

    def pointing(self, path: str, limit: int = 50, offset: int = 0) -> tuple[int, list[Entry]]:
        """Return how many records point at the thing, and a page of them, the newest first."""
        db, _ = self._open()
        target = names.number(path)
        total = db.execute("SELECT count(*) FROM links WHERE target = ?", (target,)).fetchone()[0]
        found = db.execute(
            "SELECT path, title, kind, year FROM links JOIN records ON records.n = links.record"
            " WHERE target = ? ORDER BY rank LIMIT ? OFFSET ?",
            (target, limit, offset),
        )
        return total, [Entry(*cells) for cells in found]

    def tied(self, path: str, limit: int = 50, offset: int = 0) -> tuple[int, list[Entry]]:
        """Return how many other shared things point at the thing, and a page of them in the order of their paths."""
        db, _ = self._open()
        target = names.number(path)
        total = db.execute("SELECT count(*) FROM ties WHERE target = ?", (target,)).fetchone()[0]
        found = db.execute(
            "SELECT things.path, title, kind FROM ties JOIN things ON things.n = ties.thing"
            " WHERE target = ? ORDER BY ties.path LIMIT ? OFFSET ?",
            (target, limit, offset),
        )
        return total, [Entry(*cells) for cells in found]

    # -- many ----------------------------------------------------------------------------------------------------------

    def records(self, start: str = "", end: str = LAST) -> Iterator[Document]:
        """Yield every record that is not deleted in the order of their paths, from `start` to before `end`."""
        db, known = self._open()
        query = f"SELECT {_RECORD} FROM records WHERE gone = '' AND {_RANGE} ORDER BY path"
        for row in db.execute(query, (start, end)):
            yield _record(row, known)

    def paths(self, start: str = "", end: str = LAST) -> Iterator[str]:
        """Yield the paths of all records that are not deleted, in their order, from `start` to before `end`."""
        query = f"SELECT path FROM records WHERE gone = '' AND {_RANGE} ORDER BY path"
        for (path,) in self._open()[0].execute(query, (start, end)):
            yield path

    def path_at(self, offset: int) -> str:
        """Return the path of the record at that place in the order of paths, empty where there are fewer."""
        query = "SELECT path FROM records WHERE gone = '' ORDER BY path LIMIT 1 OFFSET ?"
        row = self._open()[0].execute(query, (offset,)).fetchone()
        return str(row[0]) if row else ""

    def things(self, start: int = 0, last: int = LAST_NUMBER) -> Iterator[Document]:
        """Yield every shared thing that records name, in the order of their numbers, from `start` to `last`."""
        db, known = self._open()
        query = "SELECT path, title, kind, lines FROM things WHERE length(claims) > 0 AND n BETWEEN ? AND ? ORDER BY n"
        for row in db.execute(query, (start, last)):
            yield _thing(row, known)

    def sources(self, remainder: int = 0, divisor: int = 1) -> Iterator[Source]:
        """Yield the source of every record that is not deleted; of several readers each its share."""
        db, known = self._open()
        rows = db.execute("SELECT source FROM records WHERE gone = '' AND n % ? = ?", (divisor, remainder))
        for (source,) in rows:
            yield _SOURCE.decode(known.sources.unpack(source))

    def tombstones(self) -> Iterator[Document]:
        """Yield the deleted records in the order of their paths."""
        db, known = self._open()
        for row in db.execute(f"SELECT {_RECORD} FROM records WHERE gone != '' ORDER BY path"):
            yield _record(row, known)

    def changes(self, after: str = "") -> Iterator[Change]:
        """Yield what happened to records in the publishings after that generation, in their order.

        What the first generation of a site created is not told: all of it was.
        """
        query = "SELECT generation, change, path FROM changes WHERE generation > ? ORDER BY n"
        for row in self._open()[0].execute(query, (after,)):
            yield Change(*row)

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


_SOURCE = msgspec.msgpack.Decoder(Source)
# How a line ends whose object is a thing with a document, and how far before it that object may begin.
_THING = b"#it> .\n"
_LONGEST_LINK = 1 << 14


class Links:
    """Finds, in N-Triples lines, the things with documents here that they point at; for one base URL.

    (Cutting bytes at a mark, and searching from the end, is several times quicker than a regular expression.)
    """

    def __init__(self, base: str) -> None:
        self._object = f"> <{base}".encode()
        self._topic = f"/primaryTopic> <{base}".encode()

    def paths(self, data: bytes) -> list[str]:
        """Return the paths of the things, each once."""
        found: dict[bytes, None] = {}
        for piece in data.split(_THING)[:-1]:
            at = piece.rfind(self._object, -_LONGEST_LINK)
            path = piece[at + len(self._object) :]
            if at >= 0 and b">" not in path:
                found[path] = None
        return [names.decoded(path.decode()) for path in found]

    def topic(self, data: bytes) -> str:
        """Return the path of what a record is about, empty where the lines do not say."""
        at = data.rfind(self._topic)
        path, _, rest = data[at + len(self._topic) : at + _LONGEST_LINK].partition(b"#") if at >= 0 else (b"",) * 3
        return names.decoded(path.decode()) if rest.startswith(b"it> .\n") else ""


def whole(lines: str) -> str:
    """Return the lines, each once. They end at line feeds only: other ends of lines may stand in a literal."""
    return "\n".join(dict.fromkeys(lines.split("\n")))


def _record(row: tuple[Any, ...], known: Packers) -> Document:
    path, title, kind, lines, *rest = row
    return Document(path, title, kind, known.lines.unpack(lines), True, *rest)


def _thing(row: tuple[Any, ...], known: Packers) -> Document:
    path, title, kind, lines = row
    return Document(path, title, kind, known.lines.unpack(lines), False)


def _label(document: Document) -> str:
    """Return the lines of a record's work that name it: its classes and its titles."""
    return "".join(f"{line}\n" for line in document.lines.split("\n") if _NAMING.match(line))
