"""Whether a recipe, its pairs and the state of an earlier run belong together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from torch import nn

from livegan.generators.networks.small import SmallGenerator
from livegan.generators.networks.unet import UnetLevel
from livegan.size import Size
from livegan.training.augmentation import at_height
from livegan.training.layout import condition_of, origin
from livegan.training.pairs import Pairs
from livegan.training.recipe import Recipe


class TrainingError(Exception):
    """A training that cannot go on; one line: what, and what to do."""


def choices(recipe: Recipe) -> dict[str, Any]:
    """The recipe as plain values; its length may change when a training is taken up again."""
    record = {**vars(recipe), "sizes": list(recipe.sizes)}
    return {k: v for k, v in record.items() if k not in ("steps", "hours", "epochs")}


def drawn_by(data: Path) -> dict[str, Any]:
    """What drew the conditions of a data set, an encoder or a mixer, with its parameters; empty if
    nothing says so."""
    found = origin(data)[0] or condition_of(data)
    return {k: v for k, v in found.items() if k in ("name", "parameters")}


def check_state(state: dict[str, Any], recipe: Recipe, data: Path, size: Size, work: Path) -> None:
    """`TrainingError` if a state was made with other choices, or on pairs of another kind.

    A data set may grow between two runs; who drew its conditions may not change, as one model
    would have learned two languages.
    """
    # A state from before a choice was there was made with its default.
    if {**choices(Recipe()), **state["recipe"]} != choices(recipe):
        fix = "train into another folder, or delete it"
        raise TrainingError(f"{work} holds a training with another recipe; {fix}")
    if state.get("size", size.plain) != size.plain:
        fix = f"{data} has {size.plain}; train into another folder"
        raise TrainingError(f"{work} holds a training on pairs of {state['size']} pixels; {fix}")
    was, now = state.get("drawn by"), drawn_by(data)
    if was is not None and was != now:
        fix = "give another --out; --start begins it from a finished model"
        raise TrainingError(
            f"{work} holds a training on pairs {_named(was)}, and those of {data} are "
            f"{_named(now)}; {fix}"
        )


def check_fit(painter: nn.Module, pairs: Pairs, recipe: Recipe) -> None:
    """`TrainingError` if the network cannot halve the pictures as often as it does, or would take
    a norm over a single number."""
    levels = sum(isinstance(module, UnetLevel) for module in painter.modules())
    stride = int(getattr(painter, "stride", 2**levels if levels else 4))
    for size in [at_height(pairs.size, high) for high in recipe.sizes] or [pairs.size]:
        if any(side % stride or side < 32 for side in size):
            text = f"{recipe.arch} paints sizes that are multiples of {max(32, stride)}"
            raise TrainingError(
                f"{pairs.folder}: pairs of {size.plain} pixels; {text}: --size of dataset"
            )
        # At its lowest level a picture of its stride is one cell, and one number has no spread.
        if (
            isinstance(painter, SmallGenerator)
            and size == Size.square(stride)
            and recipe.batch == 1
        ):
            raise TrainingError(
                f"{pairs.folder}: pairs of {size.plain} pixels are too small for a batch of 1; "
                "give --batch 2 or more, or larger pairs"
            )


def _named(drawn: dict[str, Any]) -> str:
    if not drawn:
        return "of which no manifest says what drew them"
    values = ",".join(f"{key}={value}" for key, value in drawn.get("parameters", {}).items())
    return f"drawn by {drawn.get('name')}{':' if values else ''}{values}"
