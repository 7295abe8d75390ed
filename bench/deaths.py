"""Web processes killed under load, and the requests that are lost by it: `python bench/deaths.py 2000`.

Starts `shelfgraph serve` and clients that ask for random records, half of them on a connection that is kept, half on a
new one each time. Then `kill -9`: each process in turn, all at once, each as soon as it is seen, at last the parent.

A request is lost that got no whole answer. It was held where it was on its way when a process was killed. One that was
sent later, on a connection kept since before, meets a connection that has ended; any HTTP client sends it again.
"""

from __future__ import annotations

import csv
import http.client
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import quote

from catalogue import live, parser, published
from measure import table, tell, tree, versions, workplace
from soak import Server, serving

BACK_SECONDS = 20.0
HEADS = ("killed", "deaths", "requests", "lost: held", "on a connection that had ended", "otherwise",
         "answered again after s: median", "most", "slowest answer s")  # fmt: skip


@dataclass(frozen=True)
class Killed:
    """When how many processes were killed."""

    before: float
    after: float
    count: int


@dataclass(frozen=True)
class Asked:
    """A request: when it began and ended, whether on a connection that was used before, and why it has no answer."""

    began: float
    ended: float
    kept: bool
    error: str


@dataclass
class Clients:
    """Clients that ask without a pause, until they are stopped."""

    server: Server
    ids: list[str]
    count: int
    seen: list[Asked] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(n,), daemon=True) for n in range(self.count)]

    def __enter__(self) -> Clients:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(60)

    def _ask(self, n: int) -> None:
        choose = random.Random(n)
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        while not self._over.wait(0.002):
            kept, began = connection.sock is not None, time.monotonic()
            error = _fault(connection, f"/record/{quote(choose.choice(self.ids), safe='')}.ttl")
            self.seen.append(Asked(began, time.monotonic(), kept, error))
            if error or n % 2:
                connection.close()


def _fault(connection: http.client.HTTPConnection, path: str) -> str:
    """Return why there is no whole answer; nothing where there is."""
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException) as fault:
        return repr(fault)
    return "" if answer.status == 200 else str(answer.status)


def main() -> None:
    """Kill, and print the table."""
    options = parser(__doc__ or "", 2_000)
    options.add_argument("--processes", type=int, default=2, help="web processes (default 2)")
    options.add_argument("--clients", type=int, default=8, help="clients that ask (default 8)")
    asked = options.parse_args()
    asked.limit, asked.memory = 5.0, 512
    os.environ["SHELFGRAPH_PROCESSES"] = str(asked.processes)
    version = versions("shelfgraph", "granian")
    with workplace(asked.work) as work:
        site = published(work, asked.size, asked.seed)
        rows, left = measured(site, work, asked)
    print(f"## Web processes killed: {asked.processes} processes, {asked.clients} clients, {asked.size:,} records\n")
    print(table(HEADS, rows))
    print(f"After kill -9 of the parent {left} processes were left.")
    print(f"{version}.")


def measured(site: Path, work: Path, asked: Any) -> tuple[list[tuple[object, ...]], int]:
    """Return a row a way of killing, and how many processes were left when the parent was killed."""
    with (live(site) / "dumps" / "catalogue.csv").open(encoding="utf-8", newline="") as lines:
        ids = [row["id"] for row in csv.DictReader(lines)]
    rows = []
    for name, way in WAYS.items():
        tell(name)
        with serving(site, work / "serve.log", asked) as server:
            rows.append(row(name, way, Clients(server, ids, asked.clients)))
            everything = tree(server.pid)
            os.kill(server.pid, signal.SIGKILL)
            time.sleep(2)
    return rows, len([pid for pid in everything[1:] if alive(pid)])


def row(name: str, way: Callable[[Server], Iterator[Killed]], clients: Clients) -> tuple[object, ...]:
    """Kill in this way under load, and return what became of the requests."""
    with clients:
        time.sleep(1)
        killed = list(way(clients.server))
        if not answers(clients):
            sys.exit(f"{name}: the server does not answer any more")
    lost = [one for one in clients.seen if one.error]
    held = [one for one in lost if any(one.began <= death.after and death.before <= one.ended for death in killed)]
    late = [one for one in lost if one not in held and one.kept]
    back = [again(death.after, clients.seen) for death in killed]
    slowest = max(one.ended - one.began for one in clients.seen if not one.error)
    return (
        name, sum(death.count for death in killed), f"{len(clients.seen):,}", len(held), len(late),
        len(lost) - len(held) - len(late), f"{median(back):.2f}", f"{max(back):.2f}", f"{slowest:.2f}",
    )  # fmt: skip


def again(moment: float, seen: list[Asked]) -> float:
    """Return the seconds until a request was answered that began after the moment."""
    return min((one.ended for one in seen if one.began >= moment and not one.error), default=float("inf")) - moment


def answers(clients: Clients) -> bool:
    """Determine whether the server answers again, in time."""
    begun = time.monotonic()
    while time.monotonic() - begun < BACK_SECONDS:
        if again(begun, list(clients.seen)) < float("inf"):
            return True
        time.sleep(0.1)
    return False


# -- ways of killing ---------------------------------------------------------------------------------------------------


def in_turn(server: Server) -> Iterator[Killed]:
    """Kill the oldest process, one a second, ten times."""
    for _ in range(10):
        yield kill(processes(server)[:1])
        time.sleep(1)


def at_once(server: Server) -> Iterator[Killed]:
    """Kill all processes, every two seconds, five times."""
    for _ in range(5):
        yield kill(processes(server))
        time.sleep(2)


def again_and_again(server: Server) -> Iterator[Killed]:
    """Kill each process as soon as it is seen, for ten seconds."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        if found := processes(server):
            yield kill(found)
        time.sleep(0.05)


WAYS: dict[str, Callable[[Server], Iterator[Killed]]] = {
    "each in turn, one a second": in_turn,
    "all at once, every 2 s": at_once,
    "each as soon as it is seen, for 10 s": again_and_again,
}


def processes(server: Server) -> list[int]:
    """Return the web processes, the oldest first."""
    with suppress(OSError):
        return sorted(map(int, Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()), key=age)
    sys.exit("the server has ended")


def age(pid: int) -> int:
    """Return when a process was started."""
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
    return 0


def kill(found: list[int]) -> Killed:
    """Kill the processes and return when that was."""
    before = time.monotonic()
    for pid in found:
        os.kill(pid, signal.SIGKILL)
    return Killed(before, time.monotonic(), len(found))


def alive(pid: int) -> bool:
    """Determine whether a process runs."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


if __name__ == "__main__":
    main()
