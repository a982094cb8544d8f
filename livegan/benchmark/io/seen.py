"""What was seen of stamped pictures: how late, and how many were lost; and who worked for it."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

import psutil

from livegan.benchmark.io.stamp import FrameStamp

FPS = 30.0


@dataclass
class SeenFrames:
    """Pictures that arrived, from a moment on."""

    begun: float = 0.0
    """Pictures that were drawn before this do not count."""
    times: dict[int, tuple[float, float]] = field(default_factory=dict)
    """Number of a picture → when it was drawn, and when it was seen first."""

    def take(self, said: FrameStamp | None, now: float) -> None:
        """A picture was seen."""
        if said is not None and said.at >= self.begun:
            self.times.setdefault(said.number, (said.at, now))

    def columns(self) -> dict[str, float | str]:
        """Delays in milliseconds, and which share of the pictures between the first and the last
        one never came."""
        if len(self.times) < 3:
            return {"median ms": "", "p95 ms": "", "lost %": 100.0}
        late = sorted(1000 * (seen - drawn) for drawn, seen in self.times.values())
        all_of_them = max(self.times) - min(self.times) + 1
        return {
            "median ms": round(statistics.median(late), 1),
            "p95 ms": round(late[min(len(late) - 1, int(0.95 * len(late)))], 1),
            "lost %": round(100 * (1 - len(self.times) / all_of_them), 1),
        }


class CoreShare:
    """The processor time of some processes, from now on."""

    def __init__(self, processes: Iterable[psutil.Process]) -> None:
        self._before = [(each, _spent(each)) for each in processes]
        self._begun = time.perf_counter()

    def share(self) -> float:
        """Per cent of one core."""
        spent = sum(_spent(each) - before for each, before in self._before)
        return round(100 * spent / (time.perf_counter() - self._begun), 1)


def _spent(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system)


def children() -> set[psutil.Process]:
    """All processes that this one started, and theirs."""
    return set(psutil.Process().children(recursive=True))
