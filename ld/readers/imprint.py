"""What a statement of publication holds: places, publishers, distributors, told apart by ISBD's marks (ISBD area 4).

A space and a colon stand before a name, a space and a semicolon before a further place or name. Words that say who only
distributes stand in `vocab/codes/imprint_words.csv`, words for nobody in `codes/nobody.csv`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct

from ld.memo import cached, remembered
from ld.readers.bodies import is_body
from ld.readers.nobody import is_nobody, without_rest
from ld.record import Record, Remark
from ld.values import text
from ld.values.vocab import vocabulary

_NEXT = re.compile(r"\s+;\s*|;\s+|\s*\|\s*")
_NAME = re.compile(r"\s+:\s*")
# What a cataloguer has supplied stands in brackets; what has lost its other half is left over from another subfield.
_WHOLE = re.compile(r"[\[(]([^\[\]()]{1,500})[\])]?")
_HALF = re.compile(r"^[^\[\]]*\]$|^\[[^\[\]]*$")
_WITHIN = re.compile(r"\s*[\[(]([^\[\]()]{1,200})[\])]?\s*$")


_FOR = re.compile(
    r"\[?(?:published|pub\.|publ\.|issued|printed and published) (?:for|on behalf of) (?:the )?"
    r"(?P<whom>.{2,200}?),? \[?by:?\]? (?:the )?(?P<who>.{2,200})",
    re.IGNORECASE,
)
# A comma that stands before the closing quotation mark, as printers of America set it.
_QUOTED = re.compile(r',(?=["\u201d\u00bb]$)')


class Imprint(Struct, frozen=True):
    """Who published and who distributed, where as far as it is told apart, and what was said of nobody."""

    publishers: tuple[str, ...] = ()
    distributors: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    nobody: tuple[str, ...] = ()
    sponsors: tuple[str, ...] = ()


def _of_names(raw: str) -> Imprint:
    """Return what a field for names of publishers holds, as MARC 260 $b run together: a colon parts names too.

    >>> _of_names("Thorndike Press ; Chivers Press,").publishers
    ('Thorndike Press', 'Chivers Press')
    >>> _of_names("Stockholms universitet : Distributor : Almqvist & Wiksell,").distributors
    ('Almqvist & Wiksell',)
    >>> _of_names("London : Penguin").places, _of_names("London : Penguin").publishers, _of_names("[s.n.],").nobody
    (('London',), ('Penguin',), ('[s.n.],',))
    """
    return _read(raw, places=False)


def _of_statement(raw: str) -> Imprint:
    """Return what a statement with place and name holds: what stands before a colon is a place.

    >>> _of_statement("Aachen ; Wien : Example Press").places, _of_statement("Example Press").publishers
    (('Aachen', 'Wien'), ('Example Press',))
    """
    return _read(raw, places=True)


def _of_name(raw: str) -> Imprint:
    """Return the publisher of a field that holds one name as it is, or nobody."""
    name = text.plain(raw)
    if not name:
        return Imprint()
    return Imprint(nobody=(name,)) if is_nobody(name, "publisher") else Imprint((name,))


of_name, of_names, of_statement = remembered(_of_name), remembered(_of_names), remembered(_of_statement)


def set_imprint(record: Record, found: Iterable[Imprint]) -> None:
    """Set who published and distributed the work, and where, each once; that nobody is named is remarked."""
    for one in found:
        record.publishers += [name for name in one.publishers if name not in record.publishers]
        record.distributors += [name for name in one.distributors if name not in record.distributors]
        record.publication_places += [name for name in one.places if name not in record.publication_places]
        record.remarks += [Remark("publisher", "names nobody: left out", raw) for raw in one.nobody]
        record.remarks += [Remark("publisher", "for whom it was published: left out", raw) for raw in one.sponsors]


class _Reading:
    """One statement while it is read."""

    def __init__(self) -> None:
        self.publishers: list[str] = []
        self.distributors: list[str] = []
        self.places: list[str] = []
        self.nobody: list[str] = []
        self.distributing = False

    def add(self, piece: str, place: bool) -> None:
        """Take one name or place to where it belongs."""
        if is_nobody(piece, "place" if place else "publisher"):
            self.nobody.append(piece)
            return
        name, distributor = _distributor(piece, first=not (self.publishers or self.distributors))
        if distributor and not name:
            self.distributing = True
            return
        name = _clean(name)
        head, comma, rest = name.partition(", ")
        if comma and is_nobody(head, "publisher"):
            self.nobody.append(head)
            name = _clean(rest)
        if not name or is_nobody(name, "publisher"):
            self.nobody.append(piece)
        elif place:
            self.places.append(name)
        else:
            into = self.distributors if distributor or self.distributing else self.publishers
            into.append(name)
            self.distributing = False


def _read(raw: str, places: bool) -> Imprint:
    line = text.plain(raw).strip(" ,")
    if not line:
        return Imprint()
    reading = _Reading()
    if is_nobody(line, "publisher"):
        return Imprint(nobody=(raw.strip(),))
    line, sponsor = _for_whom(line)
    pieces = [_colons(piece) for piece in _NEXT.split(line)]
    stated = places and all(is_body(names[0]) != "body" for names in pieces if len(names) > 1)
    last = max((n for n, names in enumerate(pieces) if len(names) > 1), default=0)
    for n, names in enumerate(pieces):
        later = n < last and not reading.publishers
        for m, name in enumerate(names):
            leads = m == 0 and (later or len(names) > 1)
            for one in _unfolded(name):
                reading.add(one, leads and (stated or _is_place(one)) and not _before(one, alone=True))
    return Imprint(*(tuple(dict.fromkeys(found)) for found in (
        reading.publishers, reading.distributors, reading.places, reading.nobody, [sponsor] if sponsor else []
    )))  # fmt: skip


def _for_whom(line: str) -> tuple[str, str]:
    """Return the statement as who published, and for whom.

    >>> _for_whom("Published for the Example Institute [by] Example Press"), _for_whom("Example Press")
    (('Example Press', 'Example Institute'), ('Example Press', ''))
    """
    match = _FOR.fullmatch(line)
    return (match["who"], match["whom"]) if match else (line, "")


def _colons(piece: str) -> list[str]:
    """Return what a colon parts: with a blank before it (ISBD), or behind a known place ("Paris: Gallimard")."""
    head, colon, rest = piece.partition(": ")
    return [head, rest] if colon and _is_place(head) else _NAME.split(piece)


def _clean(name: str) -> str:
    """Return the name without the brackets of a cataloguer, what only leads to it, and the mark at its end."""
    name, _ = without_rest(text.unpunctuated(name.strip()))
    name = name.strip(" ,;:")
    whole = _WHOLE.fullmatch(name)
    if whole and name[0] in "[(":
        name = whole[1].strip()
    elif _HALF.search(name):
        name = name.strip("[] ")
    if name.endswith(")") and "(" not in name:
        name = name[:-1]
    lower = name.casefold()
    words = _words("imprint", "before")
    for word in words if lower.startswith(words) else ():
        if lower.startswith(word + " ") and len(name) > len(word) + 1:
            return _clean(name[len(word) :])
    return _QUOTED.sub("", text.value(text.unpunctuated(name)).strip())


def _unfolded(piece: str) -> list[str]:
    """Return a name, and apart from it who distributes, where that stands in brackets behind the name."""
    name = piece.strip(" ,;")
    inner = _WITHIN.search(name)
    pieces = [name]
    if inner and inner.start() and _before(inner[1], alone=True) and not _kept_word(inner[1]):
        pieces = [name[: inner.start()], inner[1]]
    return [one for one in pieces if one.strip(" ,;:[]()")]


def _distributor(piece: str, first: bool) -> tuple[str, bool]:
    """Return the name in the piece, and whether it is called a distributor's."""
    name = piece.strip(" ,;:")
    inner = _WITHIN.search(name)
    if inner and inner.start() and _kept_word(inner[1]):
        name = name[: inner.start()]
        return _behind(name, alone=True) or name, True
    bare = name.strip("[]() ")
    if _before(bare, alone=not first):
        return _behind(bare, alone=True), True
    behind = not first and any(bare.casefold().endswith(" " + word) for word in _words("distributor", "within"))
    return name, behind


def _behind(text: str, alone: bool) -> str:
    """Return the name behind the words that say who distributes: no article, no market ("for the U.S.A., Example")."""
    found = _before(text, alone)
    name = text[len(found) :].strip(" :,")
    if name.casefold().startswith(("for ", "in ")) and ", " in name:
        name = name.partition(", ")[2]
    return (name[4:] if name.casefold().startswith("the ") else name) if found else ""


def _before(text: str, alone: bool) -> str:
    """Return the words at the beginning that say that a distributor follows, or is named nowhere.

    Where one word does not count alone, it needs a colon behind it: "Distribution Group Press" is a name.
    """
    lower = text.casefold().lstrip("[(")
    words = _words("distributor", "before")
    for word in words if lower.startswith(words) else ():
        behind = lower[len(word) : len(word) + 1]
        if lower.startswith(word) and not behind.isalnum() and (alone or " " in word or behind in ("", ":")):
            return text[: len(text) - len(lower) + len(word)]
    return ""


def _kept_word(text: str) -> bool:
    return text.casefold().strip(" .,;:[]()") in _words("distributor", "within")


def _is_place(piece: str) -> bool:
    return piece.strip(" ,;:[]().?").casefold() in _places()


@cached()
def _words(kind: str, where: str) -> tuple[str, ...]:
    """Return the words, the longest first."""
    rows = vocabulary().rows("codes/imprint_words.csv")
    words = {row["word"].casefold() for row in rows if (row["kind"], row["where"]) == (kind, where)}
    return tuple(sorted(words, key=lambda word: (-len(word), word)))


@cached()
def _places() -> frozenset[str]:
    return frozenset(row["place"].casefold() for row in vocabulary().rows("codes/publishing_places.csv"))
