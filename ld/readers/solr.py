"""VuFind's Solr index documents become records: a `select` answer, a list, one document, or JSON Lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from ld import dates, languages, names, text
from ld.readers import doaj, spelling
from ld.readers.doaj import Author
from ld.readers.json_stream import documents
from ld.record import Container, Date, Origin, Person, Record, Rejected, Remark, Source, Subject
from ld.vocab import Row, vocabulary

KIND = "solr"
FIELD_CHARACTERS = 1 << 20
Fields = dict[str, list[str]]

_FOLDED = re.compile(r"[\W_]+")
_PAGES = re.compile(r"\b(\d{1,5}) ?(?:p\b|pp\b|pages?\b|S\b|s\b)\.?", re.IGNORECASE)
_NUMBERED = re.compile(r"^(.*?)\s?;\s?(?:v(?:ol)?\.?\s|no\.\s|bd\.\s)?([\w.,/ -]{1,20})$", re.IGNORECASE)
_DATES = re.compile(r",?\s\(?(?:(?:ca\.|b\.|d\.|fl\.)\s?)?\d{3,4}\??(?:\s?-\s?(?:\d{3,4}\??)?)?\)?\.?$|,?\s-\d{4}\.?$")
_RELATOR = re.compile(r"(?:.*/)?([^/]+?)[.,;]*$")
_DEGREE = re.compile(r"\b(Ph\. ?D\.?|M\.A\.|M\.S\.|PhD)", re.IGNORECASE)
_SERIAL_KEYS = {"journal", "serial", "newspaper"}
_SPECIFIC = ("thesis", "chapter", "bookcomponentpart", "bookchapter", "academicarticle", "article")


def sniff(head: bytes) -> bool:
    """Determine whether the beginning looks like VuFind Solr JSON."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    signs = (b'"responseHeader"', b'"response"', b'"record_format"', b'"recordtype"', b'"title_full"', b'"title_short"')
    return start[:1] in (b"{", b"[") and b'"bibjson"' not in head and (
        any(sign in head for sign in signs) or (b'"id"' in head and b'"title"' in head)
    )  # fmt: skip


def read(stream: BinaryIO, place: str) -> Iterator[Record | Rejected]:
    """Yield the records of the documents."""
    for found in documents(stream, place, KIND, _unwrapped):
        if isinstance(found, Rejected):
            yield found
        elif isinstance(found.value, dict):
            yield record(fields_of(found.value), found.source)
        else:
            yield Rejected(found.source.place, "not a Solr document: an object with fields is needed")


def _unwrapped(value: Any) -> Iterable[Any] | None:
    response = value.get("response") if isinstance(value, dict) else None
    if isinstance(response, dict) and isinstance(response.get("docs"), list):
        return list(response["docs"])
    return None


def fields_of(document: dict[str, Any]) -> Fields:
    """Return the document's fields, each a list of texts. Blank values stay: they keep the place of a role."""
    found: Fields = {}
    for name, value in document.items():
        values = value if isinstance(value, list) else [value]
        kept = [one if isinstance(one, str) else str(one) for one in values if isinstance(one, str | int | float)]
        if kept:
            found[name] = kept
    return found


def record(fields: Fields, source: Source) -> Record | Rejected:
    """Return the record of one index document, or why there is none.

    Copies that Solr makes for its search (`*_facet`, `*_sort`, `title_full…`) are not read.
    """
    return _Reading(fields, source).result()


class _Reading:
    """One index document while it is read."""

    def __init__(self, fields: Fields, source: Source) -> None:
        self.fields = fields
        self.source = source
        self.marc = self.first("record_format", "recordtype").casefold().startswith("marc")
        self.remarks: list[Remark] = []

    def result(self) -> Record | Rejected:
        rejected = self._unusable()
        if rejected:
            return rejected
        found = Record(id=self.id, title=self.title, source=self.source)
        found.remarks = self.remarks
        found.collection = self.first("collection", "sources")
        self.collection = vocabulary().code("collections", found.collection)
        self._format(found)
        self.is_doaj = bool(self.collection and self.collection["slug"] == "doaj")
        self._people(found)
        self._date(found)
        self._identifiers(found)
        self._containers(found)
        self._description(found)
        self._subjects(found)
        self._administration(found)
        if self.is_doaj:
            self._doaj(found)
        else:
            self._languages(found)
            self._urls(found)
        return found

    # -- helpers -------------------------------------------------------------------------------------------------------

    def first(self, *field_names: str) -> str:
        """Return the first value that is not blank."""
        for name in field_names:
            for value in self.fields.get(name, ()):
                if value.strip():
                    return value.strip()
        return ""

    def all(self, name: str) -> list[str]:
        """Return the clean values of a field, each once."""
        return list(dict.fromkeys(clean for raw in self.fields.get(name, ()) if (clean := text.value(raw))))

    def isbd(self, name: str) -> list[str]:
        """Return the clean values without the ISBD mark at their end."""
        return [clean for raw in self.all(name) if (clean := text.value(text.unpunctuated(raw)))]

    def remark(self, field: str, problem: str, value: str) -> None:
        self.remarks.append(Remark(field, problem, value[:200]))

    def _unusable(self) -> Rejected | None:
        self.id = self.first("id")
        place, excerpt = self.source.place, self.source.text[:200]
        for name, values in self.fields.items():
            size = max(map(len, values), default=0)
            if size > FIELD_CHARACTERS and name not in ("fullrecord", "spelling"):
                reason = f"field '{name}' has {size:,} characters, over the limit of {FIELD_CHARACTERS:,}: shorten it"
                return Rejected(place, reason, self.id, excerpt)
        if not self.id:
            return Rejected(place, "no id: every record needs the field 'id'", "", excerpt)
        self.title = self._title()
        if not self.title:
            return Rejected(place, "no title: every record needs the field 'title'", self.id, excerpt)
        return None

    def _title(self) -> str:
        """Return the title without statement of responsibility; of MARC records title proper and the rest of it."""
        whole = text.unpunctuated(text.plain(self.first("title")))
        short = text.unpunctuated(text.plain(self.first("title_short")))
        sub = text.unpunctuated(text.plain(self.first("title_sub")))
        if self.marc and short and sub and sub.casefold() not in short.casefold():
            return f"{short} : {sub}"
        title = whole or (f"{short} : {sub}" if short and sub else short)
        return title or text.plain(self.first("title_full", "title_fullStr")).partition(" / ")[0]

    # -- kind ----------------------------------------------------------------------------------------------------------

    def _format(self, found: Record) -> None:
        known: list[str] = []
        for word in self.all("format"):
            key = _FOLDED.sub("", word.casefold())
            row = vocabulary().code("types", key)
            if row is None:
                self.remark("format", "not in codes/types.csv: the word is kept as carrier", word)
                found.carriers.append(word)
            elif row["carrier"]:
                found.carriers.append(word)
            else:
                known.append(key)
        specific = [key for key in known if key in _SPECIFIC]
        plain = [key for key in known if key not in ("unknown", "text", "other")]
        found.format = next(iter([*specific, *plain, *known]), "unknown")
        if "ebook" in known:
            found.book_format = "schema:EBook"
        if found.format == "article" and self._academic():
            found.format = "academicarticle"
        if found.format == "thesis":
            degree = _DEGREE.search(self.first("dissertation_note", "degree_str_mv", "description")[:500])
            found.degree = degree[1] if degree else ""

    def _academic(self) -> bool:
        return bool(self.collection and self.collection["academic"]) or any(
            map(names.issn, self.fields.get("issn", ()))
        )

    # -- people --------------------------------------------------------------------------------------------------------

    def _people(self, found: Record) -> None:
        heading = self.marc and found.format not in ("article", "academicarticle")
        groups = (
            ("author", ("author_role",), "aut", False),
            ("author2", ("author2_role", "author2-role"), "ctb", False),
            ("author_corporate", ("author_corporate_role",), "aut", True),
        )
        people: list[Person] = []
        for field, role_fields, default, corporate in groups:
            roles = next((self.fields[name] for name in role_fields if name in self.fields), [])
            for n, raw in enumerate(self.fields.get(field, ())):
                role = self._role(roles[n] if n < len(roles) else "", default)
                name = text.without_email(text.plain(raw))
                if not name or any(one.name == name and one.role == role for one in people):
                    continue
                people.append(_heading(name, role, corporate) if heading else _printed(name, role, corporate))
        found.people = people
        found.contributor_names = self.isbd("author_additional")

    def _role(self, raw: str, default: str) -> str:
        word = _RELATOR.sub(r"\1", raw.strip()).strip().casefold()
        if not word:
            return default
        by_code, by_term = _roles()
        if word in by_code:
            return word
        if word in by_term:
            return by_term[word]
        self.remark("author_role", "not a MARC relator: taken as contributor", raw)
        return "ctb" if default != "aut" else "aut"

    # -- date, language, places ----------------------------------------------------------------------------------------

    def _date(self, found: Record) -> None:
        for raw in self.fields.get("publishDate", ()):
            clean = text.plain(raw)
            filled = self.collection and self.collection["dates"] == "month"
            found.issued = doaj.filled_in(clean, found.how) if filled else dates.parse(clean)
            if found.issued:
                break
            if clean:
                self.remark("publishDate", "names no date: left out", raw)
        run = text.plain(self.first("dateSpan"))
        found.span = _run(run) if run else None

    def _languages(self, found: Record) -> None:
        for raw in self.all("language"):
            code = languages.code(raw)
            if code and code not in found.languages:
                found.languages.append(code)
            elif not code and raw.casefold() not in ("undetermined", "und"):
                self.remark("language", "names no language: left out", raw)

    # -- identifiers ---------------------------------------------------------------------------------------------------

    def _identifiers(self, found: Record) -> None:
        doaj.set_doi(found, self.first("doi_str_mv", "doi_str"))
        found.isbns = self._checked("isbn", names.isbn, "not a valid ISBN: left out")
        found.lccn = names.lccn(self.first("lccn"))
        if self.first("lccn") and not found.lccn:
            self.remark("lccn", "not a valid LCCN: left out", self.first("lccn"))
        found.oclc = [number for number in self.all("oclc_num") if number.isdigit()]
        found.control_numbers = [number for number in self.all("ctrlnum") if number != self.id]

    def _checked(self, field: str, check: Any, problem: str) -> list[str]:
        good: list[str] = []
        for raw in self.all(field):
            number = check(raw)
            if number and number not in good:
                good.append(number)
            elif not number:
                self.remark(field, problem, raw)
        return good

    def _urls(self, found: Record) -> None:
        for raw in self.all("url"):
            address = names.url(raw)
            if address:
                found.urls.append(address)
            else:
                self.remark("url", "not a web address: left out", raw)
        found.thumbnail = names.url(self.first("thumbnail"))
        if not found.doi:
            found.doi = next((doi for url in found.urls if "doi.org/" in url and (doi := names.doi(url))), "")

    # -- where it appeared ---------------------------------------------------------------------------------------------

    def _containers(self, found: Record) -> None:
        publishers = self.isbd("publisher")
        found.publishers = publishers
        issns = self._checked("issn", names.issn, "not a valid ISSN: left out")
        if found.format in _SERIAL_KEYS:
            found.containers = [Container(kind="journal", title=found.title, issn=next(iter(issns), ""))]
        elif found.format in ("article", "academicarticle"):
            found.containers = self._journal(issns)
        for parent in self.fields.get("hierarchy_parent_id", ())[:1]:
            if parent.strip() and parent.strip() != self.id:
                found.containers.append(Container(kind="record", record=parent.strip()))
        if found.format not in ("article", "academicarticle", *_SERIAL_KEYS):
            found.containers += [_series(title) for title in self.all("series")]
        if found.format not in _SERIAL_KEYS:
            found.reference = text.value(self.first("container_reference")) if not self.is_doaj_pages() else ""
            doaj.set_pages(found, self.first("container_start_page"), self.first("container_end_page"))
        found.earlier_titles = self.isbd("title_old")
        found.later_titles = self.isbd("title_new")

    def is_doaj_pages(self) -> bool:
        return not self.first("container_reference")

    def _journal(self, issns: list[str]) -> list[Container]:
        title = text.unpunctuated(text.plain(self.first("container_title", "series")))
        doaj_order = bool(self.collection and self.collection["slug"] == "doaj")
        for extra in issns[2 if doaj_order else 1 :]:
            self.remark("issn", "a further ISSN, of which medium or title is not said: left out", extra)
        if not title and not issns:
            return []
        return [
            Container(
                kind="journal",
                title=title,
                issn=next(iter(issns), ""),
                eissn=issns[1] if doaj_order and len(issns) > 1 else "",
                volume=text.value(self.first("container_volume")),
                issue=text.value(self.first("container_issue")),
            )
        ]

    # -- what it is, what it is about ----------------------------------------------------------------------------------

    def _description(self, found: Record) -> None:
        found.abstract = text.paragraphs(self.first("description"))
        own = found.title.casefold()
        found.alternatives = [title for title in self.isbd("title_alt") if title.casefold() != own]
        found.contents = self.all("contents")
        found.edition = next(iter(self.isbd("edition")), "")
        found.extents = self.all("physical")
        counts = {match for extent in found.extents[:1] for match in _PAGES.findall(extent)}
        found.page_count = counts.pop() if len(counts) == 1 else ""
        found.genres = [genre.rstrip(".") for genre in self.all("genre")]
        found.places = [place.rstrip(".") for place in self.all("geographic")]
        found.periods = [period.rstrip(".") for period in self.all("era")]

    def _subjects(self, found: Record) -> None:
        raw = self.fields.get("topic", ())
        if self.marc:
            words = [
                clean[:-1] if clean.endswith(".") and not clean.endswith("..") else clean for clean in self.all("topic")
            ]
        else:
            words = list(dict.fromkeys(doaj.split_keywords(raw)))
        found.subjects = [Subject(word) for word in dict.fromkeys(words) if word]
        found.subjects += [Subject("", "lcc", code) for code in self.all("callnumber-raw")]
        found.subjects += [Subject("", "ddc", code) for code in self.all("dewey-raw")]

    def _administration(self, found: Record) -> None:
        found.institutions = self.all("institution")
        found.created = dates.stamp(self.first("first_indexed"))
        found.modified = dates.stamp(self.first("last_indexed")) or dates.solr_version(self.first("_version_"))

    # -- DOAJ's records through VuFind ---------------------------------------------------------------------------------

    def _doaj(self, found: Record) -> None:
        number = re.fullmatch(r"doaj-([0-9a-f]{32})", self.id)
        if number:
            doaj.set_page(found, number[1])
        known = spelling.Known(
            id=self.id,
            title=self.first("title"),
            authors=tuple(self.fields.get("author", ())),
            publisher=self.first("publisher"),
            journal=self.first("series"),
            issns=tuple(self.fields.get("issn", ())),
            date=self.first("publishDate"),
            abstract=self.first("description"),
            urls=tuple(self.fields.get("url", ())),
        )
        facts = spelling.recover(self.first("spelling"), known)
        _take(found, facts)
        doaj.set_language(found, [facts.language] if facts.language else self.all("language"))
        doaj.set_urls(found, self.fields.get("url", ()))
        if not found.doi:
            found.doi = next((doi for url in found.urls if "doi.org/" in url and (doi := names.doi(url))), "")


def _take(found: Record, facts: spelling.Facts) -> None:
    """Put the recovered facts where the catalogue record has none."""
    found.how = [*facts.how, *found.how]
    found.doi = found.doi or facts.doi
    found.publisher_id = facts.publisher_id
    if facts.datestamp and found.origin:
        found.origin = Origin(found.origin.identifier, facts.datestamp)
    if facts.volume and found.containers and not found.containers[0].volume:
        first = found.containers[0]
        found.containers[0] = Container(
            kind=first.kind, title=first.title, issn=first.issn, eissn=first.eissn,
            volume=facts.volume, issue=first.issue,
        )  # fmt: skip
    extras = zip(found.people, facts.affiliations or [""] * 999, facts.orcids or [""] * 999, strict=False)
    found.people = [
        doaj.transcribed(person.name, Author(person.name, affiliation, orcid), person.role)
        for person, affiliation, orcid in extras
    ]


def _printed(name: str, role: str, corporate: bool) -> Person:
    person = doaj.transcribed(name.strip(" ,;"), None, role)
    return Person(name=person.name, role=role, organization=True) if corporate else person


def _heading(name: str, role: str, corporate: bool) -> Person:
    """Return the agent of a controlled heading: "Family, Given, dates" of persons is taken apart."""
    name = text.unpunctuated(name)
    if name.endswith(".") and len(name) > 3 and name[-3] not in " .-" and not corporate:
        name = name[:-1]
    if corporate or (doaj.is_corporate(name) and "," not in name):
        return Person(name=name.rstrip("."), role=role, organization=True, heading=True)
    family, comma, given = _DATES.sub("", name).partition(", ")
    given = given.partition(", ")[0].strip(" ,")
    return Person(
        name=name, role=role, family=family if comma and given else "", given=given if comma else "", heading=True
    )


def _series(title: str) -> Container:
    clean = text.unpunctuated(title)
    match = _NUMBERED.match(clean)
    if match and any(char.isdigit() for char in match[2]):
        return Container(kind="series", title=match[1].strip(), number=match[2].strip())
    return Container(kind="series", title=clean)


def _run(raw: str) -> Date | None:
    """Return the run of a serial ("Vol. 1 (1995)-v. 12 (2006)") as an interval of its first and last year."""
    years = re.findall(r"\b(?:1[4-9]|20)\d{2}\b", raw)
    if not years:
        return None
    start, end = years[0], years[-1] if len(years) > 1 and not raw.rstrip().endswith("-") else ""
    if raw.lstrip().startswith("-") or (end and end < start):
        return None
    return Date(f"{start}/{end or '..'}", "edtf")


_known_roles: dict[int, tuple[dict[str, Row], dict[str, str]]] = {}


def _roles() -> tuple[dict[str, Row], dict[str, str]]:
    """Return the relators by code, and the codes by term."""
    found = vocabulary()
    if id(found) not in _known_roles:
        by_code = found.codes("roles")
        _known_roles[id(found)] = (by_code, {row["term"]: code for code, row in by_code.items()})
    return _known_roles[id(found)]
