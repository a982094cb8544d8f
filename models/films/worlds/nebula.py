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
from worlds.music import Mood, mood_of_points, strikes_of_points, strongest

SECONDS = 10.0
STAR = (0.80, 0.42)
"""Where the young star stands that flares when the sound strikes."""
FRONT = 2.6
"""Picture widths a second at which the light of a strike runs out from the star."""

# Heart, middle and rim of the gas, then the far clouds behind it.
VEILS = rgb(0.45, 1.00, 0.90), rgb(0.02, 0.66, 0.68), rgb(0.05, 0.24, 0.92), rgb(0.02, 0.10, 0.26)
MOSS = rgb(0.80, 1.00, 0.48), rgb(0.14, 0.80, 0.34), rgb(0.02, 0.34, 0.70), rgb(0.02, 0.14, 0.15)
ICE = rgb(0.62, 0.80, 1.00), rgb(0.16, 0.46, 1.00), rgb(0.42, 0.10, 0.92), rgb(0.08, 0.04, 0.32)
FIRE = rgb(1.00, 0.66, 0.24), rgb(1.00, 0.28, 0.03), rgb(0.36, 0.10, 0.52), rgb(0.20, 0.04, 0.08)
ROSE = rgb(1.00, 0.60, 0.52), rgb(0.96, 0.14, 0.30), rgb(0.10, 0.26, 0.92), rgb(0.05, 0.04, 0.24)


def palette(mood: Mood) -> list[Picture]:
    """Four colours: thin and cold to dense and fiery, rose where it is busy."""
    rose, full = 0.70 * mood.busy, 1.15
    found = []
    for veils, moss, ice, fire, pink in zip(VEILS, MOSS, ICE, FIRE, ROSE, strict=True):
        soft = veils * (1 - mood.warm) + moss * mood.warm
        loud = ice * (1 - mood.warm) + fire * mood.warm
        mixed = (soft * (1 - mood.loud) + loud * mood.loud) * (1 - rose) + pink * rose
        grey = mixed.mean()
        # Colours that are mixed turn grey; this takes them back out.
        found.append(np.maximum(grey + full * (mixed - grey), 0).astype(np.float32))
    return found


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
    radius: Field


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
    add_star(beacon, *STAR, 1.0, 0.010, 0.42)
    radius = np.hypot(x - STAR[0], y - STAR[1]) * (1 + 0.30 * twist) + 0.10 * bend
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
        radius=np.maximum(radius, 0).astype(np.float32),
    )


class Nebula:
    """Condition `timeline`: along the river ten seconds; what strikes now runs out as light."""

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
        mood = mood_of_points(points)
        hot, warm, rim, behind = palette(mood)
        width = np.float32(0.80 + 0.55 * mood.loud)
        outer = distance / (peak * width + 0.03)
        body = smoothstep(0.0, 1.0, 1.35 - outer + 0.9 * (s.gas - 0.5)) * (0.25 + 0.75 * s.gas)
        heart = np.exp(-((distance / (core * 0.75 + 0.012)) ** 2)) * (0.45 + 0.75 * s.gas)
        threads = s.fine * smoothstep(0.1, 1.1, 1.7 - outer) * (0.25 + highs)

        # Hot in its heart, cold at its rim, both by how low or high the sound was there.
        depth = 0.45 * np.minimum(outer, 1.6) + 1.3 * distance + 0.5 * s.veil - 0.75
        cold = smoothstep(0.18, 0.85, tones + depth)[..., None]
        tint = warm * (1 - cold) + rim * cold
        power = 0.35 + 0.85 * lows + 0.4 * mids
        light = tint * (power * body * (0.15 + 1.05 * s.relief) * 0.80)[..., None]
        light += hot * (heart * (0.35 + 0.9 * lows) * 0.80)[..., None]
        light += (0.6 * rim + 0.4 * tint) * (threads * (0.2 + 0.9 * s.relief) * 0.42)[..., None]

        # Far clouds: thin veils when it is soft, banks that fill the sky when it is loud.
        far = s.veil * (0.25 + 0.75 * s.gas) * (0.35 + 0.5 * mids + 0.5 * highs)
        bank = s.back * (0.30 + 0.70 * s.fine)
        light += (
            behind * (far * (0.9 + 0.8 * mood.loud) + bank * (0.40 + 1.5 * mood.loud))[..., None]
        )
        light += rgb(0.006, 0.009, 0.022)

        # What strikes now: light runs out from the young star and catches on the gas and dust.
        low, high = strikes_of_points(points, late)
        beat, spark = strongest(low), strongest(high)
        caught = (0.12 + 0.55 * body + 0.50 * s.veil * s.gas + 0.35 * s.fine * s.gas) * (
            0.25 + 0.75 * s.relief
        )
        front = low.at(s.radius / FRONT) * np.exp(-1.6 * s.radius)
        glow = np.exp(-s.radius / 0.22) * beat
        lit = caught * (0.9 * front + 0.9 * glow + 0.28 * beat)
        light += (0.35 * hot + 0.60 * warm) * lit[..., None]
        light += (0.5 * hot + 0.5 * rim) * (s.fine * s.relief * (0.10 + 0.55 * body) * 0.8 * spark)[
            ..., None
        ]

        # Dust in front, then stars; the young ones flare where the sound struck.
        shade = s.dust * (0.25 + 0.5 * body) * (0.4 + 0.6 * mood.loud)
        light *= 1 - shade[..., None] * rgb(0.72, 0.84, 0.92)
        hidden = 1 - 0.75 * np.clip(body, 0, 1)
        clear = 1.5 - 1.0 * mood.loud + 0.7 * spark
        light += (s.stars * hidden * (clear * (0.45 + 0.6 * highs)))[..., None] * rgb(
            0.86, 0.93, 1.0
        )
        flare = np.clip(peak * 3.0 - 0.25, 0, 2) ** 2
        light += (s.cluster * (0.10 + 0.9 * flare + 0.9 * spark))[..., None] * (0.5 * hot + 0.5)
        light += (s.beacon * (0.5 + 2.2 * beat))[..., None] * (0.6 * hot + 0.5)
        light = bloom(light, 0.55, 0.030, 0.75)
        return film(light * vignette(size), 1.0, 1.2)
