"""What became of each request: a visit, told to those who watch (the access log, the metrics) when it is over."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from flask import Flask, has_request_context, request
from msgspec import Struct, field

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_VISIT = "shelfgraph.visit"


class Visit(Struct):
    """A request and its answer; of a query also its text, the seconds it waited and ran, and what went wrong."""

    method: str
    path: str
    arguments: str
    address: str
    agent: str
    at: float
    kind: str = ""
    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    size: int = 0
    seconds: float = 0.0
    query: str = ""
    queue: float = 0.0
    engine: float = 0.0
    failure: str = ""


Watcher = Callable[[Visit], object]


class Visits:
    """An application whose visits are told."""

    def __init__(self, app: WSGIApplication, watchers: Sequence[Watcher]) -> None:
        self.app, self._watchers = app, watchers

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        began = time.perf_counter()
        visit = environ[_VISIT] = _begun(environ)

        def start(status: str, headers: list[tuple[str, str]], *failed: Any) -> Callable[[bytes], object]:
            visit.status = int(status[:3])
            visit.kind = getattr(environ.get("werkzeug.request"), "endpoint", None) or "none"
            visit.headers = {name.lower(): value for name, value in headers}
            return start_response(status, headers, *failed)

        def over() -> None:
            visit.seconds = time.perf_counter() - began
            for watcher in self._watchers:
                watcher(visit)

        try:
            return _Sent(self.app(environ, start), visit, over)
        except BaseException:
            over()
            raise


class _Sent:
    """The body on its way out: its bytes are counted, and its end is told once."""

    def __init__(self, body: Iterable[bytes], visit: Visit, over: Callable[[], None]) -> None:
        self._body, self._pieces, self._visit = body, iter(body), visit
        self._over: Callable[[], None] | None = over

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        piece = next(self._pieces)
        self._visit.size += len(piece)
        return piece

    def close(self) -> None:
        """Close the body, and tell that the visit is over."""
        over, self._over = self._over, None
        try:
            if hasattr(self._body, "close"):
                self._body.close()
        finally:
            if over:
                over()


def _begun(environ: WSGIEnvironment) -> Visit:
    return Visit(
        method=environ["REQUEST_METHOD"],
        path=environ.get("SCRIPT_NAME", "") + environ["PATH_INFO"],
        arguments=environ.get("QUERY_STRING", ""),
        address=environ.get("REMOTE_ADDR", ""),
        agent=environ.get("HTTP_USER_AGENT", ""),
        at=time.time(),
    )


def install(app: Flask, watchers: Sequence[Watcher]) -> None:
    """Tell the watchers of every visit of the application."""
    if watchers:
        app.wsgi_app = Visits(app.wsgi_app, watchers)  # type: ignore[method-assign]


def note(**facts: str | float) -> None:
    """Add to the visit of the running request what only its view knows; nothing where nobody watches."""
    visit = request.environ.get(_VISIT) if has_request_context() else None
    for name, value in facts.items() if visit else ():
        setattr(visit, name, value)
