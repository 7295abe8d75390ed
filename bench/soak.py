"""Hostile queries and searches against a running server while others read record pages: what each met, who noticed.

    python bench/soak.py 2000

Starts `shelfgraph serve` with a time limit of `--limit` seconds and `--memory` MiB a query. Sends each search and each
query of `bombs.py`, the searches from four connections at once, then several queries at once from different addresses.
All the while `--readers` clients ask for random records in all forms. A server on 127.0.0.1 counts who visits it:
nobody must.
"""

from __future__ import annotations

import csv
import http.client
import json
import os
import random
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from bombs import PARTS, Bomb, bombs, searches
from catalogue import SHELFGRAPH, live, manifest, parser, published
from measure import memory, mib, table, tell, tree, versions, workplace

PATIENCE = 300.0  # seconds after which what has not happened never will
FORMS = ("text/html", "text/turtle", "application/ld+json", "application/rdf+xml", "application/n-triples")


@dataclass
class Met:
    """What a bomb met: the status, what was said, seconds until then and until its worker was gone, MiB it had.

    It is right when it got an answer that is promised and its worker was freed, late when that took too long.
    """

    name: str
    right: bool
    late: bool
    status: int
    said: str
    answered: float
    freed: float | None
    peak: int
    pages: int = 0
    p50: float = 0.0
    p99: float = 0.0


@dataclass
class Searched:
    """What a search met: the status on each connection, 0 where there was none, and the seconds of the slowest."""

    name: str
    statuses: list[int]
    slowest: float


@dataclass
class Soak:
    """All that was seen; `same` processes served at the end."""

    bombs: list[Met] = field(default_factory=list)
    searches: list[Searched] = field(default_factory=list)
    same: bool = False
    together: dict[str, int] = field(default_factory=dict)
    pages: int = 0
    failed: list[str] = field(default_factory=list)
    p50: float = 0.0
    p99: float = 0.0
    slowest: float = 0.0
    visits: int = 0
    memory: tuple[int, int] = (0, 0)
    processes: tuple[int, int] = (0, 0)
    left: int = 0
    version: str = ""


def main() -> None:
    """Print the table, or with --json all that was seen."""
    options = parser(__doc__ or "", 2_000)
    options.add_argument("--site", type=Path, help="a published site to serve; default one made of SIZE records")
    options.add_argument("--limit", type=float, default=5.0, help="time limit of a query in seconds")
    options.add_argument("--memory", type=int, default=512, help="memory limit of a query in MiB")
    options.add_argument("--readers", type=int, default=4, help="clients that ask for records")
    options.add_argument("--only", default="", help="only bombs with this in their name")
    options.add_argument("--part", choices=PARTS, default="all", help="only what a limit may stop, or all but that")
    options.add_argument("--json", action="store_true", help="print all that was seen as JSON")
    asked = options.parse_args()
    with workplace(asked.work) as work:
        site = asked.site or published(work, asked.size, asked.seed)
        found = soak(site, work, asked)
    if asked.json:
        print(json.dumps(asdict(found)))
    else:
        _print(found, asked, manifest(site)["counts"] if asked.site or asked.work else {})


def soak(site: Path, work: Path, asked: Any) -> Soak:
    """Serve the site, throw everything at it, and return what was seen."""
    found = Soak(version=versions("shelfgraph", "pyoxigraph", "granian"))
    with (
        canary() as visited,
        serving(site, work / "serve.log", asked) as server,
        Readers(server, site, asked) as readers,
    ):
        _warmed(server)
        before, serve = (own_memory(server), len(tree(server.pid))), servers(server)
        if asked.part != "stopped":
            found.searches = [_searched(server, *one) for one in searches().items() if asked.only in one[0]]
        for bomb in (one for one in bombs(visited.url) if asked.only in one.name and asked.part in (one.part, "all")):
            tell(bomb.name)
            found.bombs.append(_thrown(server, bomb, readers, asked.limit))
        if asked.part != "answered":
            found.together = _together(server, asked.limit)
        settled(server)
        _patiently(lambda: len(tree(server.pid)) <= before[1])
        after = own_memory(server), len(tree(server.pid))
        found.same = servers(server) == serve
        readers.stop()
        found.memory, found.processes = (before[0], after[0]), (before[1], after[1])
        found.pages, found.failed = len(readers.times), readers.failed
        found.p50, found.p99, found.slowest = _quantiles([one for _, one in readers.times])
        found.visits = visited.visits
    _patiently(lambda: not _session(server.pid))
    found.left = len(_session(server.pid))
    return found


def _patiently(done: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Return when it is done, or when that can no longer be expected."""
    until = time.monotonic() + seconds
    while not done() and time.monotonic() < until:
        time.sleep(0.05)


# -- the server and what runs for it -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Server:
    """A running server."""

    port: int
    pid: int


@contextmanager
def serving(site: Path, log: Path, asked: Any) -> Iterator[Server]:
    """Run `shelfgraph serve` in a session of its own until the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {"SHELFGRAPH_QUERY_SECONDS": str(asked.limit), "SHELFGRAPH_QUERY_MEMORY": str(asked.memory)}
    command = [*SHELFGRAPH, "serve", "--site", str(site), "--bind", f"127.0.0.1:{port}"]
    with log.open("wb") as out:
        process = subprocess.Popen(command, env=os.environ | env, stdout=out, stderr=out, start_new_session=True)
        try:
            _wait_for(port)
            yield Server(port, process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                process.wait(PATIENCE)
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def _wait_for(port: int) -> None:
    def ready() -> bool:
        with suppress(OSError, http.client.HTTPException):
            return _asked(port, "GET", "/readyz")[0] == 200
        return False

    _patiently(ready)
    if not ready():
        raise SystemExit("soak.py: the server does not answer")


def _session(leader: int) -> list[int]:
    """Return the processes that live in the session of the server."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _, _, of = path.read_text().rpartition(")")[2].split()[:4]
            if int(of) == leader and state != "Z":
                found.append(int(path.parent.name))
    return found


def workers(server: Server) -> dict[int, int]:
    """Return the query workers, and the most memory each has had, in bytes."""
    found = {}
    for pid in tree(server.pid):
        with suppress(OSError, ValueError):
            if b"ld.sparql.worker" in Path(f"/proc/{pid}/cmdline").read_bytes():
                status = Path(f"/proc/{pid}/status").read_text()
                found[pid] = int(status.partition("VmHWM:")[2].split()[0]) << 10
    return found


def servers(server: Server) -> set[int]:
    """Return the processes of the server that are no query workers."""
    return set(tree(server.pid)) - workers(server).keys()


def own_memory(server: Server) -> int:
    """Return the memory of the server without its query workers."""
    return memory(server.pid) - sum(memory(pid) for pid in workers(server))


def _warmed(server: Server) -> None:
    """Return when every process has started its workers: a new connection comes to any of them."""
    for _ in range(40):
        settled(server)
        time.sleep(0.1)


def settled(server: Server) -> None:
    """Return when a small query is answered: nothing runs any more, and there are workers again."""
    _patiently(lambda: _asked(server.port, "GET", "/sparql?query=ASK%7B%7D")[0] == 200)


# -- bombs -------------------------------------------------------------------------------------------------------------


def _asked(
    port: int, method: str, path: str, body: bytes = b"", kind: str = "", source: str = "127.0.0.1"
) -> tuple[int, str]:
    """Return status and answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE, source_address=(source, 0))
    try:
        connection.request(method, path, body or None, {"Content-Type": kind} if kind else {})
        answer = connection.getresponse()
        return answer.status, answer.read().decode("utf-8", "replace")
    finally:
        connection.close()


def send(server: Server, bomb: Bomb, source: str = "127.0.0.1") -> tuple[int, str]:
    """Return status and answer of a bomb; 0 where there is none."""
    port = server.port
    if bomb.how == "post":
        return _asked(port, "POST", "/sparql", bomb.query.encode(), "application/sparql-query", source)
    if bomb.how == "get":
        return _asked(port, "GET", f"/sparql?query={quote(bomb.query)}", source=source)
    if bomb.how in ("graph", "update"):
        fields = {"update": bomb.query}
        if bomb.how == "graph":
            fields = {"query": "SELECT * { ?s ?p ?o }", "default-graph-uri": bomb.query}
        return _asked(port, "POST", "/sparql", urlencode(fields).encode(), "application/x-www-form-urlencoded", source)
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as connection, suppress(OSError):
        return _STRANGE[bomb.how](connection, bomb)
    return 0, "the connection was closed"


def _huge(connection: socket.socket, bomb: Bomb) -> tuple[int, str]:
    connection.sendall(_head("POST", "/sparql", 40 << 20))
    for _ in range(40):
        connection.sendall(b"x" * (1 << 20))
    return _first(connection)


def _stalled(connection: socket.socket, bomb: Bomb) -> tuple[int, str]:
    connection.sendall(_head("POST", "/sparql", 1000) + b"ASK")
    time.sleep(2)
    return 0, "sent a head, and then nothing"


def _slow(connection: socket.socket, bomb: Bomb) -> tuple[int, str]:
    """Read a large answer slowly; meanwhile the worker must be free for others."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 14)
    connection.sendall(_head("GET", f"/sparql?query={quote(bomb.query)}"))
    status, _ = _first(connection)
    for _ in range(15):
        connection.recv(1 << 12)
        time.sleep(0.2)
    other = _asked(connection.getpeername()[1], "GET", "/sparql?query=ASK%7B%7D")[0]
    return status, f"another query meanwhile: {other}"


def _leaves(connection: socket.socket, bomb: Bomb) -> tuple[int, str]:
    connection.sendall(_head("GET", f"/sparql?query={quote(bomb.query)}"))
    time.sleep(0.7)
    return 0, "left after 0.7 s"


_STRANGE = {"huge": _huge, "stalled": _stalled, "slow": _slow, "leaves": _leaves}


def _head(method: str, path: str, size: int = 0) -> bytes:
    more = f"Content-Type: application/sparql-query\r\nContent-Length: {size}\r\n" if size else ""
    return f"{method} {path} HTTP/1.1\r\nHost: a\r\n{more}\r\n".encode()


def _first(connection: socket.socket) -> tuple[int, str]:
    data = connection.recv(1 << 12)
    return int(data.split(b" ", 2)[1]) if data else 0, data.partition(b"\r\n\r\n")[2].decode("utf-8", "replace")


def _thrown(server: Server, bomb: Bomb, readers: Readers, limit: float) -> Met:
    """Send one bomb and return what it met; its worker is watched until it is gone, or at rest again."""
    settled(server)
    before, began = workers(server), time.monotonic()
    watch = Watch(server, set(before))
    status, text = send(server, bomb)
    answered = time.monotonic() - began
    ends = bomb.how in ("leaves", "post") and status in (0, 503, 504)
    if ends:
        _patiently(lambda: bool(watch.ended))
    watch.stop()
    freed = watch.ended - began if watch.ended else None
    right = status in bomb.right and (freed is not None or not ends)
    late = freed is not None and freed > limit if bomb.how == "leaves" else ends and answered > limit + 2
    met = Met(bomb.name, right, late, status, _said(text), answered, freed, watch.peak)
    times = [took for at, took in readers.times if at >= began]
    met.pages = len(times)
    met.p50, met.p99, _ = _quantiles(times)
    return met


def _said(text: str) -> str:
    """Return what is said of an error, in short."""
    with suppress(ValueError):
        return str(json.loads(text).get("detail", ""))[:160]
    return text[:60].replace("\r\n", " ") if text.isprintable() else ""


class Watch:
    """Looks at the workers: the most memory one has, and when one of those of the beginning was gone."""

    def __init__(self, server: Server, there: set[int]) -> None:
        self.peak, self.ended = 0, 0.0
        self._server, self._there, self._over = server, there, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._over.wait(0.02):
            now = workers(self._server)
            self.peak = max(self.peak, *now.values(), 0) if now else self.peak
            if not self.ended and not self._there <= now.keys():
                self.ended = time.monotonic()

    def stop(self) -> None:
        """End looking."""
        self._over.set()
        self._thread.join()


def _together(server: Server, limit: float) -> dict[str, int]:
    """Send heavy queries from a dozen addresses at once, and return how many got which status."""
    tell("twelve clients at once")
    heavy = [one for one in bombs("http://127.0.0.1:9/") if one.right == (503, 504)]
    counts: dict[str, int] = {}
    lock = threading.Lock()

    def client(n: int) -> None:
        until = time.monotonic() + 2 * limit
        while time.monotonic() < until:
            status, _ = send(server, heavy[n % len(heavy)], f"127.0.0.{n + 2}")
            with lock:
                counts[str(status)] = counts.get(str(status), 0) + 1
            time.sleep(0.2)

    threads = [threading.Thread(target=client, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return counts


def _searched(server: Server, name: str, text: bytes) -> Searched:
    """Send a search from four connections at once, twice: its page, and its JSON."""
    tell(f"search: {name}")
    statuses, began = [], time.monotonic()

    def client() -> None:
        for more in ("", "&format=json"):
            status = 0
            with suppress(OSError, http.client.HTTPException):
                status = _asked(server.port, "GET", f"/search?q={quote(text)}{more}")[0]
            statuses.append(status)

    threads = [threading.Thread(target=client) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Searched(name, statuses, time.monotonic() - began)


# -- who is there besides ----------------------------------------------------------------------------------------------


class Readers:
    """Clients that ask for random records; `times` holds when each answer came and how long it took."""

    def __init__(self, server: Server, site: Path, asked: Any) -> None:
        with (live(site) / "dumps" / "catalogue.csv").open(encoding="utf-8", newline="") as lines:
            self._ids = [row["id"] for row in csv.DictReader(lines)]
        self.times: list[tuple[float, float]] = []
        self.failed: list[str] = []
        self._port, self._over = server.port, threading.Event()
        self._threads = [threading.Thread(target=self._read, args=(n,), daemon=True) for n in range(asked.readers)]

    def __enter__(self) -> Readers:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End reading."""
        self._over.set()
        for thread in self._threads:
            thread.join(PATIENCE)

    def _read(self, n: int) -> None:
        """Ask on a kept connection, a little less often than would occupy the machine."""
        choose = random.Random(n)
        connection = http.client.HTTPConnection(
            "127.0.0.1", self._port, timeout=PATIENCE, source_address=(f"127.0.1.{n + 1}", 0)
        )
        while not self._over.wait(0.01):
            path, began = f"/record/{quote(choose.choice(self._ids), safe='')}", time.monotonic()
            try:
                connection.request("GET", path, headers={"Accept": choose.choice(FORMS)})
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException) as error:
                self.failed.append(f"{path}: {error!r}")
                connection.close()
                continue
            self.times.append((began, time.monotonic() - began))
            if answer.status != 200:
                self.failed.append(f"{path}: {answer.status}")
        connection.close()


class Canary(HTTPServer):
    """A server that counts its visitors."""

    visits = 0

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), BaseHTTPRequestHandler)
        self.url = f"http://127.0.0.1:{self.server_port}/"

    def verify_request(self, request: object, client_address: object) -> bool:
        """Count, and turn away."""
        self.visits += 1
        return False


@contextmanager
def canary() -> Iterator[Canary]:
    """Run the canary."""
    with Canary() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


# -- tables ------------------------------------------------------------------------------------------------------------


def _quantiles(times: Sequence[float]) -> tuple[float, float, float]:
    """Return median, 99th percentile and maximum in ms."""
    if not times:
        return 0.0, 0.0, 0.0
    found = sorted(times)
    return found[len(found) // 2] * 1000, found[min(len(found) - 1, len(found) * 99 // 100)] * 1000, found[-1] * 1000


def _print(found: Soak, asked: Any, counts: dict[str, int]) -> None:
    heads = ("query", "status", "seconds until answered", "until its worker was gone", "peak MiB of a worker",
             "pages meanwhile", "p50 ms", "p99 ms")  # fmt: skip
    rows = [
        (
            one.name.replace("|", "\\|") + " **not as promised**" * (one.late or not one.right), one.status or "-",
            f"{one.answered:.2f}", f"{one.freed:.2f}" if one.freed is not None else "stayed", mib(one.peak), one.pages,
            f"{one.p50:.1f}", f"{one.p99:.1f}",
        )
        for one in found.bombs
    ]  # fmt: skip
    records = f", {counts['records']:,} records, {counts['stored']:,} triples" if counts else ""
    print(f"## Hostile queries: {asked.limit:g} s and {asked.memory} MiB a query, {asked.readers} readers{records}\n")
    print(table(heads, rows))
    bad = [one.name for one in found.searches if set(one.statuses) != {200}]
    slow = max(found.searches, key=lambda one: one.slowest, default=None)
    print(f"{len(found.searches)} searches, 4 connections at once: {len(bad)} not answered {bad or ''}")
    print(f"slowest: {slow.name}, {slow.slowest:.2f} s for 8 answers. " if slow else "", end="")
    print(f"The processes that serve are {'the same' if found.same else '**not the same**'} as before.")
    print(f"Twelve clients with heavy queries at once: {found.together}.")
    print(f"{found.pages:,} record pages, {len(found.failed)} failed, p50 {found.p50:.1f} ms, p99 {found.p99:.1f} ms,")
    print(f"slowest {found.slowest:.0f} ms. Visits to the canary: {found.visits}.")
    print(f"Memory of the server without workers {mib(found.memory[0])} MiB before, {mib(found.memory[1])} after;")
    print(f"processes {found.processes[0]} before, {found.processes[1]} after; {found.left} left when it ended.")
    print(f"{found.version}.")


if __name__ == "__main__":
    main()
