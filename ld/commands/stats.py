"""`shelfgraph stats`: the published records, counted."""

from __future__ import annotations

import click

from ld.commands.live import live
from ld.commands.options import json, print_json, site, with_settings
from ld.settings import Settings


@click.command()
@site
@json
@with_settings
def stats(settings: Settings, as_json: bool) -> None:
    """Count what is published: records by type, year, language and collection."""
    found = live(settings)
    tables = {name: found.documents.counts(name) for name in ("type", "year", "language", "collection")}
    if as_json:
        print_json({"generation": found.id, **found.manifest.counts, **tables})
        return
    click.echo(f"generation {found.id}, published {found.manifest.created}")
    for name, count in found.manifest.counts.items():
        click.echo(f"{count:>12,}  {name}")
    for name, table in tables.items():
        click.echo(f"\nrecords by {name}")
        for key, count in table.items():
            click.echo(f"{count:>12,}  {key}")
