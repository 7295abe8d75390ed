"""The catalogue describes itself: VoID, DCAT and schema.org for machines, labels for the terms it borrows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import langcodes
from msgspec import Struct
from rdflib import DCAT, DCTERMS, FOAF, RDF, RDFS, SKOS, VOID, XSD, Literal, URIRef

from ld.formats.table import RECORD
from ld.mapping.compiled import Told
from ld.mapping.profile import Profile
from ld.memo import cached
from ld.settings import Settings
from ld.site.dumpfiles import Dump
from ld.store.rdf import rdflib
from ld.summary import Card, Ref, Text, Value
from ld.values import keys, languages, names
from ld.values.vocab import Vocabulary

SCHEMA = rdflib.Namespace("http://schema.org/")
SPDX = rdflib.Namespace("http://spdx.org/rdf/terms#")
_ISO = "http://id.loc.gov/vocabulary/iso639-2/"
_LABEL_LANGUAGES = ("en", "de", "fr")
_VOCABULARIES = ("dcterms", "foaf", "schema", "bibo")
Node = URIRef | Literal


class Page(Struct, frozen=True):
    """A document that the catalogue has about itself."""

    path: str
    told: Told


class Figures(Struct, frozen=True):
    """What the description counts: records, entities, triples of the dump, records per class and collection."""

    records: int
    entities: int
    triples: int
    created: str
    classes: dict[str, int] = {}
    collections: dict[str, int] = {}
    languages: dict[str, int] = {}
    example: str = ""


class _Sheet:
    """A document that the catalogue has about itself, while it is written: its triples and its card together."""

    def __init__(self, kind: str, iri: str, title: str) -> None:
        self.kind = kind
        self.title = Text(title, "en")
        self.one = URIRef(iri)
        self.graph = rdflib.Graph()
        self.fields: dict[str, list[Value]] = {}
        self.parts: dict[str, Text] = {}

    def say(self, field: str, value: Node, *properties: URIRef) -> None:
        """State something about the document's topic: in triples, and for the readers of its page."""
        for one in properties:
            self.graph.add((self.one, one, value))
        self.fields.setdefault(field, []).append(_value(value))

    def add(self, subject: URIRef, value: Node, *properties: URIRef) -> None:
        """Add triples that only programs need."""
        for one in properties:
            self.graph.add((subject, one, value))

    def part(self, iri: URIRef, name: Literal, *properties: URIRef) -> None:
        """Name a further thing that this document describes."""
        self.add(iri, name, *properties)
        self.parts.setdefault(str(iri), Text(str(name), name.language or ""))

    def page(self, path: str, profile: Profile) -> Page:
        """Return the finished page."""
        text = lines(self.graph)
        marks = b""
        if not profile.whole:
            kept = rdflib.Graph()
            kept += (t for t in self.graph if profile.keeps(str(t[1]), str(t[2])))
            known = set(lines(kept).split("\n"))
            marks = bytes(line in known for line in text.split("\n")[:-1])
        classes = [str(one) for one in self.graph.objects(self.one, RDF.type)]
        types = [one.removeprefix(str(SCHEMA)) for one in classes if one.startswith(str(SCHEMA))]
        card = Card(
            iri=str(self.one),
            kind=self.kind,
            title=self.title,
            types=sorted(types),
            fields=self.fields,
            parts=self.parts,
        )
        return Page(path, Told(text, card, marks))


def _value(value: Node) -> Value:
    if isinstance(value, URIRef):
        return Ref(str(value))
    return Text(str(value), value.language) if value.language else str(value)


class Catalogue:
    """What the catalogue of one site says about itself."""

    def __init__(self, settings: Settings, vocabulary: Vocabulary, profile: Profile) -> None:
        self.settings = settings
        self.base = str(settings["base"])
        self.licence = str(settings["licence"])
        self.vocabulary = vocabulary
        self.profile = profile

    def pages(self, figures: Figures) -> Iterator[Page]:
        """Yield the documents that go into the dumps as well: collections, concept scheme, provenance, labels."""
        known = {row["slug"]: row for row in self.vocabulary.codes("collections").values()}
        for slug in sorted(figures.collections):
            yield self._collection(slug, figures.collections[slug], known.get(slug, {}))
        scheme = _Sheet("scheme", f"{self.base}subject#it", "Keywords as found in the records")
        scheme.add(scheme.one, SKOS.ConceptScheme, RDF.type)
        scheme.add(scheme.one, _english(scheme.title.text), DCTERMS.title)
        yield scheme.page("subject", self.profile)
        yield self._provenance()
        yield self._labels(figures.languages)

    def _collection(self, slug: str, records: int, row: dict[str, str]) -> Page:
        title = row.get("title") or f"Records of the collection {slug}"
        sheet = _Sheet("dataset", f"{self.base}dataset/{names.encoded(slug)}#it", title)
        sheet.add(sheet.one, VOID.Dataset, RDF.type)
        sheet.add(sheet.one, _english(title), DCTERMS.title)
        _license(sheet, row.get("licence") or self.licence, "None is stated for this data.", DCTERMS.license)
        sheet.say("records", Literal(records), VOID.documents)
        if row.get("source"):
            sheet.say("source", URIRef(row["source"]), DCTERMS.source)
        return sheet.page(f"dataset/{slug}", self.profile)

    def _provenance(self) -> Page:
        sheet = _Sheet("provenance", f"{self.base}provenance", "How facts were obtained")
        for how, row in self.vocabulary.codes("provenance").items():
            one = URIRef(f"{self.base}provenance#{how}")
            sheet.add(one, DCTERMS.ProvenanceStatement, RDF.type)
            sheet.part(one, _english(row["label"]), RDFS.label)
        return sheet.page("provenance", self.profile)

    def _labels(self, used: dict[str, int]) -> Page:
        sheet = _Sheet("labels", f"{self.base}labels", "Labels of borrowed terms")
        for code in used:
            for tag in _LABEL_LANGUAGES:
                label = _language_name(code, tag)
                if label:
                    sheet.part(URIRef(_ISO + code), Literal(label, tag), RDFS.label)
        sheet.part(URIRef("http://purl.org/coar/access_right/c_abf2"), _english("open access"), RDFS.label)
        for row in self.vocabulary.rows("codes/licences.csv"):
            if row["iri"]:
                sheet.part(URIRef(row["iri"]), _english(row["label"]), RDFS.label)
        return sheet.page("labels", self.profile)

    def dataset(self, figures: Figures, dumps: Iterable[Dump], publisher_known: bool = False) -> Page:
        """Return the dataset's description (VoID §2-§5, DCAT 3 §6, schema.org Dataset), dumps with checksums.

        A publisher that records name too has a document of its own, so nothing is said of it here.
        """
        title = self.settings["title"]
        text = self.settings["description"] or (
            f"{title}: {figures.records:,} bibliographic records published as linked open data in Dublin Core, BIBO and"
            " schema.org, with a SPARQL endpoint and full dumps."
        )
        sheet = _Sheet("dataset", f"{self.base}dataset#it", title)
        for kind in (VOID.Dataset, DCAT.Dataset, SCHEMA.Dataset):
            sheet.add(sheet.one, kind, RDF.type)
        sheet.add(sheet.one, _english(title), DCTERMS.title, SCHEMA.name)
        sheet.say("description", _english(text), DCTERMS.description, SCHEMA.description)
        self._publisher(sheet, publisher_known)
        _license(sheet, self.licence, self._unlicensed(figures), DCTERMS.license, SCHEMA.license)
        modified = Literal(figures.created, datatype=XSD.dateTime)
        sheet.say("modified", modified, DCTERMS.modified, SCHEMA.dateModified)
        sheet.say("home", URIRef(self.base), FOAF.homepage)
        sheet.add(sheet.one, Literal(self.base), VOID.uriSpace)
        sheet.say("endpoint", URIRef(self.base + "sparql"), VOID.sparqlEndpoint)
        for form in RECORD:
            if form.iri:  # VoID §2.5
                sheet.add(sheet.one, URIRef(form.iri), VOID.feature)
        for prefix in _VOCABULARIES:
            sheet.say("vocabulary", URIRef(self.vocabulary.prefixes[prefix]), VOID.vocabulary)
        self._count(sheet, figures)
        for dump in dumps:
            self._distribution(sheet, dump)
        return sheet.page("dataset", self.profile)

    def _count(self, sheet: _Sheet, figures: Figures) -> None:
        sheet.say("triples", Literal(figures.triples), VOID.triples)
        sheet.say("records", Literal(figures.records), VOID.documents)
        sheet.add(sheet.one, Literal(figures.entities), VOID.entities)
        if figures.example:
            sheet.add(sheet.one, URIRef(figures.example), VOID.exampleResource)
        for slug in figures.collections:
            sheet.say("part", URIRef(f"{self.base}dataset/{names.encoded(slug)}#it"), VOID.subset)
        for kind, count in figures.classes.items():
            part = URIRef(f"{self.base}dataset#class-{kind}")
            sheet.add(sheet.one, part, VOID.classPartition)
            sheet.add(part, SCHEMA[kind], VOID["class"])
            sheet.add(part, Literal(count), VOID.entities)

    def _distribution(self, sheet: _Sheet, dump: Dump) -> None:
        part = URIRef(f"{self.base}dataset#{names.encoded(dump.file)}")
        file = URIRef(f"{self.base}dump/{dump.file}")
        if dump.of == "triples":
            sheet.add(sheet.one, file, VOID.dataDump)
        sheet.add(sheet.one, part, DCAT.distribution, SCHEMA.distribution)
        sheet.say("download", file)
        sheet.add(part, DCAT.Distribution, RDF.type)
        sheet.add(part, SCHEMA.DataDownload, RDF.type)
        sheet.part(part, _english(dump.title), DCTERMS.title, SCHEMA.name)
        sheet.add(part, file, DCAT.downloadURL, SCHEMA.contentUrl)
        if self.licence:
            sheet.add(part, URIRef(self.licence), DCTERMS.license, SCHEMA.license)
        sheet.add(part, Literal(dump.media_type), SCHEMA.encodingFormat)
        media_type = URIRef(f"https://www.iana.org/assignments/media-types/{dump.media_type}")
        sheet.add(part, media_type, DCAT.mediaType)
        sheet.add(part, Literal(dump.bytes), DCAT.byteSize)
        checksum = URIRef(f"{part}-sha256")
        sheet.add(part, checksum, SPDX.checksum)
        sheet.add(checksum, SPDX.Checksum, RDF.type)
        sheet.add(checksum, SPDX.checksumAlgorithm_sha256, SPDX.algorithm)
        sheet.add(checksum, Literal(dump.sha256, datatype=XSD.hexBinary), SPDX.checksumValue)

    def _unlicensed(self, figures: Figures) -> str:
        """Return in words that the data as a whole has no licence, and whether its parts have."""
        rows = self.vocabulary.codes("collections").values()
        licensed = {row["slug"] for row in rows if row["licence"]} & figures.collections.keys()
        return f"None is stated for this data{', only for some of its parts' if licensed else ''}."

    def _publisher(self, sheet: _Sheet, known: bool) -> None:
        name = self.settings["publisher"]
        if not name:
            return
        agent = URIRef(f"{self.base}organization/{names.encoded(keys.key(name))}#it")
        sheet.say("publisher", agent, DCTERMS.publisher, SCHEMA.publisher)
        if not known:
            for kind in (FOAF.Organization, SCHEMA.Organization):
                sheet.add(agent, kind, RDF.type)
            sheet.part(agent, Literal(name), FOAF.name, SCHEMA.name)


def _license(sheet: _Sheet, licence: str, otherwise: str, *properties: URIRef) -> None:
    """State the licence of the data; where there is none, readers are told so, and nothing is stated to programs."""
    if licence:
        sheet.say("licence", URIRef(licence), *properties)
    else:
        sheet.say("licence", _english(otherwise))


def _english(text: str) -> Literal:
    return Literal(text, "en")


@cached()
def _language_name(code: str, tag: str) -> str:
    own = languages.tag(code)
    if not own:
        return ""
    name = langcodes.Language.get(own, normalize=False).display_name(tag)
    return "" if name.startswith("Unknown") else str(name)


def lines(graph: rdflib.Graph) -> str:
    """Return the graph as sorted N-Triples lines."""
    text = graph.serialize(format="nt", encoding="utf-8").decode()
    return "".join(sorted(f"{line}\n" for line in text.split("\n") if line))
