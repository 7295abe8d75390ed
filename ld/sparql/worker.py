"""The child that runs SPARQL queries: requests come in on a socket, answers go out in frames.

It is started by `process` as `python -m ld.sparql.worker SOCKET STORE MEMORY`, opens the finished store to be asked,
locks itself in, and serves one query at a time until the socket ends. It may be killed at any moment: it owns nothing.
An engine elsewhere is asked from here too, without the lock, for it needs its connection: a kill ends that as well, and
what the other side sends, nobody but this process has to bear.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import msgspec
from pyoxigraph import QueryBoolean, QuerySolutions

from ld.errors import QueryError, QueryForbidden, QueryMemory, QuerySyntaxError, ShelfgraphError, SiteError
from ld.sparql import grammar, guard
from ld.sparql.child import address_space, limit_memory, lock_in, parent
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
    with parent(descriptor) as channel:
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
