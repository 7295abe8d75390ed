"""Which triples the store keeps: all of them, or those of some vocabularies (`vocab/codes/profiles.csv`)."""

from __future__ import annotations

from itertools import compress

from ld.errors import VocabError
from ld.values.vocab import Vocabulary

RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


class Profile:
    """Says of each triple, when it is written, whether the store keeps it; `whole` where it keeps all."""

    def __init__(self, name: str, vocabulary: Vocabulary) -> None:
        row = vocabulary.code("profiles", name)
        if row is None:
            known = ", ".join(vocabulary.codes("profiles"))
            raise VocabError(f"codes/profiles.csv: no profile '{name}': name one of {known}")
        prefixes = row["vocabularies"].split()
        self.whole = prefixes == ["*"]
        self._kept = () if self.whole else tuple(vocabulary.prefixes[prefix] for prefix in prefixes)

    def keeps(self, predicate: str, value: str = "") -> bool:
        """Determine whether the store keeps a triple with this property; of a class the value decides too."""
        if self.whole:
            return True
        return predicate.startswith(self._kept) and (predicate != RDF_TYPE or value.startswith(self._kept))


def kept(lines: bytes, marks: bytes) -> bytes:
    """Return those of the lines that the store keeps: all, where there are no marks; else a 1 marks a line to keep."""
    if not marks:
        return lines
    return b"".join(line + b"\n" for line in compress(lines.split(b"\n"), marks))
