"""Every row of `vocab/mapping.csv` says something of an example, or of a record of this table."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import BASE, EXAMPLES

from ld.mapping.compiled import Mapping
from ld.mapping.entities import Site
from ld.readers import read
from ld.record import Container, Date, Person, Record, Source
from ld.values.vocab import Vocabulary

VOCABULARY = Vocabulary()
HERE = f"{BASE}record/1#it"
ORCID = "https://orcid.org/0000-0002-1825-0097"
ADA = "<https://data.example.org/agent/orcid-0000-0002-1825-0097#it>"
BOOK = "<https://data.example.org/book/9780306406157#it>"
WITHIN = [Container("book", "Whole", isbns=("9780306406157",)), Container("series", "A series", number="7")]

# Property; a record that fills its field; what is then said of the work, or of the thing that is named.
TABLE: list[tuple[str, dict[str, Any], str]] = [
    *[
        (f"{space}:translator", {"people": [Person("Jane Doe", role="trl")]}, f"<{BASE}record/1#contributor-1>")
        for space in ("bibo", "schema")
    ],
    ("schema:illustrator", {"people": [Person("Jane Doe", role="ill")]}, f"<{BASE}record/1#contributor-1>"),
    ("schema:endDate", {"span": Date("1990/1995", "edtf")}, '"1995"^^<http://schema.org/Date>'),
    ("schema:endDate", {"span": Date("1990", "gYear", "1990")}, '"1990"^^<http://schema.org/Date>'),
    ("rdfs:seeAlso", {"about_urls": ["https://a.example/toc"]}, "<https://a.example/toc>"),
    ("dc:relation", {"other_forms": ["Also issued online."]}, '"Also issued online."'),
    ("schema:thumbnailUrl", {"thumbnail": "https://a.example/1.png"}, "<https://a.example/1.png>"),
    *[
        (f"{space}:license", {"licence": "https://a.example/by/4.0/"}, "<https://a.example/by/4.0/>")
        for space in ("dcterms", "schema")
    ],
    *[
        (f"{space}:sameAs", {"people": [Person("Lovelace, Ada", orcid=ORCID, heading=True)]}, f"{ADA} <{ORCID}>")
        for space in ("owl", "schema")
    ],
    ("relators:pup", {"publication_places": ["Aachen"]}, '"Aachen"'),
    *[(f"{space}:rights", {"rights": ["CC BY"]}, '"CC BY"') for space in ("dcterms", "dc")],
    *[(name, {"rights_pages": ["https://a.example/r"]}, "<https://a.example/r>") for name in
      ("dcterms:rights", "schema:usageInfo")],
    ("bibo:status", {"status": "Retracted"}, "<http://purl.org/spar/pso/retracted-from-publication>"),
    ("relators:dgg", {"format": "thesis", "granted_by": "Example University"}, f"<{BASE}organization/example-university#it>"),
    ("schema:creativeWorkStatus", {"status": "Retracted"}, '"Retracted"'),
    *[
        (f"schema:{name}", {"people": [Person("Doe, Ann, Jr.", suffix="Jr.", life="1809-1882", heading=heading)]},
         f"{agent} {value}")
        for heading, agent in ((False, f"<{BASE}record/1#author-1>"), (True, f"<{BASE}agent/doe-ann-jr-1809-1882~92c2780d#it>"))
        for name, value in (
            ("honorificSuffix", '"Jr."'), ("disambiguatingDescription", '"1809-1882"'),
            ("birthDate", '"1809"^^<http://schema.org/Date>'), ("deathDate", '"1882"^^<http://schema.org/Date>'),
        )
    ],
    *[
        (name, {"people": [Person("Doe", suffix="Jr.", life="1809-1882", unsure=True)]},
         f"<{BASE}record/1#author-1> {value}")
        for name, value in (
            ("foaf:name", '"Doe"'), ("schema:name", '"Doe"'), ("schema:honorificSuffix", '"Jr."'),
            ("schema:disambiguatingDescription", '"1809-1882"'),
        )
    ],
    *[
        (name, {"containers": WITHIN}, f"{BOOK} {value}")
        for name, value in (
            ("dcterms:title", '"Whole"'), ("schema:name", '"Whole"'), ("bibo:isbn13", '"9780306406157"'),
            ("schema:isbn", '"9780306406157"'), ("dcterms:identifier", '"urn:isbn:9780306406157"'),
            ("bibo:number", '"7"'),
        )
    ],
]  # fmt: skip


def record(**fields: Any) -> Record:
    """A book with these fields."""
    return Record(id="1", title="A title", source=Source("solr", "{}", "here"), **{"format": "book"} | fields)


@pytest.mark.parametrize(("curie", "fields", "value"), TABLE, ids=lambda one: one if isinstance(one, str) else "")
def test_a_field_that_no_example_has_is_said(curie: str, fields: dict[str, Any], value: str) -> None:
    subject, _, value = value.rpartition(" ") if value.startswith("<") and " " in value else (f"<{HERE}>", "", value)
    lines = {traced.line for traced in Mapping(Site(BASE), VOCABULARY).trace(record(**fields))}

    assert f"{subject} <{VOCABULARY.expand(curie)}> {value} .\n" in lines


def test_every_row_fires() -> None:
    mapping = Mapping(Site(BASE), VOCABULARY)
    examples = [path for path in sorted(EXAMPLES.iterdir()) if path.suffix != ".ttl"]
    records = [one for path in examples for one in read(str(path)) if isinstance(one, Record)]
    fired = {traced.row for one in [*records, *(record(**row[1]) for row in TABLE)] for traced in mapping.trace(one)}

    rows = [
        row for row in VOCABULARY.rows("mapping.csv") if row["field"] not in ("decision", "related")
    ]  # see test_identities

    assert [row[":line"] for row in rows if row[":line"] not in fired] == []
