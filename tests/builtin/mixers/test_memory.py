"""Mixers that remember."""

from __future__ import annotations

import math
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
