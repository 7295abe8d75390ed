"""Titles, addresses and paths that try to break out."""

from __future__ import annotations

import json

import pytest
from asking import RECORD, get, links
from conftest import EVIL
from flask import Flask
from flask.testing import FlaskClient
from lxml import html


def test_a_title_cannot_break_out_of_the_page(odd: Flask) -> None:
    text = odd.test_client().get("/record/evil", headers={"Accept": "text/html"}).text
    page = html.fromstring(text)

    assert "<svg" not in text and "<iframe" not in text and "<!--" not in text
    assert len(page.xpath("//script")) == 1
    assert json.loads(page.xpath("//script")[0].text)["name"] == EVIL
    assert page.xpath("//h1")[0].text_content() == EVIL
    assert not [target for target in page.xpath("//@href") if "javascript" in target]
    assert "49" not in page.xpath("//h1")[0].text_content()


def test_an_address_cannot_break_out_of_the_link_header(odd: Flask) -> None:
    for key in ("html", "ttl"):
        found = links(odd.test_client().get(f"/record/evil.{key}"))
        assert "evil" not in {rel for _, rel, _ in found}


@pytest.mark.parametrize(
    "path",
    ["/record/x%0d%0aSet-Cookie:%20a=b", "/record/x%22%3E%3Cscript%3E", "/search?q=%0d%0aX:%20y", "/record/%ff",
     "/dump/latest/%0d%0aX", "/%2e%2e/%2e%2e/etc/passwd", "/record/%00", "//evil.example/", "/record/" + "x" * 5000],
)  # fmt: skip
def test_no_path_gets_into_headers_or_markup(client: FlaskClient, path: str) -> None:
    for accept in ("text/html", "text/turtle"):
        response = get(client, path, accept)
        found = {"/search?q=%0d%0aX:%20y": 200 if accept == "text/html" else 406, "//evil.example/": 200}
        assert response.status_code == found.get(path, 404)
        assert "Set-Cookie" not in response.headers and "X" not in response.headers
        assert accept == "text/turtle" or "<script>" not in response.text
        assert "evil.example" not in response.headers.get("Location", "")


def test_the_host_of_a_request_leaves_no_trace(client: FlaskClient) -> None:
    for path in (
        RECORD,
        f"{RECORD}.ttl",
        "/journal/2049-3630",
        "/dump/latest/catalogue.nt.gz",
        "/sparql",
        "/",
        "/dump",
    ):
        response = client.get(path, headers={"Host": "evil.example"})
        assert "evil.example" not in f"{response.headers}{response.text}"
