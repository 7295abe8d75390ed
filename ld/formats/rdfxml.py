"""A graph becomes RDF/XML that Zotero reads: the BIBO class first, the nearest container before the wider ones."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape  # what xml.sax has for it brings the network with it, and a query worker would wait for that

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat

from ld.errors import VocabError
from ld.formats.media import XML, Format, Graph, Of, register
from ld.memo import cached
from ld.values.vocab import Vocabulary, vocabulary

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_NAME = re.compile(r"[A-Za-z_][\w.-]*$")


def rdfxml(graph: Graph, prefixes: dict[str, str]) -> str:
    """Return the graph as RDF/XML (RDF 1.1 XML Syntax), one element a subject, in the order of the triples."""
    nodes: dict[str, tuple[object, list[tuple[str, object]]]] = {}
    for triple in graph:
        _, properties = nodes.setdefault(str(triple.subject), (triple.subject, []))
        properties.append((triple.predicate.value, triple.object))
    writer = _Writer(prefixes)
    body = [writer.node(subject, properties) for subject, properties in nodes.values()]
    spaces = "".join(f"\n  xmlns:{name}={_quoted(iri)}" for name, iri in sorted(writer.used.items()))
    return f'<?xml version="1.0" encoding="utf-8"?>\n<rdf:RDF{spaces}>\n{"".join(body)}</rdf:RDF>\n'


def _quoted(value: str) -> str:
    """Return the value of an attribute, in quotes."""
    return '"' + escape(value, quote=False).replace('"', "&quot;") + '"'


class _Writer:
    def __init__(self, prefixes: dict[str, str]) -> None:
        self.prefixes = prefixes
        self.order = order(vocabulary())
        self.used = {"rdf": _RDF}

    def node(self, subject: object, properties: list[tuple[str, object]]) -> str:
        about = "rdf:nodeID" if isinstance(subject, BlankNode) else "rdf:about"
        name = subject.value  # type: ignore[attr-defined]  # NamedNode or BlankNode
        tag, rest = self._typed(sorted(properties, key=self.order))
        inner = "".join(self._property(predicate, value) for predicate, value in rest)
        return f"  <{tag} {about}={_quoted(name)}>\n{inner}  </{tag}>\n"

    def _typed(self, properties: list[tuple[str, object]]) -> tuple[str, list[tuple[str, object]]]:
        """Return the element's name and the properties left: the first class names the element, where XML can."""
        predicate, value = next(iter(properties), ("", None))
        if predicate == _RDF + "type" and isinstance(value, NamedNode) and _NAME.search(value.value):
            return self._qname(value.value), properties[1:]
        return "rdf:Description", properties

    def _property(self, predicate: str, value: object) -> str:
        tag = self._qname(predicate)
        if isinstance(value, Literal):
            return f"    <{tag}{self._kind(value)}>{escape(value.value, quote=False)}</{tag}>\n"
        if isinstance(value, BlankNode):
            return f"    <{tag} rdf:nodeID={_quoted(value.value)}/>\n"
        return f"    <{tag} rdf:resource={_quoted(value.value)}/>\n"  # type: ignore[attr-defined]  # NamedNode

    def _kind(self, literal: Literal) -> str:
        if literal.language:
            return f" xml:lang={_quoted(literal.language)}"
        datatype = literal.datatype.value
        return "" if datatype.endswith("#string") else f" rdf:datatype={_quoted(datatype)}"

    def _qname(self, iri: str) -> str:
        for prefix, namespace in self.prefixes.items():
            if iri.startswith(namespace) and _NAME.fullmatch(iri[len(namespace) :]):
                self.used[prefix] = namespace
                return f"{prefix}:{iri[len(namespace) :]}"
        match = _NAME.search(iri)
        if not match:
            raise ValueError(f"{iri} cannot be written in RDF/XML: it does not end in an XML name")
        prefix = f"ns{len(self.used)}"
        known = {namespace: name for name, namespace in self.used.items()}
        namespace = iri[: match.start()]
        prefix = known.get(namespace, prefix)
        self.used[prefix] = namespace
        return f"{prefix}:{match[0]}"


@cached(4)
def order(known: Vocabulary) -> Callable[[tuple[str, object]], tuple[int, int]]:
    """Return the place of a property: types first, of these and of containers those first that Zotero shall take."""
    terms: dict[str, list[str]] = {"class": [], "nearest": []}
    for row in known.rows("codes/zotero.csv"):
        if row["first"] not in terms:
            raise VocabError(f"{row[':line']}: '{row['first']}' is neither class nor nearest")
        terms[row["first"]].append(known.expand(row["term"], row[":line"]))
    classes, containers = tuple(terms["class"]), terms["nearest"]

    def place(pair: tuple[str, object]) -> tuple[int, int]:
        predicate, value = pair[0], str(getattr(pair[1], "value", ""))
        if predicate == _RDF + "type":
            return 0, 0 if value.startswith(classes) else 1
        return 1, -len(value) if predicate in containers else 0

    return place


RDFXML = register(
    Format(
        "rdf",
        "application/rdf+xml",
        "RDF/XML",
        (XML.media_type, *XML.aliases),
        of={Of.DOCUMENT: 6, Of.GRAPH: 4},
        write=lambda shown: rdfxml(shown.graph, vocabulary().prefixes).encode(),
        engine=RdfFormat.RDF_XML,
        w3c="RDF_XML",
    )
)
