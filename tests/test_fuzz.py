"""Queries, ids, parameters and headers made at random: never a 500, always an answer that can be read."""

from __future__ import annotations

import json
import os
import random
import re
from collections import Counter
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
from conftest import BASE, SEED
from flask import Flask
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from lxml import etree
from werkzeug.test import TestResponse

from ld.settings import Settings
from ld.web import create_app
from ld.web.pages.sparql import examples

CASES = int(os.environ.get("SHELFGRAPH_TEST_FUZZ", "150"))  # `.ci/run --all` tries more
steady = hypothesis_settings(max_examples=CASES)
EXAMPLES = [one["query"] for one in examples(BASE)]
TOKENS = re.compile(r'<[^>\s]*>|"[^"\n]*"|[?$]\w+|[\w:.-]+|\S|\s+')
WORDS = sorted({token for query in EXAMPLES for token in TOKENS.findall(query)})
ODD = [
    "{", "}", "(", ")", "[", "]", "<", ">", '"', "'''", '"""', "\\", "\\u0000", "\\uD800", "#", "\x00", "\ud800",
    "\u2028",
    "SERVICE", "LOAD", "GRAPH", "MINUS", "OPTIONAL", "UNION", "FILTER", "NOT EXISTS", "VALUES", "BIND", "SELECT", "ASK",
    "GROUP BY", "HAVING", "ORDER BY", "LIMIT -1", "LIMIT 99999999999999999999", "OFFSET 9223372036854775808", "UNDEF",
    "1e999", "0.1", "-0", '"x"@en-', '"x"^^<x:y>', "<>", "<a b>", "_:b", "a", "*", "^", "!", "|", "/", "+", "?", "&&",
]  # fmt: skip


@st.composite
def queries(draw: Any) -> str:
    """An example with some of its words changed, left out, repeated or put elsewhere."""
    tokens = TOKENS.findall(draw(st.sampled_from(EXAMPLES)))
    chance = random.Random(draw(st.integers(0, 1 << 32)))
    for _ in range(draw(st.integers(1, 6))):
        at = chance.randrange(len(tokens) + 1)
        tokens[at : at + chance.choice([0, 0, 1, 1, 2, 5])] = chance.choice(
            [[], [chance.choice(WORDS)], [chance.choice(ODD)], tokens[at : at + 4] * 2, [chance.choice(ODD) + " "]]
        )
    return "".join(tokens)


ORDERLY = {200, 206, 301, 302, 304, 400, 403, 404, 405, 406, 410, 412, 413, 415, 416}


def check(response: TestResponse, *also: int) -> None:
    """The answer is well-formed, and tells nothing of the program."""
    body, kind = response.get_data(), response.mimetype or ""  # a 304 has none
    assert response.status_code in ORDERLY | set(also)
    assert b"Traceback" not in body and b"site-packages" not in body
    for name, value in response.headers:
        assert re.fullmatch(r"[\x20-\x7e]*", value), (name, value)
    if kind == "application/problem+json":
        problem = json.loads(body)
        assert {"type", "title", "status", "detail"} <= problem.keys()
        assert problem["status"] == response.status_code
    elif kind.endswith("json") and body:
        json.loads(body)
    elif kind.endswith("xml") and body:
        etree.fromstring(body)
    elif response.status_code >= 400 and body:
        assert kind in ("text/html", "text/plain")


def test_a_query_with_changed_words_is_answered_or_told_what_is_wrong(settings: Settings) -> None:
    """A few may run into the time limit: a join that has lost a word is a cross product."""
    statuses: Counter[int] = Counter()
    app = create_app(Settings(settings.site, {"base": BASE, "query_seconds": 20.0}, {}))

    @steady
    @given(queries(), st.sampled_from(["*/*", "text/html", "application/sparql-results+xml", "text/turtle"]))
    def ask(query: str, accept: str) -> None:
        kind, data = "application/sparql-query", query.encode("utf-8", "surrogatepass")
        response = app.test_client().post("/sparql", data=data, content_type=kind, headers={"Accept": accept})
        check(response, 504)
        statuses[response.status_code] += 1

    ask()
    app.extensions["shelfgraph"].close()
    assert {200, 400, 403, 406} <= statuses.keys()
    assert statuses[504] <= CASES // 50


@pytest.mark.parametrize(
    "kind", ["application/sparql-query", "application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_a_body_of_any_bytes_is_no_fault(app: Flask, kind: str) -> None:
    @steady
    @given(st.binary(max_size=300), st.sampled_from([b"", b"query=", b"query=ASK{}&", b"ASK {} #", b"--x\r\n"]))
    def send(data: bytes, head: bytes) -> None:
        check(app.test_client().post("/sparql", data=head + data, content_type=kind))

    send()


PLACES = ["/{}", "/record/{}", f"/record/{SEED}.{{}}", f"/record/{SEED}/{{}}", "/journal/{}", "/journal/1234-5679/{}",
          "/subject/{}", "/dump/{}", "/dump/latest/{}", "/browse/{}", "/static/{}", "/sitemap-{}.xml", "/context/{}",
          "/dataset/{}", "/.well-known/{}"]  # fmt: skip


def test_no_path_is_a_fault(app: Flask) -> None:
    @steady
    @given(
        st.sampled_from(PLACES),
        st.text(max_size=30).map(lambda text: text.encode("utf-8", "replace")) | st.binary(max_size=30),
    )
    def send(place: str, data: bytes) -> None:
        with app.test_client().get(place.format(quote_from_bytes(data, safe=""))) as response:
            check(response)

    send()


NAMES = ["format", "q", "offset", "after", "query", "update", "default-graph-uri", "named-graph-uri", "truncate", "x"]
ASKED = ["/", f"/record/{SEED}", "/search", "/browse/record", "/sparql", "/dump/", "/journal/1234-5679", "/dataset"]


def test_no_query_string_is_a_fault(app: Flask) -> None:
    pairs = st.lists(
        st.tuples(st.sampled_from(NAMES), st.binary(max_size=20) | st.sampled_from([b"ttl", b"-1", b"ASK{}"]))
    )

    @steady
    @given(st.sampled_from(ASKED), pairs, st.sampled_from(["*/*", "text/html"]))
    def send(path: str, sent: list[tuple[str, bytes]], accept: str) -> None:
        text = "&".join(f"{name}={quote_from_bytes(value)}" for name, value in sent)
        check(app.test_client().get(f"{path}?{text}", headers={"Accept": accept}))

    send()


HEADERS = ["Accept", "Accept-Encoding", "Accept-Language", "If-None-Match", "If-Match", "If-Modified-Since", "Range",
           "If-Range", "Cookie", "Authorization", "Origin", "X-Forwarded-For", "Forwarded", "Content-Type", "Expect",
           "X-HTTP-Method-Override", "Content-Length", "If-Unmodified-Since"]  # fmt: skip
LATIN = st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f")
VALUES = st.text(LATIN, max_size=40) | st.sampled_from(
    ["*", '"', 'W/"x"', "bytes=0-", "bytes=-", "bytes=0-0,1-1", "gzip;q=0", "text/html;q=", ";", ",", "=", "\xff", "-1"]
)
FILES = [f"/record/{SEED}.ttl", "/dump/catalogue.csv", "/static/style.css", "/sparql?query=ASK%7B%7D"]


def test_no_header_is_a_fault(app: Flask) -> None:
    @steady
    @given(
        st.sampled_from(
            [*ASKED, f"/record/{SEED}.ttl", "/dump/catalogue.csv", "/static/style.css", "/sparql?query=ASK%7B%7D"]
        ),
        st.lists(st.tuples(st.sampled_from(HEADERS), VALUES), max_size=4),
        st.sampled_from(["GET", "HEAD", "OPTIONS"]),
    )
    def send(path: str, headers: list[tuple[str, str]], method: str) -> None:
        with app.test_client().open(path, method=method, headers=headers) as response:
            if response.status_code != 204 and method != "HEAD":
                check(response)

    send()
