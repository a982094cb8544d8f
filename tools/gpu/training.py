"""How fast the preset ``live`` trains."""

from __future__ import annotations

import time

import numpy as np
import torch
from PIL import Image
from torch.utils.flop_counter import FlopCounterMode

from livegan.training import train
from livegan.training.batch import prepare
from livegan.training.loop import TrainingStep
from livegan.training.presets import recipe_of
from livegan.training.ranks import Ranks
from livegan.training.step.learner import Learner
from tools.gpu.plan import GpuPlan, Part

SIDE = 512
PAIRS = 96
WARM_S = 20.0
"""Seconds of a training that do not count: kernels are chosen, pairs are read into memory."""


def training(plan: GpuPlan, peak: dict[str, float], minutes: float) -> Part:
    """Pairs a second of a training of some minutes, and what part of the peak that is."""
    side = plan.side(SIDE)
    part = Part(f"Training: preset live at {side}x{side}")
    write_pairs(plan, side)
    steps: list[tuple[int, float]] = []
    warm = 0.0 if plan.quick else WARM_S

    def told(step: TrainingStep) -> None:
        if step.seconds >= warm:
            steps.append((step.number, step.seconds))

    recipe = recipe_of("live", hours=max(minutes, 0.01) / 60)
    began = time.monotonic()
    trained = train(
        plan.folder / "pairs",
        plan.folder / f"training-{time.time_ns()}",
        recipe,
        device=plan.device,
        progress=told,
        stop=lambda: plan.quick and len(steps) >= 3,
    )
    flop, dtype = flop_of_step(plan, side)
    count, seconds = steps[-1][0] - steps[0][0], steps[-1][1] - steps[0][1]
    rate = recipe.batch * count / seconds if seconds > 0 else None
    share = rate / recipe.batch * flop / peak[dtype] if rate and dtype in peak else None
    part.rows.append(
        {
            "minutes": (time.monotonic() - began) / 60,
            "steps": trained.steps,
            "pairs a second": rate,
            "GFLOP a pair": flop / recipe.batch / 1e9,
            "number format": dtype,
            "share of the peak": share,
        }
    )
    return part


def write_pairs(plan: GpuPlan, side: int) -> None:
    """Pairs of smooth noise: a condition, and the same in other colours."""
    folder = plan.folder / "pairs" / "train"
    folder.mkdir(parents=True, exist_ok=True)
    chance = np.random.default_rng(1)
    for number in range(8 if plan.quick else PAIRS):
        coarse = chance.integers(0, 256, (16, 16, 3), np.uint8)
        left = Image.fromarray(coarse).resize((side, side), Image.Resampling.BICUBIC)
        right = Image.fromarray(255 - np.asarray(left)[..., ::-1])
        whole = Image.new("RGB", (2 * side, side))
        whole.paste(left, (0, 0))
        whole.paste(right, (side, 0))
        whole.save(folder / f"{number:04d}.png")


def flop_of_step(plan: GpuPlan, side: int) -> tuple[float, str]:
    """Operations of one step, counted while it runs; and the number format that it works in."""
    recipe = recipe_of("live", steps=1)
    learner = Learner(recipe, Ranks(plan.device), side)
    pairs = np.zeros((recipe.batch, 2, side, side, 3), np.uint8)
    batch = prepare(pairs, recipe, 1, 1, slice(0, recipe.batch), plan.device)
    counter = FlopCounterMode(display=False)
    with counter:
        learner.step(batch, 0.0)
    half = plan.card and torch.cuda.is_bf16_supported(False)  # as the learner chooses
    return float(counter.get_total_flops()), "bfloat16" if half else "float32"
