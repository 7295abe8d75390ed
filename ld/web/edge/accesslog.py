"""The access log: a line of JSON a visit, which no request can break. Addresses are short and queries a hash."""

from __future__ import annotations

import hashlib
import json
import logging
import sys
from datetime import UTC, datetime
from logging.handlers import WatchedFileHandler
from typing import Any
from urllib.parse import quote

from ld.errors import SettingError
from ld.settings import Settings
from ld.web.edge.clients import logged
from ld.web.edge.visits import Visit

_PATH, _AGENT, _TEXT = 500, 200, 2_000
_SAFE = "/~:@!$&'()*+,;="


class AccessLog:
    """Writes visits to standard error or to a file, which several processes append to and logrotate may move."""

    def __init__(self, settings: Settings) -> None:
        self._addresses, self._queries = settings["log_addresses"], settings["log_queries"]
        self._logger = logging.Logger("access")
        self._logger.addHandler(_handler(settings["access_log"], settings.origin["access_log"]))

    def __call__(self, visit: Visit) -> None:
        self._logger.info("%s", json.dumps(self._line(visit), separators=(",", ":")))

    def close(self) -> None:
        """Close the file."""
        for handler in self._logger.handlers:
            handler.close()

    def _line(self, visit: Visit) -> dict[str, Any]:
        """Return what is told of a visit; what is empty is left out."""
        line = {
            "time": datetime.fromtimestamp(visit.at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "method": visit.method[:20],
            "path": quote(visit.path.encode("latin-1", "replace"), safe=_SAFE)[:_PATH],
            "status": visit.status,
            "bytes": visit.size,
            "ms": round(visit.seconds * 1000, 1),
            "type": visit.headers.get("content-type", ""),
            "client": logged(visit.address, self._addresses),
            "agent": visit.agent[:_AGENT],
            "generation": visit.headers.get("dataset-version", ""),
        }
        return {name: value for name, value in (line | self._asked(visit)).items() if value not in ("", None)}

    def _asked(self, visit: Visit) -> dict[str, Any]:
        """Return what is told of a query: a hash, by which repeated ones are known, and its text where that is kept."""
        text = {"arguments": visit.arguments[:_TEXT], "text": visit.query[:_TEXT]} if self._queries else {}
        if not visit.query:
            return text | {"failure": visit.failure}
        return text | {
            "query": hashlib.sha256(visit.query.encode("utf-8", "replace")).hexdigest()[:16],
            "queue_ms": round(visit.queue * 1000, 1),
            "engine_ms": round(visit.engine * 1000, 1),
            "failure": visit.failure,
        }


def _handler(target: str, origin: str) -> logging.Handler:
    if target == "-":
        return logging.StreamHandler(sys.stderr)
    try:
        return WatchedFileHandler(target, encoding="ascii")
    except OSError as error:
        expected = "is not a file that can be written"
        raise SettingError(f"access_log from {origin}: '{target}' {expected}: {error.strerror}") from None
