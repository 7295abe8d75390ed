"""A record's summary becomes a BibTeX entry, of which no reader of BibTeX loses a name or ends a field too early.

Braces keep a name whole: that of a body, and that of a person whose family name would be read wrong or cut: "Kaur IP"
ends with initials, and "and" or a comma would make two names of one.
"""

from __future__ import annotations

import re

from ld.formats.citation import Cited, addresses, cited, divided, listed
from ld.formats.media import Format, Of, register
from ld.summary import Agent, Summary

Fields = list[tuple[str, str]]
_PARTS = {"incollection", "inproceedings"}
_BY_AN_INSTITUTION = "techreport"
_NOTED = "unpublished"  # has no field for what kind of thing it is, but must have a note
_TEX = {c: "\\" + c for c in "#$%&_{}"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
# BibTeX counts braces and knows no escaped ones, so where they are no pairs they need another name.
_UNPAIRED = str.maketrans(_TEX | {"{": r"\textbraceleft{}", "}": r"\textbraceright{}"})
_PAIRED = str.maketrans(_TEX)
_APART = re.compile(r"[\s,]|^others$", re.IGNORECASE)
# The last word is initials: BibTeX would take them for the family name.
_INITIALS = re.compile(r"\s(?:[^\W\d_a-z]\.?[\s-]?){1,4}$|\s[A-Z]{1,3}$")
_UNSAFE = re.compile(r"(?<!\S)and(?!\S)|,|^others$", re.IGNORECASE)
_EDITION = re.compile(r"(?:,\s*|\s+)(?:ed|edition)\.?$", re.IGNORECASE)


def bibtex(summary: Summary, url: str) -> str:
    """Return the citation as a BibTeX entry."""
    one = cited(summary)
    fields = [*_about(one, summary), *_where(one), *_issued(one, summary), *_found(one, summary, url)]
    key = re.sub(r"[^A-Za-z0-9:-]", "", url.rpartition("/")[2]) or "record"
    body = "".join(f"  {name} = {_set(name, value)},\n" for name, value in fields if value)
    return f"@{one.row['bibtex']}{{{key},\n{body}}}\n"


def _set(name: str, value: str) -> str:
    """Return a value as it is set: months have names that BibTeX's styles know, which stand without braces."""
    return value if name == "month" and value.islower() else f"{{{value}}}"


def _about(one: Cited, summary: Summary) -> Fields:
    roles = {"author": one.authors, "editor": one.editors}
    roles |= {role: listed(summary, role) for role in ("translator", "director")}
    people = {role: [*map(_name, agents)] for role, agents in roles.items()}
    if summary.incomplete:
        next((names for names in people.values() if names), []).append("others")
    return [("title", "{" + _tex(one.title) + "}"), *((role, " and ".join(names)) for role, names in people.items())]


def _where(one: Cited) -> Fields:
    place = one.place
    if one.row["bibtex"] == "article":
        inside = [("journal", place.whole), ("series", place.series)]
    elif one.row["bibtex"] in _PARTS:
        inside = [("booktitle", place.whole), ("series", place.series)]
    else:
        inside = [("series", place.series or place.whole)]
    inside += [("volume", place.volume), ("number", place.issue or place.of_series)]
    start, end = map(_tex, one.pages)
    return [*((name, _tex(value)) for name, value in inside), ("pages", f"{start}--{end}" if end else start)]


def _issued(one: Cited, summary: Summary) -> Fields:
    entry, when = one.row["bibtex"], one.when
    publisher = "institution" if entry == _BY_AN_INSTITUTION else "publisher"
    kind = "note" if entry == _NOTED else "type" if entry.endswith("thesis") else "howpublished"
    texts = [
        ("year", when.said("--")), ("month", when.month or when.season_name),
        ("edition", _EDITION.sub("", one.edition) or one.edition), ("school", one.school),
        (publisher, ", ".join(one.publishers)), ("address", ", ".join(summary.publication_places)),
    ]  # fmt: skip
    notes = one.notes if kind != "note" else [one.medium, *one.notes]
    texts += [(kind, one.medium)] if kind != "note" else []
    texts += [("note", ". ".join(filter(None, notes)))]
    return [(name, _tex(value)) for name, value in texts]


def _found(one: Cited, summary: Summary, url: str) -> Fields:
    address = _plain(addresses(summary, url)[0])
    return [("doi", _plain(summary.doi)), ("isbn", one.place.isbn), ("issn", one.place.issn), ("url", address)]


def _name(person: Agent) -> str:
    """Return a name as BibTeX takes it: "Family, Jr., Given", or whole in braces."""
    if not divided(person):
        alone = not person.body and not (_UNSAFE.search(person.name) or _INITIALS.search(person.name))
        return _tex(person.name) if alone else "{" + _tex(person.name) + "}"
    parts = [part for part in (person.family, person.suffix, person.given) if part]
    if any(_APART.search(part) and _UNSAFE.search(part) for part in parts):
        return "{" + _tex(person.name) + "}"
    return ", ".join(map(_tex, parts))


def _tex(text: str) -> str:
    flat = " ".join(text.split())
    return flat.translate(_PAIRED if ("{" not in flat and "}" not in flat) or _is_paired(flat) else _UNPAIRED)


def _is_paired(text: str) -> bool:
    depth = 0
    for sign in text:
        depth += (sign == "{") - (sign == "}")
        if depth < 0:
            return False
    return depth == 0


def _plain(address: str) -> str:
    """Return an address as BibTeX takes it word for word: what would end the field is percent-encoded."""
    return address.replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C")


BIBTEX = register(
    Format(
        "bib",
        "application/x-bibtex",
        "BibTeX",
        ("text/x-bibtex",),
        of={Of.CITATION: 1},
        write=lambda shown: bibtex(shown.cited, shown.url).encode(),
    )
)
