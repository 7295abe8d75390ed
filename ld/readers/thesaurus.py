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
_LOCAL = "local"


def _subject(word: str) -> Subject:
    """Return the heading of a thesaurus, else a keyword: the topic as it stands.

    >>> _subject("Homicide. fast (OCoLC)fst00959660")
    Subject(label='Homicide', scheme='fast', code='959660', language='', iri='')
    >>> _subject("(DE-588)4006891-2 (DE-101)040068919 Biophysik gnd").label, _subject("Computer ram").scheme
    ('Biophysik', '')
    """
    plain = _LINKED.sub("", word)
    bare = _ADDRESS.sub("", plain)
    numbers = _NUMBER.findall(bare)
    label = _NUMBER.sub("", bare).strip() or plain
    match = _CODE.fullmatch(label)
    scheme = _schemes().get(match[2]) if match else None
    if match and scheme and (numbers or not scheme.get("word") or match[1].endswith((".", ")", "?", "!"))):
        label, code = text.without_stop(match[1]), match[2]
    else:
        code = next((of for of in _NUMBERED if _number(of, numbers)), "")
        label = text.without_stop(label) if numbers or bare != plain else label
    return Subject(label) if code in ("", _LOCAL) else Subject(label, code, _number(code, numbers))


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
