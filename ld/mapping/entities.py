"""Things: the nodes of the graph, each with a kind, an IRI and its fields; and the tables that say how they are minted.

There are no blank nodes. A URL without fragment is a document, the same with `#it` is the thing it describes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

from msgspec import Struct

from ld.errors import VocabError
from ld.memo import Memory
from ld.values import names
from ld.values.vocab import Row, Vocabulary

Fields = dict[str, list[Any]]
T = TypeVar("T")


class Thing(Struct):
    """One node of the graph. `shared` tells that other records may speak of it too, so it has a document of its own.

    `mention` is kept by the mapping: what it made of a shared thing, which is made once.
    """

    kind: str
    iri: str
    fields: Fields
    shared: bool = False
    mention: Any = None


class Site(Struct, frozen=True):
    """What the mapping needs to know of the site: its base URL (with a slash at the end) and the data's licence."""

    base: str = "http://127.0.0.1:8000/"
    licence: str = "https://creativecommons.org/publicdomain/zero/1.0/"


class Kinds:
    """The tables that describing a record needs, compiled for one site: `things.csv` and some of `codes/`."""

    def __init__(self, site: Site, vocabulary: Vocabulary) -> None:
        self.site = site
        self.vocabulary = vocabulary
        self.shapes = {row["thing"]: _shape(row).replace("{base}", site.base) for row in vocabulary.rows("things.csv")}
        self.types = {key: self._type(row) for key, row in vocabulary.codes("types").items()}
        self.collections = vocabulary.codes("collections")
        self.roles = vocabulary.codes("roles")
        self.organizations = {
            names.slug(row["name"]): row["preferred"] for row in vocabulary.codes("organizations").values()
        }
        self.schemes = {key: row["iri"] for key, row in vocabulary.codes("schemes").items()}
        self._made: Memory[tuple[Callable[..., Any], tuple[Any, ...]], Any] = Memory(self._make)

    def mint(self, kind: str, **names_of_parts: str) -> str:
        """Return the IRI of a thing of that kind."""
        return self.shapes[kind].format(**names_of_parts)

    def once(self, make: Callable[..., T], *about: Any) -> T:
        """Return what `make(kinds, *about)` makes, the same object each time: what was met before costs a look-up."""
        made: T = self._made[make, about]
        return made

    def _make(self, key: tuple[Callable[..., Any], tuple[Any, ...]]) -> Any:
        make, about = key
        return make(self, *about)

    def type_of(self, word: str) -> dict[str, str]:
        """Return the classes of a format word: `bibo`, `schema`, `type`, `book_format`, each an IRI or empty."""
        return self.types.get(word) or self.types["__default__"]

    def _type(self, row: Row) -> dict[str, str]:
        where = row[":line"]
        return {
            column: self.vocabulary.expand(row[column], where) if row[column] else ""
            for column in ("bibo", "schema", "type", "book_format")
        }


_PLACE = re.compile(r"\{\w+\}")
# What belongs to one record only: were two records to share such a thing, one of them could not be taken out again.
_OWN = {"work", "authors", "editors", "person", "corporation", "affiliation", "identifier", "document", "source"}


def _shape(row: Row) -> str:
    """Return the IRI of a kind of thing. Raises VocabError where it is none, or where an own thing would be shared."""
    if not names.is_iri(_PLACE.sub("x", row["iri"].replace("{base}", "https://example.org/"))):
        raise VocabError(f"{row[':line']}: '{row['iri']}' gives no IRI: blanks, quotes and <>{{}} may not stand in one")
    if row["thing"] in _OWN and "{id}" not in row["iri"]:
        raise VocabError(f"{row[':line']}: the IRI of '{row['thing']}' needs {{id}}: it belongs to one record only")
    return row["iri"]


def add(fields: Fields, name: str, value: Any) -> None:
    """Add the value to the field unless it is there."""
    values = fields.setdefault(name, [])
    if value not in values:
        values.append(value)
