"""`shelfgraph settings`: every setting, its value, and where the value came from."""

from __future__ import annotations

from typing import Any

import click

from ld.commands.options import json, print_json, site, with_settings
from ld.settings import SETTINGS, Setting, Settings


@click.command()
@site
@json
@with_settings
def settings(settings: Settings, as_json: bool) -> None:
    """Show every setting with its value and its bounds, where the value came from, and what it means."""
    if as_json:
        print_json({s.name: _told(s, settings) for s in SETTINGS})
        return
    for setting in SETTINGS:
        click.echo(f"{setting.name} = {settings[setting.name]!r}  ({settings.origin[setting.name]})")
        click.echo(f"    {setting.help}")
        click.echo(f"    It may be {setting.bounds.expected}.")


def _told(setting: Setting, settings: Settings) -> dict[str, Any]:
    """Return a setting as programs read it, with minimum and maximum, or words, where its kind has them."""
    bounds = {
        name: getattr(setting.bounds, name) for name in ("minimum", "maximum", "words") if hasattr(setting.bounds, name)
    }
    return {"value": settings[setting.name], "from": settings.origin[setting.name], **bounds}
