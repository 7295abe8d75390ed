"""One address is fetched whole, within bounds, into a file: a slow reader must not hold the connection."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import BinaryIO

import requests

from ld import __version__
from ld.errors import SourceError

ANSWER_BYTES = 1 << 30
_TIMEOUT = (10, 60)


def is_url(source: str) -> bool:
    """Determine whether the source is the address of an answer to be fetched."""
    return source.startswith(("http://", "https://"))


def spool(source: str, path: Path) -> None:
    """Keep what can be read only once, standard input or the answer of a server, in a file."""
    with path.open("wb") as kept:
        if is_url(source):
            _fetch(source, kept)
        else:
            with open(sys.stdin.fileno(), "rb", closefd=False) as raw:
                shutil.copyfileobj(raw, kept, 1 << 20)


def _fetch(url: str, kept: BinaryIO) -> None:
    """Fetch the answer whole before it is read: a slow reader must not hold the connection."""
    headers = {"User-Agent": f"shelfgraph/{__version__}", "Accept": "application/json, text/plain, */*;q=0.5"}
    try:
        with requests.get(url, headers=headers, timeout=_TIMEOUT, stream=True) as answer:
            answer.raise_for_status()
            for chunk in answer.iter_content(1 << 20):
                kept.write(chunk)
                if kept.tell() > ANSWER_BYTES:
                    raise SourceError(f"{url}: the answer is larger than {ANSWER_BYTES >> 20} MiB: ask for less")
    except requests.HTTPError as error:
        status = error.response.status_code
        raise SourceError(f"{url}: the server answered {status}: check the address and your rights there") from None
    except requests.Timeout:
        raise SourceError(f"{url}: no answer in {_TIMEOUT[1]} seconds: try again, or ask for less") from None
    except requests.RequestException as error:
        raise SourceError(f"{url}: no answer: {type(error).__name__}: check address and network") from None
