"""/metrics for Prometheus: requests, queries, workers and the generation, counted over all processes of the server.

It needs prometheus_client (`pip install shelfgraph[metrics]`). With several processes `shelfgraph serve` names a folder
in PROMETHEUS_MULTIPROC_DIR in which each keeps its numbers; whichever is asked adds them up. One that is started in the
place of another goes on with that one's numbers, so that there are as many files as processes, however many die. No
label takes a value from a request: there are as many series as kinds, classes and forms, however strange the clients.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import NotFound

from ld.formats.media import TEXT
from ld.formats.table import EVERY
from ld.site.generation import Generation
from ld.site.pools import Served
from ld.web.edge.clients import is_local
from ld.web.edge.visits import Visit

if TYPE_CHECKING:
    from prometheus_client.core import Metric

blueprint = Blueprint("metrics", __name__)
FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_DEATHS = "deaths"
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_OUTCOMES = {
    "": "ok",
    "QuerySyntaxError": "syntax",
    "QueryTooDeep": "refused",
    "QueryTooLong": "refused",
    "QueryForbidden": "refused",
    "ResultTooLarge": "too large",
    "QueryTimeout": "timeout",
    "QueryMemory": "memory",
    "ClientBusy": "busy",
    "QueueFull": "queue full",
}
_FORMS = {form.media_type: form.key for form in EVERY}
_place: int | None = None


def take(place: int) -> None:
    """Let this process go on with the numbers of the one that had the place before it."""
    global _place
    _place = place


def leave(place: int, deaths: int) -> None:
    """Forget what was running in a process that has ended, and note how many have died until now."""
    folder = Path(os.environ[FOLDER])
    for file in folder.glob(f"gauge_live*_{place}.db"):
        file.unlink(missing_ok=True)
    noted = folder / f"{_DEATHS}.new"
    noted.write_text(str(deaths))
    noted.replace(folder / _DEATHS)


def _deaths() -> int:
    noted = Path(os.environ[FOLDER]) / _DEATHS if os.environ.get(FOLDER) else None
    return int(noted.read_text()) if noted and noted.is_file() else 0


class Watched(Protocol):
    """What is served: what is open, and why what was last switched in is not (empty where it is)."""

    @property
    def refused(self) -> str: ...
    def opened(self) -> Served | None: ...


class Metrics:
    """The numbers of this process; `text` gives those of all, in Prometheus' text format 0.0.4."""

    def __init__(self, live: Watched) -> None:
        import prometheus_client as prometheus  # which looks for the folder when it is imported
        from prometheus_client import values
        from prometheus_client.multiprocess import MultiProcessCollector

        if _place is not None:
            values.ValueClass = values.MultiProcessValue(lambda: _place)  # type: ignore[no-untyped-call]

        self.registry = prometheus.CollectorRegistry()
        counter = partial(prometheus.Counter, registry=self.registry)
        gauge = partial(prometheus.Gauge, registry=self.registry, multiprocess_mode="livesum")
        histogram = partial(prometheus.Histogram, registry=self.registry, buckets=_SECONDS)
        self._requests = counter("shelfgraph_requests", "Requests answered.", ("kind", "status", "form"))
        self._seconds = histogram("shelfgraph_request_seconds", "Seconds until an answer was sent.", ("kind",))
        self._bytes = counter("shelfgraph_sent_bytes", "Bytes of bodies sent.", ("kind",))
        self._queries = counter("shelfgraph_queries", "SPARQL queries by outcome.", ("outcome",))
        self._phases = histogram("shelfgraph_query_seconds", "Seconds of answered queries, by phase.", ("phase",))
        self._ended = counter("shelfgraph_query_workers_ended", "Query workers killed at a limit, or replaced.")
        self._now = {
            what: gauge(f"shelfgraph_queries_{what}", f"SPARQL queries {what} now.") for what in ("running", "waiting")
        }
        page = prometheus.CollectorRegistry() if os.environ.get(FOLDER) else self.registry
        if page is not self.registry:
            MultiProcessCollector(page)  # type: ignore[no-untyped-call]
        page.register(_Published(live))
        self.text: Callable[[], bytes] = partial(prometheus.generate_latest, page)

    def count(self, what: str, more: int) -> None:
        """Count queries that run or wait, and workers that end."""
        if what in self._now:
            self._now[what].inc(more)
        else:
            self._ended.inc(more)

    def __call__(self, visit: Visit) -> None:
        """Count a visit."""
        kind = visit.kind.rpartition(".")[2]
        media_type = visit.headers.get("content-type", "").partition(";")[0]
        self._requests.labels(kind, f"{visit.status // 100}xx", _FORMS.get(media_type, "other")).inc()
        self._seconds.labels(kind).observe(visit.seconds)
        self._bytes.labels(kind).inc(visit.size)
        if visit.query or visit.failure in _OUTCOMES.keys() - {""}:
            self._queries.labels(_OUTCOMES.get(visit.failure, "error")).inc()
        if visit.engine:
            self._phases.labels("queue").observe(visit.queue)
            self._phases.labels("engine").observe(visit.engine)


class _Published:
    """What is served, read when it is asked for: the same in all processes but for a moment."""

    def __init__(self, live: Watched) -> None:
        self._live = live

    def collect(self) -> Iterable[Metric]:
        """Yield the numbers of the generation that is open."""
        from prometheus_client.core import CounterMetricFamily as Counter
        from prometheus_client.core import GaugeMetricFamily as Gauge

        refused = "1 where the generation last switched in is not served."
        yield Gauge("shelfgraph_generation_refused", refused, value=bool(self._live.refused))
        died = "Web processes that died, and in whose place others were started."
        yield Counter("shelfgraph_process_deaths", died, value=_deaths())
        found = self._live.opened()
        if found is None:
            return
        info = Gauge("shelfgraph_generation_info", "The generation that is served.", labels=("generation",))
        info.add_metric((found.id,), 1)
        yield info
        counts = found.manifest.counts if isinstance(found, Generation) else {"triples": found.triples or 0}
        for name in counts.keys() & {"records", "things", "triples"}:
            yield Gauge(f"shelfgraph_{name}", f"Published {name}.", value=counts[name])

    def describe(self) -> Iterable[Metric]:
        """Yield nothing: no name is taken by others."""
        return ()


def made(live: Watched, *, wanted: bool) -> Metrics | None:
    """Return the metrics of an application; None where they are not wanted, or the extra is not installed."""
    return Metrics(live) if wanted and find_spec("prometheus_client") else None


@blueprint.get("/metrics")
def metrics() -> Response:
    """Answer with the numbers for whoever may read them; for others there is no such page."""
    state = current_app.extensions["shelfgraph"]
    if state.metrics is None or not (state.settings["metrics"] == "open" or is_local(request.environ)):
        raise NotFound("There are no metrics here: see `metrics` in `shelfgraph settings`.")
    response = Response(state.metrics.text(), content_type=f"{TEXT.media_type}; version=0.0.4; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response
