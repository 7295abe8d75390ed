"""All forms: every file of this room that registers one has been read when this one has.

What is offered, linked, described, counted and compressed is one of these rows, made once.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

from ld import formats
from ld.formats.media import Format, Of, forms, registered

for _file in iter_modules(formats.__path__):
    import_module(f"{formats.__name__}.{_file.name}")

DOCUMENT = forms(Of.DOCUMENT)
CITATION = forms(Of.CITATION)
RECORD = (*DOCUMENT, *CITATION)
GRAPH = forms(Of.GRAPH)
RESULTS = forms(Of.RESULTS)
LINKED = tuple(form for form in DOCUMENT if form.linked)
APPENDED = tuple(form for form in RECORD if form.append)
PACKED = tuple(form for form in RECORD if form.packed)
EVERY = registered()

_ENDINGS = [(f".{form.key}", form) for form in sorted(RECORD, key=lambda form: len(form.key), reverse=True)]


def by_extension(path: str) -> Iterator[tuple[str, Format]]:
    """Yield the path without each extension of a form that it ends with, and the form; the longest extension first."""
    for ending, form in _ENDINGS:
        if path.endswith(ending) and len(path) > len(ending):
            yield path[: -len(ending)], form
