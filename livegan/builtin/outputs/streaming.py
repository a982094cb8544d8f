"""What outputs share that stream H.264 and AAC live: the encoder, and the sound of the show."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livegan.ipc.sound_ring import SoundRing
from livegan.sound import RATE
from livegan.stage.record.live_film import ShowSound
from livegan.stage.record.recording import ENCODERS, encoder

AUDIO_BITS = 128_000
BITS = 4_500_000
"""Bits of video a second: what services advise for 720p at 30 pictures a second."""
LIVE = {"b": str(BITS), "maxrate": str(BITS), "bufsize": str(2 * BITS)}
SOFTWARE = {"preset": "superfast", "tune": "zerolatency", "threads": "1"}


class NoSound:
    """Sound of a show that hears nothing, by the clock of the machine."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._begun = clock, clock()

    @property
    def position(self) -> int:
        """Samples so far."""
        return int((self._clock() - self._begun) * RATE)

    def samples(self, start: int, stop: int) -> NDArray[np.float32]:
        """(stop - start, 2) zeros."""
        return np.zeros((stop - start, 2), np.float32)


def heard(ring: str) -> ShowSound:
    """The sound of the show, by the name of its ring; silence if there is none."""
    try:
        return SoundRing.attach(ring)
    except (OSError, ValueError):
        return NoSound()


def encoding() -> dict[str, Any]:
    """The encoder and its options for a stream that is watched live."""
    name = encoder()
    own = SOFTWARE if name == "libx264" else {}
    preset = {k: v for k, v in dict(ENCODERS)[name].items() if k == "preset"}
    return {"encoder": name, "options": preset | own | LIVE}
