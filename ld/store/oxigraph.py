"""The triples of a generation in the embedded Oxigraph engine, seen as an rdflib Dataset.

All triples stand in the default graph. Loading goes through Oxigraph's own bulk loader; rdflib is the view.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterable
from pathlib import Path
from typing import cast

import rdflib
import rdflib.plugins.sparql
from oxrdflib import OxigraphStore
from pyoxigraph import RdfFormat, parse
from pyoxigraph import Store as Oxigraph

from ld.errors import SiteError
from ld.values.text import shown

# Without these rdflib rewrites "…Z" to "+00:00", and a query could read local files and the web.
rdflib.NORMALIZE_LITERALS = False
rdflib.plugins.sparql.SPARQL_LOAD_GRAPHS = False

# So much is collected before it is loaded: a load writes a file of its own.
_BATCH_CHARACTERS = 256 << 20


class Feed(io.RawIOBase):
    """A readable stream over texts in UTF-8 that are made while it is read: the loader pulls them."""

    def __init__(self, texts: Iterable[bytes]) -> None:
        self._texts = iter(texts)
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]  # any writable buffer will do
        while not self._rest:
            text = next(self._texts, None)
            if text is None:
                return 0
            self._rest = memoryview(text)
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size


class Loader:
    """Fills a new store, or changes a copy of a finished one; then `close`.

    A copy costs nothing: its files are hard links until they are replaced. Lines come from the mapping, which has
    checked every term, so the engine need not check them again.
    """

    def __init__(self, directory: Path, base: Path | None = None) -> None:
        if base:
            open_read_only(base).backup(str(directory))
        self._store = Oxigraph(str(directory))
        self._added: list[str] = []
        self._size = 0

    def bulk(self, lines: Iterable[bytes]) -> None:
        """Load N-Triples texts in UTF-8 while they are made, and order all for quick reading."""
        with io.BufferedReader(cast(io.RawIOBase, Feed(lines)), 1 << 20) as stream:
            self._store.bulk_load(input=stream, format=RdfFormat.N_TRIPLES, lenient=True)
        self._store.flush()
        self._store.optimize()

    def replace(self, old: str, new: str) -> int:
        """Put N-Triples lines in the place of others, and return by how many triples the store grows.

        Lines that are in both stay as they are.
        """
        before, after = dict.fromkeys(old.split("\n")), dict.fromkeys(new.split("\n"))
        removed = [line for line in before if line not in after]
        self.remove("\n".join(removed))
        added = [line for line in after if line not in before]
        if added:
            self._added.append("\n".join((*added, "")))
            self._size += len(self._added[-1])
        if self._size > _BATCH_CHARACTERS:
            self._add()
        return len(added) - len(removed)

    def remove(self, lines: str) -> None:
        """Remove N-Triples lines."""
        if lines:
            for quad in parse(lines.encode(), format=RdfFormat.N_TRIPLES, lenient=True):
                self._store.remove(quad)

    def _add(self) -> None:
        data = "".join(self._added).encode()
        self._added, self._size = [], 0
        if data:
            self._store.bulk_load(input=data, format=RdfFormat.N_TRIPLES, lenient=True)

    def close(self) -> None:
        """Make all durable."""
        self._add()
        self._store.flush()


def check_name(directory: Path) -> None:
    """Raise SiteError where the engine can open nothing in the folder: it wants paths in UTF-8."""
    try:
        os.path.realpath(directory).encode()
    except UnicodeEncodeError:
        reason = "its path is not UTF-8, and the triple store opens no other: choose another folder"
        raise SiteError(f"{shown(directory)}: {reason}") from None


def open_read_only(directory: Path) -> Oxigraph:
    """Return the engine over a finished store; raises SiteError where there is none."""
    check_name(directory)
    try:
        return Oxigraph.read_only(str(directory))
    except (OSError, ValueError) as error:
        raise SiteError(f"{directory}: no triple store can be opened here: {error}") from None


def dataset(directory: Path | str) -> rdflib.Dataset:
    """Return the store of a generation as an rdflib Dataset for Python users (read only).

    Its default graph holds all triples; SPARQL given as text is answered by Oxigraph.
    """
    return rdflib.Dataset(store=OxigraphStore(store=open_read_only(Path(directory))))
