"""What happens to a track after it is played: filters, room, echoes, ducking, loudness."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d, uniform_filter1d
from scipy.signal import butter, fftconvolve, lfilter, sosfilt

from livegan.demo.composer.oscillators import RATE, Wave


def tone(wave: Wave, kind: str, hz: float | tuple[float, float], order: int = 2) -> Wave:
    """``wave`` (n, ...) through a Butterworth ``"lowpass"``, ``"highpass"`` or ``"bandpass"``."""
    sos = butter(order, hz, kind, fs=RATE, output="sos")
    return np.asarray(sosfilt(sos, wave, axis=0), np.float32)


def room(wave: Wave, rng: np.random.Generator, *, seconds: float, dark: float = 0.5) -> Wave:
    """(n, 2) the reverberation alone: noise that dies away, the treble first (Moorer, 1979)."""
    n = int(seconds * RATE)
    t = np.arange(n)[:, None] / RATE
    noise = rng.standard_normal((n, 2))
    low = tone(noise.astype(np.float32), "lowpass", 900)
    high = noise - low
    impulse = low * 10 ** (-3 * t / seconds) + high * (1 - dark) * 10 ** (-3 * t / seconds * 2.2)
    impulse *= np.clip(t / 0.012, 0, 1)
    impulse /= np.sqrt((impulse**2).sum(axis=0, keepdims=True))
    wet = fftconvolve(tone(wave, "highpass", 180), impulse.astype(np.float32), axes=0)
    return np.asarray(wet[: len(wave)], np.float32)


def echoes(wave: Wave, seconds: float, *, feedback: float = 0.5, repeats: int = 6) -> Wave:
    """(n, 2) the echoes alone, from side to side, each duller than the one before."""
    step = int(seconds * RATE)
    out = np.zeros_like(wave)
    tap = tone(wave, "bandpass", (250, 4500), 1)
    gain = feedback
    for k in range(1, repeats + 1):
        if k * step >= len(wave):
            break
        tap = tap[:, ::-1]
        out[k * step :] += gain * tap[: len(wave) - k * step]
        gain *= feedback
    return out


def ducking(count: int, kicks: NDArray[np.float64], depth: float, recover: float) -> Wave:
    """(count, 1) the gain of a sidechain: down at each kick, back within ``recover`` seconds."""
    gain = np.ones(count, np.float32)
    n = int(recover * RATE)
    x = np.arange(n) / n
    dip = (1 - depth * (1 - x**1.5) * np.clip(x * recover / 0.004, 0, 1)).astype(np.float32)
    for at in (kicks * RATE).astype(int):
        end = min(count, at + n)
        if at < end:
            np.minimum(gain[at:end], dip[: end - at], out=gain[at:end])
    return gain[:, None]


def loudness(wave: Wave) -> float:
    """Integrated loudness in LUFS, K-weighted and gated (ITU-R BS.1770-4)."""
    shelf = lfilter(
        [1.53512485958697, -2.69169618940638, 1.19839281085285],
        [1.0, -1.69065929318241, 0.73248077421585],
        wave,
        axis=0,
    )
    weighted = lfilter([1.0, -2.0, 1.0], [1.0, -1.99004745483398, 0.99007225036621], shelf, axis=0)
    block, step = int(0.4 * RATE), int(0.1 * RATE)
    total = np.concatenate([[0.0], np.cumsum((weighted**2).sum(axis=1))])
    starts = np.arange(0, max(1, len(wave) - block), step)
    power = (total[np.minimum(starts + block, len(wave))] - total[starts]) / block
    loud = power[power > 10 ** ((-70 + 0.691) / 10)]
    if not len(loud):
        return -np.inf
    loud = loud[loud > loud.mean() * 0.1]
    return float(-0.691 + 10 * np.log10(loud.mean()))


def limit(wave: Wave, ceiling: float = 0.89) -> Wave:
    """``wave`` (n, 2) turned down around its peaks, 4 ms ahead, so that none passes ``ceiling``."""
    span = int(0.008 * RATE) | 1
    peak = maximum_filter1d(np.abs(wave).max(axis=1), span)
    gain = uniform_filter1d(np.minimum(1.0, ceiling / np.maximum(peak, 1e-9)), span)
    return np.asarray(np.clip(wave * gain[:, None], -ceiling, ceiling), np.float32)


def master(wave: Wave, target: float = -14.0) -> Wave:
    """``wave`` (n, 2) at ``target`` LUFS, gently saturated and limited."""
    out = tone(wave, "highpass", 28)
    for _ in range(3):  # saturation and limiting take loudness away: give it back
        now = loudness(out)
        if not np.isfinite(now):
            return out
        out = limit(np.tanh(out * 10 ** ((target - now) / 20) * 0.7).astype(np.float32) / 0.7)
    return out
