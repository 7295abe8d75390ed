"""The summary: a record as people and the program need it, made from the same fields as the triples.

Pages, citations, lists, counts, tables and links are made from it, so nothing is ever read back out of triples. A
shared thing has a card, which is the same for a thing: its name, what leads to it, and its fields with their values.
"""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct

from ld.record import Date
from ld.record import Text as Text


class Ref(Struct, frozen=True, array_like=True, tag=2, gc=False, cache_hash=True):
    """A thing of this site, by its IRI."""

    iri: str


class Role(Struct, frozen=True, array_like=True, tag=3, gc=False):
    """A thing and its role for another: a MARC relator, or a place in an order."""

    role: str
    thing: Ref


Value: TypeAlias = str | Text | Ref | Role | Date
"""A value of a field of a thing; an IRI that is not of this site is a `str`."""


class Agent(Struct, frozen=True, array_like=True, gc=False):
    """Who took part in the work, named as printed; `roles` are the fields of the work that name it ("author").

    `path` is that of the document about it, empty where only this record speaks of it; `same` is its ORCID iD; `suffix`
    stands behind the name ("Jr."), which has it too; `body` tells that it is no person.
    """

    name: str
    roles: tuple[str, ...]
    given: str = ""
    family: str = ""
    path: str = ""
    same: str = ""
    affiliations: tuple[str, ...] = ()
    suffix: str = ""
    body: bool = False


class Named(Struct, frozen=True, array_like=True, gc=False):
    """A shared thing as this record names it, and the path of its document."""

    name: Text
    path: str


class Within(Struct, frozen=True, array_like=True, gc=False):
    """What the work appeared in: `kind` is journal, volume, issue, series, book or work.

    A volume or issue has a number; of a series it is that of the work in it.
    """

    kind: str
    path: str
    title: str = ""
    number: str = ""
    issns: tuple[str, ...] = ()
    isbns: tuple[str, ...] = ()


class Summary(Struct, frozen=True, array_like=True, kw_only=True, gc=False):
    """What a record says, whichever properties the mapping gives it; lists keep the order of the source.

    `kind` is the name of its schema.org class. `languages` are ISO 639-2 codes and `tags` their BCP 47 tags;
    `collection` is the name of the collection in addresses. `containers` lead from the nearest to the widest.
    `series` are all series, `containers` go by the first.
    `topic` is the path of the journal that the record is about, `linked` are the paths of the records it points at.
    `format` is the word for its kind in `vocab/codes/types.csv`, `issued` the date or the run as the record has it;
    `granted_by` names the body that granted the degree; `incomplete` tells that there are more people than named.
    """

    title: Text
    kind: str
    alternatives: list[Text] = []
    year: str = ""
    published: str = ""
    start: str = ""
    end: str = ""
    languages: list[str] = []
    tags: list[str] = []
    people: list[Agent] = []
    incomplete: bool = False
    publishers: list[Named] = []
    distributors: list[Named] = []
    publication_places: list[str] = []
    containers: list[Within] = []
    series: list[Within] = []
    volume: str = ""
    number: list[str] = []
    pages: str = ""
    page_start: str = ""
    page_end: str = ""
    citation: str = ""
    doi: str = ""
    isbns: list[str] = []
    ismns: list[str] = []
    issns: list[str] = []
    lccn: str = ""
    oclc: list[str] = []
    same: list[str] = []
    urls: list[str] = []
    about_urls: list[str] = []
    free: bool = False
    licence: str = ""
    rights: list[str] = []
    rights_pages: list[str] = []
    abstract: Text | None = None
    contents: list[Text] = []
    responsibility: list[str] = []
    notes: list[str] = []
    coordinates: list[str] = []
    subjects: list[Named] = []
    keywords: list[Text] = []
    genres: list[str] = []
    places: list[str] = []
    periods: list[str] = []
    edition: str = ""
    extents: list[str] = []
    other_forms: list[str] = []
    carriers: list[str] = []
    page_count: str = ""
    degree: str = ""
    relations: list[str] = []
    thumbnail: str = ""
    identifiers: list[str] = []
    institutions: list[Named] = []
    collection: str = ""
    data_licence: str = ""
    source_page: str = ""
    created: str = ""
    modified: str = ""
    how: list[str] = []
    topic: str = ""
    linked: list[str] = []
    format: str = ""
    issued: Date | None = None
    granted_by: str = ""
    status: str = ""

    @property
    def date(self) -> str:
        """When it was published, or when that began, as precise as the source."""
        return self.published or self.start

    def listed(self, role: str) -> list[Agent]:
        """Return the agents listed under a field of the work, such as author."""
        return [one for one in self.people if role in one.roles]


class Card(Struct, frozen=True, array_like=True, kw_only=True, gc=False):
    """What a shared thing is: its IRI, its kind in `vocab/things.csv`, what it is called, and its fields.

    `types` are the names of its schema.org classes, `links` the paths of the documents of things it points at, `parts`
    what else its document describes: name by IRI.
    """

    iri: str
    kind: str
    title: Text
    types: list[str] = []
    fields: dict[str, list[Value]] = {}
    links: list[str] = []
    parts: dict[str, Text] = {}

    @property
    def url(self) -> str:
        """The URL of its document, spelled as its IRI is."""
        return self.iri.partition("#")[0]

    def texts(self, field: str) -> list[str]:
        """Return the values of a field as plain texts."""
        return [plain(value) for value in self.fields.get(field, ())]


def plain(value: Value) -> str:
    """Return a value as plain text."""
    if isinstance(value, str):
        return value
    if isinstance(value, Text):
        return value.text
    if isinstance(value, Ref):
        return value.iri
    return value.value if isinstance(value, Date) else value.thing.iri
