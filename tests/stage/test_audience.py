"""The audience's windows: the code on their wall, keys that pass between them and the stage."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from livegan.stage import audience
from livegan.stage.audience import Audience
from livegan.stage.control.switches import Switches
from livegan.stage.overlay.view import View
from livegan.stage.window.window import Press


class Output:
    """An output of the audience, and what it was told."""

    def __init__(self, wanted: dict[str, Any], *given: Any, hear: Any, **more: Any) -> None:
        self.name, self.hear, self.sound = wanted["name"], hear, more["sound"]
        self.state = "open"
        self.told: list[Any] = []

    def tell(self, message: dict[str, Any], *, keep: bool = False) -> None:
        self.told.append(message.get("name") or message.get("view") or message["type"])


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> tuple[Audience, Any, Any]:
    monkeypatch.setattr(audience, "GuestOutput", Output)
    made = Audience(Path(), Path("four.py"), lambda line: None, "the sound ring")
    made._main = made.guest({"kind": "window", "name": "main"}, None)  # type: ignore[arg-type]
    left: Any = made.guest({"kind": "window", "name": "left"}, None)  # type: ignore[arg-type]
    return made, made._main, left


def test_code_is_on_the_wall_when_it_is_asked_for_and_not_in_a_blackout(
    windows: tuple[Audience, Any, Any],
) -> None:
    made, main, left = windows
    view = View(source="x = 1")
    for switches in (
        Switches(),
        Switches(code=True),
        Switches(code=True),
        Switches(code=True, black=True),
        Switches(code=True),
    ):
        made.look(view, switches)
    assert [told.code for told in main.told] == ["", "x = 1", "", "x = 1"]
    assert left.told == []


def test_one_key_fits_window_after_window_from_the_operators_keyboard(
    windows: tuple[Audience, Any, Any],
) -> None:
    made, main, left = windows
    assert not made.take(Press("", "left"))
    made.fit()
    assert main.told == ["fit"]
    assert made.take(Press("", "left")) and not made.take(Press("b", "b"))
    made.fit()
    assert main.told == ["fit", "left", "return"] and left.told == ["fit"]
    left.hear({"type": "fitting", "on": False})  # Enter was pressed in that window
    assert not made.take(Press("", "left"))
    left.hear({"type": "fitting", "on": True})
    assert made.take(Press("", "escape"))


def test_every_output_is_given_the_sound_of_the_show(windows: tuple[Audience, Any, Any]) -> None:
    assert [output.sound for output in windows[1:]] == ["the sound ring"] * 2


def test_a_key_in_a_window_of_the_audience_is_the_shows(
    windows: tuple[Audience, Any, Any],
) -> None:
    made, main, _ = windows
    pressed: list[Press] = []
    made.pressed = pressed.append
    main.hear({"type": "press", "typed": "b", "name": "b"})
    assert pressed == [Press("b", "b")]
