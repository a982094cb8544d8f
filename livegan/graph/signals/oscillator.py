"""Oscillators: what a signal is at a count of periods.

Chance depends on the show's seed and the count alone, so a rehearsal repeats a show.
"""

from __future__ import annotations

import math

from livegan.operation.chance import hashed

SHAPES = ("sine", "triangle", "ramp", "saw", "square", "random", "noise")


def shaped(shape: str, count: float, seed: int) -> float:
    """One oscillator at ``count`` periods; 0..1."""
    phase = count % 1.0
    step = math.floor(count)
    if shape == "sine":
        return 0.5 - 0.5 * math.cos(2.0 * math.pi * phase)
    if shape == "triangle":
        return 1.0 - abs(2.0 * phase - 1.0)
    if shape == "ramp":
        return phase
    if shape == "saw":
        return 1.0 - phase
    if shape == "square":
        return 1.0 if phase < 0.5 else 0.0
    if shape == "random":
        return hashed(seed, "random", step)
    ease = phase * phase * (3.0 - 2.0 * phase)
    a, b = hashed(seed, "noise", step), hashed(seed, "noise", step + 1)
    return a + (b - a) * ease


def chosen(step: int, count: int, order: str, seed: int) -> int:
    """Which of ``count`` values plays in period ``step``; random order never repeats in a round."""
    if order == "cycle":
        return step % count
    turn, place = divmod(step, count)
    shuffled = sorted(range(count), key=lambda i: hashed(seed, "choose", turn, i))
    return shuffled[place]
