"""The description of the SPARQL service (SPARQL 1.1 Service Description)."""

from __future__ import annotations

import rdflib
from rdflib import RDF, RDFS, VOID, Literal, URIRef

from ld.formats.table import GRAPH, RESULTS
from ld.settings import Settings
from ld.site.pools import Served

_SD = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
PREFIXES = {"rdfs": str(RDFS), "sd": str(_SD), "void": str(VOID)}


def service_description(live: Served, settings: Settings) -> bytes:
    """Return the description of this service (SPARQL 1.1 Service Description §3) as sorted N-Triples lines."""
    graph = rdflib.Graph()
    service, one = URIRef(f"{live.base}sparql"), URIRef(f"{live.base}sparql#dataset")
    graph.add((service, RDF.type, _SD.Service))
    graph.add((service, _SD.endpoint, service))
    graph.add((service, _SD.supportedLanguage, _SD.SPARQL11Query))
    for iri in filter(None, (form.iri for form in (*RESULTS, *GRAPH))):
        graph.add((service, _SD.resultFormat, URIRef(iri)))
    graph.add((service, _SD.defaultDataset, one))
    _describe_dataset(graph, one, live)
    text = (
        f"Queries run at most {settings['query_seconds']:g} s and return at most {settings['query_rows']:,} rows;"
        " SERVICE, LOAD and updates are refused."
    )
    if live.about:
        text += " Larger amounts are in the dumps."
        graph.add((service, RDFS.seeAlso, URIRef(live.about)))
    graph.add((service, RDFS.comment, Literal(text, "en")))
    return b"".join(sorted(graph.serialize(format="nt", encoding="utf-8").splitlines(keepends=True)))


def _describe_dataset(graph: rdflib.Graph, one: URIRef, live: Served) -> None:
    """Add the default graph and the named graphs (SPARQL 1.1 Service Description §3.2.6 to §3.2.9)."""
    default = URIRef(f"{live.base}sparql#default")
    graph.add((one, RDF.type, _SD.Dataset))
    graph.add((one, _SD.defaultGraph, default))
    graph.add((default, RDF.type, _SD.Graph))
    if live.triples is not None and not live.graphs:
        graph.add((default, VOID.triples, Literal(live.triples)))
    for n, name in enumerate(live.graphs, 1):
        named = URIRef(f"{live.base}sparql#graph-{n}")
        graph.add((one, _SD.namedGraph, named))
        graph.add((named, RDF.type, _SD.NamedGraph))
        graph.add((named, _SD.name, URIRef(name)))
