"""Processes that do the same work, kept running: one that dies is started anew, whatever ended it and however often.

The first death at a post is mended at once; where its next process dies within half a minute too, the pause before
another is started grows, to two seconds at most. The other posts work on meanwhile: nothing here waits for any of them.
Only what has never come to serve is given up. That this process itself is started anew is for systemd; those at work
end with it.

Decided on 2026-11-30, with granian 2.8.9. Alone it ends everything at the first death. With `respawn_failed_workers`
it mends that, but when a worker dies again within 5.5 s of its start it ends everything ("Worker crash loop detected"):
two `kill -9` two seconds apart were enough. So granian serves in each process and starts none. Measured with
`bench/deaths.py` (see `bench/RESULTS.md`): 43 processes killed under load, nothing lost but what they held or what came
on connections that ended with them; where each process makes its own socket, 53,920 of 74,417 requests besides.
"""

from __future__ import annotations

import ctypes
import math
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from typing import Any

from msgspec import Struct

from ld.errors import SiteError

Work = Callable[[int, int, Callable[[], None]], None]
"""Is done in a process, which is told its post and its place, and calls the function as soon as it serves.

No two that live have the same place. Places are small numbers, and a new process may have that of one that died.
"""

_FORK = get_context("fork")  # a process knows what this one has verified, and starts in a quarter of a second
_STOP, _RENEW = (signal.SIGTERM, signal.SIGINT), signal.SIGHUP
_QUIET_SECONDS = 30.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 2.0
_TRIES = 10  # of what has never come to serve
_PR_SET_PDEATHSIG = 1


class _Process:
    """A process at work, from its start until it is over."""

    def __init__(self, work: Work, post: int, place: int) -> None:
        self.place = place
        self.began = time.monotonic()
        self.until = math.inf  # when it has to be over
        self.serves = self.told = False
        self._channel, theirs = _FORK.Pipe(duplex=False)
        self._inner = _FORK.Process(target=_run, args=(work, post, place, theirs, os.getpid()), daemon=True)
        with theirs, _signals_held():
            self._inner.start()

    @property
    def signs(self) -> list[Any]:
        """What can be waited for: that it serves, and that it has ended."""
        return [self._inner.sentinel] if self.serves else [self._inner.sentinel, self._channel]

    def begins(self) -> bool:
        """Determine whether it has come to serve since this was last asked."""
        if not self.serves and self._channel.poll():
            with suppress(EOFError):
                self._channel.recv_bytes()
                self.serves = True
                return True
        return False

    def over(self) -> bool:
        """Determine whether it has ended."""
        return self._inner.exitcode is not None

    def failed(self) -> bool:
        """Determine whether it ended by itself, and not by a signal."""
        return (self._inner.exitcode or 0) >= 0

    def end(self, patience: float = 0.0) -> None:
        """Tell it to end, with that many seconds to answer its requests; with none, end it now."""
        if not patience:
            self.until = math.inf
            self._inner.kill()
        elif not self.told:
            self.until = time.monotonic() + patience
            self._inner.terminate()
        self.told = True

    def close(self) -> None:
        """Let go of it when it is over, or about to be."""
        self._channel.close()
        self._inner.join()
        self._inner.close()

    def __str__(self) -> str:
        code = self._inner.exitcode or 0
        return f"{self._inner.pid} " + (f"ended with status {code}" if code >= 0 else f"was ended by {_name(-code)}")


class _Post(Struct, eq=False):
    """Where one process shall work: it, those it relieves, how many died one soon after the other, when one is due."""

    process: _Process | None = None
    former: list[_Process] = []
    deaths: int = 0
    due: float = 0.0

    def all(self) -> list[_Process]:
        """Return the processes that are there."""
        return [*self.former, *([self.process] if self.process else [])]

    def served(self) -> bool:
        """Determine whether a process serves here."""
        return any(process.serves and not process.told for process in self.all())

    def again(self) -> float:
        """Note a death, and return the seconds until another process is due."""
        lived = time.monotonic() - self.process.began if self.process else 0.0
        self.deaths = 1 if lived >= _QUIET_SECONDS else min(self.deaths + 1, 10)
        pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** (self.deaths - 2)) if self.deaths > 1 else 0.0
        self.due = time.monotonic() + pause
        return pause

    def forget(self, process: _Process) -> None:
        """Let go of a process that is over."""
        process.close()
        if process is self.process:
            self.process = None
        else:
            self.former.remove(process)


class Supervisor:
    """Keeps a process at work at each of its posts until a signal comes: SIGTERM and SIGINT stop, SIGHUP renews.

    `manned` is told the posts at which one serves, whenever they change; `over` the place of each process that has
    ended, and how many have died until then. `stopping` is called at the first signal to stop. Processes that are told
    to end have `patience` seconds for it; a second signal to stop ends them at once.
    """

    def __init__(
        self,
        size: int,
        work: Work,
        *,
        manned: Callable[[Sequence[int]], None] = lambda posts: None,
        over: Callable[[int, int], None] = lambda place, deaths: None,
        stopping: Callable[[], None] = lambda: None,
        patience: float = 10.0,
    ) -> None:
        self._work, self._patience = work, patience
        self._manned, self._over, self._stopping = manned, over, stopping
        self._serving: list[int] = []
        self._posts = [_Post() for _ in range(size)]
        self._stops, self._renews, self._closed = 0, False, False
        self._deaths, self._served = 0, False

    def run(self) -> None:
        """Return when all were told to stop and have ended; raises SiteError where none has ever come to serve."""
        with self._woken() as wake:
            try:
                while self._running() or not self._closed:
                    self._start()
                    signs = [sign for process in self._running() for sign in process.signs]
                    if wake in wait([wake, *signs], self._pause()):
                        wake.recv(1024)
                    self._look()
            finally:
                for process in self._running():
                    process.end()
                    process.close()

    def _running(self) -> list[_Process]:
        return [process for post in self._posts for process in post.all()]

    @contextmanager
    def _woken(self) -> Iterator[socket.socket]:
        """Give a socket that becomes readable when a signal has come, which its handler has noted."""
        here, there = socket.socketpair()
        with here, there:
            there.setblocking(False)
            before = {one: signal.signal(one, self._note) for one in (*_STOP, _RENEW)}
            woken = signal.set_wakeup_fd(there.fileno(), warn_on_full_buffer=False)
            try:
                yield here
            finally:
                signal.set_wakeup_fd(woken)
                for one, handler in before.items():
                    signal.signal(one, handler)

    def _note(self, number: int, _: object) -> None:
        if number == _RENEW:
            self._renews = True
        else:
            self._stops += 1

    def _start(self) -> None:
        """Start the processes that are due."""
        for number, post in enumerate(self._posts):
            if not self._closed and post.process is None and post.due <= time.monotonic():
                taken = {process.place for process in self._running()}
                place = next(one for one in count() if one not in taken)
                try:
                    post.process = _Process(self._work, number, place)
                except OSError as error:
                    self._died(post, f"could not be started: {error.strerror}")

    def _pause(self) -> float | None:
        """Return the seconds until something is due; None where only a process or a signal can make it so."""
        moments = [process.until for process in self._running()]
        if not self._closed:
            moments += [post.due for post in self._posts if post.process is None]
        moment = min(moments, default=math.inf)
        return None if moment == math.inf else max(0.0, moment - time.monotonic())

    def _look(self) -> None:
        """See who serves, which signals have come, who is over, and who is late."""
        for post in self._posts:
            if post.process and post.process.begins():
                self._served = True
                for process in post.former:
                    process.end(self._patience)
        if self._stops:
            self._stop()
        elif self._renews:
            self._renew()
        for post in self._posts:
            for process in post.all():
                if process.over():
                    self._bury(post, process)
                elif process.until <= time.monotonic():
                    process.end()
        serving = [number for number, post in enumerate(self._posts) if post.served()]
        if serving != self._serving:
            self._serving = serving
            self._manned(serving)

    def _bury(self, post: _Post, process: _Process) -> None:
        """Let go of a process that has ended; if it was not told to, it has died."""
        if not process.told:
            self._died(post, str(process), useless=process.failed(), missing=process is post.process)
        post.forget(process)
        self._over(process.place, self._deaths)

    def _died(self, post: _Post, how: str, *, useless: bool = False, missing: bool = True) -> None:
        """Count a death, and see that another takes over; raises SiteError where that is of no use."""
        self._deaths += 1
        if not self._served and (useless or self._deaths >= _TRIES):
            raise SiteError(f"the server cannot be started: its process {how}: see its messages above")
        pause = post.again() if missing else 0.0
        when = f"another is started {f'in {pause:.1f} s' if pause else 'at once'}" if missing else "another takes over"
        _say(f"web process {how}; {when}; {self._deaths} have died so far")

    def _renew(self) -> None:
        """Start a process beside each, which ends when the other serves."""
        self._renews = False
        for post in self._posts:
            post.former, post.process, post.due = post.all(), None, 0.0
        _say("SIGHUP: each web process is replaced by a new one")

    def _stop(self) -> None:
        """Tell all to end; when it was said twice, end them."""
        if not self._closed:
            self._closed = True
            self._stopping()
        for process in self._running():
            process.end(self._patience if self._stops == 1 else 0.0)


@contextmanager
def _signals_held() -> Iterator[None]:
    """Let signals wait: a child would lose those that come while it still has the handlers of its parent."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {*_STOP, _RENEW})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _run(work: Work, post: int, place: int, channel: Connection, parent: int) -> None:
    """Do the work in a process of its own, which ends when its parent does."""
    signal.set_wakeup_fd(-1)
    for one in _STOP:
        signal.signal(one, signal.SIG_DFL)
    signal.signal(_RENEW, signal.SIG_IGN)
    _end_with(parent)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {*_STOP, _RENEW})
    work(post, place, lambda: channel.send_bytes(b"serves"))


def _end_with(parent: int) -> None:
    """Let the system end this process when its parent ends, however that happens (Linux: prctl(2))."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)


def _name(number: int) -> str:
    """Return the name of a signal."""
    with suppress(ValueError):
        return signal.Signals(number).name
    return f"signal {number}"


def _say(message: str) -> None:
    with suppress(OSError):  # whoever read it may be gone
        print(f"shelfgraph: {message}", file=sys.stderr, flush=True)
