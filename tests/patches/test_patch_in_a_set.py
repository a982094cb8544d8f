"""Patches in a set: what a call means, what is refused, and the same sound each time."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from livegan.engine.commit.script import Refusal, Script, run
from livegan.patches import pyo_library
from livegan.plugin import registry
from livegan.rehearsal import Edit, Rehearsal, rehearse
from livegan.sound import RATE
from livegan.sound.media import decode

HEAD = "from livegan.live import *\nimport pyo\nsettings(bpm=120)\n"
WET = """@patch
def wet(sound, *, cut=param(1200, 100, 8000, unit="Hz")):
    return pyo.Tone(sound, freq=cut)
"""
BEEP = """@patch
def beep(*, hit=param(0.0), note=param(60.0, 24.0, 96.0)):
    struck = pyo.Thresh(hit, threshold=0.5)
    return pyo.Sine(pyo.midiToHz(note), mul=pyo.TrigEnv(struck, pyo.HannTable(), dur=0.1))
"""
SHOWN = "show(encode.waveform(w))\n"


@pytest.fixture(autouse=True)
def words() -> None:
    """Loaded, so that no set runs into its deadline for them."""
    registry.current()


def read(text: str, folder: Path) -> Script:
    path = folder / "set.py"
    path.write_text(HEAD + text)
    return run(path, HEAD + text)


def test_a_patch_is_a_sound_with_signals_and_feeds_patches(tmp_path: Path) -> None:
    text = WET + "w = wet(listen())\nv = wet(w, cut=300 + 900 * w.low, key='again')\n"
    graph = read(text + "x = wet(v)\nshow(encode.levels(x).hue(v.kick))\n", tmp_path).graph
    assert [patch.key for patch in graph.patches] == ["patch:wet", "patch:again", "patch:wet.2"]
    first, again, _ = graph.patches
    assert again.sounds == (first,) and first.build == again.build
    assert graph.nodes[0].sounds == (graph.patches[2],)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("w = wet(encode.levels())\n", "wet needs a sound as 'sound', such as listen()"),
        ("w = wet(listen(), cuts=3)\n", "has no argument 'cuts'; did you mean 'cut'"),
        ("w = wet(listen(), cut=3)\n", "cut goes from 100 to 8000 Hz, got 3"),
        ("w = wet(wet())\nw()\n", "is a sound already"),
        ("a = wet(key='a')\nw = wet(key='a')\n", "two patches have the key 'a'"),
    ],
)
def test_a_call_that_cannot_be_played_is_refused(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=said):
        read(WET + text + SHOWN, tmp_path)


def test_from_pyo_import_star_is_refused_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="hides the set's own time"):
        read("from pyo import *\n" + WET + "w = wet()\n" + SHOWN, tmp_path)


def test_a_set_plays_on_where_pyo_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> Any:
        raise pyo_library.NoPyo(f"patches need pyo: {pyo_library.INSTALL}")

    monkeypatch.setattr(pyo_library, "load_pyo", missing)
    assert len(read(WET + "w = wet()\n" + SHOWN, tmp_path).graph.patches) == 1
    with pytest.raises(Refusal, match=r'pip install "livegan\[pyo\]"'):
        read("table = pyo.HarmTable()\n" + WET + "w = wet()\n" + SHOWN, tmp_path)


def test_brightness_is_a_signal_and_a_mixer(tmp_path: Path) -> None:
    text = "a = encode.waveform()\nb = encode.levels()\n"
    graph = read(text + "show(a.brightness(0.5 * b.brightness).hue(a.hue_of))\n", tmp_path).graph
    assert sorted(graph.seen) == ["a.hue_of", "b.brightness"]
    assert {node.name for node in graph.nodes} >= {"a", "b"}, "b is drawn, though it is not shown"


def rehearsed(text: str, folder: Path, **more: Any) -> tuple[dict[str, Any], list[str]]:
    path = folder / "set.py"
    path.write_text(HEAD + text)
    notes: list[str] = []
    what = Rehearsal(set=path, folder=folder, size=16, fps=10, **{"seconds": 1.0, **more})
    result = rehearse(what, on_message=lambda m: notes.append(str(m.get("text", ""))))
    return result.report, notes


def test_a_film_has_the_sound_that_the_set_made_and_again_the_same(tmp_path: Path) -> None:
    text = BEEP + "w = beep(hit=every(beats=1), note=72, heard=True)\n" + SHOWN
    report, _ = rehearsed(text, tmp_path, out=tmp_path / "film.mkv")
    again, _ = rehearsed(text, tmp_path)
    assert report["faults"] == []
    assert report["sound_digest"] == again["sound_digest"] != ""
    assert report["digest"] == again["digest"]
    heard = decode(tmp_path / "film.mkv")[:RATE]
    loud = np.abs(heard).max(axis=1).reshape(20, -1).max(axis=1)
    # A patch that begins on a beat hears no rise; half a second later it does.
    assert (loud > 0.3).tolist() == [*[False] * 10, True, True, *[False] * 8]
    spectrum = np.abs(np.fft.rfft(heard[:, 0]))
    assert spectrum.argmax() == pytest.approx(523, abs=15)


def test_an_edit_is_heard_without_a_gap_and_one_that_raises_is_refused_with_its_line(
    tmp_path: Path,
) -> None:
    text = 'settings(swap="now")\n@patch\ndef tone():\n    return pyo.Sine(200, mul=0.5)\n'
    text += "w = tone(heard=True)\n" + SHOWN
    edits = []
    for at, new in ((0.4, ("200", "400")), (0.7, ("pyo.Sine", "pyo.Sinus"))):
        file = tmp_path / f"{at}.py"
        file.write_text(HEAD + text.replace(*new))
        edits.append(Edit(at, file))
    report, _ = rehearsed(text, tmp_path, out=tmp_path / "film.mkv", edits=edits)
    heard = decode(tmp_path / "film.mkv")[:RATE, 0]
    loud = np.sqrt((heard[4800:].reshape(-1, 480) ** 2).mean(axis=1))
    assert loud.min() > 0.15, "never silent"
    assert np.abs(np.diff(heard)).max() < 0.06, "never a click"
    refused = [c for c in report["commits"] if c["status"] == "refused"]
    assert len(refused) == 1 and "has no 'Sinus'" in refused[0]["reason"]
    assert refused[0]["where"].endswith(":7")


def test_what_ends_pyo_is_refused_and_ends_nothing_else(tmp_path: Path) -> None:
    text = "@patch\ndef tone():\n    return pyo.Sine(float('nan'))\nw = tone()\n" + SHOWN
    with pytest.raises(Refusal, match="ends the process that it is tried in"):
        rehearsed(text, tmp_path, seconds=0.1)


def test_the_picture_plays_the_sound_and_the_sound_the_picture(tmp_path: Path) -> None:
    text = BEEP.replace("hit=param(0.0), ", "").replace(
        "pyo.TrigEnv(struck, pyo.HannTable(), dur=0.1)", "note / 96"
    )
    text = text.replace("    struck = pyo.Thresh(hit, threshold=0.5)\n", "")
    text += "w = beep(note=24 + 72 * prev('a').brightness)\n"
    text += "a = encode.waveform(w).brightness(lfo(seconds=1, low=-0.5, high=0.5))\nshow(a)\n"
    report, _ = rehearsed(text, tmp_path)
    again, _ = rehearsed(text, tmp_path)
    assert report["sound_digest"] == again["sound_digest"]
    still, _ = rehearsed(text.replace("72 * prev('a').brightness", "0"), tmp_path)
    assert still["sound_digest"] != report["sound_digest"]


def test_two_patches_do_not_change_each_other(tmp_path: Path) -> None:
    hiss = "@patch\ndef {0}():\n    return pyo.Noise(0.3)\n{1} = {0}(heard={2})\n"
    alone = hiss.format("hiss", "w", True) + SHOWN
    both = hiss.format("other", "o", False) + hiss.format("hiss", "w", True) + SHOWN
    films = []
    for name, text in (("alone", alone), ("both", both)):
        rehearsed(text, tmp_path, out=tmp_path / f"{name}.mkv", seconds=0.3)
        films.append(hashlib.sha256(decode(tmp_path / f"{name}.mkv").tobytes()).hexdigest())
    assert films[0] == films[1]
