"""A record becomes things: the work, who made it, where it appeared, its identifiers, the document about it.

Here IRIs are minted and things are linked. Which property a field becomes is not said here but in
`vocab/mapping.csv`; which class and which IRI a kind of thing has, in `vocab/things.csv`. A plain field of the record,
such as `genres`, passes to the work by its name, in the singular.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from operator import attrgetter
from typing import Any

from msgspec import Struct

from ld.mapping.agents import Credits, credits, organization
from ld.mapping.containers import SERIALS, Appearance, appearance, journal_key
from ld.mapping.entities import About, Fields, Kinds, Thing, add, passed
from ld.record import Container, Date, Record
from ld.summary import Named, Ref, Summary, Text, Value
from ld.values import identifiers, keys, languages, names

_ARTICLES = {"ScholarlyArticle", "Article"}
_OPEN = "http://purl.org/coar/access_right/c_abf2"
# Fields of the work that are made here, each from more than the field of the record that has its name.
_MADE = frozenset((
    "class", "type", "page", "title", "alternative", "publisher", "language", "contents", "subject", "institution",
    "how", "abstract", "degree", "book_format", "contributor_name", "format", "id", "modified", "created",
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
        fields["type"] = [self.type["type"]]
        if not self.about.journal:
            fields["page"] = [self.page]
            fields["data_licence"] = [self._licence()]

    def _own_journal(self) -> Container | None:
        """Return the journal this record is about, so that the record and the journal's articles meet in one thing."""
        if not self.serial or not self.record.containers:
            return None
        first = self.record.containers[0]
        return first if first.kind == "journal" and (first.issn or first.eissn or first.title) else None

    def _titles(self) -> None:
        record, fields = self.record, self.fields
        self.title = Text(record.title) if self.serial else self._tagged(record.title)
        fields["title"] = [record.title if self.about.journal else self.title]
        if self.schema in _ARTICLES:
            fields["headline"] = fields["title"]
        if record.alternatives:
            fields["alternative"] = [Text(title) for title in record.alternatives]
        if record.earlier_titles or record.later_titles:
            fields["relation"] = [*record.earlier_titles, *record.later_titles]

    def _tag(self) -> str:
        codes = self.record.languages
        return languages.tag(codes[0]) if len(codes) == 1 else ""

    def _tagged(self, text: str) -> Text:
        return Text(text, self.tag if self.tag and languages.agrees(text, self.tag) else "")

    def _dates(self) -> None:
        fields, issued, span = self.fields, self.record.issued, self.record.span
        known = issued or span
        if known:
            fields["issued"] = [known]
        if issued and issued.year:
            fields["year"] = [issued.year]
            fields["published"] = [issued.year if issued.datatype == "edtf" else issued.value]
        if span and span.datatype == "edtf" and "/" in span.value:
            self._span(span)

    def _span(self, span: Date) -> None:
        start, _, end = span.value.partition("/")
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
        fields["number"] = [c.number for c in record.containers if c.number]

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
            self.fields["abstract"] = [self._tagged(record.abstract)]
        if record.contents:
            self.fields["contents"] = [Text(text) for text in record.contents]

    def _subjects(self) -> None:
        tag = self.tag if self.about.journal else self.title.tag
        keywords, about, subjects = list[Value](), list[Value](), list[Value]()
        for subject in self.record.subjects:
            if subject.scheme:
                thing = self.kinds.once(_class, subject.scheme, subject.code, subject.label)
            else:
                own = tag and languages.agrees(subject.label, tag)
                thing = self.kinds.once(_keyword, subject.label, tag if own else "")
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
        if self.record.degree and self.schema == "Thesis":
            self.fields["degree_name"] = [self.record.degree]
            known = self.kinds.degrees.get(self.record.degree.casefold())
            self.fields["degree"] = [known] if known else []

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
        return (self.collection["licence"] if self.collection else "") or self.kinds.site.licence

    def _document(self, topic: Ref, institutions: list[Ref]) -> list[Thing]:
        record, base = self.record, self.kinds.site.base
        fields: Fields = {
            "topic": [topic],
            "identifier": [record.id, *record.control_numbers],
            "licence": [self._licence()],
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
            people=made.agents(),
            publishers=made.publishers,
            containers=where.way,
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
            issued=record.issued or record.span,
            incomplete=getattr(record, "incomplete", False),
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
        "contents",
        "degree",
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


def _keyword(kinds: Kinds, label: str, tag: str) -> Thing:
    fields: Fields = {"label": [Text(label, tag)], "scheme": [Ref(f"{kinds.site.base}subject#it")]}
    made = kinds.shared("subject", fields, key=names.encoded(keys.key(label)))
    made.named = Named(Text(label, tag), made.path)
    return made


def _class(kinds: Kinds, scheme: str, code: str, label: str) -> Thing:
    known = kinds.schemes.get(scheme)
    fields: Fields = {"scheme": [known or Ref(f"{kinds.site.base}subject/{scheme}#it")]}
    fields["notation"] = [code] if code else []
    fields["label"] = [label] if label else []
    fields["class"] = [kinds.vocabulary.expand("schema:DefinedTerm")] if label else []
    made = kinds.shared("class", fields, scheme=scheme, code=names.encoded(code or keys.key(label)))
    made.named = Named(Text(label), made.path)
    return made
