"""What a step of training costs, beside the step that pix2pix publishes, done plainly."""

from __future__ import annotations

import multiprocessing
import statistics
import sys
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
import psutil
import torch
import torch.nn.functional as F
from torch import nn

from livegan.heap import keep_freed
from livegan.training.batch import prepare
from livegan.training.pairs import Bytes, tensors
from livegan.training.presets import recipe_of
from livegan.training.ranks import Ranks
from livegan.training.recipe import Recipe
from livegan.training.step.architecture import generator_of
from livegan.training.step.discriminator import PatchGAN, initialise
from livegan.training.step.learner import Learner

Contestant = Callable[[int], dict[str, float]]
"""Does the step of a number and returns the losses of critic and painter."""

COMPARED = 3
"""Steps whose losses are shown: later ones part, as any two roundings make a GAN do."""


def bench_training(seconds: float, device: str | torch.device) -> dict[str, Any]:
    """Tables of `livegan bench train`: ``{title: [row, ...]}``, medians in milliseconds.

    Each contestant is a process of its own, as it is when it trains, and they step in turn, so
    that a busy machine slows all.  At least five steps each, or ``seconds`` of each.
    """
    kind = str(device)
    published = {
        "plain float32, as published": ("plain", 256, {"precision": "float32"}),
        "livegan float32": ("published", 256, {"precision": "float32"}),
        "livegan bfloat16": ("published", 256, {"precision": "bfloat16"}),
    }
    live = {
        "live float32": ("live", 512, {"precision": "float32"}),
        "live bfloat16": ("live", 512, {"precision": "bfloat16"}),
    }
    times, losses, peaks = _race(published, seconds, kind)
    plain = times["plain float32, as published"]
    rows = [
        {"name": name, "ms": ms, "ratio": plain / ms, "peak MB": peaks[name]}
        for name, ms in times.items()
    ]
    compared = [
        {
            "name": f"step {step + 1}, {loss}",
            **{n: found[step][loss] for n, found in losses.items()},
        }
        for step in range(COMPARED)
        for loss in ("critic", "painter")
    ]
    pairs = recipe_of("live").batch
    times, _, peaks = _race(live, seconds, kind)
    ours = [
        {"name": name, "ms": ms, "ms a pair": ms / pairs, "peak MB": peaks[name]}
        for name, ms in times.items()
    ]
    return {
        "a step of unet_256 at 256 px, batch 1": rows,
        "losses of its first steps": compared,
        f"a step of the preset live at 512 px, batch {pairs}": ours,
    }


def plain_step(
    recipe: Recipe, size: int, device: torch.device
) -> Callable[[Bytes], dict[str, float]]:
    """Isola et al. 2017 as a user would write it: float32, no layouts, no averages, torch's Adam.

    The same weights as `Learner` begins with, and the order of pix2pix' own project.
    """
    torch.manual_seed(recipe.seed)
    painter, critic = generator_of(recipe.arch, size), PatchGAN(recipe.filters)
    initialise(critic)
    networks = nn.ModuleList([painter, critic]).to(device).train()
    painter_steps, critic_steps = (
        torch.optim.Adam(network.parameters(), recipe.lr, (recipe.beta1, recipe.beta2))
        for network in networks
    )

    def answer(condition: torch.Tensor, picture: torch.Tensor, real: bool) -> torch.Tensor:
        logits = critic(torch.cat([condition, picture], 1))
        target = torch.full_like(logits, float(real))
        return F.binary_cross_entropy_with_logits(logits, target)

    def step(pairs: Bytes) -> dict[str, float]:
        condition, truth = (side.contiguous() for side in tensors(pairs, device))
        painted = painter(condition)
        critic.requires_grad_(True)
        critic_steps.zero_grad()
        on_fake = answer(condition, painted.detach(), False)
        loss_critic = (on_fake + answer(condition, truth, True)) * 0.5
        loss_critic.backward()  # type: ignore[no-untyped-call]
        critic_steps.step()
        critic.requires_grad_(False)
        painter_steps.zero_grad()
        loss_painter = answer(condition, painted, True) + recipe.l1 * F.l1_loss(painted, truth)
        loss_painter.backward()  # type: ignore[no-untyped-call]
        painter_steps.step()
        return {"critic": loss_critic.item(), "painter": loss_painter.item()}

    return step


def contestant(kind: str, size: int, choices: dict[str, Any], device: torch.device) -> Contestant:
    """One that steps: ``plain``, or a preset's name.  All see the same pairs, drawn from nothing
    but the number of the step."""
    recipe = recipe_of("published" if kind == "plain" else kind, steps=1, **choices)
    if kind == "plain":
        step = plain_step(recipe, size, device)
    else:
        keep_freed()
        learner = Learner(recipe, Ranks(device), size)

    def act(number: int) -> dict[str, float]:
        rng = np.random.default_rng(number)
        coarse = rng.integers(0, 256, (recipe.batch, 2, 16, 16, 3), np.uint8)
        pairs = coarse.repeat(size // 16, 2).repeat(size // 16, 3)
        torch.manual_seed(number)
        if kind == "plain":
            return step(pairs)
        whole = slice(0, recipe.batch)
        batch = prepare(pairs, recipe, number, number, whole, device)
        return {name: loss.item() for name, loss in learner.step(batch, 0.0).items()}

    return act


def work(
    connection: Connection, kind: str, size: int, choices: dict[str, Any], device: str, threads: int
) -> None:
    """The process of a contestant: a step for each number it is sent; at None, its peak memory."""
    torch.set_num_threads(threads)
    act = contestant(kind, size, choices, torch.device(device))
    while (number := connection.recv()) is not None:
        began = time.perf_counter()
        found = act(number)
        connection.send((time.perf_counter() - began, found))
    connection.send(peak_memory())


def peak_memory() -> float:
    """The most memory that this process has had at once, in MB; on a GPU, that of the host."""
    try:
        import resource
    except ImportError:  # Windows
        return float(psutil.Process().memory_info().peak_wset) / 1e6
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def _race(
    entries: dict[str, tuple[str, int, dict[str, Any]]], seconds: float, device: str
) -> tuple[dict[str, float], dict[str, list[dict[str, float]]], dict[str, float]]:
    """Medians in ms, the losses of every step, and peak memory in MB, by contestant."""
    spawn = multiprocessing.get_context("spawn")
    ends, processes = {}, []
    threads = torch.get_num_threads()
    for name, entry in entries.items():
        ends[name], theirs = spawn.Pipe()
        process = spawn.Process(target=work, args=(theirs, *entry, device, threads), daemon=True)
        process.start()
        theirs.close()
        processes.append(process)
    times: dict[str, list[float]] = {name: [] for name in entries}
    losses: dict[str, list[dict[str, float]]] = {name: [] for name in entries}
    number, end = 0, 0.0
    try:
        # The first two steps find memory and kernels.
        while number < COMPARED + 4 or time.monotonic() < end:
            for name, connection in ends.items():
                connection.send(number)
                spent, found = connection.recv()
                losses[name].append(found)
                if number >= 2:
                    times[name].append(spent)
            number += 1
            if number == 2:
                end = time.monotonic() + seconds * len(entries)
        peaks = {}
        for name, connection in ends.items():
            connection.send(None)
            peaks[name] = connection.recv()
        for process in processes:
            process.join()
    finally:
        for process in processes:
            process.kill()
    medians = {name: 1000 * statistics.median(spent) for name, spent in times.items()}
    return medians, losses, peaks
