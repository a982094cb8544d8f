"""The flash guard, judged by an analyser that shares nothing with it."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from livegan.stage.flash.flash_guard import FlashGuard, GuardMoment, Mode
from tests.stage.flash_analysis import judge, linear, relative_luminance

Pixels = NDArray[np.uint8]
Draw = Callable[[float], Pixels]
SIZE = (12, 16)
BLACK, WHITE, RED = (0, 0, 0), (255, 255, 255), (255, 0, 0)
RATES = (25, 30, 60, 144)


def filled(colour: tuple[int, ...], size: tuple[int, int] = SIZE) -> Pixels:
    return np.broadcast_to(np.array(colour, np.uint8), (*size, 3)).copy()


def strobe(
    hz: float,
    dark: tuple[int, ...] = BLACK,
    light: tuple[int, ...] = WHITE,
    share: float = 1.0,
    until: float = math.inf,
) -> Draw:
    """Square flashes over the left ``share`` of the picture, at rest after ``until``."""

    def draw(time: float) -> Pixels:
        picture = filled(dark)
        if time < until and int(time * 2 * hz + 1e-6) % 2:
            picture[:, : round(share * SIZE[1])] = light
        return picture

    return draw


class Seen:
    """Pictures that went through a guard."""

    def __init__(self, draw: Draw, times: list[float], mode: Mode = "on") -> None:
        self.told: list[GuardMoment] = []
        self.guard = FlashGuard(mode, self.told.append)
        self.times = np.array(times)
        self.came = [draw(t) for t in times]
        shown = [self.guard(p, t) for p, t in zip(self.came, times, strict=True)]
        self.untouched = all(a is b for a, b in zip(self.came, shown, strict=True))
        self.shown = np.stack(shown)
        self.guard.finish()

    @property
    def light(self) -> NDArray[np.float64]:
        """Relative luminance of the first pixel."""
        return relative_luminance(linear(self.shown[:, 0, 0]))

    def after(self, seconds: float) -> NDArray[np.float64]:
        return self.light[self.times >= seconds]


def every(fps: float, seconds: float = 3.0) -> list[float]:
    return [i / fps for i in range(round(seconds * fps))]


def test_the_analyser_knows_what_is_allowed_and_what_is_not() -> None:
    times = np.array(every(60))
    for hz, safe in ((2, True), (3, True), (4, False), (10, False), (25, False)):
        pictures = np.stack([strobe(hz)(t)[:4, :4] for t in times])
        assert judge(pictures, times).safe is safe, hz
    red = np.stack([strobe(5, (0, 0, 127), RED)(t)[:4, :4] for t in times])
    assert not judge(red, times).safe
    faint = np.stack([strobe(10, (120,) * 3, (140,) * 3)(t)[:4, :4] for t in times])
    assert judge(faint, times) == judge(faint[:1].repeat(len(times), 0), times)
    fifth = np.stack([strobe(10, share=0.2)(t) for t in times])
    assert judge(fifth, times).safe and judge(fifth, times).third > 0.25


@pytest.mark.parametrize("fps", RATES)
@pytest.mark.parametrize("hz", [1, 2, 3])
def test_three_flashes_a_second_pass_untouched(hz: float, fps: float) -> None:
    seen = Seen(strobe(hz), every(fps))
    assert seen.untouched and not seen.told


@pytest.mark.parametrize(
    ("fps", "hz", "dark", "light"),
    [
        *((fps, hz, BLACK, WHITE) for fps in RATES for hz in (3.5, 10)),
        *((fps, hz, (0, 0, 255), RED) for fps in (25, 60) for hz in (3.5, 12.5)),
        (60, 4, BLACK, WHITE),
        (60, 10, BLACK, RED),
        (60, 25, BLACK, WHITE),
        (30, 6, (60, 60, 60), (130, 130, 130)),
    ],
)
def test_more_are_calmed(
    fps: float, hz: float, dark: tuple[int, ...], light: tuple[int, ...]
) -> None:
    came = strobe(hz, dark, light)
    seen = Seen(came, every(fps))
    assert not judge(np.stack(seen.came)[:, :1, :1], seen.times).safe or hz == 3.5
    assert judge(seen.shown[:, :1, :1], seen.times).safe
    assert len(seen.told) == 1 and seen.told[0].area > 0.99
    assert np.ptp(seen.after(2.0)) < 0.2, "it glides; it does not flash now and then"


@pytest.mark.parametrize("fps", [60, 144])
def test_every_frame_another_is_calmed(fps: float) -> None:
    seen = Seen(strobe(fps / 2), every(fps))
    assert judge(seen.shown[:, :1, :1], seen.times).safe
    assert np.ptp(seen.after(2.0)) < 0.2


def test_the_same_flashing_is_calmed_alike_at_every_rate() -> None:
    ends = [Seen(strobe(10), every(fps)).after(2.5).mean() for fps in (40, 60, 100, 140)]
    assert np.ptp(ends) < 0.05


def test_the_first_three_flashes_pass_as_they_are() -> None:
    seen = Seen(strobe(10), every(60))
    first = seen.times < 0.3
    assert (seen.shown[first] == np.stack(seen.came)[first]).all()


def test_it_is_itself_again_within_a_second() -> None:
    seen = Seen(strobe(10, until=2.0), every(60, 4.0))
    later = seen.times >= 3.0
    assert (seen.shown[later] == np.stack(seen.came)[later]).all()
    (moment,) = seen.told
    assert moment.since == pytest.approx(0.3, abs=0.1)
    assert moment.until == pytest.approx(2.7, abs=0.3)
    assert moment.kinds == ("general",)
    assert seen.guard.moments == 1
    assert seen.guard.seconds == pytest.approx(moment.until - moment.since)


@pytest.mark.parametrize(
    "draw",
    [
        strobe(10, share=0.2),
        strobe(10, (120,) * 3, (143,) * 3),
        strobe(10, (235,) * 3, WHITE),
        lambda t: filled((round(127.5 - 127.5 * math.cos(2 * math.pi * t)),) * 3),
        lambda t: filled((round(255 * (t / 3)),) * 3),
        lambda t: filled(RED),
    ],
    ids=["a fifth of the picture", "low contrast", "both bright", "slow wave", "fade", "red"],
)
def test_what_the_rule_allows_is_untouched(draw: Draw) -> None:
    seen = Seen(draw, every(60))
    assert judge(np.stack(seen.came)[:, ::4, ::4], seen.times).safe
    assert seen.untouched and not seen.told


@pytest.mark.parametrize("fps", [25, 60])
@pytest.mark.parametrize(
    ("dark", "light"), [(BLACK, WHITE), ((0, 0, 255), RED)], ids=["general", "red"]
)
def test_three_flashes_in_a_second_pass_and_a_fourth_does_not(
    dark: tuple[int, ...], light: tuple[int, ...], fps: float
) -> None:
    three = Seen(strobe(3, dark, light), every(fps))
    assert three.untouched and judge(np.stack(three.came)[:, :1, :1], three.times).safe
    four = Seen(strobe(4, dark, light), every(fps))
    assert not judge(np.stack(four.came)[:, :1, :1], four.times).safe
    assert four.told and judge(four.shown[:, :1, :1], four.times).safe


def field(shape: str, share: float, side: int = 200) -> NDArray[np.bool_]:
    """That share of a picture: at its left, at its bottom, or a square in it."""
    y, x = (np.mgrid[0:side, 0:side] + 0.5) / side
    if shape == "left":
        return np.asarray(x < share)
    if shape == "bottom":
        return np.asarray(y > 1 - share)
    half = math.sqrt(share) / 2
    return np.asarray((abs(x - 0.55) < half) & (abs(y - 0.42) < half))


def flashing(where: NDArray[np.bool_], dark: int, light: int) -> Draw:
    def draw(time: float) -> Pixels:
        picture = np.full((*where.shape, 3), dark, np.uint8)
        if int(time * 12 + 1e-6) % 2:
            picture[where] = light
        return picture

    return draw


# A step of 10 % of the luminance is from 124 to 148, of all of it from 0 to 255.
@pytest.mark.parametrize(("dark", "light"), [(0, 255), (124, 150)], ids=["strong", "faint"])
@pytest.mark.parametrize("shape", ["left", "bottom", "square"])
def test_a_quarter_of_the_picture_is_told_from_more_and_less(
    shape: str, dark: int, light: int
) -> None:
    times = every(30, 2.0)
    assert Seen(flashing(field(shape, 0.24), dark, light), times).untouched
    more = Seen(flashing(field(shape, 0.26), dark, light), times)
    assert more.told and not more.untouched
    assert judge(more.shown[:, 5::10, 5::10], more.times).safe


def test_a_slow_fade_up_and_down_is_untouched() -> None:
    def draw(time: float) -> Pixels:
        return filled((round(127.5 - 127.5 * math.cos(math.pi * time)),) * 3)

    assert Seen(draw, every(60, 4.0)).untouched


@pytest.mark.parametrize("a_second", [1.0, 2.5])
def test_bars_that_scroll_by_are_untouched(a_second: float) -> None:
    x = np.arange(128)

    def draw(time: float) -> Pixels:
        bars = ((x + 32 * a_second * time) % 32 < 16) * 255
        return np.broadcast_to(bars[None, :, None], (96, 128, 3)).astype(np.uint8)

    assert Seen(draw, every(60)).untouched


def test_bars_that_scroll_faster_than_three_a_second_count_as_flashing() -> None:
    x = np.arange(128)

    def draw(time: float) -> Pixels:
        bars = ((x + 32 * 6 * time) % 32 < 16) * 255
        return np.broadcast_to(bars[None, :, None], (96, 128, 3)).astype(np.uint8)

    seen = Seen(draw, every(60))
    assert seen.told and judge(seen.shown[:, :1, ::7], seen.times).safe


def test_a_moving_picture_is_untouched() -> None:
    y, x = np.mgrid[0:96, 0:128]

    def draw(time: float) -> Pixels:
        wave = 127.5 + 127.5 * np.sin((x + 30 * time) / 12) * np.cos((y - 20 * time) / 9)
        return np.repeat(wave.astype(np.uint8)[..., None], 3, axis=2)

    assert Seen(draw, every(60)).untouched


@pytest.mark.parametrize("square", [2, 4])
def test_fields_that_flash_against_each_other_are_calmed(square: int) -> None:
    y, x = np.mgrid[0 : SIZE[0], 0 : SIZE[1]]
    board = (y // square + x // square) % 2

    def draw(time: float) -> Pixels:
        light = (board + int(time * 16 + 1e-6)) % 2
        return np.repeat((255 * light).astype(np.uint8)[..., None], 3, axis=2)

    seen = Seen(draw, every(60))
    assert not judge(np.stack(seen.came), seen.times).safe
    assert judge(seen.shown, seen.times).safe


def test_only_what_flashes_is_calmed() -> None:
    def draw(time: float) -> Pixels:
        picture = strobe(8, share=0.5)(time)
        picture[:, 14:] = (round(80 * time), 90, 10)
        return picture

    seen = Seen(draw, every(60))
    assert seen.told
    assert (seen.shown[:, :, 14:] == np.stack(seen.came)[:, :, 14:]).all()
    assert judge(seen.shown, seen.times).safe


def test_strict_counts_a_quarter_of_a_third() -> None:
    corner = strobe(8, share=0.25)

    def draw(time: float) -> Pixels:
        picture = corner(time)
        picture[4:] = 0
        return picture

    assert Seen(draw, every(60)).untouched
    strict = Seen(draw, every(60), "strict")
    assert judge(np.stack(strict.came), strict.times).third > 0.25
    assert judge(strict.shown, strict.times).third <= 0.25


def test_off_does_nothing() -> None:
    assert Seen(strobe(10), every(60), "off").untouched
    assert FlashGuard("off").state == "flash guard off"
    with pytest.raises(ValueError, match="on, off, strict"):
        FlashGuard("maybe")  # type: ignore[arg-type]


def test_the_state_says_what_it_does() -> None:
    guard = FlashGuard()
    states = [(guard(strobe(10)(t), t), guard.state)[1] for t in every(60, 1.0)]
    assert states[0] == "flash guard on"
    assert states[-1] == "flash guard acts on 100%"


def test_the_same_pictures_give_the_same_pictures() -> None:
    first, second = (Seen(strobe(7, share=0.6), every(50)) for _ in range(2))
    assert (first.shown == second.shown).all()
    assert first.told == second.told


def test_another_size_does_not_let_flashes_by() -> None:
    guard, light = FlashGuard(), []
    sizes = [(24, 32), (48, 20), (1, 1), (30, 71)]
    for i in range(240):
        colour = WHITE if i // 3 % 2 else BLACK
        size = sizes[i // 7 % 4]
        shown = guard(filled(colour, size), i / 60)
        assert shown.shape == (*size, 3)
        light.append(shown[:1, :1])
    assert judge(np.stack(light), np.arange(240) / 60).safe


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -50.0])
def test_a_clock_that_is_wrong_does_not_let_flashes_by(wrong: float) -> None:
    guard, shown = FlashGuard(), []
    times = np.arange(180) / 60
    for i, time in enumerate(times):
        told = wrong if i % 10 == 5 else time
        shown.append(guard(filled(WHITE if i // 3 % 2 else BLACK), told)[:1, :1])
    assert np.ptp(relative_luminance(linear(np.stack(shown)[120:]))) < 0.2


def test_after_a_pause_it_is_itself_again_within_a_second() -> None:
    guard = FlashGuard()
    for i in range(120):
        guard(filled(WHITE if i // 3 % 2 else BLACK), i / 60)
    picture = filled(WHITE)
    for i in range(60):
        shown = guard(picture, 10.0 + i / 60)
    assert shown is picture


colours = st.one_of(
    st.sampled_from([BLACK, WHITE, RED, (0, 0, 255), (255, 255, 0), (120, 0, 0)]),
    st.tuples(*[st.integers(0, 255)] * 3),
)


@st.composite
def shows(draw: st.DrawFn) -> tuple[Draw, list[float]]:
    """Fields of a picture that flash each in its own way, at even or uneven times."""
    count = draw(st.integers(1, 4))
    chance = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    which = np.kron(chance.integers(0, count, (4, 4)), np.ones((3, 4), int))
    fields = [
        (
            draw(st.floats(0.5, 30)),
            draw(st.floats(0, 1)),
            draw(st.floats(0.1, 0.9)),
            draw(st.booleans()),
            np.array(draw(colours)),
            np.array(draw(colours)),
            draw(st.floats(0, 2.5)),
        )
        for _ in range(count)
    ]
    fps = draw(st.sampled_from([25, 30, 50, 60, 90, 144]))
    uneven = draw(st.sampled_from([0.0, 0.4, 0.9]))
    times = np.arange(0, 2.5, 1 / fps)
    times = times + uneven * chance.random(len(times)) / fps

    def picture(time: float) -> Pixels:
        table = []
        for hz, phase, duty, smooth, one, other, until in fields:
            at = (min(time, until) * hz + phase) % 1
            mix = 0.5 - 0.5 * math.cos(2 * math.pi * at) if smooth else float(at < duty)
            table.append(np.rint(one + (other - one) * mix))
        return np.array(table, np.uint8)[which]

    return picture, [float(t) for t in times]


@settings(max_examples=25, deadline=None, derandomize=True)
@given(shows(), st.sampled_from(["on", "strict"]))
def test_whatever_comes_what_is_shown_is_within_the_limits(
    show: tuple[Draw, list[float]], mode: Mode
) -> None:
    seen = Seen(*show, mode)
    found = judge(seen.shown, seen.times)
    assert found.safe, found
    if mode == "strict":
        assert found.third <= 0.25
