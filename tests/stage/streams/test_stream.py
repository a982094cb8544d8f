"""What the audience sees: one decision, the same for every output."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from livegan.ipc.picture_ring import PictureRing
from livegan.stage.fallback.fallbacks import Fallbacks
from livegan.stage.flash.flash_guard import FlashGuard, Mode
from livegan.stage.streams.formats import RGB, Format
from livegan.stage.streams.stream import AGAIN, Stream, StreamPicture, StreamRequest

RATE = 48000


class Show:
    """An engine that draws, and a stream that is looked at 100 times a second."""

    def __init__(self, guard: Mode = "off") -> None:
        self.ring = PictureRing.create(64, 64)
        self.stream = Stream("window", FlashGuard(guard), Fallbacks(start=False), self.ring)
        self.now = 10.0
        self.seen: list[StreamPicture] = []

    def play(
        self,
        seconds: float,
        value: int | None = None,
        hands: StreamRequest | None = None,
        engine: str = "playing",
        size: tuple[int, int] = (36, 64),
    ) -> list[StreamPicture]:
        """With 25 pictures a second of that value, or none; gives what was given."""
        begin = len(self.seen)
        for turn in range(round(seconds * 100)):
            self.now += 0.01
            if value is not None and turn % 4 == 0:
                position = round(self.now * RATE)
                pixels = np.full((*size, 3), value, np.uint8)
                self.ring.write(pixels, sound_position=position, version=3, frame=turn)
            self.stream.look(self.now, hands or StreamRequest(), engine, round(self.now * RATE))
            newest = self.stream.newest
            if newest is not None and (not self.seen or newest is not self.seen[-1]):
                self.seen.append(newest)
        return self.seen[begin:]

    @property
    def newest(self) -> StreamPicture:
        return self.seen[-1]


@pytest.fixture
def show() -> Iterator[Show]:
    show = Show()
    yield show
    show.stream.close()
    show.ring.unlink()


def test_a_live_picture_is_passed_on_as_it_is_with_its_sound_position(show: Show) -> None:
    seen = show.play(1, 120)
    assert len(seen) == 25 and [p.serial for p in seen] == list(range(1, 26))
    assert [p.live for p in seen] == list(range(1, 26))
    assert all(p.rung == "live" and p.version == 3 for p in seen)
    assert seen[-1].pixels.shape == (36, 64, 3) and (seen[-1].pixels == 120).all()
    assert show.now - seen[-1].sound_position / RATE < 0.05
    assert show.stream.size == (64, 36)


def test_an_engine_that_is_gone_leaves_a_picture_that_is_given_again_then_a_drift(
    show: Show,
) -> None:
    show.play(4, 120)
    held = show.play(3, engine="dead")
    assert held[-1].rung == "held" and held[-1].pixels is held[0].pixels
    assert len(held) >= 3 / AGAIN - 2, "a receiver does not take its sender for gone"
    assert show.now - held[-1].sound_position / RATE < AGAIN + 0.1, "time goes on"
    drift = show.play(4, engine="dead")
    assert drift[-1].rung == "drift" and not (drift[-1].pixels < 60).any()
    assert len(drift) > 40


def test_an_engine_that_comes_back_with_a_ring_of_its_own_goes_on_in_the_same_stream(
    show: Show,
) -> None:
    show.play(1, 120)
    before = show.newest
    show.stream.attach(None)
    show.play(1, engine="dead")
    old, show.ring = show.ring, PictureRing.create(64, 64)
    show.stream.attach(show.ring)
    after = show.play(2, 180)
    assert after[-1].live > before.live and after[-1].serial > before.serial
    assert (after[-1].pixels == 180).all()
    old.unlink()


def test_a_blackout_is_in_the_stream_and_nothing_else_is(show: Show) -> None:
    show.play(1, 200)
    fade = [int(p.pixels.max()) for p in show.play(0.6, 200, StreamRequest(black=True))]
    assert fade == sorted(fade, reverse=True) and 0 < fade[-1] < 60 and len(set(fade)) > 12
    black = show.play(2, 200, StreamRequest(black=True))
    assert black[-1].darkness == 1.0 and black[-1].pixels.max() == 0
    assert black[-1].live > black[0].live, "the engine goes on below it"
    assert show.play(2, 200)[-1].pixels.min() == 200


def test_a_blackout_fades_also_while_no_picture_comes(show: Show) -> None:
    show.play(1, 200)
    fade = show.play(0.5, None, StreamRequest(black=True), engine="dead")
    assert len({int(p.pixels.max()) for p in fade}) > 10
    show.play(1, None, StreamRequest(black=True), engine="dead")
    assert show.newest.pixels.max() == 0


def test_a_hold_keeps_the_picture_while_the_engine_goes_on(show: Show) -> None:
    show.play(1, 100)
    held = show.play(2, 220, StreamRequest("held"))
    assert {int(p.pixels.max()) for p in held} == {100}
    assert show.play(2, 220)[-1].pixels.min() == 220


def test_what_is_given_has_gone_through_the_flash_guard() -> None:
    show = Show(guard="on")
    show.play(0.2, 128)
    given = []
    for turn in range(40):
        given += show.play(0.08, 255 * (turn % 2))
    late = np.array([float(p.pixels.mean()) for p in given[len(given) // 2 :]])
    assert np.ptp(late) < 100, "a strobe glides"
    assert show.stream.guard.now is not None
    show.stream.close()
    show.ring.unlink()


def test_outputs_get_fallbacks_at_the_size_of_the_sets_pictures(show: Show) -> None:
    show.stream.fallbacks.still = np.full((30, 30, 3), 90, np.uint8)
    show.play(1, 120)
    still = show.play(3, None, StreamRequest("still"))[-1]
    assert still.rung == "still" and still.pixels.shape != (36, 64, 3)
    formed = show.stream.formed(still, RGB)
    assert formed.shape == (36, 64, 3)
    assert formed[18, 32].min() > 80 and formed[18, 2].max() == 0, "boxed, not squeezed"
    assert show.stream.formed(still, Format("bgra", (128, 72))).shape == (72, 128, 4)


def test_who_waits_is_given_what_is_new_and_not_twice_the_same(show: Show) -> None:
    assert show.stream.wait(None, 0.01) is None
    show.play(0.1, 50)
    newest = show.stream.wait(None, 0.01)
    assert newest is show.newest
    assert show.stream.wait(newest, 0.01) is None
