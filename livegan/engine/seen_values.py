"""What pictures look like, on its way from the engine to the processes of patches."""

from __future__ import annotations

from collections.abc import Mapping

from livegan.ipc.control_table import ControlTable, ControlTableFull


class SeenValues:
    """Writes the numbers of each frame into a control table of their own; only what changed."""

    def __init__(self, address: str | None) -> None:
        """``address`` is that of a lane; None where nobody reads."""
        self._address = address
        self._table: ControlTable | None = None
        self._last: dict[str, float] = {}

    def write(self, seen: Mapping[str, float], time: float) -> None:
        """Write the numbers of the frame at that show time, in seconds."""
        if not seen or self._address is None:
            return
        if self._table is None:
            try:
                self._table = ControlTable.attach(self._address)
            except FileNotFoundError:  # the stage is gone
                self._address = None
                return
        for name, value in seen.items():
            if self._last.get(name) == value:
                continue
            self._last[name] = value
            try:
                self._table.set(name, value, time)
            except ControlTableFull:  # of hundreds of names in one show, the later ones are 0
                return

    def close(self) -> None:
        """Let go of the table."""
        if self._table is not None:
            self._table.close()
