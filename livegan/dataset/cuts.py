"""Scene cuts: where one shot ends and the next begins."""

from __future__ import annotations

import functools
from collections import deque
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

ACROSS, DOWN = 48, 36
"""Points that are looked at in each direction."""

LEAST = 0.055
"""Change from one frame to the next below which nothing is a cut (see `change`)."""

RATIO = 3.0
"""How many times the usual change around it that of a cut is."""

ALIKE = 0.8
"""Correlation of brightness from which two frames show the same, in whatever light."""

HORIZON = 0.5
"""Seconds before and after a cut in which the other shot must not come back: else it is a flash."""

NEIGHBOURS = 8
"""Frames on either side that say what is usual."""


@dataclass(frozen=True)
class Glance:
    """A few points of a frame: ``luma`` centred, with its ``spread``; ``points`` as they are."""

    time: float
    points: npt.NDArray[np.int16]
    histogram: npt.NDArray[np.float32]
    luma: npt.NDArray[np.float32]
    spread: float


class Cuts:
    """Finds cuts while the frames go by.

    Two things change together at a cut: the picture, point by point, and its histogram.  Movement
    changes the first, light the second; a dissolve changes both, but little from frame to frame.
    So a cut is where the geometric mean of both stands out from its neighbours (histogram and
    pixel differences with a local threshold, after Lienhart, "Comparison of automatic shot
    boundary detection algorithms", 1999).  What is followed or preceded, within half a second, by
    what was there on the other side is a flash.

    >>> cuts = Cuts()
    >>> cuts.finish()
    []
    """

    def __init__(self) -> None:
        self.times: list[float] = []
        self._glances: deque[Glance] = deque()
        self._changes: deque[float] = deque()
        self._next = 1  # the first of the glances that is not decided

    def feed(self, time: float, frame: Any) -> None:
        """Look at the next `av.VideoFrame`."""
        self.see(glance(time, points_of(frame)))

    def see(self, new: Glance) -> None:
        """Look at the next frame; `glance` makes what is needed of its points."""
        last = self._glances[-1] if self._glances else None
        self._changes.append(change(last, new) if last else 0.0)
        self._glances.append(new)
        while (
            len(self._glances) - self._next > NEIGHBOURS
            and new.time - self._glances[self._next].time > HORIZON
        ):
            self._decide()

    def finish(self) -> list[float]:
        """Times in seconds of the first frames of new shots, when all frames were fed."""
        while self._next < len(self._glances):
            self._decide()
        return self.times

    def _decide(self) -> None:
        here = self._next
        self._next += 1
        if self._changes[here] >= LEAST and self._stands_out(here) and not self._is_flash(here):
            self.times.append(self._glances[here].time)
        # What is far enough behind will not be asked for again.
        while (
            NEIGHBOURS + 1 < self._next < len(self._glances)
            and self._glances[self._next].time - self._glances[0].time > HORIZON + 0.1
        ):
            self._glances.popleft()
            self._changes.popleft()
            self._next -= 1

    def _stands_out(self, here: int) -> bool:
        changes = list(self._changes)
        first = max(1, here - NEIGHBOURS)
        around = changes[first:here] + changes[here + 1 : here + 1 + NEIGHBOURS]
        if not around:
            return True
        # The second largest: another cut nearby does not hide this one.
        usual = sorted(around)[-2] if len(around) > 4 else float(np.median(around))
        strong = changes[here] >= 1.6 * usual
        return strong and changes[here] >= RATIO * float(np.mean(sorted(around)[:-1] or around))

    def _is_flash(self, here: int) -> bool:
        glances = self._glances
        before, after = glances[here - 1], glances[here]
        if same(before, after):
            return True
        for other in list(glances)[here + 1 :]:
            if other.time - after.time > HORIZON:
                break
            if same(before, other):
                return True
        for other in reversed(list(glances)[: here - 1]):
            if before.time - other.time > HORIZON:
                break
            if same(other, after):
                return True
        return False


def change(before: Glance, after: Glance) -> float:
    """How different two frames are, 0..1: of points and of histogram, the geometric mean."""
    points = float(np.abs(after.points - before.points).mean()) / 255
    histogram = float(np.abs(after.histogram - before.histogram).sum()) / 2
    return float(np.sqrt(points * histogram))


def same(one: Glance, other: Glance) -> bool:
    """Whether two frames show the same, perhaps in another light."""
    if min(one.spread, other.spread) < 2.0:  # nothing to be seen in one of them
        return change(one, other) < LEAST / 2
    likeness = float((one.luma * other.luma).mean()) / (one.spread * other.spread)
    return likeness > ALIKE


def glance(time: float, points: npt.NDArray[np.uint8]) -> Glance:
    """What is remembered of a frame: (3, DOWN, ACROSS) points, brightness and two of colour."""
    luma = points[0].astype(np.float32)
    luma -= luma.mean()
    bins = (points.reshape(3, -1) >> 4) + np.array([[0], [16], [32]], np.uint8)
    counts = np.bincount(bins.ravel(), minlength=48).astype(np.float32)
    # Brightness counts as much as both colours.
    counts[:16] *= 2
    return Glance(
        time, points.astype(np.int16), counts / (4 * luma.size), luma, float(luma.std()) + 1e-6
    )


def points_of(frame: Any) -> npt.NDArray[np.uint8]:
    """(3, DOWN, ACROSS) points of an `av.VideoFrame` in YUV, picked and not averaged."""
    if frame.format.name not in ("yuv420p", "yuvj420p", "yuv422p", "yuv444p"):
        frame = frame.reformat(width=4 * ACROSS, height=4 * DOWN, format="yuv420p")
    points = np.empty((3, DOWN, ACROSS), np.uint8)
    for index, plane in enumerate(frame.planes):
        pixels = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)
        rows, columns = grid(plane.height, plane.width)
        points[index] = pixels[rows, columns]
    return points


@functools.lru_cache(maxsize=16)
def grid(height: int, width: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Rows (DOWN, 1) and columns (1, ACROSS) of the points in a plane; read-only use."""
    rows = ((np.arange(DOWN) + 0.5) * height / DOWN).astype(np.intp)
    columns = ((np.arange(ACROSS) + 0.5) * width / ACROSS).astype(np.intp)
    return rows.reshape(-1, 1), columns.reshape(1, -1)
