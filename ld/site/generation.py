"""Generations: finished, checked copies of the published catalogue. One is live; the others are kept for roll-back.

site/
  site.toml                 settings (may be missing)
  vocab/                    overlay of the packaged vocab/ (may be missing)
  current -> generations/…  the live one: one symlink, replaced in one step
  generations/20261124T101500Z/
    manifest.json  documents.sqlite  things.sqlite  forms.sqlite  store/  index/  dumps/
    rejects.jsonl  remarks.jsonl  ledger.json  (what was rejected, what looked wrong, what became of every value)
    reading.lock            readers of the generation share a lock on it; to remove the generation takes it alone

The power may fail at any step: a folder gets its final name when everything in it is on the disk, then the symlink is
replaced; and a folder loses its name before anything in it is removed.
"""

from __future__ import annotations

import os
import tempfile
import weakref
from collections.abc import Collection
from contextlib import suppress
from fcntl import LOCK_NB, LOCK_SH, flock
from pathlib import Path

import msgspec
from msgspec import Struct

from ld import __version__
from ld.errors import LostError, SiteError
from ld.site.checksums import CORES, compare
from ld.site.documents import Documents
from ld.site.dumpfiles import Dump
from ld.site.rendered import Forms
from ld.site.search import Index
from ld.store.oxigraph import check_name

# Which files a generation has, and what is in them: other layouts are not read.
LAYOUT = 4
MANIFEST = "manifest.json"
READING = "reading.lock"
PART, REMOVING = ".part", ".removing"
LIVE, NEXT = "current", "current.new"


class Account(Struct):
    """What became of the records that were read: the figures add up to `read`.

    Besides: records deleted, deletions of records that are `unknown` here, kept sources mapped `again`, lists taken
    only in part on purpose (`partial`), how many of their records are known to be `missing`, e-mail addresses that were
    taken out (`withheld`), and of how many shared things records say `unlike` things.
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
    partial: int = 0
    missing: int = 0
    withheld: int = 0
    unlike: int = 0

    def adds_up(self) -> bool:
        """Determine whether no record was lost; deletions do not count as read."""
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
    """A finished generation, opened for reading. Until it is closed or forgotten, its folder is not removed."""

    def __init__(self, path: Path) -> None:
        check_name(path)
        self.path = path
        self._let_go = weakref.finalize(self, _let_go, _reading(path))
        self.manifest = manifest_of(path)
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
        """Let the folder be removed, and close this thread's connection."""
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
    """Return the handle of a shared lock on the generation; None where that cannot be had, as in a read-only folder.

    Raises SiteError where the generation is gone or is being removed.
    """
    lock = path / READING
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
    """Return the folder of the live generation, None where nothing has been published yet.

    Raises LostError where something has been published, but `current` names no finished generation of this site: a
    build from nothing would replace the catalogue.
    """
    finished = [path.name for path in finished_in(site)]
    if pointed(site / LIVE) in finished:
        return (site / LIVE).resolve()
    if not finished and not os.path.lexists(site / LIVE):
        return None
    raise LostError(f"{site}: {_lost(site)}: {_remedy(site)}")


def pointed(link: Path) -> str:
    """Return the name of this site's generation, finished or not, that a symlink names; empty if it names none."""
    name = link.readlink().name if link.is_symlink() else ""
    return name if os.path.realpath(link) == os.path.realpath(link.parent / "generations" / name) else ""


def _lost(site: Path) -> str:
    """Return a message: what is wrong with `current`, and what to do."""
    link = site / LIVE
    if not os.path.lexists(link):
        return f"the link '{LIVE}' to the live generation is missing"
    if not link.is_symlink():
        what = "a folder" if link.is_dir() else "a file"
        return f"'{LIVE}' is {what}, not a link: was the site copied without its links?"
    target = link.readlink()
    if not link.exists():
        return f"'{LIVE}' points at {target}, which is not there"
    return f"'{LIVE}' points at {target}, which is no finished generation of this site"


def _remedy(site: Path) -> str:
    names = [path.name for path in finished_in(site)]
    if (own := stray(site)) and own not in names:
        names.append(own)
    if not names:
        return f"no finished generation is left: bring back 'generations', or remove '{LIVE}' to begin anew"
    return f"make one of its generations live with `shelfgraph adopt GENERATION`: {', '.join(names)}"


def stray(site: Path) -> str:
    """Return the id of the generation that a copy has put in place of the link, empty where there is none."""
    link = site / LIVE
    if link.is_symlink() or not link.is_dir():
        return ""
    with suppress(SiteError):
        return manifest_of(link).generation
    return ""


def generations(site: Path) -> list[Manifest]:
    """Return the manifests of all finished generations, oldest first; raises SiteError where there is no site."""
    if not site.is_dir():
        raise SiteError(f"{site}: there is no site here: publish one, or name another with --site")
    return [manifest_of(path) for path in finished_in(site)]


def finished_in(site: Path) -> list[Path]:
    """Return the folders of the finished generations, oldest first."""
    folders = (path.parent for path in (site / "generations").glob(f"*/{MANIFEST}"))
    return sorted(path for path in folders if path.suffix not in (PART, REMOVING))


def known_in(site: Path) -> str:
    names = [path.name for path in finished_in(site)]
    return f"there are {', '.join(names) or 'none'}"


def manifest_of(path: Path) -> Manifest:
    try:
        manifest = msgspec.json.decode((path / MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.MsgspecError) as error:
        raise SiteError(f"{path / MANIFEST}: cannot be read: {error}: roll back or publish again") from None
    if manifest.layout != LAYOUT:
        raise SiteError(
            f"{path}: made by another version ({manifest.software}): publish from the sources into a new site folder"
        )
    return manifest
