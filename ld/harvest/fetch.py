"""One address is fetched whole, within bounds, into a file: a slow reader must not hold the connection."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import requests

from ld import __version__
from ld.errors import SourceError
from ld.readers import parts
from ld.record import Part
from ld.values.text import shown

ANSWER_BYTES = 1 << 30
_TIMEOUT = (10, 60)


def is_url(source: str) -> bool:
    """Determine whether the source is the address of an answer to be fetched."""
    return source.startswith(("http://", "https://"))


def fetch(url: str, path: Path) -> list[Part]:
    """Save the answer of a server in a file. Raises SourceError where there is none, or it is too large.

    Return a `Part` where its head gives the address of a next page (RFC 8288).
    """
    with path.open("wb") as kept:
        return _fetch(url, kept)


@contextmanager
def fetched(source: str) -> Iterator[tuple[str, list[Part]]]:
    """Give a path to read, and a `Part` if it is one: an address is fetched into a temporary file."""
    if not is_url(source):
        yield source, []
        return
    with tempfile.TemporaryDirectory(prefix="shelfgraph-") as folder:
        path = Path(folder) / "answer"
        yield str(path), fetch(source, path)


def _fetch(url: str, kept: BinaryIO) -> list[Part]:
    url = shown(url)
    headers = {"User-Agent": f"shelfgraph/{__version__}", "Accept": "application/json, text/plain, */*;q=0.5"}
    try:
        with requests.get(url, headers=headers, timeout=_TIMEOUT, stream=True) as answer:
            answer.raise_for_status()
            for chunk in answer.iter_content(1 << 20):
                kept.write(chunk)
                if kept.tell() > ANSWER_BYTES:
                    raise SourceError(f"{url}: the answer is larger than {ANSWER_BYTES >> 20} MiB: ask for less")
            following = answer.links.get("next", {}).get("url", "")
            return [Part(url, parts.LINK, next=following)] if following else []
    except requests.HTTPError as error:
        status = error.response.status_code
        raise SourceError(f"{url}: the server answered {status}: check the address and your rights there") from None
    except requests.Timeout:
        raise SourceError(f"{url}: no answer in {_TIMEOUT[1]} seconds: try again, or ask for less") from None
    except requests.RequestException as error:
        raise SourceError(f"{url}: no answer: {type(error).__name__}: check address and network") from None
