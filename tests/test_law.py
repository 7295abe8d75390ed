"""The law of updates: a site is the same whichever way it was reached.

After any sequence of publishes, replacements and deletions, triples, documents, lists, search answers, dumps (byte for
byte) and counts are those of a site published from scratch from the final state.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from conftest import BASE
from hypothesis import given, settings, target
from hypothesis import strategies as st
from pyoxigraph import Store

from ld.errors import SourceError
from ld.publish import dumps
from ld.publish.run import publish
from ld.record import Deleted
from ld.settings import Settings
from ld.site.dumpfiles import FILES
from ld.site.generation import Generation
from ld.site.live import Live

SEQUENCES = int(os.environ.get("SHELFGRAPH_TEST_SEQUENCES", "30"))  # `.ci/run --all` tries more
# Few names, so that records meet in their journals, subjects, publishers and headings, and leave them again.
IDS = [f"r{n}" for n in range(12)]
ISSNS = ["2297-7775", "1234-5679", "2049-3630"]
QUERIES = ("learning", "exchange network", "jane", "数学", "group press", "a")
WORDS = ["Learning", "learning ", "Größe & Maß", "数学", "C++", "quality improvement"]


def articles() -> st.SearchStrategy[dict[str, Any]]:
    """Documents of VuFind's index that share journals, publishers and subjects, in different words."""
    return st.fixed_dictionaries(
        {
            "title": st.sampled_from(["A learning network", "Der Titel", "Другая книга", "The exchange"]),
            "format": st.sampled_from([["Article"], ["Book"], ["Journal"]]),
            "author": st.lists(st.sampled_from(["Doe, Jane", "Rachel Matthews", "Example Group"]), max_size=2),
            "topic": st.lists(st.sampled_from(WORDS), max_size=3),
            "publisher": st.lists(st.sampled_from(["Example Press", "EXAMPLE PRESS", "Other"]), max_size=1),
            "series": st.lists(st.sampled_from(["Example Journal", "Example journal (online)"]), max_size=1),
            "issn": st.lists(st.sampled_from(ISSNS), max_size=2, unique=True),
            "publishDate": st.sampled_from([["1998"], ["2019-04-01"], ["c2001"], []]),
            "container_volume": st.sampled_from([[], ["4"]]),
            "language": st.sampled_from([["English"], ["German"], []]),
            "author_facet": st.sampled_from([["one"], ["another"]]),  # makes no difference
            "hierarchy_parent_id": st.lists(st.sampled_from(IDS), max_size=1),
            "collection": st.sampled_from([["DOAJ"], ["Catalog"]]),
        }
    )


PUT = st.tuples(st.just("put"), st.lists(st.tuples(st.sampled_from(IDS), articles()), min_size=1, max_size=4))
FULL = st.tuples(st.just("full"), st.lists(st.tuples(st.sampled_from(IDS), articles()), min_size=1, max_size=8))
DELETE = st.tuples(st.just("delete"), st.lists(st.sampled_from(IDS), min_size=1, max_size=3))
BAD = st.tuples(st.just("bad"), st.lists(st.sampled_from(IDS), min_size=1, max_size=2))
TOUCH = st.tuples(st.just("touch"), st.lists(st.sampled_from(IDS), min_size=1, max_size=4))
AGAIN = st.tuples(st.just("again"), st.just([]))
FIRST = st.tuples(st.just("put"), st.tuples(*(st.tuples(st.just(id_), articles()) for id_ in IDS)))
STEPS = st.builds(
    lambda first, more: [first, *more],
    FIRST,
    st.lists(st.one_of(PUT, PUT, FULL, DELETE, DELETE, BAD, TOUCH, AGAIN), min_size=1, max_size=5),
)
State = dict[str, dict[str, Any]]


def written(folder: Path, rows: Iterable[tuple[str, dict[str, Any]]]) -> str:
    path = folder / "input.jsonl"
    path.write_text("".join(json.dumps({"id": id_, "title_short": "", **row}) + "\n" for id_, row in rows))
    return str(path)


def step(kind: str, what: list[Any], state: State, site: Settings, folder: Path) -> State:
    """Carry out one step on the site, and return the state that it should have then."""
    live = (site.site / "current").exists()
    if kind in ("put", "full"):
        publish([written(folder, what)], site, full=kind == "full")
        return (state if kind == "put" else {}) | dict(what)
    if kind == "touch" and state:  # the source differs, but nothing that is published
        rows = {id_: state[id_] | {"author_facet": ["touched"]} for id_ in what if id_ in state}
        if rows:
            publish([written(folder, rows.items())], site)
        return state | rows
    if kind == "delete" and live:
        publish([], site, deletions=[Deleted("here", id_, "Gone.") for id_ in what])
        return {id_: row for id_, row in state.items() if id_ not in what}
    if kind == "bad":  # a record without title is rejected, and what is live stays
        if live:
            publish([written(folder, [(id_, {"title": ""}) for id_ in what] + [("good", GOOD)])], site)
            return state | {"good": GOOD}
        with pytest.raises(SourceError):
            publish([written(folder, [(id_, {"title": ""}) for id_ in what])], site)
    if kind == "again" and live:
        publish([], site, again=True)
    return state


GOOD = {"title": "A good one", "format": ["Book"]}


def observed(site: Settings) -> dict[str, Any]:
    """Everything about a site that must not depend on the way it was reached."""
    live: Generation = Live(site.site, verify=True).current()
    documents = live.documents
    store = Store.read_only(str(live.store))
    paths = [*documents.paths(), *(thing.path for thing in documents.things()), "dataset/doaj", "subject", "labels"]
    found: dict[str, Any] = {
        "stored": sorted(map(str, store)),
        "counted": (len(store), live.manifest.counts),
        "documents": {p: documents.lines(one) for p in paths if (one := documents.get(p))},
        "pointing": {p: documents.pointing(p) for p in paths},
        "tied": {p: documents.tied(p) for p in paths},
        "aliases": {p: documents.alias(f"journal/{p}") for p in ISSNS},
        "sources": {p: documents.source(p) and documents.source(p).text for p in paths},  # type: ignore[union-attr]
        "tables": {name: documents.counts(name) for name in ("year", "type", "language", "collection", "records")},
        "listed": [documents.list_things(kind) for kind in ("journal", "subject", "organization", "volume")],
        "forms": {one.path: live.forms.get(one.n) for one in documents.records()},
        "search": {query: live.index.search(query) for query in QUERIES},
        "dumps": {name: (live.dumps / name).read_bytes() for name in FILES},
        "void": [(dump.file, dump.lines, dump.sha256) for dump in live.manifest.dumps],
    }
    documents.close()
    return found


def test_every_sequence_leads_to_the_same_site_as_its_final_state(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dumps, "_RECORDS_A_CHUNK", 3)  # so that a few records make several chunks
    monkeypatch.setattr(dumps, "_THINGS_A_CHUNK", 3)
    sequences = 0

    @settings(max_examples=SEQUENCES)
    @given(STEPS)
    def check(steps: list[tuple[str, list[Any]]]) -> None:
        nonlocal sequences
        folder = Path(tempfile.mkdtemp(prefix="law"))
        try:
            site = Settings(folder / "site", {"base": BASE, "publisher": "Example Press", "keep": 0}, {})
            state: State = {}
            for kind, what in steps:
                state = step(kind, what, state, site, folder)
            if not state:
                return
            target(float(len(steps)))
            scratch = Settings(folder / "scratch", {"base": BASE, "publisher": "Example Press"}, {})
            publish([written(folder, list(state.items()))], scratch)
            one, other = observed(site), observed(scratch)
            for part, expected in other.items():
                if part != "stored":
                    assert one[part] == expected, part
            assert without_dates(one["stored"]) == without_dates(other["stored"])
            sequences += 1
        finally:
            shutil.rmtree(folder)

    check()
    assert sequences > SEQUENCES // 3
    print(f"{sequences} sequences")


def test_a_name_that_changes_reaches_the_record_of_a_journal(tmp_path: Path) -> None:
    """The record of a journal tells of the journal's publisher, to which it does not link itself."""
    journal = {"title": "J", "format": ["Journal"], "issn": ISSNS[:1], "publisher": ["Example Press"]}
    book = {"title": "B", "format": ["Book"], "publisher": ["EXAMPLE PRESS"]}
    site = Settings(tmp_path / "site", {"base": BASE}, {})
    publish([written(tmp_path, [("j", journal)])], site)

    publish([written(tmp_path, [("b1", book), ("b2", book)])], site)

    scratch = Settings(tmp_path / "scratch", {"base": BASE}, {})
    publish([written(tmp_path, [("j", journal), ("b1", book), ("b2", book)])], scratch)
    assert observed(site)["dumps"] == observed(scratch)["dumps"]


def test_a_record_that_goes_reaches_the_record_of_a_journal_within_it(tmp_path: Path) -> None:
    """What a journal's record tells of its journal names the record that another journal's record puts it into."""
    whole = {"title": "W", "format": ["Book"]}
    journal = {"title": "J", "format": ["Journal"], "issn": ISSNS[:1]}
    part = journal | {"hierarchy_parent_id": ["w"]}
    site = Settings(tmp_path / "site", {"base": BASE}, {})
    publish([written(tmp_path, [("j", journal), ("p", part), ("w", whole)])], site)

    publish([], site, deletions=[Deleted("here", "w", "Gone.")])

    scratch = Settings(tmp_path / "scratch", {"base": BASE}, {})
    publish([written(tmp_path, [("j", journal), ("p", part)])], scratch)
    assert observed(site)["dumps"] == observed(scratch)["dumps"]


def without_dates(lines: list[str]) -> list[str]:
    """The triples but for when the data set was published."""
    dates = ("#it> <http://purl.org/dc/terms/modified>", "dateModified")
    return [line for line in lines if not any(date in line for date in dates)]
