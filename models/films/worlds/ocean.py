"""A sea and its weather: swell is the last ten seconds of the music, running off to the left."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from scipy.ndimage import gaussian_filter, gaussian_filter1d

from livegan.builtin.encoders.drawing import scrolled, steps
from worlds.fields import Field, fbm, grid, noise, smoothstep, stars
from worlds.light import Picture, bloom, film, rgb, vignette
from worlds.music import DECAY, fading, recent, rises, step

SECONDS = 10.0
HORIZON = 0.40
ROWS = 120
SUN = 0.66
"""Where the sun or moon stands across; how high it stands is part of the weather."""
LANES = ("high", "mid", "low", "kick")
BOLTS = (0.24, 0.20, 0.20), (0.86, 0.14, 0.15), (0.50, 0.30, 0.16)
"""Places in the clouds that lightning lights from behind: across, down, reach."""


@dataclass(frozen=True)
class Weather:
    """Sky and sea of a mood: colours of light, then how much there is of things."""

    zenith: Picture
    glow: Picture
    disc: Picture
    """Colour of the sun or moon."""
    water: Picture
    """Light that comes through the crests."""
    cloud: Picture
    amounts: Picture
    """Height of the sun 0..1, its radius, cover of clouds, height of the swell, stars."""

    def mixed(self, other: Weather, share: float) -> Weather:
        """``share`` 0..1 of the way to the other."""
        return Weather(
            *(
                (np.float32(1 - share) * mine + np.float32(share) * theirs)
                for mine, theirs in zip(vars(self).values(), vars(other).values(), strict=True)
            )
        )


MOON = Weather(
    zenith=rgb(0.010, 0.030, 0.10),
    glow=rgb(0.06, 0.22, 0.40),
    disc=rgb(0.78, 0.90, 1.00),
    water=rgb(0.01, 0.14, 0.24),
    cloud=rgb(0.10, 0.17, 0.28),
    amounts=rgb(0.78, 0.048, 0.20, 0.40, 1.60),
)
DAWN = Weather(
    zenith=rgb(0.16, 0.30, 0.52),
    glow=rgb(0.98, 0.58, 0.46),
    disc=rgb(1.00, 0.84, 0.60),
    water=rgb(0.04, 0.34, 0.34),
    cloud=rgb(0.72, 0.52, 0.56),
    amounts=rgb(0.36, 0.056, 0.45, 0.60, 0.10),
)
STORM = Weather(
    zenith=rgb(0.015, 0.022, 0.034),
    glow=rgb(0.12, 0.17, 0.19),
    disc=rgb(0.85, 0.72, 0.50),
    water=rgb(0.01, 0.13, 0.13),
    cloud=rgb(0.055, 0.070, 0.085),
    amounts=rgb(0.14, 0.050, 1.30, 1.45, 0.00),
)
SUNSET = Weather(
    zenith=rgb(0.060, 0.030, 0.14),
    glow=rgb(1.05, 0.26, 0.07),
    disc=rgb(1.00, 0.62, 0.26),
    water=rgb(0.03, 0.16, 0.20),
    cloud=rgb(0.42, 0.12, 0.16),
    amounts=rgb(0.16, 0.082, 0.75, 1.10, 0.30),
)


def weather(past: Field, rate: float) -> Weather:
    """From calm to swell with the low sound, from dark to bright with the high."""
    high, mid, low, kick = map(float, recent(past, rate))
    heavy = step(0.06, 0.62, 0.85 * low + 1.2 * kick)
    bright = step(0.40, 0.68, 0.75 * high + 0.25 * mid)
    calm = MOON.mixed(DAWN, bright)
    rough = STORM.mixed(SUNSET, bright)
    return calm.mixed(rough, heavy)


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
    bank: Field
    bolts: Field
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
    bank = fbm((x - 0.5) * perspective * 1.1 + 3, perspective * 1.5 + 4, 61, 7, 0.55)
    bolts = np.zeros((size, size), np.float32)
    for across, down, reach in BOLTS:
        bolts += np.exp(-(((x - across) / (1.6 * reach)) ** 2) - ((y - down) / reach) ** 2)
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
        bank=bank,
        bolts=(bolts * np.clip(1.9 * bank - 0.35, 0.05, 1.3)).astype(np.float32),
        stars=sky,
        glitter=np.clip(glitter, 0, 2).astype(np.float32),
    )


def struck(past: Field, rate: float) -> tuple[float, float]:
    """How hard the lanes (n, 4) struck within `DECAY`: kick and low, then mid and high; 0..1."""
    newest = past[-round((DECAY + 0.2) * rate) :]
    rise = rises(newest, rate)[::-1][: round(DECAY * rate)]
    fade = fading(np.arange(len(rise)) / rate)
    low = smoothstep(0.25, 0.75, rise[:, 3] + 1.1 * rise[:, 2]) * fade
    high = smoothstep(0.22, 0.65, 1.2 * rise[:, 0] + 1.0 * rise[:, 1]) * fade
    return float(low.max()), float(high.max())


class Ocean:
    """Condition `levels_timeline`: far waves carry the mid, near ones the low, foam the kicks."""

    encoder = "levels_timeline"

    def draw(self, sound: Any, size: int) -> Picture:
        s = sea(size)
        span = SECONDS * sound.rate / sound.hop
        asked = steps(span, size) * sound.hop / sound.rate
        past = np.stack([sound.feature(name, asked) for name in LANES], axis=1)
        column = np.clip(scrolled(past, span=span, late=0, width=size), 0, 1).T
        high, mid, low, kick = gaussian_filter1d(column, 0.021 * size, axis=1, mode="nearest")
        calm = gaussian_filter1d(column, 0.10 * size, axis=1, mode="nearest")
        now = weather(past, sound.rate / sound.hop)
        height_of_sun, radius, cover, tall, starlight = map(float, now.amounts)
        beat, snap = struck(past, sound.rate / sound.hop)
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
        lift = 0.20 * (k + 0.05) * (0.35 + 0.65 * tall)
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
            upper, lower = float(np.minimum(behind, first).min()), float(first.max())
            rows = slice(max(int(upper * size) - 1, 0), max(int(lower * size) + 2, 0))
            seen_at = pixel[rows]
            inside = (seen_at < first) & (seen_at >= np.minimum(behind, first))
            f = (here - seen_at) / gap
            hit[rows] = np.where(inside, row - np.clip(f, 0, 1), hit[rows])
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

        # Sky: the weather of the last seconds; across it, the calm history tints the glow.
        up = np.clip((HORIZON - y) / HORIZON, 0, 1)
        warmth = calm[2][None, :, None]
        chill = calm[0][None, :, None]
        glow = now.glow * (0.62 + 0.40 * warmth + 0.25 * chill)
        zenith = now.zenith * (0.75 + 0.5 * chill)
        fade = np.exp(-up / 0.34)[..., None]
        sky = zenith * (1 - fade) + glow * 0.80 * fade
        sun = np.hypot(x - SUN, y - HORIZON * (1 - height_of_sun))
        power = np.float32(0.80 + 0.42 * beat)
        disc = smoothstep(1.0, 0.90, sun / radius)[..., None]
        corona = np.exp(-sun / (0.075 + 0.04 * beat))[..., None]
        sunlight = now.disc * now.disc
        veiled = np.float32(1 - 0.70 * min(cover, 1.0) ** 2)
        sky = sky + corona * sunlight * (0.75 * power * veiled)
        sky = sky + disc * now.disc * (1.5 * power * veiled)
        dense = s.cloud * min(0.45 + 0.4 * cover, 1.0)
        dense = np.maximum(dense, smoothstep(0.78 - 0.42 * cover, 1.10 - 0.42 * cover, s.bank))
        dense = dense[..., None]
        lit = now.cloud * (0.45 + 0.75 * s.wisp[..., None] + 0.35 * chill) + glow * 0.22
        lit = lit * (0.55 + 0.9 * s.bank[..., None])
        lit = lit + corona * sunlight * (0.9 * power)
        # Lightning behind the clouds answers what is high, the sun's glow what is low.
        flash = rgb(0.80, 0.88, 1.0) * 0.5 + 0.6 * now.disc
        lit = lit + (s.bolts * (0.36 * snap + 0.42 * beat))[..., None] * flash * (
            0.35 + 0.45 * cover
        )
        sky = sky * (1 - 0.75 * dense) + dense * lit * 0.9
        sky = sky + (s.stars * up * starlight)[..., None] * (0.7 + 0.5 * chill + 0.8 * snap)
        sky = sky + fade * (0.07 * beat) * (now.glow + 0.15 * sunlight)

        # Water: sky in the mirror, green light through the crests, dark in the troughs, foam.
        facing = np.clip(0.5 + 0.55 * slope_z + 0.10 * slope_x, 0, 1)[..., None]
        fresnel = np.clip(0.14 + 0.72 * (1 - dist) ** 2.2, 0, 1)[..., None]
        mirrored = glow * 0.50 * (1 - facing * 0.55) + zenith * 1.2
        body = 0.16 * now.water + now.water * (np.clip(top, 0, 1.6) ** 2)[..., None]
        body = body * (0.5 + 0.9 * rows_low[..., None] + 0.25 * beat)
        sea_light = body + mirrored * fresnel * (0.35 + 0.9 * facing)
        path = np.exp(-(((x - SUN) / (0.035 + 0.20 * dist)) ** 2))
        spark = smoothstep(0.25, 0.9, s.glitter + 1.6 * chop + 0.35 * slope_z - 0.1 + 0.16 * snap)
        sea_light += (
            (path * spark * (0.5 + 0.5 * (1 - dist)))[..., None]
            * sunlight
            * (1.5 * power * (0.4 + 0.6 * veiled) + 0.25 * beat)
        )
        sea_light += (path * 0.30 * (1 - dist) ** 1.5)[..., None] * sunlight * (power * veiled)
        cap = smoothstep(0.55, 1.30, top + 0.9 * chop + 0.3 * rows_high) * np.clip(
            foam_here * 1.3, 0, 1
        )
        lace = smoothstep(0.05, 0.70, 1.6 * chop + 0.45 * foam_here)
        sea_light += (
            (cap * (0.12 + 0.88 * lace))[..., None]
            * (0.30 * now.disc + 0.40 * glow + rgb(0.12, 0.19, 0.22))
            * 0.75
        )
        # The crests flash with the beat, wherever they stand.
        gleam = smoothstep(0.35, 1.15, top + 0.8 * chop) * np.clip(0.3 + slope_z, 0, 1.2)
        sea_light += (gleam * (0.28 * beat + 0.15 * snap))[..., None] * (now.glow + now.disc) * 0.5
        haze = np.exp(-dist / 0.05)[..., None]
        sea_light = sea_light * (1 - 0.6 * haze) + glow * 0.45 * haze
        edge = gaussian_filter(water.astype(np.float32), (0.6, 0.0))[..., None]
        light = sky * (1 - edge) + sea_light * edge
        light = bloom(light.astype(np.float32), 0.55, 0.030, 0.8)
        return film(light * vignette(size, 0.38), 1.05)
