"""One condition, drawn outside a show: the picture a set would see at that moment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from livegan.engine.program.nodes.instance import Moment, OperationInstance
from livegan.engine.program.picture_bytes import as_bytes
from livegan.graph.picture import call
from livegan.graph.signals.reading import Reading
from livegan.graph.sound import SOUND
from livegan.operation.moment import now_at
from livegan.plugin import registry
from livegan.size import Size
from livegan.sound import HOP, RATE
from livegan.sound.history import Hearing
from livegan.sound.media import duration, ends_at, open_media, until
from livegan.sound.soundtrack import Playhead, Soundtrack


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
    position = round(at * RATE) // HOP * HOP
    if duration(audio) * RATE < position:
        end = ends_at(audio)  # what the file says of itself may be a guess
        if end * RATE < position:
            raise _beyond(audio, end, at)
    # Read up to the moment, and analysed only if the encoder asks for what that finds.
    track = Soundtrack(lambda: until(open_media(audio), position))
    if not track.hear(position):
        raise _beyond(audio, track.position / RATE, at)
    history = Playhead(track)
    history.position = position
    sound = Hearing(history).at(position)
    now = now_at(sound)
    moment = Moment(now, sound, Reading(now, sound), size, torch.device("cpu"))
    with torch.inference_mode():
        return as_bytes(OperationInstance(node).draw(node, [], moment))


def _beyond(audio: Path, end: float, at: float) -> BeyondEnd:
    return BeyondEnd(f"{audio} is {end:.2f} s long: there is no moment at {at:g} s")
