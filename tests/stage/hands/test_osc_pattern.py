"""Address patterns mean what the specification says, at a cost that nobody can drive up."""

from __future__ import annotations

import pytest

from livegan.stage.hands.osc_pattern import is_pattern, matches


@pytest.mark.parametrize(
    ("pattern", "address", "meant"),
    [
        ("/fader*", "/fader12", True),
        ("/fader*", "/fader/1", False),
        ("/*/volume", "/left/volume", True),
        ("/*/volume", "/left/right/volume", False),
        ("/f?der", "/fader", True),
        ("/f?der", "/fder", False),
        ("/fader[1-4]", "/fader3", True),
        ("/fader[1-4]", "/fader5", False),
        ("/fader[!1-4]", "/fader5", True),
        ("/fader[abc-]", "/fader-", True),
        ("/{left,right}/{volume,pan}", "/right/pan", True),
        ("/{left,right}/pan", "/middle/pan", False),
        ("/a*b*c", "/axxbyybzc", True),
        ("/a*b*c", "/axxbyybz", False),
        ("/*", "/", True),
        ("/[", "/[", False),
        ("/{a", "/a", False),
        ("/" + "{a,b}" * 40, "/" + "a" * 40, False),
    ],
)
def test_a_pattern_means_an_address(pattern: str, address: str, meant: bool) -> None:
    assert is_pattern(pattern)
    assert matches(pattern, address) is meant


@pytest.mark.timeout(20)
def test_a_pattern_of_many_stars_costs_little() -> None:
    assert not matches("/" + "*a" * 5000 + "b", "/" + "a" * 127)
