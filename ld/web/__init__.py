"""The answers over HTTP: the only place that knows Flask. `create_app` makes the WSGI application of a site."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.local import LocalProxy
from werkzeug.routing import PathConverter

from ld import __version__, citation, vocab
from ld.endpoint import Loaded
from ld.errors import SiteError
from ld.links import address, as_list, iri, is_web
from ld.live import Live
from ld.pools import Pools, describer
from ld.settings import Settings
from ld.web import (
    answers,
    documents,
    downloads,
    endpoint,
    entrance,
    interface,
    limits,
    metrics,
    operations,
    search,
    sparql,
    visits,
)
from ld.web.accesslog import AccessLog

_MOST_BYTES = 1 << 20
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


class AnyPath(PathConverter):
    """A path of any characters: ids may hold the ends of lines too."""

    regex = r"[^/][\s\S]*?"


class Shared:
    """What the views of one app share: settings, what is live, the SPARQL workers, and who watches."""

    def __init__(self, settings: Settings, pools: Pools, live: Live | Door) -> None:
        self.settings = settings
        self.pools = pools
        self.live = live
        self.log = AccessLog(settings) if settings["access_log"] else None
        self.metrics = metrics.made(self.live, wanted=settings["metrics"] != "off")
        if self.metrics:
            self.pools.count = self.metrics.count

    @property
    def watchers(self) -> list[visits.Watcher]:
        """Who is told of each request."""
        return [watcher for watcher in (self.log, self.metrics) if watcher]

    def base(self) -> str:
        """Return the base URL of what is live; of the settings, where there is nothing yet."""
        try:
            return self.live.current().base
        except Exception:  # what is wrong, the view tells
            return str(self.settings["base"])

    def close(self) -> None:
        """End the workers, and close the log."""
        self.pools.close()
        if self.log:
            self.log.close()


class Door:
    """RDF that was loaded to be asked, in the place of a live generation: it never changes."""

    def __init__(self, found: Loaded) -> None:
        self._found = found
        self.refused = ""

    def current(self) -> Loaded:
        """Return what is served."""
        return self._found

    def opened(self) -> Loaded:
        """Return what is served, at once."""
        return self._found


def create_app(settings: Settings | None = None) -> Flask:
    """Return the WSGI application of a site folder, by default `./site`."""
    settings = settings or Settings(Path("site"))
    vocab.use(settings.site / "vocab")
    pools = Pools(settings, describer)
    live = Live(settings.site, verify=settings["verify"], company=pools)
    return _app(Shared(settings, pools, live), (operations, metrics, downloads, search, sparql, interface, documents))


def create_endpoint(settings: Settings, found: Loaded) -> Flask:
    """Return the WSGI application that answers SPARQL queries over loaded RDF, and nothing else."""
    return _app(Shared(settings, Pools(settings), Door(found)), (endpoint, metrics, sparql))


def _app(state: Shared, parts: Iterable[Any]) -> Flask:
    app = Flask(__name__)
    app.url_map.merge_slashes = False  # an id may hold two slashes, and a redirect would be a guess
    app.url_map.strict_slashes = False
    app.url_map.converters["path"] = AnyPath
    app.config.update(MAX_CONTENT_LENGTH=_MOST_BYTES, MAX_FORM_MEMORY_SIZE=_MOST_BYTES)
    app.extensions["shelfgraph"] = state
    answers.install(app)
    limits.install(app, state.settings)
    for part in parts:
        app.register_blueprint(part.blueprint)
    _templates(app, state.settings)
    app.jinja_env.globals["catalogue"] = isinstance(state.live, Live)
    entrance.install(app, state.base)
    visits.install(app, state.watchers)
    entrance.believe(app, state.settings["proxies"])
    return app


def _templates(app: Flask, settings: Settings) -> None:
    """Give the templates what they need to name things and to link to them."""

    def base() -> str:
        """Return the base URL of the live generation; of the settings, where there is none yet."""
        try:
            return answers.served().base
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


__all__ = ["create_app", "create_endpoint"]
