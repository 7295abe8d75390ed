"""Addresses: fetched whole into a file, which is then read; each failure says what to do."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
import requests

from ld import readers
from ld.errors import SourceError
from ld.harvest.fetch import fetched

LINE = '{"id": "1", "title": "A title", "record_format": "marc"}\n'


def fetched_records(address: str) -> list[readers.Outcome]:
    """What is read at the address."""
    with fetched(address) as (path, more):
        return [*readers.read(path, place=address), *more]


@pytest.fixture
def server() -> Iterator[str]:
    """A server that gives one record at /records and 404 elsewhere."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = LINE.encode() if self.path == "/records" else b"gone"
            self.send_response(200 if self.path == "/records" else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Handler) as found:
        thread = Thread(target=found.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{found.server_port}"
        found.shutdown()
        thread.join()


def test_an_address_is_read_like_a_file(server: str) -> None:
    (found,) = fetched_records(f"{server}/records")

    assert found.id == "1"


def test_an_address_that_answers_with_an_error(server: str) -> None:
    with pytest.raises(SourceError, match="the server answered 404: check the address"):
        list(fetched_records(f"{server}/nothing"))


def test_an_address_nobody_answers_at() -> None:
    with pytest.raises(SourceError, match="no answer: ConnectionError"):
        list(fetched_records("http://127.0.0.1:9/"))


def test_an_answer_that_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*args: object, **options: object) -> None:
        raise requests.Timeout

    monkeypatch.setattr(requests, "get", slow)
    with pytest.raises(SourceError, match="no answer in 60 seconds"):
        list(fetched_records("http://127.0.0.1/"))
