"""A triple store behind HTTP, in memory: what `elsewhere` talks to."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse

from pyoxigraph import NamedNode, QueryResultsFormat, QueryTriples, RdfFormat, Store

Asked = dict[str, list[str]]
Answer = tuple[str, bytes]


class Server(ThreadingHTTPServer):
    """The server and its store."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.store = Store()
        self.url = f"http://127.0.0.1:{self.server_port}/"

    def graphs(self) -> list[str]:
        """The graphs that have triples."""
        return [str(one.value) for one in self.store.named_graphs()]


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        address = urlparse(self.path)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        does = {"/data": self._data, "/update": self._update, "/sparql": self._sparql}[address.path]
        try:
            status, (kind, data) = 200, does(body, parse_qs(address.query))
        except SyntaxError as error:
            status, kind, data = 400, "text/plain", str(error).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _data(self, body: bytes, asked: Asked) -> Answer:
        self.server.store.load(body, RdfFormat.N_TRIPLES, to_graph=NamedNode(asked["graph"][0]))
        return "text/plain", b""

    def _update(self, body: bytes, asked: Asked) -> Answer:
        self.server.store.update(body.decode())
        return "text/plain", b""

    def _sparql(self, body: bytes, asked: Asked) -> Answer:
        asked = parse_qs(body.decode())
        found = self.server.store.query(
            asked["query"][0],
            default_graph=[NamedNode(one) for one in asked.get("default-graph-uri", [])],
            named_graphs=[NamedNode(one) for one in asked.get("named-graph-uri", [])],
        )
        if isinstance(found, QueryTriples):
            return "application/n-triples", found.serialize(format=RdfFormat.N_TRIPLES) or b""
        return "application/sparql-results+json", found.serialize(format=QueryResultsFormat.JSON) or b""

    def log_message(self, *_: object) -> None:
        """Nothing is told."""


@contextmanager
def serving() -> Iterator[Server]:
    """A server that runs in a thread, until the end."""
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
