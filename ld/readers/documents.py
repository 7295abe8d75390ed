"""JSON in the shapes sources come in - one document, a list, an answer, JSON Lines - becomes single documents."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

import msgspec
from msgspec import Raw, Struct, ValidationError

import ld.readers.parts as parts
from ld.errors import SourceError
from ld.readers.jsontext import Answer, JsonText, Path
from ld.readers.limits import EXCERPT_CHARACTERS, LINE_BYTES, RECORD_BYTES, oversized, oversized_record
from ld.readers.share import BLOCK_BYTES, Share
from ld.record import Part, Rejected, Source

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

    Of JSON Lines a bad line is rejected and the others go on, and each worker reads its share of them. Any other JSON
    text is read by one worker; where it is not JSON any more, SourceError is raised with line and column.
    """
    ahead = _ahead(stream, shape.marks)
    if _is_lines(ahead, shape.marks):
        yield from _lines(stream, ahead, place, shape, share)
    elif share.owns():
        yield from _whole(JsonText(stream, b"".join(ahead), place), place, shape, share)


def _ahead(stream: BinaryIO, marks: tuple[bytes, ...]) -> list[bytes]:
    """Return the lines up to the second that is not blank, or up to one that is too long to be read as a whole."""
    lines: list[bytes] = []
    full = 0
    while full < 2 and len(lines) < _BLANK_LINES and (line := stream.readline(BLOCK_BYTES)):
        if not full and not line.endswith(b"\n") and _is_document(line, marks):
            line += stream.readline(LINE_BYTES - len(line))
        lines.append(line)
        full += not line.isspace()
        if not line.endswith(b"\n"):
            break
    return lines


def _is_document(line: bytes, marks: tuple[bytes, ...]) -> bool:
    """Determine whether a line, or its beginning, is one document: an object without an answer's names."""
    return line[:1] == b"{" and not any(mark in line for mark in marks)


def _is_lines(ahead: list[bytes], marks: tuple[bytes, ...]) -> bool:
    """Determine whether the text begins as JSON Lines: two objects from their first column, or a first one whole.

    An object that has an answer's names, and does not end in its line, is the beginning of an answer.
    """
    first, *others = [line for line in ahead if not line.isspace()] or [b""]
    document = _is_document(first, marks)
    if len(first) >= LINE_BYTES:
        return document
    if not others:
        return len(ahead) >= _BLANK_LINES
    return (document and others[0][:1] == b"{") or not isinstance(_decoded(first), Exception)


def _whole(text: JsonText, place: str, shape: Shape, share: Share) -> Iterator[Found | Rejected | Part]:
    """Yield the documents of a text; several texts may stand one behind the other."""
    n = 0
    while text.sign():
        answer = Answer(text, shape.paths)
        for item in answer:
            share.at = n = n + 1
            yield _found(item, shape, f"{place}, record {n}")
        yield from _part(answer, place)


def _part(answer: Answer, place: str) -> Iterator[Part]:
    """Yield the page of a list that the answer is, where it is not the whole list."""
    if answer.around:
        yield from parts.needed(parts.of_answer(place, answer.around, answer.count))


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
                yield from _line(line, shape, where)
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


def _line(line: bytes, shape: Shape, where: str) -> Iterator[Found | Rejected | Part]:
    """Yield the documents of a line: nearly always the line itself, but it may be an answer."""
    for mark in shape.marks:
        if mark in line:
            break
    else:
        yield _found(line, shape, where)
        return
    text = JsonText(io.BytesIO(), line, where)
    answer = Answer(text, shape.paths)
    try:
        items = list(answer)
        items = [line] if text.sign() else items
    except SourceError:
        items = [line]
    for item in items:
        yield _found(item, shape, where)
    yield from _part(answer, where)


def _found(data: bytes, shape: Shape, where: str) -> Found | Rejected:
    """Return the document, or why it cannot be used."""
    if len(data) > RECORD_BYTES:
        return _too_large(data, where)
    try:
        text = data.decode()
        return Found(shape.decode(data), Source(shape.kind, text.strip(), where))
    except UnicodeDecodeError as error:
        reason = f"not UTF-8 at byte {error.start} of the record: save the file as UTF-8"
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
