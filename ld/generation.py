"""Generations: finished, checked copies of the published catalogue. One is live; the others are kept for roll-back.

site/
  site.toml                 settings (may be missing)
  vocab/                    overlay of the packaged vocab/ (may be missing)
  current -> generations/…  the live one: one symlink, replaced in one step
  generations/20261124T101500Z/
    manifest.json  documents.sqlite  things.sqlite  forms.sqlite  store/  index/  dumps/  rejects.jsonl
    reading.lock            whoever reads the generation shares a lock on it; removing it takes the whole lock

In every step the power may fail: a folder gets its final name when all in it is on the disk, the symlink is replaced
after that, and a folder loses its name before anything in it is removed.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import time
import weakref
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from fcntl import LOCK_EX, LOCK_NB, LOCK_SH, flock
from pathlib import Path

import msgspec
from msgspec import Struct

from ld import __version__
from ld.checksums import CORES, compare, digests
from ld.documents import Documents
from ld.dumps import Dump, sha256
from ld.errors import SiteError
from ld.forms import Forms
from ld.index import Index

# Which files a generation has, and what is in them: other layouts are not read.
LAYOUT = 2
_MANIFEST = "manifest.json"
_READING = "reading.lock"
_PART, _REMOVING = ".part", ".removing"
_STAMP = "%Y%m%dT%H%M%SZ"
_IS_STAMP = re.compile(r"\d{8}T\d{6}Z")


class Account(Struct):
    """What became of every record read: the figures add up to `read`.

    Beside them: records deleted, deletions of records that are `unknown` here, kept sources described `again`.
    """

    read: int = 0
    published: int = 0
    replaced: int = 0
    unchanged: int = 0
    repeated: int = 0
    rejected: int = 0
    deleted: int = 0
    unknown: int = 0
    again: int = 0

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
    layout: int = 1
    sources: list[str] = []
    software: str = f"shelfgraph {__version__}"
    files: dict[str, str] = {}


class Generation:
    """A finished generation, opened for reading. While the object lives and is not closed, no folder is removed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._let_go = weakref.finalize(self, _let_go, _reading(path))
        self.manifest = _manifest(path)
        self.id = self.manifest.generation
        self.base = self.manifest.base
        self.documents = Documents(path, self.base)
        self.forms = Forms(path)
        self.index = self._index(path / "index")
        self.store = path / "store"
        self.dumps = path / "dumps"
        self.about = f"{self.base}dataset#it"
        self.triples = self.manifest.counts.get("stored")
        self.graphs: list[str] = []  # all triples stand in the default graph
        _OPEN.add(self)

    def _index(self, folder: Path) -> Index:
        try:
            return Index(folder)
        except (OSError, ValueError) as error:
            if os.access(folder, os.W_OK):
                raise SiteError(f"{folder}: cannot be opened: {error}: roll back or publish again") from None
        # tantivy writes a lock file even to read: in a folder of links it can, and it opens all files at once
        with tempfile.TemporaryDirectory(prefix="shelfgraph-") as links:
            for file in folder.iterdir():
                if file.suffix != ".lock":
                    (Path(links) / file.name).symlink_to(file)
            return Index(Path(links))

    def verify(self, parts: Collection[str] | None = None, *, threads: int = CORES) -> None:
        """Raise SiteError where a file is missing or differs from the manifest (flipped bits give wrong answers).

        With `parts`, only these files and folders are looked at.
        """
        files = self.manifest.files.items()
        wanted = {name: digest for name, digest in files if parts is None or name.partition("/")[0] in parts}
        compare(self.path, wanted, threads)

    def close(self) -> None:
        """Give the folder free for removal, and close this thread's connection."""
        self._let_go()
        self.documents.close()
        self.forms.close()


_OPEN: weakref.WeakSet[Generation] = weakref.WeakSet()


def _after_fork() -> None:
    """Leave the locks to the parent: a child that held them would keep folders from being removed."""
    for found in list(_OPEN):
        found._let_go()


os.register_at_fork(after_in_child=_after_fork)


def _reading(path: Path) -> int | None:
    """Return the handle of a shared lock on the generation; None where none can be had, as in a read-only folder.

    Raises SiteError where the generation is gone or just being removed.
    """
    lock = path / _READING
    try:
        handle = os.open(lock, os.O_RDONLY)
    except OSError:
        try:
            handle = os.open(lock, os.O_RDONLY | os.O_CREAT, 0o644)
        except OSError:
            return None
    try:
        flock(handle, LOCK_SH | LOCK_NB)
        there = os.path.samestat(os.fstat(handle), lock.stat())
    except BlockingIOError:
        there = False
    except OSError as error:  # a file system without locks is served too; a folder that is gone is not
        there = not isinstance(error, FileNotFoundError)
    if not there:
        os.close(handle)
        raise SiteError(f"{path}: the generation is being removed: roll back or publish again")
    return handle


def _let_go(handle: int | None) -> None:
    if handle is not None:
        os.close(handle)


def live_path(site: Path) -> Path | None:
    """Return the folder of the live generation, None where there is none."""
    link = site / "current"
    return link.resolve() if link.is_symlink() and link.exists() else None


def generations(site: Path) -> list[Manifest]:
    """Return the manifests of all finished generations, oldest first."""
    return [_manifest(path) for path in _finished(site)]


def _finished(site: Path) -> list[Path]:
    """Return the folders of the finished generations, oldest first."""
    found = (path.parent for path in (site / "generations").glob(f"*/{_MANIFEST}"))
    return sorted(path for path in found if path.suffix not in (_PART, _REMOVING))


@contextmanager
def _publishing(site: Path) -> Iterator[None]:
    """Hold the lock under which the site may be changed; raises SiteError where another process holds it.

    Processes that are spawned do not inherit it (O_CLOEXEC); one that is forked does, and keeps it.
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
        yield


@contextmanager
def building(site: Path) -> Iterator[Path]:
    """Give a new folder to build a generation in, and clean up whatever an earlier run left half made.

    Only one publisher at a time: raises SiteError where another one holds the lock, or the folder cannot be written.
    """
    with _publishing(site):
        _sweep(site)
        path = site / "generations" / f"{_new_id(site)}{_PART}"
        path.mkdir()
        try:
            yield path
        finally:
            if path.is_dir():
                _discard(path)


def _sweep(site: Path) -> None:
    """Remove what runs that were killed have left."""
    (site / "current.new").unlink(missing_ok=True)
    for ending in (_PART, _REMOVING):
        for leftover in (site / "generations").glob(f"*{ending}"):
            _discard(leftover)


def _discard(path: Path) -> None:
    """Remove a folder; what cannot be removed now is left for the next sweep."""
    doomed = path.with_name(path.name.removesuffix(_REMOVING) + _REMOVING)
    with suppress(OSError):
        path.rename(doomed)  # workers of a killed run that write on no longer find it
    for _ in range(3):
        shutil.rmtree(doomed, ignore_errors=True)
        if not doomed.exists():
            return
        time.sleep(0.1)


def _new_id(site: Path) -> str:
    """Return an id that sorts behind every earlier one, even when the clock went back or stands still."""
    stamp = datetime.now(UTC).strftime(_STAMP)
    names = [path.name[: len(stamp)] for path in (site / "generations").iterdir()]
    latest = max(filter(_IS_STAMP.fullmatch, names), default="")
    if latest >= stamp:
        stamp = (datetime.strptime(latest, _STAMP) + timedelta(seconds=1)).strftime(_STAMP)
    return stamp


def finish(building: Path, manifest: Manifest, base: Path | None = None) -> Path:
    """Write the manifest with the checksum of every file, make all durable, and return the finished folder.

    A file that is hard-linked from the earlier generation `base` is durable already, and keeps its checksum: reading
    it again would only bless what may have happened to it.
    """
    (building / _READING).touch()
    mode = (building / _READING).stat().st_mode
    paths = sorted(building.rglob("*"))
    files = [path for path in paths if path.is_file() and path not in (building / _MANIFEST, building / _READING)]
    found = _taken_over(files, base) if base else {}
    fresh = [path for path in files if path not in found]
    for path in fresh:
        path.chmod(mode)  # some libraries write for the owner only; another user may be the one who serves
    found |= dict(digests(fresh, of=_sealed))
    manifest.files = {str(path.relative_to(building)): found[path] for path in files}
    (building / _MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest)) + b"\n")
    folders = [path for path in reversed(paths) if path.is_dir()]
    for path in (building / _MANIFEST, building / _READING, *folders, building):
        _sync(path)
    finished = building.with_name(manifest.generation)
    building.rename(finished)
    _sync(finished.parent)
    return finished


def _taken_over(files: list[Path], base: Path) -> dict[Path, str]:
    """Return the checksums of those files that are hard links to files of the earlier generation."""
    known = {_same(base / name): digest for name, digest in _manifest(base).files.items() if (base / name).is_file()}
    return {path: known[_same(path)] for path in files if _same(path) in known}


def _same(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_dev, found.st_ino, found.st_size


def _sealed(path: Path) -> str:
    """Return the checksum of a file that is now on the disk."""
    digest = sha256(path)
    _sync(path)
    return digest


def switch(site: Path, generation: str) -> None:
    """Make the generation the live one: one symlink replaced in one step. Call it while the site is locked."""
    if generation not in (path.name for path in _finished(site)):
        known = ", ".join(path.name for path in _finished(site)) or "none"
        raise SiteError(f"{site}: no finished generation is called '{generation}': there are {known}")
    _manifest(site / "generations" / generation)
    temporary = site / "current.new"
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(Path("generations") / generation)
    _sync(site)  # some file systems would else let an empty symlink follow the rename
    temporary.replace(site / "current")
    _sync(site)


def rollback(site: Path) -> str:
    """Make the generation before the live one live again and return its id; one that is damaged is passed over."""
    if not (site / "current").is_symlink():
        raise SiteError(f"{site}: there is no earlier generation to roll back to")
    with _publishing(site):
        live = (site / "current").readlink().name
        for name in reversed([path.name for path in _finished(site) if path.name < live]):
            with suppress(SiteError):
                switch(site, name)
                return name
    raise SiteError(f"{site}: there is no earlier generation to roll back to")


def prune(site: Path, keep: int) -> list[str]:
    """Remove generations older than the live one but for the last `keep`, and return their ids.

    One that is still read stays, and goes with a later call. While another process publishes, nothing is removed: it
    will do it. Not to be called within `building`, which holds the same lock.
    """
    with suppress(SiteError), _publishing(site):
        live = live_path(site)
        older = [path for path in _finished(site) if live and path.name < live.name]
        return [path.name for path in older[: max(0, len(older) - keep)] if _remove(path)]
    return []


def _remove(path: Path) -> bool:
    """Remove a generation, and return whether that was possible: not while somebody reads it."""
    doomed = path.with_name(path.name + _REMOVING)
    try:
        with (path / _READING).open("a") as lock:
            flock(lock, LOCK_EX | LOCK_NB)
            path.rename(doomed)
            _sync(path.parent)
    except OSError:
        return False
    _discard(doomed)
    return True


def _manifest(path: Path) -> Manifest:
    try:
        found = msgspec.json.decode((path / _MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.MsgspecError) as error:
        raise SiteError(f"{path / _MANIFEST}: cannot be read: {error}: roll back or publish again") from None
    if found.layout != LAYOUT:
        raise SiteError(
            f"{path}: was made by another version ({found.software}): publish from the sources into a new site folder"
        )
    return found


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
