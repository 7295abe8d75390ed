"""Quality: the SHACL shapes of `vocab/shapes.ttl` over published records, reported in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import cast

import pyshacl
from msgspec import Struct
from rdflib import RDF, SH

from ld.site.documents import Document, Documents
from ld.store.rdf import rdflib
from ld.values.vocab import Vocabulary

_BATCH = 100
_WHOLE_GRAPH = "urn:shelfgraph:shape:catalogue"  # the focus of rules that run once over all
_SEVERITIES = {str(SH.Violation): "violation", str(SH.Warning): "warning", str(SH.Info): "info"}


class Finding(Struct, frozen=True):
    """One finding of a shape: how grave it is, the node, what is wrong, the value."""

    severity: str
    node: str
    message: str
    value: str = ""


class Report(Struct):
    """The findings of a validation: how many of each message, and some of them whole."""

    records: int
    violations: int
    counts: dict[str, int]
    findings: list[Finding]


def validate(documents: Documents, vocabulary: Vocabulary, *, limit: int = 0, keep: int = 100) -> Report:
    """Return what the shapes find in the documents of the records (of the first `limit`; 0 for all).

    It works in memory, batch by batch, because SHACL over a store on disk is several times slower.
    """
    shapes = rdflib.Graph().parse(data=vocabulary.text("shapes.ttl"), format="turtle")
    report = Report(0, 0, {}, [])
    counts: Counter[str] = Counter()
    for batch in _batches(islice(documents.records(), limit or None)):
        graph = rdflib.Graph()
        for record in batch:
            graph.parse(data=documents.lines(record), format="nt")
        report.records += len(batch)
        for finding in findings(graph, shapes):
            counts[f"{finding.severity}: {finding.message}"] += 1
            report.violations += finding.severity == "violation"
            if len(report.findings) < keep:
                report.findings.append(finding)
    report.counts = dict(counts.most_common())
    return report


def findings(graph: rdflib.Graph, shapes: rdflib.Graph) -> Iterator[Finding]:
    """Yield what the shapes find in the graph (SHACL §3.6, validation results), the gravest first."""
    results = results_of(graph, shapes)
    found = [_finding(results, result) for result in results.subjects(RDF.type, SH.ValidationResult)]
    order = list(_SEVERITIES.values())
    yield from sorted(
        found, key=lambda result: (order.index(result.severity), result.node, result.message, result.value)
    )


def results_of(graph: rdflib.Graph, shapes: rdflib.Graph) -> rdflib.Graph:
    """Return the validation report as a graph (SHACL §3.6)."""
    _, results, _ = pyshacl.validate(graph, shacl_graph=shapes, advanced=True, inference="none")
    rdflib.NORMALIZE_LITERALS = False  # pyshacl sets it to rdflib's default; see `ld.store.rdf`
    return cast(rdflib.Graph, results)


def _finding(results: rdflib.Graph, result: rdflib.term.Node) -> Finding:
    """Return a result in words; of a rule over the whole graph the node is the value that its query found."""
    message = results.value(result, SH.resultMessage)
    path = results.value(result, SH.resultPath)
    focus, value = str(results.value(result, SH.focusNode)), str(results.value(result, SH.value) or "")
    if focus == _WHOLE_GRAPH:
        focus, value = value, ""
    return Finding(
        severity=_SEVERITIES.get(str(results.value(result, SH.resultSeverity)), "violation"),
        node=focus,
        message=str(message or f"{path} does not conform"),
        value=value,
    )


def _batches(records: Iterable[Document]) -> Iterator[list[Document]]:
    waiting = iter(records)
    while batch := list(islice(waiting, _BATCH)):
        yield batch
