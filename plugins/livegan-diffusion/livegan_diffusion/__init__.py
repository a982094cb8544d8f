"""Diffusion models as generators: a denoiser exported to ONNX repaints the condition."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from livegan.plugin import hookimpl

if TYPE_CHECKING:
    from livegan.generators import Card, Checkpoint

SUFFIXES = (".onnx", ".diffusion")


def diffusion(data: bytes, path: Path, card: Card) -> Checkpoint | None:
    """Denoisers of diffusion models, exported to ONNX with the inputs sample and timestep."""
    if path.suffix not in SUFFIXES:
        return None
    # What is heavy is imported when there is such a file: every livegan command loads this module.
    from livegan.generators import Checkpoint, ModelError
    from livegan.generators.foreign.onnx_graph import read_graph
    from livegan_diffusion.denoiser import Denoiser
    from livegan_diffusion.painter import DiffusionPainter
    from livegan_diffusion.schedule import Schedule

    graph = read_graph(data, path)
    if graph.needs_trust:
        return None  # livegan's own loader says why, and runs it in a process of its own
    denoiser = Denoiser.read(graph.data)
    if denoiser is None:
        return None
    options = card.other.get("diffusion", {})
    if not isinstance(options, dict):
        raise ModelError(f'"diffusion" of its card is {options!r}; give an object, {{...}}')
    painter = DiffusionPainter(denoiser, Schedule.of(options))
    digest = hashlib.sha256(graph.data).hexdigest()
    return Checkpoint(
        architecture=None, tensors={}, card=card, digest=digest, path=path, foreign=painter
    )


@hookimpl
def register_generator_loaders(register: Callable[..., object]) -> None:
    register(diffusion, "diffusion", "denoisers of diffusion models, in ONNX")
