"""How old pictures are when they are seen, and which part of a show made them wait."""

from __future__ import annotations

from typing import Any

import numpy as np

from livegan.ipc.picture_ring import DrawingTimes

KEPT = 20_000
"""Pictures of which it is known: about ten minutes of a show."""
PARTS = (
    "analysis",
    "wait for the frame",
    "drawing",
    "to the stage",
    "to the screen",
)
"""From the sound in the ring to the display, in order."""
WHOLE = "sound to screen"


class PictureAges:
    """The ages of the pictures that were presented last.

    A picture's newest sound comes into the sound ring and is analysed; the engine begins a frame
    and draws it, networks and all; the stage takes the picture; the window has presented it, which
    with vsync includes the wait for the display. What a sound card or a network holds back before,
    and a projector after, is not in it.
    """

    def __init__(self) -> None:
        self._ages = np.full((KEPT, 6), np.nan)  # all of it now: a show's memory must not grow
        self._count = 0

    def presented(self, times: DrawingTimes, given: float, shown: float) -> None:
        """A picture was presented: ``given`` by its stream and ``shown``, in seconds of
        `time.monotonic`. One whose times are not known is left out."""
        moments = (times.came, times.analysed, times.began, times.drawn, given, shown)
        if min(moments) > 0:
            self._ages[self._count % KEPT] = moments
            self._count += 1

    def report(self) -> dict[str, dict[str, float]]:
        """Median and 95th percentile in ms of each part, and of all together; empty without
        pictures."""
        if not self._count:
            return {}
        moments = self._ages[: self._count]
        parts = dict(zip(PARTS, np.diff(moments).T, strict=True))
        parts[WHOLE] = moments[:, -1] - moments[:, 0]
        return {name: row_of(1000 * found) for name, found in parts.items()}


def row_of(ms: Any) -> dict[str, float]:
    """Median and 95th percentile, to 0.1 ms."""
    median, late = np.percentile(ms, (50, 95))
    return {"median_ms": round(float(median), 1), "p95_ms": round(float(late), 1)}


def age_line(ages: dict[str, dict[str, float]]) -> str:
    """An age in a line, with its longest parts; empty if there is none."""
    if not ages:
        return ""
    parts = sorted(PARTS, key=lambda name: -ages[name]["median_ms"])
    longest = ", ".join(f"{name} {ages[name]['median_ms']:g} ms" for name in parts[:3])
    whole = ages[WHOLE]
    return (
        f"sound to screen: median {whole['median_ms']:g} ms, 95 % within {whole['p95_ms']:g} ms "
        f"({longest})"
    )
