"""Triple stores: what each kind must do, and that another kind is one file and a setting."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pytest
import requests
from conftest import BASE, EXAMPLES, ROOT, free_port
from engines.elsewhere import Elsewhere
from engines.plain import Plain
from engines.server import Server, serving
from pyoxigraph import QueryBoolean, QuerySolutions, RdfFormat, Triple, parse
from waiting import PATIENCE, wait_until_it_answers

from ld.errors import QuerySyntaxError, SettingError, SiteError
from ld.publish.run import publish
from ld.settings import Settings
from ld.site.generation import Generation
from ld.store import dataset, engine
from ld.store.engine import Engine, Query
from ld.store.oxigraph import Oxigraph

LINES = r"""<x:a> <x:title> "one"@en .
<x:a> <x:title> "zwei \"2\"\n\\ 数学"@de .
<x:a> <x:year> "2019"^^<http://www.w3.org/2001/XMLSchema#gYear> .
<x:a> <x:made> "2019-01-01T00:00:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTime> .
<x:b> <http://e/part> <x:a> .
"""
OLD, NEW = "<x:b> <http://e/part> <x:a> .\n", "<x:b> <http://e/part> <x:c> .\n"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A triple store behind HTTP."""
    with serving() as found:
        yield found


# -- the five verbs ----------------------------------------------------------------------------------------------------


@pytest.fixture(params=[Oxigraph, Plain, Elsewhere])
def kind(request: pytest.FixtureRequest, server: Server) -> tuple[type[Engine], str]:
    """A kind of store and where it is."""
    return request.param, server.url if request.param is Elsewhere else ""


@pytest.fixture
def filled(kind: tuple[type[Engine], str], tmp_path: Path) -> Path:
    """The folder of a store with five triples."""
    made, where = kind
    store = made.write(tmp_path / "store", where)
    store.bulk(f"{line}\n".encode() for line in LINES.splitlines())
    store.close()
    return tmp_path / "store"


def triples(lines: str | bytes) -> set[Triple]:
    """The triples of N-Triples."""
    return {quad.triple for quad in parse(lines, format=RdfFormat.N_TRIPLES)}


def whole(store: Engine) -> set[Triple]:
    """All that a store holds."""
    return set(cast(Any, store.answer(Query("CONSTRUCT WHERE { ?s ?p ?o }"))))


def test_what_is_loaded_is_there_unchanged(kind: tuple[type[Engine], str], filled: Path) -> None:
    store = kind[0].read(filled, kind[1])

    assert whole(store) == triples(LINES)
    assert store.count() == 5
    assert triples(store.describe("x:a")) == triples("".join(LINES.splitlines(keepends=True)[:4]))
    assert store.describe("x:none") == b""


def test_lines_come_in_the_place_of_others(kind: tuple[type[Engine], str], filled: Path) -> None:
    first = LINES.splitlines(keepends=True)[0]
    store = kind[0].write(filled, kind[1])
    grown = [
        store.replace(OLD + first, NEW + first),
        store.replace("", "<x:d> <x:p> <x:e> .\n"),
        store.replace(first, ""),
    ]
    grown.append(store.replace("<x:gone> <x:p> <x:e> .", ""))
    store.close()
    del store

    assert grown == [0, 1, -1, -1]
    changed = LINES.replace(OLD, NEW).replace(first, "") + "<x:d> <x:p> <x:e> .\n"
    assert whole(kind[0].read(filled, kind[1])) == triples(changed)


def test_a_line_that_came_in_may_go_at_once(kind: tuple[type[Engine], str], filled: Path) -> None:
    """A record may be replaced twice before the store is closed."""
    store = kind[0].write(filled, kind[1])
    store.replace(OLD, NEW)
    store.replace(NEW, OLD)
    store.close()
    del store

    assert whole(kind[0].read(filled, kind[1])) == triples(LINES)


def test_a_copy_is_changed_and_what_it_is_of_is_not(kind: tuple[type[Engine], str], filled: Path) -> None:
    copy = kind[0].write(filled.with_name("copy"), kind[1], filled)
    copy.replace(OLD, NEW)
    copy.close()
    del copy

    assert whole(kind[0].read(filled.with_name("copy"), kind[1])) == triples(LINES.replace(OLD, NEW))
    assert whole(kind[0].read(filled, kind[1])) == triples(LINES)


def test_every_form_of_query_is_answered(kind: tuple[type[Engine], str], filled: Path) -> None:
    store = kind[0].read(filled, kind[1])
    rows = store.answer(Query("SELECT ?s ?o { ?s <part> ?o }", base="http://e/"))
    truth = store.answer(Query("ASK { <x:a> ?p ?o }"))
    elsewhere = store.answer(Query("ASK { <x:a> ?p ?o }", default_graphs=("x:other",)))

    assert isinstance(rows, QuerySolutions)
    assert [(row["s"].value, row["o"].value) for row in cast(Any, rows)] == [("x:b", "x:a")]
    assert isinstance(truth, QueryBoolean) and truth
    assert isinstance(elsewhere, QueryBoolean) and not elsewhere
    assert set(cast(Any, store.answer(Query("DESCRIBE <x:b>")))) >= triples(OLD)
    with pytest.raises(QuerySyntaxError):
        store.answer(Query("SELECT { ?s ?p"))


def test_a_store_that_is_not_there_is_told(kind: tuple[type[Engine], str], tmp_path: Path) -> None:
    with pytest.raises(SiteError, match=r"none: no triple store can be opened here"):
        kind[0].read(tmp_path / "none", kind[1])


# -- another kind ------------------------------------------------------------------------------------------------------


class House:
    """The program as it is, with one more file in `store/`, and a site whose setting names it."""

    def __init__(self, folder: Path, server: Server, word: str, where: str) -> None:
        self.folder, self.site, self.server = folder, folder / "site", server
        shutil.copytree(ROOT / "ld", folder / "ld", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(ROOT / "vocab", folder / "vocab")
        shutil.copyfile(Path(__file__).parent / "engines" / f"{word}.py", folder / "ld" / "store" / f"{word}.py")
        self.site.mkdir()
        settings = {"base": BASE, "title": "Example library", "publisher": "Example library"}
        told = {"engine": f"{word} {where}".strip(), "keep": 0, "processes": 1, "workers": 2} | settings
        (self.site / "site.toml").write_text("".join(f"{name} = {json.dumps(value)}\n" for name, value in told.items()))
        self.environment = {**os.environ, "PYTHONPATH": str(folder)}

    def run(self, *arguments: str) -> str:
        """What a command says, which must succeed."""
        command = [sys.executable, "-m", "ld", *arguments, "--site", "site"]
        found = subprocess.run(command, cwd=self.folder, env=self.environment, capture_output=True, text=True)
        assert found.returncode == 0, found.stderr
        return found.stdout

    @contextmanager
    def served(self) -> Iterator[str]:
        """The address of the SPARQL door of the running server."""
        address = f"127.0.0.1:{free_port()}"
        command = [sys.executable, "-m", "ld", "serve", "--site", "site", "--bind", address]
        with subprocess.Popen(command, cwd=self.folder, env=self.environment, stderr=subprocess.DEVNULL) as process:
            try:
                wait_until_it_answers(process, f"http://{address}/readyz")
                yield f"http://{address}/sparql"
            finally:
                process.send_signal(signal.SIGTERM)


@pytest.fixture(scope="module", params=["plain", "elsewhere"])
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house with another kind of engine, where all examples but one are published, and then the rest."""
    with serving() as server:
        where = server.url if request.param == "elsewhere" else ""
        found = House(tmp_path_factory.mktemp("house"), server, request.param, where)
        others = [str(one) for one in sorted(EXAMPLES.iterdir()) if one.suffix != ".ttl" and one.name != "thesis.json"]
        found.run("publish", *others)
        found.run("publish", str(EXAMPLES / "thesis.json"))
        yield found


def asked(url: str, query: str, form: str = "json") -> requests.Response:
    """The answer to a query, which must be one."""
    answer = requests.get(url, {"query": query, "format": form}, timeout=PATIENCE)
    assert answer.ok, answer.text
    return answer


def test_what_is_published_is_in_another_engine_whole(house: House, generation: Generation) -> None:
    """Built, then updated, then asked: the triples are those of Oxigraph, where all was published at once."""
    query = "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o FILTER(CONTAINS(STR(?s), '/record/')) }"
    expected = set(cast(Any, engine.opened(generation.store).answer(Query(query))))
    found = house.run("query", query, "--format", "nt")
    stats = json.loads(house.run("stats", "--json"))

    assert triples(found) == expected
    assert stats["records"] == generation.manifest.counts["records"]
    assert f"\n{stats['stored']}\n" in house.run("query", "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "--format", "csv")


def test_another_engine_answers_over_http(house: House, generation: Generation) -> None:
    with house.served() as url:
        rows = asked(url, "PREFIX bibo: <http://purl.org/ontology/bibo/> SELECT ?s { ?s a bibo:Thesis } ORDER BY ?s")
        wrong = requests.get(url, {"query": "SELECT * {\n ?s ?p ) }"}, timeout=PATIENCE)
        cut = requests.get(url, {"query": "SELECT * { ?s ?p ?o }", "truncate": "1"}, timeout=PATIENCE)
        thing = rows.json()["results"]["bindings"][0]["s"]["value"]
        document = requests.get(
            url.removesuffix("sparql") + thing.removeprefix(BASE).removesuffix("#it") + ".nt", timeout=PATIENCE
        )
        described = asked(url, f"DESCRIBE <{thing}>", "nt")

    assert triples(described.content) == triples(document.content)
    assert triples(house.run("query", f"DESCRIBE <{thing}>", "--format", "nt")) == triples(document.content)
    assert (wrong.status_code, wrong.json()["line"], wrong.json()["column"]) == (400, 2, 8)
    assert cut.ok


@pytest.mark.parametrize("house", ["elsewhere"], indirect=True)
def test_what_another_engine_keeps_elsewhere_goes_with_its_generation(house: House) -> None:
    """With `keep = 0` nothing is left of earlier generations, nor of one that was not finished."""
    (live,) = house.site.glob("generations/*/store")
    begun = house.site / "generations" / "20000101T000000Z.part" / "store"
    begun.mkdir(parents=True)
    shutil.copy(live / "engine.json", begun)
    Elsewhere.write(begun, house.server.url).bulk([LINES.encode()])
    assert len(house.server.graphs()) == 2

    house.run("publish", str(EXAMPLES / "thesis.json"), "--again")

    (live,) = house.site.glob("generations/*/store")
    assert house.server.graphs() == [(live / "graph").read_text()]


@pytest.mark.slow
def test_a_generation_stays_with_its_engine_unless_another_is_chosen(house: House) -> None:
    """Where the setting no longer says so, an update goes on as before; another engine is filled from what is kept."""
    settings = house.site / "site.toml"
    kept = settings.read_text()
    settings.write_text("".join(line for line in kept.splitlines(keepends=True) if not line.startswith("engine")))
    house.run("publish", str(EXAMPLES / "thesis.json"))
    (same,) = house.site.glob("generations/*/store")
    assert (same / "engine.json").exists()

    settings.write_text(f'engine = "oxigraph"\n{kept.partition(chr(10))[2]}')
    house.run("publish", str(EXAMPLES / "thesis.json"))
    (other,) = house.site.glob("generations/*/store")

    assert Oxigraph.read(other).count() == json.loads(house.run("stats", "--json"))["stored"]
    assert not (other / "engine.json").exists()


@pytest.mark.parametrize("word", ["none", "engine", "../oxigraph", "os.path", "remote http://127.0.0.1/"])
def test_an_engine_that_is_none_is_refused_before_anything_is_read(tmp_path: Path, word: str) -> None:
    with pytest.raises(SettingError, match=r"no kind of triple store is called .*: there are oxigraph$"):
        publish([str(EXAMPLES)], Settings(tmp_path, {"engine": word}, {}))

    assert not list(tmp_path.glob("generations/*"))


def test_a_note_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "engine.json").write_text("{")

    with pytest.raises(SiteError, match=r"engine\.json: cannot be read: .*: roll back or publish again"):
        engine.opened(tmp_path)


def test_rdflib_sees_the_triples_of_oxigraph_as_they_are(tmp_path: Path) -> None:
    store = engine.written(tmp_path / "store")
    store.bulk([LINES.encode()])
    store.close()
    del store

    assert triples(dataset(tmp_path / "store").default_graph.serialize(format="nt")) == triples(LINES)
    with pytest.raises(SiteError, match="ask it in SPARQL"):
        Plain.write(tmp_path / "plain").view()
