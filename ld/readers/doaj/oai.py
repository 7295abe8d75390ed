"""DOAJ's own OAI-PMH format (oai_doaj), harvested responses or single articles, becomes records.

Format: portality/crosswalks/oaipmh.py of DOAJ/doaj; OAI-PMH 2.0 of openarchives.org.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from copy import copy
from typing import BinaryIO

from lxml import etree

import ld.readers.doaj.article as article
import ld.readers.parts as parts
from ld.errors import SourceError
from ld.readers import contents, fill
from ld.readers.doaj.article import Article, Said
from ld.readers.foreign import kind_of_file
from ld.readers.limits import EXCERPT_CHARACTERS
from ld.readers.marc.elements import SIGNS
from ld.readers.people import Author
from ld.readers.share import Share
from ld.record import Deleted, Origin, Part, Record, Rejected, Source, Subject
from ld.values import calendars, dates, text
from ld.values.streams import HEAD

KIND = "oai_doaj"
NAME = "DOAJ OAI-PMH XML"
_READ = """
header/identifier header/datestamp header/setSpec
identifier title title@language abstract abstract@language keywords@language keywords/keyword keywords/keyword@language
language publisher publisherRecordId journalTitle issn eissn
publicationDate volume issue startPage endPage doi fullTextUrl
authors/author/name authors/author/orcid_id authors/author/affiliationId
affiliationsList/affiliationName affiliationsList/affiliationName@affiliationId
"""
READS = frozenset(_READ.split())
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_OAI = "{http://www.openarchives.org/OAI/2.0/}"
_DOAJ = "{http://doaj.org/features/oai_doaj/1.0/}"
_RECORD, _ERROR, _ARTICLE = f"{_OAI}record", f"{_OAI}error", f"{_DOAJ}doajArticle"
_REQUEST, _TOKEN = _ABOUT_THE_LIST = f"{_OAI}request", f"{_OAI}resumptionToken"
_COUNTS, _COUNT = ("cursor", "completeListSize"), re.compile("[0-9]{1,18}")


def sniff(head: bytes) -> bool:
    """Determine whether the beginning looks like an OAI-PMH response, but with MARC, or an oai_doaj article."""
    response = b"OAI-PMH" in head and SIGNS.search(head) is None
    return head.lstrip()[:1] == b"<" and (response or b"doajArticle" in head)


def read(stream: BinaryIO, place: str, share: Share) -> Iterator[Record | Rejected | Deleted | Part]:
    """Yield the records of a response; one with the status "deleted" (OAI-PMH 2.0 §2.5.1) is `Deleted`.

    A response that has more before or behind it is a `Part`. Raises SourceError where the response is an error, or
    where no record of it can be read. After the first record, broken XML is one `Rejected`, and what came before it a
    `Part`.
    """
    n, response = 0, _Response(place)
    try:
        for element in _elements(stream, place):
            if element.tag in _ABOUT_THE_LIST:
                yield from response.tell(element)
                continue
            n += 1
            response.count += 1
            if share.takes(n):
                yield _record(element, f"{place}, record {n}, line {element.sourceline}")
        yield from response.end()
    except etree.XMLSyntaxError as error:
        line, column = error.position
        reason = f"not well-formed XML at line {line}, column {column}: {error.msg}: is the file cut off?"
        if n == 0:
            raise SourceError(f"{place}: {reason}") from None
        if share.takes(n + 1):
            yield Rejected(f"{place}, after record {n}", reason)
        yield Part(place, count=n, cut=reason)


class _Response:
    """What a response, one or several in a file, tells of its list (OAI-PMH 2.0 §3.5)."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.count = 0
        self._request = etree.Element(_REQUEST)

    def tell(self, element: etree._Element) -> Iterator[Part]:
        """Yield the page that the token ends, or that ended before the request, where it is not the whole list."""
        if element.tag == _TOKEN:
            yield from self._page(element)
        else:
            yield from self.end()
            self._request = copy(element)

    def end(self) -> Iterator[Part]:
        """Yield a page that ends without a token."""
        if self.count:
            yield from self._page(etree.Element(_TOKEN))

    def _page(self, token: etree._Element) -> Iterator[Part]:
        start, total = (int(raw) if _COUNT.fullmatch(raw := token.get(name, "")) else None for name in _COUNTS)
        of, asked = _all_text(self._request).strip(), self._request.get("resumptionToken")
        yield from parts.needed(Part(self.place, of, start, self.count, total, asked, _all_text(token).strip()))
        self.count = 0


def _elements(stream: BinaryIO, place: str) -> Iterator[etree._Element]:
    """Yield record after record, each freed when the next is asked for; between them, what is said of the list."""
    inside = False
    for event, element in etree.iterparse(
        stream, events=("start", "end"),
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True,
    ):  # fmt: skip
        if event == "start":
            if element.getparent() is None and element.getroottree().docinfo.doctype:
                raise SourceError(f"{place}: has a DOCTYPE, which catalogue records never need: take it out")
            inside = inside or element.tag == _RECORD
        elif element.tag == _ERROR:
            code, said = element.get("code"), _all_text(element).strip() or "no explanation"
            raise SourceError(f"{place}: the server answered with the error {code}: {said}: check the request")
        elif element.tag in _ABOUT_THE_LIST and not inside:
            yield element
        elif element.tag == _RECORD or (element.tag == _ARTICLE and not inside):
            inside = False
            yield element
            _free(element)


def _free(element: etree._Element) -> None:
    """Give back the memory of what has been read."""
    parent = element.getparent()
    element.clear()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]


def _record(element: etree._Element, place: str) -> Record | Rejected | Deleted:
    header = element.find(f"{_OAI}header")
    content = element if element.tag == _ARTICLE else element.find(f".//{_ARTICLE}")
    source = Source(KIND, etree.tostring(element, encoding="unicode", with_tail=False), place)
    identifier = _text(header, f"{_OAI}identifier").strip() if header is not None else ""
    known = f"doaj-{number}" if (number := article.number_of(identifier)) else identifier
    excerpt = source.text[:EXCERPT_CHARACTERS]
    if header is not None and header.get("status") == "deleted":
        if not known:
            return Rejected(
                place, "deleted at the source, but no identifier says which record: nothing done", "", excerpt
            )
        return Deleted(place, known, "Deleted at the source.", dates.stamp(_text(header, f"{_OAI}datestamp")))
    if content is None:
        reason = f"{_format(element)} is not read yet: harvest with metadataPrefix=oai_doaj"
        return Rejected(place, reason, known, excerpt)
    result = article.record(_article(content, known), source)
    if isinstance(result, Record):
        result.values = _values(header, content)
        _dates(result, content, header, identifier)
    return result


def _values(header: etree._Element | None, content: etree._Element) -> contents.Values:
    """Return all values of the article and of the header before it."""
    before = contents.of_xml(header) if header is not None else {}
    return contents.of_xml(content) | {f"header/{name}": values for name, values in before.items()}


def _format(element: etree._Element) -> str:
    """Return the name of what stands in the metadata ("oai_dc (Dublin Core)")."""
    metadata = element.find(f"{_OAI}metadata")
    inner = metadata[0] if metadata is not None and len(metadata) else None
    if inner is None:
        return "a record without metadata"
    name = etree.QName(inner).localname
    known = kind_of_file(etree.tostring(inner)[:HEAD])
    if known and f"<{name}>" not in known:
        return known
    return f"the format {inner.prefix}:{name}" if inner.prefix else f"the format {name}"


def _article(element: etree._Element, known: str) -> Article:
    """Return the elements of the article; VuFind's harvester puts the identifier inside it as its first child."""

    def text_of(name: str) -> str:
        return _text(element, _DOAJ + name)

    injected = next((_all_text(child) for child in element if etree.QName(child).localname == "identifier"), "")
    outer = next(element.iterancestors(_RECORD), None)
    header = outer.find(f"{_OAI}header") if outer is not None else None
    return Article(
        id=known or injected,
        titles=list(_said(element, "title")),
        abstracts=list(_said(element, "abstract")),
        keywords=list(_said(element, "keywords/keyword")),
        authors=list(_authors(element)),
        languages=[text_of("language")],
        publisher=text_of("publisher"),
        publisher_id=text_of("publisherRecordId"),
        journal=text_of("journalTitle"),
        issn=text_of("issn"),
        eissn=text_of("eissn"),
        volume=text_of("volume"),
        issue=text_of("issue"),
        start=text_of("startPage"),
        end=text_of("endPage"),
        doi=text_of("doi"),
        urls=[_all_text(url) for url in element.iterfind(f"{_DOAJ}fullTextUrl")],
        subjects=list(_sets(header)) if header is not None else [],
    )


def _said(element: etree._Element, path: str) -> Iterator[Said]:
    """Yield the texts at a path with their languages, which stand there or on what they are in (doajArticles.xsd)."""
    for child in element.iterfind("/".join(_DOAJ + name for name in path.split("/"))):
        parent = child.getparent()
        around = parent.get("language", "") if parent is not None and parent is not element else ""
        yield Said(_all_text(child), child.get("language") or child.get(_XML_LANG) or around)


def _dates(record: Record, element: etree._Element, header: etree._Element | None, identifier: str) -> None:
    if raw := _text(element, f"{_DOAJ}publicationDate").strip():
        fill.set_filled_in(record, "publicationDate", raw, calendars.Kind(format=record.format))
    if header is not None:
        record.modified = dates.stamp(_text(header, f"{_OAI}datestamp"))
        record.origin = Origin(identifier, record.modified)


def _authors(element: etree._Element) -> Iterator[Author]:
    listed = {
        one.get("affiliationId", "").strip(): _all_text(one)
        for one in element.iterfind(f"{_DOAJ}affiliationsList/{_DOAJ}affiliationName")
    }
    for author in element.iterfind(f"{_DOAJ}authors/{_DOAJ}author"):
        keys = [_all_text(one).strip() for one in author.iterfind(f"{_DOAJ}affiliationId")]
        affiliations = tuple(listed[key] for key in keys if key in listed)
        yield Author(_text(author, f"{_DOAJ}name"), affiliations, _text(author, f"{_DOAJ}orcid_id"))


def _sets(header: etree._Element) -> Iterator[Subject]:
    """Yield the Library of Congress terms, which stand in the OAI sets only: base64, ~ for = ("LCC:Medicine")."""
    for spec in header.iterfind(f"{_OAI}setSpec"):
        try:
            term = base64.urlsafe_b64decode(_all_text(spec).strip().replace("~", "=")).decode()
        except ValueError:  # not base64, or not UTF-8 within: a set of another kind
            continue
        scheme, _, label = term.partition(":")
        if scheme == "LCC" and label.strip():
            yield Subject(text.plain(label), "lcc")


def _text(element: etree._Element, tag: str) -> str:
    child = element.find(tag)
    return _all_text(child) if child is not None else ""


def _all_text(element: etree._Element) -> str:
    return "".join(str(piece) for piece in element.itertext())
