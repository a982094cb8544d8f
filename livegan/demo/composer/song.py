"""A song: sections, chords, lines and drums from a seed, mixed, with the times of its beats."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from livegan.demo.composer import effects
from livegan.demo.composer.arrangement import Passage, arrange
from livegan.demo.composer.lines import Chord, chord_track, melody
from livegan.demo.composer.oscillators import RATE, Wave
from livegan.demo.composer.styles import SCALES, STYLES, Style
from livegan.demo.composer.tracks import Tracks

NOTES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")


@dataclass(frozen=True)
class Section:
    """A stretch of the song: ``start`` and ``stop`` in seconds, ``energy`` 0..1."""

    name: str
    start: float
    stop: float
    energy: float


@dataclass(frozen=True)
class Song:
    """A song and the truth about it; all times are seconds from its first sample.

    ``samples`` is (n, 2) float32 at 48 kHz.  ``kicks`` and ``snares`` are the attacks of audible
    strokes, snare rolls and soft strokes among them; ``beats`` and ``bars`` go through to the end
    even where no drum is heard.
    """

    samples: Wave
    kicks: NDArray[np.float64]
    snares: NDArray[np.float64]
    beats: NDArray[np.float64]
    bars: NDArray[np.float64]
    bpm: float
    key: str
    sections: tuple[Section, ...]
    style: str
    seed: int
    stems: dict[str, Wave] = field(default_factory=dict)
    """If they were asked for, ``drums``, ``bass``, ``music`` and ``lead`` apart, as ``samples``;
    together they are the song before its master."""


def compose(
    style: str,
    seed: int = 0,
    seconds: float = 60.0,
    bpm: float | None = None,
    *,
    loop: bool = False,
    stems: bool = False,
) -> Song:
    """Write and play a song: the same arguments give the same samples.

    Parameters
    ----------
    style : a key of :data:`~livegan.demo.composer.styles.STYLES`.
    seed : any integer 0 or more; another seed is another song.
    seconds : length, at least 1; the last second fades unless ``loop``.
    bpm : tempo; by default the seed chooses within the style's range.
    loop : the tails of reverberation and echoes come back at the start instead of fading, and the
        length is rounded to whole bars.
    stems : keep what was mixed apart, too.

    Raises
    ------
    ValueError
        For a style that does not exist or a length or tempo that cannot be played.
    """
    if style not in STYLES:
        raise ValueError(f"no style {style!r}; the styles are {', '.join(STYLES)}")
    if not seconds >= 1:
        raise ValueError(f"seconds={seconds!r}: a song lasts at least one second")
    if bpm is not None and not 30 <= bpm <= 300:
        raise ValueError(f"bpm={bpm!r}: a tempo lies between 30 and 300")
    recipe = STYLES[style]
    rng = np.random.default_rng([seed, sum(map(ord, style))])
    chosen = float(rng.integers(recipe.bpm[0], recipe.bpm[1] + 1))
    tempo = float(bpm) if bpm is not None else chosen
    beat = 60.0 / tempo
    bar = 4 * beat
    bars = max(1, round(seconds / bar)) if loop else int(np.ceil(seconds / bar))
    if loop:
        seconds = bars * bar
    root = int(rng.integers(0, 12))
    scale = str(rng.choice(recipe.scales))
    progression = recipe.chords[int(rng.integers(len(recipe.chords)))]
    chords = chord_track(SCALES[scale], root, progression, bars)
    parts = arrange(bars, drums=bool(recipe.kick))

    count = round(seconds * RATE)
    tracks = Tracks(recipe, count if loop else count + RATE, beat, rng, wrap=loop)
    for part in parts:
        play(tracks, recipe, part, chords, rng)
    whole, parts_apart = mix(tracks, recipe, rng, loop=loop)
    waves = {"": whole[:count]}
    if stems:
        loudest = max(float(np.abs(wave).max()) for wave in parts_apart.values())
        gain = np.float32(0.5 / max(loudest, 1e-6))
        waves |= {name: wave[:count] * gain for name, wave in parts_apart.items()}
    if not loop:
        fade = min(count, RATE)
        for wave in waves.values():
            wave[-fade:] *= np.linspace(1, 0, fade, dtype=np.float32)[:, None] ** 2
    mixed = waves.pop("")
    within = [
        np.unique(np.array([t for t in times if t < seconds - 0.05]))
        for times in (tracks.kicks, tracks.snares)
    ]
    return Song(
        samples=np.ascontiguousarray(mixed, np.float32),
        kicks=within[0],
        snares=within[1],
        beats=np.arange(0, seconds, beat),
        bars=np.arange(0, seconds, bar),
        bpm=tempo,
        key=f"{NOTES[root]} {scale}",
        sections=tuple(
            Section(p.name, p.start * bar, min(seconds, (p.start + p.bars) * bar), p.energy)
            for p in parts
        ),
        style=style,
        seed=seed,
        stems={n: np.ascontiguousarray(wave, np.float32) for n, wave in waves.items()},
    )


def play(
    tracks: Tracks, style: Style, part: Passage, chords: list[Chord], rng: np.random.Generator
) -> None:
    """Every note of one section."""
    first, last = part.start, part.start + part.bars
    bright = part.brightness
    for bar in range(first, last):
        tracks.drum_bar(bar, part, fill=bar == last - 1, odd=bar % 2 == 1)
    if part.build:
        tracks.roll(last - min(2, part.bars), last)
    if part.crash:
        tracks.crash(first)
    if part.pad and style.pad:
        bar = first
        while bar < last:
            run = 1
            while bar + run < last and run < 4 and chords[bar + run] == chords[bar]:
                run += 1
            x = (bar - first) / max(1, part.bars)
            level = part.pad * style.pad * (0.6 + 0.4 * x if part.swell else 1.0)
            tracks.chord(bar, chords[bar], run * 4, bright + (0.5 * x if part.swell else 0), level)
            bar += run
    if part.bass and style.bass:
        pattern = style.bass[int(rng.integers(len(style.bass)))]
        for bar in range(first, last):
            tracks.bass_bar(bar, pattern, chords[bar], bright)
    if style.stabs and part.bass:
        for bar in range(first, last):
            tracks.stab_bar(bar, chords[bar], bright)
    if style.arpeggio and part.arpeggio:
        for bar in range(first, last):
            x = (bar - first) / max(1, part.bars)
            tracks.arpeggio_bar(bar, chords[bar], bright * (0.6 + 0.6 * x))
    if part.lead:
        voice = style.lead[int(rng.integers(len(style.lead)))]
        sparse = part.energy < 0.5 or not style.kick
        for note in melody(chords[first:last], rng, sparse=sparse):
            tracks.lead(voice, first * 4 + note.beat, note, bright, part.lead)


def mix(
    tracks: Tracks, style: Style, rng: np.random.Generator, *, loop: bool
) -> tuple[Wave, dict[str, Wave]]:
    """Everything together, with ducking, room, echoes and master; and its parts before the
    master."""
    count = tracks.count
    n = 2 * count if loop else count  # a loop is mixed twice over; its second round has all tails

    def whole(name: str) -> Wave:
        wave = tracks.wave[name]
        return np.concatenate([wave, wave]) if loop else wave

    drums, bass, music, lead = (whole(name) for name in ("drums", "bass", "music", "lead"))
    kicks = np.array(tracks.kicks)
    if loop:
        kicks = np.concatenate([kicks, kicks + count / RATE])
    if style.duck:
        gain = effects.ducking(n, kicks, style.duck, 0.8 * tracks.beat)
        bass, music = bass * gain, music * gain
        lead = lead * (0.5 + 0.5 * gain)
    bass = effects.tone(bass, "lowpass", 6500, 1)
    music = effects.tone(music, "highpass", 140)
    send = 0.05 * drums + 0.7 * music + 0.8 * lead
    wet = effects.room(send, rng, seconds=style.reverb)
    echo = effects.echoes(lead + 0.3 * music, style.echo_beats * tracks.beat)
    out = 0.8 * drums + 0.42 * bass + 1.4 * music + 1.3 * lead
    far = style.wet * 1.3 * wet + style.echo * 1.3 * echo
    out += far
    apart = {"drums": 0.8 * drums, "bass": 0.42 * bass, "music": 1.4 * music + far}
    apart["lead"] = 1.3 * lead
    out = effects.master(out)
    first = count if loop else 0
    return out[first:], {name: wave[first:] for name, wave in apart.items()}
