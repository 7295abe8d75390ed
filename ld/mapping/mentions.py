"""What one record says of a thing that other records speak of too: packed, so that equal mentions are equal bytes."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

import msgspec
from msgspec import Struct

from ld.summary import Value
from ld.values import names


class Said(Struct, frozen=True, array_like=True):
    """A thing as one record has it: its kind, its IRI, and the fields that the record fills."""

    kind: str
    iri: str
    fields: dict[str, list[Value]]


class Mention(Struct, frozen=True):
    """What one record says of one shared thing, as a whole: nearly always the same for all records that name it.

    `document` is the path of the thing's document and `number` is its number. `packed` holds path and what is said, and
    `key` is 63 bits of its BLAKE2b: equal keys are equal mentions.
    """

    document: str
    number: int
    key: int
    packed: bytes


def mention(document: str, said: Iterable[Said]) -> Mention:
    """Return the mention that says this of the things of a document."""
    packed = msgspec.msgpack.encode((document, list(said)))
    key = int.from_bytes(blake2b(packed, digest_size=8).digest()) >> 1
    return Mention(document, names.number(document), key, packed)


def both(one: Mention, other: Mention) -> Mention:
    """Return the mention that says what two of the same document say."""
    known = unpacked(one.packed)[1]
    return mention(one.document, [*known, *(said for said in unpacked(other.packed)[1] if said not in known)])


unpacked = msgspec.msgpack.Decoder(tuple[str, list[Said]]).decode
"""Returns the path and what is said, of a packed mention."""
