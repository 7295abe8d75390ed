"""A graph becomes Turtle that a person likes to read: prefixes, one block a subject, the work first."""

from __future__ import annotations

import re

from pyoxigraph import Literal

from ld.formats import Graph
from ld.mapping import quoted

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_LOCAL = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_NATIVE = {_XSD + "integer": re.compile(r"[+-]?\d+"), _XSD + "boolean": re.compile(r"true|false")}


def turtle(graph: Graph, prefixes: dict[str, str], declared: set[str] | None = None) -> str:
    """Return the graph as Turtle (RDF 1.1 Turtle); subjects and properties keep the order of the triples.

    `declared` holds the prefixes an earlier part of the same file has declared; the new ones are added to it.
    """
    writer = _Writer(prefixes | {"xsd": _XSD, "rdf": _RDF})
    blocks: dict[str, dict[str, list[str]]] = {}
    for triple in graph:
        properties = blocks.setdefault(writer.term(triple.subject), {})
        predicate = "a" if triple.predicate.value == _RDF + "type" else writer.term(triple.predicate)
        properties.setdefault(predicate, []).append(writer.term(triple.object))
    body = "\n".join(_block(subject, properties) for subject, properties in blocks.items())
    known = set() if declared is None else declared
    head = "".join(f"@prefix {name}: <{writer.prefixes[name]}> .\n" for name in sorted(writer.used - known))
    known |= writer.used
    return f"{head}\n{body}" if head else body


def _block(subject: str, properties: dict[str, list[str]]) -> str:
    lines = []
    for predicate, objects in properties.items():
        joint = ", " if sum(map(len, objects)) < 90 else " ,\n        "
        lines.append(f"    {predicate} {joint.join(objects)}")
    first = lines[0].lstrip()
    rest = [first, *lines[1:]]
    return f"{subject} " + " ;\n".join(rest) + " .\n"


class _Writer:
    def __init__(self, prefixes: dict[str, str]) -> None:
        self.prefixes = prefixes
        self.longest_first = sorted(prefixes.items(), key=lambda pair: -len(pair[1]))
        self.used: set[str] = set()
        self._short: dict[str, str] = {}

    def term(self, term: object) -> str:
        if isinstance(term, Literal):
            return self._literal(term)
        iri = term.value  # type: ignore[attr-defined]  # NamedNode and BlankNode alike
        if str(term).startswith("_:"):
            return str(term)
        if iri not in self._short:
            self._short[iri] = self._shorten(iri)
        return self._short[iri]

    def _shorten(self, iri: str) -> str:
        for name, namespace in self.longest_first:
            if iri.startswith(namespace) and _LOCAL.fullmatch(iri[len(namespace) :]):
                self.used.add(name)
                return f"{name}:{iri[len(namespace) :]}"
        return f"<{iri}>"

    def _literal(self, literal: Literal) -> str:
        if literal.language:
            return f"{quoted(literal.value)}@{literal.language}"
        datatype = literal.datatype.value
        if datatype == _XSD + "string":
            return quoted(literal.value)
        if datatype in _NATIVE and _NATIVE[datatype].fullmatch(literal.value):
            return literal.value
        return f"{quoted(literal.value)}^^{self.term(literal.datatype)}"
