"""The command line: data on stdout, talk on stderr; exit 0 done, 1 failed, 2 wrong usage.

A verb is a file of `ld/commands/`, imported when it is called: `--version` and `--help` need none of them.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any

import click

from ld import __version__
from ld.errors import ShelfgraphError

# In the order of --help: the verb, its file in ld/commands/ and the first words of its help.
VERBS = {
    "publish": ("publish", "Publish records: read, convert, load, index, dump, and put live."),
    "serve": ("serve", "Serve the live generation: pages, RDF, SPARQL and dumps."),
    "endpoint": ("endpoint", "Answer SPARQL queries over any RDF, safely and read-only."),
    "convert": ("convert", "Convert records to RDF; no site is needed."),
    "query": ("query", "Ask the live generation in SPARQL."),
    "validate": ("validate", "Check the published records against the SHACL shapes."),
    "stats": ("stats", "Count what is published."),
    "settings": ("settings", "Show every setting with its value and its bounds."),
    "generations": ("generations", "List the generations of the site."),
    "rollback": ("generations", "Make the generation before the live one live again."),
    "adopt": ("generations", "Make a finished generation live when the link to the live one is lost."),
    "config": ("config", "Print the files that keep a site running: for systemd, and for nginx in front."),
}


def _open_streams() -> None:
    """Open any standard stream that is closed: otherwise the next file to be opened would take its place."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


class Verbs(click.Group):
    """A group that imports a command when it is asked for, and turns our errors into one clear line each.

    Tracebacks are shown with `--debug` only.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the verbs, in the order of the table."""
        return [*VERBS, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of a verb, from its file; None where there is none."""
        if cmd_name not in VERBS:
            return super().get_command(ctx, cmd_name)
        module = import_module(f"ld.commands.{VERBS[cmd_name][0]}")
        commands = (one for one in vars(module).values() if isinstance(one, click.Command))
        return next(command for command in commands if command.name == cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what each verb does, from the table: nothing is imported for it."""
        own = {name: command.get_short_help_str(100) for name, command in self.commands.items()}
        with formatter.section("Commands"):
            formatter.write_dl([*((verb, words) for verb, (_, words) in VERBS.items()), *own.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a failure becomes one line on standard error, and the exit status."""
        _open_streams()
        try:
            return super().invoke(ctx)
        except (click.exceptions.Exit, click.ClickException, click.Abort):
            raise
        except BrokenPipeError:
            sys.stderr.close()
            ctx.exit(0)
        except Exception as error:
            if ctx.params.get("debug"):
                raise
            _say(f"shelfgraph: {_told(error)}")
            ctx.exit(error.exit_code if isinstance(error, ShelfgraphError) else 1)


def _told(error: Exception) -> str:
    """Return what a person needs to know about an error."""
    match error:
        case ShelfgraphError():
            return str(error)
        case OSError():
            where = f"{error.filename}: " if error.filename else ""
            return f"{where}{error.strerror or error}"
    return f"a fault in the program: {type(error).__name__}: {error}: please report it with the output of --debug"


def _say(message: str) -> None:
    from ld.commands.talk import say  # with the text it cleans, which --version and --help do not need

    say(message)


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
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


@main.command("help")
@click.argument("verbs", nargs=-1, metavar="[VERB]")
@click.pass_context
def show_help(ctx: click.Context, verbs: tuple[str, ...]) -> None:
    """Explain one verb, or list them all."""
    about = ctx.find_root()
    for verb in verbs:
        group = about.command
        command = group.get_command(about, verb) if isinstance(group, click.Group) else None
        if command is None:
            raise click.UsageError(f"there is no verb '{verb}': `{about.command_path} --help` lists them all", about)
        about = click.Context(command, info_name=verb, parent=about)
    click.echo(about.get_help())
