"""Names of things in addresses: both sides of every boundary."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ld.values import names

# -- slugs -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("label", "slug"),
    [
        ("Natural history", "natural-history"), ("  Natural -- HISTORY!  ", "natural-history"),
        ("a_b", "a-b"), ("Ångström", "angstrom"), ("A\u030angstro\u0308m", "angstrom"), ("Größe", "grosse"),
        ("Łódź", "lodz"), ("Ærø", "aero"), ("Œuvre", "oeuvre"), ("Þórður", "thordur"), ("Đorđe", "dorde"),
        ("ıı", "ii"), ("Việt Nam", "viet-nam"), ("ﬁn", "fin"), ("①", "1"), ("２", "2"),
        ("Й", "й"), ("数学", "数学"), ("ガ", "ガ"), ("かが", "かが"), ("कि", "क"),
        ("C", "c"), ("C+", "c-plus"), ("C#", "c-sharp"), ("A&B", "a-and-b"), ("a@b", "a-at-b"), ("5%", "5-percent"),
        ("R&D + C# @ 5%", "r-and-d-plus-c-sharp-at-5-percent"),
        ("x" * 120, "x" * 120),
    ],
)  # fmt: skip
def test_a_slug_is_the_same_for_variants_of_one_name(label: str, slug: str) -> None:
    assert names.slug(label) == slug


@pytest.mark.parametrize(
    ("label", "readable"),
    [
        ("", ""), ("...", ""), ("🙂", ""), ("a ≠ b", "a-b"), ("5 €", "5"), ("a ™", "a-tm"), ("a ☂ b", "a-b"),
        ("x" * 121, "x" * 120), ("x" * 119 + " y", "x" * 119),
    ],
)  # fmt: skip
def test_where_a_sign_with_a_meaning_is_lost_a_hash_keeps_names_apart(label: str, readable: str) -> None:
    slug = names.slug(label)

    if label == "a ™":  # which NFKC spells out, so nothing is lost
        assert slug == readable
    else:
        assert slug.partition("~")[0] == readable
        assert len(slug.partition("~")[2]) == 8


def test_the_hash_of_a_slug_is_that_of_the_text_without_its_case() -> None:
    assert names.slug("") == "~e3b0c442"
    assert names.slug("A ≠ b ") == names.slug("a ≠ B") == f"a-b~{names.digest('a ≠ b')}"
    assert names.slug("a ≠ b") != names.slug("a ≈ b")


def test_digests_and_numbers_stay_what_they_are() -> None:
    """They stand in IRIs and in databases of sites."""
    assert names.digest("a") == "ca978112"
    assert names.digest("a", 4) == "ca97"
    assert names.digest("\udc80") == names.digest("\udc80")
    assert names.number("a") == 2340832890917691671
    assert names.number("record/\udc80") >= 0


@given(st.text())
def test_a_slug_needs_no_second_look(label: str) -> None:
    slug = names.slug(label)

    assert slug
    assert not set(slug) & set("/?# %")
    assert slug == slug.casefold() or not slug.isascii()


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_name_in_a_path_comes_back(name: str) -> None:
    encoded = names.encoded(name)

    assert names.decoded(encoded) == name
    assert not set(encoded) & set("/?#: ")


def test_what_stays_as_it_is_in_a_path() -> None:
    assert names.encoded("aZ09-._~") == "aZ09-._~"
    assert names.encoded("a/b c\udc80") == "a%2Fb%20c%3F"
