"""Where a query stops being SPARQL 1.1: the first word that no query goes on with, as line and column.

The engine tells only the farthest place that it tried. Here the text is read once more, without recursion, by the
specification's own grammar (`sparql11.lark`), and only where the engine has refused it. To make a parser of the grammar
takes 200 ms, more than all else that a query worker does before it is ready, so lark does that here and not there:
`python -m ld.sparql.grammar` writes `sparql11.json` anew, the parser's tables, which a worker reads in 3 ms.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from ld.memo import cached
from ld.sparql.guard import FIRST, LOCAL, NAME, place

_GRAMMAR = Path(__file__).with_name("sparql11.lark")
_TABLES = _GRAMMAR.with_suffix(".json")
_KEYWORDS = (
    "BASE PREFIX SELECT DISTINCT REDUCED AS CONSTRUCT WHERE DESCRIBE ASK FROM NAMED GROUP BY HAVING ORDER ASC DESC"
    " LIMIT OFFSET VALUES OPTIONAL MINUS GRAPH SERVICE SILENT FILTER BIND UNION UNDEF NOT IN EXISTS COUNT GROUP_CONCAT"
    " SEPARATOR BOUND TRUE FALSE"
)
_AGGREGATES = "SUM MIN MAX AVG SAMPLE"
_FUNCTIONS = (
    "STR LANG LANGMATCHES DATATYPE IRI URI BNODE RAND ABS CEIL FLOOR ROUND CONCAT STRLEN UCASE LCASE ENCODE_FOR_URI"
    " CONTAINS STRSTARTS STRENDS STRBEFORE STRAFTER YEAR MONTH DAY HOURS MINUTES SECONDS TIMEZONE TZ NOW UUID STRUUID"
    " MD5 SHA1 SHA256 SHA384 SHA512 COALESCE IF STRLANG STRDT SAMETERM ISIRI ISURI ISBLANK ISLITERAL ISNUMERIC REGEX"
    " SUBSTR REPLACE"
)
_SPACE = "SPACE"
_TEXT_ENDS = "$END"

Match = Callable[[str, int], re.Match[str] | None]


class Place(NamedTuple):
    """Line and column of a word, both counted from 1, and the word; it is empty where the text ends too early."""

    line: int
    column: int
    word: str


class Tables(msgspec.Struct):
    """A parser as data (LALR), and the digest of the grammar that it was made of.

    Of words there are kinds, each with its pattern; those in front are tried first. A state has a step for each kind
    that may come next: the state that follows, or, below zero, the rule that is at its end, `~step`. A rule is the name
    that stands for it from then on, and of how many parts it is.
    """

    grammar: str
    words: dict[str, str]
    rules: list[tuple[str, int]]
    states: list[dict[str, int]]
    start: int
    end: int


class _Parser(NamedTuple):
    """The tables, ready to be used: to each state the words that may come next."""

    tables: Tables
    space: Match
    words: dict[str, Match]
    expected: list[list[tuple[str, Match]]]


def first_error(query: str) -> Place | None:
    """Return the first word with which no query can go on, None where the grammar has nothing against the text.

    >>> first_error("ASK { ?s ?p }")
    Place(line=1, column=13, word='}')
    """
    parser, position = prepared(), 0
    stack = [parser.tables.start]
    while True:
        if space := parser.space(query, position):
            position = space.end()
        if position == len(query):
            return None if _step(parser.tables, stack, _TEXT_ENDS) else _end(query)
        kind, word = _word(query, position, parser.expected[stack[-1]])
        if not kind or not _step(parser.tables, stack, kind):
            word = word or _word(query, position, list(parser.words.items()))[1] or query[position]
            return Place(*place(query, position), word)
        position += len(word)


def _word(query: str, position: int, words: list[tuple[str, Match]]) -> tuple[str, str]:
    """Return the kind and the text of the word that stands here; both are empty where none of these does."""
    for kind, match in words:
        if found := match(query, position):
            return kind, found[0]
    return "", ""


def _step(tables: Tables, stack: list[int], kind: str) -> bool:
    """Take a word, or the end of the text: put the state that follows on the stack; return whether there is one."""
    while (step := tables.states[stack[-1]].get(kind)) is not None:
        if step >= 0:
            stack.append(step)
            return True
        name, parts = tables.rules[~step]
        del stack[len(stack) - parts :]
        stack.append(tables.states[stack[-1]][name])
        if kind == _TEXT_ENDS and stack[-1] == tables.end:
            return True
    return False


def _end(query: str) -> Place:
    text = query.rstrip()
    return Place(text.count("\n") + 1, len(text) - text.rfind("\n"), "")


@cached()
def prepared() -> _Parser:
    """Return the parser, read once; whoever must not wait for it later calls this before."""
    tables = read()
    words: dict[str, Match] = {kind: re.compile(pattern).match for kind, pattern in tables.words.items()}
    space = words.pop(_SPACE)
    expected = [[(kind, words[kind]) for kind in words if kind in state] for state in tables.states]
    return _Parser(tables, space, words, expected)


def read() -> Tables:
    """Return the tables as they are kept."""
    return msgspec.json.decode(_TABLES.read_bytes(), type=Tables)


def make() -> Tables:
    """Return the tables as lark makes them of the grammar; the same in every run."""
    from lark import Lark  # only whoever changes the grammar needs it

    made: Any = Lark(grammar(), start="query", parser="lalr", lexer="contextual")
    table = made.parser.parser.parser.parse_table
    [start], [end] = table.start_states.values(), table.end_states.values()
    order = {state: n for n, state in enumerate(_met(table.states, start))}
    rules = {(str(rule.origin.name), len(rule.expansion)): 0 for rule in made.rules}
    number = {rule: ~n for n, rule in enumerate(rules)}
    return Tables(
        grammar=digest(),
        words={str(one.name): one.pattern.to_regexp() for one in made.parser.lexer.root_lexer.terminals},
        rules=list(rules),
        states=[
            {
                str(kind): order[to] if isinstance(to, int) else number[to.origin.name, len(to.expansion)]
                for kind, (_, to) in sorted(table.states[state].items())
            }
            for state in order
        ],
        start=order[start],
        end=order[end],
    )


def _met(states: dict[int, dict[str, tuple[Any, Any]]], start: int) -> list[int]:
    """Return the states in the order in which a walk through them meets each first."""
    met = [start]
    for state in met:
        for _, (_, to) in sorted(states[state].items()):
            if isinstance(to, int) and to not in met:
                met.append(to)
    return met


def digest() -> str:
    """Return a digest that changes with the grammar."""
    return hashlib.sha256(grammar().encode()).hexdigest()


def grammar() -> str:
    """Return the grammar, its keywords and the characters of its names filled in."""
    end = r"(?![A-Za-z0-9_:-])"
    words = {"AGGREGATE": _AGGREGATES, "FUNCTION": _FUNCTIONS} | {word: word for word in _KEYWORDS.split()}
    keywords = [f"{name}.6: /(?:{several.replace(' ', '|')}){end}/i" for name, several in words.items()]
    keywords.append(f"A.6: /a{end}/")
    parts = {
        "keywords": "\n".join(keywords),
        "first": f"[{FIRST}]",
        "name": f"[{NAME}]",
        "local": LOCAL.replace("/", r"\/"),
    }
    return _GRAMMAR.read_text(encoding="utf-8") % parts


def write() -> None:
    """Keep the tables of the grammar as it is now, a line for each state."""
    text = msgspec.json.encode(make()).decode()
    _TABLES.write_text(text.replace("},{", "},\n{"), encoding="utf-8")


if __name__ == "__main__":
    write()
