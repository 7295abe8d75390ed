"""Records about journals: one thing with the journal where title and ISSN agree, else things of their own.

Which title a journal has, only all records together tell: the commonest. So a record about a journal is first described
as the journal, and turned into a work of its own, which is related to it, where the journal has another title.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec
from msgspec import Struct

from ld.mapping.compiled import Mapping
from ld.mapping.containers import SERIALS
from ld.publish import claims
from ld.publish.claims import Claim, Tally
from ld.publish.convert import linked
from ld.publish.gate import Gate
from ld.publish.tables import Old, Records
from ld.readers import reread
from ld.record import Record, Source
from ld.site.documents import mentioned
from ld.site.files import body, opened_body
from ld.summary import Summary
from ld.values import keys


class Turned(Struct, frozen=True):
    """A record that became a work of its own, or the journal again: its path, its packed bodies before and after."""

    path: str
    before: bytes
    after: bytes


class Journals:
    """Turns records about journals, as the claims about these journals want it."""

    def __init__(self, mapping: Mapping, records: Records, tally: Tally, gate: Gate) -> None:
        self.mapping = mapping
        self.records = records
        self.tally = tally
        self.gate = gate

    def turned(self, files: Iterable[Path], standing: Callable[[int], dict[int, Claim]]) -> list[Turned]:
        """Return the records that had to be turned; `standing` gives the claims about a thing before these files."""
        found = []
        for number, change in claims.merged(files):
            about = self.records.of_kinds(number, SERIALS)
            if about and (said := claims.added(standing(number), change.values())):
                title = self._title(said)
                found += [turned for path in about if (turned := self._turn(path, number, title))]
        return found

    def _title(self, said: dict[int, Claim]) -> str | None:
        """Return the title of a journal in letters, None where the thing is none, or has no title."""
        things = claims.settled(said, self.mapping.one).things
        titles = [value for one in things if one.kind == "journal" for value in one.fields.get("title", ())]
        return keys.folded(str(titles[0])) if titles else None

    def _turn(self, path: str, number: int, title: str | None) -> Turned | None:
        old = self.records.old(path)
        if title is None or old is None or old.gone:
            return None
        unpack = self.records.packers.bodies.unpack
        summary = msgspec.msgpack.decode(opened_body(unpack(old.body)).about, type=Summary)
        apart = keys.folded(summary.title.text) != title
        return self._again(path, old, apart) if apart == bool(summary.topic) else None

    def _again(self, path: str, old: Old, apart: bool) -> Turned | None:
        packers = self.records.packers
        source = msgspec.msgpack.decode(packers.sources.unpack(self.records.source(old.n)), type=Source)
        record = reread(source)
        if not isinstance(record, Record):
            return None
        made, _ = self.gate.record(self.mapping.describe(record, apart))
        packed = packers.bodies.pack(body(made.lines, made.summarize(), made.naming, made.marks))
        self.tally.take_back(mentioned(old.mentions))
        self.tally.add(made.mentions)
        self.records.turn(path, old, packed, linked(made))
        return Turned(path, old.body, packed)
