"""Publishing is all or nothing, the account adds up, and nothing that is live is ever lost."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from fcntl import LOCK_EX, flock
from pathlib import Path

import pytest
from conftest import BASE, EXAMPLES, ROOT, SEED
from pyoxigraph import Store

from ld.errors import SiteError, SourceError
from ld.publish.generations import rollback
from ld.publish.run import publish
from ld.readers import read, reread
from ld.record import Deleted, Record
from ld.settings import Settings
from ld.site.generation import LAYOUT, Generation, generations, live_path
from ld.site.live import Live
from ld.values import vocab


def site(folder: Path, **flags: object) -> Settings:
    return Settings(folder, {"base": BASE, **flags}, {})


def write(path: Path, *records: dict[str, object]) -> str:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return str(path)


def solr(id_: str, title: str = "A title", **more: object) -> dict[str, object]:
    return {"id": id_, "title": title, "title_short": title, "format": ["Book"], **more}


def live(settings: Settings) -> Generation:
    return Live(settings.site).current()


def titles(settings: Settings) -> dict[str, str]:
    return {record.path: record.title for record in live(settings).documents.records()}


def test_the_account_adds_up_and_rejects_are_told(tmp_path: Path) -> None:
    """Every record read is published, unchanged, replaced, repeated or rejected."""
    settings = site(tmp_path / "site")
    source = write(tmp_path / "in.jsonl", solr("1"), {"title": "no id"}, {"id": "3"}, solr("1", "Again"), solr("2"))

    account = publish([source], settings).account

    assert (account.read, account.published, account.repeated, account.rejected) == (5, 2, 1, 2)
    assert account.adds_up()
    assert titles(settings) == {"record/1": "Again", "record/2": "A title"}
    rejects = [json.loads(line) for line in (settings.site / "rejects.jsonl").read_text().splitlines()]
    assert [one["id"] for one in rejects] == ["", "3"]
    assert "line 2" in rejects[0]["place"] and "no id" in rejects[0]["reason"]


def test_new_input_inserts_replaces_and_leaves_unchanged(tmp_path: Path) -> None:
    settings = site(tmp_path / "site")
    publish([write(tmp_path / "1.jsonl", solr("a"), solr("b"))], settings)

    account = publish([write(tmp_path / "2.jsonl", solr("b", "New"), solr("a"), solr("c"))], settings).account

    assert (account.published, account.replaced, account.unchanged) == (1, 1, 1)
    assert titles(settings) == {"record/a": "A title", "record/b": "New", "record/c": "A title"}


def test_full_makes_tombstones_of_what_is_missing(tmp_path: Path) -> None:
    settings = site(tmp_path / "site")
    publish([write(tmp_path / "1.jsonl", solr("a"), solr("b"))], settings)

    account = publish([write(tmp_path / "2.jsonl", solr("a"))], settings, full=True).account

    gone = live(settings).documents.get("record/b")
    assert account.deleted == 1
    assert gone and "no longer in the catalogue" in gone.gone
    assert list(titles(settings)) == ["record/a"]


def test_the_same_input_gives_the_same_dumps(tmp_path: Path) -> None:
    digests = []
    for n in (1, 2):
        settings = site(tmp_path / f"site{n}")
        publish([str(EXAMPLES)], settings)
        folder = live(settings).dumps
        digests.append({path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())})

    assert digests[0] == digests[1]


def test_a_published_site_is_the_same_whichever_way_it_was_reached(tmp_path: Path) -> None:
    once, twice = site(tmp_path / "once"), site(tmp_path / "twice")
    files = sorted(str(path) for path in EXAMPLES.iterdir() if path.suffix not in (".ttl", ".md"))
    publish(files, once)
    for file in reversed(files):
        publish([file], twice)

    one, other = live(once), live(twice)
    for name in ("catalogue.nt.gz", "catalogue.jsonl.gz", "catalogue.csv"):
        assert (one.dumps / name).read_bytes() == (other.dumps / name).read_bytes(), name


def test_a_changed_base_republishes_what_is_kept(tmp_path: Path) -> None:
    """The source records are kept, so a changed base or mapping needs no second harvest."""
    publish([write(tmp_path / "1.jsonl", solr("a"))], site(tmp_path / "site"))
    moved = Settings(tmp_path / "site", {"base": "https://new.example.org/"}, {})

    publish([write(tmp_path / "2.jsonl", solr("b"))], moved)

    account = publish([str(tmp_path / "1.jsonl")], moved).account
    assert (account.published, account.unchanged) == (0, 1)
    found = live(moved)
    lines = [record.lines for record in found.documents.records()]
    assert len(lines) == 2
    assert all("<https://new.example.org/record/" in text for text in lines)
    assert not any("data.example.org" in text for text in lines)


def test_the_base_of_a_site_stays_until_somebody_changes_it(tmp_path: Path) -> None:
    publish([write(tmp_path / "1.jsonl", solr("a"))], site(tmp_path / "site", profile="lean"))

    manifest = publish([write(tmp_path / "2.jsonl", solr("b"))], Settings(tmp_path / "site", {}, {}))

    assert (manifest.base, manifest.profile) == (BASE, "lean")
    assert manifest.account.published == 1


def test_lean_stores_less_and_serves_everything(tmp_path: Path) -> None:
    lean, full = site(tmp_path / "lean", profile="lean"), site(tmp_path / "full")
    for settings in (lean, full):
        publish([str(EXAMPLES / "seed.txt")], settings)

    stored = {quad.predicate.value for quad in Store.read_only(str(live(lean).store))}
    seed = live(lean).documents.get(f"record/{SEED}")
    assert seed
    about = f"<{BASE}record/{SEED}"
    kept = [quad for quad in Store.read_only(str(live(lean).store)) if str(quad.subject).startswith(about)]
    assert not any(iri.startswith("http://schema.org/") for quad in kept for iri in [quad.predicate.value])
    assert "http://purl.org/ontology/bibo/doi" in stored
    assert live(lean).documents.lines(seed) == live(full).documents.lines(seed)


def test_a_failure_leaves_the_live_generation_untouched(tmp_path: Path) -> None:
    settings = site(tmp_path / "site")
    publish([write(tmp_path / "1.jsonl", solr("a"))], settings)
    before = live_path(settings.site)

    with pytest.raises(SourceError, match=r"none of the 1 records can be published.*rejects\.jsonl"):
        publish([write(tmp_path / "2.jsonl", {"title_short": "no id"})], settings)
    with pytest.raises(SourceError, match="cannot be read"):
        publish([str(tmp_path / "missing.jsonl")], settings)

    assert live_path(settings.site) == before
    assert not list((settings.site / "generations").glob("*.part"))


def test_leftovers_of_a_killed_run_are_swept(tmp_path: Path) -> None:
    settings = site(tmp_path / "site")
    leftover = settings.site / "generations" / "20200101T000000Z-1.part"
    leftover.mkdir(parents=True)

    publish([write(tmp_path / "1.jsonl", solr("a"))], settings)

    assert not leftover.exists()


def test_a_second_publisher_is_told_and_stops(tmp_path: Path) -> None:
    settings = site(tmp_path / "site")
    publish([write(tmp_path / "1.jsonl", solr("a"))], settings)
    with (settings.site / "publishing.lock").open("w") as lock:
        flock(lock, LOCK_EX)

        with pytest.raises(SiteError, match="another publish is at work"):
            publish([str(tmp_path / "1.jsonl")], settings)


def test_rollback_and_pruning(tmp_path: Path) -> None:
    settings = site(tmp_path / "site", keep=1)
    for n in range(3):
        publish([write(tmp_path / "in.jsonl", solr("a", f"Title {n}"))], settings)

    assert len(generations(settings.site)) == 2
    assert titles(settings) == {"record/a": "Title 2"}
    rollback(settings.site)
    assert titles(settings) == {"record/a": "Title 1"}
    with pytest.raises(SiteError, match="no earlier generation"):
        rollback(settings.site)


def test_a_running_server_takes_over_the_new_generation(tmp_path: Path) -> None:
    settings = site(tmp_path / "site")
    publish([write(tmp_path / "1.jsonl", solr("a"))], settings)
    watching = Live(settings.site)
    first = watching.current().id
    publish([write(tmp_path / "2.jsonl", solr("b"))], settings)

    assert watching.current().id > first


def test_flipped_bits_are_found_before_anything_is_served(tmp_path: Path) -> None:
    settings = site(tmp_path / "site")
    publish([write(tmp_path / "1.jsonl", solr("a"))], settings)
    path = live(settings).path / "documents.sqlite"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)

    with pytest.raises(SiteError, match=r"documents\.sqlite: differs from its checksum"):
        Live(settings.site).current()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_site_folder(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    folder.mkdir(mode=0o500)

    with pytest.raises(SiteError, match="cannot be written"):
        publish([write(tmp_path / "1.jsonl", solr("a"))], site(folder))


def test_a_site_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "site").write_text("")

    with pytest.raises(SiteError, match="cannot be written"):
        publish([write(tmp_path / "1.jsonl", solr("a"))], site(tmp_path / "site"))


HOSTILE = [
    solr("h1", "A </script><script>alert(1)</script><svg onload=alert(1)> title"),
    solr("h2/../../etc", "A path"),
    solr('h3" onload="x', "Quotes", url=["javascript:alert(1)", "http://exa mple.org/", "http://ok.example/a b|c"]),
    solr("h4> <http://evil.example/> .", "An IRI breaks out", language=["> ."]),
    solr("h5\u0000\u000b", "Controls \u0000\u0085\u0098\ufffe"),
    solr("h6", "Surrogate \\ud800", topic=["a\\ud800b", '"quoted\\', "\u202e"]),
    solr("h7", "x" * 5000, author=["\n\r\t", "a@b.example", "b\nc"]),
]


def test_hostile_records_neither_stop_a_run_nor_spoil_a_load(tmp_path: Path) -> None:
    settings = site(tmp_path / "site")

    account = publish([write(tmp_path / "in.jsonl", *HOSTILE)], settings).account

    assert account.adds_up() and account.rejected == 0
    store = Store.read_only(str(live(settings).store))
    subjects = {quad.subject.value for quad in store}  # type: ignore[union-attr]  # no blank nodes
    assert all(
        iri.startswith(
            (
                BASE,
                "http://id.loc.gov/",
                "http://purl.org/coar/",
                "https://creativecommons.org/",
                "http://opendatacommons.org/",
                "http://rightsstatements.org/",
                "https://www.govdata.de/",
            )
        )
        for iri in subjects
    )
    assert not any("javascript:" in str(quad.object) for quad in store)


def test_records_survive_a_round_through_the_kept_source(tmp_path: Path) -> None:
    """Reading the kept source gives the record again, for every example."""
    for record in read(str(EXAMPLES)):
        assert isinstance(record, Record)
        again = reread(record.source)
        assert isinstance(again, Record)
        again.source = record.source
        assert again == record


@pytest.mark.parametrize(("workers", "lines"), [(1, True), (1, False), (2, True), (2, False)])
def test_progress_tells_stage_and_count(tmp_path: Path, workers: int, lines: bool) -> None:
    """Also where each of two JSON texts is read by a worker of its own."""
    settings, told = site(tmp_path / "site", workers=workers), []
    source = write(tmp_path / "in.jsonl", *(solr(str(n)) for n in range(1001)))
    if not lines:
        docs = Path(source).read_text().splitlines()
        source = str(tmp_path / "texts")
        Path(source).mkdir()
        for n, part in enumerate((docs[:500], docs[500:])):
            (tmp_path / "texts" / f"{n}.json").write_text(f"[{','.join(part)}]")

    publish([source], settings, progress=told.append)

    assert {step.stage for step in told} >= {"reading", "records", "dumps"}
    assert any(step.records == 1001 and step.done == step.total for step in told if step.stage == "reading")
    shutil.rmtree(settings.site)


def test_deletions_by_id_and_by_file_with_reason_and_successor(tmp_path: Path) -> None:
    settings = site(tmp_path / "site")
    publish([write(tmp_path / "1.jsonl", solr("a"), solr("b"), solr("c"))], settings)

    account = publish(
        [], settings, deletions=[Deleted("here", "a", "A duplicate.", "", "c"), Deleted("here", "never", "Gone.")]
    ).account

    gone = live(settings).documents.get("record/a")
    assert (account.deleted, account.unknown, account.read) == (1, 1, 0)
    assert gone and (gone.gone, gone.successor, gone.title) == ("A duplicate.", "c", "A title")
    assert list(titles(settings)) == ["record/b", "record/c"]
    remarks = (live(settings).path / "remarks.jsonl").read_text()
    assert '"never"' in remarks and "there is no such record here" in remarks
    changes = [(change.change, change.path) for change in live(settings).documents.changes()]
    assert changes == [("deleted", "record/a")]


def test_a_deleted_record_that_comes_again_is_published_again(tmp_path: Path) -> None:
    settings = site(tmp_path / "site")
    publish([write(tmp_path / "1.jsonl", solr("a"), solr("b"))], settings)
    publish([], settings, deletions=[Deleted("here", "a", "Gone.")])

    account = publish([str(tmp_path / "1.jsonl")], settings).account

    assert (account.published, account.unchanged) == (1, 1)
    assert list(titles(settings)) == ["record/a", "record/b"]
    assert not list(live(settings).documents.tombstones())


def test_a_record_that_becomes_bad_stays_as_it_was(tmp_path: Path) -> None:
    """Also where the input is the whole catalogue: a reject is no deletion."""
    settings = site(tmp_path / "site")
    publish([write(tmp_path / "1.jsonl", solr("a"), solr("b"))], settings)

    account = publish([write(tmp_path / "2.jsonl", solr("a", ""), solr("b", "New"))], settings, full=True).account

    assert (account.rejected, account.replaced, account.deleted) == (1, 1, 0)
    assert titles(settings) == {"record/a": "A title", "record/b": "New"}


def test_an_input_of_which_nothing_can_be_used_deletes_nothing(tmp_path: Path) -> None:
    settings = site(tmp_path / "site")
    publish([write(tmp_path / "1.jsonl", solr("a"))], settings)

    with pytest.raises(SourceError, match="none of the 1 records"):
        publish([write(tmp_path / "2.jsonl", {"title": "", "title_short": "no id"})], settings, full=True)

    assert titles(settings) == {"record/a": "A title"}


def test_tombstones_and_changes_outlive_a_new_description(tmp_path: Path) -> None:
    settings = site(tmp_path / "site")
    publish([write(tmp_path / "1.jsonl", solr("a"), solr("b"))], settings)
    publish([write(tmp_path / "2.jsonl", solr("c"))], settings, deletions=[Deleted("here", "a", "Gone.")])

    account = publish([], settings, again=True).account

    assert (account.again, account.published, account.deleted) == (2, 0, 0)
    assert [one.path for one in live(settings).documents.tombstones()] == ["record/a"]
    changes = [(change.change, change.path) for change in live(settings).documents.changes()]
    assert changes == [("deleted", "record/a"), ("created", "record/c")]


def test_shared_things_disappear_with_the_last_record_that_names_them(tmp_path: Path) -> None:
    settings = site(tmp_path / "site")
    publish([write(tmp_path / "1.jsonl", solr("a", topic=["Rare"]), solr("b"))], settings)
    assert live(settings).documents.get("subject/rare")

    publish([], settings, deletions=[Deleted("here", "a", "Gone.")])

    found = live(settings)
    assert found.documents.get("subject/rare") is None
    assert not any("subject/rare" in str(quad) for quad in Store.read_only(str(found.store)))


def test_an_update_shares_the_files_of_the_store_with_the_generation_before(tmp_path: Path) -> None:
    """A copy costs nothing: files of the store and segments of the index are hard links until they are rewritten."""
    settings = site(tmp_path / "site")
    publish([write(tmp_path / "1.jsonl", *(solr(str(n)) for n in range(50)))], settings)
    before = live_path(settings.site)
    publish([write(tmp_path / "2.jsonl", solr("7", "New"))], settings)
    after = live_path(settings.site)

    assert before and after
    for folder, ending in (("store", ".sst"), ("index", ".store")):
        old = {path.stat().st_ino for path in (before / folder).iterdir() if path.suffix == ending}
        new = {path.stat().st_ino for path in (after / folder).iterdir() if path.suffix == ending}
        assert old & new, folder
    Generation(after).verify()


def test_a_site_of_another_layout_is_told_from_a_damaged_one(tmp_path: Path) -> None:
    settings = site(tmp_path / "site")
    publish([write(tmp_path / "1.jsonl", solr("a"))], settings)
    manifest = live(settings).path / "manifest.json"
    manifest.write_text(manifest.read_text().replace(f'"layout": {LAYOUT}', '"layout": 1'))

    with pytest.raises(SiteError, match=r"made by another version.*new site folder"):
        publish([str(tmp_path / "1.jsonl")], settings)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_record_that_the_mapping_fails_on_is_rejected_and_the_others_go_on(tmp_path: Path, workers: int) -> None:
    """Also where it is among the first ones, of which the dictionaries are made. (An overlay makes it fail.)"""
    settings = site(tmp_path / "site", workers=workers)
    (settings.site / "vocab").mkdir(parents=True)
    text = (ROOT / "vocab" / "mapping.csv").read_text().replace("work,genre,dc:type,string,", "work,genre,dc:type,iri,")
    (settings.site / "vocab" / "mapping.csv").write_text(text)
    vocab.use(settings.site / "vocab")

    account = publish([write(tmp_path / "in.jsonl", solr("a", genre=["x y"]), solr("b"), solr("c"))], settings).account
    vocab.use(None)

    assert (account.read, account.published, account.rejected) == (3, 2, 1)
    assert account.adds_up()
    assert "it cannot write the genre of a work" in (settings.site / "rejects.jsonl").read_text()
    assert "SQLITE_TMPDIR" not in os.environ
