"""Formulas of MathML 3 become text that says the same: a fraction keeps its bar, a root its sign, a power its place.

What has no sign of its own in Unicode is written as people type it: x^n, (a+b)/2. The text is no mathematics, it only
must not say another number: one half is not twelve, uranium 235 is not U235 or "U92235".
"""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec import Struct

_TAG = re.compile(r"<(/?)(?:[A-Za-z][\w.-]{0,40}:)?([A-Za-z][\w-]{0,40})((?:\s[^<>]*+)?)(/?)>")
_HIDDEN = ("annotation", "annotation-xml", "none", "mprescripts", "maligngroup", "malignmark")
_RAISED = str.maketrans("0123456789+-\u2212()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾")
_LOWERED = str.maketrans("0123456789+-\u2212()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₍₎")
_SIGNED = re.compile(r"[0-9+\u2212()-]+")
_ONE = re.compile(r"\w+|\W")
_DEEPEST = 60


class _Element(Struct):
    """An element with the elements in it, and the texts between them as elements without a name."""

    name: str = ""
    text: str = ""
    inner: list[_Element] = []

    def parts(self) -> list[_Element]:
        """Return what the element is made of, without the white space of the file."""
        return [one for one in self.inner if one.name or one.text.strip()]


def spelled(text: str) -> str:
    """Return the text with each formula written in a line within `<math>`; what is not well formed stays as it is.

    >>> spelled("<math><mfrac><mn>1</mn><mn>2</mn></mfrac></math> <m:math><m:msqrt><m:mi>x</m:mi></m:msqrt></m:math>")
    '<math>1/2</math> <math>√x</math>'
    """
    kept, at, start = list[str](), 0, 0
    open_: list[_Element] = []
    for tag in _TAG.finditer(text):
        name = tag[2].lower()
        if not open_:
            if name == "math" and not tag[1] and not tag[4]:
                open_, start, at_tag = [_Element("math", inner=[])], at, tag.start()
                inside = tag.end()
            continue
        open_[-1].inner.append(_Element(text=text[inside : tag.start()]))
        inside = tag.end()
        if not tag[1]:
            element = _Element(name, inner=[])
            open_[-1].inner.append(element)
            if not (tag[4] or tag[3].endswith("/")) and len(open_) < _DEEPEST:
                open_.append(element)
        elif open_[-1].name != name:
            open_ = []
        elif len(open_) > 1:
            open_.pop()
        else:
            kept += text[start:at_tag], f"<math>{_line(open_.pop())}</math>"
            at = tag.end()
    return "".join([*kept, text[at:]]) if kept else text


def _line(element: _Element) -> str:
    """Return the element as text in a line."""
    if element.name in _HIDDEN:
        return ""
    if element.name in _WRITTEN and (parts := element.parts()):
        return _WRITTEN[element.name](parts)
    if element.name == "mspace":
        return " "
    return element.text + "".join(map(_line, element.inner))


def _fraction(parts: list[_Element]) -> str:
    return "/".join(_whole(_line(part)) for part in parts)


def _square_root(parts: list[_Element]) -> str:
    return "√" + _whole("".join(map(_line, parts)))


def _root(parts: list[_Element]) -> str:
    index = "".join(map(_line, parts[1:])).strip()
    return (_high(index, "") or index) + "√" + _whole(_line(parts[0]))


def _power(parts: list[_Element]) -> str:
    return _line(parts[0]).strip() + _raised("".join(map(_line, parts[1:])).strip())


def _index(parts: list[_Element]) -> str:
    return _line(parts[0]).strip() + _lowered("".join(map(_line, parts[1:])).strip())


def _index_and_power(parts: list[_Element]) -> str:
    return _index(parts[:2]) + _raised("".join(map(_line, parts[2:])).strip())


def _scripts(parts: list[_Element]) -> str:
    """Return a base with what stands around it: pairs of a lower and an upper sign, those before it after a mark."""
    names = [part.name for part in parts]
    mark = names.index("mprescripts") if "mprescripts" in names else len(parts)
    before, behind = parts[mark + 1 :], parts[1:mark]
    return _pairs(before) + _line(parts[0]).strip() + _pairs(behind)


def _pairs(parts: list[_Element]) -> str:
    """Return the signs, each raised before the lowered: ²³⁵₉₂."""
    lines = [_line(part).strip() for part in parts]
    return "".join(
        _high(upper, upper) + _lowered(lower)
        for lower, upper in zip(lines[::2], [*lines[1::2], *([""] * (len(lines) % 2))], strict=True)
    )


def _high(text: str, otherwise: str) -> str:
    return text.translate(_RAISED) if _SIGNED.fullmatch(text) else otherwise


def _raised(text: str) -> str:
    """Return an upper sign: with its own characters, as itself where it is no letter, else behind "^"."""
    if not any(map(str.isalnum, text)):
        return _high(text, text)
    return _high(text, f"^{_whole(text)}")


def _lowered(text: str) -> str:
    return text.translate(_LOWERED) if _SIGNED.fullmatch(text) else text


def _whole(text: str) -> str:
    """Return the text, in parentheses where it is more than one number or word."""
    text = text.strip()
    return text if _ONE.fullmatch(text) or (text[:1] == "(" and text[-1:] == ")") else f"({text})"


def _meant(parts: list[_Element]) -> str:
    return _line(parts[0])


_WRITTEN: dict[str, Callable[[list[_Element]], str]] = {
    "mfrac": _fraction,
    "msqrt": _square_root,
    "mroot": _root,
    "msup": _power,
    "msub": _index,
    "msubsup": _index_and_power,
    "mmultiscripts": _scripts,
    "semantics": _meant,
}
