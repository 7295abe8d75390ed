"""RDF/XML: any graph is read back as it was, and stands in the order that Zotero takes it in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import EXAMPLES
from graphs import GRAPHS, PREFIXES
from hypothesis import given, settings
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from ld.errors import VocabError
from ld.formats.ntriples import triples
from ld.formats.rdfxml import rdfxml
from ld.values import vocab

A = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
DC = "http://purl.org/dc/terms/"


def read(text: str) -> list[Triple]:
    """The triples of RDF/XML, in their order."""
    return [quad.triple for quad in parse(text.encode(), RdfFormat.RDF_XML)]


@settings(deadline=None)
@given(GRAPHS)
def test_any_graph_is_read_back_as_it_was(graph: list[Triple]) -> None:
    assert set(read(rdfxml(graph, PREFIXES))) == set(graph)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.ttl")), ids=lambda path: path.stem)
def test_every_example_is_the_same_graph(path: Path) -> None:
    graph = [quad.triple for quad in parse(path.read_bytes(), RdfFormat.TURTLE)]

    assert set(read(rdfxml(graph, PREFIXES))) == set(graph)


def test_a_document_as_a_whole() -> None:
    """The class of BIBO names the element, the nearest container stands before the wider one, all else in its order."""
    graph = triples(
        f'<http://x/1> <{DC}title> "A & <b>"@en .\n'
        f"<http://x/1> <{DC}isPartOf> <http://x/j> .\n"
        f"<http://x/1> <{DC}isPartOf> <http://x/j/4?a=&b> .\n"
        f"<http://x/1> {A} <http://schema.org/Article> .\n"
        f"<http://x/1> {A} <http://purl.org/ontology/bibo/Article> .\n"
        f'<http://x/1> <{DC}date> "2019"^^<http://www.w3.org/2001/XMLSchema#gYear> .\n'
        f'<http://x/2> <http://y.example/p> "x" .\n'
        f'<http://x/2> <http://y.example/q> "x" .\n'
        f'<http://x/2> <http://z.example#q> "x" .\n'
    )

    assert rdfxml(graph, {"dcterms": DC, "bibo": "http://purl.org/ontology/bibo/", "schema": "http://schema.org/"}) == (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        "<rdf:RDF\n"
        '  xmlns:bibo="http://purl.org/ontology/bibo/"\n'
        f'  xmlns:dcterms="{DC}"\n'
        '  xmlns:ns3="http://y.example/"\n'
        '  xmlns:ns4="http://z.example#"\n'
        '  xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n'
        '  <bibo:Article rdf:about="http://x/1">\n'
        '    <rdf:type rdf:resource="http://schema.org/Article"/>\n'
        '    <dcterms:isPartOf rdf:resource="http://x/j/4?a=&amp;b"/>\n'
        '    <dcterms:isPartOf rdf:resource="http://x/j"/>\n'
        '    <dcterms:title xml:lang="en">A &amp; &lt;b&gt;</dcterms:title>\n'
        '    <dcterms:date rdf:datatype="http://www.w3.org/2001/XMLSchema#gYear">2019</dcterms:date>\n'
        "  </bibo:Article>\n"
        '  <rdf:Description rdf:about="http://x/2">\n'
        "    <ns3:p>x</ns3:p>\n"
        "    <ns3:q>x</ns3:q>\n"
        "    <ns4:q>x</ns4:q>\n"
        "  </rdf:Description>\n"
        "</rdf:RDF>\n"
    )


def test_blank_nodes_keep_their_names() -> None:
    text = rdfxml([Triple(BlankNode("b"), NamedNode(DC + "title"), Literal("x")),
                   Triple(NamedNode("http://x/1"), NamedNode(DC + "relation"), BlankNode("b"))], PREFIXES)  # fmt: skip

    assert '<rdf:Description rdf:nodeID="b">' in text
    assert '<dcterms:relation rdf:nodeID="b"/>' in text


def test_a_blank_class_names_no_element() -> None:
    graph = [Triple(NamedNode("http://x/1"), NamedNode(A.strip("<>")), BlankNode("b"))]

    assert '<rdf:Description rdf:about="http://x/1">\n    <rdf:type rdf:nodeID="b"/>' in rdfxml(graph, PREFIXES)


def test_a_property_that_xml_cannot_name_is_refused() -> None:
    graph = triples('<http://x/1> <http://x/p/1> "x" .\n')

    with pytest.raises(
        ValueError, match=re.escape("http://x/p/1 cannot be written in RDF/XML: it does not end in an XML")
    ):
        rdfxml(graph, PREFIXES)


def test_a_table_for_zotero_that_says_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "codes").mkdir()
    (tmp_path / "codes" / "zotero.csv").write_text("term,first,note\nbibo:,last,\n")
    vocab.use(tmp_path)
    try:
        with pytest.raises(VocabError, match=re.escape("zotero.csv:2: 'last' is neither class nor nearest")):
            rdfxml([], PREFIXES)
    finally:
        vocab.use(None)
