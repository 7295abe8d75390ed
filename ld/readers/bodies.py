"""Whether a name is a corporate body's: words, endings and company forms that say so (`vocab/codes/corporate.csv`)."""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

from ld.memo import cached, remembered
from ld.values.vocab import vocabulary

Certainty: TypeAlias = Literal["body", "person", "unsure"]
"""Whose name it is: a body's, a person's, or one cannot know."""

_AND = re.compile(r"\s(?:&|and|und|et|y|e|i|\u0438|og|och|ja|en|\+)\s", re.IGNORECASE)
_TWO = re.compile(r"\s(?:&|and|und)\s")  # of two people, or of a firm: "Doe & Roe"
_BEHIND = re.compile(r"\s*\([^()]*\)?\s*\Z")
_MARKS = " .,;:()[]\"'\u201c\u201d\u201e\u00ab\u00bb"
_INITIALS = re.compile(r"(?:[^\W\d_]\.\s?){1,4}")  # "E. V." are initials, or a Verein
_LONGEST = 4  # words of a company form: "GmbH & Co. KG"


def _is_body(name: str) -> Certainty:
    """Return whose name it is. Only what stands before a comma counts, but for the form of a company behind it.

    >>> _is_body("Example University"), _is_body("Doe, Jane (Example University)"), _is_body("Church, Alonzo")
    ('body', 'person', 'person')
    >>> _is_body("Jane Doe (Example University)"), _is_body("Doe & Roe"), _is_body("Maria Sa")
    ('person', 'unsure', 'unsure')
    >>> _is_body("Doe and Roe, Inc."), _is_body("Doe, S.A."), _is_body("Frontiers Media S.A."), _is_body("CERN")
    ('body', 'person', 'body', 'unsure')
    """
    before, comma, behind = name.partition(",")
    before = _BEHIND.sub("", before) or before  # "Jane Doe (Example University)" is no university
    words = before.split()
    if not words:
        return "unsure"
    form = _form(name)
    if form:
        return form
    alone = len(words) == 1
    if alone and comma and behind.strip():
        return "person"
    if _has_word(before):
        return "body"
    if words[-1].strip(_MARKS).casefold().endswith(_endings()) and not (comma and _is_latin(before)):
        return "body"
    return "unsure" if not comma and (alone or _TWO.search(before)) else "person"


is_body = remembered(_is_body)


def _form(name: str) -> Certainty | None:
    """Return whose name it is by a company form at its end, or behind one of its commas; None where there is none."""
    first, *behind = (piece.strip() for piece in name.split(","))
    for piece in behind:
        known = _squeezed(piece)
        if known in _table("initials") or (known in _table("form") and _INITIALS.fullmatch(piece)):
            return _by_initials(first, piece, comma=True)
        if known in _table("form"):
            return "body"
    words = (behind[-1] if behind else first).split()
    if behind and len(first.split()) == 1 and len(behind) == 1:
        return None
    for count in range(1, min(_LONGEST, len(words) - 1) + 1):
        last = " ".join(words[-count:])
        if _squeezed(last) in _table("form"):
            return "body"
        if count == 1 and not behind and _squeezed(last) in _table("initials"):
            return _by_initials(" ".join(words[:-1]), last, comma=False)
    return None


def _by_initials(before: str, form: str, comma: bool) -> Certainty | None:
    """Return whose name it is where the form may as well be initials: "Smith, S.A." and "Banco Example, S.A."."""
    if form.istitle() and form.isalpha() and not _is_form(before.split()[-1]):
        return "unsure"  # "Maria Sa" has a family name, "Example Sa" and "Example Oy Ab" are companies
    if _AND.search(f"{before} ") or (form.strip(".").isalpha() and not form.isupper() and form[0].isupper()):
        return "body"
    if _has_word(before):
        return "body"
    if len(before.split()) == 1 or before[0].islower():
        return "unsure" if "." in form and not comma else None
    return "body" if "." in form and not comma and not before.endswith(".") else "unsure"


def _has_word(before: str) -> bool:
    """Determine whether a word says that the name is a body's, also as the end of one: "Max-Planck-Institut"."""
    words = [word.strip(_MARKS) for word in before.casefold().split()]
    return not _table("word").isdisjoint([*words, *(word.rpartition("-")[2] for word in words if "-" in word)])


def _is_form(word: str) -> bool:
    return _squeezed(word) in _table("form") | _table("initials")


def _squeezed(text: str) -> str:
    return text.casefold().replace(".", "").replace(" ", "").strip("()[]")


def _is_latin(text: str) -> bool:
    return "a" <= text[0].casefold() <= "\u024f"


@cached()
def _table(kind: str) -> frozenset[str]:
    rows = vocabulary().codes("corporate").items()
    change = str.casefold if kind == "word" else _squeezed
    return frozenset(change(word) for word, row in rows if row["kind"] == kind)


@cached()
def _endings() -> tuple[str, ...]:
    return tuple(word for word, row in vocabulary().codes("corporate").items() if row["kind"] == "ending")
