"""The description of the HTTP interface (OpenAPI 3.1), made from the tables the answers are made from."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any

import msgspec
from flask import Blueprint, Response
from msgspec import Struct

from ld import __version__
from ld.formats.jsonld import JSON, JSONLD
from ld.formats.media import FIELDS, HTML, LINKSET, OPENAPI, PACKED, QUERY, TEXT, XML, Format
from ld.formats.problem import PROBLEM
from ld.formats.table import DOCUMENT, GRAPH, RECORD, RESULTS
from ld.formats.tables import CSV
from ld.site.documents import Documents
from ld.site.generation import Generation
from ld.site.shown import CONTEXT
from ld.values.names import encoded
from ld.web.pages.sparql import examples
from ld.web.responses import answer
from ld.web.state import generation

blueprint = Blueprint("interface", __name__)
PATH = "openapi.json"
MEDIA_TYPE = f"{OPENAPI.media_type};version=3.1"
_COMMON = (
    "Access-Control-Allow-Origin", "Access-Control-Expose-Headers", "Content-Security-Policy", "Referrer-Policy",
    "X-Content-Type-Options",
)  # fmt: skip
_CACHED = ("Cache-Control", "ETag")
_PERHAPS = ".perhaps"
_CONDITIONS = ("If-None-Match", "If-Modified-Since")
_HEADERS = {
    "Accept-Ranges": "What ranges may be asked for in: bytes.",
    "Access-Control-Allow-Headers": "The headers that scripts may send.",
    "Access-Control-Allow-Methods": "The methods that scripts may use.",
    "Access-Control-Allow-Origin": "Scripts of every site may read the answer: *.",
    "Access-Control-Expose-Headers": "The headers that scripts may read.",
    "Access-Control-Max-Age": "Seconds for which this holds.",
    "Allow": "The methods of the address (RFC 9110 §10.2.1).",
    "Cache-Control": "How long the answer may be kept, and by whom (RFC 9111).",
    "Content-Disposition": "The name of the file.",
    "Content-Language": "The language of the page.",
    "Content-Location": "The address of exactly this form (RFC 9110 §8.7).",
    "Content-Range": "Which bytes these are, of how many.",
    "Content-Security-Policy": "Nothing runs, and nothing comes from elsewhere.",
    "Dataset-Version": "The generation that answers.",
    "ETag": "The strong validator of this form in this encoding.",
    "Last-Modified": "When the record, or the catalogue, was last changed.",
    "Link": "Typed links (RFC 8288, FAIR Signposting).",
    "Location": "Where to go.",
    "Referrer-Policy": "no-referrer",
    "Repr-Digest": "The SHA-256 of the whole file (RFC 9530).",
    "Retry-After": "Seconds to wait.",
    "Server-Timing": "Milliseconds in the queue and in the engine.",
    "Shelfgraph-Masked": "What of the source record is masked: e-mail addresses, with an asterisk for each byte.",
    "Shelfgraph-Truncated": "The answer was cut, as was asked for.",
    "Vary": "What of the request makes a difference.",
    "X-Content-Type-Options": "nosniff",
}
_MEANING = {
    301: "Another name: this is the one to use.",
    302: "The newest file of that name.",
    304: "You have it already.",
    400: "The request, or the query in it, is malformed; a syntax error has line and column.",
    403: "An update, SERVICE or LOAD: this site only answers queries, and opens no connections.",
    404: "There is nothing here.",
    406: "None of the types you accept is offered; the body lists those that are, with their addresses.",
    410: "The record was deleted: its title, when, why, and what replaces it.",
    412: "What you have is no longer what is here.",
    413: "The query or its answer is too large; the dumps hold everything.",
    415: f"Send a query as {QUERY} or in a form.",
    416: "The file has no such bytes.",
    429: "You ask too much at once.",
    503: "Nothing is published yet, the queue is full, or a query ran into its memory limit.",
    504: "The query ran into its time limit.",
}
_TEXT: dict[str, Any] = {"type": "string"}
_PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "Problem details (RFC 9457).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": _TEXT,
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": _TEXT,
        "line": {"type": "integer"},
        "column": {"type": "integer"},
        "dumps": _TEXT,
        "available": {"type": "array", "items": {"type": "object", "required": ["type"]}},
        "record": {"type": "object", "required": ["title", "url"]},
    },
}
_QUERY = {
    "format": "The form, whatever Accept says: a key or media type; others are ignored.",
    "offset": "How many entries to leave out; what is no number is 0.",
    "after": "The path of the entry behind which the list begins.",
    "q": (
        'Words of titles, names, subjects and abstracts; "words side by side"; title:, author:, subject:, doi:, isbn: '
        "before a word or such a phrase; year:2019, year:201*, type:book; -without; begin*. All else is read as words."
    ),
    "query": "A SPARQL 1.1 query.",
    "truncate": "1: a cut answer rather than none where there are too many rows or bytes.",
    "default-graph-uri": "Graphs that make the default graph.",
    "named-graph-uri": "Graphs that may be named.",
}
_FIELDS = ("query", "default-graph-uri", "named-graph-uri", "format", "truncate")
_GIVEN = {
    "If-None-Match": "ETags of what you have; 304 where it is still that (RFC 9110 §13.1.2).",
    "If-Modified-Since": "304 where nothing has changed since (RFC 9110 §13.1.3).",
    "Range": "The bytes that are wanted (RFC 9110 §14.2).",
    "If-Range": "The ETag that the range must be of (RFC 9110 §13.1.5).",
}


class Address(Struct, frozen=True):
    """One address: what a GET returns, in which types, with which headers and other statuses; what it takes."""

    path: str
    summary: str
    types: tuple[str, ...]
    statuses: tuple[int, ...] = ()
    headers: tuple[str, ...] = _CACHED
    perhaps: tuple[str, ...] = ()
    query: tuple[str, ...] = ()
    given: tuple[str, ...] = _CONDITIONS
    schema: dict[str, Any] | None = None


_NEGOTIATED = (*_CACHED, "Vary")
_THINGS = {
    "/journal/{journal}": "A journal, its records and volumes",
    "/journal/{journal}/volume/{volume}": "A volume of a journal",
    "/journal/{journal}/volume/{volume}/issue/{issue}": "An issue of a volume",
    "/journal/{journal}/year/{year}/issue/{issue}": "An issue of a year",
    "/series/{series}": "A series",
    "/book/{book}": "A book and its chapters",
    "/organization/{organization}": "A publisher or other organization",
    "/agent/{agent}": "A person or body known by a number, or by a name with dates",
    "/agent/{collection}/{name}": "A person or body that one collection knows by its name alone",
    "/subject/{subject}": "A subject",
    "/subject/{scheme}/{code}": "A class or heading of a scheme",
    "/subject": "All subjects as one scheme",
    "/dataset": "The catalogue, described in VoID, DCAT and schema.org",
    "/dataset/{collection}": "A collection of the catalogue",
    "/provenance": "The ways in which facts were obtained",
}
_SEARCHED: dict[str, Any] = {
    "type": "object",
    "required": ["query", "whole", "total", "offset", "records"],
    "properties": {
        "query": _TEXT,
        "whole": {"type": "boolean", "description": "Whether all of the query was looked for, or it was too long."},
        "total": {"type": "integer"},
        "offset": {"type": "integer"},
        "records": {
            "type": "array",
            "items": {"type": "object", "required": ["page", "name", "type", "year"], "properties": {"page": _TEXT}},
        },
    },
}
_DUMPS: dict[str, Any] = {
    "type": "object",
    "required": ["generation", "created", "dumps"],
    "properties": {"dumps": {"type": "array", "items": {"type": "object", "required": ["file", "bytes", "sha256"]}}},
}
_LINKS: dict[str, Any] = {
    "type": "object",
    "required": ["linkset"],
    "properties": {"linkset": {"type": "array", "items": {"type": "object", "required": ["anchor"]}}},
}


def _types(*forms: Format) -> tuple[str, ...]:
    return tuple(dict.fromkeys(form.media_type for form in forms))


def _documents(path: str, summary: str, forms: tuple[Format, ...]) -> list[Address]:
    """Return the addresses of one kind of document: negotiated, by extension, and its links."""
    moved = (301,) if path.startswith("/journal/") else ()
    gone = (404, 410, *moved)
    negotiated = Address(
        path, summary, _types(*forms), (406, *gone), (*_NEGOTIATED, "Link"), ("Content-Location", "Last-Modified"),
        ("format", "offset"),
    )  # fmt: skip
    formed = Address(
        f"{path}.{{{'form' if forms is RECORD else 'thing_form'}}}", f"{summary}, in one form", negotiated.types, gone,
        (*_CACHED, "Link"), ("Last-Modified",), ("offset",),
    )  # fmt: skip
    return [negotiated, formed, Address(f"{path}.{LINKSET.key}", f"{summary}: its links", _types(LINKSET), gone,
                                        schema=_LINKS)]  # fmt: skip


ADDRESSES = (
    Address("/", "The home page; to programs, the description of the catalogue", _types(*DOCUMENT), (404, 406),
            _NEGOTIATED, ("Link", "Content-Location", "Last-Modified"), ("format",)),
    *_documents("/record/{id}", "A record", RECORD),
    Address("/record/{id}/source", "The source record as it came, e-mail addresses masked", _types(TEXT),
            (404, 410), _CACHED, ("Last-Modified", "Shelfgraph-Masked")),
    Address("/record/{id}/why", "Where each statement of a record comes from", _types(HTML, JSON), (404, 406, 410),
            _NEGOTIATED, query=("format",)),
    *(one for path, summary in _THINGS.items() for one in _documents(path, summary, DOCUMENT)),
    Address("/search", "Search", _types(HTML, JSON), (406,), _NEGOTIATED, query=("q", "offset", "format"),
            schema=_SEARCHED),
    Address("/browse/{kind}", "Records or shared things in the order of their paths", _types(HTML), (404,),
            query=("after",)),
    Address("/sparql", "Ask a query (SPARQL 1.1 Protocol); without one, the editor or the service description",
            _types(*RESULTS, *GRAPH, HTML), (400, 403, 406, 413, 504), ("Cache-Control", "Vary"),
            ("ETag", "Server-Timing", "Shelfgraph-Truncated"), _FIELDS),
    Address("/dump/", "The dumps", _types(HTML, JSON), (406,), _NEGOTIATED, query=("format",), schema=_DUMPS),
    Address("/dump/{file}", "A dump", (*PACKED.values(), *_types(CSV, TEXT)), (404, 416),
            (*_CACHED, "Accept-Ranges", "Content-Disposition", "Last-Modified", "Repr-Digest"),
            given=(*_CONDITIONS, "Range", "If-Range")),
    Address("/dump/latest/{file}", "Leads to the newest dump of that name", (), (302, 404), given=()),
    Address(f"/{CONTEXT}", "The JSON-LD context; it never changes", _types(JSONLD)),
    Address("/.well-known/void", "The description of the catalogue (VoID §7.2)", _types(*DOCUMENT), (406,),
            (*_NEGOTIATED, "Link"), ("Content-Location", "Last-Modified"), ("format",)),
    Address("/.well-known/api-catalog", "The interfaces (RFC 9727)", _types(LINKSET), headers=(*_CACHED, "Link"),
            schema=_LINKS),
    Address(f"/{PATH}", "This description", _types(OPENAPI)),
    Address("/sitemap.xml", "The sitemaps", _types(XML)),
    Address("/sitemap-{number}.xml", "One sitemap of 50,000 records", _types(XML), (404,)),
    Address("/robots.txt", "What robots may ask", _types(TEXT)),
    Address("/healthz", "Whether the server is alive", _types(JSON)),
    Address("/readyz", "Which generation is served", _types(JSON)),
)  # fmt: skip


@blueprint.get(f"/{PATH}")
def openapi() -> Response:
    """Answer with the description of the interface."""
    return answer(msgspec.json.encode(described(generation())), MEDIA_TYPE)


def described(live: Generation) -> dict[str, Any]:
    """Return the description of every address of a site (OpenAPI 3.1.0)."""
    schemas = _parameters(live)
    paths = {address.path: _path(address, schemas) for address in ADDRESSES}
    paths["/sparql"]["post"] = _post(next(address for address in ADDRESSES if address.path == "/sparql"))
    about = (
        "Records and shared things by content negotiation, SPARQL, dumps. GET and HEAD; scripts may ask from anywhere."
    )
    return {
        "openapi": "3.1.0",
        "info": {"title": "Shelfgraph", "version": __version__, "description": about},
        "servers": [{"url": live.base.removesuffix("/")}],
        "paths": paths,
        "components": {
            "headers": {f"{name}{end}": _header(name, not end) for name in _HEADERS for end in ("", _PERHAPS)},
            "parameters": {name: _in_query(name) for name in _QUERY} | {name: _in_header(name) for name in _GIVEN},
            "schemas": {"problem": _PROBLEM},
            "responses": {
                "options": _preflight(),
                **{f"get{status}": _other(status, bodies=True) for status in _MEANING},
                **{f"head{status}": _other(status, bodies=False) for status in _MEANING},
            },
        },
    }


# -- parameters --------------------------------------------------------------------------------------------------------


def _parameters(live: Generation) -> dict[str, dict[str, Any]]:
    """Return the parameters of paths, with an example of the catalogue where it has one."""
    files = [dump.file for dump in live.manifest.dumps] + ["SHA256SUMS"]
    of_record, of_thing = [form.key for form in RECORD], [form.key for form in DOCUMENT]
    schemas = {
        "form": _TEXT | {"enum": of_record},
        "thing_form": _TEXT | {"enum": of_thing},
        "file": _TEXT | {"enum": files},
        "number": {"type": "integer", "minimum": 1},
        "kind": _TEXT | {"enum": ["record", "journal", "organization", "subject", "agent"]},
    }
    for name, example in _found(live.documents).items():
        schemas[name] = _TEXT | {"minLength": 1, "examples": [encoded(example)]}
    return schemas


def _found(documents: Documents) -> dict[str, str]:
    """Return the first name of each kind that occurs."""
    some = {"id": [entry.path for entry in documents.list_records(limit=1)]}
    for kind in ("journal", "organization", "agent", "subject"):
        some[kind] = [entry.path for entry in documents.list_things(kind, limit=1)]
    return {name: paths[0].partition("/")[2] for name, paths in some.items() if paths}


def _in_path(path: str, schemas: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": schemas.get(name, _TEXT | {"minLength": 1})}
        for name in re.findall(r"{(\w+)}", path)
    ]


def _in_query(name: str) -> dict[str, Any]:
    parameter = {"name": name, "in": "query", "description": _QUERY[name], "schema": _field(name)}
    return parameter | ({"style": "form", "explode": True} if name.endswith("-uri") else {})


def _in_header(name: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "description": _GIVEN[name], "schema": _TEXT}


def _field(name: str) -> dict[str, Any]:
    """Return the schema of a query parameter, which may be a field of a form too."""
    if name.endswith("-uri"):
        return {"type": "array", "items": _TEXT | {"format": "iri"}}
    if name == "query":
        return _TEXT | {"examples": [one["query"] for one in examples("http://example.org/")[:1]]}
    return {"type": "integer"} if name == "offset" else _TEXT


# -- operations --------------------------------------------------------------------------------------------------------


def _path(address: Address, schemas: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the operations of an address: GET, HEAD and OPTIONS."""
    asked = {"parameters": [_ref("parameters", name) for name in (*address.query, *address.given)]}
    return {
        "summary": address.summary,
        "parameters": _in_path(address.path, schemas),
        "get": _operation(address, "get") | asked,
        "head": _operation(address, "head") | asked,
        "options": {"operationId": _id("options", address.path), "responses": {"204": _ref("responses", "options")}},
    }


def _ref(kind: str, name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/{kind}/{name}"}


def _id(method: str, path: str) -> str:
    return method + re.sub(r"\W+", "-", path).rstrip("-")


def _operation(address: Address, method: str) -> dict[str, Any]:
    bodies = method != "head"
    responses: dict[str, Any] = {}
    if address.types:
        responses["200"] = _good(address, bodies)
    if "Range" in address.given:
        responses["206"] = _good(address, bodies, "The bytes that were asked for", "Content-Range")
    for status in sorted({*address.statuses, *((304,) if address.given else ()), 429, 503}):
        responses[str(status)] = _ref("responses", f"{'get' if bodies else 'head'}{status}")
    return {"operationId": _id(method, address.path), "responses": responses}


def _good(address: Address, bodies: bool, meaning: str = "", *more: str) -> dict[str, Any]:
    """Return the description of a successful answer."""
    schema = {"schema": address.schema} if address.schema else {}
    content = {kind: schema if kind.endswith("json") else {} for kind in address.types}
    headers = _headers((*_COMMON, "Dataset-Version", *address.headers, *more), address.perhaps)
    response = {"description": meaning or address.summary, "headers": headers}
    return response | ({"content": content} if bodies else {})


def _other(status: int, *, bodies: bool) -> dict[str, Any]:
    """Return the description of any other answer: a redirect, unchanged, or a problem."""
    always = {301: ("Location",), 302: ("Location",), 304: ("ETag",), 429: ("Retry-After",), 503: ("Retry-After",)}
    content: dict[str, Any] = {PROBLEM.media_type: {"schema": _ref("schemas", "problem")}}
    content |= {kind: {} for kind in _types(HTML, TEXT)}
    if status < 400:
        content = {} if status == 304 else {HTML.media_type: {}}
    headers = _headers((*_COMMON, *always.get(status, ())), ("Dataset-Version", "Cache-Control", "Vary", "Link"))
    response = {"description": _MEANING[status], "headers": headers}
    return response | ({"content": content} if bodies and content else {})


def _preflight() -> dict[str, Any]:
    names = ("Allow", "Access-Control-Allow-Methods", "Access-Control-Allow-Headers", "Access-Control-Max-Age")
    return {"description": HTTPStatus.NO_CONTENT.phrase, "headers": _headers((*_COMMON, *names))}


def _post(address: Address) -> dict[str, Any]:
    """Return the description of a query that comes by POST (SPARQL 1.1 Protocol §2.1.2, §2.1.3)."""
    operation = _operation(address, "post")
    operation["responses"]["200"]["headers"].pop("Cache-Control")
    operation["responses"].pop("304")
    operation["responses"]["415"] = _ref("responses", "get415")
    form = {"type": "object", "required": ["query"], "properties": {name: _field(name) for name in _FIELDS}}
    content = {
        FIELDS: {"schema": form},
        QUERY: {"schema": _field("query")},
    }
    asked = {"parameters": [_ref("parameters", name) for name in _FIELDS[1:]]}
    return operation | asked | {"requestBody": {"required": True, "content": content}}


def _header(name: str, required: bool) -> dict[str, Any]:
    return {"description": _HEADERS[name], "required": required, "schema": _TEXT}


def _headers(always: tuple[str, ...], perhaps: tuple[str, ...] = ()) -> dict[str, Any]:
    headers = {name: _ref("headers", f"{name}{_PERHAPS}") for name in perhaps}
    return headers | {name: _ref("headers", name) for name in always}
