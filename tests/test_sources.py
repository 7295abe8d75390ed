"""Real records: the seed whole, the same records in four forms, and every document of the founders' data.

`python tests/test_sources.py` prints the table of agreement and the counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ld import readers
from ld.readers import parts
from ld.record import Container, Date, Origin, Part, Person, Record, Rejected, Subject

DATA = Path(__file__).parent.parent.parent / "shared" / "data"
EXAMPLES = Path(__file__).parent.parent / "vocab" / "examples"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the founders' data (../shared/data) is not here")
SEED = "a252c0b4cecb4a74b764cc9fba0ed479"

FORMS = {
    "text": ("vufind-text/doaj2017_*.txt", "vufind-text/doajapi_*.txt"),
    "solr": ("vufind-solr/doaj2017.solr.json", "vufind-solr/doajapi.solr.json"),
    "oai": ("oai/doaj2017.oai_doaj.xml", "oai/doajapi.oai_doaj.xml"),
    "json": ("doaj/doajapi.articles.jsonl",),
}


def journal(record: Record) -> Container:
    """The journal, empty where there is none."""
    return record.containers[0] if record.containers else Container("journal")


CORE: dict[str, Callable[[Record], Any]] = {
    "title": lambda record: record.title,
    "authors": lambda record: [person.name for person in record.people],
    "year": lambda record: record.issued and record.issued.year,
    "date": lambda record: record.issued,
    "journal": lambda record: journal(record).title,
    "issn": lambda record: {journal(record).issn, journal(record).eissn} - {""},
    "doi": lambda record: record.doi,
    "url": lambda record: record.urls,
    "keywords": lambda record: [subject.label for subject in record.subjects if not subject.scheme],
    "abstract": lambda record: record.abstract,
    "language": lambda record: record.languages,
    "publisher": lambda record: record.publishers,
    "affiliations": lambda record: [person.affiliations for person in record.people],
    "origin": lambda record: record.origin,
}

# What is measured, and why it is not everything. Other pairs and fields agree in all records.
EXPECTED = {
    ("solr", "oai", "doi"): (77, "one DOI has a publisher's id glued on in the index text"),
    ("solr", "oai", "affiliations"): (69, "nine have no clear cut between affiliations; the catalogue lost them"),
    ("json", "oai", "date"): (23, "DOAJ's crosswalk fills in January; the JSON says whether it was January"),
    ("json", "oai", "doi"): (27, "the crosswalk misses an identifier type in capitals (DOI)"),
    ("json", "oai", "url"): (27, "the crosswalk takes the first of two links"),
    ("json", "solr", "date"): (23, "as between json and oai"),
    ("json", "solr", "doi"): (26, "as between json and oai, and between solr and oai"),
    ("json", "solr", "url"): (27, "as between json and oai"),
    ("json", "solr", "affiliations"): (21, "as between solr and oai"),
}


@cache
def form(name: str) -> dict[str, Record]:
    """The records of one form by id."""
    paths = [path for pattern in FORMS[name] for path in sorted(DATA.glob(pattern))]
    return {one.id: one for path in paths for one in readers.read(str(path)) if isinstance(one, Record)}


def agreement(one: str, other: str) -> tuple[int, dict[str, int]]:
    """How many records two forms have in common, and in how many of them each field agrees."""
    first, second = form(one), form(other)
    shared = [key for key in first if key in second]
    return len(shared), {name: sum(get(first[key]) == get(second[key]) for key in shared) for name, get in CORE.items()}


def documents() -> Iterator[Record | Rejected]:
    """Every Solr document there is, made and captured."""
    paths = [*sorted((DATA / "vufind-solr").iterdir()), DATA / "vufind-solr-captured"]
    for path in paths:
        kind = "solr" if path.is_file() else None
        yield from (one for one in readers.read(str(path), kind) if isinstance(one, Record | Rejected))


# -- the seed ---------------------------------------------------------------------------------------------------------


def seed() -> Record:
    """The record of the seed text."""
    (found,) = readers.read(str(EXAMPLES / "seed.txt"))
    assert isinstance(found, Record)
    return found


def test_the_seed_whole() -> None:
    found = seed()
    expected = Record(
        id=f"doaj-{SEED}",
        title="Toward Co-productive Learning? The Exchange Network as Experimental Space",
        source=found.source,
        format="academicarticle",
        people=[
            Person(
                "Rachel Matthews",
                affiliations=(
                    "National Institute for Health Research (NIHR), Collaboration for Leadership and Applied Health "
                    "Research and Care (CLAHRC) for Northwest London, Imperial College London, London, United Kingdom",
                ),
            ),
            Person(
                "Constantina (Stan) Papoulias",
                affiliations=("Health Service and Population Research, King's College London, London, United Kingdom",),
            ),
        ],
        issued=Date("2019-04", "gYearMonth", "2019"),
        languages=["eng"],
        publishers=["Frontiers Media S.A."],
        containers=[Container("journal", "Frontiers in Sociology", "2297-7775", volume="4")],
        doi="10.3389/fsoc.2019.00036",
        publisher_id="434202",
        same_as=[f"https://doaj.org/article/{SEED}"],
        urls=["https://www.frontiersin.org/article/10.3389/fsoc.2019.00036/full"],
        abstract=found.abstract,
        subjects=[
            Subject("co-production", language="eng"),
            Subject("collaboration", language="eng"),
            Subject("action learning", language="eng"),
            Subject("reflexivity", language="eng"),
            Subject("patient and public involvement", language="eng"),
            Subject("quality improvement", language="eng"),
        ],
        collection="DOAJ",
        modified="2021-11-19T03:33:50.593Z",
        page=f"https://doaj.org/article/{SEED}",
        origin=Origin(f"oai:doaj.org/article:{SEED}", "2020-11-24T20:40:42Z"),
        how=[
            "doi-from-url",
            "volume-from-index-text",
            "publisher-id-from-index-text",
            "affiliations-from-index-text",
            "day-not-asserted",
            "language-of-journal",
            "access-from-collection",
        ],
    )

    assert msgspec.structs.replace(found, values={}) == expected
    assert found.abstract.startswith("Policy around patient and public involvement (PPI)")
    assert found.abstract.endswith("new forms of mutuality and care.")
    assert len(found.abstract) == 1941


def test_the_seed_without_its_record_page_and_with_sorted_fields() -> None:
    text = seed().source.text
    body = text[text.index("\nid ") + 1 :]
    starts: list[list[str]] = []
    names = {"id", "record_format", "spelling", "collection", "language", "format", "sources", "author", "title"}
    names |= {
        "spellingShingle",
        "author_facet",
        "author_sort",
        "title_short",
        "title_full",
        "title_fullStr",
        "_version_",
    }
    names |= {
        "title_full_unstemmed",
        "title_sort",
        "publisher",
        "series",
        "issn",
        "publishDate",
        "description",
        "topic",
    }
    names |= {"url", "work_keys_str_mv"}
    for line in body.split("\n"):
        if line.partition(" ")[0] in names:
            starts.append([])
        starts[-1].append(line)
    sorted_body = "\n".join("\n".join(lines) for lines in sorted(starts, key=lambda lines: lines[0].split(" ")[0]))
    assert sorted_body.startswith("_version_ 17")

    for other in (body, sorted_body):
        again = readers.reread(msgspec.structs.replace(seed().source, text=other))

        assert isinstance(again, Record)
        assert msgspec.structs.replace(again, source=seed().source) == seed()


@needs_data
def test_the_seed_as_oai_record_gives_the_same_facts() -> None:
    (found,) = readers.read(str(DATA / "seed" / "seed_oai_response.xml"))
    assert isinstance(found, Record)

    different = {name for name, get in CORE.items() if get(found) != get(seed())}

    assert different == set()
    assert (found.publisher_id, journal(found).volume) == ("434202", "4")


# -- the same records in four forms -----------------------------------------------------------------------------------


@needs_data
@pytest.mark.parametrize(
    ("one", "other", "records"),
    [("text", "solr", 78), ("solr", "oai", 78), ("json", "oai", 28), ("json", "solr", 28)],
)
def test_the_forms_of_a_record_agree(one: str, other: str, records: int) -> None:
    shared, agreeing = agreement(one, other)

    assert shared == records
    for name, count in agreeing.items():
        least, reason = EXPECTED.get((one, other, name), (records, "no reason is known"))
        assert count >= least, f"{name}: {count} of {records}; {least} expected: {reason}"


@needs_data
def test_the_text_gives_exactly_what_the_index_gives() -> None:
    for key, record in form("text").items():
        same = form("solr")[key]
        assert msgspec.structs.replace(record, source=same.source, values=same.values) == same


@needs_data
@pytest.mark.parametrize("field", ["doi", "affiliations", "language", "publisher"])
def test_what_is_recovered_is_never_wrong(field: str) -> None:
    """Missing is allowed, wrong is not: the OAI records are the truth."""
    get = CORE[field]
    empty = ("", [], [()] * 99)
    wrong = [
        key
        for key, record in form("solr").items()
        if get(record) != get(form("oai")[key]) and get(record) not in empty and any(get(record))
    ]

    assert wrong == []


@needs_data
def test_how_many_dois_come_back() -> None:
    with_doi = [key for key, record in form("oai").items() if record.doi]

    assert len(with_doi) == 24
    assert sum(form("solr")[key].doi == form("oai")[key].doi for key in with_doi) >= 23


# -- parts ------------------------------------------------------------------------------------------------------------


@needs_data
def test_real_pages_say_how_much_is_missing() -> None:
    """A harvested page of DOAJ, and the one of VuFind's own captured answers of Solr that has more than it holds."""
    doaj = [one for one in readers.read(str(DATA / "oai" / "doaj2017.oai_doaj.xml")) if isinstance(one, Part)]
    found = [one for one in readers.read(str(DATA / "vufind-solr-captured")) if isinstance(one, Part)]

    (gap,) = parts.gaps(doaj)
    assert (gap.here, gap.missing) == (50, 2_460_859)
    assert [(gap.here, gap.missing) for gap in parts.gaps(found)] == [(40, 200)]


# -- every document ---------------------------------------------------------------------------------------------------


@needs_data
def test_every_solr_document_is_read_or_rejected_with_a_reason() -> None:
    found = Counter[str]()
    for outcome in documents():
        if isinstance(outcome, Record):
            found["records"] += 1
            assert outcome.id
            assert outcome.title
            assert "@" not in "".join(person.name for person in outcome.people)
        else:
            found["rejected"] += 1
            assert outcome.place
            assert outcome.reason
            assert len(outcome.excerpt) <= 200

    assert found["records"] >= 2870
    assert found["rejected"] <= 470


@needs_data
def test_several_staff_views_in_one_file_are_those_of_the_single_files(tmp_path: Path) -> None:
    paths = [path for path in sorted((DATA / "vufind-text").iterdir()) if "marcstaff" not in path.name]
    single = [one for path in paths for one in readers.read(str(path)) if isinstance(one, Record)]
    joined = tmp_path / "all.txt"
    joined.write_text(
        "".join(
            (DATA / "vufind-text" / one.source.place.rpartition(", record")[0]).read_text().rstrip("\n") + "\n"
            for one in single
        )
    )

    together = list(readers.read(str(joined)))

    assert len(together) == len(single)
    for one, other in zip(single, together, strict=True):
        assert isinstance(other, Record)
        assert msgspec.structs.replace(other, source=one.source) == one


@needs_data
def test_every_source_can_be_read_again() -> None:
    for name in FORMS:
        for record in form(name).values():
            assert readers.reread(record.source) == record


def table() -> None:
    """Print how the forms agree and what becomes of every Solr document."""
    print("forms".ljust(14), *(name.rjust(len(name) + 1) for name in CORE))
    for one, other in (("text", "solr"), ("solr", "oai"), ("json", "oai"), ("json", "solr")):
        shared, agreeing = agreement(one, other)
        cells = (str(agreeing[name]).rjust(len(name) + 1) for name in CORE)
        print(f"{one}-{other} {shared}".ljust(14), *cells)
    found = list(documents())
    rejected = Counter(one.reason.partition(":")[0] for one in found if isinstance(one, Rejected))
    remarks = Counter((r.field, r.problem) for one in found if isinstance(one, Record) for r in one.remarks)
    print(f"\n{len(found)} Solr documents, {sum(rejected.values())} rejected")
    for reason, count in [*rejected.most_common(6), *remarks.most_common(12)]:
        print(f"{count:6} {reason}")


if __name__ == "__main__":
    table()
