"""A plugin that draws what is no picture."""

from __future__ import annotations

from typing import Any

import numpy as np

from livegan.plugin import hookimpl


def cube(sound: Any) -> Any:
    """Four dimensions."""
    return np.zeros((2, 8, 8, 3), np.float32)


@hookimpl
def register_encoders(register: Any) -> None:
    register(cube)
