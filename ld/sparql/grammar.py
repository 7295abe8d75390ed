"""Where a query stops being SPARQL 1.1: the first word that no query goes on with, as line and column.

The engine tells only the farthest place that it tried. Here the text is read once more, without recursion, by the
specification's own grammar (`sparql11.lark`), and only where the engine has refused it.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from lark import Lark
from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedToken

from ld.memo import cached
from ld.sparql.guard import FIRST, LOCAL, NAME

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
_END = r"(?![A-Za-z0-9_:-])"


class Place(NamedTuple):
    """Line and column of a word, both counted from 1, and the word; it is empty where the text ends too early."""

    line: int
    column: int
    word: str


def first_error(query: str) -> Place | None:
    """Return the first word with which no query can go on, None where the grammar has nothing against the text.

    >>> first_error("ASK { ?s ?p }")
    Place(line=1, column=13, word='}')
    """
    try:
        _parser().parse(query)
    except UnexpectedCharacters as error:
        return Place(error.line, error.column, query[error.pos_in_stream or 0])
    except UnexpectedToken as error:
        if error.token.type == "$END":
            return _end(query)
        return Place(error.line, error.column, str(error.token))
    except UnexpectedEOF:
        return _end(query)
    return None


def _end(query: str) -> Place:
    text = query.rstrip()
    return Place(text.count("\n") + 1, len(text) - text.rfind("\n"), "")


@cached()
def _parser() -> Lark:
    """Return the parser, made once."""
    words = {"AGGREGATE": _AGGREGATES, "FUNCTION": _FUNCTIONS} | {word: word for word in _KEYWORDS.split()}
    keywords = [f"{name}.6: /(?:{several.replace(' ', '|')}){_END}/i" for name, several in words.items()]
    keywords.append(f"A.6: /a{_END}/")
    text = Path(__file__).with_name("sparql11.lark").read_text(encoding="utf-8")
    parts = {
        "keywords": "\n".join(keywords),
        "first": f"[{FIRST}]",
        "name": f"[{NAME}]",
        "local": LOCAL.replace("/", r"\/"),
    }
    return Lark(text % parts, start="query", parser="lalr", lexer="contextual", propagate_positions=False)
