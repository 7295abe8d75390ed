"""Characters that nobody sees go where they carry nothing; so do the marks around articles that are not sorted by."""

from __future__ import annotations

import pytest

from ld.readers.people import cleaned
from ld.values import text


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("know\u00adledge", "knowledge"), ("a\u200bb", "ab"), ("x\u200cy\u200d", "xy"), ("\ufeffa\u2060b", "ab"),
        ("\u202babc\u202c", "abc"), ("\u2066abc\u2069", "abc"), ("a\u2062b", "ab"), ("\u200eabc\u200f", "abc"),
        ("&shy;a&zwnj;b", "ab"), ("کتاب\u200c ها", "کتاب ها"), ("\u200fعلي محمد\u200e", "علي محمد"),
    ],
)  # fmt: skip
def test_what_carries_nothing_goes(raw: str, expected: str) -> None:
    assert text.plain(raw) == expected


@pytest.mark.parametrize(
    "kept",
    [
        "می\u200cخواهم", "न\u094d\u200dय", "ന\u0d4d\u200d", "ه\u200d 1371", "\U0001f469\u200d\U0001f4bb", "ខ្ញុំ\u200bទៅ",
        "ไป\u200bบ้าน",
    ],
)  # fmt: skip
def test_a_joiner_of_persian_indic_and_emoji_and_the_parting_of_thai_and_khmer_words_stay(kept: str) -> None:
    assert text.plain(kept) == text.paragraphs(kept) == kept


def test_a_mark_of_direction_stays_where_both_directions_meet_but_not_in_a_name() -> None:
    assert text.plain("abc \u05d0\u05d1\u200f (1)\u200e") == "abc \u05d0\u05d1\u200f (1)"
    assert cleaned("Doe \u05d0\u05d1\u200f (1)") == "Doe \u05d0\u05d1 (1)"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Über ¬die¬ Schrift", "Über die Schrift"), ("<<Der>> Mann, <<die>> Frau", "Der Mann, die Frau"),
        ("¬Die¬ Schrift", "Die Schrift"), ("¬Die ¬Schrift", "Die Schrift"), ("¬L'¬Europe", "L'Europe"),
        ("<<Die>> Schrift", "Die Schrift"), ("<<L'>>Europe", "L'Europe"), ("&lt;&lt;Die&gt;&gt; Schrift", "Die Schrift"),
        ("\x98Die\x9c Schrift", "Die Schrift"), ("A : <<the>> b", "A : the b"), ("{{The}} x", "The x"),
    ],
)  # fmt: skip
def test_marks_around_an_article_that_is_not_sorted_by_go(raw: str, expected: str) -> None:
    assert text.plain(raw) == expected


@pytest.mark.parametrize("kept", ["p ∧ ¬q ∧ ¬r", "¬p¬", "le mot <<liberté>> dit", "x << y >> z", "{{1, 2}}", "{{"])
def test_the_same_signs_stay_where_they_mean_something(kept: str) -> None:
    assert text.plain(kept) == kept
