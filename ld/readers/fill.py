"""What every source fills in alike: keywords, pages, DOI, addresses, licence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain

from ld.memo import remembered
from ld.readers.limits import EXCERPT_CHARACTERS
from ld.record import Date, Record, Remark
from ld.values import calendars, dates, names, text
from ld.values.vocab import vocabulary

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


def set_issued(record: Record, field: str, raw: str, date: Date | None, kind: calendars.Kind) -> bool:
    """Determine whether the date was set as that of issue; what is not read, or is in doubt, is remarked."""
    problem = calendars.unread(raw, kind) if date is None else calendars.doubt(date, raw, kind)
    if problem:
        record.remarks.append(Remark(field, problem, raw[:EXCERPT_CHARACTERS]))
        return False
    record.issued = date
    return True


def set_filled_in(record: Record, field: str, raw: str, kind: calendars.Kind) -> None:
    """Set a date of DOAJ, and how it was read where less was taken than stands there."""
    how: list[str] = []
    if set_issued(record, field, raw, filled_in(text.plain(raw), how), kind):
        record.how += how


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
