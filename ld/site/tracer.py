"""The child that explains records: it reads a kept source again, maps it, and says what each triple was made from.

It is started by `why` as `python -m ld.site.tracer SOCKET OVERLAY`, and may be killed at any moment: it owns nothing.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from ld.mapping.compiled import Mapping
from ld.mapping.entities import Site
from ld.memo import cached
from ld.readers import reread
from ld.record import Record
from ld.site.why import Explained, Question, Statement
from ld.sparql.child import limit_memory, lock_in, parent
from ld.sparql.wire import DATA, READY, receive, send
from ld.values import vocab

_IDLE_SECONDS = 300.0
_BYTES = 512 << 20


def explained(question: Question) -> Explained | None:
    """Return where the statements of a record come from; None where its source cannot be read."""
    record = reread(question.source)
    if not isinstance(record, Record):
        return None
    trace = _mapping(question.base, question.licence).trace(record, question.apart)
    rows = [Statement(one.line.rstrip(), one.thing, one.field, one.value, one.row) for one in trace]
    return Explained(record.id, record.title, record.source.place, record.how, record.remarks, rows)


@cached(4)
def _mapping(base: str, licence: str) -> Mapping:
    return Mapping(Site(base, licence), vocab.vocabulary())


def _questions(channel: socket.socket) -> Iterator[Question]:
    """Yield the questions that come in, until the socket ends or none has come for a while."""
    waiting = select.poll()
    waiting.register(channel, select.POLLIN)
    while waiting.poll(_IDLE_SECONDS * 1000) and (frame := receive(channel)):
        yield msgspec.msgpack.decode(frame[1], type=Question)


def main(arguments: list[str]) -> None:
    """Read the tables, lock the door, report ready, and answer; a record that fails ends the process."""
    with parent(int(arguments[0])) as channel:
        vocab.use(Path(arguments[1]))
        limit_memory(_BYTES)
        lock_in()
        send(channel, READY)
        with contextlib.suppress(ConnectionError):
            for question in _questions(channel):
                send(channel, DATA, msgspec.msgpack.encode(explained(question)))
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
