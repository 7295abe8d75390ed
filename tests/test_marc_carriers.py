"""The same MARC record is the same whatever carries it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from marcs import (
    as_aleph,
    as_iso,
    as_json,
    as_mnemonic,
    as_other_json,
    as_table,
    as_turbo,
    as_xml,
    entry,
    outcomes,
)
from msgspec.structs import replace

from ld import readers
from ld.readers.gate import passed
from ld.readers.kinds import KINDS
from ld.readers.marc.entry import Entry
from ld.record import Deleted, Part, Record, Rejected, Source

BOOK = entry(
    "001  b1",
    "008  260401s2019    gw a          001 0 eng d",
    "100  1 $aSánchez, María,$d1950-$eauthor.",
    "245  10$aMaps {dollar}1 :$ban atlas /$cMaría Sánchez.",
    "264   1$aLeipzig :$bExample Press,$c2019.",
    "650   0$aCoasts$zNorway.",
)
# What only one carrier has: lengths in the leader, a number of the system.
_LENGTHS = ("LDR", "SYS")
NOWHERE = Source("", "", "")
OAI = "http://www.openarchives.org/OAI/2.0/"
FORMS: dict[str, tuple[str, Callable[[Entry], bytes | str]]] = {
    "ISO 2709": ("marc", as_iso),
    "MARCXML": ("marcxml", as_xml),
    "MARCXML without a namespace": ("marcxml", lambda one: as_xml(one, "")),
    "a collection": ("marcxml", lambda one: f"<collection>{as_xml(one)}</collection>"),
    "a prefix": ("marcxml", lambda one: prefixed(as_xml(one, ""))),
    "SRU": ("marcxml", lambda one: f"<s xmlns='x'><records><record><recordData>{as_xml(one)}</recordData></record></records></s>"),
    "turbomarc": ("marcxml", as_turbo),
    "MARC-in-JSON": ("marcjson", as_json),
    "marc-json": ("marcjson", as_other_json),
    "a list in JSON": ("marcjson", lambda one: f"[{as_json(one)}]"),
    "mnemonic": ("marctext", as_mnemonic),
    "Aleph": ("marctext", as_aleph),
    "Staff View": ("staffview", as_table),
}  # fmt: skip


def prefixed(xml: str) -> str:
    """The same XML with a prefix for all names."""
    text = xml.replace("</", "</m:").replace("<", "<m:").replace("<m:/m:", "</m:")
    return text.replace("<m:record", '<m:record xmlns:m="http://www.loc.gov/MARC21/slim"', 1)


def bare(record: Any) -> Record:
    """The record without what belongs to its carrier."""
    assert isinstance(record, Record), record
    kept = [one for one in record.left if one.field not in _LENGTHS]
    values = {name: some for name, some in record.values.items() if name not in _LENGTHS}
    return replace(record, source=NOWHERE, values=values, left=kept)


@pytest.mark.parametrize("form", FORMS)
def test_every_carrier_gives_the_same_record(form: str) -> None:
    kind, written = FORMS[form]
    (expected,) = outcomes("marc", as_iso(BOOK))

    (found,) = outcomes(kind, written(BOOK))

    assert bare(found) == bare(expected)
    assert (found.id, found.title, found.people[0].name) == ("b1", "Maps $1 : an atlas", "Sánchez, María")


@pytest.mark.parametrize("form", FORMS)
def test_a_kept_source_gives_the_same_record_again(form: str) -> None:
    kind, written = FORMS[form]
    (found,) = outcomes(kind, written(BOOK))

    assert readers.reread(found.source) == passed(found)


@pytest.mark.parametrize("form", FORMS)
def test_no_other_kind_of_source_takes_it_for_its_own(form: str) -> None:
    kind, written = FORMS[form]
    data = written(BOOK)
    head = data if isinstance(data, bytes) else data.encode()

    assert [name for name, reader in KINDS.items() if reader.sniff(head)] == [kind]


def test_a_packed_file_is_recognised(tmp_path: Path) -> None:
    path = tmp_path / "x.mrc.gz"
    path.write_bytes(gzip.compress(as_iso(BOOK) + b"\r\n" + as_iso(BOOK)))

    assert [one.id for one in readers.read(str(path)) if isinstance(one, Record)] == ["b1", "b1"]


def test_an_answer_of_oai_tells_what_was_deleted_and_that_it_is_a_page() -> None:
    header = "<header{}><identifier>oai:x:{}</identifier><datestamp>2026-01-01T00:00:00Z</datestamp></header>"
    gone = ' status="deleted"'
    answer = (
        f'<OAI-PMH xmlns="{OAI}"><request verb="ListRecords">http://x/oai</request><ListRecords>'
        f"<record>{header.format('', 1)}<metadata>{as_xml(BOOK)}</metadata></record>"
        f"<record>{header.format(gone, 2)}</record>"
        "<resumptionToken>more</resumptionToken></ListRecords></OAI-PMH>"
    )
    first, deleted, page = outcomes("marcxml", answer)

    assert (first.id, first.modified, first.origin.identifier) == ("b1", "2026-01-01T00:00:00Z", "oai:x:1")
    assert deleted == Deleted(deleted.place, "oai:x:2", "Deleted at the source.", "2026-01-01T00:00:00Z")
    assert (type(page), page.next, page.count) == (Part, "more", 2)


@pytest.mark.parametrize(
    "kept",
    [
        as_json(BOOK),
        as_xml(BOOK),
        as_iso(BOOK).decode(),
        as_iso(BOOK).decode().replace("\x1d", "#29;").replace("\x1e", "#30;").replace("\x1f", "#31;"),
    ],
    ids=["json", "xml", "iso", "iso without control characters"],
)
def test_the_whole_record_in_vufind_is_read_and_the_index_fills_what_it_lacks(kept: str) -> None:
    document = {"id": "v7", "title": "Maps", "record_format": "marc", "fullrecord": kept, "institution": ["Here"]}
    document |= {"publisher": ["Other Press"], "dewey-raw": ["526"], "last_indexed": "2026-01-01T00:00:00Z"}
    (found,) = outcomes("solr", json.dumps(document))
    (alone,) = outcomes("marc", as_iso(BOOK))

    assert (found.id, found.title, found.institutions) == ("v7", "Maps $1 : an atlas", ["Here"])
    assert (found.people, found.publishers, found.issued) == (alone.people, alone.publishers, alone.issued)
    assert found.modified == "2026-01-01T00:00:00Z"
    assert "fullrecord" not in found.values


def test_a_broken_whole_record_leaves_what_the_index_says() -> None:
    document = {"id": "v7", "title": "Maps", "record_format": "marc", "fullrecord": "00123nam"}
    (found,) = outcomes("solr", json.dumps(document))

    assert found.title == "Maps"
    assert [one.field for one in found.remarks] == ["fullrecord"]


@pytest.mark.parametrize(
    ("letter", "what"), [("z", "an authority record"), ("x", "a holdings record"), ("y", "a holdings record")]
)
def test_records_of_no_work_are_rejected_and_say_so(letter: str, what: str) -> None:
    (found,) = outcomes(
        "marc", as_iso(entry("001  1", "100  1 $aDoe, Jane", leader=f"00000n{letter}  a2200000n  4500"))
    )

    assert isinstance(found, Rejected)
    assert found.reason.startswith(what)
