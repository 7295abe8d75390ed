"""The process that runs SPARQL: it opens a finished store, gives up what it does not need, and answers until told to end.

Run as `python -m ld.worker STORE FD MEMORY`. Requests and answers are frames on a socket: one byte of kind, four of
length, then msgpack (R request, H head, X error, E end) or bytes of the answer (D). When the socket ends, so does it.
"""

from __future__ import annotations

import contextlib
import ctypes
import io
import platform
import resource
import socket
import struct
import sys
from typing import Any

import msgspec
from msgspec import Struct
from pyoxigraph import (
    NamedNode,
    QueryResultsFormat,
    QueryTriples,
    RdfFormat,
    Store,
    serialize,
)

RESULTS = {
    "json": QueryResultsFormat.JSON,
    "xml": QueryResultsFormat.XML,
    "csv": QueryResultsFormat.CSV,
    "tsv": QueryResultsFormat.TSV,
}
GRAPHS = {
    "ttl": RdfFormat.TURTLE,
    "nt": RdfFormat.N_TRIPLES,
    "rdf": RdfFormat.RDF_XML,
    "jsonld": RdfFormat.JSON_LD,
}
_FRAME = struct.Struct(">cI")
_DENIED = {  # socket, connect, execve, ptrace, execveat, io_uring_setup, in the numbering of each machine
    "x86_64": (0xC000003E, (41, 42, 59, 101, 322, 425)),
    "aarch64": (0xC00000B7, (198, 203, 221, 117, 281, 425)),
}


class Job(Struct, array_like=True):
    """A query to run and the limits of its answer."""

    text: str
    format: str
    default_graphs: list[str] | None
    named_graphs: list[str] | None
    rows: int
    bytes: int
    truncate: bool
    prefixes: dict[str, str]


class Failure(Struct, array_like=True):
    """Why there is no answer: the name of an error of `ld.errors`, and its text."""

    error: str
    message: str


class TooLarge(Exception):
    """The answer is over a limit."""


def main() -> None:
    """Serve one parent until it closes the socket."""
    directory, descriptor, memory = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    store = Store.read_only(directory)
    _give_up(memory)
    with socket.socket(fileno=descriptor) as channel:
        send(channel, b"H", b"")
        while frame := receive(channel):
            _serve(channel, store, msgspec.msgpack.decode(frame[1], type=Job))


def _serve(channel: socket.socket, store: Store, job: Job) -> None:
    try:
        out = answer(store, job)
    except (SyntaxError, ValueError, OSError, MemoryError, RuntimeError, TooLarge) as error:
        send(channel, b"X", msgspec.msgpack.encode(_failure(error)))
        return
    view = memoryview(out.data)
    for start in range(0, len(view), 1 << 20):
        send(channel, b"D", view[start : start + (1 << 20)])
    send(channel, b"E", msgspec.msgpack.encode(out.truncated))


def _failure(error: Exception) -> Failure:
    text = str(error)
    if isinstance(error, TooLarge):
        return Failure("ResultTooLarge", text)
    if isinstance(error, SyntaxError):
        return Failure("QuerySyntaxError", text)
    if isinstance(error, MemoryError):
        return Failure("QueryMemory", "the query needs more memory than a query may have: make it more selective")
    if isinstance(error, PermissionError) or "ermission denied" in text or "not permitted" in text:
        return Failure("QueryForbidden", "the query asked for a connection: this endpoint opens none")
    return Failure("QueryError", f"the query failed: {text}")


def answer(store: Store, job: Job) -> Answer:
    """Return the serialised answer of the job, whole, or cut at the limit of rows where that was asked for."""
    graphs = job.default_graphs is not None or job.named_graphs is not None
    named = [NamedNode(iri) for iri in job.named_graphs or ()] if graphs else None
    default: Any = [NamedNode(iri) for iri in job.default_graphs or ()] if graphs else None
    result = store.query(job.text, default_graph=default, named_graphs=named)
    out = Answer(job)
    try:
        if isinstance(result, QueryTriples):
            serialize(_distinct(result, job, out), out, GRAPHS[job.format], prefixes=job.prefixes or None)
        else:
            result.serialize(out, RESULTS[job.format])
    except Exception:
        if out.over:
            raise TooLarge(out.over) from None
        if not out.truncated:
            raise
    return out


def _distinct(result: QueryTriples, job: Job, out: Answer) -> list[Any]:
    """Return the triples, each once (SPARQL 1.1 §16.2: the result is a graph)."""
    seen: dict[Any, None] = {}
    for triple in result:
        if len(seen) >= job.rows and triple not in seen:
            if not job.truncate:
                raise TooLarge(_over(job, "triples"))
            out.truncated = True
            break
        seen[triple] = None
    return list(seen)


def _over(job: Job, what: str) -> str:
    return f"the answer has more than {job.rows:,} {what}: add a LIMIT, or take the dump at /dump/; truncate=1 cuts it"


# What stands between two rows of a result, how many of them make one row too many, and what closes a cut result.
# In JSON a quotation mark inside a text is escaped, in XML "<" is: so these marks stand nowhere else.
_SEPARATORS = {"json": b'}},{"', "xml": b"<result>", "tsv": b"\n", "csv": b"\r\n"}
_BEFORE = {"json": 0, "xml": 0, "tsv": 1, "csv": 1}
_KEPT = {"json": 2, "xml": 0, "tsv": 1, "csv": 2}
_CLOSING = {"json": b"]}}", "xml": b"</results></sparql>", "tsv": b"", "csv": b""}


class Answer(io.RawIOBase):
    """A writer that keeps what it is given, up to the limits of rows and bytes."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.data = bytearray()
        self.truncated = False
        self.over = ""
        self._rows = 0
        self._from = 0
        self._quoted = False

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        if self.truncated or self.over:
            return len(piece)  # the serialiser empties its buffer once more when it is told to stop
        if len(self.data) + len(piece) > self.job.bytes:
            self.over = "the answer has more bytes than an answer may have: add a LIMIT, or take the dump at /dump/"
            raise TooLarge(self.over)
        self.data += piece
        if self.job.format in _SEPARATORS:
            self._count()
        return len(piece)

    def _count(self) -> None:
        """Count the rows written since the last time; end at the first one over the limit."""
        form = self.job.format
        mark, most = _SEPARATORS[form], self.job.rows + _BEFORE[form]
        while (at := self._next(mark)) >= 0:
            self._rows += 1
            # A table's last line ends with a mark too: only what follows it is a row more.
            over = self._rows > most if form == "xml" else self._rows >= most and len(self.data) > at + len(mark)
            if form == "json":
                over = self._rows >= most
            if over:
                self._cut(at + _KEPT[form])
            self._from = at + len(mark)

    def _next(self, mark: bytes) -> int:
        """Return where the next mark stands, -1 where none does; in CSV those inside quotation marks do not count."""
        if self.job.format != "csv":
            return self.data.find(mark, self._from)
        while True:
            at, quote = self.data.find(mark, self._from), self.data.find(b'"', self._from)
            if not self._quoted and at >= 0 and (quote < 0 or at < quote):
                return at
            if quote < 0:
                return -1
            self._quoted = not self._quoted
            self._from = quote + 1

    def _cut(self, end: int) -> None:
        if not self.job.truncate:
            self.over = _over(self.job, "rows")
            raise TooLarge(self.over)
        del self.data[end:]
        self.data += _CLOSING[self.job.format]
        self.truncated = True
        raise TooLarge("cut")


# -- frames ----------------------------------------------------------------------------------------------------------


def send(channel: socket.socket, kind: bytes, data: bytes | memoryview) -> None:
    """Send one frame."""
    channel.sendall(_FRAME.pack(kind, len(data)))
    if data:
        channel.sendall(data)


def receive(channel: socket.socket) -> tuple[bytes, bytes] | None:
    """Return kind and data of the next frame, None where the other side has closed."""
    head = _exactly(channel, _FRAME.size)
    if head is None:
        return None
    kind, size = _FRAME.unpack(head)
    data = _exactly(channel, size)
    return None if data is None else (kind, data)


def _exactly(channel: socket.socket, size: int) -> bytes | None:
    data = bytearray()
    while len(data) < size:
        piece = channel.recv(min(size - len(data), 1 << 20))
        if not piece:
            return None
        data += piece
    return bytes(data)


# -- giving up what is not needed ----------------------------------------------------------------------------------------


def _give_up(memory: int) -> None:
    """Limit the memory, let the kernel take this process first, and close the door to the network (Linux)."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:
        score.write("1000")
    size = _size()
    if size:
        resource.setrlimit(resource.RLIMIT_AS, (size + memory, size + memory))
    machine = _DENIED.get(platform.machine())
    if sys.platform == "linux" and machine:
        _deny(*machine)


def _size() -> int:
    try:
        with open("/proc/self/statm") as pages:
            return int(pages.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 0


def _deny(architecture: int, calls: tuple[int, ...]) -> None:
    """Make the kernel refuse the system calls with EPERM from now on (seccomp-bpf, Linux seccomp(2))."""
    load, equal, done = 0x20, 0x15, 0x06
    allow, refuse = 0x7FFF0000, 0x00050001
    program = [(load, 0, 0, 4), (equal, 1, 0, architecture), (done, 0, 0, allow), (load, 0, 0, 0)]
    for n, call in enumerate(calls):
        program.append((equal, len(calls) - n, 0, call))
    program += [(done, 0, 0, allow), (done, 0, 0, refuse)]
    code = b"".join(struct.pack("HBBI", *instruction) for instruction in program)
    filters = ctypes.create_string_buffer(code)
    header = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(program), ctypes.addressof(filters)))
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    if prctl(38, 1, 0, 0, 0) == 0:  # PR_SET_NO_NEW_PRIVS
        prctl(22, 2, ctypes.byref(header), 0, 0)  # PR_SET_SECCOMP, SECCOMP_MODE_FILTER


if __name__ == "__main__":
    main()
