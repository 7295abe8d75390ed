"""VuFind's Staff View text becomes index documents again, and they become records.

    id doaj-a252c0b4cecb4a74b764cc9fba0ed479
    author Rachel Matthews
    Constantina (Stan) Papoulias
    title Toward Co-productive Learning? …

A line that begins with the name of a field of VuFind's index begins that field; a bare line is its next value, or,
in a field with one value, its next line. The record page in front is never read.
(VuFind: themes/bootstrap3/templates/RecordTab/staffviewarray.phtml; 9.0.3 and later sort the fields by name.)
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from msgspec import Struct

import ld.readers.marc.lines as marc
import ld.readers.vufind.solr as solr
from ld.readers.limits import EXCERPT_CHARACTERS, LINE_BYTES, RECORD_BYTES, oversized, oversized_record
from ld.readers.marc import reading
from ld.readers.share import Share
from ld.readers.vufind import whole
from ld.readers.vufind.fields import ROLES, SHINGLED, SINGLE, is_field
from ld.readers.vufind.solr import Fields
from ld.record import Record, Rejected, Source

KIND = "staffview"
NAME = "VuFind Staff View text"
READS = solr.READS
_FIRST_LINE = re.compile(r"(?:id|_version_) \S")
_MARC = re.compile(rb"LEADER [0-9 ]{5}")
_ONE_WORD = ("_version_", "id")
_INDEX_HEADING = "Record in the Search Index"
# A last value of a record, not the title of the next: an address or a work key.
_VALUE = re.compile(rb"https?://|[AU]T \S")
# Lines of a record page.
_PAGE_MARKS = (b"Bibliographic Details", b"Full description", b"Staff View")
_VERSION = re.compile(rb"_version_ \d{1,19}")
_STARTS = (b"id", b"_version_", b"LEADER")
_AFTER_ID = (b"record_format", b"recordtype", b"fullrecord", b"ctrlnum")


class Block(Struct):
    """The lines of one record: where they begin, counted in lines (from 1) and bytes."""

    line: int
    byte: int
    lines: list[bytes]


def sniff(head: bytes) -> bool:
    """Determine whether the beginning looks like Staff View text."""
    lines = head.decode("utf-8", "replace").split("\n")
    named = {name for line in lines if is_field(name := line.partition(" ")[0])}
    if any(_MARC.match(line) for line in head.split(b"\n")):
        return True
    return bool({"id", "_version_"} & named) and len(named) >= 3


def read(stream: BinaryIO, place: str, share: Share) -> Iterator[Record | Rejected]:
    """Yield the records of a text that holds one or several Staff Views, with or without their record pages."""
    for n, block in enumerate(_blocks(stream), 1):
        if not share.takes(n):
            continue
        where = f"{place}, record {n}, line {block.line}"
        data = b"\n".join(block.lines)
        try:
            text = data.decode()
        except UnicodeDecodeError as error:
            reason = f"not UTF-8 at byte {block.byte + error.start}: save the file as UTF-8"
            yield Rejected(where, reason, _id(block), data[:EXCERPT_CHARACTERS].decode("utf-8", "replace"))
            continue
        yield _record(Source(KIND, text.strip("\n"), where), len(data))


def _id(block: Block) -> str:
    line = next((line for line in block.lines if line.startswith(b"id ")), b"")
    return line.partition(b" ")[2].decode("utf-8", "replace")


# -- where one record ends and the next begins ------------------------------------------------------------------------


def _blocks(stream: BinaryIO) -> Iterator[Block]:
    """Yield the lines of each record. What stands in front of a Staff View, the record page, goes with it."""
    block = Block(1, 0, [])
    order: list[bytes] = []  # the names that begin a line, from the record's first field on
    line = _line(stream)
    while line is not None:
        following = _line(stream)
        name = _name(line)
        if name in order and _begins(line, following, order):
            at = _page_begins(block.lines)
            yield Block(block.line, block.byte, block.lines[:at])
            size = sum(len(one) + 1 for one in block.lines[:at])
            block = Block(block.line + at, block.byte + size, block.lines[at:])
            order = []
        if name and (order or (name in _STARTS and (following is None or name == b"LEADER" or _name(following)))):
            order.append(name)
        block.lines.append(line)
        line = following
    if any(one.strip() for one in block.lines):
        yield block


def _line(stream: BinaryIO) -> bytes | None:
    line = stream.readline(LINE_BYTES)
    return line.rstrip(b"\r\n") if line else None


def _name(line: bytes) -> bytes:
    """Return the name of the field a line begins, LEADER for a MARC table, empty for a bare line."""
    if _MARC.match(line):
        return b"LEADER"
    name, blank, _ = line.partition(b" ")
    return name if blank and is_field(name.decode("ascii", "replace")) else b""


def _begins(line: bytes, following: bytes | None, order: list[bytes]) -> bool:
    """Determine whether a repeated LEADER, `_version_` or `id` begins a record.

    `id` may be a topic ("id cards"), but not where `_version_`, the last field, has been, or where the field of the
    next line is the one that followed the record's first `id` too. Sorted fields begin with `_version_`, not with `id`.
    """
    if line.startswith(b"LEADER ") or _VERSION.fullmatch(line):
        return True
    if not line.startswith(b"id ") or order[0] == b"_version_":
        return line.startswith(b"id ") and following is not None and _name(following) in _AFTER_ID
    if following is None or b"_version_" in order:
        return True
    return _name(following) in (*_AFTER_ID, *order[1:2])


def _page_begins(lines: list[bytes]) -> int:
    """Return where, at the end of a record's lines, the record page of the next one begins; else their number.

    The page begins with the title and a blank line. An address or a work key before the blank line is no title.
    """
    last = max((n for n, line in enumerate(lines) if _name(line)), default=-1)
    blank = next((n for n in range(last + 1, len(lines)) if not lines[n].strip()), None)
    if blank is None:
        return len(lines)
    behind = [line for line in lines[blank:] if line.strip()]
    if behind and not any(line.strip() in _PAGE_MARKS for line in behind):
        return blank  # the title stands behind: the blank line parts two records
    title = blank - 1
    return title if title > last and not _VALUE.match(lines[title]) else blank


# -- one record -------------------------------------------------------------------------------------------------------


def _record(source: Source, size: int) -> Record | Rejected:
    lines = source.text.split("\n")
    excerpt = source.text[:EXCERPT_CHARACTERS]
    table = _table(lines)
    if _INDEX_HEADING in lines:
        lines = lines[lines.index(_INDEX_HEADING) + 1 :]
    elif table:
        return reading.record(marc.entry(table), source)
    fields = parse(lines)
    known = next(iter(fields.get("id", ())), "")
    if size > RECORD_BYTES:
        texts = ((name, value) for name, values in fields.items() for value in values)
        return Rejected(source.place, oversized(texts) or oversized_record(size), known, excerpt)
    if not fields:
        reason = "no Staff View in it: copy the lines of the Staff View tab ('id …', 'title …') as well"
        return Rejected(source.place, reason, excerpt=excerpt)
    found = solr.record(fields, source)
    return whole.joined(found, marc.entry(table)) if table and "fullrecord" not in fields else found


def _table(lines: list[str]) -> list[str]:
    """Return the lines of the MARC table; nothing where there is none."""
    begin = next((n for n, line in enumerate(lines) if _MARC.match(line.encode())), None)
    if begin is None:
        return []
    end = lines.index(_INDEX_HEADING) if _INDEX_HEADING in lines else len(lines)
    return [line for line in lines[begin:end] if line.strip()]


def parse(lines: Iterable[str]) -> Fields:
    """Return the fields of one Staff View; what stands before its first field is the record page and left out."""
    return _Parse(_staff_view(list(lines))).fields


def _staff_view(lines: list[str]) -> list[str]:
    """Return the lines from the Staff View's first field on: `id`, or `_version_` where the fields are sorted.

    The line after it must begin a field too: a summary may begin with "id ".
    """
    starts = [n for n, line in enumerate(lines) if _FIRST_LINE.match(line)]
    for n in starts:
        if n + 1 == len(lines) or is_field(lines[n + 1].partition(" ")[0]):
            return lines[n:]
    return lines[starts[0] :] if starts else []


class _Parse:
    """One Staff View while it is read, line by line."""

    def __init__(self, lines: list[str]) -> None:
        self.fields: Fields = {}
        self.current = ""
        self.sorted = bool(lines) and lines[0].startswith("_version_ ")
        self.copies = _copies(lines)
        for line in lines:
            self._take(line)
        for name in self.fields.keys() & SINGLE:
            self.fields[name] = [self.fields[name][0].strip("\n")]

    def _take(self, line: str) -> None:
        name, _, value = line.partition(" ")
        if is_field(name) and not self._is_value(name, line):
            self.current = name
            self.fields[name] = [value]
        elif self.current in _ONE_WORD:
            return
        elif self.current in SINGLE:
            self.fields[self.current][0] += "\n" + line
        elif self.current and (line.strip() or self.current in ROLES):
            self.fields[self.current].append(line.removeprefix("–").strip())

    def _is_value(self, name: str, line: str) -> bool:
        """Determine whether a line that begins with a field's name is a value: a topic "building materials".

        It is when the record has had the field; when its fields are sorted and this one is out of order; when the
        line stands elsewhere too, `spellingShingle` being a copy; when `spelling` has it as part of the abstract.
        """
        if " " not in line and name not in ROLES:
            return True
        if name in self.fields or (self.sorted and self.current and name < self.current):
            return True
        if self.current in ("spellingShingle", *SHINGLED) and line in self.copies:
            return True
        return self.current == "description" and self._goes_on(line)

    def _goes_on(self, line: str) -> bool:
        """Determine whether the whole record's text (`spelling`) has this line right behind the one before."""
        before = self.fields["description"][0].split()[-3:]
        return bool(before) and " ".join([*before, *line.split()]) in " ".join(self.fields.get("spelling", ()))


def _copies(lines: list[str]) -> set[str]:
    """Return the values that the record has twice: in `spellingShingle` and in the field it is a copy of."""
    values = Counter(lines)
    for line in lines:
        name, _, value = line.partition(" ")
        if name in SHINGLED:
            values[value] += 1
    return {line for line, count in values.items() if count > 1}
