"""The thumb strip: each slot's condition above the picture it paints."""

from __future__ import annotations

import torch

from livegan.engine.program.program import Program
from livegan.generators.channels import fitted

HEIGHT = 96
WIDEST = 5.0
"""Times the height: what is wider is squeezed."""
EMPTY = 40 / 255
"""The grey of a slot that has painted nothing yet."""


def strip(program: Program) -> torch.Tensor | None:
    """Of n slots in the canvas's shape, a picture (3, 192, n W), conditions above pictures; None if
    there are none."""
    width = max(1, round(HEIGHT * min(program.size.aspect, WIDEST)))
    columns: list[torch.Tensor | None] = []
    with torch.inference_mode():
        for step in program.slots[:16]:
            condition = step.inputs[0]
            assert condition is not None
            shown = (program.steps[condition].instance.last, step.instance.last)
            small = [fitted(picture, HEIGHT, width) for picture in shown if picture is not None]
            columns.append(torch.cat(small, dim=1) if len(small) == 2 else None)
        painted = next((column for column in columns if column is not None), torch.empty(0))
        empty = painted.new_full((3, 2 * HEIGHT, width), EMPTY)
        found = [empty if column is None else column for column in columns]
        return torch.cat(found, dim=2) if found else None


def slots(program: Program) -> list[dict[str, str]]:
    """The slots as the HUD names them, in the order of the strip."""
    return [
        {
            "name": step.name,
            "model": str(step.node.fixed["checkpoint"]),
            "condition": step.node.pictures[0].name if step.node.pictures else "",
        }
        for step in program.slots[:16]
    ]
