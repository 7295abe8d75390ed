"""A record becomes things: each with an IRI, a kind and its fields. Here IRIs are minted and things are linked.

Which property a field becomes is not said here but in `vocab/mapping.csv`; which class and which IRI a kind has, in
`vocab/things.csv`. There are no blank nodes. A URL without fragment is a document, the same with `#it` is the thing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from ld import languages, names
from ld.record import Container, Person, Record, Subject
from ld.vocab import Row, Vocabulary

Fields = dict[str, list[Any]]

_ARTICLES = {"ScholarlyArticle", "Article"}
_SERIALS = {"Periodical", "Newspaper"}
_DEGREE = "http://purl.org/ontology/bibo/degrees/"
_DEGREES = {"phd": "phd", "ph.d.": "phd", "ph. d.": "phd", "m.a.": "ma", "ma": "ma", "m.s.": "ms", "ms": "ms"}
_OPEN = "http://purl.org/coar/access_right/c_abf2"
_PORTAL = "https://portal.issn.org/resource/ISSN/"


class Thing(Struct):
    """One node of the graph. `shared` tells that other records may speak of it too, so it has a document of its own."""

    kind: str
    iri: str
    fields: Fields
    shared: bool = False


class Site(Struct, frozen=True):
    """What the mapping needs to know of the site: its base URL (with a slash at the end) and the data's licence."""

    base: str = "http://127.0.0.1:8000/"
    licence: str = "https://creativecommons.org/publicdomain/zero/1.0/"


class Describer:
    """Turns records into things, for one site and one vocabulary."""

    def __init__(self, site: Site, vocabulary: Vocabulary) -> None:
        self.site = site
        self.vocabulary = vocabulary
        self.shapes = {row["thing"]: row["iri"] for row in vocabulary.rows("things.csv")}
        self.types = {key: self._type(row) for key, row in vocabulary.codes("types").items()}
        self.collections = vocabulary.codes("collections")
        self.roles = vocabulary.codes("roles")
        self.organizations = {
            names.slug(row["name"]): row["preferred"] for row in vocabulary.codes("organizations").values()
        }
        self.schemes = {key: row["iri"] for key, row in vocabulary.codes("schemes").items()}

    def describe(self, record: Record) -> list[Thing]:
        """Return the things the record speaks of, the work first, in an order a person likes to read."""
        return _Description(self, record).things()

    def mint(self, kind: str, **names_of_parts: str) -> str:
        """Return the IRI of a thing of that kind."""
        return self.shapes[kind].format(base=self.site.base, **names_of_parts)

    def _type(self, row: Row) -> dict[str, str]:
        where = row[":line"]
        return {
            column: self.vocabulary.expand(row[column], where) if row[column] else ""
            for column in ("bibo", "schema", "type", "book_format")
        }


class _Description:
    """The things of one record, while they are being collected."""

    def __init__(self, describer: Describer, record: Record) -> None:
        self.site = describer.site
        self.d = describer
        self.record = record
        self.id = names.encoded(record.id)
        self.type = describer.types.get(record.format) or describer.types["__default__"]
        self.schema = self.type["schema"].rpartition("/")[2]
        self.collection = describer.collections.get(record.collection)
        self.page = describer.mint("document", id=self.id)
        self.serial = self.schema in _SERIALS
        self.tag = self._tag()
        self.own: list[Thing] = []
        self.shared: list[Thing] = []
        self.parts: dict[str, int] = {}

    def things(self) -> list[Thing]:
        work = self._work()
        fields = work.fields
        self._titles(fields)
        self._people(fields)
        self._dates(fields)
        self._languages(fields)
        self._publishers(fields)
        self._containers(fields)
        self._identifiers(fields)
        self._access(fields)
        self._text(fields)
        self._subjects(fields)
        self._carrier(fields)
        document = self._document(work.iri)
        first = [] if work.shared else [work]
        return [*first, *self.own, *document, *([work] if work.shared else []), *self.shared]

    # -- the work ------------------------------------------------------------------------------------------------------

    def _work(self) -> Thing:
        classes = [iri for iri in (self.type["bibo"], self.type["schema"]) if iri]
        fields: Fields = {"class": classes, "type": [self.type["type"]]}
        journal = self._own_journal()
        if journal:
            return Thing("journal", self.d.mint("journal", key=_journal_key(journal)), fields, shared=True)
        fields["page"] = [self.page]
        fields["data_licence"] = [self._licence()]
        return Thing("work", self.d.mint("work", id=self.id), fields)

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
        fields["alternative"] = [(title, "") for title in record.alternatives]
        fields["relation"] = [*record.earlier_titles, *record.later_titles]

    def _tag(self) -> str:
        codes = self.record.languages
        return languages.tag(codes[0]) if len(codes) == 1 else ""

    def _tagged(self, text: str) -> tuple[str, str]:
        return (text, self.tag if self.tag and languages.agrees(text, self.tag) else "")

    # -- people and organizations --------------------------------------------------------------------------------------

    def _people(self, fields: Fields) -> None:
        order: dict[str, list[str]] = {"author": [], "editor": []}
        for person in self.record.people:
            role = self.d.roles.get(person.role) or self.d.roles["ctb"]
            listed = self._listed(role)
            if "publisher" in listed:
                self._publisher(person.name, fields)
                continue
            iri = self._agent(person, "author" if "author" in listed else "contributor")
            for name in listed:
                _add(fields, name, iri)
            for name in order.keys() & set(listed):
                if iri not in order[name]:
                    order[name].append(iri)
            by_author = "author" in listed
            _add(fields, "author_name" if by_author else "contributor_name", person.name)
            if not by_author or person.role not in ("aut", "cre"):
                _add(fields, "relator", (role["code"], iri))
        for name in self.record.contributor_names:
            _add(fields, "contributor_name", name)
        self._orders(fields, order)

    def _listed(self, role: Row) -> list[str]:
        """Return the fields the role is listed under; some only suit certain classes (column `only`)."""
        listed = role["fields"].split()
        only = role.get("only", "")
        if only and self.schema not in only.split():
            return ["contributor", "other"]
        return listed

    def _orders(self, fields: Fields, order: dict[str, list[str]]) -> None:
        for name, members in reversed(order.items()):
            if members:
                seq = self.d.mint(f"{name}s", id=self.id)
                fields[f"{name}s"] = [seq]
                numbered = [(str(n), iri) for n, iri in enumerate(members, 1)]
                self.own.insert(0, Thing(f"{name}s", seq, {"member": numbered}))

    def _agent(self, person: Person, part: str) -> str:
        if person.heading:
            return self._heading(person)
        n = self.parts[part] = self.parts.get(part, 0) + 1
        kind = "corporation" if person.organization else "person"
        iri = self.d.mint(kind, id=self.id, part=part, n=str(n))
        fields = _name_fields(person)
        thing = Thing(kind, iri, fields)
        self.own.append(thing)
        for name in person.affiliations:
            m = self.parts["affiliation"] = self.parts.get("affiliation", 0) + 1
            affiliation = self.d.mint("affiliation", id=self.id, n=str(m))
            _add(fields, "affiliation", affiliation)
            self.own.append(Thing("affiliation", affiliation, {"name": [name]}))
        return iri

    def _heading(self, person: Person) -> str:
        iri = self.d.mint("agent", slug=names.slug(person.name))
        vocabulary = self.d.vocabulary
        kind = "Organization" if person.organization else "Person"
        fields = _name_fields(person)
        fields["class"] = [vocabulary.expand(f"foaf:{kind}"), vocabulary.expand(f"schema:{kind}")]
        self.shared.append(Thing("agent", iri, fields, shared=True))
        return iri

    def _publishers(self, fields: Fields) -> None:
        for name in self.record.publishers:
            self._publisher(name, fields)

    def _publisher(self, name: str, fields: Fields) -> None:
        _add(fields, "publisher", self._organization(name))
        _add(fields, "publisher_name", name)

    def _organization(self, name: str) -> str:
        preferred = self.d.organizations.get(names.slug(name), name)
        iri = self.d.mint("organization", slug=names.slug(preferred))
        self.shared.append(Thing("organization", iri, {"name": [preferred]}, shared=True))
        return iri

    # -- dates, languages ----------------------------------------------------------------------------------------------

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

    # -- where it appeared ---------------------------------------------------------------------------------------------

    def _containers(self, fields: Fields) -> None:
        chapter = self.schema == "Chapter"
        for container in self.record.containers:
            if container.kind == "record":
                chain = [self.d.mint("work", id=names.encoded(container.record))]
            elif container.kind == "series":
                chain = [self._series(container)]
            else:
                chain = self._journal(container, fields)
            if chain and not (chapter and fields.get("container")):
                for iri in chain[-1:] if chapter else chain:
                    _add(fields, "container", iri)
                fields.setdefault("nearest", [chain[-1]])
        record = self.record
        fields["page_start"] = [record.page_start] if record.page_start else []
        fields["page_end"] = [record.page_end] if record.page_end else []
        fields["pages"] = [record.pages] if record.pages else []

    def _series(self, container: Container) -> str:
        key = f"{names.slug(container.title)}-{names.digest(container.title.casefold())}"
        iri = self.d.mint("series", key=key)
        self.shared.append(Thing("series", iri, {"title": [container.title]}, shared=True))
        return iri

    def _journal(self, container: Container, fields: Fields) -> list[str]:
        """Return journal, volume and issue, the nearest last; nothing above a record that is itself the journal."""
        key = _journal_key(container)
        iri = self.d.mint("journal", key=key)
        itself = container is self._own_journal()
        journal = fields if itself else self._periodical(iri, container)
        journal["issn"] = [container.issn] if container.issn else []
        journal["eissn"] = [container.eissn] if container.eissn else []
        both = list(dict.fromkeys(number for number in (container.issn, container.eissn) if number))
        journal["any_issn"] = both
        for number in both:
            _add(journal, "same_page", _PORTAL + number)
            if self.collection and self.collection["slug"] == "doaj":
                _add(journal, "same_page", f"https://doaj.org/toc/{number}")
        if itself or self.serial:
            return []
        self._cite(container, fields)
        return [iri, *self._volume_and_issue(iri, key, container, fields)]

    def _periodical(self, iri: str, container: Container) -> Fields:
        journal = self.d.types["journal"]
        publisher = container.publisher or next(iter(self.record.publishers), "")
        fields: Fields = {"class": [journal["bibo"], journal["schema"]], "type": [journal["type"]]}
        fields["title"] = [container.title] if container.title else []
        fields["publisher"] = [self._organization(publisher)] if publisher else []
        self.shared.append(Thing("journal", iri, fields, shared=True))
        return fields

    def _volume_and_issue(self, journal: str, key: str, container: Container, fields: Fields) -> list[str]:
        year = self.record.issued.year if self.record.issued else ""
        title = container.title or key
        chain: list[str] = []
        shared: Fields = {"year": [year] if year else []}
        if container.volume:
            fields["volume"] = [container.volume]
            iri = self.d.mint("volume", key=key, volume=names.encoded(container.volume))
            title = f"{title}, vol. {container.volume}"
            links: Fields = {"container": [journal], "nearest": [journal]}
            volume = {"title": [title], "volume": [container.volume], **shared, **links}
            self.shared.append(Thing("volume", iri, volume, shared=True))
            chain.append(iri)
        if container.issue and (container.volume or year):
            within = f"volume/{names.encoded(container.volume)}" if container.volume else f"year/{year}"
            iri = self.d.mint("issue", key=key, within=within, issue=names.encoded(container.issue))
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

    # -- identifiers, access -------------------------------------------------------------------------------------------

    def _identifiers(self, fields: Fields) -> None:
        record = self.record
        if record.doi:
            self._doi(record.doi, fields)
        for iri in record.same_as:
            _add(fields, "same_page", iri)
        if record.publisher_id:
            node = self._identifier("publisher-id", "publisherRecordId", "Publisher's record id", record.publisher_id)
            _add(fields, "identifier_node", node)
        for isbn in record.isbns:
            _add(fields, "isbn", isbn)
            _add(fields, "identifier", f"urn:isbn:{isbn}")
        fields["book_isbn"] = record.isbns if self.schema == "Book" else []
        fields["lccn"] = [record.lccn] if record.lccn else []
        fields["oclc"] = list(record.oclc)
        for number in record.oclc:
            _add(fields, "same_page", f"http://worldcat.org/oclc/{number}")
        fields["number"] = [c.number for c in record.containers if c.number]

    def _doi(self, doi: str, fields: Fields) -> None:
        iri = names.doi_iri(doi)
        fields["doi"] = [doi]
        _add(fields, "identifier", iri)
        _add(fields, "same_thing", iri)
        _add(fields, "same_page", iri)
        node = self._identifier("doi", "https://registry.identifiers.org/registry/doi", "DOI", doi, iri)
        _add(fields, "identifier_node", node)

    def _identifier(self, part: str, scheme: str, name: str, value: str, url: str = "") -> str:
        iri = self.d.mint("identifier", id=self.id, scheme=part)
        fields: Fields = {"scheme": [scheme], "name": [name], "value": [value], "url": [url] if url else []}
        self.own.append(Thing("identifier", iri, fields))
        return iri

    def _access(self, fields: Fields) -> None:
        record = self.record
        fields["url"] = list(record.urls)
        fields["url_text"] = list(record.urls)
        fields["thumbnail"] = [record.thumbnail] if record.thumbnail else []
        fields["licence"] = [record.licence] if record.licence else []
        if record.urls and self.collection and self.collection["access"] == "open":
            fields["access"] = [_OPEN]
            fields["free"] = ["true"]

    # -- what it is about, what it is made of --------------------------------------------------------------------------

    def _text(self, fields: Fields) -> None:
        record = self.record
        fields["abstract"] = [self._tagged(record.abstract)] if record.abstract else []
        fields["contents"] = [(text, "") for text in record.contents]
        fields["genre"] = list(record.genres)
        fields["place"] = list(record.places)
        fields["period"] = list(record.periods)

    def _subjects(self, fields: Fields) -> None:
        title = fields["title"][0]
        tag = title[1] if isinstance(title, tuple) else self.tag
        for subject in self.record.subjects:
            if subject.label:
                own = not subject.scheme and tag and languages.agrees(subject.label, tag)
                label = (subject.label, tag if own else "")
                _add(fields, "keyword", label)
            if subject.scheme:
                iri = self._class(subject.scheme, subject.code or names.slug(subject.label), subject)
                if subject.label:
                    _add(fields, "about", iri)
            else:
                iri = self.d.mint("subject", slug=names.slug(subject.label))
                scheme = self.site.base + "subject#it"
                self.shared.append(Thing("subject", iri, {"label": [label], "scheme": [scheme]}, shared=True))
            _add(fields, "subject", iri)

    def _class(self, scheme: str, code: str, subject: Subject) -> str:
        iri = self.d.mint("class", scheme=scheme, code=names.encoded(code))
        fields: Fields = {"scheme": [self.d.schemes.get(scheme) or f"{self.site.base}subject/{scheme}#it"]}
        fields["notation"] = [subject.code] if subject.code else []
        fields["label"] = [subject.label] if subject.label else []
        fields["class"] = [self.d.vocabulary.expand("schema:DefinedTerm")] if subject.label else []
        self.shared.append(Thing("class", iri, fields, shared=True))
        return iri

    def _carrier(self, fields: Fields) -> None:
        record = self.record
        book = self.schema == "Book"
        fields["book_format"] = [self.type["book_format"]] if book and self.type["book_format"] else []
        if book and record.book_format:
            fields["book_format"] = [self.d.vocabulary.expand(record.book_format)]
        fields["edition"] = [record.edition] if record.edition else []
        fields["book_edition"] = fields["edition"] if book else []
        fields["extent"] = list(record.extents)
        fields["carrier"] = list(record.carriers)
        fields["page_count"] = [record.page_count] if record.page_count else []
        fields["book_pages"] = fields["page_count"] if book else []
        if record.degree and self.schema == "Thesis":
            fields["degree_name"] = [record.degree]
            known = _DEGREES.get(record.degree.casefold())
            fields["degree"] = [_DEGREE + known] if known else []

    # -- the record document -------------------------------------------------------------------------------------------

    def _licence(self) -> str:
        return (self.collection["licence"] if self.collection else "") or self.site.licence

    def _document(self, topic: str) -> list[Thing]:
        record = self.record
        slug = self.collection["slug"] if self.collection else names.slug(record.collection or "catalogue")
        fields: Fields = {
            "topic": [topic],
            "identifier": [record.id, *record.control_numbers],
            "licence": [self._licence()],
            "origin_page": [record.page] if record.page else [],
            "created": [record.created] if record.created else [],
            "modified": [record.modified] if record.modified else [],
            "how": [f"{self.site.base}provenance#{how}" for how in record.how],
            "institution": [self._organization(name) for name in record.institutions],
            "dataset": [f"{self.site.base}dataset/{slug}#it"],
        }
        things = [Thing("document", self.page, fields)]
        if record.origin:
            source = self.d.mint("source", id=self.id)
            fields["source"] = [source]
            known: Iterable[tuple[str, str]] = (
                ("identifier", record.origin.identifier),
                ("modified", record.origin.modified),
            )
            things.append(Thing("source", source, {name: [value] for name, value in known if value}))
        return things


def _journal_key(container: Container) -> str:
    number = container.issn or container.eissn
    if number:
        return number
    return f"{names.slug(container.title)}-{names.digest(container.title.casefold())}"


def _name_fields(person: Person) -> Fields:
    return {
        "name": [person.name],
        "given": [person.given] if person.given else [],
        "family": [person.family] if person.family else [],
        "same": [person.orcid] if person.orcid else [],
    }


def _add(fields: Fields, name: str, value: Any) -> None:
    values = fields.setdefault(name, [])
    if value not in values:
        values.append(value)
