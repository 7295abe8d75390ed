"""No licence of the data is stated without a word of the publisher: not in a form, not in a header, not in a dump."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import BASE, EXAMPLES
from flask.testing import FlaskClient

from ld.cli import main
from ld.formats.table import RECORD
from ld.publish.run import publish
from ld.settings import Settings
from ld.web import create_app

CC0 = "https://creativecommons.org/publicdomain/zero/1.0/"
BY = "https://creativecommons.org/licenses/by/4.0/"


@contextmanager
def served(folder: Path, *names: str, **settings: str) -> Iterator[FlaskClient]:
    """A client of a site with these examples."""
    chosen = Settings(folder / "site", {"base": BASE, "workers": 1, "verify": False} | settings, {})
    publish([str(EXAMPLES / name) for name in names], chosen)
    app = create_app(chosen)
    yield app.test_client()
    app.extensions["shelfgraph"].pools.close()


def said(client: FlaskClient, path: str) -> str:
    """All that is told at a path: the forms of its document, and their heads."""
    keys = [form.key for form in RECORD] if path.startswith("record/") else ["html", "ttl", "nt", "jsonld", "rdf"]
    answers = [client.get(f"/{path}.{key}") for key in (*keys, "linkset.json")]
    assert {answer.status_code for answer in answers} == {200}
    return "".join(f"{answer.headers}{answer.text}" for answer in answers)


def test_where_nobody_states_a_licence_none_is_told(tmp_path: Path) -> None:
    with served(tmp_path, "book.json") as client:
        for path in ("record/b1", "dataset", "dataset/catalog"):
            told = said(client, path)

            assert "creativecommons.org" not in told
            assert "sdLicense" not in told
            assert 'rel="license"' not in told
        assert "None is stated for this data.</span>" in client.get("/dataset.html").text
        assert "Licence of the data" not in client.get("/record/b1.html").text


def test_a_collection_keeps_the_licence_of_its_source(tmp_path: Path) -> None:
    with served(tmp_path, "seed.txt", "book.json") as client:
        assert CC0 in said(client, "record/doaj-a252c0b4cecb4a74b764cc9fba0ed479")
        assert CC0 in said(client, "dataset/doaj")
        assert CC0 not in said(client, "record/b1")
        assert CC0 not in said(client, "dataset")
        assert "None is stated for this data, only for some of its parts." in client.get("/dataset.html").text


def test_the_licence_that_the_publisher_names_is_told_everywhere(tmp_path: Path) -> None:
    with served(tmp_path, "book.json", licence=BY) as client:
        assert {BY in said(client, path) for path in ("record/b1", "dataset", "dataset/catalog")} == {True}
        distributions = json.loads(client.get("/dataset.jsonld").text)
        assert BY in json.dumps(distributions)
        assert "None is stated" not in client.get("/dataset.html").text


@pytest.mark.parametrize(("licence", "told"), [("", True), (BY, False)])
def test_publishing_ends_with_a_word_about_the_licence_and_asks_nothing(
    tmp_path: Path, licence: str, told: bool
) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "site.toml").write_text(f'licence = "{licence}"\n')
    run = ["publish", str(EXAMPLES / "book.json"), "--base", BASE, "--site", str(site), "--workers", "1"]
    result = CliRunner().invoke(main, run)

    assert result.exit_code == 0
    assert ("No licence is stated for the data" in result.output.splitlines()[-2]) == told
