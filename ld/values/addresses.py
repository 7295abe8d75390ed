"""Addresses and IRIs: a value becomes the web addresses in it, each an IRI that a strict reader takes (RFC 3987)."""

from __future__ import annotations

import re
from urllib.parse import quote

from ld.memo import remembered
from ld.values.identifiers import UNSEEN, doi, doi_iri, handle, unquoted

_SCHEMES = ("http://", "https://", "ftp://")
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
_LONGEST = 10_000  # of one value, with all the addresses in it
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
# Joiners are letters of Persian and of Indic scripts; all else that is not seen was pasted in by mistake.
_PASTED = re.compile(UNSEEN.pattern.replace("\u200b-\u200f", "\u200b\u200e\u200f"))
_AMPERSAND = re.compile(r"&(?:amp|#0{0,4}38|#[xX]0{0,4}26);", re.IGNORECASE)
_TWICE = re.compile(r"\A(?:https?:/{0,2}){1,3}(?=(?:https?|ftp)://)", re.IGNORECASE)
_MISSPELT = re.compile(r"\A(?:https?:/{0,2})?(https?)(?::/|:///|//)(?=[^\W_])", re.IGNORECASE)
# What a host is on the web: "http://n/a", "http://example..org" and "http://localhost" lead nobody anywhere.
_HOST = re.compile(
    r"[a-z]+://(?:[^/?#@]*@)?(?:(?!-)[^\W_](?:[\w-]{0,62}(?<!-))?\.)+[^\W_][\w-]{0,62}(?<!-)\.?"
    r"(?::(?:[1-5]?[0-9]{1,4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])?)?(?=[/?#]|\Z)",
    re.IGNORECASE,
)
_WITH_PATH = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,5}[a-z]{2,24}/\S{0,2000}", re.IGNORECASE)
_CALLED = re.compile(r"[^\W\d_][\w -]{0,40}:\s+(?=(?:https?|ftp)://|www\.)", re.IGNORECASE)
_LAX = re.compile(r"(https?|ftp):(?:\\\\|//\s+)", re.IGNORECASE)
# Where a second address begins. Behind a "?" or "/" it may be part of the first, as those of archives and proxies.
_SEAM = re.compile(r"(?:\s[\s;,|]{0,9}|[;,|][\s;,|]{0,9}|(?<=[0-9A-Za-z]))(?=(?:https?|ftp)://[^/\s])", re.IGNORECASE)


def addresses(raw: str) -> tuple[tuple[str, str], ...]:
    """Return the parts of a value that should be addresses, each with the IRI that it is, empty where it is none.

    >>> addresses("http://example.org/a; http://example.org/b")
    (('http://example.org/a', 'http://example.org/a'), ('http://example.org/b', 'http://example.org/b'))
    """
    if len(raw) > _LONGEST:
        return ((raw, ""),)
    return tuple((part, url(part) or _resolved(part) or _schemeless(part)) for part in _parts(raw))


def _parts(raw: str) -> list[str]:
    """Return the addresses that stand in one value, each without what stands around it."""
    text = raw.strip()
    if text.startswith(_SCHEMES) and text.count("://") == 1 and " " not in text and text.isprintable():
        return [text.strip(" ;,|")]  # one address and nothing else, as nearly all are
    text = _CALLED.sub("", text, count=1)
    seams = [seam.span() for seam in _SEAM.finditer(text) if not _within(text, seam[0], seam.start())]
    starts = [0, *(end for _, end in seams)]
    ends = [*(start for start, _ in seams), len(text)]
    parts = (unquoted(text[start:end].strip(" ;,|\t\r\n")) for start, end in zip(starts, ends, strict=True))
    return [part for part in parts if part]


def _within(text: str, seam: str, at: int) -> bool:
    """Determine whether a second address belongs to the first: nothing but a comma parts it from a query."""
    return not text[:at].strip() or (seam.strip() == seam and "?" in text[:at]) or text[:at].lower().endswith("http")


def _schemeless(text: str) -> str:
    """Return the address of a host with its path: "journal.example.org/a" where an address is expected."""
    return url(f"http://{text}") if _WITH_PATH.fullmatch(text) else ""


def _resolved(text: str) -> str:
    """Return the https IRI of a DOI or handle that stands where an address is expected."""
    name = doi(text)
    return doi_iri(name) if name else handle(text)


def _url(raw: str) -> str:
    """Return the web address as an IRI (RFC 3987), empty where the text is no http, https or ftp address.

    Blanks and other characters that may not stand in an IRI are percent-encoded; the address is otherwise kept.

    >>> _url("http://example.org/a b<c>"), _url("javascript:alert(1)"), _url("http://http://example.org/?a=b&amp;c")
    ('http://example.org/a%20b%3Cc%3E', '', 'http://example.org/?a=b&c')
    """
    text = _cleaned(raw)
    if not _URL.fullmatch(text) or not _HOST.match(text):
        return ""
    scheme, _, rest = text.partition("://")
    iri = f"{scheme.lower()}://{rest}"
    if is_iri(iri) and (iri.isascii() or not _HAS_UNSEEN.search(iri)):
        return iri
    iri = f"{scheme.lower()}://{_mended(rest)}"
    return iri if is_iri(iri) and not _HAS_UNSEEN.search(iri) else ""


url = remembered(_url)


def _cleaned(raw: str) -> str:
    """Return the address without what is pasted, typed or escaped too much, and with the scheme that it lacks."""
    text = raw.strip()
    if not text.isascii():
        text = _PASTED.sub("", text)
    while "&" in text and (plain := _AMPERSAND.sub("&", text)) != text:
        text = plain
    if "\\" in text or "// " in text:
        text = _LAX.sub(r"\1://", text.replace("\\/", "/"), count=1)
    if text.count(":") > 1:
        text = _TWICE.sub("", text, count=1)
    text = _MISSPELT.sub(r"\1://", text, count=1)
    if text[:4].lower() == "www.":
        return "http://" + text
    return "http:" + text if text.startswith("//") and "." in text.partition("/")[2] else text


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
