"""`shelfgraph convert`: records into RDF, without a site."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

import click

from ld.commands.kinds import as_kind, partial
from ld.commands.options import site, with_settings
from ld.commands.talk import say
from ld.errors import ShelfgraphError
from ld.formats.links import address
from ld.formats.media import Format
from ld.formats.ntriples import NTRIPLES
from ld.formats.table import APPENDED
from ld.harvest.fetch import fetched
from ld.mapping.compiled import Described, Mapping, Unsaid
from ld.mapping.entities import Site
from ld.readers import Outcome, must_exist, parts, read
from ld.readers.parts import Gap
from ld.record import Deleted, Part, Record, Rejected
from ld.settings import Settings
from ld.site.shown import CONTEXT, Shapes
from ld.values import vocab

_FORMS = {form.key: form for form in APPENDED}


@contextmanager
def _uncollected() -> Iterator[None]:
    """Turn the garbage collector off meanwhile: records make no cycles, and looking for them costs a tenth."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE…")
@site
@as_kind
@partial
@click.option("--base", help="Base URL of every IRI.")
@click.option("--to", "form", type=click.Choice(list(_FORMS)), default=NTRIPLES.key, show_default=True)
@click.option("-o", "--output", type=click.File("wb"), default="-", help="File instead of stdout.")
@with_settings
@_uncollected()
def convert(
    settings: Settings, sources: tuple[str, ...], kind: str | None, partial: bool, form: str, output: BinaryIO
) -> None:
    """Convert records to RDF; no site is needed.

    Triples of shared things (journals, subjects) follow the record that first names them. JSON-LD is one document a
    line. Records that cannot be used are reported on standard error; the exit status is 1 if none could be used. It is
    also 1 if a source is only a part of a list, unless --partial says that this is meant.
    """
    must_exist(sources)
    mapping = Mapping(Site(settings["base"], settings["licence"]), vocab.vocabulary())
    done = rejected = 0
    writer = _Writer(mapping, _FORMS[form], output)
    pages: list[Part] = []
    for outcome in (one for source in sources for one in _outcomes(source, kind, len(sources) == 1)):
        if isinstance(outcome, Part):
            pages.append(outcome)
        if isinstance(outcome, Deleted | Part):
            continue
        result = outcome if isinstance(outcome, Rejected) else _described(mapping, outcome)
        if isinstance(result, Rejected):
            rejected += 1
            say(f"rejected: {result.place}: {result.reason}")
            continue
        done += 1
        writer.add(*result)
    if rejected:
        say(f"{done + rejected:,} records read: {done:,} converted, {rejected:,} rejected")
    _told_in_part(parts.gaps(pages), partial)
    if not done:
        raise ShelfgraphError("no record could be converted: see the reasons above")


def _outcomes(source: str, kind: str | None, alone: bool) -> Iterator[Outcome]:
    with fetched(source) as (path, more):
        yield from read(path, kind, place=source, alone=alone)
        yield from more


def _told_in_part(gaps: list[Gap], partial: bool) -> None:
    """Name the lists of which only a part was converted; raise PartError unless --partial allows it."""
    if not partial:
        parts.refuse(gaps)
    for gap in gaps:
        say(f"taken in part: {gap}")


def _described(mapping: Mapping, record: Record) -> tuple[Record, Described] | Rejected:
    described = mapping.attempt(record)
    return described if isinstance(described, Rejected) else (record, described)


class _Writer:
    """Writes records one after the other in one format, as if there were no others."""

    def __init__(self, mapping: Mapping, form: Format, output: BinaryIO) -> None:
        self.mapping, self.form, self.output = mapping, form, output
        self._unsaid = Unsaid(mapping)
        self._declared: set[str] = set()

    def add(self, record: Record, described: Described) -> None:
        """Write a record with the shared things it names: all of them, or those not yet written."""
        unsaid = Unsaid(self.mapping) if self.form.lone else self._unsaid
        lines = described.lines + unsaid.lines(described.mentions)
        base = self.mapping.site.base
        url = base + address(f"record/{record.id}")
        shown = Shapes(url, base + CONTEXT, lambda: lines, described.topic)
        assert self.form.append
        self.output.write(self.form.append(shown, self._declared))
