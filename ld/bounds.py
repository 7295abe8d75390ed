"""The values a setting may have: a number or a text within bounds, one of some words, true or false.

Each `read` returns the value in its own type, from a text (a flag, the environment) or from TOML, and raises ValueError
for a value that is not allowed; `expected` says in words which are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from ld.values import addresses

_BIND = re.compile(r"(?:\[([\w.%-]*:[\w:.%-]*)\]|([\w.-]*)):([0-9]{1,5})", re.ASCII)


class Whole(Struct, frozen=True):
    """A whole number between two bounds, both included."""

    minimum: int
    maximum: int

    @property
    def expected(self) -> str:
        """The bounds in words."""
        return f"a whole number from {self.minimum:,} to {self.maximum:,}"

    def read(self, value: Any) -> int:
        """Return the number; 2.5 and true are none."""
        if isinstance(value, bool | float):
            raise ValueError(value)
        number = int(value)
        if not self.minimum <= number <= self.maximum:
            raise ValueError(value)
        return number


class Real(Struct, frozen=True):
    """A number between two bounds, both included; infinity and NaN are outside."""

    minimum: float
    maximum: float

    @property
    def expected(self) -> str:
        """The bounds in words."""
        return f"a number from {self.minimum:,} to {self.maximum:,}"

    def read(self, value: Any) -> float:
        """Return the number."""
        if isinstance(value, bool) or not self.minimum <= float(value) <= self.maximum:
            raise ValueError(value)
        return float(value)


class Shape(Struct, frozen=True):
    """What a text must look like, in words and as a test."""

    words: str
    fits: Callable[[str], bool]


_ANY = Shape("a text", lambda text: True)


class Text(Struct, frozen=True):
    """A text whose length is within bounds, of the right shape, without control characters; or an empty one."""

    minimum: int
    maximum: int
    shape: Shape = _ANY
    optional: bool = False

    @property
    def expected(self) -> str:
        """The shape and the bounds in words."""
        size = f"of {self.minimum:,} to {self.maximum:,} characters"
        return f"{self.shape.words} {size}{', or empty' if self.optional else ''}"

    def read(self, value: Any) -> str:
        """Return the text."""
        if not isinstance(value, str):
            raise ValueError(value)
        if value == "" and self.optional:
            return value
        if not self.minimum <= len(value) <= self.maximum or _has_controls(value) or not self.shape.fits(value):
            raise ValueError(value)
        return value


class Words(Struct, frozen=True):
    """One of some words."""

    words: tuple[str, ...]

    @property
    def expected(self) -> str:
        """The words."""
        return f"{', '.join(self.words[:-1])} or {self.words[-1]}"

    def read(self, value: Any) -> str:
        """Return the word."""
        if value not in self.words:
            raise ValueError(value)
        return str(value)


class Truth(Struct, frozen=True):
    """True or false."""

    expected: str = "true or false"

    def read(self, value: Any) -> bool:
        """Return whether it is true."""
        words = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
        known = value if isinstance(value, bool) else words.get(str(value).lower()) if isinstance(value, str) else None
        if known is None:
            raise ValueError(value)
        return known


Bounds = Whole | Real | Text | Words | Truth


def listening(bind: str) -> tuple[str, int]:
    """Return host and port of an address to listen on; raises ValueError where the text is none.

    >>> listening("127.0.0.1:8000"), listening("[::1]:80"), listening(":8000")
    (('127.0.0.1', 8000), ('::1', 80), ('127.0.0.1', 8000))
    """
    found = _BIND.fullmatch(bind)
    if not found or not 0 < int(found[3]) < 65536:
        raise ValueError(bind)
    return found[1] or found[2] or "127.0.0.1", int(found[3])


def _is_bind(text: str) -> bool:
    with suppress(ValueError):
        return bool(listening(text))
    return False


def _is_base(text: str) -> bool:
    """Determine whether addresses may begin with it: a web address with host and path, spelled as clients send it."""
    if not text.startswith(("http://", "https://")) or not addresses.is_iri(text) or {"?", "#", "@"} & set(text):
        return False
    with suppress(ValueError):  # a port that is none, a host that no name server knows of
        found, path = urlsplit(text), unquote(urlsplit(text).path)
        return bool(found.hostname and found.port != 0 and path.isprintable()) and not {".", ".."} & set(
            path.split("/")
        )
    return False


def _has_controls(text: str) -> bool:
    """Determine whether a text has control characters (but tabs and ends of lines), or bytes that are not UTF-8."""
    return any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\t\n" for c in text)


BASE = Shape("an http:// or https:// address, without user, query and fragment,", _is_base)
BIND = Shape("HOST:PORT, such as 127.0.0.1:8000,", _is_bind)
IRI = Shape("a full address, such as https://host/path,", addresses.is_iri)
