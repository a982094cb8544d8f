"""How evenly pictures were presented."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BIN_MS = 0.1
BINS = 20_000  # up to two seconds; longer ones are counted in the last and kept as the longest
EDGES_MS = (0, 5, 10, 15, 18, 22, 28, 36, 50, 75, 100, 150, 250, 500, 1000)
"""Where the columns of the report's histogram begin."""


class Intervals:
    """The times between presented frames, as a histogram of fixed size: a show may be long."""

    def __init__(self) -> None:
        self._counts: NDArray[np.int64] = np.zeros(BINS, np.int64)
        self._last: float | None = None
        self.longest_ms = 0.0
        self.recent_ms = 0.0
        """A running mean over about the last second, for the HUD."""

    def presented(self, now: float) -> None:
        """A frame was presented at ``now``, seconds on any clock."""
        if self._last is not None:
            ms = (now - self._last) * 1000
            self._counts[min(BINS - 1, int(ms / BIN_MS))] += 1
            self.longest_ms = max(self.longest_ms, ms)
            self.recent_ms = ms if not self.recent_ms else self.recent_ms * 0.97 + ms * 0.03
        self._last = now

    @property
    def count(self) -> int:
        """Intervals so far."""
        return int(self._counts.sum())

    def quantile(self, share: float) -> float:
        """The interval in ms that ``share`` (0..1) of all are not above, to 0.1 ms; 0 if none."""
        total = self.count
        if total == 0:
            return 0.0
        wanted = int(np.searchsorted(np.cumsum(self._counts), share * total))
        return round((wanted + 1) * BIN_MS, 1)

    def histogram(self) -> list[tuple[int, int | None, int]]:
        """(from ms, to ms, how many), without empty columns; the last has no end."""
        edges = [round(edge / BIN_MS) for edge in EDGES_MS]
        counts = [int(part.sum()) for part in np.split(self._counts, edges[1:])]
        ends = [*EDGES_MS[1:], None]
        return [row for row in zip(EDGES_MS, ends, counts, strict=True) if row[2]]

    def report(self) -> dict[str, float]:
        """``presented``, ``median_ms``, ``p95_ms``, ``p99_ms`` and ``longest_ms``."""
        return {
            "presented": self.count + (self._last is not None),
            "median_ms": self.quantile(0.5),
            "p95_ms": self.quantile(0.95),
            "p99_ms": self.quantile(0.99),
            "longest_ms": round(self.longest_ms, 2),
        }
