"""What several verbs take: the site folder and its settings, JSON for machines."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click
import msgspec

from ld.settings import SETTINGS, Settings
from ld.values import vocab

site = click.option(
    "--site", default="site", type=click.Path(path_type=Path), envvar="SHELFGRAPH_SITE", show_default=True,
    show_envvar=True, help="The site folder.",
)  # fmt: skip
json = click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for machines.")


def with_settings(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give the command the settings of its --site, and the vocabulary that the site overlays."""

    @wraps(command)
    def wrapper(site: Path, **arguments: Any) -> Any:
        vocab.use(site / "vocab")
        flags = {setting.name: arguments.pop(setting.name) for setting in SETTINGS if setting.name in arguments}
        return command(settings=Settings(site, flags), **arguments)

    return wrapper


def print_json(value: Any) -> None:
    """Write the value on standard output, for machines."""
    click.echo(msgspec.json.format(msgspec.json.encode(value)).decode())
