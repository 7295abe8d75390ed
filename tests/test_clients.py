"""Other people's clients against running servers: rdflib, SPARQLWrapper, pandas, curl, rapper, Comunica, federation."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlencode

import pandas
import pytest
import rdflib
import requests
import SPARQLWrapper
from conftest import EXAMPLES, SEED, endpoint
from flask import Flask
from pyoxigraph import QueryResultsFormat, QuerySolutions, RdfFormat, Store, parse
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from waiting import PATIENCE
from werkzeug.serving import make_server

from ld.publish.run import publish
from ld.settings import Settings
from ld.store import dataset
from ld.values.vocab import Vocabulary
from ld.web import create_app


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running server whose base is that address, as a newcomer has it."""
    holder = Flask("placeholder")
    http = make_server("127.0.0.1", 0, holder, threaded=True)
    base = f"http://127.0.0.1:{http.server_port}/"
    asking = {"query_per_client": 32, "query_queue": 32}  # Comunica asks many things at a time
    settings = Settings(tmp_path_factory.mktemp("site"), {"base": base, **asking}, {})
    publish([str(EXAMPLES)], settings)
    app = create_app(settings)
    http.app = app
    thread = threading.Thread(target=http.serve_forever)
    thread.start()
    yield base
    http.shutdown()
    http.server_close()
    thread.join()
    app.extensions["shelfgraph"].pools.close()


def test_rdflib_parses_a_record_by_its_address(server: str) -> None:
    graph = rdflib.Graph().parse(f"{server}record/{SEED}")

    assert len(graph) == 153


@pytest.mark.parametrize("form", ["ttl", "nt", "rdf", "jsonld"])
def test_rdflib_parses_every_form(server: str, form: str) -> None:
    graph = rdflib.Graph().parse(f"{server}record/b1.{form}")

    assert len(graph) == len(rdflib.Graph().parse(f"{server}record/b1"))


@pytest.mark.parametrize(
    ("form", "kind"),
    [(SPARQLWrapper.JSON, dict), (SPARQLWrapper.XML, None), (SPARQLWrapper.CSV, bytes), (SPARQLWrapper.TSV, bytes)],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_sparqlwrapper_selects(server: str, form: str, kind: type | None, method: str) -> None:
    client = SPARQLWrapper.SPARQLWrapper(f"{server}sparql")
    client.setQuery('SELECT ?t { ?w <http://purl.org/dc/terms/title> ?t FILTER(CONTAINS(?t, "Learning")) }')
    client.setReturnFormat(form)
    client.setMethod(method)

    answer = client.query().convert()

    assert kind is None or isinstance(answer, kind)
    text = answer.toxml() if kind is None else json.dumps(answer) if kind is dict else answer.decode()
    assert "Toward Co-productive Learning?" in text


@pytest.mark.parametrize("form", [SPARQLWrapper.TURTLE, SPARQLWrapper.JSONLD, SPARQLWrapper.RDFXML])
def test_sparqlwrapper_constructs(server: str, form: str) -> None:
    client = SPARQLWrapper.SPARQLWrapper(f"{server}sparql")
    client.setQuery(f"CONSTRUCT WHERE {{ <{server}record/b1> ?p ?o }}")
    client.setReturnFormat(form)

    answer = client.query().convert()

    graph = answer if isinstance(answer, rdflib.Graph) else rdflib.Graph().parse(data=answer, format="turtle")
    assert len(graph) > 8


@pytest.mark.skipif(not shutil.which("rapper"), reason="rapper (raptor2-utils) is not installed")
@pytest.mark.parametrize(("form", "syntax"), [("ttl", "turtle"), ("rdf", "rdfxml"), ("nt", "ntriples")])
def test_rapper_counts_the_same_triples(server: str, form: str, syntax: str) -> None:
    body = requests.get(f"{server}record/{SEED}.{form}", timeout=PATIENCE).content
    command = ["rapper", "-c", "-i", syntax, "-", server]

    said = subprocess.run(command, input=body, capture_output=True, check=True).stderr.decode()

    assert "returned 153 triples" in said and "rror" not in said and "arning" not in said


def test_describe_is_the_document(server: str) -> None:
    """DESCRIBE of a record gives the same graph as /record/{id}.nt, of the record and of its work alike."""
    document = requests.get(f"{server}record/{SEED}.nt", timeout=PATIENCE).content
    for iri in (f"{server}record/{SEED}", f"{server}record/{SEED}#it"):
        answer = requests.get(
            f"{server}sparql",
            {"query": f"DESCRIBE <{iri}>"},
            headers={"Accept": "application/n-triples"},
            timeout=PATIENCE,
        )

        assert answer.headers["Content-Type"].startswith("application/n-triples")
        assert sorted(answer.content.splitlines()) == sorted(document.splitlines())


def test_the_store_is_an_rdflib_dataset(generation) -> None:  # type: ignore[no-untyped-def]  # fixture
    graph = dataset(generation.store)
    query = "SELECT ?doi { ?work <http://purl.org/ontology/bibo/doi> ?doi } ORDER BY ?doi"

    assert [str(row[0]) for row in graph.query(query)][1] == "10.3389/fsoc.2019.00036"
    assert len(graph) == generation.manifest.counts["stored"]
    graph.close()


# -- federation --------------------------------------------------------------------------------------------------

STAND_IN = """
@prefix wdt: <http://www.wikidata.org/prop/direct/> .
@prefix datacite: <http://purl.org/spar/datacite/> .
@prefix literal: <http://www.essepuntato.it/2010/06/literalreification/> .
<http://www.wikidata.org/entity/Q1> wdt:P356 "10.3389/FSOC.2019.00036" .
<https://w3id.org/oc/meta/br/1> datacite:hasIdentifier <https://w3id.org/oc/meta/id/1> .
<https://w3id.org/oc/meta/id/1> datacite:usesIdentifierScheme datacite:doi ;
    literal:hasLiteralValue "10.3389/fsoc.2019.00036" .
"""


@pytest.fixture(scope="module")
def stand_in() -> Iterator[str]:
    """A local SPARQL endpoint with what Wikidata and OpenCitations would know of the seed."""
    store = Store()
    store.extend(parse(STAND_IN.encode(), RdfFormat.TURTLE))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            query = parse_qs(body)["query"][0] if "form" in self.headers["Content-Type"] else body
            result = store.query(query)
            assert isinstance(result, QuerySolutions)
            data = result.serialize(format=QueryResultsFormat.JSON)
            assert data
            self.send_response(200)
            self.send_header("Content-Type", "application/sparql-results+json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{http.server_port}/"
    http.shutdown()
    http.server_close()
    thread.join()


@pytest.mark.parametrize("name", ["34-federated-wikidata", "35-federated-opencitations"])
def test_the_federated_questions_join_with_another_endpoint(generation, stand_in: str, name: str) -> None:  # type: ignore[no-untyped-def]
    """The engine of a user joins our data with another endpoint's; our own endpoint opens no connection."""
    text = Vocabulary().text(f"queries/{name}.rq")
    query = re.sub(r"SERVICE <[^>]*>", f"SERVICE <{stand_in}>", text)

    found = list(Store.read_only(str(generation.store)).query(query))  # type: ignore[arg-type]  # a SELECT

    assert len(found) == 1
    assert SEED in str(found[0])


def test_our_endpoint_refuses_to_federate(server: str) -> None:
    text = Vocabulary().text("queries/34-federated-wikidata.rq")

    answer = requests.post(f"{server}sparql", {"query": text}, timeout=PATIENCE)

    assert answer.status_code == 403
    assert "SERVICE" in answer.json()["detail"]


def test_every_example_of_the_editor_is_answered(server: str) -> None:
    queries = [path.read_text(encoding="utf-8") for path in Path(EXAMPLES.parent / "queries").glob("*.rq")]
    own = [text.replace("{base}", server) for text in queries if "federated: yes" not in text]

    assert len(own) == 33
    for text in own:
        answer = requests.get(f"{server}sparql", {"query": text}, timeout=PATIENCE)
        assert answer.status_code == 200, (text, answer.text)


def test_relative_iris_of_a_query_are_relative_to_the_endpoint(server: str) -> None:
    answer = requests.get(f"{server}sparql", {"query": "SELECT ?p { <record/b1> ?p <record/b1#it> }"}, timeout=PATIENCE)

    assert len(answer.json()["results"]["bindings"]) == 2


# -- any RDF behind `shelfgraph endpoint` ------------------------------------------------------------------------------

LISTS = """
@prefix ex: <http://example.org/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
ex:spring ex:holds <{server}record/{seed}#it>, <{server}record/b1#it> ; ex:places 12 ;
    dcterms:title "Spring, \\"early\\""@en .
ex:autumn ex:holds <{server}record/{seed}#it> ; dcterms:title "Herbst – Lektüre"@de ; ex:places 30 ; ex:note "neu" .
ex:winter ex:holds <{server}record/a1#it> ; dcterms:title "Winter" ; ex:places 5 .
"""
ASKED = """
PREFIX ex: <http://example.org/>
PREFIX dcterms: <http://purl.org/dc/terms/>
SELECT ?list ?title ?places ?note {
  ?list ex:holds ?work ; dcterms:title ?title ; ex:places ?places
  OPTIONAL { ?list ex:note ?note }
  FILTER(?places > 10)
} ORDER BY ?title ?places
"""


@pytest.fixture(scope="module")
def lists(server: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Turtle file of reading lists, of works that the running server publishes."""
    file = tmp_path_factory.mktemp("lists") / "lists.ttl"
    file.write_text(LISTS.format(server=server, seed=SEED), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def door(lists: Path) -> Iterator[str]:
    """The address of an endpoint before the reading lists; a client may ask several things at a time."""
    with endpoint(lists, SHELFGRAPH_QUERY_PER_CLIENT="8") as url:
        yield url


def expected(*documents: bytes, query: str = ASKED) -> list[list[str]]:
    """What the engine itself answers over the Turtle documents: the rows, with empty texts for what is unbound."""
    store = Store()
    for document in documents:
        store.extend(parse(document, RdfFormat.TURTLE))
    found = store.query(query)
    assert isinstance(found, QuerySolutions)
    names = [variable.value for variable in found.variables]
    return [[row[name].value if row[name] else "" for name in names] for row in found]  # type: ignore[union-attr]


def test_rdflib_asks_the_endpoint_as_a_store(door: str, lists: Path) -> None:
    graph = rdflib.Graph(SPARQLStore(door))

    found = [["" if value is None else str(value) for value in row] for row in graph.query(ASKED)]

    assert found == expected(lists.read_bytes())
    assert len(list(graph.triples((None, rdflib.URIRef("http://example.org/holds"), None)))) == 4


@pytest.mark.parametrize("method", ["GET", "POST", "POSTDIRECTLY"])
def test_sparqlwrapper_asks_the_endpoint(door: str, lists: Path, method: str) -> None:
    client = SPARQLWrapper.SPARQLWrapper(door)
    client.setQuery(ASKED)
    client.setReturnFormat(SPARQLWrapper.JSON)
    client.setMethod("POST" if method.startswith("POST") else "GET")
    client.setRequestMethod(SPARQLWrapper.POSTDIRECTLY if method == "POSTDIRECTLY" else SPARQLWrapper.URLENCODED)

    answer = client.queryAndConvert()

    names = answer["head"]["vars"]
    found = [[row.get(name, {"value": ""})["value"] for name in names] for row in answer["results"]["bindings"]]
    assert found == expected(lists.read_bytes())


def test_pandas_reads_csv_from_an_address(door: str, lists: Path) -> None:
    frame = pandas.read_csv(f"{door}?{urlencode({'query': ASKED, 'format': 'csv'})}")

    assert list(frame.columns) == ["list", "title", "places", "note"]
    assert frame["places"].sum() == 12 + 12 + 30
    assert frame.fillna("").astype(str).to_numpy().tolist() == expected(lists.read_bytes())


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_curl_asks_in_the_ways_that_the_pages_show(door: str) -> None:
    def curl(*arguments: str) -> str:
        done = subprocess.run(
            ["curl", "-sS", "-m", f"{PATIENCE:.0f}", *arguments], capture_output=True, text=True, check=True
        )
        return done.stdout

    query = "SELECT ?places { ?list <http://example.org/places> ?places } ORDER BY ?places"
    by_get = curl("-G", door, "--data-urlencode", f"query={query}", "-H", "Accept: text/csv")
    by_form = curl(door, "--data-urlencode", f"query={query}", "-H", "Accept: text/csv", "--compressed")
    header = "Content-Type: application/sparql-query"
    directly = curl(f"{door}?format=csv", "-H", header, "--data-binary", query)

    assert by_get.split() == by_form.split() == directly.split() == ["places", "5", "12", "30"]
    assert curl("-o", "/dev/null", "-w", "%{http_code}", "-I", "-G", door, "-d", "query=ASK%7B%7D") == "200"


# -- Comunica ----------------------------------------------------------------------------------------------------------

COMUNICA = "4.5.0"


@pytest.fixture(scope="module")
def comunica() -> Path:
    """The program of Comunica, installed once into the cache of the user by npm."""
    if not shutil.which("npm"):
        pytest.skip("npm is not installed, and Comunica comes by it")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "shelfgraph-tests"
    folder = cache / f"comunica-{COMUNICA}"
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            install(folder)
    return folder / "node_modules" / ".bin" / "comunica-sparql"


def install(folder: Path) -> None:
    """Install Comunica into a folder, which is there when it is whole."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as work:
        command = [
            "npm",
            "install",
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
            f"@comunica/query-sparql@{COMUNICA}",
        ]
        try:
            done = subprocess.run(command, cwd=work, capture_output=True, text=True, timeout=PATIENCE, check=False)
        except subprocess.TimeoutExpired:
            pytest.skip("npm did not install Comunica in five minutes")
        if done.returncode:
            pytest.skip(f"npm cannot install Comunica here: {done.stderr.strip()[-300:]}")
        Path(work, "node_modules").rename(Path(work, "done"))
        folder.mkdir()
        Path(work, "done").rename(folder / "node_modules")


def federated(comunica: Path, query: str, *sources: str) -> list[list[str]]:
    """What Comunica answers over the sources."""
    command = [str(comunica), *sources, query, "-t", "application/sparql-results+json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    names = answer["head"]["vars"]
    return [[row.get(name, {"value": ""})["value"] for name in names] for row in answer["results"]["bindings"]]


@pytest.mark.all
def test_comunica_asks_the_endpoint(comunica: Path, door: str, lists: Path) -> None:
    """A FILTER, an OPTIONAL and an order come out as our engine has them."""
    assert federated(comunica, ASKED, f"sparql@{door}") == expected(lists.read_bytes())


@pytest.mark.all
def test_comunica_joins_two_endpoints_and_a_negotiated_record(
    comunica: Path, door: str, server: str, lists: Path
) -> None:
    """The lists from the endpoint, the works from the site's endpoint or a record's page: the same rows."""
    query = """
    PREFIX ex: <http://example.org/>
    PREFIX dcterms: <http://purl.org/dc/terms/>
    PREFIX bibo: <http://purl.org/ontology/bibo/>
    SELECT ?list ?title ?doi ?note {
      ?list ex:holds ?work ; ex:places ?places .
      ?work dcterms:title ?title ; bibo:doi ?doi
      OPTIONAL { ?list ex:note ?note }
      FILTER(?places > 10)
    } ORDER BY ?list ?title
    """
    record = requests.get(f"{server}record/{SEED}", headers={"Accept": "text/turtle"}, timeout=PATIENCE).content
    rows = expected(lists.read_bytes(), record, query=query)

    assert len(rows) == 2
    assert federated(comunica, query, f"sparql@{door}", f"{server}record/{SEED}") == rows
    assert federated(comunica, query, f"sparql@{door}", f"sparql@{server}sparql") == rows
