"""A query whose client goes away is stopped; one whose client is there never is."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from urllib.parse import quote

import pytest
from conftest import EXAMPLES
from serving import Server, serving
from waiting import HOUR, PATIENCE, pause, wait

from ld.web.edge.disconnect import leaving

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="connections are found in Linux's /proc")
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    site = tmp_path_factory.mktemp("presence") / "site"
    with serving(site, [EXAMPLES], query_seconds=HOUR, processes=1) as found:
        yield found


class Client:
    """Asks small queries, and lets go of a connection only when it has the next.

    So one is open whenever the server looks for the first time who is there, and none stays.
    """

    def __init__(self, server: Server) -> None:
        self.server = server
        self._held: HTTPConnection | None = None

    def asked(self, path: str) -> tuple[int, str]:
        """Status and text of an answer, over a connection of its own."""
        connection = HTTPConnection("127.0.0.1", self.server.port, timeout=PATIENCE)
        connection.request("GET", path)
        answer = connection.getresponse()
        found = answer.status, answer.read().decode()
        self.close()
        self._held = connection
        return found

    def status(self) -> int:
        """What a small query of the same client gets: 429 while it has another one running."""
        return self.asked("/sparql?query=ASK%7B%7D")[0]

    def running(self) -> bool:
        """Determine whether a query runs."""
        return "\nshelfgraph_queries_running 1.0\n" in self.asked("/metrics")[1]

    def endless(self) -> socket.socket:
        """A connection on which an endless query was sent, which runs."""
        wait(lambda: self.status() == 200)
        connection = socket.create_connection(("127.0.0.1", self.server.port), timeout=PATIENCE)
        connection.sendall(f"GET /sparql?query={quote(ENDLESS)} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        wait(self.running)
        assert self.status() == 429
        return connection

    def close(self) -> None:
        """Let go of what is held."""
        if self._held:
            self._held.close()


@pytest.fixture
def client(server: Server) -> Iterator[Client]:
    with closing(Client(server)) as found:
        yield found


@pytest.mark.parametrize("how", ["closed", "reset", "half closed"])
def test_a_client_that_goes_away_frees_its_worker(client: Client, how: str) -> None:
    connection = client.endless()
    if how == "reset":
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    if how == "half closed":
        connection.shutdown(socket.SHUT_WR)
    else:
        connection.close()

    wait(lambda: client.status() == 200)
    connection.close()


def test_a_client_that_waits_is_not_taken_for_gone(client: Client) -> None:
    with closing(client.endless()) as connection:
        pause()  # ten times as long as it takes to look for the client
        assert client.status() == 429
        connection.setblocking(False)
        with pytest.raises(BlockingIOError):  # neither an answer nor an end has come
            connection.recv(1)

    wait(lambda: client.status() == 200)


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
