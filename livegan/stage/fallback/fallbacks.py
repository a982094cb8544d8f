"""The fallbacks: what each rung of the ladder shows, and the soft fades from one to another."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from livegan.stage.fallback.drift import Album, Drift, blended, is_dark
from livegan.stage.fallback.ladder import RUNGS, Asked, Ladder, Rung
from livegan.stage.fallback.start_picture import start_picture

Pixels = NDArray[np.uint8]

FPS = 20.0
"""Pictures a second of what moves slowly: drifts, stills and fades."""
FADE = {"live": 1.2, "held": 1.2, "drift": 1.5, "still": 1.5}
"""Seconds of the fade to a rung; from held to live and back there is nothing far to go."""
NEAR = 0.4


START_ASPECT = 16 / 9
"""Width over height of the start picture, until the first picture gives the set's."""


@dataclass(frozen=True)
class Chosen:
    """What is to be seen, (H, W, 3); ``fill``: it has no shape of its own and is stretched over
    whatever shows it; ``live``: it is new from the engine."""

    pixels: Pixels
    fill: bool = False
    live: bool = False


class Fallbacks:
    """Chooses and draws what is shown. All on one thread."""

    def __init__(
        self, still: Pixels | None = None, ladder: Ladder | None = None, start: bool = True
    ) -> None:
        """``still`` is a picture of an earlier show; without one there is the start picture.
        Without ``start`` nothing at all is seen before the first picture."""
        self._start = start
        self.ladder = ladder or Ladder()
        self.still = still
        self.album = Album()
        self.seconds: dict[Rung, float] = dict.fromkeys(RUNGS, 0.0)
        """How long each rung was on."""
        self.changes = 0
        self._live: Pixels | None = None
        self._dark: tuple[Pixels, bool] | None = None
        self._shown: Chosen | None = None
        self._below: Chosen | None = None
        """What is faded away from, while it is."""
        self._fade = NEAR
        self._changed_at = self._drawn_at = -math.inf
        self._drift = Drift()

    def wants(self, asked: Asked) -> bool:
        """Whether new live pictures are to be taken now: not while the picture is held."""
        return asked != "held" or self._live is None

    def show(
        self,
        live: Pixels | None,
        now: float,
        *,
        came: bool,
        asked: Asked = "",
        engine: str = "playing",
    ) -> Chosen | None:
        """What to show at ``now`` (s) if it is anything new.

        ``live`` is a new picture of the engine that was taken, and ``came`` whether there is one,
        taken or not.
        """
        if live is not None:
            self._live = live
            self.album.take(live, now)
        before = self.ladder
        self.ladder = before.look(
            now,
            came=came,
            asked=asked,
            engine=engine,
            kept=bool(self.album.pictures),
            dark=not came and self._black(),
        )
        rung = self.ladder.rung
        self.seconds[rung] += max(0.0, min(1.0, now - before.now))
        if rung != before.rung:
            self._change(before.rung, rung, now)
        elif math.isinf(self._changed_at):
            self._changed_at = now
        due = not 0 <= now - self._drawn_at < 1 / FPS
        if rung in ("live", "held"):
            if live is None and not (due and self._below is not None):
                return None
            assert self._live is not None  # these rungs have had a picture
            return self._out(self._live, now, live=live is not None)
        if not due or (self._live is None and not self._start):
            return None
        return self._slow(rung, now)

    def _black(self) -> bool:
        """Whether the last live picture is."""
        if self._live is None:
            return False
        if self._dark is None or self._dark[0] is not self._live:
            self._dark = (self._live, is_dark(self._live))
        return self._dark[1]

    def _change(self, before: Rung, after: Rung, now: float) -> None:
        self.changes += 1
        near = {before, after} == {"live", "held"}
        if near and self._below is not None:
            return  # a fade that goes on
        if near and after == "held":
            return  # it is what is seen already
        self._below, self._fade = self._shown, NEAR if near else FADE[after]
        self._changed_at = now
        self._drift = Drift()

    def _slow(self, rung: Rung, now: float) -> Chosen:
        passed = now - self._changed_at
        if rung == "drift":
            return self._out(self._drift.draw(self.album.pictures, passed), now)
        if self.still is not None:
            return self._out(self._drift.draw((self.still,), passed), now)
        live = self._live
        aspect = START_ASPECT if live is None else live.shape[1] / live.shape[0]
        return self._out(start_picture(now, aspect), now, fill=live is None)

    def _out(self, pixels: Pixels, now: float, live: bool = False, fill: bool = False) -> Chosen:
        """With what is left of the picture before."""
        self._drawn_at = now
        below = self._below
        if below is not None:
            share = (now - self._changed_at) / self._fade
            if 0 <= share < 1:
                pixels = blended(below.pixels, pixels, share, stretch=below.fill or fill)
            else:
                self._below = None
        self._shown = Chosen(pixels, fill, live)
        return self._shown
