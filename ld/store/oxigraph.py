"""Oxigraph on disk: the triples are files in the generation's own folder, and queries run in the asking process."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, cast

from pyoxigraph import NamedNode, Quad, RdfFormat, Store, parse

from ld.errors import QuerySyntaxError, SiteError
from ld.store.engine import Engine, Query, Results
from ld.values.text import shown

if TYPE_CHECKING:
    import rdflib

# Bytes collected before they are loaded: each load writes a file of its own.
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


class Oxigraph(Engine):
    """Oxigraph over a folder. A copy costs nothing: its files are hard links until they are replaced."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._added: dict[str, None] = {}
        self._size = 0

    @classmethod
    def write(cls, folder: Path, where: str = "", base: Path | None = None) -> Self:
        if base:
            cls.read(base)._store.backup(str(folder))
        return cls(Store(str(folder)))

    @classmethod
    def read(cls, folder: Path, where: str = "") -> Self:
        check_name(folder)
        try:
            return cls(Store.read_only(str(folder)))
        except (OSError, ValueError) as error:
            raise SiteError(f"{folder}: no triple store can be opened here: {error}") from None

    def bulk(self, texts: Iterable[bytes]) -> None:
        with io.BufferedReader(cast(io.RawIOBase, Feed(texts)), 1 << 20) as stream:
            self._store.bulk_load(input=stream, format=RdfFormat.N_TRIPLES, lenient=True)
        self._settle()

    def fill(self, quads: Iterable[Quad]) -> None:
        """Load quads, named graphs included; an error raised while they are made ends the loading."""
        self._store.bulk_extend(quads)
        self._settle()

    def _settle(self) -> None:
        self._store.flush()
        self._store.optimize()

    def replace(self, old: str, new: str) -> int:
        before, after = dict.fromkeys(old.split("\n")), dict.fromkeys(new.split("\n"))
        before[""] = after[""] = None  # which is no line
        removed = [line for line in before if line not in after]
        for line in removed:  # what waits to be added is not there yet
            self._added.pop(line, None)
        for quad in parse("\n".join(removed).encode(), format=RdfFormat.N_TRIPLES, lenient=True):
            self._store.remove(quad)
        added = [line for line in after if line not in before]
        self._added.update(dict.fromkeys(added))
        self._size += sum(map(len, added))
        if self._size > _BATCH_CHARACTERS:
            self._add()
        return len(added) - len(removed)

    def _add(self) -> None:
        data = "".join(f"{line}\n" for line in self._added).encode()
        self._added, self._size = {}, 0
        if data:
            self._store.bulk_load(input=data, format=RdfFormat.N_TRIPLES, lenient=True)

    def close(self) -> None:
        self._add()
        self._store.flush()

    def answer(self, query: Query) -> Results:
        try:
            return cast(Results, self._store.query(query.text, base_iri=query.base or None, **_graphs(query)))
        except SyntaxError as error:
            raise _complaint(str(error)) from None
        except RuntimeError as error:  # a function that it does not have
            raise QuerySyntaxError(f"{error}.") from None

    def count(self) -> int:
        return len(self._store)

    def graphs(self) -> list[str]:
        """Return the IRIs of the named graphs, sorted."""
        return sorted(graph.value for graph in self._store.named_graphs() if isinstance(graph, NamedNode))

    def view(self) -> rdflib.Dataset:
        from oxrdflib import OxigraphStore  # takes its time, and most who use this file do without

        from ld.store.rdf import rdflib

        return rdflib.Dataset(store=OxigraphStore(store=self._store))


def in_memory(texts: Iterable[str]) -> Oxigraph:
    """Return a store in memory of these N-Triples, to be asked by the process that has it."""
    store = Store()
    store.bulk_load(input="".join(texts).encode(), format=RdfFormat.N_TRIPLES, lenient=True)
    return Oxigraph(store)


def _graphs(query: Query) -> dict[str, Any]:
    """Return the engine's arguments for the graphs of a query; those of the protocol go before FROM."""
    if not query.default_graphs and not query.named_graphs:
        return {}
    try:
        return {
            "default_graph": [NamedNode(iri) for iri in query.default_graphs],
            "named_graphs": [NamedNode(iri) for iri in query.named_graphs],
        }
    except ValueError as error:
        raise QuerySyntaxError(
            f"A graph of default-graph-uri or named-graph-uri is not an absolute IRI: {error}"
        ) from None


def _complaint(said: str) -> QuerySyntaxError:
    """Return the engine's complaint about a text that is no query, with line and column."""
    found = re.match(r"error at (\d+):(\d+): (.*)", said, re.DOTALL)
    if not found:
        return QuerySyntaxError(f"This is not a SPARQL 1.1 query: {said}")
    line, column = int(found[1]), int(found[2])
    if "IRI parsing failed" in found[3]:
        reason = "an IRI is relative or has a character that IRIs do not have."
    else:
        reason = f"this is not SPARQL 1.1 here or shortly before: {found[3][:200]}."
    return QuerySyntaxError(f"Line {line}, column {column}: {reason}", line, column)


KIND = Oxigraph


def check_name(directory: Path) -> None:
    """Raise SiteError where the engine could not open the folder: it needs paths in UTF-8."""
    try:
        os.path.realpath(directory).encode()
    except UnicodeEncodeError:
        reason = "its path is not UTF-8, and the triple store opens no other: choose another folder"
        raise SiteError(f"{shown(directory)}: {reason}") from None
