"""No value that a reader reads is lost in silence: it is said, or left out with a reason that is counted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import BASE, EXAMPLES

from ld.publish.ledger import UNKNOWN, Ledger, Sum
from ld.publish.run import publish
from ld.readers import read
from ld.record import Record, Rejected, Remark
from ld.settings import Settings

DOCUMENT = {
    "id": "b1",
    "record_format": "marc",
    "format": ["Book"],
    "title": "A title /",
    "title_fullStr": "A title / by Jane Doe.",
    "author": ["Doe, Jane."],
    "isbn": ["9780306406157", "123"],
    "shelf_of_my_own": ["A 1", "B 2", " "],
}


def entered(*documents: dict[str, object], folder: Path) -> Ledger:
    """The ledger of some index documents."""
    file = folder / "in.jsonl"
    file.write_text("".join(json.dumps(one) + "\n" for one in documents))
    ledger = Ledger({}, {}, {})
    for outcome in read(str(file)):
        if isinstance(outcome, Record):
            ledger.enter(outcome)
        elif isinstance(outcome, Rejected):
            ledger.reject(outcome)
    return ledger


def test_every_value_is_said_or_normalised_or_left_out_with_a_reason(tmp_path: Path) -> None:
    ledger = entered(DOCUMENT, folder=tmp_path)

    lines = ledger.lines["solr"]
    fates = {field: (line.values, line.said, line.normalised) for field, line in lines.items()}
    assert fates == {
        "id": (1, 1, 0),
        "record_format": (1, 0, 0),
        "format": (1, 0, 1),
        "title": (1, 0, 1),
        "title_fullStr": (1, 0, 0),
        "author": (1, 0, 1),
        "isbn": (2, 1, 0),
        "shelf_of_my_own": (2, 0, 0),
    }
    assert lines["shelf_of_my_own"].left == {UNKNOWN: Sum(2, ["b1"])}
    assert lines["isbn"].left == {"not a valid ISBN: left out": Sum(1, ["b1"])}
    assert ledger.remarks == {"isbn": {"not a valid ISBN: left out": Sum(1, ["b1"])}}


def test_what_several_workers_counted_adds_up(tmp_path: Path) -> None:
    """The same sums as one worker has, and no more than a few ids beside each."""
    documents = [DOCUMENT | {"id": f"b{n}"} for n in range(20)] + [{"id": "bad", "format": ["Book"]}]
    whole = entered(*documents, folder=tmp_path)
    first = entered(*documents[:7], folder=tmp_path)
    first.add(entered(*documents[7:], folder=tmp_path))

    assert first == whole
    assert whole.lines["solr"]["isbn"].left["not a valid ISBN: left out"] == Sum(20, ["b0", "b1", "b2", "b3", "b4"])
    assert [(reason, one.count, one.ids) for reason, one in whole.rejects.items()] == [
        ("no title: every record needs the field 'title'", 1, ["bad"])
    ]


def test_reasons_without_end_take_no_memory_without_end() -> None:
    ledger = Ledger({}, {}, {})
    for n in range(1000):
        ledger.reject(Rejected(f"place {n}", f"reason {n}"))

    assert len(ledger.rejects) <= 201
    assert sum(one.count for one in ledger.rejects.values()) == 1000


def test_a_publish_ends_with_the_table_and_keeps_it(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "site", {"base": BASE}, {})
    manifest = publish([str(EXAMPLES)], settings)

    ledger = Ledger.of(settings.site / "generations" / manifest.generation)
    values = sum(line.values for page in ledger.lines.values() for line in page.values())
    told = [
        line.said + line.normalised + sum(one.count for one in line.left.values())
        for page in ledger.lines.values()
        for line in page.values()
    ]
    assert values == sum(told) > 100
    table = list(ledger.table())
    assert table[0].split() == ["DOAJ", "article", "JSON:", "values", "said", "normalised", "left", "out"]
    assert len(table) == sum(map(len, ledger.lines.values())) + len(ledger.lines)


def remarked(problems: dict[str, dict[str, Sum]]) -> Iterator[tuple[str, str]]:
    """Field and problem of all remarks."""
    yield from ((field, problem) for field, sums in problems.items() for problem in sums)


@pytest.mark.parametrize("remark", [Remark("x", "one"), Remark("x", "two", "value")])
def test_remarks_are_counted_by_field_and_problem(remark: Remark, tmp_path: Path) -> None:
    record = next(outcome for outcome in read(str(EXAMPLES)) if isinstance(outcome, Record))
    record.remarks = [remark, remark]
    ledger = Ledger({}, {}, {})
    ledger.enter(record)

    assert list(remarked(ledger.remarks)) == [("x", remark.problem)]
    assert ledger.remarks["x"][remark.problem].count == 2
