"""A plugin whose hook never comes back."""

from __future__ import annotations

from typing import Any

from livegan.plugin import hookimpl


@hookimpl
def register_encoders(register: Any) -> None:
    while True:
        pass
