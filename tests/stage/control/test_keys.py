"""Keys are data that the help and the stage agree on."""

from __future__ import annotations

import pytest

from livegan.stage.control.keys import KEYS, action_of
from livegan.stage.control.switches import Switches


def test_every_key_has_an_action_and_no_two_share_a_press() -> None:
    presses = [press for key in KEYS for press in key.presses]
    assert len(presses) == len(set(presses))
    for key in KEYS:
        assert isinstance(Switches().press(key.action, key.presses[0], 0.0)[0], Switches)
        assert key.does


@pytest.mark.parametrize(
    ("typed", "name", "action"),
    [
        ("?", "/", "help"),
        ("?", "ß", "help"),
        ("", "f1", "help"),
        ("h", "h", "hud"),
        ("H", "h", "hud"),
        (" ", "space", "hold"),
        ("3", "3", "number"),
        ("9", "9", "number"),
        ("", "f6", "solo"),
        ("", "escape", "escape"),
        ("", "f11", "fullscreen"),
    ],
)
def test_keys_are_found_by_what_is_typed_or_by_name(typed: str, name: str, action: str) -> None:
    found = action_of(typed, name)
    assert found is not None and found[0] == action


def test_other_keys_do_nothing() -> None:
    assert action_of("x", "x") is None
    assert action_of("", "left shift") is None
