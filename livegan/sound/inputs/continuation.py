"""Sound that goes on where there is none any more, for as long as it takes to fade."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

ORDER = 32
"""Coefficients of the prediction: a pair for each of up to sixteen partials."""

HEARD = 2400
"""Samples that are enough to predict from."""


def continued(tail: Array, count: int) -> Array:
    """The ``count`` samples that would follow the (n, 2) of ``tail``, (count, 2), within -1..1.

    A tone goes on as the tone it was, noise as a memory of it: so a fade over them has no edge at
    its beginning, which an analysis would take for a drum. Linear prediction by Burg's method (J.
    P. Burg, "Maximum Entropy Spectral Analysis", 1967), as codecs conceal lost packets.
    """
    out: Array = np.zeros((count, 2), np.float32)
    for channel in range(2):
        past = tail[:, channel].astype(np.float64)
        weights = -predictor(past, ORDER)[:0:-1]
        order = len(weights)
        line = np.concatenate([past[len(past) - order :], np.zeros(count)])
        if order:
            for i in range(count):
                line[order + i] = weights @ line[i : i + order]
        out[:, channel] = np.clip(line[order:], -1.0, 1.0)
    return out


def predictor(signal: NDArray[np.float64], order: int) -> NDArray[np.float64]:
    """Coefficients (1, a1, ...) of the filter that leaves the least of ``signal`` (n,).

    At most ``order`` follow the 1; fewer if so many leave nothing already. Burg's filter is stable,
    so what is predicted with it does not grow.
    """
    found = np.ones(1)
    ahead, behind = signal[1:].copy(), signal[:-1].copy()
    least = 1e-12 * max(float(signal @ signal), 1e-12)
    for _ in range(min(order, len(signal) - 2)):
        power = float(ahead @ ahead + behind @ behind)
        if power <= least:
            break
        share = -2.0 * float(ahead @ behind) / power
        found = np.append(found, 0.0)
        found = found + share * found[::-1]
        ahead, behind = (ahead + share * behind)[1:], (behind + share * ahead)[:-1]
    return found
