"""The answer of a query on its way out: whole rows, well-formed, within limits of rows and bytes."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable
from typing import Any, cast

from pyoxigraph import Triple

from ld.errors import ResultNotXML, ResultTooLarge
from ld.formats.media import Table
from ld.formats.ntriples import serialized
from ld.formats.table import GRAPH, RESULTS
from ld.sparql.wire import Job

CHUNK = 1 << 16


TABLES = {form.key: form for form in RESULTS if form.table}
GRAPHS = {form.key: form for form in GRAPH if form.engine}

# XML 1.0 §2.2: what is no character there; and how the engine writes a property that has no local name
_NO_XML = re.compile(rb"[\x00-\x08\x0B\x0C\x0E-\x1F]|\xEF\xBF[\xBE\xBF]|<oxprefix: ")


def well_formed(data: bytes) -> bytes:
    """Return the piece of XML as it is; raises ResultNotXML where it is none, which the engine does not look after."""
    if _NO_XML.search(data):
        raise ResultNotXML(
            "The answer has a control character, or a property without a local name, which XML cannot hold. "
            "Ask for another format."
        )
    return data


class _Full(Exception):
    """A limit is reached; it ends the engine's serializer and is never seen outside."""


class TableWriter:
    """A file for the engine's serializer: counts rows and bytes, and hands on whole rows only."""

    def __init__(self, table: Table, out: Callable[[bytes], object], max_rows: int, max_bytes: int) -> None:
        self._table, self._out = table, out
        self._max_places = max_rows + table.heads - 1
        self._bytes_left = max_bytes
        self._buffer = bytearray()
        self._due = CHUNK
        self._places = 0
        self.began = False

    def write(self, data: bytes) -> int:
        self._buffer += data
        if len(self._buffer) >= self._due:
            self._count()
            # a row that is not complete is looked at anew when it has doubled, so that the time stays linear
            self._due = max(CHUNK, 2 * len(self._buffer))
        return len(data)

    def flush(self) -> None:
        """Nothing: rows go out when they are counted."""

    def finish(self) -> None:
        """Count and hand on what remains."""
        self._count()
        self._hand_on(len(self._buffer))

    def cut(self) -> None:
        """Close the brackets after the rows handed on so far."""
        self._out(self._table.tail)

    def _count(self) -> None:
        """Hand on all but the last row; raises _Full, after the rows that fit, where there are too many."""
        limit = "bytes" if len(self._buffer) > self._bytes_left else ""
        end, kept, places = 0, self._places, self._places
        for place in self._between():
            places += 1
            if place + len(self._table.tail) <= self._bytes_left:
                end, kept = place, places
            if places > self._max_places:
                limit = "rows"
                break
        self._hand_on(end)
        self._places = kept
        if limit:
            self._due = sys.maxsize  # the engine empties its buffer once more while it fails
            raise _Full(limit)

    def _between(self) -> list[int]:
        """Return the places between rows; a list, for the buffer cannot shrink while a search goes on in it."""
        found = self._table.between.finditer(self._buffer)
        return [match.start(1) for match in found if match.lastindex]

    def _hand_on(self, end: int) -> None:
        if end:
            self._out(bytes(self._buffer[:end]))
            self.began = True
            del self._buffer[:end]
            self._bytes_left -= end


def too_large(limit: str, amount: int) -> ResultTooLarge:
    """Return the error for an answer over a limit."""
    size = f"{amount:,} rows or triples" if limit == "rows" else f"{amount:,} bytes"
    return ResultTooLarge(
        f"The answer has more than {size}, the limit of this endpoint. Add a LIMIT, or ask for a cut answer "
        "with truncate=1."
    )


def write_table(results: Any, job: Job, out: Callable[[bytes], object]) -> bool:
    """Write a SELECT or ASK answer; return whether it was cut at a limit, which must have been asked for."""
    form = TABLES[job.format]
    table = cast(Table, form.table)
    checked = (lambda data: out(well_formed(data))) if form.is_xml else out
    writer = TableWriter(table, checked, job.max_rows, job.max_bytes)
    try:
        results.serialize(writer, table.engine)
        writer.finish()
    except _Full as full:
        limit = str(full)
        if not (job.truncate and writer.began):
            raise too_large(limit, job.max_rows if limit == "rows" else job.max_bytes) from None
        writer.cut()
        return True
    return False


def write_graph(triples: Iterable[Triple], job: Job, out: Callable[[bytes], object]) -> bool:
    """Write triples, each once, in their order; return whether they were cut at a limit."""
    form = GRAPHS[job.format]
    distinct: dict[Triple, None] = {}
    truncated = False
    for triple in triples:
        distinct[triple] = None
        if len(distinct) > job.max_rows:
            if not job.truncate:
                raise too_large("rows", job.max_rows)
            del distinct[triple]
            truncated = True
            break
    graph = list(distinct)
    while True:
        # most formats cannot be cut in the middle: fewer triples are written until they fit
        data = serialized(graph, form, job.prefixes)
        if len(data) <= job.max_bytes:
            break
        if not job.truncate or not graph:
            raise too_large("bytes", job.max_bytes)
        truncated = True
        graph = graph[: min(len(graph) - 1, len(graph) * job.max_bytes * 9 // (len(data) * 10))]
    view = memoryview(well_formed(data) if form.is_xml else data)
    for start in range(0, len(data), 16 * CHUNK):
        out(bytes(view[start : start + 16 * CHUNK]))
    return truncated
