"""The SPARQL 1.1 Protocol endpoint: query in, answer out; editor for people; service description for machines."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import IO, Any
from urllib.parse import unquote_to_bytes

import msgspec
from flask import Blueprint, Response, current_app, render_template, request
from msgspec import Struct
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from ld.errors import QueryError, QueryForbidden, QueryTooLong
from ld.formats.media import FIELDS, HTML, QUERY, UPDATE, Format
from ld.formats.ntriples import serialized, triples
from ld.formats.table import GRAPH, RESULTS
from ld.site.pools import Pools, Served
from ld.sparql import guard
from ld.sparql.guard import Form
from ld.sparql.pool import Answer, Request
from ld.values import addresses
from ld.values.vocab import vocabulary
from ld.web.edge.disconnect import leaving
from ld.web.edge.limits import client
from ld.web.edge.visits import note
from ld.web.negotiation import choose, wanted
from ld.web.pages.service import PREFIXES, service_description
from ld.web.problems import failure, not_acceptable, problem, retried
from ld.web.responses import NEGOTIATED, answer
from ld.web.state import served

blueprint = Blueprint("sparql", __name__)
_GET_CHARACTERS = 16_384
_CHANGING = re.compile(r"\b(?:NOW|RAND|UUID|STRUUID)\s*\(", re.IGNORECASE)  # with each answer
_TABLE_ROWS = 1_000
_AT_ONCE = 1 << 20  # bytes of an answer that are sent from memory
_CHUNK = 1 << 16


class Asked(Struct, frozen=True):
    """What a request asks: the query and the graphs it names (None where it names none)."""

    query: str
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None


@blueprint.route("/sparql", methods=["GET", "POST"])
def sparql() -> Response:
    """Answer a query; without one, show the editor to browsers and the service description to programs."""
    live = served()
    asked = _asked()
    if asked is None:
        return _no_query(live)
    note(query=asked.query)
    named = request.args.get("format") or request.form.get("format")
    if _is_browser(named):
        return _table(live, asked)
    form = guard.inspect(asked.query)
    offered = GRAPH if form in (Form.CONSTRUCT, Form.DESCRIBE) else RESULTS
    choice = choose(request.headers.get("Accept"), named, offered)
    if choice is None:
        there = [{"type": one.media_type, "format": one.key} for one in offered]
        return problem(406, f"A {form.upper()} query is answered in none of the types you accept.", available=there)
    return _answered(live, asked, choice.format)


def _asked() -> Asked | None:
    """Return what the request asks, None where it contains no query (SPARQL 1.1 Protocol §2.1)."""
    sent = _sent()
    queries, updates = sent.getlist("query"), sent.getlist("update")
    if request.method == "POST" and request.mimetype == QUERY:
        queries.append(_utf8(request.get_data()))
    if request.method == "POST" and request.mimetype == UPDATE:
        updates.append("")
    _refuse_updates(len(updates))
    if len(queries) > 1:
        raise BadRequest("There must be one query, not several.")
    if not queries:
        if request.method == "POST":
            raise BadRequest("There is no query in the request.")
        return None
    if request.method != "POST" and len(queries[0]) > _GET_CHARACTERS:
        raise QueryTooLong(f"the query has over {_GET_CHARACTERS:,} characters: send it by POST")
    return _graphs(queries[0], sent)


def _sent() -> MultiDict[str, str]:
    """Return the parameters of the URL and of a form, decoded once; what is not UTF-8 is refused, not repaired."""
    raw = request.query_string
    if request.method == "POST":
        if request.mimetype not in (QUERY, FIELDS, UPDATE):
            raise UnsupportedMediaType(f"Send a query as {QUERY} or in a form ({FIELDS}).")
        charset = request.mimetype_params.get("charset", "utf-8").lower()
        if charset not in ("utf-8", "utf8", "us-ascii"):
            raise UnsupportedMediaType(f"A query is sent in UTF-8, not in {charset}.")
        if request.mimetype == FIELDS:
            raw += b"&" + request.get_data()
    _utf8(unquote_to_bytes(raw))
    return request.values


def _refuse_updates(count: int) -> None:
    """Raise where the request holds an update (SPARQL 1.1 Protocol §2.2)."""
    if count > 1:
        raise BadRequest("There must be one update, not several; and this endpoint is read-only.")
    if count and request.method != "POST":
        raise BadRequest("An update cannot be sent by GET, and this endpoint is read-only.")
    if count:
        raise QueryForbidden("this endpoint is read-only: it takes queries, no updates")


def _graphs(query: str, sent: MultiDict[str, str]) -> Asked:
    if "using-graph-uri" in sent or "using-named-graph-uri" in sent:
        raise BadRequest("A query takes default-graph-uri and named-graph-uri; using-… belongs to updates.")
    default, named = sent.getlist("default-graph-uri"), sent.getlist("named-graph-uri")
    if not default and not named:
        return Asked(query)
    if not all(map(addresses.is_iri, (*default, *named))):
        raise BadRequest("default-graph-uri and named-graph-uri take absolute IRIs.")
    return Asked(query, tuple(default), tuple(named))


def _utf8(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise BadRequest("The request is not UTF-8.") from None


def _run(live: Served, asked: Asked, form: Format, *, truncate: bool) -> Answer:
    pools: Pools = current_app.extensions["shelfgraph"].pools
    found = pools.of(live).answer(
        Request(
            text=asked.query,
            format=form.key,
            client=client(),
            default_graphs=asked.default_graphs,
            named_graphs=asked.named_graphs,
            truncate=truncate,
            prefixes=vocabulary().prefixes if form.prefixed else {},
            base=f"{live.base}sparql",
            gone=leaving(request.environ),
        )
    )
    note(queue=found.queue_seconds, engine=found.engine_seconds)
    return found


def _answered(live: Served, asked: Asked, form: Format) -> Response:
    """Return the whole answer, or a 304 where the client holds it already: data and query make the ETag."""
    response = Response(content_type=form.content_type)
    response.vary.add("Accept")
    if request.method != "POST" and not _CHANGING.search(asked.query):
        response.headers["Cache-Control"] = "public, max-age=60"
        response.set_etag(_etag(live, asked, form))
        if _held(response):
            response.status_code = 304
            return response
    found = _run(live, asked, form, truncate=_truncates())
    if found.size > _AT_ONCE:
        response.response = _chunks(found.body)
        response.content_length = found.size
        response.call_on_close(found.body.close)
    else:
        with found.body as body:
            response.set_data(body.read())
    if found.truncated:
        response.headers["Shelfgraph-Truncated"] = "true" + ("; the dumps at /dump/ are complete" if live.about else "")
    queue, engine = found.queue_seconds * 1000, found.engine_seconds * 1000
    response.headers["Server-Timing"] = f"queue;dur={queue:.1f}, engine;dur={engine:.1f}"
    return response


def _chunks(body: IO[bytes]) -> Iterator[bytes]:
    """Yield the bytes of a file, a piece at a time, and close it."""
    with body:
        yield from iter(lambda: body.read(_CHUNK), b"")


def _truncates() -> bool:
    return "1" in (request.args.get("truncate"), request.form.get("truncate"))


def _held(response: Response) -> bool:
    """Determine whether the client holds the answer, in any encoding (the part of its ETag after the colon)."""
    etag = response.get_etag()[0]
    held = next(
        (name for name in request.if_none_match.as_set(include_weak=True) if name.partition(":")[0] == etag), None
    )
    if held:
        response.set_etag(held)
    return held is not None


def _etag(live: Served, asked: Asked, form: Format) -> str:
    parts = [live.id, form.media_type, asked.query, repr(asked.default_graphs), repr(asked.named_graphs)]
    return hashlib.sha256("\0".join([*parts, request.args.get("truncate", "")]).encode()).hexdigest()[:24]


# -- for people ----------------------------------------------------------------------------------------------------


def _is_browser(named: str | None) -> bool:
    """Determine whether the client would rather have a page than data."""
    if named == HTML.key:
        return True
    choice = choose(request.headers.get("Accept"), named, (*RESULTS, *GRAPH, HTML))
    return choice is not None and choice.format is HTML


def _table(live: Served, asked: Asked) -> Response:
    """Show the answer as a page: a table of at most a thousand rows, or Turtle; or the error, over the query."""
    shown: dict[str, Any] = {"query": asked.query}
    try:
        graph = guard.inspect(asked.query) in (Form.CONSTRUCT, Form.DESCRIBE)
        found = _run(live, asked, (GRAPH if graph else RESULTS)[0], truncate=True)
    except QueryError as error:
        status, said, place = failure(error)
        return _editor(live, shown | {"error": said, **place}, status)
    with found.body as body:
        data = body.read()
    shown |= {"truncated": found.truncated, "seconds": found.engine_seconds}
    if graph:
        return _editor(live, shown | {"graph": data[:_AT_ONCE].decode(errors="ignore")}, 200)
    return _editor(live, shown | {"result": _cut(msgspec.json.decode(data))}, 200)


def _cut(result: dict[str, Any]) -> dict[str, Any]:
    if "results" in result:
        bindings = result["results"]["bindings"]
        result["more"] = len(bindings) > _TABLE_ROWS
        result["results"]["bindings"] = bindings[:_TABLE_ROWS]
    return result


def _no_query(live: Served) -> Response:
    """Show the editor, or answer with the service description (SPARQL 1.1 Service Description §2)."""
    choice = wanted((*GRAPH, HTML))
    if choice is None:
        return not_acceptable(f"{live.base}sparql", (*GRAPH, HTML))
    if choice.format is HTML:
        return _editor(live, {}, 200)
    lines = service_description(live, current_app.extensions["shelfgraph"].settings)
    body = serialized(triples(lines), choice.format, PREFIXES if choice.format.prefixed else {})
    response = answer(body, choice.format.content_type, cache="public, max-age=60")
    response.vary.add("Accept")
    return response


def _editor(live: Served, shown: dict[str, Any], status: int) -> Response:
    asked = examples(live.base) if live.about else []
    known = {"base": live.base, "examples": asked, "prefixes": vocabulary().prefixes}
    settings = current_app.extensions["shelfgraph"].settings
    html = render_template("sparql.html", **known, shown=shown, settings=settings)
    response = Response(html, status=status, content_type=HTML.content_type)
    response.headers["Cache-Control"] = NEGOTIATED
    response.vary.add("Accept")
    return retried(response)


def examples(base: str) -> list[dict[str, str]]:
    """Return the example queries of `vocab/queries/`, each with its question; federated ones are not answered here."""
    found = []
    for name in vocabulary().names("queries/*.rq"):
        text = vocabulary().text(name).replace("{base}", base)
        head = dict(
            line.lstrip("# ").split(": ", 1) for line in text.splitlines() if line.startswith("# ") and ": " in line
        )
        body = "\n".join(line for line in text.splitlines() if not line.startswith("# ")).strip()
        if head.get("federated") != "yes":
            found.append({"name": name, "question": head.get("question", name), "query": body})
    return found
