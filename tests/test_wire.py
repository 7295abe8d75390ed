"""Frames between the server and its query workers: whole, in time, and without a time limit left behind."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest
from waiting import deadline

from ld.sparql.wire import ASK, DATA, receive, send

LARGE = bytes(4 << 20)  # more than the system takes before somebody reads


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    """The two ends of a channel."""
    one, other = socket.socketpair()
    with one, other:
        yield one, other


def test_a_frame_comes_out_as_it_went_in(ends: tuple[socket.socket, socket.socket]) -> None:
    one, other = ends
    send(one, DATA, b"abc")
    send(one, ASK)
    one.close()

    assert receive(other) == (DATA, b"abc")
    assert receive(other, deadline()) == (ASK, b"")
    assert receive(other) is None


def test_half_a_frame_is_the_end(ends: tuple[socket.socket, socket.socket]) -> None:
    one, other = ends
    one.sendall(DATA + bytes([0, 0, 0, 9]) + b"abc")
    one.close()

    assert receive(other) is None


def test_a_deadline_ends_waiting_and_sending(ends: tuple[socket.socket, socket.socket]) -> None:
    one, other = ends

    with pytest.raises(TimeoutError):
        receive(other, deadline(0.01))
    with pytest.raises(TimeoutError):
        send(one, DATA, LARGE, deadline(0.01))
    with pytest.raises(TimeoutError):
        receive(one, deadline(-1))


@pytest.mark.parametrize("came", [True, False])
def test_a_deadline_is_for_one_frame(ends: tuple[socket.socket, socket.socket], came: bool) -> None:
    """What is sent and awaited afterwards has time: a query after a late READY was taken for one too slow."""
    one, other = ends
    if came:
        send(other, DATA, b"abc")
        assert receive(one, deadline())
    else:
        with pytest.raises(TimeoutError):
            receive(one, deadline(0.01))
    assert one.gettimeout() is None

    got: list[object] = []
    reader = threading.Timer(0.1, lambda: got.append(receive(other)))  # the sender waits longer than the deadline was
    reader.start()
    send(one, DATA, LARGE)
    reader.join()

    assert got == [(DATA, LARGE)]
