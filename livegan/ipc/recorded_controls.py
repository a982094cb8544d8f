"""Recorded controls: what a rehearsal, a render or a test reads in place of a control table."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Mapping

import numpy as np

from livegan.ipc.control_table import Snapshot


class RecordedControls:
    """Controls whose values are known by show time.

    ``values`` are (time in seconds, value) pairs by name, in any order; a value stands until the
    next. ``curves`` are such pairs, too; between two of them the value goes in a straight line, and
    before the first it is that of the first.
    """

    def __init__(
        self,
        values: Mapping[str, Iterable[tuple[float, float]]],
        curves: Mapping[str, Iterable[tuple[float, float]]] | None = None,
    ) -> None:
        self.curves = {
            name: sorted(pairs, key=lambda pair: pair[0]) for name, pairs in (curves or {}).items()
        }
        self.values = {
            name: sorted(pairs, key=lambda pair: pair[0]) for name, pairs in values.items()
        }
        self._times = {name: [time for time, _ in pairs] for name, pairs in self.values.items()}

    def snapshot(self, time: float) -> Snapshot:
        """All controls as they were at ``time``: one that was not set by then is not there."""
        rows: dict[str, tuple[int, ...]] = {}
        values: list[float] = []
        times: list[float] = []
        serials: list[int] = []
        for name, pairs in self.values.items():
            count = bisect.bisect_right(self._times[name], time)
            if count:
                rows[name] = (len(values),)
                values.append(pairs[count - 1][1])
                times.append(pairs[count - 1][0])
                serials.append(count)
        for name, points in self.curves.items():  # over what was recorded
            rows[name] = (len(values),)
            at, heights = [p[0] for p in points], [p[1] for p in points]
            values.append(float(np.interp(time, at, heights)))
            times.append(time)
            serials.append(1)
        return Snapshot(
            rows,
            np.array(values, np.float64),
            np.array(times, np.float64),
            np.array(serials, np.int64),
        )
