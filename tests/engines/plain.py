"""A kind of triple store for tests: a file of N-Triples, read by rdflib and asked in the process that asks."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Self

from pyoxigraph import QueryResultsFormat, RdfFormat, Triple, parse, parse_query_results
from pyparsing import ParseException

from ld.errors import QuerySyntaxError, SiteError
from ld.store.engine import Engine, Query, Results
from ld.store.rdf import rdflib


class Plain(Engine):
    """All lines of a file, in memory."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lines = dict.fromkeys(file.read_text(encoding="utf-8").split("\n")[:-1])
        self._graph = rdflib.Graph()
        self._graph.parse(data=file.read_bytes(), format="nt")

    @classmethod
    def write(cls, folder: Path, where: str = "", base: Path | None = None) -> Self:
        folder.mkdir(exist_ok=True)
        file = folder / "triples.nt"
        if not file.exists():
            file.write_bytes((base / "triples.nt").read_bytes() if base else b"")
        return cls(file)

    @classmethod
    def read(cls, folder: Path, where: str = "") -> Self:
        try:
            return cls(folder / "triples.nt")
        except OSError as error:
            raise SiteError(f"{folder}: no triple store can be opened here: {error.strerror}") from None

    def bulk(self, texts: Iterable[bytes]) -> None:
        self._lines = dict.fromkeys(line for text in texts for line in text.decode().split("\n")[:-1])

    def replace(self, old: str, new: str) -> int:
        before, after = set(old.split("\n")) - {""}, set(new.split("\n")) - {""}
        self._lines = {line: None for line in self._lines if line not in before} | dict.fromkeys(after)
        return len(after) - len(before)

    def close(self) -> None:
        self._file.write_text("".join(f"{line}\n" for line in self._lines), encoding="utf-8")

    def answer(self, query: Query) -> Results:
        graph = rdflib.Graph() if query.default_graphs or query.named_graphs else self._graph
        try:
            found = graph.query(query.text, base=query.base or None)
        except ParseException as error:
            raise QuerySyntaxError(str(error), error.lineno, error.column) from None
        if found.graph is not None:
            data = found.graph.serialize(format="nt", encoding="utf-8")
            return [Triple(*quad.triple) for quad in parse(data, format=RdfFormat.N_TRIPLES)]
        return parse_query_results(found.serialize(format="json"), format=QueryResultsFormat.JSON)


KIND = Plain
