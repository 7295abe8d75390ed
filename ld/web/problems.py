"""Errors in the form the client asked for: problem details, a page or plain text (RFC 9457)."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import msgspec
from flask import Response, current_app, render_template, request

from ld import errors
from ld.errors import QuerySyntaxError, ResultTooLarge, ShelfgraphError
from ld.formats.media import HTML, TEXT, Format
from ld.formats.problem import PROBLEM
from ld.site.generation import Generation
from ld.web.edge.visits import note
from ld.web.negotiation import choose
from ld.web.state import served

_RETRY_SECONDS = "5"
_STATUS: dict[type[ShelfgraphError], int] = {
    errors.QuerySyntaxError: 400,
    errors.QueryTooDeep: 400,
    errors.QueryForbidden: 403,
    errors.QueryTooLong: 413,
    errors.ResultTooLarge: 413,
    errors.ResultNotXML: 406,
    errors.ClientBusy: 429,
    errors.ClientGone: 503,
    errors.QueryMemory: 503,
    errors.QueueFull: 503,
    errors.QueryTimeout: 504,
    errors.QueryError: 500,
    errors.SiteError: 503,
    errors.WhyError: 503,
}


def json_text(value: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value)) + b"\n"


# -- errors ------------------------------------------------------------------------------------------------------------


def problem(status: int, detail: str, **more: Any) -> Response:
    """Return an error as problem details, as a page or as plain text, whichever the client prefers (RFC 9457)."""
    title = HTTPStatus(status).phrase
    choice = choose(request.headers.get("Accept"), None, (PROBLEM, HTML, TEXT))
    form = choice.format if choice else PROBLEM
    if form is HTML:
        body: str | bytes = render_template("problem.html", status=status, title=title, detail=detail, more=more)
    elif form is TEXT:
        body = f"{status} {title}: {detail}\n" + "".join(f"{key}: {value}\n" for key, value in more.items())
    else:
        body = json_text({"type": "about:blank", "title": title, "status": status, "detail": detail, **more})
    response = Response(body, status=status, content_type=form.content_type)
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("Accept")
    return retried(response)


def retried(response: Response) -> Response:
    """Say when to come back (RFC 9110 §10.2.3)."""
    if response.status_code in (429, 503):
        response.headers["Retry-After"] = _RETRY_SECONDS
    return response


def not_acceptable(url: str, offered: Sequence[Format], *, extensions: bool = False) -> Response:
    """Return a 406 that lists the types on offer with their addresses (RFC 9110 §15.5.7)."""
    sign = "." if extensions else "?format="
    there = [{"type": form.media_type, "url": f"{url}{sign}{form.key}"} for form in offered]
    return problem(406, "None of the types you accept is offered here.", available=there)


def failure(error: ShelfgraphError) -> tuple[int, str, dict[str, Any]]:
    """Return the status of an error, its message, and further facts: its place, or where the whole data is."""
    said = current_app.extensions["shelfgraph"].outward(str(error))
    note(failure=type(error).__name__)
    status = next((_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS), 500)
    if isinstance(error, QuerySyntaxError) and error.line:
        return status, said, {"line": error.line, "column": error.column}
    more = isinstance(error, ResultTooLarge) and isinstance(served(), Generation)
    return status, said, {"dumps": f"{served().base}dump/"} if more else {}
