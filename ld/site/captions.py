"""The labels of fields on pages, and their order there: `vocab/pages.csv`."""

from __future__ import annotations

from ld.errors import VocabError
from ld.mapping.entities import known_fields
from ld.memo import cached
from ld.summary import Summary
from ld.values.vocab import Row, Vocabulary

# What the catalogue says about itself, and which fields that has.
_ITSELF = {"dataset", "scheme", "provenance", "labels"}
_OF_ITSELF = {
    "description", "records", "triples", "publisher", "modified", "source", "part", "download", "endpoint",
    "vocabulary", "licence", "home",
}  # fmt: skip
_OF_RECORD = frozenset((*Summary.__struct_fields__, "date", "keywords"))
Captions = dict[str, dict[str, str]]


@cached(4)
def captions(vocabulary: Vocabulary) -> Captions:
    """Return the captions of each kind of page: labels by field, in the order of the table.

    Raises VocabError with file:line where a row names a thing or field that does not exist.
    """
    found: Captions = {}
    known = known_fields(vocabulary)
    for row in vocabulary.rows("pages.csv"):
        fields = _fields(row, known)
        if row["field"] not in fields:
            raise VocabError(
                f"{row[':line']}: {row['thing']} has no field '{row['field']}': name one of {', '.join(sorted(fields))}"
            )
        if row["field"] in found.setdefault(row["thing"], {}) or not row["label"]:
            raise VocabError(f"{row[':line']}: '{row['field']}' needs exactly one row, with a label")
        found[row["thing"]][row["field"]] = row["label"]
    return found


def _fields(row: Row, known: dict[str, frozenset[str]]) -> frozenset[str] | set[str]:
    """Return the fields that a row may name."""
    thing = row.get("thing", "")
    if thing in ("record", "document"):
        return _OF_RECORD
    if thing in _ITSELF:
        return _OF_ITSELF
    fields = known.get("work" if thing == "people" else thing)
    if fields is None:
        things = ", ".join(["record", "document", "people", *sorted(_ITSELF), *known])
        raise VocabError(f"{row[':line']}: there is no page of '{thing}': name one of {things}")
    return fields
