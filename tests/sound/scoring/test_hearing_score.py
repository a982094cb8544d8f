"""`livegan score-hearing` on small sounds."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.io import wavfile
from typer.testing import CliRunner

from livegan.cli import app
from livegan.sound import RATE
from livegan.sound.scoring.annotations import Annotation
from livegan.sound.scoring.flux import LOW_HZ, flux_times
from livegan.sound.scoring.hearing_score import BASELINE, OWN, HearingScores, score_sound

KICKS = [0.5 + 0.5 * i for i in range(12)]
SECONDS = 7.0


def drums(times: list[float] = KICKS) -> np.ndarray:
    """Bass drums, (n, 2)."""
    t = np.arange(int(0.3 * RATE)) / RATE
    hz = 52 * (1 + 4 * np.exp(-t / 0.02))
    click = np.random.default_rng(0).standard_normal(len(t)) * np.exp(-t / 0.002)
    kick = 0.7 * np.sin(2 * np.pi * np.cumsum(hz) / RATE) * np.exp(-t / 0.12) + 0.15 * click
    sound = np.zeros(int(SECONDS * RATE))
    for time in times:
        at = round(time * RATE)
        sound[at : at + len(kick)] += kick[: len(sound) - at]
    return np.repeat(sound[:, None], 2, axis=1).astype(np.float32)


def test_flux_finds_bass_drums_however_the_sound_is_cut() -> None:
    sound = drums()
    whole = flux_times([sound], LOW_HZ)
    assert len(whole) == len(KICKS)
    assert max(abs(a - b) for a, b in zip(whole, KICKS, strict=True)) < 0.05
    assert flux_times(np.array_split(sound, 37), LOW_HZ) == whole


def test_both_detectors_are_scored_where_something_was_annotated() -> None:
    sound = drums()
    score = score_sound(lambda: iter([sound]), Annotation(KICKS, []), "drums")
    assert score.tallies[OWN, "kick"].f > 0.9
    assert score.tallies[BASELINE, "kick"].f > 0.9
    assert not any(kind == "beat" for _, kind in score.tallies)
    assert score.late and max(score.late) <= 0.06


def test_recordings_without_drums_are_counted_apart() -> None:
    sound = drums()
    scores = HearingScores(
        [
            score_sound(lambda: iter([sound]), Annotation(KICKS, None), "drums"),
            score_sound(lambda: iter([sound]), Annotation([], None), "piano"),
        ]
    )
    whole, without = scores.whole(OWN, "kick"), scores.without(OWN, "kick")
    assert whole is not None and without is not None
    assert whole.wanted == len(KICKS) and without.wanted == 0
    assert without.false_a_minute == pytest.approx(60 / SECONDS * without.alarms)
    assert scores.whole(OWN, "snare") is None


def test_the_command_scores_a_folder(tmp_path: Path) -> None:
    wavfile.write(tmp_path / "song.wav", RATE, drums())
    (tmp_path / "song.txt").write_text("".join(f"{time}\tKD\n" for time in KICKS))
    (tmp_path / "song.beats").write_text("".join(f"{time}\n" for time in KICKS))
    wavfile.write(tmp_path / "other.wav", RATE, drums([]))
    ran = CliRunner().invoke(app, ["score-hearing", str(tmp_path), "--json"])
    assert ran.exit_code == 0, ran.output
    found = json.loads(ran.stdout)
    assert found["recordings"] == 1
    assert found["all"]["kicks"]["livegan"]["f"] > 0.9
    assert found["all"]["kicks"]["flux"]["annotated"] == len(KICKS)
    assert found["all"]["beats"]["livegan"]["annotated"] == 3
    assert [Path(path).name for path in found["without_annotation"]] == ["other.wav"]
    ran = CliRunner().invoke(app, ["score-hearing", str(tmp_path), "--each"])
    assert ran.exit_code == 0 and "song.wav" in ran.output and "other.wav" in ran.output
    assert "false a" in ran.output and "ms after the stroke" in ran.output


def test_a_folder_without_annotations_is_told_what_one_looks_like(tmp_path: Path) -> None:
    wavfile.write(tmp_path / "song.wav", RATE, drums([]))
    ran = CliRunner().invoke(app, ["score-hearing", str(tmp_path)])
    assert ran.exit_code == 1 and '"time label"' in ran.output
    ran = CliRunner().invoke(app, ["score-hearing", str(tmp_path / "nowhere")])
    assert ran.exit_code == 2 and "no folder" in ran.output


def test_an_annotation_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    wavfile.write(tmp_path / "song.wav", RATE, drums([]))
    (tmp_path / "song.txt").write_text("0.5 KD\nhere SD\n")
    ran = CliRunner().invoke(app, ["score-hearing", str(tmp_path)])
    assert ran.exit_code == 1 and "song.txt: line 2" in ran.output
