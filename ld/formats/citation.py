"""What all forms of a citation share: a record's summary as its own words have it becomes the parts of a citation.

Nothing is taken from what other records say of the same journal or body. A name is divided where the source divides
it, and only there: "Kaur IP", "García Pérez" and "Li Ming" show what a rule for the others would make of them.
"""

from __future__ import annotations

import re

from msgspec import Struct

from ld.errors import VocabError
from ld.formats import dating
from ld.formats.dating import When
from ld.memo import cached
from ld.summary import Agent, Summary, Within
from ld.values import text
from ld.values.vocab import Row, Vocabulary, vocabulary

_WORDS = {"bibtex": re.compile("[a-z]+"), "ris": re.compile("[A-Z]+"), "csl": re.compile("[a-z_-]+")}
_SUCH = {"bibtex": "article", "ris": "JOUR", "csl": "article-journal"}
_WORD = re.compile(r"[^\W\d_]+")
# The full stop that ends a statement of edition is ISBD's behind a number and a long word; "2. Aufl." ends in its own.
_STOP = re.compile(r"(?<=[^\W\d_][\W\d]\d)\.$|(?<=\d[-.]\d)\.$|(?<=\d\d)\.$|(?<=[^\W\d_]{7})\.$")
_LASTING = re.compile(r"https?://(?:(?:dx\.)?doi\.org|hdl\.handle\.net|n2t\.net)/|https?://[^/]+/ark:")
_PRINTED = frozenset(["Book", "Thesis"])
_ONLINE = ("electronic", "online", "ebook")
# French sets a blank before every colon; elsewhere one stands there because ISBD put it between title and subtitle.
_FRENCH = "fr"


class Place(Struct):
    """Where the work appeared: journal or book with its numbers, or a series; empty where it says nothing."""

    journal: str = ""
    book: str = ""
    series: str = ""
    volume: str = ""
    issue: str = ""
    of_series: str = ""
    issn: str = ""
    isbn: str = ""

    @property
    def whole(self) -> str:
        """What the work is a part of."""
        return self.journal or self.book


class Cited(Struct, frozen=True):
    """The parts of a citation: `row` of `codes/citations.csv` says what the work is called in each form."""

    row: Row
    title: str
    authors: list[Agent]
    editors: list[Agent]
    place: Place
    when: When
    pages: tuple[str, str]
    publishers: list[str]
    school: str
    degree: str
    edition: str
    notes: list[str]

    @property
    def medium(self) -> str:
        """What the work is, where the form itself has no word for it."""
        return self.row["medium"]

    @property
    def article_number(self) -> str:
        """The number of an article that has one instead of pages: it has letters, or is longer than a page number."""
        first, last = self.pages
        digits = first.isascii() and first.isdigit()
        return "" if last or not first or (digits and len(first) < 6) or not re.search(r"\d", first) else first


def cited(summary: Summary) -> Cited:
    """Return the parts of the record's citation."""
    school, publishers = _school(summary)
    return Cited(
        row=_row(summary),
        title=_title(summary.title.text, summary.title.tag),
        authors=listed(summary, "author"),
        editors=listed(summary, "editor"),
        place=_place(summary),
        when=dating.read(summary.issued.value if summary.issued else summary.date) or When(),
        pages=_pages(summary),
        publishers=publishers,
        school=school,
        degree=summary.degree if summary.kind == "Thesis" else "",
        edition=_STOP.sub("", summary.edition),
        notes=[summary.status] if summary.status else [],
    )


def check(tables: Vocabulary) -> None:
    """Raise VocabError where a word of `citations.csv` is none of its form: no record of that kind could be cited."""
    for row in tables.rows("codes/citations.csv"):
        for column, words in _WORDS.items():
            if not words.fullmatch(row[column]):
                raise VocabError(
                    f"{row[':line']}: '{row[column]}' is no type of {column}: a word such as {_SUCH[column]}"
                )
    if "__default__" not in tables.codes("citations"):
        raise VocabError("citations.csv: the row __default__ is missing, for all that has no row of its own")


def listed(summary: Summary, role: str) -> list[Agent]:
    """Return the agents of a role, each once."""
    return list(dict.fromkeys(summary.listed(role)))


def divided(person: Agent) -> bool:
    """Determine whether the source tells family and given name apart; a body has neither."""
    return bool(person.family and person.given) and not person.body


def first(values: list[str]) -> str:
    """Return the first value, or nothing."""
    return next(iter(values), "")


def abstract(summary: Summary) -> str:
    """Return the abstract, or nothing."""
    return summary.abstract.text if summary.abstract else ""


def addresses(summary: Summary, url: str) -> list[str]:
    """Return where the work can be read, or the address of its record.

    What a printed book links to is a table of contents, a review, a blurb; only what is made to last may be itself.
    """
    found = summary.urls
    if summary.kind in _PRINTED and not (summary.free or _is_online(summary)):
        found = [address for address in found if _LASTING.match(address)]
    return found or [url]


def _is_online(summary: Summary) -> bool:
    return any(word.casefold().startswith(_ONLINE) for word in (summary.format, *summary.carriers))


def _row(summary: Summary) -> Row:
    rows = vocabulary().codes("citations")
    row = rows.get(summary.format) or rows.get(summary.kind) or rows["__default__"]
    return _thesis(row, summary.degree) if summary.kind == "Thesis" and summary.degree else row


def _thesis(row: Row, degree: str) -> Row:
    """Return the row of a thesis for a degree: what the degree says goes before the word."""
    known = vocabulary().code("degrees", degree.casefold())
    if known is None:
        return row | {"medium": f"{degree} thesis"}
    doctor = known["degree"].endswith("phd")
    return row | {"medium": "", "bibtex": "phdthesis" if doctor else "mastersthesis"}


def _title(title: str, tag: str) -> str:
    """Return a title without the marks of ISBD: no full stop at its end, and no blank before the colon."""
    title = text.without_stop(title)
    if " : " not in title:
        return title
    title = title.replace(" : = ", " = ")
    return title if tag.partition("-")[0] == _FRENCH else title.replace(" : ", ": ")


def _place(summary: Summary) -> Place:
    place = Place()
    for one in (*summary.containers, *summary.series):
        _add(place, one)
    tag = first(summary.tags)
    place.journal, place.book, place.series = (_title(one, tag) for one in (place.journal, place.book, place.series))
    place.volume = place.volume or summary.volume
    place.of_series = place.of_series or first(summary.number)
    place.issn = place.issn or first(summary.issns)
    place.isbn = place.isbn or first(summary.isbns)
    return place


def _add(place: Place, one: Within) -> None:
    """Add what one container says; the book of a chapter is a record of its own or not."""
    if one.kind == "issue":
        place.issue = one.number
    elif one.kind == "volume":
        place.volume = one.number
    elif one.kind == "journal":
        place.journal, place.issn = one.title, next(iter(one.issns), "")
    elif one.kind == "series":
        if one.title and not place.series:
            place.series, place.of_series = one.title, one.number
    else:
        place.book, place.isbn = place.book or one.title, place.isbn or next(iter(one.isbns), "")


def _pages(summary: Summary) -> tuple[str, str]:
    """Return the first page and the last, empty where it is the same or unknown; or all pages as one text.

    Of "12-15, 20-25" the first page is known, but its pages are more than that.
    """
    several = not summary.page_end and summary.pages.startswith((f"{summary.page_start},", f"{summary.page_start}-"))
    if not summary.page_start or several:
        return summary.pages, ""
    return summary.page_start, summary.page_end if summary.page_end != summary.page_start else ""


def _school(summary: Summary) -> tuple[str, list[str]]:
    """Return the body that granted the degree, and the publishers.

    Of a thesis that tells no such body it is the publisher, if its name is that of a school: a press grants no degrees.
    """
    publishers = list(dict.fromkeys(one.name.text for one in summary.publishers if one.name.text))
    if summary.kind != "Thesis":
        return "", publishers
    school = summary.granted_by or next(filter(_is_school, publishers), "")
    return school, [name for name in publishers if name != school]


def _is_school(name: str) -> bool:
    words = _WORD.findall(name.casefold())
    return any(word.startswith(_beginnings(vocabulary())) for word in words)


@cached(4)
def _beginnings(tables: Vocabulary) -> tuple[str, ...]:
    return tuple(row["word"] for row in tables.rows("codes/schools.csv"))
