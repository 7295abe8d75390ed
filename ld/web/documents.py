"""Records and shared things over HTTP: find the document, choose a form, answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, current_app, redirect, request
from msgspec import Struct
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from ld import citation, formats, names
from ld.documents import Document
from ld.formats import BIBTEX, CITATION, CSL, DOCUMENT, HTML, JSON, JSONLD, NTRIPLES, RDFXML, RIS, TURTLE, Format
from ld.generation import Generation
from ld.jsonld import document as jsonld_document
from ld.jsonld import dumps, names_of, reshaped
from ld.mapping import Mapping
from ld.rdfxml import rdfxml
from ld.readers import reread
from ld.record import Record
from ld.things import Site
from ld.turtle import turtle
from ld.vocab import vocabulary
from ld.web.answers import (
    FIXED,
    IMMUTABLE,
    NEGOTIATED,
    answer,
    generation,
    json_answer,
    not_acceptable,
    page,
    problem,
)
from ld.web.links import as_list, data_links, header, linkset, record_links, schema_org, thing_links
from ld.web.negotiation import Choice, choose

blueprint = Blueprint("documents", __name__)
CONTEXT = "context/v1.jsonld"
_CITE: dict[str, Callable[[dict[str, Any]], str | bytes]] = {
    BIBTEX.key: citation.bibtex,
    RIS.key: citation.ris,
    CSL.key: citation.csl,
}
_LICENCE = re.compile(r"<[^>#]*> <http://purl\.org/dc/terms/license> <([^>]*)>")


class Shown(Struct):
    """A document on its way out: its URL, its graph, and the graph as nested JSON-LD."""

    document: Document
    url: str
    graph: formats.Graph
    tree: dict[str, Any]

    @property
    def licence(self) -> str:
        """The licence of the data, empty where the document does not say."""
        match = _LICENCE.search(self.document.lines)
        return match[1] if match else ""


@blueprint.get("/<path:path>")
def document(path: str) -> AnyResponse:
    """Answer with the document at the path, in the form of its extension or in the one the client prefers."""
    live = generation()
    found, form = _find(live, path)
    if found is None:
        special = _special(live, path)
        if special is not None:
            return special
        target = live.documents.alias(formats.by_extension(path)[0])
        if target:
            tail = path.removeprefix(formats.by_extension(path)[0])
            return redirect(live.base + quote(target, safe="/~") + tail, code=301)
        raise NotFound(f"There is nothing at /{path}: search the catalogue, or start at its home page.")
    if found.gone:
        return problem(410, found.gone, title_of_record=found.title)
    offered = DOCUMENT if not found.record else (*DOCUMENT, *CITATION)
    shown = show(live, found)
    if form:
        return _formed(live, shown, Choice(form), negotiated=False) if form in offered else _no_form(found, form)
    choice = choose(request.headers.get("Accept"), request.args.get("format"), offered)
    if choice is None:
        return not_acceptable(shown.url, offered)
    return _formed(live, shown, choice, negotiated=True)


@blueprint.get("/.well-known/void")
def void() -> AnyResponse:
    """Answer with the dataset's description (VoID §6.2)."""
    return document("dataset")


@blueprint.get(f"/{CONTEXT}")
def context() -> Response:
    """Answer with the JSON-LD context; its URL changes when it does."""
    data = vocabulary().text("context.jsonld")
    return answer(data, JSONLD.content_type, cache=IMMUTABLE)


def _find(live: Generation, path: str) -> tuple[Document | None, Format | None]:
    """Return the document and the format its extension asks for; an id may itself look like it had an extension."""
    found = live.documents.get(path)
    if found:
        return found, None
    stem, form = formats.by_extension(path)
    return (live.documents.get(stem), form) if form else (None, None)


def _no_form(found: Document, form: Format) -> Response:
    return problem(404, f"{found.title} cannot be cited as {form.label}: only records have citations.")


def show(live: Generation, found: Document) -> Shown:
    """Return the document with its graph and tree."""
    url = url_of(live, found)
    graph = formats.triples(live.documents.lines(found))
    subjects = {str(triple.subject.value) for triple in graph if hasattr(triple.subject, "value")}
    root = f"{url}#it"
    if root not in subjects:
        root = url if url in subjects else str(graph[0].subject.value)  # type: ignore[union-attr]  # no blank nodes
    terms = names_of(vocabulary())
    return Shown(found, url, graph, jsonld_document(graph, root, terms, live.base + CONTEXT))


def url_of(live: Generation, found: Document) -> str:
    """Return the document's URL, percent-encoded as its IRI is."""
    if found.record:
        return f"{live.base}record/{names.encoded(found.path.removeprefix('record/'))}"
    match = re.match(r"<([^>#]*)#it>", found.lines)
    return (
        match[1] if match and names.decoded(match[1].removeprefix(live.base)) == found.path else live.base + found.path
    )


def _formed(live: Generation, shown: Shown, choice: Choice, *, negotiated: bool) -> Response:
    form = choice.format
    cache = NEGOTIATED if negotiated else FIXED
    if form is HTML:
        response = _html(live, shown, cache)
    else:
        body = _body(live, shown, choice)
        response = answer(body, form.content_type, cache=cache, modified=shown.document.modified)
        response.headers["Link"] = header(data_links(shown.url, shown.licence))
        if form is JSON:
            link = f'<{live.base}{CONTEXT}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'
            response.headers["Link"] += ", " + link
    if negotiated:
        response.vary.add("Accept")
        response.headers["Content-Location"] = quote(f"{shown.url}.{form.key}", safe="/:?=&%~")
    return response


def _body(live: Generation, shown: Shown, choice: Choice) -> bytes | str:
    form, tree = choice.format, shown.tree
    if form in (JSONLD, JSON):
        if choice.profile:
            tree = reshaped(tree, choice.profile, {"@context": vocabulary().context}, live.base + CONTEXT)
        return dumps(tree)
    if form is TURTLE:
        return turtle(shown.graph, vocabulary().prefixes)
    if form is NTRIPLES:
        return formats.ntriples(shown.graph)
    if form is RDFXML:
        return rdfxml(shown.graph, vocabulary().prefixes)
    return _CITE[form.key](tree)


def _html(live: Generation, shown: Shown, cache: str) -> Response:
    found = shown.document
    shared: dict[str, Any] = {
        "shown": shown,
        "tree": shown.tree,
        "base": live.base,
        "schema_org": _embedded(shown.tree),
    }
    if found.record:
        response = page("record.html", cache=cache, modified=found.modified, **shared)
        links = record_links(shown.url, shown.tree)
    else:
        offset = max(0, request.args.get("offset", 0, int))
        size = current_app.extensions["shelfgraph"].settings["page_size"]
        total, records = live.documents.pointing(found.path, size, offset)
        others, things = live.documents.tied(found.path, 200)
        lists: dict[str, Any] = {
            "total": total,
            "records": records,
            "others": others,
            "things": things,
            "offset": offset,
            "size": size,
        }
        response = page("thing.html", cache=cache, **shared, **lists)
        links = thing_links(shown.url)
    response.headers["Link"] = header(links)
    return response


def _embedded(tree: dict[str, Any]) -> dict[str, Any]:
    return {"@context": "https://schema.org", **schema_org(tree)}


# -- what hangs below a record -------------------------------------------------------------------------------------


def _special(live: Generation, path: str) -> AnyResponse | None:
    """Answer for the source, the explanation and the linkset of a record; None where the path is none of them."""
    for ending, view in (("/source", _source), ("/why", _why), (".linkset.json", _linkset)):
        if path.startswith("record/") and path.endswith(ending):
            found = live.documents.get(path.removesuffix(ending))
            if found and not found.gone:
                return view(live, found)
    return None


def _source(live: Generation, found: Document) -> Response:
    source = live.documents.source(found.path)
    return answer(source.text if source else "", "text/plain; charset=utf-8")


def _linkset(live: Generation, found: Document) -> Response:
    shown = show(live, found)
    return json_answer(linkset(shown.url, record_links(shown.url, shown.tree)), content_type="application/linkset+json")


def _why(live: Generation, found: Document) -> Response:
    """Show where every triple comes from: kind of thing, field, row of the mapping."""
    source = live.documents.source(found.path)
    record = reread(source) if source else None
    if not isinstance(record, Record):
        return problem(404, "The source of this record is not kept.")
    licence = current_app.extensions["shelfgraph"].settings["licence"]
    rows = [
        {"triple": line.rstrip(), "thing": thing, "field": field, "row": row}
        for line, thing, field, row in Mapping(Site(live.base, licence), vocabulary()).trace(record)
    ]
    choice = choose(request.headers.get("Accept"), request.args.get("format"), (HTML, JSON))
    how = {"how": record.how, "remarks": [[r.field, r.problem, r.value] for r in record.remarks]}
    if choice and choice.format is JSON:
        return json_answer({"id": record.id, "place": record.source.place, **how, "triples": rows})
    return page("why.html", record=record, rows=rows, path=url_of(live, found))


__all__ = ["CONTEXT", "as_list", "blueprint", "show", "url_of"]
