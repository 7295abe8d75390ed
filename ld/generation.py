"""Generations: finished, checked copies of the published catalogue. One is live; the others are kept for roll-back.

site/
  site.toml                 settings (may be missing)
  vocab/                    overlay of the packaged vocab/ (may be missing)
  current -> generations/…  the live one: one symlink, replaced in one step
  generations/20261124T101500Z-1/
    manifest.json  documents.sqlite  store/  index/  dumps/  rejects.jsonl
"""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path

import msgspec
from msgspec import Struct

from ld import __version__
from ld.documents import Documents
from ld.dumps import Dump, sha256
from ld.errors import SiteError
from ld.index import Index

_MANIFEST = "manifest.json"
_WATCH_SECONDS = 0.5


class Account(Struct):
    """What became of every record read: the figures add up to `read`."""

    read: int = 0
    published: int = 0
    replaced: int = 0
    unchanged: int = 0
    repeated: int = 0
    rejected: int = 0
    deleted: int = 0

    def adds_up(self) -> bool:
        """Determine whether no record was lost: deletions are not read."""
        return self.read == self.published + self.replaced + self.unchanged + self.repeated + self.rejected


class Manifest(Struct):
    """What a generation is: where it came from, what it holds, and the checksum of each of its files."""

    generation: str
    base: str
    title: str
    profile: str
    created: str
    counts: dict[str, int]
    account: Account
    dumps: list[Dump]
    mapping: str = ""
    sources: list[str] = []
    software: str = f"shelfgraph {__version__}"
    files: dict[str, str] = {}


class Generation:
    """A finished generation, opened for reading."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.manifest = _manifest(path)
        self.id = self.manifest.generation
        self.base = self.manifest.base
        self.documents = Documents(path / "documents.sqlite", self.base)
        self.index = Index(path / "index")
        self.store = path / "store"
        self.dumps = path / "dumps"

    def verify(self) -> None:
        """Raise SiteError where a file is missing or differs from the manifest (flipped bits give wrong answers)."""
        for name, expected in self.manifest.files.items():
            file = self.path / name
            if not file.is_file():
                raise SiteError(f"{file}: missing from generation {self.id}: roll back or publish again")
            if sha256(file) != expected:
                raise SiteError(f"{file}: differs from its checksum in the manifest: roll back or publish again")


class Live:
    """The live generation of a site, taken over anew whenever the symlink is replaced."""

    def __init__(self, site: Path, *, verify: bool = True) -> None:
        self.site = site
        self._verify = verify
        self._lock = threading.Lock()
        self._open: Generation | None = None
        self._looked = 0.0

    def current(self) -> Generation:
        """Return the live generation; raises SiteError where nothing has been published yet."""
        if self._open is None or time.monotonic() - self._looked > _WATCH_SECONDS:
            with self._lock:
                self._look()
        if self._open is None:
            raise SiteError(
                f"{self.site}: nothing is published here: run `shelfgraph publish SOURCE --site {self.site}`"
            )
        return self._open

    def _look(self) -> None:
        self._looked = time.monotonic()
        target = live_path(self.site)
        if target is None or (self._open and self._open.path == target):
            return
        try:
            found = Generation(target)
            if self._verify:
                found.verify()
        except SiteError:
            if self._open is None:
                raise
            return  # keep serving the whole one rather than a damaged one
        self._open = found


def live_path(site: Path) -> Path | None:
    """Return the folder of the live generation, None where there is none."""
    link = site / "current"
    return link.resolve() if link.is_symlink() and link.exists() else None


def generations(site: Path) -> list[Manifest]:
    """Return the manifests of all finished generations, oldest first."""
    folder = site / "generations"
    found = sorted(folder.glob(f"*/{_MANIFEST}")) if folder.is_dir() else []
    return [_manifest(path.parent) for path in found]


@contextmanager
def building(site: Path) -> Iterator[Path]:
    """Give a new folder to build a generation in, and clean up whatever an earlier run left half made.

    Only one publisher at a time: raises SiteError where another one holds the lock, or the folder cannot be written.
    """
    try:
        (site / "generations").mkdir(parents=True, exist_ok=True)
        lock = (site / "publishing.lock").open("w")
    except OSError as error:
        raise SiteError(f"{site}: the site folder cannot be written: {error.strerror}: choose another --site") from None
    with lock:
        try:
            flock(lock, LOCK_EX | LOCK_NB)
        except OSError:
            raise SiteError(f"{site}: another publish is at work here: wait until it has finished") from None
        for leftover in (site / "generations").glob("*.part"):
            shutil.rmtree(leftover)
        path = site / "generations" / f"{_new_id(site)}.part"
        path.mkdir()
        try:
            yield path
        finally:
            if path.is_dir():
                shutil.rmtree(path)


def _new_id(site: Path) -> str:
    """Return an id that sorts behind every earlier one, even when the clock went back."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    names = [path.name.removesuffix(".part") for path in (site / "generations").iterdir() if path.is_dir()]
    latest = max(names, default="")
    if latest[:16] > stamp:
        stamp = latest[:16]
    serial = 1 + sum(name.startswith(stamp) for name in names)
    while f"{stamp}-{serial}" in names:
        serial += 1
    return f"{stamp}-{serial}"


def finish(building: Path, manifest: Manifest) -> Path:
    """Write the manifest with the checksum of every file, make all durable, and return the finished folder."""
    files = sorted(path for path in building.rglob("*") if path.is_file())
    manifest.files = {str(path.relative_to(building)): sha256(path) for path in files}
    (building / _MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest)) + b"\n")
    for path in (*files, building / _MANIFEST, building):
        _sync(path)
    finished = building.with_name(manifest.generation)
    building.rename(finished)
    _sync(finished.parent)
    return finished


def switch(site: Path, generation: str) -> None:
    """Make the generation the live one: one symlink replaced in one step."""
    if not (site / "generations" / generation / _MANIFEST).is_file():
        known = ", ".join(manifest.generation for manifest in generations(site)) or "none"
        raise SiteError(f"{site}: no finished generation is called '{generation}': there are {known}")
    temporary = site / "current.new"
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(Path("generations") / generation)
    temporary.replace(site / "current")
    _sync(site)


def rollback(site: Path) -> str:
    """Make the generation before the live one live again and return its id."""
    live = live_path(site)
    ids = [manifest.generation for manifest in generations(site)]
    earlier = [name for name in ids if live and name < live.name]
    if not earlier:
        raise SiteError(f"{site}: there is no earlier generation to roll back to")
    switch(site, earlier[-1])
    return earlier[-1]


def prune(site: Path, keep: int) -> list[str]:
    """Remove generations older than the live one but for the last `keep`, and return their ids."""
    live = live_path(site)
    older = [m.generation for m in generations(site) if live and m.generation < live.name]
    removed = older[: max(0, len(older) - keep)]
    for name in removed:
        shutil.rmtree(site / "generations" / name)
    return removed


def _manifest(path: Path) -> Manifest:
    try:
        return msgspec.json.decode((path / _MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.MsgspecError) as error:
        raise SiteError(f"{path / _MANIFEST}: cannot be read: {error}: roll back or publish again") from None


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
