"""Names in quotes are offered: of the show, of the sets and the mapping beside, and of devices."""

from __future__ import annotations

from pathlib import Path

import pytest

from livegan.editor import quoted
from livegan.editor.answers import completions
from livegan.editor.position import SetSource
from livegan.editor.quoted import ENDINGS, KINDS, QuotedNames
from livegan.editor.vocabulary import Vocabulary
from livegan.graph import shader
from livegan.ipc.remote.schema import ShowState
from livegan.picture_file import SUFFIXES

SET = """\
from livegan.live import *
drums = listen("drums")
wave = encode.waveform(drums).hue(knob("warmth", 0.1))
"""
OTHER = """\
from livegan.live import *
show(encode.levels(listen(name="voice")).hue(osc("/xy/1")).zoom(knob("far") * pad("bang")))
send("/low", 0.5, to="10.0.0.7:7000")
send(midi(cc=1, port="Launchpad"), 0.2)
"""
MAPPING = """\
[[map]]
knob = "glow"
cc = 1
port = "nanoKONTROL"
[[map]]
knob = 3
osc = "/1/fader1"
"""
PLAYING = ShowState(
    inputs=[{"name": "bass", "source": "demo"}], knobs=[{"name": "depth"}], pads=["kick"]
)
DEVICES = {"camera": ["FaceTime HD"], "NDI sender": ["STUDIO (Arena)"], "MIDI": ["Launchpad X"]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "set.py").write_text(SET)
    (tmp_path / "other.py").write_text(OTHER)
    (tmp_path / "broken.py").write_text('from livegan.live import *\nknob("lost"')
    (tmp_path / "tool.py").write_text('knob("no set")')
    (tmp_path / "set.controls.toml").write_text(MAPPING)
    (tmp_path / "films").mkdir()
    for name in ("films/sea.mp4", "iris.fs", "logo.png", ".hidden.png"):
        (tmp_path / name).touch()
    return tmp_path


def offered(typed: str, folder: Path, words: Vocabulary) -> dict[str, str]:
    """Names and where they are from, at the end of a line that is typed below the set."""
    before = SetSource.read(SET)
    source = SetSource.read(SET + typed, before=before)
    names = QuotedNames(str(folder / "set.py"), PLAYING, DEVICES)
    line = SET.count("\n")
    found = completions(source, words, line, len(typed), names)
    return {item.label: str(item.detail) for item in found}


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ('b = listen("', ["bass", "voice", "drums"]),
        ('b = listen(name="v', ["bass", "voice", "drums"]),
        ('b = knob("', ["depth", "glow", "far", "warmth"]),
        ('b = pad("', ["kick", "bang"]),
        ('b = midi(cc=2, port="', ["Launchpad X", "nanoKONTROL", "Launchpad"]),
        ('b = osc("', ["/1/fader1", "/xy/1"]),
        ('send("', ["/low"]),
        ('send("/high", 1, to="', ["10.0.0.7:7000"]),
        ('b = camera("', ["FaceTime HD"]),
        ('b = ndi_in("', ["STUDIO (Arena)"]),
        ('b = film("', ["films/sea.mp4"]),
        ('b = picture("', ["logo.png"]),
        ('b = pictures("', ["films"]),
        ('b = shader("', ["iris.fs"]),
        ('b = wave.shader("', ["iris.fs"]),
        ('settings(tempo="', ["music", "tap", "midi", "link"]),
        ('settings(swap="', ["now", "beat", "bar"]),
        ('b = lfo(4, shape="tri', ["sine", "triangle", "ramp", "saw", "square", "random", "noise"]),
    ],
)
def test_names_are_offered_in_quotes(
    typed: str, wanted: list[str], folder: Path, words: Vocabulary
) -> None:
    assert list(offered(typed, folder, words)) == wanted


def test_a_name_says_where_it_is_known_from(folder: Path, words: Vocabulary) -> None:
    found = offered('b = knob("', folder, words)
    assert found["depth"] == "knob, of the show"
    assert found["glow"] == "knob, in set.controls.toml"
    assert found["far"] == "knob, in other.py"
    assert found["warmth"] == "knob, in this set"
    assert offered('b = camera("', folder, words)["FaceTime HD"] == "camera, of this machine"


def test_what_is_broken_or_gone_offers_nothing_and_breaks_nothing(
    folder: Path, words: Vocabulary
) -> None:
    for text in ("[[map]\n", "map = 3\n", "\xff", "[[map]]\nknob = [1]\n"):
        (folder / "set.controls.toml").write_text(text, "latin-1")
        assert "glow" not in offered('b = knob("', folder, words)
    (folder / "other.py").write_text(OTHER.replace("far", "near"))
    assert "near" in offered('b = knob("', folder, words), "it was saved meanwhile"
    (folder / "other.py").unlink()
    assert "near" not in offered('b = knob("', folder, words)
    assert offered('b = knob("', folder / "nowhere", words).keys() == {"depth", "warmth"}


def test_each_kind_is_of_a_word_and_a_parameter_that_there_are(words: Vocabulary) -> None:
    for function, name in KINDS:
        word = words.word(function)
        assert word is not None and name in [param.name for param in word.params], function
    assert ENDINGS["shader file"] == shader.SUFFIXES
    assert {*ENDINGS["picture file"]} == {*SUFFIXES, ".gif"}
    assert quoted.FIRST["send"] == "address"
