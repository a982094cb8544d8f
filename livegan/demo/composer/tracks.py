"""Tracks: where notes and strokes become samples; each sound is made once and laid down often."""

from __future__ import annotations

import numpy as np

from livegan.demo.composer import drums
from livegan.demo.composer.arrangement import Passage
from livegan.demo.composer.instruments import VOICES
from livegan.demo.composer.lines import Chord, ScoreNote
from livegan.demo.composer.oscillators import RATE, Wave
from livegan.demo.composer.styles import Style

BASS_STEPS = {"1": 0, "5": 7, "8": 12}
LEAD_LEVEL = {"bell": 0.5, "string": 0.9, "keys": 0.55, "pluck": 0.6, "square": 0.35}


class Tracks:
    """Four stereo tracks (``drums``, ``bass``, ``music``, ``lead``) of ``count`` samples."""

    def __init__(
        self, style: Style, count: int, beat: float, rng: np.random.Generator, *, wrap: bool
    ) -> None:
        self.style, self.count, self.beat, self.rng, self.wrap = style, count, beat, rng, wrap
        self.wave = {
            name: np.zeros((count, 2), np.float32) for name in ("drums", "bass", "music", "lead")
        }
        self.kicks: list[float] = []
        self.snares: list[float] = []
        self.notes: dict[tuple[object, ...], Wave] = {}
        kit = style.kit
        self.strokes: dict[str, Wave] = {
            "kick": drums.kick(kit, rng),
            "snare": drums.snare(kit, rng),
            "hat": drums.hat(kit, rng),
            "open_hat": drums.hat(kit, rng, opened=True),
            "shaker": drums.shaker(kit, rng),
            "crash": drums.crash(kit, rng),
            "tom 0": drums.tom(kit, rng, 165),
            "tom 1": drums.tom(kit, rng, 125),
            "tom 2": drums.tom(kit, rng, 92),
        }

    def lay(self, track: str, at: float, wave: Wave, gain: float, pan: float = 0.0) -> None:
        """Add ``wave`` at ``at`` seconds; in a loop what passes the end comes back in front."""
        start = round(at * RATE)
        if start >= self.count:
            return
        sides = np.array([gain * min(1, 1 - pan), gain * min(1, 1 + pan)], np.float32)
        stereo = (wave if wave.ndim == 2 else wave[:, None]) * sides
        target = self.wave[track]
        fits = min(len(stereo), self.count - start)
        target[start : start + fits] += stereo[:fits]
        rest = stereo[fits : fits + self.count]
        if self.wrap and len(rest):
            target[: len(rest)] += rest

    def swung(self, bar: int, step: int) -> float:
        """Seconds of a sixteenth step; every second one is late by the style's swing."""
        late = self.style.swing / 4 if step % 2 else 0.0
        return (bar * 4 + step / 4 + late) * self.beat

    def stroke(self, name: str, at: float, gain: float, pan: float = 0.0) -> None:
        self.lay("drums", at, self.strokes[name], gain, pan)
        if name in ("kick", "snare") and at * RATE < self.count:
            times = self.kicks if name == "kick" else self.snares
            times.append(round(at * RATE) / RATE)

    def drum_bar(self, bar: int, part: Passage, *, fill: bool, odd: bool) -> None:
        """One bar of the style's patterns; the last bar of a section may end in a fill."""
        style, rng = self.style, self.rng
        rows = (
            ("kick", style.kick, part.kick * 1.0, 0.0),
            ("snare", style.snare, part.snare * 0.75, 0.0),
            ("hat", style.hat, part.hats * 0.32, 0.25),
            ("open_hat", style.open_hat, (part.hats > 0.7) * 0.3, -0.2),
            ("shaker", style.shaker, part.hats * 0.3, -0.45),
        )
        filling = fill and part.snare > 0 and part.bars >= 4
        for name, patterns, level, pan in rows:
            if not patterns or not level:
                continue
            pattern = patterns[0]
            if odd and len(patterns) > 1:
                pattern = patterns[min(len(patterns) - 1, 1 + part.variation * (bar // 2 % 2))]
            for step, mark in enumerate(pattern):
                if mark == "-" or (filling and step >= 12 and name != "kick"):
                    continue
                soft = 0.45 if mark == "o" else 1.0
                touch = 1.0 if name == "kick" else float(rng.uniform(0.85, 1.0))
                self.stroke(name, self.swung(bar, step), level * soft * touch, pan)
        if filling:
            for k, step in enumerate((12, 13, 14, 15)):
                if k < 2 and rng.uniform() < 0.5:
                    self.stroke("snare", self.swung(bar, step), 0.4 + 0.1 * k)
                else:
                    at = self.swung(bar, step)
                    self.stroke(f"tom {min(2, k // 2 + 1)}", at, 0.6, (-0.4, -0.1, 0.1, 0.4)[k])

    def roll(self, first: int, last: int) -> None:
        """A snare roll that doubles its pace, under a riser, up to bar ``last``."""
        beats = (last - first) * 4
        half = beats / 2
        times = [*np.arange(0, half, 0.5), *np.arange(half, beats, 0.25)]
        for t in times:
            self.stroke("snare", (first * 4 + float(t)) * self.beat, 0.15 + 0.4 * t / beats)
        wave = drums.riser(beats * self.beat, self.rng)
        self.lay("lead", first * 4 * self.beat, wave, 0.35)

    def crash(self, bar: int) -> None:
        self.stroke("crash", bar * 4 * self.beat, 0.4, 0.3)

    def note(self, voice: str, pitch: int, held: float, bright: float) -> Wave:
        """A note of a voice, remembered; brightness in tenths."""
        key = (voice, pitch, round(held, 3), round(bright, 1))
        if key not in self.notes:
            shade = min(1.0, max(0.0, round(bright, 1)))
            self.notes[key] = VOICES[voice](float(pitch), held, shade, self.rng)
        return self.notes[key]

    def chord(self, bar: int, chord: Chord, beats: float, bright: float, level: float) -> None:
        for pitch in chord.pitches:
            wave = self.note("pad", pitch, beats * self.beat, bright)
            self.lay("music", bar * 4 * self.beat, wave, 0.16 * level)

    def bass_bar(self, bar: int, pattern: str, chord: Chord, bright: float) -> None:
        marks = [k for k, mark in enumerate(pattern) if mark != "-"]
        for k, step in enumerate(marks):
            after = marks[k + 1] if k + 1 < len(marks) else 16
            held = min(after - step, 6 if self.style.kick else 16) * 0.85 * self.beat / 4
            wave = self.note(
                self.style.bass_voice, chord.bass + BASS_STEPS[pattern[step]], held, bright
            )
            self.lay("bass", self.swung(bar, step), wave, 0.5)

    def stab_bar(self, bar: int, chord: Chord, bright: float) -> None:
        """Short chords off the beat."""
        for step in (2, 6, 10, 14) if self.style.name == "rock" else (3, 6, 11, 14):
            for k, pitch in enumerate(chord.pitches):
                wave = self.note("pluck", pitch, 0.12, bright)
                self.lay("music", self.swung(bar, step), wave, 0.18, -0.3 + 0.2 * k)

    def arpeggio_bar(self, bar: int, chord: Chord, bright: float) -> None:
        """Sixteenths up and over the chord."""
        tones = [*chord.pitches, chord.pitches[0] + 12]
        for step in range(16):
            pitch = tones[(0, 1, 2, 3, 2, 1)[step % 6] % len(tones)] + (12 if step % 8 == 7 else 0)
            wave = self.note("pluck", pitch, 0.1, bright)
            pan = 0.5 * float(np.sin(step * np.pi / 4))
            self.lay("music", self.swung(bar, step), wave, 0.3 + 0.1 * (step % 4 == 0), pan)

    def lead(self, voice: str, beat: float, note: ScoreNote, bright: float, level: float) -> None:
        """A note of the tune at ``beat`` of the song."""
        wave = self.note(voice, note.pitch, note.beats * self.beat, bright)
        self.lay("lead", beat * self.beat, wave, LEAD_LEVEL[voice] * level * note.velocity)
