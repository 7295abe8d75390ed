"""A real server for tests: `shelfgraph serve` as a process of its own, and what it leaves behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from conftest import ROOT, free_port
from msgspec import Struct
from waiting import PATIENCE, wait, wait_until_it_answers

from ld.publish.run import publish
from ld.settings import Settings


class Server(Struct):
    """A running server: its address, its process, its site."""

    port: int
    process: Any
    site: Path

    @property
    def url(self) -> str:
        """Where it answers, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def session(self) -> list[int]:
        """The processes that run for it: all of its session, until they are reaped."""
        return session(self.process.pid)


def session(leader: int) -> list[int]:
    """The processes of the session that this one leads or led, zombies left out."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, _, _, of = (folder / "stat").read_text().rpartition(")")[2].split()[:4]
        except OSError:
            continue
        if int(of) == leader and state != "Z":
            found.append(int(folder.name))
    return sorted(found)


@contextmanager
def serving(
    site: Path, sources: Iterable[Path] = (), records: Iterable[dict[str, Any]] = (), base: str = "", **flags: Any
) -> Iterator[Server]:
    """Publish what is given, and run `shelfgraph serve` with these settings until the end; its talk is in serve.log.

    Where no base is given, it is the address of the server itself. All that it has started must end with it.
    """
    port = free_port()
    site.mkdir(parents=True, exist_ok=True)
    files = list(sources)
    if records:
        files.append(site / "records.jsonl")
        files[-1].write_text("".join(json.dumps(record) + "\n" for record in records))
    publish([str(file) for file in files], Settings(site, {"base": base or f"http://127.0.0.1:{port}/"}, {}))
    settings = {f"SHELFGRAPH_{name.upper()}": str(value) for name, value in flags.items()}
    command = [sys.executable, "-m", "ld", "serve", "--site", str(site), "--bind", f"127.0.0.1:{port}"]
    with (site / "serve.log").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=os.environ | settings, stderr=log, start_new_session=True)
        try:
            wait_until_it_answers(process, f"http://127.0.0.1:{port}/readyz")
            yield Server(port, process, site)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(PATIENCE)
                wait(lambda: not session(process.pid))
            finally:
                if session(process.pid):
                    os.killpg(process.pid, signal.SIGKILL)
