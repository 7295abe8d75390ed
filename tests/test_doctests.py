"""The examples in docstrings are true."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import ld

NAMES = sorted(
    one.name
    for one in pkgutil.walk_packages(ld.__path__, "ld.")
    if one.name not in ("ld.__main__", "ld.web.wsgi", "ld.web.wsgi_endpoint")  # they run when they are imported
)


@pytest.mark.parametrize("name", NAMES)
def test_the_examples_of_a_module(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0
