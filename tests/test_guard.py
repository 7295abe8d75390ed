"""The guard refuses what would hurt the engine, in little time, and lets every honest query pass."""

from __future__ import annotations

import subprocess
import sys

import pytest
from waiting import PATIENCE

from ld.errors import QueryForbidden, QuerySyntaxError, QueryTooDeep, QueryTooLong
from ld.sparql.guard import Form, inspect, undeclared

HONEST = {
    "SELECT * { ?s ?p ?o }": Form.SELECT,
    "select*{}": Form.SELECT,
    "# SERVICE\nPREFIX dct: <http://purl.org/dc/terms/>\nBASE <http://x/>\nAsk { ?s dct:title 'SERVICE' }": Form.ASK,
    "PREFIX : <x:> CONSTRUCT { ?s :a ?o } WHERE { ?s :b ?o }": Form.CONSTRUCT,
    "DESCRIBE <http://x/SERVICE>": Form.DESCRIBE,
    "SELECT ?load { ?load ex:service ex:LOAD ; ?service _:SERVICE , $load . ex:s.service ex:p 1 }": Form.SELECT,
    "PREFIX service: <x:> ASK { GRAPH service:g { ?s service:a service:b } }": Form.ASK,
    """ASK { ?s ?p "a \\" SERVICE", 'it''s', '''LOAD ' '' <x:>''', "x"@load, "y"^^<x:SERVICE> }""": Form.ASK,
    "ASK { FILTER(?a<?b && ?c>?d || ?a < ?b) }": Form.ASK,
    "SELECT * { VALUES ?x { " + "<http://x/1> " * 4_000 + "} ?x ?p ?o }": Form.SELECT,
    "SELECT * { ?s ?p ?o FILTER(?o IN (" + ", ".join(map(str, range(5_000))) + ")) }": Form.SELECT,
    "SELECT * { " + " . ".join(f"?s <p:{i}> ?o{i}" for i in range(100)) + " }": Form.SELECT,
    "SELECT * { ?s ?p ?o " + "".join(f"OPTIONAL {{ ?s <p:{i}> ?o{i} }}" for i in range(60)) + " }": Form.SELECT,
    "SELECT * { " + " UNION ".join(f"{{ ?s <p:{i}> ?o }}" for i in range(250)) + " }": Form.SELECT,
    "ASK { ?s (<x:p>/<x:q>)+|^<x:r> (1 2 3) FILTER NOT EXISTS { ?s ?p [ ?q () ] } }": Form.ASK,
}

FORBIDDEN = [
    "ASK { SERVICE <http://x/> {} }",
    "ASK{service<http://x/>{}}",
    "ASK { SERVICE SILENT ?x {} }",
    "ASK { FILTER(trueSERVICE <http://x/> {}) }",
    "ASK { BIND(1e0SERVICE<http://x/>{}) }",
    "ASK { ?s ?p true.SERVICE <http://x/> {} }",
    "PREFIX x: <http://x/> ASK { ?s ?p trueSERVICEx:y {} }",
    "PREFIX : <http://x/> ASK { SERVICE:y {} }",
    "ASK { SERVI\\u0043E <http://x/> {} }",
    "ASK { \\u0022 SERVICE <http://x/> {} \\u0022 }",
    "LOAD <http://x/>",
    "LOAD <file:///etc/passwd> INTO GRAPH <x:g>",
    "PREFIX x: <x:> INSERT DATA { x:a x:b x:c }",
    "ASK {} ; LOAD <http://x/>",
    *(f"{word} <x:g>" for word in ["delete", "clear", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"]),
]

BOMBS = {
    "groups": lambda n: "ASK " + "{" * n + "}" * n,
    "unclosed groups": lambda n: "ASK " + "{" * n,
    "brackets": lambda n: "ASK { FILTER(" + "(" * n + "1" + ")" * n + ") }",
    "not": lambda n: "ASK { FILTER(" + "!" * n + "true) }",
    "plus": lambda n: "ASK { FILTER(" + "+".join("1" * n) + ") }",
    "or": lambda n: "ASK { FILTER(" + "||".join("1" * n) + ") }",
    "union": lambda n: "ASK { " + "UNION".join(["{}"] * n) + " }",
    "exists": lambda n: "ASK " + "{ FILTER NOT EXISTS" * n + "{}" + "}" * n,
    "concat": lambda n: "ASK { FILTER(" + "CONCAT(" * n + "'a'" + ")" * n + ") }",
    "if": lambda n: "ASK { FILTER(" + "IF(1,2," * n + "3" + ")" * n + ") }",
    "selects": lambda n: "ASK " + "{ SELECT * " * n + "{}" + "}" * n,
    "optionals": lambda n: "ASK " + "{ OPTIONAL" * n + "{}" + "}" * n,
    "optional row": lambda n: "ASK { " + "OPTIONAL { ?s ?p ?o }" * n + " }",
    "path": lambda n: "ASK { ?s " + "(" * n + "<x:p>" + ")" * n + " ?o }",
    "steps": lambda n: "ASK { ?s " + "/".join(["<x:p>"] * n) + " ?o }",
    "patterns": lambda n: "ASK { " + "?s ?p ?o . " * n + " }",
    "properties": lambda n: "ASK { ?s " + "<x:p> ?o ; " * n + " }",
    "objects": lambda n: "ASK { ?s <x:p> " + ", ".join(["?o"] * n) + " }",
    "construct where": lambda n: "CONSTRUCT WHERE { " + "?s ?p ?o . " * n + " }",
    "list": lambda n: "ASK { ?s ?p (" + "1 " * n + ") }",
    "blank nodes": lambda n: "ASK { ?s ?p " + "[<x:p> " * n + "1" + "]" * n + " }",
    "separate joins": lambda n: "ASK { " + "{ ?s ?p ?o } " * n + " }",
    "sum in the projection": lambda n: "SELECT (" + "-".join("1" * n) + " AS ?x) {}",
}

HARD_TO_READ = [("'''", "\\'"), ('"""', '"" '), ("", "a."), ("", "<a"), ("ex:", "."), ("", "a-."), ("", "1.e")]
HARD_TO_READ += [("", "a:%"), ("", "é."), ("", "'"), ("", "_:a.")]
READING = """
import sys
from ld.errors import QueryError
from ld.sparql.guard import inspect
text = "SELECT * { " + sys.argv[1] + sys.argv[2] * (500_000 // len(sys.argv[2]))
try:
    print("passed", inspect(text, max_chars=10**6))
except QueryError as error:
    print("refused", error)
"""


@pytest.mark.parametrize("query", HONEST, ids=range(len(HONEST)))
def test_honest(query: str) -> None:
    """An honest query passes, and its form is told."""
    assert HONEST[query] == inspect(query)


@pytest.mark.parametrize("query", FORBIDDEN)
def test_forbidden(query: str) -> None:
    """SERVICE, LOAD and updates are refused in any disguise."""
    with pytest.raises(QueryForbidden):
        inspect(query)


@pytest.mark.parametrize("bomb", BOMBS)
@pytest.mark.parametrize("size", [300, 1_500, 10_000])
def test_bombs(bomb: str, size: int) -> None:
    """What overflows the engine's stack, or occupies its planner, is refused."""
    if size == 300 and bomb in {"not", "plus", "or", "union", "sum in the projection"}:
        assert inspect(BOMBS[bomb](size))  # harmless yet
        return

    with pytest.raises(QueryTooDeep):
        inspect(BOMBS[bomb](size), max_chars=10**6)


@pytest.mark.parametrize(("head", "repeated"), HARD_TO_READ)
def test_half_a_million_characters_are_read_to_their_end(head: str, repeated: str) -> None:
    """Reading is linear, whatever the text: part of a second, where quadratic would be ten minutes and more."""
    line = [sys.executable, "-c", READING, head, repeated]
    done = subprocess.run(line, capture_output=True, text=True, timeout=PATIENCE, check=True)

    assert done.stdout.startswith(("passed", "refused"))


def test_too_long() -> None:
    """A text over the limit is refused unread."""
    with pytest.raises(QueryTooLong, match="65,537 characters"):
        inspect("#" * 65_537)


@pytest.mark.parametrize(
    ("query", "place"),
    [("", (1, 1)), ("PREFIX a: <x:>\n", (2, 1)), ("\n FOO", (2, 2)), ('ASK {\n ?s ?p "abc }', (2, 8))],
)
def test_place(query: str, place: tuple[int, int]) -> None:
    """What is not a query is a syntax error with its place."""
    with pytest.raises(QuerySyntaxError) as caught:
        inspect(query)

    assert place == (caught.value.line, caught.value.column)


def test_undeclared() -> None:
    """Prefixes that nobody declared are found, with their places."""
    assert list(undeclared("PREFIX ex: <x:> ASK { ?s dct:title 'a:b' ; ex:p <a:b>, :c }")) == ["dct:", ":"]
