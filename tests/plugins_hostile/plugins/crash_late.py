"""A plugin that fails in its five hundredth frame."""

from __future__ import annotations

from typing import Any

from livegan.plugin import hookimpl


class Tired:
    """The sound, five hundred times."""

    def __init__(self) -> None:
        self.frames = 0

    def draw(self, sound: Any) -> Any:
        self.frames += 1
        if self.frames >= 500:
            raise RuntimeError("tired after 500 frames")
        return sound.peaks(64, 1.0)[:, None].repeat(64, axis=1)


@hookimpl
def register_encoders(register: Any) -> None:
    register(Tired, name="tired")
