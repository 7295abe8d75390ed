"""`shelfgraph serve` as a process: how it stops, what slow and greedy clients can do to it, and nginx before it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
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
from waiting import PATIENCE, answers, wait, wait_until_it_answers

from ld.publish.run import publish
from ld.settings import Settings
from ld.web.server import stop_seconds

RECORD = f"/record/{SEED}"
SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(?c != ?f) }"
LONG = "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 50000"
POST = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
DAY = 24 * 60 * 60  # a time limit that no test reaches


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
            if process.poll() is None:
                server.stop()


@pytest.fixture(scope="module")
def server(site: Path) -> Iterator[Server]:
    """A server for the tests that do not end it."""
    with serving(site, query_seconds=DAY) as found:
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
    with serving(site, query_seconds=DAY) as server, ThreadPoolExecutor() as pool:
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
    """The first signal ends what is idle, and would leave the query its day; the second ends that too."""
    with serving(site, query_seconds=DAY) as server, ThreadPoolExecutor() as pool:
        running = pool.submit(server.query, ENDLESS)
        wait(lambda: server.numbers()["shelfgraph_queries_running"] == 1)
        processes = family(server.process.pid)
        idle = server.connect(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        server.process.send_signal(signal.SIGTERM)
        assert until_closed(idle).startswith(b"HTTP/1.1 200")

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
    wait(lambda: server.numbers()["shelfgraph_queries_running"] == 0)  # all have gone away


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


# -- what the README says ----------------------------------------------------------------------------------------------


def sample(kind: str) -> str:
    """The sample of that kind in the README."""
    return re.findall(rf"^```{kind}\n(.*?)^```", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)[0]


@pytest.fixture(scope="module")
def proxied(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of nginx before the server, as the README sets it up."""
    if not shutil.which("nginx"):
        pytest.skip("nginx is not installed")
    folder = tmp_path_factory.mktemp("nginx")
    port = free_port()
    with serving(site, proxies=1, access_log=folder / "access.log", log_addresses="full") as server:
        text = sample("nginx").replace("127.0.0.1:8000", f"127.0.0.1:{server.port}")
        text = re.sub(
            r"listen .*;", f"listen 127.0.0.1:{port};", re.sub(r"^ *(listen \[|ssl_).*\n", "", text, flags=re.M)
        )
        temporary = "".join(
            f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        text = text.replace("/var/cache/nginx", str(folder))
        (folder / "nginx.conf").write_text(
            f"user root; daemon off; pid {folder}/pid; error_log error.log; events {{}}\n"
            f"http {{ access_log off; {temporary} {text} }}\n"
        )
        command = ["nginx", "-p", str(folder), "-c", "nginx.conf"]
        subprocess.run([*command, "-t"], check=True, stderr=subprocess.DEVNULL)
        with subprocess.Popen(command) as process:
            try:
                wait_until_it_answers(process, f"http://127.0.0.1:{port}/catalogue/healthz")
                yield f"http://127.0.0.1:{port}/catalogue"
            finally:
                process.terminate()


def test_records_queries_and_ranges_of_dumps_come_through_nginx(proxied: str) -> None:
    page = requests.get(f"{proxied}{RECORD}", headers={"Accept": "text/html"}, timeout=PATIENCE)
    form = requests.get(f"{proxied}{RECORD}.ttl", timeout=PATIENCE)
    held = requests.get(f"{proxied}{RECORD}.ttl", headers={"If-None-Match": form.headers["ETag"]}, timeout=PATIENCE)
    asked = requests.post(f"{proxied}/sparql", data={"query": "ASK { ?s ?p ?o }", "format": "json"}, timeout=PATIENCE)
    long = requests.get(f"{proxied}/sparql", params={"query": LONG, "format": "csv"}, timeout=PATIENCE)
    dump = requests.get(f"{proxied}/dump/catalogue.nt.gz", timeout=PATIENCE)
    part = requests.get(f"{proxied}/dump/catalogue.nt.gz", headers={"Range": "bytes=10-19"}, timeout=PATIENCE)

    assert page.headers["Content-Location"] == f"https://host.example/catalogue/record/{SEED}.html"
    assert requests.get(proxied.removesuffix("/catalogue") + "/catalogue/static/style.css", timeout=PATIENCE).ok
    assert (form.status_code, held.status_code) == (200, 304)
    assert asked.json()["boolean"] is True
    assert long.text.count("\n") == 50_001
    assert (part.status_code, part.content) == (206, dump.content[10:20])


def test_through_nginx_neither_metrics_nor_a_false_host_or_address_pass(proxied: str) -> None:
    sent = {"Host": "evil.example", "X-Forwarded-For": "192.0.2.1", "X-Forwarded-Host": "evil.example"}

    page = requests.get(f"{proxied}{RECORD}", headers=sent, timeout=PATIENCE)

    assert "evil.example" not in f"{page.headers}{page.text}"
    assert requests.get(f"{proxied}/metrics", timeout=PATIENCE).status_code == 404


def test_a_body_too_large_is_refused_by_nginx(proxied: str) -> None:
    refused = requests.post(f"{proxied}/sparql", data=b"x" * 3_000_000, timeout=PATIENCE)

    assert refused.status_code == 413


def test_the_units_of_the_readme_are_sound(tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd is not installed")
    names = ("shelfgraph.service", "shelfgraph-publish.service", "shelfgraph-publish.timer")
    units = dict(zip(names, re.split(r"^(?=# /etc)", sample("ini"), flags=re.M)[1:], strict=True))
    for name, text in units.items():
        (tmp_path / name).write_text(re.sub(r"/srv/shelfgraph/venv/bin/shelfgraph", "/bin/true", text))

    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / name) for name in names)],
        capture_output=True, text=True, check=False, env=os.environ | {"SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
    )  # fmt: skip

    assert not [line for line in done.stderr.splitlines() if "shelfgraph" in line]
    assert all(f"# /etc/systemd/system/{name}" in text for name, text in units.items())


def test_systemd_waits_longer_than_the_server_does(site: Path) -> None:
    waits = int(re.findall(r"TimeoutStopSec=(\d+)", sample("ini"))[0])

    assert waits > stop_seconds(Settings(site, {}, {}))


def test_a_log_that_cannot_be_written_is_one_clear_line(site: Path) -> None:
    command = [sys.executable, "-m", "ld", "serve", "--site", str(site), "--bind", f"127.0.0.1:{free_port()}"]
    environment = os.environ | {"SHELFGRAPH_ACCESS_LOG": str(site / "none" / "access.log")}

    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=PATIENCE
    )

    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith("shelfgraph: access_log from environment: ")
