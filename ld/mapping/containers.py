"""What a work appeared in becomes things: journals, volumes, issues and series, from the widest to the nearest."""

from __future__ import annotations

from ld.mapping.agents import Agents
from ld.mapping.entities import Fields, Kinds, Thing, add
from ld.record import Container, Record
from ld.values import names

_PORTAL = "https://portal.issn.org/resource/ISSN/"
SERIALS = {"Periodical", "Newspaper"}
_DOAJ = "https://doaj.org/toc/"


class Containers:
    """The containers of one record; `own` is the journal the record itself is about, where it is about one."""

    def __init__(
        self, kinds: Kinds, record: Record, agents: Agents, shared: list[Thing], own: Container | None
    ) -> None:
        self.kinds = kinds
        self.record = record
        self.agents = agents
        self.shared = shared
        self.own = own
        collection = kinds.collections.get(record.collection)
        self.in_doaj = bool(collection and collection["slug"] == "doaj")

    def fill(self, fields: Fields, schema: str) -> None:
        """Fill the fields of the work that tell where it appeared. A chapter is part of one document only (BIBO)."""
        chapter = schema == "Chapter"
        for container in self.record.containers:
            if container.kind == "record":
                chain = [self.kinds.mint("work", id=names.encoded(container.record))]
            elif container.kind == "series":
                chain = [self._series(container)]
            else:
                chain = self._journal(container, fields, schema)
            if chain and not (chapter and fields.get("container")):
                for iri in chain[-1:] if chapter else chain:
                    add(fields, "container", iri)
                fields.setdefault("nearest", [chain[-1]])
        record = self.record
        for name, value in (("page_start", record.page_start), ("page_end", record.page_end), ("pages", record.pages)):
            if value:
                fields[name] = [value]

    def _series(self, container: Container) -> str:
        return self._add(self.kinds.once(_series, container.title))

    def _add(self, thing: Thing) -> str:
        self.shared.append(thing)
        return thing.iri

    def _journal(self, container: Container, fields: Fields, schema: str) -> list[str]:
        """Return journal, volume and issue, the nearest last; nothing above a record that is itself the journal."""
        if container is self.own:
            fields.update(_numbers(container.issn, container.eissn, self.in_doaj))
            return []
        publisher = container.publisher or next(iter(self.record.publishers), "")
        by = self.agents.organization(publisher) if publisher else ""
        about = (container.title, container.issn, container.eissn, by, self.in_doaj)
        journal = self._add(self.kinds.once(_journal, *about))
        if schema in SERIALS:
            return []
        self._cite(container, fields)
        return [journal, *self._volume_and_issue(journal, container, fields)]

    def _volume_and_issue(self, journal: str, container: Container, fields: Fields) -> list[str]:
        year = self.record.issued.year if self.record.issued else ""
        key = journal_key(container)
        title = container.title or key
        chain: list[str] = []
        if container.volume:
            fields["volume"] = [container.volume]
            chain.append(self._add(self.kinds.once(_volume, journal, key, title, container.volume, year)))
        if container.issue and (container.volume or year):
            above = (journal, *chain)
            thing = self.kinds.once(_issue, above, key, title, container.volume, container.issue, year)
            chain.append(self._add(thing))
        return chain

    def _cite(self, container: Container, fields: Fields) -> None:
        record = self.record
        if record.reference:
            fields.setdefault("citation", [record.reference])
        elif container.title:
            issue = f"({container.issue})" if container.issue else ""
            volume = f" {container.volume}{issue}" if container.volume else f" {issue}" if issue else ""
            pages = record.pages or record.page_start
            year = f" ({record.issued.year})" if record.issued and record.issued.year else ""
            fields.setdefault("citation", [f"{container.title}{volume}{', ' + pages if pages else ''}{year}"])


def journal_key(container: Container) -> str:
    """Return what names the journal in its IRI: its ISSN, else its title with a hash."""
    number = container.issn or container.eissn
    if number:
        return number
    return f"{names.slug(container.title)}-{names.digest(container.title.casefold())}"


def _series(kinds: Kinds, title: str) -> Thing:
    key = f"{names.slug(title)}-{names.digest(title.casefold())}"
    return Thing("series", kinds.mint("series", key=key), {"title": [title]}, shared=True)


def _journal(kinds: Kinds, title: str, issn: str, eissn: str, publisher: str, in_doaj: bool) -> Thing:
    journal = kinds.type_of("journal")
    fields: Fields = {"class": [journal["bibo"], journal["schema"]], "type": [journal["type"]]}
    fields["title"] = [title] if title else []
    fields["publisher"] = [publisher] if publisher else []
    key = journal_key(Container("journal", title, issn, eissn))
    numbers = _numbers(issn, eissn, in_doaj)
    return Thing("journal", kinds.mint("journal", key=key), fields | numbers, shared=True)


def _numbers(issn: str, eissn: str, in_doaj: bool) -> Fields:
    both = list(dict.fromkeys(number for number in (issn, eissn) if number))
    pages = [page + number for number in both for page in ((_PORTAL, _DOAJ) if in_doaj else (_PORTAL,))]
    return {
        "issn": [issn] if issn else [],
        "eissn": [eissn] if eissn else [],
        "any_issn": both,
        "same_page": pages,
    }


def _volume(kinds: Kinds, journal: str, key: str, title: str, volume: str, year: str) -> Thing:
    fields: Fields = {"title": [f"{title}, vol. {volume}"], "volume": [volume], "year": [year] if year else []}
    fields |= {"container": [journal], "nearest": [journal]}
    iri = kinds.mint("volume", key=key, volume=names.encoded(volume))
    return Thing("volume", iri, fields, shared=True)


def _issue(kinds: Kinds, above: tuple[str, ...], key: str, title: str, volume: str, issue: str, year: str) -> Thing:
    where = f"{title}, vol. {volume}" if volume else f"{title}, {year}"
    fields: Fields = {"title": [f"{where}, no. {issue}"], "issue": [issue], "year": [year] if year else []}
    fields |= {"volume": [volume] if volume else [], "container": list(above), "nearest": [above[-1]]}
    within = f"volume/{names.encoded(volume)}" if volume else f"year/{year}"
    iri = kinds.mint("issue", key=key, within=within, issue=names.encoded(issue))
    return Thing("issue", iri, fields, shared=True)
