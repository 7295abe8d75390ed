"""Whether the client of a request is still there: a query that nobody waits for any more need not run to its end.

WSGI has no word for a client that goes away, and does not tell which connection a request came in on. But the sockets
of the server are open in this process: of those of the client's address, the request's own is one. When all that were
open at the first look are closed, it is closed. Clients of one address hide each other, so some that go are not
noticed; one that is there is never taken for gone.
"""

from __future__ import annotations

import os
import select
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from stat import S_ISSOCK
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_DESCRIPTORS = Path("/proc/self/fd")
_CLOSED = getattr(select, "POLLRDHUP", 0) | select.POLLHUP | select.POLLERR | select.POLLNVAL


def leaving(environ: WSGIEnvironment) -> Callable[[], bool]:
    """Return a function that tells whether the client has gone; it remembers at its first call who was there."""
    peer = environ.get("werkzeug.proxy_fix.orig", environ).get("REMOTE_ADDR", "")
    held: dict[int, int] = {}
    looked = False

    def gone() -> bool:
        nonlocal held, looked
        if not looked:
            held, looked = dict(_connections(peer)), True
            return False
        there = {fd: inode for fd, inode in held.items() if _open(fd, inode)}
        found = bool(held) and not there
        held = there or held
        return found

    return gone


def _connections(peer: str) -> Iterator[tuple[int, int]]:
    """Yield the descriptors of this process's connections with that address, and what tells each from a later one."""
    with suppress(OSError):  # not Linux
        for path in _DESCRIPTORS.iterdir():
            with suppress(OSError):  # closed meanwhile
                fd = int(path.name)
                found = os.fstat(fd)
                if S_ISSOCK(found.st_mode) and _peer(fd) == peer:
                    yield fd, found.st_ino


def _peer(fd: int) -> str:
    """Return the address at the other end of a socket, empty where it has none."""
    connection = socket.socket(fileno=fd)
    try:
        return str(connection.getpeername()[0]) if connection.family in (socket.AF_INET, socket.AF_INET6) else ""
    finally:
        connection.detach()


def _open(fd: int, inode: int) -> bool:
    """Determine whether it is the same socket still, and the other side has not closed it."""
    with suppress(OSError):
        if os.fstat(fd).st_ino == inode:
            watch = select.poll()
            watch.register(fd, _CLOSED)
            return not watch.poll(0)
    return False
