"""Drums: one stroke each, mono, dry, at full velocity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from livegan.demo.composer.effects import tone
from livegan.demo.composer.oscillators import RATE, Wave


@dataclass(frozen=True)
class Kit:
    """How a style's drums are built."""

    kick_hz: float = 48.0
    kick_seconds: float = 0.32
    kick_punch: float = 170.0
    snare_hz: float = 190.0
    snare_seconds: float = 0.17
    snare_body: float = 0.55
    clap: float = 0.0
    hat_hz: float = 7500.0
    drive: float = 1.5


def time(seconds: float) -> Wave:
    """(n,) seconds since the stroke."""
    return np.arange(int(seconds * RATE), dtype=np.float32) / np.float32(RATE)


def ends(wave: Wave) -> Wave:
    """``wave`` with its last 4 ms faded, so that cutting it off is not heard."""
    n = min(192, len(wave))
    out = wave.astype(np.float32)
    out[-n:] *= np.linspace(1, 0, n, dtype=np.float32)
    return out


def kick(kit: Kit, rng: np.random.Generator) -> Wave:
    """A sine that falls into the bass, with a click."""
    t = time(kit.kick_seconds + 0.1)
    hz = kit.kick_hz + kit.kick_punch * np.exp(-t * 38) + 900 * np.exp(-t * 420)
    body = np.sin(2 * np.pi * np.cumsum(hz) / RATE) * np.exp(-((t / kit.kick_seconds) ** 1.6) * 3)
    click = rng.standard_normal(len(t)) * np.exp(-t * 900) * 0.25
    return ends(np.tanh((body + click) * kit.drive) / np.tanh(kit.drive))


def snare(kit: Kit, rng: np.random.Generator) -> Wave:
    """A falling tone under noise; ``kit.clap`` of it are hands."""
    t = time(kit.snare_seconds * 2.2)
    noise = tone(rng.standard_normal(len(t)).astype(np.float32), "bandpass", (900, 9500), 1)
    noise = noise * np.exp(-t / (kit.snare_seconds * 0.45))
    glide = kit.snare_hz * (1 + 0.6 * np.exp(-t * 60))
    turn = 2 * np.pi * np.cumsum(glide) / RATE
    body = (np.sin(turn) + 0.6 * np.sin(turn * 1.73)) * np.exp(-t / (kit.snare_seconds * 0.3))
    stroke = (1 - kit.snare_body) * 1.3 * noise + kit.snare_body * body
    if kit.clap:
        bursts = sum(
            np.exp(-np.maximum(t - d, 0) * 230) * (t >= d) for d in (0.0, 0.010, 0.021)
        ) + 0.9 * np.exp(-np.maximum(t - 0.031, 0) * 26) * (t >= 0.031)
        air = tone(rng.standard_normal(len(t)).astype(np.float32), "bandpass", (900, 5000), 2)
        stroke = stroke * (1 - kit.clap) + air * bursts * kit.clap * 1.4
    return ends(np.tanh(stroke * kit.drive) * 0.85)


def hat(kit: Kit, rng: np.random.Generator, *, opened: bool = False) -> Wave:
    """Closed or open: high noise."""
    t = time(0.32 if opened else 0.09)
    noise = tone(rng.standard_normal(len(t)).astype(np.float32), "highpass", kit.hat_hz, 3)
    return ends(noise * np.exp(-t / (0.11 if opened else 0.022)) * 0.5)


def shaker(kit: Kit, rng: np.random.Generator) -> Wave:
    """Noise that swells and falls."""
    t = time(0.12)
    noise = tone(rng.standard_normal(len(t)).astype(np.float32), "bandpass", (3500, 9000), 1)
    return ends(noise * np.sin(np.pi * np.clip(t / 0.1, 0, 1)) ** 2 * 0.35)


def tom(kit: Kit, rng: np.random.Generator, hz: float) -> Wave:
    """A falling tone of ``hz`` with the noise of the skin."""
    t = time(0.34)
    turn = 2 * np.pi * np.cumsum(hz * (1 + 0.5 * np.exp(-t * 30))) / RATE
    skin = tone(rng.standard_normal(len(t)).astype(np.float32), "lowpass", 2500) * np.exp(-t * 60)
    return ends(np.sin(turn) * np.exp(-t * 12) * 0.8 + skin * 0.2)


def crash(kit: Kit, rng: np.random.Generator) -> Wave:
    """A cymbal: noise that rings for two seconds."""
    t = time(2.6)
    noise = tone(rng.standard_normal(len(t)).astype(np.float32), "highpass", 3200, 2)
    return ends(noise * np.exp(-t * 1.9) * np.clip(t / 0.002, 0, 1) * 0.4)


def riser(seconds: float, rng: np.random.Generator) -> Wave:
    """Noise that opens and swells up to a downbeat."""
    t = time(seconds)
    x = t / seconds
    noise = rng.standard_normal(len(t)).astype(np.float32)
    dark, bright = tone(noise, "bandpass", (300, 1500), 1), tone(noise, "highpass", 3000, 1)
    return ends((dark * (1 - x) + bright * x) * x**2 * 0.5)
