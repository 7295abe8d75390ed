"""A graph becomes compact, nested JSON-LD 1.1: written straight from the triples, in the words of our context.

Every node is embedded where a schema.org name first points at it, lists keep the order of the triples, and the names
and their order are those of `vocab/context.jsonld`. That the result expands to the same graph is proved with PyLD.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from typing import Any

import msgspec
from msgspec import Struct
from pyld import jsonld as pyld
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from ld.errors import UsageError
from ld.formats import Graph
from ld.vocab import Vocabulary

_RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_STRING = _XSD + "string"
_LANG_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
_INTEGER = re.compile(r"-?(?:0|[1-9]\d{0,14})")
PROFILES = {
    "http://www.w3.org/ns/json-ld#expanded": "expanded",
    "http://www.w3.org/ns/json-ld#flattened": "flattened",
    "http://www.w3.org/ns/json-ld#compacted": "compacted",
}


class Term(Struct, frozen=True):
    """What the context says of one property."""

    key: str
    type: str = ""
    untagged: bool = False
    many: bool = False


class Names:
    """The context, turned round: from IRIs to keys."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.terms: dict[str, Term] = {}
        self.types: dict[str, str] = {}
        self.scoped: dict[str, dict[str, Term]] = {}
        self.order: dict[str, int] = {}
        for key, definition in vocabulary.context.items():
            self._learn(key, definition)

    def _learn(self, key: str, definition: Any) -> None:
        if key.startswith("@") or definition in ("@id", "@type") or key in self.vocabulary.prefixes:
            return
        iri = self._iri(definition)
        if isinstance(definition, dict) and "@context" in definition:
            self.scoped[iri] = {
                self._iri(inner): _term(name, inner, self._coercion(inner))
                for name, inner in definition["@context"].items()
            }
        self.order.setdefault(key, len(self.order))
        if key[0].isupper():
            self.types[iri] = key
        else:
            self.terms.setdefault(iri, _term(key, definition, self._coercion(definition)))

    def _iri(self, definition: Any) -> str:
        return self.vocabulary.expand(
            definition if isinstance(definition, str) else definition["@id"], "context.jsonld"
        )

    def _coercion(self, definition: Any) -> str:
        kind = definition.get("@type", "") if isinstance(definition, dict) else ""
        return kind if kind.startswith("@") or not kind else self.vocabulary.expand(kind, "context.jsonld")

    def term(self, iri: str, types: list[str]) -> Term:
        """Return the term of a property on a node of these types (type-scoped contexts, JSON-LD 1.1 §4.1.9)."""
        for kind in sorted(types):
            scoped = self.scoped.get(kind, {}).get(iri)
            if scoped:
                return scoped
        return self.terms.get(iri) or Term(self.vocabulary.shrink(iri))

    def type_key(self, iri: str) -> str:
        """Return the short name of a class."""
        return self.types.get(iri) or self.vocabulary.shrink(iri)


def _term(key: str, definition: Any, coercion: str) -> Term:
    if isinstance(definition, str):
        return Term(key)
    return Term(
        key=key,
        type=coercion,
        untagged=definition.get("@language", "") is None,
        many=definition.get("@container") == "@set",
    )


def document(graph: Graph, root: str, names: Names, context: str) -> dict[str, Any]:
    """Return the graph as one nested JSON object with the root node outermost.

    `context` is the URL of the context. Nodes that nothing below the root leads to stand under `@included`.
    """
    return _Tree(graph, names).document(root, context)


class _Tree:
    def __init__(self, graph: Graph, names: Names) -> None:
        self.names = names
        self.nodes: dict[str, dict[str, list[Any]]] = {}
        for triple in graph:
            properties = self.nodes.setdefault(_id(triple.subject), {})
            properties.setdefault(triple.predicate.value, []).append(triple.object)
        self.language = _language(graph)
        self.seen: set[str] = set()

    def document(self, root: str, context: str) -> dict[str, Any]:
        head = [context, {"@language": self.language}] if self.language else context
        tree: dict[str, Any] = {"@context": head, **self._node(root)}
        rest = [self._node(iri) for iri in self.nodes if iri not in self.seen]
        rest = [node for node in rest if node]
        if rest:
            tree["@included"] = rest
        return tree

    def _node(self, iri: str) -> dict[str, Any]:
        """Return the node with everything below it; nothing but its id where it has been written before."""
        properties = self.nodes.get(iri)
        if properties is None or iri in self.seen:
            return {"id": iri}
        self.seen.add(iri)
        types = [_id(kind) for kind in properties.get(_RDF_TYPE, [])]
        node: dict[str, Any] = {"id": iri}
        if types:
            keys = sorted((self.names.type_key(kind) for kind in types), key=lambda key: (":" in key, key))
            node["type"] = keys[0] if len(keys) == 1 else keys
        for term, values in self._ordered(properties, types):
            written = [self._value(value, term) for value in values]
            node[term.key] = written if term.many or len(written) > 1 else written[0]
        return node

    def _ordered(self, properties: dict[str, list[Any]], types: list[str]) -> list[tuple[Term, list[Any]]]:
        order = self.names.order
        terms = [(self.names.term(iri, types), values) for iri, values in properties.items() if iri != _RDF_TYPE]
        return sorted(terms, key=lambda pair: (order.get(pair[0].key, len(order)), _natural(pair[0].key)))

    def _value(self, value: Any, term: Term) -> Any:
        if isinstance(value, Literal):
            return self._literal(value, term)
        node = self._node(_id(value))
        return node["id"] if term.type == "@id" and len(node) == 1 else node

    def _literal(self, value: Literal, term: Term) -> Any:
        datatype = value.datatype.value
        if value.language:
            plain = value.language == self.language and not term.untagged and not term.type
            return value.value if plain else {"@value": value.value, "@language": value.language}
        if datatype == _STRING:
            plain = (term.untagged or not self.language) and not term.type
            return value.value if plain else {"@value": value.value}
        if term.type == datatype:
            return value.value
        if not term.type:
            native = _native(value.value, datatype)
            if native is not None:
                return native
        return {"@type": self.names.vocabulary.shrink(datatype), "@value": value.value}


def _native(text: str, datatype: str) -> bool | int | None:
    if datatype == _XSD + "boolean" and text in ("true", "false"):
        return text == "true"
    if datatype == _XSD + "integer" and _INTEGER.fullmatch(text):
        return int(text)
    return None


def _id(node: Any) -> str:
    return f"_:{node.value}" if isinstance(node, BlankNode) else str(node.value)


def _natural(key: str) -> tuple[str, int]:
    head, _, number = key.rpartition("_")
    return (head, int(number)) if number.isdigit() else (key, 0)


def _language(graph: Graph) -> str:
    """Return the language most of the tagged literals have, empty where none is tagged."""
    counts = Counter(
        triple.object.language for triple in graph if isinstance(triple.object, Literal) and triple.object.language
    )
    return min(counts.most_common(), key=lambda pair: (-pair[1], pair[0]))[0] if counts else ""


def dumps(tree: Any, indent: int = 2) -> bytes:
    """Return the JSON text in UTF-8; `indent` 0 puts it on one line."""
    data = msgspec.json.encode(tree)
    return msgspec.json.format(data, indent=indent) + b"\n" if indent else data


def reshaped(tree: dict[str, Any], profile: str, context: dict[str, Any], context_url: str) -> Any:
    """Return the document expanded, flattened or compacted by PyLD (JSON-LD 1.1 §6, the profile parameter).

    Only our own context is ever loaded; nothing is fetched.
    """

    def loader(url: str, options: Any = None) -> dict[str, Any]:
        if url != context_url:
            raise UsageError(f"JSON-LD context {url} is not ours and is never fetched")
        return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": context}

    options = {"documentLoader": loader}
    if profile == "expanded":
        return pyld.expand(tree, options)
    if profile == "flattened":
        return pyld.flatten(tree, context_url, options)
    return pyld.compact(tree, tree["@context"], options)


@cache
def names_of(vocabulary: Vocabulary) -> Names:
    """Return the names of the vocabulary, made once."""
    return Names(vocabulary)


__all__ = ["PROFILES", "NamedNode", "Names", "Triple", "document", "dumps", "names_of", "reshaped"]
