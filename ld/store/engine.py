"""What a triple store must do to serve here, and how one is chosen; each kind is one further file of this room.

The triples of a generation are in one store, all in its default graph. A kind has a word, which is the name of its file
(`oxigraph`), and the file says which of its classes it is (`KIND`). A site chooses by the setting `engine`: the word,
and behind a blank the address, where the triples are not in the generation's own folder (`remote https://host/sparql`).
Whatever the kind, a generation has a folder for its store; a note in it tells kind and address to whoever asks later.
"""

from __future__ import annotations

import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Iterable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Self, cast

import msgspec
from msgspec import Struct
from pyoxigraph import NamedNode, QueryBoolean, QuerySolutions, RdfFormat, Triple, serialize

from ld.errors import SettingError, SiteError

if TYPE_CHECKING:
    import rdflib

DEFAULT = "oxigraph"
Results = QuerySolutions | QueryBoolean | Iterable[Triple]
"""The rows of SELECT, the truth of ASK, the triples of CONSTRUCT and DESCRIBE; they may be read while they come."""


class Query(Struct, frozen=True):
    """A query as an engine gets it: checked by the guard, and with a limit in seconds.

    Without graphs it runs over the default graph; with only named ones the default graph is empty (SPARQL 1.1 Protocol
    §2.1.4). `base` is what its relative IRIs are relative to; where it is empty, they are errors.
    """

    text: str
    base: str = ""
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    seconds: float = 30.0


class Engine(ABC):
    """The triples of one generation in a store, made by `written` or `opened` below.

    A store being `written` belongs to one process alone; an `opened` one is never changed, and many may ask it at once.
    N-Triples come from the mapping, which has checked every term, so no engine need check them again. An engine that
    fails for a reason of its own (no space, no connection) raises OSError, or SiteError where it can say what to do.
    """

    embedded: ClassVar[bool] = True
    """Whether it answers within the process that asks. That one is then locked in: it gets no sockets any more."""

    @classmethod
    @abstractmethod
    def write(cls, folder: Path, where: str, base: Path | None = None) -> Self:
        """Return the store of the folder to be written: as it was left, else a copy of that of `base`, else empty.

        `base` is the folder of a finished store of the same kind and place, which stays as it is.
        """

    @classmethod
    @abstractmethod
    def read(cls, folder: Path, where: str) -> Self:
        """Return the finished store of the folder, to be asked; raises SiteError where there is none."""

    @classmethod
    def drop(cls, folder: Path, where: str) -> None:
        """Remove what the folder's store has elsewhere: the folder is about to be removed, finished or not."""
        return

    @abstractmethod
    def bulk(self, texts: Iterable[bytes]) -> None:
        """Load N-Triples into the empty store, and make it quick to ask.

        The texts, some kB each, are whole lines in UTF-8. They are made while they are taken, all the triples of a
        catalogue: they are never all in memory.
        """

    @abstractmethod
    def replace(self, old: str, new: str) -> int:
        """Replace lines of N-Triples by others, and return by how many the triples increase.

        Lines in both stay as they are; what is to go may be gone already. No line comes with one call and goes with
        another, so an engine may collect them, and do many at once in any order.
        """

    @abstractmethod
    def close(self) -> None:
        """Write what has been collected, and make it durable: whoever opens the store from now on sees it."""

    @abstractmethod
    def answer(self, query: Query) -> Results:
        """Return the results of the query. Raises QuerySyntaxError, with line and column if the engine gives them.

        It is asked in a process that is killed when the time is over or nobody waits any more, one query at a time.
        The results are read up to the limits of rows and bytes, and then left. While they are read, errors may follow.
        """

    def describe(self, iri: str) -> bytes:
        """Return the triples about a thing as N-Triples, those whose subject it is; empty where there are none."""
        thing = NamedNode(iri)
        found = self.answer(Query(f"CONSTRUCT {{ {thing} ?p ?o }} WHERE {{ {thing} ?p ?o }}"))
        return serialize(cast(Iterable[Triple], found), format=RdfFormat.N_TRIPLES) or b""

    def count(self) -> int:
        """Return the number of triples; that may take as long as reading them all."""
        (row,) = cast(QuerySolutions, self.answer(Query("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }")))
        return int(row["n"].value)

    def view(self) -> rdflib.Dataset:
        """Return the store as an rdflib Dataset, for Python users, to be read only."""
        raise SiteError("rdflib has no view of this kind of store: ask it in SPARQL")


class _Note(Struct):
    """Which kind of store a folder is for, and where the triples are; empty where they are in the folder."""

    kind: str = DEFAULT
    where: str = ""


_NOTE = "engine.json"


def kinds() -> list[str]:
    """Return the words of all kinds."""
    return [one.name for one in pkgutil.iter_modules([str(Path(__file__).parent)]) if _kind(one.name)]


def kind(engine: str) -> type[Engine]:
    """Return the kind that a setting names; raises SettingError where there is none of that name."""
    word = engine.partition(" ")[0]
    module = _kind(word)
    if not module:
        raise SettingError(f"engine: no kind of triple store is called '{word}': there are {', '.join(kinds())}")
    return module


def _kind(word: str) -> type[Engine] | None:
    name = f"{__package__}.{word}"
    return getattr(import_module(name), "KIND", None) if word.isidentifier() and find_spec(name) else None


def written(folder: Path, engine: str = DEFAULT, base: Path | None = None) -> Engine:
    """Return the store of the folder to be written, of the kind and at the place that the setting names.

    It begins empty, or as a copy of the finished one in `base`; one that was left begun is continued.
    """
    made = kind(engine)
    word, _, where = engine.partition(" ")
    if engine != DEFAULT:  # whose folder is its own, and needs no note
        folder.mkdir(exist_ok=True)
        (folder / _NOTE).write_bytes(msgspec.json.encode(_Note(word, where.strip())))
    return made.write(folder, where.strip(), base)


def opened(folder: Path) -> Engine:
    """Return the finished store of the folder, to be asked; raises SiteError where there is none."""
    note = _noted(folder)
    return kind(note.kind).read(folder, note.where)


def chosen(folder: Path) -> str:
    """Return the setting with which the store of the folder was made."""
    note = _noted(folder)
    return f"{note.kind} {note.where}".strip()


def drop(folder: Path) -> None:
    """Remove what the folder's store has elsewhere, before the folder is removed; SiteError where that fails."""
    note = _noted(folder)
    kind(note.kind).drop(folder, note.where)


def _noted(folder: Path) -> _Note:
    """Return the note in the folder; without one, the store is Oxigraph's."""
    try:
        return msgspec.json.decode((folder / _NOTE).read_bytes(), type=_Note)
    except FileNotFoundError:
        return _Note()
    except (OSError, msgspec.MsgspecError) as error:
        raise SiteError(f"{folder / _NOTE}: cannot be read: {error}: roll back or publish again") from None
