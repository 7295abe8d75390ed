"""What a rebuild and an update of a generation share: rows judged, things settled, pages written.

The result depends only on which records there are, never on the order in which they came.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

import msgspec
from msgspec import Struct

from ld.mapping.compiled import Mapping
from ld.mapping.containers import aliases
from ld.mapping.entities import Site
from ld.mapping.profile import Profile, kept
from ld.progress import Progress, Step
from ld.publish import claims, dataset, dumps
from ld.publish.claims import Claim, Tally
from ld.publish.convert import noted
from ld.publish.gate import Gate
from ld.publish.journals import Journals
from ld.publish.sortedruns import GONE, NEW, SEEN, Row, merged
from ld.publish.tables import Records, Things
from ld.record import Remark
from ld.settings import Settings
from ld.site.documents import Entry, mentioned
from ld.site.dumpfiles import Dump
from ld.site.files import Body, opened_body
from ld.site.generation import Account, Generation
from ld.summary import Card
from ld.values import keys, names
from ld.values.vocab import Vocabulary

REJECTS, UNLIKE = "rejects.jsonl", "unlike.jsonl"
_REPEATED = Remark("id", "the id stands more than once in this input: the last record wins")
_UNKNOWN = Remark("id", "deleted, but there is no such record here: nothing done")


class Plan(Struct, kw_only=True):
    """What is to be built, and where: what every step needs to know."""

    folder: Path
    scratch: Path
    settings: Settings
    vocabulary: Vocabulary
    previous: Generation | None
    account: Account
    remarks: TextIO
    progress: Progress
    full: bool = False
    created: str = ""

    @property
    def base(self) -> str:
        """The base URL of the site."""
        return str(self.settings["base"])

    @property
    def generation(self) -> str:
        """The id of the generation being built."""
        return self.folder.name.removesuffix(".part")

    def remark(self, path: str, remark: Remark) -> None:
        """Write down something that looked wrong."""
        self.remarks.write(noted(path.removeprefix("record/"), remark).decode() + "\n")


class Built(Struct):
    """What has been built: counts for the manifest, and the dumps."""

    counts: dict[str, int]
    dumps: list[Dump]


class Verdict(Struct):
    """The row that counts for one record, the last one that can be used, and those that it replaces.

    `seen`: the input itself mentions the record.
    """

    path: str
    winner: Row | None
    losers: list[Row]
    seen: bool


class Assembly:
    """Brings the runs of the workers into the files of a generation; each of its two kinds says how."""

    def __init__(self, plan: Plan, records: Records, things: Things) -> None:
        self.plan = plan
        self.account = plan.account
        self.records = records
        self.things = things
        self.profile = Profile(plan.settings["profile"], plan.vocabulary)
        self.mapping = Mapping(Site(plan.base, plan.settings["licence"]), plan.vocabulary, self.profile)
        self.gate = Gate(plan.vocabulary)
        self.tally = Tally(plan.scratch, "assembly")
        self.journals = Journals(self.mapping, records, self.tally, self.gate)
        self.today = datetime.now(UTC).strftime("%Y-%m-%d")

    # -- records -------------------------------------------------------------------------------------------------------

    def verdicts(self, runs: Sequence[Path], total: int) -> Iterator[Verdict]:
        """Yield what counts for each record, in the order of the paths; remark on rows that do not count."""
        for n, rows in enumerate(merged(runs), 1):
            if n % 500 == 0:
                self.plan.progress(Step("records", n, total, "records"))
            usable = [row for row in rows if row.state != SEEN]
            winner = usable[-1] if usable else None
            for row in usable[:-1]:
                self._lose(row)
            losers = [row for row in usable[:-1] if row.state == NEW]
            yield Verdict(rows[0].path, winner, losers, any(not row.kept for row in rows))

    def _lose(self, row: Row) -> None:
        if row.state == GONE:
            return
        if row.state == NEW:
            self.take_back(row.mentions)
        if not row.kept:
            self.account.repeated += 1
            self.plan.remark(row.path, _REPEATED)

    def take_back(self, mentions: bytes) -> None:
        """Take back what a record said of shared things, as if it had never been said."""
        self.tally.take_back(mentioned(mentions))

    def unknown(self, row: Row) -> None:
        """Remark that a record to be deleted was never here."""
        self.account.unknown += 1
        self.plan.remark(row.path, _UNKNOWN)

    def missing(self, path: str) -> Row:
        """Return the deletion of a record that is no longer in the whole catalogue."""
        return Row(path, 0, GONE, gone="It is no longer in the catalogue.", gone_on=self.today)

    def change(self, change: str, path: str) -> None:
        """Record a change, unless the first generation makes it: that one creates everything."""
        if self.plan.previous:
            self.records.change(self.plan.generation, change, path)

    # -- shared things -------------------------------------------------------------------------------------------------

    def thing(self, said: dict[int, Claim]) -> bytes:
        """Write the document of a shared thing, and return the lines of it that the store keeps."""
        kinds = self.mapping.kinds
        settled = claims.settled(said, self.mapping.one, self.mapping.rest)
        path, things = settled.path, settled.things
        told, left_out = self.gate.thing(self.mapping.tell(path, things))
        for remark in left_out:
            self.plan.remark(path, remark)
        self.things.unlike(path, msgspec.json.encode(settled.unlike) if settled.unlike else b"")
        self.things.put(told, path, kinds.lists[told.card.kind], claims.encoded(said))
        self.things.tie(path, _ties(told.card), aliases(kinds, told.card))
        return kept(told.lines.encode(), told.marks)

    def untie(self, path: str, old: Body) -> None:
        """Take back a thing's links to other things."""
        self.things.untie(path, _ties(msgspec.msgpack.decode(old.about, type=Card)))

    def finish_things(self) -> None:
        """Write where old addresses lead, and `unlike.jsonl`: each thing of which records say unlike things."""
        decisions = self.mapping.kinds.decisions
        self.things.move((one.this, decisions.moved[one.this], one.text) for one in decisions.rows if one.same)
        found = self.things.all_unlike()
        self.account.unlike = len(found)
        with (self.plan.folder / UNLIKE).open("wb") as lines:
            for path, claims_of in found:
                lines.write(b'{"path":%b,"unlike":%b}\n' % (msgspec.json.encode(path), claims_of))

    def unpacked(self, packed: bytes) -> Body:
        """Return the body of a document."""
        return opened_body(self.records.packers.bodies.unpack(packed))

    # -- what the catalogue says about itself --------------------------------------------------------------------------

    def figures(self, triples: int) -> dataset.Figures:
        """Return the figures in the dataset's description."""
        first = self.records.first()
        return dataset.Figures(
            records=self.count("records"),
            entities=self.count("records") + self.count("things"),
            triples=triples,
            created=self.plan.created,
            classes=self.records.counted("type"),
            collections=self.records.counted("collection"),
            languages=self.records.counted("language"),
            example=f"{self.plan.base}record/{names.encoded(first.removeprefix('record/'))}#it" if first else "",
        )

    def count(self, name: str) -> int:
        """Return how many records or things there are."""
        return self.records.counted(name).get("all", 0)

    def pages(self, writer: dumps.Writer, maker: dumps.Maker, change: Callable[[bytes, bytes], Any]) -> list[Dump]:
        """Write the documents that the catalogue has about itself, finish the dumps, and return these.

        `change` replaces lines of the store by others.
        """
        plan = self.plan
        old = {page.path: stored(self.unpacked(page.body)) for page in self.things.pages()}
        about = dataset.Catalogue(plan.settings, plan.vocabulary, self.profile)
        pages = list(about.pages(self.figures(0)))
        lines = "".join(page.told.lines for page in pages)
        writer.add([maker.pages(lines)])
        writer.close()
        triples = sum(chunk.triples for chunk in writer.chunks)
        found = dumps.finished(plan.folder / "dumps", triples, self.count("records"))
        publisher = keys.key(plan.settings["publisher"])
        named = self.things.old(names.number(f"organization/{publisher}")) is not None
        pages.append(about.dataset(self.figures(triples), found, named))
        for page in pages:
            self.things.put(page.told, page.path, page.told.card.kind)
            change(old.pop(page.path, b""), kept(page.told.lines.encode(), page.told.marks))
        for path, gone in old.items():
            self.things.drop(names.number(path))
            change(gone, b"")
        return found

    def store_chunks(self, writer: dumps.Writer) -> None:
        """Write down which chunks make up the dumps."""
        for of, kind in ((dumps.RECORDS, str), (dumps.THINGS, int)):
            found = [chunk.row() for chunk in writer.chunks[:-1] if isinstance(chunk.start, kind)]
            self.records.set_chunks(of, found)


def entry(row: Row) -> Entry:
    """Return the entry that lists show for a record."""
    return Entry(row.path, row.title, row.kind, row.year)


def stored(body: Body) -> bytes:
    """Return those lines of a document that the store keeps."""
    return kept(body.lines, body.marks)


def _ties(card: Card) -> list[int]:
    return [names.number(path) for path in card.links]
