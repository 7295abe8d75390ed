"""What one record says of a thing that other records speak of too: packed, so that equal mentions are equal bytes."""

from __future__ import annotations

from hashlib import blake2b

import msgspec
from msgspec import Struct

from ld.summary import Value
from ld.values import names


class Said(Struct, frozen=True, array_like=True, gc=False):
    """A thing as one record has it: its kind, its IRI, and the fields that the record fills."""

    kind: str
    iri: str
    fields: dict[str, list[Value]]


class Mention(Struct, frozen=True, gc=False):
    """What one record says of one shared thing, as a whole: nearly always the same for all records that name it.

    `document` is the path of the thing's document and `number` is its number. `packed` holds path and what is said, and
    `key` is 63 bits of its BLAKE2b: equal keys are equal mentions.
    """

    document: str
    number: int
    key: int
    packed: bytes
    said: list[Said]


def mention(document: str, said: list[Said]) -> Mention:
    """Return the mention that says this of the things of a document."""
    packed = msgspec.msgpack.encode((document, said))
    key = int.from_bytes(blake2b(packed, digest_size=8).digest()) >> 1
    return Mention(document, names.number(document), key, packed, said)


def both(one: Mention, other: Mention) -> Mention:
    """Return the mention that says what two of the same document say."""
    return mention(one.document, [*one.said, *(said for said in other.said if said not in one.said)])


unpacked = msgspec.msgpack.Decoder(tuple[str, list[Said]]).decode
"""Returns the path and what is said, of a packed mention."""
