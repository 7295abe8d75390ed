"""Words that stand where a name should and name nobody: "[s.n.]", "Anonymous", "et al." (`vocab/codes/nobody.csv`)."""

from __future__ import annotations

import re

from ld.memo import cached
from ld.values.vocab import vocabulary

_BRACKETS = str.maketrans("", "", '[](){}<>\u2039\u203a\u00ab\u00bb"\u201c\u201d\u201e?*')
_SPACES = re.compile(r"(?<=\.)\s+|\s+(?=\.)")
_SEVERAL_WORDS = re.compile(r"[,\s]+")
_SEVERAL = re.compile(r"\s?[:;,/]\s?")
# What is shorter than this may be initials in capitals ("Smith, U. A."): only as printed in the table it is a mark.
_SHORT = 5


def is_nobody(name: str, of: str) -> bool:
    """Determine whether the text only says that there is no name; `of` is person, publisher, place or abstract.

    >>> is_nobody("[s.n.],", "publisher"), is_nobody("[S.l. : s.n.]", "publisher"), is_nobody("N. N.", "person")
    (True, True, True)
    >>> is_nobody("Nn, Ann", "person"), is_nobody("chez l'auteur", "publisher"), is_nobody("---", "person")
    (False, False, True)
    >>> is_nobody("N/A, N/A", "person"), is_nobody("Doe, Doe", "person")
    (True, False)
    """
    plain = key(name)
    if not any(map(str.isalpha, plain)):
        return not any(map(str.isdigit, plain)) or of != "place"
    known = _known(of)
    if plain in known:
        return True
    if of == "person" and len(twice := _SEVERAL_WORDS.split(plain)) == 2 and twice[0] == twice[1]:
        return twice[0] in known  # a form that asks for two names was given one: "Unknown, Unknown"
    if of == "person" or not _SEVERAL.search(plain):
        return False
    return all(piece.strip(" .,") in known for piece in _SEVERAL.split(plain))


def without_rest(name: str) -> tuple[str, bool]:
    """Return the name without what says that the list of names goes on, and whether it says so.

    >>> without_rest("Doe, Jane [et al.]"), without_rest("u.a."), without_rest("Smith, U. A.")
    (('Doe, Jane', True), ('', True), ('Smith, U. A.', False))
    """
    match = _rest().search(name)
    if not match:
        return name, False
    return name[: match.start()].rstrip(" ,;:([{-\u2013\u2014&"), True


def key(name: str) -> str:
    """Return what is compared of such words: without case, brackets, the stop at the end and blanks behind stops."""
    plain = " ".join(name.casefold().translate(_BRACKETS).split())
    return (_SPACES.sub("", plain) if "." in plain else plain).strip(" .,;:=/-\u2010\u2011\u2012\u2013\u2014_!")


@cached()
def _known(of: str) -> frozenset[str]:
    return _words("publisher") | _words("place") if of == "publisher" else _words(of)


@cached()
def _words(of: str) -> frozenset[str]:
    return frozenset(key(word) for word, row in vocabulary().codes("nobody").items() if of in row["of"].split())


@cached()
def _rest() -> re.Pattern[str]:
    """Return what finds the end of a list that is not whole, as "et al." or "[and 3 others]"."""
    words = [word for word, row in vocabulary().codes("nobody").items() if "rest" in row["of"].split()]
    exact = "|".join(_pattern(word) for word in words if len(word) < _SHORT) or "(?!)"
    free = "|".join(_pattern(word) for word in words if len(word) >= _SHORT) or "(?!)"
    return re.compile(rf"(?:^|(?<=[\s,;:(\[{{]))(?:{exact}|(?i:{free}))[\s.\])}},;:-]{{0,9}}$")


def _pattern(word: str) -> str:
    """Return the word as a pattern: `#` stands for a number, blanks behind stops may be left out or set."""
    plain = re.escape(word).replace(r"\#", r"(?:\d{1,4}|\w{3,9})")
    return plain.replace(r"\.", r"\.\s?").replace(r"\ ", r"\.?\s{1,3}").removesuffix(r"\s?")
