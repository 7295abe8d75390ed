"""What tests need that ask a site as any client does: small questions, and a site with odd records."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from conftest import BASE, SEED
from flask import Flask
from flask.testing import FlaskClient
from pyld import jsonld
from pyoxigraph import RdfFormat, Triple, parse
from werkzeug.test import TestResponse

from ld.publish.run import publish
from ld.settings import Settings
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


@pytest.fixture(scope="session")
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


def rdf(tree: Any) -> set[Triple]:
    """The triples that an independent JSON-LD processor reads; only our context is to be had."""

    def loader(url: str, options: Any = None) -> dict[str, Any]:
        assert url == f"{BASE}context/v1.jsonld"
        context = {"@context": vocabulary().context}
        return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": context}

    lines = jsonld.to_rdf(tree, {"format": "application/n-quads", "documentLoader": loader})
    return {quad.triple for quad in parse(lines.encode(), RdfFormat.N_QUADS)}


SELECT = "SELECT ?s WHERE { ?s a <http://purl.org/ontology/bibo/Journal> } ORDER BY ?s"


def ask(client: FlaskClient, query: str, accept: str | None = None, **params: str) -> TestResponse:
    headers = {"Accept": accept} if accept else {}
    return client.get("/sparql", query_string={"query": query, **params}, headers=headers)


def values(response: TestResponse) -> list[str]:
    return [row["s"]["value"] for row in json.loads(response.text)["results"]["bindings"]]
