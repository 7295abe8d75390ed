"""Records and shared things over HTTP: find the document, choose a format, answer."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import msgspec
from flask import Blueprint, Response, current_app, redirect, request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from ld.formats.citation import cited
from ld.formats.jsonld import JSON, JSONLD
from ld.formats.links import LONGEST_LOCATION, Link, address, header, html_links, linkset, node_of, schema_org, spelled
from ld.formats.media import HTML, LINKSET, TEXT, Format
from ld.formats.table import DOCUMENT, RECORD, by_extension
from ld.site.documents import Document
from ld.site.generation import Generation
from ld.site.shown import CONTEXT, Shown, url_of
from ld.site.why import Question
from ld.values.email import masked
from ld.values.vocab import vocabulary
from ld.web.negotiation import Choice, wanted
from ld.web.problems import not_acceptable, problem
from ld.web.responses import FIXED, IMMUTABLE, NEGOTIATED, answer, json_answer, page
from ld.web.state import generation

blueprint = Blueprint("documents", __name__)
_CONTEXT_REL = "http://www.w3.org/ns/json-ld#context"
_MOST_THINGS = 200
MOST_OFFSET = 1_000_000_000


@blueprint.get("/<path:path>")
def document(path: str) -> AnyResponse:
    """Answer with the document at the path, in the form of its extension or in the one the client prefers."""
    live = generation()
    found, form = _find(live, path)
    if found is None:
        return _beside(live, path)
    if found.gone:
        return _gone(live, found)
    offered = RECORD if found.record else DOCUMENT
    if form:
        return _formed(live, found, Choice(form), negotiated=False) if form in offered else _no_form(found, form)
    choice = wanted(offered)
    if choice is None:
        return not_acceptable(url_of(live.base, found), offered, extensions=True)
    return _formed(live, found, choice, negotiated=True)


@blueprint.get("/.well-known/void")
def void() -> AnyResponse:
    """Answer with the dataset's description (VoID §7.2)."""
    return document("dataset")


@blueprint.get(f"/{CONTEXT}")
def context() -> Response:
    """Answer with the JSON-LD context; its URL changes when it does."""
    return answer(vocabulary().text("context.jsonld"), JSONLD.content_type, cache=IMMUTABLE)


# -- finding -----------------------------------------------------------------------------------------------------------


def _find(live: Generation, path: str) -> tuple[Document | None, Format | None]:
    """Return the document and the format its extension asks for; an id may itself look like it had an extension."""
    document = live.documents.get(path)
    if document:
        return document, None
    stems = ((live.documents.get(stem), form) for stem, form in by_extension(path))
    return next((one for one in stems if one[0]), (None, None))


def _beside(live: Generation, path: str) -> AnyResponse:
    """Answer for a path that is no document: a page below one, another name of one, or nothing (404)."""
    for ending, view in (("/source", _source), ("/why", _why), (f".{LINKSET.key}", _linkset)):
        document = live.documents.get(path.removesuffix(ending)) if path.endswith(ending) else None
        if document:
            return _gone(live, document) if document.gone else view(live, document)
    for name in (path, *(stem for stem, _ in by_extension(path))):
        moved = live.documents.moved(name)
        if moved and live.documents.get(moved[0]) is None:
            raise NotFound(f"A cataloguer decided: {moved[1]}. No record speaks of /{moved[0]} now.")
        target = moved[0] if moved else live.documents.alias(name)
        if target:
            return redirect(live.base + address(target) + quote(path.removeprefix(name)), code=301)
    for name in (path, *(stem for stem, _ in by_extension(path))):
        target = live.documents.loosely(name)
        if target:  # for now: with the next record it may mean two things
            return redirect(live.base + address(target) + quote(path.removeprefix(name)), code=302)
    raise NotFound(f"There is nothing at /{path}: search the catalogue, or start at its home page.")


def _gone(live: Generation, document: Document) -> Response:
    """Return a 410 that says what was here, when and why it was deleted, and what replaces it (RFC 9110 §15.5.11)."""
    record = {
        "title": document.title,
        "url": url_of(live.base, document),
        "modified": document.modified,
        "deleted": document.gone_on,
    }
    if document.successor:
        record["successor"] = live.base + address(f"record/{document.successor}")
    response = problem(410, f"The record was deleted: {document.gone}", record=record)
    if document.successor:  # RFC 5829 §3.2
        response.headers.add("Link", header([Link(record["successor"], "successor-version")]))
    return response


def _no_form(document: Document, form: Format) -> Response:
    return problem(404, f"{document.title} cannot be cited as {form.label}: only records have citations.")


def show(live: Generation, document: Document) -> Shown:
    """Return the document on its way out."""
    return Shown(live.documents, document, live.forms.get(document.n) if document.record else None)


# -- answering ---------------------------------------------------------------------------------------------------------


def _formed(live: Generation, document: Document, choice: Choice, *, negotiated: bool) -> Response:
    """Answer with the chosen format. Headers about the body come only with a body (RFC 9110 §15.4.5)."""
    shown, cache = show(live, document), NEGOTIATED if negotiated else FIXED
    if choice.format is HTML:
        response = _html(live, shown, cache)
    else:
        modified = document.modified if document.record else live.manifest.created
        response = answer(_body(shown, choice), choice.content_type, cache=cache, modified=modified)
    if response.status_code == 200:
        response.headers.add("Link", _links(live, shown, choice.format))
    if negotiated:
        response.headers.add("Vary", "Accept")
        _locate(response, shown, choice)
    return response


def _links(live: Generation, shown: Shown, form: Format) -> str:
    """Return the value of the format's Link header."""
    if form is HTML:
        return header(_of_page(shown), shown.beside)
    # JSON-LD 1.1 §6.1: plain JSON is read as JSON-LD by this link
    of_json = header([Link(live.base + CONTEXT, _CONTEXT_REL, JSONLD.media_type)]) + ", " if form is JSON else ""
    return of_json + shown.data_header


def _of_page(shown: Shown) -> list[Link]:
    """Return the links of the HTML page."""
    return [*html_links(shown.url, shown.facts), *shown.links]


def _locate(response: Response, shown: Shown, choice: Choice) -> None:
    """Say at which URL this very form is to be had (RFC 9110 §8.7); a page of a list and a profile have none."""
    location = spelled(f"{shown.url}.{choice.format.key}")
    elsewhere = choice.profile or (choice.format is HTML and request.args.get("offset"))
    if not elsewhere and len(location) <= LONGEST_LOCATION:
        response.headers.add("Content-Location", location)


def _body(shown: Shown, choice: Choice) -> bytes:
    form = choice.format
    if choice.profile and form.reshape:
        return form.reshape(shown, choice.profile)
    return form.sent(shown.made(form))


def _html(live: Generation, shown: Shown, cache: str) -> Response:
    document = shown.document
    shared: dict[str, Any] = {"shown": shown, "base": live.base, "schema_org": _embedded(shown)}
    if document.record:
        collection = live.documents.card(f"dataset/{shown.summary.collection}")
        shared |= {"summary": shown.summary, "collection": collection, "topic": shown.subject}
        shared["said"] = cited(shown.cited)
        return page("record.html", cache=cache, modified=document.modified, **shared)
    shared |= {"card": shown.card, "rows": live.documents.rows(shown.card), **_lists(live, document)}
    return page("thing.html", cache=cache, modified=live.manifest.created, **shared)


def _embedded(shown: Shown) -> dict[str, Any] | None:
    """Return the work in schema.org's own words, None where the graph gives it no class of these."""
    work = schema_org(node_of(shown.tree, shown.about) or {})
    return {"@context": "https://schema.org", **work} if "@type" in work else None


def _lists(live: Generation, document: Document) -> dict[str, Any]:
    """Return what points at a shared thing: a page of the records, and the first of the other things."""
    offset = min(max(0, request.args.get("offset", 0, int)), MOST_OFFSET)
    size = current_app.extensions["shelfgraph"].settings["page_size"]
    total, records = live.documents.pointing(document.path, size, offset)
    others, things = live.documents.tied(document.path, _MOST_THINGS)
    return {"total": total, "records": records, "others": others, "things": things, "offset": offset, "size": size}


# -- what hangs below a document ---------------------------------------------------------------------------------------


def _source(live: Generation, document: Document) -> Response:
    """Answer with the source record as it came, but for e-mail addresses, which are masked; a header says so."""
    source = live.documents.source(document.path) if document.record else None
    if source is None:
        raise NotFound(f"{document.title} has no source record.")
    text = masked(source.text)
    response = answer(text, TEXT.content_type, modified=document.modified)
    if text != source.text:
        response.headers["Shelfgraph-Masked"] = "e-mail addresses: an asterisk for each byte"
    return response


def _is_apart(document: Document) -> bool:
    """Determine whether it is described as a work of its own: only a record about a journal can be the journal."""
    return document.record and not document.summary.topic


def _linkset(live: Generation, document: Document) -> Response:
    """Answer with the links of a document (RFC 9264)."""
    shown = show(live, document)
    links = dict.fromkeys([*_of_page(shown), *shown.of_data])
    return json_answer(linkset(shown.url, links), content_type=LINKSET.content_type)


def _why(live: Generation, document: Document) -> Response:
    """Show where every triple comes from: kind of thing, field, row of the mapping."""
    url = url_of(live.base, document)
    source = live.documents.source(document.path) if document.record else None
    choice = wanted((HTML, JSON))
    if source and choice is None:
        return not_acceptable(f"{url}/why", (HTML, JSON))
    state = current_app.extensions["shelfgraph"]
    explained = (
        state.why.explain(Question(source, live.base, state.settings["licence"], _is_apart(document)))
        if source
        else None
    )
    if choice is None or explained is None:
        raise NotFound(f"The source record of {document.title} is not kept.")
    if choice.format is HTML:
        response = page("why.html", record=explained, url=url)
    else:
        value = {name: value for name, value in msgspec.to_builtins(explained).items() if name != "title"}
        response = json_answer(value, cache=NEGOTIATED)
    response.vary.add("Accept")
    return response
