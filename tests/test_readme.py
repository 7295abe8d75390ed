"""The README is true: what it shows was printed, what it says to type runs, and the rooms it names are there."""

from __future__ import annotations

import gzip
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from conftest import EXAMPLES, ROOT, free_port
from waiting import PATIENCE, wait_until_it_answers

from ld.cli import VERBS
from ld.settings import SETTINGS, Settings
from ld.site.generation import generations

README = (ROOT / "README.md").read_text(encoding="utf-8")
_ADDRESS = "127.0.0.1:8000"


def blocks(kind: str) -> list[str]:
    """The blocks of that kind, in their order."""
    return re.findall(rf"^```{kind}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def typed(kind: str, word: str) -> list[str]:
    """The commands in the one block of that kind that has the word in it, without their comments."""
    (block,) = [one for one in blocks(kind) if word in one]
    return [line.partition("  #")[0].rstrip() for line in block.splitlines()]


def run(command: str, folder: Path) -> str:
    """What a command prints that a person types in the folder; it must succeed."""
    tools = folder / "bin"
    tools.mkdir(exist_ok=True)
    (tools / "shelfgraph").write_text(f'#!/bin/sh\nexec {sys.executable} -m ld "$@"\n')
    (tools / "shelfgraph").chmod(0o755)
    path = {"PATH": f"{tools}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, shell=True, cwd=folder, env=os.environ | path, capture_output=True, text=True, check=False,
        timeout=PATIENCE,
    )  # fmt: skip
    assert done.returncode == 0, (command, done.stderr)
    return done.stderr + done.stdout


def follow(printed: str, shown: str) -> bool:
    """Determine whether the lines shown stand in what was printed, in their order; `…` is any number of lines."""
    pattern = "".join(r"(?:.*\n)*?" if line == "…" else re.escape(line) + r"\n" for line in shown.splitlines())
    return re.search(rf"^{pattern}", f"{printed}\n", re.MULTILINE) is not None


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The address at which `shelfgraph serve` runs in the folder."""
    port = free_port()
    command = [sys.executable, "-m", "ld", "serve", "--bind", f"127.0.0.1:{port}"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.DEVNULL) as server:
        try:
            wait_until_it_answers(server, f"http://127.0.0.1:{port}/readyz")
            yield f"127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(PATIENCE)


def test_the_sessions_are_what_one_sees(tmp_path: Path) -> None:
    """Every command behind a `$` runs, one after the other in one folder, and prints what stands below it."""
    (tmp_path / "vocab").symlink_to(ROOT / "vocab")
    for block in blocks("console"):
        pieces = [piece.partition("\n") for piece in block.split("$ ")[1:]]
        if "curl" not in block:
            seen = [(command, run(command, tmp_path), shown) for command, _, shown in pieces]
        elif shutil.which("curl"):
            with serving(tmp_path) as address:
                seen = [(one, run(one.replace(_ADDRESS, address), tmp_path), shown) for one, _, shown in pieces]
            assert gzip.decompress((tmp_path / "catalogue.nt.gz").read_bytes()).count(b"\n") > 500
        for command, printed, shown in seen:
            assert follow(printed, shown), (command, printed)


def test_what_is_typed_every_night_runs(tmp_path: Path) -> None:
    """Each line does what its comment says, to the files of a library that has published before."""
    (tmp_path / "changes.jsonl.gz").write_bytes(gzip.compress((EXAMPLES / "book.json").read_bytes()))
    (tmp_path / "export.jsonl.gz").write_bytes(gzip.compress((EXAMPLES / "chapter.json").read_bytes()))
    (tmp_path / "withdrawn.txt").write_text("b1\tc1\tPublished twice.\n")
    run(f"shelfgraph publish {EXAMPLES}", tmp_path)
    told = {}
    for command in typed("sh", "--full"):
        if "adopt" in command:
            shutil.rmtree(tmp_path / "site" / "current", ignore_errors=True)
            (tmp_path / "site" / "current").unlink()
            command = re.sub(r"\S+Z$", generations(tmp_path / "site")[-1].generation, command)
        told[command.split(" ")[-1]] = run(command, tmp_path)

    assert "1 unchanged" in told["changes.jsonl.gz"]
    assert "10 deleted" in told["--full"]
    assert "1 to delete not found" in told["withdrawn.txt"]
    assert "1 described anew" in told["--again"]
    assert re.search(r"^\* \S+Z  1 records", told["generations"], re.MULTILINE)
    assert "is live again" in told["rollback"]
    assert any("is live" in text and name.endswith("Z") for name, text in told.items())


def test_the_files_for_production_are_made(tmp_path: Path) -> None:
    """The two commands, with the folders of this test in place of those of the system."""
    systemd, nginx, reload = typed("sh", "config nginx")
    (settings,) = blocks("toml")
    for folder in ("srv/shelfgraph/site", "etc/systemd/system", "etc/nginx/conf.d"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "srv/shelfgraph/site/site.toml").write_text(settings)
    for command in (systemd, nginx):
        run(re.sub(r"(?<= )/(?=srv|etc)", f"{tmp_path}/", command), tmp_path)

    made = {path.name for path in (tmp_path / "etc").rglob("*.*") if path.is_file()}
    assert made == {
        "shelfgraph.service",
        "shelfgraph-publish.service",
        "shelfgraph-publish.timer",
        "shelfgraph.conf",
    }
    assert all(name in made for name in re.findall(r"shelfgraph\S*\.\w+", reload))
    assert "server_name data.library.example;" in (tmp_path / "etc/nginx/conf.d/shelfgraph.conf").read_text()


def test_the_settings_shown_are_settings(tmp_path: Path) -> None:
    (block,) = blocks("toml")
    (tmp_path / "site.toml").write_text(block, encoding="utf-8")

    found = Settings(tmp_path, {}, {})

    assert [name for name, origin in found.origin.items() if origin == "site.toml"] == [
        one.name for one in SETTINGS if re.search(rf"^{one.name} = ", block, re.MULTILINE)
    ]
    named = set(re.findall(r"SHELFGRAPH_([A-Z_]+)", README))
    assert named <= {one.name.upper() for one in SETTINGS} | {"SITE"}


def test_the_python_runs(tmp_path: Path) -> None:
    (block,) = blocks("python")
    assert block.count("\n") <= 6
    run(f"shelfgraph publish {EXAMPLES}", tmp_path)

    done = subprocess.run([sys.executable, "-c", block], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 3


def test_the_main_job_is_the_first_command() -> None:
    assert blocks("sh")[0] == "pip install . && shelfgraph publish vocab/examples && shelfgraph serve\n"
    assert "pip install -e '.[test]' && pytest" in README


def test_every_verb_and_file_it_names_is_there() -> None:
    verbs = set(re.findall(r"(?:^|`|\$ |&& )shelfgraph (\w+)", README, re.MULTILINE))
    paths = re.findall(r"`((?:vocab|bench|tests|ld)/[\w./-]*|server\.py)`", README)

    assert {"publish", "serve", "config", "adopt"} <= verbs
    assert verbs <= {*VERBS, "help"}
    assert len(paths) > 8
    assert [path for path in paths if not (ROOT / path).exists()] == []
