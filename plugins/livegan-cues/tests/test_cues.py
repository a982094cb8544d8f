"""The cue sheet finds where songs change that were written with the truth about it."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile
import typer
from livegan_cues import cues as command
from livegan_cues.cues import HEARD, cues
from livegan_cues.hearing import cues_of
from typer.testing import CliRunner

from livegan.demo.composer import compose
from livegan.testing import conformance

test_cues = conformance("livegan-cues")

app = typer.Typer()
app.command()(command)


def features(**curves: np.ndarray) -> dict[str, np.ndarray]:
    length = max(map(len, curves.values()))
    return {name: curves.get(name, np.zeros(length)) for name in HEARD}


def test_a_kick_that_comes_and_goes_is_two_cues() -> None:
    kick = np.repeat([0.0, 0.6, 0.0], 1600)
    found = cues(np.arange(0, 48, 2.0), features(kick=kick))
    assert [(c.seconds, c.bar, c.what) for c in found] == [
        (16.0, 9, "the kick comes in"),
        (32.0, 17, "the kick stops"),
    ]


def test_what_stays_alike_has_no_cues() -> None:
    chance = np.random.default_rng(0).uniform(0, 0.1, 4000)
    assert cues(np.arange(0, 40, 2.0), features(low=chance)) == []
    assert cues(np.array([]), features(low=chance)) == []


@pytest.mark.parametrize("style", ["techno", "house"])
def test_the_sections_of_a_song_are_found(style: str) -> None:
    song = compose(style, 3, 90.0)
    bpm, found = cues_of(song.samples)
    bar = 240 / song.bpm
    steps = [
        after.start
        for before, after in pairwise(song.sections)
        if abs(after.energy - before.energy) > 0.2
    ]
    assert abs(bpm - song.bpm) < 1
    near = [any(abs(cue.seconds - step) < 1.5 * bar for cue in found) for step in steps]
    assert sum(near) >= 0.7 * len(steps) > 0
    assert len(found) < 2.5 * len(song.sections)


def test_the_command_prints_a_sheet_and_writes_labels(tmp_path: Path) -> None:
    track, labels = tmp_path / "song.wav", tmp_path / "song.txt"
    soundfile.write(track, compose("techno", 3, 60.0).samples, 48000)
    said = CliRunner().invoke(app, [str(track), "--labels", str(labels)])
    assert said.exit_code == 0 and "what changes" in said.output
    found = json.loads(CliRunner().invoke(app, [str(track), "--json"]).output)["cues"]
    assert found and set(found[0]) == {"seconds", "bar", "strength", "what"}
    lines = labels.read_text().splitlines()
    assert len(lines) == len(found)
    assert lines[0].startswith(f"{found[0]['seconds']:.3f}\t")


def test_what_is_no_track_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no music")
    said = CliRunner().invoke(app, [str(tmp_path / "notes.txt")])
    assert said.exit_code == 1
    assert len(said.output.strip().splitlines()) == 1
