"""What comes over a line, and what is known of the line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Packet:
    """Some sound of a sender.

    ``block`` is (n, 2) at ``rate``; ``at`` is its first sample on the sender's count; ``arrived``
    is when it came, in seconds. A sender that starts its count anew has another ``epoch``.
    """

    block: Array
    at: int
    rate: int
    arrived: float
    epoch: int = 0
    came: bool = True
    """Not made here, to conceal a gap."""

    @property
    def end(self) -> int:
        """The sample after its last."""
        return self.at + len(self.block)


@dataclass(frozen=True)
class Line:
    """What is known of the way that the sound of a source takes; all 0 and here for a file."""

    delay: float = 0.0
    """Seconds that the sound is held back, so that what is late is in time."""
    jitter: float = 0.0
    """Seconds by which packets come unevenly, on average."""
    lost: float = 0.0
    """Share of the last second of sound that did not come in time, 0..1."""
    here: float = 1.0
    """1 while the sender's sound comes, else 0."""
