"""VuFind's Solr index documents become records: a `select` answer, a list, one document, or JSON Lines.

Which field holds what: import/marc.properties and import/xsl/doaj.xsl of VuFind 9.1.1. Copies that Solr makes for its
search (`*_facet`, `spellingShingle`), half of a document, are left out, as is `fullrecord` yet (`codes/fields.csv`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, BinaryIO

import msgspec
from msgspec import Struct

import ld.readers.doaj.article as article
import ld.readers.people as people
import ld.readers.vufind.recovery as recovery
from ld.memo import remembered
from ld.readers import fill
from ld.readers import isbd as readers_isbd
from ld.readers.documents import Found, documents, shape
from ld.readers.limits import EXCERPT_CHARACTERS, FIELD_CHARACTERS, oversized
from ld.readers.people import Author
from ld.readers.share import Share
from ld.readers.thesaurus import subject
from ld.record import Container, Part, Person, Record, Rejected, Remark, Source, Subject
from ld.values import dates, languages, names, text
from ld.values.vocab import vocabulary

KIND = "solr"
NAME = "VuFind Solr JSON"
Fields = dict[str, list[str]]
_SCALARS = (str, int, float)

_READ = """
_version_ id record_format recordtype collection sources institution spelling
title title_short title_sub title_full title_fullStr title_alt title_old title_new
author author_role author2 author2_role author2-role author_corporate author_corporate_role author_additional
author_sort author_facet
format language description contents edition physical dissertation_note degree_str_mv
publisher publishDate dateSpan first_indexed last_indexed
series container_title container_volume container_issue container_start_page container_reference hierarchy_parent_id
topic genre geographic era callnumber-raw dewey-raw
isbn issn lccn oclc_num ctrlnum doi_str_mv doi_str url thumbnail
"""
READS = frozenset(_READ.split())
_SHAPE = shape(KIND, dict[str, Any], ("response", "docs"))
_SIGNS = (b'"responseHeader"', b'"response"', b'"record_format"', b'"recordtype"', b'"title_full"', b'"title_short"')
_FOLDED = re.compile(r"[\W_]+")
_MEDIA_TYPE = re.compile(r"(?:application|audio|image|model|text|video)/[\w.+-]{1,80}")
_SERIALS = frozenset(
    ["journal", "ejournal", "journalmagazine", "journale", "serial", "series", "periodical", "newspaper"]
)
_ARTICLES = frozenset(["article", "academicarticle", "electronicarticle", "earticle", "journalarticle"])
_THESES = re.compile("thesis|dissertation")
_PARTS = re.compile("chapter|componentpart|section")
# Words that say little beside another one: a thesis is catalogued as a book too, a map as a government document.
_BROAD = {"book": 2, "ebook": 2, "electronicbook": 2, "printbook": 2, "monograph": 2, "governmentdocument": 3}
_VAGUE = {"electronicresource": 4, "computerfile": 4, "text": 5, "other": 6, "unknown": 7}


def sniff(head: bytes) -> bool:
    """Determine whether the beginning looks like VuFind Solr JSON."""
    if head.lstrip()[:1] not in (b"{", b"[") or b'"bibjson"' in head:
        return False
    return any(sign in head for sign in _SIGNS) or (b'"id"' in head and b'"title"' in head)


def read(stream: BinaryIO, place: str, share: Share) -> Iterator[Record | Rejected | Part]:
    """Yield the records of the documents."""
    for document in documents(stream, place, _SHAPE, share):
        if isinstance(document, Found):
            yield record(fields_of(document.value.items()), document.source)
        else:
            yield document


def fields_of(document: Iterable[tuple[str, Any]]) -> Fields:
    """Return the document's fields, each a list of texts. Blank values stay: they keep the place of a role.

    >>> fields_of([("id", "1"), ("author", ["Doe, Jane"]), ("_version_", 1716825967131885568), ("n", None)])
    {'id': ['1'], 'author': ['Doe, Jane'], '_version_': ['1716825967131885568']}
    """
    fields: Fields = {}
    for name, value in document:
        if value is None:
            continue
        values = value if isinstance(value, list) else [value]
        kept = [one if isinstance(one, str) else str(one) for one in values if isinstance(one, _SCALARS)]
        if kept:
            fields[name] = kept
    return fields


def record(fields: Fields, source: Source) -> Record | Rejected:
    """Return the record of one index document, or why there is none."""
    return _Reading(fields, source).result()


class _Reading:
    """One index document while it is read."""

    def __init__(self, fields: Fields, source: Source) -> None:
        self.fields = fields
        self.source = source
        self.id = self.first("id")
        self.marc = self.first("record_format", "recordtype").casefold().startswith("marc")
        self.doaj = article.number_of(self.id) if self.id.startswith("doaj-") else ""
        self.collection = self.first("collection", "sources")
        row = vocabulary().code("collections", self.collection)
        if row is None and self.doaj:
            row = vocabulary().code("collections", article.COLLECTION)
        self.rules = row or {}
        self.remarks: list[Remark] = []

    def result(self) -> Record | Rejected:
        title = "" if self._oversized() else self._title()
        reason = self._oversized() or self._missing(title)
        if reason:
            return Rejected(self.source.place, reason, self.id, self.source.text[:EXCERPT_CHARACTERS])
        record = Record(id=self.id, title=title, source=self.source, collection=self.collection, values=self.fields)
        record.remarks = self.remarks
        self._format(record)
        self._date(record)
        self._publishers(record)
        self._containers(record)
        self._identifiers(record)
        self._description(record)
        self._subjects(record)
        self._administration(record)
        if self.doaj or self.rules.get("slug") == "doaj":
            self._doaj(record)
        else:
            self._people(record)
            self._languages(record)
            fill.set_urls(record, self.fields.get("url", ()))
        if not self.marc:
            fill.set_keyword_languages(record)
        if record.urls and self.rules.get("access") == "open":
            record.how.append("access-from-collection")
        return record

    # -- helpers ------------------------------------------------------------------------------------------------------

    def first(self, *field_names: str) -> str:
        """Return the first value that is not blank."""
        for name in field_names:
            for value in self.fields.get(name, ()):
                if stripped := value.strip():
                    return stripped
        return ""

    def all(self, name: str) -> list[str]:
        """Return the clean values of a field, each once."""
        values = self.fields.get(name)
        return list(dict.fromkeys(filter(None, map(text.value, values)))) if values else []

    def headings(self, name: str) -> list[str]:
        """Return the clean values; those of MARC records without the full stop at their end."""
        return list(dict.fromkeys(map(text.without_stop, self.all(name)))) if self.marc else self.all(name)

    def isbd(self, name: str) -> list[str]:
        """Return the clean values without the ISBD mark at their end."""
        return [clean for raw in self.all(name) if (clean := _isbd(raw))]

    def checked(self, field: str, check: Callable[[str], str], problem: str) -> list[str]:
        """Return the values in canonical form, each once; what fails the check is left out and remarked."""
        if field not in self.fields:
            return []
        good = {raw: check(raw) for raw in self.all(field)}
        for raw, number in good.items():
            if not number:
                self.remark(field, problem, raw)
        return list(dict.fromkeys(number for number in good.values() if number))

    def remark(self, field: str, problem: str, value: str) -> None:
        self.remarks.append(Remark(field, problem, value[:EXCERPT_CHARACTERS]))

    def _oversized(self) -> str:
        if len(self.source.text) <= FIELD_CHARACTERS:
            return ""
        read = ((name, several) for name, several in self.fields.items() if name in READS and name != "spelling")
        return oversized((name, one) for name, several in read for one in several)

    def _missing(self, title: str) -> str:
        if not self.id:
            return "no id: every record needs the field 'id'"
        return "" if title else "no title: every record needs the field 'title'"

    def _title(self) -> str:
        """Return the title without statement of responsibility; of MARC records title proper and the rest of it."""
        whole = text.plain(self.first("title"))
        if whole and not self.marc:
            return whole
        parts = (whole, text.plain(self.first("title_short")), text.plain(self.first("title_sub")))
        whole, short, sub = map(text.unpunctuated, parts)
        if short and sub and sub.casefold() not in short.casefold():
            return f"{short} : {sub}"
        return whole or short or text.plain(self.first("title_full", "title_fullStr")).partition(" / ")[0]

    # -- kind ---------------------------------------------------------------------------------------------------------

    def _format(self, record: Record) -> None:
        """Set the kind of the work; words for its carrier are kept beside it (`vocab/codes/types.csv`)."""
        said = _said(tuple(self.all("format")))
        record.format, record.book_format, record.carriers = said.format, said.book_format, list(said.carriers)
        for word in said.unknown:
            self.remark("format", "the word is not in codes/types.csv: left out", word)
        if record.format in _ARTICLES:
            academic = bool(self.rules.get("academic")) or any(map(names.issn, self.fields.get("issn", ())))
            record.format = "academicarticle" if academic else "article"
        if _THESES.search(record.format):
            record.degree = readers_isbd.degree(self.first("dissertation_note", "degree_str_mv"))

    # -- people -------------------------------------------------------------------------------------------------------

    def _people(self, record: Record) -> None:
        heading = self.marc and record.format not in ("article", "academicarticle")
        kept: dict[tuple[str, str], Person] = {}
        for raw, role, corporate in self._names():
            name = people.cleaned(raw, self.remarks)
            make = people.heading if heading else _transcribed
            person = make(name, role, corporate)
            if (person.name, role) in kept:
                self.remark("author", "the same name stands twice: the second is left out", name)
            elif name:
                kept[person.name, role] = person
        record.people = list(kept.values())
        record.contributor_names = self.headings("author_additional")

    def _names(self) -> Iterator[tuple[str, str, bool]]:
        """Yield name, role and whether it is a corporate body; the role stands at the same place in its own field."""
        groups = (
            ("author", ("author_role",), "aut"),
            ("author2", ("author2_role", "author2-role"), ""),
            ("author_corporate", ("author_corporate_role",), "aut"),
        )
        for where, role_fields, default in groups:
            roles = next((self.fields[name] for name in role_fields if name in self.fields), [])
            for n, name in enumerate(self.fields.get(where, ())):
                if name.strip():
                    raw = roles[n] if n < len(roles) else ""
                    said = people.role_code(raw, self._corporate_role(name) if "corp" in where else default)
                    if raw.strip() and not said:
                        self.remark(where, "the role is no MARC relator: taken as contributor", raw)
                    yield name, said, where == "author_corporate"

    def _corporate_role(self, name: str) -> str:
        """Return the role of a body that has none: VuFind puts main (110, 111) and added entries into one field.

        `author_sort` is never taken from an added entry, so it tells them apart (right for 684 of 685 real names);
        a document without such copies tells nothing.
        """
        copies = self.marc and ("author_sort" in self.fields or "author_facet" in self.fields)
        return "" if copies and self.first("author_sort") != name.strip() else "aut"

    # -- date, language -----------------------------------------------------------------------------------------------

    def _date(self, record: Record) -> None:
        for raw in self.fields.get("publishDate", ()):
            clean = text.plain(raw)
            month = self.rules.get("dates") == "month"
            record.issued = fill.filled_in(clean, record.how) if month else dates.parse(clean)
            if record.issued:
                break
            if clean:
                self.remark("publishDate", "names no date: left out", raw)
        record.span = readers_isbd.run(text.plain(self.first("dateSpan")))

    def _languages(self, record: Record) -> None:
        for raw in self.all("language"):
            code = languages.code(raw)
            if code and code not in record.languages:
                record.languages.append(code)
            elif not code and raw.casefold() not in ("undetermined", "und"):
                self.remark("language", "names no language: left out", raw)

    # -- identifiers --------------------------------------------------------------------------------------------------

    def _identifiers(self, record: Record) -> None:
        fill.set_doi(record, self.first("doi_str_mv", "doi_str"))
        record.isbns = self.checked("isbn", names.isbn, "not a valid ISBN: left out")
        record.lccn = next(iter(self.checked("lccn", names.lccn, "not a valid LCCN: left out")), "")
        record.oclc = [number for number in self.all("oclc_num") if number.isascii() and number.isdigit()]
        record.control_numbers = [number for number in self.all("ctrlnum") if number != self.id]
        record.thumbnail = names.url(self.first("thumbnail"))

    # -- where it appeared --------------------------------------------------------------------------------------------

    def _publishers(self, record: Record) -> None:
        record.publishers = [name for name in self.isbd("publisher") if not readers_isbd.is_nobody(name)]

    def _containers(self, work: Record) -> None:
        """Set journal or series, and the record above this one; the ISSNs of a book are other works' and left out."""
        issns = self.checked("issn", names.issn, "not a valid ISSN: left out")
        if work.format in _SERIALS:
            work.containers = [Container(kind="journal", title=work.title, issn=next(iter(issns), ""))]
        elif work.format in ("article", "academicarticle"):
            work.containers = self._journal(issns)
        else:
            work.containers = [readers_isbd.series(title) for title in self.all("series")]
        parents = (parent.strip() for parent in self.fields.get("hierarchy_parent_id", ()))
        work.containers += [
            Container(kind="record", record=parent) for parent in dict.fromkeys(parents) if parent not in ("", self.id)
        ]
        if work.format not in _SERIALS:
            work.reference = text.value(self.first("container_reference"))
            fill.set_pages(work, self.first("container_start_page"), "")
        work.earlier_titles = self.isbd("title_old")
        work.later_titles = self.isbd("title_new")

    def _journal(self, issns: list[str]) -> list[Container]:
        """Return the journal; two ISSNs of DOAJ are print and online, in this order (import/xsl/doaj.xsl)."""
        title = text.unpunctuated(text.plain(self.first("container_title", "series")))
        two = 2 if self.rules.get("slug") == "doaj" else 1
        for extra in issns[two:]:
            self.remark("issn", "a further ISSN, of which medium or title is not said: left out", extra)
        issn, eissn = [*issns[:two], "", ""][:2]
        volume, issue = (text.value(self.first(f"container_{part}")) for part in ("volume", "issue"))
        if not title and not issn:
            return []
        return [Container(kind="journal", title=title, issn=issn, eissn=eissn, volume=volume, issue=issue)]

    # -- what it is, what it is about ---------------------------------------------------------------------------------

    def _description(self, record: Record) -> None:
        record.abstract = text.paragraphs(self.first("description"))
        own = record.title.casefold()
        record.alternatives = [title for title in self.isbd("title_alt") if title.casefold() != own]
        record.contents = self.all("contents")
        record.edition = next(iter(self.isbd("edition")), "")
        record.extents = self.all("physical")
        record.page_count = readers_isbd.page_count(record.extents[0]) if record.extents else ""
        record.genres = list(dict.fromkeys(subject(word).label for word in self.headings("genre")))
        record.places = self.headings("geographic")
        record.periods = self.headings("era")

    def _subjects(self, record: Record) -> None:
        """Set keywords and classes. A topic is a keyword unless it ends with the code of its thesaurus (650 $2, $0).

        In which language a catalogue's topics are, its records do not say; `topics` of `codes/collections.csv` may.
        """
        words = self.headings("topic") if self.marc else fill.keywords(self.fields.get("topic", ()))
        record.subjects = list(dict.fromkeys(map(subject, filter(None, words))))
        if self.rules.get("topics"):
            fill.set_language(record, languages.code(self.rules["topics"]))
        classes = self.checked(
            "callnumber-raw", readers_isbd.lcc, "not a call number of the Library of Congress: left out"
        )
        record.subjects += [Subject("", "lcc", code) for code in classes]
        classes = self.checked("dewey-raw", readers_isbd.dewey, "not a Dewey number: left out")
        record.subjects += [Subject("", "ddc", code) for code in classes]

    def _administration(self, record: Record) -> None:
        record.institutions = self.all("institution")
        record.created = dates.stamp(self.first("first_indexed"))
        record.modified = dates.stamp(self.first("last_indexed")) or dates.solr_version(self.first("_version_"))

    # -- DOAJ's records through VuFind --------------------------------------------------------------------------------

    def _doaj(self, record: Record) -> None:
        """Set what DOAJ's records have beside the common fields, with the facts that only `spelling` still holds."""
        authors = self.fields.get("author", [])
        anchors = recovery.Known(
            id=self.id,
            title=self.first("title"),
            authors=tuple(name for name in authors if name.strip()),
            publisher=self.first("publisher"),
            journal=self.first("series"),
            issns=tuple(self.fields.get("issn", ())),
            date=self.first("publishDate"),
            abstract=self.first("description"),
            urls=tuple(self.fields.get("url", ())),
        )
        facts = recovery.recover(self.first("spelling"), anchors)
        record.people = people.printed(_authors(anchors.authors, facts), self.remarks)
        record.how = [*facts.how, *record.how]
        record.doi = record.doi or facts.doi
        record.publisher_id = facts.publisher_id
        if self.doaj:
            article.set_page(record, self.doaj, facts.datestamp)
        if facts.volume and record.containers and not record.containers[0].volume:
            record.containers[0] = msgspec.structs.replace(record.containers[0], volume=facts.volume)
        article.set_journal_language(record, [facts.language] if facts.language else self.all("language"))
        fill.set_urls(record, anchors.urls)


def _authors(printed: Iterable[str], facts: recovery.Facts) -> Iterator[Author]:
    """Yield the authors with what was recovered of them, which stands at the same place."""
    for n, name in enumerate(printed):
        affiliation = facts.affiliations[n] if facts.affiliations else ""
        yield Author(name, (affiliation,) if affiliation else (), facts.orcids[n] if facts.orcids else "")


@remembered
def _isbd(raw: str) -> str:
    return text.value(text.unpunctuated(raw))


def _transcribed(name: str, role: str, corporate: bool) -> Person:
    return people.transcribed(name, None, role, corporate)


class _Said(Struct, frozen=True):
    """What the words of `format` say of a work."""

    format: str
    book_format: str
    carriers: tuple[str, ...]
    unknown: tuple[str, ...]


@remembered
def _said(words: tuple[str, ...]) -> _Said:
    rows: dict[str, dict[str, str]] = {}
    carriers: list[str] = []
    unknown: list[str] = []
    for word in _parted(words):
        key = _FOLDED.sub("", word.casefold())
        row = vocabulary().code("types", key)
        if (row and row["carrier"]) or (row is None and _MEDIA_TYPE.fullmatch(word)):
            carriers.append(word)
        elif row:
            rows[key] = row
        else:
            unknown.append(word)
    book_format = next((row["book_format"] for row in rows.values() if row["book_format"]), "")
    return _Said(min(rows, key=_broadness, default="unknown"), book_format, tuple(carriers), tuple(unknown))


def _parted(words: Iterable[str]) -> Iterator[str]:
    for word in words:
        whole = vocabulary().code("types", _FOLDED.sub("", word.casefold()))
        yield from [word] if whole or "," not in word else (part.strip() for part in word.split(","))


def _broadness(key: str) -> int:
    """Return how little a kind says: of several the one that says most is taken, of equals the first."""
    if _THESES.search(key) or _PARTS.search(key) or key in _ARTICLES:
        return 0
    return _BROAD.get(key) or _VAGUE.get(key) or 1
