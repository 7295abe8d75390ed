"""JSON in the shapes sources come in - one document, a list, an answer, JSON Lines - becomes single documents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, BinaryIO

import msgspec
from msgspec import Struct

from ld.errors import SourceError
from ld.record import Rejected, Source

RECORD_BYTES = 16 << 20
_WHOLE_BYTES = 512 << 20
_DEEP = "is nested too deeply to be a catalogue record"


class Found(Struct, frozen=True):
    """One document of the source."""

    value: Any
    source: Source


def documents(
    stream: BinaryIO, place: str, kind: str, unwrapped: Callable[[Any], Iterable[Any] | None]
) -> Iterator[Found | Rejected]:
    """Yield the documents of a stream. `unwrapped` gives the documents inside an answer, None for a document.

    A first line that is a whole JSON value means JSON Lines; anything else is one JSON text. Of JSON Lines a bad
    line is rejected and the others go on; a bad JSON text raises SourceError with line and column.
    """
    first = stream.readline(RECORD_BYTES + 1)
    rest = stream.readline(RECORD_BYTES + 1)
    while rest and not rest.strip():
        rest = stream.readline(RECORD_BYTES + 1)
    value = _decoded(first)
    if (not isinstance(value, msgspec.DecodeError | UnicodeDecodeError | RecursionError) and rest) or (
        isinstance(value, msgspec.DecodeError | UnicodeDecodeError) and _looks_like_lines(first, rest)
    ):
        yield from _lines(stream, [first, rest], place, kind, unwrapped)
    else:
        yield from _whole(first + rest + stream.read(_WHOLE_BYTES), place, kind, unwrapped)


def _looks_like_lines(first: bytes, rest: bytes) -> bool:
    """Determine whether a broken first line is followed by a line that is whole."""
    return first.lstrip()[:1] == b"{" and rest[:1] == b"{" and isinstance(_decoded(rest), dict)


def _whole(data: bytes, place: str, kind: str, unwrapped: Any) -> Iterator[Found | Rejected]:
    value = _decoded(data)
    if isinstance(value, UnicodeDecodeError):
        raise SourceError(f"{place}: not UTF-8 at byte {value.start}: save the file as UTF-8")
    if isinstance(value, RecursionError):
        raise SourceError(f"{place}: {_DEEP}: check the file")
    if isinstance(value, msgspec.DecodeError):
        raise SourceError(f"{place}: not JSON: {value}{_where(value, data)}: is the file cut off?")
    items = unwrapped(value)
    if items is None:
        items = value if isinstance(value, list) else [value]
    for n, item in enumerate(items, 1):
        where = f"{place}, record {n}"
        text = msgspec.json.encode(item).decode()
        yield Found(item, Source(kind, text, where))


def _lines(stream: BinaryIO, ahead: list[bytes], place: str, kind: str, unwrapped: Any) -> Iterator[Found | Rejected]:
    number = 0
    while line := (ahead.pop(0) if ahead else stream.readline(RECORD_BYTES + 1)):
        number += 1
        where = f"{place}, line {number}"
        if len(line) > RECORD_BYTES:
            while line and not line.endswith(b"\n"):
                line = stream.readline(RECORD_BYTES)
            reason = f"the line is longer than {RECORD_BYTES >> 20} MiB: split it, or take the large field out"
            yield Rejected(where, reason)
            continue
        if not line.strip():
            continue
        value = _decoded(line)
        if isinstance(value, Exception):
            yield _rejected(value, line, where)
            continue
        for item in unwrapped(value) or [value]:
            yield Found(item, Source(kind, line.decode().strip(), where))


def _rejected(error: Exception, line: bytes, where: str) -> Rejected:
    excerpt = line[:200].decode("utf-8", "replace")
    if isinstance(error, UnicodeDecodeError):
        return Rejected(where, f"not UTF-8 at byte {error.start} of the line: save the file as UTF-8", "", excerpt)
    if isinstance(error, RecursionError):
        return Rejected(where, f"the record {_DEEP}", "", excerpt)
    return Rejected(where, f"not JSON: {error}: is the line cut off?", "", excerpt)


def _decoded(data: bytes) -> Any:
    """Return the value, or the error that says why there is none."""
    try:
        data.decode()
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return error


def _where(error: msgspec.DecodeError, data: bytes) -> str:
    """Return line and column of the byte a message names."""
    digits = str(error).rpartition("byte ")[2].rstrip(")")
    at = int(digits) if digits.isdigit() else len(data)
    line = data.count(b"\n", 0, at) + 1
    column = at - data.rfind(b"\n", 0, at)
    return f" (line {line}, column {column})"
