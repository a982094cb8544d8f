"""Sends what a set says with ``send(midi(...), ...)``: to lights of controllers, and to machines.

Runs in the process that receives MIDI (`livegan.stage.hands.midi_guest`). The numbers come from the
table that `livegan.engine.sent_values` writes, so an engine that is replaced sends nothing twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from livegan.control_names import SENT_FRAME
from livegan.ipc.messages import Row
from livegan.stage.hands.midi_message import (
    BEND,
    CONTROLLER,
    KEY_PRESSURE,
    NOTE_OFF,
    NOTE_ON,
    PRESSURE,
    PROGRAM,
    plain,
)
from livegan.stage.hands.midi_outputs import MidiOutput, MidiOutputs

LOOK = 0.004  # seconds between looks at the numbers; one takes 2 us where nothing changed
STRIKES = 32
"""Of 127: a note that is on and rises by so much from one picture to the next is struck again."""
Messages = list[list[int]]


class MidiSender:
    """Sends what changed, and ends the notes that it began."""

    def __init__(self, outputs: MidiOutputs, note: Callable[[str], None]) -> None:
        self._outputs, self._note = outputs, note
        self.rows: Sequence[Row] = ()
        """What the set on the air sends by MIDI: see `livegan.ipc.messages.Settings`."""
        self._seen: object = None
        self._missing: set[str] = set()

    @property
    def ports(self) -> set[str]:
        """The devices that something is sent to."""
        return {str(row["port"]) for row in self.rows}

    def follow(self, rows: Sequence[Row]) -> None:
        """Another set is on the air: notes that it does not send end."""
        kept = {row["key"] for row in rows}
        self._release([row for row in self.rows if row["key"] not in kept])
        self.rows, self._seen = rows, None

    def look(self) -> None:
        """Say once of each device that is not there; after a scan."""
        gone = {port for port in self.ports if not self._outputs.of(port)}
        for port in sorted(gone - self._missing):
            there = ", ".join(plain(name) for name in self._outputs.there) or "no outputs at all"
            why = f"the set sends to {port!r}, which is not there or cannot be opened"
            self._note(f"MIDI: {why}; there are: {there}. It is opened when it comes")
        self._missing = gone

    def send(self, values: Mapping[str, Any]) -> None:
        """Send what changed since the last look; ``values`` are controls by name."""
        frame = values.get(SENT_FRAME)
        seen = frame, self._outputs.serial
        if frame is None or seen == self._seen:
            return
        self._seen = seen
        for row in self.rows:
            found = values.get(f"{row['key']}#0")
            if found is None:
                continue
            for output in self._outputs.of(row["port"]):
                before = output.last.get(row["key"])
                output.last[row["key"]], messages = step(row, found.value, before)
                for message in messages:
                    output.send(message)

    def _release(self, rows: Sequence[Row]) -> None:
        for row in rows:
            for output in self._outputs.of(row["port"]):
                self._end(row, output)

    @staticmethod
    def _end(row: Row, output: MidiOutput) -> None:
        last = output.last.pop(row["key"], None)
        if row["kind"] == "note" and last is not None and last[0]:
            output.send([NOTE_OFF | int(row["channel"]) - 1, int(row["number"]), 0])

    def close(self) -> None:
        """End the notes that are on."""
        self._release(self.rows)


def step(row: Row, value: float, before: Any) -> tuple[Any, Messages]:
    """What is remembered of a number that is sent, and the messages for it; ``before`` is what was
    remembered, None if nothing was sent yet. Pure."""
    channel, number = int(row["channel"]) - 1, row["number"]
    if row["kind"] == "note":
        return note_step(row, channel, round(127 * within(value, 0, 1)), before)
    if row["kind"] == "bend":
        bent = 8192 + round(within(value, -1, 1) * (8191 if value > 0 else 8192))
        data = [BEND | channel, bent & 127, bent >> 7]
    elif row["kind"] == "program":
        data = [PROGRAM | channel, round(within(value, 0, 127))]
    else:
        status = {"cc": CONTROLLER, "pressure": PRESSURE if number is None else KEY_PRESSURE}
        place = [] if number is None else [int(number)]
        data = [status[str(row["kind"])] | channel, *place, round(127 * within(value, 0, 1))]
    return data, [data] if data != before else []


def note_step(row: Row, channel: int, velocity: int, before: Any) -> tuple[Any, Messages]:
    """`step` for a note: remembers the velocity it is on with, 0 if it is off, and the value of the
    picture before."""
    on = [NOTE_ON | channel, int(row["number"]), velocity]
    off = [NOTE_OFF | channel, int(row["number"]), 0]
    held, last = before or (0, 0)
    if not velocity:
        return (0, 0), [off] if held or before is None else []
    if row["light"]:
        return (velocity, velocity), [on] if velocity != held else []
    if not held:
        return (velocity, velocity), [on]
    if velocity - last >= STRIKES:
        return (velocity, velocity), [off, on]
    return (held, velocity), []


def within(value: float, low: float, high: float) -> float:
    """The value, at most ``high`` and at least ``low``."""
    return min(max(value, low), high)
