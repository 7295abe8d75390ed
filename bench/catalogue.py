"""Made catalogues and the sites published from them, as the benchmarks use them: kept in the workplace."""

from __future__ import annotations

import argparse
import gzip
import json
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

from measure import Failed, Taken, disk, run, tell

HERE = Path(__file__).parent
GENERATE = HERE / "make" / "generate.py"
# -P: the installed shelfgraph, or that of PYTHONPATH, not one that lies in the working directory.
SHELFGRAPH = (sys.executable, "-P", "-m", "ld")
BASE = "https://data.example.org/"


def parser(about: str, size: int) -> argparse.ArgumentParser:
    """Return a parser with the options that all benchmarks share."""
    found = argparse.ArgumentParser(description=about.partition("\n")[0])
    found.add_argument("size", type=int, nargs="?", default=size, help=f"records (default {size:,})")
    found.add_argument("--rounds", type=int, default=3, help="how often each contestant runs (default 3)")
    found.add_argument("--work", type=Path, help="folder for catalogues and sites, kept; default a temporary one")
    found.add_argument("--seed", type=int, default=1, help="seed of the catalogue (default 1)")
    return found


def make(work: Path, size: int, *options: str, seed: int = 1, form: str = "solr") -> Path:
    """Return a catalogue of so many records, made unless it is there already."""
    name = "-".join([form, str(size), f"seed{seed}", *(option.strip("-").replace(".", "_") for option in options)])
    path = work / f"{name}.jsonl"
    if not path.is_file():
        part = path.with_suffix(".part")
        tell(f"making {path.name}")
        command = (sys.executable, GENERATE, size, "--form", form, "--seed", seed, *options, "-o", part)
        subprocess.run([str(one) for one in command], check=True)
        part.rename(path)
    return path


def publish(source: Path, site: Path, *options: str, fresh: bool = True) -> Taken:
    """Publish the source and return what that took; a fresh site begins with nothing."""
    if fresh and site.exists():
        shutil.rmtree(site)
    return run([*SHELFGRAPH, "publish", source, "--site", site, "--base", BASE, *options])


def published(work: Path, size: int, seed: int) -> Path:
    """Return a site of so many made records, published unless it is there already."""
    site = work / "site"
    if not site.exists():
        tell("publishing the site that is asked, not counted")
        publish(make(work, size, seed=seed), site)
    return site


@cache
def offers(verb: str, option: str) -> bool:
    """Determine whether the `shelfgraph` under test has the option."""
    said = subprocess.run([*SHELFGRAPH, verb, "--help"], capture_output=True, text=True, check=False)
    return option in said.stdout


def live(site: Path) -> Path:
    """Return the live generation's folder."""
    found = (site / "current").resolve()
    if not found.is_dir():
        raise Failed(f"{site}: nothing is live here")
    return found


def manifest(site: Path) -> dict[str, Any]:
    """Return what the live generation says of itself."""
    found: dict[str, Any] = json.loads((live(site) / "manifest.json").read_text(encoding="utf-8"))
    return found


def unpacked(site: Path, target: Path) -> Path:
    """Return the dump of all triples as a file that bulk loaders can read."""
    with gzip.open(live(site) / "dumps" / "catalogue.nt.gz") as packed, target.open("wb") as plain:
        shutil.copyfileobj(packed, plain, 1 << 20)
    return target


def sizes(site: Path) -> dict[str, int]:
    """Return what the parts of the live generation take on the disk, in bytes."""
    found = {"store": 0, "documents": 0, "index": 0, "dumps": 0, "other": 0}
    for path in live(site).iterdir():
        part = path.name.partition(".")[0].replace("things", "documents")
        found[part if part in found else "other"] += disk(path)
    return found
