"""Every ETag asked again after the data changed: who holds what was there before gets what is there now, else a 304."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import brotli
import pytest
import zstandard
from conftest import BASE
from flask import Flask
from msgspec import Struct
from test_conditions import VALIDATED, get
from waiting import PATIENCE

from ld.formats.table import DOCUMENT, GRAPH, RECORD, RESULTS
from ld.publish.run import publish
from ld.settings import Settings
from ld.web import create_app

BOOK = {"id": "one", "record_format": "marc", "format": ["Book"], "collection": ["Shelf"], "title": "The first title",
        "author": ["Doe, Jane"], "topic": ["Ravens"], "url": ["https://example.org/one"]}  # fmt: skip
OTHER = {"id": "two", "record_format": "marc", "format": ["Book"], "collection": ["Box"], "title": "Another book",
         "author": ["Roe, John"], "topic": ["Pigeons"]}  # fmt: skip
BEFORE = [BOOK, OTHER]
AFTER = [BOOK | {"title": "The second title", "author": ["Doe, Jane", "Poe, Ann"]}, {**OTHER, "id": "three"}]

TITLES = quote("SELECT ?t { ?w <http://purl.org/dc/terms/title> ?t } ORDER BY ?t")
WORKS = quote("CONSTRUCT { ?w <http://purl.org/dc/terms/title> ?t } WHERE { ?w <http://purl.org/dc/terms/title> ?t }")
ONE = "/record/one"
CHANGED = [
    "/", ONE, *(f"{ONE}.{form.key}" for form in RECORD), f"{ONE}/source", f"{ONE}/why?format=json",
    "/agent/shelf/doe-jane~1fd30841", "/dataset", *(f"/dataset.{form.key}" for form in DOCUMENT), "/.well-known/void",
    "/search?q=title", "/search?q=title&format=json", "/browse/record", "/browse/agent", "/dump/",
    "/dump/?format=json", "/dump/SHA256SUMS", "/dump/catalogue.nt.gz", "/dump/catalogue.csv", "/sitemap.xml",
    "/sitemap-1.xml", *(f"/sparql?query={TITLES}&format={form.key}" for form in RESULTS),
    *(f"/sparql?query={WORKS}&format={form.key}" for form in GRAPH), f"/sparql?query={TITLES}&truncate=1",
    f"/sparql?query={TITLES}&default-graph-uri=x:g", f"/sparql?query={TITLES}&named-graph-uri=x:g",
    *(f"/sparql?format={form.key}" for form in GRAPH),
]  # fmt: skip
"""Addresses of which the data, or their generation, has changed."""

UNCHANGED = [
    *(f"/record/two.{form.key}" for form in RECORD if form.key != "html"), "/record/two/source",
    "/record/two.linkset.json", "/robots.txt", "/.well-known/api-catalog", "/context/v1.jsonld", "/static/style.css",
    "/search?q=pigeon-post", "/browse/journal", "/openapi.json",
]  # fmt: skip
"""Addresses of which nothing has changed."""

UNPACKED: dict[str, Callable[[bytes], bytes]] = {
    "identity": bytes,
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data),
}
CODINGS = tuple(UNPACKED)


class Seen(Struct, frozen=True):
    """What an address answered: its status, its bytes when unpacked, and its ETag."""

    status: int
    body: bytes
    etag: str


class Change(Struct, frozen=True):
    """What each address answered, in each encoding, before an update; and the application that answers after it."""

    app: Flask
    before: dict[tuple[str, str], Seen]

    def now(self, path: str, coding: str = "identity", **headers: str) -> Seen:
        """What the address answers after the update."""
        return seen(self.app, path, coding, **headers)


def seen(app: Flask, path: str, coding: str = "identity", **headers: str) -> Seen:
    """What an address answers."""
    found = get(app.test_client(), path, Accept_Encoding=coding, **headers)
    unpacked = UNPACKED[found.headers.get("Content-Encoding", "identity")]
    return Seen(found.status_code, unpacked(found.data), found.headers.get("ETag", ""))


@pytest.fixture(scope="module")
def change(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A site that was asked, then updated: a record changed, one came, one stayed as it was."""
    site = tmp_path_factory.mktemp("changes")
    settings = Settings(site, {"base": BASE, "query_seconds": PATIENCE, "workers": 1}, {})
    publish([written(settings, BEFORE)], settings)
    app = create_app(settings)
    before = {(path, coding): seen(app, path, coding) for path in CHANGED + UNCHANGED for coding in CODINGS}
    publish([written(settings, AFTER)], settings)
    app.extensions["shelfgraph"].live.look()
    yield Change(app, before)
    app.extensions["shelfgraph"].close()


def written(settings: Settings, records: list[dict[str, Any]]) -> str:
    """The path of a file with these records."""
    path = settings.site.with_suffix(".jsonl")
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("path", CHANGED)
def test_who_holds_what_was_there_before_gets_what_is_there_now(change: Change, path: str, coding: str) -> None:
    """Other bytes have another ETag; the old one is a 200, whether it is named alone, weakly or in a list."""
    before, after = change.before[path, coding], change.now(path, coding)

    assert (before.status, after.status) == (200, 200)
    assert before.etag and after.etag and before.etag != after.etag
    if "-graph-uri" not in path:  # in a graph that is not there nothing stands, before and after
        assert before.body != after.body
    for held in (before.etag, f"W/{before.etag}", f'"other", {before.etag}'):
        assert change.now(path, coding, If_None_Match=held) == after
    for held in (after.etag, f"{before.etag}, {after.etag}"):
        assert change.now(path, coding, If_None_Match=held) == Seen(304, b"", after.etag)


@pytest.mark.parametrize("path", UNCHANGED)
def test_what_did_not_change_is_a_304_still(change: Change, path: str) -> None:
    """An update of some records does not make clients fetch the others anew."""
    for coding in CODINGS:
        before, after = change.before[path, coding], change.now(path, coding)

        assert (before.status, after) == (200, before)
        assert change.now(path, coding, If_None_Match=before.etag) == Seen(304, b"", before.etag)


@pytest.mark.parametrize("path", [path for path in CHANGED if not path.startswith("/sparql")])
def test_what_changed_is_not_taken_for_what_it_was(change: Change, path: str) -> None:
    """A client that wants just what it has gets a 412 (RFC 9110 §13.1.1)."""
    assert change.now(path, If_Match=change.before[path, "identity"].etag).status == 412
    assert change.now(path, If_Match=change.now(path).etag).status == 200


def test_a_part_of_a_dump_that_changed_is_the_whole_new_one(change: Change) -> None:
    """Two halves of different generations never make a file (RFC 9110 §13.1.5)."""
    for path in ("/dump/catalogue.nt.gz", "/dump/catalogue.csv", "/dump/SHA256SUMS"):
        held = change.before[path, "identity"].etag

        assert change.now(path, Range="bytes=5-", If_Range=held) == change.now(path)


def test_no_two_addresses_of_a_query_share_an_etag(change: Change) -> None:
    """The form, the graphs and whether it may be cut are part of a query's validator: else a cache mixes them up."""
    queries = [path for path in CHANGED if path.startswith("/sparql")]

    assert len({change.now(path).etag for path in queries}) == len(queries)


def test_every_route_with_an_etag_is_asked_again(app: Flask) -> None:
    """An address that comes newly to the site comes into one of the two lists here."""
    adapter = app.url_map.bind(BASE)
    asked, validated = (
        {adapter.match(path.partition("?")[0])[0] for path in paths} for paths in (CHANGED + UNCHANGED, VALIDATED)
    )

    assert asked == validated


def test_a_deleted_record_is_gone_for_who_holds_it_too(odd: Flask) -> None:
    """A validator of what was deleted never gives a 304."""
    late = {"If_Modified_Since": "Fri, 31 Dec 2100 00:00:00 GMT"}
    for headers in ({"If_None_Match": '"x"'}, {"If_None_Match": "*"}, late):
        assert get(odd.test_client(), "/data/record/gone.ttl", **headers).status_code == 410
