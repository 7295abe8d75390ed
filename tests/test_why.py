"""Where each statement comes from is found out beside the web process, and costs nobody else anything."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import BASE, SEED
from flask import Flask
from flask.testing import FlaskClient
from waiting import PATIENCE, wait

from ld.errors import WhyError
from ld.record import Source
from ld.site.generation import Generation
from ld.site.why import Explainer, Question

PATH = f"/record/{SEED}/why"
TITLE = "http://purl.org/dc/terms/title"


@pytest.fixture
def explainer() -> Iterator[Explainer]:
    """An explainer of one's own, that has patience with a slow machine."""
    found = Explainer(Path("none"), seconds=PATIENCE)
    yield found
    found.close()


@pytest.fixture
def question(generation: Generation) -> Question:
    """The question where the statements of the seed come from."""
    source = generation.documents.source(f"record/{SEED}")
    assert source
    return Question(source, BASE, "https://creativecommons.org/publicdomain/zero/1.0/")


def process(explainer: Explainer) -> int:
    """The process that explains."""
    (child,) = explainer._children
    return child.process.pid


def test_it_tells_of_every_triple_the_field_the_value_and_the_row(client: FlaskClient) -> None:
    found = client.get(f"{PATH}?format=json").get_json()
    (title,) = [one for one in found["triples"] if one["triple"].startswith(f"<{BASE}record/{SEED}#it> <{TITLE}>")]

    assert list(found) == ["id", "place", "how", "remarks", "triples"]
    assert found["id"] == SEED
    assert found["place"] == "seed.txt, record 1, line 1"
    assert (title["thing"], title["field"]) == ("work", "title")
    assert title["value"].startswith("Toward Co-productive Learning?")
    assert title["row"].startswith("mapping.csv:")
    lines = set(client.get(f"/record/{SEED}.nt").text.splitlines())
    assert {one["triple"] for one in found["triples"] if f"{SEED}#it>" in one["triple"].split()[0]} <= lines


def test_the_web_process_reads_no_sources() -> None:
    """Neither the readers nor the mapping are loaded by what serves: strangers' records are never parsed there."""
    script = (
        "import sys, ld.web.server, ld.web; print([n for n in sys.modules if n.startswith(('ld.readers', 'lxml'))])"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_robots_are_told_to_leave_it(client: FlaskClient) -> None:
    """RFC 9309 §2.2.3: * is any path, and $ its end."""
    lines = client.get("/robots.txt").text.splitlines()

    assert {"Disallow: /*/why$", "Disallow: /*/why?"} <= set(lines)


def test_a_source_that_is_no_record_is_not_explained(explainer: Explainer, question: Question) -> None:
    assert explainer.explain(Question(Source("solr", "{}", "x"), BASE, question.licence)) is None
    assert explainer.explain(question) is not None


def test_a_process_that_ended_is_replaced(explainer: Explainer, question: Question) -> None:
    first = explainer.explain(question)
    ended = process(explainer)
    os.kill(ended, signal.SIGKILL)

    assert explainer.explain(question) == first
    assert process(explainer) != ended


def test_what_takes_too_long_is_killed(
    explainer: Explainer, question: Question, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a record would on which a parser never ends; the next one has a process of its own."""
    first = explainer.explain(question)
    stuck = process(explainer)
    os.kill(stuck, signal.SIGSTOP)

    with monkeypatch.context() as impatient, pytest.raises(WhyError, match=r"within 0\.1 s"):
        impatient.setattr(explainer, "_seconds", 0.1)
        explainer.explain(question)

    assert not Path(f"/proc/{stuck}").exists()
    assert explainer.explain(question) == first


def test_only_so_many_wait(question: Question) -> None:
    """Each holds a thread of the server: whoever comes too much is told at once to come again."""
    explainer = Explainer(Path("none"), seconds=PATIENCE, most=2)
    explainer.explain(question)
    os.kill(process(explainer), signal.SIGSTOP)
    answers: list[object] = []
    waiting = [threading.Thread(target=lambda: answers.append(explainer.explain(question))) for _ in range(2)]
    for one in waiting:
        one.start()
    wait(lambda: not explainer._places._value)

    with pytest.raises(WhyError, match="Too many"):
        explainer.explain(question)

    os.kill(process(explainer), signal.SIGCONT)
    for one in waiting:
        one.join()
    assert len(answers) == 2
    assert None not in answers
    explainer.close()


def test_over_http_it_is_a_503_that_says_when_to_come_again(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    state = app.extensions["shelfgraph"]
    monkeypatch.setattr(state, "why", Explainer(Path("none"), most=1))
    assert state.why._places.acquire()

    response = app.test_client().get(PATH)

    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert "Too many records are being explained" in response.get_json(force=True)["detail"]


def test_the_process_ends_with_its_parent() -> None:
    script = (
        "import sys; from pathlib import Path\n"
        "from ld.record import Source; from ld.site.why import Explainer, Question\n"
        "found = Explainer(Path('none')); found.explain(Question(Source('solr', '{}', 'x'), 'http://x/', 'http://y/'))\n"
        "print(found._children[0].process.pid, flush=True); sys.stdin.read()"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", script], text=True, **pipes) as parent:  # type: ignore[call-overload]
        child = Path("/proc") / parent.stdout.readline().strip()
        assert child.exists()
        parent.kill()
        parent.wait()
        wait(lambda: not child.exists() or ") Z " in (child / "stat").read_text())
