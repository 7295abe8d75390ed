"""Runs commands and says what they took: wall time, CPU seconds and peak memory of the whole process tree.

Contestants are run in turns (A B A B …), so that whatever else the machine does falls on all of them; a ratio is the
median of the ratios of single rounds. Nothing here asserts a time.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from statistics import median
from typing import Any

_TICKS = os.sysconf("SC_CLK_TCK")
_PERIOD = 0.1


@dataclass(frozen=True)
class Taken:
    """What one run took: seconds on the clock, CPU seconds (user + system), bytes of memory at the peak."""

    wall: float
    cpu: float
    peak: int
    out: str = ""
    err: str = ""


class Failed(RuntimeError):
    """A command that ended with an error or not in time; its last lines are the message."""


def run(
    command: Sequence[str | Path],
    *,
    output: Path | None = None,
    env: dict[str, str] | None = None,
    seconds: float = 7200,
) -> Taken:
    """Run the command and return what it took; its standard output goes into `output` where that is given.

    CPU seconds are those of the process and of all its descendants that were waited for (wait4). Memory is the sum of
    the proportional set sizes of the tree, looked at ten times a second: pages shared by several count once.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        stdout = output.open("wb") if output else out
        started = time.monotonic()
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL, stdout=stdout, stderr=err, start_new_session=True,
            env={**os.environ, **(env or {})},
        )  # fmt: skip
        watch = Watch(process.pid)
        timer = threading.Timer(seconds, _kill, [process.pid])
        timer.start()
        try:
            _, status, used = os.wait4(process.pid, 0)
        except BaseException:
            _kill(process.pid)
            raise
        finally:
            timer.cancel()
            watch.stop()
            if output:
                stdout.close()
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.monotonic() - started
        said = [_read(stream) for stream in (out, err)]
    if process.returncode:
        last = "\n".join(said[1].strip().splitlines()[-5:])
        raise Failed(f"{' '.join(map(str, command))}: exit {process.returncode} after {wall:.1f} s:\n{last}")
    return Taken(wall, used.ru_utime + used.ru_stime, watch.peak, *said)


def _read(stream: Any) -> str:
    stream.seek(0)
    return str(stream.read(1 << 20).decode("utf-8", "replace"))


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


class Watch:
    """Looks at the memory of a process tree until it is stopped; `peak` is the most it saw, in bytes."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.peak = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._ended.is_set():
            started = time.monotonic()
            self.peak = max(self.peak, memory(self.pid))
            # Looking is a cost of its own where a process is large: never more than a tenth of the time.
            self._ended.wait(max(_PERIOD, 9 * (time.monotonic() - started)))

    def stop(self) -> None:
        """End looking."""
        self._ended.set()
        self._thread.join()


def tree(pid: int) -> list[int]:
    """Return the process and its descendants."""
    found = [pid]
    for one in found:
        try:
            tasks = list(Path(f"/proc/{one}/task").iterdir())
            for task in tasks:
                found += [int(child) for child in (task / "children").read_text().split()]
        except OSError:
            continue
    return found


def memory(pid: int) -> int:
    """Return the bytes of memory of a process tree: proportional set sizes, resident ones where those are hidden."""
    return sum(map(_memory, tree(pid)))


def _memory(pid: int) -> int:
    for name, key in (("smaps_rollup", "Pss:"), ("status", "VmRSS:")):
        try:
            text = Path(f"/proc/{pid}/{name}").read_text()
        except OSError:
            continue
        match = re.search(rf"^{key}\s+(\d+) kB", text, re.MULTILINE)
        if match:
            return int(match[1]) << 10
    return 0


def cpu(pid: int) -> float:
    """Return the CPU seconds a running process tree has used so far, with those of its children that have ended."""
    total = 0
    for one in tree(pid):
        try:
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(map(int, fields[11:15]))
    return total / _TICKS


# -- rounds -----------------------------------------------------------------------------------------------------------


def rounds(contestants: dict[str, Callable[[], Taken]], count: int) -> dict[str, list[Taken]]:
    """Run all contestants `count` times in turns and return what each run took."""
    found: dict[str, list[Taken]] = {name: [] for name in contestants}
    for n in range(count):
        order = list(contestants) if n % 2 == 0 else list(reversed(contestants))
        for name in order:
            tell(f"round {n + 1} of {count}: {name}")
            found[name].append(contestants[name]())
    return found


def middle(runs: Iterable[Taken]) -> Taken:
    """Return the medians of several runs."""
    several = list(runs)
    return Taken(
        median(one.wall for one in several),
        median(one.cpu for one in several),
        int(median(one.peak for one in several)),
    )


def ratio(these: Sequence[float], those: Sequence[float]) -> float:
    """Return the median of the ratios of the rounds."""
    return median(a / b for a, b in zip(these, those, strict=True))


def tell(text: str) -> None:
    """Say on standard error what is going on: standard output is for the tables."""
    print(text, file=sys.stderr, flush=True)


# -- tables and places -------------------------------------------------------------------------------------------------


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table; all columns but the first are set to the right."""
    lines = [_row(heads), "|---|" + "---:|" * (len(heads) - 1), *map(_row, rows)]
    return "\n".join(lines) + "\n"


def _row(cells: Sequence[object]) -> str:
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def mib(count: float) -> str:
    """Return a number of bytes in MiB."""
    return f"{count / (1 << 20):,.0f}"


def disk(path: Path) -> int:
    """Return the bytes that a file or a folder takes; files with several names count once."""
    files = [path] if path.is_file() else [one for one in path.rglob("*") if one.is_file()]
    kept = {(info.st_dev, info.st_ino): info.st_blocks * 512 for info in (one.stat() for one in files)}
    return sum(kept.values())


def versions(*packages: str, other: Iterable[str] = ()) -> str:
    """Return one line with the versions of everything that took part, and the machine."""
    cores = len(os.sched_getaffinity(0))
    load = os.getloadavg()[0]
    parts = [f"CPython {platform.python_version()}", *(f"{name} {_version(name)}" for name in packages), *other]
    return f"{', '.join(parts)}; {cores} cores, load {load:.1f} at the start, {time.strftime('%Y-%m-%d')}"


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "(not installed)"


@contextmanager
def workplace(where: Path | None) -> Iterator[Path]:
    """Give a folder to work in: a temporary one, removed at the end, or the one that is named, which stays."""
    if where:
        where.mkdir(parents=True, exist_ok=True)
        yield where.resolve()
        return
    path = Path(tempfile.mkdtemp(prefix="shelfgraph-bench-"))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
