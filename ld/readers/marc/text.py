"""MARC as text: the mnemonic form (mrk) and Aleph's sequential form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from ld.readers.limits import EXCERPT_CHARACTERS, LINE_BYTES
from ld.readers.marc import lines, reading
from ld.readers.marc.table import Reads
from ld.readers.share import Share
from ld.record import Record, Rejected, Source

KIND = "marctext"
NAME = "MARC as text"
READS = Reads()
_FIRST = re.compile(rb"\s*(?:=(?:LDR|000)  |\d{9} [0-9A-Z]{3}.. L )")
_NUMBER = re.compile(rb"(\d{9}) [0-9A-Z]{3}.. L ")


def sniff(head: bytes) -> bool:
    """Determine whether the beginning looks like MARC as text."""
    return _FIRST.match(head) is not None


def read(stream: BinaryIO, place: str, share: Share) -> Iterator[Record | Rejected]:
    """Yield the records; one that is not UTF-8 is rejected."""
    for n, (line, block) in enumerate(_blocks(stream), 1):
        if share.takes(n):
            yield _record(block, f"{place}, record {n}, line {line}")


def _blocks(stream: BinaryIO) -> Iterator[tuple[int, list[bytes]]]:
    """Yield the lines of each record, with the number of its first: one begins with a leader or another number."""
    held: list[bytes] = []
    begun, number = 1, b""
    at = 0
    while line := stream.readline(LINE_BYTES):
        at += 1
        found = _NUMBER.match(line)
        begins = lines.starts(line[:8].decode("latin-1")) or (found is not None and found[1] != number)
        if begins and any(one.strip() for one in held):
            yield begun, held
            held = []
        if begins:
            begun, number = at, found[1] if found else b""
        if line.strip():
            held.append(line.rstrip(b"\r\n"))
    if held:
        yield begun, held


def _record(block: list[bytes], place: str) -> Record | Rejected:
    data = b"\n".join(block)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        reason = f"not UTF-8 at byte {error.start} of the record: save the file as UTF-8"
        return Rejected(place, reason, excerpt=data[:EXCERPT_CHARACTERS].decode("utf-8", "replace"))
    return reading.record(lines.entry(text.split("\n")), Source(KIND, text, place))
