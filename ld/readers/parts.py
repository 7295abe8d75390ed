"""What a source says of the list that it is a page of; and whether the pages that are there make up the whole list.

An answer tells it by a count larger than its list (Solr, DOAJ, Elasticsearch), by a token for what follows (OAI-PMH
2.0 §3.5, Solr's cursorMark), or by the address of the next page. Pages belong together where tokens link them, or where
they say of which list they are and where in it they stand; any other is judged alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
from msgspec import Raw, Struct

from ld.errors import PartError
from ld.record import Part

TOTALS = ("numFound", "total", "totalResults", "total_results", "totalCount", "total_count", "resultCount", "count")
_NEXT = ("next", "nextPage", "next_page")
# What tells the page, or the form of the answer, and not the list.
_PAGING = frozenset(["start", "rows", "cursorMark", "_", "wt", "indent", "echoParams", "json.nl", "version"])
_FIRST_CURSOR = "*"
# What the address of a next page, told in the head of an HTTP answer (RFC 8288), says of the list: nothing.
LINK = "link"


class Gap(Struct, frozen=True):
    """A list of which only a part is here: `pages` with `here` records; `missing` is None where it is unknown."""

    place: str
    pages: int
    here: int
    missing: int | None = None
    cut: str = ""

    def __str__(self) -> str:
        beside = f" and {self.pages - 1:,} more {'pages' if self.pages > 2 else 'page'}" if self.pages > 1 else ""
        if self.cut:
            return f"{self.place}{beside}: only a part: breaks off after {_records(self.here)}: {self.cut}"
        if self.missing is None:
            return f"{self.place}{beside}: only a part: {_records(self.here)} of a list that has more"
        whole = f"{self.here:,} of {_records(self.here + self.missing)}"
        are = "are" if self.missing != 1 else "is"
        return f"{self.place}{beside}: only a part: {whole}, {self.missing:,} {are} missing"


def _records(count: int) -> str:
    return f"{count:,} {'records' if count != 1 else 'record'}"


# -- from an answer ----------------------------------------------------------------------------------------------------


def needed(part: Part) -> Iterator[Part]:
    """Yield the page, but not one that is plainly the whole of its list."""
    if part.cut or part.asked or part.start or part.next or (part.total or 0) > part.count:
        yield part


def of_answer(place: str, fields: dict[str, Raw], count: int) -> Part:
    """Return what a JSON answer tells beside its list of `count` documents; `fields` are those around the list."""
    total = next((found for name in TOTALS if (found := _number(fields.get(name))) is not None), None)
    header = _decoded(fields.get("responseHeader"))
    params = header.get("params") if isinstance(header, dict) else None
    params = params if isinstance(params, dict) else {}
    if "nextCursorMark" in fields:
        return _cursor(place, fields, count, total, params)
    following = "" if total is not None else _following(fields)
    return Part(place, _list(fields, params, total), _start(fields), count, total, None, following)


def _cursor(place: str, fields: dict[str, Raw], count: int, total: int | None, params: dict[str, Any]) -> Part:
    """Return the page of a Solr cursor: it ends where the next mark is the one that was asked for."""
    asked, following = str(params.get("cursorMark", "")), str(_decoded(fields["nextCursorMark"]))
    ended = following == asked or (asked == _FIRST_CURSOR and count >= (total or count + 1))
    asked = "" if asked == _FIRST_CURSOR else asked
    return Part(place, _list({}, params, None), None, count, total, asked or None, "" if ended else following)


def _list(fields: dict[str, Raw], params: dict[str, Any], total: int | None) -> str:
    """Return what identifies the list: the query as far as the answer repeats it, else the list's length."""
    query = {name: value for name, value in params.items() if name not in _PAGING}
    if query:
        return msgspec.json.encode(query, order="deterministic").decode()
    if (asked := _decoded(fields.get("query"))) is not None:
        return f"query {asked}"
    return f"of {total}" if total is not None and _start(fields) is not None else ""


def _start(fields: dict[str, Raw]) -> int | None:
    """Return how many records stand before the first one here."""
    for name in ("start", "offset"):
        if (found := _number(fields.get(name))) is not None:
            return found
    page, size = _number(fields.get("page")), _number(fields.get("pageSize"))
    return (page - 1) * size if page and size else None


def _following(fields: dict[str, Raw]) -> str:
    """Return the address of the next page, as JSON answers tell it: by itself or among `links`."""
    around = [fields, *(found for name in ("links", "_links") if isinstance(found := _decoded(fields.get(name)), dict))]
    for name in _NEXT:
        for one in around:
            value = _decoded(one.get(name))
            value = value.get("href") if isinstance(value, dict) else value
            if isinstance(value, str) and value:
                return value
    return ""


def _number(raw: Raw | None) -> int | None:
    """Return a count; Elasticsearch has it as an object: {"value": 10000, "relation": "gte"}."""
    found = _decoded(raw)
    found = found.get("value") if isinstance(found, dict) else found
    return found if isinstance(found, int) and not isinstance(found, bool) and found >= 0 else None


def _decoded(raw: Any) -> Any:
    return msgspec.json.decode(raw) if isinstance(raw, Raw) else raw


# -- whether pages are the whole ---------------------------------------------------------------------------------------


def gaps(parts: Iterable[Part]) -> list[Gap]:
    """Return the lists that the pages, all that there are, do not make up as a whole."""
    found = _Pages(parts)
    return [gap for pages in found.lists.values() if (gap := found.gap(pages))]


def refuse(gaps: Sequence[Gap]) -> None:
    """Raise PartError where a list is there only in part."""
    if gaps:
        missing = sum(gap.missing or 0 for gap in gaps)
        beside = f"; so are {len(gaps) - 1:,} more, with {_records(missing)} missing in all" if len(gaps) > 1 else ""
        remedy = "fetch it again" if gaps[0].cut else "add the other pages"
        raise PartError(f"{gaps[0]}{beside}: {remedy}, or take the part on purpose with --partial", missing)


def refuse_unread(parts: Iterable[Part]) -> None:
    """Raise PartError where a file could not be read to its end: not where what is missing will be deleted."""
    for part in parts:
        if part.cut:
            reason = f"{part.place}: {part.cut}"
            raise PartError(f"{reason}: with --full all that stood in it would be deleted: mend it or take it out")


class _Pages:
    """All pages of an input: by token, and by the list that they say they are of."""

    def __init__(self, parts: Iterable[Part]) -> None:
        pages = [part for part in dict.fromkeys(parts) if part.count or not part.cut]
        told = {part.place for part in pages if part.of != LINK}
        self.lists: dict[tuple[str, int | None], list[Part]] = defaultdict(list)
        self.asked: dict[tuple[str, str | None], list[Part]] = defaultdict(list)
        self.next: dict[tuple[str, str | None], list[Part]] = defaultdict(list)
        for part in (part for part in pages if part.of != LINK or part.place not in told):
            self.lists[part.place if part.of in ("", LINK) else part.of, part.total].append(part)
            self.asked[part.of, part.asked].append(part)
            self.next[part.of, part.next].append(part)

    def gap(self, pages: list[Part]) -> Gap | None:
        """Return what is missing of one list, None where nothing is."""
        total, placed = pages[0].total, _spans(pages)
        unplaced = {(part.asked, part.next, part.count) for part in pages if part.start is None}
        here = sum(end - start for start, end in placed) + sum(count for _, _, count in unplaced)
        cut = next((part.cut for part in pages if part.cut), "")
        counted = total is not None and not placed and here >= total
        if not cut and (counted or self._whole(pages)):
            return None
        missing = total - here if total is not None and total > here else None
        return Gap(pages[0].place, len({part.place for part in pages}), here, missing, cut)

    def _whole(self, pages: list[Part]) -> bool:
        """Determine whether nothing is missing before or behind any of the pages.

        A page that tells the token it was asked for with stands behind the one that gave it, and nowhere else.
        """
        spans = _spans(part for part in pages if part.asked is None)
        begun = {start for start, _ in spans} - {0}
        ended = {end for _, end in spans if pages[0].total is None or end < pages[0].total}
        return all(self._begins(part, begun) and self._ends(part, ended) for part in pages)

    def _begins(self, page: Part, begun: set[int]) -> bool:
        """Determine whether nothing is missing before the page; `begun` is where runs of pages begin too late."""
        if page.asked is None:
            return page.start not in begun
        return any(other is not page for other in self.next[page.of, page.asked])

    def _ends(self, page: Part, ended: set[int]) -> bool:
        """Determine whether nothing is missing behind the page; `ended` is where runs of pages end too early."""
        if page.next and any(other is not page for other in self.asked[page.of, page.next]):
            return bool(self.next[page.of, ""])  # a server with one token for all pages must have come to the end
        if page.asked is not None:
            return not page.next
        if page.start is None or page.total is None:
            followed = page.start is not None and page.start + page.count not in ended
            return followed or not (page.next or page.count < (page.total or 0))
        return page.start + page.count not in ended


def _spans(pages: Iterable[Part]) -> list[tuple[int, int]]:
    """Return where in their list the pages stand, those that touch each other as one span."""
    found: list[tuple[int, int]] = []
    for start, end in sorted((part.start, part.start + part.count) for part in pages if part.start is not None):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found
