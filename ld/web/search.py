"""The home page, search, and lists to browse."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import NotFound

from ld.formats import HTML, JSON, JSONLD, NTRIPLES, RDFXML, TURTLE
from ld.web.answers import NEGOTIATED, generation, json_answer, page, problem
from ld.web.documents import document
from ld.web.negotiation import choose

blueprint = Blueprint("search", __name__)
_KINDS = {"journal": "Journals", "organization": "Organizations", "subject": "Subjects", "agent": "People and bodies"}


@blueprint.get("/")
def home() -> Response:
    """Show the home page; to programs, describe the dataset."""
    choice = choose(
        request.headers.get("Accept"), request.args.get("format"), (HTML, TURTLE, JSONLD, JSON, NTRIPLES, RDFXML)
    )
    if choice and choice.format is not HTML:
        return document("dataset")  # type: ignore[return-value]  # no redirect here
    if choice is None:
        return problem(406, "The home page is offered as HTML, and as RDF by /dataset.")
    live = generation()
    counts = {name: live.documents.counts(name) for name in ("type", "year", "language")}
    response = page("home.html", manifest=live.manifest, counts=counts, kinds=_KINDS, base=live.base,
                    latest=live.documents.list_records(limit=3))  # fmt: skip
    response.vary.add("Accept")
    return response


@blueprint.get("/search")
def search() -> Response:
    """Answer a search with a page, or JSON."""
    live = generation()
    query = request.args.get("q", "")[:1000]
    size = current_app.extensions["shelfgraph"].settings["page_size"]
    offset = max(0, request.args.get("offset", 0, int))
    found = live.index.search(query, size, offset)
    choice = choose(request.headers.get("Accept"), request.args.get("format"), (HTML, JSON, JSONLD))
    if choice is None:
        return problem(406, "Search results are offered as HTML and JSON.")
    if choice.format is HTML:
        response = page("search.html", query=query, found=found, offset=offset, size=size, base=live.base)
    else:
        records = [
            {"id": f"{live.base}{entry.path}#it", "page": f"{live.base}{entry.path}", "name": entry.title,
             "type": entry.kind, "year": entry.year}
            for entry in found.entries
        ]  # fmt: skip
        response = json_answer(
            {"query": query, "total": found.total, "offset": offset, "records": records}, cache=NEGOTIATED
        )
    response.vary.add("Accept")
    return response


@blueprint.get("/browse/<kind>")
def browse(kind: str) -> Response:
    """Show records or shared things in order, a page at a time."""
    live = generation()
    after = request.args.get("after", "")
    size = current_app.extensions["shelfgraph"].settings["page_size"]
    if kind == "record":
        entries, title = live.documents.list_records(after, size), "Records"
    elif kind in _KINDS:
        entries, title = live.documents.list_things(kind, after, size), _KINDS[kind]
    else:
        raise NotFound(f"There is no list of {kind}.")
    return page("browse.html", title=title, kind=kind, entries=entries, full=len(entries) == size)
