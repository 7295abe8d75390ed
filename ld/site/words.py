"""What people type into the search field becomes a small tree; nothing they type is an error.

    bees "honey bee" title:flowers author:"Doe, Jane" year:2019 -wasp pollin*

Words, "phrases", `field:word`, `-word` for what is excluded, and `prefix*`; all else is read as words, so that the
title of any book can be pasted. Nothing nests, so nothing can nest too deeply; length and number are limited. Where a
word ends within a term is left to the index, which splits all text in the same way (`ld.site.search`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from msgspec import Struct

from ld.values import identifiers

MOST_CHARACTERS, MOST_TERMS = 1000, 64
# The fields that may be named, each with all its names.
FIELDS = {
    "title": ("title",),
    "name": ("author", "authors", "name", "names"),
    "subject": ("subject", "subjects"),
    "year": ("year",),
    "type": ("type", "kind"),
    "doi": ("doi",),
    "isbn": ("isbn",),
}
_FIELD_OF = {name: field for field, called in FIELDS.items() for name in called}
_TERM = re.compile(
    r"""
    [(\[{]*                                   # before (title:bees) and (-wasps)
    (?P<excluded> -(?=[^\s-]) )?
    (?: (?P<field> [A-Za-z]+ ) : )?           # a colon before a space is that of a title
    (?: "(?P<phrase>[^"]*)" | (?P<words>[^\s"]+) )
    """,
    re.VERBOSE,
)
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))
# As source and record write them, so that "978-3-16-148410-0" and "https://doi.org/10.5555/1" are found.
_CANONICAL = {"doi": identifiers.doi, "isbn": identifiers.isbn}
_BEHIND = ")]}.,;:!?"
_SHORTEST_PREFIX = 2  # bytes: of the Latin letters, a single one begins half of all words


class Term(Struct, frozen=True):
    """Words that stand side by side, in one field if that is named; the last word of a prefix may go on.

    An excluded term must not occur.
    """

    text: str
    field: str = ""
    prefix: bool = False
    excluded: bool = False


class SearchQuery(Struct, frozen=True):
    """The terms of a search, each once; `whole` is false where it was too long, so that its end is missing."""

    terms: tuple[Term, ...]
    whole: bool = True


def parse(text: str) -> SearchQuery:
    """Return the terms that a text asks for.

    >>> [(term.text, term.field) for term in parse('honey author:"Doe, Jane"').terms]
    [('honey', ''), ('Doe, Jane', 'name')]
    """
    found = _TERM.finditer(text[:MOST_CHARACTERS].translate(_QUOTES))
    terms = tuple(dict.fromkeys(term for match in found for term in _terms(match)))
    return SearchQuery(terms[:MOST_TERMS], len(text) <= MOST_CHARACTERS and len(terms) <= MOST_TERMS)


def _terms(match: re.Match[str]) -> Iterator[Term]:
    """Yield the terms of one piece of the text; what only looks like a field is read as words."""
    called, excluded, phrase = match["field"] or "", bool(match["excluded"]), match["phrase"] is not None
    field, text = _FIELD_OF.get(called.lower(), ""), match["phrase"] or match["words"] or ""
    if called and not field and excluded:
        text = f"{called}:{text}"
    elif called and not field:
        yield Term(called)
    apart = [text] if field or excluded or phrase else text.split(":")
    yield from (_term(one, field, excluded, phrase) for one in apart if one)


def _term(text: str, field: str, excluded: bool, phrase: bool) -> Term:
    bare = text.rstrip(_BEHIND)
    head = bare.rstrip("*")
    if not phrase and head != bare and _may_go_on(head):
        return Term(head, field, True, excluded)
    canonical = _CANONICAL[field](text) if field in _CANONICAL else ""
    return Term(canonical or text, field, False, excluded)


def _may_go_on(head: str) -> bool:
    """Determine whether a word may begin with this: letters, marks or digits, and enough of them."""
    return len(head.encode("utf-8", "replace")) >= _SHORTEST_PREFIX and unicodedata.category(head[-1])[0] in "LMN"
