"""What the detector is scored on: kits, styles, songs, SoundFonts and music it never saw.

Written as sound files with annotations beside them, so that `livegan score-hearing` scores them as
it scores anybody's recordings.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from drums.mixes import Mix, Studio
from drums.oneshots import RATE, Wave
from scipy.io import wavfile

from livegan.demo.composer import STYLES, compose
from livegan.saving import replacing
from livegan.sound.scoring.annotations import recordings
from livegan.sound.scoring.hearing_score import BASELINE, OWN, HearingScores, numbers, score

MIXES, PIECES, SONG_S = 10, 5, 40.0
"""Files of mixes and mixes in each; seconds of each MIDI file."""
SONGS = 14
GROUPS = ("mixes", "songs", "drumless", "music", "composed")


def write(folder: Path, name: str, wave: Wave, times: dict[str, list[float]]) -> None:
    """A sound file and its annotation; a file that is there is whole."""
    folder.mkdir(parents=True, exist_ok=True)
    strokes = [(t, label) for kind, label in (("kick", "KD"), ("snare", "SD")) for t in times[kind]]
    lines = [f"{time:.4f}\t{label}\n" for time, label in sorted(strokes)]
    (folder / f"{name}.txt").write_text("".join(lines))
    with replacing(folder / f"{name}.wav") as part:
        wavfile.write(part, RATE, np.clip(wave, -1, 1).astype(np.float32))


def joined(mixes: list[Mix]) -> tuple[Wave, dict[str, list[float]]]:
    """Mixes one after the other."""
    times: dict[str, list[float]] = {"kick": [], "snare": []}
    at = 0.0
    for mix in mixes:
        for kind, found in times.items():
            found += [at + time for time in mix.times[kind]]
        at += len(mix.samples) / RATE
    return np.concatenate([mix.samples for mix in mixes]), times


def set_exam(room: Studio, folder: Path) -> None:
    """Write all that is scored."""
    nothing: dict[str, list[float]] = {"kick": [], "snare": []}
    for i in range(MIXES):
        if not (folder / "mixes" / f"mix{i:02}.wav").exists():
            made = [room.mix(np.random.default_rng([999, i, k])) for k in range(PIECES)]
            write(folder / "mixes", f"mix{i:02}", *joined(made))
    for i, path in enumerate(room.midi[:: max(1, len(room.midi) // SONGS)]):
        if not (folder / "songs" / f"song{i:02}.wav").exists():
            mix = room.song(path, np.random.default_rng(i), SONG_S, vary=False)
            if mix.times["kick"]:
                write(folder / "songs", f"song{i:02}", mix.samples, mix.times)
    for cast in ("stride", "drumless"):
        for i in range(3):
            if not (folder / "drumless" / f"{cast}{i}.wav").exists():
                rng = np.random.default_rng([998, i])
                made = [room.mix(rng, cast) for _ in range(PIECES)]
                write(folder / "drumless", f"{cast}{i}", joined(made)[0], nothing)
    for i, track in enumerate(room.music[:8]):
        wave = np.asarray(track, np.float32) / 32768
        write(folder / "music", f"music{i:02}", wave, nothing)
    for style in STYLES:
        song = compose(style, 101, 40.0)
        times = {"kick": song.kicks.tolist(), "snare": song.snares.tolist()}
        write(folder / "composed", style, song.samples, times)
        beats = "".join(f"{time:.4f}\n" for time in song.beats)
        (folder / "composed" / f"{style}.beats").write_text(beats)


def marks(folder: Path) -> dict[str, dict[str, object]]:
    """HearingScores of each group, for the card."""
    result: dict[str, dict[str, object]] = {}
    for group in GROUPS:
        scores = HearingScores(
            [score(each, each.sound.stem) for each in recordings(folder / group)[0]]
        )
        result[group] = {"minutes": round(sum(s.seconds for s in scores.each) / 60, 1)} | {
            f"{kind}s, {detector}": numbers(scores.whole(detector, kind))
            for kind in ("kick", "snare")
            for detector in (OWN, BASELINE)
        }
    return result
