"""Identifiers and IRIs: checked, brought into canonical form, minted. Pure functions: the same in, the same out."""

from __future__ import annotations

import hashlib
import re
from hashlib import blake2b
from urllib.parse import quote, unquote

from stdnum import isbn as stdnum_isbn
from stdnum import isni as stdnum_isni
from stdnum import issn as stdnum_issn
from stdnum.exceptions import ValidationError

from ld.memo import remembered

_DOI = re.compile(r"10\.\d{4,9}/\S{1,400}")
_DOI_HEAD = re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s?|urn:doi:)", re.IGNORECASE)
_URL = re.compile(r"(?:https?|ftp)://[^\s/?#@]{1,253}(?:[/?#].{0,8000})?", re.IGNORECASE | re.DOTALL)
# The letters of RFC 3987: `ucschar`, but for the ends of the planes that Unicode keeps for no letter.
_UCSCHAR = "\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef" + "".join(
    f"{chr(plane << 16 if plane < 14 else 0xE1000)}-{chr((plane << 16) + 0xFFFD)}" for plane in range(1, 15)
)
_LETTERS = f"[A-Za-z0-9._~!$&'()*+,;={_UCSCHAR}-]++|%[0-9A-Fa-f]{{2}}"
# Possessive, so that no text takes long. IP literals in brackets are left out: no catalogue has them.
_IRI = re.compile(
    f"[A-Za-z][A-Za-z0-9+.-]{{0,30}}:(?=.)(?://(?:(?:{_LETTERS}|:)*+@)?(?:{_LETTERS})*+(?::[0-9]*+)?(?=[/?#]|\\Z)|(?!//))"
    f"(?:{_LETTERS}|[:@/])*+(?:[?](?:{_LETTERS}|[:@/?])*+)?(?:#(?:{_LETTERS}|[:@/?])*+)?"
)
# White space, which JSON-LD processors take for the end of an IRI, and what turns its direction (RFC 3987 §4.1).
_UNSEEN = r"\s\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_HAS_UNSEEN = re.compile(f"[{_UNSEEN}]")
_NOT_IRI = re.compile(f"[^A-Za-z0-9._~!$&'()*+,;=:@/?#%\\[\\]{_UCSCHAR}-]|[{_UNSEEN}]")
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_PLAIN_ISSN = re.compile(r"\b(\d{4})[-‐–—]?(\d{3}[\dXx])\b")
_ISBN_TEXT = re.compile(r"(?:\d[- ‐–]?){9}(?:(?:\d[- ‐–]?){3})?[\dXx]")
_ORCID = re.compile(r"(\d{4})-?(\d{4})-?(\d{4})-?(\d{3}[\dXx])\s*/?$")


def encoded(name: str) -> str:
    """Return the name as one path segment of a URL: percent-encoded with nothing safe, case kept (RFC 3986)."""
    return quote(name.encode("utf-8", "replace"), safe="")


def decoded(segment: str) -> str:
    """Return the name that `encoded` was given."""
    return unquote(segment)


def digest(text: str, length: int = 8) -> str:
    """Return the first hex digits of the SHA-256 of the text in UTF-8."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:length]


def number(path: str) -> int:
    """Return the number of the document at the path: 63 bits of its BLAKE2b (RFC 7693), that SQLite takes as a key."""
    return int.from_bytes(blake2b(path.encode("utf-8", "surrogatepass"), digest_size=8).digest()) >> 1


def doi(raw: str) -> str:
    """Return the bare, lower-case DOI, empty where the text is none (DOI Handbook 2.2, 2.4).

    >>> doi("https://doi.org/10.3389/FSOC.2019.00036."), doi("10.3389/fsoc 2019")
    ('10.3389/fsoc.2019.00036', '')
    """
    text = _DOI_HEAD.sub("", raw.strip())
    if "%" in text:
        text = unquote(text)
    match = _DOI.fullmatch(text.rstrip(".,;"))
    return match[0].lower() if match and match[0].isascii() and match[0].isprintable() else ""


def doi_iri(name: str) -> str:
    """Return the DOI as an https IRI, its reserved characters percent-encoded."""
    return "https://doi.org/" + re.sub(r'[<>"#%?{}|\\^`\[\] ]', lambda c: quote(c[0]), name)


def _issn(raw: str) -> str:
    """Return the ISSN as NNNN-NNNC, empty where there is none or its check digit is wrong (ISO 3297)."""
    match = _PLAIN_ISSN.search(raw)
    if not match:
        return ""
    number = f"{match[1]}-{match[2].upper()}"
    return number if stdnum_issn.is_valid(number) else ""


issn = remembered(_issn)


def isbn(raw: str) -> str:
    """Return the ISBN-13 in digits, empty where there is none or its check digit is wrong (ISO 2108).

    >>> isbn("1558612742 (pbk. : alk. paper)")
    '9781558612747'
    """
    match = _ISBN_TEXT.search(raw)
    if not match:
        return ""
    number = re.sub(r"[^\dXx]", "", match[0])
    if not stdnum_isbn.is_valid(number):
        return ""
    try:
        return str(stdnum_isbn.to_isbn13(number))
    except ValidationError:
        return ""


def _orcid(raw: str) -> str:
    """Return the ORCID iD as https IRI, empty where there is none or its check digit is wrong (ISO 27729)."""
    match = _ORCID.search(raw.strip())
    if not match:
        return ""
    number = "".join(match.groups()).upper()
    return f"https://orcid.org/{'-'.join(match.groups()).upper()}" if stdnum_isni.is_valid(number) else ""


orcid = remembered(_orcid)


def lccn(raw: str) -> str:
    """Return the LC control number in its normalised form ("84643014 //r88" and "sn 84006638" lose their blanks)."""
    text = raw.split("/")[0].replace(" ", "")
    prefix, hyphen, serial = text.partition("-")
    text = prefix + serial.rjust(6, "0") if hyphen and serial.isdigit() else text
    return text.lower() if re.fullmatch(r"[A-Za-z]{0,3}\d{8,10}", text) else ""


def url(raw: str) -> str:
    """Return the web address as an IRI (RFC 3987), empty where the text is no http, https or ftp address.

    Blanks and other characters that may not stand in an IRI are percent-encoded; the address is otherwise kept.

    >>> url("http://example.org/a b<c>"), url("javascript:alert(1)")
    ('http://example.org/a%20b%3Cc%3E', '')
    """
    text = raw.strip()
    if text.startswith("www."):
        text = "http://" + text
    if not _URL.fullmatch(text):
        return ""
    scheme, _, rest = text.partition("://")
    iri = f"{scheme.lower()}://{rest}"
    if is_iri(iri) and not _HAS_UNSEEN.search(iri):
        return iri
    iri = f"{scheme.lower()}://{_mended(rest)}"
    return iri if is_iri(iri) and not _HAS_UNSEEN.search(iri) else ""


def _mended(rest: str) -> str:
    """Return what follows "://" with everything behind the host percent-encoded that may not stand in an IRI."""
    host = re.split(r"[/?#]", rest, maxsplit=1)[0]
    behind, hash_sign, fragment = rest[len(host) :].partition("#")
    behind += hash_sign + fragment.replace("#", "%23")
    return host + repaired(behind.replace("[", "%5B").replace("]", "%5D"))


def repaired(text: str) -> str:
    """Return the text with every character that may not stand in an IRI percent-encoded."""
    if "%" in text:
        text = _BAD_PERCENT.sub("%25", text)
    return _NOT_IRI.sub(lambda char: quote(char[0].encode("utf-8", "replace"), safe=""), text)


def is_iri(text: str) -> bool:
    """Determine whether the text is an absolute IRI (RFC 3987) that a strict reader of N-Triples takes as it is.

    >>> is_iri("http://example.org/é?a=b"), is_iri("http://example.org:port/"), is_iri("http://example.org/[1]")
    (True, False, False)
    """
    return _IRI.fullmatch(text) is not None
