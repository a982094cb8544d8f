"""A sea at dusk: its swell is the last ten seconds of the music, running away to the left."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from scipy.ndimage import gaussian_filter, gaussian_filter1d

from livegan.builtin.encoders.drawing import scrolled, steps
from worlds.fields import Field, fbm, grid, noise, smoothstep, stars
from worlds.light import Picture, bloom, film, rgb, vignette

SECONDS = 10.0
HORIZON = 0.40
ROWS = 120
SUN = (0.66, 0.30)
LANES = ("high", "mid", "low", "kick")


@dataclass(frozen=True)
class Sea:
    """What does not change: distances of the rows, chop, sparkle, clouds."""

    distance: Field
    base: Field
    share: Field
    bend: Field
    crests: Field
    chop: Field
    fine: Field
    cloud: Field
    wisp: Field
    stars: Field
    glitter: Field


@lru_cache(maxsize=4)
def sea(size: int) -> Sea:
    x, y = grid(size)
    k = np.linspace(0, 1, ROWS, dtype=np.float32)[:, None]  # 0 at the horizon, 1 at our feet
    base = HORIZON + 0.004 + (1.10 - HORIZON) * k**1.9
    distance = 0.30 / (base - HORIZON)
    world_x = (x - 0.5) * distance
    world_z = np.log2(distance) * 3
    chop = fbm(world_x * 3.4 + 11, distance * 7, 5, 4) - 0.5
    fine = fbm(world_x * 12 + 3, distance * 26, 15, 4, 0.6) - 0.5
    # Crests are not straight: each row meets the history a little earlier or later.
    bend = 0.05 * noise(world_x * 1.1, world_z * 1.1, 31)
    # Rolling crests, long across and short along the view; where they stand the sound swells.
    sway = 0.55 * noise(x * 2.3 + 0.7 * k, world_z * 0.6 + 2, 33) + 0.5 * (x - 0.5)
    roll = 0.5 + 0.5 * np.sin(2 * np.pi * (2.6 * np.log2(distance) + sway))
    crests = roll**1.8 * (0.45 + 0.55 * fbm(x * 3.1 + 5, world_z * 1.6, 37, 4))
    up = np.clip((HORIZON - y) / HORIZON, 0, 1)
    perspective = 1 / (up + 0.16)
    cloud = fbm((x - 0.5) * perspective * 1.5 + 7, perspective * 1.7, 41, 6, 0.55)
    wisp = fbm((x - 0.5) * perspective * 3 + 1, perspective * 5.5, 53, 5)
    sky, _, _ = stars(size, 260, 67, sharp=0.0012)
    glitter = noise(x * 90, y * 170, 71) * 0.6 + noise(x * 45, y * 110, 73) * 0.6
    lanes = np.stack(
        [
            np.clip(1 - k / 0.30, 0, 1),
            np.clip(1 - np.abs(k - 0.35) / 0.40, 0, 1),
            np.clip(1 - np.abs(k - 0.75) / 0.45, 0, 1),
            np.clip((k - 0.35) / 0.65, 0, 1),
        ]
    ).astype(np.float32)
    return Sea(
        distance=distance,
        base=base,
        share=lanes,
        bend=bend.astype(np.float32),
        crests=crests.astype(np.float32),
        chop=chop.astype(np.float32),
        fine=fine.astype(np.float32),
        cloud=smoothstep(0.42, 0.80, cloud),
        wisp=smoothstep(0.45, 0.90, wisp),
        stars=sky,
        glitter=np.clip(glitter, 0, 2).astype(np.float32),
    )


class Ocean:
    """Condition `levels_timeline`: far waves carry the mid, near ones the low, foam the kicks."""

    encoder = "levels_timeline"

    def draw(self, sound: Any, size: int) -> Picture:
        s = sea(size)
        span = SECONDS * sound.rate / sound.hop
        asked = steps(span, size) * sound.hop / sound.rate
        past = np.stack([sound.feature(name, asked) for name in LANES], axis=1)
        column = np.clip(scrolled(past, span=span, late=0, width=size), 0, 1).T
        high, mid, low, kick = gaussian_filter1d(column, 0.016 * size, axis=1, mode="nearest")
        calm = gaussian_filter1d(column, 0.10 * size, axis=1, mode="nearest")
        x, y = grid(size)

        where = np.clip(x + s.bend, 0, 1) * (size - 1)
        left = where.astype(np.intp)
        part = where - left
        right = np.minimum(left + 1, size - 1)

        def along(row: Field) -> Field:
            return row[left] * (1 - part) + row[right] * part

        # Heights of the water by row and column, in parts of the picture.
        k = s.base - HORIZON
        strike, lows, mids, highs = along(kick), along(low), along(mid), along(high)
        swell = (
            s.share[0] * highs * 0.35
            + s.share[1] * mids * 0.8
            + s.share[2] * lows
            + s.share[3] * strike * 0.9
        )
        rough = 0.25 + 0.75 * along(calm[1])
        lift = 0.20 * (k + 0.05)
        height = lift * (
            swell * (0.12 + 1.75 * s.crests)
            + s.chop * (0.35 + 0.9 * rough)
            + s.fine * 0.16 * (0.4 + highs)
        )
        screen = (s.base - height).astype(np.float32)

        # Which row a pixel sees: the nearest one that reaches as high; between rows, in between.
        pixel = (np.arange(size, dtype=np.float32) + 0.5)[:, None] / size
        hit = np.full((size, size), -1.0, np.float32)
        crest = screen[-1].copy() + 10
        for row in range(ROWS - 1, 0, -1):
            here, behind = screen[row], screen[row - 1]
            first = np.minimum(here, crest)
            gap = np.maximum(here - behind, 1e-5)
            inside = (pixel < first) & (pixel >= np.minimum(behind, first))
            if inside.any():
                f = (here - pixel) / gap
                hit = np.where(inside, row - np.clip(f, 0, 1), hit)
            crest = np.minimum(crest, np.minimum(here, behind))
        water = (hit >= 0) | (pixel > HORIZON + 0.01)
        hit = np.where(hit < 0, np.where(pixel > 0.9, ROWS - 1.0, 0.0), hit)
        near = hit.astype(np.intp)
        frac = hit - near
        beyond = np.minimum(near + 1, ROWS - 1)
        columns = np.arange(size)[None, :]

        def seen(field: Field) -> Field:
            return field[near, columns] * (1 - frac) + field[beyond, columns] * frac

        across = np.gradient(height, axis=1) * size / (k + 0.06) * 0.9
        away = np.gradient(height, axis=0) * ROWS / (k + 0.06) * 0.35
        slope_x, slope_z, top = seen(across), seen(away), seen(height / lift)
        foam_here = seen((strike * s.share[3] + 0.6 * lows * s.share[2]) * (0.2 + 1.6 * s.crests))
        rows_high, rows_low = seen(highs), seen(lows)
        chop = seen(s.chop + 0.8 * s.fine)
        dist = np.clip((pixel - HORIZON) / (1 - HORIZON), 0, 1)

        # Sky: dusk by the calm history, clouds lit by the high, lightning where it was keen.
        up = np.clip((HORIZON - y) / HORIZON, 0, 1)
        warmth = calm[2][None, :, None]
        chill = calm[0][None, :, None]
        glow = rgb(1.0, 0.42, 0.14) * (0.35 + 0.9 * warmth) + rgb(0.55, 0.12, 0.40) * (
            0.25 + 0.5 * calm[1][None, :, None]
        )
        zenith = rgb(0.015, 0.035, 0.11) + rgb(0.0, 0.10, 0.20) * chill
        fade = np.exp(-up / 0.30)[..., None]
        sky = zenith * (1 - fade) + glow * 0.75 * fade
        sun = np.hypot(x - SUN[0], y - SUN[1])
        pulse = float(kick[-max(2, size // 32) :].mean())
        power = 0.55 + 0.45 * float(low[-max(2, size // 16) :].mean()) + 0.8 * pulse
        disc = smoothstep(0.066, 0.060, sun)[..., None]
        corona = np.exp(-sun / 0.075)[..., None]
        sunlight = rgb(1.0, 0.66, 0.30)
        sky = sky + corona * sunlight * (0.75 * power)
        lit = (0.18 + 1.1 * high[None, :, None]) * rgb(0.75, 0.80, 1.0)
        lit = lit * 0.45 + corona * sunlight * 1.2 + glow * 0.35
        dense = (s.cloud * (0.35 + 0.65 * np.clip(calm[1][None, :] * 1.3, 0, 1)))[..., None]
        sky = sky + disc * rgb(1.0, 0.86, 0.60) * (1.6 * power)
        sky = sky * (1 - 0.55 * dense) + dense * lit * (0.35 + 0.65 * s.wisp[..., None])
        sky = sky + (s.stars * up)[..., None] * (0.5 + chill)

        # Water: sky in the mirror, green light through the crests, dark in the troughs, foam.
        facing = np.clip(0.5 + 0.55 * slope_z + 0.10 * slope_x, 0, 1)[..., None]
        fresnel = np.clip(0.14 + 0.72 * (1 - dist) ** 2.2, 0, 1)[..., None]
        mirrored = glow * 0.50 * (1 - facing * 0.55) + zenith * 1.2
        body = (
            rgb(0.004, 0.030, 0.050)
            + rgb(0.0, 0.16, 0.17) * (np.clip(top, 0, 1.6) ** 1.6)[..., None]
        )
        body = body * (0.5 + 0.9 * rows_low[..., None])
        sea_light = body + mirrored * fresnel * (0.35 + 0.9 * facing)
        path = np.exp(-(((x - SUN[0]) / (0.035 + 0.20 * dist)) ** 2))
        spark = smoothstep(0.25, 0.9, s.glitter + 1.6 * chop + 0.35 * slope_z - 0.1)
        sea_light += (path * spark * (0.5 + 0.5 * (1 - dist)))[..., None] * sunlight * (1.7 * power)
        sea_light += (path * 0.30 * (1 - dist) ** 1.5)[..., None] * sunlight * power
        cap = smoothstep(0.55, 1.30, top + 0.9 * chop + 0.3 * rows_high) * np.clip(
            foam_here * 1.3, 0, 1
        )
        lace = smoothstep(0.05, 0.70, 1.6 * chop + 0.45 * foam_here)
        sea_light += (
            (cap * (0.12 + 0.88 * lace))[..., None] * (rgb(0.46, 0.60, 0.66) + 0.40 * glow) * 0.75
        )
        haze = np.exp(-dist / 0.05)[..., None]
        sea_light = sea_light * (1 - 0.6 * haze) + glow * 0.45 * haze
        edge = gaussian_filter(water.astype(np.float32), (0.6, 0.0))[..., None]
        light = sky * (1 - edge) + sea_light * edge
        light = bloom(light.astype(np.float32), 0.55, 0.030, 0.8)
        return film(light * vignette(size, 0.38), 1.05)
