"""The triples of a generation in the embedded Oxigraph engine, seen as an rdflib Dataset.

All triples stand in the default graph. Loading goes through Oxigraph's own bulk loader; rdflib is the view.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path
from typing import cast

import rdflib
import rdflib.plugins.sparql
from oxrdflib import OxigraphStore
from pyoxigraph import RdfFormat
from pyoxigraph import Store as Oxigraph

from ld.errors import SiteError

# Without these rdflib rewrites "…Z" to "+00:00", and a query could read local files and the web.
rdflib.NORMALIZE_LITERALS = False
rdflib.plugins.sparql.SPARQL_LOAD_GRAPHS = False


class Feed(io.RawIOBase):
    """A readable stream over texts that are made while it is read: the loader pulls the whole pipeline."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = iter(texts)
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]  # any writable buffer will do
        while not self._rest:
            text = next(self._texts, None)
            if text is None:
                return 0
            self._rest = memoryview(text.encode())
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size


class Loader:
    """Fills a new store: `bulk` once for the mass, `add` for a few more lines, then `close`."""

    def __init__(self, directory: Path) -> None:
        self._store = Oxigraph(str(directory))

    def bulk(self, lines: Iterable[str]) -> None:
        """Load N-Triples texts while they are made."""
        with io.BufferedReader(cast(io.RawIOBase, Feed(lines)), 1 << 20) as stream:
            self._store.bulk_load(input=stream, format=RdfFormat.N_TRIPLES)

    def add(self, lines: str) -> None:
        """Load some more N-Triples."""
        self._store.bulk_load(input=lines.encode(), format=RdfFormat.N_TRIPLES)

    def close(self) -> int:
        """Make all durable and quick to read; return the number of triples."""
        self._store.flush()
        self._store.optimize()
        return len(self._store)


def open_read_only(directory: Path) -> Oxigraph:
    """Return the engine over a finished store; raises SiteError where there is none."""
    try:
        return Oxigraph.read_only(str(directory))
    except (OSError, ValueError) as error:
        raise SiteError(f"{directory}: no triple store can be opened here: {error}") from None


def dataset(directory: Path | str) -> rdflib.Dataset:
    """Return the store of a generation as an rdflib Dataset for Python users (read only).

    Its default graph holds all triples; SPARQL given as text is answered by Oxigraph.
    """
    return rdflib.Dataset(store=OxigraphStore(store=open_read_only(Path(directory))))
