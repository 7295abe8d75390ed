"""MARC that is broken: a clear reject or remark, nothing invented, nothing after it lost."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marcs import as_iso, as_xml, entry, outcomes

from ld.readers.marc import exchange
from ld.readers.marc.charset import marc8
from ld.readers.marc.entry import UNREAD
from ld.record import Part, Record, Rejected

GOOD = as_iso(entry("001  1", "245  10$aA title"))
LAST = as_iso(entry("001  2", "245  10$aAnother title"))


def between(data: bytes) -> Any:
    """What becomes of a record between two good ones, which must not be lost."""
    first, *found, last = outcomes("marc", GOOD + data + LAST)
    assert (first.id, last.id) == ("1", "2")
    return found[0] if found else None


def broken(old: bytes, new: bytes, data: bytes = GOOD) -> bytes:
    """The record with other bytes in one place."""
    assert old in data
    return data.replace(old, new, 1)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"00026 short\x1d", "where a leader has 24"),
        (b"<html>503 Service Unavailable</html>, which is longer than a leader\x1e\x1d", "a directory of"),
        (GOOD[:30] + b"\x1d", "is the record cut off?"),
        (broken(b"245", b"24"), "where each field has 12"),
        (broken(b"\x1e1", b"\x1e\x1e1"), "a directory of 2 fields, and 3 in the record"),
        (as_iso(entry("245  10$aNo number")), "no id"),
        (as_iso(entry("001  3")), "no title"),
        (as_iso(entry("001  3", f"245  10$a{'x' * 2_000_000}")), "field '245$a' has 2,000,000 characters"),
    ],
)
def test_a_record_that_is_none_is_rejected_with_its_byte(data: bytes, reason: str) -> None:
    found = between(data)

    assert isinstance(found, Rejected)
    assert reason in found.reason
    assert found.place == f"here, record 2, byte {len(GOOD)}"


@pytest.mark.parametrize(
    "data",
    [
        broken(GOOD[:5], b"99999"),
        broken(GOOD[:5], b"     "),
        broken(GOOD[:5], b"00012"),
        broken(GOOD[12:17], b"xxxxx"),
        broken(b"000200000", b"000199999"),
        broken(b"10\x1faA", b"10\x1f\x1faA"),
        broken(b"10\x1faA", b"1\x1faA"),
        b"\r\n" + GOOD,
        GOOD + b"\n\x00\x1a",
    ],
    ids=["length", "no length", "short", "base", "directory", "1F 1F", "one indicator", "line before", "line behind"],
)  # fmt: skip
def test_lengths_that_lie_and_bytes_between_records_do_no_harm(data: bytes) -> None:
    found = between(data)

    assert isinstance(found, Record), found
    assert (found.id, found.title) == ("1", "A title")


def test_a_record_longer_than_its_lengths_can_say_is_read() -> None:
    fields = [f"500    $a{n} {'x' * 900}" for n in range(200)]
    (found,) = outcomes("marc", as_iso(entry("001  1", "245  10$aA title", *fields, "500    $alast")))

    assert len(found.notes) == 201
    assert found.notes[-1] == "last"


def test_fields_that_stand_in_another_order_than_the_directory_says() -> None:
    first, second = GOOD[24:36], GOOD[36:48]
    (found,) = outcomes("marc", GOOD[:24] + second + first + GOOD[48:])

    assert (found.id, found.title) == ("1", "A title")


def test_what_follows_a_broken_record_in_one_file_is_read_whatever_it_is() -> None:
    data = GOOD + GOOD[: len(GOOD) // 2] + b"\x1d" + LAST

    assert [type(one) for one in outcomes("marc", data)] == [Record, Rejected, Record]


@pytest.mark.parametrize(
    ("raw", "letter", "title"),
    [
        ("Größe".encode(), "a", "Größe"),
        ("Größe".encode(), " ", "Größe"),
        (b"Gr\xe8o\xc7e", " ", "Größe"),
        (b"Gr\xe8o\xc7e", "a", "Größe"),
        ("Gro\u0308ße".encode(), "a", "Größe"),
        (b"\x1b(NALFA\x1b(B", " ", "алфа"),
    ],
    ids=["UTF-8", "UTF-8 and the leader says MARC-8", "MARC-8", "MARC-8 and the leader says UTF-8", "NFD", "Cyrillic"],
)
def test_bytes_are_utf_8_where_they_are_it_and_else_marc_8(raw: bytes, letter: str, title: str) -> None:
    data = broken(b"A title", raw)
    (found,) = outcomes("marc", data[:9] + letter.encode() + data[10:])

    assert found.title == title
    assert found.remarks == []


def test_a_mark_at_the_beginning_of_a_value_does_not_change_its_code() -> None:
    (found,) = outcomes("marc", broken(b"A title", "\u0301A title".encode()))

    assert "245$a" in found.values


def test_a_byte_that_cannot_be_read_is_remarked() -> None:
    (found,) = outcomes("marc", broken(b"A title", b"A t\xfftle"))

    assert found.title == f"A t{UNREAD}tle"
    assert [one.field for one in found.remarks] == ["245"]


@pytest.mark.parametrize("encoding", ["cp1251", "cp866"])
def test_a_record_in_another_encoding_is_rejected_and_never_guessed(encoding: str) -> None:
    found = between(broken(b"A title", "Мастер и Маргарита: роман в двух частях".encode(encoding)))

    assert isinstance(found, Rejected)
    assert found.reason.startswith("in neither UTF-8 nor MARC-8")


@pytest.mark.parametrize("raw", [b"a\x1b", b"a\x1b(", b"a\x1b$", b"a\x1b$1!", b"a\x1b$1!0", b"a\xe8"])
def test_an_escape_that_is_cut_short_ends_nothing(raw: bytes) -> None:
    assert marc8(raw).startswith("a")


@given(st.binary(max_size=300))
def test_no_bytes_raise_an_error(raw: bytes) -> None:
    exchange.entry(raw)
    marc8(raw)
    assert all(isinstance(one, Record | Rejected) for one in outcomes("marc", raw))


@given(
    st.lists(
        st.sampled_from([b"\x1e", b"\x1f", b"\x1d", b"\x1b", b"245", b"000010000", GOOD, b"\xff", b"a"]), max_size=30
    )
)
def test_no_order_of_signs_raises_an_error(pieces: list[bytes]) -> None:
    assert all(isinstance(one, Record | Rejected) for one in outcomes("marc", b"".join(pieces)))


def test_xml_that_breaks_in_the_middle_is_told_and_what_came_before_is_kept() -> None:
    data = f"<collection>{as_xml(entry('001  1', '245  10$aA title'))}<record><leader>& </record></collection>"
    first, rejected, part = outcomes("marcxml", data)

    assert first.id == "1"
    assert rejected.reason.startswith("not well-formed XML at line 1")
    assert isinstance(part, Part)
    assert part.cut == rejected.reason


@pytest.mark.parametrize(
    "document",
    [
        {"leader": 5, "fields": []},
        {"leader": "x", "fields": None},
        {"leader": "00000nam a", "fields": [1, None, {"245": 7}, {"100": {"subfields": [None, {"a": None}]}}]},
        {"leader": "00000nam a", "fields": [{"001": "1"}, {"245": {"ind1": 1, "subfields": {"a": ["A", "title"]}}}]},
        {"leader": "00000nam a", "datafield": [{"tag": 245, "ind": None, "subfield": {"code": "a", "data": "T"}}]},
    ],
)
def test_dialects_of_json_raise_no_error(document: dict[str, Any]) -> None:
    (found,) = outcomes("marcjson", json.dumps(document))

    assert isinstance(found, Record | Rejected)


@pytest.mark.parametrize(
    "text", ["=LDR  ", "=LDR  00000nam\n=245  ", "000000001 245   L $$", "=LDR  0\n=24", "=LDR  0\n=245  10$"]
)
def test_text_that_breaks_off_raises_no_error(text: str) -> None:
    assert all(isinstance(one, Rejected) for one in outcomes("marctext", text))
