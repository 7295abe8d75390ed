"""For operators and crawlers: health, sitemap, robots, the list of interfaces."""

from __future__ import annotations

import threading
import time
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary
from xml.sax.saxutils import escape

from flask import Blueprint, Response, current_app
from werkzeug.exceptions import NotFound

from ld.errors import SiteError
from ld.formats import JSONLD, TURTLE
from ld.generation import Generation
from ld.links import Link, address, header
from ld.query import QueryPool
from ld.web.answers import answer, generation, json_answer

blueprint = Blueprint("operations", __name__)
_PER_FILE = 50_000
_CHECK_SECONDS = 1.0
_checking = threading.Lock()
_checked: WeakKeyDictionary[QueryPool, tuple[float, SiteError | None]] = WeakKeyDictionary()
_CATALOG = 'application/linkset+json; profile="https://www.rfc-editor.org/info/rfc9727"'
_SITEMAP = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


@blueprint.get("/healthz")
def healthz() -> Response:
    """Tell that the server is alive."""
    return json_answer({"status": "ok"}, cache="no-store")


@blueprint.get("/readyz")
def readyz() -> Response:
    """Tell which generation is served, and why not the one last switched in; 503 where none or no query can be."""
    live, state = generation(), current_app.extensions["shelfgraph"]
    _check(state.pools.of(live))
    value = {"status": "ready", "generation": live.id, **live.manifest.counts}
    return json_answer(value | ({"refused": state.live.refused} if state.live.refused else {}), cache="no-store")


def _check(pool: QueryPool) -> None:
    """Raise SiteError where no query worker can be started; looked at once a second, however often it is asked."""
    with _checking:
        at, error = _checked.get(pool, (0.0, None))
        if time.monotonic() - at >= _CHECK_SECONDS:
            error = None
            try:
                pool.check()
            except SiteError as found:
                error = found
            _checked[pool] = time.monotonic(), error
    if error:
        raise SiteError(str(error))


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Tell robots where the sitemap is, and that queries are not for them."""
    base = generation().base
    root = urlsplit(base).path
    lines = ("User-agent: *", f"Disallow: {root}sparql?", f"Disallow: {root}search?", f"Sitemap: {base}sitemap.xml", "")
    return answer("\n".join(lines), "text/plain; charset=utf-8")


@blueprint.get("/sitemap.xml")
def sitemap_index() -> Response:
    """List the sitemaps, of 50,000 records each (sitemaps.org)."""
    live = generation()
    parts = "".join(
        f"<sitemap><loc>{escape(live.base)}sitemap-{n}.xml</loc><lastmod>{live.manifest.created}</lastmod></sitemap>\n"
        for n in range(1, _files(live) + 1)
    )
    return _xml(f"<sitemapindex {_SITEMAP}>\n{parts}</sitemapindex>\n")


@blueprint.get("/sitemap-<int:number>.xml")
def sitemap(number: int) -> Response:
    """List the records of one sitemap with the day each was last changed."""
    live = generation()
    if not 0 < number <= _files(live):
        raise NotFound(f"There is no sitemap {number}.")
    rows = live.documents.changed((number - 1) * _PER_FILE, _PER_FILE)
    parts = "".join(
        f"<url><loc>{escape(live.base + address(path))}</loc>"
        + (f"<lastmod>{modified}</lastmod>" if modified else "")
        + "</url>\n"
        for path, modified in rows
    )
    return _xml(f"<urlset {_SITEMAP}>\n{parts}</urlset>\n")


@blueprint.get("/.well-known/api-catalog")
def api_catalog() -> Response:
    """List the interfaces of the site as a linkset (RFC 9727 §2, RFC 9264)."""
    base = generation().base
    service = {"anchor": f"{base}sparql", "service-desc": [{"href": f"{base}sparql", "type": "text/turtle"}]}
    items = [f"{base}sparql", f"{base}search", f"{base}dump/"]
    described = [{"href": f"{base}dataset.{form.key}", "type": form.media_type} for form in (TURTLE, JSONLD)]
    interface = {"href": f"{base}openapi.json", "type": "application/vnd.oai.openapi+json;version=3.1"}
    site = {"anchor": base, "item": [{"href": item} for item in items], "describedby": described}
    site["service-desc"] = [interface]
    response = json_answer({"linkset": [site, service]}, content_type=_CATALOG)
    links = [Link(f"{base}.well-known/api-catalog", "api-catalog"), *(Link(item, "item") for item in items)]
    response.headers["Link"] = header(links)
    return response


def _files(live: Generation) -> int:
    """Return how many sitemaps there are."""
    return max(1, -(-live.manifest.counts["records"] // _PER_FILE))


def _xml(body: str) -> Response:
    return answer(f'<?xml version="1.0" encoding="utf-8"?>\n{body}', "application/xml; charset=utf-8")
