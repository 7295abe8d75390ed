"""The finished forms of records: what most requests ask for is made once, when the record is published.

JSON-LD, Turtle and links of a record lie packed in a small file beside the documents. They are those of the dumps and
of `Shown`, byte for byte; where the program would write them otherwise by now, they are made anew for each request.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterable
from functools import cached_property, lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from ld import formats, names
from ld.deposit import opened
from ld.documents import Document, Documents, Packer, dictionary, immutable, whole
from ld.jsonld import compactor, names_of
from ld.links import Facts, Link, Tree, address, data_links, facts, header, page_links
from ld.turtle import shortener
from ld.vocab import Vocabulary, vocabulary

FORMS = "forms.sqlite"
CONTEXT = "context/v1.jsonld"
_SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB);
CREATE TABLE forms (n INTEGER PRIMARY KEY, data BLOB NOT NULL);
"""
_SAMPLE = 400
_LEVEL = 3
# Of the program, the files that decide how a form is written.
_DECISIVE = ("formats", "jsonld", "turtle", "links", "forms")


class Finished(Struct, frozen=True):
    """The forms of a record: JSON-LD on one line, the Link header of its data forms, Turtle."""

    json: bytes
    links: bytes
    turtle: bytes

    def data(self) -> bytes:
        """Return all as one text: only the last may have line feeds."""
        return b"\n".join((self.json, self.links, self.turtle))


class Shown:
    """A document on its way out: its URL, and its graph in the shapes that the forms are made of.

    Each shape is made when it is first asked for, or taken from `kept`, the forms that were made before.
    """

    def __init__(self, documents: Documents, document: Document, kept: Finished | None = None) -> None:
        self.document = document
        self.url = url_of(documents.base, document)
        self._documents = documents
        self._context = documents.base + CONTEXT
        self._kept = kept

    @cached_property
    def lines(self) -> str:
        """Its own triples and those of the things it links to, as N-Triples; some may be there twice."""
        return "".join((self.document.lines, *self._documents.around(self.document)))

    @cached_property
    def _nodes(self) -> tuple[formats.Nodes, str]:
        return formats.nodes(self.lines)

    @property
    def nodes(self) -> formats.Nodes:
        """Its graph: what N-Triples says of each subject."""
        return self._nodes[0]

    @cached_property
    def graph(self) -> formats.Graph:
        """Its graph as triples."""
        return formats.triples(whole(self.lines))

    @cached_property
    def topic(self) -> str:
        """The IRI of what it is about, which is outermost in the JSON-LD; its URL where that is told elsewhere."""
        there = next((name for name in (f"{self.url}#it", self.url) if f"<{name}>" in self.nodes), "")
        return there or next(iter(self.nodes), self.url).strip("<>")

    @property
    def json(self) -> bytes:
        """Its graph as nested JSON-LD, on one line."""
        if self._kept:
            return self._kept.json
        return compactor(names_of(vocabulary()), self._context).document(*self._nodes, self.topic)

    @property
    def turtle(self) -> bytes:
        """Its graph as Turtle."""
        return self._kept.turtle if self._kept else shortener(vocabulary().prefixes).text(self.nodes).encode()

    @cached_property
    def tree(self) -> Tree:
        """Its graph as nested JSON-LD with the topic outermost."""
        tree: Tree = msgspec.json.decode(self.json)
        return tree

    @property
    def work(self) -> Tree:
        """The node of what the document is about."""
        about = self.tree.get("mainEntity")
        return about if isinstance(about, dict) else self.tree

    @property
    def page(self) -> Tree:
        """The node of the document itself."""
        about = self.tree.get("mainEntityOfPage")
        return about if isinstance(about, dict) else self.tree

    @property
    def language(self) -> str:
        """The language of its plain strings."""
        return self._nodes[1]

    @property
    def licence(self) -> str:
        """The licence of the data, empty where the document does not say."""
        return next(iter(self.facts.data_licences), "")

    @cached_property
    def facts(self) -> Facts:
        """What of its graph becomes a link."""
        return facts(self.nodes, self.topic, self.url)

    @property
    def links(self) -> list[Link]:
        """The links that every form has."""
        return page_links(self.url, self.facts, citations=self.document.record)

    @property
    def data_header(self) -> str:
        """The value of the Link header of its data forms (RFC 8288)."""
        if self._kept:
            return self._kept.links.decode()
        return header([*data_links(self.url, self.topic, self.facts), *self.links])

    def finished(self) -> Finished:
        """Return the forms that are kept."""
        return Finished(self.json, self.data_header.encode(), self.turtle)


def url_of(base: str, found: Document) -> str:
    """Return the document's URL, spelled as its IRI is."""
    match = None if found.record else re.match(r"<([^>#]*)#it>", found.lines)
    if match and names.decoded(match[1].removeprefix(base)) == found.path:
        return match[1]
    return base + address(found.path)


# -- the file ----------------------------------------------------------------------------------------------------------


class Forms:
    """Reads the finished forms of a finished generation. Safe for threads: each has its own connection."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FORMS
        self._local = threading.local()

    def get(self, n: int) -> Finished | None:
        """Return the forms of the record of that number; None where they are not kept, or not as they would be now."""
        if not hasattr(self._local, "db"):
            self._open()
        if self._local.edition != edition(vocabulary()):
            return None
        row = self._local.db.execute("SELECT data FROM forms WHERE n = ?", (n,)).fetchone()
        return Finished(*self._local.packer.unpack(row[0]).split(b"\n", 2)) if row else None

    def _open(self) -> None:
        db = immutable(self._path)
        meta = dict(db.execute("SELECT name, value FROM meta").fetchall())
        self._local.edition, self._local.packer = meta["edition"].decode(), Packer(meta["dictionary"])
        self._local.db = db

    def close(self) -> None:
        """Close this thread's connection."""
        if hasattr(self._local, "db"):
            self._local.db.close()
            del self._local.db


class Writer:
    """Writes the finished forms of a generation being built; use it as a context.

    What is not there is made. The file begins empty, with a dictionary for packing, or as a copy of that in `base`.
    """

    def __init__(self, path: Path, of_forms: bytes = b"", base: Path | None = None) -> None:
        self.path = path
        self._fresh = base is None
        self._db = opened(path, base, _SCHEMA)
        if base is None:
            meta = [("dictionary", of_forms), ("edition", edition(vocabulary()).encode())]
            self._db.executemany("INSERT INTO meta VALUES (?, ?)", meta)
        else:
            ((of_forms,),) = self._db.execute("SELECT value FROM meta WHERE name = 'dictionary'")
        self._packer = Packer(of_forms, _LEVEL)
        self._db.execute("BEGIN")

    def line(self, documents: Documents, record: Document) -> bytes:
        """Return the record's JSON-LD on one line."""
        row = None
        if not self._fresh:
            row = self._db.execute("SELECT data FROM forms WHERE n = ?", (record.n,)).fetchone()
        if row:
            return self._packer.unpack(row[0]).partition(b"\n")[0]
        found = Shown(documents, record).finished()
        self._db.execute("INSERT INTO forms VALUES (?, ?)", (record.n, self._packer.pack(found.data())))
        return found.json

    def drop(self, numbers: Iterable[int]) -> None:
        """Remove the forms of records whose documents differ."""
        self._db.executemany("DELETE FROM forms WHERE n = ?", ((n,) for n in numbers))

    def join(self, path: Path) -> None:
        """Take over all forms of another such file, and remove it."""
        self._db.execute("COMMIT")
        self._db.execute("ATTACH ? AS part", (str(path),))
        self._db.execute("INSERT INTO main.forms SELECT * FROM part.forms")
        self._db.execute("DETACH part")
        self._db.execute("BEGIN")
        path.unlink()

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *_: Any) -> None:
        self._db.execute("COMMIT")
        self._db.close()


def trained(documents: Documents) -> bytes:
    """Return the dictionary with which the forms of a generation are packed, made from the first of them."""
    return dictionary([Shown(documents, one).finished().data() for one in islice(documents.records(), _SAMPLE)])


@lru_cache(maxsize=4)
def edition(known: Vocabulary) -> str:
    """Return a hash of all that decides how a graph is written: program, context and prefixes."""
    seen = hashlib.sha256(f"{known.text('context.jsonld')}{known.prefixes}".encode())
    for name in _DECISIVE:
        seen.update((Path(__file__).parent / f"{name}.py").read_bytes())
    return seen.hexdigest()[:16]


__all__ = ["CONTEXT", "FORMS", "Finished", "Forms", "Shown", "Writer", "edition", "trained", "url_of"]
