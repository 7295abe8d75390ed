"""A record becomes things: the work, who made it, where it appeared, its identifiers, the document about it.

Here IRIs are minted and things are linked. Which property a field becomes is not said here but in
`vocab/mapping.csv`; which class and which IRI a kind of thing has, in `vocab/things.csv`.
"""

from __future__ import annotations

from ld.mapping.agents import Agents
from ld.mapping.containers import SERIALS, Containers, journal_key
from ld.mapping.entities import Fields, Kinds, Thing, add
from ld.record import Container, Record
from ld.values import languages, names

_ARTICLES = {"ScholarlyArticle", "Article"}
_DEGREE = "http://purl.org/ontology/bibo/degrees/"
_DEGREES = {"phd": "phd", "ph.d.": "phd", "ph. d.": "phd", "m.a.": "ma", "ma": "ma", "m.s.": "ms", "ms": "ms"}
_OPEN = "http://purl.org/coar/access_right/c_abf2"


def describe(record: Record, kinds: Kinds) -> list[Thing]:
    """Return the things the record speaks of, the work first, in an order a person likes to read."""
    return _Description(record, kinds).things()


class _Description:
    """The things of one record, while they are being collected."""

    def __init__(self, record: Record, kinds: Kinds) -> None:
        self.kinds = kinds
        self.record = record
        self.id = names.encoded(record.id)
        self.type = kinds.type_of(record.format)
        self.schema = self.type["schema"].rpartition("/")[2]
        self.collection = kinds.collections.get(record.collection)
        self.page = kinds.mint("document", id=self.id)
        self.serial = self.schema in SERIALS
        self.tag = self._tag()
        self.own: list[Thing] = []
        self.shared: list[Thing] = []
        self.journal = self._own_journal()
        self.agents = Agents(kinds, record, self.id, self.schema, self.journal is not None, self.own, self.shared)

    def things(self) -> list[Thing]:
        work = self._work()
        fields = work.fields
        self._titles(fields)
        self.agents.people(fields)
        self._dates(fields)
        self._languages(fields)
        self.agents.publishers(fields)
        Containers(self.kinds, self.record, self.agents, self.shared, self.journal).fill(fields, self.schema)
        self._identifiers(fields)
        self._access(fields)
        self._text(fields)
        self._subjects(fields)
        self._carrier(fields)
        document = self._document(work.iri)
        first = [] if work.shared else [work]
        return [*first, *self.own, *document, *([work] if work.shared else []), *self.shared]

    def _work(self) -> Thing:
        classes = [iri for iri in (self.type["bibo"], self.type["schema"]) if iri]
        fields: Fields = {"class": classes, "type": [self.type["type"]]}
        if self.journal:
            return Thing("journal", self.kinds.mint("journal", key=journal_key(self.journal)), fields, shared=True)
        fields["page"] = [self.page]
        fields["data_licence"] = [self._licence()]
        return Thing("work", self.kinds.mint("work", id=self.id), fields)

    def _own_journal(self) -> Container | None:
        """Return the journal this record is about, so that the record and the journal's articles meet in one thing."""
        if not self.serial or not self.record.containers:
            return None
        first = self.record.containers[0]
        return first if first.kind == "journal" and (first.issn or first.eissn) else None

    def _titles(self, fields: Fields) -> None:
        record = self.record
        if self.serial:
            fields["title"] = [record.title] if "page" not in fields else [(record.title, "")]
        else:
            fields["title"] = [self._tagged(record.title)]
        if self.schema in _ARTICLES:
            fields["headline"] = fields["title"]
        if record.alternatives:
            fields["alternative"] = [(title, "") for title in record.alternatives]
        if record.earlier_titles or record.later_titles:
            fields["relation"] = [*record.earlier_titles, *record.later_titles]

    def _tag(self) -> str:
        codes = self.record.languages
        return languages.tag(codes[0]) if len(codes) == 1 else ""

    def _tagged(self, text: str) -> tuple[str, str]:
        return (text, self.tag if self.tag and languages.agrees(text, self.tag) else "")

    def _dates(self, fields: Fields) -> None:
        issued, span = self.record.issued, self.record.span
        if issued or span:
            fields["issued"] = [issued or span]
        if issued and issued.year:
            fields["year"] = [issued.year]
            fields["published"] = [issued.year if issued.datatype == "edtf" else issued.value]
        if span and span.datatype == "edtf" and "/" in span.value:
            start, _, end = span.value.partition("/")
            fields["start"] = [start] if start.isdigit() else []
            fields["end"] = [end] if end.isdigit() else []

    def _languages(self, fields: Fields) -> None:
        codes = self.record.languages
        fields["language"] = [iri for iri in map(languages.iri, codes) if iri]
        fields["language_tag"] = [tag for tag in map(languages.tag, codes) if tag]

    def _identifiers(self, fields: Fields) -> None:
        record = self.record
        if record.doi:
            self._doi(record.doi, fields)
        for iri in record.same_as:
            add(fields, "same_page", iri)
        if record.publisher_id:
            node = self._identifier("publisher-id", "publisherRecordId", "Publisher's record id", record.publisher_id)
            add(fields, "identifier_node", node)
        for isbn in record.isbns:
            add(fields, "isbn", isbn)
            add(fields, "identifier", f"urn:isbn:{isbn}")
        fields["oclc"] = record.oclc
        if record.lccn:
            fields["lccn"] = [record.lccn]
        for number in record.oclc:
            add(fields, "same_page", f"http://worldcat.org/oclc/{number}")
        fields["number"] = [c.number for c in record.containers if c.number]

    def _doi(self, doi: str, fields: Fields) -> None:
        iri = names.doi_iri(doi)
        fields["doi"] = [doi]
        add(fields, "identifier", iri)
        add(fields, "same_thing", iri)
        add(fields, "same_page", iri)
        node = self._identifier("doi", "https://registry.identifiers.org/registry/doi", "DOI", doi, iri)
        add(fields, "identifier_node", node)

    def _identifier(self, part: str, scheme: str, name: str, value: str, url: str = "") -> str:
        iri = self.kinds.mint("identifier", id=self.id, scheme=part)
        fields: Fields = {"scheme": [scheme], "name": [name], "value": [value], "url": [url] if url else []}
        self.own.append(Thing("identifier", iri, fields))
        return iri

    def _access(self, fields: Fields) -> None:
        record = self.record
        fields["url"] = fields["url_text"] = record.urls
        if record.thumbnail:
            fields["thumbnail"] = [record.thumbnail]
        if record.licence:
            fields["licence"] = [record.licence]
        if record.urls and self.collection and self.collection["access"] == "open":
            fields["access"] = [_OPEN]
            fields["free"] = ["true"]

    def _text(self, fields: Fields) -> None:
        record = self.record
        if record.abstract:
            fields["abstract"] = [self._tagged(record.abstract)]
        if record.contents:
            fields["contents"] = [(text, "") for text in record.contents]
        fields["genre"] = record.genres
        fields["place"] = record.places
        fields["period"] = record.periods

    def _subjects(self, fields: Fields) -> None:
        title = fields["title"][0]
        tag = title[1] if isinstance(title, tuple) else self.tag
        for subject in self.record.subjects:
            own = not subject.scheme and tag and languages.agrees(subject.label, tag)
            label = (subject.label, tag if own else "")
            if subject.label:
                add(fields, "keyword", label)
            if subject.scheme:
                thing = self.kinds.once(_class, subject.scheme, subject.code, subject.label)
                if subject.label:
                    add(fields, "about", thing.iri)
            else:
                thing = self.kinds.once(_keyword, *label)
            self.shared.append(thing)
            add(fields, "subject", thing.iri)

    def _carrier(self, fields: Fields) -> None:
        record = self.record
        fields["extent"] = record.extents
        fields["carrier"] = record.carriers
        if record.edition:
            fields["edition"] = [record.edition]
        if record.page_count:
            fields["page_count"] = [record.page_count]
        if self.schema == "Book":
            self._book(fields)
        if record.degree and self.schema == "Thesis":
            fields["degree_name"] = [record.degree]
            known = _DEGREES.get(record.degree.casefold())
            fields["degree"] = [_DEGREE + known] if known else []

    def _book(self, fields: Fields) -> None:
        """Fill what schema.org says of books only."""
        form = self.type["book_format"]
        if self.record.book_format:
            form = self.kinds.vocabulary.expand(self.record.book_format)
        fields["book_format"] = [form] if form else []
        fields["book_isbn"] = self.record.isbns
        fields["book_edition"] = fields.get("edition", [])
        fields["book_pages"] = fields.get("page_count", [])

    def _licence(self) -> str:
        return (self.collection["licence"] if self.collection else "") or self.kinds.site.licence

    def _document(self, topic: str) -> list[Thing]:
        record = self.record
        slug = self.collection["slug"] if self.collection else names.slug(record.collection or "catalogue")
        fields: Fields = {
            "topic": [topic],
            "identifier": [record.id, *record.control_numbers],
            "licence": [self._licence()],
            "how": [f"{self.kinds.site.base}provenance#{how}" for how in record.how],
            "institution": [self.agents.organization(name) for name in record.institutions],
            "dataset": [f"{self.kinds.site.base}dataset/{slug}#it"],
        }
        if record.page:
            fields["origin_page"] = [record.page]
        if record.created:
            fields["created"] = [record.created]
        if record.modified:
            fields["modified"] = [record.modified]
        things = [Thing("document", self.page, fields)]
        if record.origin:
            source = self.kinds.mint("source", id=self.id)
            fields["source"] = [source]
            known = {"identifier": record.origin.identifier, "modified": record.origin.modified}
            things.append(Thing("source", source, {name: [value] for name, value in known.items() if value}))
        return things


def _keyword(kinds: Kinds, label: str, tag: str) -> Thing:
    iri = kinds.mint("subject", slug=names.slug(label))
    return Thing("subject", iri, {"label": [(label, tag)], "scheme": [kinds.site.base + "subject#it"]}, shared=True)


def _class(kinds: Kinds, scheme: str, code: str, label: str) -> Thing:
    iri = kinds.mint("class", scheme=scheme, code=names.encoded(code or names.slug(label)))
    fields: Fields = {"scheme": [kinds.schemes.get(scheme) or f"{kinds.site.base}subject/{scheme}#it"]}
    fields["notation"] = [code] if code else []
    fields["label"] = [label] if label else []
    fields["class"] = [kinds.vocabulary.expand("schema:DefinedTerm")] if label else []
    return Thing("class", iri, fields, shared=True)
