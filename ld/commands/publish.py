"""`shelfgraph publish`: records go in, a generation goes live."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from types import FrameType

import click
import msgspec

from ld.commands.kinds import as_kind, partial
from ld.commands.options import json, print_json, site, with_settings
from ld.commands.talk import say
from ld.errors import UsageError
from ld.progress import Display
from ld.publish.build import UNLIKE
from ld.publish.ledger import Ledger
from ld.publish.run import publish as publish_sources
from ld.record import Deleted
from ld.settings import Settings
from ld.site.generation import Manifest
from ld.values.text import legible, shown


@click.command()
@click.argument("sources", nargs=-1, metavar="[SOURCE…]")
@site
@as_kind
@click.option("--base", help="Base URL of every IRI.")
@click.option("--profile", help="What the triple store keeps: full or lean.")
@click.option("--workers", type=int, help="Processes that read and describe; 0: one per core.")
@click.option("--full", is_flag=True, help="SOURCE is the whole catalogue: what is missing from it is deleted.")
@partial
@click.option("--again", is_flag=True, help="Describe the kept source records anew; SOURCE may be missing.")
@click.option(
    "--delete", multiple=True, metavar="IDS|FILE", help="Records to delete: ids separated by commas, or a file."
)
@json
@with_settings
def publish(
    settings: Settings,
    sources: tuple[str, ...],
    kind: str | None,
    full: bool,
    partial: bool,
    again: bool,
    delete: tuple[str, ...],
    as_json: bool,
) -> None:
    """Publish records: read, convert, load, index, dump, and put live, all at once or not at all.

    A file for --delete has one id per line; after a tab the id of the successor may follow, then the reason.

    \b
    Example:  shelfgraph publish export.jsonl --base https://data.library.example/
    """
    if not (sources or delete or again) or (full and not sources):
        raise UsageError("nothing to publish: name a SOURCE, or records to --delete, or say --again")
    deletions = [one for word in delete for one in _deletions(word)]
    signal.signal(signal.SIGTERM, _end)  # so that it cleans up, as it does at Ctrl-C
    progress = Display(sys.stderr, as_json)
    try:
        manifest = publish_sources(
            sources, settings, kind=kind, full=full, again=again, partial=partial, deletions=deletions,
            progress=progress.show,
        )  # fmt: skip
    finally:
        progress.clear()
    if as_json:
        print_json(msgspec.structs.replace(manifest, files={}))
        return
    _tell(manifest, settings, progress)


def _tell(manifest: Manifest, settings: Settings, progress: Display) -> None:
    """Say what became of every value and of the records, and which generation is live now."""
    for line in Ledger.of(settings.site / "generations" / manifest.generation).table():
        say(line)
    account, counts = manifest.account, manifest.counts
    beside = f", {account.unknown:,} to delete not found" if account.unknown else ""
    beside += f"; {account.again:,} described anew" if account.again else ""
    beside += f"; {_in_part(account.partial, account.missing)}" if account.partial else ""
    say(
        f"{account.read:,} records read: {account.published:,} published, {account.replaced:,} replaced,"
        f" {account.unchanged:,} unchanged, {account.repeated:,} repeated, {account.rejected:,} rejected;"
        f" {account.deleted:,} deleted{beside}",
    )
    _tell_unlike(account.unlike, settings.site / "generations" / manifest.generation / UNLIKE)
    if account.withheld:
        say(f"{account.withheld:,} e-mail addresses left out: none is published, and source records are masked")
    if account.rejected:
        say(f"Rejected records with their reasons: {settings.site / 'rejects.jsonl'}")
    if not settings["licence"]:
        say(
            "No licence is stated for the data, except where codes/collections.csv has one: who may grant it names it"
            ' in the setting "licence"'
        )
    say(
        f"Generation {manifest.generation} is live: {counts['records']:,} records, {counts['things']:,} shared things,"
        f" {counts['triples']:,} triples, in {time.monotonic() - progress.started:.1f} s",
    )


def _tell_unlike(count: int, path: Path) -> None:
    """Say of how many shared things records say unlike things, with the first three."""
    if not count:
        return
    say(f"Of {count:,} shared things records say unlike things (names, titles, dates), all in {path}:")
    with path.open("rb") as lines:
        for found in map(msgspec.json.decode, islice(lines, 3)):
            told = (" / ".join(list(one["values"])[:3]) for one in found["unlike"])
            say(f"  {found['path']}: {'; '.join(told)}")


def _in_part(lists: int, missing: int) -> str:
    """Return in words how many lists were taken only in part."""
    beside = f", at least {missing:,} records are missing" if missing else ""
    return f"{lists:,} {'lists' if lists > 1 else 'list'} taken in part{beside}"


def _deletions(word: str) -> Iterator[Deleted]:
    """Yield the deletions that `--delete` names: those in a file, or ids separated by commas."""
    path, name = Path(word), shown(word)
    lines = _text_of(path).split("\n") if path.is_file() else word.split(",")
    for n, line in enumerate(lines, 1):
        id_, successor, reason = (*line.split("\t"), "", "")[:3]
        if legible(line) != line:
            raise UsageError(f"--delete {name}: not UTF-8: no record has such an id, and there is no such file")
        if id_.strip():
            place = f"{name}, line {n}" if path.is_file() else "--delete"
            why = reason.strip() or "It was withdrawn."
            yield Deleted(place, id_.strip(), why, successor=successor.strip())


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"--delete {path}: not UTF-8 at byte {error.start}: save the file as UTF-8") from None


def _end(number: int, _: FrameType | None) -> None:
    """End the command as the signal would, but by an exception, so that everything on the way can clean up."""
    sys.exit(128 + number)
