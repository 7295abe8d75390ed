"""A query whose client goes away is stopped; one whose client is there never is."""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import quote

import pytest
import requests
from conftest import EXAMPLES
from serving import Server, serving, wait

from ld.web.edge.disconnect import leaving

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="connections are found in Linux's /proc")
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
SECONDS = 30


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    site = tmp_path_factory.mktemp("presence") / "site"
    with serving(site, [EXAMPLES], query_seconds=SECONDS, processes=1) as found:
        yield found


def asking(server: Server) -> socket.socket:
    """A connection on which an endless query was sent, which runs."""
    wait(lambda: status(server) == 200, SECONDS)
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=10)
    connection.sendall(f"GET /sparql?query={quote(ENDLESS)} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
    time.sleep(0.5)
    assert status(server) == 429
    return connection


def status(server: Server) -> int:
    """What a small query of the same client gets: 429 while it has another one running."""
    return requests.get(f"{server.url}/sparql?query=ASK%7B%7D", headers={"Connection": "close"}, timeout=10).status_code


@pytest.mark.parametrize("how", ["closed", "reset", "half closed"])
def test_a_client_that_goes_away_frees_its_worker(server: Server, how: str) -> None:
    connection = asking(server)
    if how == "reset":
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    if how == "half closed":
        connection.shutdown(socket.SHUT_WR)
    else:
        connection.close()

    wait(lambda: status(server) == 200, SECONDS / 2)
    connection.close()


def test_a_client_that_waits_is_not_taken_for_gone(server: Server) -> None:
    with closing(asking(server)) as connection:
        connection.settimeout(3)
        with pytest.raises(TimeoutError):
            connection.recv(1)
        assert status(server) == 429

    wait(lambda: status(server) == 200, SECONDS / 2)


def pair() -> tuple[socket.socket, socket.socket]:
    """Both ends of a connection of this process, and of nobody else's."""
    with socket.create_server(("127.0.0.3", 0)) as listening:
        one = socket.socket()
        one.bind(("127.0.0.2", 0))
        one.connect(listening.getsockname())
        return one, listening.accept()[0]


def test_the_client_is_gone_when_all_it_had_at_first_is_closed() -> None:
    first, second, later = pair(), pair(), None
    gone = leaving({"REMOTE_ADDR": "127.0.0.2"})

    try:
        assert not gone()
        first[0].close()
        assert not gone()
        later = pair()
        second[0].close()
        assert gone()
    finally:
        for one in (*first, *second, *(later or ())):
            one.close()


def test_behind_a_proxy_the_proxy_is_the_client() -> None:
    one, other = pair()
    environ = {"REMOTE_ADDR": "192.0.2.1", "werkzeug.proxy_fix.orig": {"REMOTE_ADDR": "127.0.0.2"}}
    gone = leaving(environ)

    assert not gone()
    one.close()
    other.close()
    assert gone()


@pytest.mark.parametrize("address", ["192.0.2.1", "", "unix:"])
def test_an_address_without_connections_tells_nothing(address: str) -> None:
    gone = leaving({"REMOTE_ADDR": address})

    assert not gone()
    assert not gone()
