"""Recipes by name."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from livegan.generators.card import Card
from livegan.generators.errors import ModelError
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


NOT_COPIED = ("steps", "hours", "epochs", "direction", "seed", "precision")
"""What belongs to one training, not to how it is done."""


def like(card: Card, begun: bool) -> dict[str, Any]:
    """The choices with which a model was trained, as its card has them; for `recipe_of`.

    Parameters
    ----------
    begun : whether the training begins from a model.  A model's last stretch may have run on
        settled norms from its first step; a network that begins from noise must learn them first.

    Raises
    ------
    ModelError
        If the card has no recipe.
    """
    known = {field.name for field in fields(Recipe)} - set(NOT_COPIED)
    recipe = dict(card.other.get("recipe") or {})
    if not recipe:
        raise ModelError(f"{card.name}: its card says no recipe; give --arch and --preset instead")
    # What a card leaves out was as published.
    found = {k: v for k, v in {**vars(Recipe()), **recipe}.items() if k in known}
    found["sizes"] = tuple(found["sizes"])
    if not begun and found["settle"] < PRESETS["live"]["settle"]:
        found["settle"] = PRESETS["live"]["settle"]
    return found
