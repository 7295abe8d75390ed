"""What every outcome passes before it leaves the readers: no e-mail address gets out, and words in brackets are told.

Whatever is made of a record, pages, dumps, search, `/why`, remarks and rejects, is made of what has passed here. The
source itself stays as it came, to be read again; who serves it masks it (`values.email`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from ld.readers.limits import EXCERPT_CHARACTERS
from ld.record import Deleted, Part, Record, Rejected, Remark, Source
from ld.values import email, names
from ld.values.markup import doubtful

_NO_SOURCE = Source("", "", "")
_encode = msgspec.json.Encoder().encode
_IRIS = frozenset(["urls", "about_urls", "same_as", "page", "thumbnail", "licence", "orcid", "iri"])
_KEYS = frozenset(["id", "record", "identifier", "successor"])
# Of these a part says nothing.
_NUMBERS = """
doi publisher_id isbns isbn issn eissn lccn oclc control_numbers page_start page_end pages page_count created
modified
"""
_WHOLE = frozenset(_NUMBERS.split())
_NAMING = ("name", "label", "text")
_KEPT = frozenset(["source", "values", "how", "remarks", "left"])
_PROBLEM = "an e-mail address in it: left out"
_BRACKETS = "words in angle brackets: taken as words, not as markup"

Outcome = Record | Rejected | Deleted | Part


def passed(outcome: Outcome) -> Outcome:
    """Return the outcome without e-mail addresses."""
    if isinstance(outcome, Record):
        return _record(outcome)
    if isinstance(outcome, Part):
        return outcome  # is told to whoever publishes, and kept nowhere
    return _masked(outcome)


def key(id_: str) -> str:
    """Return the id of a record as it is published: of an e-mail address in it only a hash stays, the same each time.

    >>> key("b1"), key("jane@example.org")
    ('b1', '~13d855ce')
    """
    return f"{email.without_email(id_)}~{names.digest(id_)}" if email.has_email(id_) else id_


def _masked(outcome: Rejected | Deleted) -> Rejected | Deleted:
    changes: dict[str, str] = {"id": key(outcome.id), "place": email.masked(outcome.place)}
    changes["reason"] = email.masked(outcome.reason)
    if isinstance(outcome, Rejected):
        cut = len(outcome.excerpt) >= EXCERPT_CHARACTERS
        return replace(outcome, **changes, excerpt=email.masked(outcome.excerpt, cut=cut))
    return replace(outcome, **changes, successor=key(outcome.successor))


def _record(record: Record) -> Record | Rejected:
    for field in ("title", "abstract"):
        if doubtful(value := getattr(record, field)):
            record.remarks.append(Remark(field, _BRACKETS, value[:EXCERPT_CHARACTERS]))
    if email.suspicious(record.source.place):
        record.source = replace(record.source, place=email.masked(record.source.place))
    if not email.suspicious(_all_of(record)):
        return record
    excerpt = record.source.text[:EXCERPT_CHARACTERS]
    _Passage(record).go()
    if not record.title:
        reason = "its title is only an e-mail address, which is never published: give it a title in the source"
        return passed(Rejected(record.source.place, reason, record.id, excerpt))  # type: ignore[return-value]
    return record


def _all_of(record: Record) -> str:
    """Return all that may be published of a record in one text."""
    source, values = record.source, record.values
    record.source, record.values = _NO_SOURCE, {}
    try:
        return _encode(record).decode() + "\n".join(values)
    except UnicodeEncodeError:  # half a character somewhere
        return "@"
    finally:
        record.source, record.values = source, values


class _Passage:
    """One record on its way through the gate."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.found: list[Remark] = []

    def go(self) -> None:
        """Take the addresses out of the record, and remark where they were."""
        record = self.record
        for field in Record.__struct_fields__:
            if field not in _KEPT:
                before = getattr(record, field)
                after = self._passed(field, before)
                if after is not before:
                    setattr(record, field, after)
        record.withheld += sum(email.count(one.value) for one in [*record.remarks, *self.found])
        record.remarks = [self._shown(one) for one in [*record.remarks, *self.found]]
        record.left = [
            replace(one, reason=email.masked(one.reason), value=email.masked(one.value)) for one in record.left
        ]
        record.values = {
            email.masked(name): [email.masked(one) for one in values] for name, values in record.values.items()
        }

    def _shown(self, remark: Remark) -> Remark:
        cut = len(remark.value) >= EXCERPT_CHARACTERS
        return Remark(remark.field, email.masked(remark.problem), email.masked(remark.value, cut=cut))

    def _passed(self, field: str, value: Any) -> Any:
        """Return a value without addresses, the same object where it has none."""
        if isinstance(value, str):
            return self._text(field, value)
        if isinstance(value, list | tuple):
            after = [*self._several(field, value)]
            return value if len(after) == len(value) and all(map(_same, after, value)) else type(value)(after)
        if isinstance(value, Struct):
            changes = {name: self._passed(name, getattr(value, name)) for name in value.__struct_fields__}
            changes = {name: one for name, one in changes.items() if one is not getattr(value, name)}
            return replace(value, **changes) if changes else value
        return value

    def _several(self, field: str, values: list[Any] | tuple[Any, ...]) -> Iterator[Any]:
        """Yield the values that are still something without their addresses."""
        for value in values:
            after = self._passed(field, value)
            if after and (after is value or not isinstance(after, Struct) or _names(after)):
                yield after

    def _text(self, field: str, value: str) -> str:
        if not email.has_email(value):
            return value
        self.found.append(Remark(field, _PROBLEM, value))
        return _way(field)(value)


def _way(field: str) -> Callable[[str], str]:
    """Return how addresses are taken out of a field."""
    if field in _KEYS:
        return key
    if field in _IRIS:
        return email.iri_without_email
    return (lambda _: "") if field in _WHOLE else email.without_email


def _names(value: Struct) -> bool:
    """Determine whether a thing still has a name, if it is one that needs it."""
    named = [getattr(value, name) for name in _NAMING if hasattr(value, name)]
    return all(named)


def _same(one: Any, other: Any) -> bool:
    return one is other
