"""The answers over HTTP: the only place that knows Flask. `create_app` makes the WSGI application of a site."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from flask import Flask
from flask_compress import Compress

from ld import __version__, citation, names, vocab
from ld.generation import Live
from ld.settings import Settings
from ld.web import answers, documents, downloads, operations, search, sparql
from ld.web.links import as_list, is_web

_MOST_BYTES = 1 << 20


class State:
    """What the views of one app share: settings, the live generation, the SPARQL workers."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.live = Live(settings.site, verify=settings["verify"])
        self.pools = sparql.Pools(settings)


def create_app(settings: Settings | None = None) -> Flask:
    """Return the WSGI application of a site folder, by default `./site`."""
    settings = settings or Settings(Path("site"))
    vocab.use(settings.site / "vocab")
    app = Flask(__name__)
    app.url_map.merge_slashes = False
    app.url_map.strict_slashes = False
    app.config.update(
        MAX_CONTENT_LENGTH=_MOST_BYTES,
        MAX_FORM_MEMORY_SIZE=_MOST_BYTES,
        COMPRESS_ALGORITHM=["zstd", "br", "gzip"],
        COMPRESS_MIMETYPES=_COMPRESSED,
    )
    app.extensions["shelfgraph"] = State(settings)
    answers.install(app)
    Compress(app)
    for part in (operations, downloads, search, sparql, documents):
        app.register_blueprint(part.blueprint)
    _templates(app, settings)
    return app


_COMPRESSED = [
    "text/html", "text/css", "text/plain", "text/turtle", "text/csv", "text/tab-separated-values",
    "application/ld+json", "application/json", "application/n-triples", "application/rdf+xml", "application/xml",
    "application/sparql-results+json", "application/sparql-results+xml", "application/linkset+json",
    "application/vnd.citationstyles.csl+json", "application/x-bibtex", "application/x-research-info-systems",
]  # fmt: skip


def _templates(app: Flask, settings: Settings) -> None:
    """Give the templates what they need to name things and to link to them."""
    base: str = settings["base"]
    root = urlsplit(base).path

    def href(iri: Any) -> str:
        """Return where a link to the IRI leads: within the site a path, outside only web addresses."""
        target = str(iri.get("id", "")) if isinstance(iri, dict) else str(iri)
        if target.startswith(base):
            return root + target.removeprefix(base).removesuffix("#it")
        return target if is_web(target) else ""

    app.jinja_env.filters |= {"aslist": as_list, "href": href, "text": _text, "lang": _language, "label": _label}
    app.jinja_env.filters |= {"containers": citation.containers, "entrypath": _entry_path}
    app.jinja_env.globals |= {
        "root": root,
        "version": __version__,
        "site_title": settings["title"],
        "provenance": {how: row["label"] for how, row in vocab.vocabulary().codes("provenance").items()},
    }
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def _entry_path(path: str) -> str:
    """Return the path of a list entry as its URL has it; the id of a record is one segment."""
    if path.startswith("record/"):
        return f"record/{names.encoded(path.removeprefix('record/'))}"
    return quote(path, safe="/~")


def _text(value: Any) -> str:
    if isinstance(value, list):
        return _text(value[0]) if value else ""
    return str(value.get("@value", value.get("id", ""))) if isinstance(value, dict) else str(value or "")


def _language(value: Any, default: str = "") -> str:
    if isinstance(value, list):
        return _language(value[0], default) if value else default
    return str(value.get("@language", "")) if isinstance(value, dict) else default


def _label(node: Any) -> str:
    """Return what a node is called: its name, its label, its notation, or the end of its IRI."""
    if not isinstance(node, dict):
        return str(node)
    for key in ("name", "skos:prefLabel", "dcterms:title", "skos:notation", "rdfs:label"):
        if node.get(key):
            return _text(node[key])
    return str(node.get("id", "")).removesuffix("#it").rpartition("/")[2]


__all__ = ["create_app"]
