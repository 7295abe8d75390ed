"""JSON in the shapes sources come in - one document, a list, an answer, JSON Lines - becomes single documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

import msgspec
from msgspec import Raw, Struct, ValidationError

import ld.readers.parts as parts
from ld.errors import SourceError
from ld.readers.limits import EXCERPT_CHARACTERS, JSON_BYTES, LINE_BYTES, RECORD_BYTES, oversized, oversized_record
from ld.readers.share import BLOCK_BYTES, Share
from ld.record import Part, Rejected, Source

Path = tuple[str, ...]
# So many blank lines in front of or behind the first document are looked over before the text counts as JSON Lines.
_BLANK_LINES = 10_000


class Found(Struct, frozen=True):
    """One document of the source, decoded as the reader wants it."""

    value: Any
    source: Source


class Shape(Struct, frozen=True):
    """What a reader looks for: its `kind`, where answers keep documents, their marks, how to decode one."""

    kind: str
    paths: tuple[Path, ...]
    marks: tuple[bytes, ...]
    decode: Callable[[bytes], Any]


def shape(kind: str, document: Any, *paths: Path) -> Shape:
    """Return the shape; a path tells where an answer keeps its documents ("response", "docs").

    Of a document only the fields that its type names are decoded.
    """
    marks = tuple(f'"{path[0]}"'.encode() for path in paths)
    return Shape(kind, paths, marks, msgspec.json.Decoder(document).decode)


def documents(stream: BinaryIO, place: str, shape: Shape, share: Share) -> Iterator[Found | Rejected | Part]:
    """Yield the documents of a stream, and the `Part` that an answer is where it counts more than it holds.

    Of JSON Lines a bad line is rejected and the others go on. A bad JSON text raises SourceError with line and column.
    """
    ahead = _ahead(stream)
    if _is_lines(ahead, shape.marks):
        yield from _lines(stream, ahead, place, shape, share)
    else:
        yield from _whole(b"".join([*ahead, stream.read(JSON_BYTES)]), place, shape, share)


def _ahead(stream: BinaryIO) -> list[bytes]:
    """Return the lines up to the second that is not blank, or up to one that is too long to be read as a whole."""
    lines: list[bytes] = []
    full = 0
    while full < 2 and len(lines) < _BLANK_LINES and (line := stream.readline(LINE_BYTES)):
        lines.append(line)
        full += not line.isspace()
        if not line.endswith(b"\n"):
            break
    return lines


def _is_lines(ahead: list[bytes], marks: tuple[bytes, ...]) -> bool:
    """Determine whether the text begins as JSON Lines: two objects from their first column, or a first one whole.

    An object whose line is too long to be looked at is a document and no answer, unless it has an answer's names.
    """
    first, *others = [line for line in ahead if not line.isspace()] or [b""]
    if len(first) >= LINE_BYTES:
        return first[:1] == b"{" and not any(mark in first for mark in marks)
    if not others:
        return len(ahead) >= _BLANK_LINES
    return (first[:1] == b"{" and others[0][:1] == b"{") or not isinstance(_decoded(first), Exception)


def _whole(data: bytes, place: str, shape: Shape, share: Share) -> Iterator[Found | Rejected | Part]:
    if len(data) > JSON_BYTES:
        limit = f"{JSON_BYTES >> 20} MiB"
        raise SourceError(f"{place}: one JSON text of more than {limit}: save it as JSON Lines, one record a line")
    try:
        data.decode()
        inside = _inside(data, shape.paths)
    except UnicodeDecodeError as error:
        raise SourceError(f"{place}: not UTF-8 at byte {error.start}: save the file as UTF-8") from None
    except RecursionError:
        raise SourceError(f"{place}: is nested too deeply to hold catalogue records: check the file") from None
    except msgspec.DecodeError as error:
        raise SourceError(f"{place}: not JSON: {error}{_where(error, data)}: is the file cut off?") from None
    for n, item in enumerate(inside.items, 1):
        if share.takes(n):
            yield _found(item, shape, f"{place}, record {n}")
    yield from inside.part(place)


def _lines(
    stream: BinaryIO, ahead: list[bytes], place: str, shape: Shape, share: Share
) -> Iterator[Found | Rejected | Part]:
    """Yield the documents of those blocks of JSON Lines that are in the share; `ahead` has been read already."""
    number = 0
    for n, block in enumerate(_blocks(stream, ahead), 1):
        if not share.takes(n):
            number += block.count(b"\n") + (not block.endswith(b"\n"))
            continue
        for line in block.split(b"\n"):
            number += 1
            share.at = number
            where = f"{place}, line {number}"
            if len(line) >= LINE_BYTES:
                yield Rejected(where, oversized_record(LINE_BYTES), excerpt=_excerpt(line))
            elif line and not line.isspace():
                inside = _inside_line(line, shape)
                for item in inside.items:
                    yield _found(item, shape, where)
                yield from inside.part(where)
        number -= block.endswith(b"\n")


def _blocks(stream: BinaryIO, ahead: list[bytes]) -> Iterator[bytes]:
    """Yield the stream in blocks of whole lines; of a line that is far too long, its first LINE_BYTES only."""
    block = b"".join(ahead)
    ahead.clear()
    while block:
        begun = len(block) - block.rfind(b"\n") - 1
        if begun:
            block += stream.readline(LINE_BYTES - begun)
        yield block
        whole = block.endswith(b"\n")
        block = b""  # a long line is not held while the rest of it is passed over
        while not whole and (rest := stream.readline(BLOCK_BYTES)):
            whole = rest.endswith(b"\n")
        block = stream.read(BLOCK_BYTES)


class _Inside(Struct, frozen=True):
    """The documents of a JSON text, each as it came, and what stands around them in an answer."""

    items: list[bytes]
    around: dict[str, Raw] = {}

    def part(self, place: str) -> Iterator[Part]:
        """Yield the page of a list that the text is, where it is not the whole list."""
        if self.around:
            yield from parts.needed(parts.of_answer(place, self.around, len(self.items)))


def _inside_line(line: bytes, shape: Shape) -> _Inside:
    """Return the documents of a line: nearly always the line itself."""
    for mark in shape.marks:
        if mark in line:
            break
    else:
        return _Inside([line])
    try:
        return _inside(line, shape.paths)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _Inside([line])


def _inside(data: bytes, paths: tuple[Path, ...]) -> _Inside:
    """Return the documents of a list or an answer; other JSON is itself the one document."""
    if data.lstrip()[:1] == b"[":
        return _Inside([bytes(item) for item in msgspec.json.decode(data, type=list[Raw])])
    for path in paths:
        inner: bytes | Raw | None = data
        around: dict[str, Raw] = {}
        try:
            for name in path:
                around |= msgspec.json.decode(inner or b"", type=dict[str, Raw])
                inner = around.pop(name, None)
                if inner is None:
                    break
            else:
                return _Inside([bytes(item) for item in msgspec.json.decode(inner or b"", type=list[Raw])], around)
        except ValidationError:
            continue
    return _Inside([data])


def _found(data: bytes, shape: Shape, where: str) -> Found | Rejected:
    """Return the document, or why it cannot be used."""
    if len(data) > RECORD_BYTES:
        return _too_large(data, where)
    try:
        text = data.decode()
        return Found(shape.decode(data), Source(shape.kind, text.strip(), where))
    except UnicodeDecodeError as error:
        reason = f"not UTF-8 at byte {error.start} of the line: save the file as UTF-8"
    except RecursionError:
        reason = "is nested too deeply to be a catalogue record: check it"
    except ValidationError:
        reason = "not a record: a JSON object with fields is needed"
    except msgspec.DecodeError as error:
        reason = f"not JSON: {error}{_where(error, data)}: is it cut off?"
    return Rejected(where, reason, excerpt=_excerpt(data))


def _too_large(data: bytes, where: str) -> Rejected:
    """Say which field is too large; the others are passed over, as they may be of any size too."""
    reason, known = oversized_record(len(data)), ""
    try:
        fields = msgspec.json.decode(data, type=dict[str, Raw])
        known = str(msgspec.json.decode(fields.get("id", b'""')) or "")
        texts = ((name, raw) for name, raw in fields.items() if bytes(memoryview(raw)[:1]) == b'"')
        reason = oversized((name, msgspec.json.decode(raw, type=str)) for name, raw in texts) or reason
    except (msgspec.DecodeError, RecursionError, ValueError):
        pass  # the reason is that it is too large, whatever else it is
    return Rejected(where, reason, known, _excerpt(data))


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
