"""What the conventions of library description (ISBD, AACR2) hide in one string: pages, series, degrees, classes."""

from __future__ import annotations

import re

from ld.record import Container
from ld.values import text

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
_DEGREE = re.compile(r"\b(?:Ph\.\s?D|PhD|Ed\.\s?D|M\.A|M\.S|M\.\s?Sc|MSc)\b\.?")
_NOBODY = re.compile(r"\[?(?:s\.?\s?\.?n\.?|s\.\s?l\.?|publisher not identified|n\.\s?p\.)\]?[.,]?", re.IGNORECASE)


def is_nobody(name: str) -> bool:
    """Determine whether a publisher's name only says that there is none ("[s.n.]")."""
    return _NOBODY.fullmatch(name) is not None


def degree(note: str) -> str:
    """Return the degree that a note on a thesis names."""
    match = _DEGREE.search(note)
    return match[0] if match else ""


def page_count(extent: str) -> str:
    """Return the number of pages where it is clear.

    >>> page_count("xii, 502 p. : ill. ; 24 cm"), page_count("2 v. (502, 400 p.)")
    ('502', '')
    """
    match = _EXTENT.match(extent)
    return match[1] if match else ""


def series(title: str) -> Container:
    """Return the series and the number in it.

    >>> series("Example series ; vol. 7").number, series("Plain ; and simple").title
    ('7', 'Plain ; and simple')
    """
    clean = text.unpunctuated(title)
    match = _NUMBERED.fullmatch(clean)
    if match:
        return Container(kind="series", title=match[1].strip(), number=match[2].strip())
    return Container(kind="series", title=clean)


def lcc(raw: str) -> str:
    """Return the call number, empty where it is none of the Library of Congress."""
    return raw if _LCC.fullmatch(raw) else ""


def dewey(raw: str) -> str:
    """Return the number without the marks where it may be cut ("813/.54" is 813.54)."""
    match = _DEWEY.match(raw.replace("/", "").replace("'", ""))
    return match[0] if match else ""
