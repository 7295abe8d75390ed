"""`shelfgraph settings`: every setting, its value, and where the value came from."""

from __future__ import annotations

import click

from ld.commands.options import json, print_json, site, with_settings
from ld.settings import SETTINGS, Settings


@click.command()
@site
@json
@with_settings
def settings(settings: Settings, as_json: bool) -> None:
    """Show every setting with its value and its bounds, where the value came from, and what it means."""
    if as_json:
        print_json({s.name: {"value": settings[s.name], "from": settings.origin[s.name]} for s in SETTINGS})
        return
    for setting in SETTINGS:
        click.echo(f"{setting.name} = {settings[setting.name]!r}  ({settings.origin[setting.name]})")
        click.echo(f"    {setting.help}")
