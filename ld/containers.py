"""What a work appeared in becomes things: journals, volumes, issues and series, from the widest to the nearest."""

from __future__ import annotations

from ld import names
from ld.agents import Agents
from ld.record import Container, Record
from ld.things import Fields, Kinds, Thing, add

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
        fields["page_start"] = [record.page_start] if record.page_start else []
        fields["page_end"] = [record.page_end] if record.page_end else []
        fields["pages"] = [record.pages] if record.pages else []

    def _series(self, container: Container) -> str:
        key = f"{names.slug(container.title)}-{names.digest(container.title.casefold())}"
        iri = self.kinds.mint("series", key=key)
        self.shared.append(Thing("series", iri, {"title": [container.title]}, shared=True))
        return iri

    def _journal(self, container: Container, fields: Fields, schema: str) -> list[str]:
        """Return journal, volume and issue, the nearest last; nothing above a record that is itself the journal."""
        key = journal_key(container)
        iri = self.kinds.mint("journal", key=key)
        itself = container is self.own
        journal = fields if itself else self._periodical(iri, container)
        journal["issn"] = [container.issn] if container.issn else []
        journal["eissn"] = [container.eissn] if container.eissn else []
        both = list(dict.fromkeys(number for number in (container.issn, container.eissn) if number))
        journal["any_issn"] = both
        for number in both:
            add(journal, "same_page", _PORTAL + number)
            if self.in_doaj:
                add(journal, "same_page", _DOAJ + number)
        if itself or schema in SERIALS:
            return []
        self._cite(container, fields)
        return [iri, *self._volume_and_issue(iri, key, container, fields)]

    def _periodical(self, iri: str, container: Container) -> Fields:
        journal = self.kinds.type_of("journal")
        publisher = container.publisher or next(iter(self.record.publishers), "")
        fields: Fields = {"class": [journal["bibo"], journal["schema"]], "type": [journal["type"]]}
        fields["title"] = [container.title] if container.title else []
        fields["publisher"] = [self.agents.organization(publisher)] if publisher else []
        self.shared.append(Thing("journal", iri, fields, shared=True))
        return fields

    def _volume_and_issue(self, journal: str, key: str, container: Container, fields: Fields) -> list[str]:
        year = self.record.issued.year if self.record.issued else ""
        title = container.title or key
        chain: list[str] = []
        shared: Fields = {"year": [year] if year else []}
        if container.volume:
            fields["volume"] = [container.volume]
            iri = self.kinds.mint("volume", key=key, volume=names.encoded(container.volume))
            title = f"{title}, vol. {container.volume}"
            links: Fields = {"container": [journal], "nearest": [journal]}
            volume = {"title": [title], "volume": [container.volume], **shared, **links}
            self.shared.append(Thing("volume", iri, volume, shared=True))
            chain.append(iri)
        if container.issue and (container.volume or year):
            within = f"volume/{names.encoded(container.volume)}" if container.volume else f"year/{year}"
            iri = self.kinds.mint("issue", key=key, within=within, issue=names.encoded(container.issue))
            where = title if container.volume else f"{title}, {year}"
            above = [journal, *chain]
            links = {"container": above, "nearest": above[-1:]}
            issue: Fields = {
                "title": [f"{where}, no. {container.issue}"],
                "issue": [container.issue],
                **shared,
                **links,
            }
            issue["volume"] = [container.volume] if container.volume else []
            self.shared.append(Thing("issue", iri, issue, shared=True))
            chain.append(iri)
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
