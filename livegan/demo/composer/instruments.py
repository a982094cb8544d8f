"""Pitched voices: (n,) or (n, 2) float32 for one note, about -1..1."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from livegan.demo.composer.oscillators import RATE, Wave, bell, envelope, saw, sine, string

Voice = Callable[[float, float, float, np.random.Generator], Wave]
"""(MIDI pitch, seconds held, brightness 0..1, rng) -> samples."""


def length(held: float, release: float) -> int:
    """Samples of a note with its release, both in seconds."""
    return int((held + release) * RATE)


def acid(pitch: float, held: float, bright: float, rng: np.random.Generator) -> Wave:
    """A saw through a filter that snaps shut, overdriven."""
    n = length(held, 0.08)
    t = np.arange(n) / RATE
    sweep = (0.15 + 0.3 * bright + 0.45 * np.exp(-t * 14)).astype(np.float32)
    return np.tanh(saw(pitch, n, sweep) * 3) * envelope(n, 0.002, 0.2, 0.6, 0.08, held) * 0.7


def round_bass(pitch: float, held: float, bright: float, rng: np.random.Generator) -> Wave:
    """A sine with an octave at its start."""
    n = length(held, 0.08)
    wave = sine(pitch, n) + 0.35 * sine(pitch + 12, n) * np.exp(-np.arange(n) / (0.12 * RATE))
    wave = np.tanh(wave * (1 + bright)).astype(np.float32)
    return wave * envelope(n, 0.006, 0.5, 0.7, 0.08, held)


def saw_bass(pitch: float, held: float, bright: float, rng: np.random.Generator) -> Wave:
    """Two detuned saws over a sine."""
    n = length(held, 0.06)
    t = np.arange(n) / RATE
    sweep = (0.3 + 0.35 * bright + 0.2 * np.exp(-t * 9)).astype(np.float32)
    wave = saw(pitch, n, sweep) + saw(pitch, n, sweep, cents=9, phase=0.3)
    return (0.5 * wave + 0.5 * sine(pitch, n)) * envelope(n, 0.003, 0.3, 0.6, 0.06, held)


def reese(pitch: float, held: float, bright: float, rng: np.random.Generator) -> Wave:
    """Three detuned saws that beat against each other, over a sine."""
    n = length(held, 0.1)
    t = np.arange(n) / RATE
    wobble = (0.28 + 0.3 * bright + 0.12 * np.sin(2 * np.pi * 1.4 * t)).astype(np.float32)
    wave = sum(saw(pitch, n, wobble, cents=c, phase=p) for c, p in ((-17, 0.1), (0, 0.6), (19, 0)))
    return np.tanh(0.6 * wave + 0.7 * sine(pitch, n)) * envelope(n, 0.01, 0.5, 0.85, 0.1, held)


def pluck(pitch: float, held: float, bright: float, rng: np.random.Generator) -> Wave:
    """A short saw on each side."""
    n = length(held, 0.35)
    t = np.arange(n) / RATE
    sweep = (0.25 + (0.35 + 0.3 * bright) * np.exp(-t * 11)).astype(np.float32)
    left = saw(pitch, n, sweep, cents=-6, phase=0.2)
    right = saw(pitch, n, sweep, cents=6, phase=0.7)
    return np.stack([left, right], axis=1) * envelope(n, 0.003, 0.16, 0.1, 0.35, held)[:, None]


def square(pitch: float, held: float, bright: float, rng: np.random.Generator) -> Wave:
    """A hollow lead."""
    n = length(held, 0.2)
    vibrato = 0.5 + 0.25 * bright
    wave = saw(pitch, n, vibrato, odd=True) + saw(pitch, n, vibrato, cents=8, odd=True)
    return 0.5 * wave * envelope(n, 0.012, 0.25, 0.65, 0.2, held)


def bell_voice(pitch: float, held: float, bright: float, rng: np.random.Generator) -> Wave:
    """Two sines, one bending the other, ringing."""
    n = length(held, 1.4)
    return bell(pitch, n, index=1.2 + 2 * bright) * envelope(n, 0.002, 2.0, 0.6, 1.4, held)


def keys(pitch: float, held: float, bright: float, rng: np.random.Generator) -> Wave:
    """An electric piano."""
    n = length(held, 0.3)
    t = np.arange(n) / RATE
    tine = bell(pitch, n, ratio=1.0, index=0.8 + bright) + 0.12 * bell(pitch, n, ratio=14, index=1)
    tremolo = np.sin(2 * np.pi * 4.5 * t)[:, None] * [0.18, -0.18] + 1
    return (tine * envelope(n, 0.002, 1.2, 0.4, 0.3, held))[:, None] * tremolo.astype(np.float32)


def string_voice(pitch: float, held: float, bright: float, rng: np.random.Generator) -> Wave:
    """A plucked string."""
    n = length(held, 0.8)
    return string(pitch, n, rng, damping=0.7 - 0.5 * bright) * envelope(n, 0, 3, 1, 0.8, held)


def pad(pitch: float, held: float, bright: float, rng: np.random.Generator) -> Wave:
    """Six detuned saws spread over the stereo field, opening and closing."""
    n = length(held, 1.2)
    slow = np.linspace(0, 1, n, dtype=np.float32)
    open_ = (0.28 + 0.32 * bright + 0.08 * np.sin(np.pi * slow)).astype(np.float32)
    sides = np.zeros((n, 2), np.float32)
    for k, cents in enumerate((-13.0, -7.5, -2.5, 3.0, 8.0, 14.0)):
        sides[:, k % 2] += saw(pitch, n, open_, cents=cents, phase=float(rng.uniform()))
    sides = 0.8 * sides + 0.2 * sides[:, ::-1]
    return sides * envelope(n, 0.25, 1.0, 0.85, 1.2, held)[:, None] * 0.45


VOICES: dict[str, Voice] = {
    "acid": acid,
    "round": round_bass,
    "saw": saw_bass,
    "reese": reese,
    "pluck": pluck,
    "square": square,
    "bell": bell_voice,
    "keys": keys,
    "string": string_voice,
    "pad": pad,
}
