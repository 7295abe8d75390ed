"""What a careful person would take from a VuFind record of DOAJ: the peers' mapping, written without shelfgraph.

It knows the fields of `generate.py --dirt 0` and no others: no check, no repair, no other kind of record.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

BASE = "https://data.example.org/"
_LANGUAGES = {
    "English": "eng", "Spanish": "spa", "Portuguese": "por", "German": "ger", "French": "fre", "Russian": "rus",
    "Chinese": "chi", "deu": "ger", "fra": "fre", "zho": "chi",
}  # fmt: skip
_TAGS = {"eng": "en", "spa": "es", "por": "pt", "ger": "de", "fre": "fr", "rus": "ru", "chi": "zh"}
_URL_DOI = re.compile(r"/(10\.\d{4,9}/[^\s?#&]+?)(?:/full)?$")
_DOI = re.compile(r"10\.\d{4,9}/\S+")
_ORCID = re.compile(r"https://orcid\.org/\d{4}-\d{4}-\d{4}-\d{3}[\dX]")
_SEAM = re.compile(r"(?<=[a-zà-öø-ÿ.)])(?=[A-ZÀ-ÖØ-Þ])")
_DOUBTFUL = re.compile(r"[A-Z]{3}[A-Z][a-z]|\d[A-Z][a-z]|(?:^|\s)\w$")
_MARKED = re.compile(r"([a-z])[\u0300-\u036f]+")
_SIGNS = {"+": " plus ", "#": " sharp ", "&": " and ", "@": " at ", "%": " percent "}
_LETTERS = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"})


@dataclass(slots=True)
class Author:
    """An author as printed."""

    name: str
    given: str = ""
    family: str = ""
    affiliation: str = ""
    orcid: str = ""


@dataclass(slots=True)
class Facts:
    """One article."""

    id: str
    title: str
    abstract: str
    tag: str
    language: str
    authors: list[Author]
    keywords: list[str]
    publisher: str
    journal: str
    issns: list[str]
    issued: str
    year: str
    url: str
    modified: str
    harvested: str = ""
    doi: str = ""
    volume: str = ""
    publisher_id: str = ""
    how: list[str] = field(default_factory=list)


def facts(document: dict[str, Any]) -> Facts:
    """Return what the document says."""
    date = document["publishDate"][0]
    language = _LANGUAGES.get(document["language"][0], document["language"][0])
    found = Facts(
        id=document["id"],
        title=document["title"].strip(),
        abstract=document.get("description", "").strip(),
        tag=_TAGS[language],
        language=language,
        authors=[_author(name) for name in dict.fromkeys(document["author"])],
        keywords=list(dict.fromkeys(document["topic"])),
        publisher=document["publisher"][0],
        journal=document["series"][0],
        issns=document["issn"],
        issued=date[:4] if date.endswith("-01-01") else date[:7],
        year=date[:4],
        url=document["url"][0],
        modified=_instant(document["_version_"]),
    )
    found.how += ["language-of-journal", "access-from-collection"]
    found.how.append("year-only" if len(found.issued) == 4 else "day-not-asserted")
    _recover(document["spelling"][0].removeprefix(found.id), date, document["author"], found)
    return found


def _author(name: str) -> Author:
    family, comma, given = name.partition(", ")
    return Author(name, given, family) if comma else Author(name)


def _instant(version: int) -> str:
    millis = version >> 20
    seconds = datetime.fromtimestamp(millis // 1000, UTC)
    return f"{seconds:%Y-%m-%dT%H:%M:%S}.{millis % 1000:03}Z"


def _recover(text: str, date: str, printed: list[str], found: Facts) -> None:
    """Take out of `spelling` what the other fields have lost."""
    found.harvested = text[:20]
    start = text.find(date, text.find(found.journal)) + len(date)
    end = text.find(found.title + printed[0], start)
    _numbers(text[start:end], found)
    _people(text[end + len(found.title) :], printed, found)


def _numbers(between: str, found: Facts) -> None:
    said = _URL_DOI.search(found.url)
    match = _DOI.search(between)
    if said:
        found.doi, found.publisher_id = said[1].lower(), between.partition(said[1])[2]
        found.how.append("doi-from-url")
    elif match:
        found.doi = match[0].lower()
        found.how.append("doi-from-index-text")
    before = between[: match.start()] if match else ""
    if len(before) == 1:
        found.volume = before
        found.how.append("volume-from-index-text")
    if found.publisher_id:
        found.how.append("publisher-id-from-index-text")


def _people(text: str, printed: list[str], found: Facts) -> None:
    numbered = []
    for author in found.authors:
        text = text.removeprefix(author.name)
        if text.startswith(str(len(numbered))):
            text = text.removeprefix(str(len(numbered)))
            numbered.append(author)
        match = _ORCID.match(text)
        if match:
            author.orcid = match[0]
            text = text[match.end() :]
    if any(author.orcid for author in found.authors):
        found.how.append("orcid-from-index-text")
    block = text[: text.find((found.abstract or found.url)[:80])]
    pieces = _SEAM.split(block) if len(numbered) > 1 else [block]
    if not numbered or len(pieces) != len(numbered) or (len(pieces) > 1 and any(map(_DOUBTFUL.search, pieces))):
        return
    for author, piece in zip(numbered, pieces, strict=True):
        author.affiliation = piece
    found.how.append("affiliations-from-index-text")


def slug(label: str) -> str:
    """Return the label as a path segment."""
    text = unicodedata.normalize("NFKC", label).casefold()
    if not text.isascii():
        text = unicodedata.normalize("NFC", _MARKED.sub(r"\1", unicodedata.normalize("NFD", text))).translate(_LETTERS)
    for sign, word in _SIGNS.items():
        text = text.replace(sign, word)
    return re.sub(r"[\W_]+", "-", text).strip("-")


def segment(text: str) -> str:
    """Return the text percent-encoded as one path segment."""
    return quote(text, safe="")
