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


Published = Callable[..., FlaskClient]


@pytest.fixture
def published(tmp_path: Path) -> Iterator[Published]:
    """Publishes records, with a table of identities, and returns a client of the site."""
    apps = []

    def make(records: list[dict[str, Any]], identities: str = "", **more: Any) -> FlaskClient:
        settings = Settings(tmp_path / "site", {"base": BASE, "verify": False, "workers": 1}, {})
        (settings.site / "vocab").mkdir(parents=True, exist_ok=True)
        (settings.site / "vocab" / "identities.csv").write_text(HEAD + identities, encoding="utf-8")
        vocab.use(settings.site / "vocab")
        (tmp_path / "records.json").write_text(json.dumps(records))
        publish([str(tmp_path / "records.json")] if records else [], settings, **more)
        apps.append(create_app(settings))
        return apps[-1].test_client()

    yield make
    for app in apps:
        app.extensions["shelfgraph"].pools.close()
    vocab.use(None)


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


def test_a_decision_describes_published_records_anew(published: Published) -> None:
    client = published([book("1", topic=["Earth"]), book("2", topic=["Ground"])])
    assert client.get("/subject/earth").status_code == 200

    client = published([], "subject/earth,is,subject/ground,Synonyms,2026-11-30\n", again=True)

    assert client.get("/subject/earth").headers["Location"] == f"{BASE}subject/ground"


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


def test_a_journal_without_issn_is_one_thing_with_its_record(published: Published) -> None:
    records = [{"id": "j", "format": ["Journal"], "title": "Journal of Apples"}, article("1", "Journal of Apples", "")]
    records[1].pop("issn")
    client = published(records)

    path = f"journal/{quote(keys.hashed('Journal of Apples'))}"

    assert f"<http://xmlns.com/foaf/0.1/primaryTopic> <{BASE}{path}#it>" in client.get("/record/j.nt").text
    assert f"<http://purl.org/dc/terms/isPartOf> <{BASE}{path}#it>" in client.get("/record/1.nt").text
    assert "/record/j#it>" not in client.get("/record/j.nt").text


# -- claims that are unlike --------------------------------------------------------------------------------------------


def test_unlike_claims_are_counted_and_kept_and_the_same_after_an_update(published: Published, tmp_path: Path) -> None:
    records = [article("1", "Annals of Old Things"), article("2", "New Things"), article("3", "NEW Things.")]
    published(records)
    whole = _unlike(tmp_path / "site")
    published(records[:1], full=True)
    nothing = _unlike(tmp_path / "site")
    published(records)

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
