"""A phone that is shaken moves a number, and one that lies still does not."""

from __future__ import annotations

import math

import pytest
from livegan_osc import shake

from livegan.graph.place import SetError
from livegan.graph.signals.reading import Reading, number
from livegan.ipc.control_table import Control
from livegan.plugin import Now
from livegan.testing import conformance

test_osc = conformance("livegan-osc")


def moment(*force: float, dt: float = 0.04) -> Reading:
    reading = Reading(Now(time=10.0, dt=dt))
    reading.controls = {f"osc/accxyz#{axis}": Control(g, 10.0, 1) for axis, g in enumerate(force)}
    return reading


def test_a_phone_that_lies_still_or_sends_nothing_is_not_shaken() -> None:
    assert number(shake(), moment()) == 0.0
    assert number(shake(), moment(0.0, 0.0, -1.0)) == 0.0
    assert number(shake(), moment(0.6, 0.8, 0.0)) == pytest.approx(0.0)


def test_a_shake_is_seen_at_once_and_falls() -> None:
    shaken = moment(1.5, 0.0, 0.0)
    assert number(shake(), shaken) == pytest.approx(0.5)
    after = moment(0.0, 0.0, 1.0, dt=0.3)
    after.memory = shaken.memory
    assert number(shake(), after) == pytest.approx(0.5 * math.exp(-1))
    assert number(shake(), moment(9.0, 9.0, 9.0)) == 1.0


def test_a_mistaken_address_is_refused() -> None:
    with pytest.raises(SetError, match="an address begins with a slash"):
        shake("accxyz")
