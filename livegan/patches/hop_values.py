"""What the parameters of patches are worth at each hop, whoever plays them: a show or a rehearsal.

A frame comes 30 times a second, too rarely for a drum. So expressions are read at every hop, from
the sound that was heard before it. What has no past to look up is read as it is now: controls, and
what pictures look like.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from livegan.graph.patch import PatchSound
from livegan.graph.signals.control_reading import ControlValue
from livegan.graph.signals.reading import HeardSounds, Reading, live_values
from livegan.operation.moment import now_at
from livegan.patches.built_patch import Values
from livegan.patches.player import held
from livegan.sound import HOP, RATE
from livegan.sound.history import Sound

ReadControls = Callable[[float], Mapping[str, ControlValue]]
"""All controls at a show time, in seconds."""


class PatchValues:
    """Reads the parameters of one patch, hop after hop.

    Parameters
    ----------
    controls : asked for the controls at the time of a hop.
    seed, beats_per_bar : of the show, for what is random and for bars.
    """

    def __init__(self, controls: ReadControls, seed: int = 0, beats_per_bar: int = 4) -> None:
        self.controls = controls
        self.seed, self.beats_per_bar = seed, beats_per_bar
        self._memory: dict[str, Any] = {}
        self._position = -1

    def at(
        self,
        patch: PatchSound,
        sound: Sound,
        sounds: HeardSounds | None,
        pictures: Mapping[str, float],
    ) -> Values:
        """The values that a patch reaches in the hop after ``sound``, the show's own.

        ``sounds`` are the others up to the same moment, ``pictures`` what pictures look like.
        """
        if sound.position != self._position + HOP:
            self._memory.clear()  # it began, or there was a pause
        self._position = sound.position
        before = (sound.position - HOP) / RATE
        now = now_at(sound, before=before, seed=self.seed, beats_per_bar=self.beats_per_bar)
        reading = Reading(
            now,
            sound,
            self._memory,
            controls=self.controls(now.time),
            sounds=sounds,
            pictures=pictures,
        )
        return held(patch.operation, live_values(patch.operation, patch.live, reading))
