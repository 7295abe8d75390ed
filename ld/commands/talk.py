"""What is said to the person at the terminal, on standard error."""

from __future__ import annotations

import click

from ld.progress import hush
from ld.values.text import legible


def say(message: str) -> None:
    """Say something on standard error; where nobody listens any more, that ends nothing."""
    try:
        click.echo(legible(message), err=True)
    except (OSError, ValueError):
        hush()
