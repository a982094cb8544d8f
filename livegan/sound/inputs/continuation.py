"""Sound that goes on where there is none any more: over a fade, or over a gap."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft
from scipy.linalg import solve_toeplitz
from scipy.signal import lfilter, lfiltic

Array = NDArray[np.float32]
Weights = NDArray[np.float64]

ORDER = 512
"""Coefficients of the prediction: as long as half a period of 47 Hz, and room for many partials."""

HEARD = 4800
"""Samples that are enough to predict from."""


def continued(tail: Array, count: int) -> Array:
    """The ``count`` samples that would follow the (n, 2) of ``tail``, (count, 2), within -1..1.

    A tone goes on as the tone it was, noise as a memory of it: so a fade over them has no edge at
    its beginning, which an analysis would take for a drum.
    """
    past = tail.astype(np.float64)
    sides = [predicted(past[:, i], predictor(past[:, i]), count) for i in range(2)]
    return np.asarray(np.clip(np.stack(sides, axis=1), -1.0, 1.0), np.float32)


def bridged(before: Array, after: Array, count: int, noise: np.random.Generator) -> Array:
    """``count`` samples between the (n, 2) before a gap and the (m, 2) after it, (count, 2).

    What is predicted from the two sides, each less the further it is away; what cannot be predicted
    goes on as noise of the same colour and level. So nothing fades in the gap, and neither of its
    ends has an edge.
    """
    out: Array = np.zeros((count, 2), np.float32)
    at = 0.5 - 0.5 * np.cos(np.pi * (np.arange(count) + 0.5) / count)
    same = bool(np.array_equal(before[:, 0], before[:, 1]) and np.array_equal(*after.T[:2]))
    for channel in range(2 - same):
        past, future = before[:, channel].astype(np.float64), after[::-1, channel].astype(float)
        ahead = predictor(past)
        # A short part says little of what it is like; prediction works as well backwards.
        back = predictor(future) if 2 * len(future) > HEARD else ahead
        made = (1 - at) * predicted(past, ahead, count)
        made += at * predicted(future, back, count)[::-1]
        made += np.sqrt(1 - at) * hiss(past, ahead, count, noise)
        made += np.sqrt(at) * hiss(future, back, count, noise)[::-1]
        out[:, channel] = np.clip(made, -1.0, 1.0)
    if same:
        out[:, 1] = out[:, 0]
    return out


def predictor(signal: NDArray[np.float64], order: int = ORDER) -> Weights:
    """Coefficients (1, a1, ...) of the filter that leaves the least of ``signal`` (n,).

    By its autocorrelation in a window (J. Makhoul, "Linear Prediction: A Tutorial Review", 1975,
    II.B), as codecs conceal lost packets. Such a filter is stable: what is predicted with it does
    not grow. It is (1,) for silence.
    """
    order = min(order, len(signal) // 2)
    seen = signal * np.hanning(len(signal))
    length = next_fast_len(2 * len(seen))
    alike = irfft(np.abs(rfft(seen, length)) ** 2, length)[: order + 1]
    if order < 1 or alike[0] <= 1e-12:
        return np.ones(1)
    alike[0] *= 1 + 1e-9
    return np.concatenate([[1.0], -solve_toeplitz(alike[:-1], alike[1:])])


def predicted(past: NDArray[np.float64], weights: Weights, count: int) -> NDArray[np.float64]:
    """The ``count`` samples that follow ``past`` if nothing new happens."""
    order = len(weights) - 1
    if not order or len(past) < order:
        return np.zeros(count)
    state = lfiltic([1.0], weights, past[: -order - 1 : -1])
    made: NDArray[np.float64] = lfilter([1.0], weights, np.zeros(count), zi=state)[0]
    return made


def hiss(
    past: NDArray[np.float64], weights: Weights, count: int, noise: np.random.Generator
) -> NDArray[np.float64]:
    """``count`` samples of what in ``past`` cannot be predicted."""
    order = len(weights) - 1
    if not order or len(past) <= order:
        return np.zeros(count)
    # The median is of what is always there: a stroke does not go on.
    level = float(np.median(np.abs(lfilter(weights, [1.0], past)[order:]))) / 0.6745
    made: NDArray[np.float64] = lfilter([1.0], weights, level * noise.standard_normal(count))
    return made
