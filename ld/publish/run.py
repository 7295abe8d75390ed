"""Publishing: sources in, a finished generation out, built beside the live one and made live at the end or not at all.

The workers read and map the sources (`convert`); their runs are built into a new generation (`rebuild`) or change a
copy of the live one (`update`), whichever is right.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import sys
from collections.abc import Iterable, Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from msgspec.structs import replace

from ld.errors import SiteError, SourceError, UsageError
from ld.formats import citation
from ld.formats.rdfxml import order
from ld.harvest.fetch import fetch, is_url
from ld.mapping.entities import Site
from ld.progress import Progress, Step, silent, steady
from ld.publish import overlay
from ld.publish import workers as crew
from ld.publish.build import REJECTS, Built, Plan
from ld.publish.convert import Converted, Input, Job, convert, deleted, notes, trained
from ld.publish.generations import building, finish, prune, switch
from ld.publish.ledger import LEDGER, Ledger
from ld.publish.rebuild import Rebuild
from ld.publish.sortedruns import Runs
from ld.publish.update import Update
from ld.readers import is_read_once, must_exist, named, parts, size
from ld.readers.gate import passed
from ld.readers.parts import Gap
from ld.record import Deleted, Part, Rejected
from ld.settings import Settings
from ld.site.captions import captions
from ld.site.files import Packers
from ld.site.generation import LAYOUT, Account, Generation, Manifest, live_path
from ld.site.rendered import edition
from ld.site.shacl import SHAPES
from ld.store import engine
from ld.values import calendars, datewords
from ld.values.email import masked
from ld.values.text import shown
from ld.values.vocab import Vocabulary, vocabulary

# Bytes of input, or kept records, for each worker: for less, starting a further process does not pay.
_BYTES_A_WORKER, _RECORDS_A_WORKER = 8 << 20, 2000
# What a new generation needs at least, by what is read: packed input grows.
_SPACE, _SPACE_PACKED = 3, 12
# Tables of what is made anew for each request; all others decide what is kept of a record.
_FOR_EACH_REQUEST = frozenset({"pages.csv", "codes/zotero.csv", "codes/citations.csv", "codes/schools.csv"})
_TMPDIR = "SQLITE_TMPDIR"
_PACKED = (".gz", ".zst", ".zstd")
# What an update copies from the live generation; the rest are hard links, whose checksums stay as they were.
COPIED = ("documents.sqlite", "things.sqlite", "forms.sqlite", "dumps")


def publish(
    sources: Iterable[str],
    settings: Settings,
    *,
    kind: str | None = None,
    full: bool = False,
    again: bool = False,
    partial: bool = False,
    deletions: Iterable[Deleted] = (),
    progress: Progress = silent,
) -> Manifest:
    """Publish the sources on the site and return the manifest of the new, live generation.

    Records of the live generation stay unless a source replaces them, or it or `deletions` say they are deleted;
    `full` says that the sources are the whole catalogue, so that the others become tombstones. With `again` the kept
    source records are mapped anew, which also happens by itself when mapping, base, engine or program have changed. A
    source that says it is only a part of a list is refused without `partial`. Raises SourceError where a source cannot
    be read or is a part, SiteError where the site cannot be used; the live generation is then untouched.
    """
    if full and partial:
        raise UsageError("a part is never the whole catalogue: choose one of --full and --partial")
    must_exist(named := list(sources))
    tables = vocabulary()
    try:
        with building(settings.site) as folder:
            _keep_on(settings)
            overlay.check(settings.site / "vocab", Site(settings["base"]), _legible)
            engine.kind(settings["engine"])  # better told now than after an hour
            _legible(tables)
            with closing(_Run(folder, settings, tables, steady(progress), kind)) as run:
                manifest = run.publish(named, full, again, partial, list(deletions))
                finished = finish(folder, manifest, run.live.path if run.live else None)
            switch(settings.site, finished.name)
            if named or again:  # else nothing was read: what an earlier reading has rejected stays there to be mended
                _show_rejects(finished, settings.site)
    except (OSError, sqlite3.Error) as error:
        reason = f"the new generation cannot be written: {error}"
        raise SiteError(f"{settings.site}: {reason}: make room; the live generation stays") from error
    prune(settings.site, settings["keep"])
    return manifest


def _show_rejects(generation: Path, site: Path) -> Path:
    """Copy a generation's rejects to where people look for them, the site folder, and return the path."""
    with suppress(OSError):  # they stand in the generation too
        shutil.copyfile(generation / REJECTS, site / REJECTS)
    return site / REJECTS


def _legible(known: Vocabulary) -> None:
    """Read the tables of pages, citations and dates: a mistake in them is told before anything is built."""
    datewords.check(known)
    calendars.check(known)
    captions(known)
    order(known)
    citation.check(known)


def _keep_on(settings: Settings) -> None:
    """Keep the site as it is where no setting says otherwise: a live generation's value replaces a default."""
    live = live_path(settings.site)
    if live:
        with closing(Generation(live)) as live_generation:
            settings.assume("base", live_generation.manifest.base, "live generation")
            settings.assume("profile", live_generation.manifest.profile, "live generation")
            settings.assume("engine", engine.chosen(live_generation.store), "live generation")


class _Run:
    """One call of `publish`: the folder it builds in and what every step needs."""

    def __init__(
        self, folder: Path, settings: Settings, tables: Vocabulary, progress: Progress, kind: str | None
    ) -> None:
        self.folder = folder
        self.settings = settings
        self.vocabulary = tables
        self.progress = progress
        self.kind = kind
        self.fingerprint = fingerprint(tables, settings)
        live = live_path(settings.site)
        self.live = Generation(live) if live else None
        self.again = False
        self.parts: list[Part] = []
        self.created = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.scratch = folder / "scratch"
        self.scratch.mkdir()
        self._tmpdir = os.environ.get(_TMPDIR)
        os.environ[_TMPDIR] = str(self.scratch)  # SQLite sorts there: /tmp may be small

    def publish(self, sources: list[str], full: bool, again: bool, partial: bool, deletions: list[Deleted]) -> Manifest:
        """Build the generation and return its manifest."""
        if again and self.live is None:
            raise UsageError(f"{self.settings.site}: nothing is published here yet: name a SOURCE")
        self.again = self.live is not None and (again or not self._fits())
        if self.live and not self.again:
            self.live.verify(COPIED)
        inputs = [self._input(source, n) for n, source in enumerate(sources)]
        self._enough_space(sources)
        job = self._job(inputs)
        done, packers = self._convert(job)
        gaps = self._gaps(done, full, partial)
        done.append(self._deletions(deletions))
        built, account = self._assemble(done, packers, job.count, full)
        account.partial, account.missing = len(gaps), sum(gap.missing or 0 for gap in gaps)
        shutil.rmtree(self.scratch)
        return self._manifest(built, account, sources)

    def _job(self, inputs: list[Input]) -> Job:
        """Return the work of the first of the workers."""
        return Job(
            index=0,
            count=self._workers(inputs),
            folder=self.scratch,
            inputs=inputs,
            kind=self.kind,
            site=Site(self.settings["base"], self.settings["licence"]),
            profile=self.settings["profile"],
            overlay=self.settings.site / "vocab",
            live=self.live.path if self.live else None,
            live_base=self.live.base if self.live else "",
            again=self.again,
        )

    def close(self) -> None:
        """Release the live generation, so that it can be removed one day, and leave no trace."""
        if self.live:
            self.live.close()
        if self._tmpdir is None:
            os.environ.pop(_TMPDIR, None)
        else:
            os.environ[_TMPDIR] = self._tmpdir

    def _fits(self) -> bool:
        """Determine whether the live generation was made as the new one will be, so that their records fit."""
        if self.live is None:
            return True
        manifest = self.live.manifest
        same = engine.chosen(self.live.store) == self.settings["engine"]
        return same and manifest.mapping == self.fingerprint and manifest.profile == self.settings["profile"]

    # -- the input -----------------------------------------------------------------------------------------------------

    def _input(self, source: str, n: int) -> Input:
        """Return where several workers can read the source; one that can be read only once is kept in a file."""
        path = self.scratch / f"source-{n}"
        if is_url(source):
            self.parts += fetch(source, path)
            return Input(str(path), shown(source))
        if not is_read_once(source):
            return Input(source, shown(source))
        once = sys.stdin.fileno() if source == "-" else source
        with open(once, "rb", closefd=source != "-") as raw, path.open("wb") as kept:
            shutil.copyfileobj(raw, kept, 1 << 20)
        return Input(str(path), "standard input" if source == "-" else shown(source))

    def _enough_space(self, sources: Sequence[str]) -> None:
        """Raise SiteError where there is certainly too little space: better now than after an hour."""
        needed = sum(size(source) * (_SPACE_PACKED if source.endswith(_PACKED) else _SPACE) for source in sources)
        if self.live and not self.again:
            needed += sum(size(str(self.live.path / name)) for name in COPIED)
        elif self.live:
            needed += size(str(self.live.path))
        free = shutil.disk_usage(self.folder).free
        if free < needed:
            missing = f"about {needed >> 20:,} MiB are needed, {free >> 20:,} MiB are free"
            raise SiteError(f"{self.settings.site}: too little space: {missing}: make room; the live generation stays")

    def _workers(self, inputs: Sequence[Input]) -> int:
        """Return how many workers to use: as many as the settings name, or as there is work for."""
        if self.settings["workers"]:
            return int(self.settings["workers"])
        work = sum(size(source.path) for source in inputs) / _BYTES_A_WORKER
        if self.again and self.live:
            work += self.live.manifest.counts["records"] / _RECORDS_A_WORKER
        return max(1, min(os.cpu_count() or 1, int(work)))

    def _convert(self, job: Job) -> tuple[list[Converted], Packers]:
        packers = self.live.documents.packers if self.live and not job.again else Packers(*trained(job))
        total = sum(size(source.path) for source in job.inputs)
        sums = [0, 0]

        def tell(more: int, records: int) -> None:
            sums[0] += more
            sums[1] += records
            self.progress(Step("reading", sums[0], total, "bytes", sums[1]))

        tasks = [
            crew.Task(convert, (replace(job, index=i, of_bodies=packers.of_bodies, of_sources=packers.of_sources),))
            for i in range(job.count)
        ]
        return crew.run(tasks, tell), packers

    def _gaps(self, done: Sequence[Converted], full: bool, partial: bool) -> list[Gap]:
        """Return the lists of which only a part was read; raise PartError unless parts are allowed."""
        pages = [*self.parts, *(part for result in done for part in result.parts)]
        gaps = parts.gaps(pages)
        if not partial:
            parts.refuse(gaps)
        if full:
            parts.refuse_unread(pages)
        return gaps

    def _deletions(self, deletions: Iterable[Deleted]) -> Converted:
        """Return the deletions that the person who publishes asks for: they come last."""
        runs = Runs(self.scratch, "deletions")
        for deletion in map(passed, deletions):
            assert isinstance(deletion, Deleted)
            runs.add(deleted(deletion, (1 << 62) - 1))
        none = self.scratch / "none"
        none.touch()
        return Converted(runs.close(), [], none, none, usable=len(runs.files))

    # -- what is made of it --------------------------------------------------------------------------------------------

    def _assemble(self, done: list[Converted], packers: Packers, workers: int, full: bool) -> tuple[Built, Account]:
        account = Account(read=sum(result.read for result in done), rejected=sum(result.rejected for result in done))
        account.withheld = sum(result.withheld for result in done)
        self._write_rejects(done)
        self._write_ledger(done)
        if not self.again and not any(result.usable for result in done):
            raise SourceError(self._nothing_usable(account))
        with (self.folder / "remarks.jsonl").open("w", encoding="utf-8") as remarks:
            for note in notes(result.remarks for result in done):
                remarks.write(note.decode() + "\n")
            plan = Plan(
                folder=self.folder,
                scratch=self.scratch,
                settings=self.settings,
                vocabulary=self.vocabulary,
                previous=self.live,
                account=account,
                remarks=remarks,
                progress=self.progress,
                full=full,
                created=self.created,
            )
            if self.live and not self.again:
                built = Update(plan, self.live).build(done)
            else:
                built = Rebuild(plan, packers, workers).build(done)
        return built, account

    def _write_rejects(self, done: Sequence[Converted]) -> None:
        with (self.folder / REJECTS).open("wb") as rejects:
            for note in notes(result.rejects for result in done):
                rejects.write(note + b"\n")

    def _write_ledger(self, done: Sequence[Converted]) -> None:
        ledger = Ledger({}, {}, {})
        for result in done:
            if result.ledger:
                ledger.add(result.ledger)
        (self.folder / LEDGER).write_bytes(msgspec.json.format(msgspec.json.encode(ledger)) + b"\n")

    def _nothing_usable(self, account: Account) -> str:
        """Return why nothing is published. No site is created just to hold the reasons."""
        if not account.read:
            return "the sources hold no record at all: name files or folders with catalogue records"
        none = f"none of the {account.read} records can be published"
        if self.live:
            where = _show_rejects(self.folder, self.settings.site)
            return f"{none}: the reasons are in {where}; the live site is as it was"
        with (self.folder / REJECTS).open("rb") as rejects:
            first = msgspec.json.decode(rejects.readline(), type=Rejected)
        return f"{none}: the first is {first.place}: {first.reason}; `shelfgraph convert` tells the reason for each"

    def _manifest(self, built: Built, account: Account, sources: list[str]) -> Manifest:
        return Manifest(
            generation=self.folder.name.removesuffix(".part"),
            base=self.settings["base"],
            title=self.settings["title"],
            profile=self.settings["profile"],
            created=self.created,
            counts=built.counts,
            account=account,
            dumps=built.dumps,
            sources=[masked(named(shown(source))) for source in sources],
            mapping=self.fingerprint,
            layout=LAYOUT,
        )


def fingerprint(tables: Vocabulary, settings: Settings) -> str:
    """Return a hash of all that decides what a record becomes: the edition, base, licence and the tables of vocab/."""
    seen = hashlib.sha256(f"{settings['base']} {settings['licence']} {edition(tables)}".encode())
    for name in (*tables.names("*.csv"), *tables.names("codes/*.csv"), SHAPES):
        if name not in _FOR_EACH_REQUEST:
            seen.update(tables.text(name).encode())
    return seen.hexdigest()[:16]
