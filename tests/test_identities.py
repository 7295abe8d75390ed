"""What is one thing and what is not: a cataloguer's word, journals and their titles, claims that are unlike."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from conftest import BASE
from flask.testing import FlaskClient
from pyoxigraph import Store

from ld.errors import VocabError
from ld.mapping.decisions import Decisions
from ld.publish.run import publish
from ld.settings import Settings
from ld.site.generation import Generation, live_path
from ld.values import keys, vocab
from ld.values.vocab import Vocabulary
from ld.web import create_app

HEAD = "this,word,that,reason,date\n"


def book(id_: str, **fields: Any) -> dict[str, Any]:
    return {"id": id_, "record_format": "marc", "format": ["Book"], "title": f"Book {id_}", **fields}


def article(id_: str, journal: str, issn: str = "1234-5679", **fields: Any) -> dict[str, Any]:
    return {"id": id_, "format": ["Article"], "title": f"Article {id_}", "container_title": [journal], "issn": [issn],
            **fields}  # fmt: skip


Publishing = Callable[..., Settings]
Published = Callable[..., FlaskClient]


@pytest.fixture
def publishing(tmp_path: Path) -> Iterator[Publishing]:
    """Publishes records, with a table of identities."""

    def make(records: list[dict[str, Any]], identities: str = "", **more: Any) -> Settings:
        settings = Settings(tmp_path / "site", {"base": BASE, "verify": False, "workers": 1}, {})
        (settings.site / "vocab").mkdir(parents=True, exist_ok=True)
        (settings.site / "vocab" / "identities.csv").write_text(HEAD + identities, encoding="utf-8")
        vocab.use(settings.site / "vocab")
        (tmp_path / "records.json").write_text(json.dumps(records))
        publish([str(tmp_path / "records.json")] if records else [], settings, **more)
        return settings

    yield make
    vocab.use(None)


@pytest.fixture
def published(publishing: Publishing) -> Iterator[Published]:
    """Publishes records, with a table of identities, and returns a client of the site."""
    apps = []

    def make(records: list[dict[str, Any]], identities: str = "") -> FlaskClient:
        apps.append(create_app(publishing(records, identities)))
        return apps[-1].test_client()

    yield make
    for app in apps:
        app.extensions["shelfgraph"].pools.close()


def creators(client: FlaskClient, record: str) -> set[str]:
    lines = client.get(f"/record/{record}.nt").text.split("\n")
    return {
        line.split()[2].strip("<>")
        for line in lines
        if f"/record/{record}#it> <http://purl.org/dc/terms/creator>" in line
    }


# -- a cataloguer's word -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("agent/a,is,agent/b,,2026-11-30", "identities.csv:2: 'reason' is empty"),
        ("agent/a,is,agent/b,why,", "identities.csv:2: 'date' is empty"),
        ("agent/a,is,agent/b,why,30.11.2026", "identities.csv:2: '30.11.2026' is no date"),
        ("agent/a,was,agent/b,why,2026-11-30", "identities.csv:2: 'was' is no decision"),
        ("agent/a,is,subject/b,why,2026-11-30", "identities.csv:2: .* two things of one kind"),
        ("agent/a,is,agent/a,why,2026-11-30", "identities.csv:2: .* two things"),
        ("record/a,is,agent/a,why,2026-11-30", "identities.csv:2: .* two things of one kind"),
        ("https://elsewhere.org/a,is,agent/b,why,2026-11-30", "identities.csv:2: .* no thing of this site"),
        ("agent/a,is,agent/b,why,2026-11-30\nagent/a,is,agent/c,why,2026-11-30", "identities.csv:3: .* already"),
        ("agent/a,is,agent/b,why,2026-11-30\nagent/b,is,agent/a,why,2026-11-30", "identities.csv:.* back to itself"),
        ("agent/a,is,agent/b,why,2026-11-30\nagent/a,is not,agent/b,why,2026-11-30", "identities.csv:3: .* another row"),
    ],
)  # fmt: skip
def test_an_odd_decision_is_refused_with_its_line(tmp_path: Path, row: str, complaint: str) -> None:
    (tmp_path / "identities.csv").write_text(f"{HEAD}{row}\n")

    with pytest.raises(VocabError, match=complaint):
        Decisions(Vocabulary(tmp_path), BASE)


def test_this_is_that_makes_one_thing_that_says_why_and_the_old_address_leads_there(published: Published) -> None:
    here = "agent/twain-mark-1835-1910~" + keys.key("Twain, Mark, 1835-1910").rpartition("~")[2]
    there = "agent/clemens-samuel-1835-1910~" + keys.key("Clemens, Samuel, 1835-1910").rpartition("~")[2]
    records = [book("1", author=["Twain, Mark, 1835-1910"]), book("2", author=["Clemens, Samuel, 1835-1910"])]

    client = published(records, f"{BASE}{here}#it,is,{there},A pen name,2026-11-30\n")

    assert creators(client, "1") == creators(client, "2") == {f"{BASE}{there}#it"}
    assert client.get(f"/{here}.ttl").status_code == 301
    assert client.get(f"/{here}.ttl").headers["Location"] == f"{BASE}{there}.ttl"
    page = client.get(f"/{there}.html").text
    assert "A pen name" in page
    assert "2026-11-30" in page
    assert "changeNote" in client.get(f"/{there}.nt").text


def test_where_nothing_is_left_of_what_it_is_the_old_address_says_so(published: Published) -> None:
    client = published([book("1", topic=["Soil"])], "subject/earth,is,subject/ground,Synonyms,2026-11-30\n")

    response = client.get("/subject/earth")

    assert response.status_code == 404
    assert "Synonyms" in response.text


def test_this_is_not_that_splits_what_one_record_means(published: Published) -> None:
    name = "Doe, Jane, 1950-"
    path = f"agent/{keys.key(name)}"
    records = [book("1", author=[name]), book("2", author=[name]), book("3", author=[name])]

    client = published(records, f"record/2,is not,{path},Another Jane,2026-11-30\n")

    assert creators(client, "1") == creators(client, "3") == {f"{BASE}{path}#it"}
    (other,) = creators(client, "2")
    assert other.startswith(f"{BASE}agent/doe-jane-1950~")
    assert other != f"{BASE}{path}#it"
    for iri in (other, f"{BASE}{path}"):
        assert "Another Jane" in client.get(iri.removeprefix(BASE[:-1]).removesuffix("#it")).text


def test_a_decision_describes_published_records_anew(publishing: Publishing, published: Published) -> None:
    publishing([book("1", topic=["Earth"]), book("2", topic=["Ground"])])

    client = published([book("3", topic=["Water"])], "subject/earth,is,subject/ground,Synonyms,2026-11-30\n")

    assert client.get("/subject/earth").headers["Location"] == f"{BASE}subject/ground"
    assert "/record/1" in client.get("/subject/ground").text


# -- journals ----------------------------------------------------------------------------------------------------------


def test_a_journal_keeps_all_its_titles_and_a_citation_names_its_record_s(published: Published) -> None:
    records = [article("1", "Annals of Old Things"), article("2", "New Things"), article("3", "NEW THINGS"),
               article("4", "New Things")]  # fmt: skip
    client = published(records)

    lines = client.get("/journal/1234-5679.nt").text

    assert '<http://purl.org/dc/terms/title> "New Things" .' in lines
    assert '<http://purl.org/dc/terms/alternative> "Annals of Old Things" .' in lines
    assert "NEW THINGS" not in lines
    assert "Annals of Old Things" in client.get("/record/1.ris").text
    assert "Annals of Old Things" not in client.get("/record/2.ris").text
    assert "Annals of Old Things" in client.get("/journal/1234-5679.html").text


def test_a_record_about_a_journal_without_issn_is_one_work_of_its_own(published: Published) -> None:
    """Titles like this are many: no two records mean one journal by it, and none stands beside its own work."""
    records = [{"id": id_, "format": ["Journal"], "title": "Annual report"} for id_ in "jk"]
    client = published([*records, article("1", "Annual report") | {"issn": []}])

    for id_ in "jk":
        lines = client.get(f"/record/{id_}.nt").text
        assert _topic(client, id_) == f"{BASE}record/{id_}#it"
        assert "/journal/" not in lines
    path = f"journal/{quote(keys.hashed('Annual report'))}"
    assert f"<http://purl.org/dc/terms/isPartOf> <{BASE}{path}#it>" in client.get("/record/1.nt").text


def journal(id_: str, title: str) -> dict[str, Any]:
    return {"id": id_, "format": ["Journal"], "title": title, "issn": ["1234-5679"]}


def test_one_issn_on_four_records_makes_four_records_with_their_own_titles(
    published: Published, tmp_path: Path
) -> None:
    titles = {"a": "Alpha", "b": "Beta", "c": "Gamma", "d": "Delta"}
    articles = [article("1", "Beta"), article("2", "Beta")]
    records = [*(journal(*one) for one in titles.items()), *articles]
    client = published(records)

    topics = {id_: _topic(client, id_) for id_ in titles}

    here = f"{BASE}journal/1234-5679#it"
    assert topics == {id_: here if id_ == "b" else f"{BASE}record/{id_}#it" for id_ in titles}
    for id_, title in titles.items():
        lines = client.get(f"/record/{id_}.nt").text
        assert f'<{topics[id_]}> <http://purl.org/dc/terms/title> "{title}" .' in lines
        related = f"<{BASE}record/{id_}#it> <http://purl.org/dc/terms/relation> <{here}> ."
        assert (related in lines) == (id_ != "b")
        assert f">{title}</" in client.get(f"/record/{id_}.html").text


def test_a_journal_s_record_is_turned_when_others_call_it_otherwise_and_back(
    publishing: Publishing, tmp_path: Path
) -> None:
    """An update gives what publishing all at once gives, in the documents and in the store."""
    one = [journal("a", "Alpha"), article("1", "Alpha")]
    more = [article("2", "Beta"), article("3", "Beta"), article("4", "Beta")]
    publishing(one)
    publishing(more)
    turned = _triples(tmp_path / "site")
    publishing(one, full=True)
    back = _triples(tmp_path / "site")
    publishing([*one, *more], full=True)
    publishing([], again=True)
    again = _triples(tmp_path / "site")
    publishing(one, full=True, again=True)

    assert turned[0] == ""
    assert back[0] == "journal/1234-5679"
    assert again == turned
    assert _triples(tmp_path / "site") == back


def _topic(client: FlaskClient, record: str) -> str:
    lines = client.get(f"/record/{record}.nt").text.split("\n")
    return next(
        line.split()[2].strip("<>")
        for line in lines
        if line.startswith(f"<{BASE}record/{record}> <http://xmlns.com/foaf/0.1/primaryTopic>")
    )


def _triples(site: Path) -> tuple[str, set[str]]:
    """The topic of the record about the journal, and what is stored of records and journals."""
    path = live_path(site)
    assert path
    generation = Generation(path)
    document = generation.documents.get("record/a")
    assert document
    store = Store.read_only(str(generation.store))
    found = {str(quad) for quad in store if "/record/" in str(quad.subject) or "/journal/" in str(quad.subject)}
    assert generation.manifest.counts["stored"] == len(store)
    generation.close()
    return document.summary.topic, found


# -- claims that are unlike --------------------------------------------------------------------------------------------


def test_unlike_claims_are_counted_and_the_same_after_an_update(publishing: Publishing, tmp_path: Path) -> None:
    records = [article("1", "Annals of Old Things"), article("2", "New Things"), article("3", "NEW Things.")]
    publishing(records)
    whole = _unlike(tmp_path / "site")
    publishing(records[:1], full=True)
    nothing = _unlike(tmp_path / "site")
    publishing(records)

    assert [(one["path"], one["unlike"][0]["field"]) for one in whole] == [("journal/1234-5679", "title")]
    assert nothing == []
    assert _unlike(tmp_path / "site") == whole


def _unlike(site: Path) -> list[dict[str, Any]]:
    path = live_path(site)
    assert path
    generation = Generation(path)
    found = [json.loads(line) for line in (path / "unlike.jsonl").read_text().splitlines()]
    assert generation.manifest.account.unlike == len(found)
    generation.close()
    return found
