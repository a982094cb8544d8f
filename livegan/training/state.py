"""The state of a training on disk, so that it can be killed at any moment."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import torch

from livegan.saving import replacing


class StateError(Exception):
    """A state that cannot be read or written; one line: which, what, what to do."""


def save(path: Path, state: dict[str, Any]) -> None:
    """Write ``state`` whole or not at all.

    Raises
    ------
    StateError
        If the disk is full or the folder cannot be written to; what was there before stays.
    """
    try:
        with replacing(path) as beside:
            torch.save(state, beside)
    except (OSError, RuntimeError) as error:  # torch's writer raises the latter on a full disk
        first = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise StateError(f"{path}: cannot be written ({first}); make room or mend it") from error


def load(path: Path) -> dict[str, Any]:
    """What :func:`save` wrote; tensors and plain values only, never code.

    Raises
    ------
    StateError
        If the file is damaged or no state.
    """
    try:
        found = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises a dozen kinds
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        text = f"{path}: cannot be read ({first}); delete it to begin anew"
        raise StateError(text) from error
    return cast(dict[str, Any], found)
