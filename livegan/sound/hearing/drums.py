"""Bass drum and snare drum, told from everything else that is loud and low.

A threshold on the low band fires on every bass note.  What makes a bass drum is its shape in time
and frequency: a rise within 20 ms low down and at the beater's click together, a pitch that falls,
a short decay.  So a small network looks at ten frames of 32 bands side by side, and at the running
averages of the bands and of their rises, which say what is usual in this music.  Networks on band
energies are what drum transcription found to work on mixed music (Vogl, Dorfer and Knees, "Drum
Transcription from Polyphonic Music with Recurrent Neural Networks", ICASSP 2017).  This one looks
30 ms ahead, so a stroke is known at most 50 ms after its attack.  It was taught by
`tools/drums/train.py` on mixes with exact truth; how it was measured is in
`docs/decisions/drums.md`.
"""

from __future__ import annotations

import math
from collections import deque
from functools import cache
from importlib.resources import files

import numpy as np

from livegan.sound import HOP, RATE
from livegan.sound.hearing.bands import DRUM_BANDS, Array, BandFrame
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
_WAIT = (9, 8)  # hops between two strokes
# A stroke has to reach a share of the surest one of the last seconds: where drums are clear, bass
# notes that look a little like them do not count; where they are buried, less is enough.
_SHARE = (0.55, 0.6)
_LEAST, _ENOUGH = (0.5, 0.25), (0.6, 0.55)
_FORGET = (0.999, 0.998)
_POSSIBLE, _SURE = 0.05, 0.6  # probabilities by themselves
_LIKE = 2.0  # of log odds, for a kick just like the ones before
_UNLIKE = 0.4  # root mean square distance that counts neither way, in steps of 20 dB
_LEARN = 0.3
_CLICK = 0.5  # of the kick's probability is taken from the snare's
_BODY = (slice(0, 6), slice(17, DRUM_BANDS))  # bands a stroke's strength is read from
_STRENGTH_DB = 24.0  # below the recent loudest is a strength of 0
_WEAKEST = 0.25


class DrumInput:
    """Band powers as the network wants them: decibels below the recent loudest, in steps of 20."""

    def __init__(self) -> None:
        self._reference = Reference(-55.0, fall_db=3.0 * _HOP_S, rise=0.03)
        self.db = -120.0

    def step(self, bands: Array) -> Array:
        """(DRUM_BANDS,) powers in, (DRUM_BANDS,) out; ``db`` is then the loudness of the hop."""
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


class DrumLikeness:
    """Whether a stroke sounds like the sure ones before it: a piece has one bass drum, or two.

    A stroke is described by its rise and its level in every band; what is kept is their running
    average over the sure strokes.  Bass notes that mislead the network are unlike it, and strokes
    that the network was never taught are like each other.
    """

    def __init__(self) -> None:
        self._usual = np.zeros(2 * DRUM_BANDS, np.float32)
        self._known = 0.0

    @staticmethod
    def describe(frames: Array) -> Array:
        """(2 * DRUM_BANDS,) of the frames (CONTEXT, DRUM_BANDS) that the network sees."""
        after = frames[-3:].mean(axis=0)
        rise = np.maximum(after - frames[-7:-5].mean(axis=0), 0)
        return np.concatenate([rise, after])

    def weigh(self, look: Array) -> float:
        """What to add to the logarithm of the odds."""
        if not self._known:
            return 0.0
        distance = float(np.sqrt(np.mean((look - self._usual) ** 2)))
        return _LIKE * self._known * max(-1.0, 1.0 - distance / _UNLIKE)

    def learn(self, look: Array) -> None:
        """Take a sure stroke."""
        self._usual += (look - self._usual) * np.float32(_LEARN if self._known else 1.0)
        self._known = min(1.0, self._known + 0.25)


class Drums:
    """:meth:`step` gives ``(strength, age)`` or None for the kick and the snare.

    ``strength`` is 0..1 relative to the recent strokes' loudness; ``age`` is the seconds from the
    attack to the end of this hop, at most 0.05.
    """

    def __init__(self) -> None:
        self._input = DrumInput()
        self._network = Network()
        self._likeness = DrumLikeness()
        self._wait = [0, 0]
        self._surest = [0.0, 0.0]
        self._loudest = [Reference(-60.0, fall_db=1.0 * _HOP_S, rise=0.5) for _ in _BODY]
        self._body: deque[Array] = deque(maxlen=LOOK_AHEAD)
        self.activations = np.zeros(len(CLASSES), np.float32)

    def step(
        self, frame: BandFrame
    ) -> tuple[tuple[float, float] | None, tuple[float, float] | None]:
        """Take the spectrum of a hop."""
        self._body.append(frame.drum)
        self.activations = self._network.step(self._input.step(frame.drum))
        return self._pick(0), self._pick(1)

    def _pick(self, kind: int) -> tuple[float, float] | None:
        self._wait[kind] = max(0, self._wait[kind] - 1)
        self._loudest[kind].step(-120.0)
        value = float(self.activations[kind])
        look = None
        if kind == 0 and value > _POSSIBLE:
            look = self._likeness.describe(self._network.frames)
            value = 1.0 / (1.0 + (1.0 / value - 1.0) * math.exp(-self._likeness.weigh(look)))
        if kind == 1:
            # A beater's click looks a little like wires.
            value *= 1.0 - _CLICK * float(self.activations[0])
        self._surest[kind] = max(value, self._surest[kind] * _FORGET[kind])
        threshold = min(max(_SHARE[kind] * self._surest[kind], _LEAST[kind]), _ENOUGH[kind])
        if value <= threshold or self._wait[kind] or self._input.db < _GATE_DB[kind]:
            return None
        self._wait[kind] = _WAIT[kind]
        if look is not None and self.activations[0] > _SURE:
            self._likeness.learn(look)
        return self._strength(kind), (LOOK_AHEAD + 0.5) * _HOP_S

    def _strength(self, kind: int) -> float:
        """How hard, next to the strokes before: the loudest of the frames since the attack."""
        level = max(decibels(float(bands[_BODY[kind]].sum())) for bands in self._body)
        below = self._loudest[kind].db - level
        self._loudest[kind].step(level)
        return min(1.0, max(_WEAKEST, 1.0 - below / _STRENGTH_DB))
