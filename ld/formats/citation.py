"""A record's summary becomes a citation: BibTeX, RIS or CSL-JSON."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from ld.formats.media import Format, Of, register
from ld.summary import Agent, Summary

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


def bibtex(summary: Summary, url: str) -> str:
    """Return the citation as a BibTeX entry; names that the source does not split stay whole in braces."""
    entry = _kind(summary)[0]
    fields: list[tuple[str, str]] = [("title", "{" + _tex(summary.title.text) + "}")]
    for role in ("author", "editor"):
        fields.append((role, " and ".join(map(_tex_name, _listed(summary, role)))))
    place = _place(summary)
    fields += [(_WITHIN.get(entry, "series"), _tex(place["container"]))]
    fields += [(name, _tex(place[name])) for name in ("volume", "number")]
    fields += [("pages", _tex(summary.pages).replace("-", "--")), ("year", summary.date[:4])]
    fields += [("publisher" if entry != "phdthesis" else "school", _tex(", ".join(_publishers(summary))))]
    fields += [("doi", _plain(summary.doi)), ("isbn", _first(summary.isbns))]
    fields += [("issn", place["issn"]), ("url", _plain(_first(summary.urls) or url))]
    key = re.sub(r"[^A-Za-z0-9:-]", "", url.rpartition("/")[2]) or "record"
    body = "".join(f"  {name} = {{{value}}},\n" for name, value in fields if value)
    return f"@{entry}{{{key},\n{body}}}\n"


def ris(summary: Summary, url: str) -> str:
    """Return the citation in RIS, lines ended by CR LF; no value can open a line of its own."""
    place = _place(summary)
    lines = [("TY", _kind(summary)[1]), ("TI", summary.title.text)]
    lines += [("AU", _inverted(person)) for person in _listed(summary, "author")]
    lines += [("ED", _inverted(person)) for person in _listed(summary, "editor")]
    lines += [("T2", place["container"]), ("VL", place["volume"]), ("IS", place["number"])]
    lines += [("SP", summary.page_start), ("EP", summary.page_end), ("PY", summary.date[:4])]
    lines += [("DA", summary.date.replace("-", "/")), *(("PB", name) for name in _publishers(summary))]
    lines += [("SN", place["issn"] or _first(summary.isbns)), ("DO", summary.doi)]
    lines += [("UR", address) for address in summary.urls or [url]]
    lines += [("LA", tag) for tag in summary.tags]
    lines += [("KW", word.text) for word in summary.keywords]
    lines += [("AB", _abstract(summary))]
    body = "".join(f"{tag}  - {' '.join(value.split())}\r\n" for tag, value in lines if value)
    return f"{body}ER  - \r\n"


def csl(summary: Summary, url: str) -> bytes:
    """Return the citation as CSL-JSON, a list of one item; names that the source does not split are `literal`."""
    place = _place(summary)
    item: dict[str, Any] = {"id": url, "type": _kind(summary)[2], "title": summary.title.text}
    for role in ("author", "editor"):
        people = [_csl_name(person) for person in _listed(summary, role)]
        if people:
            item[role] = people
    date = _DATE.match(summary.date)
    if date:
        item["issued"] = {"date-parts": [[int(part) for part in date.groups() if part]]}
    names = {"container-title": "container", "volume": "volume", "issue": "number", "ISSN": "issn"}
    extras = {name: place[key] for name, key in names.items()} | {
        "page": summary.pages, "publisher": ", ".join(_publishers(summary)), "DOI": summary.doi,
        "ISBN": _first(summary.isbns), "URL": _first(summary.urls) or url, "language": _first(summary.tags),
        "abstract": _abstract(summary), "keyword": ", ".join(word.text for word in summary.keywords),
    }  # fmt: skip
    item |= {name: value for name, value in extras.items() if value}
    return msgspec.json.format(msgspec.json.encode([item])) + b"\n"


def _place(summary: Summary) -> dict[str, str]:
    """Return where the work appeared: the widest container, the numbers of volume and issue, the ISSN."""
    place = dict.fromkeys(("container", "volume", "number", "issn"), "")
    for one in summary.containers:
        if one.kind == "issue":
            place["number"] = one.number
        elif one.kind == "volume":
            place["volume"] = one.number
        else:
            place["container"], place["issn"] = one.title, next(iter(one.issns), "")
    place["volume"] = place["volume"] or summary.volume
    place["issn"] = place["issn"] or _first(summary.issns)
    return place


def _kind(summary: Summary) -> tuple[str, str, str]:
    return _TYPES.get(summary.kind, _OTHER)


def _listed(summary: Summary, role: str) -> list[Agent]:
    return list(dict.fromkeys(summary.listed(role)))


def _publishers(summary: Summary) -> list[str]:
    return [one.name.text for one in summary.publishers if one.name.text]


def _abstract(summary: Summary) -> str:
    return summary.abstract.text if summary.abstract else ""


def _first(values: list[str]) -> str:
    return next(iter(values), "")


def _tex(text: str) -> str:
    return "".join(_TEX.get(char, char) for char in " ".join(text.split()))


def _plain(address: str) -> str:
    """Return an address as BibTeX takes it word for word: what would end the field is percent-encoded."""
    return address.replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C")


def _tex_name(person: Agent) -> str:
    if person.family and person.given:
        return f"{_tex(person.family)}, {_tex(person.given)}"
    return "{" + _tex(person.name) + "}"


def _inverted(person: Agent) -> str:
    return f"{person.family}, {person.given}" if person.family and person.given else person.name


def _csl_name(person: Agent) -> dict[str, str]:
    if person.family and person.given:
        return {"family": person.family, "given": person.given}
    return {"literal": person.name}


BIBTEX = register(
    Format(
        "bib",
        "application/x-bibtex",
        "BibTeX",
        ("text/x-bibtex",),
        of={Of.CITATION: 1},
        write=lambda shown: bibtex(shown.summary, shown.url).encode(),
    )
)
RIS = register(
    Format(
        "ris",
        "application/x-research-info-systems",
        "RIS",
        ("text/x-research-info-systems",),
        of={Of.CITATION: 2},
        write=lambda shown: ris(shown.summary, shown.url).encode(),
    )
)
CSL = register(
    Format(
        "csl.json",
        "application/vnd.citationstyles.csl+json",
        "CSL-JSON",
        charset=False,
        of={Of.CITATION: 3},
        write=lambda shown: csl(shown.summary, shown.url),
    )
)
