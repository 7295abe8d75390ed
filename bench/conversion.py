"""Conversion: `shelfgraph convert` against an rdflib Graph a record and against Morph-KGC, on the same triples.

    python bench/conversion.py 10000 --peers PEERS

The catalogue is made without dirt, so that the peers' mappings, which check and repair nothing, give the same triples;
how many are equal is counted on a sample. Morph-KGC reads flat tables made beforehand: that is not counted as its work.
"""

from __future__ import annotations

import functools
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from catalogue import BASE, HERE, SHELFGRAPH, make, offers, parser
from measure import Taken, mib, middle, ratio, rounds, run, table, tell, versions, workplace
from peers import servers
from pyoxigraph import RdfFormat, parse

SAMPLE = 1000
OURS = "shelfgraph convert"


def main() -> None:
    """Print the table."""
    options = parser(__doc__ or "", 10_000)
    options.add_argument("--peers", type=Path, help="folder of the peers' environments")
    asked = options.parse_args()
    where = servers.folder(asked.peers)
    head = versions("shelfgraph", "rdflib", "pyoxigraph", other=[servers.package(where, "morph", "morph-kgc")])
    with workplace(asked.work) as work:
        source = make(work, asked.size, "--dirt", "0", seed=asked.seed)
        sample = make(work, SAMPLE, "--dirt", "0", seed=asked.seed)
        starts = _all(where)
        samples = {name: _sampled(start, work / "sample", sample) for name, start in starts.items()}
        folders = {name: work / name.replace(" ", "-").replace(",", "") for name in starts}
        found = rounds({name: start(folders[name], source) for name, start in starts.items()}, asked.rounds)
        written = {name: _count(folder / "out.nt") for name, folder in folders.items()}
    ours = samples[OURS]
    _print(
        asked, head, found, written, {name: f"{len(ours & one):,} of {len(ours):,}" for name, one in samples.items()}
    )


Run = Callable[[], Taken]


def _all(where: Path) -> dict[str, Callable[[Path, Path], Run]]:
    """Return who takes part, each by how its run is made for a folder and a catalogue."""
    found: dict[str, Callable[[Path, Path], Run]] = {}
    if offers("convert", "--workers"):
        found[OURS] = functools.partial(_shelfgraph, ["--workers", "1"])
        found[f"{OURS}, 2 workers"] = functools.partial(_shelfgraph, ["--workers", "2"])
    else:
        found[OURS] = functools.partial(_shelfgraph, [])
    found["rdflib, a Graph a record"] = _rdflib
    if servers.tool(where, "morph", "python"):
        found["Morph-KGC, 1 process"] = functools.partial(_morph, where, 1)
        found["Morph-KGC, 2 processes"] = functools.partial(_morph, where, 2)
    else:
        servers.missing("Morph-KGC", f"no environment {where / 'morph'}")
    return found


def _shelfgraph(options: list[str], folder: Path, source: Path) -> Run:
    folder.mkdir(exist_ok=True)
    return lambda: run([*SHELFGRAPH, "convert", source, "--base", BASE, *options, "-o", folder / "out.nt"])


def _rdflib(folder: Path, source: Path) -> Run:
    folder.mkdir(exist_ok=True)
    return lambda: run([sys.executable, HERE / "peers" / "rdflib_convert.py", source, "-o", folder / "out.nt"])


def _morph(where: Path, processes: int, folder: Path, source: Path) -> Run:
    tables = folder / "tables"
    shutil.rmtree(tables, ignore_errors=True)
    tell("flattening for Morph-KGC, not counted")
    subprocess.run([sys.executable, HERE / "peers" / "morph_flatten.py", source, tables], check=True)
    mapping = (HERE / "peers" / "morph.rml.ttl").read_text(encoding="utf-8")
    for name in ("works", "authors", "keywords", "how"):
        mapping = mapping.replace(f'"{name}.csv"', f'"{tables / name}.csv"')
    (folder / "mapping.ttl").write_text(mapping, encoding="utf-8")
    (folder / "morph.ini").write_text(
        f"[CONFIGURATION]\noutput_file = {folder / 'out.nt'}\noutput_format = N-TRIPLES\n"
        f"number_of_processes = {processes}\nlogging_level = ERROR\n\n"
        f"[catalogue]\nmappings = {folder / 'mapping.ttl'}\n",
        encoding="utf-8",
    )
    python = servers.tool(where, "morph", "python")
    return lambda: run([python, "-m", "morph_kgc", folder / "morph.ini"])


def _sampled(start: Callable[[Path, Path], Run], folder: Path, sample: Path) -> set[str]:
    """Return the triples that a contestant makes of the sample."""
    start(folder, sample)()
    return {str(triple) for triple in parse(path=str(folder / "out.nt"), format=RdfFormat.N_TRIPLES)}


def _count(path: Path) -> int:
    with path.open("rb") as lines:
        return sum(1 for _ in lines)


def _print(
    asked: Any, head: str, found: dict[str, list[Taken]], triples: dict[str, int], equal: dict[str, str]
) -> None:
    base = found[OURS]
    rows = []
    for name, runs in found.items():
        took = middle(runs)
        cpu = [one.cpu for one in runs]
        each = [one / triples[name] for one in cpu]
        rows.append((
            name, f"{took.wall:.2f}", f"{took.cpu:.2f}", f"{asked.size / took.cpu:,.0f}",
            f"{asked.size / took.wall:,.0f}", f"{took.cpu / asked.size * 1e6:,.0f}", f"{triples[name]:,}",
            f"{took.cpu / triples[name] * 1e6:.2f}", f"{ratio(cpu, [one.cpu for one in base]):.1f}",
            f"{ratio(each, [one.cpu / triples[OURS] for one in base]):.1f}", mib(took.peak), equal[name],
        ))  # fmt: skip
    heads = (
        "contestant", "wall s", "CPU s", "records/CPU s", "records/s", "CPU µs/record", "lines written",
        "CPU µs/line", "ratio a record", "ratio a line", "peak MiB", f"triples equal of {SAMPLE:,} records",
    )  # fmt: skip
    print(f"## Conversion of {asked.size:,} records, medians of {asked.rounds} interleaved rounds\n")
    print(table(heads, rows))
    print(
        f"{head}. Ratios: CPU to `{OURS}`, medians of the rounds. All start-up times are"
        " included; making the flat tables that Morph-KGC reads is not."
    )


if __name__ == "__main__":
    main()
