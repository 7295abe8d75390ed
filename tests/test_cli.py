"""The command line as a person meets it: real processes, real files, clear messages, right exit codes."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner
from conftest import BASE, EXAMPLES, ROOT, SEED, SHARED, free_port
from pyoxigraph import RdfFormat, parse
from waiting import PATIENCE, wait_until_it_answers

from ld.cli import VERBS, main


def shelfgraph(*arguments: str, cwd: Path, text: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command as a process of its own."""
    command = [sys.executable, "-W", "error", "-m", "ld", *arguments]
    return subprocess.run(command, cwd=cwd, input=text, capture_output=True, text=True, timeout=PATIENCE, check=False)


def failed(done: subprocess.CompletedProcess[str], code: int, *words: str) -> None:
    """Assert one clear message, the exit code, and no traceback."""
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("shelfgraph: ") or "rejected" in done.stderr or "Usage" in done.stderr, done.stderr
    for word in words:
        assert word in done.stderr


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working folder with a published site in it."""
    found = tmp_path_factory.mktemp("work")
    done = shelfgraph("publish", str(EXAMPLES), "--base", BASE, cwd=found)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert re.search(r"11 records read: 11 published, .* 0 rejected", done.stderr)
    return found


def test_help_teaches_every_verb(tmp_path: Path) -> None:
    done = shelfgraph("--help", cwd=tmp_path)

    assert shelfgraph("help", cwd=tmp_path).stdout == done.stdout
    for verb, (_, words) in VERBS.items():
        assert re.search(rf"^  {verb} +{words.split()[0]}", done.stdout, re.MULTILINE)


@pytest.mark.parametrize("verb", VERBS)
def test_help_of_a_verb_says_what_it_does(verb: str) -> None:
    """`help VERB` and `VERB --help` are the same, and hold the words that stand beside the verb in `help`."""
    run = CliRunner().invoke
    told = run(main, ["help", verb]).stdout

    assert told.rstrip() == run(main, [verb, "--help"]).stdout.rstrip()
    assert VERBS[verb][1].rstrip(".") in " ".join(told.split())


def test_help_of_a_verb_within_another() -> None:
    told = CliRunner().invoke(main, ["help", "config", "nginx"]).stdout

    assert re.match(r"Usage: \w+ config nginx \[OPTIONS\]", told)


def test_help_of_what_is_no_verb_is_wrong_usage(tmp_path: Path) -> None:
    failed(shelfgraph("help", "publsh", cwd=tmp_path), 2, "no verb 'publsh'", "`shelfgraph --help` lists")


def test_help_and_version_import_no_verb(tmp_path: Path) -> None:
    """What imports nothing is quick: the verbs bring the RDF libraries, the search and the web with them."""
    code = "import sys; from ld.cli import main; main([{!r}], standalone_mode=False); print({} & sys.modules.keys())"
    heavy = {"ld.commands", "ld.settings", "pyoxigraph", "flask", "lxml", "rdflib", "tantivy", "requests", "msgspec"}

    for word in ("--version", "--help", "help"):
        command = [sys.executable, "-c", code.format(word, heavy)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        assert done.stdout.splitlines()[-1] == "set()", word


@pytest.mark.parametrize(("form", "syntax"), [("nt", RdfFormat.N_TRIPLES), ("ttl", RdfFormat.TURTLE)])
def test_convert_writes_rdf_and_nothing_else(tmp_path: Path, form: str, syntax: RdfFormat) -> None:
    done = shelfgraph("convert", str(EXAMPLES / "seed.txt"), "--to", form, "--base", BASE, cwd=tmp_path)

    assert done.returncode == 0 and done.stderr == ""
    assert len({quad.triple for quad in parse(done.stdout.encode(), syntax)}) == 153


def test_convert_reads_standard_input(tmp_path: Path) -> None:
    text = (EXAMPLES / "seed.txt").read_text(encoding="utf-8")

    done = shelfgraph("convert", "-", "--to", "jsonld", cwd=tmp_path, text=text)

    assert json.loads(done.stdout)["bibo:doi"] == "10.3389/fsoc.2019.00036"


@pytest.mark.skipif(not SHARED.is_dir(), reason="the founders' reference is not beside this checkout")
def test_convert_gives_the_ideal_result(tmp_path: Path) -> None:
    seed = SHARED / "data" / "vufind-text" / "seed.txt"
    done = shelfgraph("convert", str(seed), "--to", "ttl", "--base", BASE, cwd=tmp_path)
    ideal = (SHARED / "mapping" / "seed-ideal.ttl").read_bytes()

    made = {quad.triple for quad in parse(done.stdout.encode(), RdfFormat.TURTLE)}
    assert made == {quad.triple for quad in parse(ideal, RdfFormat.TURTLE)}


def test_query_answers_on_standard_output(folder: Path) -> None:
    query = "SELECT ?doi { ?w <http://purl.org/ontology/bibo/doi> ?doi } ORDER BY ?doi"

    csv = shelfgraph("query", query, "--format", "csv", cwd=folder)
    asked = shelfgraph("query", "-", cwd=folder, text="ASK { ?s ?p ?o }")
    graph = shelfgraph("query", f"DESCRIBE <{BASE}record/c1>", "--format", "nt", cwd=folder)

    assert csv.stdout.split() == ["doi", "10.19230/jonnpr.1248", "10.3389/fsoc.2019.00036", "10.5555/12345678"]
    assert asked.stdout.strip() == "true"
    assert f"<{BASE}record/c1>" in graph.stdout


def test_query_mistakes(folder: Path) -> None:
    failed(shelfgraph("query", "SELECT ?x { ?x", cwd=folder), 1, "ine 1")
    failed(shelfgraph("query", "SELECT * { SERVICE <http://x/> { ?s ?p ?o } }", cwd=folder), 1, "SERVICE")
    failed(shelfgraph("query", "ASK {}", "--format", "ttl", cwd=folder), 2, "--format ttl", "json")


def test_stats_generations_and_json(folder: Path) -> None:
    stats = json.loads(shelfgraph("stats", "--json", cwd=folder).stdout)
    listed = json.loads(shelfgraph("generations", "--json", cwd=folder).stdout)

    assert stats["records"] == 11 and stats["type"]["ScholarlyArticle"] == 3
    assert [one["live"] for one in listed] == [True]
    for verb in ("stats", "generations"):
        assert shelfgraph(verb, cwd=folder).returncode == 0


def test_validate_reports_in_words(folder: Path) -> None:
    done = shelfgraph("validate", cwd=folder)

    assert done.returncode == 0, done.stdout
    assert "11 records checked, 0 violations" in done.stderr


@pytest.mark.slow
def test_publishing_again_and_rolling_back(tmp_path: Path) -> None:
    shelfgraph("publish", str(EXAMPLES / "book.json"), cwd=tmp_path)
    again = json.loads(shelfgraph("publish", str(EXAMPLES / "book.json"), "--json", cwd=tmp_path).stdout)
    back = shelfgraph("rollback", cwd=tmp_path)

    assert again["account"]["unchanged"] == 1
    assert back.returncode == 0 and "is live again" in back.stderr
    failed(shelfgraph("rollback", cwd=tmp_path), 1, "no earlier generation")


# -- bad input ---------------------------------------------------------------------------------------------------

BAD = {
    "not-utf8.jsonl": (b'{"id": "1", "title_short": "\xff\xfe"}\n', "not UTF-8"),
    "cut.json": (b'{"responseHeader": {}, "response": {"docs": [{"id": "1", "title', "line 1"),
    "cut.jsonl": (b'{"id": "1", "title_short": "a', "cut off"),
    "no-title.json": (b'{"id": "1", "title_short": ""}', "no title"),
    "no-id.json": (b'{"id": "", "title_short": "t", "title": "t"}', "no id"),
    "unknown.bin": (b"\x00\x01\x02 nothing known", "--as"),
    "empty.txt": (b"", "empty"),
    "field.json": (
        b'{"id": "1", "title": "t", "title_short": "t", "description": "' + b"x" * 50_000_000 + b'"}',
        "limit",
    ),
    "broken.xml": (b"<OAI-PMH><ListRecords><record>", "XML"),
    "bomb.xml": (
        b'<!DOCTYPE a [<!ENTITY b "b">]><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><record/></OAI-PMH>',
        "DOCTYPE",
    ),
    "cut.json.gz": (b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xab", "gzip"),
    "deep.json": (b'{"id":"1","title_short":' + b"[" * 20_000 + b"]" * 20_000 + b"}", "deep"),
}


@pytest.fixture(scope="module")
def chapter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with one record, to be copied."""
    found = tmp_path_factory.mktemp("chapter")
    assert shelfgraph("publish", str(EXAMPLES / "chapter.json"), cwd=found).returncode == 0
    return found / "site"


@pytest.mark.parametrize("name", BAD)
def test_bad_input_gets_one_clear_message(chapter: Path, tmp_path: Path, name: str) -> None:
    data, word = BAD[name]
    (tmp_path / name).write_bytes(data)
    shutil.copytree(chapter, tmp_path / "site", symlinks=True)
    live = (tmp_path / "site" / "current").readlink()

    done = shelfgraph("publish", name, cwd=tmp_path)

    said = done.stderr + (tmp_path / "site" / "rejects.jsonl").read_text(encoding="utf-8")
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr and done.stderr.startswith("shelfgraph: ")
    assert word in said and name in said
    assert (tmp_path / "site" / "current").readlink() == live


def test_one_bad_record_never_stops_a_run(tmp_path: Path) -> None:
    lines = [
        b'{"id": "1", "title_short": "one"}',
        b'{"id": "2", "title_short": "\xff"}',
        b'{"id": "3"',
        b'{"id": "4", "title_short": "four"}',
    ]
    (tmp_path / "in.jsonl").write_bytes(b"\n".join(lines))

    done = shelfgraph("publish", "in.jsonl", cwd=tmp_path)

    rejects = [json.loads(line) for line in (tmp_path / "site" / "rejects.jsonl").read_text().splitlines()]
    assert done.returncode == 0
    assert "4 records read: 2 published" in done.stderr and "2 rejected" in done.stderr
    assert [one["place"] for one in rejects] == ["in.jsonl, line 2", "in.jsonl, line 3"]


def test_usage_mistakes(tmp_path: Path) -> None:
    failed(shelfgraph("publish", "missing.json", cwd=tmp_path), 1, "missing.json", "cannot be read")
    failed(shelfgraph("publish", cwd=tmp_path), 2)
    failed(shelfgraph("publish", str(EXAMPLES), "--base", "not a url", cwd=tmp_path), 2, "base")
    failed(shelfgraph("serve", cwd=tmp_path), 1, "nothing is published here")
    failed(shelfgraph("stats", cwd=tmp_path), 1, "nothing is published here")
    (tmp_path / "empty").mkdir()
    failed(shelfgraph("publish", "empty", cwd=tmp_path), 1, "empty", "no file")
    (tmp_path / "site").mkdir(exist_ok=True)
    (tmp_path / "site" / "site.toml").write_text("bsae = 1\n")
    failed(shelfgraph("settings", cwd=tmp_path), 2, "bsae")


def test_debug_shows_the_traceback(tmp_path: Path) -> None:
    done = shelfgraph("--debug", "publish", "missing.json", cwd=tmp_path)

    assert done.returncode == 1 and "Traceback" in done.stderr


# -- a source on the web -----------------------------------------------------------------------------------------


@contextmanager
def serving(body: bytes, status: int = 200) -> Iterator[str]:
    """Serve one body at any address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/solr/biblio/select?q=*:*"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_solr_answer_is_read_from_its_url(tmp_path: Path) -> None:
    with serving((EXAMPLES / "thesis.json").read_bytes()) as url:
        done = shelfgraph("convert", url, "--base", BASE, cwd=tmp_path)

    assert f"<{BASE}record/t1#it>" in done.stdout


def test_a_url_that_fails_is_told(tmp_path: Path) -> None:
    with serving(b"", 503) as url:
        failed(shelfgraph("convert", url, cwd=tmp_path), 1, "503", url)
    failed(shelfgraph("convert", "http://127.0.0.1:1/", cwd=tmp_path), 1, "http://127.0.0.1:1/")


# -- the server as a process -------------------------------------------------------------------------------------


def test_serve_answers_and_ends_cleanly(folder: Path) -> None:
    port = free_port()
    root = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "ld", "serve", "--bind", f"127.0.0.1:{port}"]
    with subprocess.Popen(command, cwd=folder, stderr=subprocess.DEVNULL, start_new_session=True) as server:
        try:
            wait_until_it_answers(server, f"{root}/readyz")
            record = requests.get(f"{root}/record/{SEED}", headers={"Accept": "text/turtle"}, timeout=PATIENCE)
            asked = requests.get(f"{root}/sparql", params={"query": "ASK { ?s ?p ?o }"}, timeout=PATIENCE)
            busy = shelfgraph("serve", "--bind", f"127.0.0.1:{port}", cwd=folder)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(PATIENCE)

    assert record.headers["Content-Type"] == "text/turtle; charset=utf-8"
    assert len({quad.triple for quad in parse(record.content, RdfFormat.TURTLE)}) == 153
    assert asked.json()["boolean"] is True
    failed(busy, 1, f"127.0.0.1:{port}", "--bind")


# -- every night -------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_publish_every_night(tmp_path: Path) -> None:
    """New input, deletions from a file, the whole catalogue, a new description, and back: each says what it did."""
    source, gone = tmp_path / "in.jsonl", tmp_path / "gone.txt"
    rows = [{"id": f"r{n}", "title": f"Title {n}", "title_short": "", "format": ["Book"]} for n in range(4)]
    source.write_text("".join(json.dumps(row) + "\n" for row in rows))
    gone.write_text("r1\nr2\tr3\tThe same as another one.\n\n")

    def said(*arguments: str) -> str:
        done = shelfgraph("publish", *arguments, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        return done.stderr

    assert "4 published" in said(str(source))
    assert "0 records read" in (told := said("--delete", str(gone))) and "2 deleted" in told
    assert "1 deleted" in said("--delete", "r0")
    assert "0 deleted, 1 to delete not found" in said("--delete", "gone.tx")
    source.write_text(json.dumps(rows[1]) + "\n")
    assert "1 published" in (told := said(str(source), "--full")) and "1 deleted" in told
    assert "1 described anew" in said("--again")
    assert shelfgraph("rollback", cwd=tmp_path).returncode == 0
    failed(shelfgraph("publish", cwd=tmp_path), 2, "name a SOURCE")
    failed(shelfgraph("publish", "--full", "--delete", "r1", cwd=tmp_path), 2, "name a SOURCE")
    failed(shelfgraph("publish", "--again", "--site", "other", cwd=tmp_path), 2, "nothing is published here yet")


def test_progress_for_machines(tmp_path: Path) -> None:
    """With --json each line on standard error is one step, and standard output is the manifest."""
    source = tmp_path / "in.jsonl"
    rows = ({"id": f"r{n}", "title": f"Title {n}", "title_short": "", "format": ["Book"]} for n in range(6000))
    source.write_text("".join(json.dumps(row) + "\n" for row in rows))

    done = shelfgraph("publish", str(source), "--json", cwd=tmp_path)

    steps = [json.loads(line) for line in done.stderr.splitlines()]
    assert steps and {"stage", "done", "total", "unit", "records", "seconds"} <= steps[0].keys()
    assert json.loads(done.stdout)["account"]["published"] == 6000
