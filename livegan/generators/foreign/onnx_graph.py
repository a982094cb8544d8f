"""What an ONNX file says of itself: its operators, its weights in other files, its pictures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from livegan.generators.errors import ModelError

from .convention import RANGES, ValueRange, name_of

STANDARD = ("", "ai.onnx", "ai.onnx.ml", "com.microsoft")
"""Domains of operators that onnxruntime has itself."""

LOOPS = ("Loop", "Scan")
"""Operators that may never end."""

READS_FILES = ("EPContext",)
"""Operators of the standard domains that name a file of native code."""

PASSING = ("Identity", "Transpose", "Cast", "Squeeze", "Unsqueeze", "Reshape", "Dropout")
"""Operators that leave values as they are."""

CHANNELS_LAST = [0, 3, 1, 2]
"""The permutation with which an exporter turns pictures of TensorFlow into what it computes."""

CENTRES = ((-1.0, 1.0), (0.0, 1.0), (-2.1, 2.5))
"""What networks compute with: the last is the usual normalisation by mean and deviation."""
NEAR = 0.45
"""How far from these both ends together may be."""


@dataclass
class OnnxGraph:
    """What was read.

    Attributes
    ----------
    data : the file with all weights in it: onnxruntime opens no other.
    needs_trust : what in it needs the performer's trust; empty if nothing does.
    condition, picture : the ranges of what goes in and comes out, as far as its first and last
        operators say; None where they do not.
    turned : it begins by turning pictures with channels last.
    metadata : what its maker wrote into it.
    """

    data: bytes
    needs_trust: str = ""
    condition: ValueRange | None = None
    picture: ValueRange | None = None
    turned: bool = False
    metadata: dict[str, str] = field(default_factory=dict)


def read_graph(data: bytes, path: Path) -> OnnxGraph:
    """Look into an ONNX file, and fetch the weights that it keeps beside it.

    Raises
    ------
    ModelError
        If it is damaged, or names a file outside its own folder or one that is not there.
    """
    try:
        import onnx
    except ImportError as error:
        raise ModelError("ONNX needs onnx: pip install 'livegan[onnx]'") from error
    try:
        model = onnx.load_model_from_string(data)
    except Exception as error:  # protobuf raises what it likes
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:120]
        raise ModelError(f"damaged, or not ONNX ({reason}); export it again") from error
    nodes = list(all_nodes(model))
    for node in nodes:
        if node.op_type in READS_FILES:
            raise ModelError(f"has the operator {node.op_type}, which loads native code; export "
                             "the network itself as ONNX")  # fmt: skip
    apart = [tensor for tensor in all_tensors(model, nodes) if tensor.data_location == 1]
    for tensor in apart:
        bring_in(tensor, path)
    found = OnnxGraph(model.SerializeToString() if apart else data, needs_trust(model, nodes))
    found.metadata = {each.key: each.value for each in model.metadata_props}
    if model.graph.input and model.graph.output:
        values = constants(model.graph)
        names = {each.name for each in model.graph.input} - values.keys()
        first = next((each.name for each in model.graph.input if each.name in names), "")
        found.condition, found.turned = look_in(model.graph, first, values)
        found.picture = look_out(model.graph, model.graph.output[0].name, values)
    return found


def all_nodes(model: Any) -> Iterator[Any]:
    """Every node, those of branches, loops and functions too."""
    waiting = [*model.graph.node, *(node for each in model.functions for node in each.node)]
    while waiting:
        node = waiting.pop()
        yield node
        for attribute in node.attribute:
            for graph in (attribute.g, *attribute.graphs):
                waiting += graph.node


def all_tensors(model: Any, nodes: list[Any]) -> Iterator[Any]:
    """Every tensor that is stored."""
    graphs = [model.graph]
    for node in nodes:
        for attribute in node.attribute:
            graphs += [attribute.g, *attribute.graphs]
            yield from (attribute.t, *attribute.tensors)
            sparse = [attribute.sparse_tensor, *attribute.sparse_tensors]
            yield from (part for each in sparse for part in (each.values, each.indices))
    for graph in graphs:
        yield from graph.initializer
        yield from (p for each in graph.sparse_initializer for p in (each.values, each.indices))


def bring_in(tensor: Any, path: Path) -> None:
    """Put a tensor's values, which lie in another file, into it.

    Raises
    ------
    ModelError
        If that file lies outside the folder of the model (links are followed), is not there, or is
        too short.
    """
    said = {each.key: each.value for each in tensor.external_data}
    name = said.get("location", "")
    file = path.parent / name
    inside = (path.parent.resolve(), path.resolve().parent)
    place = file.resolve()
    if not name or not any(place.is_relative_to(folder) for folder in inside):
        raise ModelError(
            f"names weights in another folder ({name}), which could be any file of yours; put "
            "them beside it and export it again"
        )
    try:
        offset, length = int(said.get("offset", 0)), int(said.get("length", -1))
        with place.open("rb") as stream:
            if not place.is_file() or offset < 0:
                raise ValueError
            size = place.stat().st_size
            length = size - offset if length < 0 else length
            if offset + length > size:
                raise ModelError(f"{name} beside it is cut off; copy both files again")
            stream.seek(offset)
            values = stream.read(length)
    except ModelError:
        raise
    except ValueError as error:
        raise ModelError(f"damaged: it names no place in {name}; export it again") from error
    except OSError as error:
        raise ModelError(
            f"its weights are in {name}, which is not beside it; copy both files"
        ) from error
    tensor.raw_data = values
    tensor.data_location = 0
    del tensor.external_data[:]


def needs_trust(model: Any, nodes: list[Any]) -> str:
    """What in a graph is not only arithmetic that ends, in a few words."""
    own = {each.domain for each in model.functions}
    strange = sorted({n.domain for n in nodes} - own - set(STANDARD))
    if strange:
        return f"has operators of its own ({', '.join(strange)}), which are native code"
    loops = sorted({n.op_type for n in nodes} & set(LOOPS))
    return f"has a loop ({', '.join(loops)}), which may never end" if loops else ""


def constants(graph: Any) -> dict[str, np.ndarray[Any, Any]]:
    """Stored values of few numbers, by name."""
    from onnx import numpy_helper

    found = {}
    stored = {each.name: each for each in graph.initializer}
    for node in graph.node:
        if node.op_type == "Constant" and node.attribute and node.attribute[0].name == "value":
            stored[node.output[0]] = node.attribute[0].t
    for name, tensor in stored.items():
        if int(np.prod(tensor.dims)) <= 4:
            try:
                found[name] = numpy_helper.to_array(tensor).astype(np.float64)
            except (ValueError, TypeError):
                continue
        else:
            found[name] = np.zeros(0)
    return found


def affine(
    node: Any, value: str, values: dict[str, np.ndarray[Any, Any]]
) -> tuple[float, float] | None:
    """(a, b) of a node that makes a * x + b of `value` and a number; None for any other."""
    if node.op_type not in ("Add", "Sub", "Mul", "Div") or len(node.input) != 2:
        return None
    first = node.input[0] == value
    other = values.get(node.input[1 if first else 0])
    if other is None or not other.size:
        return None
    number = float(other.mean())
    if node.op_type == "Add":
        return 1.0, number
    if node.op_type == "Sub":
        return (1.0, -number) if first else (-1.0, number)
    if node.op_type == "Mul":
        return number, 0.0
    return (1.0 / number, 0.0) if first and number else None


def look_in(
    graph: Any, value: str, values: dict[str, np.ndarray[Any, Any]]
) -> tuple[ValueRange | None, bool]:
    """The range of a graph's input, if what is done to it first tells, and whether it is turned."""
    a, b, turned = 1.0, 0.0, False
    found: ValueRange | None = None
    while True:
        users = [node for node in graph.node if value in node.input]
        if len(users) != 1:
            return found, turned
        node = users[0]
        if node.op_type in PASSING:
            turned = turned or (node.op_type == "Transpose" and permutation(node) == CHANNELS_LAST)
        else:
            step = affine(node, value, values)
            if step is None:
                return found, turned
            a, b = a * step[0], b * step[0] + step[1]
            found = found or normalised(a, b)
        value = node.output[0]


def normalised(a: float, b: float) -> ValueRange | None:
    """The range that a * x + b brings to what networks compute with; None if it is none of them."""

    def distance(given: ValueRange) -> float:
        low, high = sorted((a * given[0] + b, a * given[1] + b))
        return min(abs(low - centre[0]) + abs(high - centre[1]) for centre in CENTRES)

    nearest = min(RANGES.values(), key=distance)
    return nearest if distance(nearest) < NEAR else None


def look_out(graph: Any, value: str, values: dict[str, np.ndarray[Any, Any]]) -> ValueRange | None:
    """The range of a graph's output, if its last operators tell."""
    makers = {output: node for node in graph.node for output in node.output}
    a, b = 1.0, 0.0
    while value in makers:
        node = makers[value]
        bounds = bounded(node, values)
        if bounds is not None:
            low, high = sorted((a * bounds[0] + b, a * bounds[1] + b))
            return RANGES[name_of((low, high))]
        step: tuple[float, float] | None = (1.0, 0.0)
        before = node.input[0] if node.input else ""
        if node.op_type not in PASSING:
            before = next((each for each in node.input if each not in values), "")
            step = affine(node, before, values)
        if step is None or not before:
            return None
        a, b = a * step[0], b + a * step[1]
        value = before
    return None


def bounded(node: Any, values: dict[str, np.ndarray[Any, Any]]) -> ValueRange | None:
    """The least and the most that an operator gives, if that is known."""
    if node.op_type == "Tanh":
        return -1.0, 1.0
    if node.op_type in ("Sigmoid", "HardSigmoid"):
        return 0.0, 1.0
    if node.op_type != "Clip":
        return None
    said = {each.name: each.f for each in node.attribute}  # as before opset 11
    ends = [said.get("min"), said.get("max")]
    for place, name in enumerate(node.input[1:3]):
        if name in values and values[name].size == 1:
            ends[place] = float(values[name].flat[0])
    low, high = ends
    return (low, high) if low is not None and high is not None else None


def permutation(node: Any) -> list[int]:
    """Of a Transpose."""
    return next((list(each.ints) for each in node.attribute if each.name == "perm"), [])
