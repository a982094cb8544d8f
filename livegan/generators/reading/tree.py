"""The shape of a network as its tensor names tell it: numbered layers inside numbered layers.

Ports of a network rename its blocks and wrap it in other modules, but the numbers of the layers
and the shapes of their tensors stay.  Reading only those recognises the ports too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from torch import Tensor


@dataclass
class Layer:
    """Tensors of one layer, by their last name."""

    path: str
    tensors: dict[str, Tensor] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)
    """Of these tensors in the file."""

    @property
    def letter(self) -> str:
        """``c`` for a convolution, ``n`` for a norm, ``?`` for anything else."""
        weight = self.tensors.get("weight")
        if weight is not None and weight.ndim == 4 and set(self.tensors) <= {"weight", "bias"}:
            return "c" if weight.numel() else "?"
        if (weight is None or weight.ndim == 1) and set(self.tensors) <= NORM_TENSORS:
            return "n"
        return "?"

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the weight."""
        return tuple(self.tensors["weight"].shape)


NORM_TENSORS = {"weight", "bias", "running_mean", "running_var", "num_batches_tracked"}


@dataclass
class Branch:
    """Layers and branches under one module, in the order in which they run."""

    children: dict[int, Layer | Branch] = field(default_factory=dict)

    def sorted(self) -> list[tuple[int, Layer | Branch]]:
        """Children with their numbers, in order."""
        return sorted(self.children.items())

    @property
    def pattern(self) -> str:
        """One letter a child: ``"ctc"`` is a convolution, a branch, a convolution."""
        return "".join(
            "t" if isinstance(child, Branch) else child.letter for _, child in self.sorted()
        )

    def layers(self) -> Iterator[Layer]:
        """Every layer, depth first."""
        for _, child in self.sorted():
            if isinstance(child, Branch):
                yield from child.layers()
            else:
                yield child


LONGEST = 6
"""Digits of a number that can be a layer's: what is longer is no network's."""

DEEPEST = 64
"""Numbers in one name: a U-Net has one for each halving."""


def branches(tensors: Mapping[str, Tensor]) -> dict[str, Branch]:
    """Networks by the name that stands before their first number: ``"netG.model"``.

    A tensor that has no place of its own in a tree, such as one of a layer's own attention, is
    in none of its layers' ``keys``.
    """
    found: dict[str, Branch] = {}
    for key, tensor in tensors.items():
        *path, last = key.split(".")
        places = [i for i, part in enumerate(path) if is_number(part)]
        if not 0 < len(places) <= DEEPEST:
            continue
        here = found.setdefault(".".join(path[: places[0]]), Branch())
        *above, number = (int(path[i]) for i in places)
        for each in above:
            child = here.children.setdefault(each, Branch())
            if isinstance(child, Layer):  # a layer that also has children: no known network
                child = here.children[each] = Branch()
            here = child
        module = ".".join(path)
        layer = here.children.setdefault(number, Layer(module))
        if isinstance(layer, Layer) and layer.path == module:
            layer.tensors[last] = tensor
            layer.keys.append(key)
    return found


def is_number(part: str) -> bool:
    """Whether a part of a name is the number of a layer."""
    return part.isascii() and part.isdecimal() and len(part) <= LONGEST
