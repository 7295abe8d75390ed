"""The Link header: what of many links it has where the head of an answer has no room for all."""

from __future__ import annotations

import re
from typing import Any

import pytest

from ld.formats import links
from ld.formats.links import LONGEST_LOCATION, Facts, Link, header
from ld.formats.media import HTML
from ld.formats.table import LINKED
from ld.summary import Card, Summary, Text

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


# -- which links there are ---------------------------------------------------------------------------------------------

WEB = [f"https://a.example/{n}" for n in range(5)]
FACTS = Facts(["Book", "Thing"], WEB[:2], WEB[2:3], WEB[3:], ["c:d"], ["l:d", "l:e"])


def test_every_form_of_a_document_links_to_the_others_its_types_and_its_data_set() -> None:
    assert links.page_links(URL, FACTS, LINKED[:1], items=True) == [
        Link(f"{URL}.{LINKED[0].key}", "describedby", LINKED[0].media_type),
        Link("https://schema.org/Book", "type"), Link("https://schema.org/Thing", "type"),
        Link("https://schema.org/AboutPage", "type"),
        Link(WEB[0], "item", ""), Link(WEB[1], "item", ""), Link(WEB[2], "related"),
        Link("c:d", "collection"), Link(f"{URL}.linkset.json", "linkset", "application/linkset+json"),
    ]  # fmt: skip
    assert "item" not in {one.rel for one in links.page_links(URL, FACTS, LINKED, items=False)}


def test_a_page_and_a_data_form_have_one_licence_each() -> None:
    assert links.html_links(URL, FACTS) == [Link(URL, "canonical"), Link(WEB[3], "license")]
    assert links.html_links(URL, Facts([])) == [Link(URL, "canonical")]
    assert links.data_links(URL, f"{URL}#it", FACTS) == [
        Link(f"{URL}#it", "describes"), Link(URL, "canonical"), Link(f"{URL}.html", "alternate", HTML.media_type),
        Link("l:d", "license"),
    ]  # fmt: skip
    assert [one.rel for one in links.data_links(URL, URL, Facts([]))] == ["describes", "canonical", "alternate"]


def test_of_a_record_three_web_addresses_become_links() -> None:
    known = Summary(title=Text("T"), kind="Book", urls=["javascript:x", *WEB], same=["urn:x:y", WEB[0], "ftp://a.example/"],
                    licence="urn:x:l", data_licence=WEB[1], collection="doaj")  # fmt: skip

    assert links.of_record(known, "https://d.example/") == Facts(
        ["Book"], WEB[:3], [WEB[0], "ftp://a.example/"], [], ["https://d.example/dataset/doaj#it"], [WEB[1]]
    )
    assert links.of_record(Summary(title=Text("T"), kind=""), "b/").types == []


def test_of_a_thing_what_its_card_says() -> None:
    fields: dict[str, Any] = {"url": WEB, "same": ["x", WEB[0]], "licence": [WEB[1]]}
    card = Card(iri="a:b", kind="organization", title=Text("T"), types=["Organization"], fields=fields, links=[])

    assert links.of_thing(card) == Facts(["Organization"], WEB[:3], [WEB[0]], [WEB[1]])


@pytest.mark.parametrize(
    ("target", "web"),
    [("http://a", True), ("https://a", True), ("ftp://a", True), ("HTTP://a", False), ("javascript:a", False),
     ("http:a", False), (" http://a", False), ("", False)],
)  # fmt: skip
def test_only_web_addresses_become_links(target: str, web: bool) -> None:
    assert links.is_web(target) is web


@pytest.mark.parametrize(
    ("path", "address"),
    [("record/a/b c", "record/a%2Fb%20c"), ("record/é~", "record/%C3%A9~"), ("subject/数~1", "subject/%E6%95%B0~1"),
     ("journal/1/volume/a%2Fb", "journal/1/volume/a%252Fb"), ("records/a/b", "records/a/b"), ("dataset", "dataset"),
     ("record", "record/")],
)  # fmt: skip
def test_the_id_of_a_record_is_one_segment_of_its_address(path: str, address: str) -> None:
    assert links.address(path) == address


def test_what_a_header_may_not_hold_is_encoded() -> None:
    plain = "https://a.example/:?#[]@!$&'()*+,;=~%20-._A9"

    assert links.spelled(plain) == plain
    assert links.spelled('https://a.example/é">\n%') == "https://a.example/%C3%A9%22%3E%0A%"
    assert header([Link("https://a.example/é", "related"), Link("b:c", "item", "text/html")]) == (
        '<https://a.example/%C3%A9>; rel="related", <b:c>; rel="item"; type="text/html"'
    )


def test_the_linkset_has_all_links_but_the_one_to_itself() -> None:
    given = [Link("a:b", "item", "text/html"), Link("a:c", "item"), Link("a:s", "linkset", "x/y"), Link("a:d", "type")]

    assert links.linkset(URL, given) == {"linkset": [
        {"anchor": URL, "item": [{"href": "a:b", "type": "text/html"}, {"href": "a:c"}], "type": [{"href": "a:d"}]}
    ]}  # fmt: skip


# -- pure schema.org for a page ----------------------------------------------------------------------------------------

TREE = {
    "@context": "x", "id": "a:b", "type": ["Book", "bibo:Book"], "name": "T", "dcterms:title": "T", "author": [
        {"id": "a:c", "type": "Person", "foaf:name": "N"}, {"foaf:name": "M"}, "", None,
    ], "empty": [], "about": {"dc:x": "y"}, "odd": {"type": ["bibo:x", "dcterms:y"]}, "pages": 0,
}  # fmt: skip


def test_only_the_terms_of_schema_org_stay() -> None:
    assert links.schema_org(TREE) == {
        "@id": "a:b", "@type": "Book", "name": "T", "author": [{"@id": "a:c", "@type": "Person"}], "pages": 0,
    }  # fmt: skip
    assert links.schema_org({"type": ["A", "B"]}) == {"@type": ["A", "B"]}


def test_a_node_is_found_where_it_is_more_than_pointed_at() -> None:
    assert links.node_of(TREE, "a:c") == {"id": "a:c", "type": "Person", "foaf:name": "N"}
    assert links.node_of([{"x": [{"id": "a:c"}]}, TREE], "a:b") == TREE
    assert links.node_of({"x": {"id": "a:c"}}, "a:c") is None
    assert links.node_of("a:c", "a:c") is None


@pytest.mark.parametrize(("value", "listed"), [([1], [1]), ("x", ["x"]), ("", []), (None, []), ({}, []), ([], [])])
def test_a_value_as_a_list(value: Any, listed: list[Any]) -> None:
    assert links.as_list(value) == listed
