"""Training, as one loop that reads from top to bottom."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from livegan.heap import keep_freed
from livegan.training import losses, sheet
from livegan.training.adam import adam, take_up
from livegan.training.architecture import begin_from, generator_of
from livegan.training.augmentation import cut, disturb, resized, tiles
from livegan.training.average import Average
from livegan.training.discriminator import PatchGAN, initialise
from livegan.training.norms import calibrate, freeze
from livegan.training.pairs import Pairs, PairsError, order
from livegan.training.recipe import Recipe
from livegan.training.state import load, save

RETRIES = 5
"""Times that a training may come back from numbers that are not finite, before it gives up."""


class TrainingError(Exception):
    """A training that cannot go on; one line: what, and what to do."""


@dataclass(frozen=True)
class Step:
    """What is known after a step: ``losses`` by name, ``done`` 0..1, seconds gone and to come."""

    number: int
    done: float
    losses: dict[str, float]
    seconds: float
    remaining: float
    val_l1: float | None = None


@dataclass(frozen=True)
class Trained:
    """A finished training: the averaged network, and what it took."""

    network: nn.Module
    recipe: Recipe
    steps: int
    seconds: float
    pairs: int
    size: int
    val_l1: float | None


def train(
    data: str | Path,
    work: str | Path,
    recipe: Recipe | None = None,
    *,
    device: str | torch.device = "cpu",
    start: str | Path | None = None,
    save_every: float = 180.0,
    progress: Callable[[Step], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Trained:
    """Train a generator on ``data/train``, and go on where an earlier call in ``work`` ended.

    ``work`` holds the state (``state.pt``), a contact sheet (``sheet.png``: condition, painted,
    truth) and a line per save in ``log.jsonl``.  Killed at any moment, the same call goes on as if
    nothing had happened.

    Parameters
    ----------
    data : a folder with ``train`` and, for scores, ``val``, as `livegan.dataset.build` makes it.
    recipe : all choices; published pix2pix by default.
    start : a checkpoint of the same architecture to begin from, instead of noise.
    save_every : seconds between saves.
    progress : told of each step.  ``stop``: asked after each step; True saves and ends early.

    Raises
    ------
    PairsError, StateError, TrainingError, livegan.generators.ModelError
        Each one line: what, and what to do.
    """
    recipe = recipe or Recipe()
    work, device = Path(work), torch.device(device)
    pairs = Pairs(Path(data) / "train")
    try:
        held_out: Pairs | None = Pairs(Path(data) / "val", pairs.size)
    except PairsError:
        held_out = None
    total = recipe.steps
    if total is None and recipe.hours is None:
        total = math.ceil(recipe.epochs * len(pairs) / recipe.batch)
    mixed = _mixed_precision(recipe, device)
    keep_freed()

    torch.manual_seed(recipe.seed)
    painter = generator_of(recipe.arch, pairs.size)
    if start is not None:
        begin_from(painter, Path(start))
    critic = PatchGAN(recipe.filters)
    initialise(critic)
    for network in (painter, critic):
        network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        network.train()
    average = Average(painter, recipe.ema)
    betas = (recipe.beta1, recipe.beta2)
    painter_steps, critic_steps = (adam(n, recipe.lr, betas) for n in (painter, critic))
    kept: dict[str, Any] = {
        "painter": painter,
        "critic": critic,
        "average": average,
        "painter_steps": painter_steps,
        "critic_steps": critic_steps,
    }
    step, elapsed, retries, settled = 0, 0.0, 0, False

    def keep() -> None:
        state: dict[str, Any] = {name: part.state_dict() for name, part in kept.items()}
        numbers = {"step": step, "elapsed": elapsed, "retries": retries, "settled": settled}
        save(work / "state.pt", {**state, **numbers, "recipe": _plain(recipe)})

    def restore() -> tuple[int, float, int, bool]:
        state = load(work / "state.pt")
        if state["recipe"] != _plain(recipe):
            fix = "train into another folder, or delete it"
            raise TrainingError(f"{work} holds a training with another recipe; {fix}")
        for name, part in kept.items():
            if isinstance(part, torch.optim.Adam):
                take_up(part, state[name])
            else:
                part.load_state_dict(state[name])
        return state["step"], state["elapsed"], state["retries"], state["settled"]

    def over() -> float:
        return step / total if total is not None else elapsed / (3600 * (recipe.hours or 1.0))

    if (work / "state.pt").is_file():
        step, elapsed, retries, settled = restore()
    else:
        keep()
    saved = began = time.monotonic()
    val_l1: float | None = None

    while True:
        done = over()
        if done >= 1 or (stop is not None and stop()):
            break
        # All chance is a function of the step: what was killed goes on as if it had not been.
        rng = torch.Generator().manual_seed(recipe.seed * 1_000_003 + step + 7919 * retries)
        torch.manual_seed(step + 7919 * retries)
        if done >= recipe.settle and not settled:
            calibrate(painter, _conditions(pairs, recipe, device))
            settled = True
        if settled:
            freeze(painter)
        painter_steps.param_groups[0]["lr"] = recipe.rate(done)
        critic_steps.param_groups[0]["lr"] = recipe.rate(done) * recipe.critic_rate

        indices = order(len(pairs), step, recipe.batch, recipe.seed)
        condition, truth = pairs.batch(indices, device)
        if recipe.sizes:
            size = recipe.sizes[step % len(recipe.sizes)]
            condition, truth = resized(condition, size), resized(truth, size)
        given = disturb(condition, recipe, rng)
        with mixed():
            painted = painter(given)
        painted = painted.to(truth.dtype)
        judged_parts = [given, truth, painted]
        if recipe.patch:
            places = tiles(given, recipe.patch, rng)
            judged_parts = [cut(part, places, recipe.patch) for part in judged_parts]
        shown, true, made = judged_parts
        real, fake = torch.cat([shown, true], 1), torch.cat([shown, made], 1)

        critic.requires_grad_(True)
        with mixed():
            on_real = critic.features(real)
            on_fake = critic(fake.detach())
        loss_critic = losses.discriminator_loss(
            on_real[-1].to(truth), on_fake.to(truth), recipe.gan
        )
        critic_steps.zero_grad()
        loss_critic.backward()  # type: ignore[no-untyped-call]
        critic_steps.step()

        critic.requires_grad_(False)
        with mixed():
            judged = critic.features(fake)
        fooled = losses.adversarial(judged[-1].to(truth), True, recipe.gan)
        near = losses.pyramid(painted, truth, recipe.levels)
        loss_painter = recipe.adversarial * fooled + recipe.l1 * near
        if recipe.matching:
            # Truth was judged a moment earlier, before the critic's step: it saves a pass.
            loss_painter = loss_painter + recipe.matching * losses.feature_matching(on_real, judged)
        if recipe.steady:
            with mixed():
                again = painter(disturb(condition, recipe, rng))
            change = (again.to(truth) - painted).abs().mean()
            loss_painter = loss_painter + recipe.steady * change
        painter_steps.zero_grad()
        loss_painter.backward()  # type: ignore[no-untyped-call]
        if recipe.clip:
            nn.utils.clip_grad_norm_(painter.parameters(), recipe.clip, foreach=True)
        painter_steps.step()
        average.update(painter)

        report = {"critic": loss_critic, "fooled": fooled, "near": near, "painter": loss_painter}
        values = {name: loss.item() for name, loss in report.items()}
        if not all(map(math.isfinite, values.values())):
            failed, tries = step, retries + 1
            if tries > RETRIES:
                raise TrainingError(
                    f"{work}: the losses were not finite at step {failed}, {RETRIES} times over; "
                    "lower the learning rate, or set clip or precision='float32'"
                )
            step, elapsed, _, settled = restore()
            retries = tries
            painter.train()
            keep()
            continue

        step += 1
        now = time.monotonic()
        elapsed, began = elapsed + now - began, now
        if now - saved > save_every:
            val_l1 = _look(average.network, pairs, held_out, recipe, settled, device, work)
            _log(work, step, elapsed, values, val_l1)
            keep()
            saved = time.monotonic()
        if progress is not None:
            done = over()
            progress(Step(step, done, values, elapsed, elapsed * (1 - done) / done, val_l1))

    keep()
    val_l1 = _look(average.network, pairs, held_out, recipe, settled, device, work)
    average.network.eval()
    return Trained(average.network, recipe, step, elapsed, len(pairs), pairs.size, val_l1)


def _plain(recipe: Recipe) -> dict[str, Any]:
    """The recipe as plain values; its length may change when a training is taken up again."""
    record = {**vars(recipe), "sizes": list(recipe.sizes)}
    return {k: v for k, v in record.items() if k not in ("steps", "hours", "epochs")}


def _mixed_precision(recipe: Recipe, device: torch.device) -> Callable[[], torch.autocast]:
    """Autocast to bfloat16 where that was asked for, or where the device multiplies it faster."""
    if recipe.precision == "auto":
        if device.type == "cpu":
            fast = bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
        else:
            fast = device.type == "cuda" and torch.cuda.is_bf16_supported(False)
    else:
        fast = recipe.precision == "bfloat16"
    return lambda: torch.autocast(device.type, torch.bfloat16, enabled=fast)


def _conditions(pairs: Pairs, recipe: Recipe, device: torch.device) -> list[Tensor]:
    """Conditions from all over the data set, disturbed as in training, to calibrate norms on."""
    rng = torch.Generator().manual_seed(recipe.seed)
    count = min(len(pairs), 128)
    spread = [i * len(pairs) // count for i in range(count)]
    return [
        disturb(pairs.batch(spread[i : i + 8], device)[0], recipe, rng) for i in range(0, count, 8)
    ]


@torch.no_grad()
def _look(
    network: nn.Module,
    pairs: Pairs,
    held_out: Pairs | None,
    recipe: Recipe,
    settled: bool,
    device: torch.device,
    work: Path,
) -> float | None:
    """Draw the contact sheet; the mean L1, 0..1, over at most 64 held-out pairs."""
    if not settled:
        calibrate(network, _conditions(pairs, recipe, device))
    network.eval()
    shown = held_out or pairs
    count = min(len(shown), 64)
    columns: list[list[Tensor]] = [[], [], []]
    for i in range(count):
        condition, truth = shown.batch([i * len(shown) // count], device)
        for column, picture in zip(columns, (condition, network(condition), truth), strict=True):
            column.append(picture)
    whole = [torch.cat(column) for column in columns]
    some = slice(None, None, max(1, count // 16))
    sheet.write(work / "sheet.png", [column[some] for column in whole], across=2)
    return float((whole[1] - whole[2]).abs().mean() / 2) if held_out is not None else None


def _log(
    work: Path, step: int, elapsed: float, values: dict[str, float], val_l1: float | None
) -> None:
    line = {"step": step, "seconds": round(elapsed, 1), **values, "val_l1": val_l1}
    with (work / "log.jsonl").open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(line) + "\n")
