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

PLAIN = """
from livegan.live import *
settings(swap="now", dissolve=0)
show(encode.levels(listen()))
"""
NAMED = PLAIN.replace("show(", 'show(model("odd", ').replace("))\n", ")))\n")


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
    assert show.pipeline.busy == "loading odd"
    arrived.set()
    proposing.join(60)
    assert show.play(0.1)[-1].version == 2
