"""Names of things in addresses: both sides of every boundary."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ld.values import names


def test_digests_and_numbers_stay_what_they_are() -> None:
    """They stand in IRIs and in databases of sites."""
    assert names.digest("a") == "ca978112"
    assert names.digest("a", 4) == "ca97"
    assert names.digest("\udc80") == names.digest("\udc80")
    assert names.number("a") == 2340832890917691671
    assert names.number("record/\udc80") >= 0


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_name_in_a_path_comes_back(name: str) -> None:
    encoded = names.encoded(name)

    assert names.decoded(encoded) == name
    assert not set(encoded) & set("/?#: ")


def test_what_stays_as_it_is_in_a_path() -> None:
    assert names.encoded("aZ09-._~") == "aZ09-._~"
    assert names.encoded("a/b c\udc80") == "a%2Fb%20c%3F"
