"""Full-text search over the records of a generation, with tantivy.

The order of results can be explained to a person, and does not depend on how the catalogue came to be: first a title
that is exactly what was asked for, then all words in the title, then with names and subjects, then anywhere; in each
of these the newest first. (Scores by frequency also count records that have been deleted or replaced, until the engine
gets round to forgetting them.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import tantivy
from msgspec import Struct
from tantivy import Filter, Occur, Query, TextAnalyzerBuilder, Tokenizer

from ld.site.documents import Entry
from ld.site.words import Term, parse
from ld.values import names

FIELDS = ("title", "names", "subjects", "text")
# Where all words must stand, from the best place on.
_TIERS = (("title",), ("title", "names", "subjects"), FIELDS)
# Where in the index the fields stand that a search may name.
_PLACES = {
    "title": ("title",), "name": ("names",), "subject": ("subjects",), "doi": ("text",), "isbn": ("text",),
    "year": ("year",),
}  # fmt: skip
_NARROWING = ("year", "type")
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")
STORED = ("path", "label", "kind", "year")
_MOST = 10_000
# What one search may cost: a phrase of common words takes twenty times as long as a word, a short prefix ten times.
_MOST_PHRASES, _LONGEST_PHRASE, _MOST_PREFIXES = 16, 32, 4
_LONGEST_TOKEN = 40  # bytes; the index drops longer ones


class Found(Struct, frozen=True):
    """A page of search results: how many records match, and those on the page, the best first.

    `whole` is false where the query was too long, so that only its beginning was looked for.
    """

    total: int
    entries: list[Entry]
    whole: bool = True


class _Sought(Struct, frozen=True):
    """A term as the index has it: its tokens, each with its place."""

    term: Term
    tokens: tuple[tuple[int, str], ...]

    @property
    def narrows(self) -> bool:
        """Whether it is no word to look for, but leaves out records of other years or types."""
        return self.term.field in _NARROWING

    @property
    def is_word(self) -> bool:
        """Whether it is to be looked for."""
        return not self.narrows and not self.term.excluded


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
    """Return the title, or a query, as the two are compared."""
    return " ".join(title.casefold().split())[:500]


def rank(entry: Entry) -> int:
    """Return the place of a record among those that match equally well: the newest first, then in a fixed order."""
    year = int(entry.year) if entry.year.isdigit() else 0
    return year << 49 | names.number(entry.path) >> 14


class Index:
    """Searches the index of a finished generation.

    Nothing that strangers write reaches tantivy's own parsers of queries or regular expressions: hundreds of brackets
    overflow their stack, which ends the process.
    """

    def __init__(self, directory: Path) -> None:
        self._index = tantivy.Index.open(str(directory))
        self._searcher = self._index.searcher()
        self.schema = self._index.schema
        self._kinds = [kind for kind, _ in self._searcher.terms_with_prefix("kind", "")]
        # what a text field of the schema does: tantivy calls it "default"
        splitter = TextAnalyzerBuilder(Tokenizer.simple()).filter(Filter.remove_long(_LONGEST_TOKEN))
        self._analyzer = splitter.filter(Filter.lowercase()).build()

    def search(self, query: str, limit: int = 20, offset: int = 0) -> Found:
        """Return the records that have all the words or, if none has, some of them; no query is an error."""
        query = query.encode("utf-8", "replace").decode()
        if not query.strip() or offset >= _MOST:
            return Found(0, [])
        sought, whole = self._sought(query)
        for all_words in (True, False):
            tiers = list(self._tiers(query, sought, all_words))
            total = self._count(_any([tiers[0], tiers[-1]]))
            if total:
                return Found(total, list(self._page(tiers, limit, offset)), whole)
        return Found(0, [], whole)

    # -- what is looked for --------------------------------------------------------------------------------------------

    def _sought(self, query: str) -> tuple[list[_Sought], bool]:
        """Return the terms to look for, and whether they are the whole query."""
        asked = parse(query)
        found = [_Sought(term, tokens) for term in asked.terms if (tokens := self._tokens_of(term))]
        prefixes = [one for one in found if one.term.prefix]
        phrases = [one for one in found if not one.term.prefix and len(one.tokens) > 1]
        single = [one for one in found if not one.term.prefix and len(one.tokens) == 1]
        kept = single + phrases[:_MOST_PHRASES] + prefixes[:_MOST_PREFIXES]
        short = all(len(one.tokens) <= _LONGEST_PHRASE for one in kept)
        return kept, asked.whole and short and len(kept) == len(found)

    def _tokens_of(self, term: Term) -> tuple[tuple[int, str], ...]:
        found = self.tokens(term.text)
        if term.field == "year" and found:  # a year is one word, whatever stands in it
            return ((0, " ".join(token for _, token in found)),)
        return found

    def tokens(self, text: str) -> tuple[tuple[int, str], ...]:
        """Return the words of a text as the index has them, each with its place; those too long are left out."""
        return tuple((token.position, token.text) for token in self._analyzer.pre_tokenize(text).tokens)

    # -- queries -------------------------------------------------------------------------------------------------------

    def _tiers(self, query: str, sought: list[_Sought], all_words: bool) -> Iterator[Query]:
        """Yield the query of each tier; where every word names its field, the tiers are the same."""
        yield Query.term_query(self.schema, "exact", exact_title(query))
        free = any(one.is_word and not one.term.field for one in sought)
        for fields in _TIERS if free else _TIERS[-1:]:
            yield self._tier(sought, fields, all_words)

    def _tier(self, sought: list[_Sought], fields: tuple[str, ...], all_words: bool) -> Query:
        """Return the query of a tier: all or some of the words, in these fields; what narrows it; what is excluded."""
        words = [self._anywhere(one, fields) for one in sought if one.is_word]
        musts = words if all_words else [_any(words)] if words else []
        musts += [_any([self._anywhere(one, fields) for one in alike]) for alike in _narrowing(sought)]
        nots = [self._anywhere(one, FIELDS) for one in sought if one.term.excluded]
        if not nots:
            return _all(musts)
        wanted = _all(musts) if musts else Query.all_query()
        return Query.boolean_query([(Occur.Must, wanted), *((Occur.MustNot, one) for one in nots)])

    def _anywhere(self, sought: _Sought, fields: tuple[str, ...]) -> Query:
        """Return the query for a term in the field it names, or in any of these."""
        if sought.term.field == "type":
            return Query.term_set_query(self.schema, "kind", [kind for kind in self._kinds if _is_called(kind, sought)])
        places = _PLACES.get(sought.term.field, fields)
        return _any([self._within(sought, field) for field in places])

    def _within(self, sought: _Sought, field: str) -> Query:
        """Return the query for a term in one field of the index: words side by side, and a prefix wherever it stands.

        (A prefix right behind a word is looked for by tantivy among the first fifty words only that begin so.)
        """
        tokens = list(sought.tokens)
        start = tokens.pop()[1] if sought.term.prefix else ""
        musts = [Query.fuzzy_term_query(self.schema, field, start, distance=0, prefix=True)] if start else []
        if len(tokens) == 1:  # to tantivy, a phrase of one is a fault
            musts.append(Query.term_query(self.schema, field, tokens[0][1]))
        elif tokens:
            musts.append(Query.phrase_query(self.schema, field, list(tokens[:_LONGEST_PHRASE])))
        return _all(musts)

    # -- answers -------------------------------------------------------------------------------------------------------

    def _count(self, query: Query) -> int:
        result = self._searcher.search(query, limit=1, count=True)
        return getattr(result, "count", None) or 0  # the stub of tantivy does not know it

    def _page(self, tiers: list[Query], limit: int, offset: int) -> Iterator[Entry]:
        """Yield the entries of a page: from each tier those that no better tier has."""
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


def _any(queries: list[Query]) -> Query:
    return _joined(Occur.Should, queries)


def _all(queries: list[Query]) -> Query:
    return _joined(Occur.Must, queries)


def _joined(occur: Occur, queries: list[Query]) -> Query:
    """Return the queries joined into one; a single one is not wrapped, which would slow it down several times."""
    return queries[0] if len(queries) == 1 else Query.boolean_query([(occur, one) for one in queries])


def _narrowing(sought: list[_Sought]) -> Iterator[list[_Sought]]:
    """Yield the query for years, and that for types: a record has one of each, so several are alternatives."""
    for field in _NARROWING:
        if alike := [one for one in sought if one.term.field == field and not one.term.excluded]:
            yield alike


def _is_called(kind: str, sought: _Sought) -> bool:
    """Determine whether a word names the type: "ScholarlyArticle" is a scholarly article, and an article."""
    called = {kind.lower(), *_CAPITAL.sub(" ", kind).lower().split()}
    if sought.term.prefix:
        return all(any(word.startswith(token) for word in called) for _, token in sought.tokens)
    return all(token in called for _, token in sought.tokens)


def _entry(document: tantivy.Document) -> Entry:
    return Entry(*(str(document.get_first(name)) for name in STORED))
