"""Keys of labels: what stands in an IRI for a name, a title, a word. Every one is made here, of the label alone.

Only what is the same beyond doubt is folded: canonically equivalent letters (Unicode NFC), case by `lower()`, white
space, hyphens and dashes between words, the stops that end a word, an initial or the label, "&" and "and". Combining
marks of every script, accents and numbers stay: काम is not कीम, Müller is not Muller. What else a label has (signs,
punctuation) is dropped from the readable part of its key, which then always ends in "~" and eight hex digits of the
SHA-256 of the whole folded label.
"""

from __future__ import annotations

import re
import unicodedata

from ld.memo import remembered
from ld.values.names import digest

_LONGEST = 120  # letters of the readable part, which has at most twice as many bytes
_BLANK = re.compile(r"\s+")
_STOP = re.compile(r"\.")
_RUN = re.compile(r"[ -]*-[ -]*+")
# Unicode's category Pd, which asked letter by letter takes thirty times as long.
_DASHES = re.compile(
    "[\u058a\u05be\u1400\u1806\u2010-\u2015\u2e17\u2e1a\u2e3a\u2e3b\u2e40\u2e5d\u301c\u3030\u30a0\ufe31\ufe32\ufe58\ufe63\uff0d\U00010ead]"
)
_SIGN = re.compile(r"[^a-z0-9-]")
_HYPHENS = re.compile(r"-+")
_HASH = re.compile(r"~[0-9a-f]{8}$")
# Letters that Unicode does not take apart, as people write them who lack them.
_WRITTEN_OUT = str.maketrans({
    "ß": "ss", "ø": "o", "đ": "d", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d",
})  # fmt: skip


def folded(label: str) -> str:
    """Return the label as far as it is certain that another label with the same letters means the same.

    >>> folded("Quality control -- Mathematics."), folded("R&D"), folded("Dupont, J.-P., 1950-"), folded(".NET 1.5")
    ('quality-control-mathematics', 'r-and-d', 'dupont,-j-p,-1950--', '.net-1.5')
    """
    text = label.lower() if label.isascii() else _canonical(label)
    if "&" in text:
        text = text.replace("&", " and ")
    if not text.isprintable() or "  " in text:  # the only white space that is printable is a space
        text = _BLANK.sub(" ", text)
    text = text.strip(" ").rstrip(". ")
    if "." in text:
        text = _BLANK.sub(" ", _STOP.sub(_stop, text))
    if "-" in text:
        text = _RUN.sub(_hyphen, text)
    return text.replace(" ", "-")


def _canonical(label: str) -> str:
    """Return the label in lower case and NFC, its dashes as hyphens."""
    text = unicodedata.normalize("NFC", unicodedata.normalize("NFC", label).lower())
    return _DASHES.sub("-", text)


def _stop(stop: re.Match[str]) -> str:
    """Return nothing, or the space it stands for, in place of the stop of a word or an initial; others stay."""
    text, at = stop.string, stop.start()
    before, after = text[max(0, at - 2) : at], text[at + 1 : at + 2]
    if not before or not (before[-1].isalpha() or _is_mark(before[-1])):
        return "."
    if after.isalpha():
        return "." if _is_word(before[:-1]) else " "
    return "." if after == "." or _is_word(after) else ""


def _hyphen(run: re.Match[str]) -> str:
    """Return what a hyphen with the spaces around it means: a space between words, or two hyphens in an open date.

    A hyphen beside a comma, a bracket, or the digit that ends or begins the label says which end of a life is open:
    "1950-" is not "-1950".
    """
    start, end = run.span()
    before, after = run.string[max(0, start - 1) : start], run.string[end : end + 1]
    if _is_word(before) and _is_word(after):
        is_open = before.isdigit() and after.isalpha() and run[0].endswith(" ") and not run[0].startswith(" ")
        return "--" if is_open else " "
    beside = before or after
    at_the_edge = not (before and after)
    return "" if at_the_edge and (not beside or beside.isalpha() or _is_mark(beside)) else "--"


def _is_mark(sign: str) -> bool:
    return not sign.isascii() and unicodedata.category(sign)[0] == "M"


def _is_word(sign: str) -> bool:
    """Determine whether the sign is a letter, a mark on one, or a number."""
    return sign != "" and (sign.isalnum() or unicodedata.category(sign)[0] in "LMN")


def _key(label: str) -> str:
    """Return the key of the label: readable, and with a hash where its readable part does not say all.

    >>> _key("Soil Science."), _key("Größe & Maß"), _key("राम"), _key("C++")
    ('soil-science', 'größe-and-maß', 'राम', 'c~cedb1bac')
    """
    whole = folded(label)
    readable = _readable(whole)
    return readable if readable == whole and whole else f"{readable}~{digest(whole)}"


def _hashed(label: str) -> str:
    """Return the key of the label, always with a hash: for titles, which are often the same for different things."""
    whole = folded(label)
    return f"{_readable(whole)}~{digest(whole)}"


key, hashed = remembered(_key), remembered(_hashed)


def _readable(whole: str) -> str:
    """Return the letters, marks and numbers of a folded label, one hyphen for whatever else stands between them."""
    if whole.isascii():
        text = whole if whole.replace("-", "").isalnum() else _SIGN.sub("-", whole)
        return _HYPHENS.sub("-", text).strip("-")[:_LONGEST].rstrip("-")
    plain = whole.replace("-", "").isalnum()
    text = whole if plain else "".join(sign if _is_word(sign) else "-" for sign in whole)
    text = _HYPHENS.sub("-", unicodedata.normalize("NFC", text)).strip("-")[:_LONGEST]
    return text.encode("utf-8", "replace")[: 2 * _LONGEST].decode("utf-8", "ignore").rstrip("-")


def _letters(label: str) -> str:
    """Return the letters, marks and numbers of the label alone: all that is beyond case and punctuation."""
    return _HYPHENS.sub("", _readable(folded(label[:_LONGEST])))


letters = remembered(_letters)


def loose(path: str) -> str:
    """Return the path as people may type it who lack its accents and its hash; many things may share it.

    >>> loose("agent/müller-jörg-1950~0a1b2c3d"), loose("organization/łódź")
    ('agent/muller-jorg-1950', 'organization/lodz')
    """
    text = _HASH.sub("", path).lower()
    return text if text.isascii() else _unmarked(text)


def loose_forms(path: str) -> list[str]:
    """Return the loose forms of a thing's path that differ from it; of an agent also without the name of its source.

    >>> loose_forms("agent/catalogue/doe-jane~0a1b2c3d"), loose_forms("subject/soil"), loose_forms("subject/lcc/Z")
    (['agent/catalogue/doe-jane', 'agent/doe-jane'], [], ['subject/lcc/z'])
    """
    forms = [loose(path)]
    kind, _, rest = path.partition("/")
    if kind == "agent" and "/" in rest:
        forms.append(loose(f"{kind}/{rest.partition('/')[2]}"))
    return [form for form in forms if form != path]


def _unmarked(text: str) -> str:
    """Drop combining marks that stand on Latin letters; on other scripts they are letters of their own."""
    kept: list[str] = []
    latin = False
    for sign in unicodedata.normalize("NFD", text):
        if unicodedata.combining(sign):
            if latin:
                continue
        else:
            latin = sign.isalpha() and (sign < "\u0250" or "\u1e00" <= sign <= "\u1eff")  # "≠" is a sign of its own
        kept.append(sign)
    return unicodedata.normalize("NFC", "".join(kept)).translate(_WRITTEN_OUT)
