"""Records and shared things over HTTP: every form, at every address."""

from __future__ import annotations

import json
import re

import pytest
from asking import FIXED, NEGOTIATED, PARSED, RECORD, TYPES, get, links, rdf, triples
from conftest import BASE, SEED
from flask import Flask
from flask.testing import FlaskClient
from pyoxigraph import RdfFormat, parse

from ld.values.vocab import vocabulary


@pytest.mark.parametrize("key", TYPES)
def test_a_negotiated_url_answers_directly_and_says_where_the_form_is(client: FlaskClient, key: str) -> None:
    response = get(client, RECORD, TYPES[key].partition(";")[0])

    assert response.status_code == 200
    assert response.headers["Content-Type"] == TYPES[key]
    assert response.headers["Content-Location"] == f"{BASE}record/{SEED}.{key}"
    assert "Accept" in response.vary
    assert response.headers["Cache-Control"] == NEGOTIATED
    assert response.headers["Last-Modified"] == "Fri, 19 Nov 2021 03:33:50 GMT"


@pytest.mark.parametrize("key", TYPES)
def test_an_extension_gives_that_form_whatever_accept_says(client: FlaskClient, key: str) -> None:
    response = get(client, f"{RECORD}.{key}", "image/png")

    assert response.status_code == 200
    assert response.headers["Content-Type"] == TYPES[key]
    assert response.headers["Cache-Control"] == FIXED
    assert "Accept" not in response.vary
    assert "Content-Location" not in response.headers
    assert response.data == get(client, RECORD, TYPES[key].partition(";")[0]).data


@pytest.mark.parametrize("path", [RECORD, "/record/j1", "/journal/1234-5679/volume/12/issue/3", "/dataset", "/"])
def test_all_forms_are_the_same_graph(client: FlaskClient, path: str) -> None:
    lines = get(client, path, "application/n-triples")
    graph = triples(lines)

    assert graph
    for key, form in PARSED.items():
        assert triples(get(client, f"{path}?format={key}"), form) == graph
    for kind in ("application/ld+json", "application/json"):
        tree = json.loads(get(client, path, kind).text)
        assert rdf(tree) == graph


@pytest.mark.parametrize("profile", ["expanded", "flattened", "compacted"])
def test_json_ld_comes_in_the_profile_that_is_asked_for(client: FlaskClient, profile: str) -> None:
    iri = f"http://www.w3.org/ns/json-ld#{profile}"

    response = get(client, "/record/b1", f'application/ld+json;profile="{iri}"')

    assert response.headers["Content-Type"] == f'application/ld+json; profile="{iri}"'
    assert "Content-Location" not in response.headers
    assert rdf(json.loads(response.text)) == triples(client.get("/record/b1.nt"))


def test_plain_json_says_where_its_context_is(client: FlaskClient) -> None:
    response = get(client, RECORD, "application/json")

    assert (f"{BASE}context/v1.jsonld", "http://www.w3.org/ns/json-ld#context", "application/ld+json") in links(
        response
    )


def test_the_context_is_immutable(client: FlaskClient) -> None:
    response = client.get("/context/v1.jsonld")

    assert response.headers["Content-Type"] == "application/ld+json"
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert json.loads(response.text)["@context"] == vocabulary().context


def test_nothing_acceptable_is_a_406_that_lists_what_there_is(client: FlaskClient) -> None:
    response = get(client, RECORD, "image/png")

    assert response.status_code == 406
    assert response.headers["Content-Type"] == "application/problem+json"
    there = {(one["type"], one["url"]) for one in response.get_json(force=True)["available"]}
    assert ("text/turtle", f"{BASE}record/{SEED}.ttl") in there
    assert len(there) == len(TYPES)
    for _, url in there:
        assert client.get(url.removeprefix(BASE[:-1])).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/journal/2297-7775", "/journal/2297-7775/volume/4", "/organization/frontiers-media-s-a",
     "/agent/catalog/doe-jane~1fd30841",  "/subject/co-production", "/subject/ddc/576.82", "/subject", "/dataset/doaj", "/provenance"],
)  # fmt: skip
def test_shared_things_are_negotiated_and_have_extensions_like_records(client: FlaskClient, path: str) -> None:
    response = get(client, path, "text/turtle")

    assert response.headers["Content-Location"] == f"{BASE}{path[1:]}.ttl"
    assert client.get(f"{path}.ttl").data == response.data
    assert get(client, path, "text/html").text.count("<h1") == 1
    assert client.get(f"{path}.bib").status_code == 404


def test_another_issn_leads_to_the_journal(client: FlaskClient) -> None:
    assert client.get("/journal/2049-3630.ttl").headers["Location"] == f"{BASE}journal/1234-5679.ttl"
    assert client.get("/journal/2049-3630").status_code == 301


def test_a_shared_thing_lists_what_points_at_it_in_pages(odd: Flask) -> None:
    client = odd.test_client()
    first = client.get("/dataset/odd", headers={"Accept": "text/html"})
    second = client.get("/dataset/odd?offset=2", headers={"Accept": "text/html"})

    assert "Records (3)" in first.text
    assert 'href="?offset=2"' in first.text
    assert "Records (3)" in second.text
    assert "Content-Location" in first.headers
    assert "Content-Location" not in second.headers


@pytest.mark.parametrize("offset", ["-5", "99999999999999999999999", "abc", ""])
def test_no_offset_is_an_error(client: FlaskClient, offset: str) -> None:
    assert client.get(f"/journal/1234-5679?offset={offset}").status_code == 200
    assert client.get(f"/search?q=example&offset={offset}").status_code == 200


def test_the_source_is_as_it_came(client: FlaskClient) -> None:
    response = client.get("/record/a1/source")

    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert json.loads(response.text)["bibjson"]["journal"]["title"] == "Example Journal"


def test_why_tells_the_value_a_triple_was_made_from(client: FlaskClient) -> None:
    rows = json.loads(client.get("/record/a1/why?format=json").text)["triples"]
    found = next(row for row in rows if "/terms/issued>" in row["triple"])

    assert (found["thing"], found["field"], found["value"]) == ("work", "issued", "2020-03")
    assert found["row"].startswith("mapping.csv:")


def test_why_tells_field_and_row_of_every_triple(client: FlaskClient) -> None:
    rows = json.loads(client.get("/record/a1/why?format=json").text)["triples"]
    told = {quad.triple for quad in parse("\n".join(r["triple"] for r in rows).encode(), RdfFormat.N_TRIPLES)}
    served = client.get("/record/a1.nt")

    own = {t for t in triples(served) if str(t.subject).startswith(f"<{BASE}record/a1")}
    assert own <= told
    assert {"thing": "work", "field": "doi"}.items() <= next(r for r in rows if "bibo/doi" in r["triple"]).items()
    assert all(re.fullmatch(r"(mapping|things)\.csv(:\d+)?", row["row"]) for row in rows)
    assert "<h1>" in get(client, "/record/a1/why", "text/html").text


def test_an_id_may_look_like_a_path_an_extension_or_nothing_at_all(odd: Flask) -> None:
    client = odd.test_client()
    base = "https://odd.example.org/data/"
    for path, url in (
        ("/record/a%2Fb.ttl", f"{base}record/a%2Fb.ttl"),
        ("/record/a/b.ttl", f"{base}record/a%2Fb.ttl"),
        ("/record/%C3%BC%20%3F%23%25%26", f"{base}record/%C3%BC%20%3F%23%25%26"),
    ):
        response = client.get(path, headers={"Accept": "application/n-triples"})
        assert response.headers["Content-Location"] == f"{url}.nt"
        assert f"<{url}#it>" in response.text
        assert client.get(f"{path}.nt").data == response.data
