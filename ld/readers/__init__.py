"""Sources are opened and recognised: a file, a folder, standard input or a URL becomes a stream of records.

Adding a kind of source: a module with KIND, sniff and read, and its line in `_READERS`.
"""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import cast

import requests

from ld import __version__
from ld.errors import SourceError
from ld.readers import doaj, oaipmh, solr, staffview
from ld.record import Record, Rejected, Source

_READERS: tuple[ModuleType, ...] = (doaj, oaipmh, solr, staffview)
KINDS = {reader.KIND: reader for reader in _READERS}
_NAMES = {
    "staffview": "VuFind Staff View text",
    "solr": "VuFind Solr JSON",
    "doaj": "DOAJ article JSON",
    "oai_doaj": "DOAJ OAI-PMH XML (oai_doaj)",
}
_HEAD = 1 << 16
_ANSWER_BYTES = 1 << 30
_TIMEOUT = (10, 60)
# What lies beside records in a folder but is none: RDF, tables and texts about them.
_PASSED_OVER = {".ttl", ".nt", ".nq", ".rdf", ".jsonld", ".md", ".rq", ".csv", ".toml", ".py", ".html"}


def read(source: str, kind: str | None = None) -> Iterator[Record | Rejected]:
    """Yield the records of a source and what was rejected; `kind` says what it is where that is not to be seen.

    Raises SourceError where the source cannot be opened or recognised. In a folder such a file is one `Rejected`.
    """
    if source == "-":
        with open(sys.stdin.fileno(), "rb", buffering=_HEAD, closefd=False) as stream:
            yield from _stream(stream, "standard input", kind)
    elif source.startswith(("http://", "https://")):
        yield from _url(source, kind)
    elif Path(source).is_dir():
        yield from _folder(Path(source), kind)
    else:
        yield from _file(Path(source), kind)


def reread(source: Source) -> Record | Rejected:
    """Return the record of a kept source, read again."""
    found = next(iter(KINDS[source.kind].read(io.BytesIO(source.text.encode()), source.place)), None)
    return found or Rejected(source.place, "the kept source holds no record")


def _file(path: Path, kind: str | None) -> Iterator[Record | Rejected]:
    try:
        with path.open("rb", buffering=_HEAD) as stream:
            yield from _stream(stream, str(path), kind)
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}: check the name and the rights") from None


def _folder(folder: Path, kind: str | None) -> Iterator[Record | Rejected]:
    files = [
        path
        for path in sorted(folder.rglob("*"))
        if not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and path.suffix.lower() not in _PASSED_OVER
        and not path.is_dir()
    ]
    if not files:
        raise SourceError(f"{folder}: no file in it that could hold records: name a folder with catalogue records")
    for path in files:
        try:
            yield from _file(path, kind)
        except SourceError as error:
            yield Rejected(str(path), str(error).removeprefix(f"{path}: "))


def _url(url: str, kind: str | None) -> Iterator[Record | Rejected]:
    headers = {"User-Agent": f"shelfgraph/{__version__}", "Accept": "application/json, text/plain, */*;q=0.5"}
    try:
        with requests.get(url, headers=headers, timeout=_TIMEOUT, stream=True) as answer:
            answer.raise_for_status()
            data = io.BytesIO()
            for chunk in answer.iter_content(1 << 20):
                data.write(chunk)
                if data.tell() > _ANSWER_BYTES:
                    raise SourceError(f"{url}: the answer is larger than {_ANSWER_BYTES >> 20} MiB: ask for less")
    except requests.HTTPError as error:
        status = error.response.status_code
        raise SourceError(f"{url}: the server answered {status}: check the address") from None
    except requests.RequestException as error:
        raise SourceError(f"{url}: no answer: {type(error).__name__}: check address and network") from None
    data.seek(0)
    with io.BufferedReader(cast(io.RawIOBase, data), _HEAD) as stream:
        yield from _stream(stream, url, kind)


def _stream(stream: io.BufferedReader, place: str, kind: str | None) -> Iterator[Record | Rejected]:
    if stream.peek(2)[:2] != b"\x1f\x8b":
        yield from _plain(stream, place, kind)
        return
    try:
        with gzip.GzipFile(fileobj=stream) as packed, io.BufferedReader(cast(io.RawIOBase, packed), _HEAD) as unpacked:
            yield from _plain(unpacked, place, kind)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise SourceError(f"{place}: not a whole gzip file: {error}: fetch or pack it again") from None


def _plain(stream: io.BufferedReader, place: str, kind: str | None) -> Iterator[Record | Rejected]:
    head = stream.peek(_HEAD)[:_HEAD]
    if not head.strip():
        raise SourceError(f"{place}: the file is empty: nothing to publish")
    reader = KINDS[kind] if kind else _recognised(head, place)
    yield from reader.read(stream, place)


def _recognised(head: bytes, place: str) -> ModuleType:
    for reader in _READERS:
        if reader.sniff(head):
            return reader
    kinds = ", ".join(f"{key} ({name})" for key, name in _NAMES.items())
    raise SourceError(f"{place}: no kind of record is recognised in it: name it with --as, one of {kinds}")
