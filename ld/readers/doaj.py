"""DOAJ article JSON (API v1 to v4, data dump, search answers) becomes records; and what all forms of DOAJ share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from ld import dates, languages, names, text
from ld.readers.json_stream import documents
from ld.record import Container, Date, Origin, Person, Record, Rejected, Remark, Source, Subject
from ld.vocab import vocabulary

KIND = "doaj"
COLLECTION = "DOAJ"
_ID = re.compile(r"(?:doaj-)?([0-9a-f]{32})")
_MARKS = " \t\n;,.:·•*-–—"
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_LATIN = re.compile("[A-Za-z]")


def sniff(head: bytes) -> bool:
    """Determine whether the beginning looks like DOAJ article JSON."""
    return head.lstrip()[:1] in (b"{", b"[") and b'"bibjson"' in head


def read(stream: BinaryIO, place: str) -> Iterator[Record | Rejected]:
    """Yield the articles of one JSON document, a list, a search answer, an Elasticsearch dump or JSON Lines."""
    for found in documents(stream, place, KIND, _unwrapped):
        yield found if isinstance(found, Rejected) else record(found.value, found.source)


def _unwrapped(value: Any) -> Iterable[Any] | None:
    """Return the articles inside a search answer, None where the value is itself an article."""
    if isinstance(value, dict) and isinstance(value.get("results"), list):
        return list(value["results"])
    return None


def record(value: Any, source: Source) -> Record | Rejected:
    """Return the record of one article, or why there is none."""
    article = value.get("_source", value) if isinstance(value, dict) else {}
    bib = article.get("bibjson")
    id_ = str(article.get("id") or "")
    if not isinstance(bib, dict):
        return Rejected(source.place, "no 'bibjson' in it: is this a DOAJ article?", id_, source.text[:200])
    journal = _dict(bib.get("journal"))
    identifiers = [(str(i.get("type", "")).lower(), str(i.get("id") or "")) for i in _dicts(bib.get("identifier"))]
    remarks: list[Remark] = []
    found = article_record(
        id_=id_,
        title=str(bib.get("title") or ""),
        abstract=str(bib.get("abstract") or ""),
        keywords=[str(keyword) for keyword in bib.get("keywords") or [] if keyword],
        source=source,
        remarks=remarks,
    )
    if isinstance(found, Rejected):
        return found
    found.people = people(
        (Author(str(a.get("name") or ""), str(a.get("affiliation") or ""), str(a.get("orcid_id") or ""))
         for a in _dicts(bib.get("author"))), remarks
    )  # fmt: skip
    found.issued = dates.month(_year(str(bib.get("year") or "")), str(bib.get("month") or ""))
    issns = [value for kind, value in identifiers if kind == "pissn"], [v for k, v in identifiers if k == "eissn"]
    found.containers = containers(
        title=str(journal.get("title") or ""),
        issn=next(iter(issns[0]), ""),
        eissn=next(iter(issns[1]), ""),
        spare=[str(number) for number in journal.get("issns") or []],
        volume=str(journal.get("volume") or ""),
        issue=str(journal.get("number") or ""),
        remarks=remarks,
    )
    publisher = text.value(str(journal.get("publisher") or ""))
    found.publishers = [publisher] if publisher else []
    set_pages(found, str(bib.get("start_page") or ""), str(bib.get("end_page") or ""))
    set_doi(found, next((value for kind, value in identifiers if kind == "doi"), ""))
    set_urls(found, [str(link.get("url") or "") for link in _dicts(bib.get("link"))])
    set_language(found, [str(name) for name in journal.get("language") or []])
    found.subjects += subjects(_dicts(bib.get("subject")))
    found.created = dates.stamp(str(article.get("created_date") or ""))
    found.modified = dates.stamp(str(article.get("last_updated") or ""))
    found.publisher_id = text.value(str(_dict(article.get("admin")).get("publisher_record_id") or ""))
    found.origin = Origin(found.origin.identifier if found.origin else "", found.modified)
    return found


# -- what all forms of DOAJ share ----------------------------------------------------------------------------------


class Author:
    """An author as a DOAJ form gives it."""

    def __init__(self, name: str, affiliations: str | tuple[str, ...] = "", orcid: str = "") -> None:
        self.name = name
        self.affiliations = (affiliations,) if isinstance(affiliations, str) else affiliations
        self.orcid = orcid


def article_record(
    *, id_: str, title: str, abstract: str, keywords: list[str], source: Source, remarks: list[Remark]
) -> Record | Rejected:
    """Return a record with what every DOAJ article has: id, title, abstract, keywords and its page at DOAJ."""
    known = _ID.fullmatch(id_)
    own_id = f"doaj-{known[1]}" if known else id_.strip()
    if not own_id:
        return Rejected(source.place, "no id: give the record one in the source", "", source.text[:200])
    clean = text.plain(title)
    if not clean:
        return Rejected(source.place, "no title: give the record one in the source", own_id, source.text[:200])
    found = Record(id=own_id, title=clean, source=source, format="academicarticle", collection=COLLECTION)
    found.remarks = remarks
    found.abstract = text.paragraphs(abstract)
    found.subjects = [Subject(word) for word in dict.fromkeys(split_keywords(keywords))]
    if known:
        set_page(found, known[1])
    return found


def set_page(found: Record, number: str) -> None:
    """Set the article's page and OAI identifier at DOAJ (portality/crosswalks, make_oai_identifier)."""
    found.page = f"https://doaj.org/article/{number}"
    found.same_as = [found.page]
    found.origin = Origin(f"oai:doaj.org/article:{number}")


def split_keywords(raw: Iterable[str]) -> Iterator[str]:
    """Yield the keywords without the marks around them; a whole list in one keyword is cut at its semicolons."""
    for keyword in raw:
        for piece in text.plain(keyword).split(";"):
            word = piece.strip(_MARKS)
            if word:
                yield word


def people(authors: Iterable[Author], remarks: list[Remark]) -> list[Person]:
    """Return the authors in order, named as printed; of an exact repeat only the first stays."""
    found: list[Person] = []
    seen: set[str] = set()
    for author in authors:
        name = text.without_email(text.plain(author.name)).strip(" ,;")
        if not name:
            continue
        if name in seen:
            remarks.append(Remark("author", "the same name stands twice: the second is left out", name))
            continue
        seen.add(name)
        if _CYRILLIC.search(name) and _LATIN.search(name):
            remarks.append(Remark("author", "Latin and Cyrillic letters are mixed in one name", name))
        found.append(transcribed(name, author))
    return found


def transcribed(name: str, author: Author | None = None, role: str = "aut") -> Person:
    """Return the person or corporate body of a printed name; only "Family, Given" is taken apart."""
    family, comma, given = (part.strip() for part in name.partition(","))
    corporate = is_corporate(name)
    split = bool(comma and given and "," not in given) and not corporate and len(given.split()) < 5
    affiliations = (text.without_email(text.plain(one)) for one in (author.affiliations if author else ()))
    orcid = names.orcid(author.orcid) if author and author.orcid else ""
    return Person(
        name=name,
        role=role,
        organization=corporate,
        given=given if split else "",
        family=family if split else "",
        orcid=orcid,
        affiliations=tuple(one for one in affiliations if one),
    )


def is_corporate(name: str) -> bool:
    """Determine whether an unmistakable word makes the name a corporate body's (`vocab/codes/corporate.csv`)."""
    words = vocabulary().codes("corporate")
    return any(word.strip(".,()").casefold() in words for word in name.split())


def containers(
    *, title: str, issn: str, eissn: str, spare: list[str], volume: str, issue: str, remarks: list[Remark]
) -> list[Container]:
    """Return the journal with volume and issue; ISSNs whose check digit is wrong are left out and remarked."""
    raw_print, raw_online = issn, eissn
    numbers = {"issn": names.issn(issn), "eissn": names.issn(eissn)}
    for raw, kind in ((raw_print, "issn"), (raw_online, "eissn")):
        if raw.strip() and not numbers[kind]:
            remarks.append(Remark("issn", "not a valid ISSN: left out", raw))
    if numbers["eissn"] == numbers["issn"]:
        numbers["eissn"] = ""
    if not any(numbers.values()):
        numbers["issn"] = next((found for raw in spare if (found := names.issn(raw))), "")
    name = text.plain(title)
    if not name and not any(numbers.values()):
        return []
    return [Container(kind="journal", title=name, volume=text.value(volume), issue=text.value(issue), **numbers)]


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
    """Set the addresses that are web addresses; DOAJ's being open access, so is what they lead to."""
    for raw in dict.fromkeys(raws):
        address = names.url(raw)
        if address:
            found.urls.append(address)
        elif raw.strip():
            found.remarks.append(Remark("url", "not a web address: left out", raw))
    if found.urls:
        found.how.append("access-from-collection")


def set_language(found: Record, raws: list[str]) -> None:
    """Set the journal's first language as the article's, but only if title and abstract agree with it."""
    code = next((code for raw in raws if (code := languages.code(raw))), "")
    if not code:
        found.remarks.extend(Remark("language", "names no language: left out", raw) for raw in raws if raw.strip())
        return
    tag = languages.tag(code)
    if all(languages.agrees(one, tag) for one in (found.title, found.abstract) if one):
        found.languages = [code]
        found.how.append("language-of-journal")
    else:
        problem = "the journal's language, but title or abstract are not in it: left out"
        found.remarks.append(Remark("language", problem, code))


def filled_in(raw: str, how: list[str]) -> Date | None:
    """Return a date of DOAJ, which fills in the day always and the month where it is unknown: neither is taken."""
    date = dates.parse(raw)
    if date is None or date.datatype != "date" or not date.value.endswith("-01"):
        return date
    if date.value.endswith("-01-01"):
        how.append("year-only")
        return dates.year(date.year)
    how.append("day-not-asserted")
    return Date(date.value[:7], "gYearMonth", date.year)


def subjects(raws: Iterable[dict[str, Any]]) -> list[Subject]:
    """Return the Library of Congress classes, each once; DOAJ's own old scheme has no codes and is left out."""
    found: dict[tuple[str, str], Subject] = {}
    for raw in raws:
        if str(raw.get("scheme", "")).upper() == "LCC" and raw.get("code"):
            code, term = text.plain(str(raw["code"])), text.plain(str(raw.get("term") or ""))
            found.setdefault((code, term), Subject(term, "lcc", code))
    return list(found.values())


def _year(raw: str) -> str:
    digits = raw.strip()
    return f"20{digits}" if len(digits) == 2 and digits.isdigit() and int(digits) < 50 else digits


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
