"""A look at a query before the engine sees it: what form it has, and whether it would hurt.

The engine's parser overflows its stack on deep nesting and takes the process with it, its planner stalls on very many
patterns, and it opens connections for SERVICE. So the text is cut into tokens here, in linear time, and counted.
"""

from __future__ import annotations

import re
from enum import StrEnum

from ld.errors import QueryForbidden, QuerySyntaxError, QueryTooDeep, QueryTooLong

CHARACTERS = 65_536
DEPTH = 60
_MOST = {"operator": 1_000, "dot": 150, "union": 120, "call": 250, "run": 60, "optional": 120}

# Possessive quantifiers and atomic alternatives: no input makes this look back.
_TOKEN = re.compile(
    r"""
      (?P<space>\s++|\#[^\n\r]*+)
    | (?P<long>'{3}(?:[^'\\]|\\.|'(?!''))*+'{3}|"{3}(?:[^"\\]|\\.|"(?!""))*+"{3})
    | (?P<text>'(?:[^'\\\n\r]|\\.)*+'|"(?:[^"\\\n\r]|\\.)*+")
    | (?P<iri><[^<>"{}|^`\\\x00-\x20]*+>)
    | (?P<variable>[?$][\w]++)
    | (?P<tag>@[A-Za-z]++(?:-[A-Za-z0-9]++)*+)
    | (?P<blank>_:[\w.-]++)
    | (?P<name>(?:[^\W\d_][\w.-]*+)?:(?:[\w.:%-]|\\.)*+)
    | (?P<number>\d++(?:\.\d++)?+(?:[eE][+-]?\d++)?+|\.\d++(?:[eE][+-]?\d++)?+)
    | (?P<word>[^\W\d_]++(?:_[^\W\d]++)*+)
    | (?P<open>[({\[])
    | (?P<close>[)}\]])
    | (?P<operator>\|\||&&|\^\^|!=|<=|>=|[!=<>+*/|^?$-])
    | (?P<mark>[.;,])
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_UPDATES = {"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"}
_ESCAPE = re.compile(r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}")
_GLUED = re.compile(r"(SERVICE|LOAD)$")


class Form(StrEnum):
    """The four forms of a SPARQL 1.1 query (§16)."""

    SELECT = "select"
    ASK = "ask"
    CONSTRUCT = "construct"
    DESCRIBE = "describe"


_FORMS = {form.value.upper(): form for form in Form}


def inspect(query: str, characters: int = CHARACTERS) -> Form:
    """Return the form of the query.

    Raises QueryTooLong, QueryTooDeep, QueryForbidden (an update, SERVICE, LOAD) or QuerySyntaxError (no form found).
    """
    if len(query) > characters:
        raise QueryTooLong(f"the query has {len(query):,} characters, over the limit of {characters:,}: shorten it")
    form: Form | None = None
    counter = _Counter()
    for match in _TOKEN.finditer(_unescaped(query)):
        kind, token = str(match.lastgroup), match[0]
        if kind == "space":
            continue
        if kind == "word":
            form = _word(token.upper(), form)
        counter.count(kind, token)
    if form is None:
        raise QuerySyntaxError("no SELECT, ASK, CONSTRUCT or DESCRIBE in the query", 1, 1)
    return form


def _unescaped(query: str) -> str:
    """Return the query with its code point escapes decoded (SPARQL 1.1 §19.2), so that none hides a keyword."""
    if "\\" not in query:
        return query
    return _ESCAPE.sub(lambda match: _character(int(match[0][2:], 16)), query)


def _character(point: int) -> str:
    """Return the character; in its place a blank where it would itself begin or end a token of text."""
    char = chr(point) if point < 0x110000 else " "
    return " " if char in "\"'\\<>\n\r" else char


def _word(word: str, form: Form | None) -> Form | None:
    if _GLUED.search(word):
        kind = "SERVICE" if word.endswith("SERVICE") else "LOAD"
        raise QueryForbidden(f"{kind} is refused: this endpoint opens no connection for a query; ask that endpoint itself")
    if form is None and word in _UPDATES:
        raise QueryForbidden(f"{word} is an update: this endpoint is read-only; publish new data instead")
    return form or _FORMS.get(word)


class _Counter:
    """Counts what makes the engine's parser recurse or its planner stall."""

    def __init__(self) -> None:
        self.depth = 0
        self.counts = dict.fromkeys(_MOST, 0)

    def count(self, kind: str, token: str) -> None:
        if kind == "open":
            self.depth += 1
            if self.depth > DEPTH:
                raise QueryTooDeep(f"the query is nested more than {DEPTH} deep: write it flatter")
        elif kind == "close":
            self.depth -= 1
        self._run(kind)
        if kind == "operator":
            self._more("operator")
        elif kind == "mark" and token in ".;,":
            self._more("dot")
        elif kind == "word":
            self._keyword(token.upper())

    def _keyword(self, word: str) -> None:
        if word in ("UNION", "MINUS"):
            self._more("union")
        elif word in ("OPTIONAL", "EXISTS"):
            self._more("optional")
        elif word in ("BIND", "FILTER", "CONCAT", "IF", "COALESCE", "REPLACE"):
            self._more("call")

    def _run(self, kind: str) -> None:
        """Count operators in a row: each "!" or "^" is a level of recursion."""
        self.counts["run"] = self.counts["run"] + 1 if kind == "operator" else 0
        if self.counts["run"] > _MOST["run"]:
            raise QueryTooDeep(f"the query has more than {_MOST['run']} operators in a row: shorten it")

    def _more(self, name: str) -> None:
        self.counts[name] += 1
        if self.counts[name] > _MOST[name]:
            what = {"dot": "triple patterns", "union": "UNIONs", "call": "function calls", "optional": "OPTIONALs"}
            raise QueryTooDeep(f"the query has more than {_MOST[name]} {what.get(name, name + 's')}: split it")
