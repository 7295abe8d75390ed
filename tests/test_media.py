"""Media types: each is defined once, in the file of the form that has it, and all else loops over the table."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT

from ld.formats.media import HTML, Of, forms
from ld.formats.table import CITATION, DOCUMENT, EVERY, GRAPH, RECORD, RESULTS, by_extension

LD = ROOT / "ld"
MEDIA_TYPE = re.compile(r"\b(?:application|text)/[a-z][\w.+-]*")
# What asks other servers says what it would like to get from them, and gives nothing.
ASKING = LD / "harvest"


def strings(path: Path) -> Iterator[str]:
    """The strings of a program, without its docstrings; of a template, all of it."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        yield text
        return
    tree = ast.parse(text)
    plain = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in plain:
            yield node.value


def written(folder: Path) -> list[tuple[str, str]]:
    """The media types that stand in the files below a folder, each with the name of its file."""
    paths = [path for path in sorted(folder.rglob("*")) if path.suffix in (".py", ".html")]
    return [(path.name, kind) for path in paths for text in strings(path) for kind in MEDIA_TYPE.findall(text)]


def test_no_media_type_stands_outside_the_forms() -> None:
    outside = [folder for folder in LD.iterdir() if folder.is_dir() and folder not in (LD / "formats", ASKING)]

    assert not [one for folder in outside for one in written(folder)]
    assert not [kind for path in LD.glob("*.py") for text in strings(path) for kind in MEDIA_TYPE.findall(text)]


def test_each_media_type_is_written_once() -> None:
    counted = Counter(kind for _, kind in written(LD / "formats"))

    assert {form.media_type for form in EVERY} <= set(counted)
    assert not {kind: n for kind, n in counted.items() if n > 1}


@pytest.mark.parametrize("of", list(Of))
def test_no_two_forms_of_one_thing_are_called_alike(of: Of) -> None:
    """By no key, media type or alias: else it would depend on their order which of them is given."""
    names = Counter(name for form in forms(of) for name in {form.key, form.media_type, *form.aliases})

    assert not {name: n for name, n in names.items() if n > 1}


def test_what_is_preferred_where_all_are_liked_as_well() -> None:
    first = [some[0].key for some in (DOCUMENT, CITATION, GRAPH, RESULTS)]

    assert first == ["html", "bib", "ttl", "json"]
    assert [form.key for form in DOCUMENT[:6]] == ["html", "jsonld", "json", "ttl", "nt", "rdf"]


def test_every_form_but_a_page_has_a_writer() -> None:
    assert [form for form in RECORD if form.write is None] == [HTML]
    assert all(form.engine for form in GRAPH)
    assert all(form.table for form in RESULTS)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("record/1.ttl", [("record/1", "ttl")]),
        ("record/1.csl.json", [("record/1", "csl.json"), ("record/1.csl", "json")]),
        ("record/1.pdf", []),
        ("record/1", []),
        (".ttl", []),
    ],
)
def test_the_extension_of_a_path(path: str, found: list[tuple[str, str]]) -> None:
    """The longest goes first, but an id may itself end like one: `record/1.csl` as JSON."""
    assert [(stem, form.key) for stem, form in by_extension(path)] == found
