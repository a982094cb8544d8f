"""Gas lit from within: a river of light whose course is the last ten seconds of sound."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from scipy.ndimage import gaussian_filter1d

from livegan.builtin.encoders.drawing import scrolled, steps
from livegan.builtin.encoders.timeline import HOP, WINDOW, point
from worlds.fields import Field, add_star, fbm, grid, smoothstep, stars
from worlds.light import Picture, bloom, film, rgb, vignette

SECONDS = 10.0
WARM, ROSE, COLD = rgb(1.0, 0.30, 0.05), rgb(0.95, 0.10, 0.36), rgb(0.06, 0.42, 1.0)
CORE = rgb(1.0, 0.82, 0.58)


@dataclass(frozen=True)
class Space:
    """What does not move: gas, dust, stars, and where each pixel lies along the river."""

    column: Field
    away: Field
    gas: Field
    veil: Field
    fine: Field
    relief: Field
    dust: Field
    back: Field
    stars: Field
    cluster: Field
    beacon: Field


@lru_cache(maxsize=4)
def space(size: int) -> Space:
    x, y = grid(size)
    bend = fbm(x * 2.2, y * 2.2, 11, 4) - 0.5
    twist = fbm(x * 2.6, y * 2.6, 23, 4) - 0.5
    middle = 0.5 + 0.07 * np.sin(5.2 * x + 0.6) - 0.10 * (x - 0.5)
    away = (y - middle) + 0.20 * bend
    column = np.clip(x + 0.19 * twist + 0 * y, 0, 1)
    gas = fbm(x * 3.2 + 0.9 * bend, y * 3.8 + 0.9 * twist, 31, 7, 0.55)
    fine = fbm(x * 6.5 + 2.4 * twist, y * 6.5 + 2.4 * bend, 47, 6, 0.58, ridged=True)
    veil = fbm(x * 1.7 + 1.2 * twist, y * 2.0 + 1.2 * bend, 59, 6, 0.5)
    dust = fbm(x * 4.2 + 1.8 * bend, y * 5.2 + 1.8 * twist, 71, 6, 0.55, ridged=True)
    slope_y, slope_x = np.gradient(gas + 0.5 * fine)
    relief = np.clip(0.5 + (slope_x * -0.6 + slope_y * -0.9) * size * 0.06, 0, 1.4)
    small, _, _ = stars(size, 900, 83)
    large, _, _ = stars(size, 46, 97, sharp=0.0028, rays=0.05)
    cluster = np.zeros((size, size), np.float32)
    rng = np.random.default_rng(101)
    for _ in range(80):  # young stars within the river
        px = rng.uniform(0.02, 0.98)
        row = 0.5 + 0.07 * np.sin(5.2 * px + 0.6) - 0.10 * (px - 0.5) + rng.normal(0, 0.07)
        light = min(1.5, 0.25 + 0.3 * rng.pareto(1.4))
        add_star(cluster, px, row, light, 0.0030, 0.06 * light)
    beacon = np.zeros((size, size), np.float32)
    add_star(beacon, 0.885, 0.405, 1.0, 0.010, 0.30)
    return Space(
        column=(column * (size - 1)).astype(np.float32),
        away=away.astype(np.float32),
        gas=smoothstep(0.24, 0.80, gas),
        veil=smoothstep(0.30, 0.85, veil),
        fine=smoothstep(0.40, 0.95, fine),
        relief=relief.astype(np.float32),
        dust=smoothstep(0.60, 0.92, dust),
        back=smoothstep(0.35, 0.95, fbm(x * 2.6, y * 2.6, 113, 6)),
        stars=small + large,
        cluster=cluster,
        beacon=beacon,
    )


class Nebula:
    """Condition `timeline`: across the picture, ten seconds; red where the sound was low."""

    encoder = "timeline"

    def draw(self, sound: Any, size: int) -> Picture:
        s = space(size)
        span = SECONDS * sound.rate / HOP
        points = sound.strip(point, window=WINDOW, hop=HOP, columns=steps(span, size))
        late = sound.position % HOP / HOP
        past = scrolled(points, span=span, late=late, width=size).T
        reach = np.tanh(1.25 * past[0:4]) * 0.54
        blur = 0.016 * size
        swell = gaussian_filter1d(reach, blur, axis=1, mode="nearest")
        low, mid, high, tone = gaussian_filter1d(past[4:8], blur * 2.0, axis=1, mode="nearest")
        left = s.column.astype(np.intp)
        part = s.column - left
        right = np.minimum(left + 1, size - 1)

        def along(row: Field) -> Field:
            return row[left] * (1 - part) + row[right] * part

        upper = s.away < 0
        peak = np.where(upper, along(swell[0]), along(swell[1])) + 0.015
        core = np.where(upper, along(swell[2]), along(swell[3])) + 0.006
        lows, mids, highs, tones = along(low), along(mid), along(high), along(tone)
        distance = np.abs(s.away)

        # A cloud: dense where the sound was loud, torn by the noise towards its edge.
        outer = distance / (peak * 0.95 + 0.03)
        body = smoothstep(0.0, 1.0, 1.35 - outer + 0.9 * (s.gas - 0.5)) * (0.25 + 0.75 * s.gas)
        heart = np.exp(-((distance / (core * 0.75 + 0.012)) ** 2)) * (0.45 + 0.75 * s.gas)
        threads = s.fine * smoothstep(0.1, 1.1, 1.7 - outer) * (0.25 + highs)

        # Hot in its heart, cold at its rim, both by how low or high the sound was there.
        colour = smoothstep(0.05, 0.95, tones + 0.42 * (np.minimum(outer, 1.6) - 0.75))[..., None]
        tint = (
            WARM * (1 - colour) ** 1.2 + COLD * colour**1.2 + ROSE * (colour * (1 - colour) * 1.1)
        )
        power = (0.25 + 0.85 * lows + 0.4 * mids)[..., None]
        light = tint * power * (body * (0.15 + 1.05 * s.relief**1.5))[..., None] * 0.72
        light += CORE * (heart * (0.35 + 0.9 * lows))[..., None] * (0.25 + 0.75 * tint) * 0.8
        light += (0.5 * COLD + 0.5 * tint) * (threads * (0.2 + 0.9 * s.relief))[..., None] * 0.38

        # Far clouds, lit by how the mid and the high stood at that place.
        far = s.veil * (0.25 + 0.75 * s.gas)
        light += far[..., None] * (
            rgb(0.10, 0.05, 0.20)
            + rgb(0.34, 0.07, 0.30) * (mids * 0.75)[..., None]
            + rgb(0.03, 0.24, 0.34) * (highs * np.clip(distance * 3.2, 0, 1))[..., None]
        )
        light += s.back[..., None] * rgb(0.012, 0.016, 0.045)

        # Dust in front, then stars; the young ones flare where the sound struck.
        shade = s.dust * (0.35 + 0.5 * body)
        light *= 1 - shade[..., None] * rgb(0.72, 0.84, 0.92)
        hidden = 1 - 0.75 * np.clip(body, 0, 1)
        light += (s.stars * hidden * (0.55 + 0.9 * highs))[..., None] * rgb(0.86, 0.93, 1.0)
        strike = np.clip(peak * 3.0 - 0.25, 0, 2) ** 2
        light += (s.cluster * (0.10 + 1.5 * strike))[..., None] * (0.55 * CORE + 0.45 * tint)

        # What sounds now lights the right edge of the picture.
        now = float(past[0:2, -max(1, size // 48) :].mean())
        edge = np.exp(-(((1 - np.linspace(0, 1, size)) / 0.22) ** 2))[None, :, None]
        halo = np.exp(-((distance / 0.20) ** 2))[..., None]
        light *= np.float32(0.85 + 0.45 * now)
        light += s.beacon[..., None] * (0.25 * CORE + np.float32(2.6 * now) * (CORE + 0.25))
        light += (
            edge.astype(np.float32)
            * halo
            * WARM
            * np.float32(0.35 * now)
            * (0.5 + s.gas)[..., None]
        )
        light = bloom(light, 0.55, 0.030, 0.75)
        return film(light * vignette(size), 1.05, 1.3)
