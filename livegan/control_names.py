"""What controls are called in the control table: by those who write it, and by those who read.

| name | value |
|---|---|
| ``knob/hue`` | of a knob of the set, in the knob's own range |
| ``pad/hit`` | how hard a pad was struck, 0..1; its time is that of the blow |
| ``osc/accxyz#1`` | the number that came to an OSC address, as it came; arguments count from 0 |
| ``midi/PORT/CHANNEL/cc 7`` | a controller, 0..1; also ``bend`` (-1..1), ``pressure``, |
| | ``pressure 60`` (of one key) and ``program`` (0..127) |
| ``midi/PORT/CHANNEL/note 36`` | the velocity of a key while it is held, then 0 |
| ``midi/PORT/CHANNEL/hit 36`` | the velocity of the last blow; it stays |
| ``gamepad/NAME/axis 0`` | a stick or trigger, -1..1; ``button 0`` is 1 while it is pressed, and |
| | ``hit 0`` counts by its time, as that of a key |
| ``clock/beats``, ``clock/bpm`` | where a clock from outside stood at that time, and its tempo |
"""

from __future__ import annotations

import re

NAME = re.compile(r"[^\s#*,/?\[\]{}=:\x00-\x1f\x7f]{1,60}")
"""What a knob or pad can be called: one word that an OSC address and ``--knob`` can hold."""
KNOB, PAD, OSC, MIDI, GAMEPAD = "knob/", "pad/", "osc", "midi/", "gamepad/"
SENT_FRAME = "frame"
"""In the table of what sets send: is set last, when all numbers of that frame are there."""
CLOCK_BEATS, CLOCK_BPM = "clock/beats", "clock/bpm"


def of_osc(address: str, argument: int) -> str:
    """The control of an argument, counted from 0, of an OSC address."""
    return f"{OSC}{address}#{argument}"


def of_midi(port: str, channel: int, what: str) -> str:
    """The control of one part of a controller: ``what`` is ``cc 7``, ``note 36``, ``bend``..."""
    return f"{MIDI}{port}/{channel}/{what}"


def of_gamepad(name: str, what: str) -> str:
    """The control of one part of a gamepad: ``what`` is ``axis 0``, ``button 0`` or ``hit 0``."""
    return f"{GAMEPAD}{name}/{what}"


def is_hit(name: str) -> bool:
    """Whether a control is a blow, which counts by its time even where its value stays."""
    return name.startswith(PAD)
