"""A city at night over water, awake as far as the music is: four levels light all of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from scipy.ndimage import gaussian_filter

from worlds.fields import Field, fbm, grid, noise, smoothstep, stars
from worlds.light import Picture, bloom, film, rgb, vignette

SHORE = 0.70
"""Where the water begins, from the top."""
FINE = 3
WINDOWS = (
    (rgb(0.30, 0.85, 1.00), rgb(0.75, 0.80, 1.00)),
    (rgb(1.00, 0.52, 0.40), rgb(0.95, 0.85, 1.00)),
    (rgb(1.00, 0.46, 0.10), rgb(1.00, 0.84, 0.50)),
)
"""Colours of the windows of the far, middle and near houses."""


@dataclass(frozen=True)
class Row:
    """One row of houses: where its roofs are when all is quiet, how far each rises, its windows."""

    roof: Field
    rise: Field
    windows: Field
    threshold: Field
    hue: Field
    face: Field
    beacon: Field


@dataclass(frozen=True)
class Town:
    rows: tuple[Row, ...]
    stars: Field
    cloud: Field
    mist: Field
    beams: Field
    mirror: Field
    shimmer: Field
    lamps: Field
    lamp_order: Field
    moon: Field
    halo: Field


def small(field: Field, size: int) -> Field:
    mean: Field = field.reshape(size, FINE, size, FINE).mean(axis=(1, 3)).astype(np.float32)
    return mean


def houses(
    size: int, seed: int, *, wide: tuple[float, float], top: tuple[float, float], cell: float
) -> Row:
    """A row of houses: widths, heights above the shore and size of a window, as parts of the
    picture."""
    rng = np.random.default_rng(seed)
    n = size * FINE
    line = (np.arange(n) + 0.5) / n
    roof = np.zeros(n, np.float32)
    rise = np.zeros(n, np.float32)
    x0 = np.zeros(n, np.float32)
    span = np.ones(n, np.float32)
    number = np.zeros(n, np.int64)
    at, k = -0.02, 0
    while at < 1.02:
        w = rng.uniform(*wide)
        centre = np.exp(-(((at + w / 2 - 0.55) / 0.30) ** 2))
        tall = top[0] + (top[1] - top[0]) * rng.uniform(0.1, 1.0) * (0.45 + 0.55 * centre)
        here = (line >= at) & (line < at + w)
        local = (line - at) / w
        shape = np.zeros(n)
        kind = rng.integers(0, 5)
        if kind == 0:  # steps back towards the top
            shape = np.where(np.abs(local - 0.5) < 0.28, 0.035, 0.0)
        elif kind == 1:  # a mast
            shape = np.where(np.abs(local - 0.5) < 0.035, 0.06, 0.0)
        elif kind == 2:  # a slanting roof
            shape = 0.04 * local
        gap = local > 1 - 0.04
        roof[here] = np.where(gap, tall * 0.8, tall + shape * (tall / 0.3))[here]
        rise[here] = rng.uniform(0.35, 1.0)
        x0[here], span[here], number[here] = at, w, k
        at += w
        k += 1
    y = ((np.arange(n) + 0.5) / n)[:, None].astype(np.float32)
    col = np.floor((line - x0) / (cell * 0.75)).astype(np.int64)
    inx = ((line - x0) / (cell * 0.75)) % 1
    level = np.floor((SHORE - y) / cell).astype(np.int64)
    iny = ((SHORE - y) / cell) % 1
    pane = ((inx > 0.22) & (inx < 0.80))[None, :] & (iny > 0.25) & (iny < 0.78)
    margin = ((line - x0) > cell * 0.35) & ((x0 + span - line) > cell * 0.45)
    pane = pane & margin[None, :]
    table = rng.uniform(0, 1, (64, 512)).astype(np.float32)
    key_x = (col + number * 7) % 512
    key_y = level % 64
    threshold = table[key_y, key_x[None, :]]
    floors = rng.uniform(-0.15, 0.15, (64, 512)).astype(np.float32)[key_y, number[None, :] % 512]
    shades = rng.uniform(0, 1, (64, 512)).astype(np.float32)[key_y, key_x[None, :]]
    own = rng.uniform(0, 1, 512).astype(np.float32)[number % 512][None, :]
    face = 0.7 + 0.6 * own + 0 * y
    sides = ((line - x0) / span)[None, :]
    face = face * (0.75 + 0.5 * sides)
    step = np.arange(FINE // 2, n, FINE)
    beacon = np.zeros(n, np.float32)
    return Row(
        roof=roof[step],
        rise=rise[step],
        windows=small(pane.astype(np.float32), size),
        threshold=np.clip((threshold + floors)[step][:, step], 0.02, 0.98),
        hue=(0.6 * shades + 0.4 * own)[step][:, step],
        face=face[step][:, step].astype(np.float32),
        beacon=beacon[step],
    )


@lru_cache(maxsize=4)
def town(size: int) -> Town:
    x, y = grid(size)
    rows = (
        houses(size, 5, wide=(0.025, 0.060), top=(0.20, 0.42), cell=0.0090),
        houses(size, 8, wide=(0.045, 0.095), top=(0.12, 0.40), cell=0.0140),
        houses(size, 13, wide=(0.075, 0.150), top=(0.05, 0.24), cell=0.0210),
    )
    sky, _, _ = stars(size, 420, 3, sharp=0.0013)
    cloud = fbm(x * 2.2, y * 6.0, 17, 6)
    mist = fbm(x * 3.0, y * 8.0, 29, 5)
    beams = np.zeros((size, size, 5), np.float32)
    for k, (foot, lean) in enumerate(
        ((0.16, 0.34), (0.36, -0.24), (0.55, 0.10), (0.72, -0.40), (0.90, -0.18))
    ):
        up = np.clip(SHORE - 0.05 - y, 0, None)
        off = np.abs(x - foot - lean * up)
        wide = 0.004 + 0.050 * up
        beams[..., k] = np.exp(-((off / wide) ** 2)) * np.exp(-up * 1.6) * (up > 0)
    deep = np.clip((y - SHORE) / (1 - SHORE), 0, 1)
    far = 1 / (deep + 0.10)
    wave = noise((x - 0.5) * far * 6 + 30, far * 14, 41) + 0.8 * noise(
        (x - 0.5) * far * 15 + 60, far * 33, 43
    )
    mirror = SHORE - (y - SHORE) * 1.02
    lamps = np.zeros((size * FINE, size * FINE), np.float32)
    order = np.zeros((size, size), np.float32)
    rng = np.random.default_rng(53)
    xx, yy = grid(size * FINE)
    for k in range(44):
        px = (k + 0.5) / 44
        spot = np.hypot(xx - px, (yy - (SHORE - 0.012)) * 1.0)
        lamps = np.maximum(lamps, np.clip(1 - spot / 0.006, 0, 1) ** 0.6)
        order[:, int(k * size / 44) : int((k + 1) * size / 44)] = rng.uniform(0, 1)
    disc = np.hypot(x - 0.24, y - 0.17)
    return Town(
        rows=rows,
        stars=sky * (y < SHORE),
        cloud=smoothstep(0.35, 0.85, cloud),
        mist=smoothstep(0.20, 0.90, mist),
        beams=beams,
        mirror=mirror + 0 * x,
        shimmer=wave.astype(np.float32) * (0.25 + 0.75 * deep),
        lamps=small(lamps, size),
        lamp_order=order,
        moon=smoothstep(0.040, 0.036, disc) * (0.15 + 0.75 * fbm(x * 30, y * 30, 61, 4)),
        halo=np.exp(-((disc / 0.16) ** 1.2)).astype(np.float32),
    )


class City:
    """Condition `levels`: the near houses wake with the low, the middle with the mid, the far with
    the high; a kick throws the searchlights up and lights the fog."""

    encoder = "levels"

    def draw(self, sound: Any, size: int) -> Picture:
        t = town(size)
        low, mid, high, kick = (
            float(min(max(value, 0.0), 1.0))
            for value in (sound.low, sound.mid, sound.high, sound.kick)
        )
        _, y = grid(size)
        whole = 0.4 * low + 0.35 * mid + 0.25 * high
        sky_y = np.clip(y / SHORE, 0, 1)

        night = rgb(0.010, 0.018, 0.060)
        dusk = (
            rgb(0.07, 0.05, 0.17)
            + rgb(1.25, 0.30, 0.06) * low**1.5
            + rgb(0.50, 0.03, 0.42) * mid**1.5
            + rgb(0.00, 0.46, 0.62) * high**1.5
        )
        light = night * (1 + 1.5 * whole) + dusk * (sky_y**2.6)[..., None] * 0.70
        light = np.broadcast_to(light, (size, size, 3)).astype(np.float32).copy()
        light += (t.stars * (0.35 + 1.2 * high) * (1 - 0.8 * sky_y))[..., None] * rgb(0.8, 0.9, 1.0)
        light += (t.cloud * (0.15 + 0.85 * sky_y))[..., None] * dusk * 0.30
        light += t.moon[..., None] * rgb(0.95, 0.93, 0.82) * (0.55 + 0.5 * mid)
        light += t.halo[..., None] * rgb(0.20, 0.24, 0.36) * (0.25 + 0.6 * mid)

        # Searchlights stand behind the houses.
        swing = t.beams @ np.array([1.0, 0.85, 1.1, 0.9, 0.8], np.float32)
        light += swing[..., None] * rgb(0.75, 0.88, 1.0) * (0.02 + 1.9 * kick)

        depth_fog = (0.50, 0.24, 0.06)
        awake = (high, mid, low)
        for k, (row, level) in enumerate(zip(t.rows, awake, strict=True)):
            top = SHORE - row.roof * (0.80 + 0.42 * level * row.rise)
            body = np.clip((y - top[None, :]) * size + 0.5, 0, 1) * (y < SHORE)
            edge = np.clip(1 - np.abs(y - top[None, :]) * size / 1.6, 0, 1) * (y < SHORE)
            face = (rgb(0.012, 0.016, 0.036) + dusk * 0.030) * row.face[..., None]
            haze = dusk * 0.30 * (0.4 + 0.6 * sky_y[..., None]) + rgb(0.02, 0.03, 0.07)
            face = face * (1 - depth_fog[k]) + haze * depth_fog[k]
            on = smoothstep(-0.06, 0.06, (0.04 + 0.86 * level) - row.threshold)
            warm = row.hue[..., None]
            pane = WINDOWS[k][0] * (1 - warm) + WINDOWS[k][1] * warm
            lamp = (0.55, 0.85, 1.25)[k] * (0.55 + 0.75 * level)
            inside = row.windows * on * lamp
            inside *= np.clip((y - top[None, :]) * size / 3 - 0.5, 0, 1)
            solid = face + pane * inside[..., None]
            solid += edge[..., None] * (dusk * 0.25 + rgb(0.5, 0.7, 1.0) * (0.35 * kick))
            light = light * (1 - body[..., None]) + solid * body[..., None]
            ground = np.exp(-np.clip(SHORE - y, 0, None) / (0.05 + 0.035 * (2 - k)))
            fog = (ground * (0.25 + 0.75 * t.mist) * (y < SHORE))[..., None]
            light += (
                fog * (dusk * 0.30 + rgb(0.55, 0.72, 1.0) * (0.30 * kick)) * (0.8, 0.6, 0.35)[k]
            )

        # Lamps along the quay light one after the other with the high.
        lit = smoothstep(-0.10, 0.10, 0.25 + 0.75 * high - t.lamp_order)
        light += (t.lamps * (0.12 + lit))[..., None] * rgb(1.0, 0.82, 0.52) * 1.6

        # Water: the picture above, broken by ripples that the low makes higher.
        bend = t.shimmer * (0.008 + 0.030 * low)
        rows = np.clip((t.mirror + bend) * size - 0.5, 0, SHORE * size - 2)
        top_row = rows.astype(np.intp)
        part = (rows - top_row)[..., None]
        sway = np.clip(np.arange(size)[None, :] + t.shimmer * size * 0.012, 0, size - 1).astype(
            np.intp
        )
        soft = gaussian_filter(light, (0.010 * size, 0.002 * size, 0))
        seen = (
            soft[top_row, sway] * (1 - part) + soft[np.minimum(top_row + 1, size - 1), sway] * part
        )
        deep = np.clip((y - SHORE) / (1 - SHORE), 0, 1)[..., None]
        crest = smoothstep(0.45, 1.3, t.shimmer)[..., None]
        water = seen * (0.80 - 0.35 * deep) + rgb(0.004, 0.010, 0.024)
        water += crest * (dusk * 0.10 + rgb(0.35, 0.45, 0.6) * (0.05 + 0.25 * kick))
        under = (y >= SHORE)[..., None]
        light = np.where(under, water, light)
        light = bloom(light, 0.75, 0.026, 0.55)
        return film(light * vignette(size, 0.40), 1.15)
