"""Things: the nodes of the graph, each with a kind, an IRI and its fields; and the tables that say how they are minted.

There are no blank nodes. A URL without fragment is a document, the same with `#it` is the thing it describes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import copy
from typing import Any, TypeAlias, TypeVar

from msgspec import Struct

from ld.errors import VocabError
from ld.mapping.decisions import Decisions, iri
from ld.memo import Memory
from ld.record import Container, Record
from ld.summary import Ref, Value
from ld.values import addresses, keys, names
from ld.values.vocab import Row, Vocabulary

Fields: TypeAlias = dict[str, list[Value]]
T = TypeVar("T")


class Thing(Struct, gc=False):
    """One node of the graph. `path` is that of its own document; empty where only one record speaks of the thing.

    A shared thing is made once, and keeps what was made of it: `named` is what summaries say of it, `mention` what
    the mapping has made.
    """

    kind: str
    ref: Ref
    fields: Fields
    path: str = ""
    named: Any = None
    mention: Any = None


class Site(Struct, frozen=True):
    """What the mapping needs to know of the site: its base URL (with a slash at the end), the licence of the data."""

    base: str = "http://127.0.0.1:8000/"
    licence: str = ""


class Kinds:
    """The tables that describing a record needs, compiled for one site: `things.csv` and some of `codes/`."""

    def __init__(self, site: Site, vocabulary: Vocabulary) -> None:
        self.site = site
        self.vocabulary = vocabulary
        rows = vocabulary.rows("things.csv")
        self.shapes = {row["thing"]: _shape(row).replace("{base}", site.base) for row in rows}
        self.classes = {row["thing"]: self._classes(row) for row in rows}
        self.names = {row["thing"]: _naming(row) for row in rows}
        self.lists = {row["thing"]: row.get("list") or row["thing"] for row in rows}
        self.types = {key: self._type(row) for key, row in vocabulary.codes("types").items()}
        self.collections = vocabulary.codes("collections")
        self.roles = vocabulary.codes("roles")
        self.organizations = {
            keys.key(row["name"]): row["preferred"] for row in vocabulary.codes("organizations").values()
        }
        self.degrees = {
            word.casefold(): vocabulary.expand(row["degree"], row[":line"])
            for word, row in vocabulary.codes("degrees").items()
        }
        self.statuses = {row["status"]: row["iri"] for row in vocabulary.codes("statuses").values() if row["iri"]}
        self.schemes = vocabulary.codes("schemes")
        self.decisions = Decisions(vocabulary, site.base)
        self._moved = self.decisions.moved
        self._made: Memory[tuple[Callable[..., Any], tuple[Any, ...]], Any] = Memory(self._make)

    def mint(self, kind: str, **names_of_parts: str) -> Ref:
        """Return the thing of that kind, by its IRI."""
        return Ref(self.shapes[kind].format(**names_of_parts))

    def shared(self, kind: str, fields: Fields, **names_of_parts: str) -> Thing:
        """Return a thing that other records may speak of too."""
        ref = self.mint(kind, **names_of_parts)
        path = self.path(ref)
        if path in self._moved:
            path = self._moved[path]
            ref = Ref(iri(path, self.site.base))
        return Thing(kind, ref, fields, path)

    def of(self, record: str) -> Kinds:
        """Return the tables as they hold for the record at the path, of which a cataloguer may have decided something.

        What was made for all is not used for it: it may mean another thing by the same name.
        """
        apart = self.decisions.apart.get(record)
        if apart is None:
            return self
        own = copy(self)
        own._moved = self._moved | apart
        own._made = Memory(own._make)
        return own

    def path(self, ref: Ref) -> str:
        """Return the path of the document about a thing of this site."""
        return names.decoded(ref.iri.partition("#")[0].removeprefix(self.site.base))

    def once(self, make: Callable[..., T], *about: Any) -> T:
        """Return what `make(kinds, *about)` makes, the same object each time: what was met before costs a look-up."""
        made: T = self._made[make, about]
        return made

    def _make(self, key: tuple[Callable[..., Any], tuple[Any, ...]]) -> Any:
        make, about = key
        return make(self, *about)

    def _classes(self, row: Row) -> list[Value]:
        return [self.vocabulary.expand(curie, row[":line"]) for curie in row["classes"].split()]

    def type_of(self, word: str) -> dict[str, str]:
        """Return the classes of a format word: `bibo`, `schema`, `type`, `book_format`, each an IRI or empty."""
        return self.types.get(word) or self.types["__default__"]

    def _type(self, row: Row) -> dict[str, str]:
        where = row[":line"]
        return {
            column: self.vocabulary.expand(row[column], where) if row[column] else ""
            for column in ("bibo", "schema", "type", "book_format")
        }


class About(Struct, frozen=True, gc=False):
    """What every part of a description needs to know of its record: `id` as IRIs have it, the name of its class.

    `journal` is the journal that the record itself is about, None where it is about a work of its own; `source` is the
    name of the collection in addresses.
    """

    record: Record
    kinds: Kinds
    id: str
    schema: str
    journal: Container | None
    source: str


_PLACE = re.compile(r"\{\w+\}")
# What of a thing may stand in its IRI, by its kind; of those of one record also {id}.
_PLACES = {
    "person": "part n", "party": "part n", "corporation": "part n", "book": "key",
    "affiliation": "n", "identifier": "scheme", "journal": "key",
    "volume": "key volume", "issue": "key within issue", "series": "key", "organization": "key", "agent": "key source",
    "heading": "key source", "subject": "key", "class": "scheme code",
}  # fmt: skip
# What belongs to one record only: were two records to share such a thing, one of them could not be taken out again.
_OWN = {
    "work",
    "authors",
    "editors",
    "person",
    "party",
    "corporation",
    "affiliation",
    "identifier",
    "document",
    "source",
}


def _shape(row: Row) -> str:
    """Return the IRI of a kind of thing. Raises VocabError where it is none, or where an own thing would be shared."""
    if not addresses.is_iri(_PLACE.sub("x", row["iri"].replace("{base}", "https://example.org/"))):
        raise VocabError(f"{row[':line']}: '{row['iri']}' gives no IRI: blanks, quotes and <>{{}} may not stand in one")
    known = {"{base}", *(f"{{{place}}}" for place in _PLACES.get(row["thing"], "").split())}
    known |= {"{id}"} if row["thing"] in _OWN else set()
    if unknown := set(_PLACE.findall(row["iri"])) - known:
        raise VocabError(
            f"{row[':line']}: there is no {min(unknown)} of a '{row['thing']}': use {', '.join(sorted(known))}"
        )
    if row["thing"] in _OWN and "{id}" not in row["iri"]:
        raise VocabError(f"{row[':line']}: the IRI of '{row['thing']}' needs {{id}}: it belongs to one record only")
    return row["iri"]


def must_be_named(kind: str) -> bool:
    """Determine whether pages and lists name things of that kind, or links to them."""
    return kind == "work" or kind not in _OWN


def _naming(row: Row) -> tuple[str, ...]:
    """Return the fields that say what a thing is called, the best first; what has pages or is linked to needs one."""
    found = tuple(row.get("name", "").split())
    if not found and must_be_named(row["thing"]):
        raise VocabError(f"{row[':line']}: 'name' must say which field names a {row['thing']}, such as title")
    return found


# The fields of each kind of thing, beside those that pass from the record by their names.
_FIELDS = {
    "work": "class type title headline alternative authors author_name editors contributor_name relator issued year"
    " published start end language language_tag publisher publisher_name container nearest volume number citation"
    " book_isbn identifier same_thing same_page identifier_node url_text access free abstract contents subject about"
    " keyword book_format book_edition book_pages degree degree_name granted_by status_kind relation related page"
    " data_licence",
    "authors": "member",
    "editors": "member",
    "person": "name given family same affiliation suffix life birth death variant",
    "party": "name suffix life birth death",
    "corporation": "name given family same affiliation suffix life birth death variant",
    "affiliation": "name",
    "identifier": "scheme name value url",
    "document": "topic identifier licence how institution dataset origin_page created modified source",
    "source": "identifier modified",
    "journal": "decision issn eissn any_issn",
    "volume": "title volume year container nearest",
    "issue": "title issue volume year container nearest",
    "series": "decision title",
    "book": "title isbn identifier number container nearest",
    "organization": "decision name",
    "agent": "decision class heading name given family same suffix life birth death variant how",
    "heading": "decision class heading name given family same suffix life birth death variant how",
    "subject": "decision label scheme",
    "class": "decision class scheme notation label same",
}
_PLAIN = {name: kind in ("str", "list[str]") for name, kind in Record.__annotations__.items()}


def passed(field: str) -> str:
    """Return what the record calls a field of the work that passes as it stands: its name or the plural, or nothing."""
    return next((name for name in (field, f"{field}s") if _PLAIN.get(name)), "")


def known_fields(vocabulary: Vocabulary) -> dict[str, frozenset[str]]:
    """Return the fields that each kind of thing may have."""
    roles = {field for row in vocabulary.codes("roles").values() for field in row["fields"].split()}
    own = {kind: frozenset(fields.split()) for kind, fields in _FIELDS.items()}
    plain = {field for name in _PLAIN for field in (name, name.removesuffix("s")) if passed(field)}
    work = own["work"] | roles | plain
    return own | {"work": work, "journal": work | own["journal"]}


def add(fields: Fields, name: str, value: Value) -> None:
    """Add the value to the field unless it is there."""
    values = fields.setdefault(name, [])
    if value not in values:
        values.append(value)
