"""`shelfgraph generations`, `rollback` and `adopt`: what was published before, and the ways back to it."""

from __future__ import annotations

from pathlib import Path

import click

from ld.commands.options import json, print_json, site, with_settings
from ld.commands.talk import say
from ld.errors import LostError
from ld.publish.generations import adopt, rollback
from ld.settings import Settings
from ld.site.generation import generations, live_path


@click.command("generations")
@site
@json
@with_settings
def list_generations(settings: Settings, as_json: bool) -> None:
    """List the generations of the site; * marks the live one."""
    found = generations(settings.site)
    live = _live_path(settings.site)
    if not found and not as_json:
        say(f"{settings.site}: nothing is published here yet")
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
    say(f"Generation {rollback(settings.site)} is live again")


@click.command("adopt")
@click.argument("generation", metavar="GENERATION")
@site
@with_settings
def adopt_generation(settings: Settings, generation: str) -> None:
    """Make a finished generation live when the link to the live one is lost; each of its files is verified first.

    A copy of a site without its symbolic links loses `current`, which names the live generation.
    """
    say(f"Generation {adopt(settings.site, generation)} is live")


def _live_path(site: Path) -> Path | None:
    """Return the folder of the live generation, None where there is none; say so where the link to it is lost."""
    try:
        return live_path(site)
    except LostError as error:
        say(f"shelfgraph: {error}")
        return None
