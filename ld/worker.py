"""The child that runs SPARQL queries: requests come in on a socket, answers go out in frames.

It is started by `ld.query` as `python -m ld.worker SOCKET STORE MEMORY`, opens the finished store read-only,
locks itself in, and serves one query at a time until the socket ends. It may be killed at any moment: it owns
nothing.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import select
import signal
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, cast

import msgspec
from pyoxigraph import NamedNode, QueryResultsFormat, QueryTriples, RdfFormat, Store, Triple, serialize

from ld import grammar, guard
from ld.errors import QueryError, QueryForbidden, QueryMemory, QuerySyntaxError, ResultNotXML, ResultTooLarge, SiteError

READY, ASK, DATA, END, ERROR = b"R", b"Q", b"D", b"E", b"X"
CHUNK = 1 << 16
_HEAD = struct.Struct("!cI")


class Job(msgspec.Struct, frozen=True):
    """A query on its way to the worker."""

    text: str
    format: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    prefixes: dict[str, str] = {}
    truncate: bool = False
    max_rows: int = 100_000
    max_bytes: int = 64 << 20
    seconds: float = 30.0
    base: str = ""


class End(msgspec.Struct, frozen=True):
    """The last frame of an answer: was it cut, and does the worker leave after it."""

    truncated: bool = False
    retires: bool = False


class Failure(msgspec.Struct, frozen=True):
    """An error on its way to the parent: the name of its class in `ld.errors`, and what it says."""

    kind: str
    message: str
    line: int = 0
    column: int = 0


def send(channel: socket.socket, kind: bytes, payload: bytes | memoryview = b"") -> None:
    """Write one frame: a letter, the length in four bytes, the payload."""
    channel.sendall(_HEAD.pack(kind, len(payload)))
    if payload:
        channel.sendall(payload)


def receive(channel: socket.socket, deadline: float | None = None) -> tuple[bytes, bytearray] | None:
    """Return the next frame, None at the end of the stream; raises TimeoutError at the deadline."""
    head = _read(channel, _HEAD.size, deadline)
    if head is None:
        return None
    kind, size = _HEAD.unpack(head)
    payload = _read(channel, size, deadline)
    return None if payload is None else (kind, payload)


def _read(channel: socket.socket, size: int, deadline: float | None) -> bytearray | None:
    """Return exactly so many bytes; None where the stream ends before."""
    data = bytearray(size)
    view, position = memoryview(data), 0
    while position < size:
        if deadline is not None:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            channel.settimeout(left)
        try:
            count = channel.recv_into(view[position:])
        except ConnectionError:
            return None
        if not count:
            return None
        position += count
    return data


class Table(NamedTuple):
    """A result format: how it is written, what stands between two rows, and what closes a cut table."""

    format: QueryResultsFormat
    between: re.Pattern[bytes]
    tail: bytes
    heads: int


# A match with a group is a place between two rows: where the group starts, a cut table ends. Other matches are
# strings, in which the same characters mean nothing. A header line counts as a row.
TABLES = {
    "json": Table(QueryResultsFormat.JSON, re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|\}(,)\{'), b"]}}", 0),
    "xml": Table(QueryResultsFormat.XML, re.compile(rb"</result>()<result>"), b"</results></sparql>", 0),
    "csv": Table(QueryResultsFormat.CSV, re.compile(rb'"[^"]*+"|\r\n()(?=.)', re.DOTALL), b"", 1),
    "tsv": Table(QueryResultsFormat.TSV, re.compile(rb"\n()(?=.)", re.DOTALL), b"", 1),
}
GRAPHS = {
    "ttl": RdfFormat.TURTLE,
    "nt": RdfFormat.N_TRIPLES,
    "rdf": RdfFormat.RDF_XML,
    "jsonld": RdfFormat.JSON_LD,
}


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
    table = TABLES[job.format]
    checked = (lambda data: out(well_formed(data))) if job.format == "xml" else out
    writer = TableWriter(table, checked, job.max_rows, job.max_bytes)
    try:
        results.serialize(writer, table.format)
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
        data = cast(bytes, serialize(graph, format=GRAPHS[job.format], prefixes=job.prefixes or None))
        if len(data) <= job.max_bytes:
            break
        if not job.truncate or not graph:
            raise too_large("bytes", job.max_bytes)
        truncated = True
        graph = graph[: min(len(graph) - 1, len(graph) * job.max_bytes * 9 // (len(data) * 10))]
    view = memoryview(well_formed(data) if job.format == "rdf" else data)
    for start in range(0, len(data), 16 * CHUNK):
        out(bytes(view[start : start + 16 * CHUNK]))
    return truncated


def dataset(job: Job) -> dict[str, Any]:
    """Return the engine's arguments for the dataset of a request (SPARQL 1.1 Protocol, section 2.1.4).

    Graphs named by the protocol override FROM; where only named graphs are given, the default graph is empty.
    """
    if not job.default_graphs and not job.named_graphs:
        return {}
    try:
        return {
            "default_graph": [NamedNode(iri) for iri in job.default_graphs],
            "named_graphs": [NamedNode(iri) for iri in job.named_graphs],
        }
    except ValueError as error:
        raise QuerySyntaxError(
            f"A graph of default-graph-uri or named-graph-uri is not an absolute IRI: {error}"
        ) from None


def syntax_error(text: str, said: str) -> QuerySyntaxError:
    """Return the engine's complaint as a sentence with its place, and the likely reason where one is seen."""
    found = re.match(r"error at (\d+):(\d+): expected (.*)", said, re.DOTALL)
    if not found:
        return QuerySyntaxError(f"This is not a SPARQL 1.1 query: {said}")
    missing = guard.undeclared(text)
    if missing:
        line, column = guard.place(text, min(missing.values()))
        names = ", ".join(list(missing)[:5])
        message = f"Line {line}, column {column}: a prefix is not declared: {names}. Add PREFIX lines."
        return QuerySyntaxError(message, line, column)
    wrong = grammar.first_error(text)
    line, column = wrong[:2] if wrong else (int(found[1]), int(found[2]))
    if wrong and wrong.word:
        said = f"'{wrong.word[:80]}' cannot stand here."
    elif wrong:
        said = "the text ends too early: is a bracket not closed?"
    elif "IRI parsing failed" in found[3]:
        said = "an IRI is relative or has a character that IRIs do not have."
    else:  # the grammar has nothing against it, but one of the rules beside it does
        said = f"this is not SPARQL 1.1 here or shortly before: expected {found[3][:200]}."
    return QuerySyntaxError(f"Line {line}, column {column}: {said}", line, column)


def run(store: Store, job: Job, out: Callable[[bytes], object]) -> bool:
    """Answer a query into `out`; return whether the answer was cut. Raises a QueryError."""
    try:
        results = store.query(job.text, base_iri=job.base or None, **dataset(job))
        table = not isinstance(results, QueryTriples)
        if job.format not in (TABLES if table else GRAPHS):
            raise QueryError(f"An answer of this form cannot be written as {job.format!r}.")
        return (write_table if table else write_graph)(cast(Any, results), job, out)
    except SyntaxError as error:
        raise syntax_error(job.text, str(error)) from None
    except PermissionError:
        raise QueryForbidden("SERVICE is refused: this server opens no connections.") from None
    except MemoryError:
        raise QueryMemory("The query ran into the memory limit and was stopped.") from None
    except RuntimeError as error:  # a function that the engine does not have
        raise QuerySyntaxError(f"{error}.") from None
    except (OSError, ValueError) as error:
        raise QueryError(f"The engine could not answer: {error}") from None


def address_space() -> int:
    """Return the bytes of address space of this process; 0 where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def limit_memory(extra: int) -> None:
    """Let this process grow by so many bytes, and be the first that a system without memory ends."""
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
    size = address_space()
    if size:
        resource.setrlimit(resource.RLIMIT_AS, (size + extra, size + extra))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


# per architecture: its audit number, seccomp, and socket, connect, execve, execveat, ptrace, io_uring_setup
_CALLS = {
    "x86_64": (0xC000003E, 317, (41, 42, 59, 322, 101, 425)),
    "aarch64": (0xC00000B7, 277, (198, 203, 221, 281, 117, 425)),
}


def lock_in() -> bool:
    """Deny this process new sockets and programs for ever (seccomp(2), EPERM); return whether that worked.

    Only Linux on x86-64 and ARM64 has it here; elsewhere the guard is alone.
    """
    if not sys.platform.startswith("linux") or os.uname().machine not in _CALLS:
        return False
    audit, seccomp, denied = _CALLS[os.uname().machine]
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(38, 1, 0, 0, 0):  # PR_SET_NO_NEW_PRIVS
        return False
    code = _filter(audit, denied)
    program = _Program(len(code) // 8, code)
    # SECCOMP_SET_MODE_FILTER with TSYNC: the engine's threads, which exist already, are locked in too
    if libc.syscall(seccomp, 1, 1, ctypes.byref(program)) == 0:
        return True
    return bool(libc.prctl(22, 2, ctypes.byref(program), 0, 0) == 0)  # PR_SET_SECCOMP


def _filter(audit: int, denied: tuple[int, ...]) -> bytes:
    """Return the BPF program: the denied calls and those of another architecture fail with EPERM.

    The x32 calls of x86-64 have a number from 0x40000000.
    """
    load, equal, at_least, answer = 0x20, 0x15, 0x35, 0x06
    n = len(denied)
    steps = [(load, 0, 0, 4), (equal, 0, n + 3, audit), (load, 0, 0, 0), (at_least, n + 1, 0, 0x40000000)]
    steps += [(equal, n - i, 0, call) for i, call in enumerate(denied)]
    steps += [(answer, 0, 0, 0x7FFF0000), (answer, 0, 0, 0x00050001)]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)


def end_with_parent(channel: socket.socket) -> None:
    """End this process as soon as the other end of the socket is gone, in the middle of a query too."""

    def watch() -> None:
        poll = select.poll()
        poll.register(channel, select.POLLHUP)
        poll.poll()
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


def requests(channel: socket.socket) -> Iterator[Job]:
    """Yield the jobs that come in, until the socket ends."""
    while frame := receive(channel):
        yield msgspec.json.decode(frame[1], type=Job)


def serve(channel: socket.socket, store: Store, memory: int) -> None:
    """Answer one request after the other; leave after one that took much memory, which is then given back."""
    full = address_space() + memory // 4
    for job in requests(channel):
        # the parent's kill comes first; this one is for a parent that hangs
        signal.setitimer(signal.ITIMER_REAL, job.seconds + 2)
        try:
            truncated = run(store, job, lambda data: send(channel, DATA, data))
        except QueryError as error:
            place = (error.line, error.column) if isinstance(error, QuerySyntaxError) else (0, 0)
            failure = Failure(type(error).__name__, str(error), *place)
            send(channel, ERROR, msgspec.json.encode(failure))
            if isinstance(error, QueryMemory):
                return
        except Exception as error:  # a mistake of ours is told, and is not taken for a lack of memory
            failure = Failure(QueryError.__name__, f"The query worker failed: {error!r}.")
            send(channel, ERROR, msgspec.json.encode(failure))
        else:
            retires = address_space() > full
            send(channel, END, msgspec.json.encode(End(truncated, retires)))
            if retires:
                return
        signal.setitimer(signal.ITIMER_REAL, 0)


def main(arguments: list[str]) -> None:
    """Open the store, lock the door, say that all is ready, and serve."""
    descriptor, directory, memory = int(arguments[0]), arguments[1], int(arguments[2])
    for one in (signal.SIGINT, signal.SIGTERM):  # sent to all at once, they are for the parent, which ends this one
        signal.signal(one, signal.SIG_IGN)
    with socket.socket(fileno=descriptor) as channel:
        end_with_parent(channel)
        try:
            store = Store.read_only(directory)
        except (OSError, ValueError) as error:
            failure = Failure(SiteError.__name__, f"{directory}: no triple store can be opened here: {error}")
            send(channel, ERROR, msgspec.json.encode(failure))
            return
        limit_memory(memory)
        lock_in()
        send(channel, READY)
        with contextlib.suppress(ConnectionError):
            serve(channel, store, memory)
    os._exit(0)  # the engine's own end takes time and gives nothing


if __name__ == "__main__":
    main(sys.argv[1:])
