"""JSON in the shapes sources come in - one document, a list, an answer, JSON Lines - becomes single documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

import msgspec
from msgspec import Raw, Struct, ValidationError

from ld.errors import SourceError
from ld.readers.limits import EXCERPT_CHARACTERS, JSON_BYTES, LINE_BYTES, RECORD_BYTES, oversized, oversized_record
from ld.record import Rejected, Source

Path = tuple[str, ...]


class Found(Struct, frozen=True):
    """One document of the source."""

    value: dict[str, Any]
    source: Source


def documents(stream: BinaryIO, place: str, kind: str, paths: Iterable[Path]) -> Iterator[Found | Rejected]:
    """Yield the documents of a stream; `paths` tell where an answer keeps its documents ("response", "docs").

    Of JSON Lines a bad line is rejected and the others go on. A bad JSON text raises SourceError with line and column.
    """
    first = stream.readline(LINE_BYTES)
    second = stream.readline(LINE_BYTES)
    while second and not second.strip():
        first += second
        second = stream.readline(LINE_BYTES)
    if second and _is_lines(first, second):
        yield from _lines(stream, [first, second], place, kind, tuple(paths))
    else:
        data = first + second + stream.read(JSON_BYTES)
        yield from _whole(data, place, kind, tuple(paths))


def _is_lines(first: bytes, second: bytes) -> bool:
    """Determine whether two lines begin JSON Lines: both objects from their first column, or the first one whole."""
    if not first.endswith(b"\n"):
        return False
    return (first[:1] == b"{" and second[:1] == b"{") or not isinstance(_decoded(first), Exception)


def _whole(data: bytes, place: str, kind: str, paths: tuple[Path, ...]) -> Iterator[Found | Rejected]:
    if len(data) > JSON_BYTES:
        limit = f"{JSON_BYTES >> 20} MiB"
        raise SourceError(f"{place}: one JSON text of more than {limit}: save it as JSON Lines, one record a line")
    try:
        data.decode()
        items = _inside(data, paths)
    except UnicodeDecodeError as error:
        raise SourceError(f"{place}: not UTF-8 at byte {error.start}: save the file as UTF-8") from None
    except RecursionError:
        raise SourceError(f"{place}: is nested too deeply to hold catalogue records: check the file") from None
    except msgspec.DecodeError as error:
        raise SourceError(f"{place}: not JSON: {error}{_where(error, data)}: is the file cut off?") from None
    for n, item in enumerate(items, 1):
        yield _found(item, kind, f"{place}, record {n}")


def _lines(
    stream: BinaryIO, ahead: list[bytes], place: str, kind: str, paths: tuple[Path, ...]
) -> Iterator[Found | Rejected]:
    """Yield the documents of JSON Lines; `ahead` are the lines that have been read already."""
    number = 0
    while line := (ahead.pop(0) if ahead else stream.readline(LINE_BYTES)):
        number += 1 if line.endswith(b"\n") or number == 0 else line.count(b"\n") + 1
        where = f"{place}, line {number}"
        if len(line) >= LINE_BYTES and not line.endswith(b"\n"):
            while (more := stream.readline(LINE_BYTES)) and not more.endswith(b"\n"):
                pass
            yield Rejected(where, oversized_record(LINE_BYTES), excerpt=_excerpt(line))
        elif line.strip():
            yield from (_found(item, kind, where) for item in _line_items(line, paths))


def _line_items(line: bytes, paths: tuple[Path, ...]) -> list[bytes]:
    """Return the documents of a line: nearly always the line itself."""
    if not any(b'"' + path[0].encode() + b'"' in line for path in paths):
        return [line]
    try:
        return _inside(line, paths)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return [line]


def _inside(data: bytes, paths: tuple[Path, ...]) -> list[bytes]:
    """Return the documents, each as it came, of a list or an answer; other JSON is itself the one document."""
    if data.lstrip()[:1] == b"[":
        return [bytes(item) for item in msgspec.json.decode(data, type=list[Raw])]
    for path in paths:
        inner: bytes | Raw | None = data
        try:
            for name in path:
                inner = msgspec.json.decode(inner or b"", type=dict[str, Raw]).get(name)
                if inner is None:
                    break
            else:
                return [bytes(item) for item in msgspec.json.decode(inner or b"", type=list[Raw])]
        except ValidationError:
            continue
    return [data]


def _found(data: bytes, kind: str, where: str) -> Found | Rejected:
    """Return the document, or why it cannot be used."""
    value = _decoded(data)
    if isinstance(value, UnicodeDecodeError):
        reason = f"not UTF-8 at byte {value.start} of the line: save the file as UTF-8"
        return Rejected(where, reason, excerpt=_excerpt(data))
    if isinstance(value, RecursionError):
        return Rejected(where, "is nested too deeply to be a catalogue record: check it", excerpt=_excerpt(data))
    if isinstance(value, Exception):
        return Rejected(where, f"not JSON: {value}{_where(value, data)}: is it cut off?", excerpt=_excerpt(data))
    if not isinstance(value, dict):
        return Rejected(where, "not a record: a JSON object with fields is needed", excerpt=_excerpt(data))
    if len(data) > RECORD_BYTES:
        texts = ((name, one) for name, one in value.items() if isinstance(one, str))
        reason = oversized(texts) or oversized_record(len(data))
        return Rejected(where, reason, str(value.get("id") or ""), _excerpt(data))
    return Found(value, Source(kind, data.decode().strip(), where))


def _decoded(data: bytes) -> Any:
    """Return the value, or the error that says why there is none."""
    try:
        data.decode()
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        return error


def _excerpt(data: bytes) -> str:
    return data[: 4 * EXCERPT_CHARACTERS].decode("utf-8", "replace").strip()[:EXCERPT_CHARACTERS]


def _where(error: Exception, data: bytes) -> str:
    """Return line and column of the byte that the message names, or of the end where the text was cut off."""
    digits = str(error).rpartition("byte ")[2].rstrip(")")
    at = int(digits) if digits.isdigit() else len(data)
    line = data.count(b"\n", 0, at) + 1
    column = at - data.rfind(b"\n", 0, at)
    return f" (line {line}, column {column})"
