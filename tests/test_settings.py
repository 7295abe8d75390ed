"""The settings of a site: where a value comes from, and what it may be, on both sides of every boundary."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from conftest import BASE
from flask.testing import FlaskClient

from ld.bounds import Real, Text, Whole, Words
from ld.cli import main
from ld.errors import SettingError
from ld.settings import SETTINGS, Setting, Settings
from ld.web import create_app

_STEP = 0.001


def sample(name: str, length: int) -> str:
    """A text of so many characters that looks as the setting wants it."""
    heads = {"base": "https://h.example/", "licence": "https://l.example/", "bind": ":8000"}
    if name == "bind":
        return "h" * (length - 5) + heads[name] if length >= 5 else ":8"[:length]
    head = heads.get(name, "")
    return head + "x" * (length - len(head)) if length >= len(head) else "a:b" if name == "licence" else "http://h"


def within(setting: Setting) -> list[Any]:
    """What the setting may be: its bounds themselves, the default, every word."""
    match setting.bounds:
        case Whole() | Real() as one:
            return [one.minimum, one.maximum, setting.default]
        case Text() as one:
            return [sample(setting.name, one.minimum), sample(setting.name, one.maximum), setting.default]
        case Words() as one:
            return list(one.words)
    return [True, False]


def beyond(setting: Setting) -> list[Any]:
    """What lies just outside the bounds, and what is of another type."""
    match setting.bounds:
        case Whole() as one:
            return [one.minimum - 1, one.maximum + 1, one.minimum + 0.5, True, "", "many", [1], 10**400]
        case Real() as one:
            return [one.minimum - _STEP, one.maximum + _STEP, float("inf"), float("nan"), "inf", "nan", True, "", "1,5"]
        case Text() as one:
            long = sample(setting.name, one.maximum + 1)
            short = sample(setting.name, one.minimum)[:-1]
            controls = [sample(setting.name, one.maximum)[:-1] + odd for odd in "\x00\x1b\x7f\udcff"]
            return [long, *([] if one.optional and not short else [short]), *controls, 5, ["x"]]
        case Words() as one:
            return ["", one.words[0].upper(), f"{one.words[0]} ", 1, True, [one.words[0]]]
    return ["", "maybe", 1, 0, []]


def test_every_setting_says_what_it_is_and_may_be() -> None:
    for setting in SETTINGS:
        assert setting.help.endswith("."), setting.name
        assert setting.bounds.read(setting.default) == setting.default, setting.name
        assert not isinstance(setting.bounds, Whole | Real | Text) or setting.bounds.minimum < setting.bounds.maximum


@pytest.mark.parametrize(("name", "value"), [(one.name, value) for one in SETTINGS for value in within(one)])
def test_a_value_within_the_bounds_is_taken(tmp_path: Path, name: str, value: Any) -> None:
    """From a flag and, as text, from the environment."""
    expected = value.rstrip("/") + "/" if name == "base" else value

    assert Settings(tmp_path, {name: value}, {})[name] == expected
    assert Settings(tmp_path, {}, {f"SHELFGRAPH_{name.upper()}": str(value)})[name] == expected


@pytest.mark.parametrize(("name", "value"), [(one.name, value) for one in SETTINGS for value in beyond(one)])
def test_a_value_beyond_the_bounds_is_refused(tmp_path: Path, name: str, value: Any) -> None:
    """The message holds the setting, where it came from, the value, and what was expected."""
    with pytest.raises(SettingError) as refused:
        Settings(tmp_path, {name: value}, {})

    setting = next(one for one in SETTINGS if one.name == name)
    assert str(refused.value).startswith(f"{name} from flag: {value!r} is not {setting.bounds.expected}: ")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("page_size = 0", "page_size from site.toml: 0 is not a whole number from 1 to 1,000"),
        ("keep = 2.5", "keep from site.toml: 2.5 is not a whole number"),
        ("query_seconds = inf", "query_seconds from site.toml: inf is not a number from 0.1 to 86,400"),
        ("query_seconds = nan", "query_seconds from site.toml: nan is not a number from 0.1 to 86,400"),
        ("verify = 1", "verify from site.toml: 1 is not true or false"),
        ("title = 5", "title from site.toml: 5 is not a text of 1 to 200 characters"),
        ('[server]\nbind = ":80"', "server from site.toml: there is no such setting"),
        ("page-size = 5", "page-size from site.toml: there is no such setting: did you mean page_size?"),
        ("title = ", "not TOML"),
    ],
)
def test_what_site_toml_may_not_say(tmp_path: Path, line: str, told: str) -> None:
    (tmp_path / "site.toml").write_text(line)

    with pytest.raises(SettingError) as refused:
        Settings(tmp_path, {}, {})

    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("base", "kept"),
    [
        ("https://h.example", "https://h.example/"),
        ("http://[::1]:8000/", ""),
        ("http://127.0.0.1:65535/a/b%20c/", "http://127.0.0.1:65535/a/b%20c/"),
        ("https://bücher.example/für/", "https://bücher.example/für/"),
        ("ftp://h.example/", ""),
        ("HTTPS://h.example/", ""),
        ("https://user@h.example/", ""),
        ("https://h.example/?a", ""),
        ("https://h.example/#a", ""),
        ("https://h.example:0/", ""),
        ("https://h.example:65536/", ""),
        ("https://h.example:port/", ""),
        ("https://:80/", ""),
        ("https://h.example/a/../b/", ""),
        ("https://h.example/%2e/", ""),
        ("https://h.example/a%0Ab/", ""),
        ("https://h.example/a b/", ""),
        ("https:///path/", ""),
        ("h.example", ""),
    ],
)
def test_a_base_is_the_beginning_of_web_addresses(tmp_path: Path, base: str, kept: str) -> None:
    if kept:
        assert Settings(tmp_path, {"base": base}, {})["base"] == kept
    else:
        with pytest.raises(SettingError, match=r"^base from flag"):
            Settings(tmp_path, {"base": base}, {})


@pytest.mark.parametrize(
    ("bind", "taken"),
    [
        ("127.0.0.1:1", True),
        ("127.0.0.1:65535", True),
        ("[::]:8000", True),
        ("[fe80::1%eth0]:8000", True),
        ("localhost:8000", True),
        (":8000", True),
        ("127.0.0.1:0", False),
        ("127.0.0.1:65536", False),
        ("127.0.0.1:", False),
        ("127.0.0.1", False),
        ("8000", False),
        ("::1:8000", False),
        ("[::1]", False),
        ("[host]:80", False),
        ("127.0.0.1:80a", False),
        ("127.0.0.1:٨٠", False),
        ("a b:80", False),
        ("http://127.0.0.1:80", False),
    ],
)
def test_an_address_to_listen_on_is_host_and_port(tmp_path: Path, bind: str, taken: bool) -> None:
    if taken:
        assert Settings(tmp_path, {"bind": bind}, {})["bind"] == bind
    else:
        with pytest.raises(SettingError, match=r"^bind from flag: .* is not HOST:PORT, such as"):
            Settings(tmp_path, {"bind": bind}, {})


@pytest.mark.parametrize("word", ["true", "1", "yes", "TRUE", "false", "0", "no", "No"])
def test_true_and_false_are_written_in_several_ways(tmp_path: Path, word: str) -> None:
    found = Settings(tmp_path, {}, {"SHELFGRAPH_VERIFY": word})

    assert found["verify"] is (word.lower() in ("true", "1", "yes"))


@pytest.mark.parametrize(
    ("variable", "meant"),
    [
        ("SHELFGRAPH_PAGESIZE", "SHELFGRAPH_PAGE_SIZE"),
        ("SHELFGRAPH_QUERY_SECOND", "SHELFGRAPH_QUERY_SECONDS"),
        ("SHELFGRAPH_LICENSE", "SHELFGRAPH_LICENCE"),
        ("SHELFGRAPH_SITES", "SHELFGRAPH_TITLE"),
        ("SHELFGRAPH_XYZZY", ""),
        ("SHELFGRAPH_", ""),
    ],
)
def test_a_misspelt_variable_is_told_with_the_nearest_name(tmp_path: Path, variable: str, meant: str) -> None:
    with pytest.raises(SettingError) as refused:
        Settings(tmp_path, {}, {variable: "5"})

    assert str(refused.value).startswith(f"{variable} from environment: there is no such setting: ")
    assert (f"did you mean {meant}?" in str(refused.value)) == bool(meant)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SHELFGRAPH_SITE", "/srv/site"),
        ("SHELFGRAPH_TEST_KILLS", "100"),
        ("SHELFGRAPH_SERVICE_HOST", "10.0.0.1"),
        ("SHELFGRAPH_SERVICE_PORT_HTTP", "8000"),
        ("SHELFGRAPH_PORT", "tcp://10.0.0.1:8000"),
        ("SHELFGRAPH_PORT_8000_TCP_ADDR", "10.0.0.1"),
        ("OTHER_SHELFGRAPH_X", "1"),
    ],
)
def test_variables_that_are_no_settings_pass(tmp_path: Path, variable: str, value: str) -> None:
    """The site folder, what tests are told, and what Kubernetes says of a service that is called shelfgraph."""
    assert set(Settings(tmp_path, {}, {variable: value}).origin.values()) == {"default"}


def test_a_port_alone_is_no_setting(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="SHELFGRAPH_PORT from environment: there is no such setting"):
        Settings(tmp_path, {}, {"SHELFGRAPH_PORT": "8001"})


def test_settings_go_flag_environment_file_default(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text('title = "file"\nbase = "https://file.example/"\nkeep = 7\n')

    found = Settings(tmp_path, {"base": "https://flag.example"}, {"SHELFGRAPH_TITLE": "environment"})

    assert (found["base"], found["title"], found["keep"]) == ("https://flag.example/", "environment", 7)
    assert (found.origin["base"], found.origin["title"], found.origin["keep"]) == ("flag", "environment", "site.toml")
    assert found.origin["profile"] == "default"


def test_the_settings_verb_shows_each_with_its_bounds(tmp_path: Path) -> None:
    run = CliRunner(env={"SHELFGRAPH_KEEP": "7"}).invoke
    (tmp_path / "site.toml").write_text('metrics = "open"\n')

    told = run(main, ["settings", "--site", str(tmp_path)]).stdout
    known = json.loads(run(main, ["settings", "--json"], env={"SHELFGRAPH_SITE": str(tmp_path)}).stdout)

    for setting in SETTINGS:
        assert f"\n{setting.name} = " in f"\n{told}" and setting.bounds.expected in told
    assert known["keep"] == {"value": 7, "from": "environment", "minimum": 0, "maximum": 1000}
    assert known["metrics"] == {"value": "open", "from": "site.toml", "words": ["local", "open", "off"]}
    assert known["verify"] == {"value": True, "from": "default"}


def asking(settings: Settings, **more: Any) -> FlaskClient:
    """A client of the site with these settings too."""
    return create_app(Settings(settings.site, {"base": BASE, "verify": False, **more}, {})).test_client()


@pytest.mark.parametrize("end", ["minimum", "maximum"])
def test_a_site_answers_at_both_ends_of_the_bounds(settings: Settings, end: str) -> None:
    """What a setting may be is what the program can do: pages, lists, searches and queries are answered at each end."""
    rows = [one for one in SETTINGS if isinstance(one.bounds, Whole | Real)]
    values = {one.name: getattr(one.bounds, end) for one in rows if one.name != "requests_per_minute"}
    client = asking(settings, **values | {"query_seconds": 3600})

    for path in ("/", "/search?q=", "/search?q=the&page=2", "/journal/2529-850X", "/sparql?query=ASK{?s ?p ?o}"):
        assert client.get(path).status_code == 200, path
    client.application.extensions["shelfgraph"].pools.close()
