"""What the views of one application share, and what is served at this moment."""

from __future__ import annotations

from typing import cast

from flask import current_app, g

from ld.settings import Settings
from ld.site.generation import Generation
from ld.site.live import Live
from ld.site.pools import Pools, Served
from ld.site.why import Explainer
from ld.sparql.loaded import Loaded
from ld.web.edge import metrics, visits
from ld.web.edge.accesslog import AccessLog
from ld.web.edge.outward import Outward


class Shared:
    """What the views of one app share: settings, the live generation, the SPARQL workers, the watchers."""

    def __init__(self, settings: Settings, pools: Pools, live: Live | Door) -> None:
        self.settings = settings
        self.pools = pools
        self.live = live
        folders = {settings.site: "SITE"} | ({live.current().store: "STORE"} if isinstance(live, Door) else {})
        self.outward = Outward(folders)
        self.why = Explainer(settings.site / "vocab")
        self.log = AccessLog(settings) if settings["access_log"] else None
        self.metrics = metrics.made(self.live, wanted=settings["metrics"] != "off")
        if self.metrics:
            self.pools.count = self.metrics.count

    @property
    def watchers(self) -> list[visits.Watcher]:
        """Who is told of each request."""
        return [watcher for watcher in (self.log, self.metrics) if watcher]

    def base(self) -> str:
        """Return the base URL of the live generation; that of the settings, where there is none yet."""
        try:
            return self.live.current().base
        except Exception:  # what is wrong, the view tells
            return str(self.settings["base"])

    def close(self) -> None:
        """End the workers, and close the log."""
        self.pools.close()
        self.why.close()
        if self.log:
            self.log.close()


class Door:
    """RDF loaded for queries, in place of a live generation: it never changes."""

    def __init__(self, found: Loaded) -> None:
        self._found = found
        self.refused = ""

    def wait(self) -> None:
        """Return at once: it is loaded."""

    def current(self) -> Loaded:
        """Return what is served."""
        return self._found

    def opened(self) -> Loaded:
        """Return what is served, at once."""
        return self._found


def served() -> Served:
    """Return what is served now; the same throughout a request."""
    if "served" not in g:
        g.served = current_app.extensions["shelfgraph"].live.current()
    return g.served  # type: ignore[no-any-return]  # g is untyped


def generation() -> Generation:
    """Return the live generation; the same one throughout a request."""
    return cast(Generation, served())
