"""What clients may take of the server: requests a minute, long answers at once, and bodies that are still coming in."""

from __future__ import annotations

import math
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable
from http import HTTPMethod
from typing import cast

from flask import Flask, Response, request
from werkzeug.wsgi import ClosingIterator

from ld.settings import Settings
from ld.web.edge.clients import counted
from ld.web.problems import problem

STREAMS, STREAMS_A_CLIENT = 32, 8
BODIES, BODIES_A_CLIENT = 16, 4
_MOST_CLIENTS = 10_000
_MINUTE = 60.0
_AT_ONCE = 1 << 15  # bytes of an answer that the HTTP server takes, however slow the client is
# What harvesters are to take in place of single pages, and what watches the server.
_FREE = ("discovery", "health", "downloads")
_FREE_PAGES = ("documents.context", "static")


class Rate:
    """A number of requests per minute for each client, at once or one by one: a token bucket (GCRA) in bounded memory.

    Of a client it keeps the moment at which its bucket is full again. Where there are more clients than places, the
    one that has not asked for longest is forgotten.
    """

    def __init__(self, per_minute: int, most: int = _MOST_CLIENTS) -> None:
        self.per_minute = per_minute
        self._interval, self._most = _MINUTE / per_minute, most
        self._full_at: OrderedDict[str, float] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._full_at)

    def take(self, client: str, now: float) -> tuple[int, float]:
        """Return how many more requests there are and the seconds until all are; -1 and until the next, if refused."""
        with self._lock:
            full_at = max(now, self._full_at.get(client, now)) + self._interval
            over = full_at - now - _MINUTE
            if over > 1e-6:
                return -1, over
            self._full_at[client] = full_at
            self._full_at.move_to_end(client)
            if len(self._full_at) > self._most:
                self._full_at.popitem(last=False)
        return int(-over / self._interval + 1e-6), full_at - now


class Places:
    """Places for things that go on at once: a number in all, and a number for each client."""

    def __init__(self, most: int, per_client: int) -> None:
        self._most, self._per_client = most, per_client
        self._clients: Counter[str] = Counter()
        self._lock = threading.Lock()

    def take(self, client: str) -> Callable[[], None] | None:
        """Return what gives the place back that was taken, once; None where there is no place."""
        with self._lock:
            if self._clients.total() >= self._most or self._clients[client] >= self._per_client:
                return None
            self._clients[client] += 1
        taken = [client]

        def give_back() -> None:
            with self._lock:  # once; and who has no place any more is forgotten
                self._clients -= Counter(taken)
                taken.clear()

        return give_back


def install(app: Flask, settings: Settings) -> None:
    """Keep the clients of the application within their limits."""
    streams, bodies = Places(STREAMS, STREAMS_A_CLIENT), Places(BODIES, BODIES_A_CLIENT)
    if settings["requests_per_minute"]:
        _limit(app, Rate(settings["requests_per_minute"]))
    app.before_request(lambda: _body(bodies))
    app.after_request(lambda response: _stream(streams, response))


def client() -> str:
    """Return the client of the running request, as all limits count it."""
    return counted(request.remote_addr or "")


# -- requests a minute -------------------------------------------------------------------------------------------------


def _limit(app: Flask, rate: Rate) -> None:
    """Refuse requests over the rate (RFC 6585 §4), and tell the others how many they have left.

    The fields are those of draft-ietf-httpapi-ratelimit-headers-10.
    """

    def refuse() -> Response | None:
        if request.blueprint in _FREE or request.endpoint in _FREE_PAGES or request.method == HTTPMethod.OPTIONS:
            return None
        left, seconds = rate.take(client(), time.monotonic())
        request.environ["shelfgraph.rate"] = max(0, left), math.ceil(seconds)
        if left >= 0:
            return None
        response = problem(
            429, f"One client may make {rate.per_minute:,} requests a minute. The dumps at /dump/ hold everything."
        )
        response.headers["Retry-After"] = str(math.ceil(seconds))
        return response

    def tell(response: Response) -> Response:
        if "shelfgraph.rate" in request.environ:
            left, seconds = request.environ["shelfgraph.rate"]
            response.headers["RateLimit-Policy"] = f'"default";q={rate.per_minute};w={_MINUTE:.0f}'
            response.headers["RateLimit"] = f'"default";r={left};t={seconds}'
        return response

    app.before_request(refuse)
    app.after_request(tell)


# -- what holds a thread ----------------------------------------------------------------------------------------------


def _body(places: Places) -> Response | None:
    """Read the body before anything else; the number of clients that may be slow at sending one is limited."""
    if request.method != HTTPMethod.POST or request.endpoint != "sparql.sparql":
        return None
    give_back = places.take(client())
    if give_back is None:
        return problem(503, "Too many requests are still being sent. Try again, or ask by GET.")
    try:
        request.get_data()
    finally:
        give_back()
    return None


def _stream(places: Places, response: Response) -> Response:
    """Limit the number of long answers on their way: each holds a thread until its client has taken it in."""
    size = response.content_length
    if not response.is_streamed or (size is not None and size <= _AT_ONCE) or request.method == HTTPMethod.HEAD:
        return response
    give_back = places.take(client())
    if give_back is None:
        response.close()
        return problem(503, "Too many long answers are on their way. Try again in a moment.")
    if response.direct_passthrough:  # a file, whose own end is all that is told of it
        response.response = ClosingIterator(cast(Iterable[bytes], response.response), give_back)
    else:
        response.call_on_close(give_back)
    return response
