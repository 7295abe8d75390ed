"""What a work appeared in becomes things: journals, volumes, issues, series, books, from the widest to the nearest."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from ld.mapping.agents import is_relative, organization
from ld.mapping.entities import About, Fields, Kinds, Thing, add
from ld.record import Container
from ld.summary import Card, Ref, Within
from ld.values import keys, names

_PORTAL = "https://portal.issn.org/resource/ISSN/"
SERIALS = {"Periodical", "Newspaper"}
_DOAJ = "https://doaj.org/toc/"


class Appearance(Struct, gc=False):
    """Where the work appeared: fields of the work, shared things, the way from the nearest container to the widest.

    `records` are the paths of the records that it is part of, `series` the series of the work or of its book.
    """

    fields: Fields
    shared: list[Thing]
    way: list[Within]
    records: list[str]
    series: list[Within]


def appearance(about: About) -> Appearance:
    """Return where the work appeared. A chapter is part of one document only (BIBO)."""
    return _Appearance(about).found


class _Appearance:
    """Where one record's work appeared, while that is being collected."""

    def __init__(self, about: About) -> None:
        self.about = about
        self.kinds = about.kinds
        self.found = Appearance({}, [], [], [], [])
        collection = about.kinds.collections.get(about.record.collection)
        self.in_doaj = bool(collection and collection["slug"] == "doaj")
        chapter = about.schema == "Chapter"
        fields = self.found.fields
        containers = about.record.containers
        if any(one.kind == "book" for one in containers):
            containers = [one for one in containers if one.kind != "series"]  # they are those of the book
        for container in containers:
            chain = self._chain(container)
            if chain and not (chapter and fields.get("container")):
                for ref, _ in chain[-1:] if chapter else chain:
                    add(fields, "container", ref)
                fields.setdefault("nearest", [chain[-1][0]])
                self.found.way = self.found.way or [one for _, one in reversed(chain)]

    def _chain(self, container: Container) -> list[tuple[Ref, Within]]:
        """Return what the work is part of by one container, the nearest last."""
        if container.kind == "record":
            path = f"record/{container.record}"
            self.found.records.append(path)
            ref = self.kinds.mint("work", id=names.encoded(container.record))
            return [(ref, Within("work", path, container.title))]
        if container.kind == "series":
            return [self._in_series(container)]
        if container.kind == "book":
            return self._book(container)
        return self._journal(container)

    def _in_series(self, container: Container) -> tuple[Ref, Within]:
        found = self._add(self.kinds.once(_series, container.title))
        self.found.series.append(msgspec.structs.replace(found[1], number=container.number))
        return found

    def _book(self, container: Container) -> list[tuple[Ref, Within]]:
        """Return the book of a chapter, the nearest last: the series of the record are those of the book (ISBD 6)."""
        above = [self._in_series(one) for one in self.about.record.containers if one.kind == "series"]
        issued = self.about.record.issued
        key = book_key(container, issued.year if issued else "")
        refs = tuple(ref for ref, _ in above)
        numbers = tuple(one.number for one in self.found.series if one.number)
        return [*above, self._add(self.kinds.once(_book, key, container.title, container.isbns, refs, numbers))]

    def _add(self, thing: Thing) -> tuple[Ref, Within]:
        self.found.shared.append(thing)
        return thing.ref, thing.named

    def _journal(self, container: Container) -> list[tuple[Ref, Within]]:
        """Return journal, volume and issue, the nearest last; nothing above a record that is itself the journal."""
        if container is self.about.journal:
            self.found.fields.update(_numbers(container.issn, container.eissn, self.in_doaj))
            return []
        if self.about.schema in SERIALS and not (container.issn or container.eissn):
            return []  # by its title alone nobody knows which journal it is but the record's own work
        publisher = container.publisher or next(iter(self.about.record.publishers), "")
        by = None
        if publisher and not self.kinds.once(is_relative, publisher):
            thing = organization(self.kinds, publisher)
            self.found.shared.append(thing)
            by = thing.ref
        about = (container.title, container.issn, container.eissn, by, self.in_doaj)
        journal = self._add(self.kinds.once(_journal, *about))
        if self.about.schema in SERIALS:  # a record of its own beside the journal of its ISSN, which has another title
            add(self.found.fields, "related", journal[0])
            return []
        self._cite(container)
        return [journal, *self._volume_and_issue(journal[0], container)]

    def _volume_and_issue(self, journal: Ref, container: Container) -> list[tuple[Ref, Within]]:
        issued = self.about.record.issued
        year = issued.year if issued else ""
        key = journal_key(container)
        title = container.title or key
        chain: list[tuple[Ref, Within]] = []
        if container.volume:
            self.found.fields["volume"] = [container.volume]
            volume = self.kinds.once(_volume, journal, key, title, container.volume, year)
            chain.append(self._add(volume))
        if container.issue and (container.volume or year):
            above = (journal, *(ref for ref, _ in chain))
            issue = self.kinds.once(_issue, above, key, title, container.volume, container.issue, year)
            chain.append(self._add(issue))
        return chain

    def _cite(self, container: Container) -> None:
        record = self.about.record
        if record.reference:
            self.found.fields.setdefault("citation", [record.reference])
        elif container.title:
            issue = f"({container.issue})" if container.issue else ""
            volume = f" {container.volume}{issue}" if container.volume else f" {issue}" if issue else ""
            pages = record.pages or record.page_start
            year = f" ({record.issued.year})" if record.issued and record.issued.year else ""
            cited = f"{container.title}{volume}{', ' + pages if pages else ''}{year}"
            self.found.fields.setdefault("citation", [cited])


def journal_key(container: Container) -> str:
    """Return what names the journal in its IRI: its ISSN, else its title with a hash."""
    number = container.issn or container.eissn
    if number:
        return number
    return names.encoded(keys.hashed(container.title))


def book_key(container: Container, year: str) -> str:
    """Return what names the book in its IRI: its ISBN, else its title with a hash of title and year."""
    if container.isbns:
        return container.isbns[0]
    return names.encoded(keys.hashed(f"{container.title} {year}".strip()))


def aliases(kinds: Kinds, card: Card) -> list[str]:
    """Return the paths that lead to a journal or a book: one for each of its ISSNs or ISBNs."""
    if card.kind == "book":
        return [kinds.path(kinds.mint("book", key=number)) for number in card.texts("isbn")]
    if card.kind != "journal":
        return []
    return [kinds.path(kinds.mint("journal", key=number)) for number in card.texts("any_issn")]


def _series(kinds: Kinds, title: str) -> Thing:
    made = kinds.shared("series", {"title": [title]}, key=names.encoded(keys.hashed(title)))
    made.named = Within("series", made.path, title)
    return made


def _book(
    kinds: Kinds, key: str, title: str, isbns: tuple[str, ...], above: tuple[Ref, ...], numbers: tuple[str, ...]
) -> Thing:
    fields: Fields = {"title": [title] if title else [], "isbn": [*isbns], "container": [*above]}
    fields |= {"nearest": [*above[:1]], "number": [*numbers]}
    fields["identifier"] = [f"urn:isbn:{isbn}" for isbn in isbns]
    made = kinds.shared("book", fields, key=key)
    made.named = Within("book", made.path, title, isbns=isbns)
    return made


def _journal(kinds: Kinds, title: str, issn: str, eissn: str, publisher: Ref | None, in_doaj: bool) -> Thing:
    journal = kinds.type_of("journal")
    fields: Fields = {"class": [journal["bibo"], journal["schema"]], "type": [journal["type"]]}
    fields["title"] = [title] if title else []
    fields["publisher"] = [publisher] if publisher else []
    key = journal_key(Container("journal", title, issn, eissn))
    made = kinds.shared("journal", fields | _numbers(issn, eissn, in_doaj), key=key)
    made.named = Within("journal", made.path, title, issns=tuple(dict.fromkeys(filter(None, (issn, eissn)))))
    return made


def _numbers(issn: str, eissn: str, in_doaj: bool) -> Fields:
    both = list(dict.fromkeys(number for number in (issn, eissn) if number))
    return {
        "issn": [issn] if issn else [],
        "eissn": [eissn] if eissn else [],
        "any_issn": [*both],
        "same_page": [page + number for number in both for page in ((_PORTAL, _DOAJ) if in_doaj else (_PORTAL,))],
    }


def _volume(kinds: Kinds, journal: Ref, key: str, title: str, volume: str, year: str) -> Thing:
    fields: Fields = {"title": [f"{title}, vol. {volume}"], "volume": [volume], "year": [year] if year else []}
    fields |= {"container": [journal], "nearest": [journal]}
    made = kinds.shared("volume", fields, key=key, volume=names.encoded(volume))
    made.named = Within("volume", made.path, f"{title}, vol. {volume}", volume)
    return made


def _issue(kinds: Kinds, above: tuple[Ref, ...], key: str, title: str, volume: str, issue: str, year: str) -> Thing:
    where = f"{title}, vol. {volume}" if volume else f"{title}, {year}"
    fields: Fields = {"title": [f"{where}, no. {issue}"], "issue": [issue], "year": [year] if year else []}
    fields |= {"volume": [volume] if volume else [], "container": [*above], "nearest": [above[-1]]}
    within = f"volume/{names.encoded(volume)}" if volume else f"year/{year}"
    made = kinds.shared("issue", fields, key=key, within=within, issue=names.encoded(issue))
    made.named = Within("issue", made.path, f"{where}, no. {issue}", issue)
    return made
