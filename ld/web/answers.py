"""What every answer has: validators, CORS, security headers; and errors in the form the client asked for (RFC 9457)."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import msgspec
from flask import Flask, Response, current_app, g, render_template, request
from werkzeug.exceptions import HTTPException

from ld import errors
from ld.errors import QuerySyntaxError, ShelfgraphError
from ld.formats import HTML, JSON, Format
from ld.generation import Generation
from ld.web.negotiation import choose

NEGOTIATED = "private, no-cache"
FIXED = "public, max-age=300, stale-while-revalidate=86400"
IMMUTABLE = "public, max-age=31536000, immutable"
_PROBLEM = Format("problem", "application/problem+json", "Problem", ("application/json", "application/ld+json"))
_TEXT = Format("txt", "text/plain", "Text")
_CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)
_EXPOSED = (
    "Content-Location, Content-Range, Dataset-Version, ETag, Last-Modified, Link, Repr-Digest, Retry-After,"
    " Server-Timing, Shelfgraph-Truncated"
)
_STATUS: dict[type[ShelfgraphError], int] = {
    errors.QuerySyntaxError: 400,
    errors.QueryTooDeep: 400,
    errors.QueryForbidden: 403,
    errors.QueryTooLong: 413,
    errors.ResultTooLarge: 413,
    errors.ClientBusy: 429,
    errors.QueryMemory: 503,
    errors.QueueFull: 503,
    errors.QueryTimeout: 504,
    errors.QueryError: 500,
    errors.SiteError: 503,
}


def generation() -> Generation:
    """Return the live generation; the same one throughout a request."""
    if "generation" not in g:
        g.generation = current_app.extensions["shelfgraph"].live.current()
    return g.generation  # type: ignore[no-any-return]  # g is untyped


def answer(body: bytes | str, content_type: str, *, cache: str = FIXED, modified: str = "") -> Response:
    """Return a 200 with a strong ETag over its bytes, or a 304 or 412 where the client's conditions say so."""
    data = body.encode() if isinstance(body, str) else body
    response = Response(data, content_type=content_type)
    response.headers["Cache-Control"] = cache
    response.set_etag(hashlib.sha256(content_type.encode() + b"\0" + data).hexdigest()[:24])
    if modified:
        response.last_modified = datetime.fromisoformat(modified).astimezone(UTC)
    response.make_conditional(request)
    return response


def json_answer(value: Any, *, cache: str = FIXED, content_type: str = "application/json") -> Response:
    """Return the value as indented JSON."""
    return answer(msgspec.json.format(msgspec.json.encode(value)) + b"\n", content_type, cache=cache)


def page(template: str, *, cache: str = NEGOTIATED, modified: str = "", **values: Any) -> Response:
    """Return an HTML page."""
    return answer(render_template(template, **values), HTML.content_type, cache=cache, modified=modified)


def problem(status: int, detail: str, **more: Any) -> Response:
    """Return an error as problem details, as a page or as plain text, whichever the client prefers (RFC 9457)."""
    title = HTTPStatus(status).phrase
    choice = choose(request.headers.get("Accept"), None, (_PROBLEM, HTML, _TEXT))
    form = choice.format if choice else _PROBLEM
    if form is HTML:
        body: str | bytes = render_template("problem.html", status=status, title=title, detail=detail, more=more)
    elif form is _TEXT:
        body = f"{status} {title}: {detail}\n"
    else:
        fields = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
        body = msgspec.json.format(msgspec.json.encode(fields)) + b"\n"
    response = Response(body, status=status, content_type=form.content_type)
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("Accept")
    if status in (429, 503):
        response.headers["Retry-After"] = "5"
    return response


def not_acceptable(url: str, offered: tuple[Format, ...]) -> Response:
    """Return a 406 that lists what there is (RFC 9110 §15.5.7)."""
    there = [{"type": form.media_type, "url": f"{url}.{form.key}"} for form in offered]
    return problem(406, "None of the types you accept is offered here.", available=there)


def install(app: Flask) -> None:
    """Make every answer of the app carry the common headers, and every failure a clear answer."""
    app.after_request(_headers)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(ShelfgraphError, _error)
    app.before_request(_preflight)


def _preflight() -> Response | None:
    """Answer OPTIONS for every address alike, so that browsers' scripts may ask from anywhere."""
    if request.method != "OPTIONS":
        return None
    response = Response(status=204)
    methods = "GET, HEAD, POST, OPTIONS" if request.path == "/sparql" else "GET, HEAD, OPTIONS"
    response.headers["Allow"] = response.headers["Access-Control-Allow-Methods"] = methods
    response.headers["Access-Control-Allow-Headers"] = "Accept, Content-Type, If-None-Match, Range"
    response.headers["Access-Control-Max-Age"] = "86400"
    return response


def _headers(response: Response) -> Response:
    headers = response.headers
    headers["Access-Control-Allow-Origin"] = "*"
    headers["Access-Control-Expose-Headers"] = _EXPOSED
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    headers["Content-Security-Policy"] = _CSP
    if "generation" in g:
        headers["Dataset-Version"] = g.generation.id
    return response


def _http_error(error: HTTPException) -> Response:
    if error.code is None or error.response is not None or error.code < 400:
        return error.get_response()  # type: ignore[return-value]  # a redirect is a response too
    response = problem(error.code, error.description or "")
    for name, value in error.get_headers():
        if name in ("Allow", "Content-Range"):
            response.headers[name] = value
    return response


def _error(error: ShelfgraphError) -> Response:
    status = next((_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS), 500)
    more = {"line": error.line, "column": error.column} if isinstance(error, QuerySyntaxError) else {}
    return problem(status, str(error), **more)


__all__ = [
    "FIXED",
    "IMMUTABLE",
    "JSON",
    "NEGOTIATED",
    "answer",
    "generation",
    "install",
    "json_answer",
    "page",
    "problem",
]
