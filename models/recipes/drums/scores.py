"""What is played in a practice mix: bars written at random, or excerpts of MIDI files.

MIDI files with drums are found by `sources.songs`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import mido
import numpy as np

Rng = np.random.Generator

GENERAL_MIDI = {35: "kick", 36: "kick", 38: "snare", 40: "snare", 39: "snare", 37: "other"}
GENERAL_MIDI |= dict.fromkeys((41, 43, 45, 47, 48, 50, 60, 61, 62, 63, 64, 65, 66), "tom")
GENERAL_MIDI |= dict.fromkeys((42, 44, 46, 49, 51, 52, 53, 54, 55, 57, 59, 69, 70, 82), "hat")
# Noises: whether they count as a drum is anybody's guess.  Timpani and toms that are played as
# notes are kept: they are no bass drum.
_SKIP = {118, 119, *range(121, 128)}
BASSES = (*range(32, 40), 58, 43, 87)


@dataclass(frozen=True)
class Note:
    """A pitched note; ``program`` of General MIDI, -1 for the synthesised bass."""

    start: float
    seconds: float
    program: int
    key: int
    velocity: float


@dataclass
class Score:
    """``strokes`` are (time, class, instrument number, velocity 0..1)."""

    seconds: float
    style: str = ""
    notes: list[Note] = field(default_factory=list)
    strokes: list[tuple[float, str, int, float]] = field(default_factory=list)


SILENT: tuple[float, list[mido.Message]] = (1.0, [])


@cache
def messages_of(path: Path) -> tuple[float, list[mido.Message]]:
    try:
        midi = mido.MidiFile(str(path), clip=True)
        return midi.length, list(midi)
    except (ValueError, OSError, EOFError, mido.KeySignatureError):
        return SILENT  # some of Doom's are damaged


def from_midi(path: Path, rng: Rng, seconds: float) -> Score:
    """A random excerpt, at another tempo and in another key."""
    score = Score(seconds, "midi")
    length, messages = messages_of(path)
    rate, shift = rng.uniform(0.85, 1.2), int(rng.integers(-5, 6))
    begin = rng.uniform(0, max(0.1, length * rate - seconds))
    programs, sounding, now = [0] * 16, {}, -begin
    for message in messages:
        now += message.time * rate
        if message.type == "program_change":
            programs[message.channel] = message.program
        elif message.type == "note_on" and message.velocity and message.channel == 9:
            if 0 <= now < seconds:
                kind = GENERAL_MIDI.get(message.note, "other")
                score.strokes.append((now, kind, message.note, message.velocity / 127))
        elif message.type == "note_on" and message.velocity:
            sounding[message.channel, message.note] = (now, message.velocity / 127)
        elif message.type in {"note_on", "note_off"}:
            start, velocity = sounding.pop((message.channel, message.note), (None, 0.0))
            program = programs[message.channel]
            if start is None or program in _SKIP or now < 0 or start >= seconds:
                continue
            key = min(max(message.note + shift, 12), 108)
            score.notes.append(Note(max(0.0, start), now - max(0.0, start), program, key, velocity))
    return score


@dataclass(frozen=True)
class Groove:
    """Where kicks and snares fall in a bar of sixteenths: probabilities, by step."""

    kick: dict[int, float]
    snare: dict[int, float]
    steps: int = 16
    hats: tuple[int, ...] = (1, 2, 4)
    soft: bool = False
    share: float = 1.0


def _at(steps: tuple[int, ...] | range, chance: float) -> dict[int, float]:
    return dict.fromkeys(steps, chance)


_TWO_FOUR = _at((4, 12), 0.95)
GROOVES: dict[str, Groove] = {
    "floor": Groove(_at(range(0, 16, 4), 1.0), _at((4, 12), 0.7), share=1.3),
    "rock": Groove(_at((0, 8), 0.95) | _at((2, 6, 7, 10, 14), 0.3), _TWO_FOUR, share=2.5),
    "pop": Groove({0: 1.0, 8: 0.7, 10: 0.6, 6: 0.3, 7: 0.2, 14: 0.2}, _TWO_FOUR, share=2),
    "break": Groove(_at((0, 10), 0.95) | _at((2, 3, 7, 14), 0.2), _TWO_FOUR),
    "hiphop": Groove({0: 1.0} | _at((3, 6, 7, 9, 10, 11, 15), 0.35), _TWO_FOUR, share=1.5),
    "trap": Groove({0: 1.0} | _at((3, 6, 10, 11, 14), 0.35), {8: 0.97}, hats=(1, 2)),
    "ballad": Groove({0: 0.95, 8: 0.2, 10: 0.5, 14: 0.2}, {8: 0.9}, hats=(2, 4), share=1.2),
    "jazz": Groove(_at(range(0, 16, 4), 0.5) | _at((6, 10, 14), 0.15), {}, soft=True, share=1.2),
    "brushes": Groove({0: 0.7, 8: 0.5}, _at((0, 4, 8, 12), 0.7), soft=True),
    "shuffle": Groove(_at((0, 8), 0.9) | {6: 0.4, 14: 0.4}, _TWO_FOUR, hats=(2, 4), share=1.2),
    "country": Groove(_at((0, 8), 0.95), _at((2, 6, 10, 14), 0.4) | _TWO_FOUR),
    "motown": Groove(_at((0, 6, 8, 14), 0.6), _at((0, 4, 8, 12), 0.95)),
    "onedrop": Groove({8: 0.97, 14: 0.1}, {8: 0.8}, hats=(2, 4)),
    "disco": Groove(_at(range(0, 16, 4), 0.97), _TWO_FOUR, hats=(1, 2)),
    "metal": Groove(_at(range(16), 0.75), _at((4, 12), 0.9), hats=(2, 4), share=1.3),
    "blast": Groove(_at(range(0, 16, 2), 0.9), _at(range(1, 16, 2), 0.85), hats=(2, 4), share=0.5),
    "punk": Groove(_at((0, 6, 8, 10), 0.7), _at((2, 6, 10, 14), 0.5) | _TWO_FOUR, hats=(2,)),
    "march": Groove(_at((0, 8), 0.8), _at(range(16), 0.5), hats=(4,), share=0.6),
    "waltz": Groove({0: 0.95, 10: 0.2}, _at((4, 8), 0.5), steps=12, hats=(2, 4)),
    "five": Groove(_at((0, 6, 12), 0.7), _at((4, 12, 16), 0.5), steps=20, hats=(2, 4), share=0.6),
    "seven": Groove(_at((0, 6, 8), 0.7), _at((4, 12), 0.7), steps=14, hats=(2,), share=0.6),
    "latin": Groove(_at((0, 6, 8, 14), 0.9), _at((3, 6, 11), 0.3)),
    "random": Groove(_at(range(16), 0.2), _at(range(16), 0.1)),
}


def _drums(
    rng: Rng, bars: int, styles: tuple[str, ...]
) -> tuple[str, list[tuple[float, str, int, float]]]:
    """A style and its strokes in beats."""
    shares = np.array([GROOVES[style].share for style in styles])
    style = str(rng.choice(styles, p=shares / shares.sum()))
    groove = GROOVES[style]
    kicks, snares = (dict(g) for g in (groove.kick, groove.snare))
    if style == "random":
        kicks = _at(range(16), rng.uniform(0, 0.35))
    chosen = {step: rng.random() < chance for step, chance in kicks.items()}
    backbeat = {step: rng.random() < chance for step, chance in snares.items()}
    vary, ghosts = rng.uniform(0, 0.25), rng.choice([0, 0.1, 0.3])
    hats = rng.choice(groove.hats)
    ride = int(rng.choice([0, 1, 3]))
    tom_groove = rng.random() < 0.15
    soft_kick = groove.soft or rng.random() < 0.1
    loud_snare = (0.15, 0.5) if groove.soft else (0.7, 1.0)
    rests = rng.random() < 0.15
    result = []
    for bar in range(math.ceil(bars * 16 / groove.steps)):
        fill = rng.random() < 0.25
        fill_from = int(rng.choice([0, 8, 12])) if fill else groove.steps
        fill_kind = rng.choice(["tom", "snare", "mixed"])
        if rests and rng.random() < 0.3:
            continue
        for step in range(groove.steps):
            at = (bar * groove.steps + step) / 4
            if step >= fill_from:
                if rng.random() < 0.8:
                    kind = (
                        fill_kind if fill_kind != "mixed" else rng.choice(["tom", "snare", "kick"])
                    )
                    number = int(step - fill_from) * 3 // 16 if kind == "tom" else 0
                    result.append((at, kind, number, rng.uniform(0.5, 1)))
                continue
            if chosen.get(step, False) ^ (rng.random() < vary * (step in kicks)):
                loud = rng.uniform(0.25, 0.6) if soft_kick else rng.uniform(0.65, 1)
                result.append((at, "kick", 0, loud))
                if rng.random() < 0.04:
                    result.append((at + 0.125, "kick", 0, loud * rng.uniform(0.6, 1)))
            if backbeat.get(step, False) and rng.random() < 0.93:
                result.append((at, "snare", 0, rng.uniform(*loud_snare)))
            elif rng.random() < ghosts:
                result.append((at, "snare", 0, rng.uniform(0.1, 0.4)))
            if step % hats == 0 and rng.random() < 0.9:
                result.append((at, "hat", ride + int(step % 4 == 2), rng.uniform(0.3, 1)))
            if tom_groove and rng.random() < 0.25:
                result.append((at, "tom", int(rng.integers(3)), rng.uniform(0.4, 1)))
            if rng.random() < 0.03:
                result.append((at, "other", 0, rng.uniform(0.3, 1)))
        if rng.random() < 0.2:
            result.append((bar * groove.steps / 4, "hat", 2, rng.uniform(0.6, 1)))
    return style, result


def _bass(rng: Rng, bars: int, roots: list[int], kicks: list[float]) -> list[tuple]:
    """(beat, length, key, velocity) of a bass line."""
    style = rng.choice(["locked", "eighths", "walking", "sub", "offbeat", "slap", "dub"])
    octave = int(rng.choice([24, 28, 31, 36]))
    result = []
    for bar in range(bars):
        root = octave + (roots[bar % len(roots)] - octave) % 12
        if style == "locked":
            for beat in (k for k in kicks if bar * 4 <= k < bar * 4 + 4):
                if rng.random() < 0.85:
                    result.append((beat, rng.uniform(0.2, 1), root, 0.9))
        elif style == "sub":
            result.append((bar * 4, 3.9, root, 0.9))
        else:
            step = {"eighths": 0.5, "walking": 1.0, "offbeat": 1.0, "slap": 0.25, "dub": 0.5}[style]
            chance = {"eighths": 0.95, "walking": 0.97, "offbeat": 0.95, "slap": 0.45, "dub": 0.5}
            for i in range(int(4 / step)):
                if rng.random() < chance[style]:
                    key = root
                    if style == "walking" or rng.random() < 0.2:
                        key += int(rng.choice([0, 3, 4, 5, 7, 10, 12, -5]))
                    at = bar * 4 + i * step + (0.5 if style == "offbeat" else 0)
                    result.append((at, step * rng.uniform(0.4, 1), key, rng.uniform(0.6, 1)))
    return result


def written(
    rng: Rng, seconds: float, styles: tuple[str, ...] = tuple(GROOVES), cast: str = ""
) -> Score:
    """Bars in a random style: a band, drums alone, a band without drums, or a ragtime piano."""
    beat = 60.0 / 2 ** rng.uniform(np.log2(58), np.log2(194))
    bars = int(np.ceil(seconds / (4 * beat))) + 1
    swing = rng.choice([0.0, 0.0, 0.33, 0.2])
    cast = cast or rng.choice(
        ["band", "drums", "hands", "drumless", "stride"], p=[0.58, 0.26, 0.04, 0.06, 0.06]
    )
    roots = [int(r) for r in rng.integers(0, 12, rng.integers(1, 5))]
    score = Score(seconds)
    lead_in = rng.uniform(0, beat)

    def time(at: float) -> float:
        half = at % 0.5
        late = swing * 0.25 * min(half, 0.5 - half) * 4 if swing else 0.0
        return lead_in + (at + late) * beat + rng.normal(0, 0.004)

    def play(program: int, at: float, length: float, key: int, velocity: float) -> None:
        start = max(0.0, time(at))
        if start < seconds:
            score.notes.append(Note(start, length * beat, program, key, velocity))

    style, strokes = (
        _drums(rng, bars, styles) if cast in {"band", "drums", "hands"} else (str(cast), [])
    )
    if cast == "hands":  # congas, djembes, toms: a beat without a bass drum
        style = "hands"
        skins = {"kick": 0, "snare": 1}
        strokes = [
            (at, "tom", skins[kind], loud) if kind in skins else (at, kind, number, loud)
            for at, kind, number, loud in strokes
        ]
    score.style = "drums alone" if cast == "drums" else style
    score.strokes = [
        (max(0.0, time(at)), str(kind), number, velocity)
        for at, kind, number, velocity in strokes
        if time(at) < seconds - 0.05
    ]
    if cast == "drums":
        return score
    kicks = [at for at, kind, _, _ in strokes if kind == "kick"] or [0.0, 2.0, 2.5]
    if cast == "stride":
        piano = int(rng.choice([0, 1, 3]))
        for i in range(bars * 4):
            root = roots[i // 4 % len(roots)]
            if i % 2 == 0:
                low = 24 + (root + 7 * (i % 4 == 2)) % 12 + int(rng.choice([0, 12]))
                play(piano, i, 0.7, low, rng.uniform(0.6, 1))
                if rng.random() < 0.6:
                    play(piano, i, 0.7, low + 12, rng.uniform(0.6, 1))
            else:
                for third in (0, 4, 7):
                    play(piano, i, 0.4, 52 + root % 12 + third, rng.uniform(0.5, 0.9))
            for quarter in range(4):
                if rng.random() < 0.55:
                    key = 67 + root % 12 + int(rng.choice([0, 2, 4, 7, 9, 12]))
                    play(piano, i + quarter / 4, 0.3, key, rng.uniform(0.5, 1))
        return score
    if rng.random() < 0.9:
        program = -1 if rng.random() < 0.35 else int(rng.choice(BASSES))
        for at, length, key, velocity in _bass(rng, bars, roots, kicks):
            play(program, at, length, key, velocity)
    for _ in range(rng.integers(0, 4)):
        program = int(rng.choice([*range(32), *range(40, 104)]))
        centre, length = int(rng.integers(45, 80)), float(rng.choice([0.25, 0.5, 1, 4]))
        voices = int(rng.integers(1, 4))
        for i in range(int(bars * 4 / length)):
            if rng.random() < 0.7:
                root = roots[int(i * length) // 4 % len(roots)]
                for voice in range(voices):
                    key = centre + (root - centre) % 12 + (0, 4, 7)[voice]
                    play(program, i * length, length, key, rng.uniform(0.4, 1))
    return score
