"""The thumb strip: each slot's condition above the picture it paints."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from livegan.engine.program.player import as_bytes
from livegan.engine.program.program import Program
from livegan.generators.channels import resize

EDGE = 96


def strip(program: Program) -> Any:
    """(192, 96 n, 3) uint8 for n slots, conditions above pictures; None if there are none."""
    columns = []
    for step in program.slots[:16]:
        condition = step.inputs[0]
        assert condition is not None
        shown = (program.steps[condition].instance.last, step.instance.last)
        parts = [picture for picture in shown if picture is not None]
        if len(parts) == 2:
            with torch.inference_mode():
                small = [resize(p, EDGE, EDGE) for p in parts]
                columns.append(as_bytes(torch.cat(small, dim=1)))
        else:
            columns.append(np.full((2 * EDGE, EDGE, 3), 40, np.uint8))
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
