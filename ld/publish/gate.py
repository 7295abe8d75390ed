"""Nothing goes out that `validate` calls a violation by itself: such a value is left out, with a remark.

Only the demands on each value are asked here (datatype, pattern, node kind, lists), and that a text is not empty or in
blanks: each line costs some tenths of a microsecond. A value that is wrong says little of the rest of its record, so
the rest stays: only where the work or its document would break a rule without it, the record is rejected.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from ld.formats.media import Nodes
from ld.formats.ntriples import nodes
from ld.mapping.compiled import Described, Told
from ld.record import Remark
from ld.site.constraints import OfValue, text_of
from ld.site.shacl import GRAVEST, Shape, Shapes
from ld.values.vocab import Vocabulary

_BLANK = "an empty text, or blanks around it"
_ROUNDS, _EXCERPT = 4, 200
Lines = list[tuple[str, str, str]]


class Fault(Struct, frozen=True):
    """A value that a shape forbids: what says it of what, the value as N-Triples has it, and why."""

    subject: str
    predicate: str
    value: str
    message: str


class Barred(ValueError):
    """A record of which nothing can be published, and why."""


class Gate:
    """What is looked at before it is written: the demands of the shapes on single values, by property."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.shapes = Shapes(vocabulary)
        self._fits: dict[str, tuple[OfValue, ...]] = {}
        for one in (one for shape in self.shapes.targeted() for one in _strict(shape)):
            for predicate in one.path[0] if one.path else ():
                fits = tuple(constraint.alone for constraint in one.constraints if constraint.alone)
                self._fits[predicate] = self._fits.get(predicate, ()) + fits

    def record(self, described: Described) -> tuple[Described, list[Remark]]:
        """Return the description without what is forbidden, and what was left out. Raises Barred where it cannot be."""
        if not self._suspicious(described.lines):
            return described, []
        faults = list(self._faults(nodes(described.lines)[0], shared=False))
        if not faults:
            return described, []
        lines, kept = _without(described.lines, faults)
        kept, lines = self._whole(described, lines, kept)
        marks = bytes(described.marks[n] for n in kept) if described.marks else b""
        naming = sum(n < described.naming for n in kept)
        return replace(described, lines=lines, marks=marks, naming=naming), list(map(self._remark, faults))

    def thing(self, told: Told) -> tuple[Told, list[Remark]]:
        """Return what is said of a shared thing without what is forbidden, and what was left out."""
        if not self._suspicious(told.lines):
            return told, []
        faults = list(self._faults(nodes(told.lines)[0], shared=True))
        if not faults:
            return told, []
        lines, kept = _without(told.lines, faults)
        marks = bytes(told.marks[n] for n in kept) if told.marks else b""
        return replace(told, lines=lines, marks=marks), list(map(self._remark, faults))

    def _suspicious(self, lines: str) -> bool:
        """Determine whether a value may be wrong, whatever it is a value of: of nearly all documents it is none."""
        fits_of = self._fits.get
        for line in lines.split(" .\n"):
            if line:
                _, predicate, value = line.split(" ", 2)
                if value[0] == '"' and _is_blank(value):
                    return True
                for fits in fits_of(predicate, ()):
                    if not fits(value):
                        return True
        return False

    def _faults(self, graph: Nodes, *, shared: bool) -> Iterator[Fault]:
        """Yield the values that are wrong where they stand, each once.

        What others name a shared thing for (a publisher, a work) is not known here: it is held to be all of it.
        """
        found: dict[tuple[str, str], None] = {}
        for subject, said in graph.items():
            for predicate, values in said.items():
                for value in values:
                    if value[0] == '"' and _is_blank(value) and _new(found, subject, value):
                        yield Fault(subject, predicate, value, _BLANK)
        focused = self.shapes.focused(graph)
        if shared:
            focused |= {
                (node, one.number): one for some in self.shapes.by_object.values() for one in some for node in graph
            }
        for (node, _), shape in focused.items():
            for one in _strict(shape):
                for value in one.values(graph, node):
                    wrong = not all(constraint.alone(value) for constraint in one.constraints if constraint.alone)
                    if wrong and one.path and _new(found, node, value):
                        yield Fault(node, one.path[0][0], value, one.message)

    def _whole(self, described: Described, lines: str, kept: list[int]) -> tuple[list[int], str]:
        """Return which lines are kept: a part that is nothing without its value (an identifier) goes too."""
        before = self._broken(described.lines)
        for _ in range(_ROUNDS):
            broken = dict(self._broken(lines) - before)
            if not broken:
                return kept, lines
            for node, message in broken.items():
                if node == f"<{described.topic}>" or "#" not in node:  # the work or the document about it
                    raise Barred(f"{message}, without what had to be left out of it")
            faults = [Fault(node, "", "", "") for node in broken]
            lines, again = _without(lines, faults)
            kept = [kept[n] for n in again]
        return kept, lines

    def _broken(self, lines: str) -> set[tuple[str, str]]:
        """Return the nodes that break a rule of their own document, with what the rule says."""
        graph = nodes(lines)[0]
        return {
            (result.node, result.message)
            for (node, _), shape in self.shapes.focused(graph).items()
            if node in graph
            for result in shape.results(graph, node)
            if result.severity == GRAVEST[0] and result.kind != "Class"
        }

    def _remark(self, fault: Fault) -> Remark:
        field = self.vocabulary.shrink(text_of(fault.predicate))
        return Remark(field, f"left out: {fault.message}", text_of(fault.value)[:_EXCERPT])


def _strict(shape: Shape) -> Iterator[Shape]:
    """Yield the shapes of its properties whose demands on single values must be met."""
    for one in shape.properties:
        if one.severity == GRAVEST[0] and any(constraint.alone for constraint in one.constraints):
            yield one


def _without(lines: str, faults: list[Fault]) -> tuple[str, list[int]]:
    """Return the lines without those with the value of a fault, in any property of its subject; which are kept.

    A fault without a value is one of the whole node: all lines go that speak of it.
    """
    pairs = {(fault.subject, fault.value) for fault in faults if fault.value}
    whole = {fault.subject for fault in faults if not fault.value}
    kept, texts = [], []
    for n, line in enumerate(lines.split(" .\n")[:-1]):
        subject, _, value = line.split(" ", 2)
        if (subject, value) not in pairs and subject not in whole and value not in whole:
            kept.append(n)
            texts.append(f"{line} .\n")
    return "".join(texts), kept


def _new(found: dict[tuple[str, str], None], subject: str, value: str) -> bool:
    new = (subject, value) not in found
    found[subject, value] = None
    return new


def _is_blank(literal: str) -> bool:
    """Determine whether a text is empty, or begins or ends with a blank."""
    end = len(literal) - 1 if literal[-1] == '"' else literal.rindex('"')
    first, last = literal[1], literal[end - 1]
    if end > 1 and first > " " and first != "\\" and last > " " and first.isascii() and last.isascii():
        return last in "tnrf" and literal[end - 2] == "\\" and _is_edged(literal)
    return _is_edged(literal)


def _is_edged(literal: str) -> bool:
    text = text_of(literal)
    return not text or text != text.strip()
