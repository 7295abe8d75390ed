"""The command line: one function a verb. Data on stdout, talk on stderr; exit 0 done, 1 failed, 2 wrong usage."""

from __future__ import annotations

import gc
import socket
import sys
import time
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import Any, TextIO

import click
import msgspec

from ld import __version__
from ld.errors import ShelfgraphError, SiteError, UsageError
from ld.formats.jsonld import document as jsonld_document
from ld.formats.jsonld import dumps as jsonld_dumps
from ld.formats.jsonld import names_of
from ld.formats.media import GRAPH, RESULTS
from ld.formats.ntriples import triples
from ld.formats.turtle import turtle
from ld.harvest.fetch import fetched
from ld.mapping.compiled import Described, Mapping, Unsaid
from ld.mapping.entities import Site
from ld.mapping.works import describe
from ld.progress import Display
from ld.publish.generations import rollback
from ld.publish.run import publish as publish_sources
from ld.readers import KINDS, Outcome, read
from ld.record import Deleted, Record, Rejected
from ld.settings import SETTINGS, Settings
from ld.site.documents import whole
from ld.site.generation import Generation, generations, live_path
from ld.site.live import Live
from ld.site.shapes import validate as check_documents
from ld.sparql import guard
from ld.sparql.loaded import held, load, workplace
from ld.sparql.pool import Limits, QueryPool, Request
from ld.values import vocab

_site = click.option(
    "--site", default="site", type=click.Path(path_type=Path), help="The site folder.", show_default=True
)
_as = click.option("--as", "kind", type=click.Choice(sorted(KINDS)), help="Kind of the sources, where it is not seen.")
_json = click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for machines.")


class _Group(click.Group):
    """A group whose commands turn our errors into one clear line, and tracebacks into a `--debug` matter."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ShelfgraphError as error:
            if ctx.params.get("debug"):
                raise
            click.echo(f"shelfgraph: {error}", err=True)
            ctx.exit(error.exit_code)
        except BrokenPipeError:
            sys.stderr.close()
            ctx.exit(0)
        except OSError as error:
            if ctx.params.get("debug"):
                raise
            where = f"{error.filename}: " if error.filename else ""
            click.echo(f"shelfgraph: {where}{error.strerror or error}", err=True)
            ctx.exit(1)
        except (click.exceptions.Exit, click.ClickException, click.Abort):
            raise
        except Exception as error:
            if ctx.params.get("debug"):
                raise
            name = type(error).__name__
            click.echo(f"shelfgraph: a fault of the program: {name}: {error}: please report it with --debug", err=True)
            ctx.exit(1)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="shelfgraph")
@click.option("--debug", is_flag=True, help="Show tracebacks.")
def main(debug: bool) -> None:
    """Catalogue records in, a linked-data site out.

    \b
      shelfgraph publish records/      read, convert, load, index, dump, and put live
      shelfgraph serve                 pages, RDF, SPARQL and dumps at http://127.0.0.1:8000/
      shelfgraph convert record.txt    RDF on standard output, no site needed

    A SOURCE is a file, a folder, - for standard input, or a URL; its kind is recognised from its content:
    VuFind Staff View text, VuFind Solr JSON, DOAJ article JSON, DOAJ OAI-PMH XML (oai_doaj).
    """


def _with_settings(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give the command the settings of its --site, and the vocabulary that the site overlays."""

    @wraps(command)
    def wrapper(site: Path, **arguments: Any) -> Any:
        vocab.use(site / "vocab")
        flags = {setting.name: arguments.pop(setting.name) for setting in SETTINGS if setting.name in arguments}
        return command(settings=Settings(site, flags), **arguments)

    return wrapper


@main.command()
@click.argument("sources", nargs=-1, metavar="[SOURCE…]")
@_site
@_as
@click.option("--base", help="Base URL of every IRI.")
@click.option("--profile", help="What the triple store keeps: full or lean.")
@click.option("--workers", type=int, help="Processes that read and describe; 0 for one a core.")
@click.option("--full", is_flag=True, help="SOURCE is the whole catalogue: what is missing from it is deleted.")
@click.option("--again", is_flag=True, help="Describe the kept source records anew; SOURCE may be missing.")
@click.option("--delete", multiple=True, metavar="IDS|FILE", help="Records to delete: ids with commas, or a file.")
@_json
@_with_settings
def publish(
    settings: Settings,
    sources: tuple[str, ...],
    kind: str | None,
    full: bool,
    again: bool,
    delete: tuple[str, ...],
    as_json: bool,
) -> None:
    """Publish records: read, convert, load, index, dump, and put live, all at once or not at all.

    A file for --delete has an id a line; behind a tab may stand the id of the successor, then the reason.

    \b
    Example:  shelfgraph publish export.jsonl --base https://data.library.example/
    """
    if not (sources or delete or again) or (full and not sources):
        raise UsageError("publish what? Name a SOURCE, or records to --delete, or say --again")
    deletions = [one for word in delete for one in _deletions(word)]
    progress = Display(sys.stderr, as_json)
    try:
        manifest = publish_sources(
            sources, settings, kind=kind, full=full, again=again, deletions=deletions, progress=progress.show
        )
    finally:
        progress.clear()
    if as_json:
        _print_json(msgspec.structs.replace(manifest, files={}))
        return
    account, counts = manifest.account, manifest.counts
    beside = f", {account.unknown:,} to delete not found" if account.unknown else ""
    beside += f"; {account.again:,} described anew" if account.again else ""
    click.echo(
        f"{account.read:,} records read: {account.published:,} published, {account.replaced:,} replaced,"
        f" {account.unchanged:,} unchanged, {account.repeated:,} repeated, {account.rejected:,} rejected;"
        f" {account.deleted:,} deleted{beside}",
        err=True,
    )
    if account.rejected:
        click.echo(f"Rejected records with their reasons: {settings.site / 'rejects.jsonl'}", err=True)
    click.echo(
        f"Generation {manifest.generation} is live: {counts['records']:,} records, {counts['things']:,} shared things,"
        f" {counts['triples']:,} triples, in {time.monotonic() - progress.started:.1f} s",
        err=True,
    )


@main.command()
@_site
@click.option("--bind", help="Address and port, such as 0.0.0.0:8000.")
@click.option("--threads", type=int, help="Threads that answer requests.")
@_with_settings
def serve(settings: Settings) -> None:
    """Serve the live generation: pages, RDF, SPARQL and dumps."""
    from ld.web import server  # with the web behind it, which no other verb needs

    found = Live(settings.site, verify=settings["verify"]).current()
    host, port = _free(settings["bind"])
    click.echo(f"Serving generation {found.id} at http://{host}:{port}/ (its IRIs begin with {found.base})", err=True)
    found.close()  # the server opens it for itself; a lock held here would keep its folder for ever
    server.serve("ld.web.wsgi:app", host, port, settings)


@main.command()
@click.argument("rdf", nargs=-1, required=True, metavar="RDF…", type=click.Path(path_type=Path))
@click.option("--bind", help="Address and port, such as 0.0.0.0:8000.")
@click.option("--base", help="URL that /sparql stands behind; default: http:// and the address.")
@click.option("--threads", type=int, help="Threads that answer requests.")
def endpoint(rdf: tuple[Path, ...], bind: str | None, base: str | None, threads: int | None) -> None:
    """Answer SPARQL queries over any RDF, safely and read-only; no site is needed.

    RDF is one or more files (.nq, .nt, .ttl, .trig, with .gz or .zst behind it where packed), or an Oxigraph directory.
    Limits come from the environment, such as SHELFGRAPH_QUERY_SECONDS=5: `shelfgraph settings` lists them.

    \b
    Example:  shelfgraph endpoint dump.nq.gz people.ttl --bind 127.0.0.1:8080
    """
    from ld.web import server

    with workplace() as folder, held(rdf):
        settings = Settings(folder, {"bind": bind, "base": base, "threads": threads})
        host, port = _free(settings["bind"])
        settings.assume("base", f"http://{f'[{host}]' if ':' in host else host}:{port}/", "address")
        progress = Display(sys.stderr, False)
        try:
            found = load(rdf, folder, settings["base"], progress.show)
        finally:
            progress.clear()
        size = "" if found.triples is None else f"{found.triples:,} triples, {len(found.graphs):,} named graphs "
        click.echo(f"Answering queries over {size}at {found.base}sparql", err=True)
        server.serve("ld.web.wsgi_endpoint:app", host, port, settings)


@main.command()
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE…")
@_site
@_as
@click.option("--base", help="Base URL of every IRI.")
@click.option("--to", "form", type=click.Choice(["nt", "ttl", "jsonld"]), default="nt", show_default=True)
@click.option("-o", "--output", type=click.File("w", encoding="utf-8"), default="-", help="File instead of stdout.")
@_with_settings
def convert(settings: Settings, sources: tuple[str, ...], kind: str | None, form: str, output: TextIO) -> None:
    """Convert records to RDF; no site is needed.

    Triples of shared things (journals, subjects) follow the record that first names them. JSON-LD is one document a
    line. Records that cannot be used are told on standard error, and the exit status is then 1 if none could be used.
    """
    gc.disable()  # records make no cycles, and looking for them among all that is remembered costs a tenth
    mapping = Mapping(Site(settings["base"], settings["licence"]), vocab.vocabulary())
    done = rejected = 0
    unsaid = Unsaid(mapping)
    declared: set[str] = set()
    for outcome in (one for source in sources for one in _outcomes(source, kind)):
        if isinstance(outcome, Deleted):
            continue
        found = outcome if isinstance(outcome, Rejected) else _described(mapping, outcome)
        if isinstance(found, Rejected):
            rejected += 1
            click.echo(f"rejected: {found.place}: {found.reason}", err=True)
            continue
        done += 1
        for text in _converted(mapping, *found, form, unsaid, declared):
            output.write(text)
    if rejected:
        click.echo(f"{done + rejected:,} records read: {done:,} converted, {rejected:,} rejected", err=True)
    if not done:
        raise ShelfgraphError("no record could be converted: the reasons stand above")


def _outcomes(source: str, kind: str | None) -> Iterator[Outcome]:
    with fetched(source) as path:
        yield from read(path, kind, place=source)


def _described(mapping: Mapping, record: Record) -> tuple[Record, Described] | Rejected:
    found = mapping.attempt(record)
    return found if isinstance(found, Rejected) else (record, found)


def _converted(
    mapping: Mapping, record: Record, described: Described, form: str, unsaid: Unsaid, declared: set[str]
) -> Iterator[str]:
    if form == "jsonld":
        lines = described.lines + Unsaid(mapping).lines(described.mentions)
        graph = triples(whole(lines))
        base = mapping.site.base
        root = describe(record, mapping.kinds).things[0].ref.iri
        names = names_of(mapping.vocabulary)
        yield jsonld_dumps(jsonld_document(graph, root, names, f"{base}context/v1.jsonld"), indent=0).decode() + "\n"
        return
    lines = described.lines + unsaid.lines(described.mentions)
    if form == "nt":
        yield lines
        return
    separator = "\n" if declared else ""
    yield separator + turtle(triples(lines), mapping.vocabulary.prefixes, declared)


@main.command()
@click.argument("query", metavar="QUERY")
@_site
@click.option(
    "--format", "form", type=click.Choice(sorted({f.key for f in (*RESULTS, *GRAPH)})), help="Form of the answer."
)
@_with_settings
def query(settings: Settings, query: str, form: str | None) -> None:
    """Ask the live generation in SPARQL; - reads the query from standard input."""
    text = sys.stdin.read() if query == "-" else query
    found = _live(settings)
    graph = guard.inspect(text) in ("construct", "describe")
    possible = [one.key for one in (GRAPH if graph else RESULTS)]
    chosen = form or ("ttl" if graph else "tsv")
    if chosen not in possible:
        raise UsageError(f"--format {chosen} does not suit this query: choose one of {', '.join(possible)}")
    limits = Limits(
        seconds=settings["query_seconds"], rows=settings["query_rows"], bytes=settings["query_megabytes"] << 20,
        memory=settings["query_memory"] << 20,
    )  # fmt: skip
    with QueryPool(found.store, limits) as pool:
        request = Request(text=text, format=chosen, prefixes=vocab.vocabulary().prefixes)
        answer = pool.answer(request)
        with answer.body as body:
            sys.stdout.buffer.write(body.read())


@main.command()
@_site
@click.option("--limit", type=int, default=0, help="Only the first records; 0 for all.")
@_json
@_with_settings
def validate(settings: Settings, limit: int, as_json: bool) -> None:
    """Check the published records against the SHACL shapes; exit status 1 where one is violated."""
    report = check_documents(_live(settings).documents, vocab.vocabulary(), limit=limit)
    if as_json:
        _print_json(report)
    else:
        for message, count in report.counts.items():
            click.echo(f"{count:>8,}  {message}")
        for finding in report.findings:
            if finding.severity == "violation":
                click.echo(f"{finding.node}: {finding.message} {finding.value[:120]}".rstrip())
        click.echo(f"{report.records:,} records checked, {report.violations:,} violations", err=True)
    if report.violations:
        sys.exit(1)


@main.command()
@_site
@_json
@_with_settings
def stats(settings: Settings, as_json: bool) -> None:
    """Count what is published: records by type, year, language and collection."""
    found = _live(settings)
    tables = {name: found.documents.counts(name) for name in ("type", "year", "language", "collection")}
    if as_json:
        _print_json({"generation": found.id, **found.manifest.counts, **tables})
        return
    click.echo(f"generation {found.id}, published {found.manifest.created}")
    for name, count in found.manifest.counts.items():
        click.echo(f"{count:>12,}  {name}")
    for name, table in tables.items():
        click.echo(f"\nrecords by {name}")
        for key, count in table.items():
            click.echo(f"{count:>12,}  {key}")


@main.command()
@_site
@_json
@_with_settings
def settings(settings: Settings, as_json: bool) -> None:
    """Show every setting with its value, where the value came from, and what it means."""
    if as_json:
        _print_json({s.name: {"value": settings[s.name], "from": settings.origin[s.name]} for s in SETTINGS})
        return
    for setting in SETTINGS:
        click.echo(f"{setting.name} = {settings[setting.name]!r}  ({settings.origin[setting.name]})")
        click.echo(f"    {setting.help}")


@main.command("generations")
@_site
@_json
@_with_settings
def list_generations(settings: Settings, as_json: bool) -> None:
    """List the generations of the site; * marks the live one."""
    found = generations(settings.site)
    live = live_path(settings.site)
    if as_json:
        rows = [{"generation": m.generation, "live": bool(live and live.name == m.generation),
                 "created": m.created, **m.counts} for m in found]  # fmt: skip
        _print_json(rows)
        return
    for manifest in found:
        mark = "*" if live and live.name == manifest.generation else " "
        counts = manifest.counts
        click.echo(f"{mark} {manifest.generation}  {counts['records']:,} records  {counts['triples']:,} triples")


@main.command("rollback")
@_site
@_with_settings
def roll_back(settings: Settings) -> None:
    """Make the generation before the live one live again."""
    click.echo(f"Generation {rollback(settings.site)} is live again", err=True)


def _live(settings: Settings) -> Generation:
    return Live(settings.site, verify=False).current()


def _free(bind: str) -> tuple[str, int]:
    """Return address and port; raises where they are malformed or taken."""
    host, _, port = bind.rpartition(":")
    host = host.strip("[]") or "127.0.0.1"
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise UsageError(f"--bind {bind}: write HOST:PORT, such as 127.0.0.1:8000")
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, int(port)))
    except OSError as error:
        reason = error.strerror or str(error)
        raise SiteError(f"cannot listen on {bind}: {reason}: choose another with --bind HOST:PORT") from None
    return host, int(port)


def _print_json(value: Any) -> None:
    click.echo(msgspec.json.format(msgspec.json.encode(value)).decode())


def _deletions(word: str) -> Iterator[Deleted]:
    """Yield the deletions that `--delete` names: those in a file, or ids with commas between them."""
    path = Path(word)
    lines = _text_of(path).split("\n") if path.is_file() else word.split(",")
    for n, line in enumerate(lines, 1):
        id_, successor, reason = (*line.split("\t"), "", "")[:3]
        if id_.strip():
            place = f"{word}, line {n}" if path.is_file() else "--delete"
            why = reason.strip() or "It was withdrawn."
            yield Deleted(place, id_.strip(), why, successor=successor.strip())


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"--delete {path}: not UTF-8 at byte {error.start}: save the file as UTF-8") from None
