"""`shelfgraph endpoint`: SPARQL over any RDF, and nothing else."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ld.commands.address import free
from ld.commands.talk import say
from ld.progress import Display
from ld.settings import Settings
from ld.sparql.loaded import held, load, workplace
from ld.web import server


@click.command()
@click.argument("rdf", nargs=-1, required=True, metavar="RDF…", type=click.Path(path_type=Path))
@click.option("--bind", help="Address and port, such as 0.0.0.0:8000.")
@click.option("--base", help="URL that /sparql stands behind; default: http:// and the address.")
@click.option("--threads", type=int, help="Threads that answer requests.")
def endpoint(rdf: tuple[Path, ...], bind: str | None, base: str | None, threads: int | None) -> None:
    """Answer SPARQL queries over any RDF, safely and read-only; no site is needed.

    RDF is one or more files (.nq, .nt, .ttl, .trig, with .gz or .zst behind it where packed), or an Oxigraph directory.
    Limits come from the environment, such as SHELFGRAPH_QUERY_SECONDS=5: `shelfgraph settings` lists them.

    \b
    Example:  shelfgraph endpoint dump.nq.gz people.ttl --bind 127.0.0.1:8080
    """
    with workplace() as folder, held(rdf):
        settings = Settings(folder, {"bind": bind, "base": base, "threads": threads})
        host, port = free(settings["bind"])
        settings.assume("base", f"http://{f'[{host}]' if ':' in host else host}:{port}/", "address")
        progress = Display(sys.stderr, False)
        try:
            found = load(rdf, folder, settings["base"], progress.show)
        finally:
            progress.clear()
        size = "" if found.triples is None else f"{found.triples:,} triples, {len(found.graphs):,} named graphs "
        say(f"Answering queries over {size}at {found.base}sparql")
        server.serve("ld.web.wsgi_endpoint:app", host, port, settings)
