"""ETags, dates, HEAD, OPTIONS and encodings."""

from __future__ import annotations

import gzip
from typing import Any

import brotli
import pytest
import zstandard
from asking import RECORD, TYPES, get
from flask.testing import FlaskClient

from ld.site.generation import Generation


@pytest.mark.parametrize("path", [f"{RECORD}.{key}" for key in TYPES] + [RECORD, "/", "/journal/1234-5679", "/dataset"])
def test_a_form_has_a_strong_etag_and_304(client: FlaskClient, path: str) -> None:
    first = client.get(path)
    again = get(client, path, If_None_Match=first.headers["ETag"])

    assert not first.headers["ETag"].startswith("W/")
    assert (again.status_code, again.data) == (304, b"")
    for name in ("ETag", "Cache-Control", "Vary", "Content-Location"):
        assert again.headers.get(name) == first.headers.get(name)
    assert get(client, path, If_None_Match='"other"').status_code == 200


def test_the_304_of_a_form_and_of_its_encodings(client: FlaskClient) -> None:
    plain, packed = client.get(f"{RECORD}.ttl"), get(client, f"{RECORD}.ttl", Accept_Encoding="gzip")

    for first, encodings in ((plain, ""), (packed, "gzip"), (packed, "br, gzip")):
        etag = first.headers["ETag"]
        again = get(client, f"{RECORD}.ttl", If_None_Match=f'"other", {etag}', Accept_Encoding=encodings)
        assert (again.status_code, again.headers["ETag"], again.data) == (304, etag, b"")
    assert get(client, f"{RECORD}.ttl", If_None_Match=packed.headers["ETag"], Accept_Encoding="br").status_code == 200


def test_no_two_forms_share_an_etag(client: FlaskClient) -> None:
    assert len({client.get(f"{RECORD}.{key}").headers["ETag"] for key in TYPES}) == len(TYPES)


def test_if_modified_since(client: FlaskClient) -> None:
    moment = client.get(f"{RECORD}.ttl").headers["Last-Modified"]

    assert get(client, f"{RECORD}.ttl", If_Modified_Since=moment).status_code == 304


@pytest.mark.parametrize("path", [RECORD, f"{RECORD}.ttl", "/", "/search?q=x", "/sparql", "/dump/", "/robots.txt",
                                  "/dump/catalogue.nt.gz", "/record/none", "/context/v1.jsonld"])  # fmt: skip
def test_head_is_get_without_a_body(client: FlaskClient, path: str) -> None:
    got, head = client.get(path), client.head(path)

    assert (head.status_code, head.data) == (got.status_code, b"")
    for name in ("Content-Type", "Content-Length", "ETag", "Vary", "Cache-Control"):
        assert head.headers.get(name) == got.headers.get(name)
    got.close()
    head.close()


@pytest.mark.parametrize("path", [RECORD, "/sparql", "/dump/catalogue.nt.gz", "/record/none", "/"])
def test_scripts_may_ask_from_anywhere(client: FlaskClient, path: str) -> None:
    asked = client.options(path, headers={"Origin": "https://app.example", "Access-Control-Request-Method": "GET"})

    assert asked.status_code == 204
    assert asked.headers["Access-Control-Allow-Origin"] == "*"
    assert "GET" in asked.headers["Allow"]
    assert ("POST" in asked.headers["Allow"]) == (path == "/sparql")
    with client.get(path) as response:
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert "Link" in response.headers["Access-Control-Expose-Headers"]


@pytest.mark.parametrize(
    ("encoding", "unpacked"),
    [
        ("gzip", gzip.decompress),
        ("br", brotli.decompress),
        ("zstd", lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data)),
    ],
)
def test_every_encoding_has_an_etag_of_its_own(client: FlaskClient, encoding: str, unpacked: Any) -> None:
    plain = client.get(f"{RECORD}.ttl")
    packed = get(client, f"{RECORD}.ttl", Accept_Encoding=encoding)

    assert packed.headers["Content-Encoding"] == encoding
    assert "Accept-Encoding" in packed.vary and "Accept-Encoding" in plain.vary
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert unpacked(packed.data) == plain.data
    again = get(client, f"{RECORD}.ttl", Accept_Encoding=encoding, If_None_Match=packed.headers["ETag"])
    assert again.status_code == 304


def test_an_encoding_that_is_refused_is_not_used(client: FlaskClient) -> None:
    response = get(client, f"{RECORD}.ttl", Accept_Encoding="gzip;q=0, br;q=0")

    assert "Content-Encoding" not in response.headers
    assert "Accept-Encoding" in response.vary


@pytest.mark.parametrize("path", [RECORD, "/", "/sparql", "/search", "/dump/", "/record/none", "/healthz"])
def test_every_answer_names_the_generation_and_locks_the_page(
    client: FlaskClient, generation: Generation, path: str
) -> None:
    headers = client.get(path).headers

    assert headers["Dataset-Version"] == generation.id
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self';")
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "Set-Cookie" not in headers
