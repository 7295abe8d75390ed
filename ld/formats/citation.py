"""A record's JSON-LD document becomes a citation: BibTeX, RIS or CSL-JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from ld.formats.media import Format, Of, Tree, register

# schema.org class: BibTeX entry type, RIS type, CSL type
_TYPES = {
    "ScholarlyArticle": ("article", "JOUR", "article-journal"),
    "Article": ("article", "JOUR", "article"),
    "Book": ("book", "BOOK", "book"),
    "Chapter": ("incollection", "CHAP", "chapter"),
    "Thesis": ("phdthesis", "THES", "thesis"),
    "Report": ("techreport", "RPRT", "report"),
    "Dataset": ("misc", "DATA", "dataset"),
    "Map": ("misc", "MAP", "map"),
    "SheetMusic": ("misc", "MUSIC", "musical_score"),
    "AudioObject": ("misc", "SOUND", "song"),
    "VideoObject": ("misc", "VIDEO", "motion_picture"),
    "Photograph": ("misc", "ART", "graphic"),
    "ImageObject": ("misc", "ART", "graphic"),
    "Manuscript": ("misc", "MANSCPT", "manuscript"),
    "SoftwareApplication": ("misc", "COMP", "software"),
    "WebSite": ("misc", "ELEC", "webpage"),
    "Periodical": ("misc", "JFULL", "periodical"),
    "Newspaper": ("misc", "NEWS", "periodical"),
}
_WITHIN = {"article": "journal", "incollection": "booktitle"}
_DATE = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?$")
_OTHER = ("misc", "GEN", "document")
_TEX = {c: "\\" + c for c in "#$%&_{}"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


def bibtex(tree: Tree) -> str:
    """Return the citation as a BibTeX entry; names that the source does not split stay whole in braces."""
    tree = work(tree)
    entry = _kind(tree)[0]
    fields: list[tuple[str, str]] = [("title", "{" + _tex(title(tree)) + "}")]
    for role in ("author", "editor"):
        people = [_tex_name(person) for person in _nodes(tree, role)]
        if people:
            fields.append((role, " and ".join(people)))
    place = _place(tree)
    fields += [(_WITHIN.get(entry, "series"), _tex(place["container"]))]
    fields += [(name, _tex(place[name])) for name in ("volume", "number")]
    fields += [("pages", _tex(place["pages"]).replace("-", "--")), ("year", place["year"])]
    fields += [("publisher" if entry != "phdthesis" else "school", _tex(", ".join(publishers(tree))))]
    fields += [("doi", _plain(_first(tree, "bibo:doi"))), ("isbn", _first(tree, "bibo:isbn13"))]
    fields += [("issn", place["issn"]), ("url", _plain(_first(tree, "url") or _page(tree)))]
    key = re.sub(r"[^A-Za-z0-9:-]", "", _page(tree).rpartition("/")[2]) or "record"
    body = "".join(f"  {name} = {{{value}}},\n" for name, value in fields if value)
    return f"@{entry}{{{key},\n{body}}}\n"


def ris(tree: Tree) -> str:
    """Return the citation in RIS, lines ended by CR LF; no value can open a line of its own."""
    tree = work(tree)
    place = _place(tree)
    lines = [("TY", _kind(tree)[1]), ("TI", title(tree))]
    lines += [("AU", _inverted(person)) for person in _nodes(tree, "author")]
    lines += [("ED", _inverted(person)) for person in _nodes(tree, "editor")]
    lines += [("T2", place["container"]), ("VL", place["volume"]), ("IS", place["number"])]
    lines += [
        ("SP", place["first"]),
        ("EP", place["last"]),
        ("PY", place["year"]),
        ("DA", place["date"].replace("-", "/")),
    ]
    lines += [("PB", name) for name in publishers(tree)]
    lines += [("SN", place["issn"] or _first(tree, "bibo:isbn13")), ("DO", _first(tree, "bibo:doi"))]
    lines += [("UR", url) for url in _strings(tree, "url") or [_page(tree)]]
    lines += [("LA", language) for language in _strings(tree, "inLanguage")]
    lines += [("KW", word) for word in _strings(tree, "keywords")]
    lines += [("AB", _first(tree, "abstract"))]
    body = "".join(f"{tag}  - {' '.join(value.split())}\r\n" for tag, value in lines if value)
    return f"{body}ER  - \r\n"


def csl(tree: Tree) -> bytes:
    """Return the citation as CSL-JSON, a list of one item; names that the source does not split are `literal`."""
    tree = work(tree)
    place = _place(tree)
    item: dict[str, Any] = {"id": _page(tree), "type": _kind(tree)[2], "title": title(tree)}
    for role in ("author", "editor"):
        people = [_csl_name(person) for person in _nodes(tree, role)]
        if people:
            item[role] = people
    date = _DATE.match(place["date"])
    if date:
        item["issued"] = {"date-parts": [[int(part) for part in date.groups() if part]]}
    names = {"container-title": "container", "volume": "volume", "issue": "number", "page": "pages", "ISSN": "issn"}
    item |= {name: place[key] for name, key in names.items() if place[key]}
    extras = {
        "publisher": ", ".join(publishers(tree)), "DOI": _first(tree, "bibo:doi"),
        "ISBN": _first(tree, "bibo:isbn13"), "URL": _first(tree, "url") or _page(tree),
        "language": _first(tree, "inLanguage"), "abstract": _first(tree, "abstract"),
        "keyword": ", ".join(_strings(tree, "keywords")),
    }  # fmt: skip
    item |= {name: value for name, value in extras.items() if value}
    return msgspec.json.format(msgspec.json.encode([item])) + b"\n"


def work(tree: Tree) -> Tree:
    """Return the node of the work: of a journal's own record it stands inside the page."""
    about = tree.get("mainEntity")
    return {"mainEntityOfPage": tree.get("id", ""), **about} if isinstance(about, dict) else tree


def title(tree: Tree) -> str:
    """Return the title of the work."""
    return next(iter(_strings(tree, "name")), "")


def publishers(tree: Tree) -> list[str]:
    """Return the names of the publishers."""
    return [name for node in _nodes(tree, "publisher") if (name := _first(node, "name"))]


def containers(tree: Tree) -> Iterator[Tree]:
    """Yield what the work is part of, the nearest first."""
    node = tree.get("isPartOf")
    while isinstance(node, dict):
        yield node
        node = node.get("isPartOf")


def _place(tree: Tree) -> dict[str, str]:
    found = dict.fromkeys(("container", "volume", "number", "pages", "first", "last", "issn", "year", "date"), "")
    for node in containers(tree):
        types = _list(node.get("type"))
        if "PublicationIssue" in types:
            found["number"] = _first(node, "issueNumber")
        elif "PublicationVolume" in types:
            found["volume"] = _first(node, "volumeNumber")
        else:
            found["container"] = _first(node, "name")
            found["issn"] = _first(node, "issn")
    found["volume"] = found["volume"] or _first(tree, "bibo:volume")
    found["pages"] = _first(tree, "pagination")
    found["first"], found["last"] = _first(tree, "pageStart"), _first(tree, "pageEnd")
    found["date"] = _first(tree, "datePublished") or _first(tree, "startDate")
    found["year"] = found["date"][:4]
    return found


def _kind(tree: Tree) -> tuple[str, str, str]:
    return next((_TYPES[kind] for kind in _list(tree.get("type")) if kind in _TYPES), _OTHER)


def _page(tree: Tree) -> str:
    page = tree.get("mainEntityOfPage")
    return str(page.get("id", "")) if isinstance(page, dict) else str(page or tree.get("id", "")).partition("#")[0]


def _tex(text: str) -> str:
    return "".join(_TEX.get(char, char) for char in " ".join(text.split()))


def _plain(address: str) -> str:
    """Return an address as BibTeX takes it word for word: what would end the field is percent-encoded."""
    return address.replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C")


def _tex_name(person: Tree) -> str:
    family, given = _first(person, "familyName"), _first(person, "givenName")
    return f"{_tex(family)}, {_tex(given)}" if family and given else "{" + _tex(_first(person, "name")) + "}"


def _inverted(person: Tree) -> str:
    family, given = _first(person, "familyName"), _first(person, "givenName")
    return f"{family}, {given}" if family and given else _first(person, "name")


def _csl_name(person: Tree) -> dict[str, str]:
    family, given = _first(person, "familyName"), _first(person, "givenName")
    return {"family": family, "given": given} if family and given else {"literal": _first(person, "name")}


def _nodes(tree: Tree, key: str) -> list[Tree]:
    return [node for node in _list(tree.get(key)) if isinstance(node, dict)]


def _strings(tree: Tree, key: str) -> list[str]:
    return [text for value in _list(tree.get(key)) if (text := _text(value))]


def _first(tree: Tree, key: str) -> str:
    return next(iter(_strings(tree, key)), "")


def _text(value: Any) -> str:
    return str(value.get("@value", "")) if isinstance(value, dict) else str(value)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


BIBTEX = register(
    Format(
        "bib",
        "application/x-bibtex",
        "BibTeX",
        ("text/x-bibtex",),
        of={Of.CITATION: 1},
        write=lambda shown: bibtex(shown.tree).encode(),
    )
)
RIS = register(
    Format(
        "ris",
        "application/x-research-info-systems",
        "RIS",
        ("text/x-research-info-systems",),
        of={Of.CITATION: 2},
        write=lambda shown: ris(shown.tree).encode(),
    )
)
CSL = register(
    Format(
        "csl.json",
        "application/vnd.citationstyles.csl+json",
        "CSL-JSON",
        charset=False,
        of={Of.CITATION: 3},
        write=lambda shown: csl(shown.tree),
    )
)
