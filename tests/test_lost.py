"""A lost `current` is not an empty site: beside finished generations a publish refuses, and `adopt` mends it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import BASE
from waiting import PATIENCE

from ld.errors import LostError, SiteError
from ld.publish.generations import adopt, rollback
from ld.publish.run import publish
from ld.settings import Settings
from ld.site.generation import generations, live_path
from ld.site.live import Live


def settings(site: Path) -> Settings:
    return Settings(site, {"base": BASE}, {})


def source(folder: Path, *ids: str) -> str:
    """A file of records with these ids."""
    path = folder / f"{'-'.join(ids)}.jsonl"
    path.write_text("".join(json.dumps({"id": one, "title": "T", "title_short": "T"}) + "\n" for one in ids))
    return str(path)


def records(site: Path) -> list[str]:
    return [record.path.removeprefix("record/") for record in Live(site).current().documents.records()]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with two generations: of records a and b, then c too."""
    folder = tmp_path_factory.mktemp("whole")
    for ids in ("ab", "c"):
        publish([source(folder, *ids)], settings(folder / "site"))
    return folder / "site"


@pytest.fixture
def site(whole: Path, tmp_path: Path) -> Path:
    """A copy of that site."""
    return Path(shutil.copytree(whole, tmp_path / "site", symlinks=True))


def ids(site: Path) -> list[str]:
    return sorted(path.name for path in (site / "generations").iterdir() if "." not in path.name)


# -- ways to lose it ---------------------------------------------------------------------------------------------------


def removed(site: Path) -> None:
    (site / "current").unlink()


def pointed(target: str) -> Callable[[Path], None]:
    """What lets the link point elsewhere."""

    def point(site: Path) -> None:
        removed(site)
        (site / "current").symlink_to(target)

    return point


def followed(site: Path) -> None:
    """As `cp -rL` and `scp -r` do."""
    found = (site / "current").resolve()
    removed(site)
    shutil.copytree(found, site / "current")


def written(site: Path) -> None:
    """As file systems and archives without symbolic links do."""
    target = str((site / "current").readlink())
    removed(site)
    (site / "current").write_text(target)


def unfinished(site: Path) -> None:
    (site / "generations" / "29991231T000000Z").mkdir()
    pointed("generations/29991231T000000Z")(site)


def of_another_site(site: Path) -> None:
    """As in a copy whose link is an absolute path."""
    other = shutil.copytree(site, site.with_name("other"), symlinks=True)
    pointed(str(other / (other / "current").readlink()))(site)


LOST: dict[str, tuple[Callable[[Path], None], str]] = {
    "removed": (removed, "'current' to the live generation is missing"),
    "dangling": (pointed("generations/29991231T000000Z"), "29991231T000000Z, which is not there"),
    "going round": (pointed("current"), "'current' points at current, which is not there"),
    "at all generations": (pointed("generations"), "which is no finished generation of this site"),
    "outside": (pointed("/usr"), "points at /usr, which is no finished generation of this site"),
    "of another site": (of_another_site, "which is no finished generation of this site"),
    "not finished": (unfinished, "which is no finished generation of this site"),
    "followed by a copy": (followed, "'current' is a folder, not a link"),
    "written as a file": (written, "'current' is a file, not a link"),
}


@pytest.mark.parametrize("name", LOST)
def test_nothing_is_published_where_it_is_not_known_what_is_live(site: Path, tmp_path: Path, name: str) -> None:
    """The message says what is wrong and names the generations; adopting one of them mends it."""
    lose, said = LOST[name]
    lose(site)
    first, second = ids(site)[:2]
    before = sorted(site.rglob("*"))

    with pytest.raises(LostError, match="shelfgraph adopt") as refused:
        publish([source(tmp_path, "d")], settings(site))

    assert said in str(refused.value)
    assert f"{first}, {second}" in str(refused.value)
    assert sorted(site.rglob("*")) == before
    assert adopt(site, second) == second
    assert (site / "current").readlink() == Path("generations") / second
    assert publish([source(tmp_path, "d")], settings(site)).counts["records"] == 4
    assert records(site) == ["a", "b", "c", "d"]


def test_any_generation_can_be_adopted(site: Path) -> None:
    removed(site)

    adopt(site, ids(site)[0])

    assert records(site) == ["a", "b"]


def test_a_damaged_generation_is_not_adopted(site: Path) -> None:
    removed(site)
    first, second = ids(site)
    path = site / "generations" / second / "documents.sqlite"
    path.write_bytes(path.read_bytes()[:-1])

    with pytest.raises(SiteError, match=r"documents\.sqlite: "):
        adopt(site, second)
    with pytest.raises(SiteError, match=f"no finished generation is called 'x': there are {first}, {second}"):
        adopt(site, "x")

    assert not (site / "current").exists()


def test_a_copy_of_the_live_generation_alone_can_be_adopted(site: Path, tmp_path: Path) -> None:
    """All that is left of the site is what stands in the place of the link."""
    name = ids(site)[1]
    followed(site)
    shutil.rmtree(site / "generations")

    with pytest.raises(LostError, match=f"adopt GENERATION`: {name}"):
        publish([source(tmp_path, "d")], settings(site))
    adopt(site, name)

    assert records(site) == ["a", "b", "c"]
    assert ids(site) == [name]


def test_what_stood_in_the_place_of_the_link_is_kept(site: Path) -> None:
    followed(site)
    adopt(site, ids(site)[0])

    assert (site / "current.aside-1" / "manifest.json").is_file()


def test_where_nothing_is_left_that_is_said(site: Path, tmp_path: Path) -> None:
    shutil.rmtree(site / "generations")

    with pytest.raises(
        LostError, match="no finished generation is left: bring back 'generations', or remove 'current'"
    ):
        publish([source(tmp_path, "d")], settings(site))
    removed(site)

    assert publish([source(tmp_path, "d")], settings(site)).counts["records"] == 1


def test_whoever_reads_the_site_is_told(site: Path) -> None:
    removed(site)

    with pytest.raises(SiteError, match="shelfgraph adopt GENERATION"):
        Live(site).current()
    with pytest.raises(LostError):
        rollback(site)


def test_generations_on_another_disk_are_those_of_the_site(site: Path, tmp_path: Path) -> None:
    """The folder may be a link itself: what counts is that the live one is among them."""
    moved = (site / "generations").rename(tmp_path / "disk")
    (site / "generations").symlink_to(moved)

    assert publish([source(tmp_path, "d")], settings(site)).counts["records"] == 4


def test_a_first_publish_that_was_killed_in_its_last_step_has_finished(site: Path, tmp_path: Path) -> None:
    """Its generation is whole, and it had written down that it goes live."""
    (site / "current").rename(site / "current.new")

    assert publish([source(tmp_path, "d")], settings(site)).counts["records"] == 4


# -- the command line --------------------------------------------------------------------------------------------------


def shelfgraph(*arguments: str, cwd: Path) -> tuple[int, str, str]:
    """Run the command; its exit status, what it gives and what it says."""
    command = [sys.executable, "-W", "error", "-m", "ld", *arguments]
    done = subprocess.run(
        command, cwd=cwd, env=os.environ, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    return done.returncode, done.stdout, done.stderr


def test_the_commands_say_it_and_adopt_mends_it(site: Path, tmp_path: Path) -> None:
    removed(site)
    name = generations(site)[1].generation

    refused = shelfgraph("publish", source(tmp_path, "d"), cwd=tmp_path)
    served = shelfgraph("serve", cwd=tmp_path)
    listed = shelfgraph("generations", cwd=tmp_path)
    adopted = shelfgraph("adopt", name, cwd=tmp_path)

    assert (refused[0], served[0], listed[0]) == (1, 1, 0)
    for _, _, said in (refused, served, listed):
        assert said.startswith("shelfgraph: site: the link 'current' to the live generation is missing: ")
        assert f"adopt GENERATION`: {ids(site)[0]}, {name}" in said
    assert name in listed[1]
    assert "*" not in listed[1]
    assert (adopted[0], adopted[2]) == (0, f"Generation {name} is live\n")
    assert live_path(site) == (site / "generations" / name).resolve()


def test_generations_without_a_site_says_so(tmp_path: Path) -> None:
    code, _, said = shelfgraph("generations", "--site", "nowhere", cwd=tmp_path)
    (tmp_path / "empty").mkdir()
    nothing = shelfgraph("generations", "--site", "empty", cwd=tmp_path)

    assert (code, said) == (1, "shelfgraph: nowhere: there is no site here: publish one, or name another with --site\n")
    assert nothing == (0, "", "empty: nothing is published here yet\n")
    assert not (tmp_path / "nowhere").exists()
    assert shelfgraph("adopt", "x", "--site", "nowhere", cwd=tmp_path)[0] == 1
    assert not (tmp_path / "nowhere").exists()
