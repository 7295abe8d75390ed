"""Which triples the store keeps: all of them, or those of some vocabularies (`vocab/codes/profiles.csv`)."""

from __future__ import annotations

import re

from ld.errors import VocabError
from ld.values.vocab import Vocabulary

_LINE = re.compile(r"<[^>]*> <([^>]*)> (?:<([^>]*)>)?")


class Profile:
    """Which triples the store keeps: all, or those of some vocabularies (`vocab/codes/profiles.csv`)."""

    def __init__(self, name: str, vocabulary: Vocabulary) -> None:
        row = vocabulary.code("profiles", name)
        if row is None:
            known = ", ".join(vocabulary.codes("profiles"))
            raise VocabError(f"codes/profiles.csv: no profile '{name}': one of {known}")
        prefixes = row["vocabularies"].split()
        self.whole = prefixes == ["*"]
        self._kept = () if self.whole else tuple(vocabulary.prefixes[prefix] for prefix in prefixes)

    def keep(self, lines: str) -> str:
        """Return those of the N-Triples lines that the store keeps."""
        if self.whole:
            return lines
        return "".join(f"{line}\n" for line in lines.split("\n") if self._keeps(line))

    def _keeps(self, line: str) -> bool:
        match = _LINE.match(line)
        if not match or not match[1].startswith(self._kept):
            return False
        return not match[1].endswith("#type") or (match[2] or "").startswith(self._kept)
