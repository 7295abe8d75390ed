"""Strange requests over a raw socket to a real server: no file from outside, never a 500, the server lives on."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from conftest import EXAMPLES, SEED
from serving import Server, serving
from waiting import PATIENCE, answers, wait

OUTSIDE = ["etc/passwd", "manifest.json", "site.toml", "current/manifest.json", "documents.sqlite", "pyproject.toml"]
STEPS = ["../", "..%2f", "%2e%2e/", "%2E%2E%2F", "..%5c", "..\\", ".%2e/", "%252e%252e%252f", "..;/", "%c0%ae%c0%ae/"]
PREFIXES = ["/", "/static/", "/dump/", "/dump/latest/", "/record/", "/context/", "/.well-known/", "//", "/browse/"]
TRAVERSALS = [f"{prefix}{step * 6}{name}" for prefix in PREFIXES for step in STEPS for name in OUTSIDE]
STRANGE = [
    "/%00", "/record/%00", "/dump/%00", "/static/style.css%00.txt", "/%ff%fe", "/record/%ff", "/%", "/%zz",
    "/record/%u0041",
    "//", "///", "////evil.example/", "//evil.example/%2e%2e", "/\\evil.example", "/.", "/..", "/./", "/record/.",
    "/record/..", "/record/%2e%2e", "/record//", "/record/;/", "/record/a1;x=y", "/record/a1?", "/record/a1?%ff=%00",
    "/search?q=%ff%fe%00", "/search?q=%", "/sparql?query=%ff", "/sparql?query=%00", "/browse/record?after=%00%ff",
    "/journal/1234-5679?offset=%F0%9F%98%80", "/" + "a" * 8_000, "/record/" + "%41" * 8_000, "/?" + "a=b&" * 8_000,
    "/record/" + "/" * 5_000, "/record/" + "../" * 3_000, "/sitemap-99999999999999999999.xml", "/sitemap--1.xml",
    "/sitemap-%31.xml", "/sitemap-1.xml%0d%0aX: y", "/dump/latest/%0d%0aSet-Cookie:%20a=b", "/record/a1%0d%0aX:%20y",
    "http://evil.example/record/a1", "http://evil.example/etc/passwd", "ftp://x/", "*", "file:///etc/passwd",
    "record/a1", "?", "#", "/record/a1#it", "/ record", "/record/\x01", "/record/\x7f", "/r\u00e9cord", "",
]  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    site = tmp_path_factory.mktemp("paths") / "site"
    with serving(site, [EXAMPLES], query_per_client=8) as found:
        (site / "site.toml").write_text('title = "SECRET-OUTSIDE"\n')
        yield found
        assert answers(f"{found.url}/record/{SEED}")
        assert "Traceback" not in (site / "serve.log").read_text()


def exchange(server: Server, data: bytes) -> bytes:
    """Send the bytes and return all that comes back until the server closes."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as connection:
        with suppress(ConnectionError):  # closed before all is sent
            connection.sendall(data)
        found = bytearray()
        with suppress(ConnectionError):
            while chunk := connection.recv(1 << 16):
                found += chunk
    return bytes(found)


def ask(server: Server, target: str, *, method: str = "GET", more: str = "") -> tuple[int, bytes]:
    """Ask for a target as it stands, and return status and answer; 0 where the connection was closed without one."""
    head = f"{method} {target} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n{more}\r\n"
    found = exchange(server, head.encode("utf-8", "surrogateescape"))
    return (int(found.split(b" ", 2)[1]) if found.startswith(b"HTTP/1.") else 0), found


@pytest.mark.parametrize("step", STEPS)
def test_no_file_from_outside_can_be_had(server: Server, step: str) -> None:
    for target in TRAVERSALS:
        if step in target:
            status, answer = ask(server, target)
            assert status == 404, target
            assert b"root:" not in answer and b"SECRET-OUTSIDE" not in answer and b'"files"' not in answer, target
            assert b"evil.example" not in answer


@pytest.mark.parametrize("target", STRANGE, ids=lambda target: ascii(target[:30]))
def test_a_strange_path_is_the_client_s_mistake(server: Server, target: str) -> None:
    """Whatever it is, it is answered by 2xx or 4xx; no line of it becomes a header."""
    right = {"GET": (200, 400, 404), "HEAD": (200, 400, 404), "OPTIONS": (204, 400), "POST": (400, 405, 415)}
    for method, statuses in right.items():
        status, answer = ask(server, target, method=method, more="Content-Length: 0\r\n")
        head = answer.partition(b"\r\n\r\n")[0].lower()
        assert status in statuses, method
        assert b"set-cookie" not in head and b"\nx:" not in head
        assert b"root:" not in answer
        location = [line for line in head.split(b"\r\n") if line.startswith(b"location:")]
        assert not [line for line in location if b"evil" in line]


CLOSE = b"Connection: close\r\n\r\n"
HEALTH, RECORD, SPARQL = (
    f"{line} HTTP/1.1\r\nHost: a\r\n".encode() for line in ("GET /healthz", "GET /record/a1", "POST /sparql")
)
NO_REQUESTS = [
    (b"\r\n\r\n" + HEALTH + CLOSE, {200}),  # empty lines before a request are ignored (RFC 9112 §2.2)
    (b"\x00" * 100, {400}),
    (b"\x16\x03\x01\x02\x00\x01\x00", {400}),  # TLS
    (b"GET / HTTP/9.9\r\n\r\n", {400}),
    (b"GET\r\n\r\n", {400}),
    (b"GET /healthz HTTP/1.1\r\n" + CLOSE, {200, 400}),
    (HEALTH + b"Host: b\r\n" + CLOSE, {200, 400}),
    (b"GET /healthz HTTP/1.1\nHost: a\nConnection: close\n\n", {200, 400}),
    (HEALTH + b"X: " + b"y" * 1_000_000 + b"\r\n\r\n", {431}),
    (HEALTH + b"X: y\r\n" * 5_000 + b"\r\n", {431}),
    (HEALTH + b"X : y\r\n\r\n", {400}),
    (b"GET /healthz HTTP/1.1\r\n X: y\r\n\r\n", {400}),
    (SPARQL + b"Content-Length: -1\r\n\r\n", {400}),
    (SPARQL + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nASK{}1", {400}),
    (SPARQL + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x", {400, 415}),
    (SPARQL + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", {400, 415}),
    (SPARQL + b"Content-Type: application/sparql-query\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
     b"5\r\nASK{}\r\n0\r\n\r\n", {200}),
    (RECORD + b"Accept: \xff\xfe\r\n" + CLOSE, {200, 406}),
    (RECORD + b'If-None-Match: "\xff\r\nRange: \xff\r\n' + CLOSE, {200}),
    (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {0}),
]  # fmt: skip


@pytest.mark.parametrize(("data", "statuses"), NO_REQUESTS, ids=range(len(NO_REQUESTS)))
def test_what_is_no_request_is_told_so_once_and_forgotten(server: Server, data: bytes, statuses: set[int]) -> None:
    """The connection is closed after one answer (or none), and what follows a broken request is no other request."""
    found = exchange(server, data)

    assert {int(one) for one in re.findall(rb"^HTTP/1\.1 (\d+)", found, re.MULTILINE)} <= statuses
    assert found.count(b"HTTP/1.1 ") == (statuses != {0})
    assert b"Traceback" not in found
    assert answers(f"{server.url}/healthz")


def test_a_symbolic_link_among_the_dumps_leads_nowhere(server: Server) -> None:
    (server.site / "current" / "dumps" / "link").symlink_to("/etc/passwd")

    for path in ("/dump/link", "/dump/latest/link", "/dump/./link", "/dump/%6cink"):
        assert ask(server, path)[0] == 404


def test_a_body_that_never_comes_holds_nobody_else(server: Server) -> None:
    head = (
        b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: application/sparql-query\r\nContent-Length: 1000\r\n\r\nA"
    )
    waiting = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(3)]
    try:
        for connection in waiting:
            connection.sendall(head)
        assert answers(f"{server.url}/record/{SEED}")
    finally:
        for connection in waiting:
            connection.close()
    wait(lambda: answers(f"{server.url}/sparql?query=ASK%7B%7D"))


@pytest.mark.parametrize("kind", ["application/sparql-query", "application/x-www-form-urlencoded", "text/plain"])
def test_a_huge_body_is_refused(server: Server, kind: str) -> None:
    """Whether it is sent or only announced; while it is still being sent the connection is closed."""
    size = 40 << 20
    head = f"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: {kind}\r\nContent-Length: {size}\r\n\r\nquery="

    for more in (b"", b"x" * (size - 6)):
        found = exchange(server, head.encode() + more)
        assert found.startswith(b"HTTP/1.1 413 ")
    assert answers(f"{server.url}/healthz")


def test_absolute_targets_are_answered_as_their_path(server: Server) -> None:
    """A server must take the absolute form (RFC 9112 §3.2.2), and its host makes no difference."""
    status, answer = ask(server, f"http://evil.example/record/{SEED}.ttl")

    assert status == 200
    assert b"evil.example" not in answer


def test_nothing_is_left_of_the_server(tmp_path: Path) -> None:
    with serving(tmp_path / "site", [EXAMPLES]) as found:
        assert len(found.session()) > 1
        assert answers(f"{found.url}/sparql?query=ASK%7B%7D")
        assert answers(f"{found.url}/record/{SEED}/why")

    assert found.process.returncode == 0
    assert found.session() == []
