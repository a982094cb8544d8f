"""A look at pairs that are not trained on."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from livegan.training.augmentation import disturb
from livegan.training.pairs import Pairs
from livegan.training.recipe import Recipe
from livegan.training.report import sheet
from livegan.training.report.page import add_film, add_samples
from livegan.training.step.norms import calibrate

FILM = 32
"""Neighbours of the held-out pairs, in the order of their film, that the page shows as one."""


def conditions(pairs: Pairs, recipe: Recipe, device: torch.device) -> list[Tensor]:
    """Conditions from all over the data set, disturbed as in training, to calibrate norms on."""
    rng = torch.Generator().manual_seed(recipe.seed)
    # None in a batch of its own: the smallest pictures end in one cell, whose spread is none.
    count = max(2, min(len(pairs), 128))
    spread = [i * len(pairs) // count for i in range(count)]
    batches = [spread[i : i + 8] for i in range(0, count, 8)]
    if len(batches[-1]) == 1:
        batches[-1].insert(0, batches[-2].pop())
    return [disturb(pairs.batch(batch, device)[0], recipe, rng) for batch in batches]


@torch.no_grad()
def look(
    network: nn.Module,
    pairs: Pairs,
    held_out: Pairs | None,
    recipe: Recipe,
    settled: bool,
    device: torch.device,
    path: Path | None,
    step: int = 0,
) -> float | None:
    """Draw the contact sheet at ``path``, and keep samples of ``step`` beside it; the mean L1,
    0..1, over at most 64 held-out pairs."""
    if not settled:
        calibrate(network, conditions(pairs, recipe, device))
    network.eval()
    shown = held_out or pairs
    count = min(len(shown), 64)
    columns: list[list[Tensor]] = [[], [], []]
    for i in range(count):
        condition, truth = shown.batch([i * len(shown) // count], device)
        for column, picture in zip(columns, (condition, network(condition), truth), strict=True):
            column.append(picture)
    whole = [torch.cat(column) for column in columns]
    if path is not None:
        some = slice(None, None, max(1, count // 16))
        sheet.write(path, [column[some] for column in whole], across=2)
        add_samples(path.parent, step, whole)
        if held_out is not None:
            begin = (len(held_out) - min(len(held_out), FILM)) // 2
            film: list[list[Tensor]] = [[], []]
            for i in range(begin, begin + min(len(held_out), FILM)):
                condition, truth = held_out.batch([i], device)
                for column, picture in zip(film, (network(condition), truth), strict=True):
                    column.append(picture)
            add_film(path.parent, *map(torch.cat, film))
    return float((whole[1] - whole[2]).abs().mean() / 2) if held_out is not None else None
