"""The parts of one field become one thing: a person or body, a heading, a class, a series, a host, a related work."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

import ld.readers.isbd as isbd
from ld.readers import fill, people
from ld.readers.marc.authorities import Authority, authority
from ld.readers.marc.entry import Field
from ld.record import Container, Left, Record, Subject

Parts = dict[str, list[Any]]
_NOT_ITS_OWN = "a number of another thesaurus, or of the heading without its subdivisions"
_TAKEN = "volume, issue and pages are taken out of it"
_SIGNS = re.compile(r"[\W_]+")
_VOLUME = re.compile(r"\b(?:vol(?:ume)?|v|bd|band|t|jahrgang|jg|årg|roč)\b\.?\s?(\d{1,4})\b", re.IGNORECASE)
_ISSUE = re.compile(r"\b(?:no|nr|num|number|iss(?:ue)?|heft|h|pt)\b\.?\s?(\d{1,4}(?:[/-]\d{1,4})?)\b", re.IGNORECASE)
_PAGES = re.compile(r"\b(?:pp?|pages?|s|seiten?)\b\.?\s?(\w?\d{1,6})(?:\s?[-–]\s?(\w?\d{1,6}))?", re.IGNORECASE)
_COUNTED = re.compile(r"(\d{1,5})(?::(\d{1,5}))?<(\d{1,6})(?:-(\d{1,6}))?")


def agent(record: Record, parts: Parts, field: Field, corporate: bool) -> bool:
    """Add a person or body with its roles; return whether there is one."""
    name = _first(parts, "name")
    if not name:
        return False
    is_heading = "printed" not in parts
    made = people.heading(name, "", corporate) if is_heading else people.transcribed(name, None, "", corporate)
    if field.indicators[:1] == "0" and not corporate:  # a forename stands first: nothing of it is a family name
        made = replace(made, given="", family="")
    known: list[Authority] = parts.get("authority", [])
    if known:
        orcid = next((one.iri for one in known if one.scheme == "orcid"), "")
        other = next((one for one in known if one.scheme != "orcid"), None)
        made = replace(
            made, orcid=orcid, **({"number": f"{other.scheme}-{other.number}", "iri": other.iri} if other else {})
        )
    before = {(one.name, one.role) for one in record.people}
    for role in dict.fromkeys(parts.get("role") or [""]):  # one who wrote and drew stands in the list twice
        if (made.name, role) not in before:
            record.people.append(replace(made, role=role))
    if made.life and "pbl" in parts.get("role", ()):  # a publisher is an organization by its name
        record.left += [Left(f"{field.tag}$d", "the dates of a publisher", raw) for raw in field.all("d")]
    return True


def person(record: Record, parts: Parts, field: Field) -> bool:
    """Add a person."""
    return agent(record, parts, field, False)


def body(record: Record, parts: Parts, field: Field) -> bool:
    """Add a corporate body or a meeting."""
    return agent(record, parts, field, True)


def subject(record: Record, parts: Parts, field: Field) -> bool:
    """Add a heading of a thesaurus, or a keyword where none is named."""
    labels = parts.get("label", [])
    if not labels:
        return False
    scheme = _scheme(_first(parts, "scheme"))
    known = _in_scheme(parts, scheme)
    if known and (len(labels) > 1 or ("--" in labels[0] and not known.subdivided)):
        known = None
    if not scheme and "scheme" in parts:
        record.left += [
            Left(f"{field.tag}$2", "a heading of the library's own: a keyword", raw) for raw in field.all("2")
        ]
    for label in labels:
        made = Subject(label, scheme, known.number if known else "", iri=known.iri if known else "")
        if made not in record.subjects:
            record.subjects.append(made)
    if known is None and "authority" in parts:
        numbers = ((code, raw) for code, raw in field.subfields if code in "01" and authority(raw))
        record.left += [Left(f"{field.tag}${code}", _NOT_ITS_OWN, raw) for code, raw in numbers]
    return True


def _scheme(raw: str) -> str:
    """Return the short name of a thesaurus as addresses have it."""
    scheme = _SIGNS.sub("-", raw.casefold().partition("/")[0]).strip("-")  # behind the stroke stands an edition
    return "" if scheme == "local" else scheme


def _in_scheme(parts: Parts, scheme: str) -> Authority | None:
    """Return what $0 or $1 names in the heading's own thesaurus."""
    known: list[Authority] = parts.get("authority", [])
    return next((one for one in known if scheme and one.scheme == scheme), None)


def mark(record: Record, parts: Parts, field: Field) -> bool:
    """Add the class marks of a scheme."""
    codes, scheme = parts.get("code"), _scheme(_first(parts, "scheme"))
    if not codes or not scheme:
        return False
    for made in (Subject("", scheme, code) for code in codes):
        if made not in record.subjects:
            record.subjects.append(made)
    return True


def series(record: Record, parts: Parts, field: Field) -> bool:
    """Add the series of a field, each with the number in it; a second title is mostly that of a part of the first."""
    numbers = parts.get("number", [])
    for n, title in enumerate(parts.get("title", [])):
        number = numbers[n] if n < len(numbers) else ""
        made = Container("series", title, number=number) if number else isbd.series(title)
        same = next((one for one in record.containers if one.title.casefold() == made.title.casefold()), None)
        if same is None:
            record.containers.append(made)
        elif made.number and not same.number:
            record.containers[record.containers.index(same)] = replace(same, number=made.number)
    return "title" in parts


def host(record: Record, parts: Parts, field: Field) -> bool:
    """Add what an article or a chapter stands in, with volume, issue and pages."""
    title, issn, cited = _first(parts, "title"), _first(parts, "issn"), _first(parts, "cited")
    if not title and not issn:
        return False
    volume, issue, start, end = _place(cited, _first(parts, "counted"))
    if volume or issue or start:
        record.left += [Left("773$g", _TAKEN, raw) for raw in field.all("g")]
    if start and not record.page_start:
        fill.set_pages(record, start, end)
    if "chapter" in record.format or "part" in record.format:
        return _book(record, Container("book", title, isbns=tuple(parts.get("isbn", ())), volume=volume), field)
    record.left += [Left("773$z", "the number of what the work stands in", raw) for raw in field.all("z")]
    if "article" in record.format or issn:
        record.containers.append(Container("journal", title, issn, volume=volume, issue=issue))
    else:
        record.related_titles.append(f"In: {title}, {cited}" if cited else f"In: {title}")
        return True
    if cited and not (volume or issue or start):
        record.reference = record.reference or (f"{title}. {cited}" if title else cited)
    return True


def _book(record: Record, book: Container, field: Field) -> bool:
    """Add the book of a chapter, which is part of one document only (BIBO)."""
    if any(one.kind == "book" for one in record.containers):
        record.left += [Left("773$t", "a further book that the chapter stands in", raw) for raw in field.all("t")]
    else:
        record.containers.insert(0, book)
    return True


def _place(cited: str, counted: str) -> tuple[str, str, str, str]:
    """Return volume, issue, first and last page of "Vol. 12, no. 3 (1995), p. 5-10" or of "12:3<5" ($g, $q).

    >>> _place("Vol. 12, no. 3 (Mar. 1995), p. 5-10", ""), _place("", "12:3<5")
    (('12', '3', '5', '10'), ('12', '3', '5', ''))
    """
    if found := _COUNTED.fullmatch(counted.strip()):
        return found[1], found[2] or "", found[3], found[4] or ""
    volume, issue, pages = _VOLUME.search(cited), _ISSUE.search(cited), _PAGES.search(cited)
    return (
        volume[1] if volume else "",
        issue[1] if issue else "",
        pages[1] if pages else "",
        (pages[2] or "") if pages else "",
    )


def _first(parts: Parts, name: str) -> str:
    values = parts.get(name)
    return values[0] if values else ""


Build = Callable[[Record, Parts, Field], bool]
THINGS: dict[str, tuple[Build, frozenset[str]]] = {
    "person": (person, frozenset(["name", "role", "authority", "printed"])),
    "body": (body, frozenset(["name", "role", "authority", "printed"])),
    "subject": (subject, frozenset(["label", "scheme", "authority"])),
    "class": (mark, frozenset(["code", "scheme"])),
    "series": (series, frozenset(["title", "number", "issn"])),
    "host": (host, frozenset(["title", "issn", "isbn", "cited", "counted"])),
}
