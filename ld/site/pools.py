"""The query workers of everything that is served: those of a new generation start before it goes live."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from ld.settings import Settings
from ld.sparql.pool import Count, Describe, Limits, QueryPool
from ld.sparql.quota import Turns


class Served(Protocol):
    """What is served: a generation of the catalogue, or RDF loaded for queries.

    `about` is the IRI of its description, empty where it has none; `triples` is None where they are not counted.
    """

    @property
    def id(self) -> str: ...
    @property
    def base(self) -> str: ...
    @property
    def store(self) -> Path: ...
    @property
    def about(self) -> str: ...
    @property
    def triples(self) -> int | None: ...
    @property
    def graphs(self) -> Sequence[str]: ...


class Pools:
    """The workers of everything that is served; those of an earlier generation end when no request needs them.

    `describer` gives the function that answers a DESCRIBE; where it is None, the engine answers.
    """

    def __init__(self, settings: Settings, describer: Callable[[Any], Describe | None] = lambda _: None) -> None:
        self.settings = settings
        self.count: Count = lambda what, more: None
        self._describer = describer
        self._turns = Turns(settings["query_per_client"], settings.site / "queries.lock")
        self._lock = threading.Lock()
        self._pools: list[tuple[weakref.ref[Served], QueryPool]] = []

    def of(self, asked: Served) -> QueryPool:
        """Return the pool of workers for what is served."""
        with self._lock:
            for owner, pool in self._pools:
                if owner() is asked:
                    return pool
            pool = QueryPool(asked.store, limits(self.settings), self._describer(asked), self._turns, self.count)
            self._pools.append((weakref.ref(asked), pool))
            return pool

    def prepare(self, generation: Served) -> None:
        """Start the workers of a generation before it goes live; raises SiteError where they cannot open its store."""
        self.of(generation).start()

    def tidy(self) -> None:
        """End the workers of generations that are gone: each request holds its own until it is answered."""
        with self._lock:
            over = [pool for owner, pool in self._pools if owner() is None]
            self._pools = [(owner, pool) for owner, pool in self._pools if pool not in over]
        for pool in over:
            pool.close()

    def close(self) -> None:
        """End all workers."""
        with self._lock:
            pools, self._pools = self._pools, []
        for _, pool in pools:
            pool.close()
        self._turns.close()


def limits(settings: Settings) -> Limits:
    """Return the limits of queries in the settings, for one of the processes that answer."""
    share = max(1, settings["processes"])
    return Limits(
        seconds=settings["query_seconds"],
        rows=settings["query_rows"],
        bytes=settings["query_megabytes"] << 20,
        memory=settings["query_memory"] << 20,
        running=max(1, settings["query_workers"] // share),
        queued=settings["query_queue"] // share,
        per_client=settings["query_per_client"],
    )
