"""Search, lists, home page, sitemap, health."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from asking import RECORD, ask, get, links, values
from conftest import BASE, ODD, SEED
from flask import Flask
from flask.testing import FlaskClient
from lxml import html

from ld.publish.generations import rollback
from ld.publish.run import publish
from ld.settings import Settings
from ld.site.generation import Generation
from ld.web import create_app


def test_search_finds_by_words(client: FlaskClient) -> None:
    page = get(client, "/search?q=exchange+network", "text/html")
    found = json.loads(get(client, "/search?q=exchange+network", "application/json").text)

    assert RECORD in html.fromstring(page.data).xpath("//ul[@class='entries']//a/@href")
    assert (found["total"], found["records"][0]["page"]) == (1, f"{BASE}record/{SEED}")
    assert found == json.loads(client.get("/search?q=exchange+network&format=json").text)
    assert "Nothing was found" in get(client, "/search?q=zzzzzz", "text/html").text
    assert get(client, "/search?q=x", "image/png").status_code == 406


@pytest.mark.parametrize(
    "query", ['"unbalanced', "a:b:c", "((", "*", "%00", "😀", "AND OR NOT", "x" * 5000, "title:[1 TO"]
)
def test_no_search_is_an_error(client: FlaskClient, query: str) -> None:
    assert client.get("/search", query_string={"q": query}).status_code == 200


def test_search_results_escape_ids(odd: Flask) -> None:
    found = json.loads(odd.test_client().get("/search?q=path&format=json").text)

    assert [one["page"] for one in found["records"]] == ["https://odd.example.org/data/record/a%2Fb.ttl"]


@pytest.mark.parametrize("kind", ["record", "journal", "subject", "organization", "agent"])
def test_lists_lead_through_everything(odd: Flask, client: FlaskClient, kind: str) -> None:
    for asked, base in ((client, "/"), (odd.test_client(), "/data/")):
        seen, target = [], f"/browse/{kind}"
        while target:
            page = html.fromstring(asked.get(target).data)
            seen += page.xpath("//ul[@class='entries']//a/@href")
            after = page.xpath("//a[@rel='next']/@href")
            target = f"/browse/{kind}{after[0]}" if after else ""
        assert len(seen) == len(set(seen))
        for path in seen:
            assert asked.get("/" + path.removeprefix(base)).status_code == 200
    assert client.get("/browse/nothing").status_code == 404


def test_home_has_counts_and_entrances(client: FlaskClient) -> None:
    page = html.fromstring(get(client, "/", "text/html").data)

    assert page.xpath("//main//input[@name='q']")
    assert {"/browse/record", "/browse/journal", "/browse/subject", "/sparql", "/dump/"} <= set(page.xpath("//a/@href"))
    assert get(client, "/", "text/turtle").headers["Content-Location"] == f"{BASE}dataset.ttl"


def test_the_sitemap_lists_every_record(client: FlaskClient, generation: Generation) -> None:
    (file,) = re.findall(r"<loc>(.*?)</loc>", client.get("/sitemap.xml").text)
    response = client.get("/" + file.removeprefix(BASE))
    ElementTree.fromstring(response.text)
    listed = re.findall(r"<loc>(.*?)</loc>", response.text)

    assert len(listed) == generation.manifest.counts["records"]
    assert f"{BASE}record/{SEED}" in listed
    assert client.get("/sitemap-2.xml").status_code == client.get("/sitemap-0.xml").status_code == 404
    assert f"Sitemap: {BASE}sitemap.xml" in client.get("/robots.txt").text


def test_sitemap_of_odd_ids(odd: Flask) -> None:
    listed = re.findall(r"<loc>(.*?)</loc>", odd.test_client().get("/sitemap-1.xml").text)

    assert "https://odd.example.org/data/record/a%2Fb.ttl" in listed
    assert not [url for url in listed if url.endswith("/gone")]


def test_machines_find_the_interfaces(client: FlaskClient) -> None:
    catalog = client.get("/.well-known/api-catalog")
    void = get(client, "/.well-known/void", "text/turtle")

    assert catalog.headers["Content-Type"].startswith("application/linkset+json")
    assert (f"{BASE}sparql", "item", "") in links(catalog)
    assert json.loads(catalog.text)["linkset"][0]["anchor"] == BASE
    assert void.data == client.get("/dataset.ttl").data


def test_health_and_readiness(client: FlaskClient, generation: Generation) -> None:
    assert json.loads(client.get("/healthz").text) == {"status": "ok"}
    assert json.loads(client.get("/readyz").text)["generation"] == generation.id


def test_a_new_generation_goes_live_under_running_clients(tmp_path: Path) -> None:
    settings = Settings(tmp_path, {"base": BASE}, {})
    for name, records in (("one.jsonl", ODD[:1]), ("two.jsonl", ODD[:2])):
        (tmp_path / name).write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    publish([str(tmp_path / "one.jsonl")], settings)
    app = create_app(settings)
    client, live = app.test_client(), app.extensions["shelfgraph"].live
    count = "SELECT (COUNT(*) AS ?s) WHERE { ?page <http://xmlns.com/foaf/0.1/primaryTopic> ?work }"

    def seen() -> tuple[str, list[str]]:
        live.look()
        response = ask(client, count)
        return response.headers["Dataset-Version"], values(response)

    first = seen()
    publish([str(tmp_path / "two.jsonl")], settings)
    second = seen()
    rollback(tmp_path)
    third = seen()
    app.extensions["shelfgraph"].pools.close()

    assert (first[1], second[1]) == (["1"], ["2"])
    assert third == first != second
