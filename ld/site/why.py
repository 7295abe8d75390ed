"""Where every statement of a record comes from; a process beside the server reads the source record to find out.

One process is enough, because a record takes milliseconds; it is started by the first question, killed when a record
takes too long, and ends by itself when no question has come for a while.
"""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from msgspec import Struct

from ld.errors import SiteError, WhyError
from ld.record import Remark, Source
from ld.sparql.process import Child
from ld.sparql.wire import ASK, DATA, receive, send

SECONDS = 5.0
MOST = 4  # who may wait for an explanation, each holding a thread of the server


class Question(Struct, frozen=True):
    """A source record, and the site whose statements about it are to be explained."""

    source: Source
    base: str
    licence: str
    apart: bool = False


class Statement(Struct, frozen=True):
    """A triple and what it was made from: kind of thing, field, value of the field, row of the mapping."""

    triple: str
    thing: str
    field: str
    value: str
    row: str


class Explained(Struct, frozen=True):
    """A record explained: where it was read, how its facts were obtained, what was left out, and every statement."""

    id: str
    title: str
    place: str
    how: list[str]
    remarks: list[Remark]
    triples: list[Statement]


class Explainer:
    """Has records explained, one at a time, for all threads of this process."""

    def __init__(self, overlay: Path, seconds: float = SECONDS, most: int = MOST) -> None:
        self._overlay = overlay
        self._seconds = seconds
        self._most = most
        self._children: list[Child] = []  # one at most, which ends with this object
        self._reset()
        weakref.finalize(self, _end, self._children)
        _EXPLAINERS.add(self)

    def _reset(self) -> None:
        self._places = threading.BoundedSemaphore(self._most)
        self._one = threading.Lock()

    def explain(self, question: Question) -> Explained | None:
        """Return where the statements of a record come from; None where its source cannot be read any more.

        Raises WhyError where too many ask at once, or the record takes too long.
        """
        with self._turn():
            try:
                explained = self._ask(msgspec.msgpack.encode(question))
            except TimeoutError:
                _end(self._children)
                raise WhyError(f"The record could not be explained within {self._seconds:g} s: try again.") from None
            if explained is None:
                raise WhyError("The process that explains records ended: try again.")
            return msgspec.msgpack.decode(explained, type=Explained | None)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait for a turn; raises WhyError where the queue is full."""
        if not self._places.acquire(blocking=False):
            raise WhyError("Too many records are being explained: try again in a moment.")
        try:
            with self._one:
                yield
        finally:
            self._places.release()

    def _ask(self, question: bytes) -> bytearray | None:
        """Return the answer, None where the process ends without one; a process that had ended before is replaced."""
        for _ in range(2):
            child = self._ready()
            deadline = time.monotonic() + self._seconds
            try:
                send(child.channel, ASK, question, deadline)
                frame = receive(child.channel, deadline)
            except ConnectionError:
                frame = None
            if frame and frame[0] == DATA:
                return frame[1]
            _end(self._children)
        return None

    def _ready(self) -> Child:
        """Return the process, started if it is not running."""
        if not self._children:
            self._children.append(Child("ld.site.tracer", str(self._overlay)))
        try:
            self._children[0].wait_ready()
        except SiteError:
            _end(self._children)
            raise
        return self._children[0]

    def close(self) -> None:
        """End the process once it has answered."""
        with self._one:
            _end(self._children)

    def forget(self) -> None:
        """Begin anew in a forked child, without the process, which is the parent's."""
        while self._children:
            self._children.pop().forget()
        self._reset()


def _end(children: list[Child]) -> None:
    while children:
        children.pop().kill()


_EXPLAINERS: weakref.WeakSet[Explainer] = weakref.WeakSet()


def _after_fork() -> None:
    for one in list(_EXPLAINERS):
        one.forget()


os.register_at_fork(after_in_child=_after_fork)
