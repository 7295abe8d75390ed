"""A generation is built from the runs alone: the first of a site, or all records mapped anew.

Loading the store takes longest, so it starts at once, in a process of its own where there are several.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import msgspec
from msgspec import Struct

from ld.errors import SiteError
from ld.progress import Step
from ld.publish import claims, dumps, indexer, renderings
from ld.publish import workers as crew
from ld.publish.build import REJECTS, Assembly, Built, Plan, Verdict, entry, stored
from ld.publish.convert import Converted
from ld.publish.sortedruns import GONE, NEW, Row, framed, read_rows
from ld.publish.tables import Records, Things
from ld.record import Rejected
from ld.site import dumpfiles
from ld.site.documents import Document, Documents
from ld.site.files import Packers, opened_body
from ld.site.rendered import FORMS
from ld.store.engine import written

_READY, _REPAIRS = "things.ready", "repairs.rows"


class Repair(Struct, array_like=True):
    """The body of a record that was loaded and then replaced, and the body that replaces it; whether that is loaded."""

    old: bytes
    new: bytes
    loaded: bool = True


class Loading(Struct, frozen=True, kw_only=True):
    """What the loader of the store needs to know."""

    folder: Path
    scratch: Path
    runs: list[Path]
    base: str
    engine: str
    of_bodies: bytes


def load(job: Loading, tell: crew.Telling) -> int:
    """Fill the store with records and shared things, and return the number of triples.

    It waits for the things, which are written while the records are loaded.
    """
    unpack = Packers(job.of_bodies).bodies.unpack
    count = 0

    def lines() -> Iterator[bytes]:
        nonlocal count
        for text in _texts(job, unpack, tell):
            count += text.count(b"\n")
            yield text

    store = written(job.folder / "store", job.engine)
    store.bulk(lines())
    for repair in read_rows(job.scratch / _REPAIRS, Repair):
        old, new = (stored(opened_body(unpack(body))).decode() for body in (repair.old, repair.new))
        count -= old.count("\n")
        gone, more = set(old.split("\n")), set(new.split("\n"))
        count += 0 if repair.loaded else new.count("\n")
        store.replace("\n".join(gone - more), "" if repair.loaded else "\n".join(more - gone))
    store.close()
    return count


def _texts(job: Loading, unpack: Callable[[bytes], bytes], tell: crew.Telling) -> Iterator[bytes]:
    for run in job.runs:
        for row in read_rows(run, Row):
            if row.state == NEW:
                tell(0, 1)
                yield stored(opened_body(unpack(row.body)))
    while not (job.scratch / _READY).exists():
        time.sleep(0.05)
    documents = Documents(job.folder, job.base, mapped=False)
    for thing in documents.things():
        yield stored(thing.opened)
    documents.close()


class Rebuild(Assembly):
    """Builds all files of a generation anew."""

    def __init__(self, plan: Plan, packers: Packers, workers: int) -> None:
        records = Records(plan.folder, plan.scratch, None, packers)
        super().__init__(plan, records, Things(plan.folder, None, packers))
        self.workers = workers
        self.known = packers
        self.live = plan.previous.documents if plan.previous else None
        self.loaded = self.total = 0
        self.lost: list[str] = []
        self.waiting = workers == 1

    def _loaded(self, _: int, more: int) -> None:
        """Tell how far the loader is, but only when it is all that is still awaited."""
        self.loaded += more
        if self.waiting:
            self.plan.progress(Step("triples", self.loaded, self.total, "records"))

    def build(self, done: Sequence[Converted]) -> Built:
        """Write everything, and return what has been built."""
        runs = [run for result in done for run in result.runs]
        job = Loading(
            folder=self.plan.folder,
            scratch=self.plan.scratch,
            runs=runs,
            base=self.plan.base,
            engine=self.plan.settings["engine"],
            of_bodies=self.known.of_bodies,
        )
        task = crew.Task(load, (job,))
        with ExitStack() as stack:
            loading = stack.enter_context(crew.Crew([task], self._loaded)) if self.workers > 1 else None
            self._records(runs, sum(result.read for result in done))
            self._things([file for result in done for file in result.claims])
            if loading is None:
                count = load(job, self._loaded)
            writer = stack.enter_context(dumps.Writer(self.plan.folder / "dumps"))
            self._dumps(writer)
            changes: list[tuple[bytes, bytes]] = []
            found = self.pages(writer, self._maker(), lambda old, new: changes.append((old, new)))
            if loading:
                self.waiting = True
                (count,) = loading.results()
        store = written(self.plan.folder / "store", job.engine)
        count += sum(store.replace(old.decode(), new.decode()) for old, new in changes)
        store.close()
        self.store_chunks(writer)
        counts = {
            "records": self.count("records"), "things": self.count("things"), "triples": found[0].lines,
            "stored": count,
        }  # fmt: skip
        self.records.close()
        self.finish_things()
        self.things.close()
        return Built(counts, found)

    # -- records -------------------------------------------------------------------------------------------------------

    def _records(self, runs: Sequence[Path], total: int) -> None:
        with (
            indexer.Writer(self.plan.folder / "index") as index,
            (self.plan.scratch / _REPAIRS).open("wb") as repairs,
        ):
            for verdict in self.verdicts(runs, total):
                row = self._winner(verdict)
                for loser in verdict.losers:
                    body = row.body if row else self.records.nothing()[0]
                    repairs.write(framed(Repair(loser.body, body)))
                if row:
                    self.records.put(row)
                    index.add(entry(row), row.words)
        if self.lost:
            raise SiteError(_refusal(self.lost, self.plan))
        if self.live:
            self._carry(self.live)
        self.records.sort_links()

    def _winner(self, verdict: Verdict) -> Row | None:
        """Return the row to be published, None where the record is deleted."""
        row = verdict.winner
        old = self.live.get(verdict.path) if self.live else None
        old = None if old and old.gone else old
        if row and row.state == NEW and row.kept and self.plan.full and not verdict.seen:
            verdict.losers.append(row)
            self.take_back(row.mentions)
            row = self.missing(verdict.path)
        if row is None and self.plan.full and not verdict.seen:
            row = self.missing(verdict.path)
        if row is None:
            self.lost += [verdict.path.removeprefix("record/")] if old else []
            return None
        if row.state == GONE:
            self._bury(row, old)
            return None
        self._account(row, old)
        return row

    def _account(self, row: Row, old: Document | None) -> None:
        same = old is not None and old.body == self.known.bodies.unpack(row.body)
        if row.kept:
            self.account.again += 1
        elif old is None:
            self.account.published += 1
        elif same:
            self.account.unchanged += 1
        else:
            self.account.replaced += 1
        if not same:
            self.change("updated" if old else "created", row.path)

    def _bury(self, row: Row, old: Document | None) -> None:
        if old is None:
            self.unknown(row)
            return
        self.account.deleted += 1
        self.change("deleted", row.path)
        self._tombstone(old, row.gone, row.gone_on or self.today, row.successor)

    def _tombstone(self, old: Document, gone: str, gone_on: str, successor: str) -> None:
        body, source = self.records.nothing()
        self.records.put(Row(
            old.path, 0, GONE, title=old.title, kind=old.kind, year=old.year, modified=old.modified,
            body=body, source=source, gone=gone, gone_on=gone_on, successor=successor,
        ))  # fmt: skip

    def _carry(self, live: Documents) -> None:
        """Take over the tombstones of earlier generations, and the changes these recorded."""
        for old in live.tombstones():
            if self.records.old(old.path) is None:
                self._tombstone(old, old.gone, old.gone_on, old.successor)
        self.records.carry(live.folder)

    # -- shared things and dumps ---------------------------------------------------------------------------------------

    def _things(self, files: list[Path]) -> None:
        with (self.plan.scratch / _REPAIRS).open("ab") as repairs:
            for turned in self.journals.turned([*files, *self.tally.close()], lambda _: {}):
                repairs.write(framed(Repair(turned.before, turned.after, False)))
        n = 0
        for _, said in claims.merged([*files, *self.tally.close()]):
            if said:
                self.thing(said)
                n += 1
        self.records.counts["things", "all"] += n
        self.total = self.count("records")
        self.records.flush()
        self.things.flush()
        (self.plan.scratch / _READY).touch()

    def _maker(self) -> dumps.Maker:
        return dumps.Maker(Documents(self.plan.folder, self.plan.base, mapped=False))

    def _dumps(self, writer: dumps.Writer) -> None:
        """Write the dumps of records and things, in parts where there are several workers."""
        folder, base = self.plan.folder / "dumps", self.plan.base
        total = self.total
        writer.header()
        maker = self._maker()
        bounds = dumps.bounds(maker.documents, total, self.workers)
        of_forms = renderings.trained(maker.documents)
        portions = [
            dumps.Portion(folder=self.plan.folder, base=base, start=start, end=end, of_forms=of_forms, part=f".{i}")
            for i, (start, end) in enumerate(bounds)
        ]
        tasks = [crew.Task(dumps.write_part, (one,)) for one in portions]
        done = 0

        def tell(_: int, more: int) -> None:
            nonlocal done
            done += more
            self.plan.progress(Step("dumps", done, total, "records"))

        parts = crew.run(tasks, tell)
        with renderings.Writer(self.plan.folder / FORMS, of_forms) as made:
            for i, chunks in enumerate(parts):
                made.join(self.plan.folder / f"{FORMS}.{i}")
                writer.copy(folder, f".{i}", chunks)
                for name in dumpfiles.FILES:
                    (folder / f"{name}.{i}").unlink()
        writer.add(maker.things())


def _refusal(lost: Sequence[str], plan: Plan) -> str:
    """Return why nothing is published: live records whose kept sources can no longer be used would be gone."""
    with (plan.folder / REJECTS).open("rb") as lines:
        rejects = (msgspec.json.decode(line, type=Rejected) for line in lines)
        reason = next((reject.reason for reject in rejects if reject.id == lost[0]), "its kept source cannot be read")
    count = f"{len(lost):,} live records"
    remedy = "mend the table in vocab/ that is to blame, or give them up with --delete"
    what = f"{count} can no longer be mapped and would be lost, {lost[0]} first"
    return f"{plan.settings.site}: {what}: {reason}: {remedy}"
