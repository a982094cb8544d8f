"""What a step learns from: pairs, disturbed, and where the discriminator looks."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from livegan.training.augmentation import grained, played, resized, tiles
from livegan.training.pairs import Bytes, tensors
from livegan.training.recipe import Recipe


@dataclass(frozen=True)
class Batch:
    """``given`` and ``truth``, (N, 3, H, W) of -1..1.

    ``again`` is the same conditions with other noise, where a recipe asks for steadiness;
    ``places`` are the tiles of the discriminator, or None for whole pictures.
    """

    given: Tensor
    truth: Tensor
    again: Tensor | None
    places: list[tuple[int, int]] | None


def prepare(
    pairs: Bytes, recipe: Recipe, step: int, chance: int, share: slice, device: torch.device
) -> Batch:
    """A step's batch, from (N, 2, H, W, 3) bytes.

    All that is drawn is a function of the recipe's seed and ``chance``.  Several processes draw
    for the whole batch, as one would, and each takes its ``share``.
    """
    rng = torch.Generator().manual_seed(recipe.seed * 1_000_003 + chance)
    condition, truth = tensors(pairs, device)
    if recipe.sizes:
        size = recipe.sizes[step % len(recipe.sizes)]
        condition, truth = resized(condition, size), resized(truth, size)
    heard = played(condition, recipe, rng)
    given = grained(heard, recipe, rng)
    places = tiles(given, recipe.patch, rng)[share] if recipe.patch else None
    # Only the noise is another: louder sound may, and should, be another picture.
    again = grained(heard, recipe, rng)[share] if recipe.steady else None
    return Batch(given[share], truth[share], again, places)
