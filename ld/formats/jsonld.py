"""A graph becomes compact, nested JSON-LD 1.1: written straight from its N-Triples, in the words of our context.

Every node is embedded where a schema.org name first points at it, lists keep the order of the triples, and the names
and their order are those of `vocab/context.jsonld`. That the result expands to the same graph is proved with PyLD.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import partial
from typing import Any, TypeAlias

import msgspec
from msgspec import Struct
from pyoxigraph import RdfFormat

from ld.errors import UsageError
from ld.formats.media import Format, Graph, Nodes, Of, Shown, register
from ld.formats.ntriples import nodes, ntriples
from ld.memo import Memory, cached
from ld.values.vocab import Vocabulary, vocabulary

_RDF_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_XSD = "http://www.w3.org/2001/XMLSchema#"
# Literals that JSON has words for, with the quotation mark before them.
_NATIVE = {
    _XSD + "boolean": re.compile(r'"(?:true|false)'),
    _XSD + "integer": re.compile(r'"(?:0|-?[1-9][0-9]{0,14})'),
}
# All the predicates of a node are one key: that is long, but there are few such keys.
_LONGEST = 100_000
_CHECK = msgspec.json.Decoder(msgspec.Raw).decode
MEDIA_TYPE = "application/ld+json"
PROFILES = {
    "http://www.w3.org/ns/json-ld#expanded": "expanded",
    "http://www.w3.org/ns/json-ld#flattened": "flattened",
    "http://www.w3.org/ns/json-ld#compacted": "compacted",
}

# What stands in JSON before a literal's text and behind it, and which texts stand there bare.
Form: TypeAlias = tuple[str, str, re.Pattern[str] | None]
# Predicate; key in JSON; whether one value stands in a list too; whether literals without tag or datatype stand plain;
# the forms of those with one; what stands before and behind an IRI.
Slot: TypeAlias = "tuple[str, str, bool, bool, Memory[str, Form], str, str]"


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
        iri = self._iri(key, definition)
        if isinstance(definition, dict) and "@context" in definition:
            self.scoped[iri] = {
                self._iri(name, inner): _term(name, inner, self._coercion(inner))
                for name, inner in definition["@context"].items()
            }
        self.order.setdefault(key, len(self.order))
        if key[0].isupper():
            self.types[iri] = key
        else:
            self.terms.setdefault(iri, _term(key, definition, self._coercion(definition)))

    def _iri(self, key: str, definition: Any) -> str:
        """Return what the key stands for; a key that is a compact IRI stands for itself (JSON-LD 1.1 §4.3)."""
        curie = definition if isinstance(definition, str) else definition.get("@id", key)
        return self.vocabulary.expand(curie, "context.jsonld")

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


class Compactor:
    """Writes compact JSON-LD documents straight from canonical N-Triples lines, for one site.

    The quoted text of a literal is a JSON string as it stands, so nothing is decoded only to be encoded again; how the
    values of a property are written is settled once for all nodes of the same types.
    """

    def __init__(self, names: Names, context: str) -> None:
        self.names = names
        self.context = _json(context)
        self.shapes = Memory(self._shape, 4_000, _LONGEST)
        self.properties = Memory(self._property, 10_000, _LONGEST)

    def line(self, own: str, shared: Iterable[str], root: str) -> bytes:
        """Return the document on one line: the record's own N-Triples and those of the things it links to."""
        return self.document(*nodes("".join((own, *shared))), root)

    def document(self, graph: Nodes, language: str, root: str) -> bytes:
        """Return the document of these nodes on one line."""
        left = dict(graph)
        head = f'[{self.context},{{"@language":"{language}"}}]' if language else self.context
        name = root if root.startswith("_:") else f"<{root}>"
        tree = self._node(name, left, language) if name in left else f'{{"id":{_json(root)}}}'
        rest = []
        while left:
            rest.append(self._node(next(iter(left)), left, language))
        included = f',"@included":[{",".join(rest)}]' if rest else ""
        return _sound(f'{{"@context":{head},{tree[1:-1]}{included}}}'.encode())

    def _node(self, name: str, left: Nodes, language: str) -> str:
        """Return the node with everything below it, and take all of these out of those that are left."""
        node = left.pop(name)
        types, shape = self.shapes[language, tuple(node.get(_RDF_TYPE, ())), tuple(node)]
        parts = [f'{{"id":"{_id(name)}"{types}']
        for predicate, key, many, plain, forms, opening, closing in shape:
            values = node[predicate]
            several = many or len(values) > 1
            start = key + "[" if several else key
            for value in values:
                if value[0] == '"':
                    if value[-1] == '"':
                        parts.append(start + value if plain else f'{start}{{"@value":{value}}}')
                    else:
                        text, _, tail = value.rpartition('"')
                        before, after, native = forms[tail]
                        bare = native and native.fullmatch(text)
                        parts.append(start + text[1:] if bare else f"{start}{before}{text}{after}")
                elif value in left:
                    parts.append(start + self._node(value, left, language))
                else:
                    parts.append(f"{start}{opening}{_id(value)}{closing}")
                start = ","
            if several:
                parts.append("]")
        parts.append("}")
        return "".join(parts)

    def _shape(self, key: tuple[str, tuple[str, ...], tuple[str, ...]]) -> tuple[str, list[Slot]]:
        """Return the types as JSON and the properties in their order, for nodes of these types and predicates."""
        language, types, predicates = key
        kinds = sorted((self.names.type_key(_id(kind)) for kind in types), key=lambda key: (":" in key, key))
        written = f',"type":{_json(kinds[0] if len(kinds) == 1 else kinds)}' if kinds else ""
        found = [self.properties[language, types, predicate] for predicate in predicates if predicate != _RDF_TYPE]
        return written, [slot for _, slot in sorted(found, key=lambda pair: pair[0])]

    def _property(self, key: tuple[str, tuple[str, ...], str]) -> tuple[tuple[int, str, int], Slot]:
        """Return the place of the property among the others, and how its values are written."""
        language, types, predicate = key
        term = self.names.term(_id(predicate), [_id(kind) for kind in types])
        plain = (term.untagged or not language) and not term.type
        forms = Memory(partial(self._form, term, language), 1_000)
        around = ('"', '"') if term.type == "@id" else ('{"id":"', '"}')
        place = (self.names.order.get(term.key, len(self.names.order)), *_natural(term.key))
        return place, (predicate, f",{_json(term.key)}:", term.many, plain, forms, *around)

    def _form(self, term: Term, language: str, tail: str) -> Form:
        """Return the form of literals behind whose text this stands: "@en" or "^^<...>"."""
        plain = "", '"', None
        if tail.startswith("@"):
            fits = tail[1:] == language and not term.untagged and not term.type
            return plain if fits else ('{"@value":', f'","@language":"{tail[1:]}"}}', None)
        datatype = tail[3:-1]
        if term.type == datatype:
            return plain
        kind = _json(self.names.vocabulary.shrink(datatype))
        return f'{{"@type":{kind},"@value":', '"}', None if term.type else _NATIVE.get(datatype)


def _sound(data: bytes) -> bytes:
    """Return the JSON with control characters escaped: N-Triples lets them stand in a literal, JSON does not."""
    try:
        _CHECK(data)
    except msgspec.DecodeError:
        data = re.sub(rb"[\x00-\x1f]", lambda match: msgspec.json.encode(match[0].decode())[1:-1], data)
        _CHECK(data)
    return data


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _id(name: str) -> str:
    return name[1:-1] if name[0] == "<" else name


def _natural(key: str) -> tuple[str, int]:
    head, _, number = key.rpartition("_")
    return (head, int(number)) if number.isdecimal() else (key, 0)


compactor = cached(8)(Compactor)


def document(graph: Graph, root: str, names: Names, context: str) -> dict[str, Any]:
    """Return the graph as one nested JSON object with the root node outermost.

    `context` is the URL of the context. Nodes that nothing below the root leads to stand under `@included`.
    """
    tree: dict[str, Any] = msgspec.json.decode(compactor(names, context).line(ntriples(graph), (), root))
    return tree


def dumps(tree: Any, indent: int = 2) -> bytes:
    """Return the JSON text in UTF-8; `indent` 0 puts it on one line."""
    data = msgspec.json.encode(tree)
    return msgspec.json.format(data, indent=indent) + b"\n" if indent else data


def reshaped(tree: dict[str, Any], profile: str, context: dict[str, Any], context_url: str) -> Any:
    """Return the document expanded, flattened or compacted by PyLD (JSON-LD 1.1 §6, the profile parameter).

    Only our own context is ever loaded; nothing is fetched.
    """
    from pyld import jsonld as pyld  # which takes as long to import as all else here, and is seldom asked for

    def loader(url: str, options: Any = None) -> dict[str, Any]:
        if url != context_url:
            raise UsageError(f"JSON-LD context {url} is not ours and is never fetched")
        return {"contentType": MEDIA_TYPE, "contextUrl": None, "documentUrl": url, "document": context}

    options = {"documentLoader": loader}
    if profile == "expanded":
        return pyld.expand(tree, options)
    if profile == "flattened":
        return pyld.flatten(tree, context_url, options)
    return pyld.compact(tree, tree["@context"], options)


@cached(4)
def names_of(vocabulary: Vocabulary) -> Names:
    """Return the names of the vocabulary, made once."""
    return Names(vocabulary)


# -- the forms ---------------------------------------------------------------------------------------------------------


def _write(shown: Shown) -> bytes:
    """Return the document on one line: so it is kept, and stands in the dump."""
    return compactor(names_of(vocabulary()), shown.context).document(shown.nodes, shown.language, shown.topic)


def _indented(line: bytes) -> bytes:
    return msgspec.json.format(line) + b"\n"


def _reshaped(shown: Shown, profile: str) -> bytes:
    return dumps(reshaped(shown.tree, profile, {"@context": vocabulary().context}, shown.context))


JSONLD: Format = register(
    Format(
        "jsonld",
        MEDIA_TYPE,
        "JSON-LD",
        charset=False,
        of={Of.DOCUMENT: 2},
        write=_write,
        sent=_indented,
        packed=True,
        append=lambda shown, _: shown.made(JSONLD) + b"\n",
        lone=True,
        w3c="JSON-LD",
        profiles=PROFILES,
        reshape=_reshaped,
    )
)
JSON = register(
    Format(
        "json",
        "application/json",
        "JSON",
        charset=False,
        of={Of.DOCUMENT: 3},
        write=lambda shown: shown.made(JSONLD),
        sent=_indented,
        linked=False,
    )
)
# A graph that answers a query has no other JSON: who asks for JSON gets JSON-LD.
ANSWER = register(
    Format(
        JSONLD.key,
        MEDIA_TYPE,
        JSONLD.label,
        (JSON.media_type,),
        charset=False,
        of={Of.GRAPH: 3},
        engine=RdfFormat.JSON_LD,
        w3c=JSONLD.w3c,
    )
)
