"""Errors: in the form the client likes, with what helps, and without secrets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from asking import RECORD, get
from conftest import BASE
from flask import Flask
from flask.testing import FlaskClient

from ld.publish.run import publish
from ld.record import Deleted
from ld.settings import Settings
from ld.web import create_app


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("text/html", "text/html; charset=utf-8"),
        ("*/*", "application/problem+json"),
        ("application/ld+json", "application/problem+json"),
        ("text/turtle", "application/problem+json"),
        ("text/plain", "text/plain; charset=utf-8"),
    ],
)
def test_an_error_comes_as_the_client_likes_it(client: FlaskClient, accept: str, content_type: str) -> None:
    response = get(client, "/record/none", accept)

    assert (response.status_code, response.headers["Content-Type"]) == (404, content_type)
    assert "/record/none" in response.text


def test_problem_details_have_their_members(client: FlaskClient) -> None:
    problem = json.loads(client.get("/record/none").text)

    assert {"type": "about:blank", "title": "Not Found", "status": 404}.items() <= problem.items()


def test_a_wrong_method_is_told_the_right_ones(client: FlaskClient) -> None:
    response = client.post(RECORD)

    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]
    assert client.put("/sparql").status_code == 405


def test_a_tombstone_says_since_when_and_what_is_there_instead(tmp_path: Path) -> None:
    settings = Settings(tmp_path, {"base": BASE, "verify": False}, {})
    records = [{"id": id_, "title": "T", "title_short": "", "format": ["Book"]} for id_ in ("old", 'new"<one>')]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    publish([str(tmp_path / "in.jsonl")], settings)
    publish([], settings, deletions=[Deleted("here", "old", "A duplicate.", "2026-11-25", 'new"<one>')])
    app = create_app(settings)

    response = app.test_client().get("/record/old")
    page = app.test_client().get("/record/old", headers={"Accept": "text/html"}).text
    app.extensions["shelfgraph"].pools.close()

    successor = f"{BASE}record/new%22%3Cone%3E"
    record = json.loads(response.text)["record"]
    assert response.status_code == 410
    assert (record["title"], record["deleted"], record["successor"]) == ("T", "2026-11-25", successor)
    assert response.headers["Link"] == f'<{successor}>; rel="successor-version"'
    assert "A duplicate." in page and "deleted 2026-11-25" in page and 'href="/record/new%22%3Cone%3E"' in page


@pytest.mark.parametrize("path", ["/record/gone", "/record/gone.ttl", "/record/gone/source", "/record/gone/why"])
def test_a_deleted_record_is_gone_with_title_and_reason(odd: Flask, path: str) -> None:
    response = odd.test_client().get(path)
    problem = json.loads(response.text)

    assert response.status_code == 410
    assert problem["record"]["title"] == "A book that was deleted"
    assert problem["record"]["url"] == "https://odd.example.org/data/record/gone"
    assert problem["detail"]
    assert "A book that was deleted" in odd.test_client().get(path, headers={"Accept": "text/html"}).text


def test_an_unforeseen_error_is_a_500_without_secrets(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app(settings)
    monkeypatch.setattr(app.extensions["shelfgraph"].live, "current", lambda: 1 / 0)

    response = app.test_client().get("/robots.txt")

    assert response.status_code == 500
    assert response.headers["Content-Type"] == "application/problem+json"
    assert "ZeroDivisionError" not in response.text


def test_without_a_generation_the_server_lives_but_is_not_ready(tmp_path: Path) -> None:
    client = create_app(Settings(tmp_path, {}, {})).test_client()

    assert client.get("/healthz").status_code == 200
    for path in ("/readyz", "/", "/record/x", "/sparql", "/dump/"):
        response = client.get(path)
        assert response.status_code == 503
        assert response.headers["Retry-After"]
        assert "shelfgraph publish" in response.text
    assert client.get("/", headers={"Accept": "text/html"}).status_code == 503
