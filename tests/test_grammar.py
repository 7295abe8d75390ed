"""The place of an error: exactly the word that no query goes on with, for everything that the specification allows."""

from __future__ import annotations

import re
from functools import cache

import pytest
from lark import Lark
from lark.exceptions import UnexpectedCharacters, UnexpectedToken

from ld.sparql.grammar import Place, digest, first_error, grammar, read
from ld.values.vocab import vocabulary

EVERYTHING = """BASE <http://e/> PREFIX : <x#> PREFIX e.x: <y#>
SELECT DISTINCT ?a (GROUP_CONCAT(DISTINCT ?n; SEPARATOR = ", ") AS ?all) FROM <g> FROM NAMED :h
WHERE { # a comment
  ?a a :T ; :p/^:q*|!(:r|^a) ?b, "x"@en-GB, 'y'^^:d, \"\"\"z"\"z\"\"\", 1, -2.5, .5e3, true ; ; :l (1 [] [ :m _:b.1 ]) .
  OPTIONAL { ?a e.x:n%41\\-o ?n } MINUS { ?a :no ?n } { { SELECT * { ?a ?b ?c } LIMIT 1 OFFSET 2 } } UNION {}
  GRAPH ?g { } FILTER(?b +1 > 3 && !BOUND(?n) || ?a IN (1, :x) && NOT EXISTS { ?a ?b ?c }) FILTER REGEX(?n, "^a", "i")
  BIND(IF(COUNT(*) = 1, :f(?a, 2), COALESCE(?a)) AS ?z) VALUES (?x ?y) { (1 UNDEF) (:a :b) } VALUES ?v { } () :e ()
}
GROUP BY ?a (STR(?b) AS ?s) HAVING (COUNT(*) > 1) ORDER BY DESC(?a) ?b LIMIT 10 VALUES ?a { :x }"""


def test_nothing_is_wrong_with_a_query_that_has_everything() -> None:
    assert first_error(EVERYTHING) is None


@pytest.mark.parametrize("name", vocabulary().names("queries/*.rq"))
def test_nothing_is_wrong_with_the_examples(name: str) -> None:
    assert first_error(vocabulary().text(name).replace("{base}", "http://e/")) is None


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("SELEC * {}", Place(1, 1, "S")),
        ("ASK { ?s ?p ?o . FILTER(?o > ) }", Place(1, 30, ")")),
        ("ASK { é }", Place(1, 7, "é")),
        ("ASK {\n\t?s ?p 'open\n}", Place(2, 8, "'")),
        ("SELECT * { ?s ?p ?o } ORDER ?s", Place(1, 29, "?s")),
        ("SELECT * { ?s ?p ?o }}", Place(1, 22, "}")),
        ("ASK { ?s ?p", Place(1, 12, "")),
        ("  # nothing\n", Place(1, 12, "")),
    ],
)
def test_the_first_word_that_no_query_goes_on_with(query: str, place: Place) -> None:
    assert first_error(query) == place


@pytest.mark.parametrize("text", ["ASK " + "{" * 60_000, "ASK { FILTER" + "(" * 60_000, "'" * 60_000, "\\u" * 30_000])
def test_hostile_texts_are_read_without_recursion(text: str) -> None:
    assert first_error(text)


@cache
def by_lark() -> Lark:
    """The parser that lark makes of the grammar, without the tables that are kept."""
    return Lark(grammar(), start="query", parser="lalr", lexer="contextual")


def error_by_lark(query: str) -> Place | None:
    """What lark itself says of a query."""
    try:
        by_lark().parse(query)
    except UnexpectedCharacters as error:
        return Place(error.line, error.column, query[error.pos_in_stream or 0])
    except UnexpectedToken as error:
        if error.token.type != "$END":
            return Place(error.line, error.column, str(error.token))
        text = query.rstrip()
        return Place(text.count("\n") + 1, len(text) - text.rfind("\n"), "")
    return None


def test_the_tables_are_of_the_grammar_as_it_is() -> None:
    assert read().grammar == digest(), "the grammar has changed: run `python -m ld.sparql.grammar`"


def test_the_tables_say_what_lark_says_of_every_query_that_lacks_a_word() -> None:
    places = [found.span() for found in re.finditer(r"\w+|[^\w\s]", EVERYTHING)]
    queries = [EVERYTHING[:start] + EVERYTHING[end:] for start, end in places]

    said = [error_by_lark(query) for query in queries]

    assert len({place for place in said if place}) > 50
    assert [first_error(query) for query in queries] == said
