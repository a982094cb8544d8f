"""Knobs and pads that clients turn and strike, and for which they have controls learnt."""

from __future__ import annotations

from livegan.control_names import KNOB, PAD
from livegan.ipc.messages import Row
from livegan.ipc.remote.schema import Command, HitPad, LearnControl, SetKnob
from livegan.plugin.closest import suggestion
from livegan.sound import RATE
from livegan.stage.hands.learning import Learning
from livegan.stage.hands.mapping.controls_file import CannotMap
from livegan.stage.remote.server import Declined
from livegan.stage.remote.showing import Showing
from livegan.stage.show_memory import ShowMemory

LONGEST_GUESS = 60
"""Characters of a mistyped name that is compared with those that there are."""
_NO_ROW: Row = {}


class RemoteHands:
    """Turns knobs and strikes pads; at once, on the thread of whoever asks."""

    def __init__(self, memory: ShowMemory, showing: Showing, learning: Learning) -> None:
        self._controls, self._sound, self._showing = memory.controls, memory.sound, showing
        self._learning = learning

    def __call__(self, command: Command) -> str | None:
        """Do it, if it is for a knob or a pad. Raises Declined."""
        if isinstance(command, SetKnob):
            return self._turn(command)
        if isinstance(command, HitPad):
            return self._strike(command)
        if isinstance(command, LearnControl):
            return self._learn(command)
        return None

    def _turn(self, command: SetKnob) -> str:
        rows = {str(row["name"]): row for row in self._showing.declared}
        row = self._known("knob", command.name, rows)
        low, high = row["low"], row["high"]
        if not low <= command.value <= high:  # also what is no number
            raise Declined(f"knob {command.name!r} goes from {low:g} to {high:g}")
        self._set(KNOB + command.name, command.value)
        return f"{command.name} {command.value:g}"

    def _strike(self, command: HitPad) -> str:
        self._known("pad", command.name, dict.fromkeys(self._showing.pads, _NO_ROW))
        if not 0 < command.strength <= 1:
            raise Declined(f"pad {command.name!r}: the strength is above 0, and 1 at most")
        self._set(PAD + command.name, command.strength)
        return f"{command.name} {command.strength:g}"

    def _learn(self, command: LearnControl) -> str:
        name = command.name
        if not name:
            self._learning.cancel()
            return self._learning.said
        try:
            if command.forget:  # also of a knob that the set has no longer
                pad = name in self._showing.pads
                return self._learning.forget("pad" if pad else "knob", name)
            knobs = {str(row["name"]): row for row in self._showing.declared}
            pads = dict.fromkeys(self._showing.pads, _NO_ROW)
            self._known("knob or pad", name, {**knobs, **pads})
            return self._learning.begin("knob" if name in knobs else "pad", name)
        except CannotMap as error:
            raise Declined(str(error)) from None

    def _known(self, kind: str, name: str, rows: dict[str, Row]) -> Row:
        """The row of a knob or pad. Raises Declined if the set has none of that name."""
        if name in rows:
            return rows[name]
        if not self._showing.plays:
            raise Declined("no set is on the air yet")
        if not rows:
            raise Declined(f"there is no {kind} {name!r:.80}: the set on the air has no {kind}s")
        # A long one is no slip of the fingers, and comparing it with each name takes time.
        near = suggestion(name, rows) if len(name) <= LONGEST_GUESS else ""
        raise Declined(f"there is no {kind} {name!r:.80}{near}")

    def _set(self, name: str, value: float) -> None:
        try:
            self._controls.set(name, value, self._sound.position / RATE)
        except ValueError as error:
            raise Declined(str(error)) from None
