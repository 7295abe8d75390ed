"""The bytes of what is published stay as they are until EDITION in `ld/edition.py` is raised.

`golden.json` has digests of what a thousand records become, by the file they come from, and what they were made with.
Where bytes shall change, raise EDITION (a change of tables in `vocab/` or of libraries alone needs no other one), and
renew the digests, which takes some seconds:

    python tests/test_golden.py
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from contextlib import closing
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
import pytest
from conftest import BASE, EXAMPLES, ROOT, SHARED

from ld import edition
from ld.publish.indexer import words
from ld.publish.run import fingerprint, publish
from ld.readers import reread
from ld.record import Record, Source
from ld.settings import Settings
from ld.site.documents import Document
from ld.site.generation import Generation
from ld.site.live import Live
from ld.values.vocab import vocabulary

RENEW = "renew the digests: python tests/test_golden.py"
GOLDEN = Path(__file__).with_name("golden.json")
DATA = SHARED / "data"
# Files of the shared records, and so many of the records in one of them where each is a line.
PATTERNS = ("doaj/**/*.json*", "oai/doaj*.xml", "seed/*", "vufind-solr*/**/*", "vufind-text/*.txt")
LINES = 200


Digests = dict[str, str]
"""For each source the forms with their digests: "nt:1a2b3c4d ttl:5e6f7a8b"."""


class Golden(msgspec.Struct):
    """The digests, and what they were made with."""

    edition: int
    made_with: str
    digests: dict[str, Digests]


def sources(of: str, folder: Path) -> list[Path]:
    """The files whose records are looked at, where necessary cut and put into the folder."""
    if of == "examples":
        return sorted(path for path in EXAMPLES.iterdir() if path.suffix != ".ttl")
    found = []
    for path in sorted(path for pattern in PATTERNS for path in DATA.glob(pattern) if path.is_file()):
        found.append(folder / path.relative_to(DATA))
        found[-1].parent.mkdir(parents=True, exist_ok=True)
        with path.open("rb") as stream:
            found[-1].write_bytes(b"".join(islice(stream, LINES)) if path.suffix == ".jsonl" else stream.read())
    return found


def digests(of: str, folder: Path) -> Digests:
    """What the records of the sources become: digests by source, and those of the shared things beside them."""
    start = EXAMPLES if of == "examples" else folder / "records"
    names = [str(file.relative_to(start)) for file in sources(of, folder / "records")]
    settings = Settings(folder / "site", {"base": BASE, "workers": 1}, {})
    publish([str(start)], settings, partial=True)
    seen: dict[str, Any] = defaultdict(lambda: defaultdict(sha256))
    with closing(Live(settings.site).current()) as generation:
        for record in generation.documents.records():
            kept = generation.documents.source(record.path)
            assert kept
            name = max((one for one in names if f"{one}," in kept.place), key=len)
            for form, text in forms(generation, record, kept).items():
                seen[name][form].update(bytes(text) + b"\0")
        for thing in generation.documents.things():
            seen["things"]["nt"].update(thing.data)
            seen["things"]["card"].update(thing.opened.about)
    return {
        name: " ".join(f"{form}:{one.hexdigest()[:8]}" for form, one in seen[name].items()) for name in sorted(seen)
    }


def forms(generation: Generation, record: Document, kept: Source) -> dict[str, bytes]:
    """All that is kept of a record: its triples and its summary, the words for search, and its finished forms."""
    read, finished = reread(kept), generation.forms.get(record.n)
    assert isinstance(read, Record) and finished
    there = {"nt": record.data, "summary": bytes(record.opened.about), "words": "\n\n".join(words(read)).encode()}
    return there | {"links": finished.links} | dict(sorted(finished.forms.items()))


def differing(before: Digests, made: Digests) -> list[str]:
    """The sources, those that are there before and after, whose digests differ, and in which forms."""
    new = before.keys() ^ made.keys()
    same = sorted((before.keys() & made.keys()) - ({"things"} if new else set()))
    found = {name: [one for one in made[name].split() if one not in before[name].split()] for name in same}
    told = {name: ", ".join(one.partition(":")[0] for one in several) for name, several in found.items()}
    return [f"{name} ({told[name]})" for name in same if made[name] != before[name]]


def complaint(kept: Golden, of: str, made: Digests, number: int, made_with: str) -> str:
    """What is wrong with what was made, in words; empty where all is as it was kept."""
    before = kept.digests.get(of, {})
    changed, new = differing(before, made), sorted(before.keys() ^ made.keys())
    if kept.edition != number:
        return f"EDITION is {number}, golden.json was made for {kept.edition}: {RENEW}"
    if changed and kept.made_with != made_with:
        return f"made with {kept.made_with}, now with {made_with}, which counts as another edition: {RENEW}"
    if changed:
        told = "; ".join(changed[:5]) + (f" and {len(changed) - 5} more" if changed[5:] else "")
        return f"other bytes in edition {number}: {told}: raise EDITION in ld/edition.py, then {RENEW}"
    return f"other sources than before: {', '.join(new)}: {RENEW}" if new else ""


def with_what() -> str:
    """The versions of libraries, and a hash of the tables, which all change what is described without a new edition."""
    return f"{edition.edition()}, vocab {fingerprint(vocabulary(), Settings(Path('none'), {'base': BASE}, {}))}"


def kept() -> Golden:
    """The digests that are kept."""
    return msgspec.json.decode(GOLDEN.read_bytes(), type=Golden)


@pytest.mark.slow
@pytest.mark.parametrize("of", ["examples", "shared"])
def test_the_bytes_are_those_of_the_edition(of: str, tmp_path: Path) -> None:
    if of == "shared" and not DATA.is_dir():
        pytest.skip("the shared records are not beside this checkout")
    made = digests(of, tmp_path)
    manifest = json.loads((tmp_path / "site" / "current" / "manifest.json").read_bytes())

    assert manifest["counts"]["records"] >= {"examples": 10, "shared": 1000}[of]
    assert complaint(kept(), of, made, edition.EDITION, with_what()) == ""


@pytest.mark.parametrize(
    ("made", "number", "made_with", "said"),
    [
        ({"a": "nt:1 ttl:1", "things": "nt:1 ttl:1"}, 2, "x", ""),
        ({"a": "nt:1 ttl:1", "things": "nt:1 ttl:1"}, 2, "y", ""),
        ({"a": "nt:1 ttl:1", "things": "nt:1 ttl:1"}, 3, "x", "EDITION is 3, golden.json was made for 2"),
        ({"a": "nt:2 ttl:2", "things": "nt:1 ttl:1"}, 3, "x", "EDITION is 3, golden.json was made for 2"),
        ({"a": "nt:2 ttl:2", "things": "nt:2 ttl:1"}, 2, "x", r"a \(nt, ttl\); things \(nt\): raise EDITION"),
        ({"a": "nt:2 ttl:2", "things": "nt:1 ttl:1"}, 2, "y", "counts as another edition"),
        ({"a": "nt:1 ttl:1", "b": "nt:1 ttl:1", "things": "nt:2 ttl:1"}, 2, "x", "other sources than before: b"),
        ({"a": "nt:1 ttl:2", "b": "nt:1 ttl:1", "things": "nt:2 ttl:1"}, 2, "x", r"a \(ttl\): raise EDITION"),
        ({"things": "nt:1 ttl:1"}, 2, "x", "other sources than before: a"),
    ],
)
def test_what_differs_is_told(made: Digests, number: int, made_with: str, said: str) -> None:
    before = Golden(2, "x", {"examples": {"a": "nt:1 ttl:1", "things": "nt:1 ttl:1"}})
    found = complaint(before, "examples", made, number, made_with)

    assert bool(found) == bool(said)
    assert re.search(said, found)
    assert not found or found.endswith("python tests/test_golden.py")


# -- the edition -------------------------------------------------------------------------------------------------------

# What is installed and used on a record's way but decides none of what is kept of it.
HARMLESS = {
    "isal": "unpacks",
    "zstandard": "packs and unpacks",
    "pyld": "makes forms anew for each request",
    "pyoxigraph": "makes forms anew for each request",
}
ON_THE_WAY = ("readers", "values", "mapping", "formats", "terms", "record")


def test_all_libraries_on_a_records_way_are_counted() -> None:
    """Those that decide what becomes of a record are part of the edition; of the others it is said why they are not."""
    text = "\n".join(
        path.read_text(encoding="utf-8")
        for name in ON_THE_WAY
        for path in (*(ROOT / "ld" / name).rglob("*.py"), ROOT / "ld" / f"{name}.py")
        if path.is_file()
    )
    used = set(re.findall(r"^\s*(?:import|from) (\w+)", text, re.MULTILINE)) - sys.stdlib_module_names - {"ld"}
    spelled = {"stdnum": "python-stdnum"}

    # langcodes takes its tables from language_data
    assert {spelled.get(name, name) for name in used} | {"language_data"} == {*edition._DECISIVE, *HARMLESS}


def published(site: Path, *arguments: str, raised: int = 0) -> dict[str, Any]:
    """The account of a publish by a program whose edition is that much higher."""
    script = f"import ld.edition; ld.edition.EDITION += {raised}; from ld.cli import main; main()"
    command = [sys.executable, "-c", script, "publish", *arguments, "--site", str(site), "--workers", "1", "--json"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    account: dict[str, Any] = json.loads(found.stdout)["account"]
    return account


def test_after_a_change_of_edition_all_is_described_anew(tmp_path: Path) -> None:
    """An update by a newer program leaves no old bytes beside new ones; by the same one it leaves all as it is."""
    seed = str(EXAMPLES / "seed.txt")
    first = published(tmp_path, str(EXAMPLES))
    same = published(tmp_path, seed)
    newer = published(tmp_path, seed, raised=1)
    again = published(tmp_path, seed, raised=1)

    assert (same["again"], same["unchanged"]) == (0, 1)
    assert newer["again"] + newer["unchanged"] + newer["replaced"] == first["published"]
    assert (again["again"], again["unchanged"]) == (0, 1)


def main() -> None:
    """Renew the digests; refuse where bytes differ and the edition does not."""
    before = kept() if GOLDEN.exists() else Golden(edition.EDITION - 1, "", {})
    now = Golden(edition.EDITION, with_what(), {})
    for of in ("examples", "shared") if DATA.is_dir() else ("examples",):
        with tempfile.TemporaryDirectory() as folder:
            now.digests[of] = digests(of, Path(folder))
        said = complaint(before, of, now.digests[of], now.edition, now.made_with)
        if "raise EDITION" in said:
            sys.exit(said)
    now.digests = before.digests | now.digests
    GOLDEN.write_text(json.dumps(msgspec.to_builtins(now), indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
