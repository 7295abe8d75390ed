"""The triples of a generation, in an engine; another kind of engine is one further file.

rdf          rdflib, which leaves literals as they are
engine       what a triple store must do, and how one is chosen
oxigraph     Oxigraph on disk
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ld.store.engine import opened

if TYPE_CHECKING:
    import rdflib

__all__ = ["dataset"]


def dataset(directory: Path | str) -> rdflib.Dataset:
    """Return the store of a generation as an rdflib Dataset for Python users (read only).

    Its default graph holds all triples; SPARQL given as text is answered by the engine.
    """
    return opened(Path(directory)).view()
