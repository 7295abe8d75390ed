"""All forms of one document are the same graph: JSON-LD (by PyLD), Turtle, RDF/XML and N-Triples, store and dump."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from typing import Any

import pytest
import zstandard
from conftest import BASE
from pyld import jsonld
from pyoxigraph import NamedNode, RdfFormat, Store, Triple, parse

from ld.formats import ntriples
from ld.formats.jsonld import reshaped
from ld.formats.rdfxml import rdfxml
from ld.formats.turtle import TURTLE, turtle
from ld.site import rendered
from ld.site.documents import Documents
from ld.site.generation import Generation
from ld.site.shown import CONTEXT, Shown
from ld.values.vocab import vocabulary
from ld.web.pages.documents import show


def loader(url: str, options: Any = None) -> dict[str, Any]:
    """Give PyLD our context and nothing else."""
    assert url == BASE + CONTEXT
    document = {"@context": vocabulary().context}
    return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": document}


def by_pyld(tree: dict[str, Any]) -> set[Triple]:
    """The triples that an independent JSON-LD processor reads in a document."""
    quads = jsonld.to_rdf(tree, {"format": "application/n-quads", "documentLoader": loader})
    return {quad.triple for quad in parse(quads.encode(), RdfFormat.N_QUADS)}


def everything(generation: Generation) -> Iterator[Shown]:
    """Every document of the site."""
    documents = generation.documents
    paths = [record.path for record in documents.records()]
    for kind in (
        "journal",
        "volume",
        "issue",
        "organization",
        "agent",
        "subject",
        "series",
        "dataset",
        "provenance",
        "scheme",
    ):
        paths += [entry.path for entry in documents.list_things(kind, limit=1000)]
    for path in [*paths, "labels"]:
        found = documents.get(path)
        assert found, path
        yield show(generation, found)


def test_json_ld_is_the_same_graph_in_the_eyes_of_pyld(generation: Generation) -> None:
    n = 0
    for shown in everything(generation):
        assert by_pyld(shown.tree) == set(shown.graph), shown.url
        n += 1

    assert n > 40


def test_turtle_and_rdfxml_are_the_same_graph(generation: Generation) -> None:
    prefixes = vocabulary().prefixes
    for shown in everything(generation):
        graph = set(shown.graph)

        assert {q.triple for q in parse(turtle(shown.graph, prefixes).encode(), RdfFormat.TURTLE)} == graph, shown.url
        assert {q.triple for q in parse(rdfxml(shown.graph, prefixes).encode(), RdfFormat.RDF_XML)} == graph, shown.url
        assert {q.triple for q in parse(ntriples.ntriples(shown.graph).encode(), RdfFormat.N_TRIPLES)} == graph


@pytest.mark.parametrize("profile", ["expanded", "flattened", "compacted"])
def test_the_json_ld_profiles_are_the_same_graph(generation: Generation, profile: str) -> None:
    document = generation.documents.get("record/b1")
    assert document
    shown = show(generation, document)

    tree = reshaped(shown.tree, profile, {"@context": vocabulary().context}, BASE + CONTEXT)

    assert by_pyld(tree) == set(shown.graph)


def test_authors_stand_in_order_and_names_are_plain_words(generation: Generation) -> None:
    document = generation.documents.get("record/a1")
    assert document
    tree = show(generation, document).tree

    assert tree["name"] == "Un exemple d'article sur les catalogues"
    assert [author["name"] for author in tree["author"]] == ["Josiah Carberry", "Martin, Anne"]
    assert tree["isPartOf"]["isPartOf"]["isPartOf"]["name"] == "Example Journal"
    assert tree["publisher"][0]["name"] == "Example Press"


def test_store_documents_and_dump_hold_the_same_triples(generation: Generation) -> None:
    store = {quad.triple for quad in Store.read_only(str(generation.store))}
    dump = gzip.decompress((generation.dumps / "catalogue.nt.gz").read_bytes())
    dumped = {quad.triple for quad in parse(dump, RdfFormat.N_TRIPLES)}
    served = {triple for shown in everything(generation) for triple in shown.graph}
    dataset = generation.documents.get("dataset")
    assert dataset
    own = set(ntriples.triples(dataset.lines))

    assert store == served
    assert store - own == dumped - own
    packed = (generation.dumps / "catalogue.nt.zst").read_bytes()
    assert zstandard.ZstdDecompressor().stream_reader(packed).read() == dump


def test_the_dump_is_sorted_and_has_a_line_a_triple(generation: Generation) -> None:
    dump = gzip.decompress((generation.dumps / "catalogue.nt.gz").read_bytes()).decode().splitlines()
    ids = [line.partition("> ")[0].partition("#")[0] for line in dump if "/record/" in line.partition("> ")[0]]

    assert len(dump) == len(set(dump)) == generation.manifest.counts["triples"]
    assert list(dict.fromkeys(ids)) == sorted(set(ids))


def test_the_jsonl_dump_holds_the_documents_that_are_served(generation: Generation) -> None:
    lines = gzip.decompress((generation.dumps / "catalogue.jsonl.gz").read_bytes()).splitlines()
    trees = [json.loads(line) for line in lines]

    assert len(trees) == generation.manifest.counts["records"]
    for record, tree in zip(generation.documents.records(), trees, strict=True):
        assert tree == show(generation, record).tree


def test_counts_of_the_description_are_true(generation: Generation) -> None:
    documents = Documents(generation.path, BASE)
    dataset = documents.get("dataset")
    assert dataset
    void = "http://rdfs.org/ns/void#"
    values = {
        str(triple.predicate.value).removeprefix(void): triple.object.value  # type: ignore[union-attr]  # literals
        for triple in ntriples.triples(dataset.lines)
        if triple.subject == NamedNode(BASE + "dataset#it") and triple.predicate.value.startswith(void)
    }
    documents.close()

    assert int(values["triples"]) == generation.manifest.counts["triples"]
    assert int(values["documents"]) == generation.manifest.counts["records"]


def test_what_is_kept_of_a_record_is_what_would_be_made(generation: Generation) -> None:
    for record in generation.documents.records():
        kept = generation.forms.get(record.n)

        assert kept
        assert kept == Shown(generation.documents, record).finished()


def test_forms_of_another_edition_are_made_anew(generation: Generation, monkeypatch: pytest.MonkeyPatch) -> None:
    """A changed program or context must not answer with what an earlier one wrote."""
    record = next(generation.documents.records())
    monkeypatch.setattr(rendered, "edition", lambda known: "another")

    assert generation.forms.get(record.n) is None
    assert show(generation, record).made(TURTLE) == Shown(generation.documents, record).made(TURTLE)
