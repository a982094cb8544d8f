"""Moves between the sets of a show."""

from __future__ import annotations

import random
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from livegan.autopilot.set_text import SetText


def another_scene(
    score: SetText, *, scenes: tuple[str, ...], chance: random.Random
) -> SetText | None:
    """Another set of the show plays."""
    if not scenes:
        return None
    scene = chance.choice(scenes)
    return score.turning_to(scene).saying(f"scene {Path(scene).stem}")
