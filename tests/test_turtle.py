"""Turtle: the look of a block, and that any graph is read back as it was."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from ld.formats.ntriples import nodes
from ld.formats.turtle import shortener, turtle
from ld.values.vocab import Vocabulary

PREFIXES = Vocabulary().prefixes
WORK = "https://data.example.org/record/1#it"
DC = "http://purl.org/dc/terms/"
XSD = "http://www.w3.org/2001/XMLSchema#"


def test_a_block_as_a_whole() -> None:
    """Native numbers stand bare; short lists on one line, long ones on several; the prefixes in use are declared."""
    lines = (
        f"<{WORK}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://purl.org/ontology/bibo/Book> .\n"
        f'<{WORK}> <{DC}title> "A \\"title\\""@en .\n'
        f'<{WORK}> <{DC}extent> "12"^^<{XSD}integer> .\n'
        f'<{WORK}> <{DC}issued> "2020"^^<{XSD}gYear> .\n'
        f'<{WORK}> <{DC}subject> "{"x" * 50}" .\n'
        f'<{WORK}> <{DC}subject> "{"y" * 50}" .\n'
        f"<{WORK}> <{DC}creator> <https://data.example.org/agent/a#it> .\n"
        f"<{WORK}> <{DC}creator> <https://data.example.org/agent/b#it> .\n"
        f'<https://data.example.org/agent/a#it> <{DC}title> "A" .\n'
    )

    text = shortener(PREFIXES).text(nodes(lines)[0])

    assert text == (
        "@prefix bibo: <http://purl.org/ontology/bibo/> .\n"
        f"@prefix dcterms: <{DC}> .\n"
        f"@prefix xsd: <{XSD}> .\n\n"
        f"<{WORK}> a bibo:Book ;\n"
        '    dcterms:title "A \\"title\\""@en ;\n'
        "    dcterms:extent 12 ;\n"
        '    dcterms:issued "2020"^^xsd:gYear ;\n'
        f'    dcterms:subject "{"x" * 50}" ,\n        "{"y" * 50}" ;\n'
        "    dcterms:creator <https://data.example.org/agent/a#it>, <https://data.example.org/agent/b#it> .\n\n"
        '<https://data.example.org/agent/a#it> dcterms:title "A" .\n'
    )


def test_prefixes_are_declared_once_in_a_file_of_several_parts() -> None:
    graph = [Triple(NamedNode(WORK), NamedNode(f"{DC}title"), Literal("A"))]
    declared: set[str] = set()

    first, second = turtle(graph, PREFIXES, declared), turtle(graph, PREFIXES, declared)

    assert first == f"@prefix dcterms: <{DC}> .\n\n{second}"
    assert declared == {"dcterms"}


ENDS = ("", "a", "_a-1", "-a", "1", "a.b", "a/b", "a:b", "é", "a%20b")
IRIS = st.sampled_from([f"{space}{end}" for space in (*PREFIXES.values(), f"{WORK}/") for end in ENDS])
TEXTS = st.one_of(
    st.text(max_size=8), st.sampled_from(('"', "\\", '" .\n<b> ', '"^^<x>', '"@en', "\n\r\t\x00", "\u2028"))
)
TYPED = [("integer", one) for one in ("12", "+1", "-0", "007", "٣", "1.0", "")]
TYPED += [("boolean", one) for one in ("true", "false", "1")] + [("gYear", "2020")]
LITERALS = st.one_of(
    TEXTS.map(Literal),
    st.builds(lambda text, tag: Literal(text, language=tag), TEXTS, st.sampled_from(("en", "pt-br"))),
    st.sampled_from(TYPED).map(lambda pair: Literal(pair[1], datatype=NamedNode(XSD + pair[0]))),
)
NAMED = IRIS.map(NamedNode)


@settings(max_examples=200)
@given(st.lists(st.builds(Triple, NAMED, NAMED, NAMED | LITERALS), max_size=20))
def test_any_graph_is_read_back_as_it_was(graph: list[Triple]) -> None:
    """Names that Turtle cannot abbreviate, literals that look like the end of a line, numbers of other scripts."""
    text = turtle(graph, PREFIXES)

    assert {quad.triple for quad in parse(text.encode(), RdfFormat.TURTLE)} == set(graph)
