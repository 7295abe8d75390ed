"""`shelfgraph validate`: the published records, checked against the SHACL shapes."""

from __future__ import annotations

import sys

import click

from ld.commands.live import live
from ld.commands.options import json, print_json, site, with_settings
from ld.commands.talk import say
from ld.settings import Settings
from ld.site.shapes import validate as check_documents
from ld.values import vocab


@click.command()
@site
@click.option("--limit", type=int, default=0, help="Only the first records; 0 for all.")
@json
@with_settings
def validate(settings: Settings, limit: int, as_json: bool) -> None:
    """Check the published records against the SHACL shapes; exit status 1 where one is violated."""
    report = check_documents(live(settings).documents, vocab.vocabulary(), limit=limit)
    if as_json:
        print_json(report)
    else:
        for message, count in report.counts.items():
            click.echo(f"{count:>8,}  {message}")
        for finding in report.findings:
            if finding.severity == "violation":
                click.echo(f"{finding.node}: {finding.message} {finding.value[:120]}".rstrip())
        say(f"{report.records:,} records checked, {report.violations:,} violations")
    if report.violations:
        sys.exit(1)
