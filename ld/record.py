"""The record: the one shape every reader yields and the mapping takes. Plain checked facts, no RDF, no I/O.

Strings are clean (`values/text`), identifiers are valid and in canonical form (`values/names`); what a source says but
cannot be trusted stands in `Record.remarks` instead.
"""

from __future__ import annotations

from msgspec import Struct


class Date(Struct, frozen=True, array_like=True, tag=4, gc=False):
    """A date as precise as the source and no more: `value` in the lexical form of `datatype`.

    `datatype` is one of `gYear`, `gYearMonth`, `date` (XML Schema) or `edtf` (Library of Congress EDTF).
    `year` is four digits: the year that is named, of several the first, empty where none is ("199X"). `values.edtf`
    makes it.
    """

    value: str
    datatype: str
    year: str = ""


class Text(Struct, frozen=True, array_like=True, tag=1, gc=False, cache_hash=True):
    """A text with its language as a BCP 47 tag, empty where it has none or an unknown one."""

    text: str
    tag: str = ""


class Person(Struct, frozen=True, gc=False):
    """A person or an organization with its part in the work, named as printed.

    `role` is a MARC relator code, empty for a contributor of whom the source says no more. `heading` tells that the
    name is a controlled heading, the same for the same agent throughout the catalogue; other names are transcribed
    and belong to this record only. `name` is all of it but the dates of a life, `life`, as printed ("1809-1882"): both
    tell who it is (`entry`). `number` is the agent's in an authority file ("gnd-118540238"), `iri` its IRI there;
    `variants` are the name in other scripts.
    `unsure` tells that it may be a person or an organization.
    """

    name: str
    role: str = "aut"
    organization: bool = False
    given: str = ""
    family: str = ""
    orcid: str = ""
    affiliations: tuple[str, ...] = ()
    heading: bool = False
    suffix: str = ""
    life: str = ""
    unsure: bool = False
    number: str = ""
    iri: str = ""
    variants: tuple[str, ...] = ()

    @property
    def entry(self) -> str:
        """The whole heading, with the dates by which namesakes are told apart."""
        return f"{self.name}, {self.life}" if self.life else self.name


class Container(Struct, frozen=True, gc=False):
    """What the work appeared in: `kind` is journal, series, book or record (then `record` is the id of that record)."""

    kind: str
    title: str = ""
    issn: str = ""
    eissn: str = ""
    record: str = ""
    volume: str = ""
    issue: str = ""
    number: str = ""
    publisher: str = ""
    isbns: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()


class Subject(Struct, frozen=True, gc=False):
    """What the work is about: a keyword (`scheme` empty) or a heading or class of a scheme such as lcsh, lcc, ddc.

    `language` is the code (ISO 639-2/B) of a keyword where the source says it.
    `iri` is that of the heading in the authority file of its scheme.
    """

    label: str
    scheme: str = ""
    code: str = ""
    language: str = ""
    iri: str = ""


class Origin(Struct, frozen=True, gc=False):
    """Where the record was harvested from: the identifier there and when it last changed there (xsd:dateTime)."""

    identifier: str = ""
    modified: str = ""


class Remark(Struct, frozen=True, gc=False):
    """Something in the source that was left out or looked wrong: the field, what is wrong, the value as it came."""

    field: str
    problem: str
    value: str = ""


class Left(Struct, frozen=True, gc=False):
    """A value that was read and is not said on purpose: its field, why, and the value as it came."""

    field: str
    reason: str
    value: str


class Source(Struct, frozen=True, gc=False):
    """The record as it came: `kind` names the reader that understands it, `place` tells where it stood."""

    kind: str
    text: str
    place: str


class Rejected(Struct, frozen=True, gc=False):
    """A record that cannot be used, and why. An outcome, counted and reported, never an exception."""

    place: str
    reason: str
    id: str = ""
    excerpt: str = ""


class Deleted(Struct, frozen=True, gc=False):
    """A record that the source, or whoever publishes, says is deleted; `successor` is the id of its replacement.

    An outcome like `Rejected`. `date` is when it was deleted (xsd:dateTime), empty where that is unknown.
    """

    place: str
    id: str
    reason: str
    date: str = ""
    successor: str = ""


class Part(Struct, frozen=True, gc=False):
    """A page of a longer list, according to its source: an outcome, because a part is not the whole (`readers.parts`).

    `of` names the list, empty if unknown; `start` is the number of records before the page; `asked` is the token with
    which it was requested, `next` the token of the page that follows. None means unknown. `cut` says why its end could
    not be read.
    """

    place: str
    of: str = ""
    start: int | None = None
    count: int = 0
    total: int | None = None
    asked: str | None = None
    next: str = ""
    cut: str = ""


class Record(Struct, kw_only=True):
    """One catalogue record. Lists keep the order of the source; empty means that the source does not say.

    `incomplete` says that more people took part than are named ("et al.").
    `values` are all values of the source by its own names of fields, so that somebody can see that none is lost.
    `withheld` counts the e-mail addresses that were taken out. `title_language` and `abstract_language` are the codes
    (ISO 639-2/B) that the source gives these texts, empty where it says nothing of them in particular; their other
    languages are `other_titles` and `other_abstracts`.
    """

    id: str
    title: str
    source: Source
    format: str = ""
    book_format: str = ""
    title_language: str = ""
    other_titles: list[Text] = []
    carriers: list[str] = []
    alternatives: list[str] = []
    responsibility: list[str] = []
    people: list[Person] = []
    incomplete: bool = False
    contributor_names: list[str] = []
    issued: Date | None = None
    span: Date | None = None
    languages: list[str] = []
    publishers: list[str] = []
    distributors: list[str] = []
    publication_places: list[str] = []
    containers: list[Container] = []
    page_start: str = ""
    page_end: str = ""
    pages: str = ""
    reference: str = ""
    doi: str = ""
    publisher_id: str = ""
    isbns: list[str] = []
    ismns: list[str] = []
    lccn: str = ""
    oclc: list[str] = []
    control_numbers: list[str] = []
    same_as: list[str] = []
    urls: list[str] = []
    about_urls: list[str] = []
    licence: str = ""
    rights: list[str] = []
    rights_pages: list[str] = []
    abstract: str = ""
    abstract_language: str = ""
    other_abstracts: list[Text] = []
    contents: list[str] = []
    notes: list[str] = []
    subjects: list[Subject] = []
    genres: list[str] = []
    places: list[str] = []
    coordinates: list[str] = []
    periods: list[str] = []
    edition: str = ""
    extents: list[str] = []
    other_forms: list[str] = []
    page_count: str = ""
    degree: str = ""
    granted_by: str = ""
    status: str = ""
    earlier_titles: list[str] = []
    later_titles: list[str] = []
    related_titles: list[str] = []
    thumbnail: str = ""
    collection: str = ""
    institutions: list[str] = []
    created: str = ""
    modified: str = ""
    page: str = ""
    origin: Origin | None = None
    how: list[str] = []
    remarks: list[Remark] = []
    withheld: int = 0
    left: list[Left] = []
    values: dict[str, list[str]] = {}
