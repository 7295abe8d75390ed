"""Addresses of the site, Link headers (RFC 8288) in the manner of FAIR Signposting, and pure schema.org for a page."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from msgspec import Struct

from ld.formats.media import HTML, LINKSET, Format, Tree
from ld.summary import Card, Summary
from ld.values import names

# A proxy has room for the head of an answer, 4 KiB in nginx where nobody says otherwise. What stands in a head beside
# links and Content-Location, the longest of each header, takes less than the second number.
_HEAD_BYTES, _OTHERS_BYTES = 3_500, 1_150
LONGEST_LOCATION = _HEAD_BYTES - _OTHERS_BYTES
_KEYWORDS = {"id": "@id", "type": "@type"}
_SAFE = "/:?#[]@!$&'()*+,;=~%-._"
_SPELLED = re.compile(r"[A-Za-z0-9/:?#\[\]@!$&'()*+,;=~%._-]*")
_MOST_TARGETS = 3
PDF = "application/pdf"
_LINKSET, _OF_FORM = "linkset", "describedby"
_LAST = {_LINKSET: 0, _OF_FORM: 2}  # which links find room first, and which last


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


class Facts(Struct, frozen=True):
    """What of a document becomes a link: of its work, and of the document itself."""

    types: list[str]
    urls: list[str] = []
    same: list[str] = []
    licences: list[str] = []
    collections: list[str] = []
    data_licences: list[str] = []


def of_record(summary: Summary, base: str) -> Facts:
    """Return what of a record becomes a link."""
    return Facts(
        types=[summary.kind] if summary.kind else [],
        urls=_web(summary.urls),
        same=_web(summary.same),
        licences=_web([summary.licence]),
        collections=[f"{base}dataset/{names.encoded(summary.collection)}#it"],
        data_licences=_web([summary.data_licence]),
    )


def of_thing(card: Card) -> Facts:
    """Return what of a shared thing becomes a link."""
    texts = card.texts
    return Facts(card.types, _web(texts("url")), _web(texts("same")), _web(texts("licence")))


def page_links(url: str, facts: Facts, forms: Iterable[Format], *, items: bool) -> list[Link]:
    """Return what every form of a document links to: its forms, types, full text, dataset, licence (Signposting)."""
    links = [Link(f"{url}.{form.key}", _OF_FORM, form.media_type) for form in forms]
    links += [Link(f"https://schema.org/{kind}", "type") for kind in (*facts.types, "AboutPage")]
    if items:
        links += [Link(target, "item", PDF if is_pdf(target) else "") for target in facts.urls]
    links += [Link(same, "related") for same in facts.same]
    links += [Link(target, "collection") for target in facts.collections]
    return [*links, Link(f"{url}.{LINKSET.key}", _LINKSET, LINKSET.media_type)]


def html_links(url: str, facts: Facts) -> list[Link]:
    """Return what only the HTML page links to: its address, and the licence of the work."""
    return [Link(url, "canonical"), *(Link(target, "license") for target in facts.licences[:1])]


def data_links(url: str, topic: str, facts: Facts) -> list[Link]:
    """Return what only an RDF form links to: the thing, its page, and the licence of the data."""
    links = [Link(topic, "describes"), Link(url, "canonical"), Link(f"{url}.html", "alternate", HTML.media_type)]
    return [*links, *(Link(target, "license") for target in facts.data_licences[:1])]


def header(links: Iterable[Link], beside: int = 0) -> str:
    """Return the value of the Link header: in their order those links that fit, the linkset before all others.

    `beside` is what addresses elsewhere in the head take, in bytes. The linkset has what does not fit, which is first
    of all what leads to other forms of the document.
    """
    found = list(links)
    parts = [
        f'<{spelled(one.target)}>; rel="{one.rel}"' + (f'; type="{one.type}"' if one.type else "") for one in found
    ]
    room, kept = LONGEST_LOCATION - beside, []
    for n in sorted(range(len(found)), key=lambda n: _LAST.get(found[n].rel, 1)):
        if len(parts[n]) + 2 <= room:
            room -= len(parts[n]) + 2
            kept.append(n)
    return ", ".join(parts[n] for n in sorted(kept))


def spelled(target: str) -> str:
    """Return an address as a header may hold it: everything else in it percent-encoded."""
    return target if _SPELLED.fullmatch(target) else quote(target, safe=_SAFE)


def linkset(url: str, links: Iterable[Link]) -> dict[str, Any]:
    """Return the links as a linkset in JSON (RFC 9264 §4.2)."""
    context: dict[str, Any] = {"anchor": url}
    for link in links:
        if link.rel != _LINKSET:
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


def is_pdf(target: str) -> bool:
    """Determine whether an address names a PDF; of what others lead to nothing is known.

    >>> is_pdf("http://example.org/a.PDF?download=1"), is_pdf("http://example.org/a?b=c.pdf")
    (True, False)
    """
    return re.split("[?#]", target, maxsplit=1)[0].lower().endswith(".pdf")


def node_of(tree: Any, iri: str) -> Tree | None:
    """Return the node of that IRI in a nested document, None where it does not stand there."""
    if isinstance(tree, list):
        return next((found for value in tree if (found := node_of(value, iri))), None)
    if not isinstance(tree, dict):
        return None
    if tree.get("id") == iri and len(tree) > 1:
        return tree
    return node_of(list(tree.values()), iri)


def _web(values: Iterable[str]) -> list[str]:
    """Return the first three web addresses."""
    return list(filter(is_web, values))[:_MOST_TARGETS]


def as_list(value: Any) -> list[Any]:
    """Return the value as a list; what a template does not know is empty."""
    return value if isinstance(value, list) else [value] if value else []
