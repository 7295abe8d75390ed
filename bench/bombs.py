"""Queries, requests and searches that hurt servers: what each is, how it is sent, and which answers are in order.

Most of the queries are of `../shared/HAZARDS.md` B2 and B3, where it stands what they do to an engine in the same
process.
"""

from __future__ import annotations

from dataclasses import dataclass

CROSS = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i"
REGEX = "((a{1000}){1000}){1000}"
PARTS = ("all", "stopped", "answered")
STOPPED, REFUSED, FORBIDDEN, FINE = (503, 504), (400, 413), (403,), (200,)


@dataclass(frozen=True)
class Bomb:
    """A request: its query, the statuses that are right, and how it is sent. A small site may answer some in time."""

    name: str
    query: str
    right: tuple[int, ...]
    how: str = "post"

    @property
    def part(self) -> str:
        """What a limit may stop, or what is answered in any case."""
        return "stopped" if self.how == "leaves" or not {503, 504}.isdisjoint(self.right) else "answered"


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


def searches() -> dict[str, bytes]:
    """Return what is sent as the text of a search: all that a parser of queries may trip over, by name."""
    letters = [chr(97 + n) for n in range(26)]
    pairs = [f"{one} {other}" for one in letters for other in letters]
    texts = {
        "990 brackets open": "(" * 990,
        "10,000 brackets open": "(" * 10_000,
        "brackets nested": "(" * 490 + "a" + ")" * 490,
        "brackets closed": ")" * 990,
        "fields nested": "title:(" * 140,
        "signs nested": "-(+(" * 240,
        "square and curly": "[{" * 490,
        "operators nested": "(a OR NOT (b AND " * 58,
        "operators alone": "AND OR NOT " * 90,
        "quotes": '"' * 999,
        "quotes open": '"a ' * 331,
        "quotes escaped": '\\"' * 499,
        "quotes of all kinds": "“”„«»‘’'`" * 110,
        "slashes": "/" * 999,
        "regex": "/((a{1000}){1000}){1000}/ title:/.*/ /(a+)+$/ /[/",
        "ranges": "year:[1900 TO 2000] title:{a TO z} [* TO *] {",
        "ranges open": "year:[1 TO " * 90,
        "comparisons": "year:>1900 year:<=2000 rank:>=0 >",
        "sets": "title: IN [" + "a " * 490 + "]",
        "boosts": "a^99999999999 b^-1 ^" + "^" * 900,
        "slop": '"a b"~99999999999999999999 ~' + "~" * 900,
        "escapes": "\\" * 999,
        "minus signs": "-" * 999,
        "plus signs": "+" * 999,
        "stars": "*" * 999,
        "stars between": "*:* " + "a*b*" * 240,
        "colons": ":" * 999,
        "fields open": "title:" * 166,
        "fields that are none": " ".join(f"{one}:{one}" for one in ("path", "label", "rank", "exact", "text", "_")),
        "a word of 1,000": "x" * 1_000,
        "a word of 60,000": "x" * 60_000,
        "a prefix of 39": "x" * 39 + "*",
        "words by the hundred": " ".join("the of and in a to for with by on" for _ in range(30)),
        "one letter each": " ".join(letters * 19),
        "a phrase of 499": '"' + "a " * 499 + '"',
        "phrases by the hundred": " ".join(f'"{pair}"' for pair in pairs[:166]),
        "hyphens": " ".join(pair.replace(" ", "-") for pair in pairs[:250]),
        "prefixes": " ".join(f"a{one}*" for one in letters * 9),
        "all excluded": " ".join(f"-{one}" for one in letters),
        "phrases excluded": " ".join(f'-"{pair}"' for pair in pairs[:140]),
        "years and types": "year:201* type:b* " * 55,
        "NULs": "\0" * 999,
        "NULs between": 'title:\0"\0a\0 b"\0*',
        "control characters": "".join(map(chr, range(1, 32))) * 32,
        "combining marks": "a" + "\u0301" * 998,
        "marks alone": "\u0301\u20dd\u0489" * 333,
        "right to left": "\u202e\u05e9\u05dc\u05d5\u05dd \u2067\u0645\u0631\u062d\u0628\u0627\u2069 " * 50,
        "joined emoji": "\U0001f468\u200d\U0001f469\u200d\U0001f467 " * 160,
        "ends of lines": "a\r\n\u2028\u2029\x85b " * 140,
        "letters that grow": "\u0130\ufb03\u1e9e\u0390" * 240,
        "above the first plane": "\U00020000" * 999,
        "last of all characters": "\U0010ffff\ufffe" * 490,
    }
    bytes_ = {"no UTF-8": b"\xff\xfe\xc0\x80" * 240, "surrogates": b"\xed\xa0\x80" * 330, "half a letter": b"a\xe4\xb8"}
    return {name: text.encode() for name, text in texts.items()} | bytes_
