"""Text as sources have it becomes plain text: marks and entities out, characters in one form (Unicode NFC)."""

from __future__ import annotations

import os
import re
import unicodedata

from ld.memo import remembered
from ld.values.markup import bare
from ld.values.unseen import without_nonsorting, without_unseen

# C0 but for tab, LF and CR; DEL and C1 (among them the non-sort marks U+0098 and U+009C of German catalogues);
# surrogates and non-characters: none may stand in XML, several break N-Triples.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\ufeff]+")
# What is left of Word's settings begins so.
_ODD_BEGINNINGS = ("Normal", "Standard")
_NO_LETTER = re.compile("[\ud800-\udfff]")
_ISBD_END = re.compile(r"(?:\s{1,9}[/:;=,]|[,:;])\s{0,9}$")
_ABBREVIATED = re.compile(
    r"(?:^|[\s.(\-])(?:\w|etc|jr|sr|inc|co|ltd|bros|corp|dept|dr|st|mrs?|cent|ph\.?d|ca|pseud)\.$", re.IGNORECASE
)
_BLANK_FORMS = {"", "n/a", "none", "null", "-", "--", "[s.n.]", "s.n.", "s. n.", "[s. n.]", "not found"}


def shown(name: str | os.PathLike[str]) -> str:
    r"""Return the name of a file as it can be shown and stored: bytes that are not UTF-8, and controls, as escapes.

    >>> shown(os.fsdecode(b"caf\xe9/a\n.json"))
    'caf\\xe9/a\\n.json'
    """
    text = os.fspath(name)
    return text if text.isprintable() else "".join(map(_escaped, text))


def legible(message: str) -> str:
    """Return a message, in which names of files may stand as they are, as it can be written everywhere."""
    return _NO_LETTER.sub(lambda found: _escaped(found[0]), message)


def _escaped(sign: str) -> str:
    if "\udc80" <= sign <= "\udcff":  # how Python keeps a byte that is not UTF-8 (PEP 383)
        return f"\\x{ord(sign) - 0xDC00:02x}"
    return sign if sign.isprintable() else sign.encode("unicode_escape").decode()


def plain(raw: str) -> str:
    r"""Return one line of plain text.

    >>> plain("<i>Pinus contorta</i> &amp;#176; at p < 0.05 ")
    'Pinus contorta ° at p < 0.05'
    """
    return paragraphs(raw).replace("\n", " ")


def paragraphs(raw: str) -> str:
    r"""Return plain text that keeps its line breaks: markup and unseen characters dropped, entities decoded, NFC.

    Words in angle brackets that are no markup stay (`markup`), so "p < 0.05" survives.

    >>> paragraphs("H<sub>2</sub>O<br>10<sup>3</sup>")
    'H₂O\n10³'
    """
    if raw.isprintable() and not raw.startswith(_ODD_BEGINNINGS) and not _is_odd(raw):
        return (raw if raw.isascii() else unicodedata.normalize("NFC", raw)).strip()
    text = without_nonsorting(bare(raw.replace("\r\n", "\n").replace("\r", "\n")))
    text = "\n".join(filter(None, map(_line, without_unseen(text).split("\n"))))
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _is_odd(raw: str) -> bool:
    """Determine whether a printable text may be more than plain: to ask this is the cheapest way."""
    return "&" in raw or "<" in raw or "  " in raw or "{" in raw or "\u00ac" in raw


def _line(text: str) -> str:
    """Return a line without control characters; what is printable has none, and asking that is the cheapest way."""
    return flat(writable(text))


def writable(text: str) -> str:
    """Return the text without the control characters that XML cannot hold."""
    return text if text.isprintable() else _CONTROL.sub("", text)


def flat(text: str) -> str:
    """Return the text on one line, with one space where it had white space of any kind and length."""
    if text.isprintable() and "  " not in text:  # the only white space that is printable is a space
        return text.strip()
    return " ".join(text.split())


def unpunctuated(text: str) -> str:
    """Return the text without the ISBD mark that joins it to the next area ("Dāniyāl," and "Fikr-i Ayāz /")."""
    return _ISBD_END.sub("", text).rstrip()


def without_stop(text: str) -> str:
    """Return the text without the full stop that ends a heading; that of an initial or an abbreviation stays.

    >>> without_stop("Natural history."), without_stop("Foy, Brian D."), without_stop("United States, etc.")
    ('Natural history', 'Foy, Brian D.', 'United States, etc.')
    """
    if not text.endswith(".") or text.endswith("..") or _ABBREVIATED.search(text):
        return text
    return text[:-1].rstrip()


def _value(raw: str) -> str:
    """Return plain text, or nothing where the source only says that it has nothing ("n/a", "[s.n.]")."""
    text = plain(raw)
    return "" if text.casefold() in _BLANK_FORMS else text


value = remembered(_value)
