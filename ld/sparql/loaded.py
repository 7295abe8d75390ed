"""RDF that is loaded to be asked: files become a store of their own, a finished Oxigraph directory is used as it is.

What is not read: RDF/XML, whose entities the engine expands without bound, and JSON-LD, which it cannot nest deeply.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from fcntl import LOCK_EX, LOCK_NB, LOCK_SH, flock, lockf
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
from pyoxigraph import Quad, RdfFormat, parse

from ld import __version__
from ld.errors import SiteError, SourceError, UsageError
from ld.progress import Progress, Step, silent, steady
from ld.store.oxigraph import Oxigraph, check_name
from ld.values.streams import unpacked

FORMATS = {
    ".nq": RdfFormat.N_QUADS,
    ".nt": RdfFormat.N_TRIPLES,
    ".ttl": RdfFormat.TURTLE,
    ".trig": RdfFormat.TRIG,
}
_PACKED = (".gz", ".zst", ".zstd")
_PREFIX = "shelfgraph"
_DESCRIPTION = "loaded.json"
_MOST_GRAPHS = 1000


class Loaded(msgspec.Struct, frozen=True, weakref=True):
    """A store that can be asked: where its URLs begin, and what the service description tells of it.

    `id` differs wherever the data do; `triples` is None where nobody has counted them.
    """

    id: str
    base: str
    path: str
    graphs: list[str]
    triples: int | None = None
    about: str = ""

    @property
    def store(self) -> Path:
        """The folder of the store."""
        return Path(self.path)


@contextmanager
def workplace(kind: str = "endpoint") -> Iterator[Path]:
    """Give a folder of one's own, which is removed in the end, and remove those of runs that were killed."""
    prefix = f"{_PREFIX}-{kind}-"
    for left in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        with suppress(OSError):
            _remove(left)
    with tempfile.TemporaryDirectory(prefix=prefix) as name, (Path(name) / "lock").open("w") as lock:
        flock(lock, LOCK_EX)
        yield Path(name)


def _remove(left: Path) -> None:
    """Remove a folder of an earlier run; raises OSError where it is in use.

    Anybody may put something of that name there: only what we made ourselves, and nobody else could change, is
    touched. A pipe for a lock would be waited for without end, a link would lead elsewhere.
    """
    found = left.lstat()
    if not _ours(found, stat.S_IFDIR) or found.st_mode & 0o022:
        return
    lock = os.open(left / "lock", os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        if _ours(os.fstat(lock), stat.S_IFREG):
            flock(lock, LOCK_EX | LOCK_NB)
            shutil.rmtree(left, ignore_errors=True)
    finally:
        os.close(lock)


def _ours(found: os.stat_result, kind: int) -> bool:
    """Determine whether it is of that kind and belongs to this user."""
    return stat.S_IFMT(found.st_mode) == kind and found.st_uid == os.geteuid()


@contextmanager
def held(sources: Sequence[Path]) -> Iterator[None]:
    """Keep writers out of a store that is asked as it is: the engine's own lock, shared. Files need none.

    Raises SiteError where another process writes to it: what a reader then sees is undefined.
    """
    with ExitStack() as stack:
        for lock in (source / "LOCK" for source in sources):
            if lock.is_file():
                try:
                    lockf(stack.enter_context(lock.open("rb")), LOCK_SH | LOCK_NB)
                except BlockingIOError:
                    raise SiteError(
                        f"{lock.parent}: another process is writing to this store: end that first"
                    ) from None
        yield


def load(sources: Sequence[Path], folder: Path, base: str, progress: Progress = silent) -> Loaded:
    """Load the files into a store in the folder, or take the one directory that is named, and write down which.

    Raises SourceError, which names file, line and column, where a file cannot be read; UsageError where the sources do
    not go together.
    """
    if any(source.is_dir() for source in sources):
        if len(sources) > 1:
            raise UsageError("an Oxigraph directory is served alone: name one directory, or one or more files")
        path, triples = sources[0].resolve(), None
    else:
        path = folder / "store"
        check_name(path)
        triples = _fill(path, sources, base, steady(progress))
    graphs = Oxigraph.read(path).graphs()[:_MOST_GRAPHS]
    loaded = Loaded(_digest(sources), base, str(path), graphs, triples)
    (folder / _DESCRIPTION).write_bytes(msgspec.json.encode(loaded))
    return loaded


def loaded(folder: Path) -> Loaded:
    """Return what was loaded into the folder."""
    return msgspec.json.decode((folder / _DESCRIPTION).read_bytes(), type=Loaded)


def _fill(path: Path, sources: Sequence[Path], base: str, progress: Progress) -> int:
    """Load the files into a new store, and return how many triples it has."""
    formats = [_format(source) for source in sources]
    total, done = sum(source.stat().st_size for source in sources), 0

    def tell(more: int) -> None:
        nonlocal done
        done += more
        progress(Step("loading", done, total, "bytes"))

    def quads() -> Iterator[Quad]:
        for source, form in zip(sources, formats, strict=True):
            with ExitStack() as stack:
                raw = stack.enter_context(source.open("rb", buffering=0))
                stream = stack.enter_context(unpacked(raw, str(source), tell))
                yield from _quads(stream, form, f"{base}{quote(os.fsencode(source.name))}", source)

    store = Oxigraph.write(path)
    store.fill(quads())
    return store.count()


def _quads(stream: Any, form: RdfFormat, base: str, source: Path) -> Iterator[Quad]:
    """Yield the quads of a file; blank nodes get names of their own, for those of two files are never the same."""
    try:
        yield from parse(stream, format=form, base_iri=base, rename_blank_nodes=True)
    except SyntaxError as error:
        raise SourceError(f"{source}: {error}: mend the file; nothing is served") from None


def _format(source: Path) -> RdfFormat:
    """Return the format that the name of the file tells."""
    if not source.is_file():
        raise SourceError(f"{source}: there is no such file or directory: name RDF files, or an Oxigraph directory")
    suffix = Path(source.stem).suffix if source.suffix in _PACKED else source.suffix
    if suffix not in FORMATS:
        known = ", ".join(FORMATS)
        raise UsageError(f"{source}: which RDF is it? Files end in {known}, with .gz or .zst behind it where packed")
    return FORMATS[suffix]


def _digest(sources: Sequence[Path]) -> str:
    """Return a digest that changes with the files: their names, sizes and times, and those of a directory's files."""
    files = [file for one in sources for file in (sorted(one.iterdir()) if one.is_dir() else [one])]
    seen = hashlib.sha256(__version__.encode())
    for file in files:
        found = file.stat()
        seen.update(os.fsencode(file.resolve()) + f"\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
    return seen.hexdigest()[:16]
