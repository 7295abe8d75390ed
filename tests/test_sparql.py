"""The SPARQL door of a site: protocol, forms, limits, editor."""

from __future__ import annotations

import gzip
import json
import re
from typing import Any

import pytest
from asking import NEGOTIATED, SELECT, ask, get, triples, values
from conftest import BASE
from flask.testing import FlaskClient
from lxml import html
from pyoxigraph import RdfFormat
from waiting import wait

from ld.settings import Settings
from ld.sparql.quota import Turns
from ld.web import create_app

JOURNALS = [f"{BASE}journal/{issn}#it" for issn in ("1234-5679", "2297-7775", "2529-850X")]


def test_a_query_may_come_in_three_ways(client: FlaskClient) -> None:
    by_get = ask(client, SELECT)
    by_form = client.post("/sparql", data={"query": SELECT})
    directly = client.post("/sparql", data=SELECT, content_type="application/sparql-query; charset=utf-8")

    for response in (by_get, by_form, directly):
        assert response.status_code == 200
        assert response.headers["Content-Type"] == "application/sparql-results+json"
        assert values(response) == JOURNALS


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("*/*", "application/sparql-results+json"),
        ("application/json", "application/sparql-results+json"),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("text/xml", "application/sparql-results+xml"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
    ],
)
@pytest.mark.parametrize("query", [SELECT, "ASK {}"])
def test_tables_come_in_four_formats(client: FlaskClient, query: str, accept: str, content_type: str) -> None:
    assert ask(client, query, accept).headers["Content-Type"] == content_type


@pytest.mark.parametrize(
    ("accept", "content_type", "form"),
    [
        ("*/*", "text/turtle; charset=utf-8", RdfFormat.TURTLE),
        ("application/n-triples", "application/n-triples; charset=utf-8", RdfFormat.N_TRIPLES),
        ("application/ld+json", "application/ld+json", RdfFormat.JSON_LD),
        ("application/json", "application/ld+json", RdfFormat.JSON_LD),
        ("application/rdf+xml", "application/rdf+xml; charset=utf-8", RdfFormat.RDF_XML),
    ],
)
def test_graphs_come_in_four_formats(client: FlaskClient, accept: str, content_type: str, form: RdfFormat) -> None:
    response = ask(client, f"CONSTRUCT WHERE {{ <{JOURNALS[0]}> ?p ?o }}", accept)

    assert response.headers["Content-Type"] == content_type
    assert len(triples(response, form)) > 5


def test_format_goes_before_accept(client: FlaskClient) -> None:
    assert ask(client, SELECT, "text/html", format="csv").text.splitlines() == ["s", *JOURNALS]
    assert ask(client, SELECT, None, format="banana", output="json", results="json").status_code == 200
    posted = client.post("/sparql", data={"query": SELECT, "format": "tsv"})
    assert posted.headers["Content-Type"].startswith("text/tab-separated-values")


def test_describe_is_the_document(client: FlaskClient) -> None:
    response = ask(client, f"DESCRIBE <{BASE}record/a1#it>", "application/n-triples")

    assert triples(response) == triples(client.get("/record/a1.nt"))


def test_graphs_that_are_not_here_are_empty(client: FlaskClient) -> None:
    other = ask(client, SELECT, **{"default-graph-uri": "http://example.org/none"})
    named = client.post("/sparql", data={"query": SELECT, "named-graph-uri": "http://example.org/none"})

    assert (values(other), values(named)) == ([], [])
    assert ask(client, SELECT, **{"default-graph-uri": "not an iri"}).status_code == 400


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("SELECT ?s WHERE { ?s ?p }", 400),
        ("nothing", 400),
        ("ASK " + "{" * 200 + "}" * 200, 400),
        ("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", 403),
        ("LOAD <http://127.0.0.1:9/>", 403),
        ("INSERT DATA { <a:a> <a:b> <a:c> }", 403),
        ("ASK {} #" + "x" * 17_000, 413),
    ],
)
def test_queries_that_get_no_answer(client: FlaskClient, query: str, status: int) -> None:
    for accept in ("*/*", "text/html", "text/plain, */*;q=0.1"):
        response = ask(client, query, accept)
        assert response.status_code == status
        assert response.headers["Cache-Control"] in ("no-store", NEGOTIATED)
    problem = json.loads(ask(client, query).text)
    assert (problem["status"], bool(problem["detail"])) == (status, True)


def test_a_syntax_error_has_line_and_column(client: FlaskClient) -> None:
    problem = json.loads(ask(client, "SELECT ?s\nWHERE { ?s ?p }").text)

    assert problem["line"] == 2
    assert problem["column"] > 1


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"data": {"update": "CLEAR ALL"}}, 403),
        ({"data": "CLEAR ALL", "content_type": "application/sparql-update"}, 403),
        ({"data": SELECT, "content_type": "text/plain"}, 415),
        ({"json": {"query": SELECT}}, 415),
        ({"data": b"ASK {} # \xff", "content_type": "application/sparql-query"}, 400),
        ({"data": {"nothing": "here"}}, 400),
        ({"data": {"query": ["ASK {}", "ASK {}"]}}, 400),
        ({"data": "ASK {} #" + "x" * 70_000, "content_type": "application/sparql-query"}, 413),
        ({"data": "ASK {} #" + "x" * 2_000_000, "content_type": "application/sparql-query"}, 413),
    ],
)
def test_posts_that_get_no_answer(client: FlaskClient, sent: dict[str, Any], status: int) -> None:
    assert client.post("/sparql", **sent).status_code == status


def test_an_update_by_get_is_a_bad_request(client: FlaskClient) -> None:
    assert client.get("/sparql?update=CLEAR%20ALL").status_code == 400


def test_only_unsupported_types_acceptable(client: FlaskClient) -> None:
    response = ask(client, SELECT, "image/png")

    assert response.status_code == 406
    assert "text/csv" in {one["type"] for one in json.loads(response.text)["available"]}
    assert ask(client, SELECT, "text/turtle").status_code == 406
    assert ask(client, "CONSTRUCT WHERE {?s ?p ?o}", "text/csv").status_code == 406


def test_an_answer_can_be_kept_and_asked_for_again(client: FlaskClient) -> None:
    first = ask(client, SELECT, "text/csv")
    etag = first.headers["ETag"]

    assert first.headers["Cache-Control"] == "public, max-age=60"
    assert re.fullmatch(r"queue;dur=[\d.]+, engine;dur=[\d.]+", first.headers["Server-Timing"])
    assert "Accept" in first.vary
    again = client.get("/sparql", query_string={"query": SELECT}, headers={"Accept": "text/csv", "If-None-Match": etag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", etag)
    assert "Accept" in again.vary
    assert ask(client, SELECT, "text/tab-separated-values").headers["ETag"] != etag
    assert ask(client, SELECT + " ", "text/csv").headers["ETag"] != etag
    assert "ETag" not in client.post("/sparql", data={"query": SELECT}).headers


def test_too_much_is_an_error_that_names_the_dumps_unless_a_cut_is_asked_for(settings: Settings) -> None:
    app = create_app(Settings(settings.site, {"base": BASE, "query_rows": 10}, {}))
    client = app.test_client()
    everything = "SELECT ?s WHERE { ?s ?p ?o }"

    refused = ask(client, everything)
    cut = ask(client, everything, truncate="1")
    page = ask(client, everything, "text/html")
    app.extensions["shelfgraph"].pools.close()

    assert refused.status_code == 413
    assert json.loads(refused.text)["dumps"] == f"{BASE}dump/"
    assert (cut.status_code, len(values(cut))) == (200, 10)
    assert cut.headers["Shelfgraph-Truncated"].startswith("true")
    assert cut.headers["ETag"] != refused.headers.get("ETag")
    assert "there are more" in page.text


def test_a_large_answer_is_the_same_in_every_encoding(client: FlaskClient) -> None:
    query = "SELECT ?s ?o WHERE { ?s ?p ?q . ?a ?b ?o } LIMIT 20000"

    with ask(client, query, "text/csv") as plain:
        assert int(plain.headers["Content-Length"]) == len(plain.data) > 1 << 20
    with client.get(
        "/sparql", query_string={"query": query}, headers={"Accept": "text/csv", "Accept-Encoding": "gzip"}
    ) as packed:
        assert packed.headers["Content-Encoding"] == "gzip"
        assert packed.headers["ETag"] != plain.headers["ETag"]
        assert gzip.decompress(packed.data) == plain.data
    again = client.get(
        "/sparql",
        query_string={"query": query},
        headers={"Accept": "text/csv", "Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]},
    )
    assert (again.status_code, again.headers["ETag"]) == (304, packed.headers["ETag"])


def test_time_limit_and_busy_clients(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    endless = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    app = create_app(Settings(settings.site, {"base": BASE, "query_seconds": 0.3}, {}))
    with monkeypatch.context() as busily:
        busily.setattr(Turns, "take", lambda turns, client: None)  # the client has all its places
        busy = ask(app.test_client(), SELECT)
    app.extensions["shelfgraph"].pools.close()
    app = create_app(Settings(settings.site, {"base": BASE, "query_seconds": 0.3}, {}))
    late = ask(app.test_client(), endless)
    late_page = ask(app.test_client(), endless, "text/html")
    after = wait(lambda: (found := ask(app.test_client(), SELECT)).status_code == 200 and found)
    app.extensions["shelfgraph"].pools.close()

    assert (busy.status_code, busy.headers["Retry-After"]) == (429, "5")
    assert (late.status_code, late_page.status_code) == (504, 504)
    assert values(after) == JOURNALS


def test_without_a_query_a_program_gets_the_service_description(client: FlaskClient) -> None:
    response = client.get("/sparql")

    assert response.headers["Content-Type"] == "text/turtle; charset=utf-8"
    graph = triples(response, RdfFormat.TURTLE)
    described = {(str(t.predicate.value).rpartition("#")[2], str(t.object)) for t in graph}
    assert ("endpoint", f"<{BASE}sparql>") in described
    assert ("supportedLanguage", "<http://www.w3.org/ns/sparql-service-description#SPARQL11Query>") in described
    for accept, form in (("application/rdf+xml", RdfFormat.RDF_XML), ("application/n-triples", RdfFormat.N_TRIPLES)):
        assert len(triples(get(client, "/sparql", accept), form)) == len(graph)
    assert get(client, "/sparql", "image/png").status_code == 406


def test_without_a_query_a_browser_gets_the_editor(client: FlaskClient) -> None:
    page = html.fromstring(get(client, "/sparql", "text/html").data)

    assert page.xpath("//form[@action='/sparql']//textarea[@name='query']")
    for target in page.xpath("//h2[.='Examples']/following::ul[1]//a/@href"):
        response = client.get(target)
        assert response.status_code == 200, target


def test_a_browser_gets_a_table(client: FlaskClient) -> None:
    page = html.fromstring(ask(client, SELECT, "text/html,application/xhtml+xml,*/*;q=0.8").data)

    assert page.xpath("//table//a/@href") == [f"/journal/{iri[33:-3]}" for iri in JOURNALS]
    assert page.xpath("//textarea")[0].text.strip() == SELECT
    for target in page.xpath("//ul[@class='forms']//a/@href"):
        assert client.get(f"/sparql{target}").status_code == 200
    assert "Yes" in ask(client, "ASK {}", "text/html").text
    assert "@prefix" in ask(client, f"DESCRIBE <{JOURNALS[0]}>", "text/html").text


def test_a_query_is_shown_and_not_run_in_the_page(client: FlaskClient) -> None:
    text = ask(client, 'SELECT ("</textarea><script>alert(1)</script>" AS ?s) {}', "text/html").text

    assert "<script>" not in text
