"""Text as sources have it becomes plain text: entities to their limits, controls, ISBD marks."""

from __future__ import annotations

import os
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ld.values import text


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("H<sub>2</sub>O", "H₂O"), ("10<sup>-3</sup>", "10⁻³"), ("x<SUP>+1</SUP>", "x⁺¹"), ("C<inf>60</inf>", "C₆₀"),
        ("<jats:sub>0123456789+-</jats:sub>", "₀₁₂₃₄₅₆₇₈₉₊₋"), ("<jats:sup>0123456789+-</jats:sup>", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻"),
        ("x<sup>th</sup>", "xth"), ("x<sup>2n</sup>", "x2n"), ("x<sup></sup>y", "xy"),
        ("<sub>" + "1" * 20 + "</sub>", "₁" * 20), ("<sub>" + "1" * 21 + "</sub>", "1" * 21),
    ],
)  # fmt: skip
def test_digits_and_signs_are_raised_and_lowered(raw: str, expected: str) -> None:
    assert text.plain(raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("a &amp; b", "a & b"), ("&amp;amp;", "&"), ("&amp;amp;amp;", "&"), ("&amp;amp;amp;amp;amp;", "&amp;"), ("&amp;#176;", "°"), ("&#176;", "°"),
        ("&#xB0;", "°"), ("&#XB0;", "°"), ("&eacute;", "é"), ("AT&T", "AT&T"), ("a & b; c", "a & b; c"),
        ("&unknown;", "&unknown;"), ("R&D;x", "R&D;x"), ("&#0001234;", "Ӓ"), ("&#00001234;", "&#00001234;"),
        ("&#x00B0;", "°"), ("&#x0000B0;", "°"), ("&#x00000B0;", "&#x00000B0;"), ("&" + "a" * 33 + ";",) * 2,
        ("&lt;i&gt;x&lt;/i&gt;", "x"), ("&amp;lt;i&amp;gt;x", "x"), ("p &lt; 0.05", "p < 0.05"), ("&#0;x", "�x"),
        ("&nbsp;x&nbsp;", "x"), ("a&#x200b;b", "ab"), ("5 &amp;amp;deg;C", "5 °C"), ("a &copy b; c", "a &copy b; c"),
        ("R&amp;D &copy2", "R&D &copy2"), ("&#1;x", "x"), ("&#xD800;x", "�x"),
    ],
)  # fmt: skip
def test_entities_are_decoded_until_nothing_changes_four_times_at_most(raw: str, expected: str) -> None:
    assert text.plain(raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("  a  b  ", "a b"), ("a\tb", "a b"), ("a\u00a0b", "a b"), ("a\u2003\u2003b", "a b"), ("a b ", "a b"),
        ("a\x98b\x9cc", "abc"), ("a\x00b", "ab"), ("a\x08b", "ab"), ("a\x0bb", "ab"), ("a\x0eb\x1fc", "abc"),
        ("a\x7fb\x80c\x9fd", "abcd"), ("a\ud800b\udfffc", "abc"), ("a\ufdd0b\ufdefc", "abc"),
        ("a\ufffeb\uffffc\ufeffd", "abcd"), ("a\ufdcfb", "a\ufdcfb"), ("a\ufdf0b", "a\ufdf0b"), ("a\ufffdb",
        "a\ufffdb"),
        ("a\ud7ffb", "a\ud7ffb"), ("a\ue000b", "a\ue000b"), ("e\u0301", "é"), ("  e\u0301  x", "é x"), ("é", "é"),
    ],
)  # fmt: skip
def test_a_line_is_clean_and_in_one_form(raw: str, expected: str) -> None:
    assert text.plain(raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("a\nb", "a\nb"), ("a\r\nb", "a\nb"), ("a\rb", "a\nb"), ("a\n\n\n b \n", "a\nb"), ("\n", ""),
        ("a\u2028b", "a\nb"), ("<p>a</p><p>b</p>", "a\nb"), ("", ""), ("   ", ""),
    ],
)  # fmt: skip
def test_lines_end_where_the_source_ends_them(raw: str, expected: str) -> None:
    assert text.paragraphs(raw) == expected
    assert text.plain(raw) == expected.replace("\n", " ")


@pytest.mark.parametrize("found", ["", "n/a", "N/A", "None", "NULL", "-", "--", "[s.n.]", "S.n.", "s. n.", "[S. n.]",
                                   " Not found ", "&nbsp;", "<i>-</i>"])  # fmt: skip
def test_a_word_for_nothing_is_nothing(found: str) -> None:
    assert text.value(found) == ""


@pytest.mark.parametrize("kept", ["---", "[s.l.]", "none of these", "0", "na", "Not Found!"])
def test_other_short_words_are_values(kept: str) -> None:
    assert text.value(kept) == kept


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Title /", "Title"), ("Title :", "Title"), ("Title ;", "Title"), ("Title =", "Title"), ("Title ,", "Title"),
        ("Title,", "Title"), ("Title:", "Title"), ("Title;", "Title"), ("Title/", "Title/"), ("Title=", "Title="),
        ("Title. ", "Title."), ("Title / ", "Title"), ("A / B", "A / B"), ("A, B", "A, B"), ("/", "/"), ("Dāniyāl,",
        "Dāniyāl"),
        ("Title" + " " * 9 + "/" + " " * 9, "Title"), ("Title;,", "Title;"),
    ],
)  # fmt: skip
def test_the_mark_that_joins_areas_is_left_out(raw: str, expected: str) -> None:
    assert text.unpunctuated(raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Natural history.", "Natural history"), ("Natural history .", "Natural history"), ("Natural history",
        "Natural history"),
        ("Wait...", "Wait..."), ("Wait..", "Wait.."), ("Foy, Brian D.", "Foy, Brian D."), ("(D.", "(D."), ("J.-P.",
        "J.-P."),
        ("U.S.", "U.S."), ("x.", "x."), ("xy.", "xy"), ("", ""), (".", ""),
        *[(f"Law, {short}.",) * 2 for short in ("etc", "Jr", "sr", "Inc", "co", "Ltd", "Bros", "corp", "Dept", "dr",
        "St",
                                               "mr", "Mrs", "cent", "PhD", "Ph.D", "ca", "pseud")],
        ("Setc.", "Setc"), ("Law, etcx.", "Law, etcx"),
    ],
)  # fmt: skip
def test_the_stop_of_a_heading_is_left_out_and_that_of_an_abbreviation_stays(raw: str, expected: str) -> None:
    assert text.without_stop(raw) == expected


def test_the_name_of_a_file_can_be_shown_whatever_bytes_it_has() -> None:
    assert text.shown("plain é.json") == "plain é.json"
    assert text.shown(os.fsdecode(b"caf\xe9/\x80\xff")) == "caf\\xe9/\\x80\\xff"
    assert text.shown("a\n\u202eb") == "a\\n\\u202eb"
    assert text.shown("\udc7f\udd00") == "\\udc7f\\udd00"  # no byte: those have U+DC80 to U+DCFF


def test_a_message_keeps_its_lines_and_loses_what_cannot_be_written() -> None:
    assert text.legible("a\nb\udce9 \u202e") == "a\nb\\xe9 \u202e"
    assert text.legible("\ud800\udfff") == "\\ud800\\udfff"


PIECES = st.sampled_from(["<", ">", "&", ";", "lt", "amp", "i", "/", "sup", "2", "br", "script", "#", "x", "\r", "\n",
" ",
                          "\x85", "\u2028", "\ud800", "\ufdd0", "e\u0301", "é"])  # fmt: skip


@given(st.lists(PIECES, max_size=14).map("".join) | st.text())
def test_whatever_comes_is_one_clean_line(raw: str) -> None:
    found = text.plain(raw)

    assert found == " ".join(found.split()) == unicodedata.normalize("NFC", found)
    assert found == text.writable(found)
    assert found.encode().decode() == found
