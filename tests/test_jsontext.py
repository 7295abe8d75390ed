"""JSON that is not JSON Lines: lists and answers, read in little memory."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from reading import LINE, answer, outcomes, written

from ld import readers
from ld.errors import SourceError
from ld.readers.jsontext import Answer, JsonText
from ld.readers.share import Share
from ld.record import Record, Rejected


def test_a_json_text_is_read_in_little_memory(tmp_path: Path) -> None:
    """200 MB in one answer: its documents come one after the other."""
    path = tmp_path / "x"
    doc = json.dumps({"id": "1", "title": "T", "title_short": "T", "description": "y" * 1_000_000})
    with path.open("w") as out:
        out.write('{"response": {"docs": [')
        out.write(",".join([doc] * 200))
        out.write("]}}")
    code = (
        "from ld import readers\n"
        f"print(sum(1 for _ in readers.read({str(path)!r})))\n"
        "print(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    )

    count, memory = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.split()

    assert count == "200"
    assert int(memory) < 300 << 10


def test_a_json_text_is_read_by_one_worker_and_lines_by_all(tmp_path: Path) -> None:
    """Each gets about as many bytes; what one does not read it does not look through either."""
    docs = [LINE.strip().replace('"1"', f'"{n}"') for n in range(4000)]
    for n, size in enumerate((4000, 1000, 1000, 2000)):
        written(tmp_path / f"{n}.json", answer(*docs[:size]))
    shares = [Share(i, 2) for i in range(2)]
    read, counted = [], []
    for share in shares:
        numbers: list[int] = []
        found = list(readers.read(str(tmp_path), share=share, on_bytes=numbers.append))
        read.append(sum(isinstance(one, Record) for one in found))
        counted.append(sum(numbers))
    whole = sum(path.stat().st_size for path in tmp_path.iterdir())

    assert read == [4000, 4000]
    assert all(0.4 * whole < one < 0.9 * whole for one in counted)


@pytest.mark.parametrize("workers", [2, 3])
def test_a_file_that_cannot_be_read_is_told_by_one_worker(tmp_path: Path, workers: int) -> None:
    """Whether all of them meet it or only the one that reads it, and at the same place in the input."""
    (tmp_path / "0").symlink_to(tmp_path / "nowhere")
    for n, text in enumerate((answer(LINE), answer(LINE)[:-3], "none", answer(LINE, LINE[:9]), LINE), 1):
        written(tmp_path / str(n), text)
    alone = Share()
    expected = [(alone.position, one) for one in readers.read(str(tmp_path), share=alone)]
    shares = [Share(i, workers) for i in range(workers)]

    found = [(share.position, one) for share in shares for one in readers.read(str(tmp_path), share=share)]

    told = [one for one in found if isinstance(one[1], Rejected)]
    assert sorted(told, key=lambda one: one[0]) == [one for one in expected if isinstance(one[1], Rejected)]
    assert [Path(one.place).name for _, one in expected if isinstance(one, Rejected)] == ["0", "2", "3", "4"]
    assert sum(isinstance(one, Record) for _, one in found) == 4


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        (answer(LINE, LINE), ["1", "1"]),
        (answer(LINE, around=', "facet_counts": {"docs": [{"id": "no"}]}'), ["1"]),
        (answer(LINE, around=', "response": {"docs": [{"id": "no"}]}'), ["1"]),
        (answer(), []),
        ("[\n" + LINE + " , " + LINE + "]\n\n", ["1", "1"]),
        ("[]", []),
        (answer(LINE) + answer(LINE, LINE) + "\n" + LINE, ["1"] * 4),
        (json.dumps(json.loads(answer(LINE)), indent=1) * 2, ["1", "1"]),
        (LINE.replace(",", ",\n"), ["1"]),
        (LINE.replace('"id"', '"response": {"docs": "none"}, "id"').replace(",", ",\n"), ["1"]),
    ],
)
def test_what_is_a_document_in_a_json_text(tmp_path: Path, text: str, ids: list[str]) -> None:
    assert [one.id for one in outcomes(written(tmp_path / "x", text), "solr")] == ids


@pytest.mark.parametrize("size", [1, 7, 1 << 20])
def test_where_the_pieces_of_a_json_text_end_makes_no_difference(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ld.readers.jsontext.BLOCK_BYTES", size)
    docs = ['{"a": "\\"]}\\\\", "b": [1.5e3, {"ü": null}], "n": -12}', "12", '"x"', "true", "[ ]", "-3.25"]
    text = f'  {{"n": 12 , "response" : {{"numFound":7, "docs": [ {" , ".join(docs)} ] , "x":[1]}} }} '.encode()

    found = Answer(JsonText(io.BytesIO(text), b"", "here"), (("response", "docs"),))

    assert [one.decode() for one in found] == docs
    assert {name: bytes(raw) for name, raw in found.around.items()} == {"n": b"12", "numFound": b"7", "x": b"[1]"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"response": {"docs": [{"id": "1"} {"id": "2"}]}}', r"expected ',' \(line 1, column 36\)"),
        ('{"response": {"docs": [\n{"id": "1"},\n{"id" "2"}]}}', r"expected ':' \(line 3, column 7\)"),
        ('{"response": {"docs": [{"id": "1"}]}} x', r"invalid character \(line 1, column 39\)"),
        ('{"response": {"docs": [{"id": "1"}', r"expected ',' \(line 1, column 35\).*cut off"),
        ('{"response" {', "expected ':'"),
        ("{response: {", "expected a name"),
        ("[" * 3000, "nested too deeply"),
    ],
)
def test_a_json_text_that_is_none_says_where(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        outcomes(written(tmp_path / "x", text), "solr")


def test_of_an_answer_a_record_that_is_not_utf_8_is_rejected(tmp_path: Path) -> None:
    """The others can be told apart from it."""
    data = answer(LINE, '{"id": "2", "title": "\xe4"}', LINE).encode("latin-1")

    first, second, third = outcomes(written(tmp_path / "x", data), "solr")

    assert isinstance(second, Rejected)
    assert "not UTF-8 at byte 22 of the record" in second.reason
    assert (first.id, third.id) == ("1", "1")
