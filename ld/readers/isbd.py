"""What the conventions of library description (ISBD, AACR2) hide in one string: pages, series, degrees, classes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ld.memo import cached, remembered
from ld.record import Container
from ld.values import text
from ld.values.vocab import vocabulary

_EXTENT = re.compile(
    r"(?:1 (?:online resource|volume|v\.|Online-Ressource) \()?(?:\[?[ivxlcdm]{1,9}\]?\s?[,.;]\s?)?"
    r"\[?(\d{1,5})\]?\s?(?:p|pp|pages?|pgs?|S|s|Seiten|páginas|strán|str|с|l?k)\b",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"(.{1,500}?)\s?;\s?(?:(?:v(?:ol)?|no|nr|bd|t)\.?\s)?([\w.,/() -]{0,30}\d[\w.,/() -]{0,30})", re.IGNORECASE
)
_LCC = re.compile(r"[A-Z]{1,3}\s?\d{1,4}(?:\D.{0,80})?")
_DEWEY = re.compile(r"\d{3}(?:\.\d{1,20})?")
_GRANTED = re.compile(r"\)\s?(?:--|—)\s?([^\W\d_][^\d;]{2,200}?)(?:,?\s\[?(?:c|ca\.\s?)?\d{4}\??\]?)?\.?$")
_DEGREE = re.compile(r"\b(?:Ph\.\s?D|PhD|Ed\.\s?D|M\.A|M\.S|M\.\s?Sc|MSc)\b\.?")
# What stands before the name of a series: in which years of the serial it was part of it (MARC 490 $3).
_WHEN = re.compile(r"(?:<[^<>]{1,40}>|['\u2019]?\d{2,4}\s?-\s?['\u2019]?(?:\d{2,4})?):?\s*:\s*")
_COUNTED = re.compile(
    r"(.{1,500}?),\s((?:no|nos|nr|vol|v|bd|t|pt|part|heft|num)\.\s?\d[\w.,/() -]{0,30})", re.IGNORECASE
)
_QUALIFIED = re.compile(r"\s*\((?:[^()]|\([^()]*\)){1,200}\)")
_ARTICLE = re.compile(r"^(?:a|an|the|der|die|das|le|la|les|l'|el|los|las|il|lo|i|gli|o|os|as|het|de|den|det|di|dos)\s+")
_SIGNS = re.compile(r"[\W_]+")


def degree(note: str) -> str:
    """Return the degree that a note on a thesis names."""
    match = _DEGREE.search(note)
    return match[0] if match else ""


def granted_by(note: str) -> str:
    """Return the body that granted a degree, as a note on a thesis names it (AACR2 2.7B13, MARC 502).

    >>> granted_by("Thesis (Ph. D.)--University of Example, 1998."), granted_by("Diss. Example, 1962")
    ('University of Example', '')
    """
    match = _GRANTED.search(note)
    return match[1].strip(" ,") if match else ""


def page_count(extent: str) -> str:
    """Return the number of pages where it is clear.

    >>> page_count("xii, 502 p. : ill. ; 24 cm"), page_count("2 v. (502, 400 p.)")
    ('502', '')
    """
    match = _EXTENT.match(extent)
    return match[1] if match else ""


def _series(title: str) -> Container:
    """Return the series and the number in it; the title is empty where there is none.

    >>> _series("Example series ; vol. 7").number, _series("Plain ; and simple").title
    ('7', 'Plain ; and simple')
    >>> _series("'88- : Biblioteca universale").title, _series("Studies, no. 3, 2008 ;").number
    ('Biblioteca universale', '3, 2008')
    >>> _series("[1865] ;").title
    ''
    """
    clean = _WHEN.sub("", text.unpunctuated(text.plain(title)), count=1)
    match = _NUMBERED.fullmatch(clean) or _COUNTED.fullmatch(clean)
    clean, count = (match[1].strip(), number(match[2])) if match else (clean, "")
    if "[" not in clean or "]" not in clean:
        clean = clean.strip("[] ")
    clean = text.without_stop(text.unpunctuated(clean))
    return Container(kind="series", title=clean if any(map(str.isalpha, clean)) else "", number=count)


series = remembered(_series)


def joined_series(controlled: Sequence[str], transcribed: Sequence[str]) -> list[Container]:
    """Return the series of a record, each once: VuFind has the traced ones (MARC 440, 830) and those as printed (490).

    A traced one is preferred. Where there are as many of both, they are the same ones in the same order.

    >>> [one.title for one in joined_series(["FS (Series)"], ["FS", "Other"])]
    ['FS (Series)', 'Other']
    """
    if not controlled and not transcribed:
        return []
    traced, printed = list(map(series, controlled)), list(map(series, transcribed))
    if len(traced) == len(printed):
        pairs = zip(traced, printed, strict=True)
        traced = [Container("series", one.title or two.title, number=one.number or two.number) for one, two in pairs]
        printed = []
    kept: dict[str, Container] = {}
    for one in (*traced, *printed):
        known = _series_key(one.title)
        same = next((key for key in kept if _is_same(key, known)), known)
        before = kept.get(same)
        if before is None:
            kept[same] = one
        elif one.number and not before.number:
            kept[same] = Container("series", before.title, number=one.number)
    return [one for one in kept.values() if one.title]


def _is_same(key: str, other: str) -> bool:
    """Determine whether one of the two is the other with more words around it."""
    return f" {other} " in f" {key} " or f" {key} " in f" {other} "


def _series_key(title: str) -> str:
    """Return what is compared of a series: no qualifier, no article, no signs."""
    plain = _ARTICLE.sub("", _SIGNS.sub(" ", _QUALIFIED.sub("", title.casefold())).strip() + " ").strip()
    return plain or title.casefold()


def _number(raw: str) -> str:
    """Return the number of a volume, an issue or a part without the word that counts (`codes/designations.csv`).

    >>> _number("Volume 14"), _number("vol. Volume 14"), _number("Bd. XII"), _number("n. s. 3"), _number("Special")
    ('14', '14', 'XII', 'n. s. 3', 'Special')
    """
    clean = text.value(raw)
    while match := _counting().match(clean):
        clean = clean[match.end() :]
    return clean


number = remembered(_number)


@cached()
def _counting() -> re.Pattern[str]:
    words = sorted((row["word"] for row in vocabulary().rows("codes/designations.csv")), key=len, reverse=True)
    known = "|".join(map(re.escape, words))
    behind = rf"(?=\d|[IVXLC]{{1,8}}\b(?![.'])|(?:{known})[.\s])"
    return re.compile(rf"(?:{known})(?:\.\s?|\s|(?=\d))\s?{behind}", re.IGNORECASE)


def lcc(raw: str) -> str:
    """Return the call number, empty where it is none of the Library of Congress."""
    return raw if _LCC.fullmatch(raw) else ""


def dewey(raw: str) -> str:
    """Return the number without the marks where it may be cut ("813/.54" is 813.54)."""
    match = _DEWEY.match(raw.replace("/", "").replace("'", ""))
    return match[0] if match else ""
