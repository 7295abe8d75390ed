"""The text of VuFind's Staff View, one quirk to a test."""

from __future__ import annotations

import io

from reading import OLD_ORDER

from ld.readers.share import Share
from ld.readers.vufind import fields, staffview
from ld.record import Record, Rejected


def test_topics_that_begin_like_a_field() -> None:
    parsed = staffview.parse(
        OLD_ORDER.replace("description First line\nbuilding on this, the second\n", "").split("\n")
    )

    assert parsed["topic"] == ["language policy", "building materials", "title transfer", "id cards"]
    assert parsed["title"] == ["A title"]
    assert parsed["url"] == ["https://example.org/7"]
    assert "building" not in parsed


def test_a_line_of_the_abstract_that_begins_like_a_field() -> None:
    text = OLD_ORDER.replace("author Jane", "spelling 7 First line building on this, the second\nauthor Jane", 1)

    assert staffview.parse(text.split("\n"))["description"] == ["First line\nbuilding on this, the second"]


def test_sorted_fields_keep_their_order() -> None:
    parsed = staffview.parse(
        [
            "_version_ 1",
            "author2 A",
            "B",
            "author2_role edt",
            "author of introduction.",
            "id 7",
            "title T",
            "topic x",
            "genre y",
        ]
    )

    assert parsed["author2_role"] == ["edt", "author of introduction."]
    assert parsed["topic"] == ["x", "genre y"]


def test_blank_lines_are_roles_without_a_word() -> None:
    parsed = staffview.parse(["id 7", "title T", "author A", "B", "C", "author_role ", "", "edt", "topic x", "", "y"])

    assert parsed["author_role"] == ["", "", "edt"]
    assert parsed["topic"] == ["x", "y"]


def test_the_record_page_in_front_is_never_read() -> None:
    page = (
        "Page title\n\nid est a summary\n\nBibliographic Details\nMain Author: Somebody Else\nPublished: Nobody 1900\n"
    )
    (record,) = staffview.read(io.BytesIO((page + OLD_ORDER).encode()), "here", Share())

    assert isinstance(record, Record)
    assert (record.id, record.title, [one.name for one in record.people]) == ("7", "A title", ["Jane Doe"])


def test_several_records_with_and_without_pages() -> None:
    page = "Page title\n\nBibliographic Details\nFormat: Article\n"
    sorted_one = "Title\n\n_version_ 1716825967131885568\nauthor X\nid 9\ntitle Nine\nurl http://a.org\nhttp://b.org\n"
    text = f"{OLD_ORDER}\n{page}{OLD_ORDER.replace('id 7', 'id 8', 1)}\n\n{sorted_one}{sorted_one}"
    found = list(staffview.read(io.BytesIO(text.encode()), "here", Share()))

    assert [one.id for one in found] == ["7", "8", "9", "9"]
    assert all(isinstance(one, Record) for one in found)
    assert [len(one.urls) for one in found if isinstance(one, Record)] == [1, 1, 2, 2]
    assert found[1].source.place == "here, record 2, line 21" if isinstance(found[1], Record) else False


def test_a_marc_table_alone_and_with_the_index_behind() -> None:
    table = "Title\n\nStaff View\nLEADER 01588cjm a22003133i 4500\n001 7\n245 1 0 |a Title\n"
    (alone,) = staffview.read(io.BytesIO(table.encode()), "here", Share())
    (both,) = staffview.read(
        io.BytesIO((table + "Record in the Search Index\n_version_ 1\nid 7\ntitle T\n").encode()), "x", Share()
    )

    assert isinstance(alone, Record)
    assert isinstance(both, Record)
    assert (alone.id, alone.title, alone.format) == ("7", "Title", "musicrecording")
    assert (both.id, both.title) == ("7", "Title")


def test_one_record_that_is_not_utf_8_is_rejected_with_its_place() -> None:
    text = OLD_ORDER.encode() + b"\n" + OLD_ORDER.replace("id 7", "id 8", 1).encode().replace(b"Jane", b"J\xe4ne", 1)
    first, second = staffview.read(io.BytesIO(text), "here", Share())

    assert isinstance(first, Record)
    assert isinstance(second, Rejected)
    assert "not UTF-8 at byte" in second.reason
    assert str(text.index(b"\xe4")) in second.reason


def test_known_fields() -> None:
    assert not fields.SINGLE & fields.SEVERAL
    assert fields.is_field("dc_title_txtP_mv")
    assert not fields.is_field("the")
