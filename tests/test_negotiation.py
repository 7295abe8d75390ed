"""Which form a client gets: a table of what browsers, libraries and people send, and what each must get."""

from __future__ import annotations

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from ld.formats.table import DOCUMENT, GRAPH, RECORD, RESULTS
from ld.web.negotiation import choose, wanted

CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
RDFLIB = (
    "application/rdf+xml, text/rdf+n3, application/trig, application/n-quads, text/turtle, application/n-triples;q=0.9"
)
JENA = "text/turtle,application/n-triples;q=0.9,application/ld+json;q=0.8,application/rdf+xml;q=0.7,*/*;q=0.3"
JAVA = "image/gif, image/jpeg, *; q=.2, */*; q=.2"


@pytest.mark.parametrize(
    ("accept", "key"),
    [
        (None, "html"),
        ("", "html"),
        ("  ", "html"),
        ("*/*", "html"),
        (CHROME, "html"),
        (JENA, "ttl"),
        (RDFLIB, "ttl"),
        (JAVA, "html"),
        ("text/turtle", "ttl"),
        ("TEXT/Turtle", "ttl"),
        ("text/turtle;charset=utf-8", "ttl"),
        ("text/turtle; version=1.2; q=0.5, text/html;q=0.4", "ttl"),
        ("application/x-turtle", "ttl"),
        ("text/rdf+n3", "ttl"),
        ("text/n3", "ttl"),
        ("text/plain", "nt"),
        ("application/n-triples", "nt"),
        ("application/json", "json"),
        ("application/ld+json", "jsonld"),
        ("application/rdf+xml", "rdf"),
        ("application/x-bibtex", "bib"),
        ("application/x-research-info-systems", "ris"),
        ("application/vnd.citationstyles.csl+json", "csl.json"),
        ("text/*", "html"),
        ("application/*", "jsonld"),
        ("*/*, text/turtle", "ttl"),
        ("text/*;q=.5, text/turtle;q=.2", "html"),
        ("text/html;q=0, */*", "jsonld"),
        ("text/turtle;q=0.3, application/ld+json;q=0.7", "jsonld"),
        ("image/png, text/turtle;q=0.1", "ttl"),
        ("image/png", None),
        ("text/turtle;q=0", None),
        ("nonsense", None),
        (";;;,,", None),
    ],
)
def test_accept_decides(accept: str | None, key: str | None) -> None:
    choice = choose(accept, None, RECORD)

    assert (choice.format.key if choice else None) == key


@pytest.mark.parametrize(
    ("wanted", "key"),
    [
        ("ttl", "ttl"),
        ("TTL", "ttl"),
        ("turtle", "ttl"),
        ("text/turtle", "ttl"),
        ("n3", "ttl"),
        ("xml", "rdf"),
        ("json", "json"),
        ("jsonld", "jsonld"),
        ("application/ld+json,application/x-json+ld", "jsonld"),
        ("nt", "nt"),
        ("html", "html"),
        ("banana", "nt"),
        ("", "nt"),
    ],
)
def test_format_goes_before_accept_and_unknown_ones_are_ignored(wanted: str, key: str) -> None:
    choice = choose("application/n-triples", wanted, DOCUMENT)

    assert choice
    assert choice.format.key == key


def test_a_graph_that_answers_a_query_is_json_ld_for_who_wants_json() -> None:
    by_accept = choose("application/json", None, GRAPH)
    by_name = choose(None, "json", GRAPH)

    assert by_accept and by_name
    assert by_accept.content_type == by_name.content_type == "application/ld+json"


def test_results_are_json_by_default_and_csv_for_excel() -> None:
    default = choose("*/*", None, RESULTS)
    table = choose(CHROME, "csv", RESULTS)

    assert default and default.content_type == "application/sparql-results+json"
    assert table and table.content_type == "text/csv; charset=utf-8"


@pytest.mark.parametrize(
    ("accept", "profile"),
    [
        ("application/ld+json", ""),
        ('application/ld+json;profile="http://www.w3.org/ns/json-ld#expanded"', "expanded"),
        ('application/ld+json; q=0.9; profile="http://www.w3.org/ns/json-ld#flattened"', "flattened"),
        ('application/ld+json;profile="http://example.org/x http://www.w3.org/ns/json-ld#compacted"', "compacted"),
        ('application/ld+json;profile="http://example.org/unknown"', ""),
        ('application/ld+json, application/ld+json;profile="http://www.w3.org/ns/json-ld#expanded";q=0.5', ""),
    ],
)
def test_the_profile_of_json_ld(accept: str, profile: str) -> None:
    choice = choose(accept, None, DOCUMENT)

    assert choice
    assert (choice.format.key, choice.profile) == ("jsonld", profile)
    assert profile in choice.content_type


def test_a_form_without_profiles_is_not_said_to_have_one() -> None:
    """What Turtle's `profile` names is JSON-LD's, and the answer is plain Turtle."""
    choice = choose('text/turtle;profile="http://www.w3.org/ns/json-ld#expanded"', None, DOCUMENT)

    assert choice
    assert choice.content_type == "text/turtle; charset=utf-8"


@pytest.mark.parametrize(("wanted", "key"), [("csl", "csl.json"), ("csl.json", "csl.json"), ("json", "json")])
def test_a_key_of_two_words_goes_by_its_first_too(wanted: str, key: str) -> None:
    choice = choose(None, wanted, RECORD)

    assert choice
    assert choice.format.key == key


@given(st.text(), st.text())
def test_no_header_and_no_parameter_is_an_error(accept: str, wanted: str) -> None:
    choice = choose(accept, wanted, DOCUMENT)

    assert choice is None or choice.format in DOCUMENT


@pytest.mark.parametrize(
    ("accept", "key"),
    [
        ("text/*;q=0.9, text/n3;q=0.1, application/rdf+xml;q=0.5", "rdf"),  # another name of Turtle is more than text/*
        ("text/*;q=0.1, text/n3;q=0.9, application/rdf+xml;q=0.5", "ttl"),
        ("*/*;q=0.9, text/*;q=0.1", "rdf"),
        ("text/turtle;q=0.1, text/n3;q=0.9, application/rdf+xml;q=0.5", "rdf"),
        ("text/turtle;q=0, */*", "rdf"),
        ("text/turtle;q=0, application/rdf+xml;q=0, */*", None),
        ("text/turtle;q=0.001", "ttl"),
        (",", None),
    ],
)
def test_the_range_that_names_a_form_most_exactly_decides(accept: str, key: str | None) -> None:
    found = choose(accept, None, [form for form in GRAPH if form.key in ("ttl", "rdf")])

    assert (found.format.key if found else None) == key


@pytest.mark.parametrize(
    ("query", "headers", "key"),
    [
        ("", {}, "html"), ("", {"Accept": "text/turtle"}, "ttl"), ("?format=nt", {"Accept": "text/turtle"}, "nt"),
        ("?format=ttl", {}, "ttl"), ("?other=ttl", {}, "html"), ("", {"Accept": "image/png"}, None),
    ],
)  # fmt: skip
def test_what_a_request_wants(query: str, headers: dict[str, str], key: str | None) -> None:
    with Flask(__name__).test_request_context(f"/record/1{query}", headers=headers):
        found = wanted(DOCUMENT)

    assert (found.format.key if found else None) == key


@pytest.mark.parametrize("accept", [f"text/turtle, a/{'x' * 1_000}", f"a/{'x' * 1_000}, text/turtle;q=.5"])
def test_a_long_header_is_understood_like_a_short_one(accept: str) -> None:
    found = choose(accept, "y" * 1_000, DOCUMENT)

    assert found and found.format.key == "ttl"
