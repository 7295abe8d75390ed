"""An article as DOAJ describes it, in whatever form it came, becomes a record: what all forms of DOAJ share."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby

from msgspec import Struct

from ld.readers import isbd
from ld.readers.fill import abstract, keywords, languages_of, set_doi, set_keyword_languages, set_pages, set_urls
from ld.readers.imprint import of_name, set_imprint
from ld.readers.limits import EXCERPT_CHARACTERS, FIELD_CHARACTERS, oversized
from ld.readers.people import Author, set_printed
from ld.record import Container, Left, Origin, Record, Rejected, Remark, Source, Subject, Text
from ld.values import identifiers, languages, text

COLLECTION = "DOAJ"
_ID = re.compile(r"(?:doaj-|oai:doaj\.org/article:)?([0-9a-f]{32})")


class Said(Struct, frozen=True):
    """A text of the article in one of its languages, raw; `language` is empty where the source says none."""

    text: str
    language: str = ""


class Article(Struct, kw_only=True):
    """The elements of one article, raw: strings as the source has them, empty where it has none."""

    id: str
    titles: list[Said]
    abstracts: list[Said] = []
    keywords: list[Said] = []
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
    remarks = list[Remark]()
    titles = _texts(article.titles, text.plain)
    abstracts = _texts(article.abstracts, lambda raw: abstract(raw, remarks))
    title = titles[0].text if titles else ""
    reason = _unusable(article, known, title, source)
    if reason:
        return Rejected(source.place, reason, known, source.text[:EXCERPT_CHARACTERS])
    result = Record(id=known, title=title, source=source, format="academicarticle", collection=COLLECTION)
    result.remarks = remarks
    _set_texts(result, titles, abstracts, languages.code(next(iter(article.languages), "")))
    result.subjects = list(dict.fromkeys(_keywords(article.keywords)))
    result.subjects += dict.fromkeys(article.subjects)
    set_printed(result, article.authors)
    result.containers = _journal(article, result.remarks)
    set_imprint(result, [of_name(article.publisher)])
    result.publisher_id = text.value(article.publisher_id)
    set_pages(result, article.start, article.end)
    set_doi(result, article.doi)
    set_urls(result, article.urls)
    set_journal_language(result, article.languages)
    set_keyword_languages(result)
    if result.urls:
        result.how.append("access-from-collection")
    if number:
        set_page(result, number)
    return result


def _texts(said: Iterable[Said], clean: Callable[[str], str]) -> list[Said]:
    """Return the clean texts, each once, with the codes of their languages."""
    found = {made: one.language for one in said if (made := clean(one.text))}
    return [Said(made, languages.code(language)) for made, language in found.items()]


def _set_texts(record: Record, titles: list[Said], abstracts: list[Said], code: str) -> None:
    """Set titles and abstracts: first those in the article's language, else those that the source has first."""
    title, *others = _first(titles, code)
    record.title, record.title_language = title.text, title.language
    record.other_titles = [_tagged(one) for one in others]
    if abstracts:
        first, *others = _first(abstracts, code)
        record.abstract, record.abstract_language = first.text, first.language
        record.other_abstracts = [_tagged(one) for one in others]


def _first(said: list[Said], code: str) -> list[Said]:
    return sorted(said, key=lambda one: not code or one.language != code)


def _tagged(said: Said) -> Text:
    tag = languages.tag(said.language)
    return Text(said.text, tag if languages.agrees(said.text, tag) else "")


def _keywords(said: Iterable[Said]) -> Iterator[Subject]:
    for language, several in groupby(said, key=lambda one: one.language):
        for word in keywords(one.text for one in several):
            yield Subject(word, language=languages.code(language))


def _unusable(article: Article, known: str, title: str, source: Source) -> str:
    if len(source.text) > FIELD_CHARACTERS:
        texts = {"title": article.titles, "abstract": article.abstracts, "keyword": article.keywords}
        reason = oversized((name, one.text) for name, several in texts.items() for one in several)
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


def set_page(record: Record, number: str, modified: str = "") -> None:
    """Set the article's page and OAI identifier at DOAJ (portality/crosswalks/oaipmh.py, make_oai_identifier)."""
    record.page = f"https://doaj.org/article/{number}"
    record.same_as = [record.page]
    record.origin = Origin(f"oai:doaj.org/article:{number}", modified)


def set_journal_language(record: Record, raws: Iterable[str]) -> None:
    """Set the journal's first language as the article's, but only if title and abstract agree with it (DOAJ's help)."""
    found = [raw for raw in raws if raw.strip()]
    codes, remarks = languages_of(found)
    record.remarks += remarks
    if not codes:
        return
    code = codes[0]
    record.left += (Left("language", "a further language of the journal", raw) for raw in found[1:])
    tag = languages.tag(code)
    if all(languages.agrees(one, tag) for one in (record.title, record.abstract) if one):
        record.languages = [code]
        record.how.append("language-of-journal")
    else:
        problem = "the journal's language, but title or abstract are not in it: left out"
        record.remarks.append(Remark("language", problem, found[0]))


def _journal(article: Article, remarks: list[Remark]) -> list[Container]:
    """Return the journal with volume and issue; ISSNs whose check digit is wrong are left out and remarked."""
    numbers = [identifiers.issns(article.issn), identifiers.issns(article.eissn)]
    for raw, found in zip((article.issn, article.eissn), numbers, strict=True):
        if raw.strip() and not found:
            remarks.append(Remark("issn", "not a valid ISSN: left out", raw[:EXCERPT_CHARACTERS]))
        remarks += [
            Remark("issn", "a further ISSN, of which medium or title is not said: left out", n) for n in found[1:]
        ]
    issn, eissn = (next(iter(found), "") for found in numbers)
    if eissn == issn:
        eissn = ""
    if not issn and not eissn:
        issn = next((number for raw in article.other_issns if (number := identifiers.issn(raw))), "")
    title = text.plain(article.journal)
    if not title and not issn and not eissn:
        return []
    volume, issue = isbd.number(article.volume), isbd.number(article.issue)
    return [Container(kind="journal", title=title, issn=issn, eissn=eissn, volume=volume, issue=issue)]
