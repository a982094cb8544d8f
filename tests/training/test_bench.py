"""What is raced does the same work."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from livegan.generators.networks.unet import Unet
from livegan.training import bench
from livegan.training.step.architecture import ARCHITECTURES


def narrow(side: int) -> nn.Module:
    return Unet(3, 3, [4, 8, 16, 32, 32, 32], nn.BatchNorm2d, bias=False)


def test_the_plain_step_and_ours_have_the_same_losses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ARCHITECTURES, "narrow", narrow)
    choices: dict[str, Any] = {"arch": "narrow", "filters": 8, "precision": "float32"}
    device = torch.device("cpu")
    acts = [bench.contestant(kind, 64, choices, device) for kind in ("plain", "published")]
    for number in range(bench.COMPARED):
        plain, ours = (act(number) for act in acts)
        for loss in ("critic", "painter"):
            # Adam makes whole steps of what differs in the last bit; test_reference is exact.
            near = 1e-3 if number == 0 else 1e-2
            assert ours[loss] == pytest.approx(plain[loss], rel=near)


def test_contestants_step_in_turn_in_processes_of_their_own() -> None:
    entries = {
        kind: (kind, 64, {"arch": "small", "filters": 8, "batch": 2, "patch": 0})
        for kind in ("plain", "live")
    }
    times, losses, peaks = bench._race(entries, 0.0, "cpu")
    assert all(ms > 0 for ms in times.values())
    assert peaks.keys() == entries.keys() and all(peak > 50 for peak in peaks.values())
    assert {len(found) for found in losses.values()} == {bench.COMPARED + 4}
