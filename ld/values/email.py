"""E-mail addresses are found however they are written, and taken out or masked: they are published nowhere.

An address is a local part, a sign that means "at", and a domain with a top level (RFC 5321 §4.1.2), in letters of any
script (RFC 6531), escaped as JSON, XML and URLs do, or spelled so that robots do not see it: "jane (at) example.org".
A handle in an address of the web ("https://social.example/@jane") is none, nor is the name of a file ("image@2x.png").
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# Every address has "@" or one of these, which are looked for where their first sign stands: that takes a microsecond.
_SIGNS = {
    "%": ("%40",),
    "&": ("64;", "40;", "commat;"),
    "\\": ("u0040", "uff20", "uFF20"),
    ")": ("at)", "AT)", "At)", "arroba)"),
    "]": ("at]", "AT]", "At]"),
    "}": ("at}",),
    "\uff20": ("\uff20",),
    "\ufe6b": ("\ufe6b",),
}
_AT = re.compile(
    r"%40|[\uff20\ufe6b]|&(?:amp;){0,4}(?:#0{0,5}64|#x0{0,4}40|commat);|\\u(?:0040|ff20)"
    r"|\s?[\[({<]\s?(?:at|@|arroba)\s?[\])}>]\s?|\s?@\s?",
    re.IGNORECASE,
)
_UNSEEN = "\u00ad\u200b-\u200f\u2060\ufeff"
_ESCAPED = r"\\u[0-9a-fA-F]{4}|&(?!lt;|gt;|quot;|apos;|amp;|nbsp;)#?\w{1,8};"
_LOCAL = re.compile(rf"(?:\{{[^{{}}<>@]{{1,200}}\}}|(?:[\w+]|{_ESCAPED})(?:[\w.+'’~%{_UNSEEN}-]|{_ESCAPED}){{0,64}})$")
_LOCAL_MOST = 100
_DOT = r"(?:\.|%2e|&(?:amp;){0,4}(?:#0{0,5}46|period);|\\u002e|\s?[\[({]\s?(?:dot|punkt|punto|point|\.)\s?[\])}]\s?)"
_DOMAIN = re.compile(
    rf"(?:[\w{_UNSEEN}-]{{1,63}}{_DOT}){{1,8}}(?P<top>xn--[\w-]{{1,59}}|[^\W\d_]{{2,24}})|\[\d{{1,3}}(?:\.\d{{1,3}}){{3}}\]",
    re.IGNORECASE,
)
_CUT_OFF = re.compile(rf"[\w.{_UNSEEN}-]{{0,255}}")
_AFTER_BLANKS = re.compile(r"com|org|net|edu|gov|info|[a-z]{2}")
_FILE_ENDINGS = "asp aspx css gif htm html jpeg jpg js json jsp pdf php png svg txt xml"
_FILES = frozenset(_FILE_ENDINGS.split())
_JSON_ESCAPES = frozenset("bfnrt")

_LABEL = re.compile(
    r"(?:(?:mailto:|\b(?:e[-‐‑]?\s?mails?|e-?posta|courriels?|correo\s+electr[oó]nico)(?:[-\s](?:address(?:es)?|adresse|id))?\s?[:：]?)\s?)$",
    re.IGNORECASE,
)
_LABEL_MOST = 60
_AROUND = ("()", "<>", "[]", "{}")
_RUNS = re.compile(r"[^\S\n]{2,}|[^\S\n ]")
_COMMAS = re.compile(r"([,;])(?:\s{0,9}[,;])+")
_USER = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*://)[^/?#]*@")


def suspicious(text: str) -> bool:
    """Determine whether an address may be in the text; a text without one is hardly ever suspected."""
    if "@" in text:
        return True
    for first, signs in _SIGNS.items():  # every text is asked: generators would take three times as long
        if first in text:
            for sign in signs:
                if sign in text:
                    return True
    return False


def has_email(text: str) -> bool:
    """Determine whether an e-mail address is in the text.

    >>> has_email("jane%40example.org"), has_email("https://social.example/@jane@other.example/1")
    (True, False)
    """
    return suspicious(text) and next(_found(text), None) is not None


def count(text: str) -> int:
    """Return how many e-mail addresses are in the text."""
    return sum(1 for _ in _found(text)) if suspicious(text) else 0


def without_email(text: str) -> str:
    """Return the text without e-mail addresses, and without the words and brackets that only introduce them.

    >>> without_email("Doe, Jane (e-mail: jane@example.org), Example University")
    'Doe, Jane, Example University'
    """
    if not suspicious(text):
        return text
    kept, at = list[str](), 0
    for start, end in _found(text):
        before, behind = _unlabelled(text[at:start]), text[end : end + 1]
        if behind and before[-1:] + behind in _AROUND:
            before, end = _unlabelled(before[:-1].rstrip()), end + 1
        kept.append(before)
        at = end
    if not kept:
        return text
    return _COMMAS.sub(r"\1", _RUNS.sub(" ", "".join([*kept, text[at:]])).replace(" ,", ",")).strip(" ,;")


def masked(text: str, *, cut: bool = False) -> str:
    """Return the text with an asterisk for each byte of an e-mail address: it is as long as it was, in UTF-8 too.

    Where the text was cut off, so may be an address at its end.

    >>> masked("Mail: jörg@example.org.")
    'Mail: *****@***********.'
    """
    if not suspicious(text):
        return text
    kept, at = list[str](), 0
    for start, end in _found(text, cut):
        kept += text[at:start], "".join(map(_star, text[start:end]))
        at = end
    return "".join([*kept, text[at:]]) if kept else text


def iri_without_email(iri: str) -> str:
    """Return the IRI without whoever logs in and without the parameters that are e-mail addresses.

    Empty where it has one all the same.

    >>> iri_without_email("https://example.org/x?m=jane@example.org&n=1"), iri_without_email("mailto:j@example.org")
    ('https://example.org/x?n=1', '')
    """
    if not has_email(iri):
        return iri
    address, hash_sign, fragment = _USER.sub(r"\1", iri).partition("#")
    path, _, query = address.partition("?")
    kept = "&".join(one for one in query.split("&") if one and not has_email(one))
    iri = f"{path}?{kept}" if kept else path
    iri += hash_sign + fragment
    return "" if has_email(iri) else iri


def _found(text: str, cut: bool = False) -> Iterator[tuple[int, int]]:
    """Yield where the addresses begin and end."""
    last = 0
    for at in _AT.finditer(text):
        end = _domain(text, at, cut)
        start = _local(text, max(last, at.start() - _LOCAL_MOST), at.start()) if end else None
        if start is not None:
            last = end
            yield start, end


def _local(text: str, first: int, behind: int) -> int | None:
    """Return where the part before the sign begins, None where there is none or it is a handle's."""
    found = _LOCAL.search(text, first, behind)
    if not found:
        return None
    start = found.start()
    if start and text[start - 1] == "\\" and text[start] in _JSON_ESCAPES:  # "\n" in a text of JSON
        start += 1
    return None if start == behind or text[max(0, start - 2) : start] == "/@" else start


def _domain(text: str, at: re.Match[str], cut: bool) -> int:
    """Return where the part behind the sign ends, 0 where there is none."""
    found = _DOMAIN.match(text, at.end())
    if not found:
        rest = _CUT_OFF.match(text, at.end())
        return len(text) if cut and rest and rest.end() == len(text) else 0
    top = found["top"] or ""
    if top.lower() in _FILES or (at[0].strip() == "@" != at[0] and not _AFTER_BLANKS.fullmatch(top)):
        return 0
    return found.end()


def _unlabelled(text: str) -> str:
    """Return what stands before an address without the word that introduces it."""
    return text[:-_LABEL_MOST] + _LABEL.sub("", text[-_LABEL_MOST:])


def _star(sign: str) -> str:
    return "@" if sign == "@" else "*" * len(sign.encode("utf-8", "surrogatepass"))
