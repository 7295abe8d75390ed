"""How large a record may be, in plain numbers, and the sentence for what is larger."""

from __future__ import annotations

from collections.abc import Iterable

FIELD_CHARACTERS = 1 << 20
RECORD_BYTES = 16 << 20
# A line is read this far, so that a field that is too large can be named.
LINE_BYTES = 64 << 20
# One value of a JSON text that is not JSON Lines is held in memory, and so has a limit.
JSON_BYTES = 512 << 20
EXCERPT_CHARACTERS = 200


def oversized(fields: Iterable[tuple[str, str]]) -> str:
    """Return why one of these fields is too large, empty where none is.

    >>> oversized([("title", "A title"), ("description", "x" * 2_000_000)])
    "field 'description' has 2,000,000 characters, over the limit of 1,048,576: shorten it or leave it out"
    """
    for name, value in fields:
        if len(value) > FIELD_CHARACTERS:
            size, limit = f"{len(value):,}", f"{FIELD_CHARACTERS:,}"
            return f"field '{name}' has {size} characters, over the limit of {limit}: shorten it or leave it out"
    return ""


def oversized_record(size: int) -> str:
    """Return why a record of that many bytes is not read."""
    return f"the record has {size:,} bytes, over the limit of {RECORD_BYTES:,}: split it or leave large fields out"
