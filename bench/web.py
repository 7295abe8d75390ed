"""One record over HTTP: random records of a published site, against the DESCRIBE of other servers, same triples.

    python bench/web.py 100000 --peers PEERS

16 connections of wrk, random paths, rounds in turns. What is asked of us is the whole record, with the names of what it
links to; the others DESCRIBE the work alone, which is less. Every server listens on 127.0.0.1.
"""

from __future__ import annotations

import csv
import os
import random
import re
import shutil
import subprocess
import urllib.request
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from catalogue import BASE, HERE, live, manifest, parser, published, unpacked
from measure import Failed, mib, table, tell, versions, workplace
from peers import servers

_RESULT = re.compile(r"^RESULT (\d+) (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)$", re.MULTILINE)


@dataclass(frozen=True)
class Contestant:
    """A server, what it is asked for, in which form, and what the client says it holds already (If-None-Match)."""

    name: str
    server: servers.Server
    paths: Path
    accept: str
    held: str = ""


@dataclass(frozen=True)
class Heard:
    """What wrk heard in one run: latencies in ms, CPU ms of the server a request."""

    rate: float
    p50: float
    p99: float
    cpu: float
    size: float
    refused: int
    failed: int


def main() -> None:
    """Print the table."""
    options = parser(__doc__ or "", 100_000)
    options.add_argument("--peers", type=Path, help="folder of the peers' environments")
    options.add_argument("--site", type=Path, help="a published site to serve; default one made of SIZE records")
    options.add_argument("--seconds", type=int, default=6, help="how long each run of wrk lasts")
    options.add_argument("--records", type=int, default=5000, help="of how many random records one is asked")
    options.add_argument("--connections", type=int, default=16)
    asked = options.parse_args()
    if not shutil.which("wrk"):
        raise SystemExit("web.py: wrk is not installed: see bench/README.md")
    where = servers.folder(asked.peers)
    head = versions("shelfgraph", "flask", "granian", other=servers.about(where))
    with workplace(asked.work) as work, ExitStack() as stack:
        site = asked.site or published(work, asked.size, asked.seed)
        contestants = _contestants(stack, work, site, where, asked)
        found: dict[str, list[Heard]] = {one.name: [] for one in contestants}
        for n in range(asked.rounds):
            for one in contestants if n % 2 == 0 else reversed(contestants):
                tell(f"round {n + 1} of {asked.rounds}: {one.name}")
                found[one.name].append(_wrk(one, asked, n))
        held = {one.name: one.server.memory() for one in contestants}
        records = manifest(site)["counts"]["records"]
    _print(records, asked, head, found, held)


def _contestants(stack: ExitStack, work: Path, site: Path, where: Path, asked: Any) -> list[Contestant]:
    """Start all servers and return who is asked for what."""
    ids = _ids(site, asked.records, asked.seed)
    ours = stack.enter_context(servers.ours(site))
    paths = work / "records.txt"
    paths.write_text("".join(f"/record/{one}\n" for one in ids), encoding="ascii")
    found = [
        Contestant("shelfgraph, JSON-LD", ours, paths, "application/ld+json"),
        Contestant("shelfgraph, Turtle", ours, paths, "text/turtle"),
        Contestant("shelfgraph, HTML page", ours, paths, "text/html"),
        Contestant("shelfgraph, JSON-LD, 304", ours, paths, "application/ld+json", held="*"),
    ]
    for server in started(stack, work, site, where):
        asks = work / f"{server.name.replace(' ', '-')}.txt"
        queries = (f"DESCRIBE <{BASE}record/{one}#it>" for one in ids)
        asks.write_text("".join(server.target(query) + "\n" for query in queries), encoding="ascii")
        found.append(Contestant(f"{server.name}, DESCRIBE, Turtle", server, asks, "text/turtle"))
    for one in found:
        _try(one)
    return found


def started(stack: ExitStack, work: Path, site: Path, where: Path) -> list[servers.Server]:
    """Start those of the peers' servers that are installed."""
    there, found = servers.servers(where), []
    if there["Oxigraph server"]:
        found.append(stack.enter_context(servers.oxigraph(where, site)))
    if there["Virtuoso 7"]:
        triples = work / "virtuoso-data" / "triples.nt"
        if not triples.exists():
            triples.parent.mkdir(parents=True, exist_ok=True)
            unpacked(site, triples)
        found.append(stack.enter_context(servers.virtuoso(triples, work)))
    if there["rdflib-endpoint"]:
        found.append(stack.enter_context(servers.rdflib_endpoint(where, site)))
    return found


def _ids(site: Path, count: int, seed: int) -> list[str]:
    with (live(site) / "dumps" / "catalogue.csv").open(encoding="utf-8", newline="") as lines:
        ids = [row["id"] for row in csv.DictReader(lines)]
    return random.Random(seed).sample(ids, min(count, len(ids)))


def _try(one: Contestant) -> None:
    """Ask once, so that no table is made of errors."""
    path = one.paths.read_text(encoding="ascii").partition("\n")[0]
    url = one.server.endpoint.partition("://")[2].partition("/")[0]
    request = urllib.request.Request(f"http://{url}{path}", headers={"Accept": one.accept})
    with urllib.request.urlopen(request, timeout=60) as answer:
        body, kind = answer.read(), answer.headers.get("Content-Type", "")
    tell(f"{one.name}: {len(body):,} bytes of {kind}")
    if len(body) < 200:
        raise Failed(f"{one.name}: an answer of {len(body)} bytes is no record: {body[:200]!r}")


def _wrk(one: Contestant, asked: Any, n: int) -> Heard:
    host = "/".join(one.server.endpoint.split("/")[:3])
    command = ["wrk", "-t1", f"-c{asked.connections}", f"-d{asked.seconds}s", "--timeout", "30s"]
    command += ["-s", str(HERE / "random.lua"), host]
    env = {"BENCH_PATHS": str(one.paths), "BENCH_ACCEPT": one.accept, "BENCH_SEED": str(n)}
    env["BENCH_HELD"] = one.held
    before = one.server.cpu()
    said = subprocess.run(
        command, capture_output=True, text=True, check=True, env={**os.environ, **env}, timeout=asked.seconds + 90
    )
    used = one.server.cpu() - before
    match = _RESULT.search(said.stdout)
    if not match:
        raise Failed(f"wrk said no result: {said.stdout[-400:]}{said.stderr[-400:]}")
    count, micros, p50, p99, size, refused, failed = map(int, match.groups())
    many = max(count, 1)
    return Heard(count / micros * 1e6, p50 / 1000, p99 / 1000, used / many * 1000, size / many, refused, failed)


def _print(records: int, asked: Any, head: str, found: dict[str, list[Heard]], held: dict[str, int]) -> None:
    base = found["shelfgraph, JSON-LD"]
    rows = []
    for name, runs in found.items():
        rates = [one.rate for one in runs]
        ratio = median(ours.rate / one.rate if one.rate else 0 for ours, one in zip(base, runs, strict=True))
        rows.append((
            name, f"{min(rates):,.0f}-**{median(rates):,.0f}**-{max(rates):,.0f}",
            f"{median(one.p50 for one in runs):.1f}", f"{median(one.p99 for one in runs):.1f}",
            f"{median(one.cpu for one in runs):.2f}", f"{median(one.size for one in runs):,.0f}",
            sum(one.refused + one.failed for one in runs), f"{ratio:.2f}", mib(held[name]),
        ))  # fmt: skip
    heads = (
        "server", "req/s min-median-max", "p50 ms", "p99 ms", "CPU ms/request", "bytes/answer", "errors",
        "our JSON-LD is x times", "memory MiB",
    )  # fmt: skip
    many = min(asked.records, records)
    print(f"## One record over HTTP: random of {many:,} of {records:,}, {asked.connections} connections\n")
    print(table(heads, rows))
    print(f"{head}. {asked.rounds} rounds of {asked.seconds} s in turns; wrk runs on the same cores.")


if __name__ == "__main__":
    main()
