"""Requests lost while generations are switched under load: `python bench/switching.py`; needs wrk (apt install wrk).

Publishes a site, starts `shelfgraph serve`, lets wrk ask for record pages, and meanwhile publishes changed records and
rolls back, each as a process of its own; another client asks for the version, a query and a dump all the time.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import platform
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import quote

import granian

from ld import __version__

QUERY = quote("SELECT ?t { ?w <http://purl.org/dc/terms/title> ?t } LIMIT 5")
PROBES = ("/healthz", f"/sparql?format=csv&query={QUERY}", "/healthz", "/dump/SHA256SUMS")
LUA = """
local n = 0
request = function()
  n = n + 1
  return wrk.format("GET", "/record/bench-" .. (n * 7919) % {records}, {{["Accept"] = "text/html"}})
end
"""


def command(site: Path, verb: str, *arguments: str) -> str:
    """Run a command of `shelfgraph` on the site; end all where it fails."""
    line = [sys.executable, "-m", "ld", verb, *arguments, "--site", str(site)]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{verb}: {done.stderr}")
    return done.stderr


def write(path: Path, numbers: range, version: int) -> str:
    """Write records with these numbers, all changed with the version; return the path."""
    with path.open("w") as out:
        for n in numbers:
            title = f"Title {version} of record {n}"
            people = [f"Author {n % 97}, A.", f"Author {n % 89}, B."]
            record = {"id": f"bench-{n}", "title": title, "title_short": title, "format": ["Book"], "author": people}
            out.write(json.dumps(record | {"topic": [f"Topic {n % 53}"], "publishDate": [str(1950 + n % 70)]}) + "\n")
    return str(path)


class Probe(threading.Thread):
    """A client on one kept connection: notes when each generation first answered, and what went wrong."""

    def __init__(self, address: str) -> None:
        super().__init__(daemon=True)
        self.address = address
        self.over = threading.Event()
        self.first: dict[str, list[float]] = {}
        self.answers = 0
        self.slowest = 0.0
        self.errors: list[str] = []

    def run(self) -> None:
        connection = http.client.HTTPConnection(self.address, timeout=30)
        latest = ""
        while not self.over.is_set():
            for path in PROBES:
                begun = time.time()
                try:
                    connection.request("GET", path)
                    answer = connection.getresponse()
                    answer.read()
                except (OSError, http.client.HTTPException) as error:
                    self.errors.append(f"{path}: {error!r}")
                    continue
                self.answers += 1
                self.slowest = max(self.slowest, time.time() - begun)
                if answer.status != 200:
                    self.errors.append(f"{path}: {answer.status}")
                version = answer.headers["Dataset-Version"]
                if version != latest:
                    self.first.setdefault(version, []).append(time.time())
                    latest = version
                time.sleep(0.01)


def started(site: Path, address: str) -> subprocess.Popen[bytes]:
    """Start the server and return it when it answers."""
    line = [sys.executable, "-m", "ld", "serve", "--site", str(site), "--bind", address]
    server = subprocess.Popen(line, stderr=subprocess.DEVNULL)
    for _ in range(200):
        try:
            connection = http.client.HTTPConnection(address, timeout=5)
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return server
        except OSError:
            pass
        time.sleep(0.1)
    sys.exit("the server does not answer")


def switching(site: Path, seconds: float, every: float, changed: int) -> list[tuple[float, str]]:
    """Publish, publish, roll back, and so on, and return when the symlink was replaced, and by what."""
    switches = []
    until = time.monotonic() + seconds
    version = 0
    while time.monotonic() < until:
        version += 1
        if version % 3 == 0:
            command(site, "rollback")
        else:
            command(site, "publish", write(site.with_name("changed.jsonl"), range(changed), version))
        switches.append(((site / "current").lstat().st_mtime, (site / "current").readlink().name))
        time.sleep(every)
    return switches


def delays(switches: list[tuple[float, str]], first: dict[str, list[float]]) -> list[float]:
    """Return how long after each switch its generation first answered; none for a switch without answer."""
    found = []
    for at, name in switches:
        later = [moment - at for moment in first.get(name, []) if moment >= at]
        found += later[:1]
    return found


def measure(options: argparse.Namespace, folder: Path) -> None:
    """Run everything once and print the table."""
    os.environ["SHELFGRAPH_KEEP"] = str(options.keep)
    site = folder / "site"
    command(site, "publish", write(folder / "all.jsonl", range(options.records), 0))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    (folder / "wrk.lua").write_text(LUA.format(records=options.records))
    server = started(site, address)
    probe = Probe(address)
    probe.start()
    duration = f"-d{options.seconds}s"
    line = ["wrk", "-t2", f"-c{options.connections}", duration, "--latency", "--timeout", "10s"]
    wrk = subprocess.Popen(
        [*line, "-s", str(folder / "wrk.lua"), f"http://{address}"], stdout=subprocess.PIPE, text=True
    )
    try:
        switches = switching(site, options.seconds - 5, options.every, options.changed)
        said, _ = wrk.communicate()
        probe.over.set()
        probe.join(40)
    finally:
        server.terminate()
        server.wait(20)
    report(options, said, probe, switches)


def report(options: argparse.Namespace, said: str, probe: Probe, switches: list[tuple[float, str]]) -> None:
    """Print what was asked, what failed, and how soon each generation answered."""
    found = delays(switches, probe.first)
    requests = int((re.search(r"(\d+) requests in", said) or [0, 0])[1])
    sockets = re.search(r"Socket errors: (.*)", said)
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    latency = dict(re.findall(r"(50|99)%\s+(\S+)", said))
    most = re.search(r"Latency\s+\S+\s+\S+\s+(\S+)", said)
    versions = f"shelfgraph {__version__}, granian {granian.__version__}, Python {platform.python_version()}"
    print(f"{versions}, {os.cpu_count()} cores; {options.records:,} records, {options.changed} changed each time")
    print("| what | figure |\n|---|---|")
    print(f"| wrk, {options.connections} connections, {options.seconds} s: requests | {requests:,} |")
    print(f"| socket errors | {sockets[1] if sockets else 0} |")
    print(f"| answers that are not 2xx | {refused[1] if refused else 0} |")
    print(f"| latency p50, p99, most | {latency.get('50')}, {latency.get('99')}, {most[1] if most else '?'} |")
    print(f"| other client (version, SPARQL, dump): answers | {probe.answers:,} |")
    print(f"| its errors | {len(probe.errors)} {probe.errors[:3] or ''} |")
    print(f"| its slowest answer | {probe.slowest:.2f} s |")
    print(f"| switches (two publishes, one rollback, …) | {len(switches)} |")
    print(f"| of them taken over | {len(found)} |")
    least, middle, most_late = (sorted(found)[n] for n in (0, len(found) // 2, -1)) if found else (0, 0, 0)
    print(f"| switch to first new answer: least, median, most | {least:.2f}, {middle:.2f}, {most_late:.2f} s |")


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=2000, help="records of the site")
    parser.add_argument("--changed", type=int, default=20, help="records changed by each publish")
    parser.add_argument("--seconds", type=int, default=30, help="how long wrk runs")
    parser.add_argument("--every", type=float, default=2.0, help="seconds between two switches")
    parser.add_argument("--connections", type=int, default=16, help="connections of wrk")
    parser.add_argument("--keep", type=int, default=1, help="earlier generations that are kept")
    options = parser.parse_args()
    if not shutil.which("wrk"):
        sys.exit("wrk is not installed: apt install wrk")
    with tempfile.TemporaryDirectory() as folder:
        measure(options, Path(folder))


if __name__ == "__main__":
    main()
