"""What kind of work it is: the words of VuFind's `format` field (`vocab/codes/types.csv`)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from ld.memo import remembered
from ld.values.vocab import vocabulary

_FOLDED = re.compile(r"[\W_]+")
_MEDIA_TYPE = re.compile(r"(?:application|audio|image|model|text|video)/[\w.+-]{1,80}")
SERIALS = frozenset(
    ["journal", "ejournal", "journalmagazine", "journale", "serial", "series", "periodical", "newspaper"]
)
ARTICLES = frozenset(["article", "academicarticle", "electronicarticle", "earticle", "journalarticle"])
THESES = re.compile("thesis|dissertation")
_PARTS = re.compile("chapter|componentpart|section|conferencepaper|proceedingsarticle|proceedingspaper")
# Words that say little beside another one: a thesis is catalogued as a book too, a map as a government document.
_BROAD = {"book": 2, "ebook": 2, "electronicbook": 2, "printbook": 2, "monograph": 2, "governmentdocument": 3}
_VAGUE = {"electronicresource": 4, "computerfile": 4, "text": 5, "other": 6, "unknown": 7}


def is_part(format: str) -> bool:
    """Determine whether it is a part of a book: a chapter, a paper in proceedings."""
    return bool(_PARTS.search(format))


class Said(Struct, frozen=True):
    """What the words of `format` say of a work."""

    format: str
    book_format: str
    carriers: tuple[str, ...]
    unknown: tuple[str, ...]


@remembered
def said(words: tuple[str, ...]) -> Said:
    rows: dict[str, dict[str, str]] = {}
    carriers: list[str] = []
    unknown: list[str] = []
    for word in _parted(words):
        key = _FOLDED.sub("", word.casefold())
        row = vocabulary().code("types", key)
        if (row and row["carrier"]) or (row is None and _MEDIA_TYPE.fullmatch(word)):
            carriers.append(word)
        elif row:
            rows[key] = row
        else:
            unknown.append(word)
    book_format = next((row["book_format"] for row in rows.values() if row["book_format"]), "")
    return Said(min(rows, key=_broadness, default="unknown"), book_format, tuple(carriers), tuple(unknown))


def _parted(words: Iterable[str]) -> Iterator[str]:
    for word in words:
        whole = vocabulary().code("types", _FOLDED.sub("", word.casefold()))
        yield from [word] if whole or "," not in word else (part.strip() for part in word.split(","))


def _broadness(key: str) -> int:
    """Return how little a kind says: of several the one that says most is taken, of equals the first."""
    if THESES.search(key) or _PARTS.search(key) or key in ARTICLES:
        return 0
    return _BROAD.get(key) or _VAGUE.get(key) or 1
