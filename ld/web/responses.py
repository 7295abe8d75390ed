"""What every answer has: validators, CORS, security headers; and errors in the form the client asked for (RFC 9457)."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, current_app, g, render_template, request
from flask_compress import Compress
from werkzeug.datastructures import Headers
from werkzeug.exceptions import HTTPException
from werkzeug.http import http_date, parse_accept_header

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

from ld.errors import ShelfgraphError
from ld.formats.jsonld import JSON
from ld.formats.media import HTML
from ld.formats.table import EVERY
from ld.memo import cached
from ld.web.problems import failure, json_text, problem

NEGOTIATED = "private, no-cache"  # shared caches exist that ignore Vary
FIXED = "public, max-age=300, stale-while-revalidate=86400"
IMMUTABLE = "public, max-age=31536000, immutable"
_CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)
_EXPOSED = (
    "Accept-Ranges, Content-Disposition, Content-Location, Content-Range, Dataset-Version, ETag, Last-Modified, Link,"
    " RateLimit, RateLimit-Policy, Repr-Digest, Retry-After, Server-Timing, Shelfgraph-Masked,"
    " Shelfgraph-Truncated"
)
_COMMON = [
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", _EXPOSED),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Content-Security-Policy", _CSP),
]
_CONDITIONS = {"HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE"}
_LONG = 500  # letters of a header that is looked at anew each time
# Whatever has a form is text; dump files are packed already, and are sent as they lie there.
_COMPRESSED = sorted({form.media_type for form in EVERY})
_ENCODINGS = ["zstd", "br", "gzip"]


# -- good answers ------------------------------------------------------------------------------------------------------


def answer(body: bytes | str, content_type: str, *, cache: str = FIXED, modified: str = "") -> Response:
    """Return a 200 with a strong ETag, or a 304 or 412 where the client's conditions say so."""
    data = body.encode() if isinstance(body, str) else body
    etag = hashlib.sha256(b"%b\0%b" % (content_type.encode(), data)).hexdigest()[:24]
    headers = [("Content-Type", content_type), ("Cache-Control", cache), ("ETag", f'"{etag}"')]
    if modified:
        headers += _last_modified(modified)
    response = _Answer(headers=headers)
    if not _CONDITIONS.isdisjoint(request.environ):
        response.make_conditional(request)
        _held(response, etag)
    if response.status_code == 200:
        response.set_data(data)
    return response


class _Answer(Response):
    """A response whose headers are as they shall be sent: werkzeug would check each a second time."""

    def get_wsgi_headers(self, environ: WSGIEnvironment) -> Headers:
        """Return the headers; those about a body only where there is one (RFC 9110 §15.4.5)."""
        if self.status_code == 304:
            for name in ("Content-Type", "Content-Length"):
                self.headers.remove(name)
        return self.headers


def _held(response: Response, etag: str) -> None:
    """Make it a 304 where the client has an encoded form that it still takes (RFC 9111 §4.3.4)."""
    forms = (f"{etag}:{encoding}" for encoding in _ENCODINGS if request.accept_encodings[encoding])
    encoded = next(filter(request.if_none_match.contains_weak, forms), "")
    if encoded:
        response.status_code = 304
        response.set_etag(encoded)


def json_answer(value: Any, *, cache: str = FIXED, content_type: str = JSON.content_type) -> Response:
    """Return the value as indented JSON."""
    return answer(json_text(value), content_type, cache=cache)


def page(template: str, *, cache: str = NEGOTIATED, modified: str = "", **values: Any) -> Response:
    """Return an HTML page."""
    response = answer(render_template(template, **values), HTML.content_type, cache=cache, modified=modified)
    response.headers["Content-Language"] = "en"
    return response


@cached(10_000)
def _last_modified(text: str) -> list[tuple[str, str]]:
    """Return the Last-Modified header for an xsd:dateTime, none where it is no time; UTC where it names no zone."""
    with suppress(ValueError):
        time = datetime.fromisoformat(text)
        return [("Last-Modified", http_date(time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)))]
    return []


def _http_error(error: HTTPException) -> Response:
    if error.code is None or error.response is not None or error.code < 400:
        return error.get_response()  # type: ignore[return-value]  # a redirect is a response too
    response = problem(error.code, error.description or "")
    for name, value in error.get_headers():
        if name in ("Allow", "Content-Range"):
            response.headers[name] = value
    return response


def _error(error: ShelfgraphError) -> Response:
    status, said, more = failure(error)
    return problem(status, f"{said} The whole is in the dumps." if "dumps" in more else said, **more)


# -- what all answers share --------------------------------------------------------------------------------------------


def install(app: Flask) -> None:
    """Make every answer of the app carry the common headers, and every failure a clear answer."""
    app.config.update(
        COMPRESS_ALGORITHM=_ENCODINGS,
        COMPRESS_ALGORITHM_STREAMING=_ENCODINGS,
        COMPRESS_MIMETYPES=_COMPRESSED,
        COMPRESS_REGISTER=False,
    )
    compress = Compress(app)

    def compressed(response: Response) -> Response:
        """Encode the answer as the client likes best, unless it is a file or small."""
        accepted = request.headers.get("Accept-Encoding", "")
        choose_coding = _known_coding if len(accepted) < _LONG else _coding
        coding = "" if request.endpoint == "downloads.dump" else choose_coding(accepted)
        if coding:
            if hasattr(response.response, "close"):  # a file, which would be left open after HEAD
                response.call_on_close(response.response.close)
            request.environ["HTTP_ACCEPT_ENCODING"] = coding  # flask-compress reads weights otherwise than RFC 9110
            return compress.after_request(response)
        if request.endpoint != "downloads.dump":
            response.headers["Vary"] = ", ".join(filter(None, (response.headers.get("Vary"), "Accept-Encoding")))
        return response

    app.after_request(_headers)
    app.after_request(compressed)  # runs before the one above
    app.after_request(_unmet)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(ShelfgraphError, _error)
    app.before_request(_preflight)
    app.before_request(_any_will_do)


def _unmet(response: Response) -> Response:
    """Answer that a condition is not met, in place of what was asked for (RFC 9110 §15.5.13)."""
    if response.status_code != HTTPStatus.PRECONDITION_FAILED:
        return response
    response.close()
    return problem(412, "What you have is no longer what is here.")


def _coding(accepted: str) -> str:
    """Return the encoding that the client likes best, empty for none; one with q=0 is refused (RFC 9110 §12.5.3)."""
    weights = {name.lower(): quality for name, quality in parse_accept_header(accepted)}
    others = weights.get("*", 0.0)
    best = max(_ENCODINGS, key=lambda one: weights.get(one, others))
    quality = weights.get(best, others)
    return best if quality and quality >= weights.get("identity", 0.0) else ""


_known_coding = cached(1000)(_coding)


def _any_will_do() -> None:
    """Take away `If-Match: *`, which all that there is meets (RFC 9110 §13.1.1), and which werkzeug does not know."""
    if request.environ.get("HTTP_IF_MATCH", "").strip() == "*":
        del request.environ["HTTP_IF_MATCH"]


def _preflight() -> Response | None:
    """Answer OPTIONS for every address alike, so that browsers' scripts may ask from anywhere (Fetch §3.2)."""
    if request.method != "OPTIONS":
        return None
    response = Response(status=204)
    methods = "GET, HEAD, POST, OPTIONS" if request.path == "/sparql" else "GET, HEAD, OPTIONS"
    response.headers["Allow"] = response.headers["Access-Control-Allow-Methods"] = methods
    response.headers["Access-Control-Allow-Headers"] = "Accept, Content-Type, If-None-Match, If-Range, Range"
    response.headers["Access-Control-Max-Age"] = "86400"
    return response


def _headers(response: Response) -> Response:
    response.headers.extend(_COMMON)
    found = g.get("served") or current_app.extensions["shelfgraph"].live.opened()
    if found:
        response.headers.add("Dataset-Version", found.id)
    return response
