"""Terms of N-Triples: how a literal or an IRI is written, in the one canonical form (RDF 1.1 N-Triples §4)."""

from __future__ import annotations

import re
from collections.abc import Callable
from json.encoder import encode_basestring
from typing import Any

from ld.memo import Memory
from ld.summary import Ref, Text
from ld.values import addresses
from ld.values.text import writable

_XSD = "http://www.w3.org/2001/XMLSchema#"
_EDTF = "http://id.loc.gov/datatypes/edtf"
_SCHEMA_DATE = "http://schema.org/Date"
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}

Write = Callable[[Any], str]
"""Gives a value of a field as a term of N-Triples."""


# -- terms ---------------------------------------------------------------------------------------------------------


def quoted(text: str) -> str:
    """Return the text as a quoted N-Triples string: it has the escapes of JSON (RFC 8259 §7, N-Triples §7).

    >>> print(quoted('say "no"'))
    "say \\"no\\""
    """
    return encode_basestring(text)


def unescaped(text: str) -> str:
    """Return the text of a quoted N-Triples string."""
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)) if match[1] else _ESCAPES.get(match[2], match[2]), text)


def _text(value: Text | str) -> str:
    if isinstance(value, str):
        return encode_basestring(value)
    return f"{encode_basestring(value.text)}@{value.tag.lower()}" if value.tag else encode_basestring(value.text)


def _string(value: Text | str) -> str:
    return encode_basestring(writable(value if type(value) is str else value.text))  # type: ignore[union-attr]  # a Text


def _date(value: Any) -> str:
    datatype = _EDTF if value.datatype == "edtf" else _XSD + value.datatype
    return f"{encode_basestring(value.value)}^^<{datatype}>"


def _typed(datatype: str) -> Write:
    return lambda value: f"{encode_basestring(value)}^^<{datatype}>"


def _integer(value: str) -> str:
    return f'"{int(value)}"^^<{_XSD}integer>'


def iris() -> Write:
    """Return what writes IRIs. Those of things of the site were minted of encoded parts; all others are checked."""
    checked = Memory(checked_iri)
    return lambda value: f"<{value.iri}>" if type(value) is Ref else checked[value]


def checked_iri(iri: str) -> str:
    if not addresses.is_iri(iri):
        raise ValueError(f"not an IRI that can be written: {iri[:300]!r}")
    return f"<{iri}>"


WRITERS: dict[str, Write] = {
    "text": _text,
    "string": _string,
    "iri": checked_iri,
    "date": _date,
    "gYear": _typed(_XSD + "gYear"),
    "dateTime": _typed(_XSD + "dateTime"),
    "boolean": _typed(_XSD + "boolean"),
    "integer": _integer,
    "schemaDate": _typed(_SCHEMA_DATE),
    "edtf": _typed(_EDTF),
}
