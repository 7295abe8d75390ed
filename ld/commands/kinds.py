"""What a verb takes that reads sources: their kind, where their content does not tell it."""

from __future__ import annotations

import click

from ld.readers import KINDS

as_kind = click.option(
    "--as", "kind", type=click.Choice(sorted(KINDS)), help="Kind of the sources, where it is not seen."
)
