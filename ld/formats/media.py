"""Media types: one table for Accept, extensions, dumps, SPARQL answers and dataset descriptions; RDF in and out."""

from __future__ import annotations

import msgspec
from msgspec import Struct


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
