"""One of the processes of test_ranks: trains, and writes down what it saw and has.

python ranks_worker.py DATA WORK OUT STEPS
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
import torch

from livegan.training import Recipe, train
from livegan.training.batch import Batch
from livegan.training.step.learner import Learner
from tests.training.exact import exactly

RECIPE = {
    "arch": "small", "batch": 4, "filters": 8, "patch": 32, "levels": 1, "matching": 1.0,
    "steady": 1.0, "noise": 0.1, "gain": 0.2, "mixture": 0.3, "settle": 0.6, "clip": 10.0,
    "gan": "lsgan", "precision": "float32",
}  # fmt: skip


def main(data: Path, work: Path, out: Path, steps: int) -> None:
    seen: list[float] = []
    step = Learner.step

    def watched(self: Learner, batch: Batch, done: float) -> dict[str, torch.Tensor]:
        seen.extend(batch.truth.sum((1, 2, 3)).tolist())
        return step(self, batch, done)

    losses: list[dict[str, float]] = []
    with pytest.MonkeyPatch.context() as monkeypatch:
        exactly(monkeypatch)
        monkeypatch.setattr(Learner, "step", watched)
        trained = train(
            data, work, Recipe(**RECIPE, steps=steps),  # type: ignore[arg-type]
            progress=lambda s: losses.append(s.losses),
        )  # fmt: skip
    rank = os.environ.get("RANK", "0")
    found = {"seen": seen, "losses": losses, "weights": trained.network.state_dict()}
    torch.save(found, out / f"{rank}.pt")


if __name__ == "__main__":
    torch.set_num_threads(1)
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
