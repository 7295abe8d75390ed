"""A record's summary becomes a citation in RIS, of which no value can open a line of its own."""

from __future__ import annotations

from ld.formats.citation import Cited, abstract, addresses, cited, divided, listed
from ld.formats.media import Format, Of, register
from ld.summary import Agent, Summary

_NOT_ALL = "Not all names are given"
Lines = list[tuple[str, str]]


def ris(summary: Summary, url: str) -> str:
    """Return the citation in RIS, lines ended by CR LF."""
    one = cited(summary)
    lines = [("TY", one.row["ris"]), ("TI", one.title), *_people(one, summary), *_where(one), *_issued(one, summary)]
    lines += [("SN", one.place.issn or one.place.isbn), ("DO", summary.doi)]
    lines += [("UR", address) for address in addresses(summary, url)]
    lines += [("LA", tag) for tag in summary.tags]
    lines += [("KW", word.text) for word in summary.keywords]
    lines += [("AB", abstract(summary)), *(("N1", note) for note in one.notes)]
    lines += [("N1", _NOT_ALL)] if summary.incomplete else []
    body = "".join(f"{tag}  - {' '.join(value.split())}\r\n" for tag, value in lines if value)
    return f"{body}ER  - \r\n"


def _people(one: Cited, summary: Summary) -> Lines:
    roles = {"AU": one.authors, "ED": one.editors, "A4": listed(summary, "translator")}
    roles["A2"] = listed(summary, "director")
    return [(tag, _inverted(person)) for tag, agents in roles.items() for person in agents]


def _where(one: Cited) -> Lines:
    """Return what the work is a part of, and the pages; an article without pages has its number there too."""
    place, (start, end) = one.place, one.pages
    lines = [("T2", place.whole or place.series), ("T3", place.series if place.whole else "")]
    lines += [("VL", place.volume), ("IS", place.issue), ("M1", place.of_series)]
    return [*lines, ("SP", start), ("EP", end), ("C7", one.article_number)]


def _issued(one: Cited, summary: Summary) -> Lines:
    return [
        ("PY", one.when.year), ("DA", _date(one)), ("ET", one.edition), ("M3", one.medium or one.degree),
        *(("PB", name) for name in [one.school, *one.publishers]),
        *(("CY", name) for name in summary.publication_places),
    ]  # fmt: skip


def _date(one: Cited) -> str:
    """Return year, month and day; behind the third slash what these cannot say, as RIS has room for it there."""
    when = one.when
    said = when.season_name or (when.said("-") if when.several or when.doubt or not when.year else "")
    said = "" if said == when.year else said
    parts = [when.year, *(f"{part:02}" for part in when.start[1:])] if when.year and not when.several else [when.year]
    return "/".join([*parts, "", "", ""][:3]) + f"/{said}" if said else "/".join(parts)


def _inverted(person: Agent) -> str:
    """Return "Family, Given, Jr."; a comma in the name of a body would make a family's name of what is before it."""
    if divided(person):
        return ", ".join(part for part in (person.family, person.given, person.suffix) if part)
    return person.name.replace(",", "") if person.body else person.name


RIS = register(
    Format(
        "ris",
        "application/x-research-info-systems",
        "RIS",
        ("text/x-research-info-systems",),
        of={Of.CITATION: 2},
        write=lambda shown: ris(shown.cited, shown.url).encode(),
    )
)
