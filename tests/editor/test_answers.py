"""Completion, explanation, signatures and definitions, at a place that `|` marks in a text."""

from __future__ import annotations

from pathlib import Path

import pytest

from livegan.editor.answers import completions, definition, hover, signature
from livegan.editor.position import SetSource
from livegan.editor.vocabulary import Vocabulary

SET = """\
from livegan.live import *
sound = listen()
low = sound.low.smooth(0.2)
wave = encode.timeline(sound, seconds=10)
a = model("city", wave)

@mixer
def glow(picture, *, amount=param(0.5, 0, 1, "how much")):
    return picture

"""


def at(typed: str, file: str = "set.py") -> tuple[SetSource, int, int]:
    """A set with a line more, and the place of the mark in it."""
    text = SET + typed
    before = text[: text.index("|")]
    line = before.count("\n")
    column = len(before.rpartition("\n")[2])
    known = SetSource.read(SET, file)
    return SetSource.read(text.replace("|", ""), file, known), line, column


def names(typed: str, words: Vocabulary) -> list[str]:
    source, line, column = at(typed)
    return [item.label for item in completions(source, words, line, column)]


@pytest.mark.parametrize(
    ("typed", "has", "lacks"),
    [
        ("b = encode.|", "timeline", "blur"),
        ("b = encode.wa|", "waveform", "blur"),
        ("show(a.|", "blur", "timeline"),
        ("show(a.blur(4).h|", "hue", "timeline"),
        ("show(a.glow().|", "glow", "timeline"),
        ("show(\n    a\n    .blur(2)\n    .|", "hue", "timeline"),
        ("show(grid(a, wave).|", "blur", "low"),
        ("b = sound.|", "kick", "blur"),
        ("b = low.|", "smooth", "blur"),
        ("b = (low * 2 + beat).|", "smooth", "blur"),
        ("b = lfo(beats=8).|", "clip", "blur"),
        ('c = film("a.mp4").|', "alpha", "kick"),
        ('b = model("|', "ocean", "wave"),
        ('b = model("ci|', "city", "wave"),
        ("b = model('|', wave)", "nebula", "wave"),
        ('b = morph("city", "|', "ocean", "wave"),
        ('b = prev("|', "wave", "sound"),
        ("show(a.blur(|", "radius=", "seconds="),
        ("show(a.displace(wave, amount=0.2, |", "using=", "amount="),
        ('show(a.displace(wave, using="|', "colours", "wave"),
        ("show(a.displace(wave, using=|", '"luma"', "using="),
        ("b = model('city', wave, norm=|", '"running"', "norm="),
        ("show(glow(a, |", "amount=", "radius="),
        ("w|", "wave", "timeline"),
        ("show(|", "grid", "timeline"),
        ("# encode.\nshow(a, |", "wave", "timeline"),
    ],
)
def test_what_can_be_written_is_offered(
    typed: str, has: str, lacks: str, words: Vocabulary
) -> None:
    found = names(typed, words)
    assert has in found and lacks not in found


@pytest.mark.parametrize("typed", ['show("a"|', "b = nothing.|", "b = 3.|", 'b = "city|', "# a|"])
def test_where_nothing_is_known_nothing_is_offered(typed: str, words: Vocabulary) -> None:
    assert "timeline" not in names(typed, words) and "blur" not in names(typed, words)


def test_a_module_beside_a_set_is_not_completed_with_words_it_does_not_take(
    words: Vocabulary,
) -> None:
    source = SetSource.read("import math\nfilm(\nblur\n", "helper.py")
    assert completions(source, words, 1, 5) == [] == completions(source, words, 2, 2)
    assert hover(source, words, 1, 2, False) is None
    assert signature(source, words, 1, 5) is None


def said(typed: str, words: Vocabulary, pictures: bool = False) -> str:
    source, line, column = at(typed)
    found = hover(source, words, line, column, pictures)
    return getattr(found.contents, "value", "") if found else ""


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("show(a.bl|ur(4))", "0..128 px: standard deviation"),
        ("b = encode.time|line(sound)", "1..50 s: how much of the past"),
        ("b = sou|nd.low", ""),
        ("b = sound.ki|ck", "jumps at a kick drum"),
        ("b = mo|del('city')", "A slot"),
        ("b = model('ci|ty')", "licence"),
        ("show(a.blur(rad|ius=3))", "standard deviation"),
        ("b = be|at", "Phase of the beat"),
        ("show(a.gl|ow())", "how much"),
        ("show(a.blur(4), 'bl|ur')", ""),
    ],
)
def test_a_word_is_explained(typed: str, says: str, words: Vocabulary) -> None:
    found = said(typed, words)
    assert says in found and bool(says) == bool(found)


def test_a_picture_is_only_sent_to_editors_that_show_it_and_is_small(words: Vocabulary) -> None:
    shown = said("show(a.bl|ur(4))", words, pictures=True)
    assert "![blur](data:image/jpeg;base64," in shown and len(shown) < 20_000
    assert "data:" not in said("show(a.bl|ur(4))", words)
    assert "![city](data:image/jpeg;base64," in said("b = model('ci|ty')", words, pictures=True)


@pytest.mark.parametrize(
    ("typed", "parameter"),
    [
        ("show(a.blur(|", "radius: Number = 4.0"),
        ("show(a.displace(wave, |", "amount: Number = 0.1"),
        ("show(a.displace(wave, turn=|", "turn: Number = 0.0"),
        ("show(grid(a, (1, 2), |", "*pictures: Picture | Sequence[Picture]"),
        ('b = knob("hue", 0.3, |', "low: float = 0.0"),
    ],
)
def test_the_parameter_that_is_typed_is_marked(
    typed: str, parameter: str, words: Vocabulary
) -> None:
    found = signature(*reordered(at(typed), words))
    assert found is not None and found.active_parameter is not None
    shown = found.signatures[0].parameters or ()
    assert shown[found.active_parameter].label == parameter


def reordered(
    place: tuple[SetSource, int, int], words: Vocabulary
) -> tuple[SetSource, Vocabulary, int, int]:
    return place[0], words, place[1], place[2]


def test_a_definition_is_in_livegan_in_the_set_or_beside_it(
    tmp_path: Path, words: Vocabulary
) -> None:
    (tmp_path / "tools.py").write_text("import math\n\n\ndef rings(x):\n    return x\n")
    file = str(tmp_path / "set.py")

    def where(typed: str) -> tuple[str, int]:
        source, line, column = at(typed, file)
        found = definition(source, words, line, column)
        assert found is not None, typed
        return Path(found[0]).name, found[1]

    assert where("show(a.bl|ur())")[0] == "detail.py"
    assert where("encode.time|line(sound)")[0] == "timeline.py"
    assert where("kn|ob('a')")[0] == "control.py"
    assert where("show(wa|ve)") == ("set.py", 4)
    assert where("show(a.gl|ow())") == ("set.py", 8)
    assert where("import to|ols") == ("tools.py", 1)
    assert where("from tools import ri|ngs") == ("tools.py", 4)
    assert where("import tools\nb = tools.ri|ngs(3)") == ("tools.py", 4)
    assert where("model('ci|ty')")[0] == "model.safetensors"


def test_names_that_are_made_from_themselves_are_no_endless_loop(words: Vocabulary) -> None:
    chain = "\n".join(f"x{n} = x{n - 1} + x{n - 1}" for n in range(1, 60))
    source = SetSource.read(f"{SET}a = a.blur()\nx0 = sound.low\n{chain}\n", "set.py")
    assert source.class_of("x59", words) == "Signal"
    assert source.class_of("y", words) == ""
    assert source.class_of("((((", words) == ""
