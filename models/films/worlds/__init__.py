"""The worlds: pictures that are functions of the sound up to now."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from worlds.city import City
from worlds.corridor import Corridor
from worlds.dunes import Dunes
from worlds.fjord import Fjord
from worlds.forest import Forest
from worlds.moth import Moth
from worlds.nebula import Nebula
from worlds.ocean import Ocean


class World(Protocol):
    """A world.  ``encoder`` names the condition from which its pictures can be read."""

    encoder: str

    def draw(self, sound: Any, size: int) -> NDArray[np.float32]:
        """(size, size, 3), 0..1: the picture at this moment of the sound."""


WORLDS: dict[str, type[World]] = {
    "nebula": Nebula,
    "corridor": Corridor,
    "city": City,
    "ocean": Ocean,
    "dunes": Dunes,
    "fjord": Fjord,
    "moth": Moth,
    "forest": Forest,
}
