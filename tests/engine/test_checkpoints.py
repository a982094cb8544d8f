"""A checkpoint that is none is refused: no code runs, and the picture does not stall."""

from __future__ import annotations

import os
import pickle
import threading
from pathlib import Path
from typing import Any

import pytest
import torch

from livegan.generators import checkpoint
from tests.engine.playing import Show
from tests.generators.foreign.archives import scripted
from tests.generators.foreign.test_torchscript import Endless

PLAIN = """
from livegan.live import *
settings(swap="now", dissolve=0)
show(encode.levels(listen()))
"""
NAMED = PLAIN.replace("show(", 'show(model("odd", ').replace("))\n", ")))\n")
TRUSTED = NAMED.replace(")))\n", "), trust=True))\n")


class Opens:
    """Unpickled, it would make a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return (Path.touch, (self.path,))


def lay(kind: str, models: Path) -> None:
    """A file that is called a checkpoint."""
    trap = Opens(models / "code-ran")
    if kind == "pickle":
        (models / "odd.pth").write_bytes(pickle.dumps({"weights": trap}))
    elif kind == "torch file with code":
        torch.save({"weights": trap}, models / "odd.pth")
    elif kind == "text":
        (models / "odd.safetensors").write_text("these are no weights")
    elif kind == "empty":
        (models / "odd.onnx").touch()
    elif kind == "twenty gigabytes":
        with (models / "odd.safetensors").open("wb") as file:
            file.truncate(20 << 30)  # of holes
    elif kind == "truncated":
        whole = (models / "stone" / "model.safetensors").read_bytes()
        (models / "odd.safetensors").write_bytes(whole[:-100])
    elif kind == "pipe":
        os.mkfifo(models / "odd.safetensors")
    elif kind == "folder":
        (models / "odd.safetensors").mkdir()


KINDS = ["pickle", "torch file with code", "text", "empty", "twenty gigabytes", "truncated"]
KINDS += ["folder", *(["pipe"] if hasattr(os, "mkfifo") else [])]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_checkpoint_is_refused_at_its_line(tmp_path: Path, kind: str) -> None:
    show = Show(tmp_path, PLAIN)
    show.save()
    show.play(0.1)
    lay(kind, tmp_path / "models")
    commit = show.save(NAMED)
    assert commit is not None and commit.status == "refused"
    assert "odd" in commit.reason and "\n" not in commit.reason
    assert commit.where.endswith("set.py:4")
    assert not (tmp_path / "models" / "code-ran").exists()
    frames = show.play(0.2)
    assert {f.version for f in frames} == {1}


def test_the_picture_moves_while_a_slow_disk_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    show = Show(tmp_path, PLAIN)
    show.save()
    show.play(0.1)
    whole = (tmp_path / "models" / "stone" / "model.safetensors").read_bytes()
    (tmp_path / "models" / "odd.safetensors").write_bytes(whole)
    asked, arrived = threading.Event(), threading.Event()
    read = Path.read_bytes

    def slowly(path: Path) -> bytes:
        if path.name == "odd.safetensors":
            asked.set()
            assert arrived.wait(60)
        return read(path)

    monkeypatch.setattr(checkpoint.Path, "read_bytes", slowly)
    proposing = threading.Thread(target=lambda: show.save(NAMED))
    proposing.start()
    assert asked.wait(60)
    frames = show.play(1.0)
    assert {f.version for f in frames} == {1}
    assert not torch.equal(frames[0].picture, frames[-1].picture)
    assert show.pipeline.busy == "loading model odd"
    arrived.set()
    proposing.join(60)
    assert show.play(0.1)[-1].version == 2


def test_a_program_plays_only_where_the_set_trusts_it(tmp_path: Path) -> None:
    show = Show(tmp_path, PLAIN)
    show.save()
    show.play(0.1)
    scripted(torch.nn.Identity(), tmp_path / "models" / "odd.pt")
    commit = show.save(NAMED)
    assert commit is not None and commit.status == "refused"
    assert 'model("odd.pt", ..., trust=True)' in commit.reason
    commit = show.save(TRUSTED)
    assert commit is not None and commit.status != "refused", commit.reason
    assert show.play(0.2)[-1].version == 2


ENDLESS = """
from livegan.live import *
settings(swap="now", dissolve=0)

@encoder
def noise(sound):
    import numpy as np
    return np.random.default_rng(0).random((16, 16)) * (sound.time < 3)

slot = model("odd", noise(listen()), trust=True)
show(slot)
"""


def test_a_loop_without_an_end_costs_the_slot_and_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("livegan.generators.foreign.isolated.SPARE_S", 0.3)
    show = Show(tmp_path, PLAIN)
    show.save()
    show.play(0.1)
    scripted(Endless(), tmp_path / "models" / "odd.pt")
    commit = show.save(ENDLESS)
    assert commit is not None and commit.status != "refused", commit.reason
    frames = show.play(1.6)
    assert {frame.picture.shape for frame in frames} == {(3, 64, 64)}
    told = " ".join(str(fault) for fault in show.faults)
    assert "slot" in told and "TorchScript gave no picture within" in told
