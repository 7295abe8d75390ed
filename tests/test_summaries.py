"""The summary of every example, and the card of every thing that it speaks of, come out exactly as they are kept here.

`summaries.json` has both in words. Where they shall change, look at what changes, and renew them:

    python tests/test_summaries.py
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from conftest import BASE, EXAMPLES

from ld.mapping.compiled import Mapping
from ld.mapping.containers import aliases
from ld.mapping.entities import Site
from ld.mapping.mentions import unpacked
from ld.mapping.profile import Profile, kept
from ld.readers import read
from ld.record import Person, Record, Source, Subject
from ld.values.vocab import Vocabulary

KEPT = Path(__file__).with_name("summaries.json")
VOCABULARY = Vocabulary()
ORCID = "https://orcid.org/0000-0002-1825-0097"
# What no example has: roles that only suit some works, an agent with an ORCID iD, a numbered series of a thesis.
OTHERS = [
    Record(
        id="o/1", title="Andere Werke", format=kind, source=Source("solr", "{}",
        "here"), languages=["ger"], degree="M.A.",
        people=[
            Person("Lovelace, Ada", given="Ada", family="Lovelace", orcid=ORCID, heading=True),
            Person("Doe, Jane", role="drt", given="Jane", family="Doe"), Person("Roe, Max", role="ill"),
            Person("A press", role="pbl", organization=True), Person("Somebody", role="xxx"), Person("Body",
            "ctb", True),
            Person("A Survey", organization=True, heading=True), Person("Doe, Jane", role="edt", affiliations=("Here",
            "There")),
        ],
        subjects=[Subject("Maps", "lcsh"), Subject("", "ddc", "526"), Subject("Karten"), Subject("x", "own", "1/2")],
        contributor_names=["Jane Doe"], earlier_titles=["Old"], later_titles=["New"], institutions=["A library"],
        collection="Own Collection", isbns=["9780306406157"], edition="2nd", page_count="12",
        book_format="schema:Hardcover",
        publishers=["Frontiers Media S.A"], urls=["https://a.example/1"], doi="10.1000/a<b", publisher_id="p1",
    )
    for kind in ("map", "book", "dvd", "thesis", "journal")
]  # fmt: skip


def records() -> dict[str, Record]:
    """The records of all examples, and those of this file, by name."""
    paths = sorted(path for path in EXAMPLES.iterdir() if path.suffix != ".ttl")
    found = {f"{path.name} {one.id}": one for path in paths for one in read(str(path)) if isinstance(one, Record)}
    return found | {f"other {one.format}": one for one in OTHERS}


def told(record: Record) -> Any:
    """The summary of the record and the cards of the things it speaks of, with what leads to them, in words."""
    mapping = Mapping(Site(BASE), VOCABULARY)
    described = mapping.describe(record)
    cards = [mapping.tell(one.document, unpacked(one.packed)[1]).card for one in described.mentions]
    found = {
        "summary": _named(described.summarize()),
        "naming": described.lines.splitlines()[: described.naming],
        "cards": [_named(card) | {"aliases": aliases(mapping.kinds, card)} for card in cards],
    }
    return json.loads(msgspec.json.encode(found))


def _named(struct: msgspec.Struct) -> dict[str, Any]:
    """The fields of a struct that say something, by their names."""
    return {name: value for name in struct.__struct_fields__ if (value := getattr(struct, name))}


@pytest.mark.parametrize("name", records())
def test_summary_and_cards_come_out_exactly(name: str) -> None:
    assert told(records()[name]) == json.loads(KEPT.read_text(encoding="utf-8"))[name]


@pytest.mark.parametrize("profile", list(VOCABULARY.codes("profiles")))
def test_a_profile_keeps_the_triples_of_its_vocabularies(profile: str) -> None:
    """A class is kept where it is one of theirs, and so is everything that has such a property."""
    prefixes = VOCABULARY.codes("profiles")[profile]["vocabularies"].split()
    spaces = tuple(VOCABULARY.prefixes[one] for one in prefixes) if prefixes != ["*"] else ("",)
    marked, plain = (Mapping(Site(BASE), VOCABULARY, one) for one in (Profile(profile, VOCABULARY), None))
    for record in records().values():
        lines, described = plain.describe(record).lines, marked.describe(record)
        wanted = [line for line in lines.splitlines() if _of(line, spaces)]

        assert described.lines == lines
        assert kept(lines.encode(), described.marks).decode().splitlines() == wanted
        for one in described.mentions:
            thing = marked.tell(one.document, unpacked(one.packed)[1])
            found = kept(thing.lines.encode(), thing.marks).decode().splitlines()
            assert found == [line for line in thing.lines.splitlines() if _of(line, spaces)]


def _of(line: str, spaces: tuple[str, ...]) -> bool:
    """Whether a line says something in one of these vocabularies."""
    _, predicate, value = line.split(" ", 2)
    is_class = predicate == "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
    return predicate[1:].startswith(spaces) and (not is_class or value[1:].startswith(spaces))


if __name__ == "__main__":
    text = json.dumps({name: told(one) for name, one in records().items()}, ensure_ascii=False, indent=1)
    KEPT.write_text(text + "\n", encoding="utf-8")
