"""The sound that belongs beside the pictures of a live sender, in step with them.

A picture shows the sound as it was when the picture was drawn, some frames ago. Receivers play
picture and sound as they come, so the sound is held back by as much.
"""

from __future__ import annotations

import statistics
from collections import deque

import numpy as np
from numpy.typing import NDArray

from livegan.sound import RATE
from livegan.stage.record.live_film import ShowSound

Array = NDArray[np.float32]

BLOCK = 480
"""Samples that are sent at once: 10 ms."""
LONGEST = RATE // 2
"""The most by which sound is held back. A picture that is held for longer has no sound of its
own."""
PICTURES = 60
"""Pictures whose median delay counts."""
STEP = round(0.06 * RATE)
"""By how much the delay has to differ for the sound to follow: people do not see less."""
FADE = 240
"""Samples in which the sound goes over to its new place, so that it does not click."""


class SoundBeside:
    """Gives the sound of a show in blocks, as late as its pictures are."""

    def __init__(self, sound: ShowSound) -> None:
        self._sound = sound
        self._late: deque[int] = deque(maxlen=PICTURES)
        self._delay = 0
        self._given: int | None = None

    def picture(self, position: int) -> None:
        """A picture is sent that shows the sound up to ``position``, in samples."""
        late = self._sound.position - position
        if 0 <= late <= LONGEST:
            self._late.append(late)

    def blocks(self) -> list[Array]:
        """The blocks that are due, (2, `BLOCK`) float32 each."""
        delay = statistics.median_low(self._late) if self._late else 0
        due = self._sound.position - self._delay
        if self._given is None or not 0 <= due - self._given <= RATE:  # the first, or long asleep
            self._delay = delay
            self._given = self._sound.position - delay
            return []
        found = []
        while self._given + BLOCK <= due:
            block = self._read(self._given)
            self._given += BLOCK
            if abs(delay - self._delay) > STEP:
                self._given += self._delay - delay
                due += self._delay - delay
                self._delay = delay
                block = self._joined(block)
            found.append(np.ascontiguousarray(block.T))
        return found

    def _joined(self, block: Array) -> Array:
        """The block, going over into what comes before the new place."""
        way = np.linspace(0, 1, FADE, dtype=np.float32)[:, None]
        new = self._read(self._given or 0, back=FADE)
        return np.concatenate([block[:-FADE], block[-FADE:] * (1 - way) + new * way])

    def _read(self, start: int, back: int = 0) -> Array:
        stop = start if back else start + BLOCK
        samples = self._sound.samples(start - back, stop)
        return np.clip(np.nan_to_num(samples), -1, 1).astype(np.float32)
