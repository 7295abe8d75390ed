"""A site published from vocab/examples once for all tests, and a client that asks it; endpoints as processes."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient
from waiting import PATIENCE, wait_until_it_answers

from ld import memo
from ld.publish.run import publish
from ld.settings import Settings
from ld.site import live
from ld.site.generation import Generation
from ld.site.live import Live
from ld.web import create_app
from ld.web.edge import disconnect

BASE = "https://data.example.org/"
ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "vocab" / "examples"
SHARED = ROOT.parent / "shared"
SEED = "doaj-a252c0b4cecb4a74b764cc9fba0ed479"

# No example is too slow. They are the same in every run, so that what fails does so for a change: `.ci/run --all` tries
# others, and more of them.
hypothesis.settings.register_profile(
    "patient",
    deadline=None,
    derandomize="SHELFGRAPH_TEST_FUZZ" not in os.environ,
    suppress_health_check=list(hypothesis.HealthCheck),
)
hypothesis.settings.load_profile("patient")


@pytest.fixture(scope="session", autouse=True)
def in_this_process() -> Iterator[None]:
    """Applications that are asked in this process have time to open their site, and take no client for gone.

    Such a client has no connection here, and those of its address, 127.0.0.1, are those of others.
    """
    really = disconnect._connections
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(live, "_PATIENCE_SECONDS", PATIENCE)
        patched.setattr(disconnect, "_connections", lambda peer: really(peer) if peer != "127.0.0.1" else ())
        yield


# What a run over mutants asks for (`--hypothesis-profile=mutation`): the same questions of every mutant, and no clock.
hypothesis.settings.register_profile("mutation", derandomize=True, deadline=None, max_examples=30, database=None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what asks a published site: of those tests a run over mutants would publish one for each mutant."""
    for item in items:
        if {"settings", "generation", "app", "client"}.intersection(getattr(item, "fixturenames", ())):
            item.add_marker("site")


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """Forget, in a run over mutants, what the code as it is has made: it would hide what a mutant makes."""
    if "MUTANT_UNDER_TEST" in os.environ:
        memo.forget()


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of a site with every example published."""
    flags = {"base": BASE, "title": "Example library", "publisher": "Example library", "query_seconds": PATIENCE}
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
    made.extensions["shelfgraph"].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client that asks the application."""
    return app.test_client()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def endpoint_process(*sources: Path, **environment: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A running `shelfgraph endpoint` and its address; it has ended at the end, by SIGTERM where it still runs."""
    port = free_port()
    command = [sys.executable, "-m", "ld", "endpoint", *map(str, sources), "--bind", f"127.0.0.1:{port}"]
    environ = {**os.environ, "SHELFGRAPH_PROCESSES": "1", **environment}  # who answers first is then all there is
    with subprocess.Popen(command, env=environ, stderr=subprocess.DEVNULL, start_new_session=True) as server:
        try:
            wait_until_it_answers(server, f"http://127.0.0.1:{port}/readyz")
            yield server, f"http://127.0.0.1:{port}/sparql"
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(PATIENCE)


@contextmanager
def endpoint(*sources: Path, **environment: str) -> Iterator[str]:
    """The address of a running `shelfgraph endpoint`."""
    with endpoint_process(*sources, **environment) as (_, url):
        yield url


# The reader takes known markup away; what it leaves must be harmless all the same.
EVIL = "</script <svg onload=alert(1) <!-- \"> <iframe src=x ' & {{ 7*7 }}"
ODD = [
    {"id": "a/b.ttl", "collection": ["Odd"], "format": ["Book"], "title": "An id like a path", "author": ["Doe, Jane"]},
    {"id": "ü ?#%&", "collection": ["Odd"], "format": ["Book"], "title": "An id like nothing else"},
    {"id": "evil", "collection": ["Odd"], "format": ["Book"], "title": EVIL, "author": [EVIL], "topic": [EVIL],
     "url": ["javascript:alert(1)", 'https://example.org/">; rel="evil', "https://example.org/ok"]},
    {"id": "gone", "collection": ["Odd"], "format": ["Book"], "title": "A book that was deleted"},
]  # fmt: skip


@pytest.fixture(scope="session")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A site with records that try to break things, one of them deleted; its base has a path."""
    site = tmp_path_factory.mktemp("odd")
    settings = Settings(site, {"base": "https://odd.example.org/data/", "verify": False, "page_size": 2}, {})
    for name, records in (("one.jsonl", ODD), ("two.jsonl", ODD[:-1])):
        (site / name).write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
        publish([str(site / name)], settings, full=True)
    app = create_app(settings)
    yield app
    app.extensions["shelfgraph"].pools.close()
