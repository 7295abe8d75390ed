"""What a catalogue's record says a work contains, and in which other forms it is, told apart from the work itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ld.memo import cached
from ld.values.vocab import vocabulary

_WORD = re.compile(r"\w+")
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
