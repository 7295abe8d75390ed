"""`shelfgraph generations` and `shelfgraph rollback`: what was published before, and the way back to it."""

from __future__ import annotations

import click

from ld.commands.options import json, print_json, site, with_settings
from ld.publish.generations import rollback
from ld.settings import Settings
from ld.site.generation import generations, live_path


@click.command("generations")
@site
@json
@with_settings
def list_generations(settings: Settings, as_json: bool) -> None:
    """List the generations of the site; * marks the live one."""
    found = generations(settings.site)
    live = live_path(settings.site)
    if as_json:
        rows = [{"generation": m.generation, "live": bool(live and live.name == m.generation),
                 "created": m.created, **m.counts} for m in found]  # fmt: skip
        print_json(rows)
        return
    for manifest in found:
        mark = "*" if live and live.name == manifest.generation else " "
        counts = manifest.counts
        click.echo(f"{mark} {manifest.generation}  {counts['records']:,} records  {counts['triples']:,} triples")


@click.command("rollback")
@site
@with_settings
def roll_back(settings: Settings) -> None:
    """Make the generation before the live one live again."""
    click.echo(f"Generation {rollback(settings.site)} is live again", err=True)
