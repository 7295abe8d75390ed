"""What a catalogue's record says a work contains, and in which other forms it is, told apart from the work itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ld.memo import cached
from ld.values import languages
from ld.values.vocab import vocabulary

_WORD = re.compile(r"\w+")
_ARRANGING = "a collective title, by which catalogues arrange: no title of the work"
# A part of a series or a serial: what only counts volumes is no part of a title.
_PART = re.compile(
    r"\.?\s((?:Reihe|Series|S[ée]rie|Ser\.|Section|Sect\.|Abteilung|Abt\.)\s(?:\d{1,4}|[A-Z]|[IVXLC]{1,6}))(?![\w'])"
)
_NUMBER = re.compile(r"^\W*\d{1,4}\W+(?=\w)")


def is_title(text: str) -> bool:
    """Determine whether there is a word: what cataloguing programs leave of a field may be no more than "/"."""
    return bool(_WORD.search(text))


class Parts:
    """The titles of a work's parts, as its contents name them (MARC 505).

    >>> parts = Parts(["The first tale (Doe) -- [2] The second : a sequel"])
    >>> "First tale." in parts, "Second" in parts, "A sequel" in parts, "Tale" in Parts(["The only tale"])
    (True, True, False, False)
    """

    def __init__(self, contents: Sequence[str]) -> None:
        named = [part for value in contents for part in value.split(" -- ")]
        self._parts = [_words(_NUMBER.sub("", part)) for part in named] if len(named) > 1 else []

    def __contains__(self, title: str) -> bool:
        words = _words(title)
        return any(part[n : n + len(words)] == words for part in self._parts for n in (0, 1))  # 1: an article


def no_title(text: str, parts: Parts) -> str:
    """Return why this is no other title of the work, empty where it is one.

    >>> no_title("Symphonies", Parts([])), no_title("Works. Selections. English. 1990", Parts([]))[:18]
    ('a collective title, by which catalogues arrange: no title of the work', 'a collective title')
    >>> no_title("/", Parts([])), no_title("Poems of the sea", Parts([]))
    ('no title', '')
    """
    if not is_title(text):
        return "no title"
    if text in parts:
        return "the title of a part, which the contents name: not one of the whole"
    return _ARRANGING if _is_collective(text) else ""


def part_in(rest: str) -> str:
    """Return the number of the part that stands behind a title (MARC 245 $n), where VuFind keeps it in no other field.

    >>> part_in(" Reihe 2, Technik"), part_in(". Series B / Doe"), part_in(" Doe, Jane"), part_in(" : vol. 3")
    ('Reihe 2', 'Series B', '', '')
    """
    match = _PART.match(rest)
    return match[1] if match else ""


def _is_collective(text: str) -> bool:
    """Determine whether it is a conventional collective title (RDA 6.2.2.10), with nothing but language and year."""
    first, *behind = (piece.strip() for piece in re.split("[.,]", text.casefold()) if piece.strip())
    known = vocabulary().codes("collective_titles")
    return first in known and all(one in known or one.isdecimal() or languages.named(one).codes for one in behind)


def forms(values: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return the extents, and what only tells that the work is issued in another form too (MARC 300 and 530).

    >>> forms(["132 p. ; 21 cm.", "Also issued online."])
    (['132 p. ; 21 cm.'], ['Also issued online.'])
    """
    found: tuple[list[str], list[str]] = ([], [])
    for value in values:
        found[value.casefold().startswith(_beginnings())].append(value)
    return found


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


@cached()
def _beginnings() -> tuple[str, ...]:
    return tuple(row["beginning"] for row in vocabulary().rows("codes/other_forms.csv"))
