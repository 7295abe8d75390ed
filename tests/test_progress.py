"""Progress: a bar on a terminal, a line now and then elsewhere, JSON for machines, nothing of what is quick."""

from __future__ import annotations

import io
import json
import shlex
import subprocess
import sys
from operator import methodcaller
from pathlib import Path

import pytest
from waiting import PATIENCE

from ld import progress
from ld.errors import SiteError
from ld.progress import Display, Step
from ld.publish import workers as crew
from ld.publish.run import publish
from ld.settings import Settings

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


class Gone(Terminal):
    """A stream whose reader is gone."""

    def write(self, text: str) -> int:
        raise BrokenPipeError

    def flush(self) -> None:
        raise BrokenPipeError


def closed() -> io.StringIO:
    """A stream that is closed."""
    stream = io.StringIO()
    stream.isatty = lambda: False  # type: ignore[method-assign]
    stream.close()
    return stream


@pytest.mark.parametrize("stream", [Gone(), closed(), None])
@pytest.mark.parametrize("as_json", [True, False])
def test_a_display_that_fails_ends_nothing(
    clock: list[float], monkeypatch: pytest.MonkeyPatch, stream: io.StringIO | None, as_json: bool
) -> None:
    """And what it could not write does not spoil the end of the program."""
    monkeypatch.setattr("sys.stderr", stream)
    display = Display(stream, as_json)
    for _ in range(3):
        clock[0] += 20
        display.show(READING)
    display.clear()

    if stream is not None:
        assert sys.stderr is not stream
        sys.stderr.close()


def failing(step: Step) -> None:
    raise RuntimeError("no display")


@pytest.mark.parametrize("workers", [1, 2])
def test_progress_that_fails_ends_no_publish(tmp_path: Path, workers: int) -> None:
    """Nor does it end the thread that listens to a worker."""
    source = tmp_path / "in.jsonl"
    source.write_text("".join(json.dumps({"id": f"r{n}", "title": "T", "title_short": "T"}) + "\n" for n in range(600)))

    manifest = publish([str(source)], Settings(tmp_path / "site", {"workers": workers}, {}), progress=failing)

    assert manifest.counts["records"] == 600


def test_an_error_in_listening_to_a_worker_is_raised() -> None:
    """Else what the worker returns would be taken for nothing."""

    def refuse(one: int, other: int) -> None:
        raise RuntimeError("told")

    telling = crew.Task(methodcaller("__call__", 1, 1), ())
    with pytest.raises(SiteError, match="a worker was not understood: RuntimeError: told"):
        crew.run([telling, telling], refuse)


@pytest.mark.parametrize("nowhere", ["2> >(exec true)", "2>&-"])
def test_the_exit_status_is_right_where_nobody_listens(tmp_path: Path, nowhere: str) -> None:
    """The reader of standard error is gone, or it is closed; standard output has what it should."""
    (tmp_path / "in.jsonl").write_text('{"id": "1", "title": "T", "title_short": "T"}\n')
    program = f"{shlex.quote(sys.executable)} -m ld publish"
    script = (
        f"{program} in.jsonl --json --workers 2 > out {nowhere}; ended=$?; {program} none {nowhere}; echo $ended $?"
    )

    done = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE, check=False
    )

    assert done.stdout == "0 1\n"
    assert json.loads((tmp_path / "out").read_text())["account"]["published"] == 1


def test_what_is_quick_is_not_shown(clock: list[float]) -> None:
    for stream in (Terminal(), io.StringIO()):
        display = Display(stream)
        clock[0] += 0.5
        display.show(READING)

        assert stream.getvalue() == ""
