"""DOAJ's own OAI-PMH format (oai_doaj), harvested responses or single articles, becomes records."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import BinaryIO

from lxml import etree

from ld import dates, text
from ld.errors import SourceError
from ld.readers.doaj import (
    Author,
    article_record,
    containers,
    filled_in,
    people,
    set_doi,
    set_language,
    set_pages,
    set_urls,
)
from ld.record import Origin, Record, Rejected, Remark, Source, Subject

KIND = "oai_doaj"
_OAI = "{http://www.openarchives.org/OAI/2.0/}"
_DOAJ = "{http://doaj.org/features/oai_doaj/1.0/}"
_ARTICLE = re.compile(r"oai:doaj\.org/article:([0-9a-f]{32})")
_RECORD_TAGS = (f"{_OAI}record", f"{_OAI}error", f"{_DOAJ}doajArticle")


def sniff(head: bytes) -> bool:
    """Determine whether the beginning looks like an OAI-PMH response or an oai_doaj article."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    return start[:1] == b"<" and (b"OAI-PMH" in head or b"doajArticle" in head)


def read(stream: BinaryIO, place: str) -> Iterator[Record | Rejected]:
    """Yield the records of a response. Raises SourceError where the XML is broken, or the response is an error."""
    n = 0
    try:
        for _, element in etree.iterparse(
            stream, events=("end",), tag=_RECORD_TAGS,
            resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        ):  # fmt: skip
            if element.getroottree().docinfo.doctype:
                raise SourceError(f"{place}: has a DOCTYPE, which catalogue records never need: take it out")
            if element.tag == f"{_OAI}error":
                raise SourceError(f"{place}: the server answered with an error: {element.get('code')}: {element.text}")
            inner = element.tag == f"{_DOAJ}doajArticle" and element.getparent() is not None
            if inner and _inside_record(element):
                continue
            n += 1
            yield _record(element, f"{place}, record {n}")
            _free(element)
    except etree.XMLSyntaxError as error:
        raise SourceError(f"{place}: not well-formed XML: {error.msg}: is the file cut off?") from None


def _inside_record(element: etree._Element) -> bool:
    return any(parent.tag == f"{_OAI}record" for parent in element.iterancestors())


def _free(element: etree._Element) -> None:
    """Give back the memory of what has been read."""
    element.clear()
    while element.getprevious() is not None:
        parent = element.getparent()
        if parent is None:
            break
        del parent[0]


def _record(element: etree._Element, place: str) -> Record | Rejected:
    header = element.find(f"{_OAI}header")
    article = element if element.tag == f"{_DOAJ}doajArticle" else element.find(f".//{_DOAJ}doajArticle")
    identifier = _text(header, f"{_OAI}identifier") if header is not None else ""
    source = Source(KIND, etree.tostring(element, encoding="unicode", with_tail=False), place)
    if header is not None and header.get("status") == "deleted":
        return Rejected(place, "deleted at the source: nothing to publish", identifier)
    if article is None:
        reason = "no oai_doaj article in it: harvest with metadataPrefix=oai_doaj"
        return Rejected(place, reason, identifier, source.text[:200])
    return _article(article, header, identifier, source)


def _article(
    article: etree._Element, header: etree._Element | None, identifier: str, source: Source
) -> Record | Rejected:
    remarks: list[Remark] = []
    injected = next((_all_text(child) for child in article if etree.QName(child).localname == "identifier"), "")
    known = _ARTICLE.fullmatch(identifier)
    found = article_record(
        id_=known[1] if known else identifier or injected,
        title=_text(article, f"{_DOAJ}title"),
        abstract=_text(article, f"{_DOAJ}abstract"),
        keywords=[_all_text(one) for one in article.iterfind(f"{_DOAJ}keywords/{_DOAJ}keyword")],
        source=source,
        remarks=remarks,
    )
    if isinstance(found, Rejected):
        return found
    found.people = people(_authors(article), remarks)
    raw_date = _text(article, f"{_DOAJ}publicationDate")
    found.issued = filled_in(raw_date, found.how) if raw_date else None
    found.containers = containers(
        title=_text(article, f"{_DOAJ}journalTitle"),
        issn=_text(article, f"{_DOAJ}issn"),
        eissn=_text(article, f"{_DOAJ}eissn"),
        spare=[],
        volume=_text(article, f"{_DOAJ}volume"),
        issue=_text(article, f"{_DOAJ}issue"),
        remarks=remarks,
    )
    publisher = text.value(_text(article, f"{_DOAJ}publisher"))
    found.publishers = [publisher] if publisher else []
    found.publisher_id = text.value(_text(article, f"{_DOAJ}publisherRecordId"))
    set_pages(found, _text(article, f"{_DOAJ}startPage"), _text(article, f"{_DOAJ}endPage"))
    set_doi(found, _text(article, f"{_DOAJ}doi"))
    set_urls(found, [_all_text(one) for one in article.iterfind(f"{_DOAJ}fullTextUrl")])
    language = _text(article, f"{_DOAJ}language")
    set_language(found, [language] if language else [])
    if header is not None:
        stamp = dates.stamp(_text(header, f"{_OAI}datestamp"))
        found.subjects += _sets(header)
        found.modified = stamp
        found.origin = Origin(identifier, stamp)
    return found


def _authors(article: etree._Element) -> Iterator[Author]:
    listed = {
        one.get("affiliationId", ""): _all_text(one)
        for one in article.iterfind(f"{_DOAJ}affiliationsList/{_DOAJ}affiliationName")
    }
    for author in article.iterfind(f"{_DOAJ}authors/{_DOAJ}author"):
        keys = [_all_text(one).strip() for one in author.iterfind(f"{_DOAJ}affiliationId")]
        affiliations = tuple(listed[key] for key in keys if key in listed)
        yield Author(_text(author, f"{_DOAJ}name"), affiliations, _text(author, f"{_DOAJ}orcid_id"))


def _sets(header: etree._Element) -> list[Subject]:
    """Return the Library of Congress terms, which oai_doaj tells as OAI sets only: base64, ~ for = ("LCC:Medicine")."""
    found = []
    for one in header.iterfind(f"{_OAI}setSpec"):
        try:
            term = base64.urlsafe_b64decode(_all_text(one).strip().replace("~", "=")).decode()
        except (binascii.Error, UnicodeDecodeError):
            continue
        scheme, colon, label = term.partition(":")
        if colon and scheme == "LCC" and label.strip():
            found.append(Subject(text.plain(label), "lcc"))
    return found


def _text(element: etree._Element, tag: str) -> str:
    found = element.find(tag)
    return _all_text(found) if found is not None else ""


def _all_text(element: etree._Element) -> str:
    return "".join(str(piece) for piece in element.itertext())
