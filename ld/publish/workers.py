"""Tasks for several processes: each calls one function, reports its progress, and hands back the result.

With one worker the same function runs here, without a process. Processes are started afresh, not forked: the engine's
threads do not survive a fork, and a forked child would hold our locks. A worker ends at once when its parent does.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from msgspec import Struct

from ld.errors import ShelfgraphError, SiteError

Result = TypeVar("Result")
Telling = Callable[[int, int], None]
_TELL_SECONDS = 0.2
_ROOT = str(Path(__file__).resolve().parents[2])
# A worker that went away without a word: killed, most likely by the system for want of memory.
_VANISHED = "a worker process was ended from outside: is there enough memory? The live generation stays"


class Task(Struct, frozen=True):
    """A function of a module and its arguments; it gets one more, a function by which it reports its progress."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]


def run(tasks: Sequence[Task], tell: Telling) -> list[Any]:
    """Return the results of the tasks, in order; `tell` gets their progress, added up.

    A single task runs in this process. Raises the first error of any worker, and ends the others.
    """
    if len(tasks) == 1:
        return [tasks[0].function(*tasks[0].arguments, tell)]
    with Crew(tasks, tell) as crew:
        return crew.results()


class Crew:
    """Worker processes, one for each task; use it as a context manager, so that none outlives an error."""

    def __init__(self, tasks: Sequence[Task], tell: Telling) -> None:
        self._lock = threading.Lock()
        self._tell = tell
        self._workers = [_Worker(task, self._told) for task in tasks]

    def _told(self, one: int, other: int) -> None:
        with self._lock:
            self._tell(one, other)

    def results(self) -> list[Any]:
        """Wait for all workers, and return their results."""
        while any(worker.thread.is_alive() for worker in self._workers):
            for worker in self._workers:
                worker.thread.join(0.05)
                worker.check()
        for worker in self._workers:
            worker.check()
        return [worker.result for worker in self._workers]

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_: Any) -> None:
        for worker in self._workers:
            worker.end()


class _Worker:
    """One process and the thread that listens to it."""

    def __init__(self, task: Task, told: Telling) -> None:
        self.result: Any = None
        self._error: BaseException | None = None
        self._told = told
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "ld.publish.workers"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [_ROOT, os.environ.get("PYTHONPATH")]))},
        )
        assert self._process.stdin and self._process.stdout
        pickle.dump(task, self._process.stdin)
        self._process.stdin.flush()  # and left open: its end tells the worker that we are gone
        self.thread = threading.Thread(target=self._listen, args=(self._process.stdout,), daemon=True)
        self.thread.start()

    def _listen(self, stream: BinaryIO) -> None:
        try:
            while True:
                kind, value = pickle.load(stream)
                if kind == "told":
                    self._told(*value)
                elif kind == "result":
                    self.result = value
                    return
                else:
                    self._error = value
                    return
        except (EOFError, pickle.UnpicklingError):
            self._error = SiteError(_VANISHED)
        except Exception as error:  # else its result would be taken for nothing at all
            self._error = SiteError(f"a worker was not understood: {type(error).__name__}: {error}: please report it")

    def check(self) -> None:
        """Raise the error of the worker, if it had one."""
        if self._error:
            raise self._error

    def end(self) -> None:
        """End the process, finished or not, and reap it."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream:
                stream.close()


def _work() -> None:
    """Be a worker: the task comes in on standard input, progress and result go out on standard output."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent gets it too, and ends us
    out = os.fdopen(os.dup(1), "wb")
    with suppress(OSError):  # standard error may be closed
        os.dup2(2, 1)  # whatever else prints must not spoil it
    task = pickle.load(sys.stdin.buffer)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    gc.disable()  # records make no cycles, and looking for them among many rows costs a tenth
    teller = _Teller(out)
    try:
        result: tuple[str, Any] = ("result", task.function(*task.arguments, teller.tell))
    except (ShelfgraphError, OSError) as error:
        result = ("error", error)
    except Exception as error:
        result = ("error", SiteError(f"a worker failed: {type(error).__name__}: {error}: please report it"))
    teller.flush()
    pickle.dump(result, out)
    out.flush()
    os._exit(0)


def _end_with_parent() -> None:
    while sys.stdin.buffer.read(1):
        pass
    os._exit(1)


class _Teller:
    """Passes on progress, but no more often than a person can read."""

    def __init__(self, out: BinaryIO) -> None:
        self.out = out
        self.sums = [0, 0]
        self.last = 0.0

    def tell(self, one: int, other: int) -> None:
        self.sums[0] += one
        self.sums[1] += other
        if time.monotonic() - self.last > _TELL_SECONDS:
            self.flush()

    def flush(self) -> None:
        self.last = time.monotonic()
        pickle.dump(("told", tuple(self.sums)), self.out)
        self.out.flush()
        self.sums = [0, 0]


if __name__ == "__main__":
    _work()
