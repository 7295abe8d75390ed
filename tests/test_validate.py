"""`shelfgraph validate` over whole catalogues: what stands in other documents, and what no two of them may say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from conftest import BASE

from ld.cli import main
from ld.publish.run import publish
from ld.settings import Settings
from ld.values import vocab


def article(n: int, **more: Any) -> dict[str, Any]:
    """A good article of one journal."""
    bibjson = {
        "title": f"Example {n}", "year": "2019", "abstract": "About it", "author": [{"name": f"Author {n}"}],
        "journal": {"title": "Example Journal", "publisher": "New Press", "language": ["EN"]},
        "identifier": [{"type": "pissn", "id": "1234-5679"}, {"type": "doi", "id": f"10.5555/{n}"}],
    }  # fmt: skip
    return {"id": f"a{n:03}", "bibjson": bibjson | more}


def catalogue(site: Path, records: list[dict[str, Any]]) -> Path:
    """A site with these records."""
    source = site.parent / "records.jsonl"
    source.write_text("".join(json.dumps(one) + "\n" for one in records), encoding="utf-8")
    vocab.use(site / "vocab")
    publish([str(source)], Settings(site, {"base": BASE}, {}))
    return site


def validated(site: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    """The exit status and the report."""
    done = CliRunner().invoke(main, ["validate", "--site", str(site), "--json", *arguments])
    return done.exit_code, json.loads(done.stdout)


@pytest.fixture(autouse=True)
def packaged() -> Any:
    """No test leaves the vocabulary of its site to the next."""
    yield
    vocab.use(None)


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """More articles than any two of whose documents are ever in memory together; the first has another publisher."""
    journal = {"title": "Example Journal", "publisher": "Old Press", "language": ["EN"]}
    twice = [{"type": "pissn", "id": "1234-5679"}, {"type": "doi", "id": "10.5555/twice"}]
    first, last = article(0, journal=journal, identifier=twice), article(900, identifier=twice)
    return catalogue(tmp_path / "site", [first, *(article(n) for n in range(1, 900)), last])


@pytest.mark.parametrize("workers", ["1", "3"])
def test_good_records_are_never_called_bad_for_what_stands_in_another_batch(many: Path, workers: str) -> None:
    status, report = validated(many, "--workers", workers)

    assert (status, report["violations"], report["records"]) == (0, 0, 901)


@pytest.mark.parametrize("workers", ["1", "3"])
def test_one_doi_on_two_works_is_found_over_the_whole_catalogue(many: Path, workers: str) -> None:
    _, report = validated(many, "--workers", workers)
    found = [one for one in report["findings"] if one["message"] == "one DOI on two works"]

    assert report["counts"]["warning: one DOI on two works"] == 1
    assert [(one["value"], one["records"]) for one in found] == [("10.5555/twice", ["a000", "a900"])]


def test_workers_find_what_one_finds(many: Path) -> None:
    assert validated(many, "--workers", "3") == validated(many, "--workers", "1")


def test_a_limit_checks_the_first_records_and_what_they_name(many: Path) -> None:
    _, report = validated(many, "--limit", "2")

    assert report["records"] == 2
    assert 0 < report["things"] < 20


def rule(text: str) -> str:
    """The packaged shapes with one more."""
    return vocab.Vocabulary().text("shapes.ttl") + text


def own_shapes(site: Path, text: str) -> Path:
    """Put the site's own shapes in place."""
    (site / "vocab").mkdir(exist_ok=True)
    (site / "vocab" / "shapes.ttl").write_text(text, encoding="utf-8")
    return site


def test_a_shared_thing_is_reported_once_with_records_that_name_it(tmp_path: Path) -> None:
    site = catalogue(tmp_path / "site", [article(n) for n in range(5)])
    shape = "shape:X a sh:NodeShape ; sh:targetObjectsOf dcterms:publisher ;"
    own_shapes(site, rule(f"{shape} sh:property [ sh:path foaf:name ; sh:maxLength 3 ; sh:message 'long' ] ."))
    status, report = validated(site)

    assert (status, report["counts"]["violation: long"]) == (1, 1)
    assert [len(set(one["records"])) for one in report["findings"] if one["message"] == "long"] == [3]


@pytest.mark.parametrize(
    "said, wrong",
    [
        ("sh:closed true", "sh:closed is not checked here"),
        ("sh:property [ sh:path dcterms:title ; sh:qualifiedMinCount 2 ]", "sh:qualifiedMinCount is not checked here"),
        ('sh:pattern "("', "'(' is no pattern"),
        ("sh:property [ sh:path [ sh:inversePath dcterms:title ] ; sh:minCount 1 ]", "of paths, only properties"),
        ("sh:property [ sh:path dcterms:title ; sh:node [ sh:pattern '[' ] ]", "'[' is no pattern"),
        ('sh:sparql [ sh:select "SELECT ?value { ?value ?p ?o }" ]', "sh:sparql stands only in a shape with"),
    ],
)
def test_a_shape_that_is_not_understood_is_refused_by_line_and_name(tmp_path: Path, said: str, wrong: str) -> None:
    site = catalogue(tmp_path / "site", [article(1)])
    text = rule(f"\nshape:Mine a sh:NodeShape ; sh:targetClass bibo:Document ;\n {said} .\n")
    done = CliRunner().invoke(main, ["validate", "--site", str(own_shapes(site, text))])

    assert done.exit_code == 1
    assert f"shapes.ttl:{text.count(chr(10))}: " in done.stderr and wrong in done.stderr


@pytest.mark.parametrize(
    "said, wrong",
    [
        ("shape:Mine a nothing:Shape .", "not Turtle: The prefix nothing: has not been declared"),
        ("shape:Mine a [", "not Turtle"),
    ],
)
def test_shapes_that_are_no_turtle_are_told_by_line(tmp_path: Path, said: str, wrong: str) -> None:
    site = catalogue(tmp_path / "site", [article(1)])
    text = rule(said)
    done = CliRunner().invoke(main, ["validate", "--site", str(own_shapes(site, text))])

    assert done.exit_code == 1
    assert f"shapes.ttl:{text.count(chr(10)) + 1}: " in done.stderr and wrong in done.stderr
