"""One of two plugins that claim one name."""

from __future__ import annotations

from typing import Any

from livegan.plugin import hookimpl


def dusk(picture: Any) -> Any:
    """Darker."""
    return picture * 0.5


@hookimpl
def register_mixers(register: Any) -> None:
    register(dusk)
