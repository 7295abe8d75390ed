"""What is written into the search field: how it is read, what it finds, and that no text whatever is an error."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import BASE
from flask import Flask
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from lxml import html
from tantivy import Index as Tantivy
from tantivy import Query

from ld.publish.indexer import Writer
from ld.publish.run import publish
from ld.settings import Settings
from ld.site.documents import Entry
from ld.site.search import Index
from ld.site.words import SearchQuery, Term, parse
from ld.web import create_app

TEXTS = int(os.environ.get("SHELFGRAPH_TEST_FUZZ", "150")) // 5  # `.ci/run --all` tries more
# What the syntax is made of, and what other syntaxes are made of, in any order.
PIECES = ["bees", "honey", "title:", "author:", "year:", "type:", "isbn:", "doi:", "nothing:", "-", "+", '"', "*", "(",
          ")", "[", "]", "{", "}", "^2", "~1", "/", "\\", " TO ", " AND ", " OR ", " NOT ", " ", ":", "<", ">=", "“",
          "\0", "\u0301", "\u202e", "2019", "10.5555/1", "x" * 50, "\U0001f600", "中", "İ"]  # fmt: skip


# -- how it is read ----------------------------------------------------------------------------------------------------


def spelled(term: Term) -> str:
    """A term as one text: -field:(its text)*, without what it does not have."""
    sign, field, star = "-" * term.excluded, f"{term.field}:" * bool(term.field), "*" * term.prefix
    return f"{sign}{field}({term.text}){star}"


READ = {
    # words
    "": [],
    " \t\u00a0\n": [],
    "honey bees": ["(honey)", "(bees)"],
    "bees  bees Bees": ["(bees)", "(Bees)"],
    "don't stop-gap": ["(don't)", "(stop-gap)"],
    "AND OR NOT": ["(AND)", "(OR)", "(NOT)"],
    "C++ +bees": ["(C++)", "(+bees)"],
    # phrases
    '"honey bee" x': ["(honey bee)", "(x)"],
    "“honey bee” „x y‟ «z w»": ["(honey bee)", "(x y)", "(z w)"],
    'x"honey bee"y': ["(x)", "(honey bee)", "(y)"],
    '"bio*"': ["(bio*)"],
    '"a:b c"': ["(a:b c)"],
    '""': [],
    # fields
    "title:bees": ["title:(bees)"],
    "TITLE:Bees": ["title:(Bees)"],
    'author:"Doe, Jane"': ["name:(Doe, Jane)"],
    "authors:a name:b names:c": ["name:(a)", "name:(b)", "name:(c)"],
    "subject:a subjects:b": ["subject:(a)", "subject:(b)"],
    "year:2019 kind:book type:map": ["year:(2019)", "type:(book)", "type:(map)"],
    "title:a:b": ["title:(a:b)"],
    "title:-a": ["title:(-a)"],
    "title: bees": ["(title)", "(bees)"],
    "subtitle:bees": ["(subtitle)", "(bees)"],
    "foo:bar": ["(foo)", "(bar)"],
    'foo:"a b"': ["(foo)", "(a b)"],
    "http://a.example/b": ["(http)", "(//a.example/b)"],
    "12:30": ["(12)", "(30)"],
    "ſubject:x": ["(ſubject)", "(x)"],
    "doi:https://doi.org/10.5555/AB.": ["doi:(10.5555/ab)"],
    "doi:10.5555": ["doi:(10.5555)"],
    "isbn:978-3-16-148410-0": ["isbn:(9783161484100)"],
    "isbn:316148410X": ["isbn:(9783161484100)"],
    "isbn:123": ["isbn:(123)"],
    # what must not be there
    "-wasps": ["-(wasps)"],
    '-"a b" -title:c -title:"d e"': ["-(a b)", "-title:(c)", "-title:(d e)"],
    "-foo:bar": ["-(foo:bar)"],
    "bees -bees": ["(bees)", "-(bees)"],
    "2010-2015 a - b": ["(2010-2015)", "(a)", "(-)", "(b)"],
    "--a": ["(--a)"],
    # prefixes
    "bio*": ["(bio)*"],
    "-bio* title:bio*": ["-(bio)*", "title:(bio)*"],
    "(bio*), bio**": ["(bio)*"],
    "year:201*": ["year:(201)*"],
    "bio-che*": ["(bio-che)*"],
    "中* ж* का*": ["(中)*", "(ж)*", "(का)*"],
    "a* * *a a*b bio.*": ["(a*)", "(*)", "(*a)", "(a*b)", "(bio.*)"],
    "foo:bar*": ["(foo)", "(bar)*"],
    # unbalanced, and the signs of others
    '"honey bee': ["(honey)", "(bee)"],
    'a "b c" "d': ["(a)", "(b c)", "(d)"],
    '-"a b': ["(-)", "(a)", "(b)"],
    "(title:bees) (-wasps) [(-x": ["title:(bees))", "-(wasps))", "-(x)"],
    "((((": ["(()"],
    "a^2 b~1 /c.*d/ [1 TO 2]": ["(a^2)", "(b~1)", "(/c.*d/)", "(1)", "(TO)", "(2])"],
    'title:"a': ["(title)", "(a)"],
    "title:": ["(title)"],
    ":::": [],
}


@pytest.mark.parametrize("text", READ)
def test_each_text_is_read_so(text: str) -> None:
    read = parse(text)

    assert ([spelled(term) for term in read.terms], read.whole) == (READ[text], True)


def test_what_is_too_long_is_read_as_far_as_it_may_go() -> None:
    words = [f"w{n}" for n in range(65)]

    assert parse(" ".join(words[:-1])) == SearchQuery(tuple(map(Term, words[:-1])))
    assert parse(" ".join(words)) == SearchQuery(tuple(map(Term, words[:-1])), whole=False)
    assert parse("x" * 1000) == SearchQuery((Term("x" * 1000),))
    assert parse("x" * 1000 + "y") == SearchQuery((Term("x" * 1000),), whole=False)


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join) | st.text(max_size=60))
def test_every_word_that_is_written_is_read(text: str) -> None:
    """Punctuation and signs aside, nothing of a text is lost, in its order; an excluded word is not made a wish."""
    read = parse(text)
    if not read.whole or re.search("isbn:|doi:", text, re.IGNORECASE):  # these are brought into their own form
        return
    said = " ".join(f"{term.field} {term.text}" for term in read.terms)

    assert {*re.findall(r"\w+", text.lower())} - {"name", "names", "author", "title", "type", "year"} <= {
        *re.findall(r"\w+", said.lower())
    }
    assert any(term.excluded for term in read.terms) <= ("-" in text)


# -- what it finds -----------------------------------------------------------------------------------------------------


def book(id_: str, title: str, author: str, topic: str, year: str, **more: Any) -> dict[str, Any]:
    """A record of VuFind's index."""
    fields = {"id": id_, "title": title, "author": [author], "topic": [topic], "publishDate": [year]}
    return fields | {"format": ["Book"], "record_format": "marc"} | more


RECORDS = [
    book("keeping", "Keeping honey bees", "Doe, Jane", "Beekeeping", "2011", isbn=["9783161484100"]),
    book("flowers", "Flowers for bees", "Smith, John", "Gardening", "2015", format=["Map"]),
    book("bees", "Bees", "Doe, Jane", "Insects", "1999"),
    book("bees-new", "Bees", "Roe, Richard", "Insects", "2020"),
    book("wasps", "Wasps and bees", "Honeyman, Ann", "Insects", "2019"),
    book("garden", "A garden", "Bees, Barbara", "Flowers", "2018"),
    book("apiary", "An apiary", "Poe, Edgar", "Honey", "2003", description=["How bees make honey, day by day."]),
    book("hindi", "हिन्दी साहित्य", "प्रेमचंद", "साहित्य", "1936"),
    book("chinese", "中国文学史", "王伟", "文学", "2001"),
    book("turkish", "İSTANBUL Größe", "Çelik", "Σοφός", "2002", format=["Thesis"]),
    book("article", "On stings", "Doe, Jane", "Insects", "2012", format=["Article"], issn=["2049-3630"],
         doi_str_mv=["10.5555/Stings.1"]),
    book("long", "Long", "Long, Lon", "Length", "1800", description=[" ".join(f"n{n}" for n in range(32))]),
    book("odd", "Title: a -strange \"year:1850\" (book*)", "Odd, Olga", "Oddities", "1851"),
]  # fmt: skip


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A site of these records."""
    folder = tmp_path_factory.mktemp("shelf")
    (folder / "records.jsonl").write_text("".join(json.dumps(one) + "\n" for one in RECORDS), encoding="utf-8")
    settings = Settings(folder / "site", {"base": BASE}, {})
    publish([str(folder / "records.jsonl")], settings)
    app = create_app(settings)
    yield app
    app.extensions["shelfgraph"].pools.close()


def answered(app: Flask, text: str | bytes, **more: Any) -> dict[str, Any]:
    """The answer to a search, as JSON."""
    response = app.test_client().get("/search", query_string={"q": text, "format": "json", **more})
    assert response.status_code == 200
    found: dict[str, Any] = json.loads(response.text)
    return found


def found(app: Flask, text: str) -> list[str]:
    """The ids of what a search finds, in its order."""
    answer = answered(app, text)
    ids = [one["page"].rpartition("/")[2] for one in answer["records"]]
    assert answer["total"] == len(ids)
    return ids


FINDS = {
    # a title that is just that, then all words in the title, then with names and subjects, then anywhere; the newest
    "bees": ["bees-new", "bees", "wasps", "flowers", "keeping", "garden", "apiary"],
    "BEES": ["bees-new", "bees", "wasps", "flowers", "keeping", "garden", "apiary"],
    "honey bees": ["keeping", "apiary"],
    "flowers bees": ["flowers", "garden"],
    "jane bees": ["keeping", "bees"],
    "bees, (honey)!": ["keeping", "apiary"],
    # none has all words: those that have some
    "honey zzzz": ["keeping", "apiary"],
    "zzzz": [],
    # side by side
    '"honey bees"': ["keeping"],
    '"bees honey"': [],
    "honey-bees": ["keeping"],
    '"bees make honey"': ["apiary"],
    '"bees"': ["bees-new", "wasps", "flowers", "keeping", "bees", "garden", "apiary"],
    # fields
    "title:bees": ["bees-new", "wasps", "flowers", "keeping", "bees"],
    "author:bees": ["garden"],
    "name:doe": ["article", "keeping", "bees"],
    'author:"doe, jane" bees': ["keeping", "bees"],
    "subject:insects author:doe": ["article", "bees"],
    "subject:honey": ["apiary"],
    "insects title:bees": ["bees-new", "wasps", "bees"],
    "title:honey author:zzzz": ["keeping"],
    "year:2019": ["wasps"],
    "bees year:2019": ["wasps"],
    "honey year:2019": [],
    "zzzz year:2019": [],
    "bees year:2015 year:2011": ["flowers", "keeping"],
    "year:201* bees": ["wasps", "flowers", "keeping", "garden"],
    "year:(2019)": ["wasps"],
    "year:2010-2019": [],
    "type:map": ["flowers"],
    "TYPE:Map bees": ["flowers"],
    "type:article": ["article"],
    "type:ScholarlyArticle": ["article"],
    'type:"scholarly article"': ["article"],
    "type:schol*": ["article"],
    'type:"scholarly map"': [],
    "type:article-zz*": [],
    "type:zzzz": [],
    "type:map type:article": ["flowers", "article"],
    "doi:10.5555/stings.1": ["article"],
    "doi:https://doi.org/10.5555/STINGS.1": ["article"],
    "doi:10.5555": ["article"],
    "doi:stings title:bees year:2012": ["article"],
    "isbn:978-3-16-148410-0": ["keeping"],
    "isbn:3-16-148410-X": ["keeping"],
    # fields that are none, or not for strangers
    "insects:roe": ["bees-new"],
    "path:record": [],
    "label:bees": ["bees-new", "wasps", "flowers", "keeping", "bees", "garden", "apiary"],
    "rank:7": [],
    "exact:bees": ["bees-new", "wasps", "flowers", "keeping", "bees", "garden", "apiary"],
    # without
    "bees -wasps": ["bees-new", "flowers", "keeping", "bees", "garden", "apiary"],
    "bees -title:bees": ["garden", "apiary"],
    "bees -year:2020 -year:1999": ["wasps", "flowers", "keeping", "garden", "apiary"],
    'bees -"honey bees"': ["bees-new", "wasps", "flowers", "bees", "garden", "apiary"],
    "bees -honey*": ["bees-new", "flowers", "bees", "garden"],
    "bees -type:map -insects": ["keeping", "garden", "apiary"],
    "zzzz bees -wasps": ["bees-new", "flowers", "keeping", "bees", "garden", "apiary"],
    "-bees year:20*": ["article", "turkish", "chinese"],
    "-bees -insects": ["turkish", "chinese", "hindi", "odd", "long"],
    "bees -bees": [],
    # how it begins
    "honey*": ["keeping", "wasps", "apiary"],
    "title:be*": ["bees-new", "wasps", "flowers", "keeping", "bees"],
    "bee* gard*": ["garden", "flowers"],
    "honey-be*": ["keeping", "apiary"],
    "zz*": [],
    # other scripts, split as the index splits them
    "हिन्दी": ["hindi"],
    "साहित्य हिन्दी": ["hindi"],
    "中国文学史": ["chinese"],
    "中*": ["chinese"],
    "中国": [],
    "istanbul": [],
    "İstanbul": ["turkish"],
    "GRÖSSE": [],
    "größe": ["turkish"],
    "ΣΟΦΌς": ["turkish"],
    # a title with all the signs is a title
    'Title: a -strange "year:1850" (book*)': ["odd"],
    "()[]{}^~/\\": [],
}


@pytest.mark.parametrize("text", FINDS)
def test_each_search_finds_these_in_this_order(shelf: Flask, text: str) -> None:
    assert found(shelf, text) == FINDS[text]


def test_pages_of_a_search_are_parts_of_one_order(shelf: Flask) -> None:
    app = create_app(Settings(shelf.extensions["shelfgraph"].settings.site, {"base": BASE, "page_size": 2}, {}))
    try:
        pages = [answered(app, "bees", offset=n) for n in range(0, 8, 2)]
    finally:
        app.extensions["shelfgraph"].pools.close()

    assert [one["page"].rpartition("/")[2] for page in pages for one in page["records"]] == FINDS["bees"]
    assert {page["total"] for page in pages} == {7}


def test_an_empty_catalogue_is_searched_too(tmp_path: Path) -> None:
    index, _ = indexed(tmp_path / "index", [])

    assert [index.search(text).total for text in FINDS] == [0] * len(FINDS)


# -- no text is an error -----------------------------------------------------------------------------------------------


@given(
    st.lists(st.sampled_from(PIECES), max_size=60).map(lambda pieces: "".join(pieces).encode())
    | st.text(max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass"))
    | st.binary(max_size=60)
)
def ask(app: Flask, text: bytes) -> None:
    assert answered(app, text)["total"] >= 0
    assert app.test_client().get("/search", query_string={"q": text}).status_code == 200


def test_any_text_is_answered(shelf: Flask) -> None:
    ask(shelf)


def test_text_that_no_browser_sends_is_no_error_either(shelf: Flask) -> None:
    """From Python, a text may hold halves of characters."""
    index = shelf.extensions["shelfgraph"].live.current().index

    assert index.search("\ud800").total == 0
    assert index.search("title:bees \udfff").total == 5


TOO_MUCH = {
    "characters": "bees " + "x" * 1000,
    "words": " ".join(f"w{n}" for n in range(65)),
    "phrases": " ".join(f'"bees {n}"' for n in range(17)),
    "words of a phrase": '"' + "a " * 33 + '"',
    "prefixes": "ba* be* bi* bo* bu*",
}


@pytest.mark.parametrize("text", TOO_MUCH.values(), ids=TOO_MUCH)
def test_what_is_left_out_of_a_search_is_said(shelf: Flask, text: str) -> None:
    """A part is never taken for the whole: not in JSON, and not on the page."""
    page = html.fromstring(shelf.test_client().get("/search", query_string={"q": text}).data)

    assert answered(shelf, text)["whole"] is False
    assert page.xpath("//p[contains(., 'more than can be looked for')]")


def test_of_a_long_phrase_the_beginning_is_looked_for(shelf: Flask) -> None:
    words = [f"n{n}" for n in range(40)]

    assert found(shelf, f'"{" ".join(words)}"') == ["long"]
    assert found(shelf, f'"{" ".join(words[:31])} zzzz"') == []


def test_of_an_ordinary_search_nothing_is_left_out(shelf: Flask) -> None:
    text = " ".join([*(f"w{n}" for n in range(44)), *(f'"bees {n}"' for n in range(16)), "ba* be* bi* bo*"])
    page = html.fromstring(shelf.test_client().get("/search", query_string={"q": text}).data)

    assert answered(shelf, text)["whole"] is True
    assert not page.xpath("//p[contains(., 'more than can be looked for')]")


def test_who_finds_nothing_is_told_what_may_be_written(shelf: Flask) -> None:
    """The examples of the help are read as they say."""
    for text in ("", "zzzz"):
        page = html.fromstring(shelf.test_client().get("/search", query_string={"q": text}).data)
        codes = [code.text_content() for code in page.xpath("//main//code")]

        assert [spelled(term) for code in codes for term in parse(code).terms] == [
            "(bees)", "(honey bee)", "title:(bees)", "name:(Doe, Jane)", "subject:(flowers)", "doi:(10.1234/abc)",
            "isbn:(9783161484100)", "year:(2019)", "year:(201)*", "type:(book)", "-(wasps)", "(pollin)*",
        ]  # fmt: skip


# -- words are those of the index --------------------------------------------------------------------------------------


def indexed(folder: Path, texts: list[str]) -> tuple[Index, Tantivy]:
    """An index of records with these titles, as the program searches it and as tantivy sees it."""
    with Writer(folder) as writer:
        for n, text in enumerate(texts):
            writer.add(Entry(f"record/{n}", text, "Book", "2019"), [text, "", "", ""])
    return Index(folder), Tantivy.open(str(folder))


def check_tokens(folder: Path, texts: list[str]) -> None:
    """The words of the texts are those of the index, no more and no less, and stand where they stand there."""
    index, engine = indexed(folder, texts)
    searcher = engine.searcher()
    split = [index.tokens(text) for text in texts]

    assert {word for words in split for _, word in words} == {w for w, _ in searcher.terms_with_prefix("title", "")}
    for words in split:
        if len(words) > 1:
            phrase = Query.phrase_query(engine.schema, "title", list(words))
            assert searcher.search(phrase, limit=1).hits, words


def test_a_search_splits_every_character_as_the_index_does(tmp_path: Path) -> None:
    letters = [chr(n) for n in range(0x110000) if not 0xD800 <= n < 0xE000]
    texts = [" ".join(f"a{one}b {one}" for one in letters[n : n + 4096]) for n in range(0, len(letters), 4096)]
    index, engine = indexed(tmp_path / "index", texts)

    words = {word for text in texts for _, word in index.tokens(text)}

    assert words == {word for word, _ in engine.searcher().terms_with_prefix("title", "")}
    assert len(words) > 100_000


def test_a_search_splits_every_text_as_the_index_does(tmp_path: Path) -> None:
    """Words that are too long leave a gap, of 39 bytes and 40, and letters that grow when they are made small."""
    edges = st.sampled_from(["x" * 39, "x" * 40, "x" * 41, "é" * 19, "é" * 20, "İ" * 13, "İ" * 19, "ẞ" * 13, "a", " "])
    texts = st.lists(edges | st.text(max_size=12), max_size=12).map(" ".join)
    tried = 0

    @hypothesis_settings(max_examples=TEXTS)
    @given(st.lists(texts, min_size=1, max_size=30))
    def check(some: list[str]) -> None:
        nonlocal tried
        tried += 1
        check_tokens(tmp_path / str(tried), some)

    check()
