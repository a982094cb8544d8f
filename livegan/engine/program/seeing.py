"""What pictures look like, as numbers, measured in each frame where signals look at them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool2d

from livegan.engine.program.graphics_card.late_numbers import LateNumbers
from livegan.engine.program.program import Program
from livegan.graph.picture import Picture

SMALL = 32
"""Pixels of a side at which pictures are compared."""
MOVES = 4.0
"""A mean change of a quarter of the whole range is as much as is told apart."""
LUMA = (0.2126, 0.7152, 0.0722)
"""Of red, green and blue (ITU-R BT.709)."""


class Seeing:
    """Measures frame after frame; ``values`` are those of the last one, by name."""

    def __init__(self) -> None:
        self.values: Mapping[str, float] = {}
        self._before: dict[str, Tensor] = {}

    def look(
        self, program: Program, pictures: Sequence[Tensor], late: LateNumbers | None = None
    ) -> None:
        """Measure what the program's signals look at, in the pictures of its steps; with ``late``
        when these arrive."""
        seen = program.graph.seen
        if not seen:
            self.values, self._before = {}, {}
            return
        of = {id(step.node): index for index, step in enumerate(program.steps)}
        nodes = {node.name: pictures[of[id(node)]] for node, _ in seen.values()}
        small = [shrunk(picture) for picture in nodes.values()]
        if late is None:
            found = [each.to("cpu") for each in small]
            self._measure(program, dict(zip(nodes, found, strict=True)))
            return

        def take(numbers: Tensor) -> None:
            found = numbers.reshape(len(nodes), 3, SMALL, SMALL)
            self._measure(program, dict(zip(nodes, found, strict=True)))

        late.bring(torch.stack(small), take)

    def _measure(self, program: Program, small: dict[str, Tensor]) -> None:
        seen = program.graph.seen
        self.values = {
            name: self._measured(node, what, small[node.name])
            for name, (node, what) in seen.items()
        }
        self._before = small

    def _measured(self, node: Picture, what: str, small: Tensor) -> float:
        if what == "brightness":
            return brightness(small)
        if what == "hue_of":
            return hue(small)
        before = self._before.get(node.name)
        if before is None:
            return 0.0
        return min(1.0, MOVES * float((small - before).abs().mean()))


def shrunk(picture: Tensor) -> Tensor:
    """(3, H, W) → (3, 32, 32), each the mean of its part."""
    return adaptive_avg_pool2d(picture, SMALL).to(torch.float32)


def brightness(picture: Tensor) -> float:
    """The mean luma of a picture, 0..1."""
    red, green, blue = picture.mean(dim=(1, 2)).tolist()
    return float(LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue)


def hue(picture: Tensor) -> float:
    """The hue of a picture, 0..1: of all its colours, the more colourful the more they count."""
    red, green, blue = picture.mean(dim=(1, 2)).tolist()
    turn = math.atan2(math.sqrt(3.0) / 2.0 * (green - blue), red - (green + blue) / 2.0)
    return turn / (2.0 * math.pi) % 1.0
