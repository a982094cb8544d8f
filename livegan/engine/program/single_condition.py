"""One condition, drawn outside a show: the picture a set would see at that moment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from livegan.engine.program.instance import Moment, OperationInstance
from livegan.engine.program.player import as_bytes
from livegan.graph.picture import call
from livegan.graph.reading import Reading
from livegan.graph.sound import SOUND
from livegan.plugin import Now, registry
from livegan.size import Size
from livegan.sound import HOP, RATE
from livegan.sound.history import Hearing, RecordedHistory
from livegan.sound.media import decode


class BeyondEnd(ValueError):
    """A moment after the end of the recording."""


def draw_condition(name: str, audio: Path, at: float, size: Size, values: dict[str, Any]) -> Any:
    """The condition an encoder draws for a recording at ``at`` seconds: (H, W, 3) uint8.

    Raises
    ------
    livegan.plugin.registry.UnknownName
        If there is no such encoder.
    livegan.graph.place.SetError
        If it does not take one of ``values``.
    livegan.sound.media.MediaError
        If the recording cannot be read.
    """
    operation = registry.current().operation("encoder", name)
    node = call(operation, (SOUND,), values)
    node.name = name
    history = RecordedHistory.of(decode(audio))
    position = round(at * RATE) // HOP * HOP
    if position > history.position:
        length = f"{history.position / RATE:.2f} s long"
        raise BeyondEnd(f"{audio} is {length}: there is no moment at {at:g} s")
    sound = Hearing(history).at(position)
    now = Now(time=sound.time, bpm=sound.bpm, beats=sound.beats)
    moment = Moment(now, sound, Reading(now, sound), size, torch.device("cpu"))
    with torch.inference_mode():
        return as_bytes(OperationInstance(node, moment).draw(node, [], moment))
