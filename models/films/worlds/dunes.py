"""Dunes that the wave itself heaps up: low notes are hills of sand, high ones the ripples on it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from livegan.builtin.encoders.waveform import SEARCH, ground, rising_edge, trace
from worlds.fields import Field, fbm, grid, noise, smoothstep, stars
from worlds.light import Picture, bloom, film, rgb, vignette
from worlds.terrain import below, smooth

SECONDS = 0.04
SUN = 0.36
NIGHT = {
    "zenith": rgb(0.008, 0.014, 0.055),
    "glow": rgb(0.20, 0.13, 0.30),
    "disc": rgb(0.80, 0.88, 1.00),
    "sand": rgb(0.13, 0.15, 0.30),
    "shade": rgb(0.010, 0.014, 0.045),
}
DUSK = {
    "zenith": rgb(0.13, 0.05, 0.20),
    "glow": rgb(1.20, 0.34, 0.12),
    "disc": rgb(1.00, 0.52, 0.20),
    "sand": rgb(0.98, 0.32, 0.10),
    "shade": rgb(0.10, 0.025, 0.075),
}
DAY = {
    "zenith": rgb(0.05, 0.30, 0.62),
    "glow": rgb(0.92, 0.88, 0.72),
    "disc": rgb(1.00, 0.97, 0.85),
    "sand": rgb(1.05, 0.74, 0.36),
    "shade": rgb(0.26, 0.13, 0.085),
}


@dataclass(frozen=True)
class Desert:
    """What stands still: soft hills of its own, grain, clouds, stars, dust."""

    hills: Field
    warp: Field
    grain: Field
    gusts: Field
    cloud: Field
    stars: Field


@lru_cache(maxsize=4)
def desert(size: int) -> Desert:
    x, y = grid(size)
    up = np.clip((0.42 - y) / 0.42, 0, 1)
    far = 1 / (up + 0.16)
    cloud = fbm((x - 0.5) * far * 1.1 + 5, far * 2.8, 301, 6, 0.55)
    sky, _, _ = stars(size, 500, 307, sharp=0.0013)
    hills = np.stack([noise(x[0] * (2.2 + 0.5 * k), 0 * x[0] + 3 * k, 311 + k) for k in range(5)])
    return Desert(
        hills=hills.astype(np.float32),
        warp=(fbm(x * 5, y * 5, 331, 4) - 0.5) * 2,
        grain=fbm(x * 110, y * 110, 337, 2),
        gusts=smoothstep(0.35, 0.85, fbm(x * 3 + 2.5 * y, y * 9, 341, 5)),
        cloud=smoothstep(0.36, 0.82, cloud),
        stars=sky,
    )


def mixed(share: float) -> dict[str, Picture]:
    """Night, dusk, day as the sound goes from low to high, 0..1."""
    low = float(np.clip(2 * share, 0, 1))
    high = float(np.clip(2 * share - 1, 0, 1))
    return {
        name: (NIGHT[name] * (1 - low) + DUSK[name] * low) * (1 - high) + DAY[name] * high
        for name in NIGHT
    }


class Dunes:
    """Condition `waveform`: the left trace heaps the far dunes, the right one the near dunes."""

    encoder = "waveform"

    def draw(self, sound: Any, size: int) -> Picture:
        d = desert(size)
        shown = round(SECONDS * sound.rate)
        spare = round(SEARCH * sound.rate)
        wave = sound.last((shown + spare) / sound.rate)
        start = rising_edge(wave[:, 0] + wave[:, 1], spare)
        wave = wave[start : start + shown]
        pitch = ground(wave, sound.rate, size)
        low, high = trace(wave, size, 1.0)
        line, thick = 0.5 * (low + high), 0.5 * (high - low)
        power = float(np.sqrt(np.mean(np.square(np.tanh(1.4 * wave)))))
        tone = float(pitch.mean())
        now = mixed(float(smoothstep(0.14, 0.62, np.float32(tone))))
        x, y = grid(size)

        # The sky: its light stands the higher the louder it is, and swells with it.
        sun_y = 0.36 - 0.22 * min(power * 1.5, 1.0)
        away = np.hypot(x - SUN, y - sun_y)
        down = np.clip(y / 0.50, 0, 1)[..., None] ** 1.6
        light = now["zenith"] * (1 - down) + now["glow"] * down
        light = (
            light
            + (np.exp(-away / (0.10 + 0.25 * power)) * (0.25 + 1.6 * power))[..., None]
            * now["glow"]
        )
        bank = d.cloud * 0.8
        light = light * (1 - 0.4 * bank[..., None])
        light += (bank * (0.25 + 0.9 * np.exp(-away / 0.3) + 0.7 * power))[..., None] * (
            0.6 * now["glow"] + 0.06
        )
        dark = float(1 - smoothstep(0.14, 0.40, np.float32(tone)))
        light += (d.stars * (1.6 * dark + 0.1) * (1 - bank))[..., None]
        radius = 0.030 + 0.045 * power
        disc = np.clip((radius - away) * size * 0.5 + 0.5, 0, 1) * (1 - 0.4 * bank)
        light += disc[..., None] * now["disc"] * 1.6

        # Dunes: of each trace its swell as it is and upside down, so that no two are alike.
        swell = [smooth(line[k], 0.020, size) for k in (0, 1)]
        rough = smooth(thick, 0.02, size) * 3.0 + 0.35 * smooth(pitch, 0.03, size)
        rows_of = (
            (0.400, 0.085, 0.6 * swell[0] - 0.2 * swell[1], 0, 0.62),
            (0.475, 0.130, swell[0], 0, 0.42),
            (0.580, 0.150, 0.25 * swell[0] - 0.75 * swell[1], 1, 0.24),
            (0.720, 0.190, swell[1], 1, 0.10),
            (0.900, 0.200, -0.9 * swell[0] + 0.15 * swell[1], 0, 0.02),
        )
        for number, (foot, tall, shape, side, veil) in enumerate(rows_of):
            quiet = 0.22 * d.hills[number]
            top = (foot - tall * (shape + quiet)).astype(np.float32)
            first = max(int(top.min() * size) - 1, 0)
            rows = slice(first, min(int((foot + 0.30) * size), size) if number < 4 else size)
            depth = y[rows] - top[None]
            # The crest bends downhill, so that its two faces part along a curve.
            reach = 0.5 + 0.5 * number / 4
            column = np.clip(
                np.arange(size)[None]
                + (0.8 * d.warp[rows] + 0.9)
                * np.minimum(np.maximum(depth, 0), 0.16)
                * size
                * reach,
                0,
                size - 1,
            ).astype(np.intp)
            slope = np.gradient(smooth(top, 0.010, size)) * size
            face = slope.astype(np.float32)[column]
            lit = smoothstep(-0.55, 0.75, -face + 0.05)
            fade = np.exp(-np.maximum(depth, 0) / (0.10 + 0.06 * number))
            lit = lit * fade + 0.55 * (1 - fade)
            # Ripples follow the crest; the rougher the sound, the deeper.
            run = depth * (150 - 22 * number) + 3.5 * d.warp[rows] + 4.0 * face
            wave_ = 0.5 + 0.5 * np.sin(run)
            deep = np.clip(rough[side][column] * (0.30 + 0.25 * number / 4), 0, 0.75)
            lit = lit * (1 - deep * (1 - wave_)) + 0.10 * deep * wave_
            lit = lit * (0.82 + 0.36 * d.grain[rows])
            sand = now["shade"] + (now["sand"] - now["shade"]) * lit[..., None]
            rim = np.clip(1 - np.abs(depth) / 0.010, 0, 1) * smoothstep(-0.3, 0.6, -face)
            sand += (rim * (0.15 + 1.1 * power))[..., None] * (0.7 * now["disc"])
            fog = np.clip(veil * (0.8 + 0.3 * power), 0, 0.9)
            sand = sand * (1 - fog) + now["glow"] * (0.75 + 0.4 * power) * fog
            light[rows] += below(top, y[rows], size)[..., None] * (sand - light[rows])
            # Sand blown off the crest, where it stands high.
            lift = np.clip(shape + 0.2, 0, 1) * power * 1.5
            plume = np.exp(-np.maximum(-depth, 0) / (0.012 + 0.06 * lift[None])) * (depth < 0.02)
            plume = plume * lift[None] * d.gusts[rows]
            light[rows] += plume[..., None] * (0.6 * now["sand"] + 0.25 * now["glow"]) * 0.55
        light = bloom(light.astype(np.float32), 0.5, 0.030, 0.85)
        return film(light * vignette(size, 0.40), 1.05, 1.15)
