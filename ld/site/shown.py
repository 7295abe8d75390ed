"""A document on its way out: its address, and its graph in the shapes that all forms are made of."""

from __future__ import annotations

from functools import cached_property

import msgspec
from msgspec import Struct

from ld.formats import ntriples
from ld.formats.jsonld import compactor, names_of
from ld.formats.links import Facts, Link, Tree, address, data_links, header, of_record, of_thing, page_links
from ld.formats.turtle import shortener
from ld.site.documents import Document, Documents, whole
from ld.summary import Card, Summary
from ld.values.vocab import vocabulary

CONTEXT = "context/v1.jsonld"


class Finished(Struct, frozen=True):
    """The forms of a record: JSON-LD on one line, the Link header of its data forms, Turtle."""

    json: bytes
    links: bytes
    turtle: bytes

    def data(self) -> bytes:
        """Return all as one text: only the last may have line feeds."""
        return b"\n".join((self.json, self.links, self.turtle))


class Shown:
    """A document on its way out: its URL, and its graph in the shapes that the forms are made of.

    Each shape is made when it is first asked for, or taken from `kept`, the forms that were made before.
    """

    def __init__(self, documents: Documents, document: Document, kept: Finished | None = None) -> None:
        self.document = document
        self.url = url_of(documents.base, document)
        self._documents = documents
        self._context = documents.base + CONTEXT
        self._kept = kept

    @cached_property
    def lines(self) -> str:
        """Its own triples and those of the things it links to, as N-Triples; some may be there twice."""
        return "".join((self.document.lines, *self._documents.around(self.document)))

    @cached_property
    def _nodes(self) -> tuple[ntriples.Nodes, str]:
        return ntriples.nodes(self.lines)

    @property
    def nodes(self) -> ntriples.Nodes:
        """Its graph: what N-Triples says of each subject."""
        return self._nodes[0]

    @cached_property
    def graph(self) -> ntriples.Graph:
        """Its graph as triples."""
        return ntriples.triples(whole(self.lines))

    @cached_property
    def summary(self) -> Summary:
        """What a record says, its shared things named as their own documents name them."""
        return self._documents.named(self.document)

    @cached_property
    def card(self) -> Card:
        """What a shared thing is."""
        return self.document.card

    @cached_property
    def subject(self) -> Card | None:
        """The shared thing that a record is about; None where it is about a work of its own."""
        topic = self.document.summary.topic if self.document.record else ""
        return self._documents.card(topic) if topic else None

    @property
    def topic(self) -> str:
        """The IRI of what is outermost in the JSON-LD: what it is about; its URL where that is told elsewhere."""
        if not self.document.record:
            return self.card.iri
        return self.url if self.subject else f"{self.url}#it"

    @property
    def about(self) -> str:
        """The IRI of what the document is about."""
        return self.subject.iri if self.subject else self.topic

    @property
    def json(self) -> bytes:
        """Its graph as nested JSON-LD, on one line."""
        if self._kept:
            return self._kept.json
        return compactor(names_of(vocabulary()), self._context).document(*self._nodes, self.topic)

    @property
    def turtle(self) -> bytes:
        """Its graph as Turtle."""
        return self._kept.turtle if self._kept else shortener(vocabulary().prefixes).text(self.nodes).encode()

    @cached_property
    def tree(self) -> Tree:
        """Its graph as nested JSON-LD with the topic outermost."""
        tree: Tree = msgspec.json.decode(self.json)
        return tree

    @cached_property
    def facts(self) -> Facts:
        """What of it becomes a link."""
        found = self.document
        return of_record(found.summary, self._documents.base) if found.record else of_thing(self.card)

    @property
    def links(self) -> list[Link]:
        """The links that every form has."""
        return page_links(self.url, self.facts, citations=self.document.record)

    @property
    def data_header(self) -> str:
        """The value of the Link header of its data forms (RFC 8288)."""
        if self._kept:
            return self._kept.links.decode()
        return header([*data_links(self.url, self.topic, self.facts), *self.links])

    def finished(self) -> Finished:
        """Return the forms that are kept."""
        return Finished(self.json, self.data_header.encode(), self.turtle)


def url_of(base: str, found: Document) -> str:
    """Return the document's URL, spelled as its IRI is."""
    return base + address(found.path) if found.record else found.card.url
