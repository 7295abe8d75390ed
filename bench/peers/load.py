"""Bare pyoxigraph: loads N-Triples into a new store, or writes a store out; what `publish` is measured against.

python bench/load.py load catalogue.nt STORE
python bench/load.py dump STORE catalogue.nt
"""

from __future__ import annotations

import argparse
from pathlib import Path

from pyoxigraph import DefaultGraph, RdfFormat, Store


def load(source: Path, target: Path) -> None:
    """Load the file: bulk_load, flush and optimize, as a finished generation's store is made."""
    store = Store(str(target))
    store.bulk_load(path=str(source), format=RdfFormat.N_TRIPLES)
    store.flush()
    store.optimize()


def dump(source: Path, target: Path) -> None:
    """Write the default graph of a store as N-Triples."""
    store = Store.read_only(str(source))
    with target.open("wb") as out:
        store.dump(out, format=RdfFormat.N_TRIPLES, from_graph=DefaultGraph())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("verb", choices=["load", "dump"])
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    asked = parser.parse_args()
    (load if asked.verb == "load" else dump)(asked.source, asked.target)
