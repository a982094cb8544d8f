"""The drum channel of a standard MIDI file, as a table of seconds and notes.

Source: "Standard MIDI Files 1.0", MIDI Manufacturers Association.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

DRUMS = 9
"""The channel of drums, counted from 0."""
_TEMPO = 500_000  # microseconds a beat before a file says another
_DATA_BYTES = {0x8: 2, 0x9: 2, 0xA: 2, 0xB: 2, 0xC: 1, 0xD: 1, 0xE: 2}


def drum_notes(data: bytes) -> list[tuple[float, int]]:
    """(seconds, note) of every stroke on the drum channel, in order.

    Raises
    ------
    ValueError
        If it is no MIDI file, or is cut off.
    """
    if data[:4] != b"MThd" or len(data) < 14:
        raise ValueError("it is no standard MIDI file")
    division = struct.unpack(">h", data[12:14])[0]
    strokes: list[tuple[int, int]] = []
    tempos: list[tuple[int, int]] = []
    at = 8 + struct.unpack(">I", data[4:8])[0]
    try:
        while at + 8 <= len(data):
            size = struct.unpack(">I", data[at + 4 : at + 8])[0]
            if data[at : at + 4] == b"MTrk":
                for tick, status, body in events(data[at + 8 : at + 8 + size]):
                    if status == 0x90 | DRUMS and body[1]:
                        strokes.append((tick, body[0]))
                    elif status == 0xFF and body[0] == 0x51:
                        tempos.append((tick, int.from_bytes(body[1:4], "big")))
            at += 8 + size
    except IndexError:
        raise ValueError("the MIDI file is cut off") from None
    if division < 0:  # frames a second, and ticks a frame
        second = -(division >> 8) * (division & 0xFF)
        return [(tick / second, note) for tick, note in sorted(strokes)]
    return list(timed(sorted(strokes), sorted(tempos), division))


def events(track: bytes) -> Iterator[tuple[int, int, bytes]]:
    """(tick, status, data) of a track's events; of a meta event, its type and then its data."""
    at, tick, running = 0, 0, 0
    while at < len(track):
        delta, at = number(track, at)
        tick += delta
        status = track[at]
        if status >= 0x80:
            at += 1
        else:
            status = running
        if status == 0xFF:
            kind = track[at : at + 1]
            size, at = number(track, at + 1)
            yield tick, status, kind + track[at : at + size]
        elif status in (0xF0, 0xF7):
            size, at = number(track, at)
        else:
            running, size = status, _DATA_BYTES.get(status >> 4, 1)
            if at + size > len(track):
                raise IndexError
            yield tick, status, track[at : at + size]
        at += size


def number(track: bytes, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, and where the next thing begins."""
    value = 0
    while True:
        value = value << 7 | track[at] & 0x7F
        at += 1
        if track[at - 1] < 0x80:
            return value, at


def timed(
    strokes: list[tuple[int, int]], tempos: list[tuple[int, int]], division: int
) -> Iterator[tuple[float, int]]:
    """Ticks as seconds, where the tempo changes on the way."""
    seconds, last, tempo = 0.0, 0, _TEMPO
    waiting = iter([*tempos, None])
    change = next(waiting)
    for tick, note in strokes:
        while change is not None and change[0] <= tick:
            seconds += (change[0] - last) * tempo / division / 1e6
            last, tempo = change
            change = next(waiting)
        yield seconds + (tick - last) * tempo / division / 1e6, note
