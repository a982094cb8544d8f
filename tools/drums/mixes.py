"""Practice mixes with exact truth: strokes and instruments, rendered, mixed and maltreated.

Needs `pip install mido tinysoundfont` and SoundFonts: `fluid-soundfont-gm`, `timgm6mb-soundfont`
to learn from, `musescore-general-soundfont` for the test.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tinysoundfont
from scipy.signal import fftconvolve, lfilter
from scores import BASSES, Note, Rng, Score, from_midi, written
from shared import CLASSES, RATE, SYNTHESISED, Wave

SECONDS = 12.0


@dataclass(frozen=True)
class Mix:
    """``samples`` is (n,) mono; ``times`` by class; ``faint`` are those nobody would hear."""

    samples: Wave
    times: dict[str, list[float]]
    faint: dict[str, list[float]]
    style: str


class Studio:
    """Makes mixes from recorded strokes, SoundFonts and MIDI files."""

    def __init__(self, pools: dict[str, list[list[Wave]]], fonts: list[Path], midi: list[Path]):
        self.pools, self.midi = pools, midi
        self.synths = []
        for font in fonts:
            synth = tinysoundfont.Synth(samplerate=RATE)
            self.synths.append((synth, synth.sfload(str(font))))

    def mix(self, rng: Rng) -> Mix:
        """One mix."""
        if self.midi and rng.random() < 0.5:
            score = from_midi(self.midi[rng.integers(len(self.midi))], rng, SECONDS)
        else:
            score = written(rng, SECONDS)
        n = int(SECONDS * RATE)
        stems, hits = self._drums(score, rng, n)
        synth = self.synths[rng.integers(len(self.synths))]
        bass = self._play([x for x in score.notes if x.program in (-1, *BASSES)], synth, rng, n)
        band = self._play([x for x in score.notes if x.program not in (-1, *BASSES)], synth, rng, n)
        drums = np.sum([stems[kind] * _db(rng.normal(0, 3)) for kind in CLASSES], axis=0)
        if rng.random() < 0.3:
            drums = _reverb(drums, rng)
        level = np.sqrt(np.mean(drums**2)) + 1e-9
        music = np.zeros(n, np.float32)
        for stem, spread in ((bass, 4.0), (band, 4.0)):
            loud = np.sqrt(np.mean(stem**2))
            if loud > 1e-6:
                part = stem / loud * (level if level > 1e-6 else 0.1) * _db(rng.normal(-1, spread))
                music += part.astype(np.float32)
        if rng.random() < 0.2:
            music = _duck(music, hits["kick"], rng)
        whole = drums + music
        times, faint = _audible(hits, whole)
        return Mix(_master(whole, rng), times, faint, score.style)

    def _stroke(self, kind: str, rng: Rng) -> list[Wave]:
        """The strokes of one instrument for a whole mix."""
        recorded = self.pools[kind]
        if recorded and rng.random() < 0.6:
            chosen = recorded[rng.integers(len(recorded))]
        else:
            chosen = [SYNTHESISED[kind](rng)]
        if rng.random() < 0.15:  # two sounds as one, as producers do
            other = SYNTHESISED[kind](rng) * _db(rng.uniform(-12, 0))
            chosen = [_both(wave, other) for wave in chosen[:5]]
        pitch = 2 ** rng.uniform(-0.2, 0.2)
        length = rng.choice([0.1, 0.25, 2.0, 2.0])
        result = []
        curve = rng.normal(0, 3, 6)
        for wave in chosen[:5]:
            wave = _coloured(wave, curve)
            at = np.arange(0, len(wave) - 1, pitch)
            wave = np.interp(at, np.arange(len(wave)), wave).astype(np.float32)
            result.append(wave * np.exp(-np.arange(len(wave)) / (length * RATE)).astype(np.float32))
        return result

    def _drums(
        self, score: Score, rng: Rng, n: int
    ) -> tuple[dict[str, Wave], dict[str, list[tuple[float, Wave]]]]:
        stems = {kind: np.zeros(n, np.float32) for kind in CLASSES}
        hits: dict[str, list[tuple[float, Wave]]] = {kind: [] for kind in CLASSES}
        instruments: dict[tuple[str, int], list[Wave]] = {}
        balance = {"kick": 0, "snare": -1, "tom": -2, "hat": -9, "other": -6}
        for time, kind, number, velocity in score.strokes:
            if (kind, number) not in instruments:
                gain = _db(balance[kind] + rng.normal(0, 2))
                instruments[kind, number] = [w * gain for w in self._stroke(kind, rng)]
            waves = instruments[kind, number]
            wave = waves[rng.integers(len(waves))] * np.float32(velocity**1.5)
            at = int(time * RATE)
            end = min(n, at + len(wave))
            if end > at:
                stems[kind][at:end] += wave[: end - at]
                hits[kind].append((time, wave[: int(0.06 * RATE)]))
        return stems, hits

    def _play(self, notes: list[Note], synth: tuple, rng: Rng, n: int) -> Wave:
        player, font = synth
        wave = np.zeros(n, np.float32)
        programs = sorted({note.program for note in notes if note.program >= 0})[:15]
        channels = {p: (i if i < 9 else i + 1) for i, p in enumerate(programs)}
        for program, channel in channels.items():
            player.program_select(channel, font, 0, program)
        todo = []
        for note in notes:
            if note.program in channels:
                channel = channels[note.program]
                loud = max(1, int(127 * note.velocity))
                todo.append((note.start, 1, channel, note.key, loud))
                todo.append((note.start + note.seconds, 0, channel, note.key, 0))
        now = 0
        for start, on, channel, key, loud in sorted(todo):
            to = min(n, int(start * RATE))
            now = self._generate(player, wave, now, to)
            if on:
                player.noteon(channel, key, loud)
            else:
                player.noteoff(channel, key)
        self._generate(player, wave, now, n)
        player.sounds_off()
        sound = _SynthBass(rng)
        for note in notes:
            if note.program == -1:
                sound.play(wave, note)
        return wave

    @staticmethod
    def _generate(player: tinysoundfont.Synth, wave: Wave, now: int, to: int) -> int:
        if to > now:
            stereo = np.frombuffer(player.generate(to - now), np.float32).reshape(-1, 2)
            wave[now:to] += stereo[: to - now].mean(axis=1)
        return max(now, to)


class _SynthBass:
    """Harmonics that fall off, a filter that closes, an attack of its own."""

    def __init__(self, rng: Rng) -> None:
        self.count = int(rng.choice([1, 2, 4, 10, 16]))
        self.tilt = rng.uniform(0.8, 2.0)
        self.attack = 10 ** rng.uniform(-3, -1.5)
        self.fall = 10 ** rng.uniform(-1.0, 0.7)
        self.closing = rng.uniform(0, 0.4)

    def play(self, wave: Wave, note: Note) -> None:
        start = int(note.start * RATE)
        n = min(len(wave) - start, int((note.seconds + 0.03) * RATE))
        if n < 100:
            return
        t = np.arange(n) / RATE
        hz = 440 * 2 ** ((note.key - 69) / 12)
        sound = sum(
            np.sin(2 * np.pi * hz * k * t) / k**self.tilt * np.exp(-t * self.closing * k * 3)
            for k in range(1, self.count + 1)
        )
        shape = np.minimum(1, t / self.attack) * np.exp(-t / self.fall)
        shape *= np.minimum(1, (t[-1] - t) / 0.03)
        wave[start : start + n] += (0.2 * note.velocity * sound * shape).astype(np.float32)


def _db(decibels: float) -> float:
    return float(10 ** (decibels / 20))


def _both(wave: Wave, other: Wave) -> Wave:
    result = np.zeros(max(len(wave), len(other)), np.float32)
    result[: len(wave)] += wave
    result[: len(other)] += other
    return result


def _coloured(wave: Wave, curve: np.ndarray) -> Wave:
    """One stroke through an equaliser, ``curve`` in decibels from 40 Hz to 12 kHz."""
    n = len(wave) + 960
    octave = np.log2(np.maximum(np.fft.rfftfreq(n, 1 / RATE), 20))
    gain = 10 ** (np.interp(octave, np.linspace(np.log2(40), np.log2(12000), 6), curve) / 20)
    return np.fft.irfft(np.fft.rfft(wave, n) * gain, n)[: len(wave)].astype(np.float32)


def _reverb(wave: Wave, rng: Rng) -> Wave:
    n = int(rng.uniform(0.1, 1.2) * RATE)
    impulse = rng.standard_normal(n) * np.exp(-np.arange(n) / (n / 5))
    impulse = lfilter([1], [1, -rng.uniform(0.2, 0.9)], impulse)
    impulse /= np.sqrt(np.sum(impulse**2))
    wet = fftconvolve(wave, impulse)[: len(wave)]
    return (wave + _db(rng.uniform(-22, -6)) * wet).astype(np.float32)


def _duck(wave: Wave, kicks: list[tuple[float, Wave]], rng: Rng) -> Wave:
    depth, fall = rng.uniform(0.4, 1), rng.uniform(0.08, 0.3)
    gain = np.zeros(len(wave), np.float32)
    shape = depth * np.exp(-np.arange(int(0.6 * RATE)) / (fall * RATE))
    for time, _ in kicks:
        at = int(time * RATE)
        part = gain[at : at + len(shape)]
        np.maximum(part, shape[: len(part)], out=part)
    return (wave * (1 - gain)).astype(np.float32)


def _audible(
    hits: dict[str, list[tuple[float, Wave]]], whole: Wave
) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    times: dict[str, list[float]] = {}
    faint: dict[str, list[float]] = {}
    for kind, strokes in hits.items():
        times[kind], faint[kind] = [], []
        loudest = max((float(np.sum(w**2)) for _, w in strokes), default=0.0)
        for time, wave in strokes:
            around = whole[int(time * RATE) : int(time * RATE) + len(wave)]
            own = float(np.sum(wave**2))
            limit = 0.01 if kind in {"kick", "snare"} else 0.0
            heard = own > limit * float(np.sum(around**2)) and own > 0.02 * loudest
            (times if heard else faint)[kind].append(time)
    return times, faint


def _equalise(wave: Wave, rng: Rng) -> Wave:
    hz = np.fft.rfftfreq(len(wave), 1 / RATE)
    knots = np.log2([25, 60, 120, 300, 1000, 3000, 8000, 16000])
    curve = np.interp(np.log2(np.maximum(hz, 20)), knots, rng.normal(0, 3.5, len(knots)))
    gain = 10 ** (curve / 20)
    if rng.random() < 0.3:
        gain /= np.sqrt(1 + (rng.uniform(25, 110) / np.maximum(hz, 1)) ** 4)
    if rng.random() < 0.25:
        gain /= np.sqrt(1 + (hz / rng.uniform(4000, 15000)) ** 8)
    return np.fft.irfft(np.fft.rfft(wave) * gain, len(wave)).astype(np.float32)


def _compress(wave: Wave, rng: Rng) -> Wave:
    fall = np.exp(-1 / (rng.uniform(0.03, 0.3) * 1000))
    peaks = np.abs(wave[: len(wave) // 48 * 48]).reshape(-1, 48).max(axis=1)
    level, envelope = 0.0, np.empty(len(peaks))
    for i, peak in enumerate(peaks):
        level = max(peak, level * fall)
        envelope[i] = level
    envelope = np.interp(np.arange(len(wave)) / 48, np.arange(len(peaks)), envelope)
    threshold = np.quantile(envelope, 0.9) * _db(rng.uniform(-18, -3)) + 1e-6
    ratio = rng.uniform(0.4, 0.95)
    return (wave * np.minimum(1, threshold / (envelope + 1e-9)) ** ratio).astype(np.float32)


def _master(wave: Wave, rng: Rng) -> Wave:
    if rng.random() < 0.25:
        wave = _reverb(wave, rng)
    if rng.random() < 0.8:
        wave = _equalise(wave, rng)
    if rng.random() < 0.4:
        wave = _compress(wave, rng)
    wave = wave / (np.abs(wave).max() + 1e-9)
    if rng.random() < 0.5:
        drive = _db(rng.uniform(0, 14))
        wave = np.tanh(wave * drive) / np.tanh(drive)
    if rng.random() < 0.4:
        hiss = rng.standard_normal(len(wave)) * _db(rng.uniform(-75, -35))
        if rng.random() < 0.5:
            hiss = lfilter([1], [1, -0.97], hiss) * 0.3
        wave = wave + hiss
    gain = _db(rng.uniform(-14, 0) if rng.random() < 0.85 else rng.uniform(-34, -14))
    return (wave * gain).astype(np.float32)
