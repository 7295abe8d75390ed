"""Several workers read one input: each takes its share of it and passes over the rest."""

from __future__ import annotations

BLOCK_BYTES = 1 << 20


class Share:
    """The share of worker `index` of `count`; the share of the only worker is everything.

    Shares are dealt out in units that every reader counts in the same way: a block of lines in JSON Lines, a document
    elsewhere. So each worker sees the same numbers, and `position` sorts what all of them found as one would.
    """

    def __init__(self, index: int = 0, count: int = 1) -> None:
        self.index = index
        self.count = count
        self.file = 0
        self.at = 0

    def enter(self) -> None:
        """Begin with the next file or stream."""
        self.file += 1
        self.at = 0

    def takes(self, n: int) -> bool:
        """Determine whether the n-th unit of this file is in the share, and remember to be there."""
        self.at = n
        return (self.file + n) % self.count == self.index

    @property
    def position(self) -> int:
        """The place in the whole input of what was read last: later ones have larger numbers (62 bits)."""
        return self.file << 40 | self.at
