"""Several processes train as one does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from livegan.training import Recipe, train
from livegan.training.ranks import Ranks, RanksError
from livegan.training.state import load
from tests.training import ranks_worker
from tests.training.tiny_pairs import data_set

ROOT = Path(__file__).parents[2]


def torchrun(*words: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    env = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    line = [*command, *map(str, words)]
    return subprocess.run(line, cwd=ROOT, env=env, capture_output=True, text=True)


def many(folder: Path) -> Path:
    """Twelve pairs, each of another brightness, so that it is known again by its sum."""
    data = data_set(folder, count=12)
    for index, path in enumerate(sorted((data / "train").iterdir())):
        pixels = np.asarray(Image.open(path)).copy()
        pixels[:8, 64 : 64 + 3 * index + 1] = 255
        Image.fromarray(pixels).save(path)
    return data


@pytest.mark.slow
def test_two_processes_end_with_the_weights_of_one_and_see_every_pair_once(
    tmp_path: Path,
) -> None:
    pytest.importorskip("lightning_fabric")
    data, out = many(tmp_path / "data"), tmp_path / "two"
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    worker = ROOT / "tests" / "training" / "ranks_worker.py"
    for steps in (3, 6):  # killed after three, and taken up again
        done = torchrun(worker, data, tmp_path / "state", out, str(steps))
        assert done.returncode == 0, done.stderr[-3000:]
        if steps == 3:
            early = [torch.load(out / f"{rank}.pt") for rank in (0, 1)]
    late = [torch.load(out / f"{rank}.pt") for rank in (0, 1)]

    epoch = early[0]["seen"] + early[1]["seen"]
    assert len(epoch) == 12 and len(set(epoch)) == 12
    assert set(late[0]["seen"] + late[1]["seen"]) == set(epoch)

    for name, weight in late[0]["weights"].items():
        assert torch.equal(weight, late[1]["weights"][name]), name
    assert late[1]["losses"] == [] and len(late[0]["losses"]) == 3

    for steps in (3, 6):
        ranks_worker.main(data, tmp_path / "alone", tmp_path / "one", steps)
    alone = torch.load(tmp_path / "one" / "0.pt")
    for name, weight in alone["weights"].items():
        torch.testing.assert_close(late[0]["weights"][name], weight, atol=1e-8, rtol=0, msg=name)
    for mine, theirs in zip(late[0]["losses"], alone["losses"], strict=True):
        assert mine == pytest.approx(theirs, rel=1e-8)
    assert load(tmp_path / "state" / "state.pt")["step"] == 6


def test_a_batch_that_cannot_be_shared_is_refused() -> None:
    ranks = Ranks(torch.device("cpu"))
    assert ranks.share(4) == slice(0, 4)
    ranks.world = 3
    with pytest.raises(RanksError, match="a batch of 4 cannot be shared by 3 processes"):
        ranks.share(4)


def test_without_fabric_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setitem(sys.modules, "lightning_fabric", None)
    with pytest.raises(RanksError, match=r"pip install 'livegan\[distributed\]'"):
        train(data_set(tmp_path), tmp_path / "work", Recipe(arch="small", steps=1, batch=2))
