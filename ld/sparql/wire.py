"""What the server and its query workers say to each other: a query goes out, frames of the answer come back."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec

from ld.store.engine import Query

READY, ASK, DATA, END, ERROR = b"R", b"Q", b"D", b"E", b"X"
_HEAD = struct.Struct("!cI")


class Job(Query, frozen=True, kw_only=True):
    """A query on its way to the worker, and how its answer shall look."""

    format: str
    prefixes: dict[str, str] = msgspec.field(default_factory=dict)
    truncate: bool = False
    max_rows: int = 100_000
    max_bytes: int = 64 << 20


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


def send(channel: socket.socket, kind: bytes, payload: bytes | memoryview = b"", deadline: float | None = None) -> None:
    """Write one frame: a letter, the length in four bytes, the payload; raises TimeoutError at the deadline."""
    with _in_time(channel, deadline) as hurry:
        for part in (_HEAD.pack(kind, len(payload)), payload):
            hurry()
            channel.sendall(part)


def receive(channel: socket.socket, deadline: float | None = None) -> tuple[bytes, bytearray] | None:
    """Return the next frame, None at the end of the stream; raises TimeoutError at the deadline."""
    with _in_time(channel, deadline) as hurry:
        head = _read(channel, _HEAD.size, hurry)
        if head is None:
            return None
        kind, size = _HEAD.unpack(head)
        payload = _read(channel, size, hurry)
    return None if payload is None else (kind, payload)


def _read(channel: socket.socket, size: int, hurry: Callable[[], None]) -> bytearray | None:
    """Return exactly that many bytes; None where the stream ends earlier."""
    data = bytearray(size)
    view, position = memoryview(data), 0
    while position < size:
        hurry()
        try:
            count = channel.recv_into(view[position:])
        except ConnectionError:
            return None
        if not count:
            return None
        position += count
    return data


@contextmanager
def _in_time(channel: socket.socket, deadline: float | None) -> Iterator[Callable[[], None]]:
    """Lend what lets the next step wait no longer than to the deadline; afterwards the channel has no time limit."""

    def hurry() -> None:
        if deadline is None:
            return
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        channel.settimeout(left)

    try:
        yield hurry
    finally:
        if deadline is not None:
            channel.settimeout(None)
