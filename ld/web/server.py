"""The HTTP server, set so that slow clients, huge requests and stopping are bounded: granian behind one function.

A client has ten seconds for the head of a request, and for the pause before the next; a head has at most 128 KiB.
What granian does not bound, `edge/limits` does: each long answer that a client is slow to take in, and each body it is
slow to send, holds one of the threads, so there are more of them than the setting `threads` says, for these and for
the queries that run and wait. A stalled connection is ended by the system (TCP_USER_TIMEOUT).
"""

from __future__ import annotations

import contextlib
import importlib
import logging
import math
import os
import shutil
import socket
import stat
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server import Server

from ld.settings import Settings
from ld.site.checksums import CORES
from ld.web.edge.accesslog import AccessLog
from ld.web.edge.limits import BODIES, STREAMS
from ld.web.edge.metrics import FOLDER

_HEAD_MILLISECONDS = 10_000
_HEAD_BYTES = 128 << 10
_CONNECTIONS = 1024  # of each process
_STALLED_SECONDS = 60
_STOP_SECONDS = 5  # beyond what the last query may wait and run


class _Server(Server):  # type: ignore[misc,valid-type]  # one of two classes, as Python is built
    """A server that stops when its requests are answered, and at once when it is told a second time."""

    def signal_handler_interrupt(self, *arguments: Any, **more: Any) -> None:
        """Stop; at the second signal without waiting."""
        if self.interrupt_signal:
            for worker in self.wrks:
                worker.kill()
        super().signal_handler_interrupt(*arguments, **more)


def serve(target: str, host: str, port: int, settings: Settings) -> None:
    """Serve the application until a signal comes; then the requests that run have time to end."""
    processes = settings["processes"] or CORES
    os.environ["SHELFGRAPH_SITE"] = str(settings.site.resolve())
    os.environ["SHELFGRAPH_PROCESSES"] = str(processes)
    if settings["access_log"]:
        AccessLog(settings).close()  # where it cannot be written, that is told before anything is served
    # most of the many threads wait, and granian thinks that they work
    logging.getLogger("_granian").addFilter(lambda record: "seems quite high" not in str(record.msg))
    with _numbers():
        _Server(
            target,
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            http=HTTPModes.http1,  # looking for HTTP/2 first, granian waits for ever for the first byte
            http1_settings=HTTP1Settings(header_read_timeout=_HEAD_MILLISECONDS, max_buffer_size=_HEAD_BYTES),
            workers=processes,
            blocking_threads=settings["threads"] + (settings["query_workers"] + settings["query_queue"]) // processes
            + STREAMS + BODIES,
            backlog=_CONNECTIONS,
            backpressure=_CONNECTIONS,
            log_access=False,
            workers_kill_timeout=stop_seconds(settings),
        ).serve(target_loader=_load)  # fmt: skip


def stop_seconds(settings: Settings) -> int:
    """Return how long a stopping server waits for its requests: a query may wait for its turn as long as it may run."""
    return math.ceil(2 * float(settings["query_seconds"])) + _STOP_SECONDS


@contextlib.contextmanager
def _numbers() -> Iterator[None]:
    """Name a folder in which the processes keep what they count, and remove it in the end."""
    if os.environ.get(FOLDER):
        yield
        return
    os.environ[FOLDER] = tempfile.mkdtemp(prefix="shelfgraph-")
    try:
        yield
    finally:
        shutil.rmtree(os.environ.pop(FOLDER), ignore_errors=True)


def _load(target: str) -> Any:
    """Return the application, in the process that serves it; a second later that listens."""
    waiting = threading.Timer(1, end_stalled)
    waiting.daemon = True
    waiting.start()
    module, _, name = target.partition(":")
    return getattr(importlib.import_module(module), name)


def end_stalled(seconds: int = _STALLED_SECONDS) -> None:
    """Let the system end connections whose client is gone or takes nothing in (RFC 5482): they inherit it."""
    listed = Path("/proc/self/fd")
    for number in [int(path.name) for path in listed.iterdir()] if listed.is_dir() else []:
        with contextlib.suppress(OSError):
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                _end_stalled(number, seconds)


def _end_stalled(number: int, seconds: int) -> None:
    with socket.socket(fileno=os.dup(number)) as found:
        if found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            found.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            found.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, seconds)
            found.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, seconds * 1000)
