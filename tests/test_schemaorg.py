"""The schema.org half of a graph, alone: by the context of schema.org it is read back as exactly that.

`schemaorg.json` is that context (schemaorg/schemaorg at cc71c8e, release 30.0) without what changes nothing: of the
names, those that are no plain `schema:name`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import BASE, EXAMPLES, SEED, SHARED
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from pyld import jsonld
from pyoxigraph import NamedNode, RdfFormat, Triple, parse
from test_forms import everything

from ld.formats.ntriples import triples
from ld.formats.schemaorg import CONTEXT, DATES, IRIS, SCHEMAORG, document
from ld.site.generation import Generation
from ld.site.shown import Shapes

RECORD = f"/record/{SEED}"
MEDIA_TYPE = "application/vnd.schemaorg.ld+json"
KNOWN: dict[str, Any] = json.loads((Path(__file__).parent / "schemaorg.json").read_text())
SCHEMA = "http://schema.org/"
TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
XSD = "http://www.w3.org/2001/XMLSchema#"
WORK = f"{BASE}record/1#it"


def loader(url: str, options: Any = None) -> dict[str, Any]:
    """Give PyLD the context of schema.org and nothing else."""
    assert url == "https://schema.org"
    return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": KNOWN}


def by_pyld(tree: dict[str, Any]) -> set[Triple]:
    """The triples that an independent JSON-LD 1.1 processor reads in a document."""
    options = {"format": "application/n-quads", "documentLoader": loader, "processingMode": "json-ld-1.1"}
    quads = jsonld.to_rdf(tree, options)
    return {quad.triple for quad in parse(quads.encode(), RdfFormat.N_QUADS)}


def half(graph: Any) -> set[Triple]:
    """The triples of a graph that say something in terms of schema.org."""
    return {
        triple for triple in graph
        if triple.predicate.value.startswith(SCHEMA)
        or (triple.predicate == TYPE and triple.object.value.startswith(SCHEMA))
    }  # fmt: skip


def keys(tree: Any) -> set[str]:
    """All keys in a document."""
    if isinstance(tree, list):
        return {key for one in tree for key in keys(one)}
    return {key for name, one in tree.items() for key in (name, *keys(one))} if isinstance(tree, dict) else set()


def test_it_is_the_schema_org_half_of_every_graph(generation: Generation) -> None:
    said = 0
    for shown in everything(generation):
        tree = json.loads(shown.made(SCHEMAORG))
        found = by_pyld(tree)

        assert found == half(shown.graph), shown.url
        said += bool(found)

    assert said > 30


def test_names_are_those_of_schema_org_and_the_work_is_outermost(client: FlaskClient) -> None:
    tree = json.loads(client.get("/record/a1.schemaorg.jsonld").text)

    assert tree["@context"] == "https://schema.org"
    assert (tree["@id"], tree["@type"]) == (f"{BASE}record/a1#it", "ScholarlyArticle")
    assert not [key for key in keys(tree) if ":" in key]
    assert [author["name"] for author in tree["author"]] == ["Josiah Carberry", "Martin, Anne"]
    assert tree["name"] == {"@language": "fr", "@value": "Un exemple d'article sur les catalogues"}
    assert tree["datePublished"] == "2020-03"
    assert tree["isAccessibleForFree"] is True
    assert tree["isPartOf"]["isPartOf"]["isPartOf"]["issn"] == ["1234-5679", "2049-3630"]


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        (RECORD, MEDIA_TYPE),
        (RECORD, f"text/html;q=0.5, {MEDIA_TYPE}"),
        (f"{RECORD}?format=schemaorg", "*/*"),
        (f"{RECORD}?format=schemaorg.jsonld", "*/*"),
        (f"{RECORD}.schemaorg.jsonld", "text/html"),
        ("/journal/1234-5679", MEDIA_TYPE),
        ("/dataset.schemaorg.jsonld", "*/*"),
        ("/", MEDIA_TYPE),
    ],
)
def test_it_is_to_be_had_by_accept_extension_and_name(client: FlaskClient, path: str, accept: str) -> None:
    response = client.get(path, headers={"Accept": accept})

    assert (response.status_code, response.headers["Content-Type"]) == (200, MEDIA_TYPE)
    assert by_pyld(json.loads(response.text))


def test_who_asks_for_json_ld_gets_the_whole_graph(client: FlaskClient) -> None:
    for accept in ("application/ld+json", "application/json", f"application/*, {MEDIA_TYPE};q=0.9"):
        assert client.get(RECORD, headers={"Accept": accept}).mimetype in ("application/ld+json", "application/json")


def test_it_is_linked_like_every_form(client: FlaskClient) -> None:
    page = client.get(f"{RECORD}.html")

    assert f'<{BASE}record/{SEED}.schemaorg.jsonld>; rel="describedby"; type="{MEDIA_TYPE}"' in page.headers["Link"]
    assert f'<link rel="alternate" type="{MEDIA_TYPE}" href="{BASE}record/{SEED}.schemaorg.jsonld">' in page.text


def test_no_query_is_answered_in_it(client: FlaskClient) -> None:
    """An answer may be of any vocabulary: half of it is no answer."""
    response = client.get("/sparql?query=CONSTRUCT{}WHERE{}", headers={"Accept": MEDIA_TYPE})

    assert response.status_code == 406


def test_records_are_converted_a_line_each(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "ld", "convert", str(EXAMPLES), "--base", BASE, "--to", "schemaorg.jsonld"]
    lines = subprocess.run(command, check=True, capture_output=True).stdout.splitlines()

    assert len(lines) == 11
    assert all(json.loads(line)["@context"] == CONTEXT for line in lines)


# -- any graph ---------------------------------------------------------------------------------------------------------

TERMS = st.sampled_from(["name", "url", "license", "isPartOf", "datePublished", "dateModified", "about", "x-y", "a/b"])
SUBJECTS = st.sampled_from([WORK, f"{BASE}record/2#it", f"{BASE}subject/x#it"])
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12) | st.sampled_from(
    ["2020", "2020-03", "true", "7", "007", "-0", "http://a.example/", '"', "\\", "schema:name", "@id"]
)
TAILS = st.sampled_from(
    ["", "@de", "@pt-br", f"^^<{SCHEMA}Date>", f"^^<{XSD}gYear>", f"^^<{XSD}integer>", f"^^<{XSD}boolean>"]
)


@st.composite
def statements(draw: Any) -> str:
    """A line of N-Triples about one of a few things, mostly in terms of schema.org."""
    subject, term = draw(SUBJECTS), draw(TERMS)
    kind = draw(st.sampled_from(["iri", "literal", "type", "other"]))
    if kind == "type":
        return f"<{subject}> <{TYPE.value}> <{draw(st.sampled_from([SCHEMA, 'http://x.example/']))}Book> .\n"
    if kind == "iri":
        return f"<{subject}> <{SCHEMA}{term}> <{draw(SUBJECTS | st.just('http://a.example/b'))}> .\n"
    text = json.dumps(draw(TEXTS), ensure_ascii=False)
    space = "http://x.example/" if kind == "other" else SCHEMA
    return f"<{subject}> <{space}{term}> {text}{draw(TAILS)} .\n"


@settings(max_examples=300)
@given(st.lists(statements(), max_size=20))
def test_any_graph_is_read_back_as_its_schema_org_half(lines: list[str]) -> None:
    """Whatever a mapping says: strings where the context expects addresses, tags and datatypes, nodes in circles."""
    text = "".join(lines)
    shown = Shapes(f"{BASE}record/1", f"{BASE}context", lambda: text)

    assert by_pyld(document(shown)) == half(triples(text))


def test_what_the_program_knows_of_the_context_is_what_the_context_says() -> None:
    context = KNOWN["@context"]
    kinds = {name: term["@type"] for name, term in context.items() if isinstance(term, dict)}

    assert {name for name, kind in kinds.items() if kind == "@id"} == IRIS
    assert {name for name, kind in kinds.items() if kind == "Date"} == DATES


@pytest.mark.skipif(not (SHARED / "vocabularies").is_dir(), reason="the whole context of schema.org is not here")
def test_the_kept_context_is_that_of_the_release() -> None:
    whole_context = json.loads((SHARED / "vocabularies" / "schemaorgcontext.jsonld").read_text())["@context"]
    said = {name: term for name, term in whole_context.items() if isinstance(term, dict)}
    plain = {name for name, term in said.items() if term == {"@id": f"schema:{name}"}}

    assert {name: said[name] for name in said.keys() - plain - {"HTML"}} == {
        name: term for name, term in KNOWN["@context"].items() if isinstance(term, dict)
    }
