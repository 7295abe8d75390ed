"""What VuFind's `spelling` field still holds of a DOAJ record: facts the catalogue lost, recovered, none guessed.

`spelling` is the DOAJ record with its tags taken away:

    id datestamp language publisher journalTitle issn eissn publicationDate volume issue startPage endPage doi
    publisherRecordId title (name affiliationId orcid)* affiliationName* abstract fullTextUrl keyword*

Known fields are anchors. What lies between two anchors is taken only where it can be read in one way.
"""

from __future__ import annotations

import re

from msgspec import Struct

from ld.values import identifiers
from ld.values.text import flat

_STAMP = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")
_CODE = re.compile(r"[a-z]{3}")
_ORCID = re.compile(r"https?://orcid\.org/\d{4}-\d{4}-\d{4}-\d{3}[\dX]")
_DOI_START = re.compile(r"10\.\d{4,9}/")
_URL_DOI = re.compile(r"(?:^|[/=?&])(10\.\d{4,9}/[^\s?#&]+)")
_TAIL = re.compile(
    r"(?:/(?:full|pdf|abstract|epdf|meta|html|download)|\.(?:pdf|html?|full|xml|epub))+/?$", re.IGNORECASE
)
_DIGITS = re.compile(r"\d{1,9}")
_LAST_DIGITS = re.compile(r"\d{1,40}$")
# Inside a piece: a place where one affiliation may end that the seam does not see ("USACaribou", "98195Department"),
# or one that it sees wrongly ("fRI").
_DOUBTFUL = re.compile(r"[A-Z]{3}[A-Z][a-z]|\d[A-Z][a-z]|(?:^|\s)\w$")
_SEAM = re.compile(r"(?<=[a-zà-öø-ÿ.)])(?=[A-ZÀ-ÖØ-Þ])")


class Facts(Struct, kw_only=True):
    """What was recovered; `affiliations` and `orcids` are by author, in order; `how` names the rules that were used."""

    datestamp: str = ""
    language: str = ""
    doi: str = ""
    volume: str = ""
    publisher_id: str = ""
    affiliations: list[str] = []
    orcids: list[str] = []
    how: list[str] = []


class Known(Struct):
    """The fields of the catalogue record that serve as anchors, each on one line, as `spelling` is."""

    id: str
    title: str
    authors: tuple[str, ...] = ()
    publisher: str = ""
    journal: str = ""
    issns: tuple[str, ...] = ()
    date: str = ""
    abstract: str = ""
    urls: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.id, self.title = flat(self.id), flat(self.title)
        self.authors, self.issns = tuple(map(flat, self.authors)), tuple(map(flat, self.issns))
        self.publisher, self.journal = flat(self.publisher), flat(self.journal)
        # Its beginning tells where the affiliations end: 80 characters are in no more than 41 words.
        self.abstract = " ".join(self.abstract.split(None, 41)[:41])[:80]


def recover(text: str, anchors: Known) -> Facts:
    """Return the facts that the run-together text holds beside the known ones."""
    facts = Facts()
    text = flat(text)
    rest = text.removeprefix(anchors.id)
    if rest is text or not anchors.title:
        return facts
    stamp = _STAMP.match(rest)
    if stamp:
        facts.datestamp = stamp[0]
        rest = rest[stamp.end() :]
    _language(rest, anchors, facts)
    date_end = _after_date(rest, anchors)
    start = _title(rest, anchors, date_end) if date_end >= 0 else -1
    if start < 0:
        return facts
    _numbers(rest[date_end:start], anchors, facts)
    _people(rest, start + len(anchors.title), anchors, facts)
    return facts


def doi_of_url(url: str) -> str:
    """Return the DOI that an address holds, without the `/full` or `.pdf` behind it; empty where it holds none."""
    match = _URL_DOI.search(url)
    if not match:
        return ""
    return identifiers.doi(_TAIL.sub("", match[1]))


def _language(rest: str, anchors: Known, facts: Facts) -> None:
    """Three letters before the publisher or the journal are the language code."""
    code = _CODE.match(rest)
    after = anchors.publisher or anchors.journal
    if code and after and rest.startswith(after, 3):
        facts.language = code[0]


def _after_date(rest: str, anchors: Known) -> int:
    """Return where the publication date ends: behind the journal and its ISSNs, -1 where it cannot be told."""
    if not anchors.date:
        return -1
    anchor = 0
    for part in (anchors.publisher, anchors.journal, *anchors.issns):
        found = rest.find(part, anchor) if part else -1
        anchor = found + len(part) if found >= 0 else anchor
    found = rest.find(anchors.date, anchor)
    return found + len(anchors.date) if found >= 0 else -1


def _title(rest: str, anchors: Known, date_end: int) -> int:
    """Return where the title begins: the first author follows it. A short title alone could stand in a DOI."""
    title = anchors.title
    if anchors.authors:
        return rest.find(title + anchors.authors[0], date_end)
    return rest.find(title, date_end) if len(title) > 9 else -1


def _numbers(between: str, anchors: Known, facts: Facts) -> None:
    """Take DOI, volume and publisher's id out of what stands between the date and the title."""
    for url in anchors.urls:
        doi = doi_of_url(url)
        at = between.lower().find(doi) if doi else -1
        if at >= 0:
            facts.doi = doi
            facts.how.append("doi-from-url")
            _volume(between[:at], facts)
            identifier = between[at + len(doi) :].strip()
            if identifier and not identifier.startswith("/"):
                facts.publisher_id = identifier
                facts.how.append("publisher-id-from-index-text")
            return
    match = _only(between)
    if match is not None:
        doi = identifiers.doi(between[match:])
        if doi and (_ends_surely(doi) or _confirmed(doi, anchors.urls)):
            facts.doi = doi
            facts.how.append("doi-from-index-text")
            _volume(between[:match], facts)


def _only(between: str) -> int | None:
    """Return where the one DOI begins. Digits before "10." could belong to the pages: then it cannot be told."""
    starts = list(_DOI_START.finditer(between))
    return starts[0].start() if len(starts) == 1 else None


def _ends_surely(doi: str) -> bool:
    """Determine whether no publisher's id can hang on the DOI: DOAJ's ids are digits or hex, glued on without a mark.

    A DOI that ends in a long run of digits may be one and an id; one that ends in a short run, or a letter, is whole.
    """
    tail = _LAST_DIGITS.search(doi)
    return tail is None or len(tail[0]) <= 6


def _confirmed(doi: str, urls: tuple[str, ...]) -> bool:
    """Determine whether the DOI's last digits are the last numbers of an address: f11030337 of "/11/3/337"."""
    tail = _LAST_DIGITS.search(doi)
    numbers = ([one.lstrip("0") for one in _DIGITS.findall(url)[-3:]] for url in urls)
    return tail is not None and any(
        len(several) == 3 and re.fullmatch("".join(f"0*{one}" for one in several), tail[0]) for several in numbers
    )


def _volume(before: str, facts: Facts) -> None:
    """One digit is the volume; a longer string may be volume, issue and pages run together."""
    if len(before) == 1 and before.isdigit():
        facts.volume = before
        facts.how.append("volume-from-index-text")


def _people(rest: str, at: int, anchors: Known, facts: Facts) -> None:
    """Walk over the authors and their numbers 0, 1, 2…, then cut the block of affiliations."""
    numbers: list[int] = []
    orcids: list[str] = []
    expected = 0
    for name in anchors.authors:
        if not rest.startswith(name, at):
            return
        at += len(name)
        numbered = rest.startswith(str(expected), at)
        if numbered:
            at += len(str(expected))
        numbers.append(expected if numbered else -1)
        expected += numbered
        orcid = _ORCID.match(rest, at)
        orcids.append(identifiers.orcid(orcid[0]) if orcid else "")
        at = orcid.end() if orcid else at
    if any(orcids):
        facts.orcids = orcids
        facts.how.append("orcid-from-index-text")
    _affiliations(rest, at, anchors, numbers, expected, facts)


def _affiliations(rest: str, at: int, anchors: Known, numbers: list[int], count: int, facts: Facts) -> None:
    """Accept the affiliations only if the block falls into exactly as many pieces as authors have a number."""
    following = anchors.abstract or flat(next(iter(anchors.urls), ""))[:80] or "\0"
    end = rest.find(following, at) if count else -1
    if end <= at:
        return
    block = rest[at:end]
    pieces = [piece.strip() for piece in _SEAM.split(block)] if count > 1 else [block.strip()]
    if len(pieces) != count or any(len(piece) < 6 for piece in pieces):
        return
    if count > 1 and any(map(_DOUBTFUL.search, pieces)):
        return
    facts.affiliations = [pieces[number] if number >= 0 else "" for number in numbers]
    facts.how.append("affiliations-from-index-text")
