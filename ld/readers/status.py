"""The status of a publication that its source states: retracted, withdrawn, superseded; never from words of a title."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ld.memo import remembered
from ld.record import Left, Record, Remark
from ld.values import text
from ld.values.vocab import Row, vocabulary

# Fields that speak of the publication; a plain "status" may be that of a copy on the shelf, or of the record.
_OF_PUBLICATION = ("publication_status", "publication_status_str", "publication_status_str_mv")
_OF_SOMETHING = ("status", "status_str", "status_str_mv")
_FLAGS = {
    name: word
    for word in ("retracted", "withdrawn", "superseded")
    for name in (word, f"is_{word}", f"{word}_boolean", f"is_{word}_boolean", f"{word}_str")
}
_YES = frozenset(["true", "1", "yes"])
FIELDS = frozenset([*_OF_PUBLICATION, *_OF_SOMETHING, *_FLAGS])


def set_status(record: Record, fields: Mapping[str, Sequence[str]], others: Iterable[str] = ()) -> None:
    """Set the status that a field states; of `others`, which are fields for genres and formats, the plain words do.

    Retracted goes before all else that is stated (`vocab/codes/statuses.csv` has them in this order).
    """
    found = [row for row in map(_row, others) if row and row["anywhere"]]
    for name in FIELDS.intersection(fields):
        found += filter(None, (_stated(record, name, value) for value in fields[name]))
    order = list(vocabulary().codes("statuses"))
    record.status = min(found, key=lambda row: order.index(row["word"]))["status"] if found else ""


def is_status(word: str) -> bool:
    """Determine whether a word for a genre or a format states a status."""
    row = _row(word)
    return bool(row and row["anywhere"])


def _stated(record: Record, field: str, value: str) -> Row | None:
    """Return the row of the status that a value of a field states; what it does not know is remarked."""
    clean = text.plain(value)
    if field in _FLAGS:
        row = _row(_FLAGS[field]) if clean.casefold() in _YES else None
    else:
        row = _row(clean)
        if clean and not (row and (row["anywhere"] or field in _OF_PUBLICATION or not row["status"])):
            problem = "no status of a publication that codes/statuses.csv knows: left out"
            record.remarks.append(Remark(field, problem, value))
            return None
    if row and row["status"]:
        return row
    record.left.append(Left(field, "nothing that only some publications are", value))
    return None


@remembered
def _row(word: str) -> Row | None:
    return vocabulary().code("statuses", " ".join(word.casefold().strip(" .:").split()))
