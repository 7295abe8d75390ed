"""The files around a server, for systemd and nginx, filled in from the settings of a site."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined

from ld.bounds import listening
from ld.errors import SettingError, UsageError
from ld.settings import ENVIRONMENT, SETTINGS, Settings
from ld.site.checksums import CORES
from ld.web.server import stop_seconds

UNITS = ("shelfgraph.service", "shelfgraph-publish.service", "shelfgraph-publish.timer")
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}
_CERTIFICATES = "/etc/letsencrypt/live"  # where certbot puts them
_SLACK = 15  # seconds, beyond what a server takes to end its requests
_ROOM = 2  # GiB, beside what each process and each query may take


def nginx(settings: Settings, name: str, cache: str, certificate: str = "", key: str = "") -> str:
    """Return the file for nginx: a server for the base URL, in front of the address at which the site is served."""
    base, (host, port) = urlsplit(settings["base"]), listening(settings["bind"])
    public = base.port or (443 if base.scheme == "https" else 80)
    if public == port:
        raise UsageError(
            f"base = '{settings['base']}', bind = '{settings['bind']}': nginx and the server cannot both listen on port"
            f" {port}: write into {settings.site / 'site.toml'} the base URL at which the catalogue is to be found"
        )
    near, named = _ANYWHERE.get(host, host), (base.hostname or "").encode("idna").decode()
    return _filled(
        "nginx.conf",
        name=name, cache=cache, base=settings["base"], tls=base.scheme == "https", port=public, host=named,
        path=unquote(base.path), upstream=f"[{near}]:{port}" if ":" in near else f"{near}:{port}",
        certificate=certificate or f"{_CERTIFICATES}/{named}/fullchain.pem",
        key=key or f"{_CERTIFICATES}/{named}/privkey.pem",
        proxies=settings["proxies"], patience=stop_seconds(settings) + _SLACK,
    )  # fmt: skip


def units(settings: Settings, name: str, user: str, sources: Sequence[str], at: str) -> dict[str, str]:
    """Return the units for systemd by their names: the server, the nightly publish, and its timer."""
    site = settings.site.resolve()
    program = _program()
    read = [source if "://" in source else str(Path(source).resolve()) for source in sources]
    paths = [site, *(Path(one) for one in (program[0], *read) if "://" not in one)]
    values: dict[str, Any] = {
        "name": name, "user": user, "site": str(site), "at": at, "program": program, "sources": read,
        "environment": list(_environment(settings)), "log": _log_folder(settings),
        "stop": stop_seconds(settings) + _SLACK, "memory": _memory(settings),
        "home": "read-only" if _is_below(paths, "/home", "/root", "/run/user") else "yes",
        "tmp": "no" if _is_below(paths, "/tmp", "/var/tmp") else "yes",
    }  # fmt: skip
    return {unit.replace("shelfgraph", name, 1): _filled(unit, **values) for unit in UNITS}


def _program() -> list[str]:
    """Return the command by which a service calls this program."""
    beside = Path(sys.executable).parent / "shelfgraph"
    return [str(beside)] if beside.is_file() else [sys.executable, "-m", "ld"]


def _environment(settings: Settings) -> Iterable[str]:
    """Yield the settings that come from the environment, which a service does not inherit."""
    for setting in SETTINGS:
        if settings.origin[setting.name] == "environment":
            yield f"{ENVIRONMENT}{setting.name.upper()}={settings[setting.name]}"


def _log_folder(settings: Settings) -> str:
    """Return the folder in which the server writes its access log, empty where it writes none."""
    path = settings["access_log"]
    if path in ("", "-"):
        return ""
    if not Path(path).is_absolute():
        where = f"access_log from {settings.origin['access_log']}: '{path}'"
        raise SettingError(f"{where} is relative, but a service does not start in your folder: write the full path")
    return str(Path(path).parent)


def _memory(settings: Settings) -> int:
    """Return how many GiB the server may take: one for each process, and the memory limit of its queries."""
    processes = int(settings["processes"]) or CORES
    queries = processes * max(1, int(settings["query_workers"]) // processes)
    return _ROOM + processes + math.ceil(queries * int(settings["query_memory"]) / 1024)


def _is_below(paths: Iterable[Path], *folders: str) -> bool:
    """Determine whether any of the paths lies in one of the folders, which systemd would hide."""
    return any(path.absolute().is_relative_to(folder) for path in paths for folder in folders)


# -- writing -----------------------------------------------------------------------------------------------------------


def word(text: str) -> str:
    """Return the text as one word of a unit: quoted where needed, with no `%` left to be replaced (systemd.syntax).

    >>> print(word("/srv/site"), word("/srv/50% of it"))
    /srv/site "/srv/50%% of it"
    """
    kept = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t").replace("%", "%%")
    return kept if text and kept == text and not set(text) & set(" ';#") else f'"{kept}"'


def argument(text: str) -> str:
    """Return the text as one word of a command in a unit, where `$` too would be replaced (systemd.service)."""
    return word(text).replace("$", "$$")


def quoted(text: str) -> str:
    """Return the text as one word of a file for nginx.

    >>> print(quoted("/catalogue/"), quoted("/a b/"))
    /catalogue/ "/a b/"
    """
    kept = text.replace("\\", "\\\\").replace('"', '\\"')
    return kept if kept == text and not set(text) & set(" ';{}#") else f'"{kept}"'


def _filled(template: str, **values: Any) -> str:
    """Return the template with the site's own values filled in."""
    made = Environment(
        loader=PackageLoader("ld.commands"), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True,
    )  # fmt: skip
    made.filters.update(word=word, argument=argument, quoted=quoted)
    return made.get_template(template).render(values)
