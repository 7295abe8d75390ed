"""Conditional requests (RFC 9110 §13), HEAD (§9.3.2) and ranges (§14), on every address there is."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from conftest import BASE, SEED
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

RECORD = f"/record/{SEED}"
QUERY = quote("SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 200")
FORMS = ("html", "jsonld", "json", "ttl", "nt", "rdf", "trig", "schemaorg.jsonld", "bib", "ris", "csl.json")
VALIDATED = [
    "/", "/dataset", RECORD, *(f"{RECORD}.{form}" for form in FORMS), f"{RECORD}/source", f"{RECORD}/why",
    f"{RECORD}/why?format=json", f"{RECORD}.linkset.json", "/journal/1234-5679", "/journal/1234-5679.ttl",
    "/journal/1234-5679/volume/12/issue/3", "/subject", "/agent/catalog/doe-jane~1fd30841", "/provenance.nt", "/search?q=example",
    "/search?q=example&format=json", "/browse/record", "/browse/journal", "/dump/", "/dump/?format=json",
    "/context/v1.jsonld", "/.well-known/void", "/.well-known/api-catalog", "/openapi.json", "/sitemap.xml",
    "/sitemap-1.xml", "/robots.txt", "/dump/SHA256SUMS", "/dump/catalogue.nt.gz", "/dump/catalogue.csv",
    "/static/style.css", "/sparql?format=ttl", f"/sparql?query={QUERY}&format=csv", "/sparql?query=ASK%7B%7D",
]  # fmt: skip
OTHERS = [
    "/healthz", "/readyz", "/sparql?format=html", "/sparql?query=nonsense", "/none", "/record/none.ttl",
    "/journal/2049-3630", "/dump/latest/catalogue.csv", "/dump/none", "/browse/none", "/sitemap-2.xml", "/search/",
    f"{RECORD}.bib/none", "/journal/1234-5679.bib",
]  # fmt: skip
DATED = [path for path in VALIDATED if path.startswith((f"{RECORD}.", "/journal", "/dump/cat"))]
DATED = [path for path in DATED if not path.endswith("linkset.json")]
VARYING = {"Date", "Server-Timing"}
DUMP = "/dump/catalogue.nt.gz"


def get(client: FlaskClient, path: str, **headers: str) -> TestResponse:
    """Ask for the path; `If_None_Match="x"` is a header."""
    with client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()}) as response:
        response.get_data()
        return response


@pytest.mark.parametrize("encoding", ["identity", "gzip", "br", "zstd"])
@pytest.mark.parametrize("path", VALIDATED + OTHERS)
def test_head_is_get_without_its_body(client: FlaskClient, path: str, encoding: str) -> None:
    """The same status and header fields, Content-Length with them (§9.3.2, §8.6)."""
    headers = {"Accept-Encoding": encoding}
    got = get(client, path, **headers)
    with client.head(path, headers=headers) as head:
        assert (head.status_code, head.data) == (got.status_code, b"")
        fields = [sorted((name, value) for name, value in one.headers if name not in VARYING) for one in (got, head)]
        assert fields[0] == fields[1]


@pytest.mark.parametrize("path", VALIDATED)
def test_what_the_client_has_is_a_304(client: FlaskClient, path: str) -> None:
    """If-None-Match compares weakly, takes lists and *, and goes before If-Modified-Since (§13.1.2, §13.2.2)."""
    first = get(client, path)
    etag = first.headers["ETag"]

    every = [etag, f"W/{etag}", f'"other", {etag}', f'W/"other",  W/{etag} , "last"']
    for held in every if "query=" in path else [*every, "*"]:  # whether a query has an answer, only running it tells
        again = get(client, path, If_None_Match=held)
        assert (again.status_code, again.data) == (304, b""), held
        assert again.headers["ETag"] == etag
        for name in ("Cache-Control", "Vary", "Content-Location"):
            assert again.headers.get(name) == first.headers.get(name), name
        assert "Content-Type" not in again.headers or path.startswith(("/dump", "/static"))
    for other in ('"other"', 'W/"other", "x"', etag.strip('"')[:-1], ""):
        assert get(client, path, If_None_Match=other).status_code == 200, other
    late = {"If_None_Match": '"other"', "If_Modified_Since": "Fri, 31 Dec 2100 00:00:00 GMT"}
    assert get(client, path, **late).status_code == 200


@pytest.mark.parametrize("path", VALIDATED)
def test_head_is_conditional_too(client: FlaskClient, path: str) -> None:
    etag = get(client, path).headers["ETag"]
    with client.head(path, headers={"If-None-Match": etag}) as head:
        assert (head.status_code, head.headers["ETag"]) == (304, etag)


@pytest.mark.parametrize("path", DATED)
def test_what_has_not_changed_since_is_a_304(client: FlaskClient, path: str) -> None:
    """A date that is none is ignored (§13.1.3)."""
    moment = get(client, path).headers["Last-Modified"]

    assert get(client, path, If_Modified_Since=moment).status_code == 304
    assert get(client, path, If_Modified_Since="Fri, 31 Dec 2100 00:00:00 GMT").status_code == 304
    assert get(client, path, If_Modified_Since="Mon, 01 Jan 1990 00:00:00 GMT").status_code == 200
    for junk in ("yesterday", "0", "", "99999999999999999999"):
        assert get(client, path, If_Modified_Since=junk).status_code == 200


@pytest.mark.parametrize("path", [path for path in VALIDATED if not path.startswith("/sparql")])
def test_a_failed_precondition_is_a_412(client: FlaskClient, path: str) -> None:
    """If-Match compares strongly (§13.1.1): a weak tag never matches."""
    etag = get(client, path).headers["ETag"]

    for other in ('"other"', f"W/{etag}"):
        failed = get(client, path, If_Match=other)
        assert (failed.status_code, failed.headers["Content-Type"]) == (412, "application/problem+json")
    assert get(client, path, If_Match=etag).status_code == 200
    assert get(client, path, If_Match=f'"other", {etag}').status_code == 200
    assert get(client, path, If_Match="*").status_code == 200


# -- ranges ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def whole(client: FlaskClient) -> bytes:
    """A whole dump."""
    return get(client, DUMP).data


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [("0-0", 0, 0), ("0-99", 0, 99), ("10-", 10, None), ("-7", -7, None), ("5-99999999999", 5, None),
     ("-99999999999", 0, None), ("00-07", 0, 7), ("5-5", 5, 5)],
)  # fmt: skip
def test_a_range_is_part_of_the_file(client: FlaskClient, whole: bytes, asked: str, first: int, last: int) -> None:
    first = len(whole) + first if first < 0 else first
    last = len(whole) - 1 if last is None else last
    response = get(client, DUMP, Range=f"bytes={asked}")

    assert (response.status_code, response.data) == (206, whole[first : last + 1])
    assert response.headers["Content-Range"] == f"bytes {first}-{last}/{len(whole)}"
    assert int(response.headers["Content-Length"]) == len(response.data)
    for name in ("ETag", "Repr-Digest", "Last-Modified", "Content-Type"):
        assert response.headers[name] == get(client, DUMP).headers[name]


@pytest.mark.parametrize("asked", ["bytes=99999999999-", "bytes=-0"])
def test_a_range_that_is_not_there_is_a_416(client: FlaskClient, whole: bytes, asked: str) -> None:
    response = get(client, DUMP, Range=asked)

    assert (response.status_code, response.headers["Content-Range"]) == (416, f"bytes */{len(whole)}")
    assert response.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "asked", ["bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-1", "lines=0-1", "bytes=1-2-3", "", "bytes=--1"]
)
def test_a_range_that_is_none_is_ignored(client: FlaskClient, whole: bytes, asked: str) -> None:
    """One in an unknown unit must be ignored, and one that is invalid may be (§14.2)."""
    response = get(client, DUMP, Range=asked)

    assert (response.status_code, response.data) == (200, whole)


def test_several_ranges_are_given_truthfully(client: FlaskClient, whole: bytes) -> None:
    """A server may send all of it, as this one does, in place of the parts (§14.2)."""
    response = get(client, DUMP, Range="bytes=0-9, 20-29, -5")

    assert (response.status_code, response.data) == (200, whole)


def test_many_ranges_cost_no_more_than_the_file(client: FlaskClient, whole: bytes) -> None:
    """Overlapping ranges would make a small request a large answer (§17.15)."""
    response = get(client, DUMP, Range="bytes=" + ",".join(["0-"] * 500))

    assert (response.status_code, response.data) == (200, whole)


def test_if_range_gives_a_part_only_of_the_same_file(client: FlaskClient, whole: bytes) -> None:
    """A validator that is weak or of another file gives all of it (§13.1.5)."""
    same = get(client, DUMP)
    etag, moment = same.headers["ETag"], same.headers["Last-Modified"]

    for held in (etag, moment):
        assert get(client, DUMP, Range="bytes=5-", If_Range=held).data == whole[5:], held
    for other in ('"other"', f"W/{etag}", "Mon, 01 Jan 1990 00:00:00 GMT", "junk"):
        response = get(client, DUMP, Range="bytes=5-", If_Range=other)
        assert (response.status_code, response.data) == (200, whole), other


def test_a_range_of_what_the_client_has_is_a_304(client: FlaskClient, whole: bytes) -> None:
    etag = get(client, DUMP).headers["ETag"]

    assert get(client, DUMP, Range="bytes=5-", If_None_Match=etag).status_code == 304


@pytest.mark.parametrize("path", [RECORD, f"{RECORD}.ttl", "/sitemap.xml", "/sparql?query=ASK%7B%7D"])
def test_what_is_no_file_has_no_ranges(client: FlaskClient, path: str) -> None:
    response = get(client, path, Range="bytes=0-3")

    assert response.status_code == 200
    assert "Content-Range" not in response.headers
    assert response.data == get(client, path).data


# -- what every answer has ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", VALIDATED + OTHERS)
def test_no_answer_has_a_cookie_or_opens_the_page(client: FlaskClient, path: str) -> None:
    """The policy names no other host, and allows no script and no style in the page."""
    headers = get(client, path, Accept="text/html", Host="evil.example", Cookie="a=b; session=x").headers
    policy = headers["Content-Security-Policy"]

    assert "Set-Cookie" not in headers
    assert "evil.example" not in str(headers)
    assert "default-src 'none'" in policy
    assert not re.search(r"unsafe|http|\*|script-src|\.\w", policy)
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_every_route_is_asked_here(app: Flask) -> None:
    known = {path.partition("?")[0] for path in VALIDATED + OTHERS}
    adapter = app.url_map.bind(BASE)
    reached = {adapter.match(path)[0] for path in known}

    # the numbers of /metrics differ each time
    assert {rule.endpoint for rule in app.url_map.iter_rules()} - {"metrics.metrics"} == reached
