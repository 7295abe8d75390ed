"""The law of the house, read from the docstrings of `ld/` and its rooms: who may use whom, and in which order."""

from __future__ import annotations

import ast
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest
from conftest import ROOT

LD = ROOT / "ld"
BENCH = ROOT / "bench"
_ENTRY = re.compile(r"^(?:    )?([a-z_/]+(?: · [a-z_/]+)*|\*) {2,}\S", re.MULTILINE)


@cache
def modules() -> dict[str, Path]:
    """The modules of `ld/`, by their name below it; a package by its folder's name, the whole as ""."""
    found = {".".join(path.relative_to(LD).with_suffix("").parts): path for path in LD.rglob("*.py")}
    return {name.removesuffix("__init__").removesuffix("."): path for name, path in found.items()}


@cache
def docstring(room: str) -> str:
    """The docstring of a room, of the whole house for ""."""
    return ast.get_docstring(ast.parse(modules()[room].read_text(encoding="utf-8")), clean=False) or ""


def files(room: str) -> set[str]:
    """The files of a room."""
    return {name for name in modules() if name.startswith(f"{room}.") and "__init__" not in modules()[name].name}


def listed(room: str) -> list[set[str]]:
    """The files of a room in reading order, as its docstring lists them; "*" are those that it does not name.

    Of these there may be any number, and none uses another.
    """
    names = [name for entry in _ENTRY.findall(docstring(room)) for name in entry.split(" · ")]
    named = [f"{room}.{name.replace('/', '.')}" for name in names]
    return [files(room) - set(named) if name.endswith("*") else {name} for name in named]


def rooms() -> list[str]:
    """The rooms of the house."""
    return sorted(path.parent.name for path in LD.glob("*/__init__.py"))


def names(text: str) -> set[str]:
    """The names in a part of a sentence: "a, b and c"."""
    return set(re.findall(r"\w+", text)) - {"and", "nothing"}


def known_to() -> dict[str, set[str]]:
    """Who may use whom: the sentences "x and y know a, b."."""
    law = re.findall(r"^- ([\w, ]+?) knows? ([\w, \n]+)\.$", docstring(""), re.MULTILINE)
    return {one: names(used) for users, used in law for one in names(users)}


def reserved() -> dict[str, set[str]]:
    """Which rooms alone may use a library: the sentences "Only x uses a, b."."""
    law = re.findall(r"^- Only ([\w, ]+?) uses? ([\w, ]+)\.$", docstring(""), re.MULTILINE)
    return {library: names(users) for users, libraries in law for library in names(libraries)}


@cache
def imported(path: Path) -> frozenset[str]:
    """The names of all that a file imports, at its top or within a function."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(found)


def used(name: str) -> set[str]:
    """The modules of `ld/` that a module uses."""
    found = set()
    for target in imported(modules()[name]):
        below = target.removeprefix("ld.")
        while target.startswith("ld.") and below not in modules():
            below = below.rpartition(".")[0]
        if target.startswith("ld.") and below != name:
            found.add(below)
    return found - {""}


def room_of(name: str) -> str:
    """The room of a module, or the module itself where it stands beside the rooms."""
    return name.partition(".")[0]


def test_there_is_a_law() -> None:
    assert set(rooms()) <= set(known_to())
    assert {"flask", "pyoxigraph", "requests"} <= set(reserved())


@pytest.mark.parametrize("name", sorted(modules()))
def test_a_room_uses_only_what_it_may_know(name: str) -> None:
    here = room_of(name)
    if not here or "all" in known_to()[here]:
        return

    beyond = {one for one in used(name) if room_of(one) != here and room_of(one) not in known_to()[here]}

    assert not beyond


@pytest.mark.parametrize("room", rooms())
def test_a_room_lists_its_files_once(room: str) -> None:
    found = [name for some in listed(room) for name in some]

    assert sorted(found) == sorted(files(room))


@pytest.mark.parametrize("name", sorted(name for name in modules() if "." in name))
def test_within_a_room_a_file_uses_only_those_above_it(name: str) -> None:
    order = {one: n for n, some in enumerate(listed(room_of(name))) for one in some}

    below = {one for one in used(name) if one in order and order[one] >= order.get(name, len(order))}

    assert not below


@pytest.mark.parametrize("library", sorted(reserved()))
def test_a_library_is_used_only_where_it_may_be(library: str) -> None:
    using = {room_of(name) for name, path in modules().items() if any(
        one.partition(".")[0] == library for one in imported(path))}  # fmt: skip

    assert using
    assert using <= reserved()[library]


def test_only_the_store_names_the_store_of_pyoxigraph() -> None:
    """Whoever else wants triples asks an Engine, so that another kind of engine is one file."""
    using = {room_of(name) for name, path in modules().items() if "pyoxigraph.Store" in imported(path)}

    assert using == {"store"}


def _names(target: str, one: str, name: str) -> bool:
    """Whether what a script imports is the file named `one`: from its own folder or from the top."""
    beside = f"{name.rpartition('.')[0]}.{target}".removeprefix(".")
    return f"{target}.".startswith(f"{one}.") or f"{beside}.".startswith(f"{one}.")


def uses_in(folder: Path) -> dict[str, set[str]]:
    """Which files below a folder of scripts use which others of them."""
    files = {".".join(path.relative_to(folder).with_suffix("").parts): path for path in folder.rglob("*.py")}
    return {
        name: {one for one in files for target in imported(path) if _names(target, one, name)} - {name}
        for name, path in files.items()
    }


@pytest.mark.parametrize("uses", [{name: used(name) for name in modules()}, uses_in(BENCH)], ids=["ld", "bench"])
def test_no_circles(uses: dict[str, set[str]]) -> None:
    while free := {name for name, targets in uses.items() if not targets & set(uses)}:
        uses = {name: targets for name, targets in uses.items() if name not in free}

    assert not uses


def test_the_readme_names_every_room() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")

    assert not [room for room in rooms() if f"`{room}/`" not in text]


def test_every_dependency_is_used() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = {re.split(r"[>\[]", one)[0] for one in project["dependencies"]}
    spelled = {"flask-compress": "flask_compress", "python-stdnum": "stdnum"}
    using = {one.partition(".")[0] for path in modules().values() for one in imported(path)}

    assert not {name for name in wanted if spelled.get(name, name) not in using}


def test_functions_fit_in_the_eye() -> None:
    long = [
        f"{name}.{node.name}: {node.end_lineno - node.lineno + 1} lines"
        for name, path in modules().items()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and node.end_lineno and node.end_lineno - node.lineno >= 40
    ]

    assert not long


def test_no_property_of_the_mapping_stands_in_python() -> None:
    """Standards that a file carries out may (VoID, DCAT, SD, SHACL, …): their namespaces are not the mapping's."""
    mapped = re.compile(
        r"https?://(?:purl\.org/(?:dc/|ontology/bibo)|xmlns\.com/foaf|id\.loc\.gov/vocabulary/relators)"
    )
    naming = {name: mapped.findall(path.read_text(encoding="utf-8")) for name, path in modules().items()}

    assert not {name: found for name, found in naming.items() if found}


def clocks(path: Path) -> list[str]:
    """The places of a test where a clock is asked, or the time is set in which something must happen."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        asked = isinstance(node, ast.Import) and any(alias.name == "time" for alias in node.names)
        limit = isinstance(node, ast.keyword) and node.arg == "timeout" and isinstance(node.value, ast.Constant)
        if asked or limit:
            found.append(f"{path.name}:{node.lineno}")
    return found


def test_no_test_asserts_a_time() -> None:
    """What must happen is waited for, by `tests/waiting.py` alone, which has an end that no machine is too slow for."""
    waiting = ROOT / "tests" / "waiting.py"

    assert clocks(waiting)
    assert not [place for path in (ROOT / "tests").rglob("*.py") if path != waiting for place in clocks(path)]
