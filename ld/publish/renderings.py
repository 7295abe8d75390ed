"""Records are written in their finished formats once, when they are published, into a small file."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from ld.formats.jsonld import JSONLD
from ld.site.documents import Document, Documents
from ld.site.files import Packer, dictionary, opened
from ld.site.rendered import LEVEL, edition, packed, unpacked
from ld.site.shown import Shown
from ld.values.vocab import vocabulary

_SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB);
CREATE TABLE forms (n INTEGER PRIMARY KEY, data BLOB NOT NULL);
"""
_SAMPLE = 400


class Writer:
    """Writes the finished formats of a generation being built; use it as a context manager.

    The file begins empty, with a dictionary for packing, or as a copy of that in `base`; what it lacks is made.
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
        self._packer = Packer(of_forms, LEVEL)
        self._db.execute("BEGIN")

    def line(self, documents: Documents, record: Document) -> bytes:
        """Return the record's JSON-LD on one line."""
        row = None
        if not self._fresh:
            row = self._db.execute("SELECT data FROM forms WHERE n = ?", (record.n,)).fetchone()
        if row:
            return unpacked(self._packer, row[0]).forms[JSONLD.key]
        found = Shown(documents, record).finished()
        self._db.execute("INSERT INTO forms VALUES (?, ?)", (record.n, packed(self._packer, found)))
        return found.forms[JSONLD.key]

    def drop(self, numbers: Iterable[int]) -> None:
        """Remove the formats of records whose documents differ."""
        self._db.executemany("DELETE FROM forms WHERE n = ?", ((n,) for n in numbers))

    def join(self, path: Path) -> None:
        """Take over all formats from another such file, and remove it."""
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
    """Return the dictionary for packing the formats of a generation, made from the first records."""
    finished = (Shown(documents, one).finished() for one in islice(documents.records(), _SAMPLE))
    return dictionary([msgspec.msgpack.encode(one) for one in finished])
