"""SPARQL queries of strangers, answered by worker processes under limits of time, rows, bytes and memory.

The engine cannot be cancelled and can be made to end its process, so it never runs here: a pool of workers
(`ld.sparql.worker`) opens the finished store read-only; one that passes a limit is killed and replaced at once. An
answer is spooled and handed on when it is complete: a slow reader holds nothing, nothing partial leaves.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, cast

import msgspec
from pyoxigraph import NamedNode, RdfFormat, Triple, parse

from ld.errors import (
    ClientBusy,
    QueryTimeout,
    QueueFull,
    SiteError,
)
from ld.formats.ntriples import NTRIPLES
from ld.sparql import guard
from ld.sparql.guard import Form
from ld.sparql.process import Gone, Worker
from ld.sparql.quota import Turns
from ld.sparql.results import GRAPHS, TABLES, write_graph
from ld.sparql.wire import Job

Describe = Callable[[str], bytes | None]
"""Gives the document of a thing as N-Triples, or None where it has none."""
Count = Callable[[str, int], object]
"""Is told how many more or fewer queries are running or waiting, and workers killed."""

IN_MEMORY = 1 << 20


class Limits(msgspec.Struct, frozen=True):
    """What one query may use, and how many queries there may be."""

    seconds: float = 30.0
    rows: int = 100_000
    bytes: int = 64 << 20
    memory: int = 1 << 30
    running: int = 2
    queued: int = 8
    per_client: int = 1
    query_chars: int = guard.MAX_CHARS


class Request(msgspec.Struct, frozen=True):
    """A query, and the answer that is wanted.

    `client` is whoever is counted by `per_client`; an empty one is not counted. Without graphs the query runs
    over the store's default graph; with only named ones the default graph is empty. `base` is what relative IRIs of
    the query are relative to (SPARQL 1.1 Query, section 4.1.1.2); without it they are a syntax error. `gone` is asked
    now and then while the query runs; as soon as it says yes, the query is stopped.
    """

    text: str
    format: str
    client: str = ""
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None
    truncate: bool = False
    prefixes: dict[str, str] = {}
    base: str = ""
    gone: Gone | None = None


class Answer(msgspec.Struct):
    """A complete answer; its body is a file, at its start, which the receiver closes."""

    form: Form
    format: str
    body: IO[bytes]
    size: int
    truncated: bool
    queue_seconds: float
    engine_seconds: float


class QueryPool:
    """Answers queries over one finished store; safe for threads. Use one pool per generation, and close it.

    `turns` counts the queries of each client; pools that share it share the count. `count` is told what happens.
    """

    def __init__(
        self,
        store: Path | str,
        limits: Limits | None = None,
        describe: Describe | None = None,
        turns: Turns | None = None,
        count: Count = lambda what, more: None,
    ) -> None:
        self.store = Path(store)
        self.limits = limits or Limits()
        self._turns = turns or Turns(self.limits.per_client)
        self._describe = describe
        self._count = count
        self._reset()
        _POOLS.add(self)

    def _reset(self) -> None:
        self._change = threading.Condition()
        self._stopped = False
        self._idle: list[Worker] = []
        self._busy: set[Worker] = set()
        self._starting = 0
        self._running = 0
        self._waiting: deque[object] = deque()
        self._closed = False

    def __enter__(self) -> QueryPool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Start all workers and one spare, and return when they are ready; else the first query starts them."""
        self._fill()
        with self._change:
            workers = list(self._idle)
        for worker in workers:
            worker.wait_ready()

    def check(self) -> None:
        """Return when a worker could answer now; raises SiteError where none can be started."""
        try:
            with self._worker():
                pass
        except OSError as error:
            raise SiteError(f"A query worker cannot be started: {error.strerror}.") from None

    def forget(self) -> None:
        """Begin anew in a forked child, without the workers, which are the parent's."""
        for worker in (*self._idle, *self._busy):
            worker.forget()
        self._reset()

    def close(self, drain: bool = True) -> None:
        """Take no more queries, finish those taken (unless told not to), and end all workers."""
        with self._change:
            self._closed = True
            if drain:
                self._change.wait_for(lambda: not self._running and not self._waiting)
            self._stopped = True
            self._change.notify_all()
            busy = list(self._busy)
        for worker in busy:
            worker.process.kill()  # the thread that reads from it sees the end, and reaps
        with self._change:
            self._change.wait_for(lambda: not (self._running or self._waiting or self._starting))
            workers, self._idle = self._idle, []
        for worker in workers:
            worker.kill()

    def answer(self, request: Request) -> Answer:
        """Return the whole answer; raises a QueryError that says which limit or rule stood in the way."""
        form = guard.inspect(request.text, max_chars=self.limits.query_chars)
        formats = TABLES if form in (Form.SELECT, Form.ASK) else GRAPHS
        if request.format not in formats:
            raise ValueError(f"{form.upper()} has no format {request.format!r}, but {', '.join(formats)}.")
        asked = time.monotonic()
        if request.gone and (self._running >= self.limits.running or not any(one.rests for one in list(self._idle))):
            request.gone()  # it will wait, and whoever asked may go meanwhile
        with self._turn(request.client):
            describe = self._describe if form is Form.DESCRIBE else None
            with self._worker() as worker:
                begun = time.monotonic()
                deadline = begun + self.limits.seconds
                body, truncated = self._ask(worker, request, NTRIPLES.key if describe else request.format, deadline)
            if describe:
                body, cut = self._described(request, body, describe, deadline)
                truncated = truncated or cut
            ended = time.monotonic()
        size = body.tell()
        body.seek(0)
        return Answer(form, request.format, body, size, truncated, begun - asked, ended - begun)

    @contextlib.contextmanager
    def _turn(self, client: str) -> Iterator[None]:
        """Wait for a turn, first come, first served; raises ClientBusy and QueueFull at once."""
        place = self._turns.take(client) if client else None
        try:
            if client and place is None:
                raise ClientBusy(
                    f"You are already running {self._turns.most} queries, as many as one client may. "
                    "Wait for an answer before you ask again."
                )
            self._wait()
            try:
                yield
            finally:
                with self._change:
                    self._running -= 1
                    self._count("running", -1)
                    self._change.notify_all()
        finally:
            if place is not None:
                self._turns.leave(place)

    def _wait(self) -> None:
        """Return when the query may run."""
        with self._change:
            self._refuse()
            ticket = object()
            self._waiting.append(ticket)
            self._count("waiting", 1)
            in_turn = self._change.wait_for(lambda: self._is_next(ticket), self.limits.seconds)
            self._waiting.remove(ticket)
            self._count("waiting", -1)
            self._change.notify_all()
            if not in_turn or self._stopped:
                raise QueueFull("The server is busy: the query waited too long for its turn. Try again later.")
            self._running += 1
            self._count("running", 1)

    def _refuse(self) -> None:
        if self._closed:
            raise QueueFull("The server is changing to newer data. Try again at once.")
        if len(self._waiting) >= self.limits.queued and self._running >= self.limits.running:
            raise QueueFull("The server is busy: the queue of waiting queries is full. Try again later.")

    def _is_next(self, ticket: object) -> bool:
        return self._stopped or (self._waiting[0] is ticket and self._running < self.limits.running)

    @contextlib.contextmanager
    def _worker(self) -> Iterator[Worker]:
        """Lend a worker that is ready; one that is not at rest afterwards is killed and replaced."""
        worker = self._take()
        try:
            worker.wait_ready()
            yield worker
        finally:
            if not worker.rests:
                self._count("killed", 1)
            self._give_back(worker)
            self._fill()

    def _take(self) -> Worker:
        """Return an idle worker that lives, the last used first, or a new one where all are at work.

        At every moment each worker is counted once: idle, busy or starting.
        """
        self._fill()
        while True:
            with self._change:
                self._change.wait_for(lambda: self._idle or not self._starting)
                if not self._idle:
                    self._starting += 1
                    break
                worker = self._idle.pop()
                self._busy.add(worker)
            if worker.alive():
                return worker
            worker.rests = False
            self._give_back(worker)
        return self._started(self._busy.add)

    def _give_back(self, worker: Worker) -> None:
        """Let a worker rest; one that cannot, or that is not needed any more, is killed."""
        with self._change:
            self._busy.discard(worker)
            there = len(self._idle) + len(self._busy) + self._starting
            kept = worker.rests and not self._stopped and there <= self.limits.running
            if kept:
                self._idle.append(worker)
        if not kept:
            worker.kill()

    def _fill(self) -> None:
        """Start workers until there is one for each running query, and a spare."""
        while True:
            with self._change:
                there = len(self._idle) + len(self._busy) + self._starting
                if self._closed or there > self.limits.running:
                    return
                self._starting += 1
            self._started(lambda worker: self._idle.insert(0, worker))

    def _started(self, keep: Callable[[Worker], object]) -> Worker:
        """Start a worker, counted as starting until it is kept; raises OSError where the system allows none."""
        worker = None
        try:
            worker = Worker(self.store, self.limits.memory)
        finally:
            with self._change:
                self._starting -= 1
                if worker:
                    keep(worker)
                self._change.notify_all()
        return worker

    def _ask(self, worker: Worker, request: Request, format: str, deadline: float) -> tuple[IO[bytes], bool]:
        """Return the spooled frames of an answer, and whether it is cut."""
        with _spool() as (spool, keep):
            try:
                truncated = worker.run(self._job(request, format), spool, deadline, request.gone)
            except TimeoutError:
                raise self._timeout() from None
            keep()
        return spool, truncated

    def _job(self, request: Request, format: str) -> Job:
        limits = self.limits
        return Job(
            text=request.text,
            format=format,
            default_graphs=request.default_graphs or (),
            named_graphs=request.named_graphs or (),
            prefixes=request.prefixes,
            base=request.base,
            truncate=request.truncate,
            max_rows=limits.rows,
            max_bytes=limits.bytes,
            seconds=limits.seconds,
        )

    def _timeout(self) -> QueryTimeout:
        return QueryTimeout(
            f"The query ran into the time limit of {self.limits.seconds:g} s and was stopped. "
            "Make it narrower: fewer patterns, a LIMIT, or no ORDER BY over everything."
        )

    def _described(
        self, request: Request, raw: IO[bytes], describe: Describe, deadline: float
    ) -> tuple[IO[bytes], bool]:
        """Return a DESCRIBE answer in which each thing that has a document is as its document says."""
        with raw, _spool() as (spool, keep):
            raw.seek(0)
            triples = self._documents(raw.read(), describe, deadline)
            truncated = write_graph(triples, self._job(request, request.format), spool.write)
            keep()
        return spool, truncated

    def _documents(self, raw: bytes, describe: Describe, deadline: float) -> Iterator[Triple]:
        """Yield the triples of the documents of all subjects; a subject's own where it has no document."""
        by_subject: dict[object, list[Triple]] = {}
        for triple in _triples(raw):
            by_subject.setdefault(triple.subject, []).append(triple)
        for subject, triples in by_subject.items():
            if time.monotonic() > deadline:
                raise self._timeout()
            document = describe(subject.value) if isinstance(subject, NamedNode) else None
            yield from triples if document is None else _triples(document)


@contextlib.contextmanager
def _spool() -> Iterator[tuple[IO[bytes], Callable[[], object]]]:
    """Lend a file that begins in memory, and a function that keeps it open; else it is closed."""
    with contextlib.ExitStack() as stack:
        spool = stack.enter_context(tempfile.SpooledTemporaryFile(max_size=IN_MEMORY))
        yield cast(IO[bytes], spool), stack.pop_all


def _triples(lines: bytes) -> Iterator[Triple]:
    """Yield the triples of N-Triples lines."""
    return (quad.triple for quad in parse(lines, format=RdfFormat.N_TRIPLES))


_POOLS: weakref.WeakSet[QueryPool] = weakref.WeakSet()


def _after_fork() -> None:
    """Leave the workers to the parent: if a child held their sockets, they would outlive it."""
    for pool in list(_POOLS):
        pool.forget()


os.register_at_fork(after_in_child=_after_fork)
