"""Who leads the beat: --bpm before the set, and a set that says nothing new changes nothing."""

from __future__ import annotations

from livegan.stage.control.tempo_choice import TempoChoice


def test_the_sets_tempo_leads_and_the_music_again_where_it_says_none() -> None:
    choice, leads, line = TempoChoice().hear(96.0)
    assert (leads, line, choice.said) == (True, "", 96.0)
    choice, leads, line = choice.hear(None)
    assert (leads, line, choice.said) == (True, "", None)


def test_a_set_that_says_the_same_again_leaves_taps_alone() -> None:
    choice, _, _ = TempoChoice().hear(96.0)
    assert choice.hear(96.0) == (choice, False, "")
    assert TempoChoice().hear(None) == (TempoChoice(), False, "")


def test_the_tempo_of_the_command_line_stays_and_a_line_says_so_once() -> None:
    choice, leads, line = TempoChoice(given=120.0).hear(96.0)
    assert not leads
    assert line == "the tempo stays at 120 bpm: the set asks for 96"
    assert choice.hear(96.0) == (choice, False, "")
    _, leads, line = choice.hear(None)
    assert (leads, line) == (False, "")


def test_a_tempo_that_cannot_be_is_left_alone_in_a_line() -> None:
    before = TempoChoice(said=96.0)
    after, leads, line = before.hear(5.0)
    assert (after, leads) == (before, False)
    assert "between 20 and 400" in line
