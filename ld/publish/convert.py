"""The input becomes sorted runs: each worker reads its share, maps the records and writes the outcomes.

Nothing here waits for another worker. A record that the live generation has from the same source is not mapped again.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, suppress
from hashlib import sha256
from itertools import islice
from pathlib import Path

import msgspec
from msgspec import Struct

from ld.mapping.compiled import Described, Mapping, failed
from ld.mapping.entities import Site
from ld.mapping.profile import Profile
from ld.publish.claims import Tally
from ld.publish.gate import Barred, Gate
from ld.publish.indexer import words
from ld.publish.ledger import Ledger
from ld.publish.sortedruns import GONE, NEW, SAME, SEEN, Row, Runs, framed, read_rows
from ld.readers import OnBytes, Outcome, read, reread
from ld.readers.share import Share
from ld.record import Deleted, Part, Record, Rejected, Remark, Source
from ld.site.documents import Documents
from ld.site.files import Packers, body, dictionary
from ld.summary import Summary
from ld.values import names, vocab

Told = Callable[[int, int], None]
"""Takes the numbers of further bytes and records that have been read."""

_SAMPLE = 400
_EXCERPT = 200


class Input(Struct, frozen=True):
    """A source of records: the file or folder to read, and what messages call it."""

    path: str
    place: str


class Job(Struct, frozen=True, kw_only=True):
    """What one worker needs to know: worker `index` of `count`, where it reads and where it writes.

    `live` is the folder of the live generation, None where there is none. With `again` its kept source records are
    described anew before the inputs are read; else a record that it has from the same source is left as it is.
    """

    index: int
    count: int
    folder: Path
    inputs: list[Input]
    kind: str | None
    site: Site
    profile: str
    overlay: Path
    of_bodies: bytes = b""
    of_sources: bytes = b""
    live: Path | None = None
    live_base: str = ""
    again: bool = False


class Converted(Struct):
    """What one worker has written and counted. Rejects and remarks are files of notes; `parts` are pages of lists.

    `withheld` counts e-mail addresses that were left out; `ledger` tells what became of every value, None where nothing
    was read.
    """

    runs: list[Path]
    claims: list[Path]
    rejects: Path
    remarks: Path
    read: int = 0
    rejected: int = 0
    usable: int = 0
    withheld: int = 0
    parts: list[Part] = []
    ledger: Ledger | None = None


class Note(Struct, array_like=True):
    """A line for `rejects.jsonl` or `remarks.jsonl`, and its position in the input."""

    position: int
    line: bytes


def convert(job: Job, told: Told) -> Converted:
    """Read and describe the share of one worker. Raises SourceError where a source cannot be read to its end."""
    vocab.use(job.overlay)
    return _Conversion(job, told).run()


def counted(summary: Summary) -> list[tuple[str, str]]:
    """Return the tables of counts in which the record counts, each with its key."""
    facts = [("records", "all"), ("type", summary.kind), ("collection", summary.collection)]
    if summary.year:
        facts.append(("year", summary.year))
    return facts + [("language", code) for code in dict.fromkeys(summary.languages)]


def linked(described: Described, summary: Summary | None = None) -> bytes:
    """Return the numbers of all documents that a record links to, with the keys of what it says there, encoded."""
    found = [(mention.number, mention.key) for mention in described.mentions]
    return msgspec.msgpack.encode(found + _links(summary or described.summarize()))


def _links(summary: Summary) -> list[tuple[int, int]]:
    """Return the numbers of what the record links to but says nothing about: data sets and other records."""
    return [(names.number(path), 0) for path in (f"dataset/{summary.collection}", *summary.linked)]


class _Conversion:
    """The work of one worker."""

    def __init__(self, job: Job, told: Told) -> None:
        self.job = job
        self.told = told
        self.share = Share(job.index, job.count)
        self.mapping = mapping(job)
        self.gate = Gate(self.mapping.vocabulary)
        self.packers = Packers(job.of_bodies, job.of_sources)
        self.live = Documents(job.live, job.live_base, mapped=False) if job.live else None
        self.runs = Runs(job.folder, f"worker-{job.index}")
        self.tally = Tally(job.folder, f"worker-{job.index}")
        rejects, remarks = (job.folder / f"worker-{job.index}.{name}" for name in ("rejects", "remarks"))
        self.ledger = Ledger({}, {}, {})
        self.done = Converted([], [], rejects, remarks, ledger=self.ledger)
        self.rejects, self.remarks = rejects.open("wb", 1 << 16), remarks.open("wb", 1 << 16)
        self._encode = msgspec.msgpack.Encoder().encode

    def run(self) -> Converted:
        with self.rejects, self.remarks:
            if self.job.again and self.live:
                for source in self.live.sources(self.job.index, self.job.count):
                    self._take(reread(source), 0, kept=True)
            for outcome in outcomes(self.job, self._bytes, self.share):
                self._take(outcome, self.share.position)
        if self.live:
            self.live.close()
        self.done.runs, self.done.claims = self.runs.close(), self.tally.close()
        return self.done

    def _bytes(self, n: int) -> None:
        self.told(n if self.share.tells else 0, 0)

    def _take(self, outcome: Outcome, position: int, *, kept: bool = False) -> None:
        if isinstance(outcome, Record):
            self._record(outcome, position, kept)
        elif isinstance(outcome, Rejected):
            self._reject(outcome, position, kept)
        elif isinstance(outcome, Part):
            self.done.parts.append(outcome)
        else:
            self.done.usable += 1
            self.runs.add(deleted(outcome, position))

    def _record(self, record: Record, position: int, kept: bool) -> None:
        self._read(kept)
        path = f"record/{record.id}"
        digest = digest_of(record.source)
        self.done.usable += not kept
        self.done.withheld += record.withheld
        if self.live and not self.job.again and self.live.digest(path) == digest:
            self.ledger.enter(record)
            self.runs.add(Row(path, position, SAME))
            return
        row = self._row(record, path, position, digest)
        if isinstance(row, Rejected):
            self.done.usable -= not kept
            self._reject(row, position, kept, counted=True)
            return
        row.kept = kept
        self.runs.add(row)
        self.ledger.enter(record)
        for remark in record.remarks:
            self._remark(record.id, remark, position)

    def _read(self, kept: bool) -> None:
        if not kept:
            self.done.read += 1
        self.told(0, 1)

    def _row(self, record: Record, path: str, position: int, digest: bytes) -> Row | Rejected:
        """Return the record's row, or why there is none: one record must never spoil the work on all others."""
        described = self.mapping.attempt(record)
        if isinstance(described, Rejected):
            return described
        try:
            described, left_out = self.gate.record(described)
            record.remarks += left_out
            row = self._packed(record, described, path, position, digest)
        except Barred as error:
            return Rejected(record.source.place, str(error), record.id, record.source.text[:_EXCERPT])
        except ValueError as error:  # such as half a character, which UTF-8 cannot write
            return failed(record, error)
        self.tally.add(described.mentions)
        return row

    def _packed(self, record: Record, described: Described, path: str, position: int, digest: bytes) -> Row:
        summary = described.summarize()
        return Row(
            path=path,
            position=position,
            state=NEW,
            title=record.title,
            kind=summary.kind,
            year=summary.year,
            modified=record.modified,
            digest=digest,
            body=self.packers.bodies.pack(body(described.lines, summary, described.naming, described.marks)),
            source=self.packers.sources.pack(self._encode(record.source)),
            words=words(record),
            mentions=linked(described, summary),
            facts=counted(summary),
        )

    def _reject(self, rejected: Rejected, position: int, kept: bool, *, counted: bool = False) -> None:
        """Write down a record that cannot be used. The live one with its id stays."""
        if not counted:
            self._read(kept)
        self.done.read += kept
        self.done.rejected += 1
        self.ledger.reject(rejected)
        self.rejects.write(framed(Note(position, msgspec.json.encode(rejected))))
        if rejected.id:
            self.runs.add(Row(f"record/{rejected.id}", position, SEEN, kept=kept))

    def _remark(self, id_: str, remark: Remark, position: int) -> None:
        self.remarks.write(framed(Note(position, noted(id_, remark))))


def noted(id_: str, remark: Remark) -> bytes:
    """Return the line of a remark."""
    return msgspec.json.encode({"id": id_, **msgspec.to_builtins(remark)})


def deleted(outcome: Deleted, position: int) -> Row:
    """Return the row of a deletion that a source, or the person who publishes, asks for."""
    return Row(
        f"record/{outcome.id}",
        position,
        GONE,
        gone=outcome.reason,
        gone_on=outcome.date,
        successor=outcome.successor,
    )


def digest_of(source: Source) -> bytes:
    """Return 16 bytes of SHA-256 over kind and text of a source record."""
    text = f"{source.kind}\0{source.text}".encode("utf-8", "surrogatepass")
    return sha256(text).digest()[:16]


def notes(paths: Iterable[Path]) -> Iterator[bytes]:
    """Yield the lines that the workers have noted, in the order of the input."""
    streams = [read_rows(path, Note) for path in paths]
    yield from (note.line for note in heapq.merge(*streams, key=lambda note: note.position))


def trained(job: Job) -> tuple[bytes, bytes]:
    """Return dictionaries for bodies and for source records, made from the first records of the input."""
    vocab.use(job.overlay)
    first = mapping(job)
    bodies, sources = list[bytes](), list[bytes]()
    for record in islice(_first(job), _SAMPLE):
        described = first.attempt(record)
        if isinstance(described, Described):
            with suppress(ValueError):
                bodies.append(body(described.lines, described.summarize(), described.naming, described.marks))
                sources.append(record.source.text.encode("utf-8", "replace"))
    return dictionary(bodies), dictionary(sources)


def outcomes(job: Job, on_bytes: OnBytes | None = None, share: Share | None = None) -> Iterator[Outcome]:
    """Yield what is in the inputs: one that cannot be read is rejected, and is an error only where it is the only one.

    Raises SourceError.
    """
    alone = len(job.inputs) == 1
    for one in job.inputs:
        yield from read(one.path, job.kind, on_bytes, share, one.place, alone=alone)


def mapping(job: Job) -> Mapping:
    """Return the mapping to be used."""
    known = vocab.vocabulary()
    return Mapping(job.site, known, Profile(job.profile, known))


def _first(job: Job) -> Iterator[Record]:
    with ExitStack() as stack:
        found: Iterable[Outcome]
        if job.again and job.live:
            documents = stack.enter_context(closing(Documents(job.live, job.live_base, mapped=False)))
            found = (reread(source) for source in documents.sources())
        else:
            found = outcomes(job)
        yield from (one for one in found if isinstance(one, Record))
