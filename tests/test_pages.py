"""The pages: what links they carry, what their heads say, whether they are sound."""

from __future__ import annotations

import json
import re

import pytest
from asking import RECORD, TYPES, get, links
from conftest import BASE, SEED
from flask.testing import FlaskClient
from lxml import html


def test_the_links_of_a_record(client: FlaskClient) -> None:
    url = f"{BASE}record/{SEED}"
    found = links(get(client, RECORD, "text/html"))

    assert (url, "canonical", "") in found
    for key in ("jsonld", "ttl", "rdf", "nt", "bib", "ris", "csl.json"):
        assert (f"{url}.{key}", "describedby", TYPES[key].partition(";")[0]) in found
    assert ("https://schema.org/ScholarlyArticle", "type", "") in found
    assert ("https://schema.org/AboutPage", "type", "") in found
    assert ("https://www.frontiersin.org/article/10.3389/fsoc.2019.00036/full", "item", "") in found
    assert ("https://doi.org/10.3389/fsoc.2019.00036", "related", "") in found
    assert (f"{BASE}dataset/doaj#it", "collection", "") in found
    assert (f"{url}.linkset.json", "linkset", "application/linkset+json") in found
    assert "cite-as" not in {rel for _, rel, _ in found}


def test_the_links_of_an_rdf_form_lead_back(client: FlaskClient) -> None:
    url = f"{BASE}record/{SEED}"
    response = client.get(f"{RECORD}.ttl")
    found = links(response)

    assert (f"{url}#it", "describes", "") in found
    assert (url, "canonical", "") in found
    assert (f"{url}.html", "alternate", "text/html") in found
    assert ("https://creativecommons.org/publicdomain/zero/1.0/", "license", "") in found
    assert (f"{url}.linkset.json", "linkset", "application/linkset+json") in found


def test_the_linkset_says_the_same(client: FlaskClient) -> None:
    response = client.get(f"{RECORD}.linkset.json")
    (context,) = json.loads(response.text)["linkset"]

    assert response.headers["Content-Type"] == "application/linkset+json"
    assert context["anchor"] == f"{BASE}record/{SEED}"
    for path in (f"{RECORD}.html", f"{RECORD}.ttl"):
        for target, rel, kind in links(client.get(path)):
            link = {"href": target, "type": kind} if kind else {"href": target}
            assert rel == "linkset" or link in context[rel]


def test_the_head_of_a_record_page(client: FlaskClient) -> None:
    page = html.fromstring(get(client, RECORD, "text/html").data)
    meta = {}
    for one in page.xpath("//meta[@name]"):
        meta.setdefault(one.get("name"), []).append(one.get("content"))

    assert page.xpath("//link[@rel='canonical']/@href") == [f"{BASE}record/{SEED}"]
    assert "text/turtle" in page.xpath("//link[@rel='alternate']/@type")
    assert meta["citation_author"] == ["Rachel Matthews", "Constantina (Stan) Papoulias"]
    assert len(meta["citation_author_institution"]) == 2
    assert meta["citation_doi"] == ["10.3389/fsoc.2019.00036"]
    assert (meta["citation_journal_title"], meta["citation_issn"]) == (["Frontiers in Sociology"], ["2297-7775"])
    assert meta["citation_volume"] == ["4"]
    assert meta["citation_publication_date"] == ["2019/04"]
    assert all(value for values in meta.values() for value in values)
    assert page.xpath("//meta[@property='og:title']/@content")


def test_a_page_says_the_whole_date_and_not_its_first_year(client: FlaskClient) -> None:
    page = html.fromstring(get(client, "/record/m1", "text/html").data)

    assert page.xpath("string(//p[@class='kind'])") == "Map · 1990–1995"
    assert page.xpath("string(//th[.='Date']/../td)") == "1990–1995"


def test_the_page_carries_pure_schema_org(client: FlaskClient) -> None:
    page = html.fromstring(get(client, RECORD, "text/html").data)
    (script,) = page.xpath("//script")
    tree = json.loads(script.text)

    assert script.get("type") == "application/ld+json"
    assert tree["@context"] == "https://schema.org"
    assert tree["@type"] == "ScholarlyArticle"
    assert [author["name"] for author in tree["author"]] == ["Rachel Matthews", "Constantina (Stan) Papoulias"]
    assert tree["isPartOf"]["isPartOf"]["issn"] == ["2297-7775"]
    assert not re.findall(r'"(?:bibo|dcterms|dc|foaf|skos|rdf|prov|void|owl):', script.text)


@pytest.mark.parametrize("path", [RECORD, "/record/a1", "/record/j1", "/journal/1234-5679", "/dataset", "/", "/dump/",
                                  "/search?q=example", "/sparql", "/browse/record", "/record/none", "/record/a1/why",
                                  "/sparql?query=SELECT*{?s%20?p%20?o}LIMIT%202"])  # fmt: skip
def test_a_page_is_sound(client: FlaskClient, path: str) -> None:
    """One h1, a language, a skip link, labelled fields, scoped headers, nothing inline, nothing from elsewhere."""
    text = get(client, path, "text/html").text
    page = html.fromstring(text)

    assert text.startswith("<!DOCTYPE html>")
    assert len(page.xpath("//h1")) == 1
    assert page.get("lang") == "en"
    assert page.xpath("//a[@class='skip']/@href") == ["#main"] and page.xpath("//*[@id='main']")
    assert not page.xpath("//th[not(@scope)]")
    assert not page.xpath("//@style | //@onclick | //style | //script[not(@type='application/ld+json')]")
    assert page.xpath("//*[self::link[@rel='stylesheet']]/@href") == ["/static/style.css"]
    for field in page.xpath("//input | //textarea"):
        assert field.get("aria-label") or page.xpath(f"//label[@for='{field.get('id')}']")
    for target in page.xpath("//a/@href"):
        assert re.match(r"https?://|ftp://|/|#|\?", target), target


def test_links_of_a_page_lead_somewhere(client: FlaskClient) -> None:
    for path in (RECORD, "/record/b1", "/journal/1234-5679", "/", "/dump/", "/browse/subject"):
        page = html.fromstring(get(client, path, "text/html").data)
        targets = [target for target in page.xpath("//a/@href") if target.startswith("/")]
        assert len(targets) > 8, path
        for target in targets:
            with client.get(target) as response:
                assert response.status_code == 200, target


def test_foreign_words_are_marked_as_such(client: FlaskClient) -> None:
    page = html.fromstring(get(client, "/record/a1", "text/html").data)

    assert page.xpath("//h1/span/@lang") == ["fr"]


def test_the_style_sheet_is_small(client: FlaskClient) -> None:
    with client.get("/static/style.css") as response:
        assert response.headers["Content-Type"].startswith("text/css")
        assert len(response.data) <= 8192
