"""All values of a source record by its own names of fields, whatever is read of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

_SCALARS = (str, int, float)
Values = dict[str, list[str]]


def of_json(document: Any) -> Values:
    """Return the values of a JSON document by the names that lead to them; lists have no name.

    >>> of_json({"bibjson": {"title": "A title", "author": [{"name": "Doe"}, {"name": "Roe"}]}, "n": None})
    {'bibjson.title': ['A title'], 'bibjson.author.name': ['Doe', 'Roe']}
    """
    values: Values = {}
    for path, value in _inside(document, ""):
        values.setdefault(path, []).append(value)
    return values


def _inside(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, one in value.items():
            yield from _inside(one, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for one in value:
            yield from _inside(one, path)
    elif isinstance(value, _SCALARS):
        yield path, str(value)


def of_xml(element: etree._Element) -> Values:
    """Return the texts of the elements below, and the values of their attributes, by local names.

    "author/name" is an element in an element, "title@lang" an attribute.
    """
    values: Values = {}
    for path, value in _below(element, ""):
        values.setdefault(path, []).append(value)
    return values


def _below(element: etree._Element, path: str) -> Iterator[tuple[str, str]]:
    for child in element.iterchildren(tag=etree.Element):
        name = etree.QName(child).localname
        here = f"{path}/{name}" if path else name
        for attribute, value in child.items():
            if not str(attribute).startswith("{http://www.w3.org/2001/XMLSchema-instance}"):
                yield f"{here}@{etree.QName(attribute).localname}", str(value)
        if child.text and not child.text.isspace():
            yield here, child.text
        yield from _below(child, here)
