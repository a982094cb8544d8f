"""A set is read and edited as it is written: formatting, comments and `# keep` stay."""

from __future__ import annotations

import pytest

from livegan.autopilot.code_parts import SetWords
from livegan.autopilot.repertoire import words_of
from livegan.autopilot.set_code import SetCode, kept_lines
from livegan.plugin import registry

TEXT = '''"""A set."""

from livegan.live import *

sound = listen()                                 # what is heard

wave   = encode.waveform(sound)
trail  = encode.levels_timeline(sound, seconds=10)  # keep

a = model("nebula",   trail)     # aligned
b = model(
    "city",
    wave,  # KEEP this one
)
level = sound.low.smooth(0.2)

# what is shown
show(a.screen(b, 0.5))
'''


@pytest.fixture(scope="module")
def words() -> SetWords:
    return words_of(registry.Registry().load(installed=False))


@pytest.fixture
def score(words: SetWords) -> SetCode:
    return SetCode(TEXT, words)


def test_slots_conditions_and_the_sound_are_found(score: SetCode) -> None:
    assert [(s.name, s.model) for s in score.slots] == [("a", "nebula"), ("b", "city")]
    assert [c.name for c in score.conditions] == ["wave", "trail"]
    assert score.sound == "sound" and score.signal("low") == "sound.low"
    assert score.picture is not None and score.picture.code == "a.screen(b, 0.5)"
    assert score.parts == ["a", "b"]


def test_a_part_is_kept_by_its_own_lines(score: SetCode) -> None:
    a, b = score.slots
    assert a.condition is not None and not a.condition.kept
    assert b.condition is not None and b.condition.kept
    assert [c.value.kept for c in score.conditions] == [False, True]
    assert list(kept_lines(TEXT)) == [8, 13]


def test_only_what_is_replaced_changes(score: SetCode) -> None:
    condition = score.slots[0].condition
    assert condition is not None
    after = score.replaced((condition, "wave")).text
    assert after == TEXT.replace("trail)     # aligned", "wave)     # aligned")


def test_two_parts_are_replaced_at_once(score: SetCode) -> None:
    first, second = score.slots[0].call.given[0], score.slots[1].call.given[0]
    after = score.replaced((first, second.code), (second, first.code)).text
    assert 'model("city",   trail)' in after and '    "nebula",\n' in after


def test_a_part_is_wrapped_as_it_was(score: SetCode) -> None:
    assert score.picture is not None
    after = score.wrapped(score.picture, "{}.hue(0.5)").text
    assert after.endswith("show(a.screen(b, 0.5).hue(0.5))\n")
    sum_ = SetCode("x = 1 + 2\n")
    assert sum_.wrapped(sum_.assigned[0].value, "f({})").text == "x = f((1 + 2))\n"


def test_an_argument_is_added_or_replaced(score: SetCode) -> None:
    call = next(c for c in score.calls if c.word == "levels_timeline")
    assert "sound, seconds=4)" in score.with_argument(call, "seconds", "4").text
    call = next(c for c in score.calls if c.word == "waveform")
    assert "encode.waveform(sound, gain=2)" in score.with_argument(call, "gain", "2").text


def test_a_line_is_inserted_above_a_statement_and_its_comment(score: SetCode) -> None:
    assert score.picture is not None
    after = score.inserted(score.picture, "echo = prev()").text
    assert "(0.2)\n\necho = prev()\n# what is shown\nshow(" in after


def test_a_name_can_stand_only_below_its_line(score: SetCode) -> None:
    condition = score.slots[0].condition
    assert condition is not None
    assert score.can_stand("wave", condition) and not score.can_stand("b.hue(0.1)", condition)
    assert score.fresh("wave") == "wave2" and score.fresh("echo") == "echo"


def test_what_is_programmed_is_not_played_with(words: SetWords) -> None:
    text = "def make():\n    return model('a', x)\nfor i in range(3):\n    y = model('b', x)\n"
    assert SetCode(text, words).slots == ()


def test_a_set_without_slots_is_made_of_what_it_shows(words: SetWords) -> None:
    text = """
sound = listen()
warmth = knob("warmth").smooth(0.2)
a = encode.waveform(sound).hue(warmth)
b = film("x.mp4")
c = encode.levels(sound)
show(a.blend(b, warmth))
"""
    assert SetCode(text, words).parts == ["a", "b"]


def test_a_text_that_is_no_python_says_where() -> None:
    with pytest.raises(ValueError, match="line 2"):
        _ = SetCode("x = 1\ny = (\n").calls
