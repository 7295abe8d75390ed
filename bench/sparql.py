"""SPARQL: look-ups and analytics in process, through our endpoint and on other servers, over the same triples.

    python bench/sparql.py 100000 --peers PEERS

Each query runs `--rounds` times in turns, look-ups with other values each time and each query with a comment of its
own, so that no kept answer is measured. A query that takes longer than `--limit` is ended with its process; that
contestant is not asked it again.
"""

from __future__ import annotations

import csv
import functools
import http.client
import json
import multiprocessing
import random
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode, urlsplit

from catalogue import BASE, live, manifest, parser, published, unpacked
from measure import table, tell, versions, workplace
from peers import servers

PREFIXES = """PREFIX bibo: <http://purl.org/ontology/bibo/> PREFIX dc: <http://purl.org/dc/elements/1.1/>
PREFIX dcterms: <http://purl.org/dc/terms/> PREFIX skos: <http://www.w3.org/2004/02/skos/core#> """
LOOKUPS = {
    "work by DOI": 'SELECT ?w { ?w bibo:doi "$doi" }',
    "DESCRIBE a work": "DESCRIBE <$work>",
    "works of a journal, newest 50": """SELECT ?w ?t ?d { ?w dcterms:isPartOf <$journal> ; dcterms:title ?t ;
        dcterms:issued ?d } ORDER BY DESC(?d) ?w LIMIT 50""",
    "works on a subject, 50": "SELECT ?w ?t { ?w dcterms:subject <$subject> ; dcterms:title ?t } LIMIT 50",
}
ANALYTICS = {
    "articles per year": """SELECT ?y (COUNT(?w) AS ?n) { ?w a bibo:AcademicArticle ; dcterms:date ?y }
        GROUP BY ?y ORDER BY ?y""",
    "top 10 journals": """SELECT ?j ?t (COUNT(?w) AS ?n) { ?w a bibo:AcademicArticle ; dcterms:isPartOf ?j .
        ?j a bibo:Journal ; dcterms:title ?t } GROUP BY ?j ?t ORDER BY DESC(?n) ?j LIMIT 10""",
    "co-authors of a name": """SELECT ?b (COUNT(DISTINCT ?w) AS ?n) { ?w dc:creator "$author", ?b .
        FILTER(?b != "$author") } GROUP BY ?b ORDER BY DESC(?n) ?b LIMIT 20""",
    "top 20 subjects": """SELECT ?s (COUNT(?w) AS ?n) { ?w dcterms:subject ?s } GROUP BY ?s
        ORDER BY DESC(?n) ?s LIMIT 20""",
    "subjects beside a subject": """SELECT ?s (COUNT(?w) AS ?n) { ?w dcterms:subject <$subject>, ?s .
        FILTER(?s != <$subject>) } GROUP BY ?s ORDER BY DESC(?n) ?s LIMIT 20""",
    "articles per year on a subject": """SELECT ?y (COUNT(?w) AS ?n) { ?w dcterms:subject <$subject> ;
        dcterms:date ?y } GROUP BY ?y ORDER BY ?y""",
    "publishers": "SELECT DISTINCT ?p ?name { ?w dcterms:publisher ?p . ?w dc:publisher ?name }",
    "count of all": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
}
GRAPH, ROWS = "application/n-triples", "application/sparql-results+json"


class TooSlow(Exception):
    """The answer did not come in time."""


@dataclass
class Contestant:
    """Someone who answers queries; `open` starts it, so that it can be started anew after a query was ended."""

    name: str
    open: Callable[[], AbstractContextManager[Callable[[str, float], tuple[float, int]]]]
    given_up: set[str] = field(default_factory=set)
    stack: ExitStack = field(default_factory=ExitStack)
    ask: Callable[[str, float], tuple[float, int]] | None = None

    def answer(self, query: str, limit: float) -> tuple[float, int]:
        """Return milliseconds and rows of an answer."""
        if self.ask is None:
            self.ask = self.stack.enter_context(self.open())
        try:
            return self.ask(query, limit)
        except TooSlow:
            self.close()
            raise

    def close(self) -> None:
        """End it."""
        self.ask = None
        self.stack.close()


def main() -> None:
    """Print the table."""
    options = parser(__doc__ or "", 100_000)
    options.add_argument("--peers", type=Path, help="folder of the peers' environments")
    options.add_argument("--site", type=Path, help="a published site to ask; default one made of SIZE records")
    options.add_argument("--limit", type=float, default=30.0, help="seconds a query may take")
    options.add_argument("--lookups", type=int, default=30, help="how often each look-up is asked")
    asked = options.parse_args()
    where = servers.folder(asked.peers)
    head = versions("shelfgraph", "pyoxigraph", "granian", other=servers.about(where))
    with workplace(asked.work) as work, ExitStack() as stack:
        site = asked.site or published(work, asked.size, asked.seed)
        contestants = _contestants(work, site, where, asked)
        for one in contestants:
            stack.callback(one.close)
        values = _values(site, asked)
        found = {name: _asked(name, text, contestants, values, asked) for name, text in (LOOKUPS | ANALYTICS).items()}
        records, triples = (manifest(site)["counts"][name] for name in ("records", "stored"))
    _print(records, triples, [one.name for one in contestants], found, asked, head)


# -- who is asked -----------------------------------------------------------------------------------------------------


def _contestants(work: Path, site: Path, where: Path, asked: Any) -> list[Contestant]:
    there = servers.servers(where)
    limits = {"query_seconds": asked.limit + 5, "query_per_client": 4}
    found = [
        Contestant("pyoxigraph in process", functools.partial(_in_process, live(site) / "store")),
        Contestant("shelfgraph serve", functools.partial(_over_http, functools.partial(servers.ours, site, **limits))),
    ]
    if there["Oxigraph server"]:
        oxigraph = functools.partial(servers.oxigraph, where, site)
        found.append(Contestant("Oxigraph server", functools.partial(_over_http, oxigraph)))
    if there["Virtuoso 7"]:
        triples = work / "virtuoso-data" / "triples.nt"
        if not triples.exists():
            triples.parent.mkdir(parents=True, exist_ok=True)
            unpacked(site, triples)
        found.append(Contestant("Virtuoso 7", functools.partial(_over_http, lambda: servers.virtuoso(triples, work))))
    if there["rdflib-endpoint"]:
        serve = functools.partial(_over_http, lambda: servers.rdflib_endpoint(where, site))
        found.append(Contestant("rdflib-endpoint", serve))
    return found


@contextmanager
def _in_process(store: Path) -> Iterator[Callable[[str, float], tuple[float, int]]]:
    """Give a function that asks the engine itself, in a process of its own that can be ended."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_engine, args=(there, str(store)), daemon=True)
    process.start()
    here.recv()

    def ask(query: str, limit: float) -> tuple[float, int]:
        here.send(query)
        if not here.poll(limit):
            raise TooSlow
        found: tuple[float, int] = here.recv()
        return found

    try:
        yield ask
    finally:
        process.kill()
        process.join()


def _engine(pipe: Any, path: str) -> None:
    from pyoxigraph import QueryResultsFormat, QueryTriples, RdfFormat, Store

    store = Store.read_only(path)
    pipe.send("ready")
    while True:
        query = pipe.recv()
        started = time.perf_counter()
        result = store.query(query)
        if isinstance(result, QueryTriples):
            rows = result.serialize(format=RdfFormat.N_TRIPLES).count(b"\n")
        else:
            rows = len(json.loads(result.serialize(format=QueryResultsFormat.JSON))["results"]["bindings"])
        pipe.send(((time.perf_counter() - started) * 1000, rows))


@contextmanager
def _over_http(
    serve: Callable[[], AbstractContextManager[servers.Server]],
) -> Iterator[Callable[[str, float], tuple[float, int]]]:
    """Give a function that asks a server, over one connection that stays open."""
    with serve() as server:
        parts = urlsplit(server.endpoint)
        connections: list[http.client.HTTPConnection] = []

        def ask(query: str, limit: float) -> tuple[float, int]:
            if not connections:
                connections.append(http.client.HTTPConnection(parts.netloc, timeout=limit))
            started = time.perf_counter()
            try:
                return _posted(connections[0], parts.path, query, started)
            except TimeoutError:
                raise TooSlow from None
            except (http.client.HTTPException, OSError):
                connections.clear()
                raise

        yield ask
        for one in connections:
            one.close()


def _posted(connection: http.client.HTTPConnection, path: str, query: str, started: float) -> tuple[float, int]:
    """Return milliseconds and rows; the milliseconds end when the whole answer is there."""
    graph = "DESCRIBE" in query
    headers = {"Accept": GRAPH if graph else ROWS, "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", path or "/", urlencode({"query": query}), headers)
    answer = connection.getresponse()
    body = answer.read()
    took = (time.perf_counter() - started) * 1000
    if answer.status >= 400:
        raise RuntimeError(f"{answer.status}: {body[:200]!r}")
    if graph:
        return took, body.count(b"\n")
    return took, len(json.loads(body)["results"]["bindings"])


# -- what is asked ----------------------------------------------------------------------------------------------------


def _values(site: Path, asked: Any) -> dict[str, list[str]]:
    """Return values for the look-ups: random records, their journals and subjects, and much-written authors."""
    chance = random.Random(asked.seed)
    with (live(site) / "dumps" / "catalogue.csv").open(encoding="utf-8", newline="") as lines:
        rows = chance.sample([row for row in csv.DictReader(lines) if row["doi"]], 200)
    works = [f"{BASE}record/{row['id']}#it" for row in rows]
    several = " ".join(f"<{one}>" for one in works)
    these = f"SELECT DISTINCT ?v {{ VALUES ?w {{ {several} }} ?w"
    journals = _column(site, f"{these} dcterms:isPartOf ?v . ?v a bibo:Journal }}")
    subjects = _column(site, f"{these} dcterms:subject ?v }}")
    authors = _column(site, "SELECT ?v { ?w dc:creator ?v } GROUP BY ?v ORDER BY DESC(COUNT(?w)) LIMIT 12")
    return {
        "doi": [row["doi"] for row in rows], "work": works, "journal": journals, "subject": subjects,
        "author": [one.replace("\\", "\\\\").replace('"', '\\"') for one in authors],
    }  # fmt: skip


def _column(site: Path, query: str) -> list[str]:
    from pyoxigraph import Store

    rows = Store.read_only(str(live(site) / "store")).query(PREFIXES + query)
    return [row[0].value for row in rows]


def _asked(
    name: str, text: str, contestants: list[Contestant], values: dict[str, list[str]], asked: Any
) -> dict[str, str]:
    """Return for each contestant the median milliseconds, or why there are none."""
    count = asked.lookups if name in LOOKUPS else asked.rounds
    times: dict[str, list[float]] = {one.name: [] for one in contestants}
    rows: dict[str, list[int]] = {one.name: [] for one in contestants}
    notes: dict[str, str] = {}
    tell(f"{name}, {count} times")
    for n in range(count):
        query = _filled(text, values, n)
        for one in contestants if n % 2 == 0 else reversed(contestants):
            if one.name in notes:
                continue
            try:
                took, many = one.answer(f"# {n} {time.monotonic_ns()}\n{PREFIXES}{query}", asked.limit)
                times[one.name].append(took)
                rows[one.name].append(many)
            except TooSlow:
                notes[one.name] = f"> {asked.limit:g} s"
            except (RuntimeError, ValueError, OSError, http.client.HTTPException) as error:
                tell(f"{one.name}: {error}")
                notes[one.name] = "error"
    expected = rows[contestants[0].name]
    return {one: notes.get(one) or _shown(times[one], rows[one], expected) for one in times}


def _shown(times: list[float], rows: list[int], expected: list[int]) -> str:
    """Return the median; a star says that the numbers of rows differ from those of the engine in process."""
    took = median(times)
    text = f"{took:,.0f}" if took >= 100 else f"{took:.1f}" if took >= 1 else f"{took:.2f}"
    return text if rows == expected or not expected else f"{text}*"


def _filled(text: str, values: dict[str, list[str]], n: int) -> str:
    for name, several in values.items():
        text = text.replace(f"${name}", several[n % len(several)] if several else "")
    return text


def _print(
    records: int, triples: int, names: list[str], found: dict[str, dict[str, str]], asked: Any, head: str
) -> None:
    rows = [(name, *(times[one] for one in names)) for name, times in found.items()]
    print(f"## SPARQL over {records:,} records, {triples:,} triples: milliseconds, medians\n")
    print(table(("query", *names), rows))
    print(
        f"{head}. Look-ups {asked.lookups} times with other values, analytics {asked.rounds} times, in turns; over HTTP"
        " until the last byte. * the number of rows differs from that of the engine in process (limits, DESCRIBE)."
    )


if __name__ == "__main__":
    main()
