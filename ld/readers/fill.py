"""What every source fills in alike: keywords, pages, DOI, addresses, licence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from urllib.parse import unquote

from msgspec.structs import replace

from ld.memo import cached, remembered
from ld.readers.limits import EXCERPT_CHARACTERS
from ld.readers.nobody import is_nobody
from ld.record import Date, Record, Remark, Subject
from ld.values import addresses, calendars, dates, identifiers, languages, licences, pages, text
from ld.values.vocab import vocabulary

_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
_MARKS_BEFORE = re.compile(r"^(?:[\s;,:·•*–—]|[-.](?=\s))+")
_SILENT = ("", "und", "undetermined")  # what MARC writes where nobody has said anything
_PROXY = re.compile(
    r"\s*https?://[^/\s]{1,253}/login\?(?:[^#\s]{0,200}&)?q?url=(https?(?:://|%3a%2f%2f).+)", re.IGNORECASE | re.DOTALL
)
_NO_ABSTRACT = 60  # letters: whoever says more than that says something
_NUMBER = re.compile("[0-9]+")
_NUMBERS = re.compile(r"[0-9]{1,4}(?:[-/.\s]{1,2}[0-9]{1,4}){1,2}")
_PRECISION = {"gYear": 1, "gYearMonth": 2}
_MARKS_BEHIND = re.compile(r"[\s;,:·•*–—]+$")


def keywords(raw: Iterable[str]) -> Iterator[str]:
    """Return the keywords, each once, without the marks around them; a list in one keyword is cut at its semicolons.

    >>> list(keywords(["; Blogs", "Internet;", "soil; water", ".NET", "land, use"]))
    ['Blogs', 'Internet', 'soil', 'water', '.NET', 'land, use']
    """
    return iter(dict.fromkeys(chain.from_iterable(map(_pieces, raw))))


@remembered
def _pieces(keyword: str) -> tuple[str, ...]:
    pieces = (_MARKS_BEHIND.sub("", _MARKS_BEFORE.sub("", piece)) for piece in text.plain(keyword).split(";"))
    return tuple(filter(None, map(text.without_stop, pieces)))


def set_language(record: Record, code: str) -> None:
    """Set the language of the keywords that have none yet."""
    record.subjects = [one if one.scheme or one.language else replace(one, language=code) for one in record.subjects]


def set_keyword_languages(record: Record) -> None:
    """Set the language of a keyword for which something speaks, where the source says it of the record only.

    Many articles have their keywords in English too, or only so: those of an English record are English, those of
    others are in the record's language where its title or its abstract, in that language, has them, or where they are
    not in Latin letters.
    """
    code = record.languages[0] if len(record.languages) == 1 else ""
    tag = languages.tag(code)
    texts = [one.casefold() for one in (record.title, record.abstract) if one and languages.agrees(one, tag)]
    if tag and texts:
        record.subjects = [
            replace(one, language=code) if _speaks_for(one, code, texts) else one for one in record.subjects
        ]


def _speaks_for(keyword: Subject, code: str, texts: list[str]) -> bool:
    """Determine whether something speaks for a keyword's being in the language of these texts."""
    if keyword.scheme or keyword.language:
        return False
    label = keyword.label
    if code == "eng" or (not label.isascii() and not _LATIN.search(label)):
        return True
    return any(label.casefold() in text for text in texts)


def set_pages(record: Record, start: str, end: str) -> None:
    """Set first page, last page and both as one text."""
    found = pages.read((start, end))
    record.page_start, record.page_end, record.pages = found.start, found.end, found.text
    if found.problem:
        given = end if found.start else " ".join(filter(None, (start, end)))
        record.remarks.append(Remark("pages", found.problem, given[:EXCERPT_CHARACTERS]))


def set_doi(record: Record, raw: str) -> None:
    """Set the DOI where it is one."""
    record.doi = identifiers.doi(raw) if raw else ""
    if raw.strip() and not record.doi:
        record.remarks.append(Remark("doi", "not a DOI: left out", raw[:EXCERPT_CHARACTERS]))


def set_urls(record: Record, raws: Iterable[str]) -> None:
    """Set the web addresses, each once; where there is no DOI yet, one of doi.org gives it."""
    for part, address in chain.from_iterable(map(addresses.addresses, dict.fromkeys(map(behind_proxy, raws)))):
        into = record.about_urls if address and _is_about(address) else record.urls
        if address and address not in into:
            into.append(address)
        elif not address:
            record.remarks.append(Remark("url", "not a web address: left out", part[:EXCERPT_CHARACTERS]))
    if not record.doi:
        record.doi = next((doi for url in record.urls if "doi.org/" in url and (doi := identifiers.doi(url))), "")


def behind_proxy(raw: str) -> str:
    """Return the address itself, where a library lets its own readers in through a proxy (EZproxy).

    >>> behind_proxy("http://proxy.example.edu/login?url=https://example.org/a?b=1")
    'https://example.org/a?b=1'
    >>> behind_proxy("https://example.edu/login?qurl=https%3A%2F%2Fexample.org%2Fa"), behind_proxy("http://x.org/login")
    ('https://example.org/a', 'http://x.org/login')
    """
    match = _PROXY.match(raw) if "login?" in raw else None
    if not match:
        return raw
    return unquote(match[1]) if "://" not in match[1] else match[1]


def abstract(raw: str, remarks: list[Remark]) -> str:
    """Return the plain text of an abstract, empty where it only says that there is none: that is remarked."""
    made = text.paragraphs(raw)
    if made and len(made) <= _NO_ABSTRACT and is_nobody(made, "abstract"):
        remarks.append(Remark("abstract", "says that there is no abstract: left out", raw[:EXCERPT_CHARACTERS]))
        return ""
    return made


@cached()
def _about() -> re.Pattern[str]:
    return re.compile("|".join(row["pattern"] for row in vocabulary().rows("codes/links.csv")), re.IGNORECASE)


def _is_about(address: str) -> bool:
    """Determine whether what is there is not the work but about it: its contents, its cover (`codes/links.csv`).

    >>> _is_about("http://d-nb.info/966104641/04"), _is_about("http://d-nb.info/966104641")
    (True, False)
    """
    return bool(_about().search(address))


def languages_of(raws: Iterable[str]) -> tuple[list[str], list[Remark]]:
    """Return the codes of the languages that the values name, each once, and a remark for each word that names none."""
    codes: dict[str, None] = {}
    remarks: list[Remark] = []
    for raw in dict.fromkeys(raws):
        found = languages.named(raw)
        codes |= dict.fromkeys(found.codes)
        unknown = found.unknown or (() if found.codes or raw.strip().casefold() in _SILENT else (raw,))
        remarks += [
            Remark("language", "names no language: left out", word[:EXCERPT_CHARACTERS]) for word in unknown if word
        ]
    return list(codes), remarks


def set_issued(record: Record, field: str, raw: str, date: Date | None, kind: calendars.Kind) -> bool:
    """Determine whether the date was set as that of issue; what is not read, or is in doubt, is remarked."""
    problem = calendars.unread(raw, kind) if date is None else calendars.doubt(date, raw, kind)
    if problem:
        record.remarks.append(Remark(field, problem, raw[:EXCERPT_CHARACTERS]))
        return False
    record.issued = date
    return True


def remark_rest(record: Record, field: str, raw: str) -> None:
    """Remark that less was taken of a date in numbers than stands there: "03/04/2009" is the year alone."""
    date = record.issued
    if date and _NUMBERS.fullmatch(raw.strip()) and len(_NUMBER.findall(raw)) > _PRECISION.get(date.datatype, 3):
        record.remarks.append(Remark(field, "read in part: the rest has two readings, or none", raw))


def set_filled_in(record: Record, field: str, raw: str, kind: calendars.Kind) -> None:
    """Set a date of DOAJ, and how it was read where less was taken than stands there."""
    how: list[str] = []
    if set_issued(record, field, raw, filled_in(text.plain(raw), how), kind):
        record.how += how
        if not how:
            remark_rest(record, field, raw)


def filled_in(raw: str, how: list[str]) -> Date | None:
    """Return a date of DOAJ, which fills in the day always and the month where it is unknown: neither is taken.

    >>> filled_in("2019-04-01", []).value, filled_in("2019-01-01", []).value
    ('2019-04', '2019')
    """
    date = dates.parse(raw)
    if date is None or date.datatype != "date" or not date.value.endswith("-01"):
        return date
    if date.value.endswith("-01-01"):
        how.append("year-only")
        return dates.year(date.year)
    how.append("day-not-asserted")
    return Date(date.value[:7], "gYearMonth", date.year)


def set_licence(record: Record, raws: Iterable[str]) -> None:
    """Set the licence that all values agree on, and what else they say of rights.

    "CC BY" beside the IRI of a version of it says no more. Where one value says CC BY and another CC BY-NC, neither is
    the licence of the work: both stay texts.
    """
    found = {raw: licences.read(raw) for raw in dict.fromkeys(raws) if raw.strip()}
    iris = {one.iri for one in found.values() if one.iri}
    agreed = len(iris) == 1 and len({one.kind for one in found.values() if one.kind}) < 2
    record.licence = iris.pop() if agreed else ""
    record.rights_pages = list(dict.fromkeys(chain.from_iterable(one.pages for one in found.values())))
    for raw, one in found.items():
        repeated = agreed and bool(one.kind) and not one.iri
        problem = _DISAGREE if one.iri and not agreed else one.problem
        texts = (raw,) if one.iri and not agreed else one.texts
        record.rights += [clean for said in texts if not repeated and (clean := text.value(said)) not in record.rights]
        if problem and not repeated:
            record.remarks.append(Remark("licence", problem, raw[:EXCERPT_CHARACTERS]))


_DISAGREE = "another licence is said beside it: kept as text"
