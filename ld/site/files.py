"""SQLite files that never change again, and what is packed in them with Zstandard and a dictionary."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import zstandard
from msgspec import Raw, Struct

from ld.summary import Card, Summary

_LEVEL = 1
# Bytes of each file that are read as memory; what lies behind is read as a file. SQLite takes no more than 2 GiB.
MAPPED = (1 << 31) - (1 << 16)
_DICTIONARY_BYTES, _FEW = 64 << 10, 100


class Body(Struct, frozen=True, array_like=True):
    """The packed part of a document, one text: its own N-Triples, and what people and the program need to know.

    The first `naming` lines give the classes and title of a record's work; `marks` has a 1 for each line that the store
    keeps (empty: all); `about` is a Summary or a Card, decoded when it is asked for.
    """

    lines: bytes
    naming: int
    marks: bytes
    about: Raw


def body(lines: str, about: Summary | Card | None, naming: int = 0, marks: bytes = b"") -> bytes:
    """Return a Body, encoded for packing. Raises ValueError where UTF-8 cannot encode it."""
    return _encode((lines.encode(), naming, marks, about))


_encode = msgspec.msgpack.Encoder().encode
opened_body = msgspec.msgpack.Decoder(Body).decode


class Packer:
    """Packs and unpacks texts. For one thread only: Zstandard contexts must not be shared."""

    def __init__(self, dictionary: bytes = b"", level: int = _LEVEL) -> None:
        known = zstandard.ZstdCompressionDict(dictionary) if dictionary else None
        if known:
            known.precompute_compress(level=level)  # else the dictionary is read anew for every text
            self.pack = zstandard.ZstdCompressor(level=level, dict_data=known).compress
            self.unpack = zstandard.ZstdDecompressor(dict_data=known).decompress
        else:
            self.pack = zstandard.ZstdCompressor(level=level).compress
            self.unpack = zstandard.ZstdDecompressor().decompress


class Packers:
    """The packers of one file of documents: bodies and source records have a dictionary each."""

    def __init__(self, of_bodies: bytes = b"", of_sources: bytes = b"") -> None:
        self.of_bodies = of_bodies
        self.of_sources = of_sources
        self.bodies = Packer(of_bodies)
        self.sources = Packer(of_sources)


def packers(db: sqlite3.Connection, schema: str = "main") -> Packers:
    """Return the packers with the dictionaries in the file."""
    rows = dict(db.execute(f"SELECT name, value FROM {schema}.meta").fetchall())
    return Packers(bytes(rows.get("bodies", b"")), bytes(rows.get("sources", b"")))


def dictionary(samples: Sequence[bytes]) -> bytes:
    """Return a dictionary for packing texts like these; where there are only a few, it is these themselves.

    (RFC 8878 §5: a dictionary may be any content.)
    """
    if len(samples) < _FEW:
        return b"".join(samples[:8])[:_DICTIONARY_BYTES]
    known: list[Any] = list(samples)
    try:
        return zstandard.train_dictionary(_DICTIONARY_BYTES, known, k=1024, d=8).as_bytes()
    except zstandard.ZstdError:  # they have too little in common
        return b"".join(samples[:8])[:_DICTIONARY_BYTES]


def immutable(path: Path, *, mapped: bool = True) -> sqlite3.Connection:
    """Return a connection to a finished file, without locks; where it is mapped, reads need no system calls."""
    db = sqlite3.connect(immutable_uri(path), uri=True, check_same_thread=False)
    db.execute(f"PRAGMA mmap_size = {MAPPED if mapped else 0}")
    return db


def immutable_uri(path: Path) -> str:
    return f"{path.resolve().as_uri()}?mode=ro&immutable=1"


def opened(path: Path, base: Path | None, schema: str) -> sqlite3.Connection:
    """Return a connection to a file being built: with empty tables, or a copy of the file in another folder."""
    if base:
        shutil.copyfile(base / path.name, path)
    db = sqlite3.connect(path, isolation_level=None)
    # of SQLite's own size, a page would hold one row and stay half empty
    for pragma in (
        "page_size=16384",
        "journal_mode=OFF",
        "synchronous=OFF",
        "locking_mode=EXCLUSIVE",
        "cache_size=-65536",
    ):
        db.execute(f"PRAGMA {pragma}")
    if not base:
        db.executescript(schema)
    return db
