"""Find, negotiate, answer: the only room that knows Flask. `create_app` makes the WSGI application of a site.

edge/clients       who asks
edge/visits        what became of each request
edge/disconnect    whether the client is still there
edge/accesslog     who asked for what, a line each
edge/metrics       numbers for Prometheus
edge/outward       what strangers may read of a message
state              what all views of one application share
negotiation        which form a client gets
problems           errors in the form the client asked for
responses          what every answer has: validators, CORS, security headers
edge/limits        what clients may take
edge/proxies       behind proxies, and below a path
templating         what the templates need
pages/documents    records and shared things
pages/service      the SPARQL service described
pages/sparql       the SPARQL endpoint and its editor
pages/search       search
pages/dumps        dump files, with ranges
pages/discovery    sitemap, robots, the list of interfaces
pages/health       whether the server lives, and whether it can answer
pages/openapi      all addresses described
listeners          the sockets at which clients come in
supervisor         web processes kept running, however often they die
server             the HTTP server, within bounds
wsgi               the application of `shelfgraph serve`
wsgi_endpoint      the application of `shelfgraph endpoint`
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from flask import Blueprint, Flask
from werkzeug.routing import PathConverter

from ld.settings import Settings
from ld.site.describer import describer
from ld.site.live import Live
from ld.site.pools import Pools
from ld.sparql.loaded import Loaded
from ld.values import vocab
from ld.web import responses, templating
from ld.web.edge import limits, metrics, proxies, visits
from ld.web.pages import discovery, documents, dumps, health, openapi, search, sparql
from ld.web.state import Door, Shared

_MOST_BYTES = 1 << 20


class AnyPath(PathConverter):
    """A path of any characters: ids may hold the ends of lines too."""

    regex = r"[^/][\s\S]*?"


def create_app(settings: Settings | None = None) -> Flask:
    """Return the WSGI application of a site folder, by default `./site`."""
    settings = settings or Settings(Path("site"))
    vocab.use(settings.site / "vocab")
    pools = Pools(settings, describer)
    live = Live(settings.site, verify=settings["verify"], company=pools)
    return _app(Shared(settings, pools, live), (
        health.blueprint, discovery.blueprint, metrics.blueprint, dumps.blueprint, search.blueprint, sparql.blueprint,
        openapi.blueprint, documents.blueprint,
    ))  # fmt: skip


def create_endpoint(settings: Settings, door: Loaded) -> Flask:
    """Return the WSGI application that answers SPARQL queries over loaded RDF, and nothing else."""
    return _app(Shared(settings, Pools(settings), Door(door)), (health.door, metrics.blueprint, sparql.blueprint))


def _app(state: Shared, parts: Iterable[Blueprint]) -> Flask:
    app = Flask(__name__)
    app.url_map.merge_slashes = False  # an id may hold two slashes, and a redirect would be a guess
    app.url_map.strict_slashes = False
    app.url_map.converters["path"] = AnyPath
    app.config.update(MAX_CONTENT_LENGTH=_MOST_BYTES, MAX_FORM_MEMORY_SIZE=_MOST_BYTES)
    app.extensions["shelfgraph"] = state
    responses.install(app)
    limits.install(app, state.settings)
    for part in parts:
        app.register_blueprint(part)
    templating.install(app, state.settings)
    app.jinja_env.globals["catalogue"] = isinstance(state.live, Live)
    proxies.install(app, state.base)
    visits.install(app, state.watchers)
    proxies.believe(app, state.settings["proxies"])
    return app
