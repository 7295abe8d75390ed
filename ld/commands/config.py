"""`shelfgraph config`: the files for systemd and nginx, filled in from the settings of the site."""

from __future__ import annotations

import re
from pathlib import Path

import click

from ld.commands import deployment
from ld.commands.options import site, with_settings
from ld.commands.talk import say
from ld.settings import Settings
from ld.site.generation import live_path, manifest_of

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,30}")


def _plain(ctx: click.Context, option: click.Parameter, value: str) -> str:
    if value and not _PLAIN.fullmatch(value):
        raise click.BadParameter(f"'{value}': use letters, digits, - and _ only, at most 31")
    return value


def _time(ctx: click.Context, option: click.Parameter, value: str) -> str:
    if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", value):
        raise click.BadParameter(f"'{value}': write an hour and a minute, such as 03:00")
    return value


_name = click.option(
    "--name",
    default="shelfgraph",
    show_default=True,
    callback=_plain,
    help="Name of the service; each site needs its own.",
)


@click.group()
def config() -> None:
    """Print the files that keep a site running: for systemd, and for nginx in front.

    They are filled in from the settings of the site: print them again when these change.
    """


@config.command()
@click.argument("sources", nargs=-1, metavar="[SOURCE…]")
@site
@_name
@click.option("--user", default="", callback=_plain, help="User that runs it; default: the owner of the site folder.")
@click.option(
    "--at", default="03:00", show_default=True, callback=_time, help="Time of day at which SOURCE is published."
)
@click.option("--into", type=click.Path(path_type=Path, file_okay=False), help="Folder to write the units into.")
@with_settings
def systemd(settings: Settings, sources: tuple[str, ...], name: str, user: str, at: str, into: Path | None) -> None:
    """Print the units for systemd: the server, and a timer that publishes SOURCE every night.

    SOURCE is a folder `changes` beside the site where none is named.

    \b
    Example:  shelfgraph config systemd /srv/shelfgraph/changes --site /srv/shelfgraph/site --into /etc/systemd/system
    """
    named = sources or (str(settings.site.resolve().parent / "changes"),)
    units = deployment.units(settings, name, user or _owner(settings.site), named, at)
    if into is None:
        click.echo("\n".join(units.values()), nl=False)
        return
    for unit, text in units.items():
        (into / unit).write_text(text, encoding="utf-8")
        say(f"Written: {into / unit}")


def _owner(folder: Path) -> str:
    """Return the owner of the site folder; where that is root, or there is no folder yet, a user of its own."""
    found = folder.owner() if folder.is_dir() else ""
    return "shelfgraph" if found in ("", "root") else found


@config.command()
@site
@_name
@click.option(
    "--cache", default="/var/cache/nginx", show_default=True, help="Folder for the caches, one below it for each site."
)
@click.option("--certificate", default="", help="Certificate file; default: where certbot puts it.")
@click.option("--key", default="", help="Key file; default: where certbot puts it.")
@with_settings
def nginx(settings: Settings, name: str, cache: str, certificate: str, key: str) -> None:
    """Print the file for nginx: a server for the site's base URL, to be included within http { }.

    \b
    Example:  shelfgraph config nginx --site /srv/shelfgraph/site > /etc/nginx/conf.d/shelfgraph.conf
    """
    _keep_base(settings)
    click.echo(deployment.nginx(settings, name, f"{cache}/{name}", certificate, key), nl=False)
    if not settings["proxies"]:
        say("proxies = 0: all who come through nginx count as one client: write into site.toml: proxies = 1")


def _keep_base(settings: Settings) -> None:
    """Use the base URL of the live generation where nobody has set one."""
    live = live_path(settings.site)
    if live:
        settings.assume("base", manifest_of(live).base, "live generation")
