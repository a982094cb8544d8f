"""The catalogue of faults: what can be done to a show, all of it."""

from __future__ import annotations

from livegan.gremlins.fault import Gremlin
from livegan.gremlins.faults.checkpoints import CHECKPOINTS
from livegan.gremlins.faults.deaths import DEATHS, DEVICE_FAULTS, WITH_STANDBY
from livegan.gremlins.faults.edits import EDITS, KILLERS, slips
from livegan.gremlins.faults.files import FILES
from livegan.gremlins.faults.hangs import HANGS
from livegan.gremlins.faults.memory import MEMORY
from livegan.gremlins.faults.patches import PATCHES
from livegan.gremlins.faults.sounds import SOUNDS
from livegan.gremlins.faults.sources import SOURCES
from livegan.gremlins.faults.stages import CLOCKS, STAGES
from livegan.gremlins.faults.windows import WINDOWS


def catalogue(saves: int, seed: int) -> tuple[Gremlin, ...]:
    """Every fault once, in the order of the rows; ``saves`` is how many slips the first makes."""
    return (
        slips(saves, seed),
        *EDITS,
        *HANGS,
        *DEATHS,
        *WITH_STANDBY,
        *DEVICE_FAULTS,
        *KILLERS,
        *SOUNDS,
        *SOURCES,
        *PATCHES,
        *WINDOWS,
        *FILES,
        *CHECKPOINTS,
        *MEMORY,
        *STAGES,
        *CLOCKS,
    )
