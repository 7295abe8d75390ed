"""What tests need that ask a site as any client does: small questions, and a site with odd records."""

from __future__ import annotations

import json
import re
from typing import Any

from conftest import BASE, SEED
from flask.testing import FlaskClient
from pyld import jsonld
from pyoxigraph import RdfFormat, Triple, parse
from werkzeug.test import TestResponse

from ld.values.vocab import vocabulary

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
