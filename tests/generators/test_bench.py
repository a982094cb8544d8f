from __future__ import annotations

import pytest
import torch
from torch import nn

from livegan.generators import load
from livegan.generators.bench import bench_generators, count_flop, matrix_peak


def test_every_generator_has_a_row(models):
    checkpoint = load(models / "city" / "model.safetensors")
    before = {key: value.clone() for key, value in checkpoint.tensors.items()}
    (row,) = bench_generators([checkpoint], 128, 0.01, device="cpu", norm="frame")
    assert (row.name, row.architecture, row.size) == ("city", "small", 128)
    assert row.ms > 0 and row.speedup == pytest.approx(row.plain_ms / row.ms)
    assert row.gflop_per_s == pytest.approx(row.gflop / row.ms * 1e3)
    assert row.share > 0
    assert all(torch.equal(value, before[key]) for key, value in checkpoint.tensors.items())


def test_operations_are_those_of_the_convolutions():
    network = nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1), nn.ReLU(), nn.ConvTranspose2d(8, 2, 4, 2, 1))
    down = 2 * (8 * 8) * 8 * 3 * 9
    up = 2 * (8 * 8) * 8 * 2 * 16
    assert count_flop(network, 3, 16, 16) == down + up


def test_the_peak_is_a_rate():
    assert matrix_peak(torch.float32) > 1
