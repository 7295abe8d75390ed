"""Generations come and go: built beside the live one, sealed, switched in by one symlink, rolled back, removed."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from fcntl import LOCK_EX, LOCK_NB, flock
from itertools import count
from pathlib import Path

import msgspec

from ld.errors import ShelfgraphError, SiteError
from ld.site.checksums import digests, sha256
from ld.site.generation import (
    LIVE,
    MANIFEST,
    NEXT,
    PART,
    READING,
    REMOVING,
    Generation,
    Manifest,
    finished_in,
    known_in,
    live_path,
    manifest_of,
    pointed,
    stray,
)
from ld.store.engine import drop
from ld.store.oxigraph import check_name

_STAMP = "%Y%m%dT%H%M%SZ"
_IS_STAMP = re.compile(r"\d{8}T\d{6}Z")


@contextmanager
def _publishing(site: Path) -> Iterator[None]:
    """Hold the lock under which the site may be changed; raises SiteError where another process holds it.

    Folders and files created for it are removed again when an error ends it. Spawned processes do not inherit
    the lock (O_CLOEXEC); a forked one does, and keeps it.
    """
    check_name(site)
    path, folder = site / "publishing.lock", site / "generations"
    fresh = [one for one in (path, folder, *folder.parents) if not os.path.lexists(one)]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = path.open("w")
    except OSError as error:
        _take_back(fresh)
        raise SiteError(f"{site}: the site folder cannot be written: {error.strerror}: choose another --site") from None
    with lock:
        try:
            flock(lock, LOCK_EX | LOCK_NB)
            alone = os.path.samestat(os.fstat(lock.fileno()), path.stat())
        except OSError:
            alone = False
        if not alone:
            raise SiteError(f"{site}: another publish is at work here: wait until it has finished")
        try:
            yield
        except BaseException:
            _take_back(fresh)
            raise


@contextmanager
def building(site: Path) -> Iterator[Path]:
    """Give a new folder to build a generation in, and clean up what an earlier run left half made.

    One publisher at a time: raises SiteError where another one holds the lock, or the folder cannot be written. When
    an error ends it, nothing of the new generation stays, unless it is live already.
    """
    with _publishing(site):
        _sweep(site)
        path = site / "generations" / f"{_new_id(site)}{PART}"
        finished = path.with_suffix("")
        path.mkdir()
        try:
            yield path
        except BaseException:
            if finished.is_dir() and pointed(site / LIVE) != finished.name:
                _discard(finished)
            (site / NEXT).unlink(missing_ok=True)
            raise
        finally:
            if path.is_dir():
                _discard(path)


def _sweep(site: Path) -> None:
    """Remove what killed runs have left; if the site's first one lacked only its last step, take that step."""
    link = site / NEXT
    if not os.path.lexists(site / LIVE) and pointed(link) in (path.name for path in finished_in(site)):
        link.replace(site / LIVE)
    link.unlink(missing_ok=True)
    for ending in (PART, REMOVING):
        for leftover in (site / "generations").glob(f"*{ending}"):
            _discard(leftover)


def _discard(path: Path) -> None:
    """Remove a folder; what cannot be removed now is left for the next sweep."""
    doomed = path.with_name(path.name.removesuffix(REMOVING) + REMOVING)
    with suppress(OSError):
        path.rename(doomed)  # workers of a killed run that write on no longer find it
    try:
        drop(doomed / "store")
    except (ShelfgraphError, OSError):  # what the store has elsewhere cannot be given up now
        return
    for _ in range(3):
        shutil.rmtree(doomed, ignore_errors=True)
        if not doomed.exists():
            return
        time.sleep(0.1)


def _new_id(site: Path) -> str:
    """Return an id that sorts after every earlier one, even when the clock has gone back or stands still."""
    stamp = datetime.now(UTC).strftime(_STAMP)
    names = [path.name[: len(stamp)] for path in (site / "generations").iterdir()]
    latest = max(filter(_IS_STAMP.fullmatch, names), default="")
    if latest >= stamp:
        stamp = (datetime.strptime(latest, _STAMP) + timedelta(seconds=1)).strftime(_STAMP)
    return stamp


def finish(building: Path, manifest: Manifest, base: Path | None = None) -> Path:
    """Write the manifest with every file's checksum, make everything durable, and return the finished folder.

    A file that is hard-linked from the earlier generation `base` is durable already, and keeps its checksum: reading
    it again would only bless what may have happened to it.
    """
    (building / READING).touch()
    mode = (building / READING).stat().st_mode
    paths = sorted(building.rglob("*"))
    files = [path for path in paths if path.is_file() and path not in (building / MANIFEST, building / READING)]
    found = _taken_over(files, base) if base else {}
    fresh = [path for path in files if path not in found]
    for path in fresh:
        path.chmod(mode)  # some libraries write for the owner only; another user may be the one who serves
    found |= dict(digests(fresh, of=_sealed))
    manifest.files = {str(path.relative_to(building)): found[path] for path in files}
    (building / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest)) + b"\n")
    folders = [path for path in reversed(paths) if path.is_dir()]
    for path in (building / MANIFEST, building / READING, *folders, building):
        _sync(path)
    finished = building.with_name(manifest.generation)
    _point(finished.parent.parent, finished.name)
    building.rename(finished)
    _sync(finished.parent)
    return finished


def _taken_over(files: list[Path], base: Path) -> dict[Path, str]:
    """Return the checksums of those files that are hard links to files of the earlier generation."""
    before = {_same(base / name): digest for name, digest in manifest_of(base).files.items() if (base / name).is_file()}
    return {path: before[_same(path)] for path in files if _same(path) in before}


def _same(path: Path) -> tuple[int, int, int]:
    stat = path.stat()
    return stat.st_dev, stat.st_ino, stat.st_size


def _sealed(path: Path) -> str:
    """Return the checksum of a file, once it is on the disk."""
    digest = sha256(path)
    _sync(path)
    return digest


def switch(site: Path, generation: str) -> None:
    """Make the generation live by replacing one symlink in one step. Call it while the site is locked."""
    if generation not in (path.name for path in finished_in(site)):
        raise SiteError(f"{site}: no finished generation is called '{generation}': {known_in(site)}")
    manifest_of(site / "generations" / generation)
    _point(site, generation).replace(site / LIVE)
    _sync(site)


def _take_back(created: Iterable[Path]) -> None:
    """Remove a file and folders that were created; a folder that is no longer empty stays."""
    for path in created:
        with suppress(OSError):
            path.rmdir() if path.is_dir() else path.unlink()


def _point(site: Path, generation: str) -> Path:
    """Return the symlink that is about to become the live one."""
    temporary = site / NEXT
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(Path("generations") / generation)
    _sync(site)  # some file systems would else let an empty symlink follow the rename
    return temporary


def adopt(site: Path, generation: str) -> str:
    """Make a finished generation live, whatever has become of `current`, and return its id.

    Raises SiteError where it is not there or damaged. Whatever stands in place of the link is moved aside; if it
    is that generation itself, it goes where it belongs.
    """
    if not generation or generation not in (stray(site), *(path.name for path in finished_in(site))):
        raise SiteError(f"{site}: no finished generation is called '{generation}': {known_in(site)}")
    with _publishing(site):
        place, link = site / "generations" / generation, site / LIVE
        if generation == stray(site) and not place.exists():
            link.rename(place)
        with closing(Generation(place)) as manifest:
            manifest.verify()
        if os.path.lexists(link) and not link.is_symlink():
            link.rename(_aside(link))
        switch(site, generation)
    return generation


def _aside(path: Path) -> Path:
    """Return a name that is still free: nothing is removed before a person has looked at it."""
    return next(name for n in count(1) if not os.path.lexists(name := path.with_name(f"{path.name}.aside-{n}")))


def rollback(site: Path) -> str:
    """Make the generation before the live one live again and return its id; damaged ones are skipped."""
    if pointed(site / LIVE) or live_path(site):
        with _publishing(site):
            live = pointed(site / LIVE)
            for name in reversed([path.name for path in finished_in(site) if path.name < live]):
                with suppress(SiteError):
                    switch(site, name)
                    return name
    raise SiteError(f"{site}: there is no earlier generation to roll back to")


def prune(site: Path, keep: int) -> list[str]:
    """Remove all but the last `keep` generations older than the live one, and return their ids.

    One that is still in use stays, and goes with a later call. While another process publishes, nothing is removed:
    that process will do it. Not to be called inside `building`, which holds the same lock.
    """
    with suppress(SiteError), _publishing(site):
        live = live_path(site)
        older = [path for path in finished_in(site) if live and path.name < live.name]
        return [path.name for path in older[: max(0, len(older) - keep)] if _remove(path)]
    return []


def _remove(path: Path) -> bool:
    """Remove a generation, and return whether that was possible: not while it is being read."""
    doomed = path.with_name(path.name + REMOVING)
    try:
        with (path / READING).open("a") as lock:
            flock(lock, LOCK_EX | LOCK_NB)
            path.rename(doomed)
            _sync(path.parent)
    except OSError:
        return False
    _discard(doomed)
    return True


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
