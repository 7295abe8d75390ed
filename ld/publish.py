"""Publishing: sources in, a finished generation out, built beside the live one and put live at the end or not at all.

First the records are read, described and kept (`_convert`); then one pass over all records in the order of their ids
writes everything else (`_Assembly`), so that the result depends only on which records there are.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import msgspec

from ld import __version__, description, documents, dumps, index, names
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
from ld.mapping import Claim, Described, Mapping, Profile
from ld.readers import read, reread
from ld.record import Record, Rejected
from ld.settings import Settings
from ld.store import Loader
from ld.things import Site
from ld.vocab import Vocabulary, vocabulary

Progress = Callable[[str, int], None]
Outcome = Record | Rejected

_LANGUAGE = re.compile(r"/language> <http://id\.loc\.gov/vocabulary/iso639-2/([a-z]{3})>")
_DATASET = re.compile(r"#inDataset> <[^>]*dataset/([^>#]+)#it>")
_NAMED = re.compile(
    r"<[^>]*#it> <(?:http://purl\.org/dc/terms/title|http://xmlns\.com/foaf/0\.1/name"
    r'|http://www\.w3\.org/2004/02/skos/core#(?:prefLabel|notation))> "((?:[^"\\]|\\.)*)"'
)
_ISSN = re.compile(r'<http://schema\.org/issn> "([^"]+)"')
# One line of canonical N-Triples with nothing in it that the loader would refuse.
_IRI = r'<[a-zA-Z][a-zA-Z0-9+.-]*:[^\x00-\x20<>"{}|\\^`]*>'
_SOUND = re.compile(
    rf'{_IRI} {_IRI} (?:{_IRI}|"(?:[^"\\\n\r]|\\[tnr"\\])*"(?:@[a-z]{{2,8}}(?:-[a-z0-9]{{1,8}})*|\^\^{_IRI})?) \.\n'
)


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
        writer = documents.Writer(path, previous.documents.path if previous and same else None)
        with ExitStack() as stack:
            stack.callback(writer.close)
            rejects = stack.enter_context((self.folder / "rejects.jsonl").open("w", encoding="utf-8"))
            remarks = stack.enter_context((self.folder / "remarks.jsonl").open("w", encoding="utf-8"))
            if previous and not same:
                self._redescribe(previous, writer)
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

    def _redescribe(self, previous: Generation, writer: documents.Writer) -> None:
        """Describe the kept source records anew: base, mapping or program changed since they were published."""
        for old in previous.documents.records():
            source = previous.documents.source(old.path)
            record = reread(source) if source else None
            if isinstance(record, Record):
                writer.put(self._described(record))

    def _take(
        self,
        outcome: Outcome,
        writer: documents.Writer,
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

    def _sound(self, record: Record) -> documents.Described | Rejected:
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

    def _described(self, record: Record) -> documents.Described:
        found: Described = self.mapping.describe(record)
        schema = self.mapping.kinds.type_of(record.format)["schema"]
        return documents.Described(
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

    def _bury_all_but(self, seen: set[str], writer: documents.Writer, account: Account) -> None:
        today = datetime.now(UTC).strftime("%Y-%m-%d")
        for path in sorted(writer.paths() - seen):
            writer.bury(path, f"Removed on {today}: it is no longer in the catalogue.")
            account.deleted += 1

    # -- then: everything that depends on all of them ------------------------------------------------------------------

    def assemble(self, account: Account, sources: list[str]) -> Manifest:
        """Write shared things, store, index and dumps in one pass, and return the manifest."""
        created = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        loader = Loader(self.folder / "store")
        writer = documents.Writer(self.folder / "documents.sqlite", again=True)
        with ExitStack() as stack:
            stack.callback(writer.close)
            files = stack.enter_context(dumps.Writer(self.folder / "dumps"))
            found = stack.enter_context(index.Writer(self.folder / "index"))
            assembly = _Assembly(self, writer, files, found, created)
            loader.bulk(assembly.lines())
            writer.flush()
            self._jsonl(files)
        described = files.files()
        page = description.dataset(self.settings, assembly.figures(), described)
        loader.add(page.lines)
        writer = documents.Writer(self.folder / "documents.sqlite", again=True)
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


class _Assembly:
    """The pass over all records, sorted by id: pulled along by the store's loader, it feeds everything else."""

    def __init__(
        self, run: _Run, writer: documents.Writer, files: dumps.Writer, found: index.Writer, created: str
    ) -> None:
        self.run = run
        self.writer = writer
        self.files = files
        self.index = found
        self.created = created
        self.profile = Profile(run.settings["profile"], run.vocabulary)
        self.claims: dict[str, dict[tuple[str, int, bool, str], Counter[str]]] = {}
        self.numbers: dict[str, int] = {}
        self.links: list[tuple[int, int]] = []
        self.counts: dict[str, Counter[str]] = {name: Counter() for name in ("year", "type", "language", "collection")}
        self.records = 0
        self.example = ""
        self._linked = re.compile(rf"> <{re.escape(run.base)}([^>#]+)#it> \.$", re.MULTILINE)

    def lines(self) -> Iterator[str]:
        """Yield the N-Triples of the store; dumps, documents, index and counts are written on the way."""
        for record in self.writer.records():
            self._count(record)
            self._claim(record.claims)
            targets = {names.decoded(path) for path in self._linked.findall(record.lines)}
            self.links.extend((self._number(path), record.n) for path in targets if not path.startswith("record/"))
            if len(self.links) > 100_000:
                self._link("links")
            self.index.add(record.entry, record.words)
            yield self._out(record.lines)
        self._link("links")
        yield from self._shared()
        for page in description.pages(self.run.settings, self.run.vocabulary, self.figures()):
            self.page(self.writer, page)
            yield self._out(page.lines)
        for name, counter in self.counts.items():
            self.writer.count(name, dict(counter))

    def page(self, writer: documents.Writer, page: description.Page) -> None:
        """Write a document the catalogue has about itself."""
        writer.thing(self._number(page.path), page.path, page.title, page.kind, page.lines)

    def _out(self, lines: str) -> str:
        self.files.lines(lines)
        return self.profile.keep(lines)

    def _number(self, path: str) -> int:
        return self.numbers.setdefault(path, len(self.numbers) + 1)

    def _link(self, table: str) -> None:
        self.writer.link(table, self.links)
        self.links = []

    def _count(self, record: documents.Packed) -> None:
        self.records += 1
        if self.records % 500 == 0:
            self.run.progress("store", self.records)
        self.example = self.example or f"{self.run.base}record/{names.encoded(record.id)}#it"
        self.counts["type"][record.entry.kind] += 1
        if record.entry.year:
            self.counts["year"][record.entry.year] += 1
        self.counts["language"].update(_LANGUAGE.findall(record.lines))
        self.counts["collection"].update(_DATASET.findall(record.lines))

    def _claim(self, claims: list[Claim]) -> None:
        for claim in claims:
            about = self.claims.setdefault(claim.document, {})
            key = (claim.iri, claim.rank, claim.one, claim.tag if claim.one else "")
            about.setdefault(key, Counter())[claim.lines] += 1

    def _shared(self) -> Iterator[str]:
        for path in sorted(self.claims):
            lines = "".join(_settled(self.claims[path]))
            kind = _kind(path)
            match = _NAMED.search(lines)
            title = unescaped(match[1]) if match else path
            n = self._number(path)
            self.writer.thing(n, path, title, kind, lines)
            targets = {names.decoded(target) for target in self._linked.findall(lines)} - {path}
            self.links.extend((self._number(target), n) for target in targets if not target.startswith("record/"))
            if kind == "journal":
                for number in _ISSN.findall(lines):
                    self.writer.alias(f"journal/{number}", path)
            yield self._out(lines)
        self._link("ties")

    def figures(self) -> description.Figures:
        """Return what the dataset's description counts."""
        return description.Figures(
            records=self.records,
            entities=self.records + len(self.claims),
            triples=self.files.triples,
            created=self.created,
            classes=dict(self.counts["type"]),
            collections=dict(self.counts["collection"]),
            languages=dict(self.counts["language"]),
            example=self.example,
        )


def _settled(claims: dict[tuple[str, int, bool, str], Counter[str]]) -> Iterator[str]:
    """Yield the lines of a shared thing: of fields that keep one value, the one most records give."""
    for key in sorted(claims):
        counter = claims[key]
        if key[2]:
            yield min(counter, key=lambda lines: (-counter[lines], lines))
        else:
            yield from sorted(counter)


def _kind(path: str) -> str:
    segments = path.split("/")
    if segments[0] == "journal" and len(segments) > 3:
        return "issue" if segments[-2] == "issue" else "volume"
    return segments[0]


def _read_all(sources: Iterable[str], kind: str | None) -> Iterator[Outcome]:
    for source in sources:
        yield from read(source, kind)


def unsound(lines: str, claims: Iterable[Claim]) -> Iterator[str]:
    """Yield every line that is not canonical N-Triples and would make the whole load fail."""
    for text in (lines, *(claim.lines for claim in claims)):
        end = 0
        while end < len(text):
            match = _SOUND.match(text, end)
            if match is None:
                yield text[end : text.find("\n", end) + 1 or len(text)]
                return
            end = match.end()


def unescaped(text: str) -> str:
    """Return the text of a quoted N-Triples string."""
    return re.sub(r"\\(.)", lambda match: {"n": "\n", "r": "\r", "t": "\t"}.get(match[1], match[1]), text)


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


__all__ = ["Progress", "SiteError", "fingerprint", "publish", "unescaped", "unsound"]
