"""Two substances that react and spread: the model of Gray and Scott.

``u`` feeds ``v``, which makes more of itself and decays::

    du/dt = Du laplace(u) - u v² + feed (1 - u)
    dv/dt = Dv laplace(v) + u v² - (feed + kill) v

Pearson (1993), "Complex patterns in a simple system", shows what grows for which feed and kill.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

DU, DV = np.float32(0.16), np.float32(0.08)
"""Cells squared a step; with steps of one, half of what an explicit step bears."""


class GrayScott:
    """A square dish, ``cells`` a side, whose borders meet; empty at first: all ``u``, no ``v``."""

    def __init__(self, cells: int) -> None:
        self.cells = cells
        self.u = np.ones((cells, cells), np.float32)
        self.v = np.zeros((cells, cells), np.float32)
        self._wide = np.empty((cells + 2, cells + 2), np.float32)
        self._rate = np.empty((cells, cells), np.float32)

    def step(self, feed: float, kill: float) -> None:
        """One step of time. What is 0..1 stays so, whatever the numbers are."""
        u, v, rate = self.u, self.v, self._rate
        np.multiply(v, v, out=rate)
        rate *= u
        eaten = u * np.float32(1 - feed)
        eaten += np.float32(feed)
        eaten -= rate
        eaten += self._spread(u, DU)
        rate += v * np.float32(1 - feed - kill)
        rate += self._spread(v, DV)
        np.clip(eaten, 0, 1, out=u)
        np.clip(rate, 0, 1, out=v)

    def drop(self, x: float, y: float, radius: float) -> None:
        """Let ``v`` fall in at (x, y), 0..1 across and down; the radius is in cells."""
        away = np.abs(np.arange(self.cells) - np.array([[x], [y]]) * self.cells)
        away = np.minimum(away, self.cells - away) / radius
        squared = away[1][:, None] ** 2 + away[0][None, :] ** 2
        inside = np.exp(-(squared**2)).astype(np.float32)
        # Half of one, a quarter of the other: more ``v`` eats up its food, and dies where it fell.
        self.u += inside * (np.float32(0.5) - self.u)
        self.v += inside * (np.float32(0.25) - self.v)

    def _spread(self, field: Array, speed: np.float32) -> Array:
        """``speed`` times the Laplacian: the nine-point one, under which rings stay round."""
        wide = self._wide
        wide[1:-1, 1:-1] = field
        wide[0, 1:-1], wide[-1, 1:-1] = field[-1], field[0]
        wide[:, 0], wide[:, -1] = wide[:, -2], wide[:, 1]
        across = wide[:, :-2] + wide[:, 2:]
        across += np.float32(4) * wide[:, 1:-1]
        out: Array = across[:-2] + across[2:]
        out += np.float32(4) * across[1:-1]
        out *= speed / np.float32(6)
        out -= (np.float32(6) * speed) * field
        return out
