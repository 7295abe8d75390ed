"""What `validate` would call a violation is not published: the value is left out, with a remark."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import BASE
from test_validate import own_shapes, rule, validated

from ld.publish.gate import _is_blank
from ld.publish.run import publish
from ld.settings import Settings
from ld.site.live import Live
from ld.values import vocab


@pytest.fixture(autouse=True)
def packaged() -> Iterator[None]:
    """No test leaves the vocabulary of its site to the next."""
    yield
    vocab.use(None)


def published(site: Path, shapes: str, **document: Any) -> tuple[int, str, list[dict[str, str]]]:
    """A record published under these shapes: how many were rejected, its lines and those around it, the remarks."""
    own_shapes(site, rule(shapes))
    vocab.use(site / "vocab")
    one = {"id": "1", "title": "A title", "title_short": "A title", "publisher": ["A Press"], **document}
    other = {"id": "2", "title": "Another", "title_short": "Another"}
    (site / "x.jsonl").write_text("".join(json.dumps(line) + "\n" for line in (one, other)), encoding="utf-8")
    manifest = publish([str(site / "x.jsonl")], Settings(site, {"base": BASE}, {}))
    found = Live(site).current()
    document_ = found.documents.get("record/1")
    lines = found.documents.lines(document_) if document_ else ""
    remarks = [json.loads(line) for line in (found.path / "remarks.jsonl").read_text().splitlines()]
    return manifest.account.rejected, lines, [one for one in remarks if "left out: " in one["problem"]]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    found = tmp_path / "site"
    found.mkdir()
    return found


WORK = "shape:Mine a sh:NodeShape ; sh:targetObjectsOf foaf:primaryTopic ; sh:property"
AGENT = "shape:Mine a sh:NodeShape ; sh:targetObjectsOf dcterms:publisher ; sh:property"


def test_a_value_that_a_shape_forbids_is_left_out_in_all_its_properties(site: Path) -> None:
    short = f'{WORK} [ sh:path dcterms:alternative ; sh:maxLength 9 ; sh:message "too long" ] .'
    rejected, lines, remarks = published(site, short, title_alt=["Good", "Far too long a title"])

    assert rejected == 0
    assert "Good" in lines and "Far too long" not in lines
    assert [(one["id"], one["field"], one["problem"], one["value"]) for one in remarks] == [
        ("1", "dcterms:alternative", "left out: too long", "Far too long a title")
    ]
    assert validated(site)[1]["violations"] == 0


def test_a_warning_leaves_nothing_out(site: Path) -> None:
    short = f'{WORK} [ sh:path dcterms:alternative ; sh:maxLength 9 ; sh:severity sh:Warning ; sh:message "long" ] .'
    _, lines, remarks = published(site, short, title_alt=["Far too long a title"])

    assert "Far too long" in lines
    assert remarks == []


def test_a_record_that_is_nothing_without_the_value_is_rejected(site: Path) -> None:
    rejected, lines, _ = published(
        site, f'{WORK} [ sh:path dcterms:title ; sh:pattern "^Another" ; sh:message "odd" ] .'
    )

    assert (rejected, lines) == (1, "")
    reason = json.loads((site / "rejects.jsonl").read_text())["reason"]
    assert reason.endswith("without what had to be left out of it")


def test_what_is_said_of_a_shared_thing_passes_the_gate_too(site: Path) -> None:
    wanted = f'{AGENT} [ sh:path foaf:name ; sh:not [ sh:pattern "Press$" ] ; sh:message "x" ] .'
    _, lines, remarks = published(site, wanted)

    assert '/name> "A Press"' not in lines
    assert [(one["field"], one["problem"], one["value"]) for one in remarks] == [
        ("foaf:name", "left out: x", "A Press")
    ]


@pytest.mark.parametrize("lean", ["full", "lean"])
def test_the_marks_of_the_other_lines_stay_theirs(site: Path, lean: str) -> None:
    """What the store keeps of a record is the same with and without a value that was left out."""
    (site / "site.toml").write_text(f'profile = "{lean}"\n')
    short = f'{WORK} [ sh:path dcterms:alternative ; sh:maxLength 9 ; sh:message "too long" ] .'
    published(site, short, title_alt=["Good", "Far too long a title"])
    with_fault = Live(site).current().manifest.counts
    published(site, short, title_alt=["Good"])

    assert Live(site).current().manifest.counts == with_fault


@pytest.mark.parametrize(
    ("literal", "blank"),
    [
        ('""', True), ('" "', True), ('" x"', True), ('"x "', True), (r'"x\n"', True), (r'"\tx"', True),
        ('"\u00a0x"', True), ('"x\u3000"', True), ('""@en', True), ('"x "@en', True), ('"x "^^<http://y>', True),
        ('"x"', False), ('"a b"@en', False), ('"\u00e9"', False), (r'"ends in \\n"', False), (r'"a\"b"', False),
        (r'"\\"', False), ('"1999"^^<http://y>', False), (r'"\"x\""', False), ('"n"', False),
    ],
)  # fmt: skip
def test_blank_texts_are_known_by_their_edges(literal: str, blank: bool) -> None:
    assert _is_blank(literal) == blank
