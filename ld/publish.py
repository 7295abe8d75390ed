"""Publishing: sources in, a finished generation out, built beside the live one and put live at the end or not at all.

First the records are read, described and kept; then one pass over all of them writes everything else (`ld.assembly`).
"""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import msgspec

from ld import __version__, description, documents, dumps, index, names
from ld.assembly import Assembly, Progress
from ld.deposit import Deposit, Kept
from ld.errors import ShelfgraphError, SiteError, SourceError
from ld.formats import triples
from ld.generation import (
    Account,
    Generation,
    Manifest,
    building,
    finish,
    live_path,
    prune,
    switch,
)
from ld.jsonld import document as jsonld_document
from ld.jsonld import dumps as jsonld_dumps
from ld.jsonld import names_of
from ld.mapping import Described, Mapping, unsound
from ld.readers import read, reread
from ld.record import Record, Rejected
from ld.settings import Settings
from ld.store import Loader
from ld.things import Site
from ld.vocab import Vocabulary, vocabulary

Outcome = Record | Rejected


def publish(
    sources: Iterable[str],
    settings: Settings,
    *,
    kind: str | None = None,
    full: bool = False,
    progress: Progress = lambda stage, n: None,
) -> Manifest:
    """Publish the sources on the site and return the manifest of the new, live generation.

    Records of the live generation stay unless a source replaces them; `full` says that the sources are the whole
    catalogue, so that the others become tombstones. Raises SourceError where nothing can be read, SiteError where the
    site cannot be used; the live generation is then untouched.
    """
    known = vocabulary()
    _keep_on(settings)
    try:
        with building(settings.site) as folder:
            run = _Run(folder, settings, known, progress)
            account = run.convert(sources, kind, full)
            manifest = run.assemble(account, list(sources))
            finished = finish(folder, manifest)
            switch(settings.site, finished.name)
    except (OSError, sqlite3.Error) as error:
        reason = f"the new generation cannot be written: {error}"
        raise SiteError(f"{settings.site}: {reason}: see that there is space; what is live stays") from error
    prune(settings.site, settings["keep"])
    return manifest


def _keep_on(settings: Settings) -> None:
    """Let the site stay as it is where nobody says otherwise: what the live generation has goes before a default."""
    live = live_path(settings.site)
    if live:
        manifest = Generation(live).manifest
        settings.assume("base", manifest.base, "live generation")
        settings.assume("profile", manifest.profile, "live generation")


class _Run:
    """One run of `publish`: the folder it builds in and what every step needs."""

    def __init__(self, folder: Path, settings: Settings, known: Vocabulary, progress: Progress) -> None:
        self.folder = folder
        self.settings = settings
        self.vocabulary = known
        self.progress = progress
        self.base: str = settings["base"]
        self.mapping = Mapping(Site(self.base, settings["licence"]), known)
        self.fingerprint = fingerprint(known, settings)

    # -- first: the records --------------------------------------------------------------------------------------------

    def convert(self, sources: Iterable[str], kind: str | None, full: bool) -> Account:
        """Read and describe every record, keep it in the new documents, and return what became of each."""
        account = Account()
        previous = self._previous()
        path = self.folder / "documents.sqlite"
        same = previous is not None and previous.manifest.mapping == self.fingerprint
        writer = Deposit(path, previous.documents.path if previous and same else None)
        with ExitStack() as stack:
            stack.callback(writer.close)
            rejects = stack.enter_context((self.folder / "rejects.jsonl").open("w", encoding="utf-8"))
            remarks = stack.enter_context((self.folder / "remarks.jsonl").open("w", encoding="utf-8"))
            if previous and not same:
                self._redescribe(previous, writer)
                writer.settle()
            seen: set[str] = set()
            for outcome in _read_all(sources, kind):
                self._take(outcome, writer, account, seen, rejects, remarks)
            if full:
                self._bury_all_but(seen, writer, account)
        shutil.copyfile(self.folder / "rejects.jsonl", self.settings.site / "rejects.jsonl")
        if account.read == account.rejected and not account.deleted:
            raise SourceError(_nothing_read(account, self.settings.site))
        return account

    def _previous(self) -> Generation | None:
        live = live_path(self.settings.site)
        if live is None:
            return None
        found = Generation(live)
        if self.settings["verify"]:
            found.verify()
        return found

    def _redescribe(self, previous: Generation, writer: Deposit) -> None:
        """Describe the kept source records anew: base, mapping or program changed since they were published."""
        for old in previous.documents.records():
            source = previous.documents.source(old.path)
            record = reread(source) if source else None
            if isinstance(record, Record):
                writer.put(self._described(record))

    def _take(
        self,
        outcome: Outcome,
        writer: Deposit,
        account: Account,
        seen: set[str],
        rejects: TextIO,
        remarks: TextIO,
    ) -> None:
        account.read += 1
        if account.read % 500 == 0:
            self.progress("records", account.read)
        described = outcome if isinstance(outcome, Rejected) else self._sound(outcome)
        if isinstance(described, Rejected):
            account.rejected += 1
            rejects.write(msgspec.json.encode(described).decode() + "\n")
            return
        assert isinstance(outcome, Record)
        for remark in outcome.remarks:
            remarks.write(msgspec.json.encode({"id": outcome.id, **msgspec.to_builtins(remark)}).decode() + "\n")
        if described.path in seen:
            account.repeated += 1
            remarks.write(msgspec.json.encode({"id": outcome.id, "field": "id", "problem": _REPEATED}).decode() + "\n")
            writer.put(described)
            return
        seen.add(described.path)
        there = writer.holds(described)
        if there:
            account.unchanged += 1
            return
        account.published += there is None
        account.replaced += there is False
        writer.put(described)

    def _sound(self, record: Record) -> Kept | Rejected:
        """Return the described record, or why it cannot be: a record must never spoil the load of all others."""
        try:
            described = self._described(record)
        except (ShelfgraphError, ValueError, KeyError, TypeError) as error:
            reason = f"the mapping failed on it: {type(error).__name__}: {error}: please report this record"
            return Rejected(record.source.place, reason, record.id, record.source.text[:200])
        bad = next(unsound(described.lines, described.claims), "")
        if bad:
            reason = f"it gives a triple that cannot be written: {bad[:300]!r}: please report this record"
            return Rejected(record.source.place, reason, record.id, record.source.text[:200])
        return described

    def _described(self, record: Record) -> Kept:
        found: Described = self.mapping.describe(record)
        schema = self.mapping.kinds.type_of(record.format)["schema"]
        return Kept(
            id=record.id,
            path=f"record/{record.id}",
            title=record.title,
            kind=schema.rpartition("/")[2],
            year=record.issued.year if record.issued else "",
            modified=record.modified,
            lines=found.lines,
            claims=found.claims,
            words=index.words(record),
            source=record.source,
        )

    def _bury_all_but(self, seen: set[str], writer: Deposit, account: Account) -> None:
        today = datetime.now(UTC).strftime("%Y-%m-%d")
        for path in sorted(writer.paths() - seen):
            writer.bury(path, f"Removed on {today}: it is no longer in the catalogue.")
            account.deleted += 1

    # -- then: everything that depends on all of them ------------------------------------------------------------------

    def assemble(self, account: Account, sources: list[str]) -> Manifest:
        """Write shared things, store, index and dumps in one pass, and return the manifest."""
        created = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        loader = Loader(self.folder / "store")
        writer = Deposit(self.folder / "documents.sqlite", again=True)
        with ExitStack() as stack:
            stack.callback(writer.close)
            files = stack.enter_context(dumps.Writer(self.folder / "dumps"))
            found = stack.enter_context(index.Writer(self.folder / "index"))
            assembly = Assembly(self.settings, self.vocabulary, writer, files, found, created, self.progress)
            loader.bulk(assembly.lines())
            writer.flush()
            self._jsonl(files)
        described = files.files()
        page = description.dataset(self.settings, assembly.figures(), described)
        loader.add(page.lines)
        writer = Deposit(self.folder / "documents.sqlite", again=True)
        assembly.page(writer, page)
        writer.close()
        figures = assembly.figures()
        counts = {"records": figures.records, "things": len(assembly.numbers), "triples": files.triples}
        counts["stored"] = loader.close()
        return Manifest(
            generation=self.folder.name.removesuffix(".part"),
            base=self.base,
            title=self.settings["title"],
            profile=self.settings["profile"],
            created=created,
            counts=counts,
            account=account,
            dumps=described,
            sources=sources,
            mapping=self.fingerprint,
        )

    def _jsonl(self, files: dumps.Writer) -> None:
        """Write the dumps whose lines are records: JSON-LD documents and the table."""
        found = documents.Documents(self.folder / "documents.sqlite", self.base)
        terms = names_of(self.vocabulary)
        context = f"{self.base}context/v1.jsonld"
        for n, record in enumerate(found.records(), 1):
            if n % 500 == 0:
                self.progress("dumps", n)
            url = self.base + "record/" + names.encoded(record.path.removeprefix("record/"))
            root = url if found.topics(record) else f"{url}#it"
            tree = jsonld_document(triples(found.lines(record)), root, terms, context)
            doi = tree.get("bibo:doi", "")
            id_ = record.path.removeprefix("record/")
            row = (id_, url, record.title, record.kind, record.year, doi)
            files.record(jsonld_dumps(tree, indent=0), row)
        found.close()


def _read_all(sources: Iterable[str], kind: str | None) -> Iterator[Outcome]:
    for source in sources:
        yield from read(source, kind)


def fingerprint(known: Vocabulary, settings: Settings) -> str:
    """Return a hash of all that decides what a record becomes: program, base, licence and the tables of vocab/."""
    seen = hashlib.sha256(f"{__version__} {settings['base']} {settings['licence']}".encode())
    for name in ("context.jsonld", "mapping.csv", "things.csv", *known.names("codes/*.csv")):
        seen.update(known.text(name).encode())
    return seen.hexdigest()[:16]


_REPEATED = "the id stands more than once in this input: the last record wins"


def _nothing_read(account: Account, site: Path) -> str:
    if not account.read:
        return "the sources hold no record at all: name files or folders with catalogue records"
    return (
        f"none of the {account.read} records can be published: the reasons stand in {site / 'rejects.jsonl'};"
        " the live site is as it was"
    )
