"""Every limit with its real number, on both sides of its boundary: what clients may take, and what a query may be."""

from __future__ import annotations

import io
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from asking import ask
from conftest import BASE
from flask import Blueprint, Flask, Response
from flask.testing import FlaskClient
from pyoxigraph import Literal, NamedNode, Quad, Store
from waiting import PATIENCE
from werkzeug.test import TestResponse

import ld.web.server
from ld.errors import QueryTooDeep, QueryTooLong, ResultTooLarge
from ld.settings import Settings
from ld.site.pools import limits as limits_of
from ld.sparql import results
from ld.sparql.guard import inspect
from ld.sparql.pool import Limits
from ld.sparql.quota import Turns
from ld.sparql.wire import DATA, END, Job, receive, send
from ld.web.edge import limits
from ld.web.edge.limits import Places, Rate
from ld.web.pages import discovery

LONG = (32 << 10) + 1
CLIENTS = [f"192.0.2.{n}" for n in range(1, 10)]


# -- long answers and slow bodies --------------------------------------------------------------------------------------


@pytest.fixture
def small(settings: Settings) -> Flask:
    """An application that sends so many bytes as are asked for, in pieces, and takes bodies; within the limits."""
    app, door = Flask(__name__), Blueprint("sparql", __name__)
    limits.install(app, Settings(settings.site, {"base": BASE}, {}))

    @app.get("/<int:size>")
    def pieces(size: int) -> Response:
        response = Response(b"x" for _ in range(size))
        response.content_length = size or None  # of none is said how long it is
        return response

    door.add_url_rule("/sparql", "sparql", lambda: "read", methods=["POST"])
    app.register_blueprint(door)
    return app


def begun(app: Flask, client: str, size: int = LONG) -> TestResponse:
    """An answer that the client has not taken in yet."""
    return app.test_client().get(f"/{size}", environ_base={"REMOTE_ADDR": client})


def test_a_client_has_eight_long_answers_at_once(small: Flask) -> None:
    """The ninth is refused, until one of the eight is taken in; others are answered meanwhile."""
    running = [begun(small, CLIENTS[0]) for _ in range(8)]
    refused, other = begun(small, CLIENTS[0]), begun(small, CLIENTS[1])
    running[0].close()
    again = begun(small, CLIENTS[0])

    assert {one.status_code for one in (*running, other, again)} == {200}
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    assert begun(small, CLIENTS[0]).status_code == 503


def test_there_are_32_long_answers_at_once(small: Flask) -> None:
    running = [begun(small, client) for client in CLIENTS[:4] for _ in range(8)]

    assert {one.status_code for one in running} == {200}
    assert begun(small, CLIENTS[4]).status_code == 503
    running[0].close()
    with begun(small, CLIENTS[4]) as other:
        assert other.status_code == 200


def test_an_address_of_the_same_network_is_the_same_client(small: Flask) -> None:
    """Whoever has one address of IPv6 has 2^64 of them."""
    running = [begun(small, f"2001:db8::{n}") for n in range(1, 9)]

    assert {one.status_code for one in running} == {200}
    assert begun(small, "2001:db8::ffff").status_code == 503
    assert begun(small, "2001:db8:0:1::1").status_code == 200


@pytest.mark.parametrize(("size", "status"), [(32 << 10, 200), (LONG, 503), (0, 503)])
def test_an_answer_is_long_from_32_kib_on(small: Flask, size: int, status: int) -> None:
    """Up to there the HTTP server takes it at once; one whose length nobody knows may be long."""
    running = [begun(small, CLIENTS[0]) for _ in range(8)]

    assert begun(small, CLIENTS[0], size).status_code == status
    with small.test_client().head(f"/{size}", environ_base={"REMOTE_ADDR": CLIENTS[0]}) as head:
        assert head.status_code == 200
    assert len(running) == 8


class Slow:
    """A body that goes on when it is told to."""

    def __init__(self, begun: threading.Semaphore, over: threading.Event) -> None:
        self._begun, self._over = begun, over

    def read(self, size: int = -1) -> bytes:
        """Tell that it is waited for, and wait."""
        self._begun.release()
        self._over.wait(PATIENCE)
        return b"x" * max(0, size)


def posted(app: Flask, client: str, body: Any) -> int:
    """The status that a client gets for a body of nine bytes."""
    asked = {"wsgi.input": body, "CONTENT_LENGTH": "9", "CONTENT_TYPE": "application/sparql-query"}
    return app.test_client().post("/sparql", environ_overrides=asked | {"REMOTE_ADDR": client}).status_code


@pytest.mark.parametrize(
    ("held", "refused", "taken"),
    [
        (CLIENTS[:1] * 4, CLIENTS[0], CLIENTS[1]),
        (CLIENTS[:4] * 4, CLIENTS[4], None),
        (CLIENTS[:5] * 3, None, CLIENTS[4]),
    ],
    ids=["4 of a client", "16 in all", "15 in all"],
)  # fmt: skip
def test_so_many_bodies_come_in_at_once(small: Flask, held: list[str], refused: str | None, taken: str | None) -> None:
    """Four of one client and sixteen in all; when they have come, there is room again."""
    waits, over = threading.Semaphore(0), threading.Event()
    with ThreadPoolExecutor(len(held)) as pool:
        running = [pool.submit(posted, small, client, Slow(waits, over)) for client in held]
        try:
            assert all(waits.acquire(timeout=PATIENCE) for _ in held)
            if refused:
                assert posted(small, refused, io.BytesIO(b"x" * 9)) == 503
            if taken:
                assert posted(small, taken, io.BytesIO(b"x" * 9)) == 200
        finally:
            over.set()
        assert [one.result() for one in running] == [200] * len(held)
    assert posted(small, held[0], io.BytesIO(b"x" * 9)) == 200


@pytest.mark.parametrize(("more", "status"), [(0, 200), (1, 413)])
def test_a_body_has_a_mebibyte(client: FlaskClient, more: int, status: int) -> None:
    """One byte more is refused, whether its length is said before or not."""
    body = b"query=ASK%7B%7D&x="
    body += b"x" * ((1 << 20) - len(body) + more)
    sent = {"data": body, "content_type": "application/x-www-form-urlencoded"}

    assert client.post("/sparql", **sent).status_code == status  # type: ignore[arg-type]
    assert client.post("/sparql", **sent, headers={"Content-Length": str(len(body))}).status_code == status  # type: ignore[arg-type]


def test_places_are_of_all_and_of_each() -> None:
    places = Places(limits.STREAMS, limits.STREAMS_A_CLIENT)
    taken = [places.take(client) for client in CLIENTS[:5] for _ in range(9)]

    assert [one is not None for one in taken] == ([True] * 8 + [False]) * 4 + [False] * 9
    assert (limits.BODIES, limits.BODIES_A_CLIENT) == (16, 4)


# -- requests a minute -------------------------------------------------------------------------------------------------


def test_ten_thousand_clients_are_remembered() -> None:
    """Then the one that has not asked for longest is forgotten, and has all its requests anew."""
    rate = Rate(2)
    for n in range(10_000):
        rate.take(str(n), 0.0)
    assert rate.take("0", 0.0)[0] == 0
    rate.take("another", 0.0)

    assert len(rate) == 10_000
    assert [rate.take("0", 0.0)[0], rate.take("2", 0.0)[0], rate.take("1", 0.0)[0]] == [-1, 0, 1]


def test_a_minute_has_sixty_seconds() -> None:
    rate = Rate(60)

    assert [rate.take("a", 0.0)[0] for _ in range(61)][-2:] == [0, -1]
    assert rate.take("a", 0.999)[0] == -1
    assert [rate.take("a", 1.0)[0], rate.take("a", 1.0)[0]] == [0, -1]
    assert [rate.take("a", 61.0)[0] for _ in range(61)] == [*range(59, -1, -1), -1]


# -- the text of a query -----------------------------------------------------------------------------------------------


def padded(size: int) -> str:
    """A query of so many characters."""
    return "ASK{}#".ljust(size, "x")


@pytest.mark.parametrize(("size", "status"), [(16_384, 200), (16_385, 413)])
def test_a_query_in_an_address_has_16384_characters(client: FlaskClient, size: int, status: int) -> None:
    assert ask(client, padded(size)).status_code == status


@pytest.mark.parametrize(("size", "status"), [(16_385, 200), (65_536, 200), (65_537, 413)])
def test_a_query_in_a_body_has_65536_characters(client: FlaskClient, size: int, status: int) -> None:
    for data, kind in ((padded(size), "application/sparql-query"), ({"query": padded(size)}, None)):
        assert client.post("/sparql", data=data, content_type=kind).status_code == status


SIZES: dict[str, tuple[int, Callable[[int], str]]] = {
    "groups": (60, lambda n: "ASK " + "{" * n + "}" * n),
    "round brackets": (60, lambda n: "ASK { FILTER" + "(" * (n - 1) + "1" + ")" * (n - 1) + " }"),
    "square brackets": (60, lambda n: "ASK { ?s ?p " + "[<x:p> " * (n - 1) + "1" + "]" * (n - 1) + " }"),
    "triples": (128, lambda n: "ASK { " + "?s ?p ?o . " * n + "}"),
    "properties": (128, lambda n: "ASK { ?s " + "<x:p> ?o ; " * n + "}"),
    "objects": (128, lambda n: "ASK { ?s <x:p> ?o" + ", ?o" * n + "}"),
    "steps": (128, lambda n: "ASK { ?s <x:p>" + "/<x:p>" * n + " ?o }"),
    "filters": (128, lambda n: "ASK { " + "FILTER(?x) " * n + "}"),
    "binds": (128, lambda n: "ASK { " + "BIND(1 AS ?x) " * n + "}"),
    "optionals": (128, lambda n: "ASK { " + "OPTIONAL { } " * n + "}"),
    "lists": (128, lambda n: "ASK { ?s ?p (" + "1 " * n + ") }"),
    "sums": (1_000, lambda n: "ASK { FILTER(1" + "+1" * (n - 2) + ") }"),
    "unions": (1_000, lambda n: "ASK { {}" + "UNION{}" * ((n - 2) // 2) + " }"),
    "template": (1_000, lambda n: "CONSTRUCT { " + "?s ?p ?o . " * (n - 2) + "} WHERE {}"),
}  # fmt: skip
"""How many of each a query may have, and a query with so many."""


@pytest.mark.parametrize("kind", SIZES)
def test_a_query_has_so_many_and_not_one_more(kind: str) -> None:
    most, query = SIZES[kind]
    step = 2 if kind == "unions" else 1

    assert inspect(query(most))
    with pytest.raises(QueryTooDeep):
        inspect(query(most + step))


@pytest.mark.parametrize(
    ("limit", "query"),
    [("max_depth", "ASK {{}}"), ("max_joins", "ASK { ?s ?p ?o . ?s ?p ?o . }"), ("max_parts", "ASK { FILTER(!1) }")],
)
def test_each_size_has_a_limit_of_its_own(limit: str, query: str) -> None:
    """Whoever narrows one does not narrow the others; and what is refused is said as it is."""
    words = {"max_depth": "nested too deeply", "max_joins": "joins too many", "max_parts": "patterns and operators"}
    at = next(n for n in range(100) if fits(query, **{limit: n}))

    assert at > 0
    with pytest.raises(QueryTooDeep, match=words[limit]):
        inspect(query, **{limit: at - 1})


def fits(query: str, **sizes: int) -> bool:
    """Determine whether a query is let through."""
    try:
        return bool(inspect(query, **sizes))
    except QueryTooDeep:
        return False


@pytest.mark.parametrize("apart", ["UNION", "MINUS", "FILTER EXISTS", "FILTER NOT EXISTS"])
def test_what_is_planned_apart_is_not_joined(apart: str) -> None:
    """A hundred patterns here and a hundred there are no join of two hundred."""
    hundred = "?s ?p ?o . " * 100

    assert inspect(f"ASK {{ {{ {hundred} }} {apart} {{ {hundred} }} }}")
    with pytest.raises(QueryTooDeep, match="joins too many"):
        inspect(f"ASK {{ {{ {hundred} }} {{ {hundred} }} }}")


@pytest.mark.parametrize("function", ["<x:f>", "x:f", "CONCAT", "COALESCE"])
def test_what_a_function_is_given_is_not_joined(function: str) -> None:
    """Five hundred arguments, of a function of one's own too, are an expression; a list of as many is a join."""
    many = ", ".join(["1"] * 500)

    assert inspect(f"PREFIX x: <x:> ASK {{ FILTER {function}({many}) }}")
    with pytest.raises(QueryTooDeep, match="joins too many"):
        inspect(f"ASK {{ ?s ?p ({many.replace(',', '')}) }}")


def test_a_text_at_the_limit_is_read_and_one_above_is_not() -> None:
    assert inspect(padded(65_536))
    for size, most in ((65_537, 65_536), (11, 10)):
        with pytest.raises(QueryTooLong, match=f"has {size:,} characters; at most {most:,}"):
            inspect(padded(size), max_chars=most)


# -- the answer of a query ---------------------------------------------------------------------------------------------

ROWS = 40
TABLES, GRAPHS = ("json", "xml", "csv", "tsv"), ("ttl", "nt", "rdf", "jsonld")


@pytest.fixture(scope="module")
def store() -> Store:
    """A store with forty triples."""
    found = Store()
    found.extend(Quad(NamedNode(f"x:s{n}"), NamedNode("http://e.org/p"), Literal("é" * n)) for n in range(ROWS))
    return found


def written(store: Store, form: str, **sizes: Any) -> tuple[bytes, bool]:
    """What is written of all triples in a form within these limits, and whether it is cut."""
    pieces: list[bytes] = []
    job = Job(text="", format=form, seconds=PATIENCE, **sizes)
    if form in TABLES:
        cut = results.write_table(store.query("SELECT ?s ?o { ?s ?p ?o }"), job, pieces.append)
    else:
        found: Any = store.query("CONSTRUCT WHERE { ?s ?p ?o }")
        cut = results.write_graph(found, job, pieces.append)
    return b"".join(pieces), cut


@pytest.mark.parametrize("form", TABLES + GRAPHS)
def test_an_answer_has_so_many_rows_and_bytes_and_not_one_more(store: Store, form: str) -> None:
    """At the limit it is whole; one above it is refused, with the number; or cut, where that was asked for."""
    whole, cut = written(store, form)
    size = len(whole)

    assert not cut
    assert written(store, form, max_rows=ROWS, max_bytes=size, truncate=True) == (whole, False)
    for limit, most, said in (
        ("max_rows", ROWS - 1, "39 rows or triples"),
        ("max_bytes", size - 1, f"{size - 1:,} bytes"),
    ):
        with pytest.raises(ResultTooLarge, match=f"more than {said}"):
            written(store, form, **{limit: most})
        part, cut = written(store, form, **{limit: most}, truncate=True)
        assert cut and 0 < len(part) <= size - 1


def test_the_limits_of_a_query_are_those_of_the_settings(tmp_path: Path) -> None:
    """What a setting says is what a query gets; a number of processes share what is for all together."""
    flags = {"query_seconds": 7.5, "query_rows": 11, "query_megabytes": 3, "query_memory": 100, "query_workers": 6,
             "query_queue": 9, "query_per_client": 2, "processes": 1}  # fmt: skip
    expected = Limits(7.5, 11, 3 << 20, 100 << 20, running=6, queued=9, per_client=2)

    assert limits_of(Settings(tmp_path, flags, {})) == expected
    shared = limits_of(Settings(tmp_path, flags | {"processes": 4}, {}))
    assert (shared.running, shared.queued, shared.rows) == (1, 2, 11)
    assert limits_of(Settings(tmp_path, flags | {"processes": 7}, {})).running == 1
    assert limits_of(Settings(tmp_path, {}, {})) == Limits()


@pytest.mark.parametrize(("rows", "more"), [(1_000, False), (1_001, True)])
def test_a_page_shows_a_thousand_rows(client: FlaskClient, rows: int, more: bool) -> None:
    query = "SELECT ?x { VALUES ?x { " + " ".join(map(str, range(rows))) + " } }"
    page = ask(client, query, "text/html").text

    assert (page.count("<tr>") - 1, "there are more" in page) == (1_000, more)


# -- a client's queries ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shared", [False, True])
def test_a_client_has_so_many_queries_and_not_one_more(tmp_path: Path, shared: bool) -> None:
    """What it gives back it may take again; others do not hear of it."""
    with closing(Turns(2, tmp_path / "lock" if shared else None)) as turns:
        first, second = turns.take("a"), turns.take("a")
        assert first is not None and second is not None and first != second
        assert (turns.take("a"), turns.take("b") is None) == (None, False)
        turns.leave(first)
        assert turns.take("a") == first
        assert turns.take("a") is None


def test_a_client_has_at_most_256_queries(tmp_path: Path) -> None:
    """More places would be those of the next client."""
    assert [Turns(most).most for most in (255, 256, 257)] == [255, 256, 256]


# -- frames ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    """The two ends of a channel."""
    one, other = socket.socketpair()
    with one, other:
        yield one, other


@pytest.mark.parametrize("size", [0, 1, 255, 256, 65_535, 65_536, (1 << 20) + 1])
def test_a_frame_of_any_size_is_whole(ends: tuple[socket.socket, socket.socket], size: int) -> None:
    """A letter, the length in four bytes, the payload; and the next frame begins right behind it."""
    one, other = ends
    payload = bytes(range(256)) * (size // 256) + bytes(size % 256)

    def speak() -> None:
        with one:  # the other side is never left to wait, whatever happens here
            send(one, DATA, payload)
            send(one, END, b"end")

    sender = threading.Thread(target=speak)
    sender.start()

    assert receive(other) == (DATA, payload)
    assert receive(other) == (END, b"end")
    assert receive(other) is None
    sender.join()


def test_the_head_of_a_frame_has_five_bytes(ends: tuple[socket.socket, socket.socket]) -> None:
    one, other = ends
    send(one, DATA, b"x" * 258)

    assert other.recv(5) == b"D\x00\x00\x01\x02"
    assert other.recv(1000) == b"x" * 258


# -- lists and sitemaps ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("records", "files"), [(0, 1), (1, 1), (50_000, 1), (50_001, 2), (100_000, 2), (100_001, 3)])
def test_a_sitemap_has_at_most_50000_records(records: int, files: int) -> None:
    """More is an error to crawlers (sitemaps.org)."""
    live: Any = SimpleNamespace(manifest=SimpleNamespace(counts={"records": records}))

    assert discovery._files(live) == files


def test_every_record_is_in_one_sitemap(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where they do not fit into one, the index leads to several, which have each record once."""
    whole = client.get("/sitemap-1.xml").text.split("<loc>")[1:]
    monkeypatch.setattr(discovery, "_PER_FILE", 5)
    names = [part.partition("<")[0] for part in client.get("/sitemap.xml").text.split("<loc>")[1:]]
    parts = [client.get(name.removeprefix(BASE[:-1])).text.split("<loc>")[1:] for name in names]

    assert len(parts) == -(-len(whole) // 5) > 1
    assert [len(part) for part in parts[:-1]] == [5] * (len(parts) - 1)
    assert [one.partition("<")[0] for part in parts for one in part] == [one.partition("<")[0] for one in whole]
    assert client.get(f"/sitemap-{len(parts) + 1}.xml").status_code == client.get("/sitemap-0.xml").status_code == 404


@pytest.mark.parametrize("offset", ["-1", "-99999999999999999999", "x", "", "1.5"])
def test_an_offset_that_is_none_is_the_first_page(client: FlaskClient, offset: str) -> None:
    for path in ("/search?q=example&format=json", "/journal/1234-5679?format=html"):
        assert client.get(f"{path}&offset={offset}").data == client.get(path).data


@pytest.mark.parametrize(("offset", "shown"), [(9_999, True), (10_000, False)])
def test_a_search_is_leafed_through_up_to_ten_thousand(client: FlaskClient, offset: int, shown: bool) -> None:
    """The engine would keep all that lies before; who wants more takes the dumps."""
    found = client.get(f"/search?q=example&format=json&offset={offset}").get_json()

    assert (found["total"] > 0, found["records"]) == (shown, [])


# -- the HTTP server ---------------------------------------------------------------------------------------------------


def test_the_server_is_bounded_as_its_documentation_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A place for every long answer and every body, beside the threads that pages and queries need."""
    given: dict[str, Any] = {}

    class Worker:
        def __init__(self, target: str, listener: object, place: int, **flags: Any) -> None:
            given.update(flags)

        def serve(self, **flags: Any) -> None: ...

    monkeypatch.setattr(ld.web.server, "_Worker", Worker)
    monkeypatch.setattr(ld.web.server.metrics, "take", lambda place: None)
    flags = {"threads": 5, "query_workers": 6, "query_queue": 8, "processes": 2, "query_seconds": 7.2}
    found = Settings(tmp_path, flags, {})
    doors = SimpleNamespace(host="::1", port=80, keep=lambda post: None)
    ld.web.server._work("x:y", cast(Any, doors), found, 0, 0, lambda: None)

    http = given["http1_settings"]
    assert (given["address"], given["port"]) == ("::1", 80)
    assert given["blocking_threads"] == 5 + (6 + 8) // 2 + 32 + 16
    assert (http.header_read_timeout, http.max_buffer_size) == (10_000, 128 << 10)
    assert ld.web.server.stop_seconds(found) == 15 + 5
    assert (given["backlog"], given["backpressure"]) == (1024, 1024)
