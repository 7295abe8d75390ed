"""TriG: the graph of a document and of an answer, in the default graph."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from conftest import BASE, EXAMPLES, SEED
from flask.testing import FlaskClient
from graphs import GRAPHS
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from pyoxigraph import DefaultGraph, RdfFormat, Triple, parse

from ld.formats.ntriples import ntriples
from ld.formats.trig import TRIG
from ld.formats.turtle import TURTLE
from ld.site.generation import Generation
from ld.site.shown import Shapes
from ld.web.pages.documents import show

RECORD = f"/record/{SEED}"
QUERY = "CONSTRUCT { ?s a ?class } WHERE { ?s a ?class }"


def test_a_document_is_the_graph_of_its_turtle_in_the_default_graph(client: FlaskClient) -> None:
    quads = list(parse(client.get(f"{RECORD}.trig").data, RdfFormat.TRIG))
    triples = {quad.triple for quad in parse(client.get(f"{RECORD}.ttl").data, RdfFormat.TURTLE)}

    assert {quad.graph_name for quad in quads} == {DefaultGraph()}
    assert {quad.triple for quad in quads} == triples


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        (RECORD, "application/trig"),
        (RECORD, "application/x-trig"),
        (f"{RECORD}?format=trig", "*/*"),
        (f"{RECORD}.trig", "text/html"),
        ("/journal/1234-5679", "application/trig, text/html;q=0.9"),
        ("/dataset.trig", "*/*"),
        ("/sparql", "application/trig"),
        (f"/sparql?query={QUERY}", "application/trig"),
        (f"/sparql?query={QUERY}&format=trig", "*/*"),
        (f"/sparql?query=DESCRIBE <{BASE}record/{SEED}%23it>", "application/trig"),
    ],
)
def test_it_is_to_be_had_by_accept_extension_and_name(client: FlaskClient, path: str, accept: str) -> None:
    response = client.get(path, headers={"Accept": accept})

    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/trig; charset=utf-8")
    assert list(parse(response.data, RdfFormat.TRIG))


def test_an_answer_is_the_same_graph_as_in_turtle(client: FlaskClient) -> None:
    trig = parse(client.get(f"/sparql?query={QUERY}&format=trig").data, RdfFormat.TRIG)
    turtle = parse(client.get(f"/sparql?query={QUERY}&format=ttl").data, RdfFormat.TURTLE)

    assert set(trig) == set(turtle)


def test_turtle_stays_what_is_given_where_both_are_liked_as_well(client: FlaskClient) -> None:
    accept = "application/rdf+xml, text/rdf+n3, application/trig, application/n-quads, text/turtle"

    for path in (RECORD, f"/sparql?query={QUERY}"):
        assert client.get(path, headers={"Accept": accept}).mimetype == "text/turtle"


def test_it_is_linked_and_described_like_every_form(client: FlaskClient, generation: Generation) -> None:
    page = client.get(f"{RECORD}.html")
    dataset = client.get("/dataset.nt").text
    service = client.get("/sparql?format=nt").text

    assert f'<{BASE}record/{SEED}.trig>; rel="describedby"; type="application/trig"' in page.headers["Link"]
    assert f'<link rel="alternate" type="application/trig" href="{BASE}record/{SEED}.trig">' in page.text
    assert "void#feature> <http://www.w3.org/ns/formats/TriG>" in dataset
    assert "resultFormat> <http://www.w3.org/ns/formats/TriG>" in service


def test_what_is_kept_of_turtle_is_what_is_sent(generation: Generation) -> None:
    """No writer runs for it: a packed record is as quick in TriG as in Turtle."""
    record = generation.documents.get(f"record/{SEED}")
    assert record
    shown = show(generation, record)

    assert shown.made(TRIG) is shown.made(TURTLE)


def test_records_are_converted_into_one_file(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "ld", "convert", str(EXAMPLES), "--base", BASE]
    for form in ("trig", "nt"):
        subprocess.run([*command, "--to", form, "-o", str(tmp_path / form)], check=True, capture_output=True)

    trig = set(parse((tmp_path / "trig").read_bytes(), RdfFormat.TRIG))

    assert trig == set(parse((tmp_path / "nt").read_bytes(), RdfFormat.N_TRIPLES))


@hypothesis_settings(deadline=None)
@given(GRAPHS)
def test_any_graph_is_read_back_as_it_was(graph: list[Triple]) -> None:
    data = Shapes(f"{BASE}record/1", "", lambda: ntriples(graph)).made(TRIG)
    quads = list(parse(data, RdfFormat.TRIG))

    assert {quad.triple for quad in quads} == set(graph)
    assert all(quad.graph_name == DefaultGraph() for quad in quads)
