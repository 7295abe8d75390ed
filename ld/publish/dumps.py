"""Dumps: whole-catalogue files with checksums, the same records giving the same bytes.

A dump is a series of chunks, each packed by itself (gzip members, RFC 1952 §2.2; Zstandard frames, RFC 8878 §3.1).
Where a chunk begins depends only on the path of its first record, so a small change remakes only the chunks it
touches, and the file is the same as if all had been made anew.
"""

from __future__ import annotations

import csv
import io
import os
import struct
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

import zstandard
from isal import isal_zlib
from msgspec import Struct

from ld.formats.jsonld import JSONLD
from ld.formats.ntriples import NTRIPLES
from ld.formats.tables import CSV
from ld.publish import renderings
from ld.site.checksums import sha256
from ld.site.documents import LAST, LAST_NUMBER, Document, Documents
from ld.site.dumpfiles import FILES, Dump
from ld.site.rendered import FORMS
from ld.site.shown import url_of
from ld.values import names

RECORDS, THINGS, PAGES = OF = ("records", "things", "pages")
COLUMNS = ("id", "url", "title", "type", "year", "doi")
_SIZES = struct.Struct("<4I")
# A chunk has so many records or things on average: few enough to be made again for one change among them.
_RECORDS_A_CHUNK, _THINGS_A_CHUNK = 32, 256
_GZIP_WITH_HEADER = 31


_KINDS = {
    FILES[0]: (NTRIPLES.media_type, "gzip", "All triples, N-Triples, gzip", "triples"),
    FILES[1]: (NTRIPLES.media_type, "zstd", "All triples, N-Triples, Zstandard", "triples"),
    FILES[2]: (JSONLD.media_type, "gzip", "All records, a JSON-LD document a line, gzip", "records"),
    FILES[3]: (CSV.media_type, "", "All records, a table", "records"),
}


class Chunk(Struct, frozen=True):
    """A piece of every dump file: the path of its first record or the number of its first thing, and what it holds."""

    start: str | int
    triples: int
    sizes: tuple[int, int, int, int]

    def row(self) -> tuple[str | int, int, bytes]:
        """Return the chunk as it is kept."""
        return self.start, self.triples, _SIZES.pack(*self.sizes)


def kept(rows: Iterable[tuple[str | int, int, bytes]]) -> list[Chunk]:
    """Return the chunks that were kept."""
    return [Chunk(start, triples, _SIZES.unpack(sizes)) for start, triples, sizes in rows]


Packed = tuple[Chunk, tuple[bytes, ...]]
"""A chunk and its bytes in each of the files."""

# -- making chunks -----------------------------------------------------------------------------------------------------


class Maker:
    """Makes chunks from the documents of a generation being built. For one thread only."""

    def __init__(self, documents: Documents) -> None:
        self.documents = documents
        self._zstd = zstandard.ZstdCompressor(level=3)

    def records(self, start: str, end: str, made: renderings.Writer) -> Iterator[Packed]:
        """Yield the chunks of the records from `start` to before `end`, with their bytes in each file."""
        waiting: list[Document] = []
        for record in self.documents.records(start, end):
            if waiting and begins(record.path):
                yield self._records(waiting, made)
                waiting = []
            waiting.append(record)
        if waiting:
            yield self._records(waiting, made)

    def _records(self, records: Sequence[Document], made: renderings.Writer) -> Packed:
        lines = b"".join(record.data for record in records)
        table = io.StringIO(newline="")
        csv.writer(table, lineterminator="\r\n").writerows(map(self._row, records))
        documents = b"".join(made.line(self.documents, record) + b"\n" for record in records)
        return self._chunk(records[0].path, lines, documents, table.getvalue().encode())

    def things(self, start: int = 0, last: int = LAST_NUMBER) -> Iterator[Packed]:
        """Yield the chunks of the things numbered from `start` to `last`."""
        first, waiting = 0, list[bytes]()
        for thing in self.documents.things(start, last):
            number = names.number(thing.path)
            if waiting and number % _THINGS_A_CHUNK == 0:
                yield self._chunk(first, b"".join(waiting))
                waiting = []
            first = first if waiting else number
            waiting.append(thing.data)
        if waiting:
            yield self._chunk(first, b"".join(waiting))

    def pages(self, lines: str) -> Packed:
        """Return the chunk of what the catalogue says about itself."""
        return self._chunk(0, lines.encode())

    def _chunk(self, start: str | int, data: bytes, documents: bytes = b"", table: bytes = b"") -> Packed:
        packed = (_gzip(data), self._zstd.compress(data), _gzip(documents) if documents else b"", table)
        sizes = (len(packed[0]), len(packed[1]), len(packed[2]), len(packed[3]))
        return Chunk(start, data.count(b"\n"), sizes), packed

    def _row(self, record: Document) -> tuple[str, ...]:
        id_ = record.path.removeprefix("record/")
        return id_, url_of(self.documents.base, record), record.title, record.kind, record.year, record.summary.doi


def _gzip(data: bytes) -> bytes:
    return isal_zlib.compress(data, 1, _GZIP_WITH_HEADER)


# -- writing files -----------------------------------------------------------------------------------------------------


class Writer:
    """Writes the dump files of a generation, or parts of them, chunk after chunk; use it as a context manager."""

    def __init__(self, folder: Path, part: str = "") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.chunks: list[Chunk] = []
        self._stack = ExitStack()
        self._files: list[BinaryIO] = [
            self._stack.enter_context((folder / f"{name}{part}").open("wb", 1 << 20)) for name in FILES
        ]

    def add(self, chunks: Iterable[Packed]) -> None:
        """Write new chunks."""
        for chunk, packed in chunks:
            self.chunks.append(chunk)
            for file, data in zip(self._files, packed, strict=True):
                file.write(data)

    def copy(self, source: Path, part: str, chunks: Sequence[Chunk], offsets: Sequence[int] = (0, 0, 0, 0)) -> None:
        """Copy consecutive chunks from other files, beginning at these offsets."""
        self.chunks += chunks
        for i, name in enumerate(FILES):
            size = sum(chunk.sizes[i] for chunk in chunks)
            if size:
                self._files[i].flush()
                with (source / f"{name}{part}").open("rb") as old:
                    _copy(old, self._files[i], offsets[i], size)

    def header(self) -> None:
        """Write what comes before all chunks: the names of the table's columns."""
        self._files[3].write((",".join(COLUMNS) + "\r\n").encode())

    def close(self) -> None:
        """Finish the files."""
        self._stack.close()

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()


def _copy(source: BinaryIO, target: BinaryIO, offset: int, size: int) -> None:
    """Copy bytes inside the kernel, without reading them here."""
    while size:
        done = os.sendfile(target.fileno(), source.fileno(), offset, size)
        if not done:
            raise OSError(f"{source.name}: shorter than its chunks say")
        offset, size = offset + done, size - done
    target.seek(0, os.SEEK_END)


def bounds(documents: Documents, total: int, n: int) -> list[tuple[str, str]]:
    """Return `n` ranges of records, about equally large, that begin where chunks begin: (from, to before)."""
    starts = [""]
    for i in range(1, n):
        near = documents.path_at(total * i // n)
        begin = next((path for path in documents.paths(near) if begins(path)), LAST) if near else LAST
        if begin > starts[-1]:
            starts.append(begin)
    return list(zip(starts, [*starts[1:], LAST], strict=True))


def begins(path: str) -> bool:
    """Determine whether a chunk begins with the record at this path."""
    return names.number(path) % _RECORDS_A_CHUNK == 0


class Portion(Struct, frozen=True, kw_only=True):
    """The records from `start` to before `end` of the generation in a folder; `part` ends the names of their files."""

    folder: Path
    base: str
    start: str
    end: str
    of_forms: bytes
    part: str = ""


def write_part(one: Portion, tell: Callable[[int, int], None]) -> list[Chunk]:
    """Write chunks and finished forms of a portion of the records into files of their own, and return the chunks."""
    folder, forms = one.folder / "dumps", one.folder / f"{FORMS}{one.part}"
    documents = Documents(one.folder, one.base, mapped=False)

    def told(chunks: Iterable[Packed]) -> Iterator[Packed]:
        for chunk, packed in chunks:
            tell(0, _RECORDS_A_CHUNK)
            yield chunk, packed

    with Writer(folder, one.part) as writer, renderings.Writer(forms, one.of_forms) as made:
        writer.add(told(Maker(documents).records(one.start, one.end, made)))
    documents.close()
    return writer.chunks


# -- only what changed -------------------------------------------------------------------------------------------------


class Renewal:
    """Writes the dump files anew from those in the folder `base`: chunks that nothing has touched are copied."""

    def __init__(self, writer: Writer, maker: Maker, made: renderings.Writer, base: Path) -> None:
        self.writer = writer
        self.maker = maker
        self.made = made
        self._old = base / "dumps"
        self._offsets = [0, 0, 0, len(",".join(COLUMNS)) + 2]

    def records(self, chunks: Sequence[Chunk], touched: Sequence[str]) -> None:
        """Write the chunks of the records; `touched` has the paths of those that differ, sorted."""
        there = self.maker.documents.has_record
        for i, j, dirty in _segments([str(chunk.start) for chunk in chunks], touched, there):
            end = str(chunks[j].start) if j < len(chunks) else LAST
            if not dirty:
                self.writer.copy(self._old, "", chunks[i:j], self._offsets)
            else:
                start = str(chunks[i].start) if i else ""
                self.writer.add(self.maker.records(start, end, self.made))
            self._pass(chunks[i:j])

    def things(self, chunks: Sequence[Chunk], touched: Sequence[int]) -> None:
        """Write the chunks of the things; `touched` has the numbers of those that differ, sorted."""
        starts = [int(chunk.start) for chunk in chunks]
        for i, j, dirty in _segments(starts, touched, self.maker.documents.has_thing):
            if not dirty:
                self.writer.copy(self._old, "", chunks[i:j], self._offsets)
            else:
                last = starts[j] - 1 if j < len(starts) else LAST_NUMBER
                self.writer.add(self.maker.things(starts[i] if i else 0, last))
            self._pass(chunks[i:j])

    def _pass(self, chunks: Sequence[Chunk]) -> None:
        for chunk in chunks:
            for i, size in enumerate(chunk.sizes):
                self._offsets[i] += size


def _segments(
    starts: Sequence[Any], touched: Iterable[Any], there: Callable[[Any], bool]
) -> Iterator[tuple[int, int, bool]]:
    """Yield the chunks in segments: from which, to before which, and whether they must be made anew.

    A chunk whose first record is gone is joined to the one before it.
    """
    dirty = bytearray(max(1, len(starts)))
    for one in touched:
        i = max(0, bisect_right(starts, one) - 1)
        dirty[i] = 1
        if i and starts[i] == one and not there(one):
            dirty[i - 1] = 1
    if not starts:
        yield 0, 0, True
    i = 0
    while i < len(starts):
        j = i
        while j < len(starts) and dirty[j] == dirty[i]:
            j += 1
        yield i, j, bool(dirty[i])
        i = j


# -- the finished files ------------------------------------------------------------------------------------------------


def finished(folder: Path, triples: int, records: int) -> list[Dump]:
    """Return the dumps with bytes and checksums, and write SHA256SUMS."""
    with ThreadPoolExecutor() as pool:  # hashing lets other threads run
        found = list(pool.map(lambda name: _described(folder, name, triples, records), FILES))
    sums = "".join(f"{dump.sha256}  {dump.file}\n" for dump in found)
    (folder / "SHA256SUMS").write_text(sums, encoding="ascii")
    return found


def _described(folder: Path, name: str, triples: int, records: int) -> Dump:
    media_type, compression, title, of = _KINDS[name]
    path = folder / name
    lines = triples if of == "triples" else records
    return Dump(name, media_type, compression, title, of, lines, path.stat().st_size, sha256(path))
