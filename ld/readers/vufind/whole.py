"""The MARC record that VuFind keeps in `fullrecord` is read; the index's own fields fill what it lacks."""

from __future__ import annotations

from typing import Any

import msgspec
from lxml import etree

from ld.readers.limits import EXCERPT_CHARACTERS
from ld.readers.marc import elements, exchange, members, reading
from ld.readers.marc.entry import Entry
from ld.record import Left, Record, Rejected, Remark

# How VuFind spells the signs of ISO 2709 where the index takes no control characters.
_SPELLED = {"#29;": "\x1d", "#30;": "\x1e", "#31;": "\x1f"}
# What only the index knows of a record.
_INDEX = ("id", "collection", "institutions", "created", "modified", "page", "origin", "how", "thumbnail")
# Fields of the index that are made of fields of MARC, and what they fill here.
_COPIES = {
    "topic": "subjects", "callnumber-raw": "subjects", "dewey-raw": "subjects", "issn": "containers",
    "series": "containers", "series2": "containers", "url": "urls", "oclc_num": "oclc",
}  # fmt: skip
_IN_FULL = "the MARC record in fullrecord says it"
# What is not filled: it says itself in another way in MARC, or belongs to one reading.
_APART = frozenset([*_INDEX, "source", "values", "remarks", "left", "contributor_names"])
_FIELDS = tuple(name for name in Record.__struct_fields__ if name not in _APART)


def entry(text: str) -> Entry | str | None:
    """Return the MARC record in the text, why it cannot be read, None where it is no MARC."""
    begin = text.lstrip()[:1]
    if begin == "{":
        return _of_json(text)
    if begin == "<":
        return _of_xml(text)
    return _of_iso(text) if begin.isdecimal() else None


def _of_json(text: str) -> Entry | str | None:
    try:
        document: Any = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        return f"not JSON: {error}"
    return members.entry(document) if isinstance(document, dict) and members.is_entry(document) else None


def _of_xml(text: str) -> Entry | str | None:
    data = text.encode("utf-8", "replace")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        return f"not well-formed XML: {error.msg}"
    if b"<!DOCTYPE" in data:
        return "has a DOCTYPE, which catalogue records never need"
    found = elements.found_in(root)
    return elements.entry(found) if found is not None else None


def _of_iso(text: str) -> Entry | str:
    for spelled, sign in _SPELLED.items():
        text = text.replace(spelled, sign) if spelled in text else text
    return exchange.entry(text.rstrip("\x1d\r\n ").encode("utf-8", "replace"))


def joined(own: Record | Rejected, found: Entry | str) -> Record | Rejected:
    """Return the record of the MARC record, with what only the index's own fields say; these alone where it fails."""
    if isinstance(own, Rejected):
        return own
    problem = found if isinstance(found, str) else ""
    whole = reading.record(found, own.source, own.id) if isinstance(found, Entry) else None
    if not isinstance(whole, Record):
        reason = problem or (whole.reason if whole else "")
        own.remarks.append(Remark("fullrecord", f"the MARC record in it is not read: {reason}"))
        return own
    for name in _INDEX:
        setattr(whole, name, getattr(own, name))
    lacking = [name for name in _FIELDS if not getattr(whole, name)]
    for name in lacking:
        setattr(whole, name, getattr(own, name))
    whole.containers += [one for one in own.containers if one.kind == "record" and one not in whole.containers]
    copies = [name for name, of in _COPIES.items() if of not in lacking and name in own.values]
    whole.left += [Left(name, _IN_FULL, value) for name in copies for value in own.values[name]]
    whole.remarks += _differences(whole, own)
    whole.left += [*own.left, *(Left(one.field, one.problem, one.value) for one in own.remarks if one.value)]
    whole.values |= {name: values for name, values in own.values.items() if name != "fullrecord"}
    return whole


def _differences(whole: Record, own: Record) -> list[Remark]:
    """Return a remark for each fact that index and MARC record tell differently."""
    pairs = (
        ("publishDate", _year(own), _year(whole)),
        ("isbn", " ".join(sorted(set(own.isbns) - set(whole.isbns))), ""),
        ("lccn", own.lccn, whole.lccn),
    )
    said = "the index says otherwise than the MARC record in fullrecord: that is taken"
    return [
        Remark(field, said, mine[:EXCERPT_CHARACTERS])
        for field, mine, other in pairs
        if mine and mine != other and (other or field == "isbn")
    ]


def _year(record: Record) -> str:
    return record.issued.year if record.issued else ""
