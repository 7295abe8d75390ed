"""Names of things in addresses: encoded, folded, hashed. Pure functions: the same in, the same out."""

from __future__ import annotations

import hashlib
from hashlib import blake2b
from urllib.parse import quote, unquote


def encoded(name: str) -> str:
    """Return the name as one path segment of a URL: percent-encoded with nothing safe, case kept (RFC 3986)."""
    if name.isascii() and name.replace("-", "").isalnum():  # most are, and need no encoding
        return name
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
