"""Who watches a show: what was put on the window, told ten times a second."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from livegan.stage.fallback.ladder import RUNGS, Rung
from livegan.stage.window.presenter import Presented


@dataclass(frozen=True)
class ShownGlance:
    """What a stage presented since the look before. Times in seconds, on the monotonic clock."""

    at: float
    presented: int
    """Frames that were put on the window."""
    longest: float
    """The longest time without one that ended since the glance before."""
    open: float
    """The time without one that goes on now."""
    pictures: int
    """Frames with a new picture of the engine; the same three for those."""
    pictures_longest: float
    pictures_open: float
    brightest: int | None
    """0..255: the brightest value of the darkest picture below the overlays; None if none came."""
    darkness: float
    """The performer's blackout, 0..1."""
    age: float
    """Seconds from the newest sound in the picture to the newest heard."""
    heard: float
    """The show's time in seconds."""
    rung: Rung
    """The lowest rung of the ladder: see `livegan.stage.fallback.ladder`."""


class Witness:
    """Takes down every presented frame; `glance` hands it over and begins anew. Any threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: float | None = None
        self._last_picture: float | None = None
        self._serial = 0
        self._newest: Presented | None = None
        self._looked_at: object = None
        self._begin()

    def _begin(self) -> None:
        self._presented = self._pictures = 0
        self._longest = self._pictures_longest = 0.0
        self._brightest: int | None = None
        self._rung: Rung = "live"

    def presented(self, frame: Presented) -> None:
        """Take down a frame: what `livegan.stage.window.presenter.Presenter.watch` calls."""
        brightest: int | None = None
        if frame.pixels is not self._looked_at:
            self._looked_at = frame.pixels
            brightest = int(frame.pixels.max())
        with self._lock:
            self._presented += 1
            if self._last is not None:
                self._longest = max(self._longest, frame.at - self._last)
            self._last = frame.at
            if brightest is not None:
                known = 255 if self._brightest is None else self._brightest
                self._brightest = min(known, brightest)
            if frame.serial != self._serial:
                self._serial = frame.serial
                self._pictures += 1
                if self._last_picture is not None:
                    gap = frame.at - self._last_picture
                    self._pictures_longest = max(self._pictures_longest, gap)
                self._last_picture = frame.at
            self._newest = frame
            self._rung = lower(self._rung, frame.rung)

    def glance(self, now: float) -> ShownGlance:
        """What happened since the last call."""
        with self._lock:
            newest = self._newest
            glance = ShownGlance(
                at=now,
                presented=self._presented,
                longest=self._longest,
                open=now - self._last if self._last is not None else 0.0,
                pictures=self._pictures,
                pictures_longest=self._pictures_longest,
                pictures_open=now - self._last_picture if self._last_picture is not None else 0.0,
                brightest=self._brightest,
                darkness=newest.darkness if newest else 0.0,
                age=newest.age if newest else 0.0,
                heard=newest.heard if newest else 0.0,
                rung=self._rung,
            )
            self._begin()
        return glance


def lower(one: Rung, other: Rung) -> Rung:
    """The lower of two rungs."""
    return max(one, other, key=RUNGS.index)
