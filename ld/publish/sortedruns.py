"""Sorted runs: what the workers hand over, in files sorted by path, merged into one stream again.

This is an external merge sort: a run is as large as the memory that a worker may use, and there may be many.
"""

from __future__ import annotations

import heapq
import struct
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

_LENGTH = struct.Struct("<I")
_BUFFER = 1 << 18
# A run has no more than so many bytes of packed records, nor more rows.
RUN_BYTES = 128 << 20
RUN_ROWS = 200_000

NEW, SAME, GONE, SEEN = "new", "same", "gone", "seen"
_encode = msgspec.msgpack.Encoder().encode
One = TypeVar("One", bound=Struct)


class Row(Struct, array_like=True):
    """What the input says of one record at one position.

    `state` tells what: NEW, a described record; SAME, the live generation has it from the same source; GONE, it is
    deleted (`gone`: why, `gone_on`: when); SEEN, it stands in the input but cannot be used, so what is live stays.
    `kept`: it comes from the live generation's own sources. Body and source are packed; `mentions`
    are the numbers of all documents that the record links to, each with the key of what it says there (`claims`), or 0
    where it says nothing.
    """

    path: str
    position: int
    state: str
    kept: bool = False
    title: str = ""
    kind: str = ""
    year: str = ""
    modified: str = ""
    digest: bytes = b""
    body: bytes = b""
    source: bytes = b""
    words: list[str] = []
    mentions: bytes = b""
    facts: list[tuple[str, str]] = []
    gone: str = ""
    gone_on: str = ""
    successor: str = ""


class Runs:
    """Writes the runs of one worker into a folder, each named `NAME-NUMBER.run`."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder
        self.name = name
        self.files: list[Path] = []
        self._rows: list[Row] = []
        self._bytes = 0

    def add(self, row: Row) -> None:
        """Add a row."""
        self._rows.append(row)
        self._bytes += len(row.body) + len(row.source) + sum(map(len, row.words)) + len(row.mentions)
        if self._bytes > RUN_BYTES or len(self._rows) >= RUN_ROWS:
            self._write()

    def close(self) -> list[Path]:
        """Write what is left, and return the files."""
        self._write()
        return self.files

    def _write(self) -> None:
        if self._rows:
            path = self.folder / f"{self.name}-{len(self.files)}.run"
            self._rows.sort(key=_order)
            write_rows(path, self._rows)
            self.files.append(path)
            self._rows, self._bytes = [], 0


def merged(files: Iterable[Path]) -> Iterator[list[Row]]:
    """Yield the rows of every path, in the order of the paths; the rows of one path in the order of the input."""
    rows = heapq.merge(*(read_rows(path, Row) for path in files), key=_order)
    for _, group in groupby(rows, key=lambda row: row.path):
        yield list(group)


def write_rows(path: Path, rows: Iterable[Any]) -> None:
    """Write structs into a file, each with its length in front."""
    with path.open("wb", _BUFFER) as out:
        for row in rows:
            out.write(framed(row))


def framed(row: Struct) -> bytes:
    """Return a struct with its length in front, as `read_rows` reads it."""
    data = _encode(row)
    return _LENGTH.pack(len(data)) + data


def read_rows(path: Path, kind: type[One]) -> Iterator[One]:
    """Yield the structs of a file."""
    decode = msgspec.msgpack.Decoder(kind).decode
    size = _LENGTH.size
    with path.open("rb", _BUFFER) as stream:
        read = stream.read
        while head := read(size):
            yield decode(read(_LENGTH.unpack(head)[0]))


def _order(row: Row) -> tuple[str, int]:
    return row.path, row.position
