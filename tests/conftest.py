"""A site published from vocab/examples once for all tests, and a client that asks it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ld.generation import Generation
from ld.live import Live
from ld.publish import publish
from ld.settings import Settings
from ld.web import create_app

BASE = "https://data.example.org/"
ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "vocab" / "examples"
SHARED = ROOT.parent / "shared"
SEED = "doaj-a252c0b4cecb4a74b764cc9fba0ed479"


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of a site with every example published."""
    flags = {"base": BASE, "title": "Example library", "publisher": "Example library", "query_seconds": 5.0}
    found = Settings(tmp_path_factory.mktemp("site"), flags, {})
    publish([str(EXAMPLES)], found)
    return found


@pytest.fixture(scope="session")
def generation(settings: Settings) -> Generation:
    """The live generation of that site."""
    return Live(settings.site).current()


@pytest.fixture(scope="session")
def app(settings: Settings) -> Iterator[Flask]:
    """The application of that site."""
    made = create_app(settings)
    yield made
    made.extensions["shelfgraph"].pools.close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client that asks the application."""
    return app.test_client()
