"""What is measured, and how long it may take."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

Row = dict[str, Any]


@dataclass
class GpuPlan:
    """One run.  ``quick`` makes everything small, to try the script itself; ``folder`` is for files
    that nobody needs afterwards."""

    device: torch.device
    quick: bool
    folder: Path
    minutes: float
    began: float = field(default_factory=time.monotonic)

    @property
    def left_s(self) -> float:
        """Seconds that are left of the run."""
        return max(0.0, self.began + 60 * self.minutes - time.monotonic())

    @property
    def card(self) -> bool:
        """Whether it is a graphics card."""
        return self.device.type == "cuda"

    def side(self, pixels: int) -> int:
        """The side of pictures: the least that small networks paint, in a quick run."""
        return 128 if self.quick else pixels

    def seconds(self, wanted: float) -> float:
        """How long to measure one row."""
        return 0.05 if self.quick else wanted

    def wait(self) -> None:
        """Until the device has done all that it was given."""
        if self.card:
            torch.cuda.synchronize(self.device)


@dataclass
class Part:
    """What one part of a run found: tables, and lines below them."""

    title: str
    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    """What is not as it must be."""

    def markdown(self) -> str:
        """As it stands in docs/benchmarks.md."""
        lines = [f"### {self.title}", ""]
        if self.rows:
            keys = list(self.rows[0])
            lines.append(f"| {' | '.join(keys)} |")
            lines.append(f"|{'---|' * len(keys)}")
            lines += [f"| {' | '.join(cell(row.get(k)) for k in keys)} |" for row in self.rows]
            lines.append("")
        lines += [f"{note}" for note in self.notes]
        lines += [f"**Not as it must be:** {each}" for each in self.failed]
        return "\n".join(lines).rstrip() + "\n"


def cell(value: Any) -> str:
    """A value in a table: three digits that count."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"
    return str(value)


def decibels(a: torch.Tensor, b: torch.Tensor) -> float:
    """How near two pictures of 0..1 are; 150 if they are equal."""
    error = float((a.double().cpu() - b.double().cpu()).square().mean())
    return 150.0 if error <= 1e-15 else -10.0 * float(torch.tensor(error).log10())
