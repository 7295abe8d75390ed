"""What records say about shared things is counted: many mentions become one document for each thing.

A journal is mentioned by all its articles, nearly always in the same words. So equal mentions are counted, not kept one
by one, and a mention that is taken back leaves no trace.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path

import msgspec
from msgspec import Struct

from ld.errors import SiteError
from ld.mapping.mentions import Mention, Said, unpacked
from ld.publish.sortedruns import read_rows, write_rows
from ld.summary import Role, Text, Value, plain
from ld.values import keys

# Different mentions counted in memory before they are written to a file.
_MOST = 100_000
# Titles that are made of the title of the journal.
_DERIVED = {("volume", "title"), ("issue", "title")}
_NOTHING: Mapping[str, Mapping[str, str]] = {}


class Claim(Struct, array_like=True):
    """How often one mention of a thing was made: the thing's `number`, the mention's `key` and `packed` text.

    `count` is negative where mentions were taken back; `packed` may then be empty.
    """

    number: int
    key: int
    count: int
    packed: bytes = b""


class Tally:
    """Counts mentions; when there are many, they go into sorted files `NAME-NUMBER.claims` in the folder."""

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
    """Yield each thing's number, in ascending order, with its claims by key: the files added up."""
    streams = [read_rows(path, Claim) for path in files]
    for number, group in groupby(heapq.merge(*streams, key=_order), key=lambda claim: claim.number):
        yield number, added({}, group)


def added(claims: dict[int, Claim], more: Iterable[Claim]) -> dict[int, Claim]:
    """Return the claims of one thing with further ones added, without those that no record makes any more."""
    for one in more:
        before = claims.get(one.key)
        if before is None:
            claims[one.key] = one
        else:
            before.count += one.count
            before.packed = before.packed or one.packed
    return {key: claim for key, claim in claims.items() if claim.count}


def encoded(claims: dict[int, Claim]) -> bytes:
    """Return the claims of one thing, encoded for keeping."""
    return msgspec.msgpack.encode(sorted(claims.values(), key=_order))


def decoded(data: bytes) -> dict[int, Claim]:
    """Return the claims of one thing, as `encoded` had them."""
    return {claim.key: claim for claim in _CLAIMS.decode(data)}


class Unlike(Struct, frozen=True):
    """A field of one thing of which records say things that differ beyond case and punctuation."""

    kind: str
    field: str
    values: dict[str, int]


class Settled(Struct, frozen=True):
    """A document as it is settled: its path, its things, and which values of which fields are unlike, with counts."""

    path: str
    things: list[Said]
    unlike: list[Unlike]


def settled(
    claims: dict[int, Claim], single: Mapping[str, Collection[str]], rest: Mapping[str, Mapping[str, str]] = _NOTHING
) -> Settled:
    """Return what a document says: of a field that keeps a `single` value, the one that most records give.

    Where `rest` names a field for them, its other values stand there.

    Raises SiteError where two paths share a number by chance, which is most unlikely.
    """
    counts: dict[tuple[str, str], dict[str, Counter[Value]]] = {}
    paths = set()
    for claim in claims.values():
        path, said = unpacked(claim.packed)
        paths.add(path)
        for thing in said:
            fields = counts.setdefault((thing.iri, thing.kind), {})
            for name, values in thing.fields.items():
                counter = fields.setdefault(name, Counter())
                for value in values:
                    counter[value] += claim.count
    if len(paths) > 1:
        raise SiteError(f"{' and '.join(sorted(paths))} have the same number: rename one of them in vocab/things.csv")
    things: list[Said] = []
    unlike: list[Unlike] = []
    for (iri, kind), fields in sorted(counts.items()):
        things.append(_thing(iri, kind, fields, single[kind], rest.get(kind, {})))
        unlike += _unlike(kind, {name: fields[name] for name in single[kind] if name in fields})
    return Settled(paths.pop(), things, unlike)


def _thing(
    iri: str, kind: str, fields: dict[str, Counter[Value]], single: Collection[str], rest: Mapping[str, str]
) -> Said:
    found = {name: _values(counter, name in single) for name, counter in sorted(fields.items())}
    for name, other in rest.items():
        kept = {keys.letters(plain(value)) for value in (*found.get(name, ()), *found.get(other, ()))}
        for value in sorted(fields.get(name, ()), key=_place):
            if keys.letters(plain(value)) not in kept:
                kept.add(keys.letters(plain(value)))
                found[other] = [*found.get(other, ()), Text(plain(value))]
    return Said(kind, iri, found)


def _unlike(kind: str, fields: dict[str, Counter[Value]]) -> Iterator[Unlike]:
    """Yield the fields whose values differ beyond case and punctuation; what is derived of others is left out."""
    for name, counter in sorted(fields.items()):
        if len(counter) > 1 and (kind, name) not in _DERIVED and len({keys.letters(plain(one)) for one in counter}) > 1:
            yield Unlike(kind, name, {plain(one): counter[one] for one in sorted(counter, key=_place)})


def _values(counter: Counter[Value], single: bool) -> list[Value]:
    """Return the values in order; where a field keeps one value, the commonest in each language."""
    if len(counter) == 1:
        return list(counter)
    if not single:
        return sorted(counter, key=_place)
    found: dict[str, Value] = {}
    for value in sorted(counter, key=lambda value: (-counter[value], _place(value))):
        found.setdefault(value.tag if isinstance(value, Text) else "", value)
    return [found[tag] for tag in sorted(found)]


def _place(value: Value) -> tuple[str, str]:
    role = value.role if isinstance(value, Role) else value.tag if isinstance(value, Text) else ""
    return plain(value), role


_CLAIMS = msgspec.msgpack.Decoder(list[Claim])


def _order(claim: Claim) -> tuple[int, int]:
    return claim.number, claim.key
