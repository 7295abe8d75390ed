"""Waiting in tests: for what must happen, with an end that even a slow and busy machine does not reach.

No test asserts how long something takes; what takes long is measured in `bench/`.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from typing import TypeVar

import requests

PATIENCE = 300.0
"""Seconds after which what has not happened never will: as a timeout of requests, sockets and processes too."""

HOUR = 3600
"""A time limit of queries that no test reaches: what ends one must be something else."""

Result = TypeVar("Result")


def wait(done: Callable[[], Result]) -> Result:
    """Return what `done` returns as soon as that is true; where it never is, that is a failure."""
    until = time.monotonic() + PATIENCE
    while not (result := done()):
        assert time.monotonic() < until, "it has not happened"
        time.sleep(0.02)
    return result


def answers(url: str, verify: str | bool = True) -> bool:
    """Determine whether a server answers well."""
    try:
        return requests.get(url, timeout=PATIENCE, verify=verify).ok
    except requests.ConnectionError:
        return False


def wait_until_it_answers(process: subprocess.Popen[bytes], url: str) -> None:
    """Return when the server that runs as this process answers there; where it ends before, that is a failure."""
    wait(lambda: answers(url) or process.poll() is not None)
    assert process.poll() is None, f"the server has ended with {process.returncode}"


def now() -> float:
    """A moment of the monotonic clock: to tell what was before what, not to be judged."""
    return time.monotonic()


def seconds_of(run: Callable[[], object]) -> float:
    """How long something takes: to draw moments in it, not to be judged."""
    began = time.monotonic()
    run()
    return time.monotonic() - began


def deadline(seconds: float = PATIENCE) -> float:
    """The moment, of the monotonic clock, at which patience ends, or one that is meant to be missed."""
    return time.monotonic() + seconds


def pause() -> None:
    """Let a moment go by in which nothing must happen: on a slow machine less is noticed, and nothing fails."""
    time.sleep(1)
