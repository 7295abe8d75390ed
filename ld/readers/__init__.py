"""Sources are opened and recognised: a file, a folder or standard input becomes a stream of records.

parts              what a source says of the list it is a page of
share              several workers read one input, each its share
limits             how large a record may be
foreign            what is not read is called by its name
jsontext           a JSON text read in little memory
documents          JSON in all its shapes becomes single documents
nobody             words that stand where a name should and name nobody
roles              words for what somebody did
bodies             whether a name is a corporate body's
contents           all values of a source record, by field
people             names as sources print them
thesaurus          a topic becomes a heading of its thesaurus
isbd               what the conventions of description hide in one string
runs               what catalogues write of the run of a serial: its first and its last year
imprint            publishers, distributors and places in one statement
status             whether a publication was retracted, withdrawn, superseded
fill               what every source fills in alike
gate               what every outcome passes: no e-mail address gets out
marc/entry         one MARC record, whatever carried it
marc/charset       bytes become text: UTF-8 or MARC-8
marc/exchange       ISO 2709 becomes MARC records
marc/elements      MARC in XML becomes MARC records
marc/members       MARC in JSON becomes MARC records
marc/lines         MARC as text becomes MARC records
marc/fixed         what stands at fixed places: dates, the kind of work
marc/authorities   what $0 and $1 name
marc/how           what the words in the column `how` of vocab/marc.csv do
marc/things        the parts of a field become one thing: a person, a heading, a series
marc/table         vocab/marc.csv, carried out
marc/reading       a MARC record becomes a record
marc/binary        MARC in ISO 2709
marc/xml           MARCXML
marc/json          MARC-in-JSON
marc/text          MARC as text
vufind/fields      the fields of VuFind's index
vufind/recovery    what VuFind's `spelling` field still holds of a DOAJ record
doaj/article       what all forms of DOAJ share
doaj/api           DOAJ article JSON
doaj/oai           DOAJ OAI-PMH XML
vufind/kind        words for the kind of a work
vufind/credits     who made the work
vufind/appearance  where it appeared
vufind/times       when it was issued
vufind/whole       the MARC record that VuFind keeps in fullrecord
vufind/content     what it contains, and its other forms
vufind/solr        VuFind Solr JSON
vufind/staffview   VuFind Staff View text
*                  further sources, a folder each: a module with KIND, NAME, sniff and read is one
kinds              all kinds of sources there are
"""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

from msgspec.structs import replace

from ld.errors import SourceError
from ld.readers.gate import Outcome as Outcome
from ld.readers.gate import passed
from ld.readers.kinds import KINDS, is_recognised, listed, recognised
from ld.readers.share import Share
from ld.record import Part, Record, Rejected, Source
from ld.values.streams import HEAD, Raw, unpacked
from ld.values.text import shown

OnBytes = Callable[[int], None]

_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
# So far a source is looked into until its kind is known; a field may have as many bytes, and some more.
_FAR = 4 << 20
# What lies beside records in a folder but is none: RDF, tables and texts about them.
_PASSED_OVER = {".ttl", ".nt", ".nq", ".rdf", ".jsonld", ".md", ".rq", ".csv", ".toml", ".py", ".html"}


def read(
    source: str,
    kind: str | None = None,
    on_bytes: OnBytes | None = None,
    share: Share | None = None,
    place: str | None = None,
    *,
    alone: bool = True,
) -> Iterator[Outcome]:
    """Yield the records of a source, the rejects, and a `Part` where it is only a part of a list.

    `kind` names its kind where the content does not show it.

    `on_bytes` is called with the number of further bytes read. Of several workers each reads its `share`. Messages to
    whoever gave the source call it `place`; what is kept of its records has only names below it.
    A file of a folder that cannot be opened or recognised is one `Rejected`, and so is a source that is not `alone`;
    one that is raises SourceError.
    """
    if kind is not None and kind not in KINDS:
        raise SourceError(f"'{kind}' is no kind of record: name one of {listed()}")
    reading = _Reading(kind, on_bytes, share or Share(), alone)
    called = "standard input" if source == "-" else place or shown(source)
    outcomes = reading.source(source, called)
    yield from map(passed, outcomes if alone else reading.attempted(outcomes, called, named(called)))


def must_exist(sources: Iterable[str]) -> None:
    """Raise SourceError where a file or folder is not there: a mistyped name is told before anything is done."""
    for source in sources:
        if source != "-" and "://" not in source and not os.path.lexists(source):
            raise SourceError(f"{shown(source)}: cannot be read: No such file or directory: check the name")


def named(source: str) -> str:
    """Return the name of a source for what is kept and served: no path of this machine, no password, no key.

    >>> named("/srv/dumps/export.jsonl"), named("https://me:secret@solr.example:8983/select?q=*:*&key=1")
    ('export.jsonl', 'https://solr.example:8983/select')
    """
    scheme, sign, rest = source.partition("://")
    if sign and "/" not in scheme:
        return f"{scheme}://{re.split('[?#]', rest)[0].rpartition('@')[2]}"
    return Path(source).name or source


def is_read_once(source: str) -> bool:
    """Determine whether the source can be read only once: standard input, a pipe, a file that only we have open."""
    path = Path(source)
    ours = path.absolute().parts[1:2] in (("dev",), ("proc",))
    return source == "-" or (path.exists() and not path.is_dir() and (ours or not path.is_file()))


def size(source: str) -> int:
    """Return the size of a file or of the files in a folder, in bytes; 0 where it is unknown."""
    paths = [] if source == "-" else _files(Path(source)) if Path(source).is_dir() else [Path(source)]
    return sum(path.stat().st_size for path in paths if path.is_file())


def reread(source: Source) -> Record | Rejected:
    """Return the record of a kept source, read again."""
    try:
        stream = io.BytesIO(source.text.encode("utf-8", "replace"))
        outcome = next(map(passed, KINDS[source.kind].read(stream, source.place, Share())), None)
    except SourceError as error:
        return Rejected(source.place, str(error).removeprefix(f"{source.place}: "))
    if isinstance(outcome, Record):
        outcome.source = source
        return outcome
    return outcome if isinstance(outcome, Rejected) else Rejected(source.place, "the kept source holds no record")


class _Reading:
    """One reading of one source: what every step needs to know."""

    def __init__(self, kind: str | None, on_bytes: OnBytes | None, share: Share, alone: bool) -> None:
        self.kind = kind
        self.on_bytes = on_bytes
        self.share = share
        self.alone = alone
        self.usable = 0

    def source(self, source: str, called: str) -> Iterator[Outcome]:
        if source == "-":
            with open(sys.stdin.fileno(), "rb", buffering=0, closefd=False) as raw:
                yield from self.stream(raw, called)
        elif Path(source).is_dir():
            yield from self.folder(Path(source))
        else:
            yield from self.file(Path(source), called, named(called))

    def attempted(self, outcomes: Iterator[Outcome], place: str, name: str) -> Iterator[Outcome]:
        """Yield the outcomes of a file among others: one that cannot be read is `Rejected`, and a `Part` breaks off."""
        count = 0
        try:
            for outcome in outcomes:
                count += 1
                yield outcome
            self.usable += 1
        except SourceError as error:
            reason = str(error).removeprefix(f"{place}: ")
            if self.share.tells:
                yield Rejected(name, reason)
            yield Part(place, count=count, cut=reason)

    def file(self, path: Path, place: str, name: str) -> Iterator[Outcome]:
        """Yield the outcomes of a file; those that are kept call it by its name, all that is told now by its place."""
        self.share.enter(size(str(path)))
        try:
            with path.open("rb", buffering=0) as raw:
                for outcome in self.stream(raw, name):
                    yield replace(outcome, place=_at(place, name, outcome.place)) if type(outcome) is Part else outcome
        except OSError as error:
            raise SourceError(f"{place}: cannot be read: {error.strerror}: check the name and the rights") from None
        except SourceError as error:
            raise SourceError(_at(place, name, str(error))) from None

    def folder(self, folder: Path) -> Iterator[Outcome]:
        where, first, paths = shown(folder), "", sorted(_files(folder))
        for path in paths:
            place, name = shown(path), shown(path.relative_to(folder))
            for outcome in self.attempted(self._member(path, place, name), place, name):
                if type(outcome) is Part and outcome.cut and outcome.place == place:
                    first = first or f"{place}: {outcome.cut}"
                yield outcome
        if not paths:
            self.share.enter()
            raise SourceError(f"{where}: no file in it that could hold records: name a folder with catalogue records")
        if not self.usable and self.alone:
            raise SourceError(f"{where}: none of its {len(paths):,} files could be read: the first is {first}")

    def _member(self, path: Path, place: str, name: str) -> Iterator[Outcome]:
        if not path.is_file():
            self.share.enter()
            raise SourceError(f"{place}: not a file that can be read: take it out of the folder")
        yield from self.file(path, place, name)

    def stream(self, raw: Raw, place: str) -> Iterator[Outcome]:
        with unpacked(raw, place, self.on_bytes) as stream:
            yield from self.plain(stream, place)

    def plain(self, stream: io.BufferedReader[Any], place: str) -> Iterator[Outcome]:
        if stream.peek(3)[:3] == _UTF8_MARK:
            stream.read(3)
        head = stream.peek(HEAD)[:HEAD]
        if not self.kind and len(head) == HEAD and not is_recognised(head):
            # its first field may be longer than that: a whole MARC record, a full text
            stream = io.BufferedReader(cast(io.RawIOBase, stream), _FAR)
            head = stream.peek(_FAR)
        if not head.strip():
            raise SourceError(f"{place}: the file is empty: nothing to publish")
        if head.startswith(_UTF16_MARKS):
            raise SourceError(f"{place}: not UTF-8 at byte 0, but UTF-16: save the file as UTF-8")
        reader = KINDS[self.kind] if self.kind else recognised(head, place)
        yield from reader.read(cast(BinaryIO, stream), place, self.share)


def _at(place: str, name: str, text: str) -> str:
    """Return the text with the place at its beginning where the name stands."""
    return place + text.removeprefix(name) if text.startswith(name) else text


def _files(folder: Path) -> Iterator[Path]:
    """Yield the files below the folder, without hidden ones and those known to hold no records."""

    def refused(error: OSError) -> None:
        raise SourceError(f"{shown(error.filename)}: cannot be read: {error.strerror}: check the rights") from None

    for parent, folders, files in os.walk(folder, onerror=refused):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            path = Path(parent) / name
            if not name.startswith(".") and path.suffix.lower() not in _PASSED_OVER:
                yield path
