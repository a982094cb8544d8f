"""Training and validation, split by blocks of time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

Side = Literal["train", "val"]


@dataclass(frozen=True)
class Split:
    """Every so many blocks of time, one is for validation.

    Frames that are neighbours look alike: were they divided at random, validation would measure
    memory.  So whole blocks go to one side, and what lies within ``gap`` seconds of the border
    between two sides goes to neither.

    ``share`` is the part of the blocks that validates, 0..1 (0: none); ``block`` and ``gap`` are
    seconds.
    """

    share: float = 0.1
    block: float = 15.0
    gap: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.share <= 1:
            raise ValueError(f"the share of validation is {self.share}; it lies between 0 and 1")
        if self.block <= 0 or not 0 <= self.gap < self.block / 2:
            raise ValueError(f"gap {self.gap} s must be less than half of block {self.block} s")

    def of(self, seconds: float) -> Split:
        """The split of a film of so many seconds (0 if that is not known).

        A film too short for a block to be held out is cut into as many as hold out one.  What is
        held out of it is near to what is learned, and says less than that of a long film.
        """
        if not self.share or not 0 < seconds < self.block * math.ceil(0.5 / self.share):
            return self
        block = min(self.block, max(1.0, seconds * self.share))
        return Split(self.share, block, min(self.gap, block / 5))

    def side(self, time: float) -> Side | None:
        """The side of a frame at ``time`` seconds, or None in the gap between two sides."""
        block, into = divmod(time, self.block)
        mine = self._of(int(block))
        if into < self.gap and block >= 1 and self._of(int(block) - 1) != mine:
            return None
        if self.block - into < self.gap and self._of(int(block) + 1) != mine:
            return None
        return mine

    def _of(self, block: int) -> Side:
        # The middle of each run of 1/share blocks: films begin and end unlike the rest.
        def count(n: int) -> int:
            return int(n * self.share + 0.5)

        return "val" if count(block + 1) > count(block) else "train"
