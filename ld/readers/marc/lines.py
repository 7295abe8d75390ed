"""MARC as text becomes MARC records: the mnemonic form, Aleph's sequential form, the table of VuFind's Staff View.

    =245  10$aA title :$bmore of it /$cJane Doe.
    000000001 24510 L $$aA title :$$bmore of it /$$cJane Doe.
    245 1 0 |a A title : |b more of it / |c Jane Doe.

Formats: MARCMaker of the Library of Congress (mrk); Aleph sequential; VuFind's RecordTab/staffviewmarc.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ld.readers.marc.entry import Entry, Field, Subfield, control, data, normal

_MNEMONIC = re.compile(r"=([0-9A-Za-z]{3}) ? ?(.*)", re.DOTALL)
_ALEPH = re.compile(r"(\d{9}) ([0-9A-Z]{3})(..) L (.*)", re.DOTALL)
_TABLE = re.compile(r"([0-9A-Z]{3}) (\S?) (\S?) (\|.*)", re.DOTALL)
_TABLE_CONTROL = re.compile(r"(00\d|[A-Z]{3}) (?! ?\S? ?\|)(.*)", re.DOTALL)
_LEADERS = ("LDR", "000")
_MNEMONICS = {"{dollar}": "$", "{lcub}": "{", "{rcub}": "}", "{esc}": "", "{bsol}": "\\"}
_NAMED = re.compile("|".join(map(re.escape, _MNEMONICS)))
_CODED = re.compile(r"(?:^|\s)\|(\S) ")


def starts(line: str) -> bool:
    """Determine whether a record begins with the line."""
    return line.startswith(("=LDR", "=000", "LEADER "))


def entry(lines: Iterable[str]) -> Entry:
    """Return the record of its lines; what is none of a record's lines goes on with the field before it."""
    result = Entry("", [], [])
    for line in _joined(lines):
        for field in _field(line):
            if field.tag in _LEADERS:
                result.leader = result.leader or field.subfields[0][1]
            else:
                result.fields.append(field)
    return result


def _joined(lines: Iterable[str]) -> Iterator[str]:
    held = ""
    for line in lines:
        if held and not _begins(line):
            held += f" {line.strip()}"
        else:
            yield from [held] if held else []
            held = line
    yield from [held] if held else []


def _begins(line: str) -> bool:
    return bool(
        line.startswith("LEADER ")
        or _MNEMONIC.fullmatch(line)
        or _ALEPH.fullmatch(line)
        or _TABLE.fullmatch(line)
        or _TABLE_CONTROL.fullmatch(line)
    )


def _field(line: str) -> Iterator[Field]:
    if line.startswith("LEADER "):
        yield control("LDR", line[7:])
    elif found := _MNEMONIC.fullmatch(line):
        yield from _mnemonic(found[1], found[2])
    elif found := _ALEPH.fullmatch(line):
        yield from _aleph(found)
    elif found := _TABLE.fullmatch(line):
        yield data(found[1], (found[2] or " ") + (found[3] or " "), _table(found[4]))
    elif found := _TABLE_CONTROL.fullmatch(line):
        yield control(found[1], normal(found[2]))


def _mnemonic(tag: str, rest: str) -> Iterator[Field]:
    if tag in _LEADERS or tag.startswith("00") or "$" not in rest:
        yield control(tag, normal(rest.replace("\\", " ")))
        return
    indicators, *subfields = rest.split("$")
    yield data(tag, indicators, ((one[0], _named(one[1:])) for one in subfields if one[1:]))


def _named(text: str) -> str:
    if "{" in text:
        text = _NAMED.sub(lambda name: _MNEMONICS[name[0]], text)
    return normal(text)


def _aleph(found: re.Match[str]) -> Iterator[Field]:
    number, tag, indicators, rest = found.groups()
    if tag == "LDR":
        yield control("SYS", number)
    if rest.startswith("$$"):
        yield data(tag, indicators, ((one[0], normal(one[1:])) for one in rest.split("$$") if one[1:]))
    else:
        yield control(tag, normal(rest.replace("^", " ")))


def _table(rest: str) -> Iterator[Subfield]:
    _, *parts = _CODED.split(f" {rest}")
    for code, value in zip(parts[::2], parts[1::2], strict=True):
        if value.strip():
            yield code, normal(value.strip())
