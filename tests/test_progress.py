"""Progress: a bar on a terminal, a line now and then elsewhere, JSON for machines, nothing of what is quick."""

from __future__ import annotations

import io
import json

import pytest

from ld import progress
from ld.progress import Display, Step

READING = Step("reading", 50 << 20, 100 << 20, "bytes", 7000)


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that stands still until its one value is changed."""
    now = [100.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


def test_a_bar_with_bytes_speed_and_time_left(clock: list[float]) -> None:
    stream = Terminal()
    display = Display(stream)
    display.show(READING)
    clock[0] += 10
    display.show(READING)
    display.clear()

    bar = "[" + "#" * 15 + "." * 15 + "] "
    assert stream.getvalue() == f"\r\x1b[K{bar}reading: 50 of 100 MiB, 7,000 records, 700/s, 0:10 left\r\x1b[K"


def test_a_line_now_and_then_where_there_is_no_terminal(clock: list[float]) -> None:
    stream = io.StringIO()
    display = Display(stream)
    for _ in range(25):
        clock[0] += 1
        display.show(Step("records", 10, 40, "records"))
    display.clear()

    lines = stream.getvalue().splitlines()
    assert len(lines) == 2
    assert lines[-1].startswith("records: 10 of 40, 10 records") and "left" in lines[-1]


def test_json_for_machines(clock: list[float]) -> None:
    stream = Terminal()
    display = Display(stream, as_json=True)
    clock[0] += 5
    display.show(READING)

    told = json.loads(stream.getvalue())
    assert (told["stage"], told["done"], told["records"], told["seconds"]) == ("reading", 50 << 20, 7000, 5.0)


def test_what_is_quick_is_not_shown(clock: list[float]) -> None:
    for stream in (Terminal(), io.StringIO()):
        display = Display(stream)
        clock[0] += 0.5
        display.show(READING)

        assert stream.getvalue() == ""
