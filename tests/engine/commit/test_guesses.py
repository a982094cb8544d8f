"""A mistyped name is answered from the set language, inside leaves as at the top level."""

from __future__ import annotations

import dataclasses
import inspect
from pathlib import Path

import pytest

from livegan.engine.commit.script import Refusal, run
from livegan.graph.sound import FEATURES
from livegan.plugin import Now
from livegan.reference import NOW
from livegan.sound.history import Sound
from tests.engine.playing import Show

HEAD = "from livegan.live import *\n"
WAVE = "w = encode.waveform(listen())\n"


def refused(folder: Path, text: str) -> Refusal:
    path = folder / "set.py"
    path.write_text(HEAD + text)
    with pytest.raises(Refusal) as raised:
        run(path, HEAD + text)
    return raised.value


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("x = ecode.waveform(1)", "nothing is called 'ecode'; did you mean 'encode'?"),
        ("x = lisen()", "nothing is called 'lisen'; did you mean 'listen'?"),
        ("x = pritn(1)", "nothing is called 'pritn'; did you mean 'print'?"),
        ("loudness = 1\nx = loudnes", "nothing is called 'loudnes'; did you mean 'loudness'?"),
        ("x = sine(3)", "nothing is called 'sine'; for an oscillator, use `lfo(...)`"),
        ("x = qqqq", "nothing is called 'qqqq'"),
        ("a = model(nebula, w)", "nothing is called 'nebula'; the name of a model needs quotes"),
        ("a = morph('city', ocean, 1)", "nothing is called 'ocean'; the name of a model needs"),
        ("a = prev(trail)", "nothing is called 'trail'; the name of a picture needs quotes"),
        ("x = time.sleep(1)", "`time` is a signal, the seconds since the show began; for Python"),
        ("x = listen().beets", "the sound has no 'beets'; did you mean 'beats'?"),
        ("x = lfo(beet=3)", "lfo has no argument 'beet'; did you mean 'beats'?"),
        ("x = beat.scale(0, hight=2)", ".scale has no argument 'hight'; did you mean 'high'?"),
        ("x = model('city', w, nrom='frame')", "model has no argument 'nrom'; did you mean 'norm'"),
        ("x = model('city', w, 512)", "model takes at most 2 values without a name; give the"),
        ("x = film('a.mp4', lop=True)", "film has no argument 'lop'; did you mean 'loop'?"),
        ("x = morph('a')", "morph needs 'b'"),
        ("x = listen(3)", "listen takes the name of an input in quotes"),
        ("x = listen('a', 'b')", "listen takes at most 1 value"),
        ("x = listen(device='mic')", "listen has no argument 'device'"),
        ("x = max(w, w)", "pictures cannot be compared; use lighten(a, b)"),
        ("import math\nx = math.sinn(1)", "the module math has no 'sinn'; did you mean 'sin'?"),
    ],
)
def test_a_name_that_means_nothing_is_answered_with_what_was_meant(
    tmp_path: Path, line: str, reason: str
) -> None:
    refusal = refused(tmp_path, WAVE + line + "\nshow(w)\n")
    assert reason in refusal.reason
    assert refusal.place is not None and refusal.place.line == 2 + len(line.splitlines())


@pytest.mark.parametrize("name", ["midi", "image", "src", "mouse", "qoph"])
def test_no_guess_is_made_where_nothing_is_alike(tmp_path: Path, name: str) -> None:
    from livegan.plugin.words import WORDS

    if name in WORDS:
        pytest.skip("it is a word of the language")
    assert "did you mean" not in refused(tmp_path, f"x = {name}\n").reason


@pytest.mark.parametrize(
    ("leaf", "reason"),
    [
        ("return skyline(sound.peakz(64, 1))", "the sound has no 'peakz'; did you mean 'peaks'?"),
        ("return skyline(sond.peaks(64, 1))", "nothing is called 'sond'; did you mean 'sound'?"),
        ("return now.beets", "`now` has no 'beets'; did you mean 'beats'?"),
        ("return sound.mono(1).shap", "an array has no 'shap'; did you mean 'shape'?"),
    ],
)
def test_leaves_are_answered_with_the_same_care(tmp_path: Path, leaf: str, reason: str) -> None:
    text = f"{HEAD}@encoder\ndef spikes(sound, *, now):\n    {leaf}\nshow(spikes(listen()))\n"
    show = Show(tmp_path, text, size=32)
    commit = show.save()
    show.player.close()
    assert commit is not None and commit.status == "refused"
    assert reason in commit.reason
    assert commit.where.endswith("set.py:4")


def test_a_function_of_the_set_that_is_called_like_a_word_is_not_taken_for_it(
    tmp_path: Path,
) -> None:
    text = "def lfo(size):\n    pass\nx = lfo(beet=3)\n"
    assert "TypeError: lfo() got an unexpected" in refused(tmp_path, text).reason


def test_a_file_that_hides_a_module_of_python_is_named(tmp_path: Path) -> None:
    (tmp_path / "random.py").write_text("x = 1\n")
    reason = refused(tmp_path, "import random\nx = random.choice([1])\n").reason
    assert reason == (
        "the file random.py beside the set hides Python's own module: it has no 'choice'"
    )


def test_options_that_are_none_are_as_if_they_were_not_written(tmp_path: Path) -> None:
    text = f"{HEAD}{WAVE}settings(size=None, seed=None, fps=25)\n"
    graph = run(tmp_path / "set.py", f"{text}show(model('city', w, size=None))\n").graph
    assert graph.settings == {"fps": 25}
    assert not graph.models[0].fixed["size"]


def test_beats_of_the_sound_are_a_signal(tmp_path: Path) -> None:
    text = HEAD + "show(encode.waveform(listen()).hue(listen().beats / 8))\n"
    assert "beats" in str(run(tmp_path / "set.py", text).graph.nodes[-1].live)


def test_a_second_show_and_a_hidden_word_are_told_once(tmp_path: Path) -> None:
    text = f"{HEAD}import time\n{WAVE}show(w)\nshow(w.blur(3))\n"
    show = Show(tmp_path, text, size=32)
    show.save()
    notes = [m["text"] for m in show.messages if m["type"] == "note"]
    assert len(notes) == 2
    assert "the window shows line 5 and ignores the show(...) of line 4" in notes[0]
    assert "line 2: `import time` hides the word `time`" in notes[1]
    show.save(text.replace("blur(3)", "blur(4)"))
    assert len([m for m in show.messages if m["type"] == "note"]) == 2, "nothing new to tell"
    show.player.close()


def test_an_import_before_the_language_hides_nothing(tmp_path: Path) -> None:
    text = f"import time\n{HEAD}show(encode.waveform(listen()).hue(time))\n"
    assert run(tmp_path / "set.py", text).notes == ()


def test_the_page_of_the_language_names_all_that_now_and_sound_have() -> None:
    phases = {n for n, _ in inspect.getmembers(Now, lambda part: isinstance(part, property))}
    assert {*NOW} == {field.name for field in dataclasses.fields(Now)} | phases
    page = Path("docs/language.md").read_text(encoding="utf-8")
    for name in (n for n in dir(Sound) if not n.startswith("_")):
        assert f"sound.{name}" in page, name
    assert {*FEATURES} <= {*dir(Sound)}
