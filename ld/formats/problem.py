"""The form of an error (RFC 9457): whoever takes any JSON takes it too."""

from __future__ import annotations

from ld.formats.jsonld import JSON, JSONLD
from ld.formats.media import Format, register

PROBLEM = register(
    Format("problem", "application/problem+json", "Problem", (JSON.media_type, JSONLD.media_type), charset=False)
)
