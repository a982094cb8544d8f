"""A plugin that declares what cannot be played."""

from __future__ import annotations

from typing import Any

from livegan.plugin import hookimpl


def anything(sound: Any, **values: Any) -> Any:
    """Takes whatever comes."""
    return sound.peaks(64, 1.0)[:, None]


@hookimpl
def register_encoders(register: Any) -> None:
    register(anything)
