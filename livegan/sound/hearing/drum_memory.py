"""A network that tells drums and remembers the music: convolutions over the bands, and a memory.

Convolutions see the last quarter of a second of bands, which is the shape of a stroke. A gated
recurrent unit (Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder", EMNLP
2014) behind them remembers what strokes and other notes of this music sound like. It was taught
by `models/recipes/hearing.py`, which has the same network in torch.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import numpy as np

from livegan.sound.hearing.bands import KIT_BANDS, Array

CLASSES = ("kick", "snare", "tom", "hat")
"""What the network tells apart; toms and hats are learned only so as not to be taken for drums."""
LOOK_AHEAD = 3
"""Frames after a stroke at which it is told."""
LOWEST, HIGHEST = -3.0, 0.75
"""Of what the network is given: decibels below the recent loudest, in steps of 20."""
FRAMES = 6
"""Frames side by side that the first layer sees."""
SECOND, THIRD = (4, 2, 0), (12, 6, 0)
"""Frames ago at which the next layers look at the one before them."""


@cache
def shipped() -> dict[str, Array]:
    """The weights: for each layer ``NAME_w``, (out, in), and ``NAME_b``, (out,)."""
    with files("livegan.sound.hearing").joinpath("drum_memory.npz").open("rb") as file:
        return {name: value.astype(np.float32) for name, value in np.load(file).items()}


class MemoryNetwork:
    """The network, a frame at a time.

    Parameters
    ----------
    weights : others than :func:`shipped`.
    """

    def __init__(self, weights: dict[str, Array] | None = None) -> None:
        self._weights = weights = shipped() if weights is None else weights
        self._seen = np.full(FRAMES * KIT_BANDS, LOWEST, np.float32)
        self._first = np.zeros((SECOND[0] + 1, len(weights["first_b"])), np.float32)
        self._second = np.zeros((THIRD[0] + 1, len(weights["second_b"])), np.float32)
        self._memory = np.zeros(len(weights["kept_b"]) // 3, np.float32)

    def step(self, frame: Array) -> Array:
        """(4,) probabilities that one of :data:`CLASSES` began ``LOOK_AHEAD`` frames ago.

        ``frame`` is (KIT_BANDS,) float32, from `LOWEST` to `HIGHEST`.
        """
        pushed(self._seen.reshape(FRAMES, KIT_BANDS), frame)
        first = pushed(self._first, np.maximum(self._layer("first", self._seen), 0))
        seen = first[[len(first) - 1 - ago for ago in SECOND]].ravel()
        second = pushed(self._second, np.maximum(self._layer("second", seen), 0))
        seen = second[[len(second) - 1 - ago for ago in THIRD]].ravel()
        shape = np.maximum(self._layer("third", seen), 0) + second[-1]
        remembered = self._remember(shape)
        x = np.maximum(self._layer("fourth", np.concatenate([shape, remembered])), 0)
        return sigmoid(self._layer("last", x))

    def _remember(self, shape: Array) -> Array:
        new, kept = self._layer("new", shape), self._layer("kept", self._memory)
        n = len(self._memory)
        gates = sigmoid(new[: 2 * n] + kept[: 2 * n])
        candidate = np.tanh(new[2 * n :] + gates[:n] * kept[2 * n :])
        self._memory = candidate + gates[n:] * (self._memory - candidate)
        return self._memory

    def _layer(self, name: str, x: Array) -> Array:
        # Not by a matrix product: with other threads that adds up in another order.
        product: Array = np.einsum("ij,j->i", self._weights[f"{name}_w"], x)
        return product + self._weights[f"{name}_b"]


def pushed(rows: Array, newest: Array) -> Array:
    """Move rows up by one and put the newest in the last."""
    rows[:-1] = rows[1:].copy()
    rows[-1] = newest
    return rows


def sigmoid(x: Array) -> Array:
    """Between 0 and 1, float32."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(x, -30.0, 30.0))), np.float32)
