"""The thumb strip: each slot's condition above the picture it paints."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from livegan.engine.program.player import as_bytes
from livegan.engine.program.program import Program
from livegan.generators.channels import fitted

HEIGHT = 96
WIDEST = 5.0
"""Times the height: what is wider is squeezed."""


def strip(program: Program) -> Any:
    """Of n slots in the canvas's shape, (192, n W, 3) uint8, conditions above pictures; None if
    there are none."""
    width = max(1, round(HEIGHT * min(program.size.aspect, WIDEST)))
    columns = []
    for step in program.slots[:16]:
        condition = step.inputs[0]
        assert condition is not None
        shown = (program.steps[condition].instance.last, step.instance.last)
        parts = [picture for picture in shown if picture is not None]
        if len(parts) == 2:
            with torch.inference_mode():
                small = [fitted(p, HEIGHT, width) for p in parts]
                columns.append(as_bytes(torch.cat(small, dim=1)))
        else:
            columns.append(np.full((2 * HEIGHT, width, 3), 40, np.uint8))
    return np.concatenate(columns, axis=1) if columns else None


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
