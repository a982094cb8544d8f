"""Moves between the sets of a show."""

from __future__ import annotations

import random
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from livegan.autopilot.set_code import SetCode


def another_scene(
    score: SetCode, *, scenes: tuple[str, ...], chance: random.Random
) -> SetCode | None:
    """Another set of the show plays."""
    if not scenes:
        return None
    scene = chance.choice(scenes)
    return score.turning_to(scene).saying(f"scene {Path(scene).stem}")
