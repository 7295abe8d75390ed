"""Several workers read one input: each takes its share of it and passes over the rest."""

from __future__ import annotations

BLOCK_BYTES = 1 << 20


class Share:
    """The share of worker `index` of `count`; the share of the only worker is everything.

    One worker `tells` what holds for a file as a whole, such as how much of it has been read: the first of those that
    read all of it, or the only one.

    Shares are dealt out in units that every reader counts in the same way: a block of lines in JSON Lines, a whole file
    in other JSON, a document elsewhere. So each worker sees the same numbers, and `position` sorts what all of them
    found as one would.
    """

    def __init__(self, index: int = 0, count: int = 1) -> None:
        self.index = index
        self.count = count
        self.file = 0
        self.at = 0
        self.tells = index == 0
        self._size = 0
        self._loads = [0] * count

    def enter(self, size: int = 0) -> None:
        """Begin with the next file or stream, which has so many bytes as far as one knows."""
        self.file += 1
        self.at = 0
        self.tells = self.index == 0
        self._size = size

    def owns(self) -> bool:
        """Determine whether all of this file is in the share: some can be read only from one end to the other.

        It goes to the worker that has got least in this way. All of them ask once for each such file, and so agree.
        """
        lightest = self._loads.index(min(self._loads))
        self._loads[lightest] += self._size or 1
        self.tells = lightest == self.index
        return self.tells

    def takes(self, n: int) -> bool:
        """Determine whether the n-th unit of this file is in the share, and remember to be there."""
        self.at = n
        return (self.file + n) % self.count == self.index

    @property
    def position(self) -> int:
        """The place in the whole input of what was read last: later ones have larger numbers (62 bits)."""
        return self.file << 40 | self.at
