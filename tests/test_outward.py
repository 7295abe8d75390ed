"""No answer names a path of this machine: neither where the site lies nor where its sources came from."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import zstandard
from conftest import BASE, EXAMPLES, ROOT
from flask import Flask
from flask.testing import FlaskClient
from waiting import wait

from ld.publish.generations import switch
from ld.publish.run import publish
from ld.readers import named
from ld.settings import Settings
from ld.site.live import Live
from ld.sparql.loaded import load
from ld.web import create_app, create_endpoint
from ld.web.edge.outward import Outward

FOLDERS = ("where-the-site-lies", "where-sources-lie", "a-source-that-is-a-folder")
SITE, SOURCES, FOLDER = FOLDERS
QUERY = "/sparql?query=SELECT * { ?s ?p ?o } LIMIT 5"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A site made of a folder and of single files, some of whose records are rejected or remarked on."""
    work = tmp_path_factory.mktemp("outward")
    folder = work / SOURCES / FOLDER
    shutil.copytree(EXAMPLES, folder / "below")
    (folder / "nothing.bin").write_bytes(b"\x00")
    line = json.dumps({"id": "one", "title": "One", "format": ["No such format"], "issn": ["nonsense"]})
    (work / SOURCES / "single.jsonl").write_text(f"{line}\n{{}}\n[\n")
    settings = Settings(work / SITE, {"base": BASE, "page_size": 10}, {})
    publish([str(folder), str(work / SOURCES / "single.jsonl")], settings)
    return settings


@pytest.fixture
def served(published: Settings) -> Iterator[Flask]:
    """The application of that site."""
    app = create_app(published)
    yield app
    app.extensions["shelfgraph"].close()


def leaks(answer: bytes) -> list[str]:
    """What an answer tells that it must not: names of folders in which the site and its sources lie, or the program."""
    said = [*FOLDERS, str(ROOT), "/tmp/", "/root/", "/home/"]
    return [name for name in said if name.encode() in answer]


def everything(client: FlaskClient, live: Live) -> Iterator[str]:
    """The addresses of all there is: every document in every form, what hangs below it, lists, dumps, problems."""
    described = client.get("/openapi.json").get_json()["paths"]
    parameters = described["/record/{id}.{form}"]["parameters"]
    forms = next(one["schema"]["enum"] for one in parameters if one["name"] == "form")
    for record in live.current().documents.records():
        address = f"/{record.path}"
        yield from (address, f"{address}/why", f"{address}/why?format=json", f"{address}/source")
        yield from (f"{address}.{form}" for form in [*forms, "linkset.json"])
    for kind in ("journal", "volume", "issue", "organization", "agent", "subject", "series", "dataset", "provenance"):
        for entry in live.current().documents.list_things(kind, limit=50):
            yield from (f"/{entry.path}.{form}" for form in ("html", "nt", "jsonld", "schemaorg.jsonld"))
    yield from (path for path in described if "{" not in path)
    yield from (f"/dump/{dump.file}" for dump in live.current().manifest.dumps)
    yield from ("/dump/?format=json", "/dump/SHA256SUMS", "/search?q=one&format=json", "/browse/record", "/metrics")
    yield from (QUERY, "/sparql?query=nonsense", "/sparql?query=DESCRIBE <x:y>", "/none", "/record/none.ttl")


def whole(client: FlaskClient, path: str) -> bytes:
    """An answer with its headers; of a dump the content."""
    with client.get(path) as response:
        data, head = response.data, str(response.headers).encode()
    if path.endswith(".gz"):
        data = gzip.decompress(data)
    if path.endswith(".zst"):
        data = zstandard.ZstdDecompressor().stream_reader(data).read()
    return head + data


def test_nothing_that_is_served_names_a_folder_of_this_machine(served: Flask, published: Settings) -> None:
    client, live = served.test_client(), Live(published.site)
    asked = list(everything(client, live))
    found = {path: leaks(whole(client, path)) for path in asked}

    assert len(asked) > 300
    assert not {path: names for path, names in found.items() if names}


def test_what_is_kept_beside_it_has_only_names_below_the_sources(published: Settings) -> None:
    """Manifest, rejects and remarks may be served one day, and are handed on with a copy of the site."""
    kept = [*published.site.rglob("*.json"), *published.site.rglob("*.jsonl")]
    rejects = [json.loads(line) for line in (published.site / "rejects.jsonl").read_text().splitlines()]

    assert {path.name for path in kept} >= {"manifest.json", "rejects.jsonl", "remarks.jsonl"}
    assert not {path: names for path in kept for names in [set(leaks(path.read_bytes())) - {FOLDER}] if names}
    assert Live(published.site).current().manifest.sources == [FOLDER, "single.jsonl"]
    assert [one["place"] for one in rejects] == ["nothing.bin", "single.jsonl, line 2", "single.jsonl, line 3"]


def test_why_tells_the_name_below_the_source(served: Flask) -> None:
    client = served.test_client()

    assert client.get("/record/a1/why?format=json").get_json()["place"].startswith("below/article")
    assert client.get("/record/one/why?format=json").get_json()["place"] == "single.jsonl, line 1"


# -- when something is wrong -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("accept", ["text/html", "application/json", "text/plain"])
def test_a_site_without_a_generation_says_so(tmp_path: Path, accept: str) -> None:
    app = create_app(Settings(tmp_path / SITE, {"base": BASE}, {}))
    client = app.test_client()

    for path in ("/", "/readyz", "/record/1", "/sparql", QUERY):
        response = client.get(path, headers={"Accept": accept})
        assert response.status_code == 503
        assert "nothing is published here" in response.text
        assert not leaks(response.data)
    app.extensions["shelfgraph"].close()


def test_a_refused_generation_is_told_by_names_below_the_site(tmp_path: Path) -> None:
    settings = Settings(tmp_path / SITE, {"base": BASE}, {})
    first = publish([str(EXAMPLES / "book.json")], settings).generation
    second = publish([str(EXAMPLES / "seed.txt")], settings).generation
    switch(settings.site, first)
    app = create_app(settings)
    client = app.test_client()
    assert client.get("/readyz").get_json()["generation"] == first
    with (settings.site / "generations" / second / "documents.sqlite").open("r+b") as damaged:
        damaged.write(b"?")
    switch(settings.site, second)

    answer = wait(lambda: client.get("/readyz").get_json().get("refused"))

    assert answer.startswith(f"SITE/generations/{second}/documents.sqlite: differs from its checksum")
    assert not leaks(answer.encode())
    app.extensions["shelfgraph"].close()


def test_a_store_that_is_gone_is_told_by_its_name(tmp_path: Path) -> None:
    """By the query, by its page, and by what asks whether the server is ready."""
    settings = Settings(tmp_path / SITE, {"base": BASE}, {})
    publish([str(EXAMPLES / "seed.txt")], settings)
    app = create_app(settings)
    client = app.test_client()
    live = app.extensions["shelfgraph"].live.current()
    shutil.rmtree(live.store)

    for path in (QUERY, f"{QUERY}&format=html", "/readyz"):
        response = client.get(path)
        assert response.status_code >= 500
        assert f"SITE/generations/{live.id}/store" in response.text
        assert not leaks(response.data)
    app.extensions["shelfgraph"].close()


def test_an_endpoint_does_not_tell_where_its_data_lie(tmp_path: Path) -> None:
    """Neither of files nor of a directory that is asked as it is, also when that is gone."""
    (tmp_path / SOURCES).mkdir()
    (tmp_path / SOURCES / "x.ttl").write_text("<#a> <x:p> <y>.")
    workplace = tmp_path / SITE
    workplace.mkdir()
    load([tmp_path / SOURCES / "x.ttl"], workplace, BASE)
    (workplace / "store").rename(tmp_path / SOURCES / "store")
    found = load([tmp_path / SOURCES / "store"], workplace, BASE)
    app = create_endpoint(Settings(workplace, {"base": BASE}, {}), found)
    client = app.test_client()

    for path in ("/sparql?format=ttl", QUERY, "/readyz", "/sparql?format=html", "/none"):
        assert not leaks(client.get(path).data), path
    app.extensions["shelfgraph"].pools.close()
    shutil.rmtree(found.store)
    gone = create_endpoint(Settings(workplace, {"base": BASE}, {}), found)
    response = gone.test_client().get(QUERY)
    assert response.status_code >= 500
    assert "STORE" in response.text
    assert not leaks(response.data)
    for one in (app, gone):
        one.extensions["shelfgraph"].close()


# -- what is taken out -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("/srv/site/current: is gone", "SITE/current: is gone"),
        ("run `shelfgraph publish SOURCE --site /srv/site`", "run `shelfgraph publish SOURCE --site SITE`"),
        ("(/srv/site)", "(SITE)"),
        ("/srv/site-2/x and https://host/srv/site/x", "/srv/site-2/x and https://host/srv/site/x"),
        (f"{ROOT}/vocab/mapping.csv:3: no such field", "VOCAB/mapping.csv:3: no such field"),
    ],
)
def test_only_paths_of_the_folders_in_use_are_taken_out(message: str, told: str) -> None:
    assert Outward({Path("/srv/site"): "SITE"})(message) == told


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("/srv/dumps/export.jsonl.gz", "export.jsonl.gz"),
        ("../export.jsonl", "export.jsonl"),
        ("/srv/dumps/", "dumps"),
        ("standard input", "standard input"),
        ("https://solr.example/select?q=*:*&wt=json", "https://solr.example/select"),
        ("https://me:secret@solr.example:8983/a/b#c", "https://solr.example:8983/a/b"),
        ("https://solr.example?key=http://x@y/", "https://solr.example"),
    ],
)
def test_a_source_has_a_name_without_its_place(source: str, name: str) -> None:
    """Nor do a password or a key in an address go further than the request."""
    assert named(source) == name
