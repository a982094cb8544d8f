"""What a MIDI message sets: its bytes as controls. Pure; MIDI 1.0, channel messages."""

from __future__ import annotations

import re
from collections.abc import Sequence

from livegan.control_names import of_midi

NOTE_OFF, NOTE_ON, KEY_PRESSURE, CONTROLLER, PROGRAM, PRESSURE, BEND = range(0x80, 0xF0, 0x10)
MODES = 120
"""Controllers from here on are no faders."""
RELEASING = (120, 123, 124, 125, 126, 127)
"""Of them, those that release all keys: all sound off, all notes off, and changes of mode."""
LENGTHS = {PROGRAM: 2, PRESSURE: 2}
"""Bytes of a message; 3 of the others."""
LONGEST = 90
"""Bytes of a port's name: it is a part of names in the control table."""
OWN = re.compile(r"livegan(-\d+)?:")
"""What ALSA and JACK write before the names of ports that livegan has opened."""
CLIENT = re.compile(r"\s\d+:\d+$")
"""What ALSA writes behind the name of a port: it is another one each time."""


def sets(port: str, message: Sequence[int], held: set[int]) -> list[tuple[str, float]]:
    """(control, value) for what a message says; nothing for one that is none of a channel.

    ``held`` are the keys of this port that are down, channel * 128 + key; it is kept up.
    """
    if not message:
        return []
    status, channel = message[0] & 0xF0, (message[0] & 0x0F) + 1
    if status not in range(NOTE_OFF, 0xF0, 0x10) or len(message) != LENGTHS.get(status, 3):
        return []
    if any(not 0 <= byte < 128 for byte in message[1:]):
        return []
    first, last = message[1], message[-1]
    if status in (NOTE_ON, NOTE_OFF):
        key = channel * 128 + first
        note, hit = (of_midi(port, channel, f"{what} {first}") for what in ("note", "hit"))
        if status == NOTE_ON and last > 0:
            held.add(key)
            return [(hit, last / 127), (note, last / 127)]
        held.discard(key)
        return [(note, 0.0)]
    if status == CONTROLLER and first >= MODES:
        return released(port, held, channel) if first in RELEASING else []
    if status == CONTROLLER:
        return [(of_midi(port, channel, f"cc {first}"), last / 127)]
    if status == KEY_PRESSURE:
        return [(of_midi(port, channel, f"pressure {first}"), last / 127)]
    if status == PRESSURE:
        return [(of_midi(port, channel, "pressure"), last / 127)]
    if status == PROGRAM:
        return [(of_midi(port, channel, "program"), float(last))]
    bent = first + 128 * last - 8192  # 14 bits, the low seven first; the middle is 8192
    return [(of_midi(port, channel, "bend"), bent / (8191 if bent > 0 else 8192))]


def released(port: str, held: set[int], channel: int | None = None) -> list[tuple[str, float]]:
    """The keys that are let go, of one channel or of all: of a device that was pulled, too."""
    keys = [key for key in sorted(held) if channel in (None, key // 128)]
    held.difference_update(keys)
    return [(of_midi(port, key // 128, f"note {key % 128}"), 0.0) for key in keys]


def is_own(name: str) -> bool:
    """Whether a port is one that livegan has opened: a system lists them among all others."""
    return OWN.match(name) is not None


def plain(name: str) -> str:
    """The name of a port as it is when the device is plugged in again, `LONGEST` bytes at most."""
    short = CLIENT.sub("", name).strip().encode(errors="replace")[:LONGEST]
    return short.decode(errors="ignore") or "MIDI"
