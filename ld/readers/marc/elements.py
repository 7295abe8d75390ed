"""MARC in XML becomes MARC records: MARCXML with any namespace or none, and turbomarc.

Formats: MARC21slim.xsd of the Library of Congress; turbomarc of Index Data (YAZ), whose names hold tag and code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from ld.readers.marc.entry import Entry, Field, Subfield, control, data, normal

# What shows that there is MARC in a text.
SIGNS = re.compile(rb"MARC21/slim|<(?:\w+:)?(?:datafield|controlfield|leader)[\s>]|indexdata\.com/turbomarc")
# What a MARC record has in it, by local names; `l`, `c001` and `d245` are turbomarc's.
_PARTS = frozenset(["leader", "controlfield", "datafield"])


def found_in(element: etree._Element) -> etree._Element | None:
    """Return the MARC record that the element is or holds, None where there is none."""
    return next((one for one in element.iter("{*}record", "{*}r", "record", "r") if is_record(one)), None)


def is_record(element: etree._Element) -> bool:
    """Determine whether the element itself is a MARC record."""
    for child in element.iterchildren(tag=etree.Element):
        name = _local(child.tag)
        if name in _PARTS or name == "l" or (name[:1] in "cd" and name[1:].isdigit()):
            return True
    return False


def entry(element: etree._Element) -> Entry:
    """Return the record of an element that is one."""
    result = Entry("", [], [])
    for child in element.iterchildren(tag=etree.Element):
        name = _local(child.tag)
        if name in ("leader", "l"):
            result.leader = result.leader or _text(child)
        else:
            result.fields += _field(child, name)
    return result


def _field(element: etree._Element, name: str) -> Iterator[Field]:
    if name == "controlfield":
        yield control(element.get("tag", ""), _text(element))
    elif name == "datafield":
        indicators = (element.get("ind1") or " ")[:1] + (element.get("ind2") or " ")[:1]
        codes = ((one.get("code", ""), one) for one in element.iterchildren(tag=etree.Element))
        yield data(element.get("tag", ""), indicators, _subfields(codes))
    elif name[:1] == "c":
        yield control(name[1:], _text(element))
    elif name[:1] == "d":
        indicators = (element.get("i1") or " ")[:1] + (element.get("i2") or " ")[:1]
        codes = ((_local(one.tag)[1:], one) for one in element.iterchildren(tag=etree.Element))
        yield data(name[1:], indicators, _subfields(codes))


def _subfields(elements: Iterator[tuple[str, etree._Element]]) -> Iterator[Subfield]:
    for code, element in elements:
        text = _text(element)
        if text:
            yield code, text


def _text(element: etree._Element) -> str:
    """Return the text, in which line breaks are the XML's own."""
    text = element.text or ""
    if len(element):
        text = "".join(str(piece) for piece in element.itertext())
    return normal(text.replace("\n", " ") if "\n" in text else text)


def _local(tag: object) -> str:
    return str(tag).rpartition("}")[2]
