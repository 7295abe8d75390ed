"""Hostile queries and searches against a running server while others read: `bench/soak.py`, in short."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import BASE, EXAMPLES, ROOT
from waiting import HOUR, PATIENCE

from ld.publish.run import publish
from ld.settings import Settings

pytestmark = [
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are looked at in Linux's /proc"),
    pytest.mark.skipif(not (ROOT / "bench").is_dir(), reason="bench/ is not here"),
    pytest.mark.slow,
]
MEMORY = 256
# Four threads with the stack that granian's have ask for all searches at once; where it overflows, the process ends.
SMALL_STACK = """
import sys, threading
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from bombs import searches
from ld.site.live import Live
index, found = Live(Path(sys.argv[2])).current().index, []
def ask():
    found.append([index.search(text.decode("utf-8", "replace")).total for text in searches().values()])
threading.stack_size(2 << 20)
threads = [threading.Thread(target=ask) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(len(found), len(set(map(tuple, found))), len(found[0]))
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with every example published."""
    found = tmp_path_factory.mktemp("soak") / "site"
    publish([str(EXAMPLES)], Settings(found, {"base": BASE}, {}))
    return found


def soaked(site: Path, part: str, limit: float) -> dict[str, Any]:
    """All that was seen while this part of the bombs was sent, with this time limit."""
    command = [sys.executable, str(ROOT / "bench" / "soak.py"), "--site", str(site), "--work", str(site.parent / part)]
    options = ["--part", part, "--limit", str(limit), "--memory", str(MEMORY), "--readers", "3", "--json"]
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def stopped(site: Path) -> dict[str, Any]:
    """All that was seen of what a limit may stop; it is one that is soon reached."""
    return soaked(site, "stopped", 1)


@pytest.fixture(scope="module")
def answered(site: Path) -> dict[str, Any]:
    """All that was seen of searches and of what is answered in any case; no time limit is reached."""
    return soaked(site, "answered", HOUR)


@pytest.fixture(params=["stopped", "answered"])
def seen(request: pytest.FixtureRequest) -> dict[str, Any]:
    """All that was seen, in one part and the other."""
    found: dict[str, Any] = request.getfixturevalue(request.param)
    return found


def test_every_bomb_gets_the_answer_that_is_promised(seen: dict[str, Any]) -> None:
    assert [one for one in seen["bombs"] if not one["right"]] == []
    assert len(seen["bombs"]) > 15


def test_no_search_ends_the_server(answered: dict[str, Any]) -> None:
    """Whatever text comes from four connections at once, each is answered, by the processes that served before."""
    assert [one for one in answered["searches"] if one["statuses"] != [200] * 8] == []
    assert len(answered["searches"]) > 50
    assert answered["same"]


def test_no_search_overflows_a_stack_of_2_mib(site: Path) -> None:
    command = [sys.executable, "-c", SMALL_STACK, str(ROOT / "bench"), str(site)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)

    assert done.returncode == 0, done.stderr
    threads, answers, searches = map(int, done.stdout.split())
    assert (threads, answers) == (4, 1)  # each has found the same
    assert searches > 50


def test_what_is_stopped_says_which_limit_it_met(stopped: dict[str, Any]) -> None:
    met = [one for one in stopped["bombs"] if one["status"] in (503, 504)]

    assert len(met) > 10
    for one in met:
        assert ("time limit" if one["status"] == 504 else "memory limit") in one["said"], one
        assert one["freed"] is not None, one


def test_no_worker_takes_much_more_than_its_limit(seen: dict[str, Any]) -> None:
    assert 0 < max(one["peak"] for one in seen["bombs"]) < (MEMORY + 150) << 20


def test_record_pages_never_fail_meanwhile(seen: dict[str, Any]) -> None:
    assert seen["failed"] == []
    assert seen["pages"] > len(seen["bombs"])


def test_nobody_is_visited(seen: dict[str, Any]) -> None:
    assert seen["visits"] == 0


def test_memory_and_processes_return_to_their_number(seen: dict[str, Any]) -> None:
    before, after = seen["memory"]
    assert after < before + (100 << 20)
    assert seen["processes"][1] <= seen["processes"][0] + 1


def test_many_at_once_are_stopped_or_told_to_come_back(stopped: dict[str, Any]) -> None:
    assert stopped["together"]
    assert set(stopped["together"]) <= {"503", "504", "429"}


def test_nothing_is_left_when_the_server_ends(seen: dict[str, Any]) -> None:
    assert seen["left"] == 0
