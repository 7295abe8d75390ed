"""TriG (RDF 1.1 TriG): the same triples as in Turtle, and as there in the default graph.

A document could name its own graph, but our store has no named graphs, and a client would ask it in vain for the one
it has read of here; with the default graph what is loaded from documents, dumps and the endpoint is one and the same.
TriG writes that graph as Turtle does (§2.2), so what is kept of Turtle is sent.
"""

from __future__ import annotations

from pyoxigraph import RdfFormat

from ld.formats.media import Format, Of, register
from ld.formats.turtle import TURTLE, append

TRIG = register(
    Format(
        "trig",
        "application/trig",
        "TriG",
        ("application/x-trig",),
        of={Of.DOCUMENT: 7, Of.GRAPH: 5},
        write=lambda shown: shown.made(TURTLE),
        engine=RdfFormat.TRIG,
        prefixed=True,
        append=append,
        w3c="TriG",
    )
)
