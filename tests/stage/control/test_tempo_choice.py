"""Who leads the beat: --bpm before the set, and a set that says nothing new changes nothing."""

from __future__ import annotations

from livegan.plugin.tempo_wish import TempoWish
from livegan.stage.control.tempo_choice import TempoChoice

NINETY_SIX, LINK = TempoWish("number", 96.0), TempoWish("link", 124.0)


def test_what_the_set_says_leads_and_the_music_again_where_it_says_nothing() -> None:
    choice, leads, line = TempoChoice().hear(NINETY_SIX)
    assert (leads, line, choice.wish) == (True, "", NINETY_SIX)
    choice, leads, line = choice.hear(LINK)
    assert (leads, line, choice.wish) == (True, "", LINK)
    choice, leads, line = choice.hear(TempoWish())
    assert (leads, line, choice.wish) == (True, "", TempoWish())


def test_a_set_that_says_the_same_again_leaves_taps_alone() -> None:
    for said in (NINETY_SIX, LINK, TempoWish()):
        choice, _, _ = TempoChoice().hear(said)
        assert choice.hear(said) == (choice, False, "")


def test_the_tempo_of_the_command_line_stays_and_a_line_says_so_once() -> None:
    choice, leads, line = TempoChoice(TempoWish("number", 120.0)).hear(NINETY_SIX)
    assert not leads and choice.wish == TempoWish("number", 120.0)
    assert line.startswith("the tempo stays at 120 bpm: the set asks for 96 bpm;")
    assert choice.hear(NINETY_SIX) == (choice, False, "")
    _, leads, line = choice.hear(TempoWish())
    assert (leads, line) == (False, "")


def test_the_performer_takes_the_tempo_and_gives_it_back_to_the_set() -> None:
    choice, _, _ = TempoChoice().hear(LINK)
    taken = choice.give(TempoWish("tap"))
    assert taken.wish == TempoWish("tap")
    assert taken.give(None).wish == LINK
