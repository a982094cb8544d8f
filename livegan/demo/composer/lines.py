"""Chords that lead into each other, and tunes over them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Chord:
    """MIDI pitches of a chord in close position, its bass note, and the scale it stands in."""

    pitches: tuple[int, ...]
    bass: int
    scale: tuple[int, ...]


@dataclass(frozen=True)
class ScoreNote:
    """A note of a tune: beats from its start, length in beats, MIDI pitch, loudness 0..1."""

    beat: float
    beats: float
    pitch: int
    velocity: float


def chord_track(
    scale: tuple[int, ...], root: int, progression: Sequence[int], bars: int
) -> list[Chord]:
    """One chord a bar; each inversion is the one nearest to the chord before it."""
    chords: list[Chord] = []
    centre = 62.0
    ladder = tuple(sorted({(root + s) % 12 for s in scale}))
    for bar in range(bars):
        degree = progression[bar % len(progression)]
        tones = [root + scale[(degree + k) % 7] for k in (0, 2, 4, 6)]
        if bar % 2 == 0 or degree:
            tones = tones[:4] if degree in (0, 3, 5) else tones[:3]
        placed = sorted({int(t + 12 * round((centre - t) / 12)) for t in tones})
        bass = 24 + (tones[0] - 24) % 12
        chords.append(Chord(tuple(placed), bass + 12 if bass < 28 else bass, ladder))
    return chords


def melody(chords: Sequence[Chord], rng: np.random.Generator, *, sparse: bool) -> list[ScoreNote]:
    """A tune of two-bar phrases in the form A A' B A, its strong beats on tones of the chord."""
    rhythms = (
        ((0, 1.5), (1.5, 0.5), (2, 1), (3, 0.5), (3.5, 0.5), (4, 2), (6, 1), (7, 1)),
        ((0, 1), (1, 0.5), (1.5, 1), (2.5, 1.5), (4, 0.75), (4.75, 0.75), (5.5, 2)),
        ((0.5, 0.5), (1, 1), (2, 0.5), (2.5, 0.5), (3, 1), (4.5, 0.5), (5, 1), (6, 1.5)),
    )
    calm = (((0, 3), (3, 1), (4, 3.5)), ((0, 2), (2, 4), (6, 2)), ((1, 3), (5, 1), (6, 2)))
    chosen = calm if sparse else rhythms
    a, b = chosen[int(rng.integers(3))], chosen[int(rng.integers(3))]
    contours = {k: np.cumsum(rng.integers(-2, 3, 8)) for k in "ab"}
    notes: list[ScoreNote] = []
    for phrase in range(0, len(chords), 2):
        letter = "aaba"[(phrase // 2) % 4]
        rhythm = a if letter == "a" else b
        turn = (phrase // 2) % 4 == 1
        for k, (beat, beats) in enumerate(rhythm):
            bar = phrase + int(beat // 4)
            if bar >= len(chords):
                break
            chord = chords[bar]
            steps = [p for p in range(67, 87) if p % 12 in chord.scale]
            want = 74 + 1.8 * float(contours[letter][k % 8]) + (2 if turn and k > 3 else 0)
            strong = beat % 2 == 0
            pool = [p for p in steps if p % 12 in {q % 12 for q in chord.pitches}]
            near = min(pool if strong else steps, key=lambda p: abs(p - want))
            notes.append(ScoreNote(phrase * 4 + beat, beats * 0.9, near, 1.0 if strong else 0.75))
    return notes
