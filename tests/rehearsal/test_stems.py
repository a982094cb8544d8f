"""A rehearsal with a file for each named input."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from livegan.checking import prove_set
from livegan.cli import app
from livegan.engine.commit.script import Refusal
from livegan.rehearsal import Rehearsal, rehearse
from livegan.rehearsal.sound import RehearsalSound
from livegan.sound import RATE
from livegan.sound.media import decode
from tests.engine.playing import sound
from tests.rehearsal.test_rehearsing import write_wav

SET = """
from livegan.live import *
settings(bpm=120)
wave = encode.waveform({drums})
show(wave.hue({voice}.level).brightness({drums}.kick - 1))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stems")
    samples, _ = sound()
    write_wav(folder / "drums.wav", samples[: 3 * RATE])
    write_wav(folder / "voice.wav", 0.4 * samples[5 * RATE : 7 * RATE])
    write_wav(folder / "nothing.wav", 0 * samples[:RATE])
    named = {"drums": 'listen("drums")', "voice": 'listen("voice")'}
    (folder / "set.py").write_text(SET.format(**named))
    (folder / "own.py").write_text(SET.format(drums="listen()", voice='listen("voice")'))
    return folder


def of(folder: Path, *stems: str, name: str = "set.py", **more: Any) -> dict[str, Any]:
    inputs = {stem: folder / f"{stem}.wav" for stem in stems}
    notes: list[str] = []
    what = Rehearsal(folder / name, inputs=inputs, folder=folder, fps=25, size=48, **more)
    report = rehearse(what, on_message=lambda m: notes.append(m.get("text", ""))).report
    return {**report, "notes": [note for note in notes if note]}


def test_each_input_hears_its_own_file_as_it_would_be_heard_alone(folder: Path) -> None:
    """The drums are the show's own sound in one, and a named input in the other."""
    named = of(folder, "drums", "voice", seconds=1.0)
    own = of(folder, "voice", name="own.py", audio=folder / "drums.wav", seconds=1.0)
    assert named["frame_digests"] == own["frame_digests"]
    assert len(set(named["frame_digests"])) > 20 and not named["notes"]


def test_the_film_has_the_sum_up_to_the_end_of_the_longest(folder: Path) -> None:
    sum_ = RehearsalSound(
        None, 0.0, None, None, {n: folder / f"{n}.wav" for n in ("drums", "voice")}
    )
    assert sum_.begin(lambda heard, start: None) == "" and sum_.expected(25) == 75
    drums, voice = decode(folder / "drums.wav"), decode(folder / "voice.wav")
    drums[: len(voice)] += voice
    np.testing.assert_array_equal(sum_.span(0, 3 * RATE), drums)
    sum_.track.hear(4 * RATE)
    assert sum_.length == 3 * RATE
    for name, track in sum_.inputs.items():
        np.testing.assert_array_equal(track.samples(0, RATE), decode(folder / f"{name}.wav")[:RATE])


def test_an_input_without_a_file_is_silent_and_is_told_once(folder: Path) -> None:
    missing = of(folder, "drums", seconds=0.2)
    (line,) = missing["notes"]
    assert "'voice', which is silent" in line and "--audio voice=FILE" in line


def test_a_check_knows_nothing_of_inputs(folder: Path) -> None:
    assert prove_set(folder / "set.py", folder).problems == ()


def test_a_start_after_the_end_of_all_is_refused(folder: Path) -> None:
    with pytest.raises(Refusal, match=r"the sound ends at 3.0 s"):
        of(folder, "drums", "voice", start=4.0)


def test_stems_are_given_by_name_on_the_command_line(folder: Path) -> None:
    from typer.testing import CliRunner

    command = ["rehearse", "set.py", "--audio", f"drums={folder}/drums.wav", "--size", "32"]
    command[1] = str(folder / "set.py")
    done = CliRunner().invoke(app, [*command, "--audio", "voice=demo", "--seconds", "0.2"])
    assert done.exit_code == 0, done.output
    twice = CliRunner().invoke(app, [*command, "--audio", "drums=demo"])
    assert twice.exit_code and "the input 'drums' has two sources" in twice.output
