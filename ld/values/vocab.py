"""The tables of `vocab/`: what a librarian may change. Reading them is strict, and every complaint says file:line."""

from __future__ import annotations

import csv
import json
from functools import cached_property
from pathlib import Path
from typing import Any

from ld import memo
from ld.errors import VocabError
from ld.values.text import shown

_HERE = Path(__file__).parent.parent
PACKAGED = _HERE / "_vocab" if (_HERE / "_vocab").is_dir() else _HERE.parent / "vocab"

Row = dict[str, str]


class Vocabulary:
    """The tables of one `vocab/` folder; files in the overlay folder (a site's own `vocab/`) go first."""

    def __init__(self, overlay: Path | None = None) -> None:
        self.folders = [folder for folder in (overlay, PACKAGED) if folder and folder.is_dir()]
        self._rows: dict[str, list[Row]] = {}
        self._codes: dict[str, dict[str, Row]] = {}

    def path(self, name: str) -> Path:
        """Return the file of that name, the overlay's where it has one."""
        for folder in self.folders:
            if (folder / name).is_file():
                return folder / name
        raise VocabError(f"{name}: no such file in {' or '.join(map(str, self.folders))}")

    def is_own(self, name: str) -> bool:
        """Determine whether the file is the site's own, and not the one that comes with the program."""
        return self.path(name).parent != (PACKAGED / name).parent

    def text(self, name: str) -> str:
        """Return the text of the file."""
        path = self.path(name)
        try:
            return path.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            raise VocabError(f"{path}: not UTF-8 at byte {error.start}: save the file as UTF-8") from None

    def names(self, pattern: str) -> list[str]:
        """Return the names of the files that match the pattern, sorted, each once."""
        found = {str(path.relative_to(folder)) for folder in self.folders for path in folder.glob(pattern)}
        for name in found:
            if not name.isprintable():
                raise VocabError(f"{shown(name)}: a name with bytes that are no letters: rename the file")
        return sorted(found)

    def rows(self, name: str) -> list[Row]:
        """Return the rows of a table; the column `:line` holds "file:line" for complaints."""
        if name not in self._rows:
            self._rows[name] = list(_rows(self.path(name), self.text(name)))
        return self._rows[name]

    def code(self, table: str, key: str) -> Row | None:
        """Return the row of `codes/{table}.csv` whose first column is the key, None where there is none."""
        if table not in self._codes:
            rows = self.rows(f"codes/{table}.csv")
            self._codes[table] = {next(iter(row.values())): row for row in rows}
        return self._codes[table].get(key)

    def codes(self, table: str) -> dict[str, Row]:
        """Return `codes/{table}.csv` as a dictionary from its first column to its rows."""
        self.code(table, "")
        return self._codes[table]

    @cached_property
    def context(self) -> dict[str, Any]:
        """The JSON-LD context of `context.jsonld`: the only place where prefixes and JSON names stand."""
        path = self.path("context.jsonld")
        try:
            context = json.loads(self.text("context.jsonld"))["@context"]
        except json.JSONDecodeError as error:
            raise VocabError(f"{path}:{error.lineno}: not JSON: {error.msg}") from None
        except (KeyError, TypeError):
            raise VocabError(f"{path}:1: has no @context") from None
        if not isinstance(context, dict):
            raise VocabError(f"{path}:1: @context must be one object")
        return context

    @cached_property
    def prefixes(self) -> dict[str, str]:
        """Prefix to namespace, from the context."""
        return {
            key: value
            for key, value in self.context.items()
            if isinstance(value, str) and value.endswith(("/", "#")) and ":" in value
        }

    def expand(self, curie: str, where: str = "") -> str:
        """Return the IRI of "prefix:name"; an IRI in angle brackets or with :// comes back as it is."""
        if "://" in curie:
            return curie.strip("<>")
        prefix, colon, name = curie.partition(":")
        if not colon or prefix not in self.prefixes:
            raise VocabError(f"{where}: unknown prefix in '{curie}': prefixes stand in context.jsonld")
        return self.prefixes[prefix] + name

    def shrink(self, iri: str) -> str:
        """Return "prefix:name" for the IRI where a prefix fits, else the IRI."""
        for prefix, namespace in self.prefixes.items():
            if iri.startswith(namespace):
                return f"{prefix}:{iri[len(namespace) :]}"
        return iri


def _rows(path: Path, text: str) -> list[Row]:
    reader = csv.reader(text.splitlines(keepends=True), strict=True)
    rows: list[Row] = []
    try:
        header = next(reader, [])
        for cells in reader:
            where = f"{path.name}:{reader.line_num}"
            if not cells or cells[0].startswith("#"):
                continue
            if len(cells) != len(header):
                raise VocabError(f"{where}: {len(cells)} cells where the header has {len(header)} columns")
            rows.append({**dict(zip(header, (cell.strip() for cell in cells), strict=True)), ":line": where})
    except csv.Error as error:
        raise VocabError(f"{path.name}:{reader.line_num}: not a CSV row: {error}") from None
    return rows


_current: list[Vocabulary] = []


def vocabulary() -> Vocabulary:
    """Return the vocabulary in use: the packaged one unless `use` has chosen a site's."""
    if not _current:
        _current.append(Vocabulary())
    return _current[0]


def use(overlay: Path | None) -> Vocabulary:
    """Make the packaged vocabulary with this overlay the one in use and return it. Call it before anything is read."""
    memo.forget()
    _current[:] = [Vocabulary(overlay)]
    return _current[0]
