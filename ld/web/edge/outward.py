"""What strangers may read of a message: names below the folders in use, never where on this machine these lie.

Messages are written for whoever runs the site, and begin with a path; over HTTP the folder of the site is SITE.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from ld.values.vocab import PACKAGED

_EVERYWHERE = {
    PACKAGED: "VOCAB",
    Path(__file__).parents[3]: "PROGRAM",
    Path(tempfile.gettempdir()): "TMP",
    Path(sys.prefix): "PYTHON",
}


class Outward:
    """Takes the paths of folders out of messages, as they are written and as they resolve."""

    def __init__(self, folders: Mapping[Path, str]) -> None:
        words = {_spelled(folder): word for folder, word in (_EVERYWHERE | dict(folders)).items()}
        words |= {str(folder.resolve()): word for folder, word in (_EVERYWHERE | dict(folders)).items()}
        self._words = {path: word for path, word in words.items() if len(path) > 1}
        longest_first = "|".join(re.escape(path) for path in sorted(self._words, key=len, reverse=True))
        self._path = re.compile(rf"(?<![\w.~/-])(?:{longest_first})(?![\w.~-])")

    def __call__(self, message: str) -> str:
        """Return the message with the words for the folders."""
        return self._path.sub(lambda found: self._words[found[0]], message)


def _spelled(folder: Path) -> str:
    """Return the path as it is written; a name alone, which might be any word of a sentence, is left."""
    return str(folder) if len(folder.parts) > 1 else ""
