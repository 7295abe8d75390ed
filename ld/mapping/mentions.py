"""What one record says of a thing that other records speak of too: packed, so that equal mentions are equal bytes."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

import msgspec
from msgspec import Struct

from ld.values import names


class Statement(Struct, frozen=True, array_like=True):
    """One value of one field of a shared thing, as one record has it, in N-Triples lines.

    `rank` is the place of the field in the mapping; `one` tells that the thing keeps one value of the field (in each
    language: `tag`), the one most records agree on.
    """

    iri: str
    rank: int
    one: bool
    tag: str
    lines: str


class Mention(Struct, frozen=True):
    """What one record says of one shared thing, as a whole: nearly always the same for all records that name it.

    `document` is the path of the thing's document and `number` is its number. `packed` holds path and statements, and
    `key` is 63 bits of its BLAKE2b: equal keys are equal mentions.
    """

    document: str
    number: int
    key: int
    packed: bytes


def mention(document: str, said: list[Statement]) -> Mention:
    """Return the mention that says this of the things of a document."""
    packed = msgspec.msgpack.encode((document, said))
    key = int.from_bytes(blake2b(packed, digest_size=8).digest()) >> 1
    return Mention(document, names.number(document), key, packed)


def statements(packed: bytes) -> list[Statement]:
    """Return what a packed mention says."""
    return _MENTION.decode(packed)[1]


class Unsaid:
    """Gives of mentions, one after the other, the lines that it has not given yet."""

    def __init__(self) -> None:
        self._keys: set[int] = set()
        self._lines: set[str] = set()

    def lines(self, mentions: Iterable[Mention]) -> str:
        """Return the lines of these mentions that were not in any before."""
        new = [one for one in mentions if one.key not in self._keys]
        self._keys.update(one.key for one in new)
        said = dict.fromkeys(statement.lines for one in new for statement in statements(one.packed))
        unsaid = [lines for lines in said if lines not in self._lines]
        self._lines.update(unsaid)
        return "".join(unsaid)


_MENTION = msgspec.msgpack.Decoder(tuple[str, list[Statement]])
