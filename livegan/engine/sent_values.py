"""The numbers that a program sends, on their way to the process of the stage that sends them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from livegan.control_names import SENT_FRAME
from livegan.ipc.control_table import ControlTable, ControlTableFull

if TYPE_CHECKING:  # a process that starts is to be heard of before torch is loaded
    from livegan.engine.program.sends import SentNumbers


class SentValues:
    """Writes the numbers into a control table of their own; only what changed."""

    def __init__(self, address: str | None, note: Callable[[str], None]) -> None:
        """``address`` is that of a lane; None where nobody sends."""
        self._address, self._note = address, note
        self._table: ControlTable | None = None
        self._last: dict[str, float] = {}
        self._full = False

    def write(self, sent: SentNumbers, frame: int, time: float) -> None:
        """Write the numbers of a frame."""
        if not sent or self._address is None:
            return
        if self._table is None:
            # Not before: the engine whose lane it was has ended by now, its names are all there.
            try:
                self._table = ControlTable.attach(self._address)
            except FileNotFoundError:  # the stage is gone
                self._address = None
                return
        changed = False
        for send, values in sent:
            for index, value in enumerate(values):
                name = f"{send.key}#{index}"
                if self._last.get(name) == value:
                    continue
                self._last[name] = value
                changed = True
                try:
                    self._table.set(name, value, time)
                except ControlTableFull:
                    if not self._full:
                        self._full = True
                        self._note(
                            "send: too many different addresses were sent to in this show; new "
                            "ones are left out until you start it again"
                        )
        if changed:
            self._table.set(SENT_FRAME, float(frame), time)

    def close(self) -> None:
        """Let go of the table."""
        if self._table is not None:
            self._table.close()
