"""Dumps: what the files of a whole catalogue cost, against the conversion of the same records and the store's own dump.

    python bench/dump.py 100000

The dumps are written from the documents of a published site, as publishing does it, in one process; the triple store
is not read. Its own dump (N-Triples only, not packed) is there for comparison.
"""

from __future__ import annotations

import sys
from pathlib import Path

from catalogue import BASE, SHELFGRAPH, live, make, manifest, parser, publish
from measure import Taken, disk, mib, middle, ratio, run, table, tell, versions, workplace

WRITE = """
import shutil, sys
from pathlib import Path
from ld.publish import dumps, renderings
from ld.site.documents import LAST, Documents
live, out = Path(sys.argv[1]), Path(sys.argv[2])
out.mkdir()
for name in ("documents.sqlite", "things.sqlite"):
    (out / name).symlink_to(live / name)
documents = Documents(out, sys.argv[3], mapped=False)
of_forms = renderings.trained(documents)
portion = dumps.Portion(folder=out, base=sys.argv[3], start="", end=LAST, of_forms=of_forms)
dumps.write_part(portion, lambda one, other: None)
maker = dumps.Maker(documents)
with dumps.Writer(out / "dumps", ".things") as writer:
    writer.add(maker.things())
"""
STORE = """
import sys
from pyoxigraph import DefaultGraph, RdfFormat, Store
Store.read_only(sys.argv[1]).dump(sys.argv[2], format=RdfFormat.N_TRIPLES, from_graph=DefaultGraph())
"""


def main() -> None:
    """Print the table."""
    asked = parser(__doc__ or "", 100_000).parse_args()
    head = versions("shelfgraph", "pyoxigraph", "isal", "zstandard")
    with workplace(asked.work) as work:
        source = make(work, asked.size, seed=asked.seed)
        site = work / "site"
        publish(source, site)
        taken: dict[str, list[Taken]] = {"conversion": [], "all dump files": [], "the store's own dump": []}
        for n in range(asked.rounds):
            tell(f"round {n + 1} of {asked.rounds}")
            _round(work, source, live(site), taken)
        counts = manifest(site)["counts"]
        rows = [_row(name, several, taken["conversion"], counts) for name, several in taken.items()]
        size = mib(disk(live(site) / "dumps"))
    heads = ("what", "wall s", "CPU s", "CPU µs a record", "peak MiB", "CPU ratio to conversion")
    print(f"## Dumps of {asked.size:,} records, medians of {asked.rounds} interleaved rounds\n")
    print(table(heads, rows))
    print(f"{head}. {counts['triples']:,} triples; the dump files have {size} MiB.")


def _round(work: Path, source: Path, generation: Path, taken: dict[str, list[Taken]]) -> None:
    out, nt = work / "written", work / "store.nt"
    commands = {
        "conversion": (*SHELFGRAPH, "convert", source, "--base", BASE, "-o", work / "converted.nt"),
        "all dump files": (sys.executable, "-P", "-c", WRITE, generation, out, BASE),
        "the store's own dump": (sys.executable, "-P", "-c", STORE, generation / "store", nt),
    }
    for name, command in commands.items():
        taken[name].append(run(command))
    for path in (nt, work / "converted.nt", *sorted(out.rglob("*"), reverse=True), out):
        path.rmdir() if path.is_dir() else path.unlink()


def _row(name: str, several: list[Taken], conversion: list[Taken], counts: dict[str, int]) -> tuple[object, ...]:
    one = middle(several)
    each = 1e6 * one.cpu / counts["records"]
    times = ratio([taken.cpu for taken in several], [taken.cpu for taken in conversion])
    return name, f"{one.wall:.1f}", f"{one.cpu:.1f}", f"{each:,.0f}", mib(one.peak), f"{times:.2f}"


if __name__ == "__main__":
    main()
