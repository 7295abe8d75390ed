"""A graph becomes Turtle that a person likes to read: prefixes, one block a subject, the work first."""

from __future__ import annotations

import re
from functools import lru_cache

from ld.formats import Graph, Nodes, nodes, ntriples
from ld.memory import Memory

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_RDF_TYPE = f"<{_RDF}type>"
_LOCAL = "[A-Za-z_][A-Za-z0-9_-]*"
# Literals that Turtle has words for, with the quotation mark before them.
_NATIVE = {
    f"<{_XSD}integer>": re.compile(r'"[+-]?[0-9]+'),
    f"<{_XSD}boolean>": re.compile(r'"(?:true|false)'),
}
_WIDTH = 90


class Shortener:
    """Writes Turtle straight from the terms of N-Triples, with these prefixes; what an IRI becomes is remembered.

    The quoted text of a literal is the same in both, so it is never touched.
    """

    def __init__(self, prefixes: dict[str, str]) -> None:
        self.prefixes = prefixes | {"xsd": _XSD, "rdf": _RDF}
        self._names = {namespace: name for name, namespace in reversed(self.prefixes.items())}
        longest_first = sorted(self._names, key=len, reverse=True)
        self._short = re.compile(f"<({'|'.join(map(re.escape, longest_first))})({_LOCAL})>")
        self._terms = Memory(self._term)

    def text(self, graph: Nodes, declared: set[str] | None = None) -> str:
        """Return the nodes as Turtle (RDF 1.1 Turtle); subjects and properties keep their order.

        `declared` holds the prefixes an earlier part of the same file has declared; the new ones are added to it.
        """
        short: set[str] = set()
        body = "\n".join([self._block(subject, node, short) for subject, node in graph.items()])
        used = {name for name, colon, _ in (term.partition(":") for term in short) if colon and name[0] not in "<_"}
        known = set() if declared is None else declared
        head = "".join(f"@prefix {name}: <{self.prefixes[name]}> .\n" for name in sorted(used - known))
        known |= used
        return f"{head}\n{body}" if head else body

    def _block(self, subject: str, node: dict[str, list[str]], short: set[str]) -> str:
        """Return a subject with its properties; the terms that may have a prefix are added to `short`."""
        terms = self._terms
        parts = []
        for predicate, values in node.items():
            objects = []
            for value in values:
                if value[0] != '"':
                    value = terms[value]
                    short.add(value)
                elif value[-1] == ">":
                    value = self._typed(value, short)
                objects.append(value)
            verb = "a" if predicate == _RDF_TYPE else terms[predicate]
            short.add(verb)
            joint = ", " if sum(map(len, objects)) < _WIDTH else " ,\n        "
            parts.append(f"{verb} {joint.join(objects)}")
        name = terms[subject]
        short.add(name)
        return f"{name} " + " ;\n    ".join(parts) + " .\n"

    def _typed(self, literal: str, short: set[str]) -> str:
        """Return a literal with a datatype, bare where Turtle reads the same type from the bare word."""
        text, _, tail = literal.rpartition('"')
        native = _NATIVE.get(tail[2:])
        if native and native.fullmatch(text):
            return text[1:]
        kind = self._terms[tail[2:]]
        short.add(kind)
        return f'{text}"^^{kind}'

    def _term(self, term: str) -> str:
        match = self._short.fullmatch(term)
        return f"{self._names[match[1]]}:{match[2]}" if match else term


@lru_cache(maxsize=8)
def _shortener(prefixes: tuple[tuple[str, str], ...]) -> Shortener:
    return Shortener(dict(prefixes))


def shortener(prefixes: dict[str, str]) -> Shortener:
    """Return the shortener for these prefixes, made once."""
    return _shortener(tuple(prefixes.items()))


def turtle(graph: Graph, prefixes: dict[str, str], declared: set[str] | None = None) -> str:
    """Return the graph as Turtle; subjects and properties keep the order of the triples, see `Shortener.text`."""
    return shortener(prefixes).text(nodes(ntriples(graph))[0], declared)


__all__ = ["Shortener", "shortener", "turtle"]
