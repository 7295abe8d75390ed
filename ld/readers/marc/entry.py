"""One MARC record, whatever carried it: a leader and fields, each of a tag, two indicators and its subfields.

Standard: MARC 21 Format for Bibliographic Data, Library of Congress.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from msgspec import Struct

from ld.readers.limits import FIELD_CHARACTERS, RECORD_BYTES, oversized, oversized_record
from ld.record import Remark

Subfield = tuple[str, str]
# What stands for a byte that could not be read.
UNREAD = "\N{REPLACEMENT CHARACTER}"


class Field(Struct, gc=False):
    """A field: its tag, its two indicators, its subfields. A control field has no indicators and one nameless value."""

    tag: str
    indicators: str
    subfields: list[Subfield]

    def all(self, codes: str) -> list[str]:
        """Return the values of these subfields, in the order of the field."""
        return [value for code, value in self.subfields if code in codes]

    def first(self, codes: str) -> str:
        """Return the first value of these subfields, empty where there is none."""
        return next((value for code, value in self.subfields if code in codes), "")


class Entry(Struct):
    """A MARC record. What was wrong with how it came stands in the remarks."""

    leader: str
    fields: list[Field]
    remarks: list[Remark] = []

    def control(self, tag: str) -> str:
        """Return the value of the first control field of that tag, empty where there is none."""
        return next((field.subfields[0][1] for field in self.fields if field.tag == tag and not field.indicators), "")

    def values(self) -> dict[str, list[str]]:
        """Return all values by their names: "001", "245$a", and "880-245$a" for the title in another script."""
        found: dict[str, list[str]] = {"LDR": [self.leader]}
        for field in self.fields:
            for code, value in field.subfields:
                name = f"{field.tag}${code}" if field.indicators else field.tag
                if name in found:
                    found[name].append(value)
                else:
                    found[name] = [value]
        return found

    def too_large(self, size: int) -> str:
        """Return why a record of that many bytes, or a field of it, is too large; empty where it is not."""
        if size > RECORD_BYTES:
            return oversized_record(size)
        if size <= FIELD_CHARACTERS:
            return ""
        return oversized((f"{field.tag}${code}", value) for field in self.fields for code, value in field.subfields)


def control(tag: str, value: str) -> Field:
    """Return a control field."""
    return Field(tag, "", [("", value)])


def data(tag: str, indicators: str, subfields: Iterable[Subfield]) -> Field:
    """Return a data field; what stands for a blank indicator in some carriers becomes one.

    >>> data("245", "1#", [("a", "A title")]).indicators
    '1 '
    """
    two = (indicators + "  ")[:2]
    if two != "  " and ("#" in two or "\\" in two or "|" in two or "_" in two):
        two = "".join(" " if sign in "#\\|_" else sign for sign in two)
    return Field(tag, two, list(subfields))


def normal(text: str) -> str:
    """Return the text in Unicode's form NFC."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)
