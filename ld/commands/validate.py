"""`shelfgraph validate`: the published records, checked against the SHACL shapes."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import click
from msgspec.structs import replace

from ld.commands.live import live
from ld.commands.options import json, print_json, site, with_settings
from ld.commands.talk import say
from ld.progress import Display, Step
from ld.publish.dumps import bounds
from ld.publish.workers import Task, run
from ld.settings import Settings
from ld.site.documents import LAST_NUMBER
from ld.site.generation import Generation
from ld.site.shacl import Shapes
from ld.site.shapes import Finding, Found, Portion, Report, check, merged, report, shared
from ld.values import vocab

# Records for each worker: for fewer, starting a further process does not pay. Ids told after a warning.
_RECORDS_A_WORKER, _IDS = 5000, 5


@click.command()
@site
@click.option("--limit", type=int, default=0, help="Only the first records; 0 for all.")
@click.option("--workers", type=int, help="Processes that check; 0: one per core.")
@json
@with_settings
def validate(settings: Settings, limit: int, as_json: bool) -> None:
    """Check the published records against the SHACL shapes; exit status 1 where one is violated."""
    progress = Display(sys.stderr, as_json)
    try:
        with tempfile.TemporaryDirectory() as folder:
            found = _Validation(live(settings), settings, Path(folder), progress).run(limit)
    finally:
        progress.clear()
    if as_json:
        print_json(found)
    else:
        _tell(found)
    if found.violations:
        sys.exit(1)


class _Validation:
    """One check of a generation, in several processes; what they collect is kept in the folder."""

    def __init__(self, generation: Generation, settings: Settings, folder: Path, progress: Display) -> None:
        self.generation = generation
        self.settings = settings
        self.folder = folder
        self.progress = progress
        self.shapes = Shapes(vocab.vocabulary())  # before anything is begun: a mistake in it is told at once

    def run(self, limit: int) -> Report:
        """Return what is found: in each document, in things as others name them, in the catalogue as a whole."""
        counts, portions = self.generation.manifest.counts, self._portions(limit)
        found = self._checked("records and things", portions, 0 if limit else counts["records"] + counts["things"])
        whole = self.folder / "whole"
        named = merged((one.collected for one in portions), whole)
        others = [
            replace(one, collected=self.folder / f"named-{n}", named=whole, index=n, count=len(portions))
            for n, one in enumerate(portions)
        ]
        found += self._checked("things that others name", others, named)
        merged((one.collected for one in others), whole)
        return report([*found, shared(whole, self.shapes)])

    def _portions(self, limit: int) -> list[Portion]:
        """Return the shares of the workers: ranges of records by path, and of things by number."""
        documents, total = self.generation.documents, self.generation.manifest.counts["records"]
        wanted = int(self.settings["workers"]) or min(os.cpu_count() or 1, total // _RECORDS_A_WORKER)
        ranges = bounds(documents, total, max(1, wanted) if not limit else 1)
        things = LAST_NUMBER // len(ranges) + 1
        return [
            Portion(
                folder=self.generation.path, base=documents.base, overlay=self.settings.site / "vocab",
                collected=self.folder / f"all-{n}", start=start, end=end, first=n * things,
                last=min((n + 1) * things - 1, LAST_NUMBER), limit=limit,
            )
            for n, (start, end) in enumerate(ranges)
        ]  # fmt: skip

    def _checked(self, stage: str, portions: list[Portion], total: int) -> list[Found]:
        done = 0

        def tell(_: int, more: int) -> None:
            nonlocal done
            done += more
            self.progress.show(Step(stage, done, total, "records"))

        return run([Task(check, (one,)) for one in portions], tell)


def _tell(found: Report) -> None:
    """Print how many there are of each finding; the violations one by one, of others some ids."""
    some: dict[str, list[Finding]] = {}
    for finding in found.findings:
        some.setdefault(f"{finding.severity}: {finding.message}", []).append(finding)
    for message, count in found.counts.items():
        ids = dict.fromkeys(id_ for finding in some.get(message, ()) for id_ in finding.records)
        click.echo(f"{count:>8,}  {message}: {', '.join(list(ids)[:_IDS])}{', …' if len(ids) > _IDS else ''}")
    for finding in found.findings:
        if finding.severity == "violation":
            where = f" (record {', '.join(finding.records)})" if finding.records else ""
            click.echo(f"{finding.node}: {finding.message} {finding.value[:120]}".rstrip() + where)
    say(f"{found.records:,} records checked, {found.violations:,} violations")
