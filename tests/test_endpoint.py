"""The SPARQL door alone, as a process: the W3C's protocol cases, and what it says of itself."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import rdflib
import requests
from conftest import SHARED, endpoint
from pyoxigraph import RdfFormat, Store, parse
from waiting import PATIENCE

from ld.errors import SiteError, SourceError, UsageError
from ld.sparql.loaded import held, load, workplace

CONFORMANCE = SHARED / "conformance"
SD = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
PEOPLE = """
@prefix : <http://example.org/> . @prefix foaf: <http://xmlns.com/foaf/0.1/> .
:ann foaf:name "Ann"@en ; foaf:age 41 ; foaf:knows :bob .
:bob foaf:name "Bob, \\"the\\" builder\\nof books" ; foaf:age 7 .
:cy foaf:name "数学" .
"""
FOAF = "PREFIX foaf: <http://xmlns.com/foaf/0.1/> "

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at /proc and sends signals")


@pytest.fixture(scope="module")
def w3c() -> Iterator[str]:
    """An endpoint over the W3C's own named graphs."""
    data = CONFORMANCE / "sparql11-protocol-data.nq"
    if not data.is_file():
        pytest.skip("the W3C's cases are not beside this checkout")
    with endpoint(data) as url:
        yield url


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An endpoint over a Turtle file."""
    path = tmp_path_factory.mktemp("people") / "people.ttl"
    path.write_text(PEOPLE, encoding="utf-8")
    with endpoint(path) as url:
        yield url


# -- the W3C's cases ---------------------------------------------------------------------------------------------------


def cases(suite: str, kind: str) -> list[Any]:
    path = CONFORMANCE / "sparql11-protocol-cases.json"
    found = json.loads(path.read_text(encoding="utf-8"))["cases"] if path.is_file() else []
    return [pytest.param(one, id=one["id"]) for one in found if (one["suite"], one["kind"]) == (suite, kind)]


def sent(url: str, one: dict[str, Any]) -> requests.Response:
    """The answer to one request of a case."""
    body = one.get("body")
    data = body["chars"].encode(body.get("encoding") or "utf-8") if body else None
    address = url.removesuffix("/sparql") + one["target"].replace("/sparql/", "/sparql", 1)
    return requests.request(one["method"], address, headers=dict(one["headers"]), data=data, timeout=PATIENCE)


def is_as_expected(answer: requests.Response, expect: dict[str, Any], body: str = "") -> bool:
    """Determine whether status, form and truth of an answer are those of the case."""
    status = any(str(answer.status_code).startswith(one.rstrip("x")) for one in expect["status"])
    kind = answer.headers["Content-Type"].partition(";")[0]
    if expect.get("format") == "RDF":
        found = list(parse(answer.content, RdfFormat.from_media_type(kind)))  # raises where it is no such RDF
        return status and len(found) == ("CONSTRUCT" in body)
    if expect.get("format") == "tabular":
        return status and bool(answer.json()["results"]["bindings"])
    if "boolean" in expect:
        return status and answer.json()["boolean"] == expect["boolean"]
    return status


def test_there_are_37_cases(w3c: str) -> None:
    suites = (("protocol", "query"), ("protocol", "update"), ("service-description", "query"))

    assert [len(cases(*suite)) for suite in suites] == [20, 14, 3]


@pytest.mark.parametrize("case", cases("protocol", "query"))
def test_a_query_case_of_the_protocol(w3c: str, case: dict[str, Any]) -> None:
    for one in case["requests"]:
        answer = sent(w3c, one)
        body = (one.get("body") or {}).get("chars", "")
        assert is_as_expected(answer, one["expect"], body), (answer.status_code, answer.text)


@pytest.mark.parametrize("case", cases("protocol", "update"))
def test_an_update_case_of_the_protocol_is_refused(w3c: str, case: dict[str, Any]) -> None:
    """Well-formed updates get 403, for the endpoint is read-only; bad requests 4xx, as the case wants."""
    update = next(one for one in case["requests"] if one["endpoint"] == "update")
    answer = sent(w3c, update)

    assert answer.status_code in ({403} if "2xx" in update["expect"]["status"] else set(range(400, 500)))
    assert answer.json()["status"] == answer.status_code


@pytest.mark.parametrize("case", cases("service-description", "query"))
def test_a_case_of_the_service_description(w3c: str, case: dict[str, Any]) -> None:
    answer = sent(w3c, case["requests"][0])
    graph = rdflib.Graph().parse(data=answer.text, format="turtle")
    service = next(graph.subjects(rdflib.RDF.type, SD.Service))

    assert answer.status_code == 200
    assert graph.value(service, SD.endpoint) == rdflib.URIRef(w3c)


# -- what it says of itself --------------------------------------------------------------------------------------------


def test_every_claim_of_the_service_description_is_true(w3c: str) -> None:
    graph = rdflib.Graph().parse(w3c, format="turtle")
    service = rdflib.URIRef(w3c)
    names = {str(name) for name in graph.objects(None, SD.name)}
    formats = [str(one) for one in graph.objects(service, SD.resultFormat)]
    asked = requests.get(w3c, {"query": "SELECT DISTINCT ?g { GRAPH ?g {} }"}, timeout=PATIENCE).json()

    assert names == {row["g"]["value"] for row in asked["results"]["bindings"]}
    assert len(names) == 3
    types = {
        "http://www.w3.org/ns/formats/SPARQL_Results_JSON": "application/sparql-results+json",
        "http://www.w3.org/ns/formats/SPARQL_Results_XML": "application/sparql-results+xml",
        "http://www.w3.org/ns/formats/SPARQL_Results_CSV": "text/csv",
        "http://www.w3.org/ns/formats/SPARQL_Results_TSV": "text/tab-separated-values",
        "http://www.w3.org/ns/formats/Turtle": "text/turtle",
        "http://www.w3.org/ns/formats/N-Triples": "application/n-triples",
        "http://www.w3.org/ns/formats/JSON-LD": "application/ld+json",
        "http://www.w3.org/ns/formats/RDF_XML": "application/rdf+xml",
        "http://www.w3.org/ns/formats/TriG": "application/trig",
    }
    for one in formats:
        query = "SELECT (1 AS ?n) {}" if "Results" in one else "CONSTRUCT { <a:b> <a:c> 1 } {}"
        answer = requests.get(w3c, {"query": query}, headers={"Accept": types[one]}, timeout=PATIENCE)
        assert (answer.status_code, answer.headers["Content-Type"].partition(";")[0]) == (200, types[one])
    assert len(formats) == len(types)
    assert not list(graph.objects(service, SD.feature))  # neither federation nor dereferencing


def test_a_browser_gets_the_editor_and_nothing_that_is_not_there(people: str) -> None:
    page = requests.get(people.removesuffix("sparql"), headers={"Accept": "text/html"}, timeout=PATIENCE)

    assert page.url == people
    assert "<textarea" in page.text
    assert "browse/" not in page.text and "dump/" not in page.text


@pytest.mark.parametrize("path", ["record/a", "search?q=x", "dump/", "dataset", "sitemap.xml"])
def test_there_is_only_this_door(people: str, path: str) -> None:
    assert requests.get(people.removesuffix("sparql") + path, timeout=PATIENCE).status_code == 404


# -- the protocol in detail --------------------------------------------------------------------------------------------


def test_an_unknown_graph_is_empty(w3c: str) -> None:
    for text in (
        "ASK FROM <http://example.org/none> { ?s ?p ?o }",
        "ASK { GRAPH <http://example.org/none> { ?s ?p ?o } }",
    ):
        assert requests.get(w3c, {"query": text}, timeout=PATIENCE).json()["boolean"] is False


def test_one_decoding_never_two(people: str) -> None:
    query = 'SELECT ("100%2541%41+" AS ?text) {}'

    for answer in (
        requests.get(people, {"query": query}, timeout=PATIENCE),
        requests.post(people, {"query": query}, timeout=PATIENCE),
        requests.post(
            people, query, headers={"Content-Type": "application/sparql-query; charset=utf-8"}, timeout=PATIENCE
        ),
    ):
        assert answer.json()["results"]["bindings"][0]["text"]["value"] == "100%2541%41+"


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"query": "ASK {}", "default-graph-uri": "relative"}, 400),
        ({"update": "CLEAR ALL"}, 400),
        ({"query": "ASK { SERVICE <http://127.0.0.1:1/> {} }"}, 403),
        ({"query": "ASK {" + " " * 20_000 + "}"}, 413),
    ],
)
def test_a_request_that_is_refused(people: str, params: dict[str, str], status: int) -> None:
    answer = requests.get(people, params, timeout=PATIENCE)

    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    ("query", "line", "column"),
    [("ASK { ?s ?p }", 1, 13), ("SELECT * {\n  ?数学 ?p 'é' .\n  ? }", 3, 3), ("ASK {\r\n\r\n ?s ?p ) }", 3, 8)],
)
def test_an_error_of_syntax_has_its_place(people: str, query: str, line: int, column: int) -> None:
    found = requests.post(people, {"query": query}, timeout=PATIENCE).json()

    assert (found["status"], found["line"], found["column"]) == (400, line, column)


@pytest.mark.parametrize(
    ("url", "body", "kind", "status"),
    [
        ("?query=ASK%20%7B%7D", "query=ASK {}", "application/x-www-form-urlencoded", 400),
        ("?using-graph-uri=http://e/g", "ASK {}", "application/sparql-query", 400),
        ("", "query=ASK {}&update=CLEAR ALL", "application/x-www-form-urlencoded", 403),
        ("", b"ASK { ?s ?p '\xff' }", "application/sparql-query", 400),
        ("", b"query=ASK %7B ?s ?p '%FF' %7D", "application/x-www-form-urlencoded", 400),
        ("", "ASK {}".encode("utf-16"), "application/sparql-query; charset=utf-16", 415),
        ("", "ASK {}", "text/plain", 415),
    ],
)
def test_a_post_that_is_refused(people: str, url: str, body: str | bytes, kind: str, status: int) -> None:
    answer = requests.post(people + url, body, headers={"Content-Type": kind}, timeout=PATIENCE)

    assert (answer.status_code, answer.json()["status"]) == (status, status)


def test_graphs_are_named_in_the_address_or_in_the_form(w3c: str) -> None:
    graph = "http://kasei.us/2009/09/sparql/data/data1.rdf"
    query = {"query": f"ASK {{ <{graph}> a ?type }}"}

    assert requests.post(w3c, query | {"default-graph-uri": graph}, timeout=PATIENCE).json()["boolean"]
    assert requests.post(w3c, query, params={"default-graph-uri": graph}, timeout=PATIENCE).json()["boolean"]
    assert not requests.post(w3c, query, timeout=PATIENCE).json()["boolean"]


def test_what_changes_with_each_answer_is_not_cached(people: str) -> None:
    answer = requests.get(people, {"query": "SELECT (UUID() AS ?id) {}"}, timeout=PATIENCE)

    assert "ETag" not in answer.headers
    assert "Cache-Control" not in answer.headers


@pytest.mark.parametrize(
    ("query", "form"),
    [
        ('SELECT ("a\\u0001b" AS ?x) {}', "application/sparql-results+xml"),
        ("CONSTRUCT { <http://e/s> <http://e/p/> 1 } {}", "application/rdf+xml"),
    ],
)
def test_what_xml_cannot_hold_is_refused_not_broken(people: str, query: str, form: str) -> None:
    answer = requests.get(people, {"query": query}, headers={"Accept": f"{form}, */*;q=0.1"}, timeout=PATIENCE)

    assert (answer.status_code, answer.json()["status"]) == (406, 406)
    assert "another format" in answer.json()["detail"]


def test_head_is_get_without_a_body(people: str) -> None:
    asked = {"query": FOAF + "SELECT ?n { ?s foaf:name ?n }"}
    got, head = requests.get(people, asked, timeout=PATIENCE), requests.head(people, params=asked, timeout=PATIENCE)

    assert (head.status_code, head.text) == (200, "")
    for name in ("Content-Type", "ETag", "Vary", "Cache-Control"):
        assert head.headers[name] == got.headers[name]


def test_the_same_query_is_known_again(people: str) -> None:
    asked = {"query": FOAF + "SELECT ?n { ?s foaf:name ?n }"}
    first = requests.get(people, asked, timeout=PATIENCE)
    again = requests.get(people, asked, headers={"If-None-Match": first.headers["ETag"]}, timeout=PATIENCE)
    other = requests.get(people, asked, headers={"Accept": "text/csv"}, timeout=PATIENCE)

    assert (again.status_code, again.content) == (304, b"")
    assert other.headers["ETag"] != first.headers["ETag"]


def test_a_cut_answer_says_so(tmp_path: Path) -> None:
    path = tmp_path / "people.ttl"
    path.write_text(PEOPLE, encoding="utf-8")
    with endpoint(path, SHELFGRAPH_QUERY_ROWS="2") as url:
        refused = requests.get(url, {"query": "SELECT * { ?s ?p ?o }"}, timeout=PATIENCE)
        cut = requests.get(url, {"query": "SELECT * { ?s ?p ?o }", "truncate": "1"}, timeout=PATIENCE)

    assert refused.status_code == 413
    assert len(cut.json()["results"]["bindings"]) == 2
    assert cut.headers["Shelfgraph-Truncated"].startswith("true")


# -- what can be loaded ------------------------------------------------------------------------------------------------


def test_files_of_all_kinds_are_loaded_together(tmp_path: Path) -> None:
    (tmp_path / "a.nt").write_text('_:x <http://e/p> "a" .\n')
    (tmp_path / "b.ttl").write_text("_:x <http://e/p> 'b' ; <http://e/to> <c> .\n")
    (tmp_path / "c.trig").write_text("<http://e/g> { <http://e/s> <http://e/p> 'c' }\n")
    (tmp_path / "d.nq.gz").write_bytes(
        gzip.compress(b"<http://e/s> <http://e/p> 'd' <http://e/h> .\n".replace(b"'", b'"'))
    )
    (tmp_path / "a.nt").write_text('_:x <http://e/p> "a" .\n')
    with workplace() as folder:
        found = load(sorted(tmp_path.iterdir()), folder, "http://127.0.0.1:8000/")
        store = Store.read_only(str(found.store))
        subjects = {quad.subject for quad in store if quad.predicate.value == "http://e/p"}

        assert (found.triples, found.graphs) == (5, ["http://e/g", "http://e/h"])
        assert len(subjects) == 3  # the blank nodes of two files are two
        assert any(quad.object.value == "http://127.0.0.1:8000/c" for quad in store)
    assert not folder.exists()


def test_a_finished_store_is_asked_as_it_is(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "store"))
    store.load(PEOPLE.encode(), RdfFormat.TURTLE)
    store.flush()
    del store
    before = data_files(tmp_path / "store")
    with endpoint(tmp_path / "store") as url:
        with pytest.raises(OSError, match="LOCK"):
            Store(str(tmp_path / "store"))
        asked = requests.get(url, {"query": FOAF + "ASK { ?s foaf:name 'Ann'@en }"}, timeout=PATIENCE)

    assert asked.json()["boolean"]
    assert data_files(tmp_path / "store") == before


def data_files(store: Path) -> dict[str, int]:
    """The files of a store with their sizes, without the engine's diary."""
    return {path.name: path.stat().st_size for path in store.iterdir() if not path.name.startswith("LOG")}


def test_a_store_that_is_written_is_not_asked(tmp_path: Path) -> None:
    script = "import sys; from pyoxigraph import Store; s = Store(sys.argv[1]); print(1, flush=True); input()"
    line = [sys.executable, "-c", script, str(tmp_path / "store")]
    with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as writer:
        assert writer.stdout and writer.stdout.readline()
        with pytest.raises(SiteError, match="another process is writing"), held([tmp_path / "store"]):
            pass
        writer.kill()


def test_what_cannot_be_loaded_is_said_with_its_place(tmp_path: Path) -> None:
    bad, unknown = tmp_path / "bad.ttl", tmp_path / "data.rdf"
    bad.write_text("<http://e/s> <http://e/p> 1 .\n<http://e/s> <http://e/p> .\n")
    unknown.write_text("<x/>")
    with workplace() as folder:
        with pytest.raises(SourceError, match=r"bad\.ttl: .*line 2"):
            load([bad], folder, "http://127.0.0.1:8000/")
        with pytest.raises(UsageError, match=r"data\.rdf: which RDF is it"):
            load([unknown], folder, "http://127.0.0.1:8000/")
        with pytest.raises(SourceError, match="no such file"):
            load([tmp_path / "none.nt"], folder, "http://127.0.0.1:8000/")
        with pytest.raises(UsageError, match="alone"):
            load([tmp_path, bad], folder, "http://127.0.0.1:8000/")


def test_what_others_put_into_the_temporary_folder_is_left_alone(tmp_path: Path) -> None:
    """A pipe in the place of a lock is not waited for, and no link is followed."""
    temporary, precious = tmp_path / "tmp", tmp_path / "precious"
    for folder in (temporary / "shelfgraph-endpoint-pipe", temporary / "shelfgraph-endpoint-link", precious):
        folder.mkdir(parents=True)
    (precious / "lock").touch()
    os.mkfifo(temporary / "shelfgraph-endpoint-pipe" / "lock")
    (temporary / "shelfgraph-endpoint-link" / "lock").symlink_to(precious / "lock")
    (temporary / "shelfgraph-endpoint-linked").symlink_to(precious)
    (temporary / "shelfgraph-endpoint-file").touch()
    before = sorted(tmp_path.rglob("*"))

    code = "from ld.sparql.loaded import workplace\nwith workplace() as folder: print(folder)"
    line = [sys.executable, "-c", code]
    done = subprocess.run(
        line, env={**os.environ, "TMPDIR": str(temporary)}, capture_output=True, text=True, timeout=PATIENCE
    )

    assert done.stdout.startswith(str(temporary)), done.stderr
    assert sorted(tmp_path.rglob("*")) == before


def test_what_a_killed_run_left_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left = tmp_path / "shelfgraph-endpoint-left"
    left.mkdir(0o700)
    (left / "lock").touch()
    with workplace() as first, workplace() as second:
        assert not left.exists()
        assert first.exists() and second.exists()


def plant_a_pipe(folder: Path) -> None:
    folder.mkdir(0o700)
    os.mkfifo(folder / "lock")


def plant_a_link(folder: Path) -> None:
    folder.mkdir(0o700)
    (folder.parent / "lock").touch()
    (folder / "lock").symlink_to(folder.parent / "lock")


def plant_a_link_to_a_folder(folder: Path) -> None:
    other = folder.parent / "other"
    other.mkdir(0o700)
    (other / "lock").touch()
    folder.symlink_to(other)


def plant_a_folder_open_to_all(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o777)
    (folder / "lock").touch()


def plant_a_folder_of_another(folder: Path) -> None:
    if os.geteuid():
        pytest.skip("only root can give a folder to another user")
    folder.mkdir(0o700)
    (folder / "lock").touch()
    os.chown(folder, 65534, 65534)


@pytest.mark.parametrize(
    "plant",
    [plant_a_pipe, plant_a_link, plant_a_link_to_a_folder, plant_a_folder_open_to_all, plant_a_folder_of_another],
)
def test_what_another_user_planted_neither_stops_the_endpoint_nor_is_it_touched(
    tmp_path: Path, plant: Callable[[Path], None]
) -> None:
    """The temporary folder is open to all: a pipe in the place of a lock would be waited for without end."""
    planted, people = tmp_path / "shelfgraph-endpoint-planted", tmp_path / "people.ttl"
    plant(planted)
    people.write_text(PEOPLE, encoding="utf-8")

    with endpoint(people, TMPDIR=str(tmp_path)) as url:
        assert requests.get(url, {"query": "ASK {}"}, timeout=PATIENCE).json()["boolean"]
    assert list(planted.iterdir())
