"""The search index of a generation being built: a new one, or a copy of an earlier one's, changed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import tantivy

from ld.record import Record
from ld.site.documents import Entry
from ld.site.search import FIELDS, STORED, exact_title, rank, schema

_HEAP = 64 << 20
_LOCKS = (".tantivy-writer.lock", ".tantivy-meta.lock")


def words(record: Record) -> list[str]:
    """Return the searchable words of a record, by field of the index: title, names, subjects, text."""
    people = [person.name for person in record.people]
    containers = [container.title for container in record.containers]
    return [
        "\n".join([record.title, *record.alternatives]),
        "\n".join([*people, *record.publishers, *containers]),
        "\n".join([subject.label for subject in record.subjects]),
        "\n".join([record.abstract, record.doi, record.id, *record.isbns, *record.ismns]),
    ]


class Writer:
    """Writes the index of a generation being built: a new one, or a copy of an earlier generation's."""

    def __init__(self, directory: Path, base: Path | None = None) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        if base:
            _link(base, directory)
        self._index = tantivy.Index.open(str(directory)) if base else tantivy.Index(schema(), path=str(directory))
        self._writer = self._index.writer(heap_size=_HEAP, num_threads=1)

    def add(self, entry: Entry, found: list[str]) -> None:
        """Add a record."""
        document = tantivy.Document()
        add = document.add_text
        for name, text in zip(FIELDS, found, strict=True):
            add(name, text)
        add("exact", exact_title(entry.title))
        for name, text in zip(STORED, (entry.path, entry.title, entry.kind, entry.year), strict=True):
            add(name, text)
        document.add_unsigned("rank", rank(entry))
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
    """Raise an OSError for what the disk refuses: tantivy makes every error a ValueError."""
    try:
        yield
    except ValueError as error:
        raise OSError(f"the search index: {error}") from None


def _link(base: Path, directory: Path) -> None:
    """Hard-link the files of the old index into the new one: finished segments never change."""
    for file in base.iterdir():
        if file.name in _LOCKS:
            continue
        if file.suffix == ".json":
            shutil.copyfile(file, directory / file.name)
        else:
            os.link(file, directory / file.name)
