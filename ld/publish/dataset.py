"""The catalogue describes itself: VoID, DCAT and schema.org for machines, labels for what it borrows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import langcodes
from msgspec import Struct
from rdflib import DCAT, DCTERMS, FOAF, RDF, RDFS, SKOS, VOID, XSD, Literal, URIRef

from ld.memo import cached
from ld.settings import Settings
from ld.site.dumpfiles import Dump
from ld.store.rdf import rdflib
from ld.values import languages, names
from ld.values.vocab import Vocabulary

SCHEMA = rdflib.Namespace("http://schema.org/")
SPDX = rdflib.Namespace("http://spdx.org/rdf/terms#")
_ISO = "http://id.loc.gov/vocabulary/iso639-2/"
_LABEL_LANGUAGES = ("en", "de", "fr")


class Page(Struct, frozen=True):
    """A document the catalogue writes about itself."""

    path: str
    kind: str
    title: str
    lines: str


class Figures(Struct, frozen=True):
    """What the description counts: records, entities, triples of the dump, records per class and collection."""

    records: int
    entities: int
    triples: int
    created: str
    classes: dict[str, int] = {}
    collections: dict[str, int] = {}
    languages: dict[str, int] = {}
    example: str = ""


def pages(settings: Settings, vocabulary: Vocabulary, figures: Figures) -> Iterator[Page]:
    """Yield the documents that go into the dumps too: collections, concept scheme, provenance, labels."""
    base = settings["base"]
    known = {row["slug"]: row for row in vocabulary.codes("collections").values()}
    for slug in sorted(figures.collections):
        row = known.get(slug, {})
        title = row.get("title") or f"Records of the collection {slug}"
        graph = rdflib.Graph()
        one = URIRef(f"{base}dataset/{names.encoded(slug)}#it")
        graph.add((one, RDF.type, VOID.Dataset))
        graph.add((one, DCTERMS.title, Literal(title, "en")))
        graph.add((one, DCTERMS.license, URIRef(row.get("licence") or settings["licence"])))
        graph.add((one, VOID.documents, Literal(figures.collections[slug])))
        if row.get("source"):
            graph.add((one, DCTERMS.source, URIRef(row["source"])))
        yield Page(f"dataset/{slug}", "dataset", title, lines(graph))
    scheme = rdflib.Graph()
    scheme.add((URIRef(f"{base}subject#it"), RDF.type, SKOS.ConceptScheme))
    scheme.add((URIRef(f"{base}subject#it"), DCTERMS.title, Literal("Keywords as found in the records", "en")))
    yield Page("subject", "scheme", "Keywords as found in the records", lines(scheme))
    yield Page("provenance", "provenance", "How facts were obtained", lines(_statements(base, vocabulary)))
    yield Page("labels", "labels", "Labels of borrowed terms", lines(_labels(vocabulary, figures.languages)))


def dataset(settings: Settings, figures: Figures, dumps: Iterable[Dump], publisher_known: bool = False) -> Page:
    """Return the description of the whole dataset (VoID §2-§5, DCAT 3 §6, schema.org Dataset), dumps with checksums.

    A publisher that records name too has a document of its own, and nothing is said of it here.
    """
    base = settings["base"]
    graph = rdflib.Graph()
    one = URIRef(base + "dataset#it")
    for kind in (VOID.Dataset, DCAT.Dataset, SCHEMA.Dataset):
        graph.add((one, RDF.type, kind))
    title = settings["title"]
    text = settings["description"] or (
        f"{title}: {figures.records:,} bibliographic records published as linked open data in Dublin Core, BIBO and"
        " schema.org, with a SPARQL endpoint and full dumps."
    )
    _both(graph, one, DCTERMS.title, SCHEMA.name, Literal(title, "en"))
    _both(graph, one, DCTERMS.description, SCHEMA.description, Literal(text, "en"))
    _both(graph, one, DCTERMS.license, SCHEMA.license, URIRef(settings["licence"]))
    _both(graph, one, DCTERMS.modified, SCHEMA.dateModified, Literal(figures.created, datatype=XSD.dateTime))
    if settings["publisher"]:
        _publisher(graph, one, base, settings["publisher"], publisher_known)
    graph.add((one, FOAF.homepage, URIRef(base)))
    graph.add((one, VOID.uriSpace, Literal(base)))
    graph.add((one, VOID.sparqlEndpoint, URIRef(base + "sparql")))
    for namespace in (DCTERMS, FOAF, SCHEMA, rdflib.Namespace("http://purl.org/ontology/bibo/")):
        graph.add((one, VOID.vocabulary, URIRef(str(namespace))))
    _count(graph, one, figures, base)
    for dump in dumps:
        _distribution(graph, one, dump, settings)
    return Page("dataset", "dataset", title, lines(graph))


def _count(graph: rdflib.Graph, one: URIRef, figures: Figures, base: str) -> None:
    graph.add((one, VOID.triples, Literal(figures.triples)))
    graph.add((one, VOID.documents, Literal(figures.records)))
    graph.add((one, VOID.entities, Literal(figures.entities)))
    if figures.example:
        graph.add((one, VOID.exampleResource, URIRef(figures.example)))
    for slug in figures.collections:
        graph.add((one, VOID.subset, URIRef(f"{base}dataset/{names.encoded(slug)}#it")))
    for kind, count in figures.classes.items():
        part = URIRef(f"{base}dataset#class-{kind}")
        graph.add((one, VOID.classPartition, part))
        graph.add((part, VOID["class"], SCHEMA[kind]))
        graph.add((part, VOID.entities, Literal(count)))


def _distribution(graph: rdflib.Graph, one: URIRef, dump: Dump, settings: Settings) -> None:
    base = settings["base"]
    part = URIRef(f"{base}dataset#{names.encoded(dump.file)}")
    file = URIRef(f"{base}dump/{dump.file}")
    if dump.of == "triples":
        graph.add((one, VOID.dataDump, file))
    _both(graph, one, DCAT.distribution, SCHEMA.distribution, part)
    graph.add((part, RDF.type, DCAT.Distribution))
    graph.add((part, RDF.type, SCHEMA.DataDownload))
    _both(graph, part, DCTERMS.title, SCHEMA.name, Literal(dump.title, "en"))
    _both(graph, part, DCAT.downloadURL, SCHEMA.contentUrl, file)
    _both(graph, part, DCTERMS.license, SCHEMA.license, URIRef(settings["licence"]))
    graph.add((part, SCHEMA.encodingFormat, Literal(dump.media_type)))
    media_type = URIRef(f"https://www.iana.org/assignments/media-types/{dump.media_type}")
    graph.add((part, DCAT.mediaType, media_type))
    graph.add((part, DCAT.byteSize, Literal(dump.bytes)))
    checksum = URIRef(f"{part}-sha256")
    graph.add((part, SPDX.checksum, checksum))
    graph.add((checksum, RDF.type, SPDX.Checksum))
    graph.add((checksum, SPDX.algorithm, SPDX.checksumAlgorithm_sha256))
    graph.add((checksum, SPDX.checksumValue, Literal(dump.sha256, datatype=XSD.hexBinary)))


def _publisher(graph: rdflib.Graph, one: URIRef, base: str, name: str, known: bool) -> None:
    agent = URIRef(f"{base}organization/{names.slug(name)}#it")
    _both(graph, one, DCTERMS.publisher, SCHEMA.publisher, agent)
    if known:
        return
    for kind in (FOAF.Organization, SCHEMA.Organization):
        graph.add((agent, RDF.type, kind))
    _both(graph, agent, FOAF.name, SCHEMA.name, Literal(name))


def _both(graph: rdflib.Graph, subject: URIRef, first: URIRef, second: URIRef, value: rdflib.term.Node) -> None:
    graph.add((subject, first, value))
    graph.add((subject, second, value))


def _statements(base: str, vocabulary: Vocabulary) -> rdflib.Graph:
    graph = rdflib.Graph()
    for how, row in vocabulary.codes("provenance").items():
        one = URIRef(f"{base}provenance#{how}")
        graph.add((one, RDF.type, DCTERMS.ProvenanceStatement))
        graph.add((one, RDFS.label, Literal(row["label"], "en")))
    return graph


def _labels(vocabulary: Vocabulary, used: dict[str, int]) -> rdflib.Graph:
    graph = rdflib.Graph()
    for code in used:
        for tag in _LABEL_LANGUAGES:
            label = _language_name(code, tag)
            if label:
                graph.add((URIRef(_ISO + code), RDFS.label, Literal(label, tag)))
    graph.add((URIRef("http://purl.org/coar/access_right/c_abf2"), RDFS.label, Literal("open access", "en")))
    for row in vocabulary.rows("codes/licences.csv"):
        if row["iri"]:
            graph.add((URIRef(row["iri"]), RDFS.label, Literal(row["label"], "en")))
    return graph


@cached()
def _language_name(code: str, tag: str) -> str:
    own = languages.tag(code)
    if not own:
        return ""
    name = langcodes.Language.get(own).display_name(tag)
    return "" if name.startswith("Unknown") else str(name)


def lines(graph: rdflib.Graph) -> str:
    """Return the graph as sorted N-Triples lines."""
    text = graph.serialize(format="nt", encoding="utf-8").decode()
    return "".join(sorted(f"{line}\n" for line in text.splitlines() if line))
