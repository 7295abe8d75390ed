"""A document on its way out: its address, and its graph in the shapes that all forms are made of."""

from __future__ import annotations

import re
from functools import cached_property

import msgspec
from msgspec import Struct

from ld.formats import ntriples
from ld.formats.jsonld import compactor, names_of
from ld.formats.links import Facts, Link, Tree, address, data_links, facts, header, page_links
from ld.formats.turtle import shortener
from ld.site.documents import Document, Documents, whole
from ld.values import names
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
    def topic(self) -> str:
        """The IRI of what it is about, which is outermost in the JSON-LD; its URL where that is told elsewhere."""
        there = next((name for name in (f"{self.url}#it", self.url) if f"<{name}>" in self.nodes), "")
        return there or next(iter(self.nodes), self.url).strip("<>")

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

    @property
    def work(self) -> Tree:
        """The node of what the document is about."""
        about = self.tree.get("mainEntity")
        return about if isinstance(about, dict) else self.tree

    @property
    def page(self) -> Tree:
        """The node of the document itself."""
        about = self.tree.get("mainEntityOfPage")
        return about if isinstance(about, dict) else self.tree

    @property
    def language(self) -> str:
        """The language of its plain strings."""
        return self._nodes[1]

    @property
    def licence(self) -> str:
        """The licence of the data, empty where the document does not say."""
        return next(iter(self.facts.data_licences), "")

    @cached_property
    def facts(self) -> Facts:
        """What of its graph becomes a link."""
        return facts(self.nodes, self.topic, self.url)

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
    match = None if found.record else re.match(r"<([^>#]*)#it>", found.lines)
    if match and names.decoded(match[1].removeprefix(base)) == found.path:
        return match[1]
    return base + address(found.path)
