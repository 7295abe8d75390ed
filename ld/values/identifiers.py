"""Identifiers of works and people: checked and in canonical form. What fails its check is none; nothing is guessed.

A value may be written in any usual way: with its name before it, as an address, with the dashes, digits and blanks of
other keyboards, with characters that nobody sees. Where it holds several, each is one.
"""

from __future__ import annotations

import re
import unicodedata
from html import unescape
from urllib.parse import quote, unquote

from stdnum import isbn as stdnum_isbn
from stdnum import ismn as stdnum_ismn
from stdnum import isni as stdnum_isni
from stdnum import issn as stdnum_issn

from ld.memo import remembered
from ld.values.vocab import vocabulary

# Characters that are not seen: soft hyphen, zero-width ones, marks of direction (Unicode category Cf).
UNSEEN = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
_DASHES = re.compile("[\u2010-\u2015\u2043\u2212\ufe58\ufe63\uff0d]")
_DIGIT = re.compile(r"[^\x00-\x7f]")
_ENTITY = re.compile(r"&(?:[a-zA-Z]{2,8}|#[0-9]{1,6}|#[xX][0-9a-fA-F]{1,6});")

_LONGEST = 2_000  # a longer value is a text about something, and no identifier

_DOI = re.compile(r"10\.[0-9]{4,9}(?:\.[0-9]{1,9}){0,3}/[!-~]{1,400}")
_DOI_ADDRESS = re.compile(
    r"(?:https?:)?/{0,2}(?:(?:www|dx)\.){0,2}(?:doi\.org|hdl\.handle\.net)/+(?=10\.|doi\b|https?:|urn:|info:)",
    re.IGNORECASE,
)
_DOI_NAME = re.compile(
    r"(?:info:doi/|urn:doi:|hdl:(?=10\.)|\(?doi\)?\s{0,3}[:=/]?\s{0,3}(?=10\.|https?:|/|doi|www\.|dx\.))", re.IGNORECASE
)
_DOI_TAIL = re.compile(r"\s\[doi\]$|[\s.,;:/]+$", re.IGNORECASE)
_QUOTED = {"<": ">", "[": "]", "(": ")", '"': '"', "'": "'", "{": "}", "“": "”", "‘": "’", "«": "»"}
_CLOSING = {closing: opening for opening, closing in _QUOTED.items()}
_RESERVED = re.compile(r'[<>"#%?{}|\\^`\[\] ]')

_ISSN_ALONE = re.compile(r"(?:[pel]?-?ISSN(?:-L)?:?\s{0,3})?([0-9]{4})\s([0-9]{3}[0-9X])", re.IGNORECASE)
_ISSN = re.compile(r"(?<![0-9-])([0-9]{4})-?([0-9]{3}[0-9X])(?![0-9X]|-[0-9])", re.IGNORECASE)
_ISBN_NAME = re.compile(r"\bISBN(?:[- ]?1[03](?![0-9]))?(?:\(1[03]\))?[-:]?", re.IGNORECASE)
_RUN = re.compile(r"[0-9](?:[ -]?[0-9])*(?:[ -]?X(?![A-Z]))?", re.IGNORECASE)
_SBN = re.compile(r"[0-9]{1,7}[ -][0-9]{1,7}[ -][0-9X]", re.IGNORECASE)
_ISMN = re.compile(r"(?<![0-9A-Z])(?:M[- ]?|979[- ]?0[- ]?)(?:[0-9][- ]?){8}[0-9](?![0-9])", re.IGNORECASE)
_ORCID = re.compile(
    r"(?<![0-9A-Z-])([0-9]{4})[ -]?([0-9]{4})[ -]?([0-9]{4})[ -]?([0-9]{3}[0-9X])(?![0-9A-Z])", re.IGNORECASE
)
# The blocks of ISNI that ORCID hands out (support.orcid.org, "Structure of the ORCID identifier").
_ORCID_BLOCKS = (("000000015000000", "000000035000000"), ("000900000000000", "000900100000000"))
_OCLC = re.compile(r"(?:\(OCoLC\)|OCLC:?\s?(?:no\.?:?\s)?)?\s?(?:ocm|ocn|on)?0*([1-9][0-9]{0,13})", re.IGNORECASE)
_HANDLE = re.compile(
    r"(?:hdl:\s?|info:hdl/|(?:https?:)?(?://)?hdl\.handle\.net/+(?:hdl:)?)([0-9]{1,12}(?:\.[0-9A-Za-z]{1,12}){0,4}/\S{1,400})",
    re.IGNORECASE,
)


def typed(raw: str) -> str:
    """Return the text as an English keyboard types it: hyphens, ASCII digits, nothing unseen, entities decoded.

    A text that is too long for an identifier is empty.
    """
    text = raw.strip() if len(raw) <= _LONGEST else ""
    if "&" in text:
        text = decoded(text)
    if text.isascii():
        return text
    text = _DASHES.sub("-", unicodedata.normalize("NFKC", UNSEEN.sub("", text)))
    return _DIGIT.sub(lambda char: str(unicodedata.decimal(char[0], char[0])), text).strip()


def decoded(text: str) -> str:
    """Return the text with the character entities of HTML decoded, also where that was done twice.

    >>> decoded("a&lt;b"), decoded("a&amp;#60;b"), decoded("a&copy=1")
    ('a<b', 'a<b', 'a&copy=1')
    """
    for _ in range(3):
        if not _ENTITY.search(text):
            break
        text = _ENTITY.sub(lambda entity: unescape(entity[0]), text)
    return text


# -- DOI ---------------------------------------------------------------------------------------------------------------


def _doi(raw: str) -> str:
    """Return the bare, lower-case DOI, empty where the text is none (DOI Handbook 2.2, 2.4).

    >>> _doi("https://doi.org/10.3389/FSOC.2019.00036."), _doi("10.3389/fsoc 2019")
    ('10.3389/fsoc.2019.00036', '')
    """
    if "10" not in raw:
        return ""
    text = unquoted(typed(raw).replace("\\/", "/"))
    for _ in range(4):
        rest = _DOI_ADDRESS.sub("", text, count=1) if _DOI_ADDRESS.match(text) else text
        if rest != text:  # in an address a query begins at its "?"; the "?" and "#" of a DOI are encoded there
            rest = unquote(re.split("[?#]", rest, maxsplit=1)[0])
        if named := _DOI_NAME.match(rest):
            rest = rest[named.end() :]
        if rest == text:
            break
        text = unquoted(rest)
    return _bare_doi(unquote(text) if "%" in text else text)


def _bare_doi(text: str) -> str:
    while (shorter := _opened(_DOI_TAIL.sub("", text))) != text:
        text = shorter
    return text.lower() if _DOI.fullmatch(text) else ""


def unquoted(text: str) -> str:
    """Return the text without the brackets or quotation marks around all of it."""
    while len(text) > 2 and _QUOTED.get(text[0]) == text[-1]:
        text = text[1:-1].strip()
    return text


def _opened(text: str) -> str:
    """Return the text without a bracket at its end that was never opened."""
    opening = _CLOSING.get(text[-1:])
    return text[:-1] if opening and (text[-1] in "\"'" or opening not in text) else text


doi = remembered(_doi)


def doi_iri(name: str) -> str:
    """Return the DOI as an https IRI, its reserved characters percent-encoded."""
    return "https://doi.org/" + _RESERVED.sub(lambda c: quote(c[0]), name)


def _handle(raw: str) -> str:
    """Return the handle as an https IRI, empty where the text names none (RFC 3651).

    >>> _handle("hdl:1765/309"), _handle("1765/309")
    ('https://hdl.handle.net/1765/309', '')
    """
    match = _HANDLE.fullmatch(typed(raw))
    if not match:
        return ""
    name = match[1] if "%" in match[1] else _RESERVED.sub(lambda c: quote(c[0]), match[1])
    return f"https://hdl.handle.net/{name}" if name.isascii() else ""


handle = remembered(_handle)


# -- ISSN, ISBN, ISMN --------------------------------------------------------------------------------------------------


def _issns(raw: str) -> tuple[str, ...]:
    """Return the ISSNs in the text as NNNN-NNNC, without those with a wrong check digit and fillers (ISO 3297).

    >>> _issns("2297-7775"), _issns("0000-0000"), _issns("0378-5955 (print); 2529-850x")
    (('2297-7775',), (), ('0378-5955', '2529-850X'))
    """
    text = _latin_x(typed(raw))
    alone = _ISSN_ALONE.fullmatch(text)
    found = [alone.groups()] if alone else _ISSN.findall(text)
    numbers = dict.fromkeys(f"{first}-{second.upper()}" for first, second in found)
    return tuple(number for number in numbers if stdnum_issn.is_valid(number) and not _is_filler("issn", number))


issns = remembered(_issns)


def issn(raw: str) -> str:
    """Return the first ISSN in the text, empty where there is none."""
    return next(iter(issns(raw)), "")


def isbn(raw: str) -> str:
    """Return the first ISBN-13 in the text, empty where there is none.

    >>> isbn("1558612742 (pbk. : alk. paper)")
    '9781558612747'
    """
    return next(iter(isbns(raw)), "")


def _isbns(raw: str) -> tuple[str, ...]:
    """Return the ISBNs in the text in 13 digits, without those with a wrong check digit, fillers, ISMNs (ISO 2108)."""
    return tuple(dict.fromkeys(number for _, number in candidates(raw) if number))


isbns = remembered(_isbns)


def _candidates(raw: str) -> tuple[tuple[str, str], ...]:
    """Return what looks like an ISBN in the text, each with the ISBN that it is, empty where it is none.

    >>> _candidates("0306406152 (pbk.) 9780306406150")
    (('0306406152', '9780306406157'), ('9780306406150', ''))
    """
    text = _ISBN_NAME.sub(" ", _latin_x(typed(raw)))
    music = [(found[0], "") for found in _ISMN.finditer(text)]
    runs = [run[0] for run in _RUN.finditer(_ISMN.sub(" ; ", text))]
    pieces = [piece for run in runs for piece in _pieces(run)]
    long = [piece for piece in pieces if len(_compact(piece)) > 8]
    sbn = re.search(r"\bSBN\b", text) is not None
    return (*((piece, _one_isbn(piece, sbn)) for piece in long), *music)


candidates = remembered(_candidates)


def _pieces(run: str) -> list[str]:
    """Return a run of digits, or the numbers in it where it is too long for one."""
    if len(_compact(run)) in (9, 10, 13) and (" " not in run or _one_isbn(run, False)):
        return [run]
    words = run.split(" ")
    if any(len(_compact(word)) in (10, 13) for word in words):
        return words
    digits = _compact(run)
    halves = ([digits[:n], digits[n:]] for n in (10, 13) if len(digits) - n in (10, 13))
    return next((both for both in halves if all(_one_isbn(half, False) for half in both)), [run])


def _one_isbn(piece: str, sbn: bool) -> str:
    """Return the ISBN of one number. An SBN of nine digits (until 1974) is one where it is marked or parted as such."""
    number = _compact(piece)
    if len(number) == 9 and (sbn or _SBN.fullmatch(piece) or piece.count("-") == 2):
        number = "0" + number
    if len(number) not in (10, 13) or number.startswith("9790") or not stdnum_isbn.is_valid(number):
        return ""
    made = str(stdnum_isbn.to_isbn13(number)).replace("-", "")
    return "" if _is_filler("isbn", made) else made


def _ismns(raw: str) -> tuple[str, ...]:
    """Return the ISMNs of printed music in the text, in 13 digits (ISO 10957).

    >>> _ismns("M-2306-7118-7"), _ismns("979-0-2600-0043-8 (score)"), _ismns("9780306406157")
    (('9790230671187',), ('9790260000438',), ())
    """
    found = (re.sub("[ -]", "", one).upper() for one in _ISMN.findall(typed(raw)))
    return tuple(dict.fromkeys(str(stdnum_ismn.to_ismn13(one)) for one in found if stdnum_ismn.is_valid(one)))


ismns = remembered(_ismns)


def _compact(number: str) -> str:
    return number.replace("-", "").replace(" ", "").upper()


def _latin_x(text: str) -> str:
    """Return the text with the Latin letter for the check digit that somebody typed in Cyrillic or as a numeral."""
    return text if text.isascii() else text.replace("\u0425", "X").replace("\u0445", "x").replace("\u03a7", "X")


def _is_filler(kind: str, number: str) -> bool:
    """Determine whether the number is written where there is none (`vocab/codes/fillers.csv`)."""
    row = vocabulary().code("fillers", number)
    return row is not None and row["kind"] == kind


# -- people, control numbers -------------------------------------------------------------------------------------------


def _orcid(raw: str) -> str:
    """Return the ORCID iD as https IRI, empty where there is none, or more than one, or it is false (ISO 27729)."""
    found = {"".join(parts).upper() for parts in _ORCID.findall(typed(unquote(raw)))}
    number = found.pop() if len(found) == 1 and "sandbox." not in raw else ""  # ORCID's own place for tests
    if not any(first <= number[:15] <= last for first, last in _ORCID_BLOCKS) or not stdnum_isni.is_valid(number):
        return ""
    return "https://orcid.org/" + "-".join(number[n : n + 4] for n in range(0, 16, 4))


orcid = remembered(_orcid)


def lccn(raw: str) -> str:
    """Return the LC control number in its normalised form ("84643014 //r88" and "sn 84006638" lose their blanks).

    MARC editors write a blank of the number as "^", "#" or "\\".
    """
    text = re.sub(r"[\s^#\\]", "", raw.split("/")[0])
    prefix, hyphen, serial = text.partition("-")
    text = prefix + serial.rjust(6, "0") if hyphen and serial.isdigit() else text
    return text.lower() if re.fullmatch(r"[A-Za-z]{0,3}[0-9]{8,10}", text) else ""


def oclc(raw: str) -> str:
    """Return the OCLC number in digits, without the letters and zeros before it; empty where there is none.

    >>> oclc("(OCoLC)ocm00012345"), oclc("on1234567890"), oclc("OCLC 12a")
    ('12345', '1234567890', '')
    """
    match = _OCLC.fullmatch(raw.strip())
    return match[1] if match else ""
