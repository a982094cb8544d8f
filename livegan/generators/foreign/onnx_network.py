"""ONNX graphs under onnxruntime: the pip extra ``livegan[onnx]``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch

from livegan.generators.card import Card
from livegan.generators.errors import ModelError

from .convention import Convention, said_layout, said_range
from .isolated import Isolated
from .network import ForeignNetwork
from .onnx_graph import OnnxGraph, read_graph
from .onnx_session import Sessions, plain, runtime

PICTURES = (1, 2, 3, 4)
"""Channels that a dimension of this size can be."""

DTYPES = {
    "tensor(float)": "float32",
    "tensor(float16)": "float16",
    "tensor(double)": "float64",
    "tensor(uint8)": "uint8",
    "tensor(int32)": "int32",
}


class OnnxNetwork(ForeignNetwork):
    """An ONNX graph; one that needs trust runs in a process of its own.

    Raises
    ------
    ModelError
        If it cannot be played, or not without trust.
    """

    def __init__(self, data: bytes, path: Path, card: Card, *, trust: bool = False) -> None:
        runtime()
        graph = read_graph(data, path)
        self.data = graph.data
        if graph.needs_trust and not trust:
            raise ModelError(
                f"{graph.needs_trust}. If you trust who made it, load it with trust=True: "
                f'model("{path.name}", ..., trust=True), or --trust on the command line'
            )
        self.sessions: Sessions | Isolated
        if graph.needs_trust:
            self.sessions = isolated = Isolated("ONNX", graph.data)
            inputs, outputs = isolated.said["inputs"], isolated.said["outputs"]
        else:
            self.sessions = sessions = Sessions(graph.data)
            inputs, outputs = plain(sessions.session)
        self.input, self.held = choose_input(inputs, card)
        self.output = choose_output(outputs)
        shape = self.input["shape"]
        batch, *sides = (side if isinstance(side, int) and side > 0 else None for side in shape)
        layout = said_layout(card) or layout_of(sides, graph)
        last = layout == "NHWC"
        channels, fixed = (sides[2], sides[:2]) if last else (sides[0], sides[1:])
        condition, picture, certain = ranges_of(graph, card, self.input, self.output)
        super().__init__(
            "ONNX",
            self.paint,
            Convention(
                condition=condition,
                picture=picture,
                condition_last=last,
                picture_last=last,
                dtype=DTYPES[self.input["type"]],
                batch=batch or 1,
            ),
            (channels,) if channels else (3, 1, 4),
            (fixed[0], fixed[1]),
            certain=certain,
            layout=said_layout(card),
        )

    def to(self, device: torch.device) -> None:
        if isinstance(self.sessions, Sessions):
            self.sessions.to(device)

    def paint(self, given: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """What the graph gives."""
        if isinstance(self.sessions, Isolated):
            held = {key: [value.shape, value.dtype.name] for key, value in self.held.items()}
            how = {"feeds": self.input["name"], "gives": self.output["name"], "held": held}
            return self.sessions(given, **how)
        feed = {self.input["name"]: given, **self.held}
        out: np.ndarray[Any, Any] = self.sessions.take().run([self.output["name"]], feed)[0]
        return out


def choose_input(
    inputs: list[dict[str, Any]], card: Card
) -> tuple[dict[str, Any], dict[str, np.ndarray[Any, Any]]]:
    """The one that the condition feeds, and what the others are held at: zeros.

    Raises
    ------
    ModelError
        If there is not one, and the card does not say which it is.
    """
    said = card.other.get("condition_input")
    named = [each for each in inputs if each["name"] == said] if said else inputs
    shapes = ", ".join(f"{each['name']} {each['shape']}" for each in inputs)
    if len(named) != 1 or len(named[0]["shape"]) != 4:
        raise ModelError(
            f"its inputs are {shapes}; a generator has one, (1, C, H, W). If one of them is the "
            f'condition, say so on its card: {{"condition_input": "{inputs[0]["name"]}"}}; '
            "the others are then held at 0"
            if inputs
            else "it has no input"
        )
    if named[0]["type"] not in DTYPES:
        raise ModelError(f"its input is a {named[0]['type']}, not a picture")
    held = {}
    for each in inputs:
        if each is named[0]:
            continue
        if each["type"] not in DTYPES or not all(
            isinstance(side, int) and side > 0 for side in each["shape"][1:]
        ):
            raise ModelError(f"its inputs are {shapes}; {each['name']} cannot be held at 0")
        shape = [side if isinstance(side, int) and side > 0 else 1 for side in each["shape"]]
        held[each["name"]] = np.zeros(shape, DTYPES[each["type"]])
    return named[0], held


def choose_output(outputs: list[dict[str, Any]]) -> dict[str, Any]:
    """The first that is a picture."""
    pictures = [each for each in outputs if len(each["shape"]) == 4]
    return (pictures or outputs)[0]


def layout_of(sides: list[int | None], graph: OnnxGraph) -> str:
    """``"NCHW"`` or ``"NHWC"`` of an input whose dimensions after the first are these."""
    first, last = sides[0] in PICTURES, sides[2] in PICTURES
    if first != last:
        return "NCHW" if first else "NHWC"
    return "NHWC" if graph.turned else "NCHW"


def ranges_of(
    graph: OnnxGraph, card: Card, given: dict[str, Any], taken: dict[str, Any]
) -> tuple[tuple[float, float], tuple[float, float], bool]:
    """The ranges of the condition and the picture, and whether that of the picture is known.

    The card says so, or the graph's own notes, or else its numbers and its first and last
    operators; what is still open is as the other, or -1..1 as in the project of pix2pix.
    """
    notes = Card(other={k: v for k, v in graph.metadata.items() if k.endswith("_range")})
    condition = said_range(card, "condition_range") or said_range(notes, "condition_range")
    picture = said_range(card, "picture_range") or said_range(notes, "picture_range")
    whole = (0.0, 255.0)
    if condition is None:
        condition = whole if "int" in given["type"] else graph.condition
    if picture is None:
        picture = whole if "int" in taken["type"] else graph.picture
    certain = picture is not None
    usual = (-1.0, 1.0)
    return condition or picture or usual, picture or condition or usual, certain
