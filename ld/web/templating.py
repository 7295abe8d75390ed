"""The functions by which templates name things and link to them."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.local import LocalProxy

from ld import __version__
from ld.errors import SiteError
from ld.formats import dating
from ld.formats.jsonld import JSONLD
from ld.formats.links import address, as_list, is_pdf, is_web
from ld.formats.table import CITATION, GRAPH, LINKED, RESULTS
from ld.formats.tables import CSV
from ld.settings import Settings
from ld.site.captions import captions
from ld.summary import Summary
from ld.values import vocab
from ld.web import state

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

    def href(target: str) -> str:
        """Return where a link to the IRI leads: within the site a path, outside only web addresses."""
        if target.startswith(base()):
            return root() + target.removeprefix(base()).removesuffix("#it")
        return target if is_web(target) else ""

    app.jinja_env.filters |= {"aslist": as_list, "href": href, "path": address, "when": _when, "words": _words}
    app.jinja_env.tests["pdf"] = is_pdf
    app.jinja_env.globals |= {
        "root": LocalProxy(root),
        "version": __version__,
        "forms": {"data": LINKED, "cite": CITATION, "graph": GRAPH, "results": RESULTS},
        "jsonld": JSONLD,
        "csv": CSV,
        "captions": captions(vocab.vocabulary()),
        "fallback": _QUERY,
        "site_title": settings["title"],
        "provenance": {how: row["label"] for how, row in vocab.vocabulary().codes("provenance").items()},
    }
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def _words(kind: str) -> str:
    """Return the name of a class in words: "Scholarly article" for "ScholarlyArticle"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind).capitalize()


def _when(summary: Summary) -> str:
    """Return when it was published as people write it: "1990–1995?", "about 1900", "Winter 1998"."""
    issued = summary.issued
    if issued is None or issued.datatype != "edtf":
        return summary.date
    when = dating.read(issued.value)
    return f"{when.season_name} {when.said('–')}".strip() if when else issued.value
