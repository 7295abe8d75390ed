"""No value is lost in silence: what the ledger calls normalised is there to be seen in what was made of the record.

Over every record of the examples, and of the founders' shared records where these are there.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from pathlib import Path

import pytest
from conftest import BASE, EXAMPLES, SHARED

from ld.mapping.compiled import Described, Mapping
from ld.mapping.entities import Site
from ld.publish.ledger import fates
from ld.readers import read
from ld.record import Record
from ld.terms import unescaped
from ld.values import text
from ld.values.vocab import Vocabulary

# What becomes a code, a date or a number of another form, and the field of the record that has it then.
CODED = {
    "isbn": "isbns", "lccn": "lccn", "header/setSpec": "subjects", "dateSpan": "span", "publishDate": "issued",
    "publicationDate": "issued", "language": "languages", "bibjson.journal.language": "languages", "format": "format",
    "first_indexed": "created", "last_indexed": "modified", "_version_": "modified", "bibjson.month": "issued",
    "bibjson.year": "issued", "header/datestamp": "modified", "dissertation_note": "degree", "dewey-raw": "subjects",
    "008": "format", "010$a": "lccn", "020$a": "isbns", "024$a": "ismns", "041$a": "languages", "041$d": "languages",
    "082$a": "subjects", "773$z": "containers", "773$x": "containers",
    "260$c": "issued", "261$c": "issued", "262$c": "issued", "264$c": "issued",
}  # fmt: skip
NOTHING = {"undetermined", "und"}
ROLES = re.compile(r"role$|^[17]\d\d\$[4ej]$")
NUMBER = re.compile(r"\(OCoLC\)fst\d+")  # a genre is said by its word
# Of the words of a value: thesaurus codes, numbers of authorities and words like "distributed by" are said otherwise.
SHARE = 1 / 3


def words(value: str) -> set[str]:
    """The words of a text without marks and case."""
    folded = "".join(c for c in unicodedata.normalize("NFKD", value).casefold() if not unicodedata.combining(c))
    return set(re.findall(r"\w+", folded))


def made(mapping: Mapping, record: Record) -> str:
    """All that is said of a record and of the things that it names."""
    described = mapping.attempt(record)
    assert isinstance(described, Described), described
    told = (mapping.tell(one.document, one.said).lines for one in described.mentions)
    return unescaped("".join((described.lines, *told)))


def lost(mapping: Mapping, record: Record) -> list[tuple[str, str]]:
    """Field and value of what is called normalised and is not there."""
    said = words(made(mapping, record))
    found = []
    for field, value, fate in fates(record):
        if value.strip().casefold() in NOTHING or fate != "normalised" or ROLES.search(field):
            continue
        own = words(NUMBER.sub("", text.plain(value)))
        if field in CODED:
            there = bool(getattr(record, CODED[field])) or (
                field == "isbn" and any(one.isbns for one in record.containers)
            )
        else:
            there = not own or len(own & said) >= SHARE * len(own)
        if not there:
            found.append((field, value))
    return found


def sources() -> list[Path]:
    """All that has records."""
    data = SHARED / "data"
    beside = [data / name for name in ("vufind-solr-captured", "vufind-text", "doaj", "seed")]
    files = [*data.glob("vufind-solr/*.json*"), *data.glob("oai/*.oai_doaj.xml")]
    return [EXAMPLES, *(path for path in (*sorted(files), *beside) if path.exists())]


@pytest.mark.slow
@pytest.mark.parametrize("source", sources(), ids=lambda path: path.name)
def test_no_value_is_lost_in_silence(source: Path) -> None:
    mapping = Mapping(Site(BASE), Vocabulary())
    missing: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for outcome in read(str(source)):
        if isinstance(outcome, Record):
            for field, value in lost(mapping, outcome):
                missing[field].append((outcome.id, field, value))

    assert {field: several[:5] for field, several in missing.items()} == {}
