"""What the rungs show: something at every moment, and softly from one to another."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from livegan.stage.fallback.drift import Pixels, is_dark
from livegan.stage.fallback.fallbacks import Chosen, Fallbacks


def plain(value: int, size: tuple[int, int] = (24, 32)) -> Pixels:
    return np.full((*size, 3), value, np.uint8)


class Wall:
    """What an audience sees, 50 times a second."""

    def __init__(self, still: Pixels | None = None) -> None:
        self.rungs = Fallbacks(still)
        self.now = 7.0
        self.seen: list[Chosen] = []

    def play(
        self, seconds: float, value: int | None = None, fps: float = 25.0, **more: Any
    ) -> list[Pixels]:
        """With live pictures of that value, or none; gives what was on the wall."""
        wall = []
        for frame in range(round(seconds * 50)):
            self.now += 0.02
            new = value is not None and int(frame * fps / 50) != int((frame - 1) * fps / 50)
            wanted = new and self.rungs.wants(more.get("asked", ""))
            live = plain(value) if wanted and value is not None else None
            shown = self.rungs.show(live, self.now, came=new, **more)
            if shown is not None:
                self.seen.append(shown)
            wall.append(self.seen[-1].pixels)
        return wall

    @property
    def rung(self) -> str:
        return self.rungs.ladder.rung

    @property
    def value(self) -> float:
        return float(self.seen[-1].pixels.mean())


def largest_step(wall: list[Pixels]) -> float:
    return max(abs(float(a.mean()) - float(b.mean())) for a, b in pairwise(wall))


def test_at_the_start_there_is_the_start_picture_over_the_whole_window() -> None:
    wall = Wall()
    wall.play(1, engine="starting")
    assert wall.seen[0].fill and wall.seen[0].pixels.min() > 20
    assert (wall.seen[0].pixels != wall.seen[-1].pixels).any(), "it moves"


def test_at_the_start_there_is_the_still_of_an_earlier_show_if_there_is_one() -> None:
    wall = Wall(still=plain(90))
    wall.play(1, engine="starting")
    assert wall.value == 90 and not wall.seen[-1].fill


def test_the_first_picture_fades_in_and_the_next_pass_as_they_are() -> None:
    wall = Wall(still=plain(60))
    wall.play(1, engine="starting")
    assert largest_step(wall.play(3, 200)) < 12
    live = plain(201)
    shown = wall.rungs.show(live, wall.now + 0.02, came=True)
    assert shown is not None and shown.pixels is live and shown.live


def test_a_dead_engine_is_held_then_drifts_and_comes_back_softly() -> None:
    wall = Wall()
    for value in (100, 120, 140, 160):
        wall.play(2, value)
    wall.play(3, engine="dead")
    assert wall.rung == "held" and wall.value == 160
    drift = wall.play(30, engine="dead")
    assert wall.rung == "drift"
    assert largest_step(drift) < 4
    means = [float(p.mean()) for p in drift]
    assert min(means) < 125 and max(means) == 160, "it goes through the last seconds' pictures"
    back = wall.play(3, 220)
    assert wall.rung == "live"
    assert largest_step(back) < 15 and wall.value == 220
    assert wall.rungs.seconds["drift"] > 20
    assert wall.rungs.changes == 4


def test_a_held_picture_stays_the_same_object_and_costs_nothing() -> None:
    wall = Wall()
    wall.play(2, 100)
    count = len(wall.seen)
    wall.play(3, 180, asked="held")
    assert len(wall.seen) == count and wall.value == 100
    wall.play(1, 180)
    assert wall.value == 180


def test_a_hold_that_is_asked_for_first_holds_the_first_picture() -> None:
    wall = Wall()
    wall.play(1, asked="held", engine="starting")
    wall.play(4, 100, asked="held")
    wall.play(4, 180, asked="held")
    assert wall.rung == "held" and wall.value == 100


def test_black_pictures_are_live_but_never_held() -> None:
    wall = Wall()
    wall.play(3, 100)
    wall.play(3, 0)
    assert wall.value == 0, "a set may draw black"
    wall.play(3, engine="dead")
    assert wall.rung == "drift" and wall.value > 90


def test_with_nothing_but_black_pictures_there_is_a_still() -> None:
    wall = Wall()
    wall.play(3, 0)
    wall.play(4, engine="dead")
    assert wall.rung == "still" and not is_dark(wall.seen[-1].pixels)


acts = st.lists(
    st.tuples(
        st.floats(0.1, 3.0),
        st.sampled_from([None, 60, 220]),
        st.sampled_from(["", "held", "drift", "still"]),
        st.sampled_from(["playing", "dead", "returning"]),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(acts, st.booleans())
def test_whatever_happens_the_wall_is_never_black(acts: list[Any], still: bool) -> None:
    wall = Wall(plain(80) if still else None)
    for seconds, value, asked, engine in acts:
        seen = wall.play(seconds, value, asked=asked, engine=engine)
        assert all(not is_dark(pixels) for pixels in seen)


def test_a_fade_between_pictures_of_different_shape_squeezes_neither() -> None:
    wall = Wall()
    wide = plain(200, (18, 32))
    for _ in range(100):
        wall.now += 0.02
        shown = wall.rungs.show(wide, wall.now, came=True)
    assert shown is not None
    wall.seen.append(shown)
    wall.play(7, engine="dead")
    assert wall.rung == "drift"
    tall = plain(200, (32, 18))
    wall.now += 0.02
    first = wall.rungs.show(tall, wall.now, came=True)
    assert first is not None and first.pixels.shape == (32, 18, 3)
    column = first.pixels[:, 9, 0]
    assert column[16] > 190, "the wide picture, where it is"
    assert column[2] < 30 and column[-3] < 30, "above and below it the tall one only begins"
