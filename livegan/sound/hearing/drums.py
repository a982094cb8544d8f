"""Bass drum and snare drum, told from everything else that is loud and low.

A threshold on the low band fires on every bass note.  What makes a bass drum is its shape in time
and frequency: a rise within 20 ms low down and at the beater's click together, a pitch that falls,
a short decay.  So a small network looks at ten frames of 32 bands side by side, and at the running
averages of the bands and of their rises, which say what is usual in this music.  Networks on band
energies are what drum transcription found to work on mixed music (Vogl, Dorfer and Knees, "Drum
Transcription from Polyphonic Music with Recurrent Neural Networks", ICASSP 2017).  This one looks
30 ms ahead, so a stroke is known at most 50 ms after its attack.  It was taught by
`tools/drums/train.py` on mixes with exact truth.  Another network, with a memory and taught with
other kits (`livegan.sound.hearing.drum_memory`), has as much say: the two are wrong about different
notes.  How they were measured is in `docs/decisions/drums.md`.
"""

from __future__ import annotations

from collections import deque
from functools import cache
from importlib.resources import files

import numpy as np

from livegan.sound import HOP, RATE
from livegan.sound.hearing.bands import DRUM_BANDS, Array, BandFrame
from livegan.sound.hearing.drum_memory import MemoryNetwork
from livegan.sound.hearing.loudness import Reference, decibels

CLASSES = ("kick", "snare", "tom", "hat")
"""What the network tells apart; toms and hats are learned only so as not to be taken for drums."""
CONTEXT = 10
LOOK_AHEAD = 3
SEEN = (CONTEXT + 2) * DRUM_BANDS
"""Numbers the network sees at a time."""
_HOP_S = HOP / RATE
_LOWEST, _HIGHEST = -3.0, 0.75
_GATE_DB = (-60.0, -54.0)
_WAIT = (6, 6)  # hops between two strokes: sixteenths of a double bass drum at 190 a minute
_SURE = (0.5, 0.44)  # probabilities above which a stroke counts
_BODY = (slice(0, 6), slice(17, DRUM_BANDS))  # bands a stroke's strength is read from
_STRENGTH_DB = 24.0  # below the recent loudest is a strength of 0
_WEAKEST = 0.25


class DrumInput:
    """Band powers as the network wants them: decibels below the recent loudest, in steps of 20."""

    def __init__(self) -> None:
        self._reference = Reference(-55.0, fall_db=3.0 * _HOP_S, rise=0.03)
        self.db = -120.0

    def step(self, bands: Array) -> Array:
        """(n,) powers in, (n,) out; ``db`` is then the loudness of the hop."""
        self.db = decibels(float(bands.sum()))
        reference = self._reference.step(self.db)
        level = (10.0 * np.log10(bands + np.float32(1e-9)) - np.float32(reference)) / 20.0
        return np.asarray(np.clip(level, _LOWEST, _HIGHEST), np.float32)


@cache
def _weights() -> dict[str, Array]:
    with files("livegan.sound.hearing").joinpath("drums.npz").open("rb") as file:
        return {name: value.astype(np.float32) for name, value in np.load(file).items()}


class Averages:
    """Running averages of the bands (a second) and of their rises (two seconds)."""

    KEEP = (0.99, 0.995)

    def __init__(self) -> None:
        self._last = np.full(DRUM_BANDS, _LOWEST, np.float32)
        self.level = np.full(DRUM_BANDS, _LOWEST, np.float32)
        self.rise = np.zeros(DRUM_BANDS, np.float32)

    def step(self, frame: Array) -> None:
        """Take a frame; read ``level`` and ``rise``, each (DRUM_BANDS,)."""
        level, rise = (np.float32(keep) for keep in self.KEEP)
        self.level = level * self.level + (1 - level) * frame
        # Rises are rare and small on average: five times larger suits the network.
        self.rise = rise * self.rise + 5 * (1 - rise) * np.maximum(frame - self._last, 0)
        self._last = frame


class Network:
    """The network, a frame at a time."""

    def __init__(self) -> None:
        self._weights = _weights()
        self._averages = Averages()
        self._seen = np.zeros(SEEN, np.float32)
        self._seen[: CONTEXT * DRUM_BANDS] = _LOWEST

    @property
    def frames(self) -> Array:
        """(CONTEXT, DRUM_BANDS), the newest last."""
        return self._seen[: CONTEXT * DRUM_BANDS].reshape(CONTEXT, DRUM_BANDS)

    def step(self, frame: Array) -> Array:
        """(4,) probabilities that one of :data:`CLASSES` began ``LOOK_AHEAD`` frames ago."""
        weights, seen, frames = self._weights, self._seen, CONTEXT * DRUM_BANDS
        self._averages.step(frame)
        seen[: frames - DRUM_BANDS] = seen[DRUM_BANDS:frames].copy()
        seen[frames - DRUM_BANDS : frames] = frame
        seen[frames : frames + DRUM_BANDS] = self._averages.level
        seen[frames + DRUM_BANDS :] = self._averages.rise
        x = np.maximum(seen @ weights["first_w"] + weights["first_b"], 0)
        x = np.maximum(x @ weights["second_w"] + weights["second_b"], 0)
        x = x @ weights["last_w"] + weights["last_b"]
        return np.asarray(1 / (1 + np.exp(-x)), np.float32)


class Strokes:
    """When one drum is struck: :meth:`step` takes the probability of a hop."""

    def __init__(self, kind: int) -> None:
        self._sure, self._pause = _SURE[kind], _WAIT[kind]
        self._wait = 0

    def step(self, probability: float, heard: bool) -> bool:
        """Whether a stroke is told now; ``heard`` is False in silence."""
        self._wait = max(0, self._wait - 1)
        if probability <= self._sure or self._wait or not heard:
            return False
        self._wait = self._pause
        return True


class Drums:
    """:meth:`step` gives ``(strength, age)`` or None for the kick and the snare.

    ``strength`` is 0..1 relative to the recent strokes' loudness; ``age`` is the seconds from the
    attack to the end of this hop, at most 0.05.
    """

    def __init__(self) -> None:
        self._input, self._fine_input = DrumInput(), DrumInput()
        self._network, self._memory = Network(), MemoryNetwork()
        self._strokes = [Strokes(kind) for kind in range(len(_BODY))]
        self._loudest = [Reference(-60.0, fall_db=1.0 * _HOP_S, rise=0.5) for _ in _BODY]
        self._body: deque[Array] = deque(maxlen=LOOK_AHEAD)
        self.activations = np.zeros(len(CLASSES), np.float32)

    def step(
        self, frame: BandFrame
    ) -> tuple[tuple[float, float] | None, tuple[float, float] | None]:
        """Take the spectrum of a hop."""
        self._body.append(frame.drum)
        first = self._network.step(self._input.step(frame.drum))
        second = self._memory.step(self._fine_input.step(frame.kit))
        self.activations = together(first, second)
        return self._pick(0), self._pick(1)

    def _pick(self, kind: int) -> tuple[float, float] | None:
        self._loudest[kind].step(-120.0)
        heard = self._input.db >= _GATE_DB[kind]
        if not self._strokes[kind].step(float(self.activations[kind]), heard):
            return None
        return self._strength(kind), (LOOK_AHEAD + 0.5) * _HOP_S

    def _strength(self, kind: int) -> float:
        """How hard, next to the strokes before: the loudest of the frames since the attack."""
        level = max(decibels(float(bands[_BODY[kind]].sum())) for bands in self._body)
        below = self._loudest[kind].db - level
        self._loudest[kind].step(level)
        return min(1.0, max(_WEAKEST, 1.0 - below / _STRENGTH_DB))


def together(first: Array, second: Array) -> Array:
    """Probabilities with the mean of both logarithms of the odds, float32."""
    first, second = (np.clip(each, 1e-4, 1.0 - 1e-4) for each in (first, second))
    odds = np.sqrt(first * second / ((1.0 - first) * (1.0 - second)))
    return np.asarray(odds / (1.0 + odds), np.float32)
