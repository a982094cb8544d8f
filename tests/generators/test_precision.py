from __future__ import annotations

import pytest
import torch

from livegan.generators import ModelError
from livegan.generators.precision import choose_precision, convolution_times, cpu_likes_bfloat16


def test_auto_is_half_on_a_gpu_and_what_the_cpu_likes_on_a_cpu():
    assert choose_precision("auto", torch.device("cuda")) is torch.float16
    expected = torch.bfloat16 if cpu_likes_bfloat16() else torch.float32
    assert choose_precision("auto", torch.device("cpu")) is expected


def test_a_word_decides():
    cpu = torch.device("cpu")
    assert choose_precision("float32", cpu) is torch.float32
    assert choose_precision("bf16", cpu) is torch.bfloat16
    with pytest.raises(ModelError, match="precision='double': give auto, float32"):
        choose_precision("double", cpu)


def test_cpus_that_are_measured_are_measured_in_both(monkeypatch):
    monkeypatch.setattr("platform.machine", lambda: "arm64")
    times = {torch.float32: [2.0], torch.bfloat16: [1.0]}
    monkeypatch.setattr("livegan.generators.precision.convolution_times", times.get)
    assert cpu_likes_bfloat16.__wrapped__() is True
    times[torch.bfloat16] = [1.9]
    assert cpu_likes_bfloat16.__wrapped__() is False


def test_the_measurement_runs():
    assert all(seconds > 0 for seconds in convolution_times(torch.bfloat16, rounds=3))
