"""`shelfgraph serve`: the live generation over HTTP."""

from __future__ import annotations

import click

from ld.bounds import listening
from ld.commands.address import bind, port, url, wanted
from ld.commands.options import site, with_settings
from ld.commands.talk import say
from ld.settings import Settings
from ld.site.live import Live
from ld.web import server


@click.command()
@site
@bind
@port
@click.option("--threads", type=int, help="Threads that answer requests.")
@with_settings
def serve(settings: Settings, port: int | None) -> None:
    """Serve the live generation: pages, RDF, SPARQL and dumps."""
    host, number = listening(wanted(settings, port))
    name, base = _verified(settings)
    doors = server.listeners(host, number, settings)
    say(f"Serving generation {name} at {url(host, number)} (its IRIs begin with {base})")
    server.serve("ld.web.wsgi:app", doors, settings)


def _verified(settings: Settings) -> tuple[str, str]:
    """Return id and base URL of the live generation, verified but not held open.

    The server opens it for itself: a lock held here would keep its folder for ever, and a process that forks
    must have no threads.
    """
    found = Live(settings.site, verify=settings["verify"]).current()
    found.close()
    return found.id, found.base
