"""The files of a dump: their names, and what the manifest says about each."""

from __future__ import annotations

from msgspec import Struct

NAME = "catalogue"
FILES = (f"{NAME}.nt.gz", f"{NAME}.nt.zst", f"{NAME}.jsonl.gz", f"{NAME}.csv")


class Dump(Struct, frozen=True):
    """A dump file as the manifest lists it: `of` says what its lines are (triples or records), `lines` how many."""

    file: str
    media_type: str
    compression: str
    title: str
    of: str
    lines: int
    bytes: int
    sha256: str
