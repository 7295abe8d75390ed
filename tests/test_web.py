"""The answers over HTTP, asked as any client asks."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import brotli
import pytest
import zstandard
from conftest import BASE, SEED
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from pyld import jsonld
from pyoxigraph import RdfFormat, Triple, parse
from waiting import wait
from werkzeug.test import TestResponse

from ld.publish.generations import rollback
from ld.publish.run import publish
from ld.record import Deleted
from ld.settings import Settings
from ld.site.generation import Generation
from ld.sparql.quota import Turns
from ld.values.vocab import vocabulary
from ld.web import create_app

RECORD = f"/record/{SEED}"
NEGOTIATED = "private, no-cache"
FIXED = "public, max-age=300, stale-while-revalidate=86400"
TYPES = {
    "html": "text/html; charset=utf-8",
    "jsonld": "application/ld+json",
    "json": "application/json",
    "ttl": "text/turtle; charset=utf-8",
    "nt": "application/n-triples; charset=utf-8",
    "rdf": "application/rdf+xml; charset=utf-8",
    "trig": "application/trig; charset=utf-8",
    "schemaorg.jsonld": "application/vnd.schemaorg.ld+json",
    "bib": "application/x-bibtex; charset=utf-8",
    "ris": "application/x-research-info-systems; charset=utf-8",
    "csl.json": "application/vnd.citationstyles.csl+json",
}
PARSED = {"ttl": RdfFormat.TURTLE, "nt": RdfFormat.N_TRIPLES, "rdf": RdfFormat.RDF_XML, "trig": RdfFormat.TRIG}
# The reader takes known markup away; what it leaves must be harmless all the same.
EVIL = "</script <svg onload=alert(1)> <!-- \"> <iframe src=x> ' & {{ 7*7 }}"
ODD = [
    {"id": "a/b.ttl", "collection": ["Odd"], "format": ["Book"], "title": "An id like a path", "author": ["Doe, Jane"]},
    {"id": "ü ?#%&", "collection": ["Odd"], "format": ["Book"], "title": "An id like nothing else"},
    {"id": "evil", "collection": ["Odd"], "format": ["Book"], "title": EVIL, "author": [EVIL], "topic": [EVIL],
     "url": ["javascript:alert(1)", 'https://example.org/">; rel="evil', "https://example.org/ok"]},
    {"id": "gone", "collection": ["Odd"], "format": ["Book"], "title": "A book that was deleted"},
]  # fmt: skip


def get(client: FlaskClient, path: str, accept: str | None = None, **headers: str) -> TestResponse:
    """Ask for the path; `If_None_Match="x"` is a header."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.get(path, headers=sent | ({"Accept": accept} if accept is not None else {}))


def links(response: TestResponse) -> list[tuple[str, str, str]]:
    """The links of a Link header: target, relation, type."""
    found = re.findall(r'<([^>]*)>; rel="([^"]*)"(?:; type="([^"]*)")?', response.headers["Link"])
    assert (
        ", ".join(f'<{t}>; rel="{r}"' + (f'; type="{k}"' if k else "") for t, r, k in found)
        == (response.headers["Link"])
    )
    return found


def triples(response: TestResponse, form: RdfFormat = RdfFormat.N_TRIPLES) -> set[Triple]:
    return {quad.triple for quad in parse(response.data, form)}


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A site with records that try to break things, one of them deleted; its base has a path."""
    site = tmp_path_factory.mktemp("odd")
    settings = Settings(site, {"base": "https://odd.example.org/data/", "verify": False, "page_size": 2}, {})
    for name, records in (("one.jsonl", ODD), ("two.jsonl", ODD[:-1])):
        (site / name).write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
        publish([str(site / name)], settings, full=True)
    app = create_app(settings)
    yield app
    app.extensions["shelfgraph"].pools.close()


# -- records -----------------------------------------------------------------------------------------------------------


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


def rdf(tree: Any) -> set[Triple]:
    """The triples that an independent JSON-LD processor reads; only our context is to be had."""

    def loader(url: str, options: Any = None) -> dict[str, Any]:
        assert url == f"{BASE}context/v1.jsonld"
        context = {"@context": vocabulary().context}
        return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": context}

    lines = jsonld.to_rdf(tree, {"format": "application/n-quads", "documentLoader": loader})
    return {quad.triple for quad in parse(lines.encode(), RdfFormat.N_QUADS)}


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
    ["/journal/2297-7775", "/journal/2297-7775/volume/4", "/organization/frontiers-media-s-a", "/agent/doe-jane",
     "/subject/co-production", "/subject/ddc/576.82", "/subject", "/dataset/doaj", "/provenance"],
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


# -- validators, HEAD, OPTIONS, encodings ------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [f"{RECORD}.{key}" for key in TYPES] + [RECORD, "/", "/journal/1234-5679", "/dataset"])
def test_a_form_has_a_strong_etag_and_304(client: FlaskClient, path: str) -> None:
    first = client.get(path)
    again = get(client, path, If_None_Match=first.headers["ETag"])

    assert not first.headers["ETag"].startswith("W/")
    assert (again.status_code, again.data) == (304, b"")
    for name in ("ETag", "Cache-Control", "Vary", "Content-Location"):
        assert again.headers.get(name) == first.headers.get(name)
    assert get(client, path, If_None_Match='"other"').status_code == 200


def test_the_304_of_a_form_and_of_its_encodings(client: FlaskClient) -> None:
    plain, packed = client.get(f"{RECORD}.ttl"), get(client, f"{RECORD}.ttl", Accept_Encoding="gzip")

    for first, encodings in ((plain, ""), (packed, "gzip"), (packed, "br, gzip")):
        etag = first.headers["ETag"]
        again = get(client, f"{RECORD}.ttl", If_None_Match=f'"other", {etag}', Accept_Encoding=encodings)
        assert (again.status_code, again.headers["ETag"], again.data) == (304, etag, b"")
    assert get(client, f"{RECORD}.ttl", If_None_Match=packed.headers["ETag"], Accept_Encoding="br").status_code == 200


def test_no_two_forms_share_an_etag(client: FlaskClient) -> None:
    assert len({client.get(f"{RECORD}.{key}").headers["ETag"] for key in TYPES}) == len(TYPES)


def test_if_modified_since(client: FlaskClient) -> None:
    moment = client.get(f"{RECORD}.ttl").headers["Last-Modified"]

    assert get(client, f"{RECORD}.ttl", If_Modified_Since=moment).status_code == 304


@pytest.mark.parametrize("path", [RECORD, f"{RECORD}.ttl", "/", "/search?q=x", "/sparql", "/dump/", "/robots.txt",
                                  "/dump/catalogue.nt.gz", "/record/none", "/context/v1.jsonld"])  # fmt: skip
def test_head_is_get_without_a_body(client: FlaskClient, path: str) -> None:
    got, head = client.get(path), client.head(path)

    assert (head.status_code, head.data) == (got.status_code, b"")
    for name in ("Content-Type", "Content-Length", "ETag", "Vary", "Cache-Control"):
        assert head.headers.get(name) == got.headers.get(name)
    got.close()
    head.close()


@pytest.mark.parametrize("path", [RECORD, "/sparql", "/dump/catalogue.nt.gz", "/record/none", "/"])
def test_scripts_may_ask_from_anywhere(client: FlaskClient, path: str) -> None:
    asked = client.options(path, headers={"Origin": "https://app.example", "Access-Control-Request-Method": "GET"})

    assert asked.status_code == 204
    assert asked.headers["Access-Control-Allow-Origin"] == "*"
    assert "GET" in asked.headers["Allow"]
    assert ("POST" in asked.headers["Allow"]) == (path == "/sparql")
    with client.get(path) as response:
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert "Link" in response.headers["Access-Control-Expose-Headers"]


@pytest.mark.parametrize(
    ("encoding", "unpacked"),
    [
        ("gzip", gzip.decompress),
        ("br", brotli.decompress),
        ("zstd", lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data)),
    ],
)
def test_every_encoding_has_an_etag_of_its_own(client: FlaskClient, encoding: str, unpacked: Any) -> None:
    plain = client.get(f"{RECORD}.ttl")
    packed = get(client, f"{RECORD}.ttl", Accept_Encoding=encoding)

    assert packed.headers["Content-Encoding"] == encoding
    assert "Accept-Encoding" in packed.vary and "Accept-Encoding" in plain.vary
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert unpacked(packed.data) == plain.data
    again = get(client, f"{RECORD}.ttl", Accept_Encoding=encoding, If_None_Match=packed.headers["ETag"])
    assert again.status_code == 304


def test_an_encoding_that_is_refused_is_not_used(client: FlaskClient) -> None:
    response = get(client, f"{RECORD}.ttl", Accept_Encoding="gzip;q=0, br;q=0")

    assert "Content-Encoding" not in response.headers
    assert "Accept-Encoding" in response.vary


@pytest.mark.parametrize("path", [RECORD, "/", "/sparql", "/search", "/dump/", "/record/none", "/healthz"])
def test_every_answer_names_the_generation_and_locks_the_page(
    client: FlaskClient, generation: Generation, path: str
) -> None:
    headers = client.get(path).headers

    assert headers["Dataset-Version"] == generation.id
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self';")
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "Set-Cookie" not in headers


# -- links and the head of a page --------------------------------------------------------------------------------------


def test_the_links_of_a_record(client: FlaskClient) -> None:
    url = f"{BASE}record/{SEED}"
    found = links(get(client, RECORD, "text/html"))

    assert (url, "canonical", "") in found
    for key in ("jsonld", "ttl", "rdf", "nt", "bib", "ris", "csl.json"):
        assert (f"{url}.{key}", "describedby", TYPES[key].partition(";")[0]) in found
    assert ("https://schema.org/ScholarlyArticle", "type", "") in found
    assert ("https://schema.org/AboutPage", "type", "") in found
    assert ("https://www.frontiersin.org/article/10.3389/fsoc.2019.00036/full", "item", "text/html") in found
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


# -- hostile input -----------------------------------------------------------------------------------------------------


def test_a_title_cannot_break_out_of_the_page(odd: Flask) -> None:
    text = odd.test_client().get("/record/evil", headers={"Accept": "text/html"}).text
    page = html.fromstring(text)

    assert "<svg" not in text and "<iframe" not in text and "<!--" not in text
    assert len(page.xpath("//script")) == 1
    assert json.loads(page.xpath("//script")[0].text)["name"] == EVIL
    assert page.xpath("//h1")[0].text_content() == EVIL
    assert not [target for target in page.xpath("//@href") if "javascript" in target]
    assert "49" not in page.xpath("//h1")[0].text_content()


def test_an_address_cannot_break_out_of_the_link_header(odd: Flask) -> None:
    for key in ("html", "ttl"):
        found = links(odd.test_client().get(f"/record/evil.{key}"))
        assert "evil" not in {rel for _, rel, _ in found}


@pytest.mark.parametrize(
    "path",
    ["/record/x%0d%0aSet-Cookie:%20a=b", "/record/x%22%3E%3Cscript%3E", "/search?q=%0d%0aX:%20y", "/record/%ff",
     "/dump/latest/%0d%0aX", "/%2e%2e/%2e%2e/etc/passwd", "/record/%00", "//evil.example/", "/record/" + "x" * 5000],
)  # fmt: skip
def test_no_path_gets_into_headers_or_markup(client: FlaskClient, path: str) -> None:
    for accept in ("text/html", "text/turtle"):
        response = get(client, path, accept)
        found = {"/search?q=%0d%0aX:%20y": 200 if accept == "text/html" else 406, "//evil.example/": 200}
        assert response.status_code == found.get(path, 404)
        assert "Set-Cookie" not in response.headers and "X" not in response.headers
        assert accept == "text/turtle" or "<script>" not in response.text
        assert "evil.example" not in response.headers.get("Location", "")


def test_the_host_of_a_request_leaves_no_trace(client: FlaskClient) -> None:
    for path in (
        RECORD,
        f"{RECORD}.ttl",
        "/journal/2049-3630",
        "/dump/latest/catalogue.nt.gz",
        "/sparql",
        "/",
        "/dump",
    ):
        response = client.get(path, headers={"Host": "evil.example"})
        assert "evil.example" not in f"{response.headers}{response.text}"


# -- errors ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("text/html", "text/html; charset=utf-8"),
        ("*/*", "application/problem+json"),
        ("application/ld+json", "application/problem+json"),
        ("text/turtle", "application/problem+json"),
        ("text/plain", "text/plain; charset=utf-8"),
    ],
)
def test_an_error_comes_as_the_client_likes_it(client: FlaskClient, accept: str, content_type: str) -> None:
    response = get(client, "/record/none", accept)

    assert (response.status_code, response.headers["Content-Type"]) == (404, content_type)
    assert "/record/none" in response.text


def test_problem_details_have_their_members(client: FlaskClient) -> None:
    problem = json.loads(client.get("/record/none").text)

    assert {"type": "about:blank", "title": "Not Found", "status": 404}.items() <= problem.items()


def test_a_wrong_method_is_told_the_right_ones(client: FlaskClient) -> None:
    response = client.post(RECORD)

    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]
    assert client.put("/sparql").status_code == 405


def test_a_tombstone_says_since_when_and_what_is_there_instead(tmp_path: Path) -> None:
    settings = Settings(tmp_path, {"base": BASE, "verify": False}, {})
    records = [{"id": id_, "title": "T", "title_short": "", "format": ["Book"]} for id_ in ("old", 'new"<one>')]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    publish([str(tmp_path / "in.jsonl")], settings)
    publish([], settings, deletions=[Deleted("here", "old", "A duplicate.", "2026-11-25", 'new"<one>')])
    app = create_app(settings)

    response = app.test_client().get("/record/old")
    page = app.test_client().get("/record/old", headers={"Accept": "text/html"}).text
    app.extensions["shelfgraph"].pools.close()

    successor = f"{BASE}record/new%22%3Cone%3E"
    record = json.loads(response.text)["record"]
    assert response.status_code == 410
    assert (record["title"], record["deleted"], record["successor"]) == ("T", "2026-11-25", successor)
    assert response.headers["Link"] == f'<{successor}>; rel="successor-version"'
    assert "A duplicate." in page and "deleted 2026-11-25" in page and 'href="/record/new%22%3Cone%3E"' in page


@pytest.mark.parametrize("path", ["/record/gone", "/record/gone.ttl", "/record/gone/source", "/record/gone/why"])
def test_a_deleted_record_is_gone_with_title_and_reason(odd: Flask, path: str) -> None:
    response = odd.test_client().get(path)
    problem = json.loads(response.text)

    assert response.status_code == 410
    assert problem["record"]["title"] == "A book that was deleted"
    assert problem["record"]["url"] == "https://odd.example.org/data/record/gone"
    assert problem["detail"]
    assert "A book that was deleted" in odd.test_client().get(path, headers={"Accept": "text/html"}).text


def test_an_unforeseen_error_is_a_500_without_secrets(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app(settings)
    monkeypatch.setattr(app.extensions["shelfgraph"].live, "current", lambda: 1 / 0)

    response = app.test_client().get("/robots.txt")

    assert response.status_code == 500
    assert response.headers["Content-Type"] == "application/problem+json"
    assert "ZeroDivisionError" not in response.text


def test_without_a_generation_the_server_lives_but_is_not_ready(tmp_path: Path) -> None:
    client = create_app(Settings(tmp_path, {}, {})).test_client()

    assert client.get("/healthz").status_code == 200
    for path in ("/readyz", "/", "/record/x", "/sparql", "/dump/"):
        response = client.get(path)
        assert response.status_code == 503
        assert response.headers["Retry-After"]
        assert "shelfgraph publish" in response.text
    assert client.get("/", headers={"Accept": "text/html"}).status_code == 503


# -- SPARQL ------------------------------------------------------------------------------------------------------------

SELECT = "SELECT ?s WHERE { ?s a <http://purl.org/ontology/bibo/Journal> } ORDER BY ?s"
JOURNALS = [f"{BASE}journal/{issn}#it" for issn in ("1234-5679", "2297-7775", "2529-850X")]


def ask(client: FlaskClient, query: str, accept: str | None = None, **params: str) -> TestResponse:
    headers = {"Accept": accept} if accept else {}
    return client.get("/sparql", query_string={"query": query, **params}, headers=headers)


def values(response: TestResponse) -> list[str]:
    return [row["s"]["value"] for row in json.loads(response.text)["results"]["bindings"]]


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


# -- dumps -------------------------------------------------------------------------------------------------------------

DUMP = "/dump/catalogue.nt.gz"


def test_every_dump_that_is_listed_is_there_with_its_digest(client: FlaskClient, generation: Generation) -> None:
    for one in json.loads(client.get("/dump/?format=json").text)["dumps"]:
        with client.get(f"/dump/{one['file']}") as response:
            digest = hashlib.sha256(response.data)
            assert len(response.data) == one["bytes"]
            assert digest.hexdigest() == one["sha256"]
            assert response.headers["ETag"] == f'"{one["sha256"]}"'
            assert response.headers["Repr-Digest"] == f"sha-256=:{base64.b64encode(digest.digest()).decode()}:"
            assert response.headers["Accept-Ranges"] == "bytes"
            assert response.headers["Last-Modified"]
        with client.get(f"/dump/latest/{one['file']}") as moved:
            assert (moved.status_code, moved.headers["Location"]) == (302, f"{BASE}dump/{one['file']}")
        assert one["sha256"] in client.get("/dump/", headers={"Accept": "text/html"}).text
    with client.get("/dump/SHA256SUMS") as sums:
        assert f"{generation.manifest.dumps[0].sha256}  {generation.manifest.dumps[0].file}\n" in sums.text


def test_ranges(client: FlaskClient) -> None:
    with client.get(DUMP) as response:
        whole, etag = response.data, response.headers["ETag"]
    with get(client, DUMP, Range="bytes=10-19") as part:
        assert (part.status_code, part.data) == (206, whole[10:20])
        assert part.headers["Content-Range"] == f"bytes 10-19/{len(whole)}"
    with get(client, DUMP, Range="bytes=-5") as tail:
        assert (tail.status_code, tail.data) == (206, whole[-5:])
    with get(client, DUMP, Range="bytes=5-", If_Range=etag) as same:
        assert (same.status_code, same.data) == (206, whole[5:])
    with get(client, DUMP, Range="bytes=5-", If_Range='"other"') as other:
        assert (other.status_code, other.data) == (200, whole)
    with get(client, DUMP, Range=f"bytes={len(whole)}-") as beyond:
        assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, f"bytes */{len(whole)}")
    with get(client, DUMP, If_None_Match=etag) as again:
        assert again.status_code == 304


def test_dumps_are_not_packed_again(client: FlaskClient) -> None:
    for name in ("catalogue.nt.gz", "catalogue.csv", "SHA256SUMS"):
        with get(client, f"/dump/{name}", Accept_Encoding="gzip, br, zstd") as response:
            assert "Content-Encoding" not in response.headers


@pytest.mark.parametrize(
    "name",
    ["../manifest.json", "..%2fmanifest.json", "%2e%2e/manifest.json", "link", "..", ".", "%00",
     "..%5cmanifest.json", "/etc/passwd", "latest/link", "latest/../../manifest.json"],
)  # fmt: skip
def test_no_other_file_can_be_had(client: FlaskClient, generation: Generation, name: str) -> None:
    link = generation.dumps / "link"
    link.symlink_to("/etc/passwd")
    try:
        with client.get(f"/dump/{name}") as response:
            assert response.status_code == 404
            assert "root:" not in response.text
    finally:
        link.unlink()


# -- search, lists, operations -----------------------------------------------------------------------------------------


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
