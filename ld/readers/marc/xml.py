"""MARCXML in its usual wrappings: a collection, a record, an answer of OAI-PMH or SRU, turbomarc.

Standards: MARC 21 XML Schema; OAI-PMH 2.0; SRU 2.0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from lxml import etree

import ld.readers.parts as parts
from ld.errors import SourceError
from ld.readers.limits import EXCERPT_CHARACTERS
from ld.readers.marc import elements, reading
from ld.readers.marc.table import Reads
from ld.readers.share import Share
from ld.record import Deleted, Origin, Part, Record, Rejected, Source
from ld.values import dates

KIND = "marcxml"
NAME = "MARCXML"
READS = Reads(["header/identifier", "header/datestamp"])
_HOLDS = ("record", "r")
_ABOUT = ("request", "resumptionToken", "error")
_COUNT = re.compile("[0-9]{1,18}")


def sniff(head: bytes) -> bool:
    """Determine whether the beginning looks like MARC in XML."""
    return head.lstrip()[:1] == b"<" and elements.SIGNS.search(head) is not None


def read(stream: BinaryIO, place: str, share: Share) -> Iterator[Record | Rejected | Deleted | Part]:
    """Yield the records; after the first, broken XML is one `Rejected`, and what came before it a `Part`."""
    n = 0
    pages = _Pages(place)
    try:
        for element in _elements(stream, place):
            if _local(element) in _ABOUT:
                yield from pages.tell(element)
                continue
            n += 1
            pages.count += 1
            if share.takes(n):
                yield _record(element, f"{place}, record {n}, line {element.sourceline}")
    except etree.XMLSyntaxError as error:
        line, column = error.position
        reason = f"not well-formed XML at line {line}, column {column}: {error.msg}: is the file cut off?"
        if n == 0:
            raise SourceError(f"{place}: {reason}") from None
        if share.takes(n + 1):
            yield Rejected(f"{place}, after record {n}", reason)
        yield Part(place, count=n, cut=reason)


class _Pages:
    """What answers of OAI-PMH tell of the list that they are pages of (OAI-PMH 2.0 §3.5)."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.count = 0
        self._of = ""
        self._asked: str | None = None

    def tell(self, element: etree._Element) -> Iterator[Part]:
        """Yield the page that a token ends."""
        said = "".join(str(piece) for piece in element.itertext()).strip()
        if _local(element) == "request":
            self._of, self._asked, self.count = said, element.get("resumptionToken"), 0
            return
        start, total = (
            int(raw) if _COUNT.fullmatch(raw := element.get(name, "")) else None
            for name in ("cursor", "completeListSize")
        )
        yield from parts.needed(Part(self.place, self._of, start, self.count, total, self._asked, said))


def _elements(stream: BinaryIO, place: str) -> Iterator[etree._Element]:
    """Yield record after record, the outermost element called so, each freed when the next is asked for."""
    depth = 0
    for event, element in etree.iterparse(
        stream, events=("start", "end"),
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True,
    ):  # fmt: skip
        name = _local(element)
        if event == "start":
            if element.getparent() is None and element.getroottree().docinfo.doctype:
                raise SourceError(f"{place}: has a DOCTYPE, which catalogue records never need: take it out")
            depth += name in _HOLDS
        elif name in _HOLDS:
            depth -= 1
            if not depth:
                yield element
                _free(element)
        elif name == "error" and not depth:
            code, said = element.get("code"), (element.text or "").strip() or "no explanation"
            raise SourceError(f"{place}: the server answered with the error {code}: {said}: check the request")
        elif name in _ABOUT and not depth:
            yield element


def _free(element: etree._Element) -> None:
    """Give back the memory of what has been read."""
    parent = element.getparent()
    element.clear()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]


def _record(element: etree._Element, place: str) -> Record | Rejected | Deleted:
    source = Source(KIND, etree.tostring(element, encoding="unicode", with_tail=False), place)
    header = next((one for one in element if _local(one) == "header"), None)
    identifier, stamp = _header(header)
    content = elements.found_in(element)
    known = "" if content is None else reading.number_of(elements.entry(content))
    if header is not None and header.get("status") == "deleted":
        if not known and not identifier:
            reason = "deleted at the source, but no identifier says which record: nothing done"
            return Rejected(place, reason, "", source.text[:EXCERPT_CHARACTERS])
        return Deleted(place, known or identifier, "Deleted at the source.", stamp)
    if content is None:
        return Rejected(place, "no MARC in it: harvest MARCXML", identifier, source.text[:EXCERPT_CHARACTERS])
    result = reading.record(elements.entry(content), source, known or identifier)
    if isinstance(result, Record) and header is not None:
        result.modified = stamp
        result.origin = Origin(identifier, stamp)
        result.values |= {"header/identifier": [identifier], "header/datestamp": [stamp]}
    return result


def _header(header: etree._Element | None) -> tuple[str, str]:
    """Return identifier and datestamp of a header of OAI-PMH."""
    found = {_local(one): (one.text or "").strip() for one in header} if header is not None else {}
    return found.get("identifier", ""), dates.stamp(found.get("datestamp", ""))


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]
