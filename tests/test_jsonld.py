"""Compact JSON-LD: one line a record, the same graph in the eyes of PyLD, and the same bytes on every road."""

from __future__ import annotations

import json
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyld import jsonld as pyld
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from ld.formats.jsonld import Compactor, document, dumps, names_of
from ld.formats.ntriples import ntriples, triples
from ld.values.vocab import Vocabulary

BASE = "https://data.example.org/"
CONTEXT = BASE + "context/v1.jsonld"
WORK = BASE + "record/1#it"
VOCABULARY = Vocabulary()
NAMES = names_of(VOCABULARY)
EXAMPLES = sorted((Path(__file__).parent.parent / "vocab" / "examples").glob("*.ttl"))
# One for all tests, so that each document meets what the ones before it have left there.
COMPACTOR = Compactor(NAMES, CONTEXT)
A = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
XSD = "http://www.w3.org/2001/XMLSchema#"


def by_pyld(line: bytes) -> set[Triple]:
    """The triples that an independent JSON-LD processor reads in a document."""

    def loader(url: str, options: Any = None) -> dict[str, Any]:
        assert url == CONTEXT
        known = {"@context": VOCABULARY.context}
        return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": known}

    tree = pyld.to_rdf(json.loads(line), {"format": "application/n-quads", "documentLoader": loader})
    return {quad.triple for quad in parse(tree.encode(), RdfFormat.N_QUADS)}


def plain_road(text: str, root: str) -> bytes:
    """The document of one graph that nothing is remembered of."""
    lines = dict.fromkeys(f"{line}\n" for line in text.split("\n")[:-1])
    return dumps(document(triples("".join(lines)), root, NAMES, CONTEXT), indent=0)


def subject(triple: Triple) -> str:
    return str(triple.subject).strip("<>").partition("#")[0]


# -- the examples ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_is_the_same_graph_and_the_same_bytes(path: Path) -> None:
    graph = [quad.triple for quad in parse(path.read_bytes(), RdfFormat.TURTLE)]
    texts = {about: ntriples(some) for about, some in groupby(sorted(graph, key=subject), subject)}
    records = [about for about in texts if "/record/" in about]
    assert records

    for record in records:
        shared = [text for about, text in texts.items() if about != record]
        line = COMPACTOR.line(texts[record], shared, f"{record}#it")

        assert by_pyld(line) == set(graph)
        assert line == plain_road(texts[record] + "".join(shared), f"{record}#it")
        assert line.startswith(b'{"@context":') and b"\n" not in line


def test_a_document_as_a_whole() -> None:
    """The root is outermost, a node stands where a name first points at it, keys have the order of the context."""
    own = (
        f"<{WORK}> {A} <http://purl.org/ontology/bibo/Book> .\n"
        f"<{WORK}> {A} <http://schema.org/Book> .\n"
        f'<{WORK}> <http://purl.org/dc/terms/title> "Titel"@de .\n'
        f'<{WORK}> <http://schema.org/name> "Titel"@de .\n'
        f'<{WORK}> <http://schema.org/name> "Title \\"2\\""@en .\n'
        f"<{WORK}> <http://purl.org/dc/terms/publisher> <{BASE}organization/x#it> .\n"
        f"<{WORK}> <http://schema.org/publisher> <{BASE}organization/x#it> .\n"
        f'<{WORK}> <http://schema.org/numberOfPages> "12"^^<{XSD}integer> .\n'
        f'<{WORK}> <http://purl.org/dc/terms/issued> "2020"^^<{XSD}gYear> .\n'
    )
    shared = [
        f"<{BASE}organization/x#it> {A} <http://schema.org/Organization> .\n<{BASE}organization/x#it> "
        f'<http://schema.org/name> "X" .\n',
        f'<{BASE}subject/y#it> <http://www.w3.org/2004/02/skos/core#prefLabel> "Y" .\n',
    ]

    line = COMPACTOR.line(own, shared, WORK)

    assert line.decode() == (
        f'{{"@context":["{CONTEXT}",{{"@language":"de"}}],"id":"{WORK}","type":["Book","bibo:Book"],'
        '"name":["Titel",{"@value":"Title \\"2\\"","@language":"en"}],'
        f'"publisher":[{{"id":"{BASE}organization/x#it","type":"Organization","name":"X"}}],"numberOfPages":12,'
        '"dcterms:title":"Titel","dcterms:issued":{"@type":"xsd:gYear","@value":"2020"},'
        f'"dcterms:publisher":["{BASE}organization/x#it"],'
        f'"@included":[{{"id":"{BASE}subject/y#it","skos:prefLabel":[{{"@value":"Y"}}]}}]}}'
    )


# -- any graph ---------------------------------------------------------------------------------------------------------

NODES = [NamedNode(f"{BASE}{name}#it") for name in ("record/1", "record/2", "journal/1", "subject/é", "x")]
HOSTILE = (
    "",
    '"',
    "\\",
    '\\"@en .',
    "\n",
    "\r\t",
    "\x00\x01\x08\x0b\x0c\x1f",
    "\x7f\x85\u2028\u2029",
    "😀",
    "a .\n<b> ",
)
TEXTS = st.one_of(
    st.sampled_from(HOSTILE),
    st.lists(st.sampled_from((*HOSTILE, "Wort", "^^<http://x/>", "@de")), max_size=4).map("".join),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
)
TYPED = [(XSD + "integer", one) for one in ("12", "-3", "0", "-0", "007", "1" * 20, "٣")]
TYPED += [(XSD + "boolean", one) for one in ("true", "false", "1")]
TYPED += [(XSD + "gYear", "2020"), (XSD + "dateTime", "x"), ("http://schema.org/Date", "2020-03"), ("http://x/t", '"')]
LITERALS = st.one_of(
    TEXTS.map(Literal),
    st.builds(lambda text, tag: Literal(text, language=tag), TEXTS, st.sampled_from(("en", "de", "fr", "pt-br"))),
    st.sampled_from(TYPED).map(lambda pair: Literal(pair[1], datatype=NamedNode(pair[0]))),
)
OTHERS = [
    NamedNode(iri) for iri in ("http://x/_²", *(f"http://www.w3.org/1999/02/22-rdf-syntax-ns#_{n}" for n in (2, 10)))
]
PREDICATES = st.sampled_from([*map(NamedNode, NAMES.terms), *OTHERS])
FACTS = st.builds(
    Triple,
    st.sampled_from(NODES),
    PREDICATES,
    st.one_of(st.sampled_from([*NODES, NamedNode("http://elsewhere.example/")]), LITERALS),
)
CLASSES = st.builds(
    Triple, st.sampled_from(NODES), st.just(NamedNode(A.strip("<>"))), st.sampled_from([*map(NamedNode, NAMES.types)])
)


def canonical(graph: list[Triple]) -> list[str]:
    """The lines as `ld.mapping.compiled` writes them: five characters escaped, all others as they are."""
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    lines = []
    for triple in graph:
        term = str(triple.object)
        if isinstance(triple.object, Literal):
            text = "".join(escapes.get(char, char) for char in triple.object.value)
            term = f'"{text}"' + term[term.rindex('"') + 1 :]
        lines.append(f"{triple.subject} {triple.predicate} {term} .\n")
    return lines


@settings(max_examples=300)
@given(st.lists(FACTS | CLASSES, max_size=30), st.lists(st.integers(0, 30), max_size=4))
def test_any_graph_has_the_same_bytes_however_it_is_cut(graph: list[Triple], cuts: list[int]) -> None:
    """Texts that speak of the same nodes, lines that stand twice, nodes in circles or led to by nothing."""
    lines = canonical(graph)
    ends = [0, *sorted(cuts), len(lines)]
    own, *shared = ("".join(lines[start:end]) for start, end in pairwise(ends))

    assert COMPACTOR.line(own, shared, WORK) == plain_road("".join(lines), WORK)
    assert COMPACTOR.line(own, [*shared, own], WORK) == plain_road("".join(lines), WORK)


@settings(max_examples=100)
@given(st.lists(FACTS | CLASSES, max_size=20))
def test_any_graph_is_the_same_graph_in_the_eyes_of_pyld(graph: list[Triple]) -> None:
    assert by_pyld(COMPACTOR.line("".join(canonical(graph)), (), WORK)) == set(graph)


def test_a_thing_of_which_nothing_is_known_has_its_id() -> None:
    assert COMPACTOR.line("", (), WORK).decode() == f'{{"@context":"{CONTEXT}","id":"{WORK}"}}'


def test_blank_nodes_stand_where_they_are_pointed_at() -> None:
    own = f"<{WORK}> <http://schema.org/about> _:b .\n_:b <http://schema.org/about> _:c .\n_:d {A} _:b .\n"

    line = COMPACTOR.line(own, (), WORK)

    assert line.decode() == (
        f'{{"@context":"{CONTEXT}","id":"{WORK}","about":[{{"id":"_:b","about":[{{"id":"_:c"}}]}}],'
        '"@included":[{"id":"_:d","type":"_:b"}]}'
    )


@pytest.mark.parametrize("text", ["<a> <b> <c> .", "<a> <b> .\n", "nothing"])
def test_what_is_not_n_triples_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        COMPACTOR.line(text, (), WORK)


def test_memory_stays_flat() -> None:
    """However many different records come, what is remembered of them has an end."""
    small = Compactor(NAMES, CONTEXT)
    for memo in (small.shapes, small.properties):
        memo.most = 5
    for n in range(50):
        text = f'<http://x/{n}> <http://x/p{n}> "a"@en .\n'

        line = small.line(f"<{WORK}> <http://x/q{n}> <http://x/{n}> .\n", [text], WORK)

        assert len(small.shapes) <= 5 and len(small.properties) <= 5
        assert line == plain_road(f"<{WORK}> <http://x/q{n}> <http://x/{n}> .\n{text}", WORK)
    assert small.shapes and small.properties
