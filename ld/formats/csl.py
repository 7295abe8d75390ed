"""A record's summary becomes a citation in CSL-JSON (CSL 1.0.2, csl-data.json): a list of one item."""

from __future__ import annotations

from typing import Any

import msgspec

from ld.formats.citation import Cited, abstract, addresses, cited, divided, first, listed
from ld.formats.dating import Parts, When
from ld.formats.media import Format, Of, register
from ld.summary import Agent, Summary

_ROLES = ("author", "editor", "translator", "director", "illustrator")


def csl(summary: Summary, url: str) -> bytes:
    """Return the citation as CSL-JSON; names that the source does not split are `literal`."""
    one = cited(summary)
    item: dict[str, Any] = {"id": url, "type": one.row["csl"], "title": one.title}
    for role in _ROLES:
        people = [_name(person) for person in listed(summary, role)]
        if people:
            item[role] = people
    if date := _date(one.when):
        item["issued"] = date
    texts = _where(one) | _issued(one, summary) | _found(one, summary, url)
    item |= {name: value for name, value in texts.items() if value}
    return msgspec.json.format(msgspec.json.encode([item])) + b"\n"


def _where(one: Cited) -> dict[str, str]:
    place, (start, end) = one.place, one.pages
    dash = "–" if "-" in start + end else "-"  # the hyphen of one number is no range
    return {
        "container-title": place.whole, "collection-title": place.series, "collection-number": place.of_series,
        "volume": place.volume, "issue": place.issue, "page": f"{start}{dash}{end}" if end else start,
        "number": one.article_number,
    }  # fmt: skip


def _issued(one: Cited, summary: Summary) -> dict[str, str]:
    thesis = one.row["csl"] == "thesis"
    return {
        "publisher": ", ".join([one.school] if one.school else one.publishers),
        "publisher-place": ", ".join(summary.publication_places), "edition": one.edition,
        "genre": f"{one.degree} thesis" if one.degree else one.medium if thesis else "",
        "status": summary.status, "note": ". ".join(one.notes),
    }  # fmt: skip


def _found(one: Cited, summary: Summary, url: str) -> dict[str, str]:
    return {
        "ISSN": one.place.issn, "DOI": summary.doi, "ISBN": one.place.isbn, "URL": addresses(summary, url)[0],
        "language": first(summary.tags), "abstract": abstract(summary),
        "keyword": ", ".join(word.text for word in summary.keywords),
    }  # fmt: skip


def _date(when: When) -> dict[str, Any]:
    """Return the date as CSL has it: two for a span, `circa` where it is not sure, in words where one end is open."""
    if when.several and not (when.start and when.end):
        parts = when.start or when.end
        return {"date-parts": [_parts(parts)], "literal": when.said("–")}
    found: dict[str, Any] = {"date-parts": [_parts(parts) for parts in (when.start, when.end) if parts]}
    found |= {"season": when.season} if when.season else {}
    found |= {"circa": True} if when.doubt else {}
    return found if when.start else {}


def _parts(parts: Parts) -> list[int]:
    """Return year, month and day; CSL counts the years before Christ from -1, EDTF from 0."""
    return [parts[0] if parts[0] > 0 else parts[0] - 1, *parts[1:]]


def _name(person: Agent) -> dict[str, str]:
    if not divided(person):
        return {"literal": person.name}
    suffix = {"suffix": person.suffix} if person.suffix else {}
    return {"family": person.family, "given": person.given} | suffix


CSL = register(
    Format(
        "csl.json",
        "application/vnd.citationstyles.csl+json",
        "CSL-JSON",
        charset=False,
        of={Of.CITATION: 3},
        write=lambda shown: csl(shown.cited, shown.url),
    )
)
