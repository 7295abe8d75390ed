"""The settings of a site: one table, read from flags, environment, `site.toml` and defaults, in that order.

A value that is not allowed is reported where it is read: its name, its origin, and what was expected.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from msgspec import Struct

from ld.bounds import BASE, BIND, IRI, Bounds, Real, Text, Truth, Whole, Words
from ld.errors import SettingError

Value = str | int | float | bool


class Setting(Struct, frozen=True):
    """One setting: its name, its default, the values it may have, and one sentence about it."""

    name: str
    default: Value
    bounds: Bounds
    help: str


SETTINGS = (
    Setting(
        "base", "http://127.0.0.1:8000/", Text(8, 200, BASE), "Base URL of every IRI; never guessed from a request."
    ),
    Setting("title", "Library catalogue", Text(1, 200), "Name of the catalogue, on every page and in its description."),
    Setting(
        "description", "", Text(50, 5000, optional=True), "What the catalogue holds; made from the title when empty."
    ),
    Setting("publisher", "", Text(1, 200, optional=True), "Name of the library that publishes the data."),
    Setting(
        "licence",
        "",
        Text(3, 500, IRI, optional=True),
        "IRI of the licence of the data; where it is empty, none is stated.",
    ),
    Setting(
        "profile", "full", Words(("full", "lean")), "What the triple store keeps; lean: Dublin Core, BIBO, FOAF only."
    ),
    Setting("keep", 3, Whole(0, 1000), "How many earlier generations are kept for roll-back."),
    Setting("workers", 0, Whole(0, 1024), "Processes that read and describe records; 0: one per core."),
    Setting("bind", "127.0.0.1:8000", Text(2, 300, BIND), "Address and port the server listens on."),
    Setting(
        "processes", 0, Whole(0, 1024), "Processes that answer; 0: one per core. SPARQL's limits hold for all together."
    ),
    Setting("threads", 4, Whole(1, 1024), "Threads of each process, besides those held by queries and slow clients."),
    Setting("verify", True, Truth(), "Compare every file with the manifest before a generation is served."),
    Setting("query_seconds", 30.0, Real(0.1, 86_400), "Time limit of a SPARQL query, in seconds."),
    Setting("query_rows", 100_000, Whole(1, 1_000_000_000), "Most rows or triples in a SPARQL answer."),
    Setting("query_megabytes", 64, Whole(1, 16_384), "Largest SPARQL answer, in MiB."),
    Setting("query_memory", 1024, Whole(64, 1_048_576), "Memory limit of a running SPARQL query, in MiB."),
    Setting("query_workers", 2, Whole(1, 256), "SPARQL queries that run at the same time."),
    Setting("query_queue", 8, Whole(0, 1000), "SPARQL queries that may wait."),
    Setting("query_per_client", 1, Whole(1, 256), "SPARQL queries one client may run at the same time."),
    Setting("page_size", 50, Whole(1, 1000), "Entries on one page of a list."),
    Setting(
        "proxies", 0, Whole(0, 10), "Trusted proxies in front, each adding to X-Forwarded-For; 0: none is trusted."
    ),
    Setting(
        "requests_per_minute", 0, Whole(0, 1_000_000), "Requests of one client, counted in each process; 0: no limit."
    ),
    Setting(
        "access_log", "", Text(1, 4000, optional=True), "One line of JSON per request: - for standard error, or a file."
    ),
    Setting(
        "log_addresses", "short", Words(("short", "full", "none")), "Clients in the access log; short: /24 and /48."
    ),
    Setting("log_queries", False, Truth(), "Write the text of queries and searches into the access log too."),
    Setting(
        "metrics", "local", Words(("local", "open", "off")), "Who may read /metrics; local: this machine, no proxy."
    ),
    Setting("engine", "oxigraph", Text(1, 2000), "Kind of triple store; for one elsewhere, its address after a space."),
)
_BY_NAME = {setting.name: setting for setting in SETTINGS}
ENVIRONMENT = "SHELFGRAPH_"
# Variables with our prefix that are not settings: the site folder, those of the tests, and those that Kubernetes and
# Docker put into every container beside a service called shelfgraph (SHELFGRAPH_PORT is then tcp://…).
_OTHERS = re.compile(r"SITE=|TEST_|SERVICE_(?:HOST|PORT)|PORT_[0-9]+_|PORT=[a-z]+://")


class Settings:
    """The effective settings of a site folder; `origin` says where each value came from."""

    def __init__(
        self, site: Path, flags: Mapping[str, Any] | None = None, environ: Mapping[str, str] | None = None
    ) -> None:
        self.site = site
        self.values: dict[str, Value] = {setting.name: setting.default for setting in SETTINGS}
        self.origin = dict.fromkeys(self.values, "default")
        for name, value in _from_file(site / "site.toml").items():
            self._set(name, value, "site.toml")
        for name, text in _from_environment(os.environ if environ is None else environ):
            self._set(name, text, "environment")
        for name, value in (flags or {}).items():
            if value is not None:
                self._set(name, value, "flag")
        if not str(self["base"]).endswith("/"):
            self.values["base"] = f"{self['base']}/"

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def assume(self, name: str, value: Value, origin: str) -> None:
        """Use the value in place of the default; a value that the user has given stays."""
        if self.origin[name] == "default" and value != self.values[name]:
            self._set(name, value, origin)

    def _set(self, name: str, value: Any, origin: str) -> None:
        setting = _BY_NAME.get(name)
        if setting is None:
            raise SettingError(
                f"{_spelled(name, origin)} from {origin}: there is no such setting{_meant(name, origin)}"
            )
        try:
            self.values[name] = setting.bounds.read(value)
        except (TypeError, ValueError, OverflowError):
            expected = f"{setting.bounds.expected}: {setting.help}"
            raise SettingError(f"{_spelled(name, origin)} from {origin}: {value!r} is not {expected}") from None
        self.origin[name] = origin


def _spelled(name: str, origin: str) -> str:
    """Return the name of a setting, spelled as in the place it came from."""
    return f"{ENVIRONMENT}{name.upper()}" if origin == "environment" else name


def _meant(name: str, origin: str) -> str:
    """Return the end of a message: which setting may have been meant."""
    near = get_close_matches(name, _BY_NAME, n=1)
    return (f": did you mean {_spelled(near[0], origin)}?" if near else ":") + " `shelfgraph settings` lists them all"


def _from_environment(environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the settings in the environment: nearly every variable with our prefix is one."""
    for key, text in environ.items():
        rest = key.removeprefix(ENVIRONMENT)
        if rest != key and not _OTHERS.match(f"{rest}={text}"):
            yield rest.lower(), text


def _from_file(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingError(f"{path}: not TOML: {error}: mend the file") from None
