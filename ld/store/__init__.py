"""The triples of a generation, in an engine.

oxigraph     Oxigraph on disk
"""

from ld.store.oxigraph import dataset

__all__ = ["dataset"]
