"""Messages to the person at the terminal, on standard error."""

from __future__ import annotations

import click

from ld.progress import hush
from ld.values.text import legible


def say(message: str) -> None:
    """Write a line on standard error; that nobody reads it any more ends nothing."""
    try:
        click.echo(legible(message), err=True)
    except (OSError, ValueError):
        hush()
