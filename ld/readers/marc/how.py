"""What the words in the column `how` of `vocab/marc.csv` do: a text of a field becomes a value, or is told as none.

text            plain text, the meaning of an empty cell         label:Audience  a note that begins with this label
isbd            without the mark that joins it to the next area  prefix:(OCoLC)  what stands behind this beginning
heading         without its last full stop too                   check:isbn      a number in its canonical form
note            as it stands, with its line breaks               code:TABLE      what a table in codes/ has for it
title           parts of a title, with the marks between them    languages       codes of languages, run together
parallel        of a title what stands behind "="                date            a date as catalogues print it
subdivided      a heading, with "--" before its subdivisions     date:008        the date of publication in 008
join:MARK       parts with this mark between them                run:008         the run of a serial in 008
is:VALUE        this value, whatever the field says              needs:t         only where the field has $t
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

import ld.readers.isbd as isbd
from ld.errors import VocabError
from ld.memo import remembered
from ld.readers import fill, imprint, nobody, roles
from ld.readers.marc import fixed
from ld.readers.marc.authorities import authority
from ld.readers.marc.entry import Subfield
from ld.values import addresses, dates, identifiers, text
from ld.values.vocab import vocabulary

Make = Callable[[str], Any]
Join = Callable[[list[Subfield]], str]
_NEEDS = re.compile(r"needs:(\S)\s*")
NOTHING = "says only that nothing is known"


class How(Struct, frozen=True):
    """How a row makes its values: `join` puts subfields together, `make` gives a value or a false one.

    `problem` is what a text is that gives none; that is remarked where `remarked`, else it is left out on purpose.
    """

    join: Join
    make: Make
    problem: str = NOTHING
    remarked: bool = False
    constant: str = ""
    needs: str = ""


def how(words: str, where: str) -> How:
    """Return what the words of a cell mean. Raises VocabError where one is unknown."""
    needed = _NEEDS.match(words)
    meaning = _meaning(words[needed.end() :] if needed else words, where)
    return replace(meaning, needs=needed[1]) if needed else meaning


def _meaning(word: str, where: str) -> How:
    name, _, argument = word.partition(":")
    if word in _CHECKS:
        make, problem = _CHECKS[word]
        return How(_spaced, make, problem, remarked=True)
    if word in _MADE:
        return How(_spaced, *_MADE[word])
    if name in _JOINS and word == name:
        return How(*_JOINS[name])
    if name == "join" and argument:
        return How(partial(_joined, f" {argument} "), _text)
    if name == "code" and argument:
        vocabulary().code(argument, "")  # told now where there is no such table
        return How(_spaced, partial(_code, argument), f"is not in codes/{argument}.csv: left out", remarked=True)
    if name == "is" and argument:
        return How(_spaced, _text, constant=argument)
    if name in _WITH and argument:
        return How(_spaced, partial(_WITH[name], argument))
    if word in _PLAIN:
        return How(_spaced, _PLAIN[word])
    raise VocabError(f"{where}: '{word}' is no word for how: they stand in ld/readers/marc/how.py")


# -- texts -------------------------------------------------------------------------------------------------------------


def _spaced(parts: list[Subfield]) -> str:
    return parts[0][1].strip() if len(parts) == 1 else " ".join(value.strip() for _, value in parts)


def _joined(mark: str, parts: list[Subfield]) -> str:
    return mark.join(text.unpunctuated(value.strip()) for _, value in parts)


# The mark before a part of a title (ISBD A.2.5): rest of it, number and name of a part.
_BEFORE = {"b": " :", "n": ".", "p": "."}
_MARKED = re.compile(r"[.:;,=/?!](?:\s|$)|\.\.\.$|\]$")


def _titled(parts: list[Subfield]) -> str:
    """Return a title without what repeats it in another language, which stands behind "="."""
    return _together(parts).partition(" = ")[0]


def _together(parts: list[Subfield]) -> str:
    """Return the parts of a title with the marks between them that some cataloguers leave to the display."""
    out, before = "", ""
    for code, value in parts:
        part = value.strip()
        if code == "h":  # the medium, in brackets, may have the mark before the next part behind it
            out += f" {part[-1]}" if part[-1:] in (":", ";", "=") and out[-1:] not in (":", ";", "=") else ""
            continue
        if out and code in _BEFORE and out[-1] not in ".:;,=/?!":
            out += "," if code == "p" and before == "n" else _BEFORE[code]
        out, before = f"{out} {part}" if out else part, code
    return out


def _with_parallel(parts: list[Subfield]) -> str:
    return _together(parts).partition(" = ")[2]


def _subdivided(parts: list[Subfield]) -> str:
    out = ""
    for code, value in parts:
        part = value.strip()
        if code in "vxyz" and out:
            out = text.without_stop(out.rstrip(" ,;"))
            out = f"{out} --{part}" if out.endswith("-") else f"{out}--{part}"
        else:
            out = f"{out} {part}" if out else part
    return out


_text = text.value


@remembered
def _isbd(raw: str) -> str:
    return text.value(text.unpunctuated(text.plain(raw)))


@remembered
def _heading(raw: str) -> str:
    return text.without_stop(_isbd(raw))


def _label(label: str, raw: str) -> str:
    said = text.value(raw)
    return f"{label}: {said}" if said and not said.startswith(label) else said


def _prefix(prefix: str, raw: str) -> str:
    return raw.strip().removeprefix(prefix).strip() if raw.strip().startswith(prefix) else ""


# -- numbers, codes, dates ---------------------------------------------------------------------------------------------


def _code(table: str, raw: str) -> str:
    row = vocabulary().code(table, raw.strip().rstrip(".").casefold())
    return list(row.values())[1] if row else ""


@remembered
def _languages(raw: str) -> list[str]:
    """Return the codes of one language or of several, three letters each ("engfre")."""
    codes = raw.strip().lower()
    parts = [codes[n : n + 3] for n in range(0, len(codes), 3)] if len(codes) % 3 == 0 else [codes]
    return fill.languages_of(parts)[0]


@remembered
def _publisher(raw: str) -> tuple[str, ...]:
    return imprint.of_names(raw).publishers


@remembered
def _distributor(raw: str) -> tuple[str, ...]:
    return imprint.of_names(raw).distributors


def _number(raw: str) -> str:
    return isbd.number(_isbd(raw).rstrip(". "))


def _coordinates(raw: str) -> str:
    return _isbd(raw).strip("().; ")


@remembered
def _place(raw: str) -> tuple[str, ...]:
    """Return the places of publication, each without brackets and marks; none where none is named."""
    found = (nobody.without_rest(_isbd(piece))[0].strip("[] ,;:") for piece in raw.split(" ; "))
    return tuple(_balanced(name) for name in found if name and not nobody.is_nobody(name, "place"))


def _balanced(name: str) -> str:
    """Return a name without the bracket that its other half has left."""
    if name.endswith(")") and "(" not in name:
        return name[:-1]
    return f"{name})" if name.count("(") > name.count(")") else name


def _role(raw: str) -> tuple[str, ...]:
    return roles.read(raw).codes


def _oclc(raw: str) -> str:
    return identifiers.oclc(raw) if "ocolc" in raw.casefold() else ""


_CHECKS: dict[str, tuple[Make, str]] = {
    "check:isbn": (identifiers.isbns, "not a valid ISBN: left out"),
    "check:ismn": (identifiers.ismns, "not a valid ISMN: left out"),
    "check:issn": (identifiers.issns, "not a valid ISSN: left out"),
    "check:lccn": (identifiers.lccn, "not a valid LCCN: left out"),
    "check:oclc": (identifiers.oclc, "not an OCLC number: left out"),
    "check:doi": (identifiers.doi, "not a DOI: left out"),
    "check:url": (lambda raw: addresses.url(fill.behind_proxy(raw)), "not a web address: left out"),
    "check:lcc": (isbd.lcc, "not a call number of the Library of Congress: left out"),
    "check:ddc": (isbd.dewey, "not a Dewey number: left out"),
}
_MADE: dict[str, tuple[Make, str, bool]] = {
    "languages": (_languages, "names no language: left out", True),
    "date": (dates.parse, "names no date: left out", True),
    "date:008": (fixed.date, "the fixed field names no date", False),
    "run:008": (fixed.run, "not the run of a serial", False),
    "doi": (identifiers.doi, "a number of another system", False),
    "oclc": (_oclc, "", False),
    "lcc": (isbd.lcc, "not a call number of the Library of Congress", False),
    "publisher": (_publisher, "names no publisher", False),
    "distributor": (_distributor, "", False),
    "authority": (authority, "of an authority file that codes/authorities.csv has not", False),
    "role": (_role, "the role is no MARC relator: taken as contributor", True),
}
_JOINS: dict[str, tuple[Join, Make]] = {
    "title": (_titled, _heading),
    "parallel": (_with_parallel, _heading),
    "subdivided": (_subdivided, _heading),
}
_WITH: dict[str, Callable[[str, str], str]] = {"label": _label, "prefix": _prefix}
_PLAIN: dict[str, Make] = {
    "": _text,
    "text": _text,
    "isbd": _isbd,
    "heading": _heading,
    "note": text.paragraphs,
    "place": _place,
    "degree": isbd.degree,
    "number": _number,
    "coordinates": _coordinates,
    "folded": str.casefold,
}
