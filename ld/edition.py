"""The edition of what is written: when it changes, kept source records are described anew."""

from __future__ import annotations

import unicodedata
from importlib.metadata import version

# To be raised with every change of the program after which some record, on the same tables, becomes other triples,
# other words for search, or other finished forms; `tests/test_golden.py` fails where that was forgotten.
EDITION = 8
# Languages and their tags, XML and JSON as they are read and written, check digits; the test says why no others.
_DECISIVE = ("langcodes", "language_data", "lxml", "msgspec", "pymarc", "python-stdnum")


def edition() -> str:
    """Return the edition with the versions of the libraries that decide what is written, as one line of text."""
    libraries = [f"{name} {version(name)}" for name in _DECISIVE]
    return ", ".join([str(EDITION), f"Unicode {unicodedata.unidata_version}", *libraries])
