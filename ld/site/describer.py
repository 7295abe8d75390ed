"""The answer to a DESCRIBE is the document of the thing, so that SPARQL and HTTP give the same graph."""

from __future__ import annotations

from ld.site.generation import Generation
from ld.sparql.pool import Describe
from ld.values import names


def describer(live: Generation) -> Describe:
    """Return a function that gives the N-Triples of the document about a thing.

    The function must not hold the generation itself: when that is gone, the workers end.
    """
    known = live.documents

    def describe(iri: str) -> bytes | None:
        path = names.decoded(iri.partition("#")[0].removeprefix(known.base))
        found = known.get(path) if iri.startswith(known.base) else None
        return known.lines(found).encode() if found and not found.gone else None

    return describe
