"""`vocab/shapes.ttl`, compiled: shapes become functions over nodes, and rules queries (SHACL Core, SHACL-SPARQL).

Beside the standard there is one word of our own, `shape:unique true`: no two things of the whole catalogue have the
same value. A shape that demands what is not understood here is refused by name, never passed over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NoReturn

from msgspec import Struct

from ld.errors import QuerySyntaxError, VocabError
from ld.formats.media import Nodes
from ld.formats.turtle import read
from ld.site import constraints as core
from ld.site.constraints import RDF, TYPE, Check, OfValue, text_of
from ld.store.engine import Query
from ld.store.oxigraph import in_memory
from ld.values.vocab import Vocabulary

SH, OWN = "http://www.w3.org/ns/shacl#", "urn:shelfgraph:shape:"
CATALOGUE = f"<{OWN}catalogue>"  # the focus of rules that run over the whole graph
SHAPES = "shapes.ttl"
_SEVERITIES = {f"<{SH}{word}>": word.lower() for word in ("Violation", "Warning", "Info")}
GRAVEST = list(_SEVERITIES.values())
_NIL = f"<{RDF}nil>"
_PASSED_OVER = frozenset(
    f"<{SH}{word}>"
    for word in (
        "path", "message", "severity", "name", "description", "order", "group", "defaultValue", "flags", "deactivated",
        "property", "sparql", "targetClass", "targetSubjectsOf", "targetObjectsOf", "targetNode",
    )
)  # fmt: skip
# Parameters that ask something of each value by itself, and those that ask of all, or of the graph.
_ALONE: dict[str, Callable[[str], OfValue]] = {
    "nodeKind": core.node_kind,
    "datatype": core.datatype,
    "minLength": lambda term: core.length(int(text_of(term)), float("inf")),
    "maxLength": lambda term: core.length(0, int(text_of(term))),
}
_TOGETHER: dict[str, Callable[[str], Check]] = {
    "minCount": lambda term: core.least(int(text_of(term))),
    "maxCount": lambda term: core.most(int(text_of(term))),
    "class": core.instance_of,
    "equals": core.equals,
    "disjoint": core.disjoint,
    "hasValue": core.has_value,
    "uniqueLang": lambda _: core.unique_language(),
}


class Result(Struct, frozen=True):
    """What a shape finds (SHACL §3.6.2): kind of constraint, severity, focus node, message, value; terms as written."""

    kind: str
    severity: str
    node: str
    message: str
    value: str = ""


class Constraint(Struct, frozen=True):
    """One demand of a shape; `alone` is there where it is a demand on each value by itself."""

    kind: str
    check: Check
    alone: OfValue | None = None


class Rule(Struct, frozen=True):
    """A query over the whole graph: `?value` is what breaks the rule."""

    severity: str
    message: str
    query: str


class Shape(Struct, eq=False):
    """A shape: of a node, or of the values of a property (then `path` is there: alternatives, one step after another).

    `number` tells it from others; `unique`: no two things have the same value.
    """

    number: int
    message: str
    severity: str
    path: tuple[tuple[str, ...], ...] | None = None
    unique: bool = False
    constraints: list[Constraint] = []
    properties: list[Shape] = []

    def values(self, graph: Nodes, focus: str) -> list[str]:
        """Return the value nodes of the focus node (§3.7), each once."""
        if self.path is None:
            return [focus]
        found = [focus]
        for step in self.path:
            nodes = [graph.get(one, {}) for one in found]
            found = list(
                dict.fromkeys(value for node in nodes for predicate in step for value in node.get(predicate, ()))
            )
        return found

    def results(self, graph: Nodes, focus: str) -> Iterator[Result]:
        """Yield what the shape and those of its properties find."""
        values = self.values(graph, focus)
        for constraint in self.constraints:
            for value in constraint.check(graph, focus, values):
                yield Result(constraint.kind, self.severity, focus, self.message, value)
        for value in values:
            for one in self.properties:
                yield from one.results(graph, value)

    def conforms(self, graph: Nodes, node: str) -> bool:
        """Determine whether the shape finds nothing, however slight."""
        return next(self.results(graph, node), None) is None

    def uniques(self) -> Iterator[Shape]:
        """Yield the shapes of its properties whose values no two things share."""
        return (one for one in self.properties if one.unique)


class Shapes:
    """All shapes of a vocabulary, compiled. Raises VocabError where they are no Turtle, or say what is unknown here."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.place, self.text = vocabulary.path(SHAPES), vocabulary.text(SHAPES)
        self.graph = read(self.text, self.place.name)
        self.by_class: dict[str, list[Shape]] = {}
        self.by_subject: dict[str, list[Shape]] = {}
        self.by_object: dict[str, list[Shape]] = {}
        self.by_node: dict[str, list[Shape]] = {}
        self.rules: list[Rule] = []
        self.all: list[Shape] = []
        self._within = ""  # the shape that is being compiled
        for node, said in self.graph.items():
            if f"<{SH}NodeShape>" in said.get(TYPE, ()) and CATALOGUE not in self._values(node, "targetNode"):
                self._target(node)
            elif f"<{SH}NodeShape>" in said.get(TYPE, ()):
                self.rules += [self._rule(one, node) for one in self._values(node, "sparql")]

    def targeted(self) -> list[Shape]:
        """Return the shapes that speak of nodes by themselves, not as a part of others, each once."""
        indexes = (self.by_class, self.by_subject, self.by_object, self.by_node)
        found = {one.number: one for index in indexes for some in index.values() for one in some}
        return list(found.values())

    def focused(self, own: Nodes) -> dict[tuple[str, int], Shape]:
        """Return the shapes that speak of nodes of the graph (SHACL §2.1.3), by node and number."""
        found: dict[tuple[str, int], Shape] = {}
        for node, said in own.items():
            for shape in self.by_node.get(node, ()):
                found[node, shape.number] = shape
            for cls in said.get(TYPE, ()):
                for shape in self.by_class.get(cls, ()):
                    found[node, shape.number] = shape
            for predicate in said.keys() & self.by_subject.keys():
                for shape in self.by_subject[predicate]:
                    found[node, shape.number] = shape
            for predicate in said.keys() & self.by_object.keys():
                for shape in self.by_object[predicate]:
                    found |= {(value, shape.number): shape for value in said[predicate]}
        return found

    # -- compiling -----------------------------------------------------------------------------------------------------

    def _target(self, node: str) -> None:
        self._within = node
        shape = self._shape(node)
        for kind, index in (
            ("targetClass", self.by_class), ("targetSubjectsOf", self.by_subject),
            ("targetObjectsOf", self.by_object), ("targetNode", self.by_node),
        ):  # fmt: skip
            for target in self._values(node, kind):
                index.setdefault(target, []).append(shape)

    def _shape(self, node: str) -> Shape:
        said = self.graph.get(node, {})
        for predicate in said:
            if predicate.startswith(f"<{SH}") and predicate not in _PASSED_OVER and not self._known(predicate):
                self._refuse(f"{_word(predicate)} is not checked here: say it in sh:sparql", _word(predicate))
        if self._values(node, "sparql"):
            self._refuse("sh:sparql stands only in a shape with sh:targetNode shape:catalogue here", "sh:sparql")
        path = next(iter(self._values(node, "path")), None)
        message = next(iter(self._values(node, "message")), "")
        active = '"true"' not in [value.partition("^^")[0] for value in self._values(node, "deactivated")]
        shape = Shape(
            number=len(self.all),
            message=text_of(message) if message else f"{text_of(path or node)} does not conform",
            severity=self._severity(node),
            path=self._path(path) if path else None,
            unique=bool(said.get(f"<{OWN}unique>")),
        )
        self.all.append(shape)  # before those in it
        if active:
            shape.constraints = self._constraints(node)
            shape.properties = [self._shape(one) for one in self._values(node, "property")]
        return shape

    def _known(self, predicate: str) -> bool:
        word = predicate.rpartition("#")[2].rstrip(">")
        return word in _ALONE or word in _TOGETHER or word in ("pattern", "in", "languageIn", *_LOGIC)

    def _constraints(self, node: str) -> list[Constraint]:
        found = [_alone(word, make(term)) for word, make in _ALONE.items() for term in self._values(node, word)]
        flags = "".join(map(text_of, self._values(node, "flags")))
        for term in self._values(node, "pattern"):
            found.append(_alone("pattern", self._pattern(text_of(term), flags)))
        for term in self._values(node, "in"):
            found.append(_alone("in", core.one_of(self._list(term))))
        for term in self._values(node, "languageIn"):
            found.append(_alone("languageIn", core.language_in(map(text_of, self._list(term)))))
        for word, together in _TOGETHER.items():
            found += [Constraint(_kind(word), together(term)) for term in self._values(node, word)]
        for word, fits in _LOGIC.items():
            for term in self._values(node, word):
                members = self._list(term) if word in ("and", "or", "xone") else [term]
                found.append(_logical(word, [self._shape(one) for one in members], fits))
        return found

    def _pattern(self, wanted: str, flags: str) -> OfValue:
        try:
            return core.pattern(wanted, flags)
        except (re.error, KeyError) as error:
            self._refuse(f"'{wanted}' is no pattern: {error}", wanted)

    def _rule(self, node: str, shape: str) -> Rule:
        self._within = node
        message, select = (next(iter(self._values(node, word)), '""') for word in ("message", "select"))
        if select == '""':
            self._refuse("a rule without sh:select", "")
        declared = (one for ontology in self._values(node, "prefixes") for one in self._values(ontology, "declare"))
        prefixes = (
            f"PREFIX {text_of(*self._values(one, 'prefix'))}: <{text_of(*self._values(one, 'namespace'))}>\n"
            for one in declared
        )
        query = "".join(prefixes) + text_of(select)
        try:
            in_memory([]).answer(Query(query))
        except QuerySyntaxError as error:
            self._refuse(f"its sh:select is no query: {error}", "sh:select")
        return Rule(self._severity(shape), text_of(message), query)

    def _severity(self, node: str) -> str:
        return next((_SEVERITIES[one] for one in self._values(node, "severity") if one in _SEVERITIES), GRAVEST[0])

    def _path(self, path: str) -> tuple[tuple[str, ...], ...]:
        """Return a path of properties (§2.3.1): one, alternatives, or one after the other."""
        if path[0] == "<":
            return ((path,),)
        alternatives = self._values(path, "alternativePath")
        if alternatives:
            return (tuple(self._list(alternatives[0])),)
        steps = self._list(path)
        if not steps or any(step[0] != "<" for step in steps):
            near = _word(next(iter(self.graph.get(path, {})), "sh:path"))
            self._refuse("of paths, only properties, their alternatives and sequences are walked here", near)
        return tuple((step,) for step in steps)

    def _values(self, node: str, word: str) -> list[str]:
        return list(self.graph.get(node, {}).get(f"<{SH}{word}>", ()))

    def _list(self, node: str) -> list[str]:
        """Return the members of an RDF list."""
        members: list[str] = []
        while node != _NIL and node in self.graph:
            members += self.graph[node].get(f"<{RDF}first>", {})
            node = next(iter(self.graph[node].get(f"<{RDF}rest>", {})), _NIL)
        return members

    def _refuse(self, reason: str, near: str) -> NoReturn:
        """Raise VocabError that names the shape, and the line where what is refused stands: behind the shape's name."""
        name = text_of(self._within).replace(OWN, "shape:")
        lines = self.text.split("\n")
        begun = next((n for n, line in enumerate(lines) if line.startswith(f"{name} ")), 0)
        line = next((n for n in range(begun, len(lines)) if near in lines[n]), begun)
        raise VocabError(f"{self.place.name}:{line + 1}: {name}: {reason}")


def _word(predicate: str) -> str:
    """Return the name of a term of SHACL as shapes have it."""
    return f"sh:{predicate.rpartition('#')[2].rstrip('>')}"


def _kind(word: str) -> str:
    return word[0].upper() + word[1:]


def _alone(word: str, fits: OfValue) -> Constraint:
    return Constraint(_kind(word), core.each(fits), fits)


_LOGIC: dict[str, Callable[[list[bool]], bool]] = {
    "not": lambda told: not told[0],
    "node": lambda told: told[0],
    "and": all,
    "or": any,
    "xone": lambda told: sum(told) == 1,
}
"""What the answers of the shapes must be together (§4.6)."""


def _logical(word: str, shapes: list[Shape], fits: Callable[[list[bool]], bool]) -> Constraint:
    def check(graph: Nodes, _: str, values: list[str]) -> list[str]:
        return [value for value in values if not fits([one.conforms(graph, value) for one in shapes])]

    simple = all(one.path is None and not one.properties and all(c.alone for c in one.constraints) for one in shapes)
    return Constraint(_kind(word), check, (lambda term: not check({}, term, [term])) if simple else None)
