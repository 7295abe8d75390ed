"""What the templates need to name things and to link to them."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.local import LocalProxy

from ld import __version__
from ld.errors import SiteError
from ld.formats import citation
from ld.formats.jsonld import JSONLD
from ld.formats.links import address, as_list, iri, is_web
from ld.formats.table import CITATION, GRAPH, LINKED, RESULTS
from ld.formats.tables import CSV
from ld.settings import Settings
from ld.values import vocab
from ld.web import state

# Classes whose names the context keeps untagged: a name is in no language.
_UNTAGGED = {
    "Person", "Organization", "Periodical", "Newspaper", "PublicationVolume", "PublicationIssue", "BookSeries",
    "PropertyValue",
}  # fmt: skip

# What a table of facts says of a shared thing: only one name of those that mean the same.
_LABELS = {
    "Part of": "isPartOf", "Volume": "volumeNumber", "Issue": "issueNumber", "Year": "dcterms:date",
    "ISSN": "issn", "Begins": "startDate", "Ends": "endDate", "Publisher": "publisher", "Language": "inLanguage",
    "Given name": "givenName", "Family name": "familyName", "Keywords": "keywords", "Notation": "skos:notation",
    "Scheme": "skos:inScheme", "Description": "description", "Records": "void:documents", "Triples": "void:triples",
    "Last changed": "dcterms:modified", "Source": "dcterms:source", "Parts": "void:subset",
    "Downloads": "dcat:distribution", "SPARQL endpoint": "void:sparqlEndpoint", "Vocabularies": "void:vocabulary",
    "Web": "url", "Same as": "sameAs", "Licence": "dcterms:license",
}  # fmt: skip
_QUERY = "SELECT ?class (COUNT(*) AS ?things) WHERE { ?thing a ?class } GROUP BY ?class ORDER BY DESC(?things)"


def install(app: Flask, settings: Settings) -> None:
    """Give the templates what they need to name things and to link to them."""

    def base() -> str:
        """Return the base URL of the live generation; of the settings, where there is none yet."""
        try:
            return state.served().base
        except SiteError:
            return str(settings["base"])

    def root() -> str:
        return urlsplit(base()).path

    def href(value: Any) -> str:
        """Return where a link to the IRI leads: within the site a path, outside only web addresses."""
        target = iri(value)
        if target.startswith(base()):
            return root() + target.removeprefix(base()).removesuffix("#it")
        return target if is_web(target) else ""

    app.jinja_env.filters |= {"aslist": as_list, "href": href, "text": _text, "lang": _language, "label": _label}
    app.jinja_env.filters |= {"labellang": _label_language, "containers": citation.containers, "entrypath": address}
    app.jinja_env.filters |= {"iri": iri, "isthing": _is_thing, "kinds": _kinds, "words": _words}
    app.jinja_env.globals |= {
        "root": LocalProxy(root),
        "version": __version__,
        "forms": {"data": LINKED, "cite": CITATION, "graph": GRAPH, "results": RESULTS},
        "jsonld": JSONLD,
        "csv": CSV,
        "labels": _LABELS,
        "fallback": _QUERY,
        "site_title": settings["title"],
        "provenance": {how: row["label"] for how, row in vocab.vocabulary().codes("provenance").items()},
    }
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def _is_thing(node: Any) -> bool:
    """Determine whether the node has a document of its own, and is not only a part of this one."""
    return "#" not in iri(node).removesuffix("#it")


def _words(kind: str) -> str:
    """Return the name of a class in words: "Scholarly article" for "ScholarlyArticle"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind).capitalize()


def _kinds(node: dict[str, Any]) -> str:
    """Return the schema.org classes of a node in words."""
    return " · ".join(_words(kind) for kind in as_list(node.get("type")) if ":" not in kind)


def _text(value: Any) -> str:
    if isinstance(value, list):
        return _text(value[0]) if value else ""
    return str(value.get("@value", value.get("id", ""))) if isinstance(value, dict) else str(value or "")


def _language(value: Any, default: str = "") -> str:
    """Return the language of a literal: its own, or for a plain string that of the document."""
    if isinstance(value, list):
        return _language(value[0], default) if value else default
    return str(value.get("@language", "")) if isinstance(value, dict) else default


def _name(node: dict[str, Any]) -> Any:
    keys = ("name", "skos:prefLabel", "dcterms:title", "skos:notation", "rdfs:label")
    return next((node[key] for key in keys if node.get(key)), None)


def _label(node: Any) -> str:
    """Return what a node is called: its name, its label, its notation, or the end of its IRI."""
    name = _name(node) if isinstance(node, dict) else None
    return _text(name) if name else iri(node).removesuffix("#it").rstrip("/").rpartition("/")[2]


def _label_language(node: Any, default: str = "") -> str:
    """Return the language of what a node is called."""
    name = _name(node) if isinstance(node, dict) else None
    plain = name is None or not _UNTAGGED.isdisjoint(as_list(node.get("type")))
    return _language(name, "" if plain else default)
