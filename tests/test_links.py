"""The Link header: what of many links it has where the head of an answer has no room for all."""

from __future__ import annotations

import re

import pytest

from ld.formats.links import LONGEST_LOCATION, Link, header

URL = "https://data.example.org/record/1"


def many(length: int) -> list[Link]:
    """Links of every kind, the address of the document being so long."""
    url = URL.ljust(length, "x")
    forms = [Link(f"{url}.{key}", "describedby", f"text/{key}") for key in ("ttl", "jsonld", "rdf", "nt", "bib")]
    others = [Link("https://schema.org/Book", "type"), Link(f"{URL}/full", "item"), Link(f"{URL}/set#it", "collection")]
    return [Link(url, "canonical"), *forms, *others, Link(f"{url}.linkset.json", "linkset", "application/linkset+json")]


def relations(value: str) -> list[str]:
    """The relations of a Link header, in their order."""
    return re.findall(r'rel="(.*?)"', value)


@pytest.mark.parametrize("length", [33, 100, 300, 600, 1_000, 1_100, 2_000, 3_000])
@pytest.mark.parametrize("beside", [0, 100, 1_000, 2_000])
def test_links_never_take_more_than_there_is_room(length: int, beside: int) -> None:
    found = header(many(length), beside)

    assert len(found) <= LONGEST_LOCATION - beside
    assert set(relations(found)) <= {one.rel for one in many(length)}


def test_links_keep_their_order() -> None:
    assert relations(header(many(33))) == [one.rel for one in many(33)]


def test_what_leads_to_other_forms_gives_way_first() -> None:
    assert relations(header(many(900))) == ["canonical", "type", "item", "collection", "linkset"]


def test_the_linkset_stays_as_long_as_it_fits() -> None:
    written = len(header(many(33)[-1:])) + 2  # each is counted with the comma behind it

    assert relations(header(many(33), LONGEST_LOCATION - written)) == ["linkset"]
    assert "linkset" not in relations(header(many(33), LONGEST_LOCATION - written + 1))


def test_where_nothing_fits_there_is_nothing() -> None:
    assert header(many(33), LONGEST_LOCATION) == ""
