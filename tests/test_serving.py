"""`shelfgraph serve` as a process: how it stops, what slow and greedy clients can do to it, and nginx before it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest
import requests
from conftest import EXAMPLES, ROOT, SEED, free_port
from msgspec import Struct
from waiting import HOUR, PATIENCE, answers, wait, wait_until_it_answers

from ld.publish.run import publish
from ld.settings import Settings

RECORD = f"/record/{SEED}"
SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(?c != ?f) }"
LONG = "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 50000"
POST = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"


class Server(Struct):
    """A running server: its process, where it listens, and its site."""

    process: subprocess.Popen[bytes]
    port: int
    site: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def connect(self, sent: bytes = b"") -> socket.socket:
        """A connection on which so much was sent."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        connection.sendall(sent)
        return connection

    def query(self, text: str) -> requests.Response:
        return requests.get(f"{self.url}/sparql", params={"query": text, "format": "csv"}, timeout=PATIENCE)

    def numbers(self) -> dict[str, float]:
        """The numbers of /metrics by name and labels."""
        text = requests.get(f"{self.url}/metrics", timeout=PATIENCE).text
        return {name: float(n) for name, n in re.findall(r"^(\w[^#\n]*?) (\S+)$", text, re.MULTILINE)}

    def tell(self) -> None:
        """Tell the server to stop, and return when it has heard: it closes what is idle."""
        with contextlib.suppress(OSError):
            idle = self.connect(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            self.process.send_signal(signal.SIGTERM)
            until_closed(idle)

    def stop(self) -> int:
        """End the server, and return its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with every example published, below a path."""
    found = tmp_path_factory.mktemp("site")
    publish([str(EXAMPLES)], Settings(found, {"base": "https://host.example/catalogue/"}, {}))
    return found


@contextlib.contextmanager
def serving(site: Path, **settings: object) -> Iterator[Server]:
    """Run the server with these settings on a free port."""
    port = free_port()
    given = {"bind": f"127.0.0.1:{port}", "query_per_client": 10} | settings
    environment = os.environ | {f"SHELFGRAPH_{name.upper()}": str(value) for name, value in given.items()}
    command = [sys.executable, "-m", "ld", "serve", "--site", str(site)]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    ) as process:
        server = Server(process, port, site)
        try:
            wait_until_it_answers(process, f"{server.url}/readyz")
            yield server
        finally:
            if process.poll() is None:  # told twice, it does not wait for what still runs
                server.tell()
                server.stop()


@pytest.fixture(scope="module")
def server(site: Path) -> Iterator[Server]:
    """A server for the tests that do not end it."""
    with serving(site, query_seconds=HOUR) as found:
        yield found


def family(process: int) -> set[int]:
    """The process and all that it started, and they started."""
    listed = subprocess.run(["ps", "-eo", "pid,ppid"], capture_output=True, text=True, check=True).stdout
    pairs = [(int(one), int(parent)) for one, parent in (line.split() for line in listed.splitlines()[1:])]
    found = {process}
    while more := {one for one, parent in pairs if parent in found} - found:
        found |= more
    return found


def alive(processes: set[int]) -> set[int]:
    return {one for one in processes if Path(f"/proc/{one}").exists()}


def until_closed(connection: socket.socket) -> bytes:
    """What comes until the other side closes."""
    found = b""
    with connection, contextlib.suppress(ConnectionError):
        while piece := connection.recv(65536):
            found += piece
    return found


# -- stopping ----------------------------------------------------------------------------------------------------------


def test_a_server_that_is_told_to_stop_answers_what_it_has_begun(site: Path) -> None:
    with serving(site, query_seconds=HOUR) as server, ThreadPoolExecutor() as pool:
        triples = int(server.query("SELECT (COUNT(*) AS ?n) { ?a ?b ?c }").text.split()[1])
        running = pool.submit(server.query, SLOW)
        wait(lambda: server.numbers()["shelfgraph_queries_running"] == 1)
        processes = family(server.process.pid)

        status = server.stop()

        assert (running.result().status_code, running.result().text) == (200, f"n\r\n{triples**2}\r\n")
        assert status == 0
        wait(lambda: not alive(processes))
        assert len(processes) >= 5  # the server, its process, three workers for queries
        with pytest.raises(requests.ConnectionError):
            requests.get(f"{server.url}/healthz", timeout=PATIENCE)


def test_a_server_that_is_told_twice_stops_at_once(site: Path) -> None:
    """The first signal ends what is idle, and would leave the query its hour; the second ends that too."""
    with serving(site, query_seconds=HOUR) as server, ThreadPoolExecutor() as pool:
        running = pool.submit(server.query, ENDLESS)
        wait(lambda: server.numbers()["shelfgraph_queries_running"] == 1)
        processes = family(server.process.pid)
        server.tell()

        status = server.stop()

        assert status == 0
        wait(lambda: not alive(processes))
        assert isinstance(running.exception(), requests.ConnectionError)


# -- slow and greedy clients -------------------------------------------------------------------------------------------


def test_a_head_that_does_not_come_is_not_waited_for(server: Server) -> None:
    silent = server.connect()
    slow = server.connect(b"GET / HTTP/1.1\r\nHost: x\r\n")
    kept = server.connect(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    over = threading.Event()

    def drip() -> None:
        with contextlib.suppress(OSError):
            while not over.wait(0.2):
                slow.sendall(b"X")

    thread = threading.Thread(target=drip)
    thread.start()
    try:
        assert until_closed(silent) == b""
        assert b"200 OK" not in until_closed(slow)
        assert until_closed(kept).startswith(b"HTTP/1.1 200 OK")
    finally:
        over.set()
        thread.join()


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 1_000_000 + b"\r\n\r\n", b"431"),
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: x\r\n" * 1000 + b"\r\n", b"431"),
        (b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", b"414"),
        (POST + b"Content-Length: 10000000000\r\n\r\nASK", b"413"),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n" + (b"10000\r\n" + b"x" * 65536 + b"\r\n") * 40, b"413"),
        (b"POST /record/b1 HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000000\r\n\r\nx", b"405"),
        (b"GET /record/b1.ttl HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000000\r\n\r\nx", b"200"),
    ],
    ids=["a long header", "many headers", "a long address", "a long body", "a body without end", "405", "unread"],
)  # fmt: skip
def test_huge_requests_are_refused_and_closed(server: Server, sent: bytes, status: bytes) -> None:
    connection = server.connect()
    with contextlib.suppress(ConnectionError):
        connection.sendall(sent)

    assert until_closed(connection).startswith(b"HTTP/1.1 " + status)
    assert answers(f"{server.url}/healthz")


@pytest.mark.parametrize(("size", "status"), [(120 << 10, b"200"), (300 << 10, b"431")])
def test_a_head_has_128_kib(server: Server, size: int, status: bytes) -> None:
    """So much a client may always send; what is read beyond, before it is refused, is one more piece."""
    connection = server.connect()
    with contextlib.suppress(ConnectionError):
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX: " + b"x" * size + b"\r\n\r\n")

    assert until_closed(connection).startswith(b"HTTP/1.1 " + status)


def test_pages_are_answered_whatever_slow_clients_hold(server: Server) -> None:
    """Idle connections, bodies that do not come, long answers that are not taken in, endless queries, all at once."""
    post = POST + b"Content-Length: 99\r\n\r\n"
    get, endless = (
        f"GET /sparql?query={quote(query)} HTTP/1.1\r\nHost: x\r\n\r\n".encode() for query in (LONG, ENDLESS)
    )
    with contextlib.ExitStack() as held:
        for sent in [b""] * 200 + [post] * 20 + [get] * 10 + [endless] * 5:
            held.enter_context(server.connect(sent))
        wait(lambda: server.numbers()["shelfgraph_queries_running"] == 2)

        for _ in range(20):
            assert requests.get(f"{server.url}{RECORD}", timeout=PATIENCE).status_code == 200
        refused = requests.post(f"{server.url}/sparql", data={"query": "ASK {}"}, timeout=PATIENCE)

        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")


# -- several processes -------------------------------------------------------------------------------------------------


def test_processes_share_a_log_and_their_numbers(site: Path, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    with serving(site, processes=2, access_log=log, log_addresses="full") as server:

        def ask(n: int) -> int:
            return requests.get(f"{server.url}/record/none-{n}", timeout=PATIENCE).status_code

        with ThreadPoolExecutor(8) as pool:
            assert set(pool.map(ask, range(200))) == {404}
        found = server.numbers()
        assert server.stop() == 0

    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert len({one["path"] for one in lines if one["status"] == 404}) == 200
    assert sum(n for name, n in found.items() if "requests_total" in name and "4xx" in name) == 200
    assert found["shelfgraph_queries_running"] == 0


# -- the log -----------------------------------------------------------------------------------------------------------


def test_a_log_that_cannot_be_written_is_one_clear_line(site: Path) -> None:
    command = [sys.executable, "-m", "ld", "serve", "--site", str(site), "--bind", f"127.0.0.1:{free_port()}"]
    environment = os.environ | {"SHELFGRAPH_ACCESS_LOG": str(site / "none" / "access.log")}

    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=PATIENCE
    )

    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith("shelfgraph: access_log from environment: ")
