"""A worker process as its parent sees it: started, asked, waited for, killed."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

import msgspec

import ld.errors
from ld.errors import (
    ClientGone,
    QueryError,
    QueryMemory,
    QuerySyntaxError,
    SiteError,
)
from ld.sparql.wire import ASK, DATA, END, READY, End, Failure, Job, receive, send

Gone = Callable[[], bool]
"""Tells whether whoever asked has gone away."""
_LOOK_SECONDS = 0.1
START_SECONDS = 30.0
_ROOT = str(Path(__file__).resolve().parents[2])


class Child:
    """A child process and the socket to it: `python -m MODULE SOCKET ARGUMENTS`, which says when it is ready."""

    def __init__(self, module: str, *arguments: str) -> None:
        self.channel, theirs = socket.socketpair()
        with theirs, contextlib.ExitStack() as stack:
            stack.callback(self.channel.close)
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", module, str(theirs.fileno()), *arguments],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=_environment(),
            )
            stack.pop_all()
        self._ready = False
        self.rests = False  # ready, and not in the middle of something

    def wait_ready(self) -> None:
        """Return when it is ready; raises SiteError where it cannot be, such as where its store cannot be opened."""
        if self._ready:
            return
        try:
            frame = receive(self.channel, time.monotonic() + START_SECONDS)
        except TimeoutError:
            frame = None
        if frame is None:
            raise SiteError("A worker process did not start. Is there enough memory, and is ld importable?")
        if frame[0] != READY:
            raise SiteError(msgspec.json.decode(frame[1], type=Failure).message)
        self._ready = self.rests = True

    def alive(self) -> bool:
        """Determine whether the process still runs; one that ended is reaped."""
        return self.process.poll() is None

    def kill(self) -> None:
        """End the process at once, whatever it is doing, and reap it."""
        self.process.kill()
        self.process.wait()
        self.channel.close()

    def forget(self) -> None:
        """Close this side after a fork: the process belongs to the parent."""
        self.process.returncode = 0
        self.channel.close()


class Worker(Child):
    """A process that answers queries over one store."""

    def __init__(self, store: Path, memory: int) -> None:
        super().__init__("ld.sparql.worker", str(store), str(memory))

    def run(self, job: Job, out: IO[bytes], deadline: float, gone: Gone | None = None) -> bool:
        """Write the answer to `out`; return whether it is cut. Raises TimeoutError, ClientGone, the worker's error."""
        self.rests = False
        with contextlib.suppress(ConnectionError):  # then it is dead, and the next line sees it
            send(self.channel, ASK, msgspec.json.encode(job), deadline)
        while frame := self._next(deadline, gone):
            kind, payload = frame
            if kind == DATA:
                out.write(payload)
            elif kind == END:
                end = msgspec.json.decode(payload, type=End)
                self.rests = not end.retires
                return end.truncated
            else:
                failure = msgspec.json.decode(payload, type=Failure)
                self.rests = failure.kind != QueryMemory.__name__
                raise _error(failure)
        raise QueryMemory(
            "The query ran into the memory limit and was stopped. "
            "Make it narrower: fewer patterns without a common variable, no ORDER BY over everything."
        )

    def _next(self, deadline: float, gone: Gone | None) -> tuple[bytes, bytearray] | None:
        """Return the next frame; raises ClientGone where nobody waits for the answer any more."""
        if gone:
            watch = select.poll()
            watch.register(self.channel, select.POLLIN)
            while (left := deadline - time.monotonic()) > 0 and not watch.poll(min(left, _LOOK_SECONDS) * 1000):
                if gone():
                    raise ClientGone("Whoever asked has gone away: the query was stopped.")
        return receive(self.channel, deadline)


def _environment() -> dict[str, str]:
    """Return the environment of a worker: it finds this package first; one arena keeps its memory countable."""
    path = os.pathsep.join(filter(None, [_ROOT, os.environ.get("PYTHONPATH")]))
    return {**os.environ, "PYTHONPATH": path, "MALLOC_ARENA_MAX": "1"}


def _error(failure: Failure) -> Exception:
    """Return the exception that a worker reports."""
    if failure.kind == QuerySyntaxError.__name__:
        return QuerySyntaxError(failure.message, failure.line, failure.column)
    kind: type[Exception] = getattr(ld.errors, failure.kind, QueryError)
    return kind(failure.message)
