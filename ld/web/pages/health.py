"""Whether the server lives, and whether it can answer."""

from __future__ import annotations

import threading
import time
from weakref import WeakKeyDictionary

from flask import Blueprint, Response, current_app, redirect
from werkzeug.wrappers import Response as AnyResponse

from ld.errors import SiteError
from ld.sparql.pool import QueryPool
from ld.web.responses import json_answer
from ld.web.state import generation, served

blueprint = Blueprint("health", __name__)
door = Blueprint("door", __name__)
_CHECK_SECONDS = 1.0
_checking = threading.Lock()
_checked: WeakKeyDictionary[QueryPool, tuple[float, SiteError | None]] = WeakKeyDictionary()


@door.get("/healthz")
@blueprint.get("/healthz")
def healthz() -> Response:
    """Tell that the server is alive."""
    return json_answer({"status": "ok"}, cache="no-store")


@blueprint.get("/readyz")
def readyz() -> Response:
    """Tell which generation is served, and why not the one last switched in; 503 where none or no query can be."""
    live, state = generation(), current_app.extensions["shelfgraph"]
    _check(state.pools.of(live))
    value = {"status": "ready", "generation": live.id, **live.manifest.counts}
    refused = {"refused": state.outward(state.live.refused)} if state.live.refused else {}
    return json_answer(value | refused, cache="no-store")


def _check(pool: QueryPool) -> None:
    """Raise SiteError where no query worker can be started; looked at once a second, however often it is asked."""
    with _checking:
        at, error = _checked.get(pool, (0.0, None))
        if time.monotonic() - at >= _CHECK_SECONDS:
            error = None
            try:
                pool.check()
            except SiteError as found:
                error = found
            _checked[pool] = time.monotonic(), error
    if error:
        raise SiteError(str(error))


# -- where only queries are answered -----------------------------------------------------------------------------------


@door.get("/")
def home() -> AnyResponse:
    """Lead to the endpoint."""
    return redirect(f"{served().base}sparql", code=303)


@door.get("/readyz")
def loaded() -> Response:
    """Answer with what is served."""
    data = served()
    return json_answer(
        {"status": "ready", "dataset": data.id, "triples": data.triples, "graphs": len(data.graphs)},
        cache="no-store",
    )
