"""`shelfgraph endpoint`: SPARQL over any RDF, and nothing else."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ld.bounds import listening
from ld.commands.address import bind, port, url, wanted
from ld.commands.talk import say
from ld.progress import Display
from ld.settings import Settings
from ld.sparql.loaded import held, load, workplace
from ld.web import server


@click.command()
@click.argument("rdf", nargs=-1, required=True, metavar="RDF…", type=click.Path(path_type=Path))
@bind
@port
@click.option("--base", help="URL in front of sparql; default: http:// and the address.")
@click.option("--threads", type=int, help="Threads that answer requests.")
def endpoint(rdf: tuple[Path, ...], bind: str | None, port: int | None, base: str | None, threads: int | None) -> None:
    """Answer SPARQL queries over any RDF, safely and read-only; no site is needed.

    RDF is one or more files (.nq, .nt, .ttl, .trig, with .gz or .zst behind it where packed), or an Oxigraph directory.
    Limits come from the environment, such as SHELFGRAPH_QUERY_SECONDS=5: `shelfgraph settings` lists them.

    \b
    Example:  shelfgraph endpoint dump.nq.gz people.ttl --bind 127.0.0.1:8080
    """
    with workplace() as folder, held(rdf):
        settings = Settings(folder, {"bind": bind, "base": base, "threads": threads})
        host, number = listening(wanted(settings, port))
        doors = server.listeners(host, number, settings)
        settings.assume("base", url(host, number), "address")
        progress = Display(sys.stderr, False)
        try:
            found = load(rdf, folder, settings["base"], progress.show)
        finally:
            progress.clear()
        size = "" if found.triples is None else f"{found.triples:,} triples, {len(found.graphs):,} named graphs "
        say(f"Answering queries over {size}at {found.base}sparql")
        server.serve("ld.web.wsgi_endpoint:app", doors, settings)
