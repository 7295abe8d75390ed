"""VuFind's Solr index documents become records: a `select` answer, a list, one document, or JSON Lines.

Which field holds what: import/marc.properties and import/xsl/doaj.xsl of VuFind 9.1.1. Copies that Solr makes for its
search (`*_facet`, `spellingShingle`), half of a document, are left out (`codes/fields.csv`).
A MARC record in `fullrecord` is read first (`vufind/whole`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any, BinaryIO

import msgspec

import ld.readers.doaj.article as article
import ld.readers.people as people
import ld.readers.vufind.recovery as recovery
from ld.memo import remembered
from ld.readers import fill, imprint, status
from ld.readers import isbd as readers_isbd
from ld.readers.documents import Found, documents, shape
from ld.readers.foreign import kind_of_record
from ld.readers.limits import EXCERPT_CHARACTERS, FIELD_CHARACTERS, oversized
from ld.readers.marc.table import Reads
from ld.readers.people import Author
from ld.readers.share import Share
from ld.readers.thesaurus import is_class, subject
from ld.readers.vufind import whole
from ld.readers.vufind.appearance import set_containers
from ld.readers.vufind.content import Parts, forms, is_title, no_title, part_in
from ld.readers.vufind.credits import set_people
from ld.readers.vufind.kind import ARTICLES, SERIALS, THESES, said
from ld.readers.vufind.times import set_dates
from ld.record import Left, Part, Record, Rejected, Remark, Source, Subject
from ld.values import addresses, dates, identifiers, languages, text
from ld.values.vocab import vocabulary

KIND = "solr"
NAME = "VuFind Solr JSON"
Fields = dict[str, list[str]]
_SCALARS = (str, int, float)
_WORD = re.compile(r"\w+")

_READ = """
_version_ id record_format recordtype collection sources institution spelling
title title_short title_sub title_full title_fullStr title_alt title_old title_new
author author_role author2 author2_role author2-role author_corporate author_corporate_role author_additional
author_sort author_facet
format language description contents edition physical dissertation_note degree_str_mv
publisher publishDate dateSpan first_indexed last_indexed
series series2 container_title container_volume container_issue container_start_page container_reference
hierarchy_parent_id hierarchy_parent_title hierarchy_sequence
topic genre geographic era callnumber-raw dewey-raw
isbn issn lccn oclc_num ctrlnum doi_str_mv doi_str url thumbnail
"""
READS = Reads(frozenset(_READ.split()) | status.FIELDS)
_SHAPE = shape(KIND, dict[str, Any], ("response", "docs"))
_SIGNS = (b'"responseHeader"', b'"response"', b'"record_format"', b'"recordtype"', b'"title_full"', b'"title_short"')


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
    """Return the record of one index document, or why there is none; a MARC record in it is read as a whole."""
    own = _Reading(fields, source).result()
    kept = fields.get("fullrecord")
    found = whole.entry(kept[0]) if kept else None
    return own if found is None else whole.joined(own, found)


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
        if not is_title(title):
            self.remark("title", "no word in it: said as it stands", title)
        self._format(record)
        status.set_status(record, self.fields, chain(self.all("format"), self.all("genre")))
        set_dates(record, self.fields, self.marc, self.rules.get("dates") == "month")
        self._publishers(record)
        self._identifiers(record)
        self._description(record)
        self._subjects(record)
        self._administration(record)
        if self.doaj or self.rules.get("slug") == "doaj":
            self._containers(record)
            self._doaj(record)
        else:
            self._people(record)
            self._containers(record)
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
        return list(dict.fromkeys(map(_heading, self.all(name)))) if self.marc else self.all(name)

    def isbd(self, name: str) -> list[str]:
        """Return the clean values without the ISBD mark at their end."""
        return [clean for raw in self.all(name) if (clean := _isbd(raw))]

    def checked(self, field: str, check: Callable[[str], str], problem: str) -> list[str]:
        """Return the values in canonical form, each once; what fails the check is left out and remarked."""
        return self.several(field, lambda raw: tuple(filter(None, (check(raw),))), problem)

    def several(self, field: str, numbers: Callable[[str], tuple[str, ...]], problem: str) -> list[str]:
        """Return the numbers in the values, each once; a value without any is left out and remarked."""
        if field not in self.fields:
            return []
        found = {raw: numbers(raw) for raw in self.all(field)}
        for raw, good in found.items():
            if not good:
                self.remark(field, problem, raw)
        return list(dict.fromkeys(number for good in found.values() for number in good))

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
        formats = [value for name in ("record_format", "recordtype") for value in self.fields.get(name, ())]
        if kind := kind_of_record(formats, "" if title else self.first("fullrecord")):
            return f"{kind}, which describes no work: not read yet"
        return "" if title else "no title: every record needs the field 'title'"

    def _title(self) -> str:
        """Return the title without statement of responsibility; of MARC records with the number of the part."""
        title = self._main_title()
        full = text.plain(self.first("title_full", "title_fullStr")) if self.marc else ""
        part = part_in(full[len(title) :]) if title and full.startswith(title) else ""
        return f"{title}. {part}" if part else text.without_stop(title) if self.marc else title

    def _main_title(self) -> str:
        """Return title proper and the rest of it."""
        whole = text.plain(self.first("title"))
        if whole and not self.marc:
            return whole
        parts = (whole, text.plain(self.first("title_short")), text.plain(self.first("title_sub")))
        whole, short, sub = map(text.unpunctuated, parts)
        if whole and short and _says_more(whole, short, sub):
            return whole  # which has the number and the name of the part too (MARC 245 $n, $p)
        if short and sub and sub.casefold() not in short.casefold():
            return _joined(short, sub, self.first("title_short"))
        return whole or short or text.plain(self.first("title_full", "title_fullStr")).partition(" / ")[0]

    # -- kind ---------------------------------------------------------------------------------------------------------

    def _format(self, record: Record) -> None:
        """Set the kind of the work; words for its carrier are kept beside it (`vocab/codes/types.csv`)."""
        words = said(tuple(self.all("format")))
        record.format, record.book_format, record.carriers = words.format, words.book_format, list(words.carriers)
        for word in words.unknown:
            if status.is_status(word):
                continue
            self.remark("format", "the word is not in codes/types.csv: left out", word)
        if record.format in ARTICLES:
            academic = bool(self.rules.get("academic")) or any(map(identifiers.issn, self.fields.get("issn", ())))
            record.format = "academicarticle" if academic else "article"
        if THESES.search(record.format):
            record.degree = readers_isbd.degree(self.first("dissertation_note", "degree_str_mv"))
            record.granted_by = readers_isbd.granted_by(self.first("dissertation_note"))

    # -- people -------------------------------------------------------------------------------------------------------

    def _people(self, record: Record) -> None:
        set_people(record, self.fields, self.marc, self.marc and record.format not in ("article", "academicarticle"))
        additional = (name.rstrip(" ;,-\u2013\u2014") for name in self.headings("author_additional"))
        record.contributor_names = list(dict.fromkeys(filter(None, additional)))

    # -- language -----------------------------------------------------------------------------------------------------

    def _languages(self, record: Record) -> None:
        codes, remarks = fill.languages_of(self.all("language"))
        record.languages += codes
        self.remarks += remarks

    # -- identifiers --------------------------------------------------------------------------------------------------

    def _identifiers(self, record: Record) -> None:
        fill.set_doi(record, self.first("doi_str_mv", "doi_str"))
        self._isbns(record)
        record.lccn = self._lccn()
        record.oclc = self.checked("oclc_num", identifiers.oclc, "not an OCLC number: left out")
        record.control_numbers = [number for number in self.all("ctrlnum") if number != self.id]
        record.thumbnail = next(iter(self.checked("thumbnail", addresses.url, "not a web address: left out")), "")

    def _isbns(self, record: Record) -> None:
        """Set ISBNs, and the ISMNs that stand among them: VuFind has no field of its own for those of printed music."""
        for raw in self.all("isbn"):
            music = identifiers.ismns(raw)
            if music:
                self.remark("isbn", "an ISMN, no ISBN: taken as ISMN", raw)
            for part, number in identifiers.candidates(raw) or ((raw, ""),):
                if not number and not music:
                    self.remark("isbn", "not a valid ISBN: left out", raw if part in raw else part)
                elif number and number not in record.isbns:
                    record.isbns.append(number)
            record.ismns += [number for number in music if number not in record.ismns]

    def _lccn(self) -> str:
        """Return the control number; of several the first."""
        found = self.checked("lccn", identifiers.lccn, "not a valid LCCN: left out")
        for further in found[1:]:
            self.remark("lccn", "a further control number: left out", further)
        return next(iter(found), "")

    # -- where it appeared --------------------------------------------------------------------------------------------

    def _publishers(self, record: Record) -> None:
        doaj = self.doaj or self.rules.get("slug") == "doaj"
        read = imprint.of_name if doaj else imprint.of_names if self.marc else imprint.of_statement
        imprint.set_imprint(record, map(read, self.fields.get("publisher", ())))

    def _containers(self, work: Record) -> None:
        issns = self.several("issn", identifiers.issns, "not a valid ISSN: left out")
        # Two ISSNs of DOAJ are print and online, in this order (import/xsl/doaj.xsl).
        set_containers(work, self.fields, issns, self.rules.get("slug") == "doaj")
        if work.format not in SERIALS:
            work.reference = text.value(self.first("container_reference"))
            fill.set_pages(work, self.first("container_start_page"), "")
        work.earlier_titles = self.isbd("title_old")
        work.later_titles = self.isbd("title_new")

    # -- what it is, what it is about ---------------------------------------------------------------------------------

    def _description(self, record: Record) -> None:
        record.abstract = fill.abstract(self.first("description"), record.remarks)
        record.contents = [part.rstrip(" -") for part in self.isbd("contents") if is_title(part)]
        record.left += [Left("contents", "no title", raw) for raw in self.all("contents") if not is_title(raw)]
        self._alternatives(record)
        record.edition = next(iter(self.isbd("edition")), "")
        record.extents, record.other_forms = forms(self.all("physical"))
        record.page_count = readers_isbd.page_count(record.extents[0]) if record.extents else ""
        record.genres = list(dict.fromkeys(subject(word).label for word in self.headings("genre")))
        places, periods = (list(map(subject, self.headings(field))) for field in ("geographic", "era"))
        record.places = list(dict.fromkeys(place.label for place in places))
        record.periods = list(dict.fromkeys(period.label for period in periods))
        record.subjects = [heading for heading in dict.fromkeys((*places, *periods)) if heading.code]

    def _alternatives(self, record: Record) -> None:
        """Set other titles of the work; VuFind has among them those of its parts (MARC 505 $t, 740), which are none."""
        own, parts = record.title.casefold(), Parts(record.contents)
        for raw in self.all("title_alt"):
            title = text.without_stop(_isbd(raw))
            if title and (reason := no_title(title, parts)):
                record.left.append(Left("title_alt", reason, raw))
            elif title and title.casefold() != own:
                record.alternatives.append(title)

    def _subjects(self, record: Record) -> None:
        """Set keywords and classes. A topic is a keyword unless it ends with the code of its thesaurus (650 $2, $0).

        In which language a catalogue's topics are, its records do not say; `topics` of `codes/collections.csv` may.
        """
        words = self.headings("topic") if self.marc else fill.keywords(self.fields.get("topic", ()))
        named = {word: subject(word) for word in words if word}
        for word in (word for word, heading in named.items() if is_class(heading)):
            self.remark("topic", "the code of a class, no heading: left out", word)
        topics = dict.fromkeys(named.values())
        numbered = {(heading.scheme, heading.label) for heading in topics if heading.code}
        record.subjects = [
            *(one for one in topics if not is_class(one) and (one.code or (one.scheme, one.label) not in numbered)),
            *record.subjects,
        ]
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
        people.set_printed(record, _authors(anchors.authors, facts))
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


def _says_more(title: str, short: str, sub: str) -> bool:
    """Determine whether the title has all words of its beginning, and others than those of the rest of it."""
    words, beginning, rest = (set(_WORD.findall(one.casefold())) for one in (title, short, sub))
    return beginning <= words and not words <= beginning | rest


def _heading(raw: str) -> str:
    """Return the heading without the stop at its end, also where two were set; an ellipsis stays."""
    return text.without_stop(raw.removesuffix(".") if raw.endswith("..") and not raw.endswith("...") else raw)


def _joined(short: str, sub: str, printed: str) -> str:
    """Return title proper and the rest of it; a parallel title is one, no subtitle (ISBD 1.3)."""
    mark = "=" if printed.rstrip().endswith("=") else ":"
    return f"{text.without_stop(short)} {mark} {sub}"


@remembered
def _isbd(raw: str) -> str:
    return text.value(text.unpunctuated(raw))
