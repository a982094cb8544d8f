"""The flash guard: what the audience sees flashes no more often than is safe.

It looks at every picture in a few thousand small regions, and gives it back as it is unless more
than three flashes in a second would cover a quarter of it. Then the places that flash, and only
they, are calmed: each new picture is mixed into those before it, so that they glide instead.
The rule, and what is not promised: docs/decisions/flash-guard.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from livegan.stage.flash.flashes import Flashes
from livegan.stage.flash.regions import COUNT, GRID, Bytes, Regions, Values, values_of

Mode = Literal["on", "off", "strict"]
MODES: tuple[Mode, ...] = get_args(Mode)

MIX = 0.8
"""Seconds over which the pictures of a calmed place are averaged."""
HOLD = 0.35
"""Seconds for which a place stays calmed after it flashed too often; slower than the slowest
flashing that is calmed, so that it does not come and go with the flashes."""
PAUSE = 0.25
"""Seconds that pass at most from one picture to the next, whatever the clock says: a clock that
jumps does not make room for flashes. Changes that far apart are too slow to count."""
RELEASE = 0.45
"""Seconds of the way back to the picture as it is."""
TILES = 16
"""What is mixed, is mixed by tiles, that pass smoothly into each other."""
ROWS = 32  # rows that are mixed at once: they stay in the processor's cache
SOFTER = 3  # attempts at a weaker mixture before a place is held altogether
KINDS = ("general", "red")


@dataclass(frozen=True)
class GuardMoment:
    """A time in which the guard acted: from ``since`` to ``until``, on the caller's clock in s."""

    since: float
    until: float
    area: float
    """The largest share of the picture that was calmed, 0..1."""
    kinds: tuple[str, ...]
    """What it flashed in: ``"general"`` (luminance), ``"red"``."""

    def __str__(self) -> str:
        kinds = " and ".join(self.kinds) or "general"
        return f"{self.since:.2f} to {self.until:.2f} s: {kinds} flashes on {self.area:.0%}"


class FlashGuard:
    """Limits the flashes of one run of pictures. Each output has its own.

    The same pictures at the same times give the same pictures. A picture that needs nothing is
    given back itself, not a copy; the guard keeps it to mix with the next, so it must not be
    changed afterwards.
    """

    def __init__(
        self, mode: Mode = "on", on_moment: Callable[[GuardMoment], None] = lambda moment: None
    ) -> None:
        """``on_moment`` receives each period in which the guard acted, when it is over.

        Modes: ``"on"`` counts flashes over a quarter of the picture, ``"strict"`` over a quarter
        of any rectangle a third as wide and high, ``"off"`` does nothing. Raises ValueError for
        another.
        """
        if mode not in MODES:
            raise ValueError(f"the flash guard is {', '.join(MODES)}, not {mode!r}")
        self.mode = mode
        self.moments = 0
        """Times in which it acted, that are over."""
        self.seconds = 0.0
        """How long those were, together."""
        self.now: GuardMoment | None = None
        """The one that goes on."""
        self._told = on_moment
        field: Literal["picture", "anywhere"] = "anywhere" if mode == "strict" else "picture"
        self._came, self._shown = Flashes(field), Flashes(field)
        self._regions = Regions(1, 1)
        self._mixing = Mixing(1, 1)
        self._last: Bytes | None = None
        self._held: Values | None = None
        """The mixture as it is, unrounded; None while pictures pass as they are."""
        self._calmed_at = np.full(COUNT, -np.inf)
        self._clock = 0.0
        self._seen = -math.inf

    @property
    def state(self) -> str:
        """For the HUD: "flash guard on", "... acts on 60 %"."""
        if self.now is not None:
            return f"flash guard acts on {self.now.area:.0%}"
        return f"flash guard {self.mode}"

    @property
    def acts(self) -> bool:
        """Whether it changes pictures now."""
        return self._held is not None

    def __call__(self, pixels: Bytes, now: float) -> Bytes:
        """The picture to show at ``now`` (s) in place of this one, (H, W, 3) uint8.

        A clock that goes back, or is not a number, counts as standing still; one that jumps as
        going on for a quarter of a second.
        """
        if self.mode == "off":
            return pixels
        dt = self._elapsed(now)
        if self._last is None or self._last.shape != pixels.shape:
            self._resize(pixels)
        samples = self._regions.samples(pixels)
        values = values_of(samples)
        came = self._came.look(values, self._clock)
        self._came.take(came, self._clock)
        calmed = came.flashing
        self._calmed_at[calmed] = np.maximum(self._calmed_at, self._came.excess_at)[calmed]
        age = self._clock - self._calmed_at
        calm = np.clip(1 - (age - HOLD) / RELEASE, 0, 1)
        if self._held is None and not calm.any():
            shown = self._shown.look(values, self._clock, calm == 1)
            if not shown.excess.any():
                self._shown.take(shown, self._clock)
                self._last = pixels
                self._end()
                return pixels
            self._calmed_at[shown.excess] = self._clock
            calm[shown.excess] = 1
        share = np.ones(COUNT)
        slow = calm > 0
        share[slow] = -np.expm1(-dt / (MIX * calm[slow] ** 2))
        return self._mixed(pixels, samples, share, calm, came.often, now)

    def finish(self) -> None:
        """No more pictures: what goes on is over."""
        self._end()

    def _elapsed(self, now: float) -> float:
        dt = now - self._seen if math.isfinite(now) and math.isfinite(self._seen) else 0.0
        if math.isfinite(now):
            self._seen = now
        dt = min(max(0.0, dt), PAUSE)
        self._clock += dt
        return dt

    def _resize(self, pixels: Bytes) -> None:
        """Go on with pictures of another size: what was shown is fitted to it."""
        height, width, _ = pixels.shape
        self._regions, self._mixing = Regions(height, width), Mixing(height, width)
        if self._last is not None:
            rows = np.arange(height) * self._last.shape[0] // height
            columns = np.arange(width) * self._last.shape[1] // width
            self._last = self._last[rows][:, columns]
            if self._held is not None:
                self._held = self._held[rows][:, columns]

    def _mixed(
        self,
        pixels: Bytes,
        samples: Bytes,
        share: NDArray[np.float64],
        calm: NDArray[np.float64],
        often: NDArray[np.bool_],
        now: float,
    ) -> Bytes:
        """As much of the new picture as may be shown, mixed into what is shown already."""
        if self._held is None:
            assert self._last is not None  # the first picture of all flashes nowhere
            self._held = self._last.astype(np.float32)
        held = self._regions.samples(self._held)
        attempt = 0
        while True:
            tiles = self._mixing.tiles(share)
            weights = self._mixing.at(tiles, self._regions)[..., None]
            mixed = np.rint(held + (samples - held) * weights).astype(np.uint8)
            turn = self._shown.look(values_of(mixed), self._clock, calm == 1)
            if not turn.excess.any():
                break
            attempt += 1
            # Weaker, until it may be shown; nothing at all is what is shown now, so this ends.
            share[turn.excess] *= 0.5 if attempt <= SOFTER else 0.0
            self._calmed_at[turn.excess] = self._clock
            if attempt > SOFTER + TILES:
                share[:] = 0
        self._shown.take(turn, self._clock)
        if tiles.min() >= 1:
            self._held, self._last = None, pixels
            self._end()
            return pixels
        self._last = self._mixing.mix(self._held, pixels, tiles)
        self._note(float((share < 1).mean()), often, now)
        return self._last

    # Moments -------------------------------------------------------------------------------------

    def _note(self, area: float, often: NDArray[np.bool_], now: float) -> None:
        found = tuple(kind for kind, places in zip(KINDS, often, strict=True) if places.any())
        moment = self.now or GuardMoment(now, now, 0.0, ())
        kinds = tuple(kind for kind in KINDS if kind in found or kind in moment.kinds)
        self.now = replace(moment, until=now, area=max(area, moment.area), kinds=kinds)

    def _end(self) -> None:
        if self.now is not None:
            moment, self.now = self.now, None
            self.moments += 1
            self.seconds += moment.until - moment.since
            self._told(moment)


class Mixing:
    """How pictures of one size are mixed by tiles."""

    def __init__(self, height: int, width: int) -> None:
        self._rows, self._columns = _between(height), _between(width)
        self._wide = np.repeat(self._columns, 3, axis=0).T.copy()

    def tiles(self, share: NDArray[np.float64]) -> Values:
        """(16, 16) shares of the new picture, from (4096,) of the regions: never more than one."""
        cells = share.reshape(TILES, GRID // TILES, TILES, GRID // TILES)
        least = cells.min(axis=(1, 3)).astype(np.float32)
        # A tile passes into its neighbours half way: the least of them keeps below all of them.
        wide = np.pad(least, 1, mode="edge")
        wide = np.minimum(np.minimum(wide[:-2], wide[1:-1]), wide[2:])
        tiles: Values = np.minimum(np.minimum(wide[:, :-2], wide[:, 1:-1]), wide[:, 2:])
        return tiles

    def at(self, tiles: Values, regions: Regions) -> Values:
        """Shares at the pixels that regions look at, (9, 4096)."""
        if tiles.min() == tiles.max():
            return np.full(regions.y.shape, tiles[0, 0])
        rows = self._rows @ tiles
        shares: Values = np.einsum("ijk,ijk->ij", rows[regions.y], self._columns[regions.x])
        return shares

    def mix(self, held: Values, pixels: Bytes, tiles: Values) -> Bytes:
        """Mix the new picture into ``held``, in place; gives what is shown, (H, W, 3) uint8."""
        height, width, _ = pixels.shape
        shown = np.empty_like(pixels, order="C")
        flat, new = held.reshape(height, -1), np.ascontiguousarray(pixels).reshape(height, -1)
        out = shown.reshape(height, -1)
        even = tiles.min() == tiles.max()
        rows = self._rows @ tiles
        step = np.empty((ROWS, 3 * width), np.float32)
        for top in range(0, height, ROWS):
            block = flat[top : top + ROWS]
            room = step[: len(block)]
            np.subtract(new[top : top + ROWS], block, out=room)
            room *= tiles[0, 0] if even else rows[top : top + ROWS] @ self._wide
            block += room
            np.rint(block, out=room)
            np.copyto(out[top : top + ROWS], room, casting="unsafe")
        return shown


def _between(length: int) -> Values:
    """(length, 16): how much of each tile a row or column of pixels takes."""
    place = np.clip((np.arange(length) + 0.5) / length * TILES - 0.5, 0, TILES - 1)
    first = np.minimum(place.astype(int), TILES - 2)
    weights = np.zeros((length, TILES), np.float32)
    weights[np.arange(length), first] = 1 - (place - first)
    weights[np.arange(length), first + 1] = place - first
    return weights
