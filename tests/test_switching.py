"""Generations are switched under a running server: no request is lost, no answer is torn, nothing damaged goes live."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from conftest import BASE, ROOT, free_port
from msgspec import Struct
from waiting import PATIENCE, pause, wait, wait_until_it_answers

import ld.publish.generations
import ld.site.checksums
import ld.site.generation
from ld.errors import SiteError
from ld.publish.generations import building, finish, prune, rollback, switch
from ld.settings import Settings
from ld.site.checksums import sha256
from ld.site.generation import Account, Generation, Manifest, generations
from ld.site.live import Live
from ld.web import create_app

QUERY = "SELECT ?t { ?w a <http://purl.org/ontology/bibo/Document> ; <http://purl.org/dc/terms/title> ?t }"
TITLE = "SELECT ?t { <%srecord/a#it> <http://purl.org/dc/terms/title> ?t }" % BASE  # noqa: UP031 - braces
ASKED = (
    ("/record/a", "text/html"),
    ("/record/a.ttl", "*/*"),
    (f"/sparql?query={requests.utils.quote(TITLE)}", "text/csv"),
    ("/dump/catalogue.csv", "*/*"),
    ("/search?q=title&format=json", "*/*"),
)


class Seen(Struct, frozen=True):
    """One answer: what was asked, its status, the generation it names and the title in it."""

    asked: str
    status: int
    version: str
    title: str


# -- the public commands -----------------------------------------------------------------------------------------------


def command(site: Path, verb: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command of `shelfgraph` on the site."""
    env = os.environ | {"SHELFGRAPH_BASE": BASE, "SHELFGRAPH_KEEP": "0"} | environment
    line = [sys.executable, "-m", "ld", verb, *arguments, "--site", str(site)]
    return subprocess.run(line, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=PATIENCE)


def publish(site: Path, title: str, **environment: str) -> str:
    """Publish one record with this title, and return the id of the generation."""
    source = site.with_suffix(".jsonl")
    source.write_text(json.dumps({"id": "a", "title": title, "title_short": title, "format": ["Book"]}) + "\n")
    done = command(site, "publish", str(source), **environment)
    assert done.returncode == 0, done.stderr
    return live(site)


def live(site: Path) -> str:
    """The id of the generation that the symlink names."""
    return (site / "current").readlink().name


@contextmanager
def serving(site: Path, processes: int = 1) -> Iterator[str]:
    """Run `shelfgraph serve` on a free port, and give its address; what it says goes to `serve.log`."""
    bind = f"127.0.0.1:{free_port()}"
    env = os.environ | {"SHELFGRAPH_QUERY_PER_CLIENT": "8", "SHELFGRAPH_BIND": bind}
    env["SHELFGRAPH_PROCESSES"] = str(processes)
    line = [sys.executable, "-m", "ld", "serve", "--site", str(site)]
    with (site / "serve.log").open("w") as log, subprocess.Popen(line, cwd=ROOT, env=env, stderr=log) as server:
        try:
            wait_until_it_answers(server, f"http://{bind}/readyz")
            yield f"http://{bind}"
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(PATIENCE)


def folders(site: Path) -> list[str]:
    """The folders of the generations, finished or not."""
    return sorted(path.name for path in (site / "generations").iterdir())


def workers(generation: str) -> list[str]:
    """The SPARQL workers that have the store of this generation open."""
    listed = subprocess.run(["ps", "-ww", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if "ld.sparql.worker" in line and generation in line]


def version(url: str) -> str:
    """The generation that answers."""
    return requests.get(f"{url}/healthz", timeout=PATIENCE).headers.get("Dataset-Version", "")


@contextmanager
def asking(url: str, clients: int = 3) -> Iterator[list[Seen]]:
    """Ask for pages, data, queries and dumps all the time, on connections kept alive, and give what is seen."""
    seen: list[Seen] = []
    over = threading.Event()

    def client(n: int) -> None:
        with requests.Session() as session:
            while not over.is_set():
                for path, accept in ASKED[n:] + ASKED[:n]:
                    answer = session.get(url + path, headers={"Accept": accept}, timeout=PATIENCE)
                    found = re.search(r"Title \d+", answer.text)
                    name = answer.headers.get("Dataset-Version", "")
                    seen.append(Seen(path, answer.status_code, name, found[0] if found else ""))
                    over.wait(0.03)

    with ThreadPoolExecutor(clients) as pool:
        running = [pool.submit(client, n) for n in range(clients)]
        try:
            yield seen
        finally:
            over.set()
    for one in running:
        one.result()  # raises where a connection was lost


# -- under a running server --------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_no_request_is_lost_and_no_answer_is_torn(tmp_path: Path) -> None:
    """Publishing and rolling back, with nothing kept, while clients ask: each answer is whole, of one generation."""
    site = tmp_path / "site"
    titles = {publish(site, "Title 0"): "Title 0"}
    switched: list[str] = []

    def switches() -> None:
        """Each client gets answers of the generation that has become live, of all that it asks."""
        switched.append(live(site))
        before = len(seen)
        wait(lambda: {one.asked for one in seen[before:] if one.version == switched[-1]} == {path for path, _ in ASKED})

    with serving(site, processes=2) as url, asking(url) as seen:
        for n, keep in ((1, "0"), (2, "1")):
            titles[publish(site, f"Title {n}", SHELFGRAPH_KEEP=keep)] = f"Title {n}"
            switches()
        assert command(site, "rollback").returncode == 0
        switches()
        titles[publish(site, "Title 3")] = "Title 3"
        switches()

    assert {one.status for one in seen} == {200}
    assert not [one for one in seen if one.title != titles[one.version]]
    assert switched == [*list(titles)[1:3], list(titles)[1], list(titles)[3]]
    assert "not taken over" not in (site / "serve.log").read_text()


@pytest.mark.slow
def test_what_is_still_read_is_removed_by_a_later_publish(tmp_path: Path) -> None:
    """A server that has gone on to a newer generation lets go of the one before, and ends its workers."""
    site = tmp_path / "site"
    first = publish(site, "Title 1")

    with serving(site) as url:
        assert requests.get(f"{url}/sparql", params={"query": TITLE}, timeout=PATIENCE).ok
        assert workers(first)
        second = publish(site, "Title 2")
        still_read = folders(site)
        wait(lambda: version(url) == second)
        wait(lambda: not workers(first))
        third = publish(site, "Title 3")

    assert still_read == [first, second]
    assert folders(site) == [second, third]


def test_with_nothing_kept_only_the_live_generation_stays(tmp_path: Path) -> None:
    """The publisher itself lets go of what it read."""
    site = tmp_path / "site"
    publish(site, "Title 1")
    second = publish(site, "Title 2")

    assert folders(site) == [second]


@pytest.mark.slow
def test_a_damaged_generation_is_not_taken_over(tmp_path: Path) -> None:
    """One line says why; the one before is served until there is a whole one."""
    site = tmp_path / "site"
    first = publish(site, "Title 1")
    second = publish(site, "Title 2", SHELFGRAPH_KEEP="9")
    rollback(site)
    tables = (site / "generations" / second / "store").glob("*.sst")
    flip(next(table for table in tables if table.stat().st_nlink == 1))  # the others are those of the first too

    with serving(site) as url:
        assert version(url) == first
        switch(site, second)
        wait(lambda: "not taken over" in (site / "serve.log").read_text())
        pause()  # it is looked at twice a second
        served = version(url), "Title 1" in requests.get(f"{url}/record/a", timeout=PATIENCE).text
        rollback(site)
        third = publish(site, "Title 3")
        wait(lambda: version(url) == third)

    said = (site / "serve.log").read_text()
    assert served == (first, True)
    assert said.count("not taken over") == 1
    assert re.search(rf"generation {second} is not taken over, {first} is still served: .*sst: differs", said)


def test_a_vanished_generation_is_not_taken_over(tmp_path: Path) -> None:
    site = tmp_path / "site"
    first = publish(site, "Title 1")

    with serving(site) as url:
        (site / "other").symlink_to("generations/20990101T000000Z")
        (site / "other").replace(site / "current")
        wait(lambda: "20990101T000000Z is not taken over" in (site / "serve.log").read_text())
        served = version(url)
        (site / "current").unlink()
        pause()

        assert served == version(url) == first


def flip(path: Path) -> None:
    """Flip the bits of one byte, as a failing disk does."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)


# -- in one process ----------------------------------------------------------------------------------------------------


def test_a_site_that_is_published_after_the_server_started(tmp_path: Path) -> None:
    site = tmp_path / "site"
    app = create_app(Settings(site, {"base": BASE}, {}))
    client = app.test_client()
    wait(lambda: "nothing is published here" in client.get("/readyz").text)
    before = client.get("/readyz")

    made(site)
    wait(lambda: client.get("/readyz").status_code == 200)
    app.extensions["shelfgraph"].close()

    assert (before.status_code, before.headers["Retry-After"]) == (503, "5")


FORKING = """
import os, sys, time
from pathlib import Path
from ld.publish.generations import prune, switch
from ld.settings import Settings
from ld.web import create_app
site = Path(sys.argv[1])
app = create_app(Settings(site, {}, {}))
first = app.test_client().get("/robots.txt").headers["Dataset-Version"]
inlet, outlet = os.pipe()
child = os.fork()
seen = [app.test_client().get("/robots.txt").headers["Dataset-Version"]]
if child:
    assert os.read(inlet, 1)
    switch(site, sys.argv[2])
else:
    os.write(outlet, b".")
while seen[-1] == first:
    time.sleep(0.1)
    seen.append(app.test_client().get("/robots.txt").headers["Dataset-Version"])
assert seen[0] == first and seen[-1] == sys.argv[2], seen
if child:
    assert os.waitpid(child, 0)[1] == 0
    assert prune(site, 0) == [first]
"""


def test_a_forked_server_watches_for_itself(tmp_path: Path) -> None:
    """As under gunicorn --preload: the child has a watching thread and a lock of its own, the parent keeps its own."""
    site = tmp_path / "site"
    first, second = made(site, "Title 1"), made(site, "Title 2")
    switch(site, first)

    line = [sys.executable, "-c", FORKING, str(site), second]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE)

    assert done.returncode == 0, done.stderr


# -- the folders -------------------------------------------------------------------------------------------------------


def made(site: Path, title: str = "A title", base: Path | None = None) -> str:
    """Build and switch to a generation, and return its id: the least that can be opened."""
    template = site.with_name("template")
    if not template.is_dir():
        publish(template, "Title 0")
    with building(site) as folder:
        ready = next((template / "generations").iterdir())
        shutil.copytree(ready, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("manifest.json", "*.lock"))
        (folder / "note.txt").write_text(title)
        known = generations(template)[0]
        known.generation = folder.name.removesuffix(".part")
        name = finish(folder, known, base).name
        switch(site, name)
    return name


def test_a_generation_that_is_read_is_not_removed(tmp_path: Path) -> None:
    site = tmp_path / "site"
    first = made(site)
    reader = Live(site).current()
    second = made(site)

    kept = prune(site, 0), folders(site)
    reader.close()
    removed = prune(site, 0), folders(site)

    assert kept == ([], [first, second])
    assert removed == ([first], [second])


def test_a_reader_that_is_forgotten_lets_go(tmp_path: Path) -> None:
    site = tmp_path / "site"
    first = made(site)
    reader: Generation | None = Live(site).current()
    made(site)

    assert reader and reader.id == first
    assert prune(site, 0) == []
    reader = None
    assert prune(site, 0) == [first]


def test_a_site_that_cannot_be_written_is_served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = tmp_path / "site"
    name = made(site)
    (site / "generations" / name / "reading.lock").unlink()
    really = os.open

    def refuse(path: str, flags: int, mode: int = 0o777) -> int:
        if flags & (os.O_CREAT | os.O_WRONLY | os.O_RDWR):
            raise PermissionError(path)
        return really(path, flags, mode)

    monkeypatch.setattr(os, "open", refuse)

    assert Live(site).current().id == name
    assert not (site / "generations" / name / "reading.lock").exists()


def test_a_folder_is_never_half_removed_under_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed while it removes a generation, a publisher leaves one that nobody takes for a finished one."""
    site = tmp_path / "site"
    first, second = made(site), made(site)

    with monkeypatch.context() as killed:
        killed.setattr(shutil, "rmtree", lambda path, **_: None)
        prune(site, 0)

    assert folders(site) == [f"{first}.removing", second]
    assert [one.generation for one in generations(site)] == [second]
    with pytest.raises(SiteError, match="no earlier generation"):
        rollback(site)
    with building(site) as part:
        assert folders(site) == [second, part.name]


def test_leftovers_are_swept_even_while_orphans_write_on(tmp_path: Path) -> None:
    site = tmp_path / "site"
    part = site / "generations" / "20200101T000000Z.part"
    part.mkdir(parents=True)
    (site / "current.new").symlink_to("generations/20200101T000000Z")
    (part / "manifest.json").write_text("{}")

    def orphan() -> None:
        for n in range(10_000):
            try:
                (part / str(n)).write_text("")
            except OSError:
                return

    writer = threading.Thread(target=orphan)
    writer.start()
    assert generations(site) == []
    with building(site) as folder:
        assert folders(site) == [folder.name]
        assert not (site / "current.new").is_symlink()
    writer.join()
    assert folders(site) == []


def test_ids_increase_while_the_clock_goes_back_or_stands_still(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site"
    ids = []

    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:
            return datetime(2026, 1, 2, 3, 4, 59 - 5 * min(len(ids), 3), tzinfo=UTC)

    monkeypatch.setattr(ld.publish.generations, "datetime", Clock)
    for _ in range(13):
        with building(site) as folder:
            ids.append(folder.name.removesuffix(".part"))
            folder.rename(folder.with_suffix(""))
        if len(ids) > 1:  # only the last is kept
            (site / "generations" / ids[-2]).rmdir()

    assert ids == sorted(set(ids))
    assert ids[:2] == ["20260102T030459Z", "20260102T030500Z"]


def test_rollback_goes_one_further_back_each_time(tmp_path: Path) -> None:
    site = tmp_path / "site"
    first, second, third = made(site), made(site), made(site)

    assert [rollback(site), rollback(site)] == [second, first]
    with pytest.raises(SiteError, match="no earlier generation"):
        rollback(site)
    fourth = made(site)
    assert rollback(site) == third < fourth


def test_rollback_finds_the_way_back_from_a_generation_that_is_gone(tmp_path: Path) -> None:
    site = tmp_path / "site"
    first, second, third = made(site), made(site), made(site)
    shutil.rmtree(site / "generations" / third)
    (site / "generations" / second / "manifest.json").write_text("{")

    assert rollback(site) == first


def test_neither_rollback_nor_pruning_comes_between_a_publish(tmp_path: Path) -> None:
    site = tmp_path / "site"
    first, second = made(site), made(site)

    with building(site):
        with pytest.raises(SiteError, match="another publish is at work"):
            rollback(site)
        assert prune(site, 0) == []
    assert live(site) == second
    assert rollback(site) == first


def test_only_a_finished_generation_is_switched_to(tmp_path: Path) -> None:
    site = tmp_path / "site"
    first, second = made(site), made(site)
    (site / "generations" / first / "manifest.json").unlink()

    with pytest.raises(SiteError, match=f"no finished generation is called '{first}': there are {second}"):
        switch(site, first)
    assert live(site) == second


def test_the_lock_is_not_inherited_by_other_programs(tmp_path: Path) -> None:
    """A worker that outlives a killed publisher must not keep the next one out."""
    with building(tmp_path):
        child = subprocess.Popen(["sleep", "infinity"], close_fds=False)
    try:
        with building(tmp_path):
            pass
    finally:
        child.kill()
        child.wait()


def test_whoever_may_read_the_folder_may_read_all_in_it(tmp_path: Path) -> None:
    """Some libraries write for the owner only; but one user may publish and another serve."""
    folder = tmp_path / "site" / "generations" / made(tmp_path / "site")

    assert {path.stat().st_mode & 0o777 for path in folder.rglob("*") if path.is_file()} == {0o644}


# -- checksums ---------------------------------------------------------------------------------------------------------


def test_a_hard_link_keeps_its_checksum(tmp_path: Path) -> None:
    """What the earlier generation says of a file holds for its link: a file that rotted is not blessed anew."""
    site = tmp_path / "site"
    first = site / "generations" / made(site)
    before = Generation(first).manifest.files
    flip(first / "note.txt")

    with building(site) as folder:
        os.link(first / "note.txt", folder / "linked.txt")
        shutil.copyfile(first / "note.txt", folder / "copied.txt")
        manifest = Manifest(
            folder.name.removesuffix(".part"), BASE, "", "full", "", {}, Account(), [], layout=ld.site.generation.LAYOUT
        )
        finished = finish(folder, manifest, first)

    assert manifest.files["linked.txt"] == before["note.txt"]
    assert manifest.files["copied.txt"] == sha256(finished / "copied.txt") != before["note.txt"]
    assert set(manifest.files) == {"linked.txt", "copied.txt"}


def test_a_file_that_was_verified_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, linked = tmp_path / "a", tmp_path / "b"
    folder.mkdir()
    linked.mkdir()
    (folder / "one").write_text("one")
    os.link(folder / "one", linked / "other")
    read: list[Path] = []

    def reading(path: Path) -> str:
        read.append(path)
        return sha256(path)

    monkeypatch.setattr(ld.site.checksums, "digests", lambda paths, threads: ((path, reading(path)) for path in paths))
    digest = sha256(folder / "one")

    ld.site.checksums.compare(folder, {"one": digest})
    ld.site.checksums.compare(linked, {"other": digest})
    assert read == [folder / "one"]
    with pytest.raises(SiteError, match="differs from its checksum"):
        ld.site.checksums.compare(linked, {"other": "0" * 64})
    os.utime(linked / "other", ns=(0, 1))
    ld.site.checksums.compare(folder, {"one": digest})
    assert read == [folder / "one", linked / "other", folder / "one"]


# -- power cuts --------------------------------------------------------------------------------------------------------


STEPS = """
import sys
from pathlib import Path
from ld.publish.generations import building, finish, prune, switch
from ld.site.generation import LAYOUT, Account, Manifest
site = Path(sys.argv[1])
for n in range(2):
    with building(site) as folder:
        (folder / "store").mkdir()
        (folder / "store" / "data").write_text(str(n))
        manifest = Manifest(folder.name.removesuffix(".part"), "", "", "full", "", {}, Account(), [], layout=LAYOUT)
        switch(site, finish(folder, manifest).name)
prune(site, 0)
"""


@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
def test_everything_is_on_the_disk_before_the_next_step(tmp_path: Path) -> None:
    """Files, then folders, then the folder's name, then the symlink; and nothing is removed before it lost its name."""
    calls = "fsync,rename,symlink,unlink,unlinkat,rmdir"
    line = ["strace", "-f", "-y", "-e", f"trace={calls}", "-o", str(tmp_path / "trace")]
    line += [sys.executable, "-c", STEPS, str(tmp_path / "site")]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE)
    if "ptrace" in done.stderr:
        pytest.skip("this system lets nobody trace")
    assert done.returncode == 0, done.stderr

    first, second = re.split(r"rename\(.*current\.new.*\n", (tmp_path / "trace").read_text())[:2]
    last = (tmp_path / "trace").read_text().rpartition("current.new")[2]
    in_order(
        first,
        r"fsync\(\d+<.*\.part/store/data>",
        r"fsync\(\d+<.*\.part/manifest\.json>",
        r"fsync\(\d+<.*\.part/store>",
        r"fsync\(\d+<.*\.part>",
        r"rename\(.*Z\.part\"",
        r"fsync\(\d+<.*/generations>",
        r"symlink\(\"generations/.*current\.new",
        r"fsync\(\d+<.*/site>",
    )
    in_order(second, r"fsync\(\d+<.*/site>", r"fsync\(\d+<.*\.part/store/data>", r"rename\(.*Z\.part\"")
    in_order(last, r"fsync\(\d+<.*/site>", r"rename\(.*Z\.removing\"", r"fsync\(\d+<.*/generations>", r"unlinkat\(")


def in_order(trace: str, *steps: str) -> None:
    """Fail where the steps do not follow each other in the trace."""
    at = 0
    for step in steps:
        found = re.compile(step).search(trace, at)
        assert found, f"{step} does not follow in\n{trace}"
        at = found.end()
