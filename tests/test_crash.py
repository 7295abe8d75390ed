"""A publisher that is killed, runs out of space or finds its source broken leaves the site whole."""

from __future__ import annotations

import gzip
import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from conftest import BASE, ROOT
from waiting import PATIENCE, seconds_of, wait

from ld.errors import SiteError, SourceError
from ld.publish.run import publish
from ld.readers.limits import LINE_BYTES
from ld.settings import Settings
from ld.site.generation import live_path
from ld.site.live import Live

# `.ci/run --all` kills more.
KILLS = int(os.environ.get("SHELFGRAPH_TEST_KILLS", "6"))


def records(n: int, round_: int = 0) -> str:
    rows = (
        {"id": f"r{i}", "title": f"Title {i} {round_ if i % 7 == 0 else ''}", "title_short": "", "format": ["Book"],
         "topic": [f"subject {i % 50}"], "publisher": [f"Publisher {i % 9}"], "description": f"Word{i} " * 200}
        for i in range(n)
    )  # fmt: skip
    return "".join(json.dumps(row) + "\n" for row in rows)


def command(source: Path, site: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "ld", "publish", str(source), "--site", str(site), "--base", BASE, *more]


def children(pid: int) -> set[int]:
    """The processes that a process has started."""
    try:
        return {int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}
    except OSError:
        return set()


def works(pid: int) -> bool:
    """Determine whether a worker of a publisher still runs."""
    try:
        return b"publish.workers" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def is_killed_midway(process: subprocess.Popen[bytes], moment: float) -> bool:
    """Kill a publisher after so many seconds, and see its workers end; return whether it was still at work."""
    with suppress(subprocess.TimeoutExpired):
        process.wait(moment)
    helpers = children(process.pid)
    process.kill()
    wait(lambda: not any(works(pid) for pid in helpers))
    return process.wait() == -signal.SIGKILL


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["1", "2"])
def test_killed_at_any_moment_the_site_stays_whole(tmp_path: Path, workers: str) -> None:
    """The live generation serves after each kill, and the next run starts clean."""
    site, source = tmp_path / "site", tmp_path / "in.jsonl"
    line = command(source, site, "--workers", workers)
    source.write_text(records(1500))
    subprocess.run(command(source, site), check=True, cwd=ROOT, capture_output=True)
    source.write_text(records(1500, 1))
    usual = seconds_of(lambda: subprocess.run([*line, "--again"], check=True, cwd=ROOT, capture_output=True))
    rng, midway, runs = random.Random(7), 0, 0
    while midway < KILLS:
        runs += 1
        source.write_text(records(1500, runs + 1))
        before = live_path(site)
        more = ["--again"] if runs % 2 else []  # built anew, or a copy changed
        process = subprocess.Popen([*line, *more], cwd=ROOT, stderr=subprocess.DEVNULL)
        if is_killed_midway(process, rng.uniform(usual / 6, usual)):
            midway += 1
        else:  # it has become quicker
            usual *= 0.8
        live = Live(site, verify=True).current()
        assert live.documents.get("record/r0") is not None
        assert live.id == live.manifest.generation and live.manifest.counts["records"] == 1500
        assert live_path(site) == before or process.returncode == 0 or live.path.name > before.name  # type: ignore[union-attr]
    subprocess.run(command(source, site), check=True, cwd=ROOT, capture_output=True)

    assert not list((site / "generations").glob("*.part"))
    print(f"killed midway in {midway} of {runs} runs, the site whole each time")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system with little space."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(folder)], capture_output=True)
    if mounted.returncode:
        pytest.skip("no right to mount a file system here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk(small_disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said at once where it can be known, else in the middle; what is live stays in both cases."""
    settings = Settings(small_disk / "site", {"base": BASE}, {})
    source = tmp_path / "in.jsonl"
    source.write_text(records(20))
    publish([str(source)], settings)
    before = live_path(settings.site)

    source.write_text(records(6000))
    with pytest.raises(SiteError, match=r"too little space: about \d+ MiB are needed"):
        publish([str(source)], settings)
    monkeypatch.setattr("ld.publish.run._SPACE", 0)
    for workers in (1, 2):
        settings.values["workers"] = workers
        with pytest.raises(SiteError, match=r"cannot be written.*the live generation stays"):
            publish([str(source)], settings)

    assert live_path(settings.site) == before
    assert Live(settings.site).current().documents.get("record/r19") is not None
    assert not list((settings.site / "generations").glob("*.part"))


def test_a_source_that_breaks_off(tmp_path: Path) -> None:
    """A gzip or Zstandard file that is cut off is an error with its name; nothing of it is published."""
    import zstandard

    settings = Settings(tmp_path / "site", {"base": BASE}, {})
    good = tmp_path / "good.jsonl"
    good.write_text(records(3))
    publish([str(good)], settings)
    before = live_path(settings.site)
    data = records(3000).encode()
    for name, packed in (("cut.jsonl.gz", gzip.compress(data)), ("cut.jsonl.zst", zstandard.compress(data))):
        for workers in (1, 2):
            path = tmp_path / name
            path.write_bytes(packed[: len(packed) // 2])
            settings.values["workers"] = workers

            with pytest.raises(SourceError, match=rf"{name}: not a whole (gzip|zstd) file"):
                publish([str(path)], settings)

    assert live_path(settings.site) == before


# Sources of which nothing can be published, and what is said.
FAILING: dict[str, tuple[bytes, str]] = {
    "not there": (b"", "cannot be read"),
    "no records": (b"\x00\x01", "no kind of record is recognised"),
    "all rejected": (b'{"id": "1", "title_short": ""}\n{"id": "2", "title_short": ""}\n', "in, line 1: no title"),
    "a part": (
        b'{"response": {"numFound": 9, "start": 0, "docs": [{"id": "1", "title_short": "T"}]}}',
        "8 are missing",
    ),
    "breaking off": (gzip.compress(records(90).encode())[:-9], "not a whole gzip file"),
}


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("name", FAILING)
def test_a_publish_that_fails_leaves_nothing_behind(tmp_path: Path, name: str, workers: int) -> None:
    """No site that was not there before, and nothing in one that was."""
    data, said = FAILING[name]
    source = tmp_path / "in"
    if data:
        source.write_bytes(data)
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "site.toml").write_text("keep = 3\n")
    before = sorted(tmp_path.rglob("*"))

    for folder in (tmp_path / "not" / "yet", tmp_path / "kept"):
        settings = Settings(folder, {"base": BASE, "workers": workers}, {})
        with pytest.raises(SourceError, match=said):
            publish([str(source)], settings)

    assert sorted(tmp_path.rglob("*")) == before


def test_a_generation_that_cannot_go_live_does_not_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk may be full in the very last step."""
    source = tmp_path / "in.jsonl"
    source.write_text(records(3))
    settings = Settings(tmp_path / "site", {"base": BASE}, {})

    def refuse(site: Path, generation: str) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr("ld.publish.run.switch", refuse)
        with pytest.raises(SiteError, match="No space left"):
            publish([str(source)], settings)
    assert list(tmp_path.iterdir()) == [source]

    publish([str(source)], settings)
    before = sorted(settings.site.rglob("*"))
    source.write_text(records(5))
    with monkeypatch.context() as full:
        full.setattr("ld.publish.run.switch", refuse)
        with pytest.raises(SiteError, match="the live generation stays"):
            publish([str(source)], settings)
    assert sorted(settings.site.rglob("*")) == before


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_a_publish_that_is_told_to_end_cleans_up(tmp_path: Path, sent: signal.Signals) -> None:
    """It has begun, and waits for standard input."""
    line = [sys.executable, "-m", "ld", "publish", "-", "--site", str(tmp_path / "site")]
    with subprocess.Popen(line, cwd=ROOT, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        wait(lambda: list(tmp_path.glob("site/generations/*.part/scratch/source-0")))
        process.send_signal(sent)
        status = process.wait(PATIENCE)

    assert status == (143 if sent == signal.SIGTERM else 1)
    assert list(tmp_path.iterdir()) == []


def test_a_line_that_is_far_too_long(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "site", {"base": BASE}, {})
    source = tmp_path / "in.jsonl"
    with source.open("w") as out:
        out.write(records(2))
        out.write('{"id": "long", "title": "' + "x" * (LINE_BYTES + 1000) + '"}\n')
        out.write(records(3))

    account = publish([str(source)], settings).account

    assert (account.published, account.repeated, account.rejected) == (3, 2, 1)
    assert "line 3" in (settings.site / "rejects.jsonl").read_text()


def test_several_workers_give_the_same_site_as_one(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text(records(3000) + '{"id": "bad"}\nnot JSON\n' + records(1000, 1))
    dumps, rejects, accounts = [], [], []
    for workers in (1, 3):
        settings = Settings(tmp_path / f"site{workers}", {"base": BASE, "workers": workers}, {})
        manifest = publish([str(source)], settings)
        dumps.append([dump.sha256 for dump in manifest.dumps])
        rejects.append((settings.site / "rejects.jsonl").read_text())
        accounts.append(manifest.account)

    assert dumps[0] == dumps[1]
    assert rejects[0] == rejects[1] and len(rejects[0].splitlines()) == 2
    assert accounts[0] == accounts[1] and accounts[0].repeated == 1000
