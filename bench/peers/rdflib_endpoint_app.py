"""rdflib-endpoint over the store of a published generation, for uvicorn; BENCH_STORE names its folder."""

from __future__ import annotations

import os

import pyoxigraph
from oxrdflib import OxigraphStore
from rdflib import Dataset
from rdflib_endpoint import SparqlEndpoint

store = OxigraphStore(store=pyoxigraph.Store.read_only(os.environ["BENCH_STORE"]))
app = SparqlEndpoint(graph=Dataset(store=store, default_union=True), path="/", enable_update=False)
