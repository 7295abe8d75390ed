"""Link headers (RFC 8288) in the manner of FAIR Signposting, and the pure schema.org JSON-LD of a page."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from msgspec import Struct

from ld.formats import CITATION, JSONLD, NTRIPLES, RDFXML, TURTLE

_DESCRIBING = (JSONLD, TURTLE, RDFXML, NTRIPLES)
_MOST_BYTES = 4000
_SAFE = "/:?#[]@!$&'()*+,;=~%-._"


class Link(Struct, frozen=True):
    """One typed link; targets are absolute."""

    target: str
    rel: str
    type: str = ""


def record_links(url: str, tree: dict[str, Any]) -> list[Link]:
    """Return the links of a record page: its forms, its types, its full text, its dataset, its licence."""
    found = [Link(url, "canonical")]
    found += [Link(f"{url}.{form.key}", "describedby", form.media_type) for form in (*_DESCRIBING, *CITATION)]
    types = [kind for kind in as_list(tree.get("type")) if ":" not in kind]
    found += [Link(f"https://schema.org/{kind}", "type") for kind in (*types, "AboutPage")]
    found += [Link(target, "item", "text/html") for target in as_list(tree.get("url"))[:3] if is_web(target)]
    found += [Link(same, "related") for same in as_list(tree.get("owl:sameAs"))[:3] if is_web(same)]
    page = tree.get("mainEntityOfPage")
    if isinstance(page, dict) and page.get("void:inDataset"):
        found.append(Link(page["void:inDataset"], "collection"))
    if tree.get("license"):
        found.append(Link(tree["license"], "license"))
    return [*found, Link(f"{url}.linkset.json", "linkset", "application/linkset+json")]


def thing_links(url: str) -> list[Link]:
    """Return the links of the page of a shared thing."""
    return [
        Link(url, "canonical"),
        *(Link(f"{url}.{form.key}", "describedby", form.media_type) for form in _DESCRIBING),
    ]


def data_links(url: str, licence: str) -> list[Link]:
    """Return the links of an RDF form, back to the page it describes."""
    return [
        Link(f"{url}#it", "describes"),
        Link(url, "canonical"),
        Link(url, "alternate", "text/html"),
        *([Link(licence, "license")] if licence else []),
    ]


def header(links: list[Link]) -> str:
    """Return the value of the Link header, at most 4 KB of whole links; nothing can break out of it."""
    parts: list[str] = []
    size = 0
    for link in links:
        part = f'<{quote(link.target, safe=_SAFE)}>; rel="{link.rel}"' + (f'; type="{link.type}"' if link.type else "")
        size += len(part) + 2
        if size > _MOST_BYTES:
            break
        parts.append(part)
    return ", ".join(parts)


def linkset(url: str, links: list[Link]) -> dict[str, Any]:
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
        if ":" in key or key.startswith("@"):
            continue
        if key == "type":
            value = [kind for kind in as_list(value) if ":" not in kind]
            value = value[0] if len(value) == 1 else value
        inner = schema_org(value)
        if inner not in ([], {}, None):
            node[f"@{key}" if key in ("id", "type") else key] = inner
    return node


def is_web(target: str) -> bool:
    """Determine whether an address may become a link: http, https or ftp, nothing that runs."""
    return target.startswith(("http://", "https://", "ftp://"))


def as_list(value: Any) -> list[Any]:
    """Return the value as a list."""
    return value if isinstance(value, list) else [] if value is None else [value]
