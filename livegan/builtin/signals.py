"""Built-in signals that are plugins: what reads more of the sound than one feature."""

from __future__ import annotations

from typing import Any

from livegan.plugin import Now, RegisterOperation, hookimpl, param


def loudest(
    sound: Any, *, seconds: float = param(4.0, 0.05, 30, "how far back", unit="s")
) -> float:
    """The highest level of the last seconds, 0..1."""
    return float(sound.feature("level", seconds).max())


def quiet(
    sound: Any,
    *,
    seconds: float = param(2.0, 0.05, 30, "how far back", unit="s"),
    below: float = param(0.05, 0, 1, "level that counts as quiet"),
) -> float:
    """1 while the level has been low for the last seconds, otherwise 0."""
    return float(sound.feature("level", seconds).max() < below)


def build(sound: Any, *, seconds: float = param(8.0, 1, 30, "how far back", unit="s")) -> float:
    """How much louder the newest quarter is than the seconds before: 0.5 is steady, 1 rising."""
    level = sound.feature("level", seconds)
    newest = level[-max(1, len(level) // 4) :].mean()
    return float(min(1.0, max(0.0, 0.5 + newest - level.mean())))


def density(sound: Any, *, seconds: float = param(4.0, 0.5, 30, "how far back", unit="s")) -> float:
    """How busy the music is: 0 to 10 attacks per second in the last seconds, as 0..1."""
    onset = sound.feature("onset", seconds)
    rises = int(((onset[1:] - onset[:-1]) > 0.2).sum())
    return min(1.0, rises / seconds / 10.0)


def stutter(*, now: Now, parts: float = param(4.0, 1, 32, "pulses in a beat")) -> float:
    """A square wave that divides the beat: 1 in the first half of each part, otherwise 0."""
    return float((now.beats * parts) % 1.0 < 0.5)


@hookimpl
def register_signals(register: RegisterOperation) -> None:
    """Register the built-in signals."""
    for signal in (loudest, quiet, build, density, stutter):
        register(signal)
