"""Text as sources have it becomes plain text: marks and entities out, characters in one form (Unicode NFC)."""

from __future__ import annotations

import html
import os
import re
import unicodedata

from ld.memo import remembered

_ELEMENTS = (
    "a|abbr|b|big|blockquote|body|br|center|cite|code|dd|del|div|dl|dt|em|font|h[1-6]|hr|html|i|img|ins|kbd|li|ol|p"
    "|pre|q|s|script|small|span|strike|strong|style|sub|sup|table|tbody|td|th|thead|title|tr|tt|u|ul|var"
    "|jats:[a-z-]{1,40}|(?:mml:)?(?:math|semantics|annotation(?:-xml)?"
    "|m(?:n|i|o|s|row|sup|sub|subsup|frac|sqrt|root|text|style|space|table|tr|td|fenced|over|under|underover|padded))"
    "|inf|italic|bold|sc|list|list-item|sec|inline-formula|tex-math|alternatives"
)
_MARKUP = re.compile(rf"</?(?:{_ELEMENTS})(?:[\s/][^<>]{{0,2000}})?>", re.IGNORECASE)
_BREAK = re.compile(r"<br\b[^<>]{0,200}>|</(?:p|div|li|tr|h[1-6]|jats:p|jats:title)\s{0,9}>", re.IGNORECASE)
_HIDDEN = re.compile(r"<(script|style)\b[^<>]{0,2000}>.{0,100000}?</\1\s{0,9}>", re.IGNORECASE | re.DOTALL)
_RAISED = re.compile(r"<(?:jats:)?(su[bp]|inf)>([0-9+\-]{1,20})</(?:jats:)?(?:su[bp]|inf)>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
# C0 but for tab, LF and CR; DEL and C1 (among them the non-sort marks U+0098 and U+009C of German catalogues);
# surrogates and non-characters: none may stand in XML, several break N-Triples.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\ufeff]+")
_NO_LETTER = re.compile("[\ud800-\udfff]")
_SIGNS = str.maketrans("0123456789+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")
_SUBSIGNS = str.maketrans("0123456789+-", "₀₁₂₃₄₅₆₇₈₉₊₋")

_ISBD_END = re.compile(r"(?:\s{1,9}[/:;=,]|[,:;])\s{0,9}$")
_ABBREVIATED = re.compile(
    r"(?:^|[\s.(\-])(?:\w|etc|jr|sr|inc|co|ltd|bros|corp|dept|dr|st|mrs?|cent|ph\.?d|ca|pseud)\.$", re.IGNORECASE
)
_EMAIL = re.compile(r"[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,24}")
_RUNS = re.compile(r"[^\S\n]{2,}|[^\S\n ]")
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
    r"""Return plain text that keeps its line breaks: known markup dropped, entities decoded (twice at most), NFC.

    Only names of known HTML, JATS and MathML elements count as markup, so "p < 0.05" survives.

    >>> paragraphs("H<sub>2</sub>O<br>10<sup>3</sup>")
    'H₂O\n10³'
    """
    if raw.isprintable() and "&" not in raw and "<" not in raw and "  " not in raw:
        return (raw if raw.isascii() else unicodedata.normalize("NFC", raw)).strip()
    text = raw.replace("\r\n", "\n").replace("\r", "\n")
    if "&" in text:
        text = _decoded(text)
    if "<" in text:
        text = _HIDDEN.sub(" ", text)
        text = _RAISED.sub(_raise, text)
        text = _MARKUP.sub("", _BREAK.sub("\n", text))
    text = "\n".join(filter(None, map(_line, text.split("\n"))))
    return text if text.isascii() else unicodedata.normalize("NFC", text)


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


def _decoded(text: str) -> str:
    for _ in range(2):
        if not _ENTITY.search(text):
            break
        text = html.unescape(text)
    return text


def _raise(match: re.Match[str]) -> str:
    return match[2].translate(_SIGNS if match[1].lower() == "sup" else _SUBSIGNS)


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


def without_email(text: str) -> str:
    """Return the text without e-mail addresses: they are never published."""
    if "@" not in text:
        return text
    return _RUNS.sub(" ", _EMAIL.sub("", text)).strip(" ,;()<>")
