"""What schemathesis cannot know: a query is sent as it is (SPARQL 1.1 Protocol §2.1.3)."""

from __future__ import annotations

from typing import Any

import schemathesis


@schemathesis.serializer("application/sparql-query")
def query(context: Any, value: Any) -> bytes:
    """The text itself."""
    return str(value).encode()
