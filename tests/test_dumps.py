"""Dump files over HTTP: digests, ranges, and nothing else."""

from __future__ import annotations

import base64
import hashlib
import json

import pytest
from asking import get
from conftest import BASE
from flask.testing import FlaskClient

from ld.site.generation import Generation

DUMP = "/dump/catalogue.nt.gz"


def test_every_dump_that_is_listed_is_there_with_its_digest(client: FlaskClient, generation: Generation) -> None:
    for one in json.loads(client.get("/dump/?format=json").text)["dumps"]:
        with client.get(f"/dump/{one['file']}") as response:
            digest = hashlib.sha256(response.data)
            assert len(response.data) == one["bytes"]
            assert digest.hexdigest() == one["sha256"]
            assert response.headers["ETag"] == f'"{one["sha256"]}"'
            assert response.headers["Repr-Digest"] == f"sha-256=:{base64.b64encode(digest.digest()).decode()}:"
            assert response.headers["Accept-Ranges"] == "bytes"
            assert response.headers["Last-Modified"]
        with client.get(f"/dump/latest/{one['file']}") as moved:
            assert (moved.status_code, moved.headers["Location"]) == (302, f"{BASE}dump/{one['file']}")
        assert one["sha256"] in client.get("/dump/", headers={"Accept": "text/html"}).text
    with client.get("/dump/SHA256SUMS") as sums:
        assert f"{generation.manifest.dumps[0].sha256}  {generation.manifest.dumps[0].file}\n" in sums.text


def test_ranges(client: FlaskClient) -> None:
    with client.get(DUMP) as response:
        whole, etag = response.data, response.headers["ETag"]
    with get(client, DUMP, Range="bytes=10-19") as part:
        assert (part.status_code, part.data) == (206, whole[10:20])
        assert part.headers["Content-Range"] == f"bytes 10-19/{len(whole)}"
    with get(client, DUMP, Range="bytes=-5") as tail:
        assert (tail.status_code, tail.data) == (206, whole[-5:])
    with get(client, DUMP, Range="bytes=5-", If_Range=etag) as same:
        assert (same.status_code, same.data) == (206, whole[5:])
    with get(client, DUMP, Range="bytes=5-", If_Range='"other"') as other:
        assert (other.status_code, other.data) == (200, whole)
    with get(client, DUMP, Range=f"bytes={len(whole)}-") as beyond:
        assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, f"bytes */{len(whole)}")
    with get(client, DUMP, If_None_Match=etag) as again:
        assert again.status_code == 304


def test_dumps_are_not_packed_again(client: FlaskClient) -> None:
    for name in ("catalogue.nt.gz", "catalogue.csv", "SHA256SUMS"):
        with get(client, f"/dump/{name}", Accept_Encoding="gzip, br, zstd") as response:
            assert "Content-Encoding" not in response.headers


@pytest.mark.parametrize(
    "name",
    ["../manifest.json", "..%2fmanifest.json", "%2e%2e/manifest.json", "link", "..", ".", "%00",
     "..%5cmanifest.json", "/etc/passwd", "latest/link", "latest/../../manifest.json"],
)  # fmt: skip
def test_no_other_file_can_be_had(client: FlaskClient, generation: Generation, name: str) -> None:
    link = generation.dumps / "link"
    link.symlink_to("/etc/passwd")
    try:
        with client.get(f"/dump/{name}") as response:
            assert response.status_code == 404
            assert "root:" not in response.text
    finally:
        link.unlink()
