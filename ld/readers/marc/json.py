"""MARC-in-JSON and marc-json: one record, a list, or JSON Lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from ld.readers.documents import Found, documents, shape
from ld.readers.limits import EXCERPT_CHARACTERS
from ld.readers.marc import members, reading
from ld.readers.marc.table import Reads
from ld.readers.share import Share
from ld.record import Part, Record, Rejected

KIND = "marcjson"
NAME = "MARC-in-JSON"
READS = Reads()
_SHAPE = shape(KIND, dict[str, Any])
_FIELDS = (b'"fields"', b'"datafield"', b'"controlfield"')


def sniff(head: bytes) -> bool:
    """Determine whether the beginning looks like MARC in JSON, and not like a document that holds it as a text."""
    start = head.lstrip()[:1] in (b"{", b"[") and b'"leader"' in head and b'"fullrecord"' not in head
    return start and any(name in head for name in _FIELDS)


def read(stream: BinaryIO, place: str, share: Share) -> Iterator[Record | Rejected | Part]:
    """Yield the records."""
    for found in documents(stream, place, _SHAPE, share):
        if not isinstance(found, Found):
            yield found
        elif members.is_entry(found.value):
            yield reading.record(members.entry(found.value), found.source)
        else:
            reason = "no MARC record: a leader and fields are needed"
            yield Rejected(found.source.place, reason, excerpt=found.source.text[:EXCERPT_CHARACTERS])
