"""Every pixel from its own moment, by the clock."""

from __future__ import annotations

import pytest
import torch
from livegan_timeslip import Timeslip

from livegan.plugin import Now
from livegan.testing import conformance

test_timeslip = conformance("livegan-timeslip")


def grey(value: float) -> torch.Tensor:
    return torch.full((3, 8, 8), value)


def played(mixer: Timeslip, seconds: float, fps: float, by: torch.Tensor | None) -> torch.Tensor:
    """What is seen at ``seconds`` of a picture that is as bright as the time is late."""
    for frame in range(round(seconds * fps) + 1):
        now = Now(time=frame / fps)
        seen = mixer.mix(grey(now.time / 10), by, seconds=1.0, curve=1.0, now=now)
    return seen


@pytest.mark.parametrize("fps", [10, 30, 47])
def test_white_is_as_long_ago_as_was_asked_and_black_is_now(fps: float) -> None:
    by = torch.zeros(3, 8, 8)
    by[:, :, 4:] = 1
    by[:, :4, 4:] = 0.5
    seen = played(Timeslip(longest=2.0), 4.0, fps, by)
    assert seen[:, :, :4] == pytest.approx(0.4, abs=0.001)
    assert seen[:, :4, 4:] == pytest.approx(0.35, abs=0.011)
    assert seen[:, 4:, 4:] == pytest.approx(0.3, abs=0.011)


def test_alone_it_is_later_the_further_down() -> None:
    seen = played(Timeslip(longest=2.0), 4.0, 30, None)[0]
    assert seen[0] == pytest.approx(0.4, abs=0.001)
    assert (seen[1:] < seen[:-1]).all()


def test_a_longer_past_than_is_remembered_ends_where_memory_does() -> None:
    seen = played(Timeslip(longest=0.5), 4.0, 30, torch.ones(3, 8, 8))
    assert seen == pytest.approx(0.35, abs=0.011)


def test_what_is_no_number_is_not_shown_again() -> None:
    mixer = Timeslip(longest=1.0)
    mixer.mix(torch.full((3, 8, 8), float("nan")), seconds=1.0, curve=1.0, now=Now(time=0.0))
    seen = mixer.mix(grey(0.5), torch.ones(3, 8, 8), seconds=1.0, curve=1.0, now=Now(time=0.1))
    assert torch.isfinite(seen).all()
