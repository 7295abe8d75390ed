"""Updates: a few changed records of a large site against publishing the whole changed catalogue on a fresh site.

    python bench/update.py 100000

Each update starts from the same published site (copied, not counted). Whether the updated site has the same dumps as
the fresh one is compared byte for byte.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from catalogue import make, manifest, parser, publish
from measure import Taken, disk, mib, middle, ratio, table, tell, versions, workplace

DUMPS = ("catalogue.nt.gz", "catalogue.jsonl.gz", "catalogue.csv")


def main() -> None:
    """Print the table."""
    options = parser(__doc__ or "", 100_000)
    options.add_argument("--shares", type=float, nargs="+", help="shares that change: 10 records, 1 %% and 10 %%")
    asked = options.parse_args()
    shares = asked.shares or [10 / asked.size, 0.01, 0.1]
    head = versions("shelfgraph", "pyoxigraph", "tantivy")
    with workplace(asked.work) as work:
        base = work / "base"
        tell("publishing the site that is updated, not counted")
        publish(make(work, asked.size, seed=asked.seed), base)
        rows = [_row(work, base, share, asked) for share in shares]
    heads = (
        "records", "changed", "update wall s", "CPU s", "peak MiB", "full wall s", "full CPU s", "full peak MiB",
        "wall ratio", "CPU ratio", "new on disk MiB", "same dumps",
    )  # fmt: skip
    print(f"## Updates of {asked.size:,} records, medians of {asked.rounds} interleaved rounds\n")
    print(table(heads, rows))
    print(f"{head}. Ratio: update / full publish of the same catalogue on a fresh site.")


def _row(work: Path, base: Path, share: float, asked: Any) -> tuple[object, ...]:
    options = ("--change", f"{share:g}", "--round", "2")
    changed = make(work, asked.size, *options, "--only-changed", seed=asked.seed)
    whole = make(work, asked.size, *options, seed=asked.seed)
    updates: list[Taken] = []
    fulls: list[Taken] = []
    for n in range(asked.rounds):
        tell(f"round {n + 1} of {asked.rounds}: {share:.2%} of {asked.size:,}")
        for task in (_update, _full) if n % 2 == 0 else (_full, _update):
            task(work, base, changed, whole, updates, fulls)
    with changed.open("rb") as lines:
        count = sum(1 for _ in lines)
    found = _compared(work)
    update, full = middle(updates), middle(fulls)
    new = disk(work / "updated") - disk(base)
    whole.unlink()
    return (
        f"{asked.size:,}", f"{count:,}", f"{update.wall:.2f}", f"{update.cpu:.2f}", mib(update.peak),
        f"{full.wall:.1f}", f"{full.cpu:.1f}", mib(full.peak),
        f"{ratio([u.wall for u in updates], [f.wall for f in fulls]):.3f}",
        f"{ratio([u.cpu for u in updates], [f.cpu for f in fulls]):.3f}", mib(new), found,
    )  # fmt: skip


def _update(work: Path, base: Path, changed: Path, whole: Path, updates: list[Taken], fulls: list[Taken]) -> None:
    site = work / "updated"
    shutil.rmtree(site, ignore_errors=True)
    shutil.copytree(base, site, symlinks=True)
    updates.append(publish(changed, site, fresh=False))


def _full(work: Path, base: Path, changed: Path, whole: Path, updates: list[Taken], fulls: list[Taken]) -> None:
    fulls.append(publish(whole, work / "fresh"))


def _compared(work: Path) -> str:
    """Return which dumps of the updated and of the fresh site are the same."""
    sums = [{one["file"]: one["sha256"] for one in manifest(work / site)["dumps"]} for site in ("updated", "fresh")]
    same = [name for name in DUMPS if name in sums[0] and sums[0][name] == sums[1].get(name)]
    return "all" if len(same) == len(DUMPS) else f"{len(same)} of {len(DUMPS)}"


if __name__ == "__main__":
    main()
