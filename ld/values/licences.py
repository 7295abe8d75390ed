"""Licences: an address or a name becomes the IRI of the licence, whole and in one form, or stays the text that it is.

Creative Commons has an IRI for each licence, version and jurisdiction (creativecommons.org/licenses/list.en), and no
text names one of them that leaves out the version. A statement of rightsstatements.org is no licence.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from msgspec import Struct

from ld.memo import cached, remembered
from ld.values.addresses import url
from ld.values.identifiers import UNSEEN
from ld.values.vocab import vocabulary

_CC = "https://creativecommons.org/"
_KINDS = {frozenset(code.split("-")): code for code in ("by", "by-sa", "by-nd", "by-nc", "by-nc-sa", "by-nc-nd")}
_VERSIONS = ("1.0", "2.0", "2.1", "2.5", "3.0", "4.0")
_HOST = r"(?:https?:)?(?://)?(?:www\.)?creativecommons\.org"
_CC_ADDRESS = re.compile(
    rf"{_HOST}/licen[cs]es/([a-z]{{2}}(?:-[a-z]{{2}}){{0,2}})/([0-9]\.[0-9])(?:/([a-z-]{{2,10}})(?![a-z.]))?(?:[/.#?][\w./#?=&;-]*)?",
    re.IGNORECASE,
)
_CC_VERSIONLESS = re.compile(rf"{_HOST}/licen[cs]es/([a-z]{{2}}(?:-[a-z]{{2}}){{0,2}})/?(?![\w/])", re.IGNORECASE)
_CC_DOMAIN = re.compile(rf"{_HOST}/publicdomain/(zero|mark)/1\.0(?:[/.#?][\w./#?=&;-]*)?", re.IGNORECASE)
_STATEMENT = re.compile(
    r"(?:https?:)?(?://)?(?:www\.)?rightsstatements\.org/(?:vocab|page)/"
    r"(InC(?:-OW-EU|-EDU|-NC|-RUU)?|NoC-(?:CR|NC|OKLR|US)|CNE|UND|NKC)/1\.0(?:[/?#][\w./?=&-]*)?",
    re.IGNORECASE,
)
_STATEMENTS = "InC InC-OW-EU InC-EDU InC-NC InC-RUU NoC-CR NoC-NC NoC-OKLR NoC-US CNE UND NKC".split()  # noqa: SIM905
_VERSION = re.compile(r"(?<![\d.,])v?([1-4])[.,]([015])(?![\d.,]\d|\d)")
_MAJOR = re.compile(r"(?<!\w)v?([34])(?!\w)")
# "CC-BY-SA-3.0-DE", as SPDX writes the licences that were ported to a jurisdiction.
_PORTED = re.compile(r"(?<=[123][.,][015])[\s-]+\(?([A-Za-z]{2})\)?\.?\Z")
_MARKS = re.compile(r"[\W_]+")
_NO_VERSION = "a licence without its version: kept as text"
_UNKNOWN = "names no licence that is known: kept as text"
_LONGEST = 5_000  # a longer text says much more than a licence


class Licence(Struct, frozen=True):
    """What a value says of rights: the IRI of a licence; the texts and the addresses that say more, or all.

    `kind` is what Creative Commons calls the licence without its version ("by-nc"), `problem` why there is no IRI.
    """

    iri: str = ""
    kind: str = ""
    texts: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    problem: str = ""


def _read(raw: str) -> Licence:
    """Return what the value says.

    >>> _read("CC BY 4.0").iri, _read("//creativecommons.org/licenses/by/3.0/br/deed.pt").iri, _read("CC BY").iri
    ('https://creativecommons.org/licenses/by/4.0/', 'https://creativecommons.org/licenses/by/3.0/br/', '')
    """
    text = " ".join(UNSEEN.sub("", raw).split())
    if not text:
        return Licence()
    if len(text) > _LONGEST:
        return Licence(texts=(text,), problem=_UNKNOWN)
    found = {*_of_addresses(text)}
    if found:
        return found.pop() if len(found) == 1 else Licence(texts=(text,), problem="several licences: none is said")
    if page := url(text):
        return _versionless_address(text, page)
    row = vocabulary().code("licences", text.casefold().rstrip("."))
    if row and row["iri"]:
        statement = "rightsstatements.org" in row["iri"]
        return Licence(pages=(row["iri"],)) if statement else _licence(row["iri"])
    return _named(text)


read = remembered(_read)


def _of_addresses(text: str) -> list[Licence]:
    """Return the licences whose addresses stand in the text; what else it says is kept beside them."""
    found = [made for match in _CC_ADDRESS.finditer(text) if (made := _of_address(match, text))]
    found += [_beside(f"{_CC}publicdomain/{m[1].lower()}/1.0/", m, text) for m in _CC_DOMAIN.finditer(text)]
    spelled = {code.lower(): code for code in _STATEMENTS}
    for match in _STATEMENT.finditer(text):
        page = f"http://rightsstatements.org/vocab/{spelled[match[1].lower()]}/1.0/"
        found.append(Licence(texts=_rest(match, text), pages=(page,)))
    return found


def _of_address(match: re.Match[str], text: str) -> Licence | None:
    kind = _KINDS.get(frozenset(match[1].lower().split("-")), "")
    version, place = match[2], (match[3] or "").lower()
    if not kind or version not in _VERSIONS:
        return None
    port = place if version != "4.0" and place in _ports() else ""
    return _beside(_cc(kind, version, port), match, text)


def _beside(iri: str, match: re.Match[str], text: str) -> Licence:
    return _licence(iri, _rest(match, text))


def _rest(match: re.Match[str], text: str) -> tuple[str, ...]:
    """Return the whole text where it says more than the address."""
    return (text,) if _MARKS.sub("", text[: match.start()] + text[match.end() :]) else ()


def _licence(iri: str, texts: tuple[str, ...] = ()) -> Licence:
    code = iri.removeprefix(_CC).split("/")[1] if iri.startswith(_CC) else ""
    return Licence(iri, _KINDS.get(frozenset(code.split("-")), code), texts)


def _cc(kind: str, version: str, port: str = "") -> str:
    code = "by-nd-nc" if (kind, version) == ("by-nc-nd", "1.0") else kind
    return f"{_CC}licenses/{code}/{version}/{port + '/' if port else ''}"


def _versionless_address(text: str, page: str) -> Licence:
    """Return the address of a page about rights, or of a licence without the version that would make it one."""
    match = _CC_VERSIONLESS.fullmatch(text)
    kind = _KINDS.get(frozenset(match[1].lower().split("-")), "") if match else ""
    if kind:
        return Licence(kind=kind, texts=(text,), problem=_NO_VERSION)
    return Licence(texts=(text,), problem=_UNKNOWN) if "creativecommons.org" in page else Licence(pages=(page,))


def _named(text: str) -> Licence:
    """Return the licence of Creative Commons that the text names and says no more than that; else the text."""
    ported = _PORTED.search(text)
    port = ported[1].lower() if ported and ported[1].lower() in _ports() else ""
    words = f" {_spaced(text[: ported.start()] if ported and port else text)} "
    versions = {f"{match[1]}.{match[2]}" for match in _VERSION.finditer(words)}
    said: Counter[str] = Counter([f"port:{port}"] if port else [])
    without = _MARKS.sub(" ", _VERSION.sub(" ", words))
    rest = _MARKS.sub(" ", _phrases().sub(lambda phrase: _noted(said, phrase[0]), without)).strip()
    major = None if versions else _MAJOR.fullmatch(rest)
    if (rest and not major) or len(versions) > 1 or not _is_one(said):
        return Licence(texts=(text,), problem=_UNKNOWN)
    return _said(frozenset(said), f"{major[1]}.0" if major else "".join(versions), text)


def _is_one(said: Counter[str]) -> bool:
    """Determine whether a licence named twice, as in "Attribution-NonCommercial (CC BY-NC)", is the same each time."""
    return len({said[element] for element in ("by", "nc", "nd", "sa") if said[element]}) < 2


def _said(said: frozenset[str], version: str, text: str) -> Licence:
    """Return the licence with these elements ("by", "nc", "port:de") in that version."""
    ports = [one.removeprefix("port:") for one in said if one.startswith("port:")]
    elements = frozenset(one for one in said if not one.startswith("port:"))
    for name in ("zero", "mark"):
        if elements == {name} and version in ("", "1.0") and not ports:
            return _licence(f"{_CC}publicdomain/{name}/1.0/")
    kind = _KINDS.get(elements, "")
    if not kind:
        return Licence(texts=(text,), problem=_UNKNOWN)
    if version not in _VERSIONS or len(ports) > 1 or (ports and version == "4.0"):
        return Licence(kind=kind, texts=(text,), problem=_UNKNOWN if version else _NO_VERSION)
    return _licence(_cc(kind, version, "".join(ports)))


def _noted(said: Counter[str], phrase: str) -> str:
    said.update(_meanings()[phrase].split())
    return " "


def _spaced(text: str) -> str:
    """Return the text in lower case, its marks but for those in numbers as blanks."""
    return re.sub(r"(?<!\d)[^\w\s]|[^\w\s](?!\d)|_", " ", unicodedata.normalize("NFKC", text).casefold())


@cached()
def _meanings() -> dict[str, str]:
    """Return what the phrases of `vocab/codes/licence_words.csv` mean, as they stand in a text without marks."""
    rows = vocabulary().rows("codes/licence_words.csv")
    return {_MARKS.sub(" ", _spaced(row["phrase"])).strip(): row["means"] for row in rows}


@cached()
def _phrases() -> re.Pattern[str]:
    """Return what finds the phrases, the longest first; those of scripts without blanks also inside a word."""
    phrases = sorted(_meanings(), key=len, reverse=True)
    return re.compile(
        "|".join(re.escape(one) if one[0] > "\u2e80" else rf"(?<!\w){re.escape(one)}(?!\w)" for one in phrases)
    )


@cached()
def _ports() -> frozenset[str]:
    """Return the jurisdictions that licences were ported to."""
    return frozenset(one.removeprefix("port:") for one in _meanings().values() if one.startswith("port:"))
