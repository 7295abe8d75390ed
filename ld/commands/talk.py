"""What is said to the person at the terminal, on standard error."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from ld.values.text import legible


def say(message: str) -> None:
    """Say something on standard error; where nobody listens any more, that ends nothing."""
    try:
        click.echo(legible(message), err=True)
    except (OSError, ValueError):
        sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115 - what the old one still holds would spoil the exit status
