"""A long hall with a wet floor; lines of light on its walls swing with the wave itself."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from scipy.ndimage import gaussian_filter1d

from livegan.builtin.encoders.waveform import SEARCH, ground, rising_edge, trace
from worlds.fields import Field, fbm, grid, smoothstep
from worlds.light import Picture, bloom, film, rgb, vignette

SECONDS = 0.04
EYE = 0.50
"""Height of the vanishing point in the picture, from the top."""
TALL = 0.80
"""Half the height of the hall over half its width."""
AMBER, MAGENTA, CYAN = rgb(1.0, 0.34, 0.06), rgb(1.0, 0.08, 0.42), rgb(0.10, 0.72, 1.0)


@dataclass(frozen=True)
class Hall:
    """The hall as it stands: which surface a pixel shows, how far off, and what it is made of."""

    wall: Field
    ceiling: Field
    floor: Field
    end: Field
    depth: Field
    height: Field
    mirror: Field
    rough: Field
    stone: Field
    lamps: Field
    reach: Field
    haze: Field
    ribs: Field


@lru_cache(maxsize=4)
def hall(size: int) -> Hall:
    fine = 2
    n = size * fine
    x, y = grid(n)
    u, v = 2 * (x - 0.5), 2 * (y - EYE)
    across = np.abs(u) + 0 * v
    up = np.abs(v) / TALL + 0 * u
    reach = np.maximum(np.maximum(across, up), 0.045)  # the end wall stands far away
    depth = 1 / reach
    end = (np.maximum(across, up) < 0.045).astype(np.float32)
    wall = ((across >= up) & (end == 0)).astype(np.float32)
    above = ((v < 0) & (wall == 0) & (end == 0)).astype(np.float32)
    below = ((v >= 0) & (wall == 0) & (end == 0)).astype(np.float32)
    height = v * depth / TALL  # -1 ceiling .. 1 floor on the walls
    side = u * depth  # -1..1 across floor and ceiling

    near = np.log2(depth) * 3.0
    run = depth * 1.5
    # Pillars along the walls, one every unit of depth; between them niches of rough stone.
    beat = np.abs((run % 1) - 0.5) * 2
    pillar = smoothstep(0.58, 0.66, beat)
    edge = smoothstep(0.50, 0.60, beat) * (1 - smoothstep(0.66, 0.76, beat))
    courses = smoothstep(0.0, 0.06, np.abs((height * 4 % 1) - 0.5))
    grain = fbm(near * 5, height * 9 + 3 * np.sign(u), 5, 5)
    stone = (0.35 + 0.9 * grain) * (0.35 + 0.75 * pillar + 0.6 * edge) * (0.7 + 0.3 * courses)
    slabs = smoothstep(0.0, 0.05, np.abs((side * 3 % 1) - 0.5)) * smoothstep(
        0.0, 0.06, np.abs((run * 1.5 % 1) - 0.5)
    )
    ground = (0.4 + 0.8 * fbm(side * 5, near * 6, 9, 5)) * (0.55 + 0.45 * slabs)
    beams = 0.35 + 0.65 * smoothstep(0.5, 0.62, beat)
    roof = (0.3 + 0.7 * fbm(side * 4, near * 5, 13, 4)) * beams
    material = wall * stone + below * ground + above * roof

    # Lamps hang in the middle of the ceiling, one in every bay.
    lamp = above * (np.abs(side) < 0.20) * (np.abs((run + 0.5) % 1 - 0.5) < 0.17)
    strips = above * (np.abs(np.abs(side) - 0.74) < 0.035)

    # The floor shows the wall above it, upside down, blurred by how wet it is.
    line = EYE + TALL * np.abs(x - 0.5) + 0 * y
    to_wall = v < 3 * TALL * np.abs(u)  # else the mirrored ray meets the ceiling first
    back = np.where(to_wall, 2 * line - y, EYE - (y - EYE) / 3)
    back = np.where(below > 0, back, y)
    ripple = (fbm(side * 5, near * 7, 21, 3) - 0.5) * 0.022 * reach
    mirror = np.clip((back + ripple * below) * size - 0.5, 0, size - 1)

    def small(field: Field) -> Field:
        mean: Field = field.reshape(size, fine, size, fine).mean(axis=(1, 3)).astype(np.float32)
        return mean

    haze = np.exp(-((np.hypot(u, v * 0.9) / 0.42) ** 1.3))
    return Hall(
        wall=small(wall),
        ceiling=small(above),
        floor=small(below),
        end=small(end),
        depth=small(depth),
        height=small(np.clip(height, -1.2, 1.2)),
        mirror=small(mirror),
        rough=small(
            below * (0.35 + 0.65 * slabs) * smoothstep(0.25, 0.75, fbm(side * 2, near * 2, 33, 4))
        ),
        stone=small(material),
        lamps=small((lamp + 0.6 * strips).astype(np.float32)),
        reach=small(reach),
        haze=small(haze),
        ribs=small(wall * edge),
    )


class Corridor:
    """Condition `waveform`: the left trace swings on the upper walls, the right on the lower."""

    encoder = "waveform"

    def draw(self, sound: Any, size: int) -> Picture:
        h = hall(size)
        shown = round(SECONDS * sound.rate)
        spare = round(SEARCH * sound.rate)
        wave = sound.last((shown + spare) / sound.rate)
        start = rising_edge(wave[:, 0] + wave[:, 1], spare)
        wave = wave[start : start + shown]
        pitch = ground(wave, sound.rate, size)
        low, high = trace(wave, size, 1.0)
        line = 0.5 * (low + high)
        width = 0.5 * (high - low)
        loud = gaussian_filter1d(np.maximum(high, -low), 0.06 * size, axis=1, mode="nearest")
        power = float(np.sqrt(np.mean(np.square(np.tanh(1.4 * wave)))))
        tone = gaussian_filter1d(pitch, 0.03 * size, axis=1, mode="nearest")

        def tint(value: Any) -> Picture:
            v = np.clip(np.asarray(value, np.float32), 0, 1)[..., None]
            warm = AMBER * (1 - v) ** 2 + MAGENTA * (2 * v * (1 - v)) + CYAN * v**2
            return warm.astype(np.float32)

        light = np.zeros((size, size, 3), np.float32)
        glow = np.zeros((size, size, 3), np.float32)
        for channel, centre in ((0, -0.44), (1, 0.44)):
            at = centre - 0.46 * line[channel][None, :]
            half = 0.020 + 0.46 * width[channel][None, :]
            away = np.abs(h.height - at)
            reach = 0.5 * (1 / h.depth) * size  # pixels of one unit of height
            cover = np.clip((half - away) * reach * 1.0 + 0.5, 0, 1) * h.wall
            colour = tint(tone[channel])[None, :, :]
            strength = 0.30 + 1.5 * loud[channel][None, :, None]
            light += cover[..., None] * (colour * 1.2 + 0.16) * strength * 1.35
            near = np.exp(-np.maximum(away - half, 0) / 0.16) + 0.5 * np.exp(-away / 0.55)
            glow += near[..., None] * colour * strength

        # Lamps: every bay of the ceiling is as bright as the wave was where the bay lies.
        index = ((0.5 + 0.5 * np.clip(h.reach, 0, 1)) * (size - 1)).astype(np.intp)
        both = loud.mean(axis=0), tone.mean(axis=0)  # the ceiling lies between both sides
        bay = (0.5 * (both[0] + both[0][::-1]))[index]
        hue = tint(0.5 * (both[1] + both[1][::-1]))[index]
        lamp = h.lamps[..., None] * (0.10 + 2.6 * bay[..., None]) * (0.55 * hue + 0.45)

        material = h.stone[..., None]
        fall = np.clip(1.15 / np.sqrt(h.depth), 0.2, 1.1)[..., None]
        lit = (
            material * glow * 0.75 * fall * (h.wall + 0.35 * h.ceiling + 0.25 * h.floor)[..., None]
        )
        top = (
            material
            * hue
            * (0.10 + 0.9 * bay[..., None])
            * (0.30 * h.ceiling + 0.16 * h.floor + 0.10 * h.wall)[..., None]
        )
        scene = lit + top + light + lamp + h.ribs[..., None] * glow * 0.25

        # The far end: a gate of light that swells with the loudness.
        mean = tint(np.array(tone.mean()))
        gate = (h.end * (0.4 + 2.6 * power))[..., None] * (0.6 * mean + 0.5)
        fog = h.haze[..., None] * mean * np.float32(0.10 + 2.0 * power**1.5)
        scene += gate + fog * (0.7 + 0.3 * material)

        rows = h.mirror
        top_row = rows.astype(np.intp)
        part = (rows - top_row)[..., None]
        columns = np.arange(size)[None, :]
        shown_below = scene[top_row, columns] * (1 - part)
        shown_below += scene[np.minimum(top_row + 1, size - 1), columns] * part
        floor = h.floor[..., None]
        wet = (0.30 + 0.55 * h.rough)[..., None]
        scene = scene * (1 - 0.45 * floor) + floor * shown_below * wet
        scene += rgb(0.010, 0.012, 0.022)
        scene = bloom(scene, 0.65, 0.028, 0.6)
        return film(scene * vignette(size, 0.35), 1.0)
