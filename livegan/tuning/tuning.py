"""Finding out what plays a network best: every backend, opened, checked and timed in turn."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from livegan.generators.backends import NetworkSpec, Run
from livegan.generators.backends.choices import LEAST_DB, LEAST_SSIM, BackendTable, Tried, remember
from livegan.generators.backends.names import Choice, candidates
from livegan.generators.backends.quantising import measure_ranges, write_ranges
from livegan.generators.backends.slot import kept_ranges, ranges_files, reason
from livegan.generators.channels import adapt, resize
from livegan.generators.checkpoint import Checkpoint
from livegan.generators.networks.network import NormMode
from livegan.size import Size

from .conditions import calibration_sounds, check_sounds, conditions
from .likeness import compare

CALIBRATED, CHECKED = 6, 3
"""Pictures of each encoder over each sound: to calibrate with, and to check with."""
ROUNDS = 7
"""How often everything is timed, in turn; two more warm up."""
ON_CPU = ("", "float32", "bf16", "int8")
"""Variants that compute on the CPU, whose time can be told apart from that of other programs."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class TuningTask:
    """What is to be found out: a network at one size.

    Parameters
    ----------
    without : names that are not tried, and why: they ended an earlier try.
    """

    checkpoint: Checkpoint
    norm: NormMode
    size: tuple[int, int]
    threads: tuple[int, ...]
    without: dict[str, str]


def thread_counts(cores: int) -> tuple[int, ...]:
    """How many threads a slot may have: one of several, or all of those that there are."""
    return (1,) if cores < 2 else (1, cores)


def tune(asked: TuningTask, say: Say = lambda text: None) -> BackendTable:
    """Calibrate if nobody has, try everything, and keep what came of it.

    ``say`` is told in a word what is done next, before it is; a backend may end the process.

    Raises
    ------
    ModelError
        If the network is of no known architecture.
    """
    say("")
    found, left_out = candidates()
    left_out |= asked.without
    found = [each for each in found if each.name not in asked.without]
    checkpoint, norm, size = asked.checkpoint, asked.norm, asked.size
    if checkpoint.architecture is None:
        left_out |= {each.name: f"{checkpoint.name} has its own program" for each in found}
        return BackendTable([], left_out)
    truth = reference(checkpoint, norm, size)
    ranges = kept_ranges(checkpoint, norm)
    if ranges is None and any(each.variant == "int8" for each in found):
        ranges = calibrate(checkpoint, norm, size)
    given, painted = checked(checkpoint, size, truth)
    rows: list[Tried] = []
    runs: list[Timed] = []
    seen: dict[str, Tried] = {}
    for threads in asked.threads:
        torch.set_num_threads(threads)
        for choice in found:
            say(choice.name)
            spec = NetworkSpec(checkpoint, norm, size, threads, ranges)
            row, run = tried(choice, spec, given, painted, seen.get(choice.name))
            seen[choice.name] = row
            rows.append(row)
            if run is not None:
                runs.append(Timed(len(rows) - 1, run, threads, choice.variant in ON_CPU))
    say("")
    condition = next(iter(given.values()))[-1]
    for each, ms in zip(runs, timed(runs, condition), strict=True):
        rows[each.row] = replace(rows[each.row], ms=round(ms, 2))
    measured = BackendTable(rows, left_out)
    remember(checkpoint.digest, norm, size, measured)
    return measured


def reference(checkpoint: Checkpoint, norm: NormMode, size: tuple[int, int]) -> Run:
    """torch in float32, which everything is compared with."""
    network = NetworkSpec(checkpoint, norm, size).network()

    def run(x: Tensor) -> Tensor:
        with torch.no_grad():
            out: Tensor = network(x)
            return out

    return run


def calibrate(
    checkpoint: Checkpoint, norm: NormMode, size: tuple[int, int]
) -> dict[str, tuple[float, float]]:
    """Measure the ranges of a network over its own conditions, and keep them: beside the model, or
    where its folder cannot be written, in the user's cache."""
    drawn = conditions(checkpoint.card, calibration_sounds(), Size(*size), CALIBRATED)
    network = NetworkSpec(checkpoint, norm, size).network()
    taken = as_taken(checkpoint, size, (x for kind in drawn.values() for x in kind))
    ranges = measure_ranges(network, taken)
    for file in ranges_files(checkpoint, norm):
        try:
            write_ranges(file, checkpoint.digest, norm, ranges)
        except OSError:
            continue
        break
    return kept_ranges(checkpoint, norm) or ranges


def checked(
    checkpoint: Checkpoint, size: tuple[int, int], truth: Run
) -> tuple[dict[str, list[Tensor]], dict[str, list[Tensor]]]:
    """Conditions that are not calibrated with, by kind, and what torch paints of them."""
    drawn = conditions(checkpoint.card, check_sounds(), Size(*size), CHECKED)
    given = {kind: list(as_taken(checkpoint, size, found)) for kind, found in drawn.items()}
    return given, {kind: [truth(x) for x in found] for kind, found in given.items()}


def as_taken(
    checkpoint: Checkpoint, size: tuple[int, int], pictures: Iterable[Tensor]
) -> Iterable[Tensor]:
    """(3, H, W) pictures of 0..1 as a network takes them: (1, C, H, W), -1..1."""
    for picture in pictures:
        yield resize(adapt(picture, checkpoint.in_channels), *size)[None] * 2 - 1


def tried(
    choice: Choice,
    spec: NetworkSpec,
    given: dict[str, list[Tensor]],
    painted: dict[str, list[Tensor]],
    before: Tried | None = None,
) -> tuple[Tried, Run | None]:
    """Open one backend and look at its pictures; its row, and its function if it plays.

    ``before`` is its row with another number of threads, which paint the same pictures.
    """
    name, threads = choice.name, spec.threads
    if before is not None and before.db is None:
        return replace(before, threads=threads), None
    try:
        run = choice.open(spec)
        if before is not None:
            return replace(before, threads=threads), run
        like = compare(run, given, painted)
    except Exception as error:  # whatever a library raises
        return Tried(name, threads, why=reason(error)), None
    why = ""
    if like.db < LEAST_DB or like.ssim < LEAST_SSIM:
        why = f"its pictures are not near enough: {LEAST_DB:g} dB and SSIM {LEAST_SSIM:g} are"
    return Tried(name, threads, db=round(like.db, 1), ssim=round(like.ssim, 4), why=why), run


@dataclass(frozen=True)
class Timed:
    """What is timed: for which row, with how many threads, and whether it is the CPU that works."""

    row: int
    run: Run
    threads: int
    on_cpu: bool

    @property
    def counted(self) -> bool:
        """Whether the processor's time is all of its time: a busy machine does not change that.

        With several threads it is not: they wait for one another.
        """
        return self.on_cpu and self.threads == 1


def timed(runs: list[Timed], condition: Tensor) -> list[float]:
    """Milliseconds of one picture of each, in turn.

    The median of the processor's time where that is all; else the least by the clock, as other
    programs take some of it.
    """
    took: list[list[float]] = [[] for _ in runs]
    for turn in range(ROUNDS + 2):
        for each, times in zip(runs, took, strict=True):
            torch.set_num_threads(each.threads)
            clock = time.process_time if each.counted else time.perf_counter
            began = clock()
            each.run(condition)
            if turn > 1:
                times.append(clock() - began)
    ends = [statistics.median if each.counted else min for each in runs]
    return [1000 * float(end(times)) for end, times in zip(ends, took, strict=True)]


def usual_way(checkpoint: Checkpoint) -> tuple[NormMode, tuple[int, int]]:
    """The norm and the size at which a model plays where a set says nothing."""
    norm: NormMode = "running" if checkpoint.card.norm == "running" else "frame"
    size = checkpoint.own_size or Size.square(512)
    return norm, checkpoint.fit(size.height, size.width)
