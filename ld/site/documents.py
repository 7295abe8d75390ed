"""The packed documents of a generation: two small SQLite files from which every page, form and dump is served.

A record's document is its own triples and those of the things it links to; a shared thing's document is what all
records claim about it. Beside the triples lies what people need to know: the summary of a record, the card of a thing.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any
from unicodedata import normalize

import msgspec
from msgspec import Struct

from ld.formats.ntriples import whole
from ld.memo import Shelf
from ld.record import Source
from ld.site.files import MAPPED, Body, Packers, immutable, immutable_uri, opened_body, packers
from ld.summary import Agent, Card, Named, Ref, Summary, Text, Value, Within, plain
from ld.values import keys, names

RECORDS, THINGS = "documents.sqlite", "things.sqlite"
# What the catalogue says about itself changes with every publishing, so no record's document repeats it.
_ABOUT_ITSELF = frozenset(("dataset", "scheme", "provenance", "labels"))
# What shared things say of themselves, kept at hand for all threads: about 1 kB each.
_TOLD: Shelf[tuple[int, int]] = Shelf(64 << 20)
_numbers = count()
_RECORD = "path, title, kind, body, mentions, modified, year, gone, gone_on, successor, n"
_THING = "path, title, kind, body"
_LOOSELY = "SELECT things.path FROM loose JOIN things ON things.n = loose.thing WHERE loose.path = ?"
_RANGE = "path >= ? AND path < ?"
# Behind every path, and the last of all numbers.
LAST, LAST_NUMBER = "\U0010ffff", (1 << 63) - 1


class Entry(Struct, frozen=True):
    """A line of a list: the path of the document, its title, the kind of thing, the year."""

    path: str
    title: str
    kind: str
    year: str = ""


class Document(Struct, frozen=True):
    """One document, unpacked: its own triples and what people need to know; `gone` is why it was deleted, if it was.

    A deleted record keeps the date of its deletion and, if another has replaced it, the id of that successor.
    `mentions` are the things that a record names, `n` is its number within the generation.
    """

    path: str
    title: str
    kind: str
    body: bytes
    record: bool
    mentions: bytes = b""
    modified: str = ""
    year: str = ""
    gone: str = ""
    gone_on: str = ""
    successor: str = ""
    n: int = 0

    @property
    def opened(self) -> Body:
        """Its own triples, and what people need to know."""
        return opened_body(self.body)

    @property
    def data(self) -> bytes:
        """Its own N-Triples in UTF-8."""
        return self.opened.lines

    @property
    def lines(self) -> str:
        """Its own N-Triples as text."""
        return self.data.decode()

    @property
    def summary(self) -> Summary:
        """What a record says, its things named as in the source."""
        return _SUMMARY(self.opened.about)

    @property
    def card(self) -> Card:
        """What a shared thing is."""
        return _CARD(self.opened.about)


class Change(Struct, frozen=True):
    """What happened to a record in one publishing: `change` is created, updated or deleted."""

    generation: str
    change: str
    path: str


class Documents:
    """Reads the documents of a finished generation. Safe for threads: each has its own connection.

    To read all of them once, leave the files unmapped (`mapped`): the pages would count as memory of the process.
    """

    def __init__(self, folder: Path, base: str, *, mapped: bool = True) -> None:
        self.folder = folder
        self.base = base
        self._mapped = mapped
        self._local = threading.local()
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
        """This thread's packers, with the dictionaries of these documents."""
        return self._open()[1]

    # -- one document --------------------------------------------------------------------------------------------------

    def get(self, path: str) -> Document | None:
        """Return the document at the path (percent-decoded, without the base), None where there is none."""
        db, packers = self._open()
        row = db.execute(f"SELECT {_RECORD} FROM records WHERE path = ?", (path,)).fetchone()
        return _record(row, packers) if row else self.thing(path)

    def thing(self, path: str) -> Document | None:
        """Return the document of the shared thing at the path, None where there is none."""
        document = self._numbered(names.number(path))
        return document if document and document.path == path else None

    def _numbered(self, n: int) -> Document | None:
        db, packers = self._open()
        row = db.execute(f"SELECT {_THING} FROM things WHERE n = ?", (n,)).fetchone()
        return _thing(row, packers) if row else None

    def alias(self, path: str) -> str | None:
        """Return the path that this one is another name of, None where it is none."""
        row = self._open()[0].execute("SELECT min(target) FROM aliases WHERE path = ?", (path,)).fetchone()
        return str(row[0]) if row[0] else None

    def moved(self, path: str) -> tuple[str, str] | None:
        """Return where the thing at the path went by a cataloguer's word, and that word; None where it stayed."""
        with suppress(sqlite3.OperationalError):  # a generation of an earlier version lacks the table
            row = self._open()[0].execute("SELECT target, why FROM moved WHERE path = ?", (path,)).fetchone()
            return (str(row[0]), str(row[1])) if row else None
        return None

    def loosely(self, path: str) -> str | None:
        """Return the path of the one thing that is meant by this one, which lacks accents or hash; None for several.

        A hash that the path has must be the thing's.
        """
        for name in (normalize("NFC", path).lower(), keys.loose(path)):
            found = [name] if self.thing(name) else []
            with suppress(sqlite3.OperationalError):  # a generation of an earlier version lacks the table
                found += [one for (one,) in self._open()[0].execute(_LOOSELY, (names.number(name),))]
            found = [one for one in found if "~" not in path or one.endswith(path[path.rindex("~") :].lower())]
            if found:
                return found[0] if len(found) == 1 else None
        return None

    def lines(self, document: Document) -> str:
        """Return the whole graph of a document as N-Triples: its own lines and those of the things it links to.

        A linked record gives only its classes and title: it has a document of its own.
        """
        return whole(document.lines + "".join(self.around(document)))

    def around(self, document: Document) -> list[str]:
        """Return the lines about the things that a document links to, each as in its own document."""
        if not document.record:
            return self._linked(document.card.links, {names.number(document.path)})
        summary = document.summary
        topic = self.thing(summary.topic) if summary.topic else None
        numbers = dict.fromkeys(number for number, key in mentioned(document.mentions) if key)
        parts = []
        if topic:
            parts.append(topic.lines)
            numbers.pop(names.number(topic.path), None)
        parts += map(self._other, numbers)
        links = dict.fromkeys([*summary.linked, *(topic.card.links if topic else ())])
        links.pop(document.path, None)
        return parts + self._linked(links, {*numbers, names.number(summary.topic)})

    def _linked(self, paths: Iterable[str], told: set[int]) -> list[str]:
        """Return the lines of the documents at the paths, without those given already."""
        parts = []
        for path in paths:
            if path.startswith("record/"):
                parts.append(self._label(path))
            elif (number := names.number(path)) not in told:
                parts.append(self._other(number))
        return parts

    def _other(self, number: int) -> str:
        """Return the lines that other documents show of a thing they link to; kept, because such things recur."""
        key = self._number, number
        lines = _TOLD.get(key)
        if lines is None:
            other = self._numbered(number)
            lines = other.lines if other and other.kind not in _ABOUT_ITSELF else ""
            _TOLD.put(key, lines)
        return lines

    def _label(self, path: str) -> str:
        """Return the lines that give the classes and title of a record's work."""
        document = self.get(path)
        if document is None or not document.record or document.gone:
            return ""
        opened = document.opened
        return b"".join(line + b"\n" for line in opened.lines.split(b"\n", opened.naming)[: opened.naming]).decode()

    def named(self, document: Document) -> Summary:
        """Return the summary of a record with its shared things named as their own documents name them."""
        summary = document.summary
        topic = self.card(summary.topic) if summary.topic else None
        publishers, issns = summary.publishers, summary.issns
        if topic:  # what all records say of the journal that this one is about
            publishers = [Named(Text(""), path) for path in self._paths(topic, "publisher")] or publishers
            issns = topic.texts("any_issn")
        return msgspec.structs.replace(
            summary,
            issns=issns,
            people=[self._agent(agent) if agent.path else agent for agent in summary.people],
            publishers=list(dict.fromkeys(map(self._named, publishers))),
            subjects=list(dict.fromkeys(map(self._named, summary.subjects))),
            institutions=list(map(self._named, summary.institutions)),
            containers=list(map(self._within, summary.containers)),
        )

    def cited(self, document: Document) -> Summary:
        """Return the summary of a record as it is cited: in its own words, and those of a record it is part of."""
        summary = document.summary
        within = [self._within(one) if one.kind == "work" else one for one in summary.containers]
        return msgspec.structs.replace(summary, containers=within)

    def rows(self, card: Card) -> dict[str, list[str | Text | Named]]:
        """Return the fields of a shared thing as its page shows them: other things by name and path."""
        return {field: [self._shown(value, card) for value in values] for field, values in card.fields.items()}

    def _shown(self, value: Value, card: Card) -> str | Text | Named:
        if isinstance(value, Text):
            return value
        if not isinstance(value, Ref) or not (value.iri.startswith(self.base) and value.iri.endswith("#it")):
            return plain(value)
        path = self.path_of(value.iri)
        return card.parts.get(value.iri) or self._named(Named(Text(path.rpartition("/")[2]), path))

    def card(self, path: str) -> Card | None:
        """Return the card of the shared thing at the path, None where there is none."""
        thing = self.thing(path)
        return thing.card if thing else None

    def _paths(self, card: Card, field: str) -> list[str]:
        return [self.path_of(value.iri) for value in card.fields.get(field, ()) if isinstance(value, Ref)]

    def path_of(self, iri: str) -> str:
        """Return the path of the document about a thing of this site."""
        return names.decoded(iri.partition("#")[0].removeprefix(self.base))

    def _named(self, named: Named) -> Named:
        card = self.card(named.path) if named.path else None
        return Named(card.title, named.path) if card else named

    def _agent(self, agent: Agent) -> Agent:
        card = self.card(agent.path)
        if card is None:
            return agent
        given, family, same = (next(iter(card.texts(field)), "") for field in ("given", "family", "same"))
        return msgspec.structs.replace(agent, name=card.title.text, given=given, family=family, same=same)

    def _within(self, within: Within) -> Within:
        if within.kind == "work":
            record = self.get(within.path)
            return msgspec.structs.replace(within, title=record.title) if record and not record.gone else within
        card = self.card(within.path)
        if card is None:
            return within
        title = "" if card.title.text == within.path else card.title.text  # nobody says what it is called
        return msgspec.structs.replace(within, title=title, issns=tuple(card.texts("any_issn")))

    def has_record(self, path: str) -> bool:
        """Determine whether there is a record at the path that is not deleted."""
        row = self._open()[0].execute("SELECT 1 FROM records WHERE path = ? AND gone = ''", (path,)).fetchone()
        return row is not None

    def has_thing(self, n: int) -> bool:
        """Determine whether there is a shared thing of that number."""
        return self._open()[0].execute("SELECT 1 FROM things WHERE n = ?", (n,)).fetchone() is not None

    def source(self, path: str) -> Source | None:
        """Return the source record as it came; None where there is no such record, or it was deleted."""
        db, packers = self._open()
        row = db.execute("SELECT source FROM records WHERE path = ? AND gone = ''", (path,)).fetchone()
        return _SOURCE.decode(packers.sources.unpack(row[0])) if row else None

    def digest(self, path: str) -> bytes:
        """Return the digest of the record's source; empty where there is no such record, or it was deleted."""
        row = self._open()[0].execute("SELECT digest FROM records WHERE path = ? AND gone = ''", (path,)).fetchone()
        return bytes(row[0]) if row else b""

    # -- who points at it ----------------------------------------------------------------------------------------------

    def pointing(self, path: str, limit: int = 50, offset: int = 0) -> tuple[int, list[Entry]]:
        """Return how many records point at the thing, and a page of them, the newest first."""
        db, _ = self._open()
        target = names.number(path)
        total = db.execute("SELECT count(*) FROM links WHERE target = ?", (target,)).fetchone()[0]
        rows = db.execute(
            "SELECT path, title, kind, year FROM links JOIN records ON records.n = links.record"
            " WHERE target = ? ORDER BY rank LIMIT ? OFFSET ?",
            (target, limit, offset),
        )
        return total, [Entry(*cells) for cells in rows]

    def tied(self, path: str, limit: int = 50, offset: int = 0) -> tuple[int, list[Entry]]:
        """Return how many other shared things point at the thing, and a page of them in the order of their paths."""
        db, _ = self._open()
        target = names.number(path)
        total = db.execute("SELECT count(*) FROM ties WHERE target = ?", (target,)).fetchone()[0]
        rows = db.execute(
            "SELECT things.path, title, kind FROM ties JOIN things ON things.n = ties.thing"
            " WHERE target = ? ORDER BY ties.path LIMIT ? OFFSET ?",
            (target, limit, offset),
        )
        return total, [Entry(*cells) for cells in rows]

    # -- many ----------------------------------------------------------------------------------------------------------

    def records(self, start: str = "", end: str = LAST) -> Iterator[Document]:
        """Yield the records that are not deleted, ordered by path, from `start` to before `end`."""
        db, packers = self._open()
        query = f"SELECT {_RECORD} FROM records WHERE gone = '' AND {_RANGE} ORDER BY path"
        for row in db.execute(query, (start, end)):
            yield _record(row, packers)

    def paths(self, start: str = "", end: str = LAST) -> Iterator[str]:
        """Yield the paths of the records that are not deleted, sorted, from `start` to before `end`."""
        query = f"SELECT path FROM records WHERE gone = '' AND {_RANGE} ORDER BY path"
        for (path,) in self._open()[0].execute(query, (start, end)):
            yield path

    def path_at(self, offset: int) -> str:
        """Return the path of the record at that place, ordered by path; empty where there are fewer."""
        query = "SELECT path FROM records WHERE gone = '' ORDER BY path LIMIT 1 OFFSET ?"
        row = self._open()[0].execute(query, (offset,)).fetchone()
        return str(row[0]) if row else ""

    def things(self, start: int = 0, last: int = LAST_NUMBER) -> Iterator[Document]:
        """Yield the shared things that records name, ordered by number, from `start` to `last`."""
        db, packers = self._open()
        query = f"SELECT {_THING} FROM things WHERE length(claims) > 0 AND n BETWEEN ? AND ? ORDER BY n"
        for row in db.execute(query, (start, last)):
            yield _thing(row, packers)

    def sources(self, remainder: int = 0, divisor: int = 1) -> Iterator[Source]:
        """Yield the sources of the records that are not deleted; each of several readers gets its share."""
        db, packers = self._open()
        rows = db.execute("SELECT source FROM records WHERE gone = '' AND n % ? = ?", (divisor, remainder))
        for (source,) in rows:
            yield _SOURCE.decode(packers.sources.unpack(source))

    def tombstones(self) -> Iterator[Document]:
        """Yield the deleted records, ordered by path."""
        db, packers = self._open()
        for row in db.execute(f"SELECT {_RECORD} FROM records WHERE gone != '' ORDER BY path"):
            yield _record(row, packers)

    def changes(self, after: str = "") -> Iterator[Change]:
        """Yield what publishings after that generation did to records, the oldest first.

        The records that a site's first generation created are left out: it created all of them.
        """
        query = "SELECT generation, change, path FROM changes WHERE generation > ? ORDER BY n"
        for row in self._open()[0].execute(query, (after,)):
            yield Change(*row)

    def list_records(self, after: str = "", limit: int = 50) -> list[Entry]:
        """Return records ordered by path, beginning after the one named."""
        rows = self._open()[0].execute(
            "SELECT path, title, kind, year FROM records WHERE path > ? AND gone = '' ORDER BY path LIMIT ?",
            (after, limit),
        )
        return [Entry(*row) for row in rows]

    def changed(self, offset: int, limit: int) -> list[tuple[str, str]]:
        """Return the path and the time of the last change of records, ordered by path."""
        return list(
            self._open()[0].execute(
                "SELECT path, modified FROM records WHERE gone = '' ORDER BY path LIMIT ? OFFSET ?", (limit, offset)
            )
        )

    def list_things(self, kind: str, after: str = "", limit: int = 50) -> list[Entry]:
        """Return shared things of a kind ordered by path, beginning after the one named."""
        rows = self._open()[0].execute(
            "SELECT path, title, kind FROM things WHERE kind = ? AND path > ? ORDER BY path LIMIT ?",
            (kind, after, limit),
        )
        return [Entry(*row) for row in rows]

    def counts(self, name: str) -> dict[str, int]:
        """Return a table of counts made when publishing, such as records per `year`, the largest first."""
        rows = self._open()[0].execute("SELECT key, n FROM counts WHERE name = ? ORDER BY n DESC, key", (name,))
        return dict(rows.fetchall())


_SOURCE = msgspec.msgpack.Decoder(Source)
_SUMMARY = msgspec.msgpack.Decoder(Summary).decode
_CARD = msgspec.msgpack.Decoder(Card).decode
_MENTIONS = msgspec.msgpack.Decoder(list[tuple[int, int]]).decode


def mentioned(mentions: bytes) -> list[tuple[int, int]]:
    """Return the numbers of the documents that a record links to, each with the key of its mention."""
    return _MENTIONS(mentions) if mentions else []


def _record(row: tuple[Any, ...], packers: Packers) -> Document:
    path, title, kind, body, *rest = row
    return Document(path, title, kind, packers.bodies.unpack(body), True, *rest)


def _thing(row: tuple[Any, ...], packers: Packers) -> Document:
    path, title, kind, body = row
    return Document(path, title, kind, packers.bodies.unpack(body), False)
