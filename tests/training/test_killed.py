"""A process that is killed with kill -9 in the middle of a step loses nothing but that step."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from livegan.training import Recipe, TrainingStep, train
from livegan.training.state import load
from tests.training.tiny_pairs import data_set

ROOT = Path(__file__).parents[2]
RECIPE = {"arch": "small", "steps": 8, "batch": 2, "filters": 8, "patch": 32, "mixture": 0.3}
SCRIPT = """
import sys
import torch
torch.set_num_threads(1)
from livegan.training import Recipe, train
def told(step):
    print(step.number, repr(step.losses["painter"]), flush=True)
train(sys.argv[1], sys.argv[2], Recipe(**{recipe}), save_every=0.0, progress=told)
"""


@pytest.mark.slow
def test_killed_and_started_again_it_ends_as_if_it_had_not_been(tmp_path: Path) -> None:
    data, work = data_set(tmp_path / "data"), tmp_path / "killed"
    script = SCRIPT.replace("{recipe}", repr(RECIPE))
    with subprocess.Popen(
        [sys.executable, "-c", script, str(data), str(work)],
        stdout=subprocess.PIPE, text=True, cwd=ROOT,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("4 "):
                os.kill(process.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
        process.wait()
    assert process.returncode not in (0, 1)
    before = load(work / "state.pt")["step"]
    assert 3 <= before < 8

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        recipe = Recipe(**RECIPE)  # type: ignore[arg-type]
        after: list[TrainingStep] = []
        train(data, work, recipe, save_every=0.0, progress=after.append)
        straight: list[TrainingStep] = []
        train(data, tmp_path / "straight", recipe, save_every=0.0, progress=straight.append)
    finally:
        torch.set_num_threads(threads)
    assert [s.number for s in after] == list(range(before + 1, 9))
    assert [s.losses for s in after] == [s.losses for s in straight[before:]]
    one, two = (load(tmp_path / name / "state.pt")["painter"] for name in ("killed", "straight"))
    assert all(torch.equal(one[key], two[key]) for key in one)
