"""Tables of results, which the engine writes: JSON, XML, CSV, TSV (SPARQL 1.1 Query Results), and how each is cut."""

from __future__ import annotations

import re

from pyoxigraph import QueryResultsFormat

from ld.formats.jsonld import JSON
from ld.formats.media import XML, Format, Of, Table, register

_BETWEEN_OBJECTS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|\}(,)\{')
_BETWEEN_ELEMENTS = re.compile(rb"</result>()<result>")
_BETWEEN_RECORDS = re.compile(rb'"[^"]*+"|\r\n()(?=.)', re.DOTALL)
_BETWEEN_LINES = re.compile(rb"\n()(?=.)", re.DOTALL)

RESULTS_JSON = register(
    Format(
        JSON.key,
        "application/sparql-results+json",
        "JSON",
        (JSON.media_type,),
        charset=False,
        of={Of.RESULTS: 1},
        table=Table(QueryResultsFormat.JSON, _BETWEEN_OBJECTS, b"]}}"),
        w3c="SPARQL_Results_JSON",
    )
)
RESULTS_XML = register(
    Format(
        XML.key,
        "application/sparql-results+xml",
        "XML",
        (XML.media_type, *XML.aliases),
        charset=False,
        of={Of.RESULTS: 2},
        table=Table(QueryResultsFormat.XML, _BETWEEN_ELEMENTS, b"</results></sparql>"),
        w3c="SPARQL_Results_XML",
    )
)
CSV = register(
    Format(
        "csv",
        "text/csv",
        "CSV",
        of={Of.RESULTS: 3},
        table=Table(QueryResultsFormat.CSV, _BETWEEN_RECORDS, heads=1),
        w3c="SPARQL_Results_CSV",
    )
)
TSV = register(
    Format(
        "tsv",
        "text/tab-separated-values",
        "TSV",
        of={Of.RESULTS: 4},
        table=Table(QueryResultsFormat.TSV, _BETWEEN_LINES, heads=1),
        w3c="SPARQL_Results_TSV",
    )
)
