"""Sources are opened and recognised: a file, a folder, standard input or a URL becomes a stream of records.

Adding a kind of source: a module with KIND, sniff and read, and its line in `_NAMES`.
"""

from __future__ import annotations

import gzip
import io
import os
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, BinaryIO, cast

import requests

from ld import __version__
from ld.errors import SourceError
from ld.readers import doaj, oaipmh, solr, staffview
from ld.readers.limits import ANSWER_BYTES
from ld.record import Record, Rejected, Source

_NAMES: dict[ModuleType, str] = {
    doaj: "DOAJ article JSON",
    oaipmh: "DOAJ OAI-PMH XML",
    solr: "VuFind Solr JSON",
    staffview: "VuFind Staff View text",
}
KINDS: dict[str, ModuleType] = {reader.KIND: reader for reader in _NAMES}
OnBytes = Callable[[int], None]

_HEAD = 1 << 16
_SPOOLED = 16 << 20
_TIMEOUT = (10, 60)
_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
# What lies beside records in a folder but is none: RDF, tables and texts about them.
_PASSED_OVER = {".ttl", ".nt", ".nq", ".rdf", ".jsonld", ".md", ".rq", ".csv", ".toml", ".py", ".html"}


def read(source: str, kind: str | None = None, on_bytes: OnBytes | None = None) -> Iterator[Record | Rejected]:
    """Yield the records of a source and what was rejected; `kind` says what it is where that is not to be seen.

    `on_bytes` is told, again and again, how many bytes more have been read. Raises SourceError where the source cannot
    be opened or recognised. In a folder such a file is one `Rejected`.
    """
    if kind is not None and kind not in KINDS:
        raise SourceError(f"'{kind}' is no kind of record: name one of {_kinds()}")
    if source == "-":
        with open(sys.stdin.fileno(), "rb", buffering=0, closefd=False) as raw:
            yield from _stream(raw, "standard input", kind, on_bytes)
    elif source.startswith(("http://", "https://")):
        yield from _url(source, kind, on_bytes)
    elif Path(source).is_dir():
        yield from _folder(Path(source), kind, on_bytes)
    else:
        yield from _file(Path(source), kind, on_bytes)


def reread(source: Source) -> Record | Rejected:
    """Return the record of a kept source, read again."""
    try:
        stream = io.BytesIO(source.text.encode("utf-8", "replace"))
        found: Record | Rejected | None = next(KINDS[source.kind].read(stream, source.place), None)
    except SourceError as error:
        return Rejected(source.place, str(error).removeprefix(f"{source.place}: "))
    if isinstance(found, Record):
        found.source = source
    return found or Rejected(source.place, "the kept source holds no record")


def _file(path: Path, kind: str | None, on_bytes: OnBytes | None) -> Iterator[Record | Rejected]:
    try:
        with path.open("rb", buffering=0) as raw:
            yield from _stream(raw, str(path), kind, on_bytes)
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}: check the name and the rights") from None


def _folder(folder: Path, kind: str | None, on_bytes: OnBytes | None) -> Iterator[Record | Rejected]:
    outcomes = usable = 0
    for path in sorted(_files(folder)):
        outcomes += 1
        try:
            if not path.is_file():
                raise SourceError(f"{path}: not a file that can be read: take it out of the folder")
            yield from _file(path, kind, on_bytes)
            usable += 1
        except SourceError as error:
            yield Rejected(str(path), str(error).removeprefix(f"{path}: "))
    if not outcomes:
        raise SourceError(f"{folder}: no file in it that could hold records: name a folder with catalogue records")
    if not usable:
        raise SourceError(f"{folder}: none of its {outcomes} files could be read: see the reasons, or use --as")


def _files(folder: Path) -> Iterator[Path]:
    """Yield the files below the folder but for hidden ones and those that are known to be none of records."""

    def refused(error: OSError) -> None:
        raise SourceError(f"{error.filename}: cannot be read: {error.strerror}: check the rights") from None

    for parent, folders, files in os.walk(folder, onerror=refused):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            path = Path(parent) / name
            if not name.startswith(".") and path.suffix.lower() not in _PASSED_OVER:
                yield path


def _url(url: str, kind: str | None, on_bytes: OnBytes | None) -> Iterator[Record | Rejected]:
    """Yield the records of the answer, fetched whole first: a slow reader must not hold the connection."""
    headers = {"User-Agent": f"shelfgraph/{__version__}", "Accept": "application/json, text/plain, */*;q=0.5"}
    with tempfile.SpooledTemporaryFile(_SPOOLED) as kept:
        try:
            with requests.get(url, headers=headers, timeout=_TIMEOUT, stream=True) as answer:
                answer.raise_for_status()
                _keep(answer, kept, url)
        except requests.HTTPError as error:
            status = error.response.status_code
            raise SourceError(f"{url}: the server answered {status}: check the address and your rights there") from None
        except requests.Timeout:
            raise SourceError(f"{url}: no answer in {_TIMEOUT[1]} seconds: try again, or ask for less") from None
        except requests.RequestException as error:
            raise SourceError(f"{url}: no answer: {type(error).__name__}: check address and network") from None
        kept.seek(0)
        yield from _stream(kept, url, kind, on_bytes)


def _keep(answer: requests.Response, kept: tempfile.SpooledTemporaryFile[bytes], url: str) -> None:
    for chunk in answer.iter_content(1 << 20):
        kept.write(chunk)
        if kept.tell() > ANSWER_BYTES:
            raise SourceError(f"{url}: the answer is larger than {ANSWER_BYTES >> 20} MiB: ask for less")


class _Counted(io.RawIOBase):
    """A stream that tells how many bytes were read from it."""

    def __init__(self, raw: io.IOBase | tempfile.SpooledTemporaryFile[bytes], on_bytes: OnBytes | None) -> None:
        self.raw = raw
        self.on_bytes = on_bytes

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer as far as the source goes: a pipe gives less at a time than it has."""
        filled, view = 0, memoryview(buffer)
        while filled < len(view):
            data = self.raw.read(len(view) - filled)
            if not data:
                break
            view[filled : filled + len(data)] = data
            filled += len(data)
        if self.on_bytes and filled:
            self.on_bytes(filled)
        return filled


def _stream(
    raw: io.IOBase | tempfile.SpooledTemporaryFile[bytes], place: str, kind: str | None, on_bytes: OnBytes | None
) -> Iterator[Record | Rejected]:
    with io.BufferedReader(_Counted(raw, on_bytes), _HEAD) as stream:
        if stream.peek(2)[:2] != b"\x1f\x8b":
            yield from _plain(stream, place, kind)
            return
        try:
            with gzip.GzipFile(fileobj=stream) as packed, io.BufferedReader(cast(io.RawIOBase, packed), _HEAD) as plain:
                yield from _plain(plain, place, kind)
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise SourceError(f"{place}: not a whole gzip file: {error}: fetch or pack it again") from None


def _plain(stream: io.BufferedReader[Any], place: str, kind: str | None) -> Iterator[Record | Rejected]:
    if stream.peek(3)[:3] == _UTF8_MARK:
        stream.read(3)
    head = stream.peek(_HEAD)[:_HEAD]
    if not head.strip():
        raise SourceError(f"{place}: the file is empty: nothing to publish")
    if head.startswith(_UTF16_MARKS):
        raise SourceError(f"{place}: not UTF-8 at byte 0, but UTF-16: save the file as UTF-8")
    reader = KINDS[kind] if kind else _recognised(head, place)
    yield from reader.read(cast(BinaryIO, stream), place)


def _recognised(head: bytes, place: str) -> ModuleType:
    for reader in _NAMES:
        if reader.sniff(head):
            return reader
    raise SourceError(f"{place}: no kind of record is recognised in it: name it with --as, one of {_kinds()}")


def _kinds() -> str:
    return ", ".join(f"{reader.KIND} ({name})" for reader, name in _NAMES.items())
