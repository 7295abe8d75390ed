"""The settings of a site: one table, read from flags, environment, `site.toml` and defaults, in that order."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from ld.errors import SettingError
from ld.values import names

Value = str | int | float | bool


class Setting(Struct, frozen=True):
    """One setting: its name, its default and one sentence about it."""

    name: str
    default: Value
    help: str


SETTINGS = (
    Setting(
        "base", "http://127.0.0.1:8000/", "Base URL of every IRI; ends with a slash; never guessed from a request."
    ),
    Setting("title", "Library catalogue", "Name of the catalogue, shown on every page and in the dataset description."),
    Setting("description", "", "What the catalogue holds, 50 to 5000 characters; made from the title when empty."),
    Setting("publisher", "", "Name of the library that publishes the data."),
    Setting("licence", "https://creativecommons.org/publicdomain/zero/1.0/", "IRI of the licence of the data."),
    Setting("profile", "full", "What the triple store keeps: full, or lean (Dublin Core, BIBO, FOAF only)."),
    Setting("engine", "oxigraph", "Which triple store, and for one elsewhere its address behind a blank."),
    Setting("keep", 3, "How many earlier generations are kept for roll-back."),
    Setting("workers", 0, "Processes that read and describe records; 0 for one a core."),
    Setting("bind", "127.0.0.1:8000", "Address and port the server listens on."),
    Setting("processes", 0, "Processes that answer requests, 0 for one a core; SPARQL's limits are for all together."),
    Setting("threads", 4, "Threads of each process; those that queries and slow clients hold come on top."),
    Setting("verify", True, "Compare every file with the manifest before a generation is served."),
    Setting("query_seconds", 30.0, "Time limit of a SPARQL query, in seconds."),
    Setting("query_rows", 100_000, "Most rows or triples of a SPARQL answer."),
    Setting("query_megabytes", 64, "Most MiB of a SPARQL answer."),
    Setting("query_memory", 1024, "Memory limit of a running SPARQL query, in MiB."),
    Setting("query_workers", 2, "SPARQL queries that run at the same time."),
    Setting("query_queue", 8, "SPARQL queries that may wait."),
    Setting("query_per_client", 1, "SPARQL queries one client may run at the same time."),
    Setting("page_size", 50, "Entries on one page of a list."),
    Setting("proxies", 0, "Trusted proxies in front, each of which adds to X-Forwarded-For; 0: nobody is believed."),
    Setting("requests_per_minute", 0, "Requests one client may make, counted in each process; 0 for any number."),
    Setting("access_log", "", "One line of JSON a request: - for standard error, or a file; empty for none."),
    Setting("log_addresses", "short", "Addresses of clients in the access log: short (/24, /48), full or none."),
    Setting("log_queries", False, "Write the text of queries and searches into the access log too."),
    Setting("metrics", "local", "Who may read /metrics: local (this machine, not through a proxy), open, or off."),
)
_WORDS = {
    "profile": ("full", "lean"),
    "log_addresses": ("short", "full", "none"),
    "metrics": ("local", "open", "off"),
}
_BY_NAME = {setting.name: setting for setting in SETTINGS}
ENVIRONMENT = "SHELFGRAPH_"


class Settings:
    """The effective settings of a site folder; `origin` tells where each value came from."""

    def __init__(
        self, site: Path, flags: Mapping[str, Any] | None = None, environ: Mapping[str, str] | None = None
    ) -> None:
        self.site = site
        self.values: dict[str, Value] = {setting.name: setting.default for setting in SETTINGS}
        self.origin = dict.fromkeys(self.values, "default")
        for name, value in _from_file(site / "site.toml").items():
            self._set(name, value, "site.toml")
        for key, text in (os.environ if environ is None else environ).items():
            if key.startswith(ENVIRONMENT) and key.removeprefix(ENVIRONMENT).lower() in _BY_NAME:
                self._set(key.removeprefix(ENVIRONMENT).lower(), text, "environment")
        for name, value in (flags or {}).items():
            if value is not None:
                self._set(name, value, "flag")
        self._check()

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def assume(self, name: str, value: Value, origin: str) -> None:
        """Use the value in place of a default; whatever the user has said stays."""
        if self.origin[name] == "default" and value != self.values[name]:
            self._set(name, value, origin)

    def _set(self, name: str, value: Any, origin: str) -> None:
        setting = _BY_NAME.get(name)
        if setting is None:
            raise SettingError(f"{origin}: no setting is called '{name}': `shelfgraph settings` lists them all")
        self.values[name] = _typed(setting, value, origin)
        self.origin[name] = origin

    def _check(self) -> None:
        base = str(self["base"])
        if not names.url(base) or names.url(base) != base or "#" in base or "?" in base:
            raise SettingError(f"base: '{base}' is no http(s) URL without query and fragment: write https://host/path/")
        if not base.endswith("/"):
            self.values["base"] = base + "/"
        if not names.is_iri(self["licence"]):
            raise SettingError(f"licence: '{self['licence']}' is no IRI: write the licence's full https:// address")
        for name, words in _WORDS.items():
            if self[name] not in words:
                raise SettingError(f"{name}: '{self[name]}' is none of {', '.join(words)}")


def _typed(setting: Setting, value: Any, origin: str) -> Value:
    kind = type(setting.default)
    if kind is bool and isinstance(value, str) and value.lower() in ("true", "false", "1", "0", "yes", "no"):
        return value.lower() in ("true", "1", "yes")
    try:
        if kind is str and isinstance(value, str):
            return value
        if kind in (int, float) and not isinstance(value, bool):
            number = kind(value)
            if number >= 0:
                return number
        if kind is bool and isinstance(value, bool):
            return value
    except (TypeError, ValueError):
        pass
    raise SettingError(f"{setting.name} from {origin}: {value!r} is not {_KINDS[kind]}: {setting.help}")


_KINDS: dict[type, str] = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}


def _from_file(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingError(f"{path}: not TOML: {error}") from None
