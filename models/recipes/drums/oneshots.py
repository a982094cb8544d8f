"""Single strokes of drums: recorded ones from Debian's packages, and synthesised ones."""

from __future__ import annotations

import re
from pathlib import Path

import av
import numpy as np
from drums.sources import HELD_OUT_KITS
from numpy.typing import NDArray

Wave = NDArray[np.float32]
RATE = 48000
CLASSES = ("kick", "snare", "tom", "hat", "other")

# First match wins; a name that matches nothing is not used.  What could be heard as a bass drum
# and is not one by name (a djembe's bass, a cajon's thump, a timpani) is left out on both sides.
_NAMES: tuple[tuple[str, str], ...] = (
    (r"djembe\d bass|dununba|sangban1 head|cajonthump|808_kick_long_|loop|tabla_ghe|noise-tom", ""),
    (r"kick|bassdrum|bass_drum|(^|/)bd[_\d]|bd_|drum_bass|/x/(upper|lower)/", "kick"),
    (r"hat|hh|shaker|tambourine|maraca|chh|cabasa|(^|/)h[op]_", "hat"),
    (r"snare|(^|/)sn\d?_|(^|/)s[dr]_|clap|sn_|rimshot|/o/upper", "snare"),
    (r"tom|(^|/)[ft]\d?_0|(^|/)tm\d?_|conga|bongo|djembe|kenkeni head|tabla|/w/lower", "tom"),
    (r"crash|ride|cymbal|splash|china|(^|/)c[cra]\d?_|(^|/)r[dc]\d?_|bell", "hat"),
    (r"stick|rim|cowbell|clave|wood|agogo|snap|perc|elec_(blip|ping|plip|pop|tick|wood)", "other"),
)


def read(path: Path) -> Wave:
    """A sound file as (n,) mono at 48 kHz."""
    with av.open(str(path), metadata_errors="replace") as media:
        resampler = av.AudioResampler(format="fltp", layout="mono", rate=RATE)
        parts = []
        for frame in media.decode(audio=0):
            parts += [part.to_ndarray()[0] for part in resampler.resample(frame)]
        parts += [part.to_ndarray()[0] for part in resampler.resample(None)]
    return np.concatenate(parts).astype(np.float32) if parts else np.zeros(0, np.float32)


def trimmed(wave: Wave, seconds: float = 1.5) -> Wave | None:
    """Peak 1, from the attack on; None if there is nothing in it or the attack is far inside."""
    if len(wave) < 480 or not np.abs(wave).max() > 1e-3:
        return None
    wave = wave / np.abs(wave).max()
    start = int(np.argmax(np.abs(wave) > 0.06))
    if np.argmax(np.abs(wave)) - start > 0.06 * RATE:
        return None
    wave = wave[start : start + int(seconds * RATE)].copy()
    fade = min(len(wave), 480)
    wave[len(wave) - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)
    return wave


def pools(
    folder: Path, held_out: bool, names: tuple[str, ...] = HELD_OUT_KITS
) -> dict[str, list[list[Wave]]]:
    """Recorded strokes by class, each a list of kits, each a list of strokes.

    ``held_out`` takes the kits of those ``names`` only, otherwise all the others.
    """
    kits: dict[tuple[str, str], list[Wave]] = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() not in {".wav", ".flac", ".aiff", ".aif", ".ogg"}:
            continue
        if any(name in str(path) for name in names) != held_out:
            continue
        if not re.search(r"drumkits|sonic-pi|lmms/samples/drums|/snd/", str(path)):
            continue
        name = str(path.relative_to(path.parents[2])).lower()
        found = next((kind for pattern, kind in _NAMES if re.search(pattern, name)), "")
        if not found:
            continue
        try:
            wave = trimmed(read(path))
        except av.error.FFmpegError:
            continue
        if wave is not None:
            # Files of one instrument of one kit differ in their numbers and dynamics only.
            stem = re.sub(r"[\d_\-. ]+|hard(est)?|soft(est)?|med", "", path.stem.lower())
            kits.setdefault((found, f"{path.parent}/{stem}"), []).append(wave)
    result: dict[str, list[list[Wave]]] = {kind: [] for kind in CLASSES}
    for (kind, _), strokes in kits.items():
        result[kind].append(strokes)
    return result


def _fall(n: int, seconds: float) -> Wave:
    return np.exp(-np.arange(n) / (seconds * RATE)).astype(np.float32)


def _noise(rng: np.random.Generator, n: int, low: float, high: float) -> Wave:
    spectrum = np.fft.rfft(rng.standard_normal(n))
    hz = np.fft.rfftfreq(n, 1 / RATE)
    spectrum *= 1 / (1 + (low / np.maximum(hz, 1)) ** 4) / (1 + (hz / high) ** 4)
    wave = np.fft.irfft(spectrum, n)
    return (wave / np.abs(wave).max()).astype(np.float32)


def _sweep(n: int, hz: float, above: float, seconds: float, phase: float = 0.0) -> Wave:
    curve = hz * (1 + above * _fall(n, seconds))
    return np.sin(2 * np.pi * np.cumsum(curve) / RATE + phase).astype(np.float32)


def kick(rng: np.random.Generator) -> Wave:
    """A bass drum: 808, 909, acoustic, or something driven hard."""
    n = int(1.5 * RATE)
    style = rng.choice(["808", "909", "acoustic", "hard"], p=[0.25, 0.3, 0.35, 0.1])
    hz = rng.uniform(38, 75)
    if style == "808":
        wave = _sweep(n, rng.uniform(36, 60), rng.uniform(0.5, 3), rng.uniform(0.005, 0.02))
        wave *= _fall(n, rng.uniform(0.08, 0.8))
        if rng.random() < 0.7:  # the others have no click at all
            wave += rng.uniform(0, 0.3) * _noise(rng, n, 1000, 5000) * _fall(n, 0.002)
    elif style == "909":
        wave = _sweep(n, hz, rng.uniform(2, 7), rng.uniform(0.01, 0.05), rng.uniform(0, 1.6))
        wave *= _fall(n, rng.uniform(0.05, 0.22))
        wave += rng.uniform(0, 0.6) * _noise(rng, n, 800, 9000) * _fall(n, rng.uniform(0.001, 0.01))
    elif style == "acoustic":
        wave = _sweep(n, hz, rng.uniform(0.1, 1.0), rng.uniform(0.01, 0.05)) * _fall(
            n, rng.uniform(0.03, 0.15)
        )
        for _ in range(rng.integers(1, 5)):  # modes of the shell and the batter head
            wave += (
                rng.uniform(0.05, 0.5)
                * _sweep(n, rng.uniform(80, 400), 0.1, 0.02)
                * _fall(n, rng.uniform(0.01, 0.06))
            )
        wave += rng.uniform(0, 0.5) * _noise(rng, n, 100, 600) * _fall(n, rng.uniform(0.01, 0.05))
        click = _noise(rng, n, rng.uniform(800, 3000), rng.uniform(4000, 9000))
        wave += rng.uniform(0.02, 0.7) * click * _fall(n, rng.uniform(0.002, 0.012))
    else:
        wave = _sweep(n, hz, rng.uniform(3, 12), rng.uniform(0.02, 0.08)) * _fall(
            n, rng.uniform(0.1, 0.3)
        )
        wave = np.tanh(wave * rng.uniform(2, 10))
    rise = int(rng.uniform(0.0002, 0.006) * RATE)
    wave[:rise] *= np.linspace(0, 1, rise, dtype=np.float32)
    return (wave / np.abs(wave).max()).astype(np.float32)


def tom(rng: np.random.Generator) -> Wave:
    """A tom or conga: a pitch that stays."""
    n = int(1.2 * RATE)
    wave = _sweep(n, rng.uniform(75, 300), rng.uniform(0, 0.5), rng.uniform(0.01, 0.1)) * _fall(
        n, rng.uniform(0.06, 0.35)
    )
    wave += rng.uniform(0, 0.5) * _sweep(n, rng.uniform(150, 600), 0.1, 0.03) * _fall(n, 0.06)
    wave += rng.uniform(0.02, 0.6) * _noise(rng, n, 500, 7000) * _fall(n, rng.uniform(0.003, 0.03))
    return (wave / np.abs(wave).max()).astype(np.float32)


def snare(rng: np.random.Generator) -> Wave:
    """A snare drum, or a clap."""
    n = int(0.8 * RATE)
    wires = _noise(rng, n, rng.uniform(300, 2000), rng.uniform(5000, 14000))
    if rng.random() < 0.2:
        wave = np.zeros(n, np.float32)
        for _ in range(rng.integers(2, 5)):
            at = int(rng.uniform(0, 0.03) * RATE)
            wave[at:] += (wires * _fall(n, 0.006))[: n - at]
        wave += rng.uniform(0.3, 0.9) * wires * _fall(n, rng.uniform(0.04, 0.15))
    else:
        body = _sweep(n, rng.uniform(140, 280), rng.uniform(0, 1), 0.015)
        wave = rng.uniform(0.2, 1.2) * body * _fall(n, rng.uniform(0.03, 0.12))
        wave += rng.uniform(0.3, 1.0) * wires * _fall(n, rng.uniform(0.04, 0.2))
    return (wave / np.abs(wave).max()).astype(np.float32)


def hat(rng: np.random.Generator) -> Wave:
    """A hi-hat, shaker or cymbal."""
    n = int(0.9 * RATE)
    wave = _noise(rng, n, rng.uniform(3000, 8000), 18000)
    wave *= _fall(n, 10 ** rng.uniform(-2.2, -0.4))
    return (wave / np.abs(wave).max()).astype(np.float32)


def other(rng: np.random.Generator) -> Wave:
    """A click, block or bell."""
    n = int(0.5 * RATE)
    wave = sum(
        rng.uniform(0.2, 1)
        * _sweep(n, 10 ** rng.uniform(2.5, 3.7), 0, 0.01)
        * _fall(n, 10 ** rng.uniform(-2.3, -0.8))
        for _ in range(rng.integers(1, 4))
    )
    return (wave / np.abs(wave).max()).astype(np.float32)


SYNTHESISED = {"kick": kick, "snare": snare, "tom": tom, "hat": hat, "other": other}
