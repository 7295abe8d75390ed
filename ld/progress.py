"""The progress of long work: reported in steps, shown as a bar on a terminal, elsewhere as lines or JSON."""

from __future__ import annotations

import io
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import msgspec
from msgspec import Struct

_WIDTH = 30
# Nothing is shown of what is quick; then a bar is drawn so often, a line written so seldom (seconds).
_PATIENCE, _BAR_EVERY, _LINE_EVERY, _JSON_EVERY = 2.0, 0.2, 10.0, 1.0


class Step(Struct, frozen=True):
    """How far the work is: `done` of `total` bytes or records of a stage; `total` is 0 where it is unknown.

    `records` counts the records so far where the unit is bytes.
    """

    stage: str
    done: int
    total: int
    unit: str
    records: int = 0


Progress = Callable[[Step], None]


def silent(step: Step) -> None:
    """Show nothing."""


def steady(progress: Progress) -> Progress:
    """Return a progress function that can end nothing: once the given one has failed, it is no longer called."""
    shows = True

    def show(step: Step) -> None:
        nonlocal shows
        if shows:
            try:
                progress(step)
            except Exception:  # whatever it is: the work is what counts
                shows = False

    return show


def hush() -> None:
    """Send all further output on standard error nowhere: nobody reads it any more.

    The stream holds what it could not write, and would fail on it again when the program ends.
    """
    sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115 - as long as the process


class Display:
    """Shows steps on a stream, in the manner that suits it; `clear` removes a bar.

    It never fails: where the stream is gone, nothing is shown.
    """

    def __init__(self, stream: TextIO | None, as_json: bool = False) -> None:
        self.stream = stream or io.StringIO()
        self.started = self._begun = time.monotonic()
        self._stage = ""
        self._shown = 0.0
        self._bar = False
        terminal = self.stream.isatty() and not as_json
        self._every = _BAR_EVERY if terminal else _JSON_EVERY if as_json else _LINE_EVERY
        self._patience = self._every if as_json else max(_PATIENCE, self._every)
        self._write = self._draw if terminal else self._json if as_json else self._line

    def show(self, step: Step) -> None:
        """Show the step, unless another was shown a moment ago."""
        now = time.monotonic()
        if step.stage != self._stage:
            self._stage, self._begun = step.stage, now
        if now - self.started < self._patience or now - self._shown < self._every:
            return
        self._shown = now
        with self._suppressed():
            self._write(step, max(now - self._begun, 0.001))
            self.stream.flush()

    @contextmanager
    def _suppressed(self) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError):  # its reader is gone; it is closed
            self.stream = io.StringIO()
            self._patience = float("inf")
            hush()

    def _draw(self, step: Step, seconds: float) -> None:
        filled = round(_WIDTH * step.done / step.total) if step.total else 0
        bar = f"[{'#' * filled}{'.' * (_WIDTH - filled)}] " if step.total else ""
        self.stream.write(f"\r\x1b[K{bar}{_told(step, seconds)}")
        self._bar = True

    def _line(self, step: Step, seconds: float) -> None:
        self.stream.write(f"{_told(step, seconds)}\n")

    def _json(self, step: Step, seconds: float) -> None:
        told = {**msgspec.structs.asdict(step), "seconds": round(time.monotonic() - self.started, 1)}
        left = _left(step, seconds)
        self.stream.write(msgspec.json.encode(told | ({"left": left} if left is not None else {})).decode() + "\n")

    def clear(self) -> None:
        """Remove the bar."""
        if self._bar:
            with self._suppressed():
                self.stream.write("\r\x1b[K")
            self._bar = False


def _told(step: Step, seconds: float) -> str:
    """Return the step in words: stage, amount, speed, and the time left."""
    records = step.records or (step.done if step.unit == "records" else 0)
    if step.unit == "bytes":
        size = f"{step.done >> 20:,} of {step.total >> 20:,} MiB" if step.total else ""
    else:
        size = f"{step.done:,} of {step.total:,}" if step.total else ""
    speed = f"{records:,} records, {records / seconds:,.0f}/s" if records else ""
    left = _left(step, seconds)
    time_left = f"{left // 60}:{left % 60:02} left" if left is not None else ""
    return f"{step.stage}: " + ", ".join(part for part in (size, speed, time_left) if part)


def _left(step: Step, seconds: float) -> int | None:
    """Return how many seconds the stage will probably still take."""
    if not step.total or not step.done or seconds < 1:
        return None
    return round(seconds * max(0, step.total - step.done) / step.done)
