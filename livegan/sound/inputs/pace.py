"""How the sound of a source is fitted to the clock of the show."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from livegan.sound import RATE
from livegan.sound.inputs.continuation import HEARD, continued

Array = NDArray[np.float32]

BEHIND = round(0.04 * RATE)
"""Samples by which the sound follows the clock: room for a device that calls unevenly."""

LATE = round(0.1 * RATE)
"""Samples after which a source counts as late, and silence goes on in its place."""

FADE = round(0.01 * RATE)
"""Samples of a fade from one sound to another: long enough not to click."""

FADE_OUT = round(0.05 * RATE)
"""Samples of a fade to silence: long enough that the analysis hears no stroke in it."""

SETTLE = 2 * RATE
"""Samples after which the distance a source has from the clock is taken for its usual one."""

SMOOTH = 15.0
"""Seconds over which the distance to the clock is averaged."""

HORIZON = 30.0
"""Seconds in which a distance is made good. Twice `SMOOTH` damps the loop critically (0.7)."""

MOST = 0.002
"""Largest change of speed: clocks of sound devices differ by 0.0002 at worst."""


class SoundPace:
    """Turns blocks as they come into a stream that follows the clock to within a tenth of a second.

    No clock is read here: each call receives ``due``, the samples that should have been heard since
    the show began. The count of samples returned so far is `position`; it never goes back.

    * A device's clock that runs fast or slow is followed by leaving out or adding single samples
      by interpolation, so the sound does not drift away in a show of hours.
    * When nothing comes for 0.1 s, silence follows the clock, after a short fade.
    * What comes later than that and all at once loses its oldest part.
    """

    def __init__(self, position: int = 0) -> None:
        self.position = position
        self.late = LATE
        """Samples after which silence goes on in place of a source."""
        self._tail: Array = np.zeros((HEARD, 2), np.float32)
        self._silent = True
        self._usual: float | None = None
        self._settled = self._sum = 0
        self._distance = 0.0
        self._owed = 0.0

    def wanted(self, due: int) -> int:
        """Samples that would bring the sound up to date."""
        return max(0, due - BEHIND - self.position)

    def fit(self, block: Array, due: int) -> Array:
        """The samples to append now, (m, 2), given the (n, 2) that came; either may be none."""
        if len(block):
            out = self._sound(block, due)
        elif due - self.position > (BEHIND if self._silent else self.late):
            out = self._silence(due - BEHIND - self.position)
        else:
            return block
        self.position += len(out)
        self._tail = np.concatenate([self._tail, out[-HEARD:]])[-HEARD:]
        return out

    def _silence(self, count: int) -> Array:
        fade = 0 if self._silent else FADE_OUT
        self._silent = True
        return self._joined(np.zeros((max(count, fade), 2), np.float32), fade)

    def _sound(self, block: Array, due: int) -> Array:
        behind = due - self.position - len(block)
        if self._silent:
            # The clock was held by silence: begin at the usual distance from it.
            self._usual, self._settled, self._sum = None, 0, 0
            if behind > BEHIND:
                block = np.concatenate([np.zeros((behind - BEHIND, 2), np.float32), block])
            else:
                block = block[max(0, -behind) :]
            self._silent = False
            return self._joined(block, FADE)
        if behind < 0:
            return self._joined(block[-behind:], FADE)
        change = self._drift(behind, len(block))
        return stretched(block, len(block) + change) if change else block

    def _drift(self, behind: int, count: int) -> int:
        """Samples to add to (or leave out of) ``count`` to stay at the usual distance."""
        if self._usual is None:
            self._settled += count
            self._sum += behind * count
            if self._settled >= SETTLE:
                self._usual = self._sum / self._settled
                self._distance = self._owed = 0.0
            return 0
        part = min(1.0, count / (SMOOTH * RATE))
        self._distance += (behind - self._usual - self._distance) * part
        speed = max(-MOST, min(MOST, self._distance / (HORIZON * RATE)))
        self._owed += speed * count
        change = int(self._owed)
        if not change or count < 64:
            return 0
        self._owed -= change
        return change

    def _joined(self, block: Array, fade: int) -> Array:
        """``block`` after what was returned last, which fades within ``fade`` samples: no click."""
        count = min(fade, len(block))
        if not count:
            return block
        ramp = (0.5 - 0.5 * np.cos(np.pi * (np.arange(count) + 0.5) / count)).astype(np.float32)
        block = block.copy()
        block[:count] *= ramp[:, None]
        block[:count] += continued(self._tail, count) * (1 - ramp)[:, None]
        return block


def stretched(block: Array, count: int) -> Array:
    """(n, 2) as (count, 2), by cubic interpolation (Catmull-Rom); the ends stay where they are."""
    last = len(block) - 1
    at = np.linspace(0, last, count)
    i = np.minimum(at.astype(np.intp), last - 1)
    t = (at - i).astype(np.float32)[:, None]
    before, a, b, after = (
        block[np.maximum(i - 1, 0)],
        block[i],
        block[i + 1],
        block[np.minimum(i + 2, last)],
    )
    curve = 2 * before - 5 * a + 4 * b - after + t * (3 * (a - b) + after - before)
    out: Array = a + 0.5 * t * (b - before + t * curve)
    return out
