"""Publishing: `shelfgraph publish` against bare `bulk_load` of the same triples, and how both grow.

    python bench/publish.py 100000 --profile lean
    python bench/publish.py --growth 10000 100000 1000000

The bare load reads an uncompressed N-Triples file made beforehand, and does `bulk_load`, `flush` and `optimize`: it
neither reads records nor writes documents, index and dumps. Of the lean profile it gets the triples of the lean store.
"""

from __future__ import annotations

import functools
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from catalogue import HERE, live, make, manifest, offers, parser, publish, sizes, unpacked
from measure import Taken, disk, mib, middle, ratio, rounds, run, table, tell, versions, workplace

OURS, BARE = "shelfgraph publish", "bare bulk_load"


@dataclass
class Case:
    """One size in one profile: what ran, and what came of it."""

    size: int
    profile: str
    runs: dict[str, list[Taken]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    parts: dict[str, int] = field(default_factory=dict)
    bare_store: int = 0


def main() -> None:
    """Print the tables."""
    options = parser(__doc__ or "", 100_000)
    options.add_argument("--profile", choices=["full", "lean"], default="full")
    options.add_argument("--growth", type=int, nargs="+", metavar="SIZE", help="several sizes and how time grows")
    options.add_argument("--workers", type=int, help="worker processes of publish; default as shelfgraph chooses")
    options.add_argument("--alone", action="store_true", help="without the bare load")
    asked = options.parse_args()
    head = versions("shelfgraph", "pyoxigraph", "tantivy", "zstandard")
    with workplace(asked.work) as work:
        cases = [_measure(work, size, asked) for size in asked.growth or [asked.size]]
    _print(cases, asked.rounds, head)


def _measure(work: Path, size: int, asked: Any) -> Case:
    case = Case(size, asked.profile)
    source = make(work, size, seed=asked.seed)
    contestants = {OURS: functools.partial(_publish, case, source, work, asked)}
    if not asked.alone:
        contestants[BARE] = functools.partial(_load, case, work)
    try:
        case.runs = rounds(contestants, asked.rounds)
    finally:
        (work / "triples.nt").unlink(missing_ok=True)
    return case


def _publish(case: Case, source: Path, work: Path, asked: Any) -> Taken:
    """Publish onto a fresh site, note what came of it, keep the triples for the bare load, remove the site."""
    options = ["--profile", case.profile]
    if asked.workers and offers("publish", "--workers"):
        options += ["--workers", str(asked.workers)]
    site = work / "site"
    took = publish(source, site, *options)
    found = manifest(site)
    case.counts, case.parts = found["counts"], sizes(site)
    triples = work / "triples.nt"
    if not triples.exists() and not asked.alone:
        tell("writing the triples for the bare load, not counted")
        if case.profile == "full":
            unpacked(site, triples)
        else:
            run([sys.executable, HERE / "peers" / "load.py", "dump", live(site) / "store", triples])
    shutil.rmtree(site)
    return took


def _load(case: Case, work: Path) -> Taken:
    store = work / "bare"
    shutil.rmtree(store, ignore_errors=True)
    took = run([sys.executable, HERE / "peers" / "load.py", "load", work / "triples.nt", store])
    case.bare_store = disk(store)
    shutil.rmtree(store)
    return took


def _print(cases: list[Case], count: int, head: str) -> None:
    print(f"## Publishing, profile {cases[0].profile}, medians of {count} interleaved rounds\n")
    print(_times(cases))
    print(_sizes(cases))
    print(f"{head}. Every site is fresh. Speed: bare wall time / publish wall time, median of the rounds' ratios.")


def _times(cases: list[Case]) -> str:
    rows, first = [], cases[0]
    for case in cases:
        for name, runs in case.runs.items():
            took = middle(runs)
            each = took.wall / case.size
            before = middle(first.runs[name]).wall / first.size
            speed = ratio([one.wall for one in case.runs[BARE]], [one.wall for one in runs]) if BARE in case.runs else 0
            rows.append((
                f"{case.size:,}", name, f"{took.wall:.1f}", f"{case.size / took.wall:,.0f}", f"{took.cpu:.1f}",
                f"{took.cpu / case.size * 1e6:,.0f}", mib(took.peak), f"{case.counts.get('stored', 0):,}",
                f"{speed:.2f}" if speed else "-", f"{each / before:.2f}",
            ))  # fmt: skip
    heads = (
        "records", "contestant", "wall s", "records/s", "CPU s", "CPU µs/record", "peak MiB", "triples stored",
        "speed to bare", f"wall a record to {first.size:,}",
    )  # fmt: skip
    return table(heads, rows)


def _sizes(cases: list[Case]) -> str:
    rows = []
    for case in cases:
        total = sum(case.parts.values())
        bare = mib(case.bare_store) if case.bare_store else "-"
        rows.append((f"{case.size:,}", *map(mib, case.parts.values()), mib(total), f"{total / case.size:,.0f}", bare))
    heads = (
        "records", "store MiB", "documents MiB", "index MiB", "dumps MiB", "other MiB", "all MiB", "bytes/record",
        "bare store MiB",
    )  # fmt: skip
    return table(heads, rows)


if __name__ == "__main__":
    main()
