"""What a set asks of the autopilot: ``settings(autopilot=dict(...))``. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from livegan.plugin.closest import suggestion

BOLD = 0.3
CHANGE = "4 bars"


@dataclass(frozen=True)
class AutopilotWish:
    """How the autopilot plays a set."""

    bold: float = BOLD
    """0 changes little and seldom, 1 much and often."""
    change: str = CHANGE
    """The least time between two moves, unless the music drops."""
    never: tuple[str, ...] = ()
    """Moves, encoders, mixers and models that it leaves alone."""

    @classmethod
    def of(cls, said: Any) -> AutopilotWish:
        """As a set writes it; None and an empty dict are the usual.

        Raises
        ------
        ValueError
            In one line, for what is none of ``bold``, ``change`` and ``never``, or out of range.
        """
        if not said:
            return cls()
        if isinstance(said, cls):
            return said
        if not isinstance(said, Mapping):
            raise ValueError(f"autopilot is a dict, as in dict(bold=0.3), got {said!r}")
        for name in said:
            if name not in ("bold", "change", "never"):
                hint = suggestion(str(name), ("bold", "change", "never"))
                raise ValueError(f"autopilot has no {name!r}{hint}")
        bold = said.get("bold", BOLD)
        number = isinstance(bold, (int, float)) and not isinstance(bold, bool)
        if not number or not 0 <= bold <= 1:
            raise ValueError(f"autopilot: bold is a number from 0 to 1, got {bold!r}")
        change = said.get("change", CHANGE)
        if isinstance(change, (int, float)) and not isinstance(change, bool):
            change = f"{change:g} bars"
        if not isinstance(change, str):
            raise ValueError(f'autopilot: change is a time such as "4 bars", got {change!r}')
        never = said.get("never", ())
        if isinstance(never, str) or not all(isinstance(each, str) for each in never):
            raise ValueError(f'autopilot: never is a list, as in ["kaleid"], got {never!r}')
        return cls(float(bold), change, tuple(never))

    @property
    def row(self) -> dict[str, Any]:
        """As a set writes it, for messages."""
        return {"bold": self.bold, "change": self.change, "never": list(self.never)}
