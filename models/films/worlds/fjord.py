"""A fjord that one sails past: its mountains are the last ten seconds, mirrored in still water."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from scipy.ndimage import gaussian_filter1d

from livegan.builtin.encoders.drawing import scrolled, steps
from livegan.builtin.encoders.timeline import HOP, WINDOW, point
from worlds.fields import Field, fbm, grid, noise, smoothstep, stars
from worlds.light import Picture, bloom, film, rgb, vignette
from worlds.music import Mood, loudness, mood_of_points, rises, strikes_of_points, strongest
from worlds.terrain import below, flanks, smooth

SECONDS = 10.0
SHORE = 0.5
SUN = 0.30


@dataclass(frozen=True)
class Hour:
    """A fjord at an hour of the year: colours of light and rock, then how much there is."""

    zenith: Picture
    glow: Picture
    disc: Picture
    rock: Picture
    snow: Picture
    woods: Picture
    haze: Picture
    amounts: Picture
    """Height of the sun 0..1, stars, northern lights, clouds, snow, embers in the rock."""

    def mixed(self, other: Hour, share: float) -> Hour:
        """``share`` 0..1 of the way to the other."""
        pairs = zip(vars(self).values(), vars(other).values(), strict=True)
        return Hour(*(np.float32(1 - share) * a + np.float32(share) * b for a, b in pairs))


POLAR = Hour(
    zenith=rgb(0.006, 0.014, 0.060),
    glow=rgb(0.03, 0.17, 0.26),
    disc=rgb(0.75, 0.88, 1.00),
    rock=rgb(0.045, 0.075, 0.15),
    snow=rgb(0.34, 0.50, 0.78),
    woods=rgb(0.008, 0.020, 0.036),
    haze=rgb(0.05, 0.15, 0.25),
    amounts=rgb(0.80, 1.6, 1.0, 0.15, 0.75, 0.0),
)
DAWN = Hour(
    zenith=rgb(0.16, 0.14, 0.36),
    glow=rgb(1.10, 0.50, 0.42),
    disc=rgb(1.00, 0.80, 0.58),
    rock=rgb(0.26, 0.15, 0.25),
    snow=rgb(1.05, 0.64, 0.66),
    woods=rgb(0.055, 0.045, 0.085),
    haze=rgb(0.80, 0.46, 0.50),
    amounts=rgb(0.22, 0.25, 0.0, 0.75, 0.55, 0.0),
)
NOON = Hour(
    zenith=rgb(0.06, 0.25, 0.66),
    glow=rgb(0.62, 0.86, 1.02),
    disc=rgb(1.00, 0.98, 0.90),
    rock=rgb(0.24, 0.27, 0.31),
    snow=rgb(1.05, 1.10, 1.18),
    woods=rgb(0.035, 0.15, 0.085),
    haze=rgb(0.58, 0.76, 0.92),
    amounts=rgb(0.72, 0.0, 0.0, 0.60, 0.62, 0.0),
)
EMBER = Hour(
    zenith=rgb(0.040, 0.008, 0.030),
    glow=rgb(1.15, 0.22, 0.04),
    disc=rgb(1.00, 0.42, 0.12),
    rock=rgb(0.075, 0.030, 0.034),
    snow=rgb(0.85, 0.24, 0.10),
    woods=rgb(0.018, 0.008, 0.010),
    haze=rgb(0.62, 0.13, 0.05),
    amounts=rgb(0.10, 0.30, 0.0, 1.20, 0.10, 1.0),
)


def hour(mood: Mood, points: Field) -> Hour:
    """From night to day as it gets loud, from cold to warm as it gets low."""
    soft = POLAR.mixed(DAWN, mood.warm)
    return soft.mixed(NOON.mixed(EMBER, mood.warm), loudness(points, -24.0, -11.0))


@dataclass(frozen=True)
class Land:
    """What stands still: noise in the rock, clouds, stars, ripples, rays of the northern lights."""

    warp: Field
    stone: Field
    forest: Field
    cloud: Field
    stars: Field
    ripple: Field
    rays: Field
    stretch: Field
    rough: Field
    trees: Field


@lru_cache(maxsize=4)
def land(size: int) -> Land:
    x, y = grid(size)
    up = np.clip((SHORE - y) / SHORE, 0, 1)
    far = 1 / (up + 0.20)
    cloud = fbm((x - 0.5) * far * 1.2 + 3, far * 2.2, 201, 6, 0.55)
    sky, _, _ = stars(size, 520, 207, sharp=0.0013)
    deep = np.clip((y - SHORE) / (1 - SHORE), 0, 1)
    away = 1 / (deep + 0.08)
    ripple = noise((x - 0.5) * away * 5 + 30, away * 16, 211) + 0.7 * noise(
        (x - 0.5) * away * 13 + 60, away * 38, 213
    )
    rays = fbm(x * 26, 0 * y + 3, 217, 4, 0.6) * (0.5 + 0.5 * fbm(x * 7, y * 3, 219, 3))
    line = x[0]
    tooth = np.abs(((line * 150 + 1.8 * np.sin(line * 47)) % 1) - 0.5) * 2
    return Land(
        warp=(fbm(x * 10, y * 10, 221, 4) - 0.5) * 2,
        stone=fbm(x * 20, y * 16, 223, 6, 0.62, ridged=True),
        forest=fbm(x * 80, y * 44, 227, 3, 0.6),
        cloud=smoothstep(0.36, 0.80, cloud),
        stars=sky * (y < SHORE),
        ripple=(ripple * (0.15 + 0.85 * deep)).astype(np.float32),
        rays=smoothstep(0.15, 0.75, rays),
        stretch=(line + 0.010 * np.sin(line * 21) + 0.006 * np.sin(line * 47 + 1)).astype(
            np.float32
        ),
        rough=(fbm(line * 36, 0 * line, 229, 5, 0.6) - 0.5).astype(np.float32),
        trees=(tooth * (0.5 + 0.5 * np.abs(np.sin(line * 61)))).astype(np.float32),
    )


class Fjord:
    """Condition `timeline`: the left channel stands as mountains, the right lies in the water."""

    encoder = "timeline"

    def draw(self, sound: Any, size: int) -> Picture:
        s = land(size)
        span = SECONDS * sound.rate / HOP
        points = sound.strip(point, window=WINDOW, hop=HOP, columns=steps(span, size))
        late = sound.position % HOP / HOP
        past = scrolled(points, span=span, late=late, width=size).T
        mood = mood_of_points(points)
        now = hour(mood, points)
        beat, spark = (float(strongest(each)) for each in strikes_of_points(points, late))
        struck = rises(points[:, 0:2].max(axis=1) + 1.5 * points[:, 4], 50.0)
        flares = scrolled(struck[:, None], span=span, late=late, width=size)[:, 0]

        half = size // 2
        above = self.seen(past, 0, s, now, mood, beat, spark, size)
        # What lies in the water is blurred: every other row is enough.
        under = self.seen(past, 1, s, now, mood, beat, spark, size, step=2)
        # Lights along the shore where it was struck, carried past with the sound.
        lights = np.clip(flares * 1.6 - 0.25, 0, 1.2).astype(np.float32)
        _, y = grid(size)
        near = smooth(lights, 0.0025, size) * 2.2
        wide = smooth(lights, 0.012, size) * 2.2
        fall = np.abs(y - (SHORE - 0.008))
        lamp = near[None] * np.exp(-((fall / 0.006) ** 2)) * 2.2
        lamp = lamp + wide[None] * np.exp(-fall / 0.022) * 0.45
        warm = rgb(1.0, 0.62, 0.24)

        # Still water: what stands above it, upside down, broken by ripples.
        light = np.empty((size, size, 3), np.float32)
        light[:half] = above
        deep = np.clip((y[half:] - SHORE) / (1 - SHORE), 0, 1)
        bend = s.ripple[half:] * (0.006 + 0.030 * mood.loud * mood.warm + 0.012 * beat)
        rows = np.clip((2 * SHORE - y[half:] + bend) * size / 2 - 0.5, 0, half / 2 - 1.001)
        columns = np.clip(np.arange(size)[None] + s.ripple[half:] * size * 0.006, 0, size - 1)
        row, column = rows.astype(np.intp), columns.astype(np.intp)
        part = (rows - row).astype(np.float32)[..., None]
        mirror = gaussian_filter1d(under, 0.003 * size, axis=0, truncate=3)
        seen = mirror[row, column] * (1 - part) + mirror[row + 1, column] * part
        crest = smoothstep(0.35, 1.1, s.ripple[half:])
        water = seen * (0.82 - 0.42 * deep)[..., None] + 0.05 * now.glow
        water += (crest * (0.06 + 0.5 * beat))[..., None] * now.glow
        streak = np.exp(-deep / 0.30) * (0.35 + 0.8 * np.clip(s.ripple[half:] + 0.4, 0, 1.2))
        water += (wide[None] * streak * 0.65)[..., None] * warm
        light[half:] = water
        light += lamp[..., None] * warm
        light = bloom(light, 0.45, 0.028, 0.85)
        return film(light * vignette(size, 0.35), 1.05, 1.15)

    def seen(
        self,
        past: Field,
        side: int,
        s: Land,
        now: Hour,
        mood: Mood,
        beat: float,
        spark: float,
        size: int,
        step: int = 1,
    ) -> Picture:
        """(size // 2 // step, size, 3): sky and mountains above the water, of one channel."""
        rows_ = slice(0, size // 2, step)
        x, y = grid(size)
        y = y[rows_]
        cloud, rays, sky = s.cloud[rows_], s.rays[rows_], s.stars[rows_]
        stones, forests, warps = s.stone[rows_], s.forest[rows_], s.warp[rows_]
        stand, starlight, aurora, cover, snow, embers = map(float, now.amounts)

        def at(row: Field) -> Field:
            return np.interp(s.stretch, x[0], row).astype(np.float32)

        peak = at(np.tanh(1.25 * past[side]) * 0.54)
        core = at(np.tanh(1.25 * past[2 + side]) * 0.54)
        low, high, tone = (at(smooth(past[row], 0.03, size)) for row in (4, 6, 7))

        # The sky; a strike runs through all of it from where sun or moon stands.
        sun_y = SHORE - 0.06 - 0.36 * stand
        away = np.hypot(x - SUN, y - sun_y)
        down = (y / SHORE)[..., None] ** 1.5
        light = now.zenith * (1 - down) + now.glow * down
        light = light + (np.exp(-away / 0.14) * (0.35 + 1.3 * beat))[..., None] * now.glow
        light += (np.exp(-away / 0.60) * 0.8 * beat)[..., None] * (0.6 * now.glow + 0.3 * now.disc)
        bank = cloud * np.clip(cover + 0.3 * mood.busy, 0, 1)
        light = light * (1 - 0.5 * bank[..., None])
        light += (bank * (0.40 + 0.9 * np.exp(-away / 0.30) + 0.9 * beat))[..., None] * (
            0.55 * now.glow + 0.10 * now.disc
        )
        light += (sky * (starlight + 0.8 * spark) * (1 - 0.8 * bank))[..., None]
        disc = np.clip((0.034 - away) * size * 0.5 + 0.5, 0, 1) * (1 - 0.5 * bank)
        light += disc[..., None] * now.disc * 1.6
        if aurora > 0.02:
            # Its hem hangs where high sound was strong.
            hem = 0.31 - 0.20 * high - 0.06 * smooth(core, 0.03, size)
            up = hem[None] - y
            curtain = np.exp(-np.maximum(up, 0) / (0.05 + 0.16 * high[None]))
            curtain *= smoothstep(-0.012, 0.004, up) * (0.25 + 0.9 * rays)
            curtain *= aurora * (0.25 + 1.2 * high[None] + 0.8 * spark)
            shade = smoothstep(0.0, 0.16, up)[..., None]
            light += curtain[..., None] * (
                rgb(0.10, 0.95, 0.45) * (1 - shade) + rgb(0.50, 0.16, 0.85) * shade
            )

        # Three ranges: the slow loudness far off, the peaks, the sound's body near the shore.
        slow = smooth(peak, 0.045, size)
        fine = smooth(peak, 0.010, size)
        body = smooth(core, 0.006, size)
        far = 0.05 + 0.80 * slow + 0.020 * s.rough
        main = (
            0.012
            + 0.36 * fine
            + 0.70 * body
            + 1.5 * (fine - slow)
            + 0.05 * s.rough * (0.2 + 2 * body)
        )
        near = 0.010 + 0.42 * smooth(core, 0.004, size) - 0.10 * slow + 0.010 * s.trees
        ranges = (
            (np.clip(far, 0.03, 0.46), 0.62, 0.6),
            (np.clip(main, 0.008, 0.47), 0.16, 1.0),
            (np.clip(near, 0.006, 0.22), 0.02, 0.3),
        )
        for number, (height, veil, rough) in enumerate(ranges):
            top = (SHORE - height).astype(np.float32)
            rows = slice(max(int(top.min() * size / step) - 1, 0), None)
            depth = y[rows] - top[None]
            stone = stones[rows]
            shade = flanks(top, depth, warps[rows], size)
            lift = (SHORE - y[rows]) + 0.05 * (stone - 0.5)
            sunny = np.clip(0.40 + 0.62 * shade, 0.04, 1.1) * (0.45 + 0.85 * stone)
            ground = now.rock * sunny[..., None]
            if number < 2:
                line = 0.30 - 0.26 * snow - 0.08 * tone[None]
                white = smoothstep(line - 0.02, line + 0.05, lift) * smoothstep(
                    0.20, 0.62, stone * 0.75 + 0.35 - 0.25 * np.abs(shade)
                )
                lit = np.clip(0.42 + 0.62 * shade, 0.10, 1.1) * (0.75 + 0.35 * stone)
                ground += (white * snow**0.5)[..., None] * (now.snow * lit[..., None] - ground)
                trees = smoothstep(0.10, 0.03, lift - 0.05 * forests[rows]) * rough
                wood = now.woods * (0.35 + 1.1 * forests[rows] + 0.4 * shade)[..., None]
                ground += trees[..., None] * (wood - ground)
                if embers > 0.02:
                    # Fire in the clefts, where it was low and loud.
                    cleft = smoothstep(0.30, 0.08, stone) * smoothstep(0.0, 0.05, depth)
                    fire = cleft * (0.2 + 1.2 * low[None]) * (0.6 + 1.2 * beat) * embers * rough
                    ground += fire[..., None] * rgb(1.6, 0.36, 0.05)
            else:
                ground = now.woods * (0.30 + 1.2 * forests[rows] + 0.4 * shade)[..., None]
            glow = now.haze * (0.85 + 0.5 * beat)
            fog = np.clip(veil + (0.30 - 0.10 * number) * smoothstep(0.14, 0.0, lift), 0, 0.95)
            ground = ground * (1 - fog[..., None]) + glow * fog[..., None]
            rim = np.clip(1 - np.abs(depth) / 0.006, 0, 1) * (0.05 + 0.8 * beat)
            ground += rim[..., None] * (0.4 * now.glow + 0.2 * now.disc)
            light[rows] += below(top, y[rows], size)[..., None] * (ground - light[rows])
        return light.astype(np.float32)
