"""Which changes of the code no test notices: mutants of the pure rooms and of negotiation, counted by room.

    python tests/mutation.py [--most 150] [--seed 9] [--goal 85] [--only ld.values.]

mutmut makes the mutants and runs, for each, the tests that come through the changed function (`[tool.mutmut]` in
`pyproject.toml` says where and with which tests). Of each room so many are taken at random, the same for the same seed.
Those that nothing has noticed are listed at the end; `python -m mutmut show NAME` shows one. Exit 1 below the goal.
"""

from __future__ import annotations

import argparse
import random
import re
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

ROOT = Path(__file__).parent.parent
MUTMUT = [sys.executable, "-m", "mutmut"]
# mutmut makes all mutants before it runs those it is asked for, and must be asked for one.
ANY_ONE = "ld.values.dates.x_year__mutmut_1"
UNNOTICED = ("survived", "no tests")
_RESULT = re.compile(r"^\s+(ld\.\S+): (.+)$", re.MULTILINE)


def run(names: list[str]) -> None:
    """Run these mutants one after the other; what mutmut says is shown where it fails."""
    done = subprocess.run([*MUTMUT, "run", "--max-children", "1", *names], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"mutmut ended with {done.returncode}:\n{done.stdout[-8_000:]}{done.stderr[-2_000:]}")


def results() -> dict[str, str]:
    """The names of all mutants, and what became of each."""
    told = subprocess.run([*MUTMUT, "results", "--all", "true"], cwd=ROOT, capture_output=True, text=True, check=True)
    return dict(_RESULT.findall(told.stdout))


def room(mutant: str) -> str:
    """The room that a mutant is of: "ld.values.dates.x_year__mutmut_1" is of "values"."""
    return mutant.split(".")[1]


def sample(mutants: list[str], most: int, seed: int) -> list[str]:
    """At most so many mutants of each room."""
    rooms: dict[str, list[str]] = defaultdict(list)
    for one in sorted(mutants):
        rooms[room(one)].append(one)
    chance = random.Random(seed)
    return [one for names in rooms.values() for one in chance.sample(names, min(most, len(names)))]


def main() -> int:
    """Run the sample and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--most", type=int, default=150, help="mutants of each room (150)")
    parser.add_argument("--seed", type=int, default=9, help="of the choice among them (9)")
    parser.add_argument("--goal", type=int, default=85, help="per cent of each room that are to be noticed (85)")
    parser.add_argument("--only", default="ld.", help="only mutants whose names begin so")
    asked = parser.parse_args()
    shutil.rmtree(ROOT / "mutants", ignore_errors=True)  # what it knows of earlier tests is not trusted
    run([ANY_ONE])
    everything = results()
    chosen = sample([one for one in everything if one.startswith(asked.only)], asked.most, asked.seed)
    run(chosen)
    found = results()
    return told({one: found[one] for one in chosen}, Counter(map(room, everything)), asked.goal)


def told(found: dict[str, str], everything: Counter[str], goal: int) -> int:
    """Print what became of the mutants; the exit code is 1 where less were noticed in a room than shall be."""
    tried = Counter(map(room, found))
    missed = Counter(room(one) for one, status in found.items() if status in UNNOTICED)
    print(f"{'room':<10}{'mutants':>9}{'tried':>8}{'noticed':>9}{'not':>6}{'%':>7}")
    for name, n in sorted(tried.items()):
        share = 100 * (n - missed[name]) / n
        print(f"{name:<10}{everything[name]:>9}{n:>8}{n - missed[name]:>9}{missed[name]:>6}{share:>7.1f}")
    for one, status in sorted(found.items()):
        if status in UNNOTICED:
            print(f"{status}: {one}")
    return int(any(100 * (n - missed[name]) < goal * n for name, n in tried.items()))


if __name__ == "__main__":
    sys.exit(main())
