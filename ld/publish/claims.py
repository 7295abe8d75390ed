"""What records say about shared things is counted: many mentions become one document for each thing.

A journal is mentioned by all its articles, nearly always in the same words. So equal mentions are counted and not kept
one by one, and a mention that is taken back leaves everything as if it had never been made.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

import msgspec
from msgspec import Struct

from ld.errors import SiteError
from ld.mapping.mentions import Mention, Statement
from ld.publish.sortedruns import read_rows, write_rows

# So many different mentions are counted in memory before they are written to a file.
_MOST = 100_000


class Claim(Struct, array_like=True):
    """How often one mention of a thing was made: `number` is the thing's, `key` and `packed` are the mention's.

    `count` is less than nothing where mentions were taken back; `packed` may then be empty.
    """

    number: int
    key: int
    count: int
    packed: bytes = b""


class Tally:
    """Counts mentions; where there are many, sorted files `NAME-NUMBER.claims` in the folder hold them."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder
        self.name = name
        self.files: list[Path] = []
        self._claims: dict[tuple[int, int], Claim] = {}

    def add(self, mentions: Iterable[Mention]) -> None:
        """Count the mentions of one record."""
        known = self._claims
        for mention in mentions:
            claim = known.get((mention.number, mention.key))
            if claim is None:
                known[mention.number, mention.key] = Claim(mention.number, mention.key, 1, mention.packed)
            else:
                claim.count += 1
                claim.packed = claim.packed or mention.packed
        if len(known) > _MOST:
            self._write()

    def take_back(self, keys: Iterable[tuple[int, int]]) -> None:
        """Uncount the mentions of a record that gives way: `keys` are their numbers and keys; 0 is no mention."""
        for number, key in keys:
            if not key:
                continue
            self._claims.setdefault((number, key), Claim(number, key, 0)).count -= 1
        if len(self._claims) > _MOST:
            self._write()

    def close(self) -> list[Path]:
        """Write what is left, and return the files."""
        self._write()
        return self.files

    def _write(self) -> None:
        if self._claims:
            path = self.folder / f"{self.name}-{len(self.files)}.claims"
            found = sorted(self._claims.values(), key=_order)
            write_rows(path, found)
            self.files.append(path)
            self._claims = {}


def merged(files: Iterable[Path]) -> Iterator[tuple[int, dict[int, Claim]]]:
    """Yield the number of every thing, in their order, with what is claimed of it, by key: the files added up."""
    streams = [read_rows(path, Claim) for path in files]
    for number, group in groupby(heapq.merge(*streams, key=_order), key=lambda claim: claim.number):
        yield number, added({}, group)


def added(claims: dict[int, Claim], more: Iterable[Claim]) -> dict[int, Claim]:
    """Add to the claims of one thing, drop those that nobody makes any more, and return them."""
    for one in more:
        known = claims.get(one.key)
        if known is None:
            claims[one.key] = one
        else:
            known.count += one.count
            known.packed = known.packed or one.packed
    return {key: claim for key, claim in claims.items() if claim.count}


def encoded(claims: dict[int, Claim]) -> bytes:
    """Return the claims of one thing as they are kept."""
    return msgspec.msgpack.encode(sorted(claims.values(), key=_order))


def decoded(data: bytes) -> dict[int, Claim]:
    """Return the claims of one thing that were kept."""
    return {claim.key: claim for claim in _CLAIMS.decode(data)}


def settled(claims: dict[int, Claim]) -> tuple[str, str]:
    """Return path and lines of a shared thing: of a field that keeps one value, the value most records give.

    Raises SiteError where two paths have one number by chance, which no site of ours will ever see.
    """
    groups: dict[tuple[str, int, bool, str], Counter[str]] = {}
    paths = set()
    for claim in claims.values():
        path, said = _PACKED.decode(claim.packed)
        paths.add(path)
        for one in said:
            key = (one.iri, one.rank, one.one, one.tag if one.one else "")
            groups.setdefault(key, Counter())[one.lines] += claim.count
    if len(paths) > 1:
        raise SiteError(f"{' and '.join(sorted(paths))} have the same number: rename one of them in vocab/things.csv")
    text = "".join(_chosen(key[2], counter) for key, counter in sorted(groups.items()))
    return paths.pop(), "\n".join(dict.fromkeys(text.split("\n")))


def _chosen(one: bool, counter: Counter[str]) -> str:
    if one:
        return min(counter, key=lambda lines: (-counter[lines], lines))
    return "".join(sorted(counter))


def keys(mentions: bytes) -> list[tuple[int, int]]:
    """Return the numbers and keys of a record's mentions as they are kept."""
    return _KEYS.decode(mentions) if mentions else []


_KEYS = msgspec.msgpack.Decoder(list[tuple[int, int]])
_CLAIMS = msgspec.msgpack.Decoder(list[Claim])
_PACKED = msgspec.msgpack.Decoder(tuple[str, list[Statement]])


def _order(claim: Claim) -> tuple[int, int]:
    return claim.number, claim.key
