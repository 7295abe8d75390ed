"""What a role of a person is called becomes MARC relators: codes, terms, IRIs, and the words of many languages.

The words stand in `vocab/codes/role_words.csv`, the codes and terms of the Library of Congress in `codes/roles.csv`.
"""

from __future__ import annotations

import re

from msgspec import Struct

from ld.memo import cached, remembered
from ld.values.vocab import vocabulary

_MARKS = " .,;:()[]{}<>/|-\u2013\u2014*'\"=&"
_MARKED = re.compile(r"[.\s]+")
_STAGE = re.compile(r"\s*\((?:expression|work|manifestation|item|werk|expr|rbc|publication)[^)]{0,40}\)", re.IGNORECASE)
# The woman's ending that is written beside the man's word: "Verfasser/in", "Herausgeber*in", "traductor(a)".
_ENDING = re.compile(r"[/(*:_\u00b7]-?(?:innen|in|frau|r|e|a|ra|ora|esa|ne|ice|rice|trice|euse|ka|va|nice)\)?$")
_FEMININE = re.compile(r"(?:innen|in)$")
_PARTS = re.compile(r"\s*[,;/&+|]\s*|\s+(?:and|und|u\.?|et|y|e|i|\u0438|\u0442\u0430|og|och|ja|en|a)\s+", re.IGNORECASE)


class Roles(Struct, frozen=True):
    """What the words for a role say: relator codes, each once, and the words that say none."""

    codes: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def _read(raw: str) -> Roles:
    """Return the roles that the text names.

    >>> _read("Editor.").codes, _read("http://id.loc.gov/roles/edt").codes, _read("wizard")
    (('edt',), ('edt',), Roles(codes=(), unknown=('wizard',)))
    >>> _read("HerausgeberIn").codes, _read("[Hrsg. u. Übers.]").codes, _read("author, illustrator").codes
    (('edt',), ('edt', 'trl'), ('aut', 'ill'))
    """
    whole = _code(raw)
    if whole or not raw.strip(_MARKS):
        return Roles((whole,) if whole else ())
    if _codes().issuperset(words := raw.split()):
        return Roles(tuple(dict.fromkeys(words)))
    pieces = [piece for piece in _PARTS.split(_STAGE.sub("", raw)) if piece and piece.strip(_MARKS)]
    found = [(piece, _code(piece)) for piece in pieces]
    codes = tuple(dict.fromkeys(code for _, code in found if code))
    return Roles(codes, tuple(piece for piece, code in found if not code) if codes else (raw.strip(),))


read = remembered(_read)


def _code(raw: str) -> str:
    """Return the relator code of one word, empty where it is none."""
    text = raw.strip()
    if "://" in text:
        text = text.rstrip("/").rpartition("/")[2]
    if text in _codes():  # "red" is a code, and "red." short for a word
        return text
    word = _key(_STAGE.sub("", text).partition(" (")[0])
    for form in (word, _key(_ENDING.sub("", word)), _FEMININE.sub("", word), _FEMININE.sub("", _key(word))):
        code = _words().get(form)
        if code:
            return code
    return word if word in _codes() else ""


def _key(word: str) -> str:
    """Return what is compared of a word for a role: "Ed. lit.," is "ed lit"."""
    return " ".join(_MARKED.split(word.casefold())).strip(_MARKS)


@cached()
def _codes() -> frozenset[str]:
    return frozenset(row["code"] for row in vocabulary().rows("codes/roles.csv"))


@cached()
def _words() -> dict[str, str]:
    """Return the codes by word and by term."""
    words = {_key(row["word"]): row["code"] for row in vocabulary().rows("codes/role_words.csv")}
    return words | {_key(row["term"]): row["code"] for row in vocabulary().rows("codes/roles.csv")}
