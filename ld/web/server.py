"""The HTTP server, set so that slow clients, huge requests and stopping are bounded: granian behind one function.

A client has ten seconds for the head of a request, and for the pause before the next; a head has at most 128 KiB.
What granian does not bound, `edge/limits` does: each long answer that a client is slow to take in, and each body it is
slow to send, holds one of the threads, so there are more of them than the setting `threads` says, for these and for
the queries that run and wait. A stalled connection is ended by the system (TCP_USER_TIMEOUT).

granian starts no processes here: `supervisor` does, and keeps them running. That its worker runs in a process and on a
socket of ours is no part of its public interface: its minor version is pinned, and `tests/test_deaths.py` tells.
"""

from __future__ import annotations

import importlib
import logging
import math
import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from typing import Any

from granian._granian import SocketHolder
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server import MPServer

from ld.errors import ShelfgraphError
from ld.settings import Settings
from ld.site.checksums import CORES
from ld.sparql.loaded import workplace
from ld.web.edge import metrics
from ld.web.edge.accesslog import AccessLog
from ld.web.edge.limits import BODIES, STREAMS
from ld.web.listeners import Listeners
from ld.web.supervisor import Supervisor

_HEAD_MILLISECONDS = 10_000
_HEAD_BYTES = 128 << 10
_CONNECTIONS = 1024  # of each process
_STOP_SECONDS = 5  # beyond what the last query may wait and run


def listeners(host: str, port: int, settings: Settings) -> Listeners:
    """Return the sockets at which the server will wait for clients; raises SiteError where others have the address."""
    return Listeners(host, port, _processes(settings))


def _processes(settings: Settings) -> int:
    return int(settings["processes"]) or CORES


def serve(target: str, doors: Listeners, settings: Settings) -> None:
    """Serve the application until a signal comes; then the requests that run have time to end."""
    processes = _processes(settings)
    os.environ["SHELFGRAPH_SITE"] = str(settings.site.resolve())
    os.environ["SHELFGRAPH_PROCESSES"] = str(processes)
    if settings["access_log"]:
        AccessLog(settings).close()  # where it cannot be written, that is told before anything is served
    with _numbers(), closing(doors):
        doors.open(_CONNECTIONS)
        for place in range(processes):
            _over(place, 0)
        Supervisor(
            processes,
            partial(_work, target, doors, settings),
            manned=doors.steer,
            over=_over,
            stopping=doors.close,
            patience=stop_seconds(settings),
        ).run()


def stop_seconds(settings: Settings) -> int:
    """Return how long a stopping server waits for its requests: a query may wait for as long as it may then run."""
    return math.ceil(2 * float(settings["query_seconds"])) + _STOP_SECONDS


@contextmanager
def _numbers() -> Iterator[None]:
    """Name a folder in which the processes keep their counts, and remove it at the end."""
    if os.environ.get(metrics.FOLDER):
        yield
        return
    with workplace("numbers") as folder:
        os.environ[metrics.FOLDER] = str(folder)
        try:
            yield
        finally:
            del os.environ[metrics.FOLDER]


def _over(place: int, deaths: int) -> None:
    """Keep the numbers right when a process has ended; that they cannot be written ends nothing."""
    with suppress(OSError):
        metrics.leave(place, deaths)


def _work(target: str, doors: Listeners, settings: Settings, post: int, place: int, serves: Callable[[], None]) -> None:
    """Serve in this process, one of several, until it is told to end."""
    metrics.take(place)
    # most of the many threads wait, and granian thinks that they work
    logging.getLogger("_granian").addFilter(lambda record: "seems quite high" not in str(record.msg))
    queries = settings["query_workers"] + settings["query_queue"]
    try:
        _Worker(
            target,
            doors.keep(post),
            place,
            address=doors.host,
            port=doors.port,
            interface=Interfaces.WSGI,
            http=HTTPModes.http1,  # looking for HTTP/2 first, granian waits for ever for the first byte
            http1_settings=HTTP1Settings(header_read_timeout=_HEAD_MILLISECONDS, max_buffer_size=_HEAD_BYTES),
            websockets=False,
            blocking_threads=settings["threads"] + queries // _processes(settings) + STREAMS + BODIES,
            backlog=_CONNECTIONS,
            backpressure=_CONNECTIONS,
            log_access=False,
        ).serve(target_loader=partial(_load, serves))
    except ShelfgraphError as error:
        sys.exit(f"shelfgraph: {error}")


class _Worker(MPServer):
    """granian without its parent process: it serves a listener that it is given, in the process that calls it."""

    def __init__(self, target: str, listener: socket.socket, place: int, **settings: Any) -> None:
        super().__init__(target, **settings)
        self._listener, self._place = listener, place

    def _serve(self, spawn_target: Any, target_loader: Any) -> None:
        self._ssp, self._sso = None, self._listener
        self._shd = SocketHolder(self._listener.fileno(), False, self.backlog)  # type: ignore[assignment,call-arg]
        self._spawn_worker(self._place, spawn_target, target_loader).inner.run()


def _load(serves: Callable[[], None], target: str) -> Any:
    """Return the application, and say so; not before there is something that it can answer from."""
    module, _, name = target.partition(":")
    app = getattr(importlib.import_module(module), name)
    app.extensions["shelfgraph"].live.wait()
    serves()
    return app
