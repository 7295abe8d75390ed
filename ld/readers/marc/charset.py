"""Bytes become text: UTF-8 where they are it, else MARC-8, whatever the leader says.

Standard: MARC 21 Specifications for Character Sets, with the tables of pymarc (15,000 East Asian characters among
them, which nobody should copy).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from pymarc.marc8_mapping import CODESETS, ODD_MAP

from ld.readers.marc.entry import UNREAD, normal

_ASCII, _ANSEL, _EAST_ASIAN = 0x42, 0x45, 0x31
# An escape changes a working set: by one letter (Greek symbols, sub- and superscripts, back again), or by the sign of
# the set, G0 or G1, and the final character of its name.
_ESCAPE = re.compile(rb"\x1b(?:([gbps])|\$?([(,)\-]?)!?([1-4BENQS]))")
_BACK = 0x73
_ESC = b"\x1b"
_FEW = 3


def decoded(raws: list[bytes], says_utf8: bool) -> list[str]:
    """Return the texts, with a sign for every byte that cannot be read.

    What the leader says is asked only of texts that are no UTF-8, and believed where another text bears it out:
    leaders say UTF-8 of records in MARC-8, and the other way about.
    """
    texts = [_utf8(raw) for raw in raws]
    mixed = says_utf8 and any(text is not None and not text.isascii() for text in texts)
    return [
        (raw.decode("utf-8", "replace") if mixed else marc8(raw)) if text is None else text
        for raw, text in zip(raws, texts, strict=True)
    ]


def is_nonsense(text: str) -> bool:
    """Determine whether a text has more marks than letters: then it was in no MARC-8, but in a national encoding."""
    if text.isascii():
        return False
    signs = unicodedata.normalize("NFD", text)
    marks = sum(map(bool, map(unicodedata.combining, signs)))
    return marks > _FEW and marks > sum(map(str.isalpha, signs))


def _utf8(raw: bytes) -> str | None:
    if _ESC in raw and raw.isascii():
        return None  # MARC-8 writes other scripts in ASCII, behind an escape
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return None


def marc8(raw: bytes) -> str:
    r"""Return text in MARC-8, in which a mark stands before its letter.

    >>> marc8(b"Gr\xe8o\xc7e"), marc8(b"\x1b(NALFA\x1b(B")
    ('Größe', 'алфа')
    """
    out: list[str] = []
    marks: list[str] = []
    for sign, combines in _signs(raw):
        if combines:
            marks.append(sign)
        else:
            out += [sign, *marks]
            marks = []
    return normal("".join(out)) + UNREAD * bool(marks)  # a mark without its letter


def _signs(raw: bytes) -> Iterator[tuple[str, bool]]:
    """Yield the signs, and whether each is a mark that belongs to the next letter."""
    sets = [_ASCII, _ANSEL]
    at = 0
    while at < len(raw):
        if raw[at] == _ESC[0]:
            at = _escape(raw, at, sets)
            continue
        upper = raw[at] >= 0x80
        width = 3 if sets[upper] == _EAST_ASIAN and raw[at] > 0x20 else 1
        yield _sign(raw[at : at + width], sets[upper])
        at += width


def _escape(raw: bytes, at: int, sets: list[int]) -> int:
    """Change a working set as the escape says, and return where the text goes on; of one cut short ESC is dropped."""
    found = _ESCAPE.match(raw, at)
    if not found:
        return at + 1
    letter, which, charset = found.groups()
    if letter:
        sets[0] = _ASCII if letter[0] == _BACK else letter[0]
    else:
        sets[which in (b")", b"-")] = charset[0]
    return found.end()


def _sign(raw: bytes, charset: int) -> tuple[str, bool]:
    if raw[0] <= 0x20 or (charset == _ASCII and raw[0] < 0x80):
        return chr(raw[0]), False
    number = int.from_bytes(raw)
    known = CODESETS[charset]
    other = number ^ 0x80 if len(raw) == 1 else number & 0x7F7F7F
    found = known.get(number) or known.get(other) or CODESETS[_ANSEL].get(number if 0x88 <= number <= 0x8E else 0)
    if found is None:
        return chr(number if 0x80 <= number < 0xA0 else ODD_MAP.get(number, ord(UNREAD))), False
    return chr(found[0]), bool(found[1])
