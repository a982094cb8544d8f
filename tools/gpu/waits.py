"""How often a frame waits for the card: it must be once."""

from __future__ import annotations

import shutil
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from livegan import share
from livegan.engine.program.picture_bytes import as_bytes
from tools.gpu.plan import GpuPlan, Part
from tools.gpu.show import DeviceShow

FRAMES = 20
SETS = {"four": 1, "crossfeed": 1, "feedback": 1, "steady": 1, "hands": 1, "leaves": 2}
"""Waits of a frame that each set may have: the mixer of leaves makes a tensor of a numpy array."""


@contextmanager
def counting() -> Iterator[Counter[str]]:
    """Counts what makes the program wait: what torch warns of, and events that are waited for."""
    found: Counter[str] = Counter()
    wait = torch.cuda.Event.synchronize

    def counted(event: Any) -> None:
        found["an event is waited for"] += not event.query()
        wait(event)

    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        torch.cuda.Event.synchronize = counted  # type: ignore[method-assign]
        torch.cuda.set_sync_debug_mode("warn")
        try:
            yield found
        finally:
            torch.cuda.set_sync_debug_mode("default")
            torch.cuda.Event.synchronize = wait  # type: ignore[method-assign]
            for each in warned:
                if "synchroniz" in str(each.message):
                    found[f"{each.filename.rpartition('/')[2]}:{each.lineno}"] += 1


def waits(plan: GpuPlan) -> Part:
    """Waits of a frame, by line, of shipped sets."""
    part = Part("Waits of a frame")
    if not plan.card:
        part.notes.append("Not counted: the CPU is not waited for.")
        return part
    for name, most in SETS.items():
        folder = plan.folder / f"set-{name}"
        shutil.copytree(share.folder("sets"), folder, dirs_exist_ok=True)
        text = (share.folder("sets") / f"{name}.py").read_text(encoding="utf-8")
        show = DeviceShow(text, folder, plan.device, plan.side(512))
        try:
            for number in range(5):
                as_bytes(show.frame(number).picture)
                show.player.settle()
            with counting() as found:
                for number in range(5, 5 + FRAMES):
                    as_bytes(show.frame(number).picture)
                    show.player.settle()
        finally:
            show.close()
        a_frame = sum(found.values()) / FRAMES
        lines = ", ".join(f"{line}: {count / FRAMES:g}" for line, count in found.most_common(6))
        part.rows.append({"set": name, "waits a frame": a_frame, "where": lines})
        if a_frame > most:
            part.failed.append(f"{name} waits {a_frame:g} times a frame, not {most}: {lines}")
    return part
