"""Full-text search over the records of a generation, with tantivy.

The order of results is one that can be told to a person, and the same whichever way the catalogue came to be: a title
that is just what was asked for, then all words in the title, then with names and subjects, then anywhere; in each of
these the newest first. (Scores by frequency also count records that have been deleted or replaced, until the engine
gets round to forgetting them.)
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import tantivy
from msgspec import Struct
from tantivy import Occur, Query

from ld import names
from ld.documents import Entry
from ld.record import Record

_FIELDS = ("title", "names", "subjects", "text")
# Where all words must stand, from the best place on.
_TIERS = (("title",), ("title", "names", "subjects"), _FIELDS)
_RAW = ("path", "label", "kind", "year")
_MOST = 10_000
_HEAP = 64 << 20
_LOCKS = (".tantivy-writer.lock", ".tantivy-meta.lock")


class Found(Struct, frozen=True):
    """A page of search results: how many records match, and those on the page, best first."""

    total: int
    entries: list[Entry]


def words(record: Record) -> list[str]:
    """Return the searchable words of a record, by field of the index: title, names, subjects, text."""
    people = [person.name for person in record.people]
    containers = [container.title for container in record.containers]
    return [
        "\n".join([record.title, *record.alternatives]),
        "\n".join([*people, *record.publishers, *containers]),
        "\n".join([subject.label for subject in record.subjects]),
        "\n".join([record.abstract, record.doi, record.id, *record.isbns]),
    ]


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for name in _FIELDS:
        builder.add_text_field(name, stored=False)
    builder.add_text_field("exact", stored=False, tokenizer_name="raw", index_option="basic")
    for name in _RAW:
        builder.add_text_field(name, stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("rank", fast=True)
    return builder.build()


class Writer:
    """Writes the index of a generation being built: a new one, or a copy of an earlier generation's."""

    def __init__(self, directory: Path, base: Path | None = None) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        if base:
            _link(base, directory)
        self._index = tantivy.Index.open(str(directory)) if base else tantivy.Index(_schema(), path=str(directory))
        self._writer = self._index.writer(heap_size=_HEAP, num_threads=1)

    def add(self, entry: Entry, found: list[str]) -> None:
        """Add a record."""
        document = tantivy.Document()
        add = document.add_text
        for name, text in zip(_FIELDS, found, strict=True):
            add(name, text)
        add("exact", _exact(entry.title))
        for name, text in zip(_RAW, (entry.path, entry.title, entry.kind, entry.year), strict=True):
            add(name, text)
        document.add_unsigned("rank", _rank(entry))
        with _as_os_error():
            self._writer.add_document(document)

    def remove(self, path: str) -> None:
        """Remove a record."""
        self._writer.delete_documents_by_term("path", path)

    def __enter__(self) -> Writer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            with _as_os_error():
                self._writer.commit()
                self._writer.wait_merging_threads()


@contextmanager
def _as_os_error() -> Iterator[None]:
    """Say of a disk that is full what it is: to tantivy all errors are ValueErrors."""
    try:
        yield
    except ValueError as error:
        raise OSError(f"the search index: {error}") from None


def _link(base: Path, directory: Path) -> None:
    """Give the new index the files of the old one: finished segments never change, so a hard link will do."""
    for file in base.iterdir():
        if file.name in _LOCKS:
            continue
        if file.suffix == ".json":
            shutil.copyfile(file, directory / file.name)
        else:
            os.link(file, directory / file.name)


def _exact(title: str) -> str:
    """Return the title as it is compared with a whole query."""
    return " ".join(title.casefold().split())[:500]


def _rank(entry: Entry) -> int:
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
        return Query.term_query(self._index.schema, "exact", _exact(query))

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
    return Entry(*(str(document.get_first(name)) for name in _RAW))
