"""The live generation, as a running server takes it over whenever another is switched in."""

from __future__ import annotations

import os
import sys
import threading
import time
import weakref
from pathlib import Path
from typing import Protocol

from ld.errors import LostError, SiteError
from ld.site.checksums import CORES
from ld.site.generation import Generation, live_path

_WATCH_SECONDS = 0.5
_RETRY_SECONDS = 60.0  # until a generation that could not be taken over is tried again
_PATIENCE_SECONDS = 5.0  # that requests wait for the first generation to be opened


class Company(Protocol):
    """Those who must be ready before a generation goes live, and may rest when nobody uses it any more."""

    def prepare(self, generation: Generation) -> None:
        """Return when everything is ready to answer from the generation; raise where that is impossible."""

    def tidy(self) -> None:
        """Let go of generations that nobody uses any more; called regularly."""


class Live:
    """The live generation of a site, taken over anew whenever the symlink is replaced.

    With a company, a thread looks for it twice a second and takes it over when it is verified and all are ready;
    meanwhile requests use the one before, and never wait. Without a company, every `current()` looks.
    """

    def __init__(self, site: Path, *, verify: bool = True, company: Company | None = None) -> None:
        self.site = site
        self._verify = verify
        self._company = company
        self._inherited: list[Generation | None] = []
        self._reset()
        _LIVES.add(self)

    def _reset(self) -> None:
        self._starting = threading.Lock()
        self._lock = threading.Lock()
        self._looked = threading.Event()
        self._watcher: threading.Thread | None = None
        self._until = 0.0
        self._open: Generation | None = None
        self._refused: tuple[Path, float, str] | None = None

    def forget(self) -> None:
        """Begin anew in a forked child: it has no watching thread, and needs a connection and a lock of its own."""
        self._inherited.append(self._open)  # never torn down here: its threads live in the parent
        self._reset()

    def current(self) -> Generation:
        """Return the live generation; raises SiteError where none can be served."""
        if self._company is None:
            self.look()
        elif self._watcher is None or self._open is None:
            self._watch()
            self._looked.wait(max(0.0, self._until - time.monotonic()))
        if self._open is None:
            raise SiteError(self._why())
        return self._open

    def wait(self) -> None:
        """Return after a look for the live generation, however long it takes to verify."""
        if self._company:
            self.opened()
            self._looked.wait()

    def opened(self) -> Generation | None:
        """Return the open generation, without waiting; where none is open, the search for one begins."""
        if self._company and self._watcher is None:
            self._watch()
        return self._open

    @property
    def refused(self) -> str:
        """Why the generation last switched in is not served; empty where it is."""
        return self._refused[2] if self._refused else ""

    def look(self) -> None:
        """Take over the generation that the symlink names; where that is damaged or gone, keep the one before."""
        with self._lock:
            before, target = None, self._target()
            while target and target != before and self._wants(target):
                self._take_over(target)
                before, target = target, self._target()  # switched once more meanwhile, and the other removed
            if target is None or self._serves(target):
                self._refused = None

    def _target(self) -> Path | None:
        link = self.site / "current"
        return link.resolve() if link.is_symlink() else None

    def _serves(self, target: Path) -> bool:
        return self._open is not None and self._open.path == target

    def _wants(self, target: Path) -> bool:
        """Determine whether to take the generation over: not if it is open already, or was just seen to be damaged."""
        if self._company is None or self._refused is None or self._refused[0] != target:
            return not self._serves(target)
        return time.monotonic() - self._refused[1] >= _RETRY_SECONDS

    def _take_over(self, target: Path) -> None:
        try:
            found = self._whole(target)
        except Exception as error:  # whatever is wrong with it: the one before is served on
            reason = str(error) if isinstance(error, SiteError) else f"{target}: {error!r}"
            if self._company and (self._refused is None or self._refused[0] != target):
                served = f"{self._open.id} is still served" if self._open else "none is served"
                _tell(f"generation {target.name} is not taken over, {served}: {reason}")
            self._refused = (target, time.monotonic(), reason)
            return
        if self._open:
            _tell(f"generation {found.id} is served now")
        self._open, self._refused = found, None

    def _whole(self, target: Path) -> Generation:
        """Return the generation, verified and ready; raise where it cannot be served."""
        found = Generation(target)
        if self._verify:
            # a server keeps one core for its requests, and ends at once when it shall
            found.verify(threads=1 if self._company else CORES)
        found.documents.list_records(limit=1)
        found.documents.close()
        if self._company and self._open:  # a server that starts need not wait for its first query
            self._company.prepare(found)
        return found

    def _why(self) -> str:
        try:
            live_path(self.site)
        except LostError as error:
            return str(error)
        if self._refused:
            return self._refused[2]
        if self._company and not self._looked.is_set():
            return f"{self.site}: the data is still being verified: try again in a moment"
        return f"{self.site}: nothing is published here: run `shelfgraph publish SOURCE --site {self.site}`"

    def _watch(self) -> None:
        """Start the watching thread: in the process that serves, not in its parent."""
        with self._starting:
            if self._watcher is None:
                self._until = time.monotonic() + _PATIENCE_SECONDS
                self._watcher = threading.Thread(target=_watch, args=(weakref.ref(self),), daemon=True)
                self._watcher.start()

    def _turn(self) -> None:
        """Do one round of the watching thread, which no error ends."""
        try:
            self.look()
            if self._company:
                self._company.tidy()
        except Exception as error:
            _tell(f"{self.site}: looking for a new generation failed: {error!r}")
        finally:
            self._looked.set()


def _watch(watched: weakref.ref[Live]) -> None:
    while live := watched():
        live._turn()
        del live
        time.sleep(_WATCH_SECONDS)


def _tell(message: str) -> None:
    print(f"shelfgraph: {message}", file=sys.stderr, flush=True)


_LIVES: weakref.WeakSet[Live] = weakref.WeakSet()


def _after_fork() -> None:
    for live in list(_LIVES):
        live.forget()


os.register_at_fork(after_in_child=_after_fork)
