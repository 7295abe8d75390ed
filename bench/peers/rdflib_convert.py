"""The peer in rdflib: a Graph a record, the terms added one by one, serialized as N-Triples.

python bench/rdflib_convert.py catalogue.jsonl -o catalogue.nt
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import rdflib
from facts import BASE, Author, Facts, facts, segment, slug
from rdflib import DC, DCTERMS, FOAF, OWL, PROV, RDF, SKOS, VOID, XSD, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

rdflib.NORMALIZE_LITERALS = False
BIBO = Namespace("http://purl.org/ontology/bibo/")
SCHEMA = Namespace("http://schema.org/")
TEXT = URIRef("http://purl.org/dc/dcmitype/Text")
CC0 = URIRef("https://creativecommons.org/publicdomain/zero/1.0/")
Triple = tuple[Node, Node, Node]


def convert(source: Path, target: Path) -> None:
    """Write the triples of all documents; those of shared things once."""
    seen: set[Triple] = set()
    with source.open(encoding="utf-8") as lines, target.open("wb") as out:
        for line in lines:
            found = facts(json.loads(line))
            graph = Graph()
            for triple in own(found):
                graph.add(triple)
            for triple in shared(found):
                if triple not in seen:
                    seen.add(triple)
                    graph.add(triple)
            out.write(graph.serialize(format="nt", encoding="utf-8"))


def own(found: Facts) -> Iterator[Triple]:
    """Yield the triples of the record itself."""
    page = URIRef(f"{BASE}record/{found.id}")
    work = URIRef(f"{page}#it")
    yield from _work(found, page, work)
    yield from _numbers(found, page, work)
    yield from _authors(found, page, work)
    yield from _document(found, page, work)


def _work(found: Facts, page: URIRef, work: URIRef) -> Iterator[Triple]:
    title = Literal(found.title, lang=found.tag)
    for cls in (BIBO.AcademicArticle, SCHEMA.ScholarlyArticle):
        yield work, RDF.type, cls
    yield work, DCTERMS.type, TEXT
    for name in (DCTERMS.title, SCHEMA.name, SCHEMA.headline):
        yield work, name, title
    kind = XSD.gYear if len(found.issued) == 4 else XSD.gYearMonth
    yield work, DCTERMS.issued, Literal(found.issued, datatype=kind)
    yield work, DCTERMS.date, Literal(found.year, datatype=XSD.gYear)
    yield work, SCHEMA.datePublished, Literal(found.issued, datatype=SCHEMA.Date)
    yield work, DCTERMS.language, URIRef(f"http://id.loc.gov/vocabulary/iso639-2/{found.language}")
    yield work, DC.language, Literal(found.tag)
    yield work, SCHEMA.inLanguage, Literal(found.tag)
    publisher = _publisher(found)
    yield work, DCTERMS.publisher, publisher
    yield work, SCHEMA.publisher, publisher
    yield work, DC.publisher, Literal(found.publisher)
    yield work, SCHEMA.url, URIRef(found.url)
    yield work, BIBO.uri, Literal(found.url)
    yield work, DCTERMS.accessRights, URIRef("http://purl.org/coar/access_right/c_abf2")
    yield work, SCHEMA.isAccessibleForFree, Literal("true", datatype=XSD.boolean)
    if found.abstract:
        abstract = Literal(found.abstract, lang=found.tag)
        yield work, DCTERMS.abstract, abstract
        yield work, SCHEMA.abstract, abstract
    for word in found.keywords:
        label = Literal(word, lang=found.tag)
        yield work, DCTERMS.subject, URIRef(f"{BASE}subject/{slug(word)}#it")
        yield work, DC.subject, label
        yield work, SCHEMA.keywords, label
    yield work, SCHEMA.mainEntityOfPage, page
    yield work, SCHEMA.sdLicense, CC0


def _numbers(found: Facts, page: URIRef, work: URIRef) -> Iterator[Triple]:
    journal = _journal(found)
    yield work, DCTERMS.isPartOf, journal
    nearest = journal
    if found.volume:
        nearest = _volume(found)
        yield work, DCTERMS.isPartOf, nearest
        yield work, BIBO.volume, Literal(found.volume)
    yield work, SCHEMA.isPartOf, nearest
    volume = f" {found.volume}" if found.volume else ""
    yield work, DCTERMS.bibliographicCitation, Literal(f"{found.journal}{volume} ({found.year})")
    yield work, SCHEMA.sameAs, URIRef(f"https://doaj.org/article/{found.id[5:]}")
    if found.doi:
        iri = URIRef(f"https://doi.org/{found.doi}")
        yield work, BIBO.doi, Literal(found.doi)
        yield work, DCTERMS.identifier, Literal(str(iri))
        yield work, OWL.sameAs, iri
        yield work, SCHEMA.sameAs, iri
        node = URIRef(f"{page}#doi")
        yield work, SCHEMA.identifier, node
        yield node, SCHEMA.url, iri
        yield from _identifier(node, "https://registry.identifiers.org/registry/doi", "DOI", found.doi)
    if found.publisher_id:
        node = URIRef(f"{page}#publisher-id")
        yield work, SCHEMA.identifier, node
        yield from _identifier(node, "publisherRecordId", "Publisher's record id", found.publisher_id)


def _identifier(node: URIRef, scheme: str, name: str, value: str) -> Iterator[Triple]:
    yield node, RDF.type, SCHEMA.PropertyValue
    yield node, SCHEMA.propertyID, Literal(scheme)
    yield node, SCHEMA.name, Literal(name)
    yield node, SCHEMA.value, Literal(value)


def _authors(found: Facts, page: URIRef, work: URIRef) -> Iterator[Triple]:
    order = URIRef(f"{page}#authors")
    yield work, BIBO.authorList, order
    yield order, RDF.type, RDF.Seq
    homes = 0
    for n, author in enumerate(found.authors, 1):
        person = URIRef(f"{page}#author-{n}")
        yield work, DCTERMS.creator, person
        yield work, SCHEMA.author, person
        yield work, DC.creator, Literal(author.name)
        yield order, RDF[f"_{n}"], person
        yield from _person(person, author)
        if author.affiliation:
            homes += 1
            home = URIRef(f"{page}#affiliation-{homes}")
            yield person, SCHEMA.affiliation, home
            yield from _named(home, "Organization", author.affiliation)


def _person(person: URIRef, author: Author) -> Iterator[Triple]:
    yield from _named(person, "Person", author.name)
    if author.family:
        yield person, FOAF.givenName, Literal(author.given)
        yield person, SCHEMA.givenName, Literal(author.given)
        yield person, FOAF.familyName, Literal(author.family)
        yield person, SCHEMA.familyName, Literal(author.family)
    if author.orcid:
        yield person, OWL.sameAs, URIRef(author.orcid)
        yield person, SCHEMA.sameAs, URIRef(author.orcid)


def _named(node: URIRef, kind: str, name: str) -> Iterator[Triple]:
    yield node, RDF.type, FOAF[kind]
    yield node, RDF.type, SCHEMA[kind]
    yield node, FOAF.name, Literal(name)
    yield node, SCHEMA.name, Literal(name)


def _document(found: Facts, page: URIRef, work: URIRef) -> Iterator[Triple]:
    source = URIRef(f"{page}#source")
    for cls in (FOAF.Document, SCHEMA.AboutPage, PROV.Entity):
        yield page, RDF.type, cls
    yield page, FOAF.primaryTopic, work
    yield page, SCHEMA.mainEntity, work
    yield page, DCTERMS.identifier, Literal(found.id)
    yield page, DCTERMS.license, CC0
    yield page, DCTERMS.source, URIRef(f"https://doaj.org/article/{found.id[5:]}")
    yield page, DCTERMS.modified, Literal(found.modified, datatype=XSD.dateTime)
    yield page, PROV.wasDerivedFrom, source
    for how in found.how:
        yield page, DCTERMS.provenance, URIRef(f"{BASE}provenance#{how}")
    yield page, VOID.inDataset, URIRef(f"{BASE}dataset/doaj#it")
    yield source, RDF.type, PROV.Entity
    yield source, DCTERMS.identifier, Literal(f"oai:doaj.org/article:{found.id[5:]}")
    yield source, DCTERMS.modified, Literal(found.harvested, datatype=XSD.dateTime)


def shared(found: Facts) -> Iterator[Triple]:
    """Yield the triples of what other records speak of too."""
    publisher = _publisher(found)
    yield from _named(publisher, "Organization", found.publisher)
    yield from _periodical(found, publisher)
    if found.volume:
        yield from _volume_node(found)
    for word in found.keywords:
        subject = URIRef(f"{BASE}subject/{slug(word)}#it")
        yield subject, RDF.type, SKOS.Concept
        yield subject, SKOS.prefLabel, Literal(word, lang=found.tag)
        yield subject, SKOS.inScheme, URIRef(f"{BASE}subject#it")


def _periodical(found: Facts, publisher: URIRef) -> Iterator[Triple]:
    journal = _journal(found)
    yield journal, RDF.type, BIBO.Journal
    yield journal, RDF.type, SCHEMA.Periodical
    yield journal, DCTERMS.type, TEXT
    yield journal, DCTERMS.title, Literal(found.journal)
    yield journal, SCHEMA.name, Literal(found.journal)
    for name, number in zip((BIBO.issn, BIBO.eissn), found.issns, strict=False):
        yield journal, name, Literal(number)
        yield journal, SCHEMA.issn, Literal(number)
        yield journal, SCHEMA.sameAs, URIRef(f"https://portal.issn.org/resource/ISSN/{number}")
        yield journal, SCHEMA.sameAs, URIRef(f"https://doaj.org/toc/{number}")
    yield journal, DCTERMS.publisher, publisher
    yield journal, SCHEMA.publisher, publisher


def _volume_node(found: Facts) -> Iterator[Triple]:
    volume, journal = _volume(found), _journal(found)
    title = Literal(f"{found.journal}, vol. {found.volume}")
    yield volume, RDF.type, BIBO.CollectedDocument
    yield volume, RDF.type, SCHEMA.PublicationVolume
    yield volume, DCTERMS.title, title
    yield volume, SCHEMA.name, title
    yield volume, BIBO.volume, Literal(found.volume)
    yield volume, SCHEMA.volumeNumber, Literal(found.volume)
    yield volume, DCTERMS.date, Literal(found.year, datatype=XSD.gYear)
    yield volume, DCTERMS.isPartOf, journal
    yield volume, SCHEMA.isPartOf, journal


def _publisher(found: Facts) -> URIRef:
    return URIRef(f"{BASE}organization/{slug(found.publisher)}#it")


def _journal(found: Facts) -> URIRef:
    return URIRef(f"{BASE}journal/{found.issns[0]}#it")


def _volume(found: Facts) -> URIRef:
    return URIRef(f"{BASE}journal/{found.issns[0]}/volume/{segment(found.volume)}#it")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("source", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    asked = parser.parse_args()
    convert(asked.source, asked.output)
