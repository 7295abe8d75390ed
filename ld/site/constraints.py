"""The constraints of SHACL Core, a function each: they are asked about nodes whose terms are written as in N-Triples.

Only what a document and its neighbours can answer is here. Whoever names another parameter is told so: nothing that a
shape demands is passed over in silence.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date

from ld.formats.media import Nodes
from ld.memo import remembered
from ld.terms import unescaped

XSD, RDF = "http://www.w3.org/2001/XMLSchema#", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
TYPE = f"<{RDF}type>"
_STRING, _TAGGED = f"<{XSD}string>", f"<{RDF}langString>"
_ZONE = r"(?:Z|[+-][0-9]{2}:[0-9]{2})?"
_DAY = r"-?[0-9]{4,}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
# How values of a datatype are written (XML Schema 1.1 Part 2); a datatype that is not here may have any text.
_LEXICAL = {
    f"<{XSD}{name}>": re.compile(pattern)
    for name, pattern in {
        "boolean": "true|false|0|1",
        "integer": "[+-]?[0-9]+",
        "nonNegativeInteger": "[+]?[0-9]+",
        "decimal": r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)",
        "gYear": f"-?[0-9]{{4,}}{_ZONE}",
        "gYearMonth": f"-?[0-9]{{4,}}-(?:0[1-9]|1[0-2]){_ZONE}",
        "date": _DAY + _ZONE,
        "dateTime": rf"{_DAY}T[0-2][0-9]:[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?{_ZONE}",
    }.items()
}
_DAYS = (f"<{XSD}date>", f"<{XSD}dateTime>")

Check = Callable[[Nodes, str, list[str]], Iterable[str]]
"""Yields what breaks a constraint, of a node and the values of its property; "" where it is no value but a number."""
OfValue = Callable[[str], bool]
"""Determines whether a value is as it should be, whatever else the graph says."""


# -- terms ---------------------------------------------------------------------------------------------------------


def text_of(term: str) -> str:
    """Return the IRI, or the text of the literal.

    >>> text_of("<http://a/>"), text_of('"say \\\\"no\\\\""@en')
    ('http://a/', 'say "no"')
    """
    if term[0] != '"':
        return term.strip("<>")
    text = term[1 : term.rindex('"')]
    return unescaped(text) if "\\" in text else text


def datatype_of(term: str) -> str:
    """Return the datatype of a literal, as a term; empty for other nodes."""
    if term[0] != '"':
        return ""
    if term[-1] == ">":
        return term[term.rindex("^^<") + 2 :]
    return _STRING if term[-1] == '"' else _TAGGED


def tag_of(term: str) -> str:
    """Return the language tag of a literal in lower case, empty where it has none."""
    return term.rpartition("@")[2].lower() if term[0] == '"' and term[-1] not in '">' else ""


# -- constraints on each value by itself ---------------------------------------------------------------------------


def node_kind(kind: str) -> OfValue:
    """Return what determines whether a node is of the kind, such as sh:IRI (SHACL §4.1.3)."""
    name = kind.rpartition("#")[2].rstrip(">")
    signs = {"IRI": "<", "BlankNode": "_", "Literal": '"'}
    allowed = tuple(sign for word, sign in signs.items() if word in name)
    return lambda term: term[0] in allowed


def datatype(wanted: str) -> OfValue:
    """Return what determines whether a literal is of the datatype, and well written (§4.1.2)."""
    if wanted == _STRING:
        return lambda term: term[0] == term[-1] == '"'
    pattern = _LEXICAL.get(wanted)
    return remembered(lambda term: datatype_of(term) == wanted and _well_written(term, wanted, pattern))


def _well_written(term: str, wanted: str, pattern: re.Pattern[str] | None) -> bool:
    text = text_of(term)
    if pattern and not pattern.fullmatch(text):
        return False
    return wanted not in _DAYS or text[0] == "-" or text[4] != "-" or _is_day(text[:10])


def _is_day(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def pattern(wanted: str, flags: str = "") -> OfValue:
    """Return what determines whether the text of a node has the pattern somewhere (§4.4.3)."""
    meant = 0
    for sign in flags:
        meant |= {"i": re.IGNORECASE, "s": re.DOTALL, "m": re.MULTILINE, "x": re.VERBOSE}[sign]
    found = re.compile(wanted, meant).search
    return lambda term: term[0] != "_" and found(text_of(term)) is not None


def length(least: int, most: float) -> OfValue:
    """Return what determines whether the text of a node is as long as that (§4.4.1)."""
    return lambda term: term[0] != "_" and least <= len(text_of(term)) <= most


def one_of(members: Iterable[str]) -> OfValue:
    """Return what determines whether a node is in the list (§4.8.3)."""
    return frozenset(members).__contains__


def language_in(tags: Iterable[str]) -> OfValue:
    """Return what determines whether a literal has a language tag of these ranges (§4.4.4)."""
    ranges = [tag.lower() for tag in tags]

    def fits(term: str) -> bool:
        tag = tag_of(term)
        return any(tag == one or tag.startswith(f"{one}-") for one in ranges)

    return fits


def each(fits: OfValue) -> Check:
    """Return the check that yields the values that do not fit."""
    return lambda _, __, values: [value for value in values if not fits(value)]


# -- constraints on all values together, or on what the graph says of them -----------------------------------------


def least(count: int) -> Check:
    """Return the check of sh:minCount (§4.2.1)."""
    return lambda _, __, values: [""] if len(values) < count else ()


def most(count: int) -> Check:
    """Return the check of sh:maxCount (§4.2.2)."""
    return lambda _, __, values: [""] if len(values) > count else ()


def instance_of(wanted: str) -> Check:
    """Return the check of sh:class (§4.1.1). Classes are told whole: none is derived from another here."""

    def check(graph: Nodes, _: str, values: list[str]) -> Iterable[str]:
        return [value for value in values if wanted not in graph.get(value, {}).get(TYPE, ())]

    return check


def equals(other: str) -> Check:
    """Return the check of sh:equals: the other property has the same values (§4.5.1)."""

    def check(graph: Nodes, focus: str, values: list[str]) -> Iterable[str]:
        others = graph.get(focus, {}).get(other, {})
        return [one for one in values if one not in others] + [one for one in others if one not in values]

    return check


def disjoint(other: str) -> Check:
    """Return the check of sh:disjoint: the other property has none of the values (§4.5.2)."""
    return lambda graph, focus, values: [one for one in values if one in graph.get(focus, {}).get(other, ())]


def has_value(wanted: str) -> Check:
    """Return the check of sh:hasValue (§4.8.2)."""
    return lambda _, __, values: () if wanted in values else [""]


def unique_language() -> Check:
    """Return the check of sh:uniqueLang: no two values in one language (§4.4.5)."""

    def check(_: Nodes, __: str, values: list[str]) -> Iterator[str]:
        counts = Counter(map(tag_of, values))
        return ("" for tag, count in counts.items() if tag and count > 1)

    return check
