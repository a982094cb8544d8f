"""Tones: band-limited saw tables scanned from dark to bright, FM bells and plucked strings."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

Wave = NDArray[np.float32]

RATE = 48000
TABLE = 2048
LEVELS = 10


def frequency(pitch: float) -> float:
    """Hz of a MIDI pitch (69 is 440 Hz)."""
    return float(440.0 * 2.0 ** ((pitch - 69.0) / 12.0))


@lru_cache(maxsize=256)
def saw_tables(pitch: int, odd: bool = False) -> Wave:
    """(LEVELS, TABLE) one period of a saw (square if ``odd``) behind a low-pass of rising cutoff.

    Harmonics above 16 kHz are left out, so nothing aliases.
    """
    hz = frequency(pitch)
    k = np.arange(1, max(2, min(TABLE // 2 - 1, int(16000 / hz))))
    cutoffs = np.geomspace(max(90.0, hz), 15000.0, LEVELS)[:, None]
    ratio = k * hz / cutoffs
    gain = 1.0 / np.sqrt((1 - ratio**2) ** 2 + (ratio * 1.1) ** 2)  # two poles, a little resonant
    gain = gain / k
    if odd:
        gain = gain * (k % 2)
    spectrum = np.zeros((LEVELS, TABLE // 2 + 1), complex)
    spectrum[:, k] = -1j * gain * TABLE / np.pi
    table: Wave = np.fft.irfft(spectrum, axis=1).astype(np.float32)
    return table


def saw(
    pitch: float,
    count: int,
    brightness: float | Wave,
    *,
    cents: float = 0.0,
    phase: float = 0.0,
    odd: bool = False,
) -> Wave:
    """(count,) a filtered saw; ``brightness`` 0..1 is the low-pass, one value or one a sample."""
    tables = saw_tables(round(pitch), odd)
    step = frequency(pitch + cents / 100) / RATE
    turn = np.arange(count) * step + phase
    at = ((turn - np.floor(turn)) * TABLE).astype(np.int32)
    b = np.clip(np.asarray(brightness, np.float32), 0, 1) * (LEVELS - 1.001)
    if b.ndim == 0:
        row = int(b)
        mixed = tables[row] * (row + 1 - b) + tables[row + 1] * (b - row)
        out: Wave = mixed.astype(np.float32)[at]
        return out
    rows = b.astype(np.int32)
    part = b - rows
    flat = tables.ravel()
    at += rows * TABLE
    low = flat[at]
    scanned: Wave = low + (flat[at + TABLE] - low) * part
    return scanned


def sine(pitch: float, count: int) -> Wave:
    """(count,) a sine."""
    out: Wave = np.sin(np.arange(count) * (2 * np.pi * frequency(pitch) / RATE)).astype(np.float32)
    return out


def bell(pitch: float, count: int, *, ratio: float = 3.5, index: float = 2.5) -> Wave:
    """(count,) a two-operator FM bell (Chowning, 1973): its brightness dies before its tone."""
    t = np.arange(count) / RATE
    w = 2 * np.pi * frequency(pitch)
    modulation = index * np.exp(-t * 5.0) * np.sin(w * ratio * t)
    out: Wave = (np.sin(w * t + modulation) * np.exp(-t * 2.2)).astype(np.float32)
    return out


def string(pitch: float, count: int, rng: np.random.Generator, *, damping: float = 0.5) -> Wave:
    """(count,) a plucked string (Karplus and Strong, 1983); ``damping`` 0..1 dulls the pluck."""
    hz = frequency(pitch)
    period = max(2, int(RATE / hz - 0.5))
    burst = np.zeros(count)
    n = min(period, count)
    noise = rng.uniform(-1, 1, n)
    burst[:n] = lfilter([1 - damping], [1, -damping], noise)
    burst[:n] -= burst[:n].mean()
    loss = 0.5 * 0.001 ** (1.0 / (hz * 1.6))  # 60 dB in 1.6 s
    feedback = np.zeros(period + 2)
    feedback[0] = 1
    feedback[period] = feedback[period + 1] = -loss
    out = lfilter([1.0], feedback, burst)
    out /= np.abs(out).max() + 1e-9
    return np.asarray(out, np.float32)


def envelope(
    count: int, attack: float, decay: float, sustain: float, release: float, held: float
) -> Wave:
    """(count,) attack, decay, sustain, release in seconds; the key is up after ``held`` s."""
    t = np.arange(count) / RATE
    rise = np.clip(t / max(attack, 1e-4), 0, 1)
    fall = sustain + (1 - sustain) * np.exp(-np.maximum(t - attack, 0) / max(decay, 1e-4))
    up = np.exp(-np.maximum(t - held, 0) / max(release / 4, 1e-4))
    end = np.clip((count - np.arange(count)) / 240, 0, 1)  # 5 ms to silence: no click
    return np.asarray(rise * fall * up * end, np.float32)
