"""Sources are opened and recognised; what cannot be read says why."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import EXAMPLES
from reading import LINE, NAMESPACE, OLD_ORDER, harvested, outcomes, written

from ld import readers
from ld.errors import SourceError
from ld.readers.kinds import KINDS
from ld.record import Record, Rejected


def test_kinds_are_recognised_by_content_not_by_name(tmp_path: Path) -> None:
    oai = harvested(f'<d:doajArticle xmlns:d="{NAMESPACE}"><d:title>T</d:title></d:doajArticle>')
    for name, data in (
        ("a.pdf", LINE),
        ("b", OLD_ORDER),
        ("c.txt", oai),
        ("d", '{"id": "1", "bibjson": {"title": "T"}}'),
    ):
        written(tmp_path / name, data)

    found = outcomes(tmp_path)

    assert [one.source.kind for one in found if isinstance(one, Record)] == ["solr", "staffview", "oai_doaj", "doaj"]


@pytest.mark.parametrize("packed", [False, True])
def test_gzip_and_byte_order_marks_make_no_difference(tmp_path: Path, packed: bool) -> None:
    data = b"\xef\xbb\xbf" + LINE.encode()
    (found,) = outcomes(written(tmp_path / "x", gzip.compress(data) if packed else data))

    assert found.id == "1"


def test_a_gzip_file_that_is_cut_off(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="not a whole gzip file"):
        outcomes(written(tmp_path / "x", gzip.compress((LINE * 5000).encode())[:-9]), "solr")


@pytest.mark.parametrize(
    ("data", "kind", "message"),
    [
        (b"", None, "the file is empty"),
        (b"hello world", None, r"no kind of record is recognised.*--as, one of doaj .*staffview"),
        (LINE.encode("utf-16"), None, "UTF-16"),
        (b'{"id": "1", "title": "\xe4"}', "solr", "not UTF-8 at byte 22"),
        (b'{"response": {"docs": [{"id": "1",\n "title": "T"}, {"id', "solr", r"line 2, column \d+.*cut off"),
        (b'{"id": "1",\n "title" "T"}', "solr", "line 2, column"),
        (b'{"response": {"docs": ' + b"[" * 100_000, "solr", "nested too deeply"),
        (b"{}", "cards", "'cards' is no kind of record: name one of doaj"),
        (b"<OAI-PMH", None, "not well-formed XML at line 1"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, data: bytes, kind: str | None, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        outcomes(written(tmp_path / "x", data), kind)


def test_bad_lines_are_rejected_and_the_others_go_on(tmp_path: Path) -> None:
    bad = [b'{"id": "2", "tit\n', b'{"id": "\xe4"}\n', b'{"a": ' + b"[" * 100_000 + b"\n", b"[1]\n", b"\n", b'"x"\n']
    found = outcomes(written(tmp_path / "x", LINE.encode() + b"".join(bad) + LINE.encode()))

    assert [type(one) for one in found] == [Record, *[Rejected] * 5, Record]
    rejects = [one for one in found if isinstance(one, Rejected)]
    assert [one.reason.partition(":")[0].partition(" at")[0] for one in rejects] == [
        "not JSON", "not UTF-8", "is nested too deeply to be a catalogue record", "not a record", "not a record",
    ]  # fmt: skip
    assert rejects[0].place.endswith("x, line 2")
    assert all(one.place and one.reason and len(one.excerpt) <= 200 for one in rejects)


def test_a_broken_first_line_is_one_rejected_line(tmp_path: Path) -> None:
    first, second = outcomes(written(tmp_path / "x", '{"id": "0", "title\n' + LINE), "solr")

    assert isinstance(first, Rejected)
    assert second.id == "1"


@pytest.mark.parametrize("kind", ["solr", "staffview", "doaj", "oai_doaj"])
def test_a_field_of_two_million_letters_is_named(tmp_path: Path, kind: str) -> None:
    long = "x" * 2_000_000
    data = {
        "solr": json.dumps({"id": "1", "title": "T", "description": long}),
        "staffview": f"id 1\nrecord_format Article\ntitle T\ndescription {long}\n",
        "doaj": json.dumps({"id": "1", "bibjson": {"title": "T", "abstract": long}}),
        "oai_doaj": harvested(
            f'<d:doajArticle xmlns:d="{NAMESPACE}"><d:title>T</d:title>'
            f"<d:abstract>{long}</d:abstract></d:doajArticle>"
        ),
    }[kind]  # fmt: skip
    (found,) = outcomes(written(tmp_path / "x", data))

    assert isinstance(found, Rejected)
    assert "has 2,000,000 characters, over the limit of 1,048,576" in found.reason
    assert len(found.excerpt) <= 200


def test_a_field_of_fifty_megabytes_does_not_stop_the_others(tmp_path: Path) -> None:
    line = '{"id": "big", "title": "T", "description": "' + "x" * 52_428_800 + '"}\n'
    first, second = outcomes(written(tmp_path / "x", line + LINE), "solr")

    assert isinstance(first, Rejected)
    assert (first.id, second.id) == ("big", "1")
    assert first.reason.startswith("field 'description' has 52,428,800 characters, over the limit of 1,048,576:")


LONG = b'{"id": "long", "title": "' + b"x" * (70 << 20) + b'"}\n'


@pytest.mark.parametrize("before", [b"", b"\n\n", LINE.encode()])
def test_a_line_that_is_far_too_long_is_passed_over_in_little_memory(tmp_path: Path, before: bytes) -> None:
    """200 MB in one line: rejected by its place, and the lines behind it are read."""
    path = written(tmp_path / "x", before + LONG[:-1] * 3 + b"\n" + LINE.encode() * 2)
    code = (
        "from ld import readers\n"
        f"for one in readers.read({str(path)!r}, 'solr'): print(type(one).__name__, getattr(one, 'place', ''))\n"
        "print(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    )
    *told, memory = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.splitlines()

    at = before.count(b"\n") + 1
    assert told[-3:] == [f"Rejected x, line {at}", "Record ", "Record "]
    assert int(memory) < 350 << 10


def test_a_folder_reads_what_it_can(tmp_path: Path) -> None:
    (tmp_path / "deep" / ".hidden").mkdir(parents=True)
    for name in ("deep/z.jsonl", "deep/.hidden/y.jsonl", "a.jsonl"):
        written(tmp_path / name, LINE.replace('"1"', f'"{name}"'))
    written(tmp_path / "notes.md", "# notes")
    written(tmp_path / "b.bin", b"\x00\x01")
    written(tmp_path / "empty", b"")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    found = outcomes(tmp_path)

    assert [one.id for one in found if isinstance(one, Record)] == ["a.jsonl", "deep/z.jsonl"]
    assert [Path(one.place).name for one in found if isinstance(one, Rejected)] == ["b.bin", "dangling", "empty"]


def test_folders_with_nothing_to_read(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no file in it"):
        outcomes(tmp_path)
    written(tmp_path / "x.bin", b"\x00")
    with pytest.raises(SourceError, match="none of its 1 files could be read"):
        outcomes(tmp_path)


def test_a_folder_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root may read everything, so the refusal is played."""

    def refuse(path: str | Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(SourceError, match="Permission denied: check the rights"):
        outcomes(tmp_path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="No such file"):
        outcomes(tmp_path / "nowhere")


def test_progress_counts_the_bytes_of_the_file(tmp_path: Path) -> None:
    path = written(tmp_path / "x", gzip.compress((LINE * 5000).encode()))
    counted: list[int] = []

    assert len(list(readers.read(str(path), on_bytes=counted.append))) == 5000
    assert sum(counted) == path.stat().st_size


def test_a_kept_source_is_read_again(tmp_path: Path) -> None:
    (record,) = outcomes(written(tmp_path / "x", OLD_ORDER))
    assert isinstance(record, Record)

    assert readers.reread(record.source) == record


def test_no_two_readers_know_the_same() -> None:
    """So their order means nothing, and a folder with a new one is all that a source needs."""
    sources = [path for path in sorted(EXAMPLES.iterdir()) if path.suffix in (".json", ".jsonl", ".xml", ".txt")]
    heads = [path.read_bytes()[: 1 << 16] for path in sources]

    assert heads
    assert {sum(reader.sniff(head) for reader in KINDS.values()) for head in heads} == {1}
