"""When the pilot moves, what it leaves alone, and what it does when something goes wrong."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from livegan.autopilot.actions import Action, HurryOn, Look, SayLine, WriteSet
from livegan.autopilot.code_parts import SetWords
from livegan.autopilot.ear import MusicHeard
from livegan.autopilot.pilot import BACK, LEAD, Pilot
from livegan.autopilot.set_code import SetCode
from livegan.autopilot.sight import PictureSeen
from livegan.plugin.autopilot_wish import AutopilotWish
from livegan.plugin.move import Move

TEXT = "from livegan.live import *\na = 1\nb = 1\nshow(a)\n"
STEP = 0.25


def counting(name: str, variable: str = "b", **data: Any) -> Move:
    """A move that counts a number up."""

    def make(score: SetCode) -> SetCode:
        each = next(a for a in score.assigned if a.name == variable)
        number = int(float(each.value.code))
        return score.replaced((each.value, str(number + 1))).saying(f"{variable} is {number + 1}")

    return Move(make, name, **{"when": ("section", "steady", "drop", "calm"), **data})


class Show:
    """A show of 120 bpm that hears what it is told to, and takes every edit to the air."""

    def __init__(self, *moves: Move, **wish: Any) -> None:
        self.pilot = Pilot(moves, SetWords())
        self.look = Look(MusicHeard(bpm=120.0), text=TEXT, wish=AutopilotWish(**wish))
        self.written: list[tuple[float, WriteSet]] = []
        self.said: list[str] = []
        self.hurried = 0

    @property
    def beats(self) -> float:
        return self.look.heard.beats

    def play(self, beats: float, begun: str = "", **fields: Any) -> list[Action]:
        """So many beats; what has begun is heard at the first look."""
        found: list[Action] = []
        end = self.beats + beats
        while self.beats < end - 1e-9:
            at = self.beats + STEP
            heard = replace(self.look.heard, beats=at, time=at / 2, begun=begun)
            self.look = replace(self.look, heard=heard, **fields)
            found += self.take(self.pilot.look(self.look))
            begun = ""
        return found

    def take(self, actions: list[Action]) -> list[Action]:
        for action in actions:
            if isinstance(action, WriteSet):
                self.written.append((self.beats, action))
                self.look = replace(self.look, text=action.text)
            elif isinstance(action, SayLine):
                self.said.append(action.text)
            self.hurried += isinstance(action, HurryOn)
        return actions

    def type(self, text: str) -> None:
        self.look = replace(self.look, text=text)


def gaps(show: Show) -> Iterator[float]:
    at = [beats for beats, _ in show.written]
    yield from (later - earlier for earlier, later in itertools.pairwise(at))


def test_moves_come_at_phrases_and_not_sooner_than_asked() -> None:
    show = Show(counting("one"), counting("two", "a"), change="4 bars")
    show.play(400)
    assert len(show.written) >= 10
    assert min(gaps(show)) >= 16 - STEP and max(gaps(show)) <= 64
    assert all((beats + 2) % 16 <= 2 for beats, _ in show.written), "just before a phrase"


def test_bolder_is_more_often() -> None:
    calm, bold = Show(counting("one"), bold=0.0), Show(counting("one"), bold=1.0)
    calm.play(400)
    bold.play(400)
    assert len(bold.written) > 1.5 * len(calm.written)


def test_a_drop_is_answered_at_once_and_a_section_after_the_least_time() -> None:
    show = Show(counting("one"))
    show.play(40)
    before = len(show.written)
    show.play(STEP, "drop")
    assert len(show.written) == before + 1
    assert "drop at 0:20" in show.written[-1][1].reason
    show.play(4 + STEP, "section")
    assert len(show.written) == before + 1, "too soon after the last"
    show.play(12)
    show.play(STEP, "section")
    assert len(show.written) == before + 2


def test_what_is_written_is_hurried_on_at_its_beat() -> None:
    show = Show(counting("one"))
    while not show.written:
        show.play(STEP)
    show.play(1, waits=True)
    assert show.hurried == 0
    show.play(2, waits=True)
    assert show.hurried


def test_equal_looks_give_an_equal_night() -> None:
    nights = []
    for _ in range(2):
        show = Show(counting("one"), counting("two", "a"), counting("three", bars=8))
        show.play(300)
        show.play(100, "drop")
        nights.append([(beats, action) for beats, action in show.written])
    assert nights[0] == nights[1] and len(nights[0]) > 8


def test_a_timed_move_is_taken_back() -> None:
    show = Show(counting("solo", bars=8))
    show.play(80)
    (_, first), (back_at, back), *_ = show.written
    assert first.move == "solo" and back.move == BACK and back.text == TEXT
    assert 28 <= back_at - show.written[0][0] <= 50


def test_the_oldest_edits_are_taken_back_once_there_are_many() -> None:
    names = [chr(c) for c in range(ord("c"), ord("m"))]
    text = TEXT.replace("show", "".join(f"{n} = 1\n" for n in names) + "show")
    show = Show(*(counting(n, n) for n in names))
    show.type(text)
    show.pilot.take_over(text, show.look.heard)
    show.play(800)
    assert BACK in [action.move for _, action in show.written]
    different = sum(
        x != y for x, y in zip(text.splitlines(), show.look.text.splitlines(), strict=True)
    )
    assert different <= 7


def test_when_the_performer_types_it_waits_and_goes_on_from_there() -> None:
    show = Show(counting("one"))
    show.play(40)
    written = len(show.written)
    mine = show.look.text.replace("a = 1", "a = 99")
    show.type(mine)
    show.play(31)
    assert len(show.written) == written and "you typed" in show.said[-1]
    show.play(40)
    assert len(show.written) > written and "a = 99" in show.look.text


def test_half_a_statement_is_left_alone() -> None:
    show = Show(counting("one"))
    show.play(10)
    show.type(TEXT + "c = (\n")
    show.play(100)
    assert show.written == []


def test_a_veto_takes_the_move_back_and_never_makes_it_again() -> None:
    show = Show(counting("one"), counting("two", "a"))
    while not any(action.move == "one" for _, action in show.written):
        show.play(4)
    while show.written[-1][1].move != "one":
        show.play(4)
    before = show.look.text
    show.take(show.pilot.veto(show.look.heard))
    assert show.look.text != before and "never again tonight: one" in show.said[-1]
    count = len(show.written)
    show.play(300)
    assert {action.move for _, action in show.written[count:]} <= {"two", BACK}


def test_a_refused_edit_is_taken_back_and_its_move_left_out() -> None:
    show = Show(counting("one"))
    while not show.written:
        show.play(STEP)
    show.take(show.pilot.refused("no such model", show.look.heard))
    assert show.look.text == TEXT
    assert show.said == ["autopilot: the move one is left out tonight: no such model"]
    show.play(300)
    assert len(show.written) == 2, "the move and its end"


def test_moves_that_fail_are_named_and_left_out() -> None:
    def raises(score: SetCode) -> SetCode:
        raise RuntimeError("no idea")

    def text(score: SetCode) -> Any:
        return "show(a)"

    show = Show(Move(raises, "raises"), Move(text, "text"), counting("good"))
    show.play(200)
    assert {action.move for _, action in show.written} <= {"good", BACK}
    assert any("the move raises failed: RuntimeError: no idea" in line for line in show.said)
    assert any("the move text returned a str" in line for line in show.said)


def test_what_is_never_wanted_is_not_written() -> None:
    show = Show(counting("one"), counting("two", "a"), never=("one",))
    show.play(200)
    assert show.written and "one" not in {action.move for _, action in show.written}


def test_a_picture_that_went_white_takes_the_last_move_back() -> None:
    show = Show(counting("one"))
    while not show.written:
        show.play(STEP)
    show.play(6, seen=PictureSeen(empty="white"))
    assert show.look.text == TEXT and "went white" in show.said[-1]


def test_undo_makes_the_file_say_what_plays() -> None:
    show = Show(counting("one"))
    while not show.written:
        show.play(STEP)
    show.take(show.pilot.undone(TEXT, show.look.heard))
    assert show.look.text == TEXT
    count = len(show.written)
    show.play(30)
    assert len(show.written) == count, "it waits"


def told(names: list[str]) -> Callable[[str], None]:
    return names.append


def test_it_says_which_move_it_tries() -> None:
    names: list[str] = []
    pilot = Pilot([counting("one")], SetWords(), trying=told(names))
    look = Look(MusicHeard(bpm=120.0), text=TEXT)
    for step in range(400):
        at = step * STEP
        look = replace(look, heard=replace(look.heard, beats=at, time=at / 2))
        if any(isinstance(action, WriteSet) for action in pilot.look(look)):
            break
    assert names == ["one", ""]


def test_a_drop_is_answered_with_more_than_the_end_of_a_move() -> None:
    show = Show(counting("solo", bars=2), counting("other", "a"))
    while not any(action.move == "solo" for _, action in show.written):
        show.play(4)
    show.play(8 + LEAD)
    count = len(show.written)
    show.play(STEP, "drop")
    (_, answer), *_ = show.written[count:]
    assert answer.move == "other" and "b = 1" in answer.text, "it also takes the other back"
