"""The options of verbs that read sources: the kind of these, and whether a part of a list will do."""

from __future__ import annotations

import click

from ld.readers.kinds import KINDS

as_kind = click.option(
    "--as", "kind", type=click.Choice(sorted(KINDS)), help="Kind of the sources, where it is not recognised."
)
partial = click.option("--partial", is_flag=True, help="Take a SOURCE that is only a part of a list.")
