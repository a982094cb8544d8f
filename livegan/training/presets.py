"""Recipes by name."""

from __future__ import annotations

from typing import Any

from livegan.training.recipe import Recipe

PRESETS: dict[str, dict[str, Any]] = {
    "published": {},
    "live": {
        "arch": "small",
        "batch": 4,
        "lr": 4e-4,
        "gan": "lsgan",
        "l1": 24.0,
        "levels": 3,
        "matching": 10.0,
        "critic_rate": 0.25,
        "filters": 32,
        "patch": 192,
        "noise": 0.05,
        "gain": 0.15,
        "mixture": 0.3,
        "settle": 0.4,
        "clip": 50.0,
    },
}
"""``published``: pix2pix, as it is published.  ``live``: what our own models are trained with; why
these numbers, and what they cost, is in docs/decisions/training.md."""


def preset_of(arch: str) -> str:
    """The preset an architecture is trained with where none is named."""
    return "live" if arch == "small" else "published"


def recipe_of(preset: str, **choices: Any) -> Recipe:
    """The preset's recipe with other ``choices``; those that are None are left to the preset.

    Raises
    ------
    ValueError
        If there is no such preset, or a choice cannot be.
    """
    if preset not in PRESETS:
        raise ValueError(f"there is no preset {preset!r}; there are {', '.join(PRESETS)}")
    given = {name: value for name, value in choices.items() if value is not None}
    return Recipe(**{**PRESETS[preset], **given})
