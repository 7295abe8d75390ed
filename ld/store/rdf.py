"""rdflib as it is used here: it leaves literals as they are written, and a query reads no files and no web."""

from __future__ import annotations

import rdflib
import rdflib.plugins.sparql

rdflib.NORMALIZE_LITERALS = False  # else "…Z" becomes "+00:00"
rdflib.plugins.sparql.SPARQL_LOAD_GRAPHS = False

__all__ = ["rdflib"]
