"""Files with any name are read, pipes too; what is shown and stored of a name is text."""

from __future__ import annotations

import gzip
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import BASE, EXAMPLES, endpoint
from waiting import PATIENCE

from ld.errors import SiteError
from ld.publish.run import publish
from ld.readers import read
from ld.record import Record, Rejected
from ld.settings import Settings
from ld.site.live import Live

ODD = os.fsdecode(b"caf\xe9\n")  # a byte that is no UTF-8, and the end of a line
SHOWN = r"caf\xe9\n"
LINE = json.dumps({"id": "1", "title": "T", "title_short": "T"}) + "\n"


def shelfgraph(*arguments: str, cwd: Path) -> tuple[int, str, str]:
    """Run the command; its exit status, what it gives and what it says."""
    command = [sys.executable, "-W", "error", "-m", "ld", *arguments]
    done = subprocess.run(command, cwd=cwd, capture_output=True, timeout=PATIENCE, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def odd(folder: Path) -> Path:
    """A folder with an odd name, in it a file of records and one of none, with odd names too."""
    found = folder / ODD
    found.mkdir()
    (found / f"{ODD}.jsonl").write_text(LINE)
    (found / f"{ODD}.bin").write_bytes(b"\x00")
    return found


@pytest.mark.parametrize("workers", [1, 2])
def test_files_with_any_name_are_published(tmp_path: Path, workers: int) -> None:
    """What is not text in the name of a file is shown as an escape, in rejects, manifest and kept source."""
    settings = Settings(tmp_path / "site", {"base": BASE, "workers": workers}, {})
    folder = odd(tmp_path)

    manifest = publish([str(folder), str(folder / f"{ODD}.jsonl")], settings)

    found = Live(settings.site).current()
    (record,) = found.documents.records()
    (rejected,) = (json.loads(line) for line in (settings.site / "rejects.jsonl").read_text("utf-8").splitlines())
    assert (manifest.account.read, manifest.account.rejected) == (3, 1)
    assert rejected["place"] == f"{SHOWN}.bin"
    assert manifest.sources == [SHOWN, f"{SHOWN}.jsonl"]
    assert record.path == "record/1"
    (source,) = found.documents.sources()
    assert source.place == f"{SHOWN}.jsonl, record 1"


def test_messages_show_the_name(tmp_path: Path) -> None:
    odd(tmp_path)

    converted = shelfgraph("convert", ODD, cwd=tmp_path)
    missing = shelfgraph("publish", f"{ODD}/nowhere", cwd=tmp_path)
    asked = shelfgraph("publish", f"http://127.0.0.1:9/{ODD}", cwd=tmp_path)

    assert converted[0] == 0
    assert converted[2].startswith(f"rejected: {SHOWN}.bin: no kind of record")
    assert missing[0] == asked[0] == 1
    assert missing[2].startswith(rf"shelfgraph: {SHOWN}/nowhere: cannot be read")
    assert asked[2].startswith(rf"shelfgraph: http://127.0.0.1:9/{SHOWN}: no answer")


def test_a_file_of_deletions_may_have_any_name_and_an_id_may_not(tmp_path: Path) -> None:
    folder = odd(tmp_path)
    shelfgraph("publish", str(folder), cwd=tmp_path)
    (tmp_path / f"{ODD}.txt").write_text("1\n")

    bad = shelfgraph("publish", "--delete", os.fsdecode(b"\xff"), cwd=tmp_path)
    good = shelfgraph("publish", "--delete", f"{ODD}.txt", cwd=tmp_path)

    assert bad == (
        2,
        "",
        "shelfgraph: --delete \\xff: not UTF-8: no record has such an id, and there is no such file\n",
    )
    assert good[0] == 0
    assert "1 deleted" in good[2]


def test_a_site_needs_a_path_that_the_engine_can_open(tmp_path: Path) -> None:
    """It says so before anything is done."""
    with pytest.raises(SiteError, match=r"caf\\xe9\\n: its path is not UTF-8"):
        publish([str(EXAMPLES)], Settings(tmp_path / ODD, {"base": BASE}, {}))

    assert list(tmp_path.iterdir()) == []


def test_a_table_of_the_vocabulary_has_a_name(tmp_path: Path) -> None:
    (tmp_path / "site" / "vocab" / "codes").mkdir(parents=True)
    (tmp_path / "site" / "vocab" / "codes" / f"{ODD}.csv").write_text("code\n")

    code, _, said = shelfgraph("publish", str(EXAMPLES / "book.json"), cwd=tmp_path)

    assert code == 1
    assert said.startswith(f"shelfgraph: codes/{SHOWN}.csv: ")


def test_an_endpoint_loads_files_with_any_name(tmp_path: Path) -> None:
    """The name is what relative IRIs are resolved against."""
    path = tmp_path / f"{ODD}.ttl"
    path.write_text("<#a> <#b> <#c> .")

    with endpoint(path) as url:
        command = ["curl", "-fs", url, "--data-urlencode", "query=SELECT ?s { ?s ?p ?o }", "-H", "Accept: text/csv"]
        answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout

    assert answer.split()[1].endswith("/caf%E9%0A.ttl#a")


# -- pipes -------------------------------------------------------------------------------------------------------------


def test_a_pipe_is_a_source(tmp_path: Path) -> None:
    """As `<(zcat …)` of the shell and `mkfifo` make it: it can be read only once."""
    (tmp_path / "in.gz").write_bytes(gzip.compress(LINE.encode()))
    program = f"{shlex.quote(sys.executable)} -W error -m ld"
    script = f"{program} publish <(gzip -dc in.gz) && {program} convert <(gzip -dc in.gz)"

    done = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE, check=False
    )

    assert done.returncode == 0, done.stderr
    assert "1 records read: 1 published" in done.stderr
    assert "record/1#it" in done.stdout


def test_a_pipe_in_a_folder_is_no_file_of_records(tmp_path: Path) -> None:
    """Nobody may write into it: it is rejected, not waited for."""
    (tmp_path / "in.jsonl").write_text(LINE)
    os.mkfifo(tmp_path / "pipe")

    found = list(read(str(tmp_path)))

    assert [type(one) for one in found[:2]] == [Record, Rejected]
    assert "not a file that can be read" in str(found[1])
