"""How many queries each client runs, counted over all the processes that serve one site.

Each place of a client is one byte of a file that nobody writes: who holds a lock on it has the place. A process that
ends, however it does, gives all its places back (POSIX, fcntl: advisory record locking).
"""

from __future__ import annotations

import hashlib
import os
import threading
from contextlib import suppress
from fcntl import LOCK_EX, LOCK_NB, LOCK_UN, lockf
from pathlib import Path

_MOST = 256


class Turns:
    """The places of clients: `most` for each. With a path, they are shared by all processes that use it."""

    def __init__(self, most: int, path: Path | None = None) -> None:
        self.most = min(most, _MOST)
        self._held: set[int] = set()
        self._lock = threading.Lock()
        self._file = _shared(path) if path else None

    def take(self, client: str) -> int | None:
        """Return a place of the client, which must be given back; None where it has all that it may have."""
        first = int.from_bytes(hashlib.sha256(client.encode()).digest()[:6]) * _MOST
        with self._lock:
            for place in range(first, first + self.most):
                if place not in self._held and self._locked(place):
                    self._held.add(place)
                    return place
        return None

    def leave(self, place: int) -> None:
        """Give a place back."""
        with self._lock:
            self._held.discard(place)
            if self._file is not None:
                lockf(self._file, LOCK_UN, 1, place)

    def _locked(self, place: int) -> bool:
        if self._file is None:
            return True
        try:
            lockf(self._file, LOCK_EX | LOCK_NB, 1, place)
        except OSError:
            return False
        return True

    def close(self) -> None:
        """Give all places back."""
        if self._file is not None:
            with suppress(OSError):
                os.close(self._file)
            self._file = None


def _shared(path: Path) -> int | None:
    """Return the file at the path, None where it cannot be written: then each process counts for itself."""
    with suppress(OSError):
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    return None
