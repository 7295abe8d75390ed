"""What every source fills in alike: keywords, pages, DOI, addresses, licence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain

from msgspec.structs import replace

from ld.memo import remembered
from ld.record import Date, Record, Remark, Subject
from ld.values import dates, languages, names, text
from ld.values.vocab import vocabulary

_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
_MARKS_BEFORE = re.compile(r"^(?:[\s;,:·•*–—]|[-.](?=\s))+")
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
    record.page_start, record.page_end = text.value(start), text.value(end)
    if record.page_start:
        several = record.page_end and record.page_end != record.page_start
        record.pages = f"{record.page_start}-{record.page_end}" if several else record.page_start


def set_doi(record: Record, raw: str) -> None:
    """Set the DOI where it is one."""
    record.doi = names.doi(raw) if raw else ""
    if raw.strip() and not record.doi:
        record.remarks.append(Remark("doi", "not a DOI: left out", raw))


def set_urls(record: Record, raws: Iterable[str]) -> None:
    """Set the web addresses, each once; where there is no DOI yet, one of doi.org gives it."""
    for raw in dict.fromkeys(raws):
        address = names.url(raw)
        if address and address not in record.urls:
            record.urls.append(address)
        elif raw.strip() and not address:
            record.remarks.append(Remark("url", "not a web address: left out", raw))
    if not record.doi:
        record.doi = next((doi for url in record.urls if "doi.org/" in url and (doi := names.doi(url))), "")


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


def licence(raw: str) -> str:
    """Return the IRI of a licence by its name or its IRI (`vocab/codes/licences.csv`), empty where it is not known.

    >>> licence("CC BY 4.0"), licence("http://creativecommons.org/licenses/by/4.0"), licence("CC BY")
    ('https://creativecommons.org/licenses/by/4.0/', 'https://creativecommons.org/licenses/by/4.0/', '')
    """
    row = vocabulary().code("licences", raw.strip().casefold())
    if row:
        return row["iri"]
    iri = "https://" + raw.strip().partition("://")[2].removeprefix("www.").rstrip("/") + "/"
    return iri if any(row["iri"] == iri for row in vocabulary().rows("codes/licences.csv")) else ""
