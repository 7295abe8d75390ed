"""The status of a publication is told where a field of its source states it, and never from words of its title."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import BASE

from ld.mapping.compiled import Mapping
from ld.mapping.entities import Site
from ld.publish.run import publish
from ld.readers import read
from ld.record import Record
from ld.settings import Settings
from ld.values.vocab import vocabulary
from ld.web import create_app

RETRACTED = "<http://purl.org/ontology/bibo/status> <http://purl.org/spar/pso/retracted-from-publication> ."


def record(tmp_path: Path, **fields: object) -> Record:
    """The record of an index document with these fields."""
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"id": "x", "title": "An example", "format": ["Article"]} | fields))
    (found,) = read(str(path))
    assert isinstance(found, Record)
    return found


@pytest.mark.parametrize(
    ("fields", "status", "remarks"),
    [
        ({"status": "Retracted"}, "Retracted", 0),
        ({"status_str": ["retracted."]}, "Retracted", 0),
        ({"retracted_boolean": True}, "Retracted", 0),
        ({"retracted_boolean": False}, "", 0),
        ({"is_withdrawn": "true"}, "Withdrawn", 0),
        ({"publication_status_str": "Superseded"}, "Superseded", 0),
        ({"publication_status_str": ["Corrected", "Retracted"]}, "Retracted", 0),
        ({"publication_status_str": "Published"}, "", 0),
        ({"publication_status_str": "in limbo"}, "", 1),
        ({"status": "Withdrawn"}, "", 1),
        ({"status": "Available"}, "", 1),
        ({"genre": ["Retracted Publication"]}, "Retracted", 0),
        ({"format": ["Article", "Retracted Publication"]}, "Retracted", 0),
        ({"genre": ["Retraction of Publication"]}, "", 0),
        ({"genre": ["Withdrawn"]}, "", 0),
        ({"title": "RETRACTED: An example"}, "", 0),
        ({"title": "Retracted"}, "", 0),
        ({"description": "This article was retracted.", "topic": ["Retracted"]}, "", 0),
    ],
)
def test_a_status_is_what_a_field_for_it_states(
    tmp_path: Path, fields: dict[str, object], status: str, remarks: int
) -> None:
    """In a catalogue a copy is withdrawn: that says nothing of the publication."""
    found = record(tmp_path, **fields)

    assert (found.status, len([one for one in found.remarks if "status" in one.problem])) == (status, remarks)


@pytest.mark.parametrize(
    ("stated", "status"),
    [({"retracted": True}, "Retracted"), ({"status": "retracted"}, "Retracted"), ({"retracted": False}, ""), ({}, "")],
)
def test_a_status_of_doaj_json(tmp_path: Path, stated: dict[str, object], status: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"id": "x", "bibjson": {"title": "RETRACTED: An example"} | stated}))
    (found,) = read(str(path))

    assert isinstance(found, Record)
    assert (found.status, found.title) == (status, "RETRACTED: An example")


def test_a_status_becomes_what_programs_and_people_read(tmp_path: Path) -> None:
    lines = Mapping(Site(BASE), vocabulary()).describe(record(tmp_path, status="Retracted")).lines

    assert f"<{BASE}record/x#it> {RETRACTED}" in lines
    assert f'<{BASE}record/x#it> <http://schema.org/creativeWorkStatus> "Retracted" .' in lines


def test_a_status_stands_beneath_the_title_and_in_citations(tmp_path: Path) -> None:
    record(tmp_path, status="Retracted")
    settings = Settings(tmp_path / "site", {"base": BASE, "workers": 1, "verify": False}, {})
    publish([str(tmp_path / "x.json")], settings)
    app = create_app(settings)
    client = app.test_client()
    page, cited = client.get("/record/x.html").text, client.get("/record/x.bib").text
    app.extensions["shelfgraph"].pools.close()

    assert '<p class="status" role="note">Retracted</p>' in page
    assert "  note = {Retracted},\n" in cited


@pytest.mark.parametrize(
    ("note", "degree", "school"),
    [
        ("Thesis (Ph. D.)--University of Example, 1998.", "Ph. D.", "University of Example"),
        ("Thesis (M.A.)--University College, London, 1969.", "M.A.", "University College, London"),
        ("Thesis (M.A.)--University of Example.", "M.A.", "University of Example"),
        ("Thesis (Ph.D.)--1998", "Ph.D.", ""),
        ("Diss. phil. Example, 1962", "", ""),
        ("Originally presented as the author's thesis.", "", ""),
    ],
)
def test_a_note_on_a_thesis_names_degree_and_school(tmp_path: Path, note: str, degree: str, school: str) -> None:
    found = record(tmp_path, format=["Thesis"], dissertation_note=note)
    lines = Mapping(Site(BASE), vocabulary()).describe(found).lines

    assert (found.degree, found.granted_by) == (degree, school)
    assert ("/relators/dgg>" in lines) == bool(school)
