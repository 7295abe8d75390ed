"""The home page, search, and lists to browse."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from ld.formats.jsonld import JSON
from ld.formats.links import address
from ld.formats.media import HTML
from ld.formats.table import DOCUMENT
from ld.site.documents import Entry
from ld.site.words import MOST_CHARACTERS
from ld.web.negotiation import wanted
from ld.web.pages.documents import MOST_OFFSET, document
from ld.web.problems import not_acceptable
from ld.web.responses import NEGOTIATED, json_answer, page
from ld.web.state import generation

blueprint = Blueprint("search", __name__)
_KINDS = {"journal": "Journals", "organization": "Organizations", "subject": "Subjects", "agent": "People and bodies"}


@blueprint.get("/")
def home() -> AnyResponse:
    """Show the home page; to programs, describe the dataset."""
    live = generation()
    choice = wanted(DOCUMENT)
    if choice is None:
        return not_acceptable(f"{live.base}dataset", DOCUMENT, extensions=True)
    if choice.format is not HTML:
        return document("dataset")
    counts = {name: live.documents.counts(name) for name in ("type", "year", "language")}
    some = live.documents.list_records(limit=3)
    response = page("home.html", manifest=live.manifest, counts=counts, kinds=_KINDS, base=live.base, some=some)
    response.vary.add("Accept")
    return response


@blueprint.get("/search")
def search() -> Response:
    """Answer a search with a page, or JSON."""
    live = generation()
    choice = wanted((HTML, JSON))
    if choice is None:
        return not_acceptable(f"{live.base}search", (HTML, JSON))
    asked = request.args.get("q", "")
    query = asked[:MOST_CHARACTERS]
    size = current_app.extensions["shelfgraph"].settings["page_size"]
    offset = min(max(0, request.args.get("offset", 0, int)), MOST_OFFSET)
    results = live.index.search(asked, size, offset)
    if choice.format is HTML:
        response = page("search.html", query=query, found=results, offset=offset, size=size)
    else:
        records = [_described(live.base, entry) for entry in results.entries]
        value = {"query": query, "whole": results.whole, "total": results.total, "offset": offset, "records": records}
        response = json_answer(value, cache=NEGOTIATED)
    response.vary.add("Accept")
    return response


def _described(base: str, entry: Entry) -> dict[str, Any]:
    return {"page": base + address(entry.path), "name": entry.title, "type": entry.kind, "year": entry.year}


@blueprint.get("/browse/<kind>")
def browse(kind: str) -> Response:
    """Show records or shared things ordered by path, a page at a time, beginning after the one named."""
    live = generation()
    after = request.args.get("after", "")
    size = current_app.extensions["shelfgraph"].settings["page_size"]
    if kind == "record":
        entries, title = live.documents.list_records(after, size), "Records"
    elif kind in _KINDS:
        entries, title = live.documents.list_things(kind, after, size), _KINDS[kind]
    else:
        raise NotFound(f"There is no list of {kind}: there are lists of record, {', '.join(_KINDS)}.")
    return page("browse.html", title=title, entries=entries, after=after, full=len(entries) == size)
