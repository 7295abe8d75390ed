"""One pass over all records, in the order of their ids, writes all that depends on all of them.

The store's loader pulls it along; dumps, shared things, search index, links and counts are written on the way, so the
result depends only on which records there are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator

from ld import description, dumps, index, names
from ld.deposit import Deposit, Packed
from ld.mapping import Claim, Profile, unescaped
from ld.settings import Settings
from ld.vocab import Vocabulary

Progress = Callable[[str, int], None]

_LANGUAGE = re.compile(r"/language> <http://id\.loc\.gov/vocabulary/iso639-2/([a-z]{3})>")
_DATASET = re.compile(r"#inDataset> <[^>]*dataset/([^>#]+)#it>")
_NAMED = re.compile(
    r"<[^>]*#it> <(?:http://purl\.org/dc/terms/title|http://xmlns\.com/foaf/0\.1/name"
    r'|http://www\.w3\.org/2004/02/skos/core#(?:prefLabel|notation))> "((?:[^"\\]|\\.)*)"'
)
_ISSN = re.compile(r'<http://schema\.org/issn> "([^"]+)"')


class Assembly:
    """The pass over all records, sorted by id: pulled along by the store's loader, it feeds everything else."""

    def __init__(
        self,
        settings: Settings,
        vocabulary: Vocabulary,
        writer: Deposit,
        files: dumps.Writer,
        found: index.Writer,
        created: str,
        progress: Progress,
    ) -> None:
        self.settings = settings
        self.vocabulary = vocabulary
        self.base: str = settings["base"]
        self.progress = progress
        self.writer = writer
        self.files = files
        self.index = found
        self.created = created
        self.profile = Profile(settings["profile"], vocabulary)
        self.claims: dict[str, dict[tuple[str, int, bool, str], Counter[str]]] = {}
        self.numbers: dict[str, int] = {}
        self.links: list[tuple[int, int]] = []
        self.counts: dict[str, Counter[str]] = {name: Counter() for name in ("year", "type", "language", "collection")}
        self.records = 0
        self.example = ""
        self._linked = re.compile(rf"> <{re.escape(self.base)}([^>#]+)#it> \.$", re.MULTILINE)

    def lines(self) -> Iterator[str]:
        """Yield the N-Triples of the store; dumps, documents, index and counts are written on the way."""
        for record in self.writer.records():
            self._count(record)
            self._claim(record.claims)
            targets = {names.decoded(path) for path in self._linked.findall(record.lines)}
            self.links.extend((self._number(path), record.n) for path in targets if not path.startswith("record/"))
            if len(self.links) > 100_000:
                self._link("links")
            self.index.add(record.entry, record.words)
            yield self._out(record.lines)
        self._link("links")
        yield from self._shared()
        for page in description.pages(self.settings, self.vocabulary, self.figures()):
            self.page(self.writer, page)
            yield self._out(page.lines)
        for name, counter in self.counts.items():
            self.writer.count(name, dict(counter))

    def page(self, writer: Deposit, page: description.Page) -> None:
        """Write a document the catalogue has about itself."""
        writer.thing(self._number(page.path), page.path, page.title, page.kind, page.lines)

    def _out(self, lines: str) -> str:
        self.files.lines(lines)
        return self.profile.keep(lines)

    def _number(self, path: str) -> int:
        return self.numbers.setdefault(path, len(self.numbers) + 1)

    def _link(self, table: str) -> None:
        self.writer.link(table, self.links)
        self.links = []

    def _count(self, record: Packed) -> None:
        self.records += 1
        if self.records % 500 == 0:
            self.progress("store", self.records)
        self.example = self.example or f"{self.base}record/{names.encoded(record.id)}#it"
        self.counts["type"][record.entry.kind] += 1
        if record.entry.year:
            self.counts["year"][record.entry.year] += 1
        self.counts["language"].update(_LANGUAGE.findall(record.lines))
        self.counts["collection"].update(_DATASET.findall(record.lines))

    def _claim(self, claims: list[Claim]) -> None:
        for claim in claims:
            about = self.claims.setdefault(claim.document, {})
            key = (claim.iri, claim.rank, claim.one, claim.tag if claim.one else "")
            about.setdefault(key, Counter())[claim.lines] += 1

    def _shared(self) -> Iterator[str]:
        for path in sorted(self.claims):
            lines = "".join(_settled(self.claims[path]))
            kind = _kind(path)
            match = _NAMED.search(lines)
            title = unescaped(match[1]) if match else path
            n = self._number(path)
            self.writer.thing(n, path, title, kind, lines)
            targets = {names.decoded(target) for target in self._linked.findall(lines)} - {path}
            self.links.extend((self._number(target), n) for target in targets if not target.startswith("record/"))
            if kind == "journal":
                for number in _ISSN.findall(lines):
                    self.writer.alias(f"journal/{number}", path)
            yield self._out(lines)
        self._link("ties")

    def figures(self) -> description.Figures:
        """Return what the dataset's description counts."""
        return description.Figures(
            records=self.records,
            entities=self.records + len(self.claims),
            triples=self.files.triples,
            created=self.created,
            classes=dict(self.counts["type"]),
            collections=dict(self.counts["collection"]),
            languages=dict(self.counts["language"]),
            example=self.example,
        )


def _settled(claims: dict[tuple[str, int, bool, str], Counter[str]]) -> Iterator[str]:
    """Yield the lines of a shared thing: of fields that keep one value, the one most records give."""
    for key in sorted(claims):
        counter = claims[key]
        if key[2]:
            yield min(counter, key=lambda lines: (-counter[lines], lines))
        else:
            yield from sorted(counter)


def _kind(path: str) -> str:
    segments = path.split("/")
    if segments[0] == "journal" and len(segments) > 3:
        return "issue" if segments[-2] == "issue" else "volume"
    return segments[0]
