"""A graph becomes Turtle that reads well: prefixes, one block a subject, the work first."""

from __future__ import annotations

import re

from pyoxigraph import RdfFormat, parse

from ld.errors import VocabError
from ld.formats.media import Format, Graph, Node, Nodes, Of, Shown, register
from ld.formats.ntriples import nodes, ntriples
from ld.memo import Memory, cached
from ld.values.vocab import vocabulary

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
# All the predicates of a node are one key: that is long, but there are few such keys.
_LONGEST = 100_000


class Shortener:
    """Writes Turtle straight from the terms of N-Triples, with these prefixes.

    The quoted text of a literal is the same in both, so it is never touched; what an IRI becomes, and how the
    properties of a node begin, is remembered.
    """

    def __init__(self, prefixes: dict[str, str]) -> None:
        self.prefixes = prefixes | {"xsd": _XSD, "rdf": _RDF}
        self._names = {namespace: name for name, namespace in reversed(self.prefixes.items())}
        longest_first = sorted(self._names, key=len, reverse=True)
        self._short = re.compile(f"<({'|'.join(map(re.escape, longest_first))})({_LOCAL})>")
        self._terms = Memory(self._term)
        self._shapes = Memory(self._shape, 4_000, _LONGEST)

    def text(self, graph: Nodes, declared: set[str] | None = None) -> str:
        """Return the nodes as Turtle (RDF 1.1 Turtle); subjects and properties keep their order.

        `declared` holds the prefixes an earlier part of the same file has declared; the new ones are added to it.
        """
        used: set[str] = set()
        body = "\n".join([self._block(subject, node, used) for subject, node in graph.items()])
        used.discard("")
        known = set() if declared is None else declared
        head = "".join(f"@prefix {name}: <{self.prefixes[name]}> .\n" for name in sorted(used - known))
        known |= used
        return f"{head}\n{body}" if head else body

    def _block(self, subject: str, node: Node, used: set[str]) -> str:
        """Return a subject with its properties; the prefixes that stand in it are added to `used`."""
        terms = self._terms
        name, prefix = terms[subject]
        used.add(prefix)
        verbs, prefixes = self._shapes[tuple(node)]
        used |= prefixes
        parts = [name]
        for verb, values in zip(verbs, node.values(), strict=True):
            objects = []
            for value in values:
                if value[0] != '"':
                    value, prefix = terms[value]
                    used.add(prefix)
                elif value[-1] == ">":
                    value = self._typed(value, used)
                objects.append(value)
            joint = ", " if len(objects) == 1 or sum(map(len, objects)) < _WIDTH else " ,\n        "
            parts.append(verb + joint.join(objects))
        parts.append(" .\n")
        return "".join(parts)

    def _typed(self, literal: str, used: set[str]) -> str:
        """Return a literal with a datatype, bare where Turtle reads the same type from the bare word."""
        text, _, tail = literal.rpartition('"')
        native = _NATIVE.get(tail[2:])
        if native and native.fullmatch(text):
            return text[1:]
        kind, prefix = self._terms[tail[2:]]
        used.add(prefix)
        return f'{text}"^^{kind}'

    def _term(self, term: str) -> tuple[str, str]:
        """Return an IRI or blank node as Turtle has it, and its prefix, empty where it has none."""
        match = self._short.fullmatch(term)
        if match is None:
            return term, ""
        prefix = self._names[match[1]]
        return f"{prefix}:{match[2]}", prefix

    def _shape(self, predicates: tuple[str, ...]) -> tuple[list[str], set[str]]:
        """Return what stands before the values of each predicate, and the prefixes in it."""
        terms = [("a", "") if predicate == _RDF_TYPE else self._terms[predicate] for predicate in predicates]
        verbs = [f" ;\n    {verb} " if n else f" {verb} " for n, (verb, _) in enumerate(terms)]
        return verbs, {prefix for _, prefix in terms}


@cached(8)
def _shortener(prefixes: tuple[tuple[str, str], ...]) -> Shortener:
    return Shortener(dict(prefixes))


def shortener(prefixes: dict[str, str]) -> Shortener:
    """Return the shortener for these prefixes, made once."""
    return _shortener(tuple(prefixes.items()))


def turtle(graph: Graph, prefixes: dict[str, str], declared: set[str] | None = None) -> str:
    """Return the graph as Turtle; subjects and properties keep the order of the triples, see `Shortener.text`."""
    return shortener(prefixes).text(nodes(ntriples(graph))[0], declared)


def read(text: str, place: str) -> Nodes:
    """Return the nodes of a Turtle file of `vocab/`; raises VocabError with the line where it is none."""
    try:
        return nodes(ntriples(quad.triple for quad in parse(text.encode(), format=RdfFormat.TURTLE)))[0]
    except SyntaxError as error:
        reason = (error.msg or "").partition(": ")[2] or str(error)
        raise VocabError(f"{place}:{error.lineno or 1}: not Turtle: {reason}") from None


def append(shown: Shown, declared: set[str]) -> bytes:
    """Return the document as it stands behind others in one file; the prefixes it declares are added to `declared`."""
    between = "\n" if declared else ""
    return (between + shortener(vocabulary().prefixes).text(shown.nodes, declared)).encode()


TURTLE = register(
    Format(
        "ttl",
        "text/turtle",
        "Turtle",
        ("application/x-turtle", "text/rdf+n3", "text/n3", "application/turtle"),
        of={Of.DOCUMENT: 4, Of.GRAPH: 1},
        write=lambda shown: shortener(vocabulary().prefixes).text(shown.nodes).encode(),
        packed=True,
        engine=RdfFormat.TURTLE,
        prefixed=True,
        append=append,
        w3c="Turtle",
    )
)
