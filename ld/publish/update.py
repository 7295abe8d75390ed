"""The runs change a copy of the live generation: the cost grows with the change, not with the site.

Every step first takes back what was said before, then states what is said now, so the outcome is the same as that of a
rebuild.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from ld.publish import claims, dumps, indexer, renderings
from ld.publish.build import Assembly, Built, Plan, Verdict, entry, stored
from ld.publish.convert import Converted, counted
from ld.publish.sortedruns import GONE, SAME, Row
from ld.publish.tables import Old, Records, Things
from ld.site import dumpfiles, rendered
from ld.site.documents import Documents
from ld.site.generation import Generation
from ld.store.engine import written
from ld.summary import Summary
from ld.values import names


class Update(Assembly):
    """Changes copies of all files of the live generation."""

    def __init__(self, plan: Plan, live: Generation) -> None:
        records = Records(plan.folder, plan.scratch, live.path)
        super().__init__(plan, records, Things(plan.folder, live.path, records.packers))
        self.live = live
        self.store = written(plan.folder / "store", plan.settings["engine"], live.store)
        self.stored = live.manifest.counts["stored"]
        self.index: indexer.Writer | None = None
        self.touched_things: list[int] = []

    def build(self, done: Sequence[Converted]) -> Built:
        """Write everything, and return what has been built."""
        runs = [run for result in done for run in result.runs]
        with indexer.Writer(self.plan.folder / "index", self.live.path / "index") as self.index:
            for verdict in self._with_missing(self.verdicts(runs, sum(result.read for result in done))):
                self._record(verdict)
        self.records.sort_links()
        self._things([file for result in done for file in result.claims])
        self.records.flush()
        self.things.flush()
        writer, found = self._dumps()
        self.store.close()
        self.store_chunks(writer)
        counts = {
            "records": self.count("records"), "things": self.count("things"), "triples": found[0].lines,
            "stored": self.stored,
        }  # fmt: skip
        self.records.close()
        self.finish_things()
        self.things.close()
        return Built(counts, found)

    def _replace(self, old: bytes, new: bytes) -> None:
        self.stored += self.store.replace(old.decode(), new.decode())

    # -- records -------------------------------------------------------------------------------------------------------

    def _with_missing(self, verdicts: Iterator[Verdict]) -> Iterator[Verdict]:
        """Yield the verdicts; where the input is the whole catalogue, also a deletion of each record it lacks."""
        if not self.plan.full:
            yield from verdicts
            return
        there = self.live.documents.paths()
        path = next(there, None)
        for verdict in verdicts:
            while path is not None and path < verdict.path:
                yield Verdict(path, self.missing(path), [], False)
                path = next(there, None)
            if path == verdict.path:
                path = next(there, None)
            yield verdict
        while path is not None:
            yield Verdict(path, self.missing(path), [], False)
            path = next(there, None)

    def _record(self, verdict: Verdict) -> None:
        row = verdict.winner
        if row is None:
            return
        if row.state == SAME:
            self.account.unchanged += 1
            return
        old = self.records.old(row.path)
        there = old if old and not old.gone else None
        if row.state == GONE:
            self._bury(row, there)
        elif there is None:
            self._publish(row, old)
        else:
            self._change(row, there)

    def _publish(self, row: Row, tombstone: Old | None) -> None:
        self.account.published += 1
        self.change("created", row.path)
        self._put(row, b"", tombstone)

    def _change(self, row: Row, old: Old) -> None:
        unpack = self.records.packers.bodies.unpack
        if unpack(old.body) == unpack(row.body) and old.mentions == row.mentions:
            self.account.unchanged += 1
            self.take_back(row.mentions)
            self.records.renew(row, old.n)
            return
        self.account.replaced += 1
        self.change("updated", row.path)
        self._put(row, self._take_out(row.path, old), old)

    def _bury(self, row: Row, old: Old | None) -> None:
        if old is None:
            self.unknown(row)
            return
        self.account.deleted += 1
        self.change("deleted", row.path)
        self._replace(self._take_out(row.path, old), b"")
        self.records.bury(old, msgspec.structs.replace(row, gone_on=row.gone_on or self.today))
        self._touch(row.path)

    def _take_out(self, path: str, old: Old) -> bytes:
        """Take out a record, with its links, counts, mentions and words; return the lines the store has of it."""
        before = self.unpacked(old.body)
        self.records.unlink(path, old, counted(msgspec.msgpack.decode(before.about, type=Summary)))
        self.take_back(old.mentions)
        assert self.index
        self.index.remove(path)
        return stored(before)

    def _put(self, row: Row, before: bytes, old: Old | None) -> None:
        self._replace(before, stored(self.unpacked(row.body)))
        self.records.put(row, old.n if old else None)
        assert self.index
        self.index.add(entry(row), row.words)
        self._touch(row.path)

    def _touch(self, path: str) -> None:
        self.records.touch(path)
        self._touch_around(names.number(path))

    def _touch_around(self, number: int) -> None:
        """Note the records that show the thing of this number, also through the journal that they are about."""
        self.records.touch_around([number, *self.things.tied_to(number)])

    # -- shared things and dumps ---------------------------------------------------------------------------------------

    def _standing(self, number: int) -> dict[int, claims.Claim]:
        old = self.things.old(number)
        return claims.decoded(old.claims) if old and old.claims else {}

    def _things(self, files: list[Path]) -> None:
        for turned in self.journals.turned([*files, *self.tally.close()], self._standing):
            self.change("updated", turned.path)
            self._replace(stored(self.unpacked(turned.before)), stored(self.unpacked(turned.after)))
            self._touch(turned.path)
        for number, change in claims.merged([*files, *self.tally.close()]):
            if change:
                self._thing(number, change)
        for number in self.touched_things:
            self._touch_around(number)

    def _thing(self, number: int, change: dict[int, claims.Claim]) -> None:
        old = self.things.old(number)
        said = claims.added(claims.decoded(old.claims) if old else {}, change.values())
        before = self.unpacked(old.body) if old else None
        if old and before:
            self.untie(old.path, before)
        after = self.thing(said) if said else b""
        if old and not said:
            self.things.drop(number)
        self.records.counts["things", "all"] += bool(said) - bool(old)
        new = self.things.old(number) if said else None
        if before != (self.unpacked(new.body) if new else None):
            self.touched_things.append(number)
            self._replace(stored(before) if before else b"", after)

    def _dumps(self) -> tuple[dumps.Writer, list[dumpfiles.Dump]]:
        plan = self.plan
        maker = dumps.Maker(Documents(plan.folder, plan.base, mapped=False))
        touched, numbers = self.records.touched()
        with dumps.Writer(plan.folder / "dumps") as writer:
            writer.header()
            with renderings.Writer(plan.folder / rendered.FORMS, base=self.live.path) as made:
                made.drop(numbers)
                renewal = dumps.Renewal(writer, maker, made, self.live.path)
                renewal.records(dumps.kept(self.records.chunks(dumps.RECORDS)), touched)
            renewal.things(dumps.kept(self.records.chunks(dumps.THINGS)), self.touched_things)
            return writer, self.pages(writer, maker, self._replace)
