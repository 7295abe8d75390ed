"""A document on its way out: its address, and its graph in the shapes that all formats are made from."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import msgspec
from msgspec import Struct

from ld.formats import ntriples
from ld.formats.jsonld import JSONLD
from ld.formats.links import Facts, Link, address, data_links, header, of_record, of_thing, page_links, spelled
from ld.formats.media import Format, Graph, Nodes, Tree
from ld.formats.table import LINKED, PACKED, RECORD
from ld.site.documents import Document, Documents
from ld.summary import Card, Summary

CONTEXT = "context/v1.jsonld"
_LINKED_OF_RECORD = tuple(form for form in RECORD if form.linked)


class Finished(Struct, frozen=True, array_like=True):
    """What is kept of a record: the Link header of its data formats, and its packed formats by key."""

    links: bytes
    forms: dict[str, bytes]


class Shapes:
    """A graph in the shapes from which formats are written, each made when it is first asked for.

    It is the graph of the document at `url`, about the topic; a line may occur twice.
    """

    def __init__(self, url: str, context: str, lines: Callable[[], str], topic: str = "") -> None:
        self.url = url
        self.context = context
        self._lines = lines
        self._topic = topic

    @cached_property
    def lines(self) -> str:
        """Its triples as N-Triples; some may occur twice."""
        return self._lines()

    @cached_property
    def _nodes(self) -> tuple[Nodes, str]:
        return ntriples.nodes(self.lines)

    @property
    def nodes(self) -> Nodes:
        """What N-Triples says of each subject."""
        return self._nodes[0]

    @property
    def language(self) -> str:
        """The language of its plain strings."""
        return self._nodes[1]

    @cached_property
    def graph(self) -> Graph:
        """Its triples, each once."""
        return ntriples.triples(ntriples.whole(self.lines))

    @property
    def topic(self) -> str:
        """The IRI of what it is about, which is outermost in the JSON-LD."""
        return self._topic

    @property
    def summary(self) -> Summary:
        """What the record says; only records have a summary."""
        raise ValueError("only a record has a summary")

    @property
    def cited(self) -> Summary:
        """What the record says, in its own words only."""
        raise ValueError("only a record is cited")

    @cached_property
    def tree(self) -> Tree:
        """The graph as nested JSON-LD with the topic outermost."""
        tree: Tree = msgspec.json.decode(self.made(JSONLD))
        return tree

    def made(self, form: Format) -> bytes:
        """Return it as the form's writer makes it."""
        if form.write is None:
            raise ValueError(f"{form.label} is not written from a graph")
        return form.write(self)


class Shown(Shapes):
    """A document on its way out: its own triples and those of the things it links to.

    Formats that were written before are taken from `kept`.
    """

    def __init__(self, documents: Documents, document: Document, kept: Finished | None = None) -> None:
        super().__init__(
            url_of(documents.base, document),
            documents.base + CONTEXT,
            lambda: "".join((document.lines, *documents.around(document))),
        )
        self.document = document
        self._documents = documents
        self._kept = kept

    def made(self, form: Format) -> bytes:
        """Return it as the form's writer makes it, or has made it when the record was published."""
        kept = self._kept.forms.get(form.key) if self._kept else None
        return super().made(form) if kept is None else kept

    @cached_property
    def summary(self) -> Summary:
        """What a record says, its shared things named as their own documents name them."""
        return self._documents.named(self.document)

    @cached_property
    def cited(self) -> Summary:
        """What a record says, all things named as it names them; a record that it is part of has its own title."""
        return self._documents.cited(self.document)

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
        """The IRI outermost in the JSON-LD: what it is about, or its own URL where another document is about that."""
        if not self.document.record:
            return self.card.iri
        return self.url if self.subject else f"{self.url}#it"

    @property
    def about(self) -> str:
        """The IRI of what the document is about."""
        return self.subject.iri if self.subject else self.topic

    @cached_property
    def facts(self) -> Facts:
        """Its facts that become links."""
        found = self.document
        return of_record(found.summary, self._documents.base) if found.record else of_thing(self.card)

    @property
    def links(self) -> list[Link]:
        """The links that every format has."""
        forms = _LINKED_OF_RECORD if self.document.record else LINKED
        return page_links(self.url, self.facts, forms, items=self.document.record)

    @property
    def data_header(self) -> str:
        """The value of the Link header of its data formats (RFC 8288)."""
        if self._kept:
            return self._kept.links.decode()
        return header([*self.of_data, *self.links], self.beside)

    @property
    def of_data(self) -> list[Link]:
        """The links that only its data formats have."""
        return data_links(self.url, self.topic, self.facts)

    @property
    def beside(self) -> int:
        """How many bytes of an answer's head go to its own address and that of the context, besides the links."""
        return len(spelled(self.url)) + len(".linkset.json") + len(self.context)

    def finished(self) -> Finished:
        """Return the formats and links to be kept."""
        return Finished(self.data_header.encode(), {form.key: self.made(form) for form in PACKED})


def url_of(base: str, document: Document) -> str:
    """Return the document's URL, spelled as its IRI is."""
    return base + address(document.path) if document.record else document.card.url
