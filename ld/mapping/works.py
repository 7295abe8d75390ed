"""A record becomes things: the work, who made it, where it appeared, its identifiers, the document about it.

Here IRIs are minted and things are linked. Which property a field becomes is not said here but in
`vocab/mapping.csv`; which class and which IRI a kind of thing has, in `vocab/things.csv`. A plain field of the record,
such as `genres`, passes to the work by its name, in the singular.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from operator import attrgetter
from typing import Any

from msgspec import Struct

from ld.mapping.agents import Credits, credits, organization
from ld.mapping.containers import SERIALS, Appearance, appearance, journal_key
from ld.mapping.entities import About, Fields, Kinds, Thing, add, passed
from ld.mapping.subjects import concept
from ld.record import Container, Date, Record
from ld.summary import Named, Ref, Summary, Text, Value
from ld.values import identifiers, keys, languages, names

_ARTICLES = {"ScholarlyArticle", "Article"}
_PARALLEL = re.compile(r"=(?:(?<=\w=)|(?<=\w\s=))\s?[^\W\d_]{3}")  # begins with what is looked for first
_OPEN = "http://purl.org/coar/access_right/c_abf2"
# Fields of the work that are made here, each from more than the field of the record that has its name.
_MADE = frozenset((
    "class", "type", "page", "title", "alternative", "publisher", "language", "contents", "subject", "institution",
    "how", "abstract", "degree", "granted_by", "book_format", "contributor_name", "format", "id", "modified", "created",
))  # fmt: skip
# Fields that pass from the record by their names, also where no row of the mapping has them: pages may show them.
_PASSING = (
    "carrier", "doi", "edition", "extent", "genre", "isbn", "ismn", "lccn", "licence", "oclc", "page_count", "page_end",
    "page_start", "pages", "period", "place", "rights", "rights_page", "thumbnail", "url",
)  # fmt: skip


class Whole(Struct, frozen=True):
    """What a record becomes: the things it speaks of, the work first; what makes its summary, of the same fields."""

    things: list[Thing]
    summarize: Callable[[], Summary]


def describe(record: Record, kinds: Kinds, apart: bool = False) -> Whole:
    """Return what the record becomes, its things in an order that reads well.

    A record about a journal is about the one thing that all records mean by it; `apart` where they call it otherwise.
    """
    return _Description(record, kinds.of(f"record/{record.id}"), apart).whole()


def _passed(kinds: Kinds) -> tuple[tuple[str, ...], Callable[[Record], tuple[Any, ...]]]:
    """Return the fields of the work that pass as the record has them, and what takes their values out of it."""
    rows = kinds.vocabulary.rows("mapping.csv")
    mapped = dict.fromkeys([*_PASSING, *(row["field"] for row in rows if row["thing"] in ("work", "journal"))])
    found = {field: passed(field) for field in mapped if passed(field) and field not in _MADE}
    return tuple(found), attrgetter(*found.values(), "id", "id")  # of several it gives a tuple


class _Description:
    """The description of one record, while it is being made."""

    def __init__(self, record: Record, kinds: Kinds, apart: bool) -> None:
        self.kinds = kinds
        self.record = record
        self.type = kinds.type_of(record.format)
        self.schema = self.type["schema"].rpartition("/")[2]
        self.collection = kinds.collections.get(record.collection)
        self.slug = self.collection["slug"] if self.collection else keys.key(record.collection or "catalogue")
        self.serial = self.schema in SERIALS
        self.tag = self._tag()
        journal = None if apart else self._own_journal()
        self.about = About(record, kinds, names.encoded(record.id), self.schema, journal, self.slug)
        self.page = kinds.mint("document", id=self.about.id)
        self.own: list[Thing] = []
        self.shared: list[Thing] = []
        self.subjects: list[Named] = []
        self.fields = self._plain()

    def whole(self) -> Whole:
        fields, journal = self.fields, self.about.journal
        made, where = credits(self.about), appearance(self.about)
        fields |= made.fields
        fields |= where.fields
        self._classes()
        self._titles()
        self._dates()
        self._languages()
        self._identifiers()
        self._access()
        self._text()
        self._subjects()
        self._carrier()
        if journal:
            work = self.kinds.shared("journal", fields, key=journal_key(journal))
        else:
            work = Thing("work", self.kinds.mint("work", id=self.about.id), fields)
        institutions = [organization(self.kinds, name) for name in self.record.institutions]
        document = self._document(work.ref, [one.ref for one in institutions])
        shared = [*made.shared, *where.shared, *self.shared, *institutions]
        own = [*made.own, *self.own, *document]
        things = [*own, work, *shared] if journal else [work, *own, *shared]
        return Whole(things, partial(self._summary, made, where, work, institutions))

    def _plain(self) -> Fields:
        """Return the fields that are the record's own as they stand."""
        names, values = self.kinds.once(_passed)
        found = zip(names, values(self.record), strict=False)
        return {name: [value] if isinstance(value, str) else value for name, value in found if value}

    def _classes(self) -> None:
        fields = self.fields
        fields["class"] = [iri for iri in (self.type["bibo"], self.type["schema"]) if iri]
        fields["type"] = _some(self.type["type"])
        if not self.about.journal:
            fields["page"] = [self.page]
            fields["data_licence"] = _some(self._licence())

    def _own_journal(self) -> Container | None:
        """Return the journal this record is about, so that the record and the journal's articles meet in one thing."""
        if not self.serial or not self.record.containers:
            return None
        first = self.record.containers[0]
        return first if first.kind == "journal" and (first.issn or first.eissn) else None

    def _titles(self) -> None:
        record, fields = self.record, self.fields
        self.title = Text(record.title) if self.serial else self._tagged(record.title, record.title_language)
        fields["title"] = [record.title if self.about.journal else self.title]
        if self.schema in _ARTICLES:
            fields["headline"] = fields["title"]
        if record.alternatives or record.other_titles:
            fields["alternative"] = [*map(Text, record.alternatives), *record.other_titles]
        if record.earlier_titles or record.later_titles or record.related_titles:
            fields["relation"] = [*record.earlier_titles, *record.later_titles, *record.related_titles]

    def _tag(self) -> str:
        codes = self.record.languages
        return languages.tag(codes[0]) if len(codes) == 1 else ""

    def _tagged(self, text: str, language: str = "") -> Text:
        """Return the text with its own language, or the record's, where nothing in it speaks against that.

        A title that stands there in two languages ("Importância = Importance") is in neither.
        """
        tag = languages.tag(language) if language else self.tag
        return Text(text, tag if tag and not _PARALLEL.search(text) and languages.agrees(text, tag) else "")

    def _dates(self) -> None:
        """Set the date of issue; of a run of years, the first is when publication began.

        "1971 or 1972" is no date of publication to schema.org, which knows no doubt.
        """
        fields, issued, span = self.fields, self.record.issued, self.record.span
        known = issued or span
        if known:
            fields["issued"] = [known]
            fields["year"] = [known.year] if known.year else []
            if known.year and not known.value.startswith("[") and (issued or known.datatype == "gYear"):
                fields["published"] = [known.year if known.datatype == "edtf" else known.value]
        if span:
            self._span(span)

    def _span(self, span: Date) -> None:
        """Set the first and the last year of a run; one that is not sure ("1936?", "19XX") is none of a schema:Date."""
        start, several, end = span.value.partition("/")
        end = end if several else start
        self.fields["start"] = [start] if start.isdigit() else []
        self.fields["end"] = [end] if end.isdigit() else []

    def _languages(self) -> None:
        codes = self.record.languages
        self.fields["language"] = [iri for iri in map(languages.iri, codes) if iri]
        self.fields["language_tag"] = [tag for tag in map(languages.tag, codes) if tag]

    def _identifiers(self) -> None:
        record, fields = self.record, self.fields
        if record.doi:
            self._doi(record.doi)
        for iri in record.same_as:
            add(fields, "same_page", iri)
        if record.publisher_id:
            node = self._identifier("publisher-id", "publisherRecordId", "Publisher's record id", record.publisher_id)
            add(fields, "identifier_node", node)
        for isbn in record.isbns:
            add(fields, "identifier", f"urn:isbn:{isbn}")
        for ismn in record.ismns:
            add(fields, "identifier", f"urn:ismn:{ismn}")
            node = self._identifier(f"ismn-{ismn}", "http://id.loc.gov/vocabulary/identifiers/ismn", "ISMN", ismn)
            add(fields, "identifier_node", node)
        for number in record.oclc:
            add(fields, "same_page", f"http://worldcat.org/oclc/{number}")
        in_book = any(one.kind == "book" for one in record.containers)  # then a series and its number are the book's
        fields["number"] = [one.number for one in record.containers if one.number and not in_book]

    def _doi(self, doi: str) -> None:
        iri = identifiers.doi_iri(doi)
        for field in ("identifier", "same_thing", "same_page"):
            add(self.fields, field, iri)
        node = self._identifier("doi", "https://registry.identifiers.org/registry/doi", "DOI", doi, iri)
        add(self.fields, "identifier_node", node)

    def _identifier(self, part: str, scheme: str, name: str, value: str, url: str = "") -> Ref:
        ref = self.kinds.mint("identifier", id=self.about.id, scheme=part)
        fields: Fields = {"scheme": [scheme], "name": [name], "value": [value], "url": [url] if url else []}
        self.own.append(Thing("identifier", ref, fields))
        return ref

    def _access(self) -> None:
        record = self.record
        if record.urls:
            self.fields["url_text"] = [*record.urls]
            if self.collection and self.collection["access"] == "open":
                self.fields["access"] = [_OPEN]
                self.fields["free"] = ["true"]

    def _text(self) -> None:
        record = self.record
        if record.abstract:
            self.fields["abstract"] = [self._tagged(record.abstract, record.abstract_language), *record.other_abstracts]
        if record.contents:
            self.fields["contents"] = [Text(text) for text in record.contents]

    def _subjects(self) -> None:
        keywords, about, subjects = list[Value](), list[Value](), list[Value]()
        for subject in self.record.subjects:
            thing = concept(self.kinds, subject)
            if subject.label:
                keywords.append(thing.named.name)
                if subject.scheme:
                    about.append(thing.ref)
            self.shared.append(thing)
            self.subjects.append(thing.named)
            subjects.append(thing.ref)
        self.fields |= {"keyword": keywords, "about": about, "subject": subjects}

    def _carrier(self) -> None:
        if self.schema == "Book":
            self._book()
        if self.schema == "Thesis":
            self._thesis()
        status = self.record.status
        self.fields["status_kind"] = [iri] if status and (iri := self.kinds.statuses.get(status)) else []

    def _thesis(self) -> None:
        """Fill the degree, and the body that granted it, unless it stands among the people with that role."""
        record, fields = self.record, self.fields
        if record.degree:
            fields["degree_name"] = [record.degree]
            known = self.kinds.degrees.get(record.degree.casefold())
            fields["degree"] = [known] if known else []
        if record.granted_by and not any(person.role == "dgg" for person in record.people):
            body = organization(self.kinds, record.granted_by)
            self.shared.append(body)
            fields["granted_by"] = [body.ref]

    def _book(self) -> None:
        """Fill what schema.org says of books only."""
        fields, form = self.fields, self.type["book_format"]
        if self.record.book_format:
            form = self.kinds.vocabulary.expand(self.record.book_format)
        fields["book_format"] = [form] if form else []
        fields["book_isbn"] = [*self.record.isbns]
        fields["book_edition"] = [self.record.edition] if self.record.edition else []
        fields["book_pages"] = [self.record.page_count] if self.record.page_count else []

    def _licence(self) -> str:
        """Return the licence of the data, empty where nobody states one: that is not ours to say."""
        return (self.collection["licence"] if self.collection else "") or self.kinds.site.licence

    def _document(self, topic: Ref, institutions: list[Ref]) -> list[Thing]:
        record, base = self.record, self.kinds.site.base
        fields: Fields = {
            "topic": [topic],
            "identifier": [record.id, *record.control_numbers],
            "licence": _some(self._licence()),
            "how": [f"{base}provenance#{how}" for how in record.how],
            "institution": [*institutions],
            "dataset": [Ref(f"{base}dataset/{names.encoded(self.slug)}#it")],
            "origin_page": _some(record.page),
            "created": _some(record.created),
            "modified": _some(record.modified),
        }
        things = [Thing("document", self.page, fields)]
        if record.origin:
            source = self.kinds.mint("source", id=self.about.id)
            fields["source"] = [source]
            known = {"identifier": record.origin.identifier, "modified": record.origin.modified}
            things.append(Thing("source", source, {name: [value] for name, value in known.items() if value}))
        return things

    def _for_citations(self) -> dict[str, Any]:
        """Return what only citations need: date or run as they are, the school of a thesis."""
        record = self.record
        school = next((one.name for one in record.people if one.role == "dgg"), record.granted_by)
        issued = record.issued or record.span
        return {"issued": issued, "granted_by": school * (self.schema == "Thesis")}

    # -- the summary -----------------------------------------------------------------------------------------------

    def _summary(self, made: Credits, where: Appearance, work: Thing, institutions: list[Thing]) -> Summary:
        """Return what people and the program need to know of the record, from the same fields."""
        record, fields = self.record, self.fields
        abstract = fields.get("abstract")
        return Summary(
            title=self.title,
            kind=self.schema,
            alternatives=_texts(fields, "alternative"),
            year=_first(fields, "year"),
            published=_first(fields, "published"),
            start=_first(fields, "start"),
            end=_first(fields, "end"),
            languages=[code for code in record.languages if languages.iri(code)],
            tags=_strings(fields, "language_tag"),
            incomplete=record.incomplete,
            containers=where.way,
            series=where.series,
            volume=_first(fields, "volume"),
            number=_strings(fields, "number"),
            citation=_first(fields, "citation"),
            issns=_strings(fields, "any_issn"),
            same=_strings(fields, "same_thing"),
            free="free" in fields,
            abstract=abstract[0] if abstract else None,  # type: ignore[arg-type]  # a Text
            contents=_texts(fields, "contents"),
            subjects=self.subjects,
            keywords=list(dict.fromkeys(_texts(fields, "keyword"))),
            degree=_first(fields, "degree_name"),
            relations=_strings(fields, "relation"),
            identifiers=[record.id, *record.control_numbers],
            institutions=[one.named for one in institutions],
            collection=self.slug,
            data_licence=self._licence(),
            source_page=record.page,
            topic=work.path,
            linked=where.records,
            **self._for_citations(),
            **made.told(),
            **dict(zip(_PASSED, _values_passed(record), strict=True)),
        )


# What the summary has as the record has it; the rest is made above.
_PASSED = tuple(
    {name for name in Summary.__struct_fields__ if passed(name) == name}
    - {
        "title",
        "alternatives",
        "languages",
        "publishers",
        "distributors",
        "contents",
        "degree",
        "granted_by",
        "abstract",
        "institutions",
        "collection",
    }
)
_values_passed = attrgetter(*_PASSED)


def _some(text: str) -> list[Value]:
    return [text] if text else []


def _first(fields: Fields, name: str) -> str:
    values = fields.get(name)
    return values[0] if values else ""  # type: ignore[return-value]  # a str


def _strings(fields: Fields, name: str) -> list[str]:
    return fields.get(name, [])  # type: ignore[return-value]  # of str


def _texts(fields: Fields, name: str) -> list[Text]:
    return fields.get(name, [])  # type: ignore[return-value]  # of Text
