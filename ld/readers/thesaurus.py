"""A topic as VuFind prints it becomes a heading of its thesaurus, where the topic ends with the thesaurus's code.

MARC keeps a heading's thesaurus in $2, its number in $0, links in $6 and $8; VuFind's import writes them all in one
string: "(DE-588)4006891-2 (DE-101)040068919 Biophysik gnd". The codes are those of `vocab/codes/schemes.csv`.
"""

from __future__ import annotations

import re

from ld.memo import cached, remembered
from ld.record import Subject
from ld.values import text
from ld.values.vocab import Row, vocabulary

_LINKED = re.compile(r"^(?:880-\d\d(?:/\S{1,9})?|\d{1,3}(?:\.\d{1,3})?\\[a-z])\s")
_ADDRESS = re.compile(r"\s?(?:\(uri\)\s?)?https?://\S+")
_NUMBER = re.compile(r"\s?\(([A-Za-z]{2,4}(?:-[A-Za-z0-9]{1,12})?|OCoLC)\)([A-Za-z]{0,4}[0-9][0-9Xx-]{2,20})(?=\s|$)")
_CODE = re.compile(r"(.*\S)\s([a-z]{2,12})(?:/\d)?$")
# Which numbers a thesaurus knows its headings by, and what stands before the number itself.
_NUMBERED = {"gnd": ("DE-588", ""), "stw": ("DE-STW", ""), "fast": ("OCoLC", "fst")}
_LOCAL = frozenset(["local", "gbv"])  # whose headings: libraries' own, or of a thesaurus that the number tells
# GND's qualifier of a heading as German union catalogues write it ($9 g:), and old classes, which name nothing.
_QUALIFIER = re.compile(r"\s(?:g:|<)([^:<>]{2,100}?)>?$")
_CLASS = re.compile(r"\d{2}[a-z]?(?:\.\d+)?(?:;\s?\d{2}[a-z]?(?:\.\d+)?)*")


def _subject(word: str) -> Subject:
    """Return the heading of a thesaurus, else a keyword: the topic as it stands.

    >>> _subject("Homicide. fast (OCoLC)fst00959660")
    Subject(label='Homicide', scheme='fast', code='959660', language='', iri='')
    >>> _subject("(DE-588)4006891-2 (DE-101)040068919 Biophysik gnd").label, _subject("Computer ram").scheme
    ('Biophysik', '')
    >>> _subject("(DE-601)123519713 (DE-588)4307836-9 Perl g:Programmiersprache gbv")
    Subject(label='Perl (Programmiersprache)', scheme='gnd', code='4307836-9', language='', iri='')
    """
    plain = _LINKED.sub("", word)
    bare = _ADDRESS.sub("", plain)
    numbers = _NUMBER.findall(bare)
    label = _NUMBER.sub("", bare).strip() or plain
    match = _CODE.fullmatch(label)
    scheme = _schemes().get(match[2]) if match else None
    numbered = next((of for of in _NUMBERED if _number(of, numbers)), "")
    if match and scheme and (numbers or not scheme.get("word") or _ends_heading(match[1])):
        label, code = text.without_stop(match[1]), match[2]
        code = numbered if code in _LOCAL else code
    else:
        code = numbered
        label = text.without_stop(label) if numbers or bare != plain else label
    label = _QUALIFIER.sub(r" (\1)", label) if code == "gnd" else label
    return Subject(label, code, _number(code, numbers)) if code else Subject(label)


def _ends_heading(label: str) -> bool:
    """Determine whether a heading plainly ends here: "computer. local" and "1900-1999 fast" are one and its code."""
    return label.endswith((".", ")", "?", "!")) or label[-4:].isdecimal()


def is_class(heading: Subject) -> bool:
    """Determine whether what is called a heading is the code of a class ("30m" of the GND), which names nothing.

    >>> is_class(_subject("30m;30 gnd")), is_class(_subject("Perl 5 gnd")), is_class(_subject("1984"))
    (True, False, False)
    """
    return heading.scheme == "gnd" and not heading.code and bool(_CLASS.fullmatch(heading.label))


subject = remembered(_subject)


def _number(scheme: str, numbers: list[tuple[str, str]]) -> str:
    """Return the number of the heading, empty where there is none or several."""
    agency, prefix = _NUMBERED.get(scheme, ("", ""))
    found = {number.removeprefix(prefix) for of, number in numbers if of == agency and number.startswith(prefix)}
    number = found.pop() if len(found) == 1 else ""
    return number.lstrip("0") if prefix else number


@cached()
def _schemes() -> dict[str, Row]:
    return vocabulary().codes("schemes")
