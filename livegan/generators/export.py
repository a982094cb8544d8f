"""Models for other programs: the pix2pix project's ``.pth`` layout, and ONNX."""

from __future__ import annotations

import contextlib
import json
import logging
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch import nn

from livegan import __version__
from livegan.saving import write_bytes
from livegan.size import Size

from .architecture import Architecture
from .channels import as_size
from .checkpoint import Checkpoint
from .errors import ModelError
from .networks.network import PaintPlan, with_picture_norms
from .pix2pix import as_reference
from .runner import check_norm

OPSET = 18
"""Of ONNX: the oldest that has all that is needed; any runtime since 2023 reads it."""

RANGE = "float32 (batch, {channels}, height, width), {colours}, -1..1; "
INPUT = RANGE + "made of a picture of 0..1 by 2 * x - 1"
OUTPUT = RANGE + "(x + 1) / 2 is a picture of 0..1"


def as_onnx(
    checkpoint: Checkpoint, *, norm: str | None = None, size: int | tuple[int, int] | None = None
) -> bytes:
    """The network as a show plays it, as an ONNX graph: norms folded or of the picture, no dropout.

    Input ``condition`` and output ``picture``, float32 (batch, channels, height, width), -1..1.
    What the card says is in the graph's metadata, with the meaning of both.

    Parameters
    ----------
    norm : ``"frame"`` or ``"running"``; None is what the card says, else frame.
    size : a side or (height, width), if the graph is to have a fixed one; else it takes every
        size that the network can paint.  Any number of pictures in a batch in both cases.

    Raises
    ------
    ModelError
        If onnx or onnxscript are missing, the size does not fit, or there is no network of ours.
    """
    mode = check_norm(norm or checkpoint.card.norm or "frame")
    if checkpoint.architecture is None:
        raise ModelError(
            f"{checkpoint.name} is {checkpoint.foreign}, which carries its own program; use "
            f"{checkpoint.path} as it is"
        )
    fixed = as_size(size) if size is not None else None
    if fixed and checkpoint.fit(*fixed) != fixed:
        rule = checkpoint.resizing(*fixed).partition("; ")[0]
        near = Size(*checkpoint.fit(*fixed)).plain
        raise ModelError(f"{rule}; give --size {near}")
    try:
        import onnx
        import onnxscript  # noqa: F401  what torch writes ONNX with
    except ImportError as error:
        raise ModelError(f"writing ONNX needs {error.name}: pip install 'livegan[onnx]'") from error
    module = checkpoint.module(shared=True)
    network = with_picture_norms(PaintPlan(module, mode).fill(module.state_dict()))
    graph = traced(network, checkpoint.architecture, fixed)
    described(graph, checkpoint, mode)
    onnx.checker.check_model(graph)
    data: bytes = graph.SerializeToString()
    return data


def traced(network: nn.Module, architecture: Architecture, fixed: tuple[int, int] | None) -> Any:
    """An ``onnx.ModelProto`` of a network."""
    multiple = architecture.multiple
    least = -(-architecture.minimum // multiple)
    # Not the smallest size, nor a square: a dimension of 1, or two that are equal, would be
    # taken for constants.
    height, width = fixed or (multiple * (least + 1), multiple * (least + 2))
    shapes: dict[int, Any] = {0: torch.export.Dim("batch")}
    if not fixed:
        shapes[2] = multiple * torch.export.Dim("h", min=least)
        shapes[3] = multiple * torch.export.Dim("w", min=least)
    example = torch.zeros(2, architecture.in_channels, height, width)
    try:
        with quiet():
            program = torch.onnx.export(
                network,
                (example,),
                dynamo=True,
                input_names=["condition"],
                output_names=["picture"],
                dynamic_shapes=(shapes,),
                opset_version=OPSET,
                verbose=False,
            )
    except Exception as error:  # torch.onnx raises what it likes
        reason = str(error).strip().splitlines()[0][:160]
        way = "" if fixed else "; try a fixed size: --size"
        raise ModelError(f"{architecture.name} cannot be written as ONNX: {reason}{way}") from error
    assert program is not None
    return program.model_proto


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Without what torch tells its own developers during an export."""
    log = logging.getLogger("torch.onnx")
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        log.setLevel(before)


def described(graph: Any, checkpoint: Checkpoint, norm: str) -> None:
    """Put what the card says into a graph's metadata, and take out torch's notes for debugging,
    which hold the paths of this machine."""
    card = checkpoint.card
    for node in graph.graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    del graph.graph.metadata_props[:]
    del graph.metadata_props[:]
    graph.producer_name, graph.producer_version = "livegan", __version__
    graph.doc_string = card.title
    colours = {1: "grey", 3: "RGB"}
    said = {
        "name": checkpoint.name,
        "title": card.title,
        "condition": INPUT.format(
            channels=checkpoint.in_channels, colours=colours.get(checkpoint.in_channels, "channels")
        ),
        "picture": OUTPUT.format(
            channels=checkpoint.out_channels,
            colours=colours.get(checkpoint.out_channels, "channels"),
        ),
        "encoder": card.encoder,
        "encoder_params": json.dumps(card.encoder_params) if card.encoder else "",
        "size": str(card.size.plain or ""),
        "norm": norm,
        "architecture": str(checkpoint.architecture),
        "licence": card.licence,
        "data": card.data,
        "made_with": card.made_with,
        "sha256": checkpoint.digest,
    }
    for key, value in said.items():
        if value:
            graph.metadata_props.add(key=key, value=value)


FORMATS = ("pth", "onnx")


def export(
    checkpoint: Checkpoint,
    out: str | Path,
    to: str,
    *,
    norm: str | None = None,
    size: Size | int | None = None,
    force: bool = False,
) -> Path:
    """Write a checkpoint for another program, whole or not at all.

    Parameters
    ----------
    to : ``"pth"`` (:func:`as_reference`) or ``"onnx"`` (:func:`as_onnx`).
    force : take the place of a file that is there.

    Raises
    ------
    ModelError
        If it cannot be exported or written, or something is at `out` already.
    """
    out = Path(out)
    if out.exists() and (out.is_dir() or not force):
        fix = "name a file in it" if out.is_dir() else "give --force to write over it, or --out"
        raise ModelError(f"{out} is there already; {fix}")
    if to == "pth":
        data = as_reference(checkpoint)
    elif to == "onnx":
        data = as_onnx(checkpoint, norm=norm, size=size)
    else:
        raise ModelError(f"there is no format {to!r}; give one of {', '.join(FORMATS)}")
    try:
        write_bytes(out, data)
    except OSError as error:
        raise ModelError(f"{out}: cannot be written: {error.strerror or error}") from error
    return out
