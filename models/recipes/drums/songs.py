"""MIDI files played whole, their drums too, by one SoundFont: General MIDI as it comes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from drums.oneshots import RATE, Wave
from drums.scores import GENERAL_MIDI, Rng, messages_of

DRUMS = 9
SOFT = 0.2
"""Strokes softer than this, of the loudest velocity, count neither way."""
KITS = (0, 8, 16, 24, 25, 32, 40, 48)
"""Programs of the drum channel: standard, room, power, electronic, 808, jazz, brush, orchestra."""


@dataclass(frozen=True)
class Played:
    """(n,) drums and (n,) all the rest; strokes by class, clear ones and soft ones."""

    drums: Wave
    rest: Wave
    times: dict[str, list[float]]
    faint: dict[str, list[float]]


def played(
    path: Path, synth: tuple[Any, int], rng: Rng, seconds: float, *, vary: bool = True
) -> Played:
    """An excerpt of a file; ``vary`` changes tempo, kit and key."""
    length, messages = messages_of(path)
    rate = rng.uniform(0.85, 1.2) if vary else 1.0
    shift = int(rng.integers(-4, 5)) if vary else 0
    kit = int(rng.choice(KITS)) if vary and rng.random() < 0.5 else 0
    begin = rng.uniform(0, max(0.1, length * rate - seconds)) if vary else 0.0
    times: dict[str, list[float]] = {kind: [] for kind in ("kick", "snare", "tom", "hat", "other")}
    faint: dict[str, list[float]] = {kind: [] for kind in times}
    stems = []
    for drums in (True, False):
        now, events = -begin, []
        for message in messages:
            now += message.time * rate
            if now >= seconds:
                break
            channel = getattr(message, "channel", None)
            if channel is None or (channel == DRUMS) != drums:
                continue
            note = message.type in ("note_on", "note_off")
            if note and now < 0:
                continue
            events.append((max(0.0, now), message))
            if drums and message.type == "note_on" and message.velocity:
                kind = GENERAL_MIDI.get(message.note, "other")
                clear = message.velocity / 127 > SOFT
                (times if clear else faint)[kind].append(now)
        stems.append(sounded(events, synth, seconds, kit if drums else 0, 0 if drums else shift))
    return Played(stems[0], stems[1], times, faint)


def sounded(
    events: list[tuple[float, Any]], synth: tuple[Any, int], seconds: float, kit: int, shift: int
) -> Wave:
    """Messages through a synthesiser, (n,) mono."""
    player, font = synth
    n = int(seconds * RATE)
    wave, done = np.zeros(n, np.float32), 0
    player.sounds_off()
    for channel in range(16):
        bank = 128 if channel == DRUMS else 0
        choose(player, channel, font, bank, kit if channel == DRUMS else 0)
        for control, value in ((7, 100), (10, 64), (11, 127), (64, 0)):
            player.control_change(channel, control, value)
        player.pitchbend(channel, 8192)
    for time, message in events:
        to = min(n, int(time * RATE))
        if to > done:
            stereo = np.frombuffer(player.generate(to - done), np.float32).reshape(-1, 2)
            wave[done:to] = stereo[: to - done].mean(axis=1)
            done = to
        channel = message.channel
        key = getattr(message, "note", 0) + (0 if channel == DRUMS else shift)
        if message.type == "program_change":
            if channel != DRUMS:
                choose(player, channel, font, 0, message.program)
        elif message.type == "note_on" and message.velocity:
            player.noteon(channel, min(max(key, 0), 127), message.velocity)
        elif message.type in ("note_on", "note_off"):
            player.noteoff(channel, min(max(key, 0), 127))
        elif message.type == "control_change" and message.control in (1, 7, 10, 11, 64):
            player.control_change(channel, message.control, message.value)
        elif message.type == "pitchwheel":
            player.pitchbend(channel, message.pitch + 8192)
    if n > done:
        stereo = np.frombuffer(player.generate(n - done), np.float32).reshape(-1, 2)
        wave[done:] = stereo[: n - done].mean(axis=1)
    player.sounds_off()
    return wave


def choose(player: Any, channel: int, font: int, bank: int, program: int) -> None:
    """A program, or the first one where the SoundFont lacks it."""
    known = player.sfpreset_name(font, bank, program)
    player.program_select(channel, font, bank, program if known else 0, bank == 128)
