"""N-Triples: lines become triples or nodes, and triples become lines (RDF 1.1 N-Triples)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import cast

from pyoxigraph import RdfFormat, Triple, parse, serialize

from ld.formats.media import TEXT, Format, Nodes, Of, register


def triples(lines: bytes | str) -> list[Triple]:
    """Return the triples of N-Triples lines, in their order."""
    data = lines.encode() if isinstance(lines, str) else lines
    return [quad.triple for quad in parse(data, format=RdfFormat.N_TRIPLES)]


def ntriples(graph: Iterable[Triple]) -> str:
    """Return the triples as N-Triples (RDF 1.1 N-Triples), one line each, in their order."""
    return "".join(f"{triple.subject} {triple.predicate} {triple.object} .\n" for triple in graph)


def serialized(graph: Iterable[Triple], form: Format, prefixes: dict[str, str]) -> bytes:
    """Return the triples in a form of graphs as the engine writes it: that is quick, and not made to be read."""
    return cast(bytes, serialize(graph, format=form.engine, prefixes=prefixes or None))


def whole(lines: str) -> str:
    """Return the lines, each once. They end at line feeds only: other ends of lines may stand in a literal."""
    return "\n".join(dict.fromkeys(lines.split("\n")))


def nodes(lines: str) -> tuple[Nodes, str]:
    """Return the nodes of N-Triples lines and the language most of their literals have.

    The lines must be as we write them: one space between terms, no comments.
    """
    # Not splitlines: a literal may hold U+2028 and other characters that end a line there.
    *facts, rest = lines.split(" .\n")
    if rest:
        raise ValueError(f"not a line of N-Triples: {rest[:200]!r}")
    found: Nodes = {}
    tags = []
    last = ""
    for fact in facts:
        subject, predicate, value = fact.split(" ", 2)
        if subject != last:
            node = found.setdefault(subject, {})
            last = subject
        values = node.get(predicate)
        if values is None:
            node[predicate] = {value: None}
        elif value in values:
            continue
        else:
            values[value] = None
        if value[-1] not in '">' and value[0] == '"':
            tags.append(value.rpartition("@")[2])
    counts = Counter(tags)
    return found, min(counts, key=lambda tag: (-counts[tag], tag), default="")


NTRIPLES = register(
    Format(
        "nt",
        "application/n-triples",
        "N-Triples",
        (TEXT.media_type, "text/ntriples"),
        of={Of.DOCUMENT: 5, Of.GRAPH: 2},
        write=lambda shown: whole(shown.lines).encode(),
        engine=RdfFormat.N_TRIPLES,
        append=lambda shown, _: shown.lines.encode(),
        w3c="N-Triples",
    )
)
