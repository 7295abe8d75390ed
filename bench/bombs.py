"""Queries and requests that hurt other servers: what each is, how it is sent, and which answers are in order.

Most are of `../shared/HAZARDS.md` B2 and B3, where it stands what they do to an engine in the same process.
"""

from __future__ import annotations

from dataclasses import dataclass

CROSS = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i"
REGEX = "((a{1000}){1000}){1000}"
STOPPED, REFUSED, FORBIDDEN, FINE = (503, 504), (400, 413), (403,), (200,)


@dataclass(frozen=True)
class Bomb:
    """A request: its query, the statuses that are right, and how it is sent. A small site may answer some in time."""

    name: str
    query: str
    right: tuple[int, ...]
    how: str = "post"


def _doubled(n: int) -> str:
    steps = " ".join(f"BIND(CONCAT(?x{i},?x{i}) AS ?x{i + 1})" for i in range(n))
    return f'SELECT (STRLEN(?x{n}) AS ?n) {{ BIND("0123456789" AS ?x0) {steps} }}'


def _replaced(n: int) -> str:
    steps = " ".join(f'BIND(REPLACE(?x{i},".",?x0) AS ?x{i + 1})' for i in range(n))
    return f'SELECT (STRLEN(?x{n}) AS ?n) {{ BIND("{"0123456789" * 4}" AS ?x0) {steps} }}'


def bombs(canary: str) -> list[Bomb]:
    """Return all of them; `canary` is the address of a server that nobody must visit."""
    values = " ".join(f"VALUES ?v{i} {{ {' '.join(map(str, range(100)))} }}" for i in range(6))
    connectionless = " . ".join(f"?s{i} ?p{i} ?o{i}" for i in range(8))
    return [
        Bomb("COUNT over a cross product of three", f"SELECT (COUNT(*) AS ?n) {{ {CROSS} }}", STOPPED),
        Bomb("DISTINCT over a cross product", f"SELECT DISTINCT ?a ?d ?g {{ {CROSS} }}", (*STOPPED, 413)),
        Bomb("COUNT DISTINCT CONCAT", f"SELECT (COUNT(DISTINCT CONCAT(STR(?a),STR(?d))) AS ?n) {{ {CROSS} }}", STOPPED),
        Bomb("ORDER BY a cross product, LIMIT 10", f"SELECT * {{ {CROSS} }} ORDER BY ?c ?f LIMIT 10", STOPPED),
        Bomb("8 patterns without common variable", f"SELECT (COUNT(*) AS ?n) {{ {connectionless} }}", STOPPED),
        Bomb("GROUP BY a cross product", f"SELECT ?a ?d (COUNT(*) AS ?n) {{ {CROSS} }} GROUP BY ?a ?d", STOPPED),
        Bomb("CONCAT doubled 27 times", _doubled(27), STOPPED),
        Bomb("CONCAT doubled 40 times", _doubled(40), STOPPED),
        Bomb("REPLACE six times", _replaced(6), STOPPED),
        Bomb("GROUP_CONCAT over a cross product", f"SELECT (GROUP_CONCAT(?c) AS ?n) {{ {CROSS} }}", STOPPED),
        Bomb("open path (a|!a)*", "SELECT (COUNT(*) AS ?n) { ?s (<x:a>|!<x:a>)* ?o }", (*STOPPED, 200)),
        Bomb("VALUES, 100 to the power of 6", f"SELECT (COUNT(*) AS ?n) {{ {values} }}", STOPPED),
        Bomb("DESCRIBE everything", "DESCRIBE ?s { ?s ?p ?o }", (*STOPPED, 413, 200)),
        Bomb("CONSTRUCT a cross product", f"CONSTRUCT {{ ?a ?e ?i }} {{ {CROSS} }}", (*STOPPED, 413)),
        Bomb("everything", "SELECT * { ?s ?p ?o }", (*STOPPED, 413, 200)),
        Bomb("regex ((a{1000}){1000}){1000}", f'ASK {{ ?s ?p ?o FILTER(REGEX(?o,"{REGEX}")) }}', (200, 400, 504)),
        Bomb("regex ^(a+)+$", f'ASK {{ FILTER(REGEX("{"a" * 60}!","^(a+)+$")) }}', FINE),
        Bomb("groups nested 3,000", "ASK " + "{" * 3_000 + "}" * 3_000, REFUSED),
        Bomb("brackets nested 10,000", "ASK { FILTER(" + "(" * 10_000 + "1" + ")" * 10_000 + ") }", REFUSED),
        Bomb("a sum of 10,000", "ASK { FILTER(" + "+".join("1" * 10_000) + ") }", REFUSED),
        Bomb("UNION of 5,000", "ASK { " + "UNION".join(["{}"] * 5_000) + " }", REFUSED),
        Bomb("NOT EXISTS nested 1,000", "ASK " + "{ FILTER NOT EXISTS" * 1_000 + "{}" + "}" * 1_000, REFUSED),
        Bomb("CONCAT nested 1,000", "ASK { FILTER(" + "CONCAT(" * 1_000 + "'a'" + ")" * 1_000 + ") }", REFUSED),
        Bomb("sub-select nested 1,000", "ASK " + "{ SELECT * " * 1_000 + "{}" + "}" * 1_000, REFUSED),
        Bomb("path nested 10,000", "ASK { ?s " + "(" * 10_000 + "<x:p>" + ")" * 10_000 + " ?o }", REFUSED),
        Bomb("300 patterns", "ASK { " + "?s ?p ?o . " * 300 + " }", REFUSED),
        Bomb("[ ] nested 1,000", "ASK { ?s ?p " + "[<x:p> " * 1_000 + "1" + "]" * 1_000 + " }", REFUSED),
        Bomb("a list of 300", "ASK { ?s ?p (" + "1 " * 300 + ") }", REFUSED),
        Bomb("SERVICE", f"SELECT * {{ SERVICE <{canary}> {{ ?s ?p ?o }} }}", FORBIDDEN),
        Bomb("SERVICE SILENT", f"SELECT * {{ SERVICE SILENT <{canary}> {{ ?s ?p ?o }} }}", FORBIDDEN),
        Bomb("trueSERVICE", f"SELECT * {{ ?s ?p trueSERVICE <{canary}> {{ ?s ?p ?o }} }}", FORBIDDEN),
        Bomb("1e0SERVICE", f"SELECT * {{ BIND(1e0SERVICE<{canary}>{{}}) }}", (400, 403)),
        Bomb("SERVI\\u0043E", f"SELECT * {{ SERVI\\u0043E <{canary}> {{ ?s ?p ?o }} }}", (400, 403)),
        Bomb("SERVICE ?variable", f"SELECT * {{ VALUES ?x {{ <{canary}> }} SERVICE ?x {{ ?s ?p ?o }} }}", FORBIDDEN),
        Bomb("LOAD", f"LOAD <{canary}>", FORBIDDEN),
        Bomb("INSERT DATA", "INSERT DATA { <x:a> <x:b> <x:c> }", FORBIDDEN),
        Bomb("FROM <file:///etc/passwd>", "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }", FINE),
        Bomb("FROM the canary", f"SELECT * FROM <{canary}> FROM NAMED <{canary}x> {{ GRAPH ?g {{ ?s ?p ?o }} }}", FINE),
        Bomb("default-graph-uri", canary, FINE, "graph"),
        Bomb("an update in a form", "CLEAR ALL", FORBIDDEN, "update"),
        Bomb("a query of 300 kB", "ASK {} #" + "x" * 300_000, REFUSED),
        Bomb("a GET of 20 kB", "ASK {} #" + "x" * 20_000, (413, 414, 431), "get"),
        Bomb("a body of 40 MB", "", (413, 0), "huge"),
        Bomb("a body that never comes", "", (0, 400, 408), "stalled"),
        Bomb("a reader of 20 kB/s", "SELECT * { ?s ?p ?o } LIMIT 20000", FINE, "slow"),
        Bomb("a client that goes away", f"SELECT (COUNT(*) AS ?n) {{ {CROSS} }}", (0,), "leaves"),
    ]
