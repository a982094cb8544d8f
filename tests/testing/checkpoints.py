"""Small checkpoints of the formats that livegan reads by itself, for the checks of its loaders."""

from __future__ import annotations

from pathlib import Path

import torch

from livegan.generators import Card, save_checkpoint
from livegan.generators.export import export
from livegan.generators.networks.small import SmallGenerator


def network() -> SmallGenerator:
    """Random weights, always the same."""
    torch.manual_seed(0)
    return SmallGenerator(width=8, side=64, fold=2).eval()


def weights(folder: Path) -> Path:
    """A safetensors file and its card."""
    return save_checkpoint(folder / "tiny", network(), Card(name="tiny", size=64, norm="running"))


def torchscript(folder: Path) -> Path:
    """An archive that carries its own network."""
    path = folder / "tiny.pt"
    traced = torch.jit.trace(network(), torch.zeros(1, 3, 64, 64))
    torch.jit.save(traced, str(path))
    return path


def onnx(folder: Path) -> Path:
    """An ONNX graph."""
    from livegan.generators import load

    path = folder / "tiny.onnx"
    export(load(weights(folder)), path, "onnx", size=128)
    return path
