"""A moth in a night garden: its wings are the four levels, and a kick sends a ring of dust out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from worlds.fields import Field, fbm, grid, smoothstep, stars
from worlds.light import Picture, bloom, film, rgb, vignette

CENTRE = 0.47
"""Height of the thorax, from the top."""
EMBER = rgb(1.00, 0.20, 0.04), rgb(1.00, 0.62, 0.14), rgb(0.30, 0.02, 0.03)
MOSS = rgb(0.10, 0.72, 0.32), rgb(0.80, 0.95, 0.42), rgb(0.01, 0.12, 0.06)
FROST = rgb(0.14, 0.36, 1.00), rgb(0.62, 0.90, 1.00), rgb(0.03, 0.03, 0.20)
"""Of low, mid and high sound: the wings, their bands, the garden behind them."""


@dataclass(frozen=True)
class Garden:
    """What stands still, of the left half alone: angles, scales, leaves and stars."""

    u: Field
    v: Field
    angle: Field
    radius: Field
    scales: Field
    dapple: Field
    leaves: Field
    far: Field
    stars: Field
    body: Field
    fur: Field
    antennae: Field


def foliage(x: Field, y: Field) -> Field:
    """Leaves one over the other, each with its ribs and its shade; 0 where there is none."""
    rng = np.random.default_rng(43)
    light = np.zeros(np.broadcast_shapes(x.shape, y.shape), np.float32)
    for number in range(150):
        depth = number / 150
        away = rng.uniform(0.25, 0.80) * (1.15 - 0.35 * depth)
        turn = rng.uniform(0, np.pi)
        cx, cy = 0.5 - away * np.sin(turn), CENTRE - away * np.cos(turn)
        lean = turn + rng.normal(0, 0.5)
        long = rng.uniform(0.08, 0.19)
        dx, dy = x - cx, y - cy
        along = (-dx * np.sin(lean) - dy * np.cos(lean)) / long
        across = (dx * np.cos(lean) - dy * np.sin(lean)) / long
        across = across + 0.12 * along**2 * rng.uniform(-1, 1)
        wide = 0.36 * np.clip(1 - along**2, 0, 1) ** 0.8 * (1 - 0.25 * along)
        cover = np.clip((wide - np.abs(across)) * 60, 0, 1)
        ribs = np.abs(np.sin(14 * (along - 0.8 * np.abs(across)))) ** 0.6
        stem = np.clip(np.abs(across) * 34, 0, 1)
        shade = (0.35 + 0.65 * stem) * (0.55 + 0.45 * ribs) * (0.65 + 0.9 * across)
        rim = np.clip((wide - np.abs(across)) * 12, 0, 1)
        shade = np.clip(shade, 0.1, 1.3) * (0.45 + 0.55 * rim) * (0.25 + 0.75 * depth)
        light = light * (1 - cover) + cover * shade
    return light.astype(np.float32)


@lru_cache(maxsize=4)
def garden(size: int) -> Garden:
    x, y = grid(size)
    x = x[:, : size // 2]
    u, v = 0.5 - x + 0 * y, y - CENTRE + 0 * x
    radius = np.hypot(u, v)
    angle = np.arctan2(u, -v)  # 0 upwards, pi downwards
    scales = fbm(np.log2(radius + 0.05) * 26, angle * 30, 5, 3)
    dapple = fbm(u * 9, v * 9, 11, 5)
    sky, _, _ = stars(size, 260, 31, sharp=0.0020)
    # The body: head, thorax and a tail with rings.
    wide = 0.020 + 0.016 * smoothstep(0.09, 0.0, np.abs(v)) - 0.012 * smoothstep(0.05, 0.26, v)
    inside = np.clip((wide - u) * size * 0.7 + 0.5, 0, 1)
    inside *= smoothstep(-0.105, -0.085, v) * smoothstep(0.27, 0.24, v)
    fur = fbm(x * 70, y * 36, 37, 3) * (0.7 + 0.3 * np.cos(v * 190) * smoothstep(0.03, 0.08, v))
    # Feelers: two arcs with fine combs.
    arc = 0.006 + 0.55 * np.maximum(-0.085 - v, 0) ** 0.8 - 0.9 * np.maximum(-0.085 - v, 0) ** 1.5
    comb = 0.0025 + 0.011 * (0.5 + 0.5 * np.sin(v * 900)) * smoothstep(-0.30, -0.15, v)
    feeler = np.clip((comb - np.abs(u - arc)) * size * 0.8 + 0.5, 0, 1)
    feeler *= smoothstep(-0.31, -0.29, v) * smoothstep(-0.083, -0.095, v)
    return Garden(
        u=u.astype(np.float32),
        v=v.astype(np.float32),
        angle=angle.astype(np.float32),
        radius=radius.astype(np.float32),
        scales=scales,
        dapple=dapple,
        leaves=foliage(x, y),
        far=smoothstep(0.25, 0.85, fbm(u * 2.2, y * 2.2, 41, 4)),
        stars=sky[:, : size // 2],
        body=inside.astype(np.float32),
        fur=fur,
        antennae=feeler.astype(np.float32),
    )


@dataclass(frozen=True)
class Wing:
    """Half a pair of wings: lobes as (angle, length), how wide they are, and its ornament."""

    lobes: tuple[tuple[float, float], tuple[float, float]]
    reach: float
    veins: float
    eye: float

    def outline(self, angle: Any) -> Any:
        """How far from the thorax it ends in a direction."""
        (at, first), (to, second) = self.lobes
        out = first * bump(angle, at, self.reach) + second * bump(angle, to, self.reach)
        return out + 0.5 * (first + second) * bump(angle, 0.5 * (at + to), 0.55)


def bump(angle: Any, middle: float, reach: float) -> Any:
    """1 at an angle, 0 at ``reach`` from it."""
    return smoothstep(reach, 0.0, np.abs(angle - middle))


class Moth:
    """Condition `levels`: high and mid spread the forewings, low and kick the hindwings."""

    encoder = "levels"

    def draw(self, sound: Any, size: int) -> Picture:
        g = garden(size)
        low, mid, high, kick = (
            float(min(max(value, 0.0), 1.0))
            for value in (sound.low, sound.mid, sound.high, sound.kick)
        )
        share = np.array([low, mid, high], np.float32) + 0.03
        share = share**2.2 / (share**2.2).sum()

        def blend(part: int) -> Picture:
            sides = np.stack([EMBER[part], MOSS[part], FROST[part]])
            return (share[:, None] * sides).sum(axis=0).astype(np.float32)

        wing, band, dark = blend(0), blend(1), blend(2)
        whole = 0.4 * low + 0.35 * mid + 0.25 * high

        # Behind: leaves that the strongest colour lights, and a ring of dust that a kick sends out.
        lamp = np.exp(-g.radius / (0.22 + 0.35 * whole))
        light = (g.far * (0.15 + 0.8 * whole))[..., None] * dark * 1.5
        glow = 0.30 * lamp + lamp * 1.7 * whole
        light += (g.leaves * (0.07 + glow))[..., None] * (0.45 * dark + 0.30 * wing + 0.02)
        light += rgb(0.006, 0.008, 0.016)
        dark_sky = g.leaves < 0.02
        light += (g.stars * dark_sky * (0.3 + 1.5 * high))[..., None] * (0.4 + 0.6 * band)
        gone = 1 - kick
        front = 0.10 + 0.66 * gone
        ring = np.exp(-(((g.radius - front) / (0.016 + 0.035 * gone)) ** 2))
        wake = smoothstep(front, front - 0.34, g.radius) * 0.45
        dust = (ring + wake) * (0.25 + 0.75 * g.dapple + 0.5 * g.leaves) * kick**0.7
        light += dust[..., None] * (0.65 * band + 0.35) * 0.9

        # Hindwings first, the forewings lie over them.
        hind = Wing(((1.92, 0.13 + 0.31 * low), (2.62, 0.07 + 0.24 * kick)), 0.64, 11.0, 0.105)
        fore = Wing(((1.30, 0.14 + 0.31 * mid), (0.76, 0.11 + 0.36 * high)), 0.60, 14.0, 0.090)
        pairs = (
            (hind, 0.5 * low + 0.5 * kick, 0.62 * band + 0.30 * wing, wing),
            (fore, 0.5 * mid + 0.5 * high, wing, band),
        )
        for part, level, cloth, mark in pairs:
            light = self.winged(light, g, part, level, cloth, mark, kick, size)

        light += g.antennae[..., None] * (0.15 + 0.7 * high) * (0.6 * band + 0.3)
        hair = (0.30 + 1.0 * g.fur)[..., None] * (0.30 * wing + 0.30 * band + 0.05)
        light = light * (1 - g.body[..., None]) + g.body[..., None] * hair * (0.35 + 0.9 * whole)
        light += (np.exp(-g.radius / 0.05) * kick)[..., None] * (0.6 * band + 0.5)
        light = np.concatenate([light, light[:, ::-1]], axis=1)
        light = bloom(light, 0.55, 0.026, 0.65)
        return film(light * vignette(size, 0.45), 1.15, 1.15)

    def winged(
        self,
        light: Picture,
        g: Garden,
        wing: Wing,
        level: float,
        cloth: Picture,
        mark: Picture,
        kick: float,
        size: int,
    ) -> Picture:
        """The picture with a pair of wings over it; all on them grows as they do."""
        outline = wing.outline(g.angle)
        outline *= 1 + 0.035 * np.abs(np.sin(g.angle * 1.5 * wing.veins))
        outline = np.maximum(outline, 0.012)
        part = g.radius / outline
        inside = np.clip((outline - g.radius) * size * 0.7 + 0.5, 0, 1)
        veins = np.exp(-((np.sin(g.angle * wing.veins + 0.6 * part) / 0.13) ** 2))
        veins *= smoothstep(0.10, 0.35, part)
        wave = part + 0.02 * np.sin(g.angle * 23) + 0.10 * (g.dapple - 0.5)
        bands = np.exp(-(((wave - 0.80) / 0.035) ** 2)) + np.exp(-(((wave - 0.36) / 0.030) ** 2))
        # An eye where the wing is widest between its two lobes.
        (at, first), (to, second) = wing.lobes
        where = (at * first + to * second) / (first + second)
        far = float(wing.outline(where))
        eye = np.hypot(g.u - 0.60 * far * np.sin(where), g.v + 0.60 * far * np.cos(where))
        eye = eye / ((wing.eye + 0.10 * level) * far + 0.004) + 0.05 * (g.dapple - 0.5)
        hard = 0.25 * size * wing.eye * far + 2
        outer, iris, pupil = (np.clip((r - eye) * hard, 0, 1) for r in (1.0, 0.80, 0.52))
        glint = np.exp(-((eye / 0.22) ** 2))

        shade = (0.35 + 0.9 * g.scales) * (0.55 + 0.75 * g.dapple) * (0.30 + 1.0 * part)
        shade *= (0.30 + 1.0 * level) * (1 - 0.62 * veins)
        colour = cloth * shade[..., None]
        bright = bands * (0.25 + 0.75 * g.scales) * (0.30 + 0.8 * level)
        root = np.exp(-((part / 0.33) ** 2)) * (0.10 + 0.5 * level + 0.5 * kick)
        colour += (bright + 0.5 * root)[..., None] * mark
        colour *= 1 - 0.80 * smoothstep(0.84, 0.96, part)[..., None]
        edge = np.clip(1 - np.abs(part - 0.985) / 0.03, 0, 1) * (0.15 + 0.5 * level)
        colour += edge[..., None] * (0.5 * mark + 0.2)
        for cover, tint in (
            (outer, 0.03 * cloth),
            (iris, (0.25 + 0.9 * level) * (0.8 * mark + 0.2)),
            (pupil, 0.04 * cloth + 0.003),
        ):
            colour += cover[..., None] * (tint - colour)
        colour += (glint * (0.10 + 1.2 * kick + 0.4 * level))[..., None] * (0.6 + 0.4 * mark)
        # It shades what it lies over.
        light = light * (1 - 0.50 * np.clip((outline - g.radius) / 0.05 + 1, 0, 1))[..., None]
        return light + inside[..., None] * (colour - light)
