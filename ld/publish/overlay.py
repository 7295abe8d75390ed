"""A site's own `vocab/` is read before anything is built: all mistakes in it are told at once, each with file:line."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from pathlib import Path

from ld.errors import VocabError
from ld.mapping.compiled import Mapping
from ld.mapping.entities import Site
from ld.site.shacl import SHAPES, Shapes
from ld.values.text import shown
from ld.values.vocab import PACKAGED, Vocabulary

_READ = (".csv", ".ttl", ".jsonld")
_BESIDE = ("examples", "queries")  # nothing there is read from a site
_SPARE = ("~", ".bak", ".orig", ".swp", ".md")
_TERM = re.compile(r"[a-z][a-z0-9]*:[\w./{}-]+")


def check(overlay: Path, site: Site, others: Callable[[Vocabulary], None]) -> None:
    """Raise VocabError with all that is wrong in the folder; `others` reads what only it knows how to read."""
    files = sorted(path for path in overlay.rglob("*") if path.is_file() and _is_meant(path.relative_to(overlay)))
    if not files:
        return
    vocabulary, told = Vocabulary(overlay), list[str]()
    for path in files:
        name = str(path.relative_to(overlay))
        told += _file(name, vocabulary) if (PACKAGED / name).is_file() else _unknown(name)
    compiled = (lambda: Mapping(site, vocabulary), lambda: Shapes(vocabulary), lambda: others(vocabulary))
    for read in compiled if not told else ():  # what cannot be read at all would be told again
        told += _complaint(read)
    if told:
        raise VocabError("\n".join(dict.fromkeys(told)))


def _is_meant(path: Path) -> bool:
    """Determine whether somebody may think that the file is read."""
    hidden = any(part.startswith(".") for part in path.parts)
    return not hidden and path.parts[0] not in _BESIDE and not path.name.endswith(_SPARE)


def _unknown(name: str) -> Iterator[str]:
    known = [str(path.relative_to(PACKAGED)) for path in PACKAGED.rglob("*") if path.suffix in _READ]
    known = [one for one in known if _is_meant(Path(one))]
    close = get_close_matches(name, known, 1, 0.75)
    if close or name.endswith(_READ):
        meant = f"did you mean {close[0]}?" if close else "rename it, or take it out"
        yield f"{shown(name)}: no file of this name is read: {meant}"


def _file(name: str, vocabulary: Vocabulary) -> list[str]:
    """Return what is wrong in one file, as far as it can be seen by itself."""
    if name == SHAPES:
        return _complaint(lambda: Shapes(vocabulary))
    if not name.endswith(".csv"):
        return _complaint(lambda: vocabulary.context)
    return _header(name, vocabulary) or _complaint(lambda: vocabulary.rows(name)) or list(_terms(name, vocabulary))


def _complaint(read: Callable[[], object]) -> list[str]:
    try:
        read()
    except VocabError as error:
        return [str(error)]
    return []


def _header(name: str, vocabulary: Vocabulary) -> list[str]:
    """Return what is wrong with the columns: the first is the key, and all others but a note are needed."""
    try:
        found = next(csv.reader(vocabulary.text(name).splitlines()), [])
    except VocabError as error:
        return [str(error)]
    wanted = next(csv.reader((PACKAGED / name).read_text(encoding="utf-8").splitlines()), [])
    missing = [column for column in wanted if column not in found and column != "note"]
    if not missing and found[:1] == wanted[:1]:
        return []
    odd = [f"'{column}'" for column in found if column not in wanted]
    beside = f", not {', '.join(odd)}" if odd else ""
    return [f"{name}:1: the columns are {','.join(wanted)}{beside}: mend the header"]


def _terms(name: str, vocabulary: Vocabulary) -> Iterator[str]:
    """Yield the terms that no vocabulary has, in those columns where the packaged table has terms only."""
    packaged = Vocabulary().rows(name)
    columns = [one for one in (packaged[0] if packaged else ()) if one != ":line" and _holds_terms(packaged, one)]
    for row in vocabulary.rows(name):
        for column in columns:
            for term in row.get(column, "").split():
                if wrong := _wrong(term, row[":line"], vocabulary):
                    yield wrong


def _holds_terms(rows: list[dict[str, str]], column: str) -> bool:
    words = [word for row in rows for word in row[column].split()]
    return bool(words) and all(_TERM.fullmatch(word) and "://" not in word for word in words)


def _wrong(term: str, where: str, vocabulary: Vocabulary) -> str:
    """Return what is wrong with a term, empty where nothing is: vocabularies without a table are not looked into."""
    if "://" in term or "{" in term:
        return ""
    prefix, colon, name = term.partition(":")
    if not colon or prefix not in vocabulary.prefixes:
        close = get_close_matches(prefix, vocabulary.prefixes, 1)
        meant = f"did you mean {close[0]}:{name}?" if close and colon else "prefixes stand in context.jsonld"
        return f"{where}: unknown prefix in '{term}': {meant}"
    table = f"terms/{prefix}.csv"
    if not any((folder / table).is_file() for folder in vocabulary.folders):
        return ""
    known = [row["term"] for row in vocabulary.rows(table)]
    if name in known:
        return ""
    close = get_close_matches(name, known, 1)
    meant = f"did you mean {prefix}:{close[0]}?" if close else f"mend it, or add it to {table} of the site if it exists"
    return f"{where}: there is no term '{term}': {meant}"
