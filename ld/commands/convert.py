"""`shelfgraph convert`: records to RDF, without a site."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

import click

from ld.commands.kinds import as_kind, partial
from ld.commands.options import site, with_settings
from ld.commands.talk import say
from ld.errors import ShelfgraphError
from ld.formats.jsonld import document as jsonld_document
from ld.formats.jsonld import dumps as jsonld_dumps
from ld.formats.jsonld import names_of
from ld.formats.ntriples import triples
from ld.formats.turtle import turtle
from ld.harvest.fetch import fetched
from ld.mapping.compiled import Described, Mapping
from ld.mapping.entities import Site
from ld.mapping.mentions import Unsaid
from ld.mapping.works import describe
from ld.readers import Outcome, parts, read
from ld.readers.parts import Gap
from ld.record import Deleted, Part, Record, Rejected
from ld.settings import Settings
from ld.site.documents import whole
from ld.values import vocab


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE…")
@site
@as_kind
@partial
@click.option("--base", help="Base URL of every IRI.")
@click.option("--to", "form", type=click.Choice(["nt", "ttl", "jsonld"]), default="nt", show_default=True)
@click.option("-o", "--output", type=click.File("w", encoding="utf-8"), default="-", help="File instead of stdout.")
@with_settings
def convert(
    settings: Settings, sources: tuple[str, ...], kind: str | None, partial: bool, form: str, output: TextIO
) -> None:
    """Convert records to RDF; no site is needed.

    Triples of shared things (journals, subjects) follow the record that first names them. JSON-LD is one document a
    line. Records that cannot be used are told on standard error, and the exit status is then 1 if none could be used;
    it is also 1 if a source is only a part of a list, unless --partial says that this is meant.
    """
    mapping = Mapping(Site(settings["base"], settings["licence"]), vocab.vocabulary())
    done = rejected = 0
    unsaid = Unsaid()
    declared: set[str] = set()
    pages: list[Part] = []
    for outcome in (one for source in sources for one in _outcomes(source, kind)):
        if isinstance(outcome, Part):
            pages.append(outcome)
        if isinstance(outcome, Deleted | Part):
            continue
        found = outcome if isinstance(outcome, Rejected) else _described(mapping, outcome)
        if isinstance(found, Rejected):
            rejected += 1
            say(f"rejected: {found.place}: {found.reason}")
            continue
        done += 1
        for text in _converted(mapping, *found, form, unsaid, declared):
            output.write(text)
    if rejected:
        say(f"{done + rejected:,} records read: {done:,} converted, {rejected:,} rejected")
    _told_in_part(parts.gaps(pages), partial)
    if not done:
        raise ShelfgraphError("no record could be converted: the reasons stand above")


def _outcomes(source: str, kind: str | None) -> Iterator[Outcome]:
    with fetched(source) as (path, more):
        yield from read(path, kind, place=source)
        yield from more


def _told_in_part(gaps: list[Gap], partial: bool) -> None:
    """Say of which lists only a part was converted; raise PartError where that is not meant."""
    if not partial:
        parts.refuse(gaps)
    for gap in gaps:
        say(f"taken in part: {gap}")


def _described(mapping: Mapping, record: Record) -> tuple[Record, Described] | Rejected:
    found = mapping.attempt(record)
    return found if isinstance(found, Rejected) else (record, found)


def _converted(
    mapping: Mapping, record: Record, described: Described, form: str, unsaid: Unsaid, declared: set[str]
) -> Iterator[str]:
    if form == "jsonld":
        lines = described.lines + Unsaid().lines(described.mentions)
        graph = triples(whole(lines))
        base = mapping.site.base
        root = describe(record, mapping.kinds)[0].iri
        names = names_of(mapping.vocabulary)
        yield jsonld_dumps(jsonld_document(graph, root, names, f"{base}context/v1.jsonld"), indent=0).decode() + "\n"
        return
    lines = described.lines + unsaid.lines(described.mentions)
    if form == "nt":
        yield lines
        return
    separator = "\n" if declared else ""
    yield separator + turtle(triples(lines), mapping.vocabulary.prefixes, declared)
