"""What a form is: its media types, what it is a form of, and who writes it. A form registers itself here."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any, Protocol, TypeAlias

from msgspec import Struct
from pyoxigraph import QueryResultsFormat, RdfFormat, Triple

from ld.summary import Summary

Graph = Sequence[Triple]
# Predicates to objects, and subjects to those, all as N-Triples writes them; an object is a key because it is one once.
Node: TypeAlias = dict[str, dict[str, None]]
Nodes: TypeAlias = dict[str, Node]
Tree = dict[str, Any]

_W3C = "http://www.w3.org/ns/formats/"


class Of(Enum):
    """What a form is a form of."""

    DOCUMENT = "the graph of a document"
    CITATION = "a record, to be cited"
    GRAPH = "a graph that answers a query: CONSTRUCT, DESCRIBE"
    RESULTS = "a table that answers a query: SELECT, ASK"


class Shown(Protocol):
    """What a form is written from: a document on its way out, in whatever shape the writer asks for.

    Each shape is made when it is first asked for. `lines` may have a line twice; `context` is the URL of our context;
    `cited` is the summary as a citation takes it, everything named as the record itself names it.
    """

    @property
    def url(self) -> str: ...
    @property
    def topic(self) -> str: ...
    @property
    def context(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def lines(self) -> str: ...
    @property
    def nodes(self) -> Nodes: ...
    @property
    def graph(self) -> Graph: ...
    @property
    def tree(self) -> Tree: ...
    @property
    def summary(self) -> Summary: ...
    @property
    def cited(self) -> Summary: ...
    def made(self, form: Format) -> bytes:
        """Return the document as that form's writer makes it, or has made it when the record was published."""


class Table(Struct, frozen=True):
    """How a table of results is written and cut: the engine's name of it, what stands between two rows, what closes it.

    A match of `between` that has a group is a place between two rows: where the group starts, a cut table ends. Other
    matches are strings, in which the same characters mean nothing. `heads` counts header lines, which count as rows.
    """

    engine: QueryResultsFormat
    between: re.Pattern[bytes]
    tail: bytes = b""
    heads: int = 0


def _as_made(data: bytes) -> bytes:
    return data


class Format(Struct, frozen=True, eq=False):
    """A form that an answer can have: `key` is its extension and its name in `?format=`.

    `of` says what it is a form of, and which place it has among those: the first is the default, and of two that a
    client likes as well the earlier is given. `write` makes it, and where it is `packed` that is done when a record is
    published, and kept; `sent` makes what is sent of what is kept. A form that is `linked` is named in Link headers and
    on pages. `engine` and `table` say how the answer of a query is written, `prefixed` that the engine then gets our
    prefixes. `append` writes a document behind others into one file, and is given the set of what that file declares;
    where it is `lone`, each document repeats the shared things. `w3c` is its name among the formats of the W3C.
    `profiles` are names of ways to shape it by their IRIs (RFC 6906), `reshape` writes those.
    """

    key: str
    media_type: str
    label: str
    aliases: tuple[str, ...] = ()
    charset: bool = True
    of: dict[Of, int] = {}
    write: Callable[[Shown], bytes] | None = None
    sent: Callable[[bytes], bytes] = _as_made
    packed: bool = False
    linked: bool = True
    engine: RdfFormat | None = None
    prefixed: bool = False
    table: Table | None = None
    append: Callable[[Shown, set[str]], bytes] | None = None
    lone: bool = False
    w3c: str = ""
    profiles: dict[str, str] = {}
    reshape: Callable[[Shown, str], bytes] | None = None

    @property
    def content_type(self) -> str:
        """The value of the Content-Type header."""
        return f"{self.media_type}; charset=utf-8" if self.charset else self.media_type

    @property
    def names(self) -> frozenset[str]:
        """What it is called in `?format=` and in media ranges: csl.json is csl too."""
        return frozenset((self.key, self.key.partition(".")[0], self.media_type, *self.aliases))

    @property
    def iri(self) -> str:
        """Its IRI among the formats of the W3C, empty where it has none."""
        return _W3C + self.w3c if self.w3c else ""

    @property
    def is_xml(self) -> bool:
        """Whether it is XML (RFC 7303 §4.2), which cannot hold every character."""
        return self.media_type.endswith("+xml")


_ROWS: list[Format] = []


def register(form: Format) -> Format:
    """Put the form into the table, and return it."""
    _ROWS.append(form)
    return form


def registered() -> tuple[Format, ...]:
    """Return all registered formats."""
    return tuple(_ROWS)


def forms(of: Of) -> tuple[Format, ...]:
    """Return the forms of something, the preferred first."""
    return tuple(sorted((one for one in _ROWS if of in one.of), key=lambda one: (one.of[of], one.key)))


# A page is made by the templates of the web, for all that has one.
HTML = register(Format("html", "text/html", "HTML", ("application/xhtml+xml",), of={Of.DOCUMENT: 1}, linked=False))

# -- answers that are no form of data ----------------------------------------------------------------------------------

TEXT = register(Format("txt", "text/plain", "Text"))
XML = register(Format("xml", "application/xml", "XML", ("text/xml",)))
CSS = register(Format("css", "text/css", "CSS"))
LINKSET = register(Format("linkset.json", "application/linkset+json", "Linkset", charset=False))
OPENAPI = register(Format("openapi.json", "application/vnd.oai.openapi+json", "OpenAPI", charset=False))

# -- bodies of requests, and packed files ------------------------------------------------------------------------------

QUERY, UPDATE = "application/sparql-query", "application/sparql-update"
FIELDS = "application/x-www-form-urlencoded"
PACKED = {"gzip": "application/gzip", "zstd": "application/zstd"}
