"""Addresses of the site, Link headers (RFC 8288) in the manner of FAIR Signposting, and pure schema.org for a page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from msgspec import Struct

from ld import names
from ld.formats import CITATION, HTML, JSONLD, NTRIPLES, RDFXML, TURTLE

Tree = dict[str, Any]

_DATA = (JSONLD, TURTLE, RDFXML, NTRIPLES)
_MOST_BYTES = 4000
_KEYWORDS = {"id": "@id", "type": "@type"}
_SAFE = "/:?#[]@!$&'()*+,;=~%-._"


class Link(Struct, frozen=True):
    """One typed link; targets are absolute."""

    target: str
    rel: str
    type: str = ""


def address(path: str) -> str:
    """Return the percent-encoded form of a document's path; the id of a record is one segment.

    >>> address("record/a/b c"), address("subject/数学")
    ('record/a%2Fb%20c', 'subject/%E6%95%B0%E5%AD%A6')
    """
    kind, _, rest = path.partition("/")
    return f"record/{names.encoded(rest)}" if kind == "record" else quote(path, safe="/~")


def page_links(url: str, work: Tree, page: Tree, *, citations: bool) -> list[Link]:
    """Return what every form of a document links to: its forms, types, full text, dataset, licence (Signposting)."""
    forms = (*_DATA, *CITATION) if citations else _DATA
    found = [Link(f"{url}.{form.key}", "describedby", form.media_type) for form in forms]
    types = [kind for kind in as_list(work.get("type")) if ":" not in kind]
    found += [Link(f"https://schema.org/{kind}", "type") for kind in (*types, "AboutPage")]
    if citations:
        found += [Link(target, "item", "text/html") for target in _web(work.get("url"))]
    found += [Link(same, "related") for same in _web(work.get("owl:sameAs"))]
    found += [Link(target, "collection") for target in _web(page.get("void:inDataset"))]
    return [*found, Link(f"{url}.linkset.json", "linkset", "application/linkset+json")]


def html_links(url: str, work: Tree) -> list[Link]:
    """Return what only the HTML page links to: its address, and the licence of the work."""
    return [Link(url, "canonical"), *(Link(target, "license") for target in _web(work.get("license"))[:1])]


def data_links(url: str, topic: str, licence: str) -> list[Link]:
    """Return what only an RDF form links to: the thing, its page, and the licence of the data."""
    found = [Link(topic, "describes"), Link(url, "canonical"), Link(f"{url}.html", "alternate", HTML.media_type)]
    return [*found, Link(licence, "license")] if is_web(licence) else found


def header(links: Iterable[Link]) -> str:
    """Return the value of the Link header, cut behind the last link that fits into 4 KB; nothing breaks out of it."""
    parts: list[str] = []
    size = 0
    for link in links:
        part = f'<{quote(link.target, safe=_SAFE)}>; rel="{link.rel}"' + (f'; type="{link.type}"' if link.type else "")
        size += len(part) + 2
        if size > _MOST_BYTES:
            break
        parts.append(part)
    return ", ".join(parts)


def linkset(url: str, links: Iterable[Link]) -> dict[str, Any]:
    """Return the links as a linkset in JSON (RFC 9264 §4.2)."""
    context: dict[str, Any] = {"anchor": url}
    for link in links:
        if link.rel != "linkset":
            target = {"href": link.target} | ({"type": link.type} if link.type else {})
            context.setdefault(link.rel, []).append(target)
    return {"linkset": [context]}


def schema_org(tree: Any) -> Any:
    """Return the document with its schema.org terms only, in the words of the official context."""
    if isinstance(tree, list):
        return [found for value in tree if (found := schema_org(value)) not in ({}, None, "")]
    if not isinstance(tree, dict):
        return tree
    if "@value" in tree:
        return tree["@value"]
    node: dict[str, Any] = {}
    for key, value in tree.items():
        if ":" not in key and not key.startswith("@"):
            inner = _types(value) if key == "type" else schema_org(value)
            if inner not in ([], {}, None):
                node[str(_KEYWORDS.get(key, key))] = inner
    return node


def _types(value: Any) -> Any:
    kinds = [kind for kind in as_list(value) if ":" not in kind]
    return kinds[0] if len(kinds) == 1 else kinds


def is_web(target: str) -> bool:
    """Determine whether an address may become a link: http, https or ftp, nothing that runs."""
    return target.startswith(("http://", "https://", "ftp://"))


def iri(value: Any) -> str:
    """Return the IRI of a node, which stands for itself where it is a string."""
    return str(value.get("id", "")) if isinstance(value, dict) else str(value)


def _web(value: Any) -> list[str]:
    """Return the first three web addresses of a value."""
    return [target for target in map(iri, as_list(value)) if is_web(target)][:3]


def as_list(value: Any) -> list[Any]:
    """Return the value as a list; what a template does not know is empty."""
    return value if isinstance(value, list) else [value] if value else []
