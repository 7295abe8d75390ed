"""Full-text search over the records of a generation, with tantivy."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

import tantivy
from msgspec import Struct

from ld.documents import Entry
from ld.record import Record

_FIELDS = ("title", "names", "subjects", "text")
_BOOSTS = {"title": 4.0, "names": 2.0, "subjects": 2.0, "text": 1.0}
_MOST = 10_000


class Found(Struct, frozen=True):
    """A page of search results: how many records match, and those on the page, best first."""

    total: int
    entries: list[Entry]


def words(record: Record) -> dict[str, str]:
    """Return the searchable words of a record, by field of the index."""
    people = [person.name for person in record.people]
    containers = [container.title for container in record.containers]
    return {
        "title": "\n".join([record.title, *record.alternatives]),
        "names": "\n".join([*people, *record.publishers, *containers]),
        "subjects": "\n".join(subject.label for subject in record.subjects),
        "text": "\n".join([record.abstract, record.doi, record.id, *record.isbns]),
    }


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for name in _FIELDS:
        builder.add_text_field(name, stored=False)
    for name in ("path", "label", "kind", "year"):
        builder.add_text_field(name, stored=True, tokenizer_name="raw")
    return builder.build()


class Writer:
    """Writes the index of a generation being built."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._index = tantivy.Index(_schema(), path=str(directory))
        self._writer = self._index.writer(heap_size=64 << 20, num_threads=1)

    def add(self, entry: Entry, found: dict[str, str]) -> None:
        """Add a record."""
        document = tantivy.Document(path=entry.path, label=entry.title, kind=entry.kind, year=entry.year)
        for name in _FIELDS:
            document.add_text(name, found.get(name, ""))
        self._writer.add_document(document)

    def __enter__(self) -> Writer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.commit()
        self._writer.wait_merging_threads()


class Index:
    """Searches the index of a finished generation."""

    def __init__(self, directory: Path) -> None:
        self._index = tantivy.Index.open(str(directory))

    def search(self, query: str, limit: int = 20, offset: int = 0) -> Found:
        """Return the records that match the words; no query text is an error."""
        if not query.strip() or offset >= _MOST:
            return Found(0, [])
        parsed, _ = self._index.parse_query_lenient(query, list(_FIELDS), field_boosts=_BOOSTS)
        searcher = self._index.searcher()
        result = searcher.search(parsed, limit=limit, offset=offset, count=True)
        documents = [searcher.doc(address) for _, address in result.hits]
        total: int = getattr(result, "count", None) or 0  # the stub of tantivy does not know it
        return Found(total, [_entry(document) for document in documents])


def _entry(document: tantivy.Document) -> Entry:
    path, title, kind, year = (str(document.get_first(name)) for name in ("path", "label", "kind", "year"))
    return Entry(path, title, kind, year)
