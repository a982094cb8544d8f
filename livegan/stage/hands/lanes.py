"""Where a guest writes controls: several lanes of the control table, as one."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from livegan.control_names import is_hit
from livegan.ipc.control_table import NAME, ROWS, ControlTable, Snapshot

LANES = 4
"""Of the control table's, for each guest."""


class Lanes:
    """Writes controls by name, up to half of its room; the other half is for those that the set on
    the air asks for, so that a flood of names costs a set nothing."""

    def __init__(self, addresses: Sequence[str]) -> None:
        """``addresses`` are those of `ControlTable.lane`. FileNotFoundError if the table is
        gone."""
        self._tables = [ControlTable.attach(address) for address in addresses]
        self._of = {name: table for table in self._tables for name in table.own_names()}
        self.room = ROWS * len(self._tables)
        """The names that there is room for."""
        self.wanted: Collection[str] = ()
        """The names that the set on the air listens to."""
        self.left_out = 0
        """How often something was not written, as there was no room for its name."""

    @property
    def names(self) -> Collection[str]:
        """Those that are written here."""
        return self._of.keys()

    def set(self, name: str, value: float, time: float) -> None:
        """Set a control at a show time. A blow of 0 is the hand that leaves the pad: no blow."""
        if is_hit(name) and value <= 0:
            return
        table = self._of.get(name)
        if table is None:
            limit = self.room if name in self.wanted else self.room // 2
            if len(self._of) >= limit or not 0 < len(name.encode()) <= NAME:
                self.left_out += 1
                return
            table = next(t for t in self._tables if len(t.own_names()) < ROWS)
            self._of[name] = table
        table.set(name, value, time)

    def snapshot(self) -> Snapshot:
        """All controls of the show as they are now, of every writer."""
        return self._tables[0].snapshot()

    def close(self) -> None:
        """Let go of the table."""
        for table in self._tables:
            table.close()
