"""For operators and crawlers: health, sitemap, robots, the list of interfaces."""

from __future__ import annotations

from urllib.parse import quote
from xml.sax.saxutils import escape

from flask import Blueprint, Response
from werkzeug.exceptions import NotFound

from ld.web.answers import answer, generation, json_answer

blueprint = Blueprint("operations", __name__)
_PER_FILE = 50_000
_SITEMAP = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


@blueprint.get("/healthz")
def healthz() -> Response:
    """Tell that the server is alive."""
    return json_answer({"status": "ok"}, cache="no-store")


@blueprint.get("/readyz")
def readyz() -> Response:
    """Tell which generation is served; 503 where none can be."""
    live = generation()
    return json_answer({"status": "ready", "generation": live.id, **live.manifest.counts}, cache="no-store")


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Tell robots where the sitemap is, and that queries are not for them."""
    base = generation().base
    return answer(f"User-agent: *\nDisallow: /sparql?\nDisallow: /search?\nSitemap: {base}sitemap.xml\n", "text/plain")


@blueprint.get("/sitemap.xml")
def sitemap_index() -> Response:
    """List the sitemaps, of 50,000 records each (sitemaps.org)."""
    live = generation()
    files = range(1, max(1, -(-live.manifest.counts["records"] // _PER_FILE)) + 1)
    parts = "".join(
        f"<sitemap><loc>{escape(live.base)}sitemap-{n}.xml</loc><lastmod>{live.manifest.created}</lastmod></sitemap>\n"
        for n in files
    )
    return _xml(f"<sitemapindex {_SITEMAP}>\n{parts}</sitemapindex>\n")


@blueprint.get("/sitemap-<int:number>.xml")
def sitemap(number: int) -> Response:
    """List the records of one sitemap with the day each was last changed."""
    live = generation()
    rows = live.documents.changed((number - 1) * _PER_FILE, _PER_FILE) if number > 0 else []
    if not rows and number != 1:
        raise NotFound(f"There is no sitemap {number}.")
    parts = "".join(
        f"<url><loc>{escape(live.base)}record/{quote(path.removeprefix('record/'), safe='')}</loc>"
        + (f"<lastmod>{modified}</lastmod>" if modified else "")
        + "</url>\n"
        for path, modified in rows
    )
    return _xml(f"<urlset {_SITEMAP}>\n{parts}</urlset>\n")


@blueprint.get("/.well-known/api-catalog")
def api_catalog() -> Response:
    """List the interfaces of the site as a linkset (RFC 9727, RFC 9264)."""
    base = generation().base
    service = {"anchor": f"{base}sparql", "service-desc": [{"href": f"{base}sparql", "type": "text/turtle"}]}
    site = {
        "anchor": base,
        "item": [{"href": f"{base}sparql"}, {"href": f"{base}search"}, {"href": f"{base}dump/"}],
        "describedby": [{"href": f"{base}dataset.ttl", "type": "text/turtle"}],
    }
    return json_answer({"linkset": [site, service]}, content_type="application/linkset+json")


def _xml(body: str) -> Response:
    return answer(f'<?xml version="1.0" encoding="utf-8"?>\n{body}', "application/xml; charset=utf-8")
