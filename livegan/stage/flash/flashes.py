"""Flashes: which places of a run of pictures change back and forth more often than is safe.

The rule is that of WCAG 2.2 (success criterion 2.3.1) and ITU-R BT.1702; how it is read here is
written down in docs/decisions/flash-guard.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from livegan.stage.flash.regions import COUNT, GRID, Values

Field = Literal["picture", "anywhere"]
"""Where a quarter counts: of the whole picture, or of any rectangle a third as wide and high."""

Mask = NDArray[np.bool_]
Times = NDArray[np.float64]

STEP = np.array([[0.095], [0.057]], np.float32)
"""Changes that count, of luminance and redness: a little under the rule's 0.1 and 20 / 320."""
DARK = np.array([[0.81], [np.inf]], np.float32)
"""Luminance that the darker of two states must be below; the rule says 0.80."""
AREA = 0.25
"""Share of the field from which on it counts; one of four slots does."""
SIX = 0.95
"""Seconds that must lie between a change and the sixth after it. The rule's second, less a frame
at 25 a second: three flashes a second that fall between frames are not more than three."""
SEVEN = 1.05
"""Likewise for the seventh: with it four flashes never lie within a second."""
AT_REST = 0.5
"""Likewise for the second, where a place is being calmed."""
CONCURRENT = 1.0
"""Seconds for which a place that flashed too often counts towards the area."""
KEPT = 8
WINDOW = round(GRID / 3)


@dataclass(frozen=True)
class LuminanceTurn:
    """What one more picture would change. Masks are (4096,), of regions."""

    values: Values
    rise: Mask
    fall: Mask
    """(2, 4096): changes up and down that are complete with this picture."""
    often: Mask
    """(2, 4096): those of them that come too soon after the ones before."""
    excess: Mask
    """Regions that change too often, together with others that do so on a quarter of the field."""
    flashing: Mask
    """Regions that did lately, likewise."""
    event: int
    """Whether a quarter of the picture changed at once, against the last time: -1, 0 or 1."""


class Flashes:
    """Follows the peaks and valleys of luminance and redness of every patch.

    A change is complete when the value is `STEP` away from the last peak or valley; a change up
    and one down are a flash. Memory is of fixed size.
    """

    def __init__(self, field: Field = "picture") -> None:
        self._field = field
        self._high: Values = np.full((2, COUNT), -np.inf, np.float32)
        self._low: Values = np.full((2, COUNT), np.inf, np.float32)
        self._way = np.zeros((2, COUNT), np.int8)
        self._times: Times = np.full((KEPT, 2 * COUNT), -np.inf)
        self._count = np.zeros(2 * COUNT, np.int64)
        self._events: list[float] = [-np.inf] * KEPT
        self._last_event = 0
        self.excess_at: Times = np.full(COUNT, -np.inf)
        """When each patch last changed too often."""

    def look(self, values: Values, now: float, calmed: Mask | None = None) -> LuminanceTurn:
        """What a picture with these (2, 4096) values would do at ``now``; nothing is remembered.

        Where it is to be shown, ``calmed`` are the regions that may change only now and then.
        """
        high, low = np.maximum(self._high, values), np.minimum(self._low, values)
        rise = (self._way <= 0) & (values - low >= STEP) & (low < DARK)
        fall = (self._way >= 0) & (high - values >= STEP) & (values < DARK) & ~rise
        turned = rise | fall
        often = np.zeros((2, COUNT), bool)
        event = 0
        if turned.any():
            at = np.flatnonzero(turned)
            over = self._ago(6, at, now) < SIX
            over |= self._ago(7, at, now) < SEVEN
            if calmed is not None:
                over |= calmed[at % COUNT] & (self._ago(2, at, now) < AT_REST)
            often.reshape(-1)[at] = over
            event = self._event(rise.any(axis=0).mean(), fall.any(axis=0).mean())
        lately = now - self.excess_at < CONCURRENT
        excess: Mask = np.asarray(often.any(axis=0))
        flashing = self._spread(lately | excess)
        excess = excess & flashing
        if event and (now - self._events[-6] < SIX or now - self._events[-7] < SEVEN):
            if calmed is None:  # what came: a place that changes for once is none that flashes
                at = np.flatnonzero(turned)
                turned.reshape(-1)[at] = self._ago(1, at, now) < CONCURRENT
            excess = np.asarray(turned.any(axis=0))
            flashing = flashing | excess
            often = often | turned
        return LuminanceTurn(values, rise, fall, often, excess, flashing, event)

    def take(self, turn: LuminanceTurn, now: float) -> None:
        """Remember that this picture was shown."""
        rise, fall = turn.rise, turn.fall
        np.maximum(self._high, turn.values, out=self._high)
        np.minimum(self._low, turn.values, out=self._low)
        turned = rise | fall
        if not turned.any():
            return
        np.copyto(self._high, turn.values, where=rise)
        np.copyto(self._low, turn.values, where=fall)
        self._way[rise] = 1
        self._way[fall] = -1
        at = np.flatnonzero(turned)
        self._times[self._count[at] % KEPT, at] = now
        self._count[at] += 1
        self.excess_at[turn.often.any(axis=0)] = now
        if turn.event:
            self._last_event = turn.event
            self._events = [*self._events[1:], now]

    def _ago(self, before: int, at: NDArray[np.intp], now: float) -> Times:
        """Seconds since the ``before``-th last change of places ``at``."""
        ago: Times = now - self._times[(self._count[at] - before) % KEPT, at]
        return ago

    def _event(self, rise: float, fall: float) -> int:
        if rise >= AREA and fall >= AREA:
            return -self._last_event or 1  # both at once: cuts, counter-phase
        way = int(rise >= AREA) - int(fall >= AREA)
        return 0 if way == self._last_event else way

    def _spread(self, places: Mask) -> Mask:
        """Those of the places that make up a quarter of the field together; none if none do."""
        most = places.mean() if self._field == "picture" else places.sum() / WINDOW**2
        if most < AREA:
            return np.zeros(COUNT, bool)  # not even if all lay in one rectangle
        if self._field == "picture":
            return places
        sums = np.zeros((GRID + 1, GRID + 1), np.int64)
        np.cumsum(np.cumsum(places.reshape(GRID, GRID), axis=0), axis=1, out=sums[1:, 1:])
        a, b = sums[WINDOW:], sums[:-WINDOW]
        inside = a[:, WINDOW:] - a[:, :-WINDOW] - b[:, WINDOW:] + b[:, :-WINDOW]
        covered = np.zeros((GRID, GRID), bool)
        for top, left in np.argwhere(inside >= AREA * WINDOW * WINDOW):
            covered[top : top + WINDOW, left : left + WINDOW] = True
        return places & covered.reshape(-1)
