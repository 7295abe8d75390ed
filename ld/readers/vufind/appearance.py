"""Where a work appeared, as VuFind's index has it: journal, series, the book of a chapter, the record above."""

from __future__ import annotations

import re

from ld.readers import isbd
from ld.readers.vufind.kind import ARTICLES, SERIALS, is_part
from ld.record import Container, Left, Record, Remark
from ld.values import identifiers, text

_ONLINE = re.compile(r"\((?:electronic|online|e-?issn|web)\b", re.IGNORECASE)
_PRINT = re.compile(r"\((?:print|paper|p-?issn)", re.IGNORECASE)
Fields = dict[str, list[str]]
_HOST = "an ISBN of the work it is part of, which has a record of its own: left out"
_NO_SERIES = "names no series"
_NO_ID = "the title of a work above, whose record is not named"
_PRINTED = "the series as it is printed: its heading is said"
_ELSEWHERE = "an ISSN of a series or of another form or title of the work: the index does not say of which"
_UNPLACED = "by its kind the record is no part of another work: what it appeared in is left out"


def set_containers(work: Record, fields: Fields, issns: list[str], two_media: bool) -> None:
    """Set what the work appeared in; the ISSNs of a book are other works' and left out.

    `two_media` tells that two ISSNs are those of print and online, in this order.
    """
    above = _above(work, fields)
    title = text.unpunctuated(text.plain(_first(fields, "container_title")))
    series = _series(work, fields)
    if work.format in SERIALS:
        work.containers = [_serial(work.title, fields, issns), *series]
    elif work.format in ARTICLES and title:
        work.containers = [*_journal(work, fields, title, issns, two_media), *series]
    elif work.format in ARTICLES:
        named = text.unpunctuated(text.plain(_first(fields, "series")))
        work.containers = _journal(work, fields, named, issns, two_media)
    elif is_part(work.format):
        work.containers = [*_host(work, fields, title, above), *series]
    else:
        elsewhere = _elsewhere(work, fields, title, issns, two_media) if title else []
        work.containers = [*series, *elsewhere]
    work.containers += above
    _leave_issns(work, fields)


def _serial(title: str, fields: Fields, issns: list[str]) -> Container:
    """Return the serial with its own ISSN, the first (MARC 022), and that of the other medium where both are told."""
    first = next(iter(issns), "")
    online = [number for raw in fields.get("issn", ()) if _ONLINE.search(raw) for number in identifiers.issns(raw)]
    printed = [number for raw in fields.get("issn", ()) if _PRINT.search(raw) for number in identifiers.issns(raw)]
    if first in online:
        return Container(kind="journal", title=title, issn=next(iter(printed), ""), eissn=first)
    return Container(kind="journal", title=title, issn=first, eissn=next(iter(online), "") if first in printed else "")


def _leave_issns(work: Record, fields: Fields) -> None:
    """Leave the ISSNs that stand for other works: the index runs those of 022, 440, 490 and 7XX together."""
    said = {number for one in work.containers for number in (one.issn, one.eissn)}
    noted = {remark.value for remark in work.remarks if remark.field == "issn"}
    for raw in fields.get("issn", ()):
        found = identifiers.issns(raw)
        if found and not said.intersection(found) and not noted.intersection((raw, *found)):
            work.left.append(Left("issn", _ELSEWHERE, raw))


def _series(work: Record, fields: Fields) -> list[Container]:
    """Return the series, each once; what one is called on the book itself is left out beside its heading."""
    found = isbd.joined_series(fields.get("series", ()), fields.get("series2", ()))
    known = {one.title for one in found}
    work.left += [Left("series2", _NO_SERIES, raw) for raw in fields.get("series2", ()) if not isbd.series(raw).title]
    printed = (raw for raw in fields.get("series2", ()) if (title := isbd.series(raw).title) and title not in known)
    work.left += [Left("series2", _PRINTED, raw) for raw in printed]
    return found


def _above(work: Record, fields: Fields) -> list[Container]:
    """Return the records above this one, with their titles and its number in them, which stand at the same places."""
    found: dict[str, Container] = {}
    for n, parent in enumerate(fields.get("hierarchy_parent_id", ())):
        title, number = (
            values[n] if n < len(values := fields.get(name, [])) else ""
            for name in ("hierarchy_parent_title", "hierarchy_sequence")
        )
        known = parent.strip()
        if known not in ("", work.id) and known not in found:
            named = text.unpunctuated(text.plain(title))
            found[known] = Container("record", named, record=known, number=isbd.number(number))
    named_here = {one.title for one in found.values()}
    for raw in fields.get("hierarchy_parent_title", ()):
        if raw.strip() and text.unpunctuated(text.plain(raw)) not in named_here:
            work.left.append(Left("hierarchy_parent_title", _NO_ID, raw))
    return list(found.values())


def _host(work: Record, fields: Fields, title: str, above: list[Container]) -> list[Container]:
    """Return the book of a chapter: its title and ISBNs, which are never the chapter's own."""
    isbns, work.isbns = tuple(work.isbns), []
    if above:
        work.remarks += [Remark("isbn", _HOST, raw) for raw in fields.get("isbn", ()) if raw.strip()]
        return []
    editors = tuple(dict.fromkeys(one.entry for one in work.people if one.role == "edt"))
    return [Container("book", title, isbns=isbns, editors=editors)] if title or isbns else []


def _elsewhere(work: Record, fields: Fields, title: str, issns: list[str], two_media: bool) -> list[Container]:
    """Return the journal of what is neither called an article nor a chapter, where there are signs of one."""
    if issns or _first(fields, "container_volume") or _first(fields, "container_issue"):
        return _journal(work, fields, title, issns, two_media)
    work.remarks.append(Remark("container_title", _UNPLACED, title))
    return []


def _journal(work: Record, fields: Fields, title: str, issns: list[str], two_media: bool) -> list[Container]:
    two = 2 if two_media else 1
    for extra in issns[two:]:
        work.remarks.append(Remark("issn", "a further ISSN, of which medium or title is not said: left out", extra))
    issn, eissn = [*issns[:two], "", ""][:2]
    volume, issue = (isbd.number(_first(fields, f"container_{part}")) for part in ("volume", "issue"))
    if not title and not issn:
        return []
    return [Container(kind="journal", title=title, issn=issn, eissn=eissn, volume=volume, issue=issue)]


def _first(fields: Fields, name: str) -> str:
    return next((stripped for value in fields.get(name, ()) if (stripped := value.strip())), "")
