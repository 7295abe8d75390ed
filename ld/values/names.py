"""Names of things in addresses: encoded, folded, hashed. Pure functions: the same in, the same out."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from hashlib import blake2b
from urllib.parse import quote, unquote

from ld.memo import remembered

_SIGNIFICANT = {"+": " plus ", "#": " sharp ", "&": " and ", "@": " at ", "%": " percent "}
_SIGN = re.compile(r"[+#&@%]")
_SEPARATORS = re.compile(r"[\W_]+")


def encoded(name: str) -> str:
    """Return the name as one path segment of a URL: percent-encoded with nothing safe, case kept (RFC 3986)."""
    return quote(name.encode("utf-8", "replace"), safe="")


def decoded(segment: str) -> str:
    """Return the name that `encoded` was given."""
    return unquote(segment)


def _slug(label: str) -> str:
    """Return the label as a readable path segment that is the same for variants of case, spacing and accents.

    NFKC, case folded, Latin letters without marks, other scripts kept; everything else becomes hyphens. Where a
    sign that carries meaning is lost, eight hex digits of SHA-256 keep the name apart.

    >>> _slug("Frontiers Media S.A."), _slug("C++"), _slug("Größe & Maß"), _slug("数学")
    ('frontiers-media-s-a', 'c-plus-plus', 'grosse-and-mass', '数学')
    """
    text = unicodedata.normalize("NFKC", label).casefold()
    if not text.isascii():
        text = _unmarked(text)
    if _SIGN.search(text):
        text = _SIGN.sub(lambda sign: _SIGNIFICANT[sign[0]], text)
    name = _SEPARATORS.sub("-", text).strip("-")
    lost = not name or any(unicodedata.category(c) in ("Sm", "So", "Sc") for c in text if not c.isascii())
    if len(name) > 120:
        name, lost = name[:120].rstrip("-"), True
    return f"{name}~{digest(text.strip())}" if lost else name


slug = remembered(_slug)


def _unmarked(text: str) -> str:
    """Drop combining marks that stand on Latin letters; on other scripts they are letters of their own."""
    kept: list[str] = []
    latin = False
    for char in unicodedata.normalize("NFD", text):
        if unicodedata.combining(char):
            if latin:
                continue
        else:
            latin = char.isalpha() and (char < "\u0250" or "\u1e00" <= char <= "\u1eff")  # "≠" is a sign of its own
        kept.append(char)
    return unicodedata.normalize("NFC", "".join(kept)).translate(_FOLDED)


_FOLDED = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"})


def digest(text: str, length: int = 8) -> str:
    """Return the first hex digits of the SHA-256 of the text in UTF-8."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:length]


def number(path: str) -> int:
    """Return the number of the document at the path: 63 bits of its BLAKE2b (RFC 7693), that SQLite takes as a key."""
    return int.from_bytes(blake2b(path.encode("utf-8", "surrogatepass"), digest_size=8).digest()) >> 1
