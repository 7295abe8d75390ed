"""One bad file is a rejected source and not the end of the others; what is not read is called by its name."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from conftest import BASE
from reading import anything
from test_filenames import shelfgraph
from waiting import PATIENCE

from ld import readers
from ld.errors import SourceError
from ld.publish.run import publish
from ld.readers.foreign import kind_of_file, kind_of_record
from ld.record import Deleted, Record, Rejected
from ld.settings import Settings

LEADER = "00714cam a2200205 a 4500"
SLIM = 'xmlns="http://www.loc.gov/MARC21/slim"'
KINDS = [
    (f"{LEADER}001001300000".encode(), "MARC 21 (ISO 2709)"),
    (b"00300nz  a2200100n  4500001001300000", "MARC 21 authority records (ISO 2709)"),
    (b"00300nx  a2200100n  4500001001300000", "MARC 21 holdings records (ISO 2709)"),
    (f"<?xml version='1.0'?><!-- a --><collection {SLIM}><record>".encode(), "MARCXML"),
    (b"<record><leader>00714cam</leader><datafield tag='245'>", "MARCXML"),
    (b'<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/">', "oai_dc (Dublin Core)"),
    (b'<modsCollection xmlns="http://www.loc.gov/mods/v3">', "MODS"),
    (
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:m="http://www.loc.gov/mods/v3">',
        "RDF/XML",
    ),
    (b'\xef\xbb\xbf<!DOCTYPE html><html lang="en">', "an HTML page"),
    (b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">', "an HTML page"),
    (b"<catalogue><item/></catalogue>", "XML whose outermost element is <catalogue>"),
    (b"id,title\n1,One\n2,Two\n", "a table (CSV)"),
    (b"id\ttitle\n1\tOne, or two\n", "a table (TSV)"),
    (b'{"leader": "00714cam", "fields": []}', "MARC in JSON"),
    (b'{"name": "value"}', "JSON without fields of a known kind"),
    (b"%PDF-1.7\n", "PDF"),
    (b"PK\x03\x04\x14\x00....mimetypeapplication/epub+zip", "EPUB"),
    (b"PK\x03\x04\x14\x00....records.json", "a ZIP archive: unpack it first"),
    (b"\xff\xd8\xff\xe0\x00\x10JFIF", "a JPEG image"),
    (b"@book{a,\n title = {T}}", "BibTeX"),
    (b"TY  - BOOK\r\nTI  - T\r\n", "RIS"),
    (b"@prefix dc: <http://purl.org/dc/elements/1.1/> .\n", "Turtle"),
    (b'<http://a/> <http://b/> "c" .\n', "N-Triples or N-Quads"),
    (b"hello world\n", ""),
    (b"\x00\x01\x02", ""),
]


def solr(id_: str, **more: Any) -> str:
    """A line of a Solr dump."""
    return json.dumps({**more, "id": id_, "title": f"Title {id_}", "title_short": f"Title {id_}"}) + "\n"


@pytest.mark.parametrize(("head", "name"), KINDS, ids=[name or "nothing" for _, name in KINDS])
def test_a_file_that_is_not_read_is_called_by_its_kind(head: bytes, name: str) -> None:
    assert kind_of_file(head) == name


# Whole files of these kinds are read; the beginnings above are called by their names where no reader takes them.
READ = ("MARCXML", "MARC in JSON")
UNREAD = [one for one in KINDS if one[1] and one[1] not in READ]


@pytest.mark.parametrize(("head", "name"), UNREAD, ids=[name for _, name in UNREAD])
def test_the_kind_is_told_to_who_gives_the_file(tmp_path: Path, head: bytes, name: str) -> None:
    (tmp_path / "x").write_bytes(head)

    with pytest.raises(SourceError) as told:
        list(readers.read(str(tmp_path / "x")))

    assert str(told.value).startswith(f"{tmp_path}/x: {name}: not read yet: give the records as one of doaj")


@pytest.mark.parametrize("size", [100, 70_000, 1_000_000])
@pytest.mark.parametrize("packed", [False, True])
def test_recognition_looks_past_a_long_first_field(tmp_path: Path, size: int, packed: bool) -> None:
    one = json.dumps({"fullrecord": "x" * size, "id": "1", "title": "T", "title_short": "T"})
    (tmp_path / "x").write_text(f"[{one},\n{one.replace(': ', ':', 1)}]" if packed else f"{one}\n{one}\n")

    assert [type(one) for one in readers.read(str(tmp_path / "x"))] == [Record, Record]


@pytest.mark.parametrize("workers", [1, 3])
def test_a_bad_source_among_others_is_rejected_and_counted_once(tmp_path: Path, workers: int) -> None:
    names = [f"{n}.jsonl" for n in range(3)]
    for name in names:
        (tmp_path / name).write_text(solr(name))
    for name, head in (("a.mrc", KINDS[0][0]), ("b", b"hello"), ("empty", b""), ("c.json", b'{"id": "1", "title": ')):
        (tmp_path / name).write_bytes(head)
    settings = Settings(tmp_path / "site", {"base": BASE, "workers": workers}, {})
    sources = [str(tmp_path / name) for name in ("a.mrc", *names, "b", "empty", "c.json")]

    account = publish(sources, settings).account

    lines = [json.loads(line) for line in (tmp_path / "site" / "rejects.jsonl").read_text().splitlines()]
    assert (account.read, account.published, account.rejected) == (7, 3, 4)
    assert [line["place"] for line in lines] == ["a.mrc", "b", "empty", "c.json"]
    assert lines[0]["reason"].startswith("MARC 21 (ISO 2709): not read yet")
    assert "empty" in lines[2]["reason"] and "line 1, column" in lines[3]["reason"]


def test_a_folder_without_records_among_sources_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "x.pdf").write_bytes(b"%PDF-1.4")
    (tmp_path / "x.jsonl").write_text(solr("1"))
    sources = [str(tmp_path / name) for name in ("none", "bad", "x.jsonl")]
    found = [one for name in sources for one in readers.read(name, alone=False) if isinstance(one, Record | Rejected)]

    assert [type(one) for one in found] == [Rejected, Rejected, Record]
    assert [one.place for one in found if isinstance(one, Rejected)] == ["none", "x.pdf"]


def test_the_only_source_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.mrc").write_bytes(KINDS[0][0])
    code, _, said = shelfgraph("publish", "a.mrc", cwd=tmp_path)

    assert code == 1
    assert said.startswith("shelfgraph: a.mrc: MARC 21 (ISO 2709): not read yet")


def test_sources_none_of_which_can_be_read_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.mrc").write_bytes(KINDS[0][0])
    (tmp_path / "b.pdf").write_bytes(b"%PDF-1.4")
    code, _, said = shelfgraph("publish", "a.mrc", "b.pdf", cwd=tmp_path)

    assert code == 1
    assert "the first is a.mrc: MARC 21" in said


@pytest.mark.parametrize("verb", ["publish", "convert"])
def test_a_name_that_is_not_there_is_told_before_anything_is_done(tmp_path: Path, verb: str) -> None:
    (tmp_path / "x.jsonl").write_text(solr("1"))
    code, given, said = shelfgraph(verb, "x.jsonl", "y.jsonl", cwd=tmp_path)

    assert (code, given) == (1, "")
    assert said == "shelfgraph: y.jsonl: cannot be read: No such file or directory: check the name\n"


def test_convert_goes_on_behind_a_bad_source(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4")
    (tmp_path / "x.jsonl").write_text(solr("1"))
    code, given, said = shelfgraph("convert", "a.pdf", "x.jsonl", cwd=tmp_path)

    assert code == 0
    assert "record/1#it" in given
    assert "rejected: a.pdf: PDF: not read yet" in said


def test_rejects_stay_where_people_look_for_them_when_records_are_deleted_later(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text(solr("1") + solr("2") + '{"id": "3"}\n')
    settings = Settings(tmp_path / "site", {"base": BASE}, {})
    publish([str(tmp_path / "x.jsonl")], settings)
    before = (tmp_path / "site" / "rejects.jsonl").read_text()

    publish([], settings, deletions=[Deleted("--delete", "2", "It was withdrawn.")])

    assert json.loads(before)["id"] == "3"
    assert (tmp_path / "site" / "rejects.jsonl").read_text() == before


# -- records that describe no work -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formats", "full", "kind"),
    [
        (["marcAuth"], "", "an authority record"),
        (["MarcHoldings"], "", "a holdings record"),
        (["marc"], "00300nz  a2200100n  4500", "an authority record"),
        (["marc"], '{"leader":"00300nx  a2200100n  4500"', "a holdings record"),
        (["marc"], '{"fields": [], "leader" : "00300ny  a2200100n  4500"', "a holdings record"),
        ([], f"<collection {SLIM}><record><leader>00300nw  a2200100n  4500", "a classification record"),
        ([], f"<marc:leader {SLIM}>", ""),
        (["marc"], LEADER, ""),
        (["author"], "", ""),
        ([], "", ""),
    ],
)
def test_the_leader_tells_what_a_record_describes(formats: list[str], full: str, kind: str) -> None:
    assert kind_of_record(formats, full) == kind


def test_an_authority_record_is_rejected_as_one() -> None:
    found = anything(title=None, record_format="marcAuth", heading="Doe, Jane")
    assert isinstance(found, Rejected)
    assert found.reason == "an authority record, which describes no work: not read yet"

    found = anything(title=None, record_format="marc", fullrecord='{"leader":"00300nx  a22001003n 4500"}')
    assert isinstance(found, Rejected)
    assert found.reason == "a holdings record, which describes no work: not read yet"


def test_a_work_without_a_title_is_none_of_these() -> None:
    found = anything(title=None, title_short=None, record_format="marc", fullrecord=LEADER)

    assert isinstance(found, Rejected)
    assert found.reason.startswith("no title")


# -- sources that can be read once -------------------------------------------------------------------------------------


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize(
    "sources",
    ["<(cat a) <(cat b)", "a <(cat b)", "- b < a", "/dev/stdin b < a", "/dev/fd/7 /dev/fd/8 7< a 8< b"],
)
def test_what_can_be_read_once_is_read_once(tmp_path: Path, workers: str, sources: str) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_text(solr(name))
    script = f"{shlex.quote(sys.executable)} -W error -m ld publish --workers {workers} {sources}"

    done = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE, check=False
    )

    assert done.returncode == 0, done.stderr
    assert "2 records read: 2 published" in done.stderr


def test_a_named_pipe_is_a_source(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    threading.Thread(target=lambda: (tmp_path / "pipe").write_text(solr("1")), daemon=True).start()
    code, _, said = shelfgraph("publish", "pipe", cwd=tmp_path)

    assert code == 0, said
    assert "1 records read: 1 published" in said
