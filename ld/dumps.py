"""Dumps: whole-catalogue files with checksums, the same input giving the same bytes."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, cast

import zstandard
from msgspec import Struct

NAME = "catalogue"
_CHUNK = 1 << 20


class Dump(Struct, frozen=True):
    """A dump file as the manifest lists it: `of` is what one line is (triples or records), `lines` how many."""

    file: str
    media_type: str
    compression: str
    title: str
    of: str
    lines: int
    bytes: int
    sha256: str


_KINDS = {
    f"{NAME}.nt.gz": ("application/n-triples", "gzip", "All triples, N-Triples, gzip", "triples"),
    f"{NAME}.nt.zst": ("application/n-triples", "zstd", "All triples, N-Triples, Zstandard", "triples"),
    f"{NAME}.jsonl.gz": ("application/ld+json", "gzip", "All records, a JSON-LD document a line, gzip", "records"),
    f"{NAME}.csv": ("text/csv", "", "All records, a table", "records"),
}
COLUMNS = ("id", "url", "title", "type", "year", "doi")


class Writer:
    """Writes the dumps of a generation into a folder; use it as a context, then ask for `files`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.triples = 0
        self.records = 0
        self._stack = ExitStack()
        self._nt = (self._gzip(f"{NAME}.nt.gz"), self._zstd(f"{NAME}.nt.zst"))
        self._jsonl = self._gzip(f"{NAME}.jsonl.gz")
        table = self._stack.enter_context((folder / f"{NAME}.csv").open("w", encoding="utf-8", newline=""))
        self._table = csv.writer(table, lineterminator="\r\n")
        self._table.writerow(COLUMNS)

    def _gzip(self, name: str) -> BinaryIO:
        raw = self._stack.enter_context((self.folder / name).open("wb"))
        packed = gzip.GzipFile(filename="", mode="wb", fileobj=raw, compresslevel=6, mtime=0)
        return self._stack.enter_context(cast(BinaryIO, io.BufferedWriter(cast(io.RawIOBase, packed), _CHUNK)))

    def _zstd(self, name: str) -> BinaryIO:
        raw = self._stack.enter_context((self.folder / name).open("wb"))
        return cast(BinaryIO, self._stack.enter_context(zstandard.ZstdCompressor(level=3).stream_writer(raw)))

    def lines(self, lines: str) -> None:
        """Write N-Triples lines."""
        self.triples += lines.count("\n")
        data = lines.encode()
        for out in self._nt:
            out.write(data)

    def record(self, document: bytes, row: tuple[str, ...]) -> None:
        """Write a record's JSON-LD document, on one line, and its row of the table (see `COLUMNS`)."""
        self.records += 1
        self._jsonl.write(document + b"\n")
        self._table.writerow(row)

    def files(self) -> list[Dump]:
        """Return the finished dumps with bytes and checksums, and write SHA256SUMS."""
        found = [self._described(name) for name in _KINDS]
        sums = "".join(f"{dump.sha256}  {dump.file}\n" for dump in found)
        (self.folder / "SHA256SUMS").write_text(sums, encoding="ascii")
        return found

    def _described(self, name: str) -> Dump:
        media_type, compression, title, of = _KINDS[name]
        path = self.folder / name
        lines = self.triples if of == "triples" else self.records
        return Dump(name, media_type, compression, title, of, lines, path.stat().st_size, sha256(path))

    def __enter__(self) -> Writer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()


def sha256(path: Path) -> str:
    """Return the SHA-256 of the file in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
