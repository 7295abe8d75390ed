"""Web processes that die: others go on, each is started anew, and nothing is lost but what it held."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent import futures
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import requests
from conftest import EXAMPLES, ROOT, SEED, free_port
from msgspec import Struct
from serving import Server, serving
from waiting import HOUR, PATIENCE, now, wait

from ld.settings import Settings
from ld.site.generation import Generation
from ld.site.live import Live
from ld.web.listeners import Listeners

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are found in Linux's /proc")
PAGE = f"/record/{SEED}.ttl"
KILLED = " was ended by SIGKILL; another is started"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose processes are killed, but never the parent."""
    with serving(tmp_path_factory.mktemp("deaths") / "site", [EXAMPLES], processes=2, query_seconds=HOUR) as found:
        yield found


def processes(server: Server) -> set[int]:
    """The web processes."""
    parent = server.process.pid
    return set(map(int, Path(f"/proc/{parent}/task/{parent}/children").read_text().split()))


def kill(pids: set[int]) -> set[int]:
    """Kill the processes, and return them."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return pids


def numbers(server: Server) -> dict[str, float]:
    """The numbers of /metrics by name and labels."""
    text = requests.get(f"{server.url}/metrics", timeout=PATIENCE).text
    return {name: float(n) for name, n in re.findall(r"^(\w[^#\n]*?) (\S+)$", text, re.MULTILINE)}


def deaths(server: Server) -> int:
    """How many processes have died, as /metrics says."""
    return int(numbers(server)["shelfgraph_process_deaths_total"])


def said(server: Server) -> str:
    """What the server has said until now."""
    return (server.site / "serve.log").read_text()


class Seen(Struct):
    """What clients saw: how many answers they got, and when each request without one began and ended, and why."""

    answers: int = 0
    lost: list[tuple[float, float, Exception]] = []

    def ask(self, port: int) -> None:
        """Ask on a connection of one's own."""
        began = now()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            connection.request("GET", PAGE)
            answer = connection.getresponse()
            assert answer.status == 200 and answer.read().endswith(b".\n")
            self.answers += 1
        except (OSError, http.client.HTTPException) as error:
            self.lost.append((began, now(), error))
        finally:
            connection.close()


@contextmanager
def asking(server: Server, clients: int = 6) -> Iterator[Seen]:
    """Ask all the time, and give what is seen; in the end each client has had its last answer."""
    seen, over = Seen(), threading.Event()

    def client() -> None:
        while not over.is_set():
            seen.ask(server.port)

    with ThreadPoolExecutor(clients) as pool:
        asked = [pool.submit(client) for _ in range(clients)]
        try:
            yield seen
        finally:
            over.set()
    assert not [one.exception() for one in asked if one.exception()]


def test_a_killed_process_loses_at_most_the_requests_it_held(server: Server) -> None:
    before, told, moments = deaths(server), said(server).count(KILLED), []

    with asking(server) as seen:
        for _ in range(4):
            wait(lambda: len(processes(server)) == 2)
            began, (oldest, *_) = now(), sorted(processes(server))
            kill({oldest})
            moments.append((began, now()))
            known = seen.answers
            wait(lambda: seen.answers > known + 20 and oldest not in processes(server))  # noqa: B023

    assert not [one for one in seen.lost if not any(one[0] <= end and one[1] >= begin for begin, end in moments)]
    assert not [one for one in seen.lost if isinstance(one[2], ConnectionRefusedError | TimeoutError)]
    assert deaths(server) == before + 4
    assert said(server).count(KILLED) == told + 4


def test_ten_deaths_within_seconds_are_mended(server: Server) -> None:
    before, killed = deaths(server), set[int]()

    with asking(server) as seen:
        while len(killed) < 10:
            killed |= kill(wait(lambda: processes(server) - killed))  # noqa: B023
        known = seen.answers
        wait(lambda: seen.answers > known + 20)

    wait(lambda: len(processes(server)) == 2)
    assert not [one for one in seen.lost if isinstance(one[2], ConnectionRefusedError | TimeoutError)]
    assert deaths(server) == before + len(killed)
    assert server.process.poll() is None


def test_numbers_outlive_the_process_that_counted_them(server: Server) -> None:
    wait(lambda: len(processes(server)) == 2)
    name = 'shelfgraph_requests_total{form="ttl",kind="document",status="2xx"}'
    with asking(server) as seen:
        wait(lambda: seen.answers > 20)
    before = numbers(server)[name]
    running = requests.Session()
    with ThreadPoolExecutor() as pool:
        asked = pool.submit(running.get, f"{server.url}/sparql", params={"query": ENDLESS}, timeout=PATIENCE)
        wait(lambda: numbers(server)["shelfgraph_queries_running"] == 1)

        kill(processes(server))

        assert isinstance(asked.exception(), requests.ConnectionError)
    found = numbers(server)
    assert found[name] >= before > 20
    assert found["shelfgraph_queries_running"] == 0


def test_query_workers_end_with_their_web_process(server: Server) -> None:
    wait(lambda: len(processes(server)) == 2)
    with ThreadPoolExecutor() as pool:
        asked = pool.submit(requests.get, f"{server.url}/sparql", params={"query": ENDLESS}, timeout=PATIENCE)
        wait(lambda: numbers(server)["shelfgraph_queries_running"] == 1)
        gone = set(server.session()) - {server.process.pid}

        kill(processes(server))

        wait(lambda: not gone & set(server.session()))
        assert len(gone) >= 4  # two processes, and the query workers of at least one
        assert isinstance(asked.exception(), requests.ConnectionError)


def test_at_sighup_each_process_is_replaced_and_nobody_is_refused(server: Server) -> None:
    """A connection that comes in the very moment in which granian stops may be closed unread: not more than that."""
    wait(lambda: len(processes(server)) == 2)
    before, died = processes(server), deaths(server)

    with asking(server) as seen:
        server.process.send_signal(signal.SIGHUP)
        wait(lambda: len(processes(server)) == 2 and not processes(server) & before)
        known = seen.answers
        wait(lambda: seen.answers > known + 20)

    assert not [one for one in seen.lost if not isinstance(one[2], ConnectionResetError)]
    assert len(seen.lost) <= 12  # six clients, two processes that stop
    assert deaths(server) == died


def test_nobody_comes_where_no_process_comes_up(server: Server) -> None:
    """Except in the moment in which one dies: who comes then waits for the next."""
    wait(lambda: len(processes(server)) == 2)
    spoil(server.site)

    kill({min(processes(server))})
    wait(lambda: said(server).count("ended with status 1; another is started") > 1)
    with ThreadPoolExecutor(8) as pool:
        statuses = set(pool.map(lambda _: requests.get(f"{server.url}{PAGE}", timeout=PATIENCE).status_code, range(60)))

    assert statuses == {200}
    shutil.rmtree(server.site / "vocab")
    wait(lambda: len(processes(server)) == 2)


def spoil(site: Path) -> None:
    """Let no application of the site be loaded any more."""
    (site / "vocab" / "codes").mkdir(parents=True)
    (site / "vocab" / "codes" / "provenance.csv").write_text("how,words\ndoi-from-url,a column is called otherwise\n")


def test_without_any_process_clients_wait_for_the_next(tmp_path: Path) -> None:
    with serving(tmp_path / "site", [EXAMPLES], processes=1) as server:
        kill(processes(server))

        assert requests.get(f"{server.url}{PAGE}", timeout=PATIENCE).ok


def test_nothing_outlives_the_parent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not its processes, not their query workers; what it wrote down is removed by the next server."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with (
        ThreadPoolExecutor() as pool,
        serving(tmp_path / "site", [EXAMPLES], processes=2, query_seconds=HOUR) as server,
    ):
        asked = pool.submit(requests.get, f"{server.url}/sparql", params={"query": ENDLESS}, timeout=PATIENCE)
        wait(lambda: numbers(server)["shelfgraph_queries_running"] == 1)

        server.process.kill()

        wait(lambda: not server.session())
        assert isinstance(asked.exception(), requests.ConnectionError)
    left = set(tmp_path.glob("shelfgraph-*"))
    with serving(tmp_path / "site", [EXAMPLES], processes=1):
        assert left and not left & set(tmp_path.glob("shelfgraph-*"))
    assert not set(tmp_path.glob("shelfgraph-*"))


def test_a_stopping_server_starts_nothing_anew(tmp_path: Path) -> None:
    with (
        ThreadPoolExecutor() as pool,
        serving(tmp_path / "site", [EXAMPLES], processes=2, query_seconds=HOUR) as server,
    ):
        pool.submit(requests.get, f"{server.url}/sparql", params={"query": ENDLESS}, timeout=PATIENCE)
        wait(lambda: numbers(server)["shelfgraph_queries_running"] == 1)
        server.process.send_signal(signal.SIGTERM)
        wait(lambda: len(processes(server)) == 1)  # the other one has nothing to wait for

        kill(processes(server))

        assert server.process.wait(PATIENCE) == 0
        wait(lambda: not server.session())


def test_an_application_that_cannot_be_loaded_ends_the_server(server: Server, tmp_path: Path) -> None:
    site = shutil.copytree(server.site, tmp_path / "site", symlinks=True)
    spoil(site)
    command = [sys.executable, "-m", "ld", "serve", "--site", str(site), "--bind", f"127.0.0.1:{free_port()}"]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE)

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("shelfgraph: the server cannot be started")
    assert "label" in done.stderr


def scripted(script: Path) -> subprocess.CompletedProcess[str]:
    """What a Python script said and how it ended."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(script)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=PATIENCE)


def test_what_is_always_killed_before_it_serves_is_given_up(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import os, signal\n"
        "from ld.web.supervisor import Supervisor\n"
        "Supervisor(2, lambda *_: os.kill(os.getpid(), signal.SIGKILL)).run()\n"
    )

    done = scripted(script)

    assert done.stderr.splitlines()[-1].startswith("ld.errors.SiteError: the server cannot be started")
    assert len(re.findall("was ended by SIGKILL; another", done.stderr)) == 9


DEAF = """
import os, signal, time
from ld.web.supervisor import Supervisor

def work(post, place, serves):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    serves()
    time.sleep(600)

def manned(posts):
    if posts:
        os.kill(os.getpid(), signal.SIGTERM)

Supervisor(2, work, manned=manned, patience=0.5).run()
print("over")
"""


def test_who_does_not_end_when_told_is_ended(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(DEAF)

    done = scripted(tmp_path / "script.py")

    assert (done.stdout, done.returncode) == ("over\n", 0), done.stderr


DIES_ONCE = """
import os, pathlib, signal, time
from ld.web.supervisor import Supervisor

told, both = [], pathlib.Path(__file__).with_name("both")

def work(post, place, serves):
    dies = post == 0 and not both.exists()
    serves()
    while not both.exists():
        time.sleep(0.05)
    if dies:
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(600)

def manned(posts):
    told.append(posts)
    if posts == [0, 1]:
        if both.exists():
            print(told)
            os.kill(os.getpid(), signal.SIGTERM)
        both.touch()

Supervisor(2, work, manned=manned).run()
"""


def test_who_steers_is_told_which_posts_are_served(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(DIES_ONCE)

    done = scripted(tmp_path / "script.py")

    assert done.stdout.endswith("[0, 1], [1], [0, 1]]\n"), done.stderr
    assert done.returncode == 0


def test_connections_come_only_where_somebody_serves() -> None:
    doors = Listeners("127.0.0.1", 0, 1)
    port = doors.keep(0).getsockname()[1]
    doors.close()
    doors = Listeners("127.0.0.1", port, 3)
    doors.open(128)
    doors.steer([0, 2])
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda _: socket.create_connection(("127.0.0.1", port), PATIENCE).close(), range(60)))

    came = [waiting(one) for one in doors._sockets]

    doors.close()
    assert came[1] == 0 < min(came[0], came[2])
    assert sum(came) == 60


def waiting(listener: socket.socket) -> int:
    """How many connections wait there."""
    found = 0
    with suppress(BlockingIOError):
        while True:
            listener.accept()[0].close()
            found += 1
    return found


class Nobody:
    """Who need not be ready."""

    def prepare(self, generation: Generation) -> None: ...
    def tidy(self) -> None: ...


def test_a_process_comes_to_serve_when_it_has_something_to_serve(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long a generation takes to verify: the others answer meanwhile."""
    verified = threading.Event()
    monkeypatch.setattr(Generation, "verify", lambda *_, **__: verified.wait(PATIENCE))
    live = Live(settings.site, company=Nobody())
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(live.wait)

        assert not futures.wait([waiting], 0.5).done
        verified.set()
        waiting.result(PATIENCE)

    assert live.opened() is not None
