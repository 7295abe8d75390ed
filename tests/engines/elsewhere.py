"""A kind of triple store for tests: it runs elsewhere, each generation is a graph of it, and HTTP is all there is.

The requests are those of SPARQL 1.1 (Protocol, Update, Graph Store HTTP Protocol), nothing else.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from http.client import HTTPResponse
from pathlib import Path
from typing import Self, cast
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from pyoxigraph import QueryResultsFormat, RdfFormat, parse, parse_query_results

from ld.errors import QuerySyntaxError, SiteError
from ld.store.engine import Engine, Query, Results

_BATCH = 1000
_ACCEPT = {"Accept": "application/sparql-results+json, application/n-triples"}


class Elsewhere(Engine):
    """One graph of a store behind HTTP; which one, a file in the generation's folder tells."""

    embedded = False

    def __init__(self, where: str, graph: str) -> None:
        self._where, self.graph = where, graph
        self._old: list[str] = []
        self._new: list[str] = []

    @classmethod
    def write(cls, folder: Path, where: str, base: Path | None = None) -> Self:
        folder.mkdir(exist_ok=True)
        if (folder / "graph").exists():
            return cls.read(folder, where)
        (folder / "graph").write_text(f"urn:uuid:{uuid.uuid4()}")
        store = cls.read(folder, where)
        if base:
            store._update(f"COPY GRAPH <{cls.read(base, where).graph}> TO GRAPH <{store.graph}>")
        return store

    @classmethod
    def read(cls, folder: Path, where: str) -> Self:
        try:
            return cls(where, (folder / "graph").read_text())
        except OSError as error:
            raise SiteError(f"{folder}: no triple store can be opened here: {error.strerror}") from None

    @classmethod
    def drop(cls, folder: Path, where: str) -> None:
        if (folder / "graph").exists():
            store = cls.read(folder, where)
            store._update(f"DROP SILENT GRAPH <{store.graph}>")

    def bulk(self, texts: Iterable[bytes]) -> None:
        for text in texts:
            self._post("data?" + urlencode({"graph": self.graph}), text, {"Content-Type": "application/n-triples"})

    def replace(self, old: str, new: str) -> int:
        before, after = set(old.split("\n")) - {""}, set(new.split("\n")) - {""}
        gone = before - after
        self._new = [line for line in self._new if line not in gone]  # what waits to be added is not there yet
        self._old += gone
        self._new += after - before
        if len(self._old) + len(self._new) > _BATCH:
            self.close()
        return len(after) - len(before)

    def close(self) -> None:
        for verb, lines in (("DELETE", self._old), ("INSERT", self._new)):
            if lines:
                self._update(f"{verb} DATA {{ GRAPH <{self.graph}> {{ {' '.join(lines)} }} }}")
        self._old, self._new = [], []

    def answer(self, query: Query) -> Results:
        asked = [("query", f"BASE <{query.base}> {query.text}" if query.base else query.text)]
        named = bool(query.default_graphs or query.named_graphs)
        asked += [("default-graph-uri", one) for one in (query.default_graphs if named else (self.graph,))]
        asked += [("named-graph-uri", one) for one in query.named_graphs]
        answer = self._post("sparql", urlencode(asked).encode(), _ACCEPT, query.seconds)
        if answer.headers.get_content_type() == "application/n-triples":
            return (quad.triple for quad in parse(answer, format=RdfFormat.N_TRIPLES))
        return parse_query_results(answer, format=QueryResultsFormat.JSON)

    def _update(self, text: str) -> None:
        self._post("update", text.encode(), {"Content-Type": "application/sparql-update"})

    def _post(self, path: str, data: bytes, headers: dict[str, str], seconds: float = 60) -> HTTPResponse:
        try:
            return cast(HTTPResponse, urlopen(Request(self._where + path, data, headers), timeout=seconds))
        except HTTPError as error:
            with error:
                raise QuerySyntaxError(error.read().decode()) from None
        except URLError as error:
            raise SiteError(f"{self._where}: {error.reason}: is the triple store there?") from None


KIND = Elsewhere
