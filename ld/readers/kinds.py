"""All kinds of sources: a module in a folder of this room that has KIND, NAME, sniff and read is one of them."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from types import ModuleType

from ld.errors import SourceError
from ld.readers import foreign

_HERE = Path(__file__).parent


def _modules() -> list[ModuleType]:
    """Return the modules of the folders, in the order of their names."""
    folders = [found for found in walk_packages([str(_HERE)], f"{__package__}.") if found.name.count(".") > 2]
    return [import_module(found.name) for found in folders]


KINDS: dict[str, ModuleType] = {module.KIND: module for module in _modules() if hasattr(module, "KIND")}


def recognised(head: bytes, place: str) -> ModuleType:
    """Return the reader of a source that begins so; raises SourceError where none knows it. No two know the same."""
    for reader in KINDS.values():
        if reader.sniff(head):
            return reader
    if name := foreign.kind_of_file(head):
        raise SourceError(
            f"{place}: {name}: not read yet: give the records as one of {listed()}, or name that with --as"
        )
    raise SourceError(f"{place}: no kind of record is recognised in it: name it with --as, one of {listed()}")


def is_recognised(head: bytes) -> bool:
    """Determine whether a reader knows a source that begins so."""
    return any(reader.sniff(head) for reader in KINDS.values())


def listed() -> str:
    """Return the kinds there are, each with its name in brackets."""
    return ", ".join(f"{kind} ({reader.NAME})" for kind, reader in KINDS.items())
