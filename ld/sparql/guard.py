"""The text of a SPARQL query, judged before any engine sees it: its form, or why it gets no answer.

The engine parses by recursion and plans in the fourth power of the number of joined patterns: a text of 20 kB
can end its process. So brackets, operators and patterns are counted here, in one pass, without backtracking.
SERVICE and LOAD are refused in any disguise; the lock itself is in `ld.sparql.child`, this is the doorbell.
"""

from __future__ import annotations

import re
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from ld.errors import QueryForbidden, QuerySyntaxError, QueryTooDeep, QueryTooLong

MAX_CHARS = 65_536
MAX_DEPTH = 60  # brackets; the engine overflows its stack between 300 and 1,000
MAX_JOINS = 128  # patterns in one join: 100 take the planner 0.5 s, 200 take 8 s, on an empty store
MAX_PARTS = 1_000  # operators and patterns altogether: 1,000 take 0.4 s, a chain of 10,000 ends the process


class Form(StrEnum):
    """The four query forms of SPARQL 1.1 Query, section 16."""

    SELECT = "select"
    ASK = "ask"
    CONSTRUCT = "construct"
    DESCRIBE = "describe"


class Token(NamedTuple):
    """A piece of a query: what it is, its text (words in capitals), and where it starts."""

    kind: str
    text: str
    start: int


# SPARQL 1.1 Query, section 19.8. The time is linear: all repetitions are possessive, and a string that is not
# closed and a dotted run of words, which `name` would scan anew from every dot, have their own alternatives.
FIRST = (
    r"A-Za-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C\u200D\u2070-\u218F"
    r"\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\U00010000-\U000EFFFF"
)
NAME = rf"_0-9{FIRST}\-\u00B7\u0300-\u036F\u203F\u2040"
LOCAL = rf"(?:[{NAME}:]|%[0-9A-Fa-f]{{2}}|\\[_~.\-!$&'()*+,;=/?#@%])"
_TOKEN = re.compile(
    rf"""
      (?P<space> [ \t\r\n]++ | \#[^\r\n]*+ )
    | (?P<iri> <(?:[^<>"{{}}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{{4}}|\\U[0-9A-Fa-f]{{8}})*+> )
    | (?P<string> \"\"\"(?:[^"\\]|\\.|"{{1,2}}(?!"))*+\"\"\" | '''(?:[^'\\]|\\.|'{{1,2}}(?!'))*+'''
                | (?!\"\"\"|''')(?: "(?:[^"\\\r\n]|\\.)*+" | '(?:[^'\\\r\n]|\\.)*+' ) )
    | (?P<unclosed> ["'] )
    | (?P<variable> [?$][{NAME}]++ )
    | (?P<language> @[A-Za-z]++(?:-[A-Za-z0-9]++)*+ )
    | (?P<number> [0-9]++(?:\.[0-9]++)?+(?:[eE][+-]?+[0-9]++)?+ )
    | (?P<blank> _:[{NAME}]++(?:\.++[{NAME}]++)*+ )
    | (?P<dotted> [{FIRST}][{NAME}]*+(?:\.++[{NAME}]++)++(?![{NAME}:]) )
    | (?P<name> (?:[{FIRST}][{NAME}]*+(?:\.++[{NAME}]++)*+)?+ : (?:{LOCAL}++(?:\.++{LOCAL}++)*+)?+ )
    | (?P<word> [{FIRST}_][{NAME}]*+ )
    | (?P<escape> \\[uU] )
    | (?P<bracket> [(){{}}\[\]] )
    | (?P<stop> [.;,] )
    | (?P<operator> \|\| | && | \^\^ | [!<>]= | [-+*/!|=<>^?] )
    | (?P<other> . )
    """,
    re.VERBOSE | re.DOTALL,
)
_SURROGATE = re.compile(r"[\uD800-\uDFFF]")
_UPDATES = frozenset({"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"})
_APART = frozenset({"UNION", "EXISTS", "MINUS"})  # what follows is planned by itself
_OPERATORS = frozenset({"||", "&&", "!", "=", "!=", "<", ">", "<=", ">=", "+", "-", "*", "/", "|", "^"})
_CLAUSES = frozenset({"{", "[", "UNION", "MINUS", "OPTIONAL", "GRAPH", "EXISTS", "FILTER", "BIND", "VALUES"})
_PARTS = {
    "top": _OPERATORS | _CLAUSES,
    "expression": _OPERATORS | _CLAUSES,
    "group": _OPERATORS | _CLAUSES,
    "list": _OPERATORS | _CLAUSES,
    "template": frozenset({".", ";", ",", "{", "["}),
    "values": frozenset[str](),
}
_COUNTED = frozenset({"bracket", "stop", "operator", "word"})
_TERMS = frozenset({"iri", "string", "variable", "number", "blank", "name", "word"})


def inspect(
    query: str,
    max_chars: int = MAX_CHARS,
    max_depth: int = MAX_DEPTH,
    max_joins: int = MAX_JOINS,
    max_parts: int = MAX_PARTS,
) -> Form:
    """Return the form of the query; raises a QueryError where the engine shall not see it.

    >>> inspect("PREFIX ex: <http://example.org/> SELECT ?t { ?s ex:title ?t }")
    <Form.SELECT: 'select'>
    """
    if len(query) > max_chars:
        raise QueryTooLong(
            f"The query has {len(query):,} characters; at most {max_chars:,} are allowed. "
            "Shorten it, or send long lists of values in several queries."
        )
    half = _SURROGATE.search(query)
    if half:
        line, column = place(query, half.start())
        text = f"Line {line}, column {column}: half of a surrogate pair stands here, which is not a character."
        raise QuerySyntaxError(text, line, column)
    tokens = tokenize(query)
    refuse_connections(tokens, query)
    form = find_form(tokens, query)
    refuse_sizes(tokens, max_depth, max_joins, max_parts)
    return form


def tokenize(query: str) -> list[Token]:
    """Return the tokens of the query without space and comments; an open string is a QuerySyntaxError."""
    tokens = []
    for match in _TOKEN.finditer(query):
        kind = match.lastgroup or "other"
        if kind == "word":
            tokens.append(Token(kind, match[0].upper(), match.start()))
        elif kind == "dotted":
            tokens += _split(match[0], match.start())
        elif kind == "unclosed":
            line, column = place(query, match.start())
            text = f"Line {line}, column {column}: the string that begins here is not closed."
            raise QuerySyntaxError(text, line, column)
        elif kind != "space":
            tokens.append(Token(kind, match[0], match.start()))
    return tokens


def _split(run: str, start: int) -> list[Token]:
    """Return the words and full stops of a run such as `true.FILTER`."""
    tokens = []
    for piece in re.finditer(r"\.|[^.]++", run):
        kind = "stop" if piece[0] == "." else "word"
        tokens.append(Token(kind, piece[0].upper(), start + piece.start()))
    return tokens


def place(query: str, offset: int) -> tuple[int, int]:
    """Return line and column of a character, both counted from 1."""
    before = query[:offset]
    return before.count("\n") + 1, offset - before.rfind("\n")


def refuse_connections(tokens: list[Token], query: str) -> None:
    """Raise QueryForbidden where the query asks for another server (SPARQL 1.1 Federated Query).

    The engine does not look for the end of a word: `trueSERVICE` and `SERVICEex:a {` are SERVICE to it.
    """
    if not re.search(r"service|load|\\u", query, re.IGNORECASE):
        return
    start = Token("start", "", 0)
    for before, token, after in zip([start, *tokens], tokens, [*tokens[1:], start], strict=False):
        if token.kind == "escape":
            raise QueryForbidden(
                f"{_where(query, token)}: an escaped character stands outside a string or an IRI, "
                "where it could hide a keyword. Write the character itself."
            )
        if token.kind == "word" and "LOAD" in token.text:
            raise QueryForbidden(f"{_where(query, token)}: LOAD is refused: this endpoint is read-only.")
        if _is_service(before, token, after):
            raise QueryForbidden(
                f"{_where(query, token)}: SERVICE is refused: this server opens no connections. "
                "Ask the other endpoint yourself and send what it said as VALUES."
            )


def _where(query: str, token: Token) -> str:
    """Return "Line 1, column 7" for a message."""
    line, column = place(query, token.start)
    return f"Line {line}, column {column}"


def _is_service(before: Token, token: Token, after: Token) -> bool:
    """Determine whether the engine could read a SERVICE clause here."""
    if token.kind == "word":
        return "SERVICE" in token.text
    if token.kind != "name" or "SERVICE" not in token.text.partition(":")[0].upper():
        return False
    return after.text == "{" and before.text not in {"GRAPH", "FROM", "NAMED", "DESCRIBE"}


def find_form(tokens: list[Token], query: str) -> Form:
    """Return the query form, found after the prologue (SPARQL 1.1 Query, section 4.1); refuse an update."""
    position = 0
    while position < len(tokens) and tokens[position].text in {"PREFIX", "BASE"}:
        position += 3 if tokens[position].text == "PREFIX" else 2
    token = tokens[position] if position < len(tokens) else Token("end", "", len(query))
    if token.kind == "word" and token.text in _UPDATES:
        raise QueryForbidden(
            f"{_where(query, token)}: {token.text} begins an update, and this endpoint is read-only. "
            "Send SELECT, ASK, CONSTRUCT or DESCRIBE."
        )
    for form in Form:
        if token.kind in {"word", "name"} and token.text.upper().startswith(form.upper()):
            return form
    raise QuerySyntaxError(
        f"{_where(query, token)}: after the PREFIX lines comes SELECT, ASK, CONSTRUCT or DESCRIBE.",
        *place(query, token.start),
    )


def undeclared(query: str) -> dict[str, int]:
    """Return the prefixes that the query uses and does not declare, and where each stands first.

    >>> undeclared("SELECT ?t { ?s dct:title ?t }")
    {'dct:': 15}
    """
    tokens = tokenize(query)
    declared = {name.text for word, name in pairwise(tokens) if word.text == "PREFIX"}
    places: dict[str, int] = {}
    for token in tokens:
        prefix = token.text.partition(":")[0] + ":"
        if token.kind == "name" and prefix not in declared:
            places.setdefault(prefix, token.start)
    return places


class _Frame:
    """An open bracket: what stands in it, how many patterns it joins, and do they join those around it."""

    __slots__ = ("joined", "joins", "kind")

    def __init__(self, kind: str, joined: bool = True) -> None:
        self.kind = kind
        self.joined = joined
        self.joins = 0


def refuse_sizes(tokens: list[Token], max_depth: int, max_joins: int, max_parts: int) -> None:
    """Raise QueryTooDeep where brackets, joined patterns or operators are more than an honest query has."""
    stack, parts, rows_follow = [_Frame("top")], 0, False
    before = second = Token("start", "", 0)
    for token in tokens:
        if token.kind in _COUNTED or stack[-1].kind == "list":
            joins = _joins(token, stack[-1].kind, before)
            stack[-1].joins += joins
            parts += joins or (token.text in _PARTS[stack[-1].kind])
            rows_follow = rows_follow or token.text == "VALUES"
            if token.kind == "bracket" and token.text in "({[":
                stack.append(_open(token.text, stack[-1].kind, before, second, rows_follow))
                rows_follow = rows_follow and token.text != "{"
            elif token.kind == "bracket" and len(stack) > 1:
                closed = stack.pop()
                stack[-1].joins += closed.joins if closed.joined else 0
            _refuse_size(len(stack) - 1 > max_depth, stack[-1].joins > max_joins, parts > max_parts)
        second, before = before, token


def _refuse_size(deep: bool, joined: bool, long: bool) -> None:
    """Raise QueryTooDeep with the text for the limit that is passed."""
    if deep:
        raise QueryTooDeep("The query's brackets are nested too deeply. Write it flatter.")
    if joined:
        raise QueryTooDeep("The query joins too many patterns. Ask in several queries, or use VALUES.")
    if long:
        raise QueryTooDeep(
            "The query has too many patterns and operators. Ask in several queries, "
            "or write VALUES or IN in place of chains of ||, + and UNION."
        )


def _joins(token: Token, kind: str, before: Token) -> int:
    """Return how many patterns a token adds to a join: end of a triple, step of a path, member of a list."""
    if kind not in {"group", "list"}:
        return 0
    if token.text == "{":
        return int(before.text not in _APART)
    if token.text in {".", ";", ",", "/", "[", "FILTER", "BIND", "VALUES"}:
        return 1
    return int(kind == "list" and token.kind in _TERMS)


def _open(bracket: str, around: str, before: Token, second: Token, rows_follow: bool) -> _Frame:
    """Return the frame that a bracket opens, known from what stands before it."""
    if around == "values" or (rows_follow and bracket == "{"):
        return _Frame("values")
    if bracket == "{" and before.text == "CONSTRUCT":
        return _Frame("template")
    if bracket == "{":
        return _Frame("group", joined=before.text not in _APART)
    if bracket == "[":
        return _Frame("template" if around == "template" else "group")
    function = before.kind == "word" and before.text != "A"
    custom = before.kind in {"iri", "name"} and second.text == "FILTER"
    if rows_follow or function or custom or around in {"expression", "top"}:
        return _Frame("expression")
    return _Frame("template" if around == "template" else "list")
