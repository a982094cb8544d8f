"""What a patch plays, for tests: hop by hop, as a show plays it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livegan.graph.patch import call_patch
from livegan.graph.sound import SOUND
from livegan.patches.player import PatchPlayer, held
from livegan.plugin.declare import declare
from livegan.sound import HOP, RATE

Array = NDArray[np.float32]


def listen_to(make: Callable[..., Any], sound: Array, /, *, seed: int = 0, **values: Any) -> Array:
    """What a patch plays, (n, 2) float32 at 48 kHz, while it is given a sound of that shape.

    Parameters
    ----------
    make : the function of the patch; each of its inputs is given ``sound``.
    sound : (n, 2) float32 at 48 kHz; n is rounded up to whole hops of 480.
    seed : of the show.
    values : parameters that are not at their default.

    Raises
    ------
    Exception
        What the patch raises, or a function of it that pyo calls.
    """
    operation = declare("patch", make)
    node = call_patch(operation, tuple(SOUND for _ in operation.inputs), values)
    failed: list[BaseException] = []

    def fault(what: str, error: BaseException | None) -> None:
        if error is not None:
            failed.append(error)

    player = PatchPlayer(seed, fault)
    now = held(operation, node.live)
    missing = -len(sound) % HOP
    whole = np.concatenate([sound, np.zeros((missing, 2), np.float32)])
    out = []
    try:
        player.use(node, now, len(node.inputs))
        for at in range(0, len(whole), HOP):
            out.append(player.play([whole[at : at + HOP]] * len(node.inputs), now))
            if failed:
                raise failed[0]
    finally:
        player.close()
    return np.concatenate(out)[: len(sound)] if out else np.zeros((0, 2), np.float32)


def noise(seconds: float, loud: float = 0.3) -> Array:
    """White noise, (n, 2) float32, the same each time."""
    count = round(seconds * RATE)
    return np.random.default_rng(7).uniform(-loud, loud, (count, 2)).astype(np.float32)
