"""DOAJ article JSON (API v1 to v4, data dump, search answers, JSON Lines) becomes records.

Layout: docs/data_models and portality/api/current/data_objects/article.py of DOAJ/doaj.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

import ld.readers.doaj.article as article
from ld.readers import contents, fill
from ld.readers.doaj.article import Article, Said
from ld.readers.documents import Found, documents, shape
from ld.readers.limits import EXCERPT_CHARACTERS
from ld.readers.people import Author
from ld.readers.share import Share
from ld.readers.status import FIELDS, set_status
from ld.record import Left, Origin, Part, Record, Rejected, Remark, Source, Subject
from ld.values import calendars, dates, identifiers, text

KIND = "doaj"
NAME = "DOAJ article JSON"
_READ = """
id created_date last_updated admin.publisher_record_id
bibjson.title bibjson.abstract bibjson.keywords bibjson.year bibjson.month bibjson.start_page bibjson.end_page
bibjson.author.name bibjson.author.affiliation bibjson.author.orcid_id
bibjson.identifier.type bibjson.identifier.id bibjson.link.url
bibjson.subject.scheme bibjson.subject.term bibjson.subject.code
bibjson.license.url bibjson.license.type bibjson.license.title
bibjson.journal.language bibjson.journal.publisher bibjson.journal.title bibjson.journal.issns
bibjson.journal.volume bibjson.journal.number
bibjson.journal.license.url bibjson.journal.license.type bibjson.journal.license.title
"""
READS = frozenset(_READ.split()) | {f"bibjson.{name}" for name in FIELDS}
_SHAPE = shape(KIND, dict[str, Any], ("results",), ("hits", "hits"))


def sniff(head: bytes) -> bool:
    """Determine whether the beginning looks like DOAJ article JSON."""
    return head.lstrip()[:1] in (b"{", b"[") and b'"bibjson"' in head


def read(stream: BinaryIO, place: str, share: Share) -> Iterator[Record | Rejected | Part]:
    """Yield the articles of one JSON document, a list, a search answer, an Elasticsearch dump or JSON Lines."""
    for document in documents(stream, place, _SHAPE, share):
        yield record(document.value, document.source) if isinstance(document, Found) else document


def record(document: dict[str, Any], source: Source) -> Record | Rejected:
    """Return the record of one article, or why there is none."""
    outer = _object(document.get("_source")) or document
    bib = outer.get("bibjson")
    if not isinstance(bib, dict):
        reason = "no 'bibjson' in it: a DOAJ article has one; name another kind with --as"
        return Rejected(source.place, reason, _text(outer.get("id")), source.text[:EXCERPT_CHARACTERS])
    result = article.record(_article(outer, bib), source)
    if isinstance(result, Rejected):
        return result
    result.values = contents.of_json(outer)
    result.left += _left(bib, result)
    set_status(result, {name: [str(value)] for name, value in bib.items() if name in FIELDS})
    _issued(result, _text(bib.get("year")), _text(bib.get("month")))
    result.created = dates.stamp(_text(outer.get("created_date")))
    result.modified = dates.stamp(_text(outer.get("last_updated")))
    result.origin = Origin(result.origin.identifier if result.origin else "", result.modified)
    _licence(result, bib)
    return result


def _licence(record: Record, bib: dict[str, Any]) -> None:
    """Set the licence: the article's, else the journal's."""
    own = _said_of(bib)
    fill.set_licence(record, own or _said_of(_object(bib.get("journal"))))
    if not own and (record.licence or record.rights or record.rights_pages):
        record.how.append("licence-of-journal")


def _said_of(one: dict[str, Any]) -> list[str]:
    licences = _objects(one.get("license"))
    return [
        said for licence in licences for key in ("url", "type", "title") if (said := _text(licence.get(key)).strip())
    ]


def _issued(record: Record, year: str, month: str) -> None:
    """Set year and month; a month that is none is remarked."""
    date = dates.month(_four_digits(year), month) or dates.parse(year)
    if year.strip() and fill.set_issued(record, "year", year, date, calendars.Kind(format=record.format)) and date:
        fill.remark_rest(record, "year", year)
        if month.strip() and date.datatype == "gYear":
            record.remarks.append(Remark("month", "names no month: left out", month))
    elif month.strip():
        record.remarks.append(Remark("month", "without a year: left out", month))


def _article(outer: dict[str, Any], bib: dict[str, Any]) -> Article:
    journal = _object(bib.get("journal"))
    numbers: dict[str, str] = {}
    for one in _objects(bib.get("identifier")):  # the types are lower-case since v4
        numbers.setdefault(_text(one.get("type")).lower(), _text(one.get("id")))
    return Article(
        id=_text(outer.get("id")),
        titles=[Said(_text(bib.get("title")))],
        abstracts=[Said(_text(bib.get("abstract")))],
        keywords=[Said(word) for word in _texts(bib.get("keywords"))],
        authors=[_author(one) for one in _objects(bib.get("author"))],
        languages=_texts(journal.get("language")),
        publisher=_text(journal.get("publisher")),
        publisher_id=_text(_object(outer.get("admin")).get("publisher_record_id")),
        journal=_text(journal.get("title")),
        issn=numbers.get("pissn", ""),
        eissn=numbers.get("eissn", ""),
        other_issns=_texts(journal.get("issns")),
        volume=_text(journal.get("volume")),
        issue=_text(journal.get("number")),
        start=_text(bib.get("start_page")),
        end=_text(bib.get("end_page")),
        doi=numbers.get("doi", ""),
        urls=[_text(link.get("url")) for link in _objects(bib.get("link"))],
        subjects=[*_subjects(bib)],
    )


def _author(author: dict[str, Any]) -> Author:
    affiliation = _text(author.get("affiliation"))
    return Author(_text(author.get("name")), (affiliation,) if affiliation else (), _text(author.get("orcid_id")))


def _subjects(bib: dict[str, Any]) -> Iterator[Subject]:
    """Yield the Library of Congress classes; DOAJ's own old scheme has no codes and is left out."""
    for subject in _objects(bib.get("subject")):
        if _text(subject.get("scheme")).upper() == "LCC" and subject.get("code"):
            yield Subject(text.plain(_text(subject.get("term"))), "lcc", text.plain(_text(subject.get("code"))))


def _left(bib: dict[str, Any], record: Record) -> Iterator[Left]:
    """Yield the terms of schemes that are not published, and the journal's ISSNs beside those of the article."""
    for subject in _objects(bib.get("subject")):
        if not subject.get("code"):
            yield Left("bibjson.subject.term", "a term of a scheme without codes", _text(subject.get("term")))
    said = {number for one in record.containers for number in (one.issn, one.eissn)}
    for raw in _texts(_object(bib.get("journal")).get("issns")):
        if not identifiers.issn(raw) or identifiers.issn(raw) not in said:
            yield Left("bibjson.journal.issns", "an ISSN of which medium or title is not said", raw)


def _four_digits(raw: str) -> str:
    """Return the year; DOAJ repairs years of two digits in the same way (bibjson().get_publication_date)."""
    digits = raw.strip()
    return f"20{digits}" if len(digits) == 2 and digits.isascii() and digits.isdigit() and int(digits) < 50 else digits


def _text(value: Any) -> str:
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _texts(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [found for one in values if (found := _text(one))]


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _objects(value: Any) -> list[dict[str, Any]]:
    values = value if isinstance(value, list) else [value]
    return [one for one in values if isinstance(one, dict)]
