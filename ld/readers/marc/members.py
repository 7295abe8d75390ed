"""MARC in JSON becomes MARC records: MARC-in-JSON (fields as objects by tag) and marc-json (lists of fields).

Formats: Ross Singer's MARC-in-JSON, as pymarc, ruby-marc and VuFind write it; Andrew Houghton's marc-json.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ld.readers.marc.entry import Entry, Field, Subfield, control, data, normal


def is_entry(document: dict[str, Any]) -> bool:
    """Determine whether the document is a MARC record."""
    return isinstance(document.get("leader"), str) and any(
        isinstance(document.get(name), list) for name in ("fields", "datafield", "controlfield")
    )


def entry(document: dict[str, Any]) -> Entry:
    """Return the record of a document that is one."""
    result = Entry(str(document["leader"]), [], [])
    for one in _objects(document.get("fields")):
        for tag, content in one.items():
            result.fields += _field(tag, content)
    for one in _objects(document.get("controlfield")):
        result.fields.append(control(_text(one.get("tag")), normal(_text(one.get("data")))))
    for one in _objects(document.get("datafield")):
        result.fields.append(data(_text(one.get("tag")), _indicators(one), _coded(one.get("subfield"))))
    return result


def _field(tag: str, content: Any) -> Iterator[Field]:
    if isinstance(content, dict):
        subfields = content.get("subfields")
        yield data(tag, _indicators(content), _named(subfields if isinstance(subfields, list) else [subfields]))
    elif isinstance(content, list):
        for one in content:
            yield from _field(tag, one)
    elif _text(content):
        yield control(tag, normal(_text(content)))


def _indicators(content: dict[str, Any]) -> str:
    both = _text(content.get("ind"))
    return both or (_text(content.get("ind1")) or " ")[:1] + (_text(content.get("ind2")) or " ")[:1]


def _named(subfields: list[Any]) -> Iterator[Subfield]:
    """Yield the subfields of objects by code: {"a": "A title"}."""
    for one in _objects(subfields):
        for code, value in one.items():
            for text in value if isinstance(value, list) else [value]:
                if _text(text):
                    yield code, normal(_text(text))


def _coded(subfields: Any) -> Iterator[Subfield]:
    """Yield the subfields of objects with their code: {"code": "a", "data": "A title"}."""
    for one in _objects(subfields):
        if _text(one.get("data")):
            yield _text(one.get("code")), normal(_text(one.get("data")))


def _text(value: Any) -> str:
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _objects(value: Any) -> list[dict[str, Any]]:
    values = value if isinstance(value, list) else [value]
    return [one for one in values if isinstance(one, dict)]
