"""Full-text search over the records of a generation, with tantivy.

The order of results is one that can be told to a person, and the same whichever way the catalogue came to be: a title
that is just what was asked for, then all words in the title, then with names and subjects, then anywhere; in each of
these the newest first. (Scores by frequency also count records that have been deleted or replaced, until the engine
gets round to forgetting them.)
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import tantivy
from msgspec import Struct
from tantivy import Occur, Query

from ld.site.documents import Entry
from ld.values import names

FIELDS = ("title", "names", "subjects", "text")
# Where all words must stand, from the best place on.
_TIERS = (("title",), ("title", "names", "subjects"), FIELDS)
STORED = ("path", "label", "kind", "year")
_MOST = 10_000


class Found(Struct, frozen=True):
    """A page of search results: how many records match, and those on the page, best first."""

    total: int
    entries: list[Entry]


def schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for name in FIELDS:
        builder.add_text_field(name, stored=False)
    builder.add_text_field("exact", stored=False, tokenizer_name="raw", index_option="basic")
    for name in STORED:
        builder.add_text_field(name, stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("rank", fast=True)
    return builder.build()


def exact_title(title: str) -> str:
    """Return the title as it is compared with a whole query."""
    return " ".join(title.casefold().split())[:500]


def rank(entry: Entry) -> int:
    """Return the place of a record among others that match as well: the newest first, then an order of their own."""
    year = int(entry.year) if entry.year.isdigit() else 0
    return year << 49 | names.number(entry.path) >> 14


class Index:
    """Searches the index of a finished generation."""

    def __init__(self, directory: Path) -> None:
        self._index = tantivy.Index.open(str(directory))
        self._searcher = self._index.searcher()

    def search(self, query: str, limit: int = 20, offset: int = 0) -> Found:
        """Return the records that have all the words, or, if none has, some of them; no query text is an error."""
        if not query.strip() or offset >= _MOST:
            return Found(0, [])
        for all_words in (True, False):
            tiers = [self._exact(query), *(self._parsed(query, fields, all_words) for fields in _TIERS)]
            total = self._count(Query.boolean_query([(Occur.Should, tiers[0]), (Occur.Should, tiers[-1])]))
            if total:
                return Found(total, list(self._page(tiers, limit, offset)))
        return Found(0, [])

    def _exact(self, query: str) -> Query:
        return Query.term_query(self._index.schema, "exact", exact_title(query))

    def _parsed(self, query: str, fields: tuple[str, ...], all_words: bool) -> Query:
        parsed, _ = self._index.parse_query_lenient(query, list(fields), conjunction_by_default=all_words)
        return parsed

    def _count(self, query: Query) -> int:
        result = self._searcher.search(query, limit=1, count=True)
        return getattr(result, "count", None) or 0  # the stub of tantivy does not know it

    def _page(self, tiers: list[Query], limit: int, offset: int) -> Iterator[Entry]:
        """Yield the entries of a page: of each tier those that no better one has."""
        better: list[tuple[Occur, Query]] = []
        for tier in tiers:
            query = Query.boolean_query([(Occur.Must, tier), *better])
            result = self._searcher.search(query, limit=limit, offset=offset, count=True, order_by_field="rank")
            for _, address in result.hits:
                yield _entry(self._searcher.doc(address))
            limit -= len(result.hits)
            if limit <= 0:
                return
            offset = max(0, offset - (getattr(result, "count", None) or 0))
            better.append((Occur.MustNot, tier))


def _entry(document: tantivy.Document) -> Entry:
    return Entry(*(str(document.get_first(name)) for name in STORED))
