"""Other people's clients against a running server: rdflib, SPARQLWrapper, rapper, and federation between endpoints."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest
import rdflib
import requests
import SPARQLWrapper
from conftest import EXAMPLES, SEED
from flask import Flask
from pyoxigraph import QueryResultsFormat, QuerySolutions, RdfFormat, Store, parse
from werkzeug.serving import make_server

from ld.publish import publish
from ld.settings import Settings
from ld.store import dataset
from ld.vocab import Vocabulary
from ld.web import create_app


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running server whose base is that address, as a newcomer has it."""
    holder = Flask("placeholder")
    http = make_server("127.0.0.1", 0, holder, threaded=True)
    base = f"http://127.0.0.1:{http.server_port}/"
    settings = Settings(tmp_path_factory.mktemp("site"), {"base": base}, {})
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
    body = requests.get(f"{server}record/{SEED}.{form}", timeout=10).content
    command = ["rapper", "-c", "-i", syntax, "-", server]

    said = subprocess.run(command, input=body, capture_output=True, check=True).stderr.decode()

    assert "returned 153 triples" in said and "rror" not in said and "arning" not in said


def test_describe_is_the_document(server: str) -> None:
    """DESCRIBE of a record gives the same graph as /record/{id}.nt, of the record and of its work alike."""
    document = requests.get(f"{server}record/{SEED}.nt", timeout=10).content
    for iri in (f"{server}record/{SEED}", f"{server}record/{SEED}#it"):
        answer = requests.get(
            f"{server}sparql", {"query": f"DESCRIBE <{iri}>"}, headers={"Accept": "application/n-triples"}, timeout=10
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

    answer = requests.post(f"{server}sparql", {"query": text}, timeout=10)

    assert answer.status_code == 403
    assert "SERVICE" in answer.json()["detail"]


def test_every_example_of_the_editor_is_answered(server: str) -> None:
    for path in sorted(Path(EXAMPLES.parent / "queries").glob("*.rq")):
        text = path.read_text(encoding="utf-8").replace("{base}", server)
        if "federated: yes" not in text:
            answer = requests.get(f"{server}sparql", {"query": text}, timeout=10)
            assert answer.status_code == 200, (path.name, answer.text)


def test_relative_iris_of_a_query_are_relative_to_the_endpoint(server: str) -> None:
    answer = requests.get(f"{server}sparql", {"query": "SELECT ?p { <record/b1> ?p <record/b1#it> }"}, timeout=10)

    assert len(answer.json()["results"]["bindings"]) == 2
