"""For crawlers: sitemap, robots, the list of interfaces."""

from __future__ import annotations

from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from flask import Blueprint, Response
from werkzeug.exceptions import NotFound

from ld.formats.links import Link, address, header
from ld.formats.media import LINKSET, OPENAPI, TEXT, XML
from ld.formats.table import GRAPH, LINKED
from ld.site.generation import Generation
from ld.web.responses import answer, json_answer
from ld.web.state import generation

blueprint = Blueprint("discovery", __name__)
# What is made anew for each who asks, and dearly: robots are to take the dumps.
_CLOSED = ("sparql?", "search?", "*/why$", "*/why?")
_PER_FILE = 50_000
_CATALOG = f'{LINKSET.media_type}; profile="https://www.rfc-editor.org/info/rfc9727"'
_SITEMAP = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Tell robots where the sitemap is, and that queries and explanations are not for them (RFC 9309 §2.2.3)."""
    base = generation().base
    root = urlsplit(base).path
    closed = "".join(f"Disallow: {root}{path}\n" for path in _CLOSED)
    return answer(f"User-agent: *\n{closed}Sitemap: {base}sitemap.xml\n", TEXT.content_type)


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
    service = {"anchor": f"{base}sparql", "service-desc": [{"href": f"{base}sparql", "type": GRAPH[0].media_type}]}
    items = [f"{base}sparql", f"{base}search", f"{base}dump/"]
    described = [{"href": f"{base}dataset.{form.key}", "type": form.media_type} for form in LINKED]
    interface = {"href": f"{base}openapi.json", "type": f"{OPENAPI.media_type};version=3.1"}
    site = {"anchor": base, "item": [{"href": item} for item in items], "describedby": described}
    site["service-desc"] = [interface]
    response = json_answer({"linkset": [site, service]}, content_type=_CATALOG)
    links = [Link(f"{base}.well-known/api-catalog", "api-catalog"), *(Link(item, "item") for item in items)]
    response.headers["Link"] = header(links)
    return response


def _files(live: Generation) -> int:
    """Return the number of sitemaps."""
    return max(1, -(-live.manifest.counts["records"] // _PER_FILE))


def _xml(body: str) -> Response:
    return answer(f'<?xml version="1.0" encoding="utf-8"?>\n{body}', XML.content_type)
