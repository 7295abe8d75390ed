"""VuFind's Staff View text becomes index documents again, and they become records.

    id doaj-a252c0b4cecb4a74b764cc9fba0ed479
    author Rachel Matthews
    Constantina (Stan) Papoulias
    title Toward Co-productive Learning? …

A line that begins with the name of a field of VuFind's schema begins that field; a bare line is its next value, or,
in fields with one value, its next line. The record page in front is never read when there is a Staff View.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from ld.readers import solr
from ld.readers.solr import Fields
from ld.record import Record, Rejected, Source
from ld.vocab import Row, vocabulary

KIND = "staffview"
_LINE_BYTES = 64 << 20
_LINES = 200_000
_DYNAMIC = re.compile(
    r"[A-Za-z][A-Za-z0-9_.-]{0,60}_(?:date|isn|str|txt|txtF|txtP|boolean|geo|random|autocomplete)(?:_mv)?"
)
_ROLES = {"author_role", "author2_role", "author_corporate_role"}
_STRONG = ("id", "_version_")
_MARC = re.compile(r"LEADER [0-9 ]{5}")
_INDEX_HEADING = "Record in the Search Index"


def sniff(head: bytes) -> bool:
    """Determine whether the beginning looks like Staff View text."""
    lines = head.decode("utf-8", "replace").splitlines()
    named = {line.partition(" ")[0] for line in lines}
    if any(_MARC.match(line) for line in lines):
        return True
    return "id" in named and len(named & _fields().keys()) >= 3


def read(stream: BinaryIO, place: str) -> Iterator[Record | Rejected]:
    """Yield the records of a text that holds one or several Staff Views, with or without their record pages."""
    for n, (start, lines) in enumerate(_records(_decoded(stream)), 1):
        where = f"{place}, record {n}, line {start}" if n > 1 else f"{place}, line {start}"
        broken = next((number for number, line in enumerate(lines) if "\ufffd" in line and "\udcff" in line), None)
        source = Source(KIND, "\n".join(lines).replace("\udcff", ""), where)
        if broken is not None:
            reason = f"not UTF-8 in line {start + broken}: save the file as UTF-8"
            yield Rejected(where, reason, excerpt=source.text[:200])
            continue
        yield _record(lines, source)


def _decoded(stream: BinaryIO) -> Iterator[str]:
    """Yield the lines; one that is not UTF-8 is marked with U+FFFD U+DCFF, which no text can hold."""
    while line := stream.readline(_LINE_BYTES):
        try:
            yield line.decode().rstrip("\r\n").removeprefix("\ufeff")
        except UnicodeDecodeError:
            yield line.decode("utf-8", "replace").rstrip("\r\n") + "\ufffd\udcff"


def _records(lines: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield the first line number and the lines of each record: a new one begins where `id` or `_version_` repeats.

    What stands in front of a Staff View - the record page - goes with the record behind it.
    """
    kept: list[str] = []
    seen: set[str] = set()
    start = 1
    for line in lines:
        name = line.partition(" ")[0]
        marc = bool(_MARC.match(line))
        if (name in _STRONG and " " in line and name in seen) or (marc and "LEADER" in seen):
            split = _page_begins(kept)
            yield start, kept[:split]
            start += split
            kept, seen = kept[split:], set()
        if name in _STRONG and " " in line:
            seen.add(name)
        if marc:
            seen.add("LEADER")
        kept.append(line)
    if any(line.strip() for line in kept):
        yield start, kept


def _page_begins(lines: list[str]) -> int:
    """Return where the record page of the next record begins in the lines of this one; their number if there is none.

    The page ends in "Bibliographic Details" and labels with a colon; it begins behind the last field of the record.
    """
    marks = ("Bibliographic Details", "Full description", "Staff View")
    at = next((n for n in range(len(lines) - 1, -1, -1) if lines[n] in marks), None)
    if at is None:
        return len(lines)
    last = max((n for n in range(at) if _field(lines[n], set())), default=-1)
    blank = next((n for n in range(last + 1, at) if not lines[n].strip()), None)
    if blank is None:
        return at
    return blank - 1 if blank - 1 > last else blank


def _field(line: str, seen: set[str]) -> str:
    """Return the name of the field the line begins, empty where it is a bare line."""
    name, blank, _ = line.partition(" ")
    if not blank and name not in _ROLES:
        return ""
    known = name in _fields() or bool(_DYNAMIC.fullmatch(name))
    return name if known and name not in seen else ""


def _record(lines: list[str], source: Source) -> Record | Rejected:
    if any(_MARC.match(line) for line in lines):
        if _INDEX_HEADING not in lines:
            reason = "a MARC Staff View: only the index fields are read; export the record as Solr JSON instead"
            return Rejected(source.place, reason, excerpt=source.text[:200])
        lines = lines[lines.index(_INDEX_HEADING) + 1 :]
    fields = parse(lines)
    if "id" not in fields:
        reason = "no Staff View in it: the lines 'id …', 'title …' of the Staff View tab are needed"
        return Rejected(source.place, reason, excerpt=source.text[:200])
    return solr.record(fields, source)


def parse(lines: Iterable[str]) -> Fields:
    """Return the fields of one Staff View; what stands before its first field is the record page and left out."""
    fields: Fields = {}
    seen: set[str] = set()
    current = ""
    for line in _staff_view(list(lines)):
        name = _field(line, seen)
        if name and not _is_value(line, current, fields):
            seen.add(name)
            current = name
            fields[name] = [line.partition(" ")[2]]
        elif _is_single(current):
            fields[current][-1] += "\n" + line
        elif current and (line.strip() or current in _ROLES):
            fields[current].append(line.removeprefix("–").strip())
    for name in filter(_is_single, fields):
        fields[name] = [fields[name][0].strip("\n")]
    return fields


def _staff_view(lines: list[str]) -> list[str]:
    """Return the lines from the Staff View's first field on: `id`, or `_version_` where the fields are sorted."""
    for n, line in enumerate(lines):
        if line.startswith(("id ", "_version_ ")):
            return lines[n:]
    return lines


def _fields() -> dict[str, Row]:
    """Return the fields of VuFind's Solr schema, by name."""
    return vocabulary().codes("vufind")


def _is_single(name: str) -> bool:
    row = _fields().get(name)
    return row is not None and row["values"] == "one"


def _is_value(line: str, current: str, fields: Fields) -> bool:
    """Determine whether what looks like a field is a value: `spellingShingle` repeats authors, title and topics."""
    shingle = fields.get("spellingShingle")
    return bool(shingle and current in ("author", "series", "topic", "title_alt") and line in shingle)
