"""Mixers that remember."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import pytest
import torch

from livegan.plugin import Now

from ..playing import mixer, noise

A, B = noise(1), noise(2)
STILL: dict[str, Any] = {"zoom": 1.0}


def at(dt: float) -> Now:
    return Now(dt=dt)


def test_nothing_kept_is_the_picture_and_all_kept_is_what_was() -> None:
    assert torch.allclose(mixer("feedback")(A, B, amount=0.0), A, atol=1e-6)
    assert torch.allclose(mixer("feedback")(A, B, amount=1.0, **STILL), B, atol=1e-6)


def test_without_a_previous_picture_it_feeds_back_its_own() -> None:
    play = mixer("feedback")
    assert torch.allclose(play(A, amount=0.5, **STILL), A, atol=1e-6)
    second = play(B, amount=0.5, **STILL)
    assert torch.allclose(second, (A + B) / 2, atol=1e-6)
    assert torch.allclose(play(B, amount=0.5, **STILL), (second + B) / 2, atol=1e-6)


def test_trails_fade_as_fast_at_any_frame_rate() -> None:
    def trail(fps: int) -> Any:
        play = mixer("feedback")
        out = play(A, now=at(0.0), amount=0.9, decay=0.05, **STILL)
        for _ in range(fps // 2):
            out = play(torch.zeros_like(A), now=at(1 / fps), amount=0.9, decay=0.05, **STILL)
        return out

    assert torch.allclose(trail(60), trail(30), atol=1e-5)
    assert torch.allclose(trail(10), trail(30), atol=1e-5)


def test_a_bright_point_moves_outwards_as_it_is_fed_back() -> None:
    play = mixer("feedback")
    dot = torch.zeros(3, 64, 64)
    dot[:, 32, 48] = 1
    options: dict[str, Any] = {"amount": 1.0, "zoom": 1.1, "edge": "black"}
    play(dot, **options)
    for _ in range(3):
        out = play(torch.zeros_like(dot), **options)
    assert int(out[0].sum(0).argmax()) > 50


@pytest.mark.parametrize("over", ["lighten", "screen", "difference"])
def test_nothing_kept_changes_nothing_however_the_two_meet(over: str) -> None:
    assert torch.allclose(mixer("feedback")(A, B, amount=0.0, over=over), A, atol=1e-6)


def test_a_new_size_begins_a_new_trail() -> None:
    play = mixer("feedback")
    play(A)
    assert play(noise(3, 8, 8)).shape == (3, 8, 8)


def test_smooth_follows_by_the_time_that_passed_and_not_by_frames() -> None:
    def after(fps: int) -> Any:
        play = mixer("smooth")
        play(torch.zeros_like(A), now=at(0.0))
        for _ in range(fps):
            out = play(torch.ones_like(A), now=at(1 / fps), seconds=1.0)
        return out

    for fps in (10, 30, 60):
        assert float(after(fps).mean()) == pytest.approx(1 - math.exp(-1), abs=1e-4)


def test_smooth_begins_with_the_picture_and_without_seconds_stays_with_it() -> None:
    play = mixer("smooth")
    assert torch.equal(play(A), A)
    assert torch.equal(play(B, seconds=0.0, now=at(0.03)), B)


def boiling(frame: int, strength: float = 0.1) -> torch.Tensor:
    """A grey picture with grain that is another in every frame."""
    return 0.5 + strength * (noise(100 + frame, 64, 64) - 0.5)


def test_what_boils_stands_still_after_a_moment() -> None:
    play = mixer("deflicker")
    given = [boiling(frame) for frame in range(60)]
    shown = [play(picture, now=at(1 / 30)) for picture in given]

    def flicker(pictures: list[torch.Tensor]) -> float:
        changes = [(b - a).abs().mean() for a, b in pairwise(pictures[30:])]
        return float(torch.stack(changes).mean())

    assert flicker(shown) < 0.3 * flicker(given)
    assert float((shown[-1] - 0.5).abs().mean()) < 0.5 * float((given[-1] - 0.5).abs().mean())


def test_a_large_change_passes_at_once_and_only_where_it_is() -> None:
    play = mixer("deflicker")
    for frame in range(30):
        before = play(boiling(frame), now=at(1 / 30))
    flash = boiling(30)
    flash[:, :32] += 0.3
    after = play(flash, now=at(1 / 30))
    assert torch.allclose(after[:, :28], flash[:, :28], atol=1e-6)
    below = (after - before)[:, 36:].abs().mean()
    assert float(below) < 0.4 * float((flash - before)[:, 36:].abs().mean())


def test_a_large_change_passes_even_on_a_clock_that_stands() -> None:
    play = mixer("deflicker")
    play(torch.zeros_like(A))
    assert torch.equal(play(torch.ones_like(A), now=at(0.0)), torch.ones_like(A))


@pytest.mark.parametrize("part", [0.2, 0.5, 0.9])
def test_deflicker_follows_a_small_change_by_time_and_not_by_frames(part: float) -> None:
    def after(fps: int) -> float:
        play = mixer("deflicker")
        play(torch.zeros_like(A))
        for _ in range(fps // 5):
            out = play(torch.full_like(A, part * 0.1), now=at(1 / fps), threshold=0.1)
        return float(out.mean()) / (part * 0.1)

    assert after(10) == pytest.approx(after(60), abs=0.1)
    assert after(30) == pytest.approx(after(60), abs=0.05)


def test_the_smallest_changes_are_seen_to_two_thirds_after_its_seconds() -> None:
    play = mixer("deflicker")
    play(torch.zeros_like(A))
    for _ in range(30):
        out = play(torch.full_like(A, 1e-3), now=at(1 / 30), seconds=1.0)
    assert float(out.mean()) / 1e-3 == pytest.approx(1 - math.exp(-1), abs=0.1)


@pytest.mark.parametrize("values", [{"seconds": 0.0}, {"threshold": 0.0}])
def test_deflicker_turned_off_is_the_picture(values: dict[str, Any]) -> None:
    play = mixer("deflicker")
    play(A)
    assert torch.equal(play(B, now=at(1 / 30), **values), B)


@pytest.mark.parametrize("wrong", [math.nan, math.inf])
def test_what_is_not_a_number_is_forgotten_in_the_next_frame(wrong: float) -> None:
    play = mixer("deflicker")
    play(A)
    bad = A.clone()
    bad[0, 3, 3] = wrong
    assert not bool(play(bad, now=at(1 / 30)).isfinite().all())
    assert torch.equal(play(A, now=at(1 / 30)), A)


def test_deflicker_begins_anew_at_another_size() -> None:
    play = mixer("deflicker")
    play(A)
    small = noise(3, 8, 20)
    assert torch.equal(play(small, now=at(1 / 30)), small)
