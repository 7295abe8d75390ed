"""The README's table of files is the law of imports: a file uses only files above it."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest
from conftest import ROOT

LD = ROOT / "ld"


def table() -> list[str]:
    """The modules of `ld/` in the order of the README's table."""
    text = (ROOT / "README.md").read_text(encoding="utf-8").partition("| file in `ld/` |")[2]
    rows = re.findall(r"^\| ((?:`[\w/]+`(?: · )?)+) \|", text, re.MULTILINE)
    return [name.replace("/", ".").removesuffix(".") for row in rows for name in re.findall(r"`([\w/]+)`", row)]


def modules() -> dict[str, Path]:
    """The modules there are, by name without the `ld.` in front; a package by its folder's name."""
    found = {}
    for path in LD.rglob("*.py"):
        name = ".".join(path.relative_to(LD).with_suffix("").parts).removesuffix(".__init__")
        if name not in ("__init__", "__main__"):
            found[name] = path
    return found


def imports(path: Path) -> set[str]:
    """The modules of `ld` that a file imports."""
    known = modules()
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return {name.removeprefix("ld.") for name in found if name.removeprefix("ld.") in known and name.startswith("ld.")}


def test_the_table_names_every_file_once() -> None:
    assert sorted(modules()) == sorted(table())


@pytest.mark.parametrize("name", sorted(modules()))
def test_a_file_uses_only_files_above_it(name: str) -> None:
    order = {module: n for n, module in enumerate(table())}

    below = {used for used in imports(modules()[name]) - {name} if order[used] >= order[name]}

    assert not below


def test_only_the_web_knows_flask() -> None:
    using = {
        name
        for name, path in modules().items()
        if re.search(r"^(?:import|from) (?:flask|werkzeug)", path.read_text(), re.M)
    }

    assert all(name.startswith("web") for name in using)


def test_every_dependency_is_used() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = {re.split(r"[>\[]", one)[0] for one in project["dependencies"]}
    modules_of = {"flask-compress": "flask_compress", "python-stdnum": "stdnum"}
    code = "\n".join(path.read_text() for path in modules().values())

    unused = {name for name in names if not re.search(rf"(?:import|from) {modules_of.get(name, name)}\b", code)}

    assert not unused


def test_functions_fit_in_the_eye() -> None:
    long = [
        f"{name}.{node.name}: {node.end_lineno - node.lineno + 1} lines"
        for name, path in modules().items()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and node.end_lineno and node.end_lineno - node.lineno >= 60
    ]

    assert not long
