"""Media types: one table for Accept, extensions, dumps, SPARQL answers and dataset descriptions; RDF in and out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TypeAlias

import msgspec
from msgspec import Struct
from pyoxigraph import RdfFormat, Triple, parse

Graph = Sequence[Triple]
# Predicates to objects, and subjects to those, all as N-Triples writes them; an object is a key because it is one once.
Node: TypeAlias = dict[str, dict[str, None]]
Nodes: TypeAlias = dict[str, Node]


class Format(Struct, frozen=True, cache_hash=True):
    """A form that an answer can have: `key` is its extension and its name in `?format=`."""

    key: str
    media_type: str
    label: str
    aliases: tuple[str, ...] = ()
    charset: bool = True

    @property
    def content_type(self) -> str:
        """The value of the Content-Type header."""
        return f"{self.media_type}; charset=utf-8" if self.charset else self.media_type


HTML = Format("html", "text/html", "HTML", ("application/xhtml+xml",))
JSONLD = Format("jsonld", "application/ld+json", "JSON-LD", charset=False)
JSON = Format("json", "application/json", "JSON", charset=False)
TURTLE = Format(
    "ttl", "text/turtle", "Turtle", ("application/x-turtle", "text/rdf+n3", "text/n3", "application/turtle")
)
NTRIPLES = Format("nt", "application/n-triples", "N-Triples", ("text/plain", "text/ntriples"))
RDFXML = Format("rdf", "application/rdf+xml", "RDF/XML", ("application/xml", "text/xml"))
BIBTEX = Format("bib", "application/x-bibtex", "BibTeX", ("text/x-bibtex",))
RIS = Format("ris", "application/x-research-info-systems", "RIS", ("text/x-research-info-systems",))
CSL = Format("csl.json", "application/vnd.citationstyles.csl+json", "CSL-JSON", charset=False)

RESULTS_JSON = Format("json", "application/sparql-results+json", "JSON", ("application/json",), charset=False)
RESULTS_XML = Format("xml", "application/sparql-results+xml", "XML", ("application/xml", "text/xml"), charset=False)
RESULTS_CSV = Format("csv", "text/csv", "CSV")
RESULTS_TSV = Format("tsv", "text/tab-separated-values", "TSV")

DOCUMENT = (HTML, JSONLD, JSON, TURTLE, NTRIPLES, RDFXML)
CITATION = (BIBTEX, RIS, CSL)
# A graph that answers a query has no other JSON: who asks for JSON gets JSON-LD.
GRAPH = (TURTLE, NTRIPLES, msgspec.structs.replace(JSONLD, aliases=("application/json",)), RDFXML)
RESULTS = (RESULTS_JSON, RESULTS_XML, RESULTS_CSV, RESULTS_TSV)

_EXTENSIONS = {form.key: form for form in (*DOCUMENT, *CITATION)}


def by_extension(path: str) -> tuple[str, Format | None]:
    """Return the path without its format extension, and the format; the path as it is and None where it has none."""
    for key in ("csl.json", path.rpartition(".")[2]):
        form = _EXTENSIONS.get(key)
        if form and path.endswith(f".{key}") and len(path) > len(key) + 1:
            return path[: -len(key) - 1], form
    return path, None


def triples(lines: bytes | str) -> list[Triple]:
    """Return the triples of N-Triples lines, in their order."""
    data = lines.encode() if isinstance(lines, str) else lines
    return [quad.triple for quad in parse(data, format=RdfFormat.N_TRIPLES)]


def ntriples(graph: Iterable[Triple]) -> str:
    """Return the triples as N-Triples (RDF 1.1 N-Triples), one line each, in their order."""
    return "".join(f"{triple.subject} {triple.predicate} {triple.object} .\n" for triple in graph)


def nodes(lines: str) -> tuple[Nodes, str]:
    """Return the nodes of N-Triples lines and the language most of their literals have.

    The lines must be as we write them: one space between terms, no comments.
    """
    # Not splitlines: a literal may hold U+2028 and other characters that end a line there.
    *facts, rest = lines.split(" .\n")
    if rest:
        raise ValueError(f"not a line of N-Triples: {rest[:200]!r}")
    found: Nodes = {}
    tags = []
    last = ""
    for fact in facts:
        subject, predicate, value = fact.split(" ", 2)
        if subject != last:
            node = found.setdefault(subject, {})
            last = subject
        values = node.get(predicate)
        if values is None:
            node[predicate] = {value: None}
        elif value in values:
            continue
        else:
            values[value] = None
        if value[-1] not in '">' and value[0] == '"':
            tags.append(value.rpartition("@")[2])
    counts = Counter(tags)
    return found, min(counts, key=lambda tag: (-counts[tag], tag), default="")
