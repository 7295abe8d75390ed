"""Queries of strangers: whole answers, or an error in time; and nobody else notices."""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import msgspec
import pytest
from lxml import etree
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, parse
from waiting import PATIENCE, deadline, seconds_of, wait

from ld.errors import (
    ClientBusy,
    ClientGone,
    QueryForbidden,
    QueryMemory,
    QuerySyntaxError,
    QueryTimeout,
    QueueFull,
    ResultTooLarge,
    SiteError,
)
from ld.formats.table import RESULTS
from ld.sparql.guard import Form
from ld.sparql.pool import Limits, QueryPool, Request
from ld.sparql.process import Worker
from ld.sparql.quota import Turns
from ld.sparql.wire import ASK, Failure, Job, receive, send

ROWS = 300
ALL = "SELECT ?s ?o ?none { ?s <x:p> ?o }"
HEAVY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
NASTY = 'a"},{"b\r\n</result><result>,{},{}\\\t'
PATIENT = Limits(seconds=PATIENCE)


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with 300 triples, and one in a named graph."""
    path = tmp_path_factory.mktemp("query") / "store"
    store = Store(str(path))
    predicate = NamedNode("x:p")
    store.extend(Quad(NamedNode(f"x:s{i}"), predicate, Literal(f"{i} {NASTY}")) for i in range(ROWS))
    store.add(Quad(NamedNode("x:in"), predicate, Literal("named"), NamedNode("x:g")))
    store.flush()
    del store
    return path


@pytest.fixture(scope="module")
def pool(directory: Path) -> Iterator[QueryPool]:
    with QueryPool(directory, PATIENT) as pool:
        pool.start()
        yield pool


def ask(pool: QueryPool, text: str, format: str = "json", **more: object) -> bytes:
    """Return the body of an answer."""
    with pool.answer(Request(text, format, **more)).body as body:  # type: ignore[arg-type]
        return body.read()


def values(pool: QueryPool, text: str, **more: object) -> list[str]:
    """Return the values of a result's first column."""
    answer = json.loads(ask(pool, text, **more))
    return [row[answer["head"]["vars"][0]]["value"] for row in answer["results"]["bindings"]]


def rows(format: str, body: bytes) -> int:
    """Return the number of rows of a well-formed result."""
    if format == "json":
        return len(json.loads(body)["results"]["bindings"])
    if format == "xml":
        return len(etree.fromstring(body).findall("{*}results/{*}result"))
    return body.count(b"x:s")


def children() -> set[int]:
    """Return the children of this process, zombies too."""
    return {int(pid) for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()}


linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc and seccomp are Linux's")


@pytest.mark.parametrize("format", ["json", "xml", "csv", "tsv"])
@pytest.mark.parametrize("query", [ALL, "ASK { ?s ?p ?o }", "SELECT * {}", "SELECT ?x { ?s ?p ?o }"])
def test_tables(pool: QueryPool, directory: Path, format: str, query: str) -> None:
    """A table comes out byte by byte as the engine writes it."""
    table = next(form.table for form in RESULTS if form.key == format)
    assert table

    expected = Store.read_only(str(directory)).query(query).serialize(format=table.engine)

    assert expected == ask(pool, query, format)


@pytest.mark.parametrize(
    ("format", "rdf"),
    [("ttl", RdfFormat.TURTLE), ("nt", RdfFormat.N_TRIPLES), ("rdf", RdfFormat.RDF_XML), ("jsonld", RdfFormat.JSON_LD)],
)
def test_graphs(pool: QueryPool, format: str, rdf: RdfFormat) -> None:
    """A graph comes out in each format, each triple once."""
    query = "CONSTRUCT { <x:a> <http://e.org/b> ?o } { { ?s ?p ?o } UNION { ?s ?p ?o } }"

    body = ask(pool, query, format, prefixes={"e": "http://e.org/"})
    triples = [quad.triple for quad in parse(body, format=rdf)]

    assert (len(triples), len(set(triples))) == (ROWS, ROWS)
    assert format != "ttl" or b"e:b" in body


def test_answer(pool: QueryPool) -> None:
    """An answer tells its form, size and times."""
    answers = []
    took = seconds_of(lambda: answers.append(pool.answer(Request("ASK {}", "json"))))
    (answer,) = answers
    with answer.body as body:
        assert answer.size == len(body.read())

    assert (answer.form, answer.format, answer.truncated) == (Form.ASK, "json", False)
    assert 0 < answer.engine_seconds <= took - answer.queue_seconds <= took


def test_wrong_format(pool: QueryPool) -> None:
    """A format of the other kind is the caller's mistake."""
    with pytest.raises(ValueError, match="SELECT has no format 'ttl', but json, xml, csv, tsv"):
        ask(pool, ALL, "ttl")


@pytest.mark.parametrize("format", ["json", "xml", "csv", "tsv", "ttl", "nt", "rdf", "jsonld"])
@pytest.mark.parametrize("limits", [Limits(rows=7), Limits(bytes=1_000), Limits(rows=ROWS - 1)])
def test_truncate(directory: Path, format: str, limits: Limits) -> None:
    """Too large an answer is refused, or cut and well-formed where that was asked for."""
    query = ALL if format in {"json", "xml", "csv", "tsv"} else "CONSTRUCT WHERE { ?s ?p ?o }"
    rdf = {"ttl": RdfFormat.TURTLE, "nt": RdfFormat.N_TRIPLES, "rdf": RdfFormat.RDF_XML}
    with QueryPool(directory, msgspec.structs.replace(limits, running=1)) as pool:
        with pytest.raises(ResultTooLarge):
            ask(pool, query, format)
        answer = pool.answer(Request(query, format, truncate=True))
        with answer.body as body:
            data = body.read()

    count = rows(format, data) if query == ALL else len(list(parse(data, format=rdf.get(format, RdfFormat.JSON_LD))))
    assert answer.truncated
    assert len(data) <= limits.bytes
    assert count == limits.rows or (limits.bytes == 1_000 and 0 < count < limits.rows)


@pytest.mark.parametrize("format", ["json", "xml", "csv", "tsv"])
def test_exact_limit(directory: Path, format: str) -> None:
    """Exactly as many rows and bytes as the limits are not too many."""
    with QueryPool(directory, Limits(running=1)) as pool:
        size = len(ask(pool, ALL, format))
    with QueryPool(directory, Limits(rows=ROWS, bytes=size, running=1)) as pool:
        answer = pool.answer(Request(ALL, format, truncate=True))
        answer.body.close()

    assert (False, size) == (answer.truncated, answer.size)


def test_datasets(pool: QueryPool) -> None:
    """Graphs of the protocol replace those of the query; an unknown one is empty; named ones leave no default."""
    query = "SELECT ?s { ?s ?p ?o }"
    named = "SELECT ?s { GRAPH ?g { ?s ?p ?o } }"

    assert len(values(pool, query)) == ROWS
    assert values(pool, query, default_graphs=("x:g",)) == ["x:in"]
    assert values(pool, query, default_graphs=("http://127.0.0.1:9/unknown",)) == []
    assert values(pool, query, named_graphs=("x:g",)) == []
    assert values(pool, named, named_graphs=("x:g",)) == ["x:in"]
    assert values(pool, named, default_graphs=("x:g",)) == []
    assert values(pool, "SELECT ?s FROM <x:g> { ?s ?p ?o }") == ["x:in"]
    assert values(pool, "SELECT ?s FROM <x:h> { ?s ?p ?o }", default_graphs=("x:g",)) == ["x:in"]
    assert values(pool, "SELECT ?s FROM <file:///etc/passwd> { ?s ?p ?o }") == []
    with pytest.raises(QuerySyntaxError, match="not an absolute IRI"):
        values(pool, query, default_graphs=("no iri",))


@pytest.mark.parametrize(
    ("query", "place", "text"),
    [
        ("SELECT *\n{ ?s ?p ", (2, 8), "ends too early"),
        ("SELECT * { ?s dct:title ?t }", (1, 15), "not declared: dct:"),
        ("SELECT * { ?s <title> ?t }", (1, 22), "IRI is relative"),
        ("SELECT ?s (1 AS ?s) {}", (1, 23), "Line 1, column 23"),
        ("ASK { FILTER(<x:f>(1)) ?s ?p ?o }", (0, 0), "custom function <x:f> is not supported"),
        ('ASK { ?s ?p "\ud800" }', (1, 14), "surrogate"),
    ],
)
def test_syntax(pool: QueryPool, query: str, place: tuple[int, int], text: str) -> None:
    """A syntax error says where and, where it can, why."""
    with pytest.raises(QuerySyntaxError) as caught:
        ask(pool, query)

    assert text in str(caught.value)
    assert place == (caught.value.line, caught.value.column)


@linux
def test_the_first_error_needs_nothing_that_is_not_there_yet(directory: Path) -> None:
    """A worker that is ready reads no file for an error: all that it needs was loaded before."""
    with QueryPool(directory, Limits(running=1)) as pool, pool._worker() as worker:

        def read() -> str:
            return Path(f"/proc/{worker.process.pid}/io").read_text().splitlines()[0]

        worker.run(Job("ASK {}", format="json"), io.BytesIO(), deadline())
        before = read()
        with pytest.raises(QuerySyntaxError, match="cannot stand here"):
            worker.run(Job("ASK { ?s ?p }", format="json"), io.BytesIO(), deadline())

        assert before.startswith("rchar: ")
        assert before == read()


DOUBLING = "SELECT ?x27 { BIND('0123456789' AS ?x0) " + "".join(
    f"BIND(CONCAT(?x{i}, ?x{i}) AS ?x{i + 1}) " for i in range(27)
)
GROWTH = (
    "SELECT ?x6 { BIND('"
    + "a" * 40
    + "' AS ?x0) "
    + "".join(f"BIND(REPLACE(?x{i}, 'a', '{'a' * 40}') AS ?x{i + 1}) " for i in range(6))
)
HUNDRED = " ".join(map(str, range(100)))
BOMBS = {
    HEAVY: QueryTimeout,
    "SELECT DISTINCT ?a ?d { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a = ?nothing) }": QueryTimeout,
    "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?f LIMIT 10": (QueryMemory, QueryTimeout),
    "SELECT (COUNT(DISTINCT CONCAT(STR(?c), STR(?f), STR(?i))) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }": (
        QueryMemory,
        QueryTimeout,
    ),
    "SELECT (GROUP_CONCAT(?c) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }": (QueryMemory, QueryTimeout),
    DOUBLING + "}": (QueryMemory, QueryTimeout),
    GROWTH + "}": (QueryMemory, QueryTimeout),
    "SELECT (COUNT(*) AS ?n) { " + " ".join(f"VALUES ?v{i} {{ {HUNDRED} }}" for i in range(6)) + " }": QueryTimeout,
    "ASK { " + " ".join(f"?s{i} ?p{i} ?o{i} ." for i in range(8)) + " FILTER(?o1 = ?nothing) }": QueryTimeout,
}


@pytest.fixture(scope="module")
def strict(directory: Path) -> Iterator[QueryPool]:
    """A pool with a time limit that is there to be reached."""
    with QueryPool(directory, Limits(seconds=1, memory=256 << 20)) as pool:
        yield pool


def is_answered(pool: QueryPool) -> bool:
    """Determine whether a small query is answered; on a slow machine it may need more than the limit."""
    try:
        return bool(json.loads(ask(pool, "ASK { ?s ?p ?o }"))["boolean"])
    except QueryTimeout:
        return False


@pytest.mark.parametrize("bomb", BOMBS, ids=range(len(BOMBS)))
def test_bombs(strict: QueryPool, bomb: str) -> None:
    """A bomb ends in its error - whichever limit it meets first - and the next query is answered."""
    with pytest.raises(BOMBS[bomb]):
        ask(strict, bomb)

    wait(lambda: is_answered(strict))


@linux
def test_stack(directory: Path) -> None:
    """A query that overflows the stack ends its worker, is told so, and leaves no zombie."""
    before = children()
    with QueryPool(directory, Limits(running=1)) as pool:
        worker = pool._take()
        worker.wait_ready()
        send(worker.channel, ASK, msgspec.json.encode(Job("ASK " + "{" * 20_000 + "}" * 20_000, format="json")))
        assert receive(worker.channel, deadline()) is None
        with pool._change:
            pool._busy.discard(worker)
            pool._idle.append(worker)
        worker.process.wait()
        assert worker.process.returncode in {-signal.SIGSEGV, -signal.SIGABRT}
        assert json.loads(ask(pool, "ASK {}"))["boolean"]

    assert before == children()


@linux
def test_idle_death(pool: QueryPool) -> None:
    """A worker that somebody kills while it rests is replaced, and nobody notices."""
    ask(pool, "ASK {}")
    killed = list(pool._idle)
    for worker in killed:
        os.kill(worker.process.pid, signal.SIGKILL)
    wait(lambda: not any(worker.alive() for worker in killed))

    assert json.loads(ask(pool, "ASK {}"))["boolean"]


def test_no_worker_too_many(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one is lent, another thread that looks for missing workers finds none missing."""
    alive = Worker.alive
    with QueryPool(directory, Limits(running=1)) as pool:
        pool.start()
        monkeypatch.setattr(Worker, "alive", lambda worker: (pool._fill(), alive(worker))[1])
        ask(pool, "ASK {}")

        assert len(pool._idle) == 2


def test_who_comes_while_workers_start_takes_one_of_them(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two first queries at once do not each start all workers."""
    gate, waiting, started = threading.Event(), threading.Event(), []

    def slowly(*arguments: Any) -> Worker:
        started.append(arguments)
        waiting.set()
        gate.wait()
        return Worker(*arguments)

    monkeypatch.setattr("ld.sparql.pool.Worker", slowly)
    with QueryPool(directory, Limits(running=2)) as pool:
        first, second = (threading.Thread(target=ask, args=(pool, "ASK {}")) for _ in range(2))
        first.start()
        waiting.wait()
        second.start()
        wait(lambda: pool._running == 2)
        gate.set()
        first.join()
        second.join()

        assert len(started) == len(pool._idle) == 3


@linux
def test_a_worker_that_is_checked_while_the_pool_closes_ends(directory: Path) -> None:
    before = children()
    pool = QueryPool(directory, Limits(running=1))
    with pool._worker():
        pool.close()

    assert before == children()


class Canary(HTTPServer):
    """A server that counts its visitors."""

    hits = 0

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), BaseHTTPRequestHandler)
        self.url = f"http://127.0.0.1:{self.server_port}/"

    def verify_request(self, request: object, client_address: object) -> bool:
        self.hits += 1
        return False


@pytest.fixture
def canary() -> Iterator[Canary]:
    with Canary() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_no_connection(pool: QueryPool, canary: Canary) -> None:
    """No query makes the server open a connection: the canary is alive and is not visited."""
    with socket.create_connection(("127.0.0.1", canary.server_port), PATIENCE) as visitor:
        assert visitor.recv(1) == b""
    for query in ("SERVICE <{}> {{}}", "?s ?p trueSERVICE <{}> {{}}", "SERVICE SILENT <{}> {{ ?s ?p ?o }}"):
        with pytest.raises(QueryForbidden):
            ask(pool, "ASK { " + query.format(canary.url) + " }")
    with pytest.raises(QueryForbidden):
        ask(pool, f"LOAD <{canary.url}>")
    ask(pool, f"SELECT * FROM <{canary.url}> {{ ?s ?p ?o }}", default_graphs=(canary.url,))

    assert canary.hits == 1


@linux
@pytest.mark.parametrize("silent", ["", "SILENT "])
def test_no_connection_without_guard(pool: QueryPool, canary: Canary, silent: str) -> None:
    """The worker itself cannot connect (seccomp) and lives on; the same query here visits the canary."""
    query = f"SELECT * {{ SERVICE {silent}<{canary.url}> {{ ?s ?p ?o }} }}"
    with contextlib.suppress(OSError):
        list(Store().query(query))
    assert canary.hits == 1
    worker = pool._take()
    try:
        worker.wait_ready()
        send(worker.channel, ASK, msgspec.json.encode(Job(query, format="json")))
        frame = receive(worker.channel, deadline())
        assert worker.alive()
    finally:
        worker.kill()
        pool._busy.discard(worker)

    assert frame
    assert silent or msgspec.json.decode(frame[1], type=Failure).kind == "QueryForbidden"
    assert canary.hits == 1


@linux
def test_locked_in(directory: Path) -> None:
    """After the lock neither sockets nor programs are to be had, in no thread."""
    script = """if 1:
        import os, socket, threading
        from ld.sparql.child import lock_in
        gate, done = threading.Event(), []
        def try_all():
            gate.wait()
            for name, action in {"socket": socket.socket, "program": lambda: os.execv("/bin/true", ["true"])}.items():
                try: action()
                except PermissionError: done.append(name)
        thread = threading.Thread(target=try_all)
        thread.start()
        assert lock_in()
        gate.set(); thread.join(); try_all()
        print(done)
    """
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert result.stdout.strip() == "['socket', 'program', 'socket', 'program']"


def in_background(pool: QueryPool, client: str, errors: list[Exception], over: threading.Event) -> threading.Thread:
    """Start a heavy query in a thread; whoever asked it goes away when all is over; its error is kept."""

    def run() -> None:
        try:
            ask(pool, HEAVY, client=client, gone=over.is_set)
        except Exception as error:
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def at_work(pool: QueryPool) -> int:
    """The number of workers that are in the middle of a query."""
    return sum(worker._ready and not worker.rests for worker in list(pool._busy))


def test_limits_of_clients_and_queue(directory: Path) -> None:
    """One client runs one query; the queue has an end; others are answered meanwhile and after."""
    errors: list[Exception] = []
    over = threading.Event()
    with QueryPool(directory, Limits(seconds=PATIENCE, running=2, queued=1)) as pool:
        threads = [in_background(pool, "a", errors, over)]
        try:
            wait(lambda: pool._running == 1)
            with pytest.raises(ClientBusy):
                ask(pool, "ASK {}", client="a")
            assert json.loads(ask(pool, "ASK {}", client="b"))["boolean"]
            threads.append(in_background(pool, "b", errors, over))
            wait(lambda: pool._running == 2)
            threads.append(in_background(pool, "c", errors, over))
            wait(lambda: len(pool._waiting) == 1)
            with pytest.raises(QueueFull):
                ask(pool, "ASK {}", client="d")
        finally:
            over.set()
        for thread in threads:
            thread.join()
        assert json.loads(ask(pool, "ASK {}", client="a"))["boolean"]

    assert [type(error) for error in errors] == [ClientGone] * 3


def test_a_client_has_its_places_in_all_processes_together(directory: Path, tmp_path: Path) -> None:
    """Another process holds a place; it gives it back by ending, however it ends."""
    path = tmp_path / "queries.lock"
    held = f"Turns(1, pathlib.Path({str(path)!r})).take('a') is not None"
    script = f"import pathlib; from ld.sparql.quota import Turns; print({held}, flush=True); input()"
    with (
        subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other,
        contextlib.closing(Turns(1, path)) as turns,
        QueryPool(directory, PATIENT, turns=turns) as pool,
    ):
        assert other.stdout and other.stdout.readline() == b"True\n"
        with pytest.raises(ClientBusy):
            ask(pool, "ASK {}", client="a")
        assert json.loads(ask(pool, "ASK {}", client="b"))["boolean"]
        other.kill()
        other.wait()
        assert json.loads(ask(pool, "ASK {}", client="a"))["boolean"]
        assert json.loads(ask(pool, "ASK {}", client="a"))["boolean"]


@linux
def test_close(directory: Path) -> None:
    """A closed pool leaves no process, finishes what it has taken, and takes no more; another lives beside it."""
    before = children()
    errors: list[Exception] = []
    never = threading.Event()
    with QueryPool(directory, Limits(seconds=0.5)) as first, QueryPool(directory, PATIENT) as second:
        thread = in_background(first, "a", errors, never)
        ask(second, "ASK {}")
        wait(lambda: at_work(first) or errors)
        first.close()
        thread.join()
        with pytest.raises(QueueFull):
            ask(first, "ASK {}")
        assert json.loads(ask(second, "ASK {}"))["boolean"]
        thread = in_background(second, "a", errors, never)
        wait(lambda: at_work(second))
        second.close(drain=False)
        thread.join()

    assert [QueryTimeout, QueryMemory] == [type(error) for error in errors]
    assert before == children()


ORPHANING = """
import os, sys, threading, time, warnings
from pathlib import Path
warnings.simplefilter("ignore")
from ld.sparql.pool import QueryPool, Request
pool = QueryPool(sys.argv[1])
pool.start()
threading.Thread(target=lambda: pool.answer(Request(sys.argv[2], "json")), daemon=True).start()
while not any(not worker.rests for worker in list(pool._busy)):
    time.sleep(0.01)
workers = [worker.process.pid for worker in (*pool._idle, *pool._busy)]
child = os.fork()
if not child:
    os.close(1); os.close(2)
    while True: time.sleep(60)
print(child, *workers, flush=True)
"""


@linux
@pytest.mark.parametrize("end", ["os._exit(0)", "os.kill(os.getpid(), 9)"])
def test_no_orphans(directory: Path, end: str) -> None:
    """When the parent ends, its workers end, a running query too, even if a forked child of it lives on."""
    line = [sys.executable, "-c", ORPHANING + end, str(directory), HEAVY]
    result = subprocess.run(line, capture_output=True, text=True, timeout=PATIENCE)
    child, *workers = map(int, result.stdout.split())
    try:
        assert len(workers) >= 3
        wait(lambda: not any(Path(f"/proc/{pid}/exe").exists() for pid in workers))
        assert Path(f"/proc/{child}").exists()
    finally:
        os.kill(child, signal.SIGKILL)


def test_no_store(tmp_path: Path) -> None:
    """A store that is not there is a SiteError that names it."""
    with QueryPool(tmp_path / "nothing") as pool, pytest.raises(SiteError, match="nothing: no triple store"):
        ask(pool, "ASK {}")


def test_describe(directory: Path) -> None:
    """DESCRIBE gives the document of a thing that has one, and what the store says of others."""
    documents = {"x:s1": b"<x:s1> <x:p> 'one' .\n<x:doc> <x:q> <x:s1> .\n".replace(b"'", b'"')}
    with QueryPool(directory, Limits(rows=3, running=1), documents.get) as pool:
        expected = documents["x:s1"] + ask(pool, "CONSTRUCT { <x:s2> ?p ?o } { <x:s2> ?p ?o }", "nt")

        assert documents["x:s1"] == ask(pool, "DESCRIBE <x:s1>", "nt")
        assert set(expected.splitlines()) == set(ask(pool, "DESCRIBE <x:s1> <x:s2>", "nt").splitlines())
        assert b"<x:s1> <x:p> " in ask(pool, "DESCRIBE <x:s1>", "ttl")
        with pytest.raises(ResultTooLarge):
            ask(pool, "DESCRIBE <x:s1> <x:s2> <x:s3>", "ttl")
        answer = pool.answer(Request("DESCRIBE <x:s1> <x:s2> <x:s3>", "nt", truncate=True))
        with answer.body as body:
            assert (answer.truncated, len(body.readlines())) == (True, 3)
