"""`shelfgraph serve`: the live generation over HTTP."""

from __future__ import annotations

import click

from ld.commands.address import free
from ld.commands.options import site, with_settings
from ld.commands.talk import say
from ld.settings import Settings
from ld.site.live import Live
from ld.web import server


@click.command()
@site
@click.option("--bind", help="Address and port, such as 0.0.0.0:8000.")
@click.option("--threads", type=int, help="Threads that answer requests.")
@with_settings
def serve(settings: Settings) -> None:
    """Serve the live generation: pages, RDF, SPARQL and dumps."""
    found = Live(settings.site, verify=settings["verify"]).current()
    host, port = free(settings["bind"])
    say(f"Serving generation {found.id} at http://{host}:{port}/ (its IRIs begin with {found.base})")
    found.close()  # the server opens it for itself; a lock held here would keep its folder for ever
    server.serve("ld.web.wsgi:app", host, port, settings)
