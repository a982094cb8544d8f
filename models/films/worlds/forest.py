"""A forest in the mist: its hills are ten seconds of levels, and every kick carries a lantern."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from livegan.builtin.encoders.drawing import scrolled, steps
from worlds.fields import Field, fbm, grid, smoothstep, stars
from worlds.light import Picture, bloom, film, rgb, vignette
from worlds.music import recent, step
from worlds.ocean import LANES, SECONDS, struck
from worlds.terrain import below, flanks, impulses, smooth

SUN = 0.70
"""Where sun or moon stands across."""


@dataclass(frozen=True)
class Season:
    """A forest of a mood: its light and its colours, then how much there is of things."""

    zenith: Picture
    glow: Picture
    disc: Picture
    mist: Picture
    far: Picture
    hills: Picture
    near: Picture
    leaves: Picture
    """Of the trees' lit side."""
    amounts: Picture
    """Height of the sun 0..1, its radius, stars, cover of clouds, mist, snow."""

    def mixed(self, other: Season, share: float) -> Season:
        """``share`` 0..1 of the way to the other."""
        pairs = zip(vars(self).values(), vars(other).values(), strict=True)
        return Season(*(np.float32(1 - share) * a + np.float32(share) * b for a, b in pairs))


WINTER = Season(
    zenith=rgb(0.008, 0.020, 0.085),
    glow=rgb(0.10, 0.24, 0.46),
    disc=rgb(0.80, 0.90, 1.00),
    mist=rgb(0.075, 0.15, 0.29),
    far=rgb(0.15, 0.24, 0.42),
    hills=rgb(0.05, 0.10, 0.20),
    near=rgb(0.020, 0.042, 0.095),
    leaves=rgb(0.38, 0.56, 0.85),
    amounts=rgb(0.85, 0.040, 1.6, 0.15, 0.55, 1.0),
)
SPRING = Season(
    zenith=rgb(0.20, 0.42, 0.66),
    glow=rgb(1.05, 0.74, 0.62),
    disc=rgb(1.00, 0.90, 0.72),
    mist=rgb(0.86, 0.80, 0.76),
    far=rgb(0.40, 0.48, 0.62),
    hills=rgb(0.16, 0.36, 0.24),
    near=rgb(0.05, 0.17, 0.09),
    leaves=rgb(0.40, 0.78, 0.26),
    amounts=rgb(0.55, 0.055, 0.0, 0.45, 0.75, 0.15),
)
FIRE = Season(
    zenith=rgb(0.045, 0.010, 0.018),
    glow=rgb(1.10, 0.20, 0.03),
    disc=rgb(1.00, 0.36, 0.10),
    mist=rgb(0.60, 0.12, 0.03),
    far=rgb(0.24, 0.05, 0.03),
    hills=rgb(0.10, 0.020, 0.014),
    near=rgb(0.022, 0.006, 0.006),
    leaves=rgb(0.95, 0.26, 0.05),
    amounts=rgb(0.22, 0.085, 0.2, 1.15, 0.65, 0.0),
)
AUTUMN = Season(
    zenith=rgb(0.13, 0.22, 0.40),
    glow=rgb(1.20, 0.72, 0.26),
    disc=rgb(1.00, 0.86, 0.50),
    mist=rgb(0.95, 0.62, 0.30),
    far=rgb(0.46, 0.36, 0.42),
    hills=rgb(0.50, 0.22, 0.06),
    near=rgb(0.17, 0.055, 0.020),
    leaves=rgb(1.05, 0.52, 0.08),
    amounts=rgb(0.38, 0.070, 0.0, 0.75, 0.50, 0.0),
)


def season(past: Field, rate: float) -> Season:
    """From calm to heavy with the low sound, from dark to bright with the high."""
    high, mid, low, kick = map(float, recent(past, rate))
    heavy = step(0.14, 0.56, 0.85 * low + 1.1 * kick)
    bright = step(0.41, 0.65, 0.70 * high + 0.30 * mid)
    return WINTER.mixed(SPRING, bright).mixed(FIRE.mixed(AUTUMN, bright), heavy)


LANTERN, GLOW = rgb(1.0, 0.80, 0.42), rgb(1.0, 0.46, 0.12)


@dataclass(frozen=True)
class Pine:
    """A pine: where it stands, what it covers, its shade and the light on its left side."""

    column: int
    cover: Field
    dark: Field
    lit: Field


def pine(rng: np.random.Generator, at: float, tall: float, size: int) -> Pine:
    """``tall`` in parts of the picture."""
    wide = tall * rng.uniform(0.20, 0.30)
    rows, half = int(tall * size), int(wide * size) + 2
    down = ((np.arange(rows) + 0.5) / rows)[:, None]
    side = (np.arange(-half, half + 1)[None, :] + 0.5) / (wide * size)
    side = side + 0.05 * np.sin(9 * down + rng.uniform(0, 6))
    # Branches hang, each of its own length, and show their needles at the upper edge.
    count = int(16 + 34 * tall)
    run = down**0.85 * count - 1.2 * np.abs(side)
    whorl = np.clip(np.floor(run), 0, count).astype(np.intp)
    saw = run - np.floor(run)
    lengths = rng.uniform(0.62, 1.0, (2, count + 1))
    length = np.where(side < 0, lengths[0][whorl], lengths[1][whorl])
    reach = 0.03 + down**0.9 * length * (0.48 + 0.52 * saw)
    fine = rng.uniform(0.0, 1.0, (rows, 2 * half + 1)).astype(np.float32)
    reach = reach - 0.12 * fine * (down > 0.05)
    inside = np.clip((reach - np.abs(side)) * wide * size * 0.7 + 0.5, 0, 1)
    trunk = np.clip((0.03 - np.abs(side)) * wide * size + 0.5, 0, 1) * (down > 0.02)
    lit = saw**2 * np.clip(0.55 + 0.8 * side, 0.05, 1) * (0.35 + 0.65 * fine) * inside
    return Pine(
        column=int(at * size),
        cover=np.maximum(inside, trunk).astype(np.float32),
        dark=(0.6 * saw + 0.4 * fine).astype(np.float32),
        lit=lit.astype(np.float32),
    )


@dataclass(frozen=True)
class Wood:
    """What stands still: noise in the slopes, clouds, stars."""

    warp: Field
    rock: Field
    trees: Field
    canopy: Field
    cloud: Field
    drift: Field
    stars: Field
    fringe: Field
    path: Field
    pines: tuple[Pine, ...]


@lru_cache(maxsize=4)
def wood(size: int) -> Wood:
    x, y = grid(size)
    up = np.clip((0.34 - y) / 0.34, 0, 1)
    far = 1 / (up + 0.18)
    cloud = fbm((x - 0.5) * far * 1.3 + 7, far * 1.6, 141, 6, 0.55)
    sky, _, _ = stars(size, 420, 149, sharp=0.0013)
    tooth = np.abs(((x[0] * 97 + 2.2 * np.sin(x[0] * 31)) % 1) - 0.5) * 2
    small = np.abs(((x[0] * 173 + 1.4 * np.sin(x[0] * 53)) % 1) - 0.5) * 2
    rng = np.random.default_rng(181)
    stands = [((k + rng.uniform(0.1, 0.9)) / 17, rng.uniform(0.22, 0.46)) for k in range(17)]
    stands.sort(key=lambda each: each[1])
    return Wood(
        warp=(fbm(x * 9, y * 9, 151, 4) - 0.5) * 2,
        rock=fbm(x * 17, y * 17, 157, 5, 0.6, ridged=True),
        trees=fbm(x * 90, y * 34, 163, 3, 0.6),
        canopy=fbm(x * 52, y * 26, 167, 4, 0.6),
        cloud=smoothstep(0.38, 0.80, cloud),
        drift=fbm(x * 3.0, y * 10, 173, 5),
        stars=sky,
        fringe=(0.65 * tooth + 0.35 * small).astype(np.float32),
        path=(0.895 + 0.018 * np.sin(x[0] * 9) + 0.008 * np.sin(x[0] * 23)).astype(np.float32),
        pines=tuple(pine(rng, at, tall, size) for at, tall in stands),
    )


class Forest:
    """Condition `levels_timeline`: hills carry high, mid and low; pines rise where there is a beat,
    and each kick is a lantern that is carried past under them."""

    encoder = "levels_timeline"

    def draw(self, sound: Any, size: int) -> Picture:
        w = wood(size)
        rate = sound.rate / sound.hop
        span = SECONDS * rate
        asked = steps(span, size) * sound.hop / sound.rate
        past = np.stack([sound.feature(name, asked) for name in LANES], axis=1)
        column = np.clip(scrolled(past, span=span, late=0, width=size), 0, 1).T
        high, mid, low, kick = column
        now = season(past, rate)
        stand, radius, starlight, cover, misty, snow = map(float, now.amounts)
        alive = step(0.0, 0.35, float(recent(past, rate).sum()))
        beat, snap = struck(past, rate)
        x, y = grid(size)

        # The sky, and what a strike does to all of it: light runs out from the sun.
        sun_y = 0.30 - 0.25 * stand
        away = np.hypot(x - SUN, y - sun_y)
        down = np.clip(y / 0.42, 0, 1)[..., None] ** 1.4
        light = now.zenith * (1 - down) + now.glow * down
        light = light + (np.exp(-away / 0.16) * (0.30 + 1.5 * beat))[..., None] * now.glow
        light += (np.exp(-away / 0.55) * 0.9 * beat)[..., None] * (0.6 * now.glow + 0.3 * now.disc)
        bank = w.cloud * cover
        lit = 0.35 + 0.9 * np.exp(-away / 0.30) + 0.8 * beat
        light = light * (1 - 0.45 * bank[..., None])
        light += (bank * lit)[..., None] * (0.55 * now.glow + 0.08)
        light += (w.stars * starlight * np.clip(1 - y / 0.5, 0, 1))[..., None] * 0.9
        disc = np.clip((radius - away) * size * 0.5 + 0.5, 0, 1)
        light += (disc * (1 - 0.5 * bank))[..., None] * now.disc * 1.5

        # Three ranges, each as high as its level was; its own fine detail stands as tree tops.
        def ridge(level: Field, foot: float, tall: float, sharp: float) -> Field:
            body = smooth(level, 0.012, size)
            fine = np.clip(level - body, -0.10, 0.25)
            return (foot - tall * (body + sharp * fine)).astype(np.float32)

        tops = (
            ridge(high, 0.275, 0.230, 0.5),
            ridge(mid, 0.490, 0.240, 0.7) - 0.006 * w.fringe,
            ridge(low, 0.720, 0.220, 0.45) - 0.016 * w.fringe,
        )
        feet = (0.36, 0.62, 0.90)
        cloths = (now.far, now.hills, now.near * 0.6 + 0.4 * now.hills)
        mist = now.mist * (0.75 + 0.9 * beat)
        for number, (top, foot, cloth) in enumerate(zip(tops, feet, cloths, strict=True)):
            first = max(int(top.min() * size) - 1, 0)
            rows = slice(first, size)
            depth = y[rows] - top[None, :]
            shade = flanks(top, depth, w.warp[rows], size)
            if number == 0:
                stone = 0.35 + 0.65 * w.rock[rows] + 0.75 * shade
                white = smoothstep(0.05, -0.04, depth - 0.10 * snow + 0.10 * (w.rock[rows] - 0.5))
                white = white * smoothstep(-0.5, 0.3, shade + 0.6 * snow) * (0.2 + 0.8 * snow)
                body = cloth * np.clip(stone, 0.1, 1.6)[..., None]
                body += white[..., None] * (
                    now.disc * (0.35 + 0.5 * np.clip(shade, 0, 1)[..., None])
                )
            else:
                texture = (w.trees, w.canopy)[number - 1][rows]
                body = cloth * (0.25 + 1.1 * texture + 0.55 * shade).clip(0.08)[..., None]
                tip = np.clip(1 - depth / 0.018, 0, 1) * (0.4 + 0.6 * texture)
                body += (tip * (0.30 + 0.7 * beat))[..., None] * now.leaves * 0.55
                body += (smoothstep(0.45, 0.95, texture) * snow * 0.30)[..., None] * now.leaves
            # Mist lies in the valley in front of each range.
            rise = smoothstep(foot - 0.20, foot, y[rows] + 0.10 * (w.drift[rows] - 0.5))
            rise = np.clip(rise * misty * 1.2, 0, 0.92)[..., None]
            body = body * (1 - rise) + mist * rise
            cover_ = below(top, y[rows], size)[..., None]
            light[rows] += cover_ * (body - light[rows])

        # Pines in front, as far out of the mist as it beats there; the nearest last.
        beating = smooth(np.clip(1.3 * kick + 0.45 * low, 0, 1), 0.025, size)
        for tree in w.pines:
            self.grow(light, tree, float(beating[tree.column]), now, size, beat)
        ground = (0.925 - 0.03 * smooth(low, 0.03, size) + 0.012 * w.drift[0]).astype(np.float32)
        rows = slice(int(0.85 * size), size)
        floor = now.near * (0.25 + 0.9 * w.canopy[rows])[..., None]
        floor += (smoothstep(0.45, 1.0, w.canopy[rows]) * (0.25 + 0.15 * snow))[
            ..., None
        ] * now.leaves
        light[rows] += below(ground, y[rows], size)[..., None] * (floor - light[rows])

        # Lanterns: where it was struck, as bright as it was hard; they light the ground and mist.
        force = np.zeros(size, np.float32)
        for at, hard in impulses(kick):
            force[int(at)] += min(hard, 1.0)
        near, wide = (smooth(force, s, size) * s * size * 2.5 for s in (0.004, 0.020))
        fall = np.abs(y - w.path[None, :])
        flame = near * np.exp(-((fall / 0.007) ** 2))
        halo = wide * (np.exp(-((fall / 0.030) ** 2)) + 0.35 * np.exp(-fall / 0.07))
        shine = 0.35 + 0.9 * w.canopy
        light += (3.0 * flame)[..., None] * LANTERN + (0.55 * halo * shine)[..., None] * GLOW
        if snap > 0:
            light += (w.stars * snap * (0.4 + y))[..., None] * now.leaves * 1.5
        light = bloom(light.astype(np.float32), 0.45, 0.030, 0.8)
        return film(light * vignette(size, 0.35), 0.35 + 0.70 * alive, 1.15)

    def grow(
        self, light: Picture, tree: Pine, risen: float, now: Season, size: int, beat: float
    ) -> None:
        """Stand a pine into the picture, ``risen`` 0..1 of its height out of the mist."""
        tall, wide = tree.cover.shape
        shown = int(tall * (0.12 + 0.88 * min(risen, 1.0)))
        top = int(0.96 * size) - shown
        left = tree.column - wide // 2
        a, b = max(left, 0), min(left + wide, size)
        part = (slice(0, shown), slice(a - left, b - left))
        body = now.near * (0.25 + 0.7 * tree.dark[part])[..., None]
        body += tree.lit[part][..., None] * now.leaves * (0.55 + 0.8 * beat)
        fog = np.clip(np.arange(shown) / size + 0.96 - shown / size - 0.70, 0, 0.3)[:, None, None]
        body += fog * 1.7 * (now.mist * (0.55 + 0.8 * beat) - body)
        view = light[top : top + shown, a:b]
        view += tree.cover[part][..., None] * (body - view)
