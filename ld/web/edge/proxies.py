"""The way in: which client a trusted proxy speaks for, and which path is asked for below that of the base URL."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_HEALTH = "/healthz"  # answered whatever the site is like


class Below:
    """An application below the path of its base URL, whether a proxy takes that path away or leaves it.

    Nothing else that a proxy says is believed: links are made from the base URL, never from a request.
    """

    def __init__(self, app: WSGIApplication, base: Callable[[], str]) -> None:
        self.app, self._base = app, base

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path != _HEALTH:
            # PEP 3333: the bytes of a path as Latin-1
            root = unquote(urlsplit(self._base()).path, "latin-1").rstrip("/")
            if root and f"{path}/".startswith(f"{root}/"):
                environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + root
                environ["PATH_INFO"] = path[len(root) :] or "/"
        return self.app(environ, start_response)


def install(app: Flask, base: Callable[[], str]) -> None:
    """Let the application stand below its base URL."""
    app.wsgi_app = Below(app.wsgi_app, base)  # type: ignore[method-assign]  # as Flask's documentation does it


def believe(app: Flask, proxies: int) -> None:
    """Take the client's address from that many proxies in front; the last one in X-Forwarded-For is the nearest."""
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=0)  # type: ignore[method-assign]
