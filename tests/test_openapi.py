"""The description of the HTTP interface is true: schemathesis asks all that it says, and it leaves nothing out."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from conftest import BASE, EXAMPLES, ROOT
from flask import Flask
from flask.testing import FlaskClient
from serving import serving
from waiting import PATIENCE

from ld.formats.table import RECORD
from ld.web.pages import openapi

HERE = Path(__file__).parent
# Answered for any address, or parts of one that is described.
EVERYWHERE = {"/metrics", "/<path:path>", "/static/<path:filename>"}


@pytest.fixture
def described(client: FlaskClient) -> dict[str, Any]:
    """The description of the examples' site."""
    found: dict[str, Any] = json.loads(client.get("/openapi.json").text)
    return found


@pytest.mark.slow
def test_schemathesis_finds_every_answer_as_described(tmp_path: Path) -> None:
    """Statuses, media types, headers, bodies, and 405 with Allow for every method that is not described."""
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(HERE / "schemathesis.toml"), "run"]
    with serving(tmp_path / "site", [EXAMPLES], query_seconds=2, query_per_client=8) as server:
        done = subprocess.run(
            [*command, f"{server.url}/openapi.json", "--no-color"], cwd=tmp_path, capture_output=True, text=True,
            check=False, timeout=PATIENCE, env={**os.environ, "PYTHONPATH": str(HERE)},
        )  # fmt: skip

    print(done.stdout)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    cases = re.search(r"(\d+) generated, (\d+) passed", done.stdout)
    assert cases and int(cases[1]) > 2000


def shapes(paths: Iterable[str]) -> set[str]:
    """The paths without the names of their parameters."""
    return {re.sub(r"{\w+}", "{}", re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", path)) for path in paths}


def test_every_route_is_described(app: Flask, described: dict[str, Any]) -> None:
    rules = {rule.rule for rule in app.url_map.iter_rules()} - EVERYWHERE

    assert shapes(rules) <= shapes(described["paths"])


def test_every_thing_with_a_document_is_described(described: dict[str, Any]) -> None:
    with (ROOT / "vocab" / "things.csv").open(encoding="utf-8") as rows:
        iris = {row["iri"].replace("{base}", "/").replace("{within}", "volume/{v}") for row in csv.DictReader(rows)}
    documents = {iri.removesuffix("#it") for iri in iris if "#" not in iri.removesuffix("#it")}

    assert shapes(documents) <= shapes(described["paths"])


def test_forms_are_those_of_the_table(described: dict[str, Any]) -> None:
    known = {form.media_type: form.key for form in RECORD}
    path = described["paths"]["/record/{id}.{form}"]

    assert set(path["get"]["responses"]["200"]["content"]) == set(known)
    form = next(one for one in path["parameters"] if one["name"] == "form")
    assert form["schema"]["enum"] == list(known.values())


def test_the_description_is_linked_and_names_the_site(client: FlaskClient, described: dict[str, Any]) -> None:
    catalog = json.loads(client.get("/.well-known/api-catalog").text)["linkset"]
    here = {one["href"]: one["type"] for site in catalog for one in site.get("service-desc", ())}

    assert here[f"{BASE}openapi.json"] == openapi.MEDIA_TYPE
    assert client.get("/openapi.json").headers["Content-Type"] == openapi.MEDIA_TYPE
    assert described["servers"] == [{"url": BASE.removesuffix("/")}]
    assert described["openapi"].startswith("3.1")
