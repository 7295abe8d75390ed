"""An article as DOAJ describes it, in whatever form it came, becomes a record: what all forms of DOAJ share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain

from msgspec import Struct

from ld import dates, languages, names, text
from ld.memory import remembered
from ld.readers.limits import EXCERPT_CHARACTERS, FIELD_CHARACTERS, oversized
from ld.readers.people import Author, printed
from ld.record import Container, Date, Origin, Record, Rejected, Remark, Source, Subject
from ld.vocab import vocabulary

COLLECTION = "DOAJ"
_ID = re.compile(r"(?:doaj-|oai:doaj\.org/article:)?([0-9a-f]{32})")
_MARKS_BEFORE = re.compile(r"^(?:[\s;,:·•*–—]|[-.](?=\s))+")
_MARKS_BEHIND = re.compile(r"[\s;,:·•*–—]+$")


class Article(Struct, kw_only=True):
    """The elements of one article, raw: strings as the source has them, empty where it has none."""

    id: str
    title: str
    abstract: str = ""
    keywords: list[str] = []
    authors: list[Author] = []
    languages: list[str] = []
    publisher: str = ""
    publisher_id: str = ""
    journal: str = ""
    issn: str = ""
    eissn: str = ""
    other_issns: list[str] = []
    volume: str = ""
    issue: str = ""
    start: str = ""
    end: str = ""
    doi: str = ""
    urls: list[str] = []
    subjects: list[Subject] = []


def record(article: Article, source: Source) -> Record | Rejected:
    """Return the record of the article, or why there is none. The dates are left to the form it came in."""
    number = number_of(article.id)
    known = f"doaj-{number}" if number else article.id.strip()
    title = text.plain(article.title)
    reason = _unusable(article, known, title, source)
    if reason:
        return Rejected(source.place, reason, known, source.text[:EXCERPT_CHARACTERS])
    found = Record(id=known, title=title, source=source, format="academicarticle", collection=COLLECTION)
    found.remarks = []
    found.abstract = text.paragraphs(article.abstract)
    found.subjects = [Subject(word) for word in keywords(article.keywords)]
    found.subjects += dict.fromkeys(article.subjects)
    found.people = printed(article.authors, found.remarks)
    found.containers = _journal(article, found.remarks)
    found.publishers = [name] if (name := text.value(article.publisher)) else []
    found.publisher_id = text.value(article.publisher_id)
    set_pages(found, article.start, article.end)
    set_doi(found, article.doi)
    set_urls(found, article.urls)
    set_journal_language(found, article.languages)
    if found.urls:
        found.how.append("access-from-collection")
    if number:
        set_page(found, number)
    return found


def _unusable(article: Article, known: str, title: str, source: Source) -> str:
    if len(source.text) > FIELD_CHARACTERS:
        texts = [("title", article.title), ("abstract", article.abstract), *(("keyword", k) for k in article.keywords)]
        reason = oversized(texts)
        if reason:
            return reason
    if not known:
        return "no id: give the record one in the source"
    return "" if title else "no title: give the record one in the source"


def number_of(raw: str) -> str:
    """Return the 32 hex digits that DOAJ knows an article by, empty where the id is none of its forms.

    >>> number_of("oai:doaj.org/article:a252c0b4cecb4a74b764cc9fba0ed479")
    'a252c0b4cecb4a74b764cc9fba0ed479'
    """
    match = _ID.fullmatch(raw.strip())
    return match[1] if match else ""


def set_page(found: Record, number: str, modified: str = "") -> None:
    """Set the article's page and OAI identifier at DOAJ (portality/crosswalks/oaipmh.py, make_oai_identifier)."""
    found.page = f"https://doaj.org/article/{number}"
    found.same_as = [found.page]
    found.origin = Origin(f"oai:doaj.org/article:{number}", modified)


def keywords(raw: Iterable[str]) -> Iterator[str]:
    """Return the keywords, each once, without the marks around them; a list in one keyword is cut at its semicolons.

    >>> list(keywords(["; Blogs", "Internet;", "soil; water", ".NET", "land, use"]))
    ['Blogs', 'Internet', 'soil', 'water', '.NET', 'land, use']
    """
    return iter(dict.fromkeys(chain.from_iterable(map(_pieces, raw))))


@remembered
def _pieces(keyword: str) -> tuple[str, ...]:
    pieces = (_MARKS_BEHIND.sub("", _MARKS_BEFORE.sub("", piece)) for piece in text.plain(keyword).split(";"))
    return tuple(filter(None, map(text.without_stop, pieces)))


def set_pages(found: Record, start: str, end: str) -> None:
    """Set first page, last page and both as one text."""
    found.page_start, found.page_end = text.value(start), text.value(end)
    if found.page_start:
        several = found.page_end and found.page_end != found.page_start
        found.pages = f"{found.page_start}-{found.page_end}" if several else found.page_start


def set_doi(found: Record, raw: str) -> None:
    """Set the DOI where it is one."""
    found.doi = names.doi(raw) if raw else ""
    if raw.strip() and not found.doi:
        found.remarks.append(Remark("doi", "not a DOI: left out", raw))


def set_urls(found: Record, raws: Iterable[str]) -> None:
    """Set the web addresses, each once; where there is no DOI yet, one of doi.org gives it."""
    for raw in dict.fromkeys(raws):
        address = names.url(raw)
        if address and address not in found.urls:
            found.urls.append(address)
        elif raw.strip() and not address:
            found.remarks.append(Remark("url", "not a web address: left out", raw))
    if not found.doi:
        found.doi = next((doi for url in found.urls if "doi.org/" in url and (doi := names.doi(url))), "")


def set_journal_language(found: Record, raws: Iterable[str]) -> None:
    """Set the journal's first language as the article's, but only if title and abstract agree with it (DOAJ's help)."""
    said = [raw for raw in raws if raw.strip()]
    code = next((code for raw in said if (code := languages.code(raw))), "")
    if not code:
        found.remarks += [Remark("language", "names no language: left out", raw) for raw in said]
        return
    tag = languages.tag(code)
    if all(languages.agrees(one, tag) for one in (found.title, found.abstract) if one):
        found.languages = [code]
        found.how.append("language-of-journal")
    else:
        problem = "the journal's language, but title or abstract are not in it: left out"
        found.remarks.append(Remark("language", problem, code))


def filled_in(raw: str, how: list[str]) -> Date | None:
    """Return a date of DOAJ, which fills in the day always and the month where it is unknown: neither is taken.

    >>> filled_in("2019-04-01", []).value, filled_in("2019-01-01", []).value
    ('2019-04', '2019')
    """
    date = dates.parse(raw)
    if date is None or date.datatype != "date" or not date.value.endswith("-01"):
        return date
    if date.value.endswith("-01-01"):
        how.append("year-only")
        return dates.year(date.year)
    how.append("day-not-asserted")
    return Date(date.value[:7], "gYearMonth", date.year)


def licence(raw: str) -> str:
    """Return the IRI of a licence by its name or its IRI (`vocab/codes/licences.csv`), empty where it is not known.

    >>> licence("CC BY 4.0"), licence("http://creativecommons.org/licenses/by/4.0"), licence("CC BY")
    ('https://creativecommons.org/licenses/by/4.0/', 'https://creativecommons.org/licenses/by/4.0/', '')
    """
    row = vocabulary().code("licences", raw.strip().casefold())
    if row:
        return row["iri"]
    iri = "https://" + raw.strip().partition("://")[2].removeprefix("www.").rstrip("/") + "/"
    return iri if any(row["iri"] == iri for row in vocabulary().rows("codes/licences.csv")) else ""


def _journal(article: Article, remarks: list[Remark]) -> list[Container]:
    """Return the journal with volume and issue; ISSNs whose check digit is wrong are left out and remarked."""
    issn, eissn = names.issn(article.issn), names.issn(article.eissn)
    for raw, number in ((article.issn, issn), (article.eissn, eissn)):
        if raw.strip() and not number:
            remarks.append(Remark("issn", "not a valid ISSN: left out", raw))
    if eissn == issn:
        eissn = ""
    if not issn and not eissn:
        issn = next((number for raw in article.other_issns if (number := names.issn(raw))), "")
    title = text.plain(article.journal)
    if not title and not issn and not eissn:
        return []
    volume, issue = text.value(article.volume), text.value(article.issue)
    return [Container(kind="journal", title=title, issn=issn, eissn=eissn, volume=volume, issue=issue)]
