"""Makes catalogues of any size that look like the seed: VuFind Solr documents or DOAJ article JSON, as JSON Lines.

    python bench/generate.py 100000 -o catalogue.jsonl.gz
    python bench/generate.py 100000 --change 0.01 --round 2 --only-changed -o changed.jsonl

Record n of a seed is a function of (seed, n, round) alone: the first 10,000 records of a million are the catalogue of
10,000, and the two forms tell of the same articles. Authors, journals, publishers and keywords are Zipf-distributed
over pools that grow with n, as those of real catalogues do. Everything in them is invented: hosts end in .example, the
DOI prefixes are not assigned. Nothing but the standard library is used, save for packing .zst.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import re
import sys
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO, cast

from article import Article, Author
from dirt import repeats, spoil, spoil_line
from invent import Dice, Journal, abstract, institution, journal, keyword, mixed, orcid, person, species, title, w

# ISO 639-3 as DOAJ sends it since 2021, 639-2/B as before, and VuFind's name for the latter.
CODES = {
    "en": ("eng", "eng", "English"),
    "es": ("spa", "spa", "Spanish"),
    "pt": ("por", "por", "Portuguese"),
    "de": ("deu", "ger", "German"),
    "fr": ("fra", "fre", "French"),
    "ru": ("rus", "rus", "Russian"),
    "zh": ("zho", "chi", "Chinese"),
}
_NOT_KEY = str.maketrans("", "", " !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~–—’“”«»…°（）：，、")
_MARKS = re.compile("[\u0300-\u036f]+")
_MILLIS = 1637292830593  # when the seed was indexed: _version_ >> 20
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


# -- one record -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Plan:
    """What catalogue is made: with `change` and `round`, how much of it has changed how often since round 1."""

    seed: int = 1
    dirt: float = 0.02
    change: float = 0.0
    round: int = 1

    def changed(self, n: int) -> int:
        """Return the last round in which the record changed, 1 where it never did."""
        for one in range(self.round, 1, -1):
            if mixed(mixed(self.seed * 1000003 + one) + n) < self.change * 18446744073709551616:
                return one
        return 1


def article(n: int, plan: Plan) -> Article:
    """Return record n of the catalogue as it is in its round."""
    dice = Dice(f"{plan.seed} {n}")
    found = _article(n, plan.seed, dice)
    last = plan.changed(n)
    if last > 1:
        found = _edited(found, n, Dice(f"{plan.seed} {n} {last}"), last)
    found.code, found.language = _language(found)
    return found


def fault(n: int, plan: Plan) -> int | None:
    """Return which fault record n has, None where it has none."""
    chance = mixed(mixed(plan.seed + 4711) ^ n)
    return (chance >> 24) % 1000003 if chance % 1000003 < plan.dirt * 1000003 else None


def _article(n: int, seed: int, dice: Dice) -> Article:
    size = n + 1000
    where = journal(dice.zipf(int(9.6 * size**0.5), 25))
    language = where.language
    keywords = _keywords(dice, language, int(3.6 * size**0.82))
    place = dice.of(w.places[language])
    kind = species(dice.zipf(int(3 * size**0.6), 30))
    year, month = _when(dice, where.start)
    authors = _authors(dice, language, size, year)
    pages = _numbers(dice, where, year, month)
    doi = f"{where.prefix}/{where.code}.{year}.{n % 100000:05}" if dice.below(8) else ""
    style = where.style
    if doi and style < 6:
        url = f"https://{where.host}/article/{doi}/full"
    else:
        url = f"http{'s' * (style % 2)}://{where.host}/index.php/{where.code}/article/view/{n * 7 % 99991}"
    millis = _MILLIS + n * 37 + dice.below(30)
    return Article(
        number=number(n, seed),
        title=title(dice, language, keywords, place, kind),
        abstract=abstract(dice, language, keywords, place, kind) if dice.below(40) else "",
        authors=authors,
        keywords=keywords,
        journal=where,
        issns=[number for number in (where.issn, where.eissn) if number],
        publisher=where.publisher,
        date=f"{year}-{month:02}-01",
        volume=pages[0],
        issue=pages[1],
        start=pages[2],
        end=pages[3],
        doi=doi,
        publisher_id=str(100000 + n * 17 % 899999) if doi and style < 5 else "",
        url=url,
        stamp=f"2020-{1 + dice.below(12):02}-{1 + dice.below(28):02}T{dice.below(24):02}:{dice.below(60):02}:42Z",
        version=millis << 20,
    )


def number(n: int, seed: int) -> str:
    """Return the 32 hex digits by which DOAJ knows record n."""
    return hashlib.md5(f"{seed}/{n}".encode(), usedforsecurity=False).hexdigest()


def _keywords(dice: Dice, language: str, pool: int) -> list[str]:
    """Return four to eight keywords, each once; one in twelve begins with a capital letter."""
    if language != "en":
        pool = pool // 12
    found: dict[str, None] = {}
    for _ in range(4 + dice.below(5)):
        word = keyword(language, dice.zipf(pool, 40))
        found[word if dice.below(12) else word[:1].upper() + word[1:]] = None
    if len(found) < 2:
        found[keyword(language, 1 + dice.below(20))] = None
        found[keyword(language, 21 + dice.below(5))] = None
    return list(found)


def _when(dice: Dice, start: int) -> tuple[int, int]:
    """Return year and month: more and more articles a year; every fourth month is unknown and so January."""
    span = 2025 - start
    year = start + int(span * (dice.below(65536) / 65536) ** 0.6)
    return year, dice.below(12) + 1 if dice.below(4) else 1


def _authors(dice: Dice, language: str, size: int, year: int) -> list[Author]:
    """Return one to seven authors; two in three records name their affiliations."""
    count = (1, 1, 2, 2, 2, 3, 3, 4, 5, 7)[dice.below(10)]
    pool = int(4.0 * size**0.93)
    affiliated = dice.below(3)
    found: dict[str, Author] = {}
    for _ in range(count):
        rank = dice.zipf(pool, 30)
        culture = language if language != "en" else ("en", "world", "world", "zh", "en", "de", "es", "world")[rank % 8]
        name = person(culture, rank)
        where = ""
        if affiliated:
            home = institution(language, mixed(rank) % (20 + int(rank**0.6)))
            where = f"{w.departments[rank * 13 % len(w.departments)]}, {home}"
        known = orcid(rank) if year > 2017 and rank % 6 == 0 else ""
        found[name] = Author(name, where, known)
    return list(found.values())


def _numbers(dice: Dice, where: Journal, year: int, month: int) -> tuple[str, str, str, str]:
    """Return volume, issue, first and last page: of half the journals the volume only, as the seed's has it."""
    volume = year - where.start + 1
    if where.style < 5:
        return str(volume), "", "", ""
    if where.style == 9:
        return f"Vol. {volume}", "", "", ""
    first = 1 + dice.below(900)
    return str(volume), str(1 + month // 4), str(first), str(first + 3 + dice.below(20))


def _language(found: Article) -> tuple[str, str]:
    """Return the language as `spelling` and as the index has it: VuFind has no name for the newer codes."""
    new, old, name = CODES[found.journal.language]
    if found.stamp > "2020-07":
        return new, name if new == old else new
    return old, name


def _edited(found: Article, n: int, dice: Dice, last: int) -> Article:
    """Return the article as its publisher has corrected it: title and keywords, sometimes the journal."""
    language = found.journal.language
    chance = dice.below(10)
    keywords = [*found.keywords[1:], keyword(language, dice.zipf(2000 if language == "en" else 200, 40))]
    keywords = list(dict.fromkeys(keywords))
    revised = found.title if chance == 0 else f"{found.title} [{last}.{dice.below(60000)}]"
    other = found.journal
    if chance < 2:
        other = next(one for step in range(99) if (one := journal((n + step) % 900)).language == language)
    return replace(
        found,
        title=revised,
        keywords=keywords,
        journal=other,
        issns=[number for number in (other.issn, other.eissn) if number],
        publisher=other.publisher,
        stamp=f"2021-{1 + last % 12:02}-{1 + dice.below(28):02}T{dice.below(24):02}:00:42Z",
        version=found.version + (last << 44),
    )


# -- the two forms -----------------------------------------------------------------------------------------------------


def solr(found: Article) -> dict[str, Any]:
    """Return the article as VuFind's index has it, the fields in the order of the seed."""
    names = [author.name for author in found.authors]
    title = found.title
    key = sort_key(title)
    return {
        "id": f"doaj-{found.number}",
        "record_format": "Article",
        "spelling": [_run_together(found)],
        "collection": ["DOAJ"],
        "language": [found.language],
        "format": ["Article"],
        "sources": ["DOAJ"],
        "author": names,
        "spellingShingle": [*names, title, found.journal.title, *found.keywords],
        "author_facet": names,
        "author_sort": names[0],
        "title": title,
        "title_short": title,
        "title_full": title,
        "title_fullStr": title,
        "title_full_unstemmed": title,
        "title_sort": title.lower(),
        "publisher": [found.publisher],
        "series": [found.journal.title],
        "issn": found.issns,
        "publishDate": [found.date],
        "description": found.abstract,
        "topic": found.keywords,
        "url": [found.url],
        "work_keys_str_mv": [f"AT {sort_key(name)} {key}" for name in names],
        "_version_": found.version,
    }


def _run_together(found: Article) -> str:
    """Return `spelling`: the DOAJ record in the order of its schema with the tags taken away."""
    people, homes = [], []
    for author in found.authors:
        people.append(author.name)
        if author.affiliation:
            people.append(str(len(homes)))
            homes.append(author.affiliation)
        people.append(author.orcid)
    parts = (
        f"doaj-{found.number}{found.stamp}{found.code}{found.publisher}{found.journal.title}",
        *found.issns,
        f"{found.date}{found.volume}{found.issue}{found.start}{found.end}{found.doi}{found.publisher_id}{found.title}",
        *people,
        *homes,
        found.abstract,
        found.url,
        *found.keywords,
    )
    return "".join(parts)


def sort_key(text: str) -> str:
    """Return the letters and digits of a name or title, without case and accents, as VuFind's work keys have them."""
    return _plain_letters(text).translate(_NOT_KEY).lower()


def _plain_letters(text: str) -> str:
    if text.isascii():
        return text
    return _MARKS.sub("", unicodedata.normalize("NFD", text))


def doaj(found: Article) -> dict[str, Any]:
    """Return the article as DOAJ's API and its data dump have it."""
    where = found.journal
    kinds = ("pissn", "eissn") if where.issn else ("eissn",)
    identifiers = [{"type": kind, "id": number} for kind, number in zip(kinds, found.issns, strict=False)]
    if found.doi:
        identifiers.insert(0, {"type": "doi", "id": found.doi})
    year, month, _ = f"{found.date}--".split("-", 2)
    return {
        "id": found.number,
        "created_date": f"2019{found.stamp[4:]}",
        "last_updated": found.stamp,
        "admin": {"in_doaj": True, "seal": False} | _given(publisher_record_id=found.publisher_id),
        "bibjson": {
            "title": found.title,
            "abstract": found.abstract,
            "year": year,
            **_given(month=month.lstrip("0"), start_page=found.start, end_page=found.end),
            "identifier": identifiers,
            "link": [{"type": "fulltext", "url": found.url, "content_type": "HTML"}],
            "author": [
                {"name": one.name} | _given(affiliation=one.affiliation, orcid_id=one.orcid) for one in found.authors
            ],
            "keywords": found.keywords,
            "subject": [{"scheme": "LCC", "term": term, "code": code} for code, term in where.classes],
            "journal": {
                "title": where.title,
                "publisher": found.publisher,
                "country": "GB",
                **_given(volume=found.volume, number=found.issue),
                "issns": found.issns,
                "language": [where.language.upper()],
            },
        },
    }


def _given(**values: str) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}


FORMS: dict[str, Callable[[Article], dict[str, Any]]] = {"solr": solr, "doaj": doaj}


def lines(count: int, form: str, plan: Plan, only_changed: bool = False) -> Iterator[str]:
    """Yield the lines of the catalogue."""
    shape = FORMS[form]
    for n in range(count):
        kind, earlier = fault(n, plan), max(0, n - 40)
        # A record that repeats the id of a changed one comes again with it: the last of an id wins.
        same_id = (n, earlier) if kind is not None and repeats(kind) else (n,)
        if only_changed and all(plan.changed(one) != plan.round for one in same_id):
            continue
        found = article(n, plan)
        if kind is None:
            yield _encode(shape(found)) + "\n"
            continue
        document = shape(spoil(found, kind, number(earlier, plan.seed)))
        yield spoil_line(_encode(document), kind, first=n < 2) + "\n"


# -- the command -------------------------------------------------------------------------------------------------------


def main() -> None:
    """Write the catalogue that the command line asks for."""
    asked = _arguments()
    plan = Plan(asked.seed, asked.dirt, asked.change, asked.round)
    with _output(asked.output) as out:
        batch: list[str] = []
        for line in lines(asked.records, asked.form, plan, asked.only_changed):
            batch.append(line)
            if len(batch) == 1000:
                out.write("".join(batch).encode())
                batch.clear()
        out.write("".join(batch).encode())


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("records", type=int, help="how many records")
    parser.add_argument("--form", choices=sorted(FORMS), default="solr", help="VuFind Solr documents or DOAJ articles")
    parser.add_argument("--seed", type=int, default=1, help="another seed is another catalogue")
    parser.add_argument("--dirt", type=float, default=0.02, help="share of records with the faults of real data")
    parser.add_argument("--change", type=float, default=0.0, metavar="FRACTION", help="share changed in each round")
    parser.add_argument("--round", type=int, default=1, metavar="N", help="2 is the catalogue after the first changes")
    parser.add_argument("--only-changed", action="store_true", help="only the records that changed in this round")
    parser.add_argument("-o", "--output", default="-", help="a file; .gz and .zst are packed; default standard output")
    asked = parser.parse_args()
    if asked.records < 1:
        parser.error("records: write a number above 0")
    if asked.only_changed and (asked.round < 2 or not asked.change):
        parser.error("--only-changed needs --change FRACTION and --round N with N above 1")
    return asked


def _output(name: str) -> AbstractContextManager[BinaryIO]:
    if name == "-":
        return nullcontext(sys.stdout.buffer)
    if name.endswith(".gz"):
        return cast(AbstractContextManager[BinaryIO], gzip.GzipFile(name, "wb", compresslevel=1, mtime=0))
    return _zstandard(name) if name.endswith(".zst") else Path(name).open("wb")


def _zstandard(name: str) -> AbstractContextManager[BinaryIO]:
    try:
        import zstandard  # the package needs it anyway; nothing else here does
    except ImportError:
        sys.exit("generate.py: .zst needs the package zstandard: run it with the Python that has shelfgraph")
    return cast(AbstractContextManager[BinaryIO], zstandard.open(name, "wb"))


if __name__ == "__main__":
    main()
