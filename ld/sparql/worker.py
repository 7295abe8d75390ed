"""The child that runs SPARQL queries: requests come in on a socket, answers go out in frames.

It is started by `process` as `python -m ld.sparql.worker SOCKET STORE MEMORY`, opens the finished store to be asked,
locks itself in, and serves one query at a time until the socket ends. It may be killed at any moment: it owns nothing.
An engine elsewhere is asked from here too, without the lock, for it needs its connection: a kill ends that as well, and
what the other side sends, nobody but this process has to bear.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import signal
import socket
import struct
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import msgspec
from pyoxigraph import QueryBoolean, QuerySolutions

from ld.errors import QueryError, QueryForbidden, QueryMemory, QuerySyntaxError, ShelfgraphError, SiteError
from ld.sparql import grammar, guard
from ld.sparql.results import GRAPHS, TABLES, write_graph, write_table
from ld.sparql.wire import DATA, END, ERROR, READY, End, Failure, Job, receive, send
from ld.store.engine import Engine, opened


def explained(text: str, error: QuerySyntaxError) -> QuerySyntaxError:
    """Return the engine's complaint with the likely reason and its very place, where one is seen in the text."""
    missing = guard.undeclared(text)
    if missing:
        line, column = guard.place(text, min(missing.values()))
        names = ", ".join(list(missing)[:5])
        message = f"Line {line}, column {column}: a prefix is not declared: {names}. Add PREFIX lines."
        return QuerySyntaxError(message, line, column)
    wrong = grammar.first_error(text)
    if not wrong:  # the grammar has nothing against it, but one of the rules beside it does
        return error
    said = (
        f"'{wrong.word[:80]}' cannot stand here." if wrong.word else "the text ends too early: is a bracket not closed?"
    )
    return QuerySyntaxError(f"Line {wrong.line}, column {wrong.column}: {said}", wrong.line, wrong.column)


def run(engine: Engine, job: Job, out: Callable[[bytes], object]) -> bool:
    """Answer a query into `out`; return whether the answer was cut. Raises a QueryError."""
    try:
        results = engine.answer(job)
        table = isinstance(results, QuerySolutions | QueryBoolean)
        if job.format not in (TABLES if table else GRAPHS):
            raise QueryError(f"An answer of this form cannot be written as {job.format!r}.")
        return (write_table if table else write_graph)(cast(Any, results), job, out)
    except QuerySyntaxError as error:
        raise explained(job.text, error) from None
    except PermissionError:
        raise QueryForbidden("SERVICE is refused: this server opens no connections.") from None
    except MemoryError:
        raise QueryMemory("The query ran into the memory limit and was stopped.") from None
    except (OSError, ValueError, RuntimeError, SyntaxError, SiteError) as error:
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


def serve(channel: socket.socket, engine: Engine, memory: int) -> None:
    """Answer one request after the other; leave after one that took much memory, which is then given back."""
    full = address_space() + memory // 4
    for job in requests(channel):
        # the parent's kill comes first; this one is for a parent that hangs
        signal.setitimer(signal.ITIMER_REAL, job.seconds + 2)
        try:
            truncated = run(engine, job, lambda data: send(channel, DATA, data))
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
            engine = opened(Path(directory))
        except (ShelfgraphError, OSError) as error:
            send(channel, ERROR, msgspec.json.encode(Failure(SiteError.__name__, str(error))))
            return
        grammar.prepared()  # or the first error would take the time that its query has
        limit_memory(memory)
        if engine.embedded:
            lock_in()
        send(channel, READY)
        with contextlib.suppress(ConnectionError):
            serve(channel, engine, memory)
    os._exit(0)  # the engine's own end takes time and gives nothing


if __name__ == "__main__":
    main(sys.argv[1:])
