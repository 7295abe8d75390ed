"""What is not read here is called by its name: a file by its first bytes, a record by its MARC leader."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable

# A leader of 24 characters, and the first entry of the directory behind it (ISO 2709).
_MARC = re.compile(rb"\s*\d{5}[ -~]([ -~])[ -~]{3}[0-9 ]{2}[0-9 ]{5}[ -~]{7}[0-9A-Za-z]{3}\d{9}")
# Beginnings of files (IANA media types; each format's own standard).
_MAGIC = (
    (b"%PDF-", "PDF"),
    (b"\x89PNG\r\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"II*\x00", "a TIFF image"),
    (b"MM\x00*", "a TIFF image"),
    (b"\x00\x00\x00\x0cjP  ", "a JPEG 2000 image"),
    (b"AT&TFORM", "DjVu"),
    (b"ID3", "an MP3 recording"),
    (b"OggS", "an Ogg recording"),
    (b"fLaC", "a FLAC recording"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"BZh", "a bzip2 file: unpack it first"),
    (b"\xfd7zXZ\x00", "an xz file: unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive: unpack it first"),
    (b"Rar!\x1a\x07", "a RAR archive: unpack it first"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Microsoft Office document"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"\x1f\x8b", "gzip packed twice: unpack it once"),
    (b"{\\rtf", "an RTF document"),
)
_ZIPPED = (
    (b"mimetypeapplication/epub+zip", "EPUB"),
    (b"mimetypeapplication/vnd.oasis.opendocument", "an OpenDocument file"),
    (b"[Content_Types].xml", "a Microsoft Office document"),
    (b"META-INF/MANIFEST.MF", "a Java archive"),
)
_ROOT = re.compile(rb"<(?:([A-Za-z_][\w.-]*):)?([A-Za-z_][\w.-]*)[\s/>]")
_PROLOGUE = re.compile(rb"<\?.*?\?>|<!--.*?-->|<![^>]*>", re.DOTALL)
# Signs within XML, the innermost format first: a response is called by the records in it.
_NAMESPACES = (
    (b"http://www.loc.gov/MARC21/slim", "MARCXML"),
    (b"http://www.openarchives.org/OAI/2.0/oai_dc/", "oai_dc (Dublin Core)"),
    (b"http://www.loc.gov/mods/", "MODS"),
    (b"http://www.loc.gov/mads/", "MADS, authority records"),
    (b"http://www.loc.gov/METS/", "METS"),
    (b"urn:isbn:1-931666-22-9", "EAD"),
    (b"http://ead3.archivists.org/schema/", "EAD"),
    (b"info:srw/schema/5/picaXML", "PICA XML"),
    (b"http://www.tei-c.org/ns/", "TEI"),
    (b"http://datacite.org/schema/", "DataCite XML"),
    (b"http://www.crossref.org/", "Crossref XML"),
    (b"http://www.w3.org/2005/Atom", "an Atom feed"),
    (b"http://www.w3.org/1999/02/22-rdf-syntax-ns#", "RDF/XML"),
    (b"http://www.w3.org/2000/svg", "an SVG drawing"),
    (b"//purl.org/dc/elements/1.1/", "Dublin Core in XML"),
)
_ROOTS = {
    "html": "an HTML page", "rdf": "RDF/XML", "mods": "MODS", "modscollection": "MODS", "mets": "METS", "ead": "EAD",
    "tei": "TEI", "rss": "an RSS feed", "feed": "an Atom feed", "svg": "an SVG drawing", "onixmessage": "ONIX",
    "add": "Solr's XML for indexing", "searchretrieveresponse": "an SRU response", "article": "JATS",
}  # fmt: skip
# Signs at the beginning of a line of a text.
_LINES = (
    (rb"=LDR  ", "MARC as text (MarcEdit)"),
    (rb"\d{9} (?:LDR|FMT|\d{3}..) L ", "Aleph sequential MARC"),
    (rb"(?:LDR|LEADER) \d{5}", "MARC as text"),
    (rb"\x1d?\s?\x1e?\d{3}[A-Z@](?:/\d{2})? ?[\x1f$\xc6]", "PICA"),
    (rb"@[A-Za-z]+\s*\{\s*[^\s,]*,", "BibTeX"),
    (rb"TY  - ", "RIS"),
    (rb"PMID- ", "MEDLINE (PubMed)"),
    (rb"%[0A] ", "EndNote (Refer)"),
    (rb"(?:@prefix|@base|PREFIX|BASE)\s", "Turtle"),
    (rb"(?:<[^<>\s]+>|_:\w+) <[^<>\s]+> .+\.\s*$", "N-Triples or N-Quads"),
)
_JSON = (
    (rb'"leader"\s*:\s*"', "MARC in JSON"),
    (rb'"@context"|"@graph"', "JSON-LD"),
    (rb'"message-type"|"is-referenced-by-count"', "Crossref JSON"),
    (rb'"citation-key"|"issued"\s*:\s*\{\s*"date-parts"', "CSL JSON"),
    (rb'"FeatureCollection"', "GeoJSON"),
)
_RECORDS = {
    "z": "an authority record", "u": "a holdings record", "v": "a holdings record", "x": "a holdings record",
    "y": "a holdings record", "w": "a classification record", "q": "a community information record",
}  # fmt: skip
_LEADER = re.compile(r'\s*(?:\d{5}.|.{0,2000}?(?:"leader"\s*:\s*"|<(?:\w+:)?leader>)[\d ]{5}.)([a-z])', re.DOTALL)


def kind_of_record(formats: Iterable[str], full: str) -> str:
    """Return what a MARC record describes where that is no work ("an authority record"), else an empty text.

    `formats` are what VuFind calls the record, `full` is the record itself: the sixth character of its leader tells
    (MARC 21 Authority, Holdings, Classification and Community: Leader/06).

    >>> kind_of_record(["marcAuth"], ""), kind_of_record(["marc"], "00300nz  a2200100n  4500")
    ('an authority record', 'an authority record')
    """
    for word in formats:
        if word.casefold().endswith(("auth", "authority", "authorities")):
            return _RECORDS["z"]
        if "holding" in word.casefold():
            return _RECORDS["x"]
    found = _LEADER.match(full)
    return _RECORDS.get(found[1], "") if found else ""


def kind_of_file(head: bytes) -> str:
    """Return the name of the kind of file that begins so, empty where it has none that is known here.

    >>> kind_of_file(b"%PDF-1.7"), kind_of_file(b"00714cam a2200205 a 4500001001300000")
    ('PDF', 'MARC 21 (ISO 2709)')
    """
    if found := _MARC.match(head):
        described = _RECORDS.get(found[1].decode(), "").partition(" ")[2]
        return f"MARC 21 {described}s (ISO 2709)" if described else "MARC 21 (ISO 2709)"
    if head.startswith(b"PK\x03\x04"):
        return next((name for sign, name in _ZIPPED if sign in head), "a ZIP archive: unpack it first")
    if head[4:8] == b"ftyp":
        return "a film (MP4)"
    if head[:4] == b"RIFF":
        return "a RIFF file (WebP, WAVE, AVI)"
    if head[257:262] == b"ustar":
        return "a tar archive: unpack it first"
    magic = next((name for sign, name in _MAGIC if head.startswith(sign)), "")
    return magic or _written(head.removeprefix(b"\xef\xbb\xbf").lstrip())


def _written(head: bytes) -> str:
    """Return the name of a kind that is written in letters."""
    if head[:1] == b"<" and not re.match(rb"<[^<>\s]+:[^<>\s]*> ", head):
        return _marked_up(head)
    if head[:1] in (b"{", b"["):
        return next((name for sign, name in _JSON if re.search(sign, head)), "JSON without fields of a known kind")
    for sign, name in _LINES:
        if re.match(sign, head, re.MULTILINE):
            return name
    return _table(head)


def _marked_up(head: bytes) -> str:
    if re.match(rb"<!doctype html|<html", head, re.IGNORECASE):
        return "an HTML page"
    root = _ROOT.search(_PROLOGUE.sub(b"", head))
    name = root[2].decode().casefold() if root else ""
    if name == "html":
        return "an HTML page"
    if b"<leader>" in head or b"<datafield tag=" in head:
        return "MARCXML"
    if name == "rdf":
        return _ROOTS[name]
    for sign, called in _NAMESPACES:
        if sign in head:
            return called
    return _ROOTS.get(name, "") or (f"XML whose outermost element is <{root[2].decode()}>" if root else "")


def _table(head: bytes) -> str:
    """Return "CSV" or "TSV" where the first lines have the same number of cells, two at least."""
    lines = head.decode("utf-8", "replace").split("\n")[:4]
    whole = [line for line in (lines[:-1] if len(lines) > 1 else lines) if line.strip()]
    for sign, name in (("\t", "a table (TSV)"), (",", "a table (CSV)"), (";", "a table (CSV)")):
        counts = {len(row) for row in csv.reader(whole, delimiter=sign)}
        if len(whole) > 1 and len(counts) == 1 and counts.pop() > 1:
            return name
    return ""
