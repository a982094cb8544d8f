"""The sound as shaders read it: the waveform and the spectrum, as numbers 0..1."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from livegan.operation.moment import Heard

Floats = npt.NDArray[np.float32]

WINDOW = 2048
"""Samples of which a spectrum is made: 43 ms, 23 Hz a line."""
QUIET_DB, LOUD_DB = -90.0, -10.0
"""The loudness of a line that is 0 and 1."""


def texture(kind: str, columns: int, sound: Heard) -> Floats:
    """(rows, columns) float32, 0..1; the first row is the lowest of the texture.

    * ``waveform``: a row for each channel; the newest ``columns`` samples, the newest last; silence
      is 0.5.
    * ``spectrum``: a row for each channel; 0 Hz to half the sampling rate, in decibels.
    * ``shadertoy``: the spectrum up to 11 kHz, and above it the waveform, as that site has it.
    """
    if kind == "waveform":
        return waveform(columns, sound)
    if kind == "spectrum":
        return spectrum(columns, sound)
    rows = [spectrum(columns, sound, 0.25).mean(axis=0), waveform(columns, sound).mean(axis=0)]
    return np.ascontiguousarray(np.stack(rows), np.float32)


def waveform(columns: int, sound: Heard) -> Floats:
    """(channels, columns)."""
    samples = sound.last(columns / sound.rate)
    return np.ascontiguousarray(np.clip(samples.T * 0.5 + 0.5, 0.0, 1.0), np.float32)


def spectrum(columns: int, sound: Heard, share: float = 1.0) -> Floats:
    """(channels, columns): Hann window, the loudest line of each column; ``share`` of all lines."""
    window = np.hanning(WINDOW)
    samples = sound.last(WINDOW / sound.rate).T * window
    lines = np.abs(np.fft.rfft(samples, axis=1))[:, :-1] / (window.sum() / 2)
    lines = lines[:, : max(1, round(lines.shape[1] * share))]
    count = lines.shape[1]
    if columns >= count:
        at = np.linspace(0, count - 1, columns)
        lines = np.stack([np.interp(at, np.arange(count), row) for row in lines])
    else:
        edges = np.linspace(0, count, columns + 1).astype(int)[:-1]
        lines = np.maximum.reduceat(lines, edges, axis=1)
    level = 20 * np.log10(np.maximum(lines, 1e-9))
    scaled = (level - QUIET_DB) / (LOUD_DB - QUIET_DB)
    return np.ascontiguousarray(np.clip(scaled, 0.0, 1.0), np.float32)
