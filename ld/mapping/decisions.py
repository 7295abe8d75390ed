"""A cataloguer's word: which things are one and which are not (`vocab/identities.csv`), over every rule.

`this,is,that` makes two things one: what is said of this is said of that, and the old address leads there.
`record/ID,is not,that` splits: what that record calls by the name is a thing of its own, with a hash of the record's id
behind the key. `this,is not,that` of two things keeps them apart: a row that would join them is refused.
"""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import quote

from msgspec import Struct

from ld.errors import VocabError
from ld.values import names
from ld.values.vocab import Row, Vocabulary

TABLE = "identities.csv"
_KINDS = ("agent", "journal", "organization", "series", "subject")
_COLUMNS = ("this", "word", "that", "reason", "date")
_END = re.compile(r"#it$")


class Decision(Struct, frozen=True):
    """One row: the paths of this and that, whether they are one, why, since when, and where it stands."""

    this: str
    that: str
    same: bool
    reason: str
    date: str
    where: str

    @property
    def text(self) -> str:
        """The decision in words, as the page of a thing shows it."""
        return f"{self.this} {'is' if self.same else 'is not'} {self.that}: {self.reason} ({self.date})"


class Decisions:
    """The rows of the table, read strictly: whatever is odd is a VocabError with file:line."""

    def __init__(self, vocabulary: Vocabulary, base: str) -> None:
        self.rows = [_decision(row, base) for row in vocabulary.rows(TABLE)]
        self.moved = self._moved()
        self.apart = self._apart()
        self._about = self._by_path()

    def _moved(self) -> dict[str, str]:
        """Return where the things went that are another one, each to the last in its row of rows."""
        nearest: dict[str, Decision] = {}
        for one in self.rows:
            if one.same and nearest.setdefault(one.this, one) is not one:
                raise VocabError(f"{one.where}: '{one.this}' is something else already: {nearest[one.this].where}")
        return {this: _last(this, nearest) for this in nearest}

    def _apart(self) -> dict[str, dict[str, str]]:
        """Return, by the path of a record, where the things go that it means otherwise than their name says."""
        found: dict[str, dict[str, str]] = {}
        for one in self.rows:
            if one.same:
                continue
            this, that = (self.moved.get(path, path) for path in (one.this, one.that))
            if this == that:
                raise VocabError(f"{one.where}: '{one.this}' is said to be '{one.that}' in another row: take one out")
            if one.this.startswith("record/"):
                own = f"{one.that.partition('~')[0]}~{names.digest(f'{one.that} {one.this}')}"
                found.setdefault(one.this, {})[one.that] = self.moved.get(own, own)
        return found

    def about(self, path: str) -> list[Decision]:
        """Return the decisions that speak of the thing at the path."""
        return self._about.get(path, [])

    def _by_path(self) -> dict[str, list[Decision]]:
        found: dict[str, list[Decision]] = {}
        for one in self.rows:
            own = [self.apart.get(one.this, {}).get(one.that, one.this)]
            for path in dict.fromkeys([self.moved.get(one.this, one.this), self.moved.get(one.that, one.that), *own]):
                found.setdefault(path, []).append(one)
        return found


def iri(path: str, base: str) -> str:
    """Return the IRI of the thing at the path."""
    return f"{base}{quote(path, safe='/~')}#it"


def _last(this: str, nearest: dict[str, Decision]) -> str:
    path, seen = this, {this}
    while path in nearest:
        where = nearest[path].where
        path = nearest[path].that
        if path in seen:
            raise VocabError(f"{where}: '{path}' leads back to itself")
        seen.add(path)
    return path


def _decision(row: Row, base: str) -> Decision:
    where = row[":line"]
    if missing := [column for column in _COLUMNS if not row.get(column)]:
        raise VocabError(f"{where}: '{missing[0]}' is empty: a decision needs {', '.join(_COLUMNS)}")
    if row["word"] not in ("is", "is not"):
        raise VocabError(f"{where}: '{row['word']}' is no decision: write 'is' or 'is not'")
    try:
        date.fromisoformat(row["date"])
    except ValueError:
        raise VocabError(f"{where}: '{row['date']}' is no date such as 2026-11-30") from None
    this, that = (_path(row[column], base, where) for column in ("this", "that"))
    kind, split = that.partition("/")[0], this.startswith("record/") and row["word"] == "is not"
    if this == that or kind not in _KINDS or not (split or this.startswith(f"{kind}/")):
        raise VocabError(f"{where}: '{this}' and '{that}' must be two things of one kind: {', '.join(_KINDS)}")
    return Decision(this, that, row["word"] == "is", row["reason"], row["date"], where)


def _path(written: str, base: str, where: str) -> str:
    """Return the path of a thing, which may be written as a full address, percent-encoded or in letters."""
    if "://" in written and not written.startswith(base):
        raise VocabError(f"{where}: '{written}' is no thing of this site, which is at {base}")
    return names.decoded(_END.sub("", written.removeprefix(base).lstrip("/")))
