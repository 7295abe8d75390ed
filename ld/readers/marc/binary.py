"""MARC records in ISO 2709, as library systems export them: .mrc, .dat, .marc."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from ld.readers.limits import EXCERPT_CHARACTERS, RECORD_BYTES, oversized_record
from ld.readers.marc import exchange, reading
from ld.readers.marc.entry import Entry
from ld.readers.marc.table import Reads
from ld.readers.share import Share
from ld.record import Record, Rejected, Source

KIND = "marc"
NAME = "MARC in ISO 2709"
READS = Reads()
# Digits, a leader and a directory up to the first end of a field; in each of these, some systems write nonsense.
_BEGIN = re.compile(rb"\s{0,9}[\d ]{5}[\x20-\xff]{19}[\x20-\x7e]{12,12000}\x1e")


def sniff(head: bytes) -> bool:
    """Determine whether the beginning looks like ISO 2709."""
    return b"\x1e" in head and _BEGIN.match(head) is not None


def read(stream: BinaryIO, place: str, share: Share) -> Iterator[Record | Rejected]:
    """Yield the records; one that is broken is rejected with the byte at which it begins."""
    for n, (at, raw) in enumerate(exchange.pieces(stream), 1):
        if share.takes(n):
            yield _record(raw, f"{place}, record {n}, byte {at}")


def _record(raw: bytes, place: str) -> Record | Rejected:
    if len(raw) > RECORD_BYTES:
        return Rejected(place, oversized_record(len(raw)), excerpt=_excerpt(raw))
    found = exchange.entry(raw)
    if isinstance(found, str):
        return Rejected(place, found, excerpt=_excerpt(raw))
    return reading.record(found, Source(KIND, _kept(raw, found), place))


def _kept(raw: bytes, entry: Entry) -> str:
    """Return the record as text: as it came, or where that is no UTF-8, as it was read."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return exchange.written(entry)


def _excerpt(raw: bytes) -> str:
    return raw[:EXCERPT_CHARACTERS].decode("ascii", "replace")
