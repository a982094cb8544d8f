"""The ladder, on a clock of its own: never black, never in a hurry, and it says why."""

from __future__ import annotations

import math
from itertools import groupby
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livegan.stage.fallback.ladder import AWAY, CHOSEN, DRIFT_AFTER, HELD_AFTER, RUNGS, Ladder


class Climb:
    """A ladder that is looked at 100 times a second."""

    def __init__(self) -> None:
        self.now = 50.0
        self.ladder = Ladder()
        self.rungs: list[tuple[str, str]] = []

    def look(self, came: bool = False, **more: Any) -> Ladder:
        self.ladder = self.ladder.look(self.now, came=came, **{"kept": True, **more})
        rung = (self.ladder.rung, self.ladder.why)
        if not self.rungs or self.rungs[-1] != rung:
            self.rungs.append(rung)
        return self.ladder

    def pictures(self, seconds: float, fps: float = 20.0, **more: Any) -> Ladder:
        for frame in range(round(seconds * 100)):
            self.now += 0.01
            self.look(came=int(frame * fps / 100) != int((frame - 1) * fps / 100), **more)
        return self.ladder

    def nothing(self, seconds: float, **more: Any) -> Ladder:
        return self.pictures(seconds, fps=0, **more)


def test_before_the_first_picture_there_is_a_still_that_says_what_is_waited_for() -> None:
    climb = Climb()
    assert climb.nothing(30, engine="starting").line == "still: the engine is starting"
    assert climb.nothing(5, engine="playing").line == "still: no picture yet"
    assert climb.pictures(1).line == "live"


def test_it_goes_down_rung_by_rung_and_up_with_the_first_picture() -> None:
    climb = Climb()
    climb.pictures(3)
    climb.nothing(20)
    climb.pictures(0.1)
    assert [rung for rung, _ in climb.rungs] == ["still", "live", "held", "drift", "live"]
    assert climb.rungs[2][1] == "no new picture"


def test_how_long_each_rung_is_waited_for() -> None:
    climb = Climb()
    climb.pictures(3)
    assert climb.nothing(HELD_AFTER - 0.1).rung == "live"
    assert climb.nothing(0.2).rung == "held"
    assert climb.nothing(DRIFT_AFTER - HELD_AFTER - 0.3).rung == "held"
    assert climb.nothing(0.3).rung == "drift"


@pytest.mark.parametrize("phase", ["dead", "stalled", "returning"])
def test_a_picture_is_held_at_once_when_the_engine_is_known_to_be_away(phase: str) -> None:
    climb = Climb()
    climb.pictures(3)
    ladder = climb.nothing(0.4, engine=phase)
    assert (ladder.rung, ladder.why) == ("held", AWAY[phase])


def test_pictures_of_an_engine_that_comes_back_are_live_before_it_is_said_to_play() -> None:
    climb = Climb()
    climb.pictures(2)
    climb.nothing(1, engine="dead")
    climb.pictures(1, engine="returning")
    assert [rung for rung, _ in groupby(rung for rung, _ in climb.rungs)] == [
        "still",
        "live",
        "held",
        "live",
    ]


def test_a_set_that_draws_slowly_is_not_held_between_its_pictures() -> None:
    climb = Climb()
    climb.pictures(40, fps=0.5)
    # How slow it is, its second picture says.
    assert [rung for rung, _ in climb.rungs] == ["still", "live", "held", "live"]
    assert climb.nothing(5).rung == "live"
    assert climb.nothing(2).rung == "held"
    assert climb.nothing(8).rung == "drift"


def test_a_black_picture_is_not_held() -> None:
    climb = Climb()
    climb.pictures(3)
    assert climb.nothing(0.5, engine="dead", dark=True).rung == "drift"
    assert climb.nothing(0.5, engine="dead", dark=True, kept=False).rung == "still"


def test_what_is_asked_for_holds_until_it_is_let_go() -> None:
    climb = Climb()
    climb.pictures(3)
    for asked, kept, rung in (
        ("held", True, "held"),
        ("drift", True, "drift"),
        ("drift", False, "still"),
        ("still", True, "still"),
    ):
        ladder = climb.pictures(20, asked=asked, kept=kept)
        assert (ladder.rung, ladder.why) == (rung, CHOSEN)
    assert climb.pictures(0.1).rung == "live"


def test_a_hold_outlasts_the_engine() -> None:
    climb = Climb()
    climb.pictures(3)
    assert climb.nothing(60, asked="held", engine="dead").rung == "held"


def test_a_machine_that_slept_wakes_with_its_picture_and_not_with_a_drift() -> None:
    climb = Climb()
    climb.pictures(3)
    climb.now += 8 * 3600
    assert climb.nothing(0.5).rung == "live"
    climb.now -= 24 * 3600
    assert climb.nothing(0.3).rung == "live"
    assert climb.nothing(HELD_AFTER).rung == "held"


looks = st.lists(
    st.tuples(
        st.one_of(st.floats(-1e6, 1e6), st.floats(0, 3), st.just(math.nan)),
        st.booleans(),
        st.sampled_from(["", "held", "drift", "still"]),
        st.sampled_from(["playing", *AWAY]),
        st.booleans(),
        st.booleans(),
    ),
    max_size=60,
)


@given(looks)
def test_whatever_happens_the_rung_has_something_to_show(looks: list[Any]) -> None:
    ladder, now, seen = Ladder(), 0.0, False
    for step, came, asked, engine, kept, dark in looks:
        now += step
        seen = seen or came
        ladder = ladder.look(now, came=came, asked=asked, engine=engine, kept=kept, dark=dark)
        assert ladder.rung in RUNGS
        assert ladder.gap >= 0
        if ladder.rung in ("live", "held"):
            assert seen, "a picture to show or to hold"
        if ladder.rung == "held":
            assert not dark or asked == "held"
        if ladder.rung == "drift":
            assert kept
        if came and not asked:
            assert ladder.rung == "live"
        assert bool(ladder.why) == (ladder.rung != "live")
