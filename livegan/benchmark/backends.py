"""``livegan bench backends``: a set's networks with every backend, at once as in a show."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import torch

from livegan import share
from livegan.engine.commit.script import run
from livegan.engine.program.device import choose_device, describe_device
from livegan.engine.program.paint_threads import PaintThreads
from livegan.generators import Checkpoint, Generator, ModelError, find, load
from livegan.generators.backends.choices import BackendTable, machine, recall
from livegan.generators.backends.names import candidates, full_name
from livegan.generators.finding import model_folders
from livegan.size import Size
from livegan.tuning.child import tune_apart
from livegan.tuning.tuning import thread_counts, usual_way

PLAIN = full_name("torch", "float32")
"""What everything is compared with."""
LEAST_ROUNDS = 7


def bench_backends(size: Size, seconds: float, set_path: Path | None) -> dict[str, Any]:
    """The tables of `livegan.benchmark.frame.measure`; times in milliseconds.

    Networks that nobody has measured on this machine are measured first, which takes a while.

    Raises
    ------
    livegan.engine.commit.script.Refusal
        If the set cannot be read.
    ModelError
        If it plays no model with a choice of backends.
    """
    path = (set_path or share.folder("sets") / "four.py").resolve()
    script = run(path, path.read_text(encoding="utf-8"))
    folders = model_folders(path, Path.cwd())
    names = [str(node.fixed["checkpoint"]) for node in script.graph.models]
    found = [c for c in (load(find(each, folders)) for each in names) if c.architecture]
    if not found:
        raise ModelError(f"{path.name} plays no model that has a choice of backends")
    threads = PaintThreads.for_device(torch.device("cpu"))
    try:
        measured = [measured_of(checkpoint, size, threads.threads) for checkpoint in found]
        each = 1 if len(found) > 1 else threads.threads
        rows = at_once(found, measured, size, seconds, threads, each)
    finally:
        threads.close()
    _, left_out = candidates()
    missing = [{"backend": name, "why": why} for name, why in left_out.items()]
    name, _ = describe_device(choose_device("cpu"))
    title = f"{len(found)} networks of {path.name} at once, {each} thread{'s' * (each > 1)} each"
    return {
        "machine": f"{name}: {machine()}",
        "tables": {f"{title}, {size.plain} px": rows, "not tried": missing},
    }


def measured_of(checkpoint: Checkpoint, size: Size, cores: int) -> BackendTable:
    """What is known of a network on this machine, or else found out now."""
    norm, _ = usual_way(checkpoint)
    own = checkpoint.fit(size.height, size.width)
    known = recall(checkpoint.digest, norm, own)
    if known is None:
        assert checkpoint.path is not None
        why = tune_apart(checkpoint.path, norm, own, thread_counts(cores))
        known = recall(checkpoint.digest, norm, own)
        if known is None:
            raise ModelError(f"{checkpoint.name}: {why or 'what was measured cannot be read'}")
    return known


def at_once(
    found: list[Checkpoint],
    measured: list[BackendTable],
    size: Size,
    seconds: float,
    threads: PaintThreads,
    each: int,
) -> list[dict[str, Any]]:
    """A row for each backend that plays all of them, and one for what was chosen for each.

    All are timed in turn, so that a busy machine slows all alike; medians.
    """
    chosen = [one.chosen(each) or PLAIN for one in measured]
    playing = [{r.name: r for r in one.rows if r.threads == each and r.ms} for one in measured]
    common = [name for name in playing[0] if all(name in rows for rows in playing)]
    teams = {name: [name] * len(found) for name in common} | {"auto": chosen}
    painters = {
        name: [
            Generator(checkpoint, "cpu", backend=own)
            for checkpoint, own in zip(found, team, strict=True)
        ]
        for name, team in teams.items()
    }
    conditions = [torch.rand(c.in_channels, *size) for c in found]
    took: dict[str, list[float]] = {name: [] for name in painters}
    end, turn = None, 0
    while end is None or turn < LEAST_ROUNDS + 2 or time.perf_counter() < end:
        for name, team in painters.items():
            calls: list[Callable[[], torch.Tensor]] = [
                partial(g.paint, c) for g, c in zip(team, conditions, strict=True)
            ]
            began = time.perf_counter()
            for outcome in threads.run(calls):
                if isinstance(outcome, BaseException):
                    raise outcome
            if turn > 1:  # two rounds open everything and warm it up
                took[name].append(time.perf_counter() - began)
        turn += 1
        end = end or time.perf_counter() + seconds * len(painters)
    ms = {name: 1000 * statistics.median(times) for name, times in took.items()}
    rows = []
    for name in sorted(ms, key=lambda name: (name == "auto", ms[name])):
        of_all = [rows[name] for rows in playing] if name in common else []
        rows.append(
            {
                "backend": name,
                "ms": ms[name],
                "ratio": ms[PLAIN] / ms[name] if PLAIN in ms else None,
                "least dB": min((r.db for r in of_all if r.db is not None), default=None),
                "why": why_of(name, chosen, [r.why for r in of_all]),
            }
        )
    return rows


def why_of(name: str, chosen: list[str], reasons: list[str]) -> str:
    """Why something was chosen, or not, in a few words."""
    if name == "auto":
        return "what is chosen: " + ", ".join(dict.fromkeys(chosen))
    refused = [reason for reason in reasons if reason]
    if refused:
        return f"left out by {len(refused)} of {len(reasons)}: {refused[0]}"
    times = chosen.count(name)
    if times:
        return f"plays {times} of {len(chosen)}: fastest, or torch and as fast to 5 %"
    return "slower"
