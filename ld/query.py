"""SPARQL questions get answers: each runs in a worker process that is killed at its limits and disturbs nobody.

The parent never touches the engine. It inspects the text, waits for a free worker, spools the answer into a file, and
hands it out only when it is complete: nothing partial is ever returned.
"""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import IO

import msgspec
from msgspec import Struct
from pyoxigraph import RdfFormat, Triple, parse, serialize

from ld import errors, guard
from ld.errors import ClientBusy, QueryError, QueryMemory, QuerySyntaxError, QueryTimeout, QueueFull, ResultTooLarge
from ld.guard import Form
from ld.worker import GRAPHS, Failure, Job, receive, send

_PLACE = re.compile(r"\bat (\d+):(\d+)(?:-\d+:\d+)?:?\s*")
_SPOOL = 1 << 20
_START_SECONDS = 20.0


class Limits(Struct, frozen=True):
    """What one query, one client and all together may use. Bytes and memory in bytes."""

    seconds: float = 30.0
    rows: int = 100_000
    bytes: int = 64 << 20
    memory: int = 1 << 30
    running: int = 2
    queued: int = 8
    per_client: int = 1
    characters: int = guard.CHARACTERS


class Request(Struct, frozen=True):
    """A query: `format` is the key of a result or graph format; graphs are None where the request names none."""

    text: str
    format: str
    client: str = ""
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None
    truncate: bool = False
    prefixes: dict[str, str] = {}


class Answer(Struct):
    """A complete answer: close `body` when it is read."""

    form: Form
    format: str
    body: IO[bytes]
    size: int
    truncated: bool
    queue_seconds: float
    engine_seconds: float


class QueryPool:
    """Workers over one finished store. `describe` gives the N-Triples of the document of a thing, where it has one."""

    def __init__(
        self, store: Path, limits: Limits | None = None, describe: Callable[[str], bytes | None] | None = None
    ) -> None:
        self.store = store
        self.limits = limits or Limits()
        self.describe = describe
        self._idle: list[_Worker] = []
        self._clients: Counter[str] = Counter()
        self._running = self._waiting = 0
        self._free = threading.Condition()
        self._closed = False

    def answer(self, request: Request) -> Answer:
        """Return the complete answer; raises a QueryError where there is none."""
        form = guard.inspect(request.text, self.limits.characters)
        documents = form is Form.DESCRIBE and self.describe is not None
        job = Job(
            request.text, "nt" if documents else request.format, _list(request.default_graphs),
            _list(request.named_graphs), self.limits.rows, self.limits.bytes, request.truncate, request.prefixes,
        )  # fmt: skip
        started = time.monotonic()
        with self._place(request.client):
            begun = time.monotonic()
            body, truncated = self._run(job)
            ended = time.monotonic()
        if documents:
            body = self._documents(body, request)
        size = body.seek(0, 2)
        body.seek(0)
        return Answer(form, request.format, body, size, truncated, begun - started, ended - begun)

    def close(self) -> None:
        """End the idle workers, and those at work as soon as they have answered."""
        with self._free:
            self._closed = True
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.kill()

    def __enter__(self) -> QueryPool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def _place(self, client: str) -> Iterator[None]:
        """Wait for a place among the running ones; refuse where the client or the queue is full."""
        limits = self.limits
        with self._free:
            if client and self._clients[client] >= limits.per_client:
                raise ClientBusy(f"you already run {limits.per_client} queries here: wait until one has ended")
            if self._running >= limits.running:
                self._queue()
            self._running += 1
            self._clients[client] += 1
        try:
            yield
        finally:
            with self._free:
                self._running -= 1
                self._clients[client] -= 1
                self._clients += Counter()  # drop the zeros
                self._free.notify()

    def _queue(self) -> None:
        if self._waiting >= self.limits.queued:
            raise QueueFull(f"{self._waiting} queries are waiting already: come back in a moment")
        self._waiting += 1
        try:
            if not self._free.wait_for(lambda: self._running < self.limits.running, self.limits.seconds):
                raise QueueFull("no worker became free in time: come back in a moment")
        finally:
            self._waiting -= 1

    def _run(self, job: Job) -> tuple[IO[bytes], bool]:
        with self._free:
            worker = self._idle.pop() if self._idle else None
        worker = worker or _Worker(self.store, self.limits.memory)
        try:
            answer = worker.ask(job, self.limits.seconds)
        except _Refused as refused:
            self._return(worker)
            raise refused.error from None
        except BaseException:
            worker.kill()
            raise
        self._return(worker)
        return answer

    def _return(self, worker: _Worker) -> None:
        with self._free:
            if not self._closed and len(self._idle) < self.limits.running:
                self._idle.append(worker)
                return
        worker.kill()

    def _documents(self, body: IO[bytes], request: Request) -> IO[bytes]:
        """Return the answer of a DESCRIBE with each thing's triples replaced by the graph of its document."""
        assert self.describe is not None
        with body:
            raw = [quad.triple for quad in parse(body, RdfFormat.N_TRIPLES)]
        graph: dict[Triple, None] = {}
        for subject in dict.fromkeys(triple.subject for triple in raw):
            lines = self.describe(str(getattr(subject, "value", "")))
            own = (triple for triple in raw if triple.subject == subject)
            found = (quad.triple for quad in parse(lines, RdfFormat.N_TRIPLES)) if lines else own
            graph.update(dict.fromkeys(found))
        if len(graph) > self.limits.rows and not request.truncate:
            raise ResultTooLarge(f"the answer has more than {self.limits.rows:,} triples: describe fewer things")
        out: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=_SPOOL)
        serialize(list(graph), out, GRAPHS[request.format], prefixes=request.prefixes or None)
        return out


class _Refused(Exception):
    """The worker is whole, but gave an error instead of an answer."""

    def __init__(self, error: QueryError) -> None:
        super().__init__(str(error))
        self.error = error


class _Worker:
    """One worker process and the socket to it."""

    def __init__(self, store: Path, memory: int) -> None:
        ours, theirs = socket.socketpair()
        self.channel = ours
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "ld.worker", str(store), str(theirs.fileno()), str(memory)],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        self.channel.settimeout(_START_SECONDS)
        try:
            ready = receive(self.channel)
        except OSError:
            ready = None
        if ready is None:
            self.kill()
            raise QueryError("no worker process could be started over the store: see that the generation is whole")

    def ask(self, job: Job, seconds: float) -> tuple[IO[bytes], bool]:
        """Return the spooled answer and whether it was cut; raises at the time limit or when the worker dies."""
        deadline = time.monotonic() + seconds
        body: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=_SPOOL)
        try:
            self.channel.settimeout(seconds)
            send(self.channel, b"R", msgspec.msgpack.encode(job))
            while True:
                self.channel.settimeout(max(0.001, deadline - time.monotonic()))
                frame = receive(self.channel)
                if frame is None:
                    raise QueryMemory("the query needs more memory than a query may have: make it more selective")
                kind, data = frame
                if kind == b"E":
                    return body, bool(msgspec.msgpack.decode(data))
                if kind == b"X":
                    raise _Refused(_error(msgspec.msgpack.decode(data, type=Failure)))
                body.write(data)
        except TimeoutError:
            body.close()
            limit = f"{seconds:g} s"
            raise QueryTimeout(f"the query ran into the time limit of {limit}: make it more selective") from None
        except (ConnectionError, BrokenPipeError):
            body.close()
            raise QueryMemory("the query's worker died: the query needs too much memory or nests too deeply") from None
        except BaseException:
            body.close()
            raise

    def kill(self) -> None:
        """End the process at once and wait until it is gone."""
        self.channel.close()
        with suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait()


def _error(failure: Failure) -> QueryError:
    if failure.error == "QuerySyntaxError":
        place = _PLACE.search(failure.message)
        line, column = (int(place[1]), int(place[2])) if place else (0, 0)
        text = _PLACE.sub("", failure.message)
        where = f"line {line}, column {column}: " if place else ""
        return QuerySyntaxError(f"not a SPARQL 1.1 query: {where}{text}", line, column)
    kind: type[QueryError] = getattr(errors, failure.error)
    return kind(failure.message)


def _list(graphs: tuple[str, ...] | None) -> list[str] | None:
    return None if graphs is None else list(graphs)
