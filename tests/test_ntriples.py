"""N-Triples: any graph is read back as it was, and its nodes hold what its lines say, once and in order."""

from __future__ import annotations

import pytest
from graphs import GRAPHS, PREFIXES
from hypothesis import given, settings
from pyoxigraph import RdfFormat, Triple, parse

from ld.formats.media import Format
from ld.formats.ntriples import nodes, ntriples, serialized, triples, whole
from ld.formats.table import GRAPH


@settings(deadline=None)
@given(GRAPHS)
def test_any_graph_is_read_back_as_it_was(graph: list[Triple]) -> None:
    lines = ntriples(graph)

    assert triples(lines) == triples(lines.encode()) == graph
    assert [quad.triple for quad in parse(lines.encode(), RdfFormat.N_TRIPLES)] == graph


@settings(deadline=None)
@given(GRAPHS)
def test_nodes_say_what_the_lines_say(graph: list[Triple]) -> None:
    found, _ = nodes(ntriples(graph))
    said = [
        f"{subject} {predicate} {value} .\n"
        for subject, node in found.items() for predicate, values in node.items() for value in values
    ]  # fmt: skip

    assert set(triples("".join(said))) == set(graph)
    assert len(said) == len(set(graph))


def test_nodes_and_values_keep_their_order() -> None:
    lines = ["<b> <p> <x> .\n", "<a> <q> <y> .\n", "<b> <o> <x> .\n", "<b> <p> <w> .\n", "<b> <p> <x> .\n"]

    assert nodes("".join(lines))[0] == {
        "<b>": {"<p>": {"<x>": None, "<w>": None}, "<o>": {"<x>": None}}, "<a>": {"<q>": {"<y>": None}},
    }  # fmt: skip
    assert list(nodes("".join(lines))[0]) == ["<b>", "<a>"]


@pytest.mark.parametrize(
    ("values", "language"),
    [
        ([], ""), (['"x"'], ""), (['"x"@de', '"y"@en', '"z"@en'], "en"), (['"x"@en', '"y"@de'], "de"),
        (['"x"@de', '"x"@de', '"y"@en'], "de"), (['"x@en"'], ""), (["<http://x/@en>"], ""),
        (['"x"^^<http://x/@en>'], ""),
        (["_:b@en"], ""),
    ],
)  # fmt: skip
def test_the_language_is_that_of_most_literals(values: list[str], language: str) -> None:
    """Of two that are as common it is the first in the alphabet: the same graph always has the same."""
    assert nodes("".join(f"<a> <p{n}> {value} .\n" for n, value in enumerate(values)))[1] == language


@pytest.mark.parametrize("rest", ["<a> <b> <c>", "<a> <b> <c> .", "\n", "<a> <b> <c>.\n"])
def test_what_is_no_line_of_ours_is_refused(rest: str) -> None:
    with pytest.raises(ValueError, match="not a line of N-Triples: "):
        nodes("<a> <b> <c> .\n" + rest)


def test_a_line_ends_at_a_line_feed_only_and_stands_once() -> None:
    line = '<a> <b> "x\u2028y\u0085z" .'

    assert whole(f"{line}\n<c> <d> <e> .\n{line}\n") == f"{line}\n<c> <d> <e> .\n"


@pytest.mark.parametrize("form", [form for form in GRAPH if form.engine], ids=lambda form: form.key)
@settings(deadline=None)
@given(graph=GRAPHS)
def test_the_engine_writes_any_graph_in_every_form_of_answers(form: Format, graph: list[Triple]) -> None:
    try:
        data = serialized(graph, form, PREFIXES if form.prefixed else {})
    except ValueError:
        assert form.is_xml  # it has no name for each property
        return

    assert {quad.triple for quad in parse(data, form.engine)} == set(graph)
