"""`shelfgraph query`: one SPARQL query, its answer on standard output."""

from __future__ import annotations

import sys

import click

from ld.commands.live import live
from ld.commands.options import site, with_settings
from ld.errors import UsageError
from ld.formats.table import GRAPH, RESULTS
from ld.formats.tables import TSV
from ld.settings import Settings
from ld.site.describer import describer
from ld.sparql import guard
from ld.sparql.pool import Limits, QueryPool, Request
from ld.values import vocab


@click.command()
@click.argument("query", metavar="QUERY")
@site
@click.option(
    "--format", "form", type=click.Choice(sorted({f.key for f in (*RESULTS, *GRAPH)})), help="Form of the answer."
)
@with_settings
def query(settings: Settings, query: str, form: str | None) -> None:
    """Ask the live generation in SPARQL; - reads the query from standard input."""
    text = sys.stdin.read() if query == "-" else query
    result = live(settings)
    graph = guard.inspect(text) in ("construct", "describe")
    possible = [one.key for one in (GRAPH if graph else RESULTS)]
    chosen = form or (GRAPH[0] if graph else TSV).key
    if chosen not in possible:
        raise UsageError(f"--format {chosen} does not suit this query: choose one of {', '.join(possible)}")
    limits = Limits(
        seconds=settings["query_seconds"], rows=settings["query_rows"], bytes=settings["query_megabytes"] << 20,
        memory=settings["query_memory"] << 20,
    )  # fmt: skip
    with QueryPool(result.store, limits, describer(result)) as pool:
        request = Request(text=text, format=chosen, prefixes=vocab.vocabulary().prefixes)
        answer = pool.answer(request)
        with answer.body as body:
            sys.stdout.buffer.write(body.read())
