"""Training, as one loop that reads from top to bottom."""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from livegan.heap import keep_freed
from livegan.size import Size
from livegan.training.agreement import (
    TrainingError,
    check_fit,
    check_state,
    choices,
    drawn_by,
)
from livegan.training.batch import prepare
from livegan.training.pairs import Ahead, Pairs, order, pairs_in
from livegan.training.ranks import Ranks, ranks_of
from livegan.training.recipe import Recipe
from livegan.training.report.held_out import conditions, look
from livegan.training.report.page import TrainingStatus, write_page
from livegan.training.report.records import Records
from livegan.training.state import StateError, alone, load_for_all, save
from livegan.training.step.learner import Learner
from livegan.training.step.norms import calibrate

RETRIES = 5
"""Times that a training may come back from numbers that are not finite, before it gives up."""

FIRST_SAVE = 30.0
"""Seconds to the first save of a new training; each pause after it is twice as long, up to what
was asked for."""
DEAR = 9.0
"""So many times as long as the last look at what was learned took, none is taken: on a slow or busy
machine only the state is saved then."""


@dataclass(frozen=True)
class TrainingStep:
    """What is known after a step: ``losses`` by name, ``done`` 0..1, seconds gone and to come."""

    number: int
    done: float
    losses: dict[str, float]
    seconds: float
    remaining: float
    val_l1: float | None = None


@dataclass(frozen=True)
class Trained:
    """A training: the averaged network, and what it took."""

    network: nn.Module
    recipe: Recipe
    steps: int
    seconds: float
    pairs: int
    size: Size
    val_l1: float | None


def train(
    data: str | Path,
    work: str | Path,
    recipe: Recipe | None = None,
    *,
    device: str | torch.device = "cpu",
    start: str | Path | None = None,
    save_every: float = 180.0,
    progress: Callable[[TrainingStep], None] | None = None,
    stop: Callable[[], bool] | None = None,
    saved: Callable[[Trained], None] | None = None,
    note: Callable[[str], None] | None = None,
    tensorboard: bool | None = False,
) -> Trained:
    """Train a generator on ``data/train``, and go on where an earlier call in ``work`` ended.

    ``work`` holds the state (``state.pt``), a contact sheet (``sheet.png``: condition, painted,
    truth), a line per save in ``log.jsonl`` and a page for browsers, ``training.html``.  Killed at
    any moment, the same call goes on as if nothing had happened; while it runs, a second one is
    kept out of ``work``.  Started by
    ``torchrun`` it is one of several processes that train one model; the first of them writes and
    reports, and a recipe's batch is that of all together.

    Parameters
    ----------
    data : a folder with ``train`` and, for scores, ``val``, as `livegan.dataset.build` makes it.
    recipe : all choices; published pix2pix by default.
    start : a checkpoint of the same architecture to begin from, instead of noise.
    save_every : seconds between saves; the first ones of a new training come sooner.
    progress : called with each step.  ``stop``: asked before each step; True saves and ends early.
    saved : told after each save, with the average as it then paints.
    note : told in a line what went wrong without ending it, such as a full disk; else a warning.
    tensorboard : whether curves and sheets are written for it; None: if it is installed.

    Raises
    ------
    PairsError, StateError, TrainingError, RanksError, RecordsError, livegan.lock.HeldError,
    livegan.generators.ModelError
        Each one line: what, and what to do.
    """
    recipe = recipe or Recipe()
    work = Path(work)
    ranks = ranks_of(torch.device(device))
    try:
        with alone(work, ranks):
            return _train(
                Path(data), work, recipe, ranks, start, save_every,
                progress, stop, saved, note or _warn, tensorboard,
            )  # fmt: skip
    finally:
        ranks.close()


def _train(
    data: Path,
    work: Path,
    recipe: Recipe,
    ranks: Ranks,
    start: str | Path | None,
    save_every: float,
    progress: Callable[[TrainingStep], None] | None,
    stop: Callable[[], bool] | None,
    saved: Callable[[Trained], None] | None,
    note: Callable[[str], None],
    tensorboard: bool | None,
) -> Trained:
    device, share = ranks.device, ranks.share(recipe.batch)
    if (share.stop - share.start) % recipe.together:
        raise TrainingError(
            f"{ranks.world} processes share a batch of {recipe.batch}; each needs an even part, as "
            "change compares neighbours"
        )
    pairs = Pairs(data / "train", readers=ranks.local, direction=recipe.direction)
    held_out = pairs_in(data / "val", pairs.size, ranks.local, recipe.direction)
    total = recipe.steps
    if total is None and recipe.hours is None:
        total = math.ceil(recipe.epochs * len(pairs) / recipe.batch)
    keep_freed()
    drawn = drawn_by(data)
    learner = Learner(recipe, ranks, pairs.size, Path(start) if start is not None else None)
    check_fit(learner.painter, pairs, recipe)
    if ranks.main:
        for text in (*pairs.notes, *(held_out.notes if held_out else ())):
            note(text)
    step, elapsed, retries, settled = 0, 0.0, 0, False
    val_l1: float | None = None
    logged = 0  # the last step that has a line in the log

    def keep() -> None:
        numbers = {"step": step, "elapsed": elapsed, "retries": retries, "settled": settled}
        state = {**learner.state_dict(), **numbers, "recipe": choices(recipe), "drawn by": drawn}
        state["size"] = pairs.size.plain
        save(work / "state.pt", state)

    def restore() -> tuple[int, float, int, bool]:
        state = load_for_all(work / "state.pt", ranks)
        check_state(state, recipe, data, pairs.size, work)
        learner.load_state_dict(state)
        return state["step"], state["elapsed"], state["retries"], state["settled"]

    def go_back() -> None:
        """To the last good state, and on from there with other chance."""
        nonlocal step, elapsed, retries, settled
        tries = retries + 1
        if tries > RETRIES:
            raise TrainingError(
                f"{work}: losses or weights were not finite at step {step}, {RETRIES} times over; "
                "lower the learning rate, or set clip or precision='float32'"
            )
        step, elapsed, _, settled = restore()
        retries = tries
        if ranks.main:
            _try(keep, note)

    def finite() -> bool:
        """Whether what would be saved is finite: a gradient may not be where its loss is."""
        (found,) = ranks.first([float(not ranks.main or learner.finite())])
        return bool(found)

    def over() -> float:
        return step / total if total is not None else elapsed / (3600 * (recipe.hours or 1.0))

    def remaining() -> float:
        """Seconds to come."""
        done = min(over(), 1.0)
        return elapsed * (1 - done) / done if done else 0.0

    def status(running: bool) -> TrainingStatus:
        unseen = len(held_out) if held_out is not None else 0
        return TrainingStatus(
            step, elapsed, remaining(), len(pairs), unseen, recipe.record(), running
        )

    def result() -> Trained:
        network = learner.average.network
        return Trained(network, recipe, step, elapsed, len(pairs), pairs.size, val_l1)

    def save_all(values: dict[str, float] | None, running: bool = True) -> None:
        """Sheet, score, line and state; a disk that is full costs them, not the training."""
        nonlocal val_l1, logged
        if not ranks.main:
            return
        network, sheet = learner.average.network, work / "sheet.png"
        try:
            val_l1 = look(network, pairs, held_out, recipe, settled, device, sheet, step)
            if values is not None and step != logged:
                records.save(step, elapsed, values, val_l1)
                logged = step
            write_page(work, status(running))
        except OSError as error:
            note(f"{work}: the sheet and the log were not written ({error}); the training goes on")
        try:
            keep()
        except StateError as error:
            note(f"{error}; the training goes on, and the last good state is kept")
        if saved is not None and running:
            saved(result())

    if ranks.same((work / "state.pt").is_file()):
        step, elapsed, retries, settled = restore()
    elif ranks.main:
        keep()
    records = Records(work, tensorboard if ranks.main else False, step, note)
    ahead = Ahead(
        pairs, lambda number: order(len(pairs), number, recipe.batch, recipe.seed, recipe.together)
    )
    last = began = time.monotonic()
    # The first saves come early: they show that all is well, and a show can begin to follow.
    pause = min(FIRST_SAVE, save_every) if step == 0 else save_every
    looked, cost = -math.inf, 0.0
    values: dict[str, float] | None = None

    while True:
        done = over()
        (ending,) = ranks.first([float(done >= 1 or (stop is not None and stop()))])
        if ending and finite():
            break
        if ending:
            go_back()
            continue
        # All chance is a function of the step: what was killed goes on as if it had not been.
        chance = step + 7919 * retries
        torch.manual_seed(chance + 104_729 * ranks.rank)
        if done >= recipe.settle and not settled:
            calibrate(learner.painter, conditions(pairs, recipe, device))
            settled = True
        if settled:
            learner.settle()
        batch = prepare(ahead.read(step), recipe, step, chance, share, device)
        report = learner.step(batch, done)
        *means, norm = ranks.mean([*(loss.item() for loss in report.values()), learner.norm.item()])
        if not all(map(math.isfinite, (*means, norm))):
            go_back()
            continue

        values = dict(zip(report, means, strict=True))
        step += 1
        now = time.monotonic()
        elapsed, began = elapsed + now - began, now
        elapsed, due = ranks.first([elapsed, float(now - last > pause)])
        if due and not finite():
            go_back()
            continue
        if due:
            now = time.monotonic()
            if save_every and now - looked < DEAR * cost:
                if ranks.main:
                    _try(keep, note)
            else:
                save_all(values)
                looked, cost = time.monotonic(), time.monotonic() - now
            last, pause = time.monotonic(), min(2 * pause, save_every)
        records.step(step, {**values, "learning rate": recipe.rate(done)})
        if progress is not None and ranks.main:
            progress(TrainingStep(step, min(over(), 1.0), values, elapsed, remaining(), val_l1))

    ahead.close()
    save_all(values, running=False)
    records.close()
    learner.average.network.eval()
    return result()


def _warn(text: str) -> None:
    warnings.warn(text, RuntimeWarning, stacklevel=2)


def _try(keep: Callable[[], None], note: Callable[[str], None]) -> None:
    try:
        keep()
    except StateError as error:
        note(str(error))
