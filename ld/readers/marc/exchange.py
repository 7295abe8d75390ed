"""ISO 2709 becomes MARC records: a file is cut at its record terminators, a record at its field terminators.

Lengths in leader and directory are often wrong, and too small for a record of 100,000 bytes; terminators are right
nearly always. So the directory gives the tags, and where a field stands only if it and the terminators disagree.
Standards: ISO 2709:2008; MARC 21 Specifications for Record Structure.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import BinaryIO
from unicodedata import is_normalized

from ld.readers.limits import RECORD_BYTES
from ld.readers.marc.charset import decoded, is_nonsense
from ld.readers.marc.entry import UNREAD, Entry, Field, Subfield, control, data, normal
from ld.readers.share import BLOCK_BYTES
from ld.record import Remark

_RECORD_END, _FIELD_END, _SUBFIELD = b"\x1d", b"\x1e", "\x1f"
_LEADER, _ENTRY = 24, 12
# What stands between records: ends of lines, and what some systems fill up their files with.
_BETWEEN = b" \t\r\n\x00\x1a"
# So many bytes may be damaged in a record whose encoding is known.
_FEW = 3
_UNREAD = "holds bytes that are neither UTF-8 nor MARC-8"
_NUMBERS = frozenset(f"00{n}" for n in range(10))


def pieces(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield the records as they came, each with the byte at which it begins; of one that is far too large, a part."""
    begun, at = b"", 0
    while block := stream.read(BLOCK_BYTES):
        *whole, begun = (begun + block).split(_RECORD_END) if len(begun) <= RECORD_BYTES else _passed(begun, block)
        for piece in whole:
            yield from _piece(piece, at)
            at += len(piece) + 1
    yield from _piece(begun, at)


def _passed(begun: bytes, block: bytes) -> list[bytes]:
    """Return the pieces behind the end of a record that is too large to be held."""
    first, *rest = block.split(_RECORD_END)
    return [begun, *rest] if rest else [begun + first[:1]]


def _piece(piece: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    record = piece.lstrip(_BETWEEN[1:])
    if record.strip(_BETWEEN):
        yield at + len(piece) - len(record), record


def entry(raw: bytes) -> Entry | str:
    """Return the record, or why it is none. `raw` ends before its record terminator."""
    head, *bodies = raw.split(_FIELD_END)
    if len(head) < _LEADER:
        return f"no MARC record: {len(head)} bytes where a leader has 24: is it cut off?"
    leader, directory = head[:_LEADER].decode("ascii", "replace"), head[_LEADER:].decode("latin-1")
    if len(directory) % _ENTRY or not directory or not directory.isascii():
        return f"a directory of {len(directory)} bytes, where each field has 12 of ASCII: is the record cut off?"
    entries = [directory[n : n + _ENTRY] for n in range(0, len(directory), _ENTRY)]
    if bodies and not bodies[-1].strip():
        bodies.pop()
    if len(bodies) != len(entries):
        found = _by_directory(raw, leader, entries)
        if found is None:
            return f"a directory of {len(entries)} fields, and {len(bodies)} in the record: is it cut off or joined?"
        bodies = found
    elif len(raw) < 99_999:
        entries = _in_order(entries)
    return _entry(leader, [one[:3] for one in entries], bodies)


def _in_order(entries: list[str]) -> list[str]:
    """Return the entries in the order in which their fields stand, where their numbers make sense."""
    starts = [one[7:] for one in entries]
    inorder = sorted(starts)
    if inorder == starts or not "".join(one[3:] for one in entries).isdecimal():
        return entries
    sorted_entries = sorted(entries, key=lambda one: one[7:])
    touching = all(int(one[7:]) + int(one[3:7]) == int(following[7:]) for one, following in pairwise(sorted_entries))
    return sorted_entries if touching else entries


def _by_directory(raw: bytes, leader: str, entries: list[str]) -> list[bytes] | None:
    """Return the fields as the directory places them, None where it places one wrongly."""
    if not (leader[12:17] + "".join(one[3:] for one in entries)).isdecimal():
        return None
    base, bodies = int(leader[12:17]), list[bytes]()
    for one in entries:
        start = base + int(one[7:])
        body = raw[start : start + int(one[3:7])]
        if not body.endswith(_FIELD_END) or raw[start - 1 : start] != _FIELD_END:
            return None
        bodies.append(body[:-1])
    return bodies


def _entry(leader: str, tags: list[str], bodies: list[bytes]) -> Entry | str:
    whole = _FIELD_END.join(bodies)
    try:
        texts = [] if b"\x1b" in whole else whole.decode().split("\x1e")
    except UnicodeDecodeError:
        texts = []
    if not texts:
        texts = decoded(bodies, leader[9] == "a")
        unread = sum(text.count(UNREAD) for text in texts)
        much = unread > _FEW and unread * 20 > sum(byte > 0x7F for byte in whole)
        if much or any(map(is_nonsense, texts)):
            return "in neither UTF-8 nor MARC-8, as what it would say in them shows: convert it to UTF-8 first"
    result = Entry(leader, [], [])
    result.fields = [_field(tag, text, result.remarks) for tag, text in zip(tags, texts, strict=True)]
    return result


def _field(tag: str, body: str, remarks: list[Remark]) -> Field:
    plain = body.isascii() or is_normalized("NFC", body)
    if UNREAD in body:
        remarks.append(Remark(tag, _UNREAD, body.replace(_SUBFIELD, "$")))
    indicators, *rest = body.split(_SUBFIELD)
    if not rest or tag in _NUMBERS:
        return control(tag, normal(body.replace(_SUBFIELD, " ")))
    # each by itself: a mark at the beginning of a value would be joined to the code before it
    subfields: list[Subfield] = [(one[0], one[1:] if plain else normal(one[1:])) for one in rest if one]
    if len(indicators) > 2 and indicators[2:].strip():
        remarks.append(Remark(tag, "stands before the first subfield: left out", indicators[2:]))
    return data(tag, indicators, subfields)


def written(entry: Entry) -> str:
    """Return a record of text that reads as this one; its lengths are empty, as terminators tell where fields end."""
    bodies = ["".join([field.indicators, *(_subfield(one) for one in field.subfields)]) for field in entry.fields]
    directory = "".join(f"{field.tag:3.3}000000000" for field in entry.fields)
    return "\x1e".join([f"{entry.leader:24.24}{directory}", *bodies, ""])


def _subfield(one: Subfield) -> str:
    code, value = one
    return f"{_SUBFIELD}{code}{value}" if code else value
