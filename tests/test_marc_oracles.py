"""Other programs that read MARC say the same of real records: pymarc of what they hold, yaz-marcdump of how many."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import pymarc
import pytest
from test_sources import DATA, needs_data

from ld.readers.marc import charset, exchange
from ld.readers.marc.entry import UNREAD, Entry

PATHS = [path for path in sorted(DATA.glob("marc/*/*")) if path.suffix in (".mrc", ".dat", ".marc")]
# Damaged on purpose, by the projects that keep them: there the programs differ, each in its own way.
DAMAGED = ("bad", "1251", "cp866", "err", "turbo", "invalid", "errors", "regression45", "non-numeric", "split_items")

# What yaz loses of a file in which ends of lines stand between the records.
LOST = {"marc.mrc": 11}


def entries(path: Path) -> list[Entry | str]:
    """What our reader finds in a file."""
    return [exchange.entry(raw) for _, raw in exchange.pieces(io.BytesIO(path.read_bytes()))]


@needs_data
@pytest.mark.filterwarnings("ignore:The subfield contained a non-ASCII subfield code")
@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_pymarc_reads_the_same_fields(path: Path) -> None:
    if any(word in path.name for word in DAMAGED):
        pytest.skip("damaged on purpose")
    raws = [raw for _, raw in exchange.pieces(io.BytesIO(path.read_bytes()))]
    for raw in raws:
        try:
            theirs = pymarc.Record(data=raw + b"\x1d")
        except (pymarc.exceptions.PymarcException, ValueError):
            continue  # it decodes by what the leader says alone
        ours = exchange.entry(raw)
        assert isinstance(ours, Entry)
        assert [field.tag for field in ours.fields] == [field.tag for field in theirs.fields]


@needs_data
@pytest.mark.skipif(not shutil.which("yaz-marcdump"), reason="yaz-marcdump (Debian: yaz) is not here")
@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_yaz_counts_as_many_records(path: Path) -> None:
    if any(word in path.name for word in DAMAGED):
        pytest.skip("damaged on purpose")
    said = subprocess.run(["yaz-marcdump", "-o", "json", str(path)], capture_output=True, check=False).stdout

    assert len(entries(path)) - said.count(b'"leader"') == LOST.get(path.name, 0)


@pytest.mark.parametrize(
    "raw",
    [
        b"Gr\xe8o\xc7e",
        b"\x1b(NALFA\x1b(B plain",
        b"\x1b$1!0!!0(!Np!Oe\x1b(B",
        b"\x1b(2abgd\x1b(B",
        b"\x1b(SABC\x1b(B",
        b"H\x1bb2\x1bsO and 10\x1bp3\x1bs",
        b"\xebi\xeca",
    ],
)
def test_pymarc_reads_marc_8_as_we_do(raw: bytes) -> None:
    assert charset.marc8(raw).replace(UNREAD, " ") == pymarc.marc8_to_unicode(raw)
