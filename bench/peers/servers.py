"""The programs we are measured against: where they are installed, and servers of them that end with the benchmark.

`--peers FOLDER` (or BENCH_PEERS) names a folder with two virtual environments, `servers` and `morph`; README.md says
how they are made. A peer that is not there is left out of the tables, and that is said.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from catalogue import HERE, SHELFGRAPH, live
from measure import Failed, cpu, memory, tell

_READY_SECONDS = 120


@dataclass(frozen=True)
class Server:
    """A running server: its SPARQL endpoint, and the process that all of its work is counted under."""

    name: str
    endpoint: str
    pid: int

    def cpu(self) -> float:
        """Return the CPU seconds it has used so far."""
        return cpu(self.pid)

    def memory(self) -> int:
        """Return the bytes of memory it has now."""
        return memory(self.pid)

    def target(self, query: str) -> str:
        """Return the path and query string that ask it the SPARQL query."""
        path = "/" + self.endpoint.partition("://")[2].partition("/")[2]
        return f"{path}?query={quote(query, safe='')}"


def folder(named: Path | None) -> Path:
    """Return the folder of the peers' environments."""
    return (named or Path(os.environ.get("BENCH_PEERS", HERE / "peers" / "env"))).absolute()


def tool(peers: Path, environment: str, name: str) -> Path | None:
    """Return an installed program of the peers, None where it is not there."""
    path = peers / environment / "bin" / name
    return path if path.exists() else None


def package(peers: Path, environment: str, name: str) -> str:
    """Return name and version of a Python package of the peers."""
    python = tool(peers, environment, "python")
    if python is None:
        return f"{name} (not installed)"
    code = f"from importlib.metadata import version; print(version({name!r}))"
    said = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
    return f"{name} {said.stdout.strip() or '(not installed)'}"


def missing(name: str, why: str) -> None:
    """Say that a peer is left out."""
    tell(f"left out: {name}: {why}")


# -- servers ----------------------------------------------------------------------------------------------------------


@contextmanager
def ours(site: Path, **settings: object) -> Iterator[Server]:
    """Serve the site with `shelfgraph serve`."""
    port = _port()
    env = {f"SHELFGRAPH_{name.upper()}": str(value) for name, value in settings.items()}
    command = [*SHELFGRAPH, "serve", "--site", site, "--bind", f"127.0.0.1:{port}"]
    with _running(command, site.parent / "shelfgraph.log", env) as process:
        _wait(f"http://127.0.0.1:{port}/readyz", process, site.parent / "shelfgraph.log")
        yield Server("shelfgraph serve", f"http://127.0.0.1:{port}/sparql", process.pid)


@contextmanager
def oxigraph(peers: Path, site: Path) -> Iterator[Server]:
    """Serve the site's own store with Oxigraph's server."""
    program = tool(peers, "servers", "oxigraph")
    assert program
    port, log = _port(), site.parent / "oxigraph.log"
    command = [program, "serve-read-only", "--location", live(site) / "store", "--bind", f"127.0.0.1:{port}"]
    with _running(command, log) as process:
        endpoint = f"http://127.0.0.1:{port}/query"
        _wait(f"{endpoint}?query=ASK%20%7B%7D", process, log)
        yield Server("Oxigraph server", endpoint, process.pid)


@contextmanager
def rdflib_endpoint(peers: Path, site: Path) -> Iterator[Server]:
    """Serve the site's own store with rdflib-endpoint over oxrdflib, one uvicorn worker."""
    python = tool(peers, "servers", "python")
    assert python
    port, log = _port(), site.parent / "rdflib-endpoint.log"
    command = [python, "-m", "uvicorn", "--app-dir", HERE / "peers", "--port", port, "--host", "127.0.0.1"]
    command += ["--log-level", "warning", "--no-access-log", "rdflib_endpoint_app:app"]
    with _running(command, log, {"BENCH_STORE": str(live(site) / "store")}) as process:
        endpoint = f"http://127.0.0.1:{port}/"
        _wait(f"{endpoint}?query=ASK%20%7B%7D", process, log)
        yield Server("rdflib-endpoint", endpoint, process.pid)


@contextmanager
def virtuoso(triples: Path, work: Path, memory_mib: int = 4096) -> Iterator[Server]:
    """Serve the N-Triples file with Virtuoso 7: loaded into a database of its own, listening on 127.0.0.1 only."""
    http, sql = _port(), _port()
    home = work / "virtuoso"
    home.mkdir(parents=True, exist_ok=True)
    (home / "virtuoso.ini").write_text(_ini(home, triples.parent, http, sql, memory_mib), encoding="utf-8")
    log = home / "out.log"
    command = ["virtuoso-t", "+foreground", "+configfile", home / "virtuoso.ini"]
    with _running(command, log, cwd=home) as process:
        _wait(f"http://127.0.0.1:{http}/sparql?query=ASK%20%7B%7D", process, log)
        if not (home / "loaded").exists():
            _load(triples, sql)
            (home / "loaded").touch()
        yield Server("Virtuoso 7", f"http://127.0.0.1:{http}/sparql", process.pid)
        _isql(sql, "shutdown;", check=False)
        with suppress(subprocess.TimeoutExpired):
            process.wait(60)


def _load(triples: Path, sql: int) -> None:
    tell(f"Virtuoso loads {triples.name}")
    started = time.monotonic()
    _isql(sql, f"ld_dir('{triples.parent}', '{triples.name}', 'https://data.example.org/graph');")
    _isql(sql, "rdf_loader_run();")
    _isql(sql, "checkpoint;")
    tell(f"Virtuoso has loaded it in {time.monotonic() - started:.0f} s")


def _isql(port: int, statement: str, check: bool = True) -> None:
    command = ["isql-vt", f"127.0.0.1:{port}", "dba", "dba", f"exec={statement}"]
    said = subprocess.run(command, capture_output=True, text=True, check=False, timeout=7200)
    if check and (said.returncode or "*** Error" in said.stdout + said.stderr):
        raise Failed(f"isql-vt: {statement}\n{said.stdout[-500:]}{said.stderr[-500:]}")


def _ini(home: Path, data: Path, http: int, sql: int, memory_mib: int) -> str:
    """Return Virtuoso's configuration; its own sample says 85,000 buffers of 8 kB for each GB of memory."""
    buffers = memory_mib * 85
    return f"""
[Database]
DatabaseFile = {home}/virtuoso.db
ErrorLogFile = {home}/virtuoso.log
LockFile = {home}/virtuoso.lck
TransactionFile = {home}/virtuoso.trx
xa_persistent_file = {home}/virtuoso.pxa
ErrorLogLevel = 7
FileExtend = 200
MaxCheckpointRemap = 2000

[TempDatabase]
DatabaseFile = {home}/temp.db
TransactionFile = {home}/temp.trx
MaxCheckpointRemap = 2000

[Parameters]
ServerPort = 127.0.0.1:{sql}
DirsAllowed = {data}, {home}
NumberOfBuffers = {buffers}
MaxDirtyBuffers = {buffers * 3 // 4}
ServerThreads = 40
CheckpointInterval = 0
MaxQueryMem = 2G
SchedulerInterval = 10

[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = {home}
ServerThreads = 20
MaxKeepAlives = 20
KeepAliveTimeout = 30

[SPARQL]
ResultSetMaxRows = 100000
DefaultGraph = https://data.example.org/graph
"""


def _port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _running(
    command: list[object], log: Path, env: dict[str, str] | None = None, cwd: Path | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server in a session of its own and end all of it afterwards."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            [str(one) for one in command], stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=cwd,
            env={**os.environ, **(env or {})}, start_new_session=True,
        )  # fmt: skip
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, 15)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.wait()


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return when the server answers; raises with the end of its log where it does not."""
    ends = time.monotonic() + _READY_SECONDS
    while time.monotonic() < ends and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    said = log.read_text(encoding="utf-8", errors="replace")[-800:]
    raise Failed(f"{process.args}: did not answer at {url}:\n{said}")


def servers(peers: Path) -> dict[str, bool]:
    """Return which servers can be measured; what is missing is told."""
    there = {
        "Oxigraph server": tool(peers, "servers", "oxigraph") is not None,
        "Virtuoso 7": shutil.which("virtuoso-t") is not None and shutil.which("isql-vt") is not None,
        "rdflib-endpoint": tool(peers, "servers", "rdflib-endpoint") is not None,
    }
    for name, found in there.items():
        if not found:
            missing(name, "not installed, see bench/README.md")
    return there


def about(peers: Path) -> list[str]:
    """Return the versions of the servers, for the line under a table."""
    found = [package(peers, "servers", name) for name in ("oxigraph", "rdflib-endpoint", "uvicorn")]
    if shutil.which("virtuoso-t"):
        said = subprocess.run(["virtuoso-t", "-?"], capture_output=True, text=True, check=False)
        version = re.search(r"^Version (\S+)", said.stdout + said.stderr, re.MULTILINE)
        found.append(f"Virtuoso {version[1] if version else '(version not said)'}")
    return found
