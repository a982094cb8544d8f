"""A plugin that takes its time to import."""

from __future__ import annotations

import time
from typing import Any

from livegan.plugin import hookimpl

time.sleep(2)


def late(sound: Any) -> Any:
    """The level, as a grey field."""
    return sound.peaks(64, 1.0)[:, None].repeat(64, axis=1)


@hookimpl
def register_encoders(register: Any) -> None:
    register(late)
