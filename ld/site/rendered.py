"""The finished formats of records: what most requests ask for is written once, when the record is published.

A small file beside the documents has a record's packed formats and links. They are those of the dumps and of `Shown`,
byte for byte; where the program would by now write them differently, they are made anew for each request.
"""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path

import msgspec

from ld.edition import edition as program
from ld.formats.table import RECORD
from ld.memo import cached
from ld.site.files import Packer, immutable
from ld.site.shown import Finished
from ld.values.vocab import Vocabulary, vocabulary

FORMS = "forms.sqlite"
LEVEL = 3
_FINISHED = msgspec.msgpack.Decoder(Finished)


class Forms:
    """Reads the finished formats of a generation. Safe for threads: each has its own connection."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FORMS
        self._local = threading.local()

    def get(self, n: int) -> Finished | None:
        """Return the formats of the record of that number; None where they are not kept, or would differ by now."""
        if not hasattr(self._local, "db"):
            self._open()
        if self._local.edition != edition(vocabulary()):
            return None
        row = self._local.db.execute("SELECT data FROM forms WHERE n = ?", (n,)).fetchone()
        return unpacked(self._local.packer, row[0]) if row else None

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


def packed(packer: Packer, found: Finished) -> bytes:
    """Return the record's formats and links, packed for keeping."""
    return packer.pack(msgspec.msgpack.encode(found))


def unpacked(packer: Packer, data: bytes) -> Finished:
    """Return the record's formats and links, unpacked."""
    return _FINISHED.decode(packer.unpack(data))


@cached(4)
def edition(known: Vocabulary) -> str:
    """Return a hash of all that decides how a graph is written: the program's edition, formats, context, prefixes."""
    forms = [(form.key, form.media_type) for form in RECORD]
    decisive = f"{program()} {forms} {known.text('context.jsonld')}{known.prefixes}"
    return hashlib.sha256(decisive.encode()).hexdigest()[:16]
