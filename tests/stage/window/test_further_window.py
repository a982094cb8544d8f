"""A window more: on its display, with keys for the show, closed by hand at the second press."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import ImageGrab

from livegan.builtin.outputs.window import WindowOutput, open_window
from livegan.stage.outputs.hosting import OutputClosed
from livegan.stage.overlay.view import View
from livegan.stage.window.trim import Trim, save
from tests.display import xvfb
from tests.stage.supervision.test_supervisor_thread import until

pytestmark = [pytest.mark.display, pytest.mark.skipif(sys.platform != "linux", reason="uses Xvfb")]
ORANGE = (240, 120, 20)
PICTURE = np.full((48, 64, 3), ORANGE, np.uint8)


@pytest.fixture(scope="module")
def screen() -> Iterator[str]:
    with xvfb((320, 240)) as display:
        yield display


class Opened:
    """An output of the kind window, what it noted and what it told the stage."""

    def __init__(self, screen: str, set: Path, **options: Any) -> None:
        self.notes: list[str] = []
        self.told: list[dict[str, Any]] = []
        self.screen = screen

        def tell(what: str, **fields: Any) -> None:
            self.told.append({"type": what, **fields})

        self.output: WindowOutput = open_window(
            "left", note=self.notes.append, set=set, tell=tell, **options
        )
        self.output.send(PICTURE)

    def at(self, x: int, y: int) -> tuple[int, int, int]:
        self.output.turn()
        image = ImageGrab.grab(xdisplay=self.screen).convert("RGB")
        red, green, blue = np.asarray(image)[y, x].tolist()
        return red, green, blue

    def until_at(self, x: int, y: int, true: Callable[[tuple[int, int, int]], bool]) -> None:
        until(lambda: true(self.at(x, y)))


def press(typed: str, name: str = "") -> None:
    import pygame

    key = pygame.key.key_code(name or typed)
    pygame.event.post(pygame.event.Event(pygame.KEYDOWN, unicode=typed, key=key, mod=0))


def test_a_window_fills_its_display_in_the_shape_of_its_trim(screen: str, tmp_path: Path) -> None:
    import pygame

    set = tmp_path / "four.py"
    left = ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0))
    save(set.with_suffix(".outputs.toml"), "left", Trim(corners=left))
    window = Opened(screen, set, display=0)
    try:
        window.until_at(80, 120, lambda seen: seen == ORANGE)
        assert window.at(240, 120) == (0, 0, 0)
        assert window.notes == []
        press("b")
        window.output.turn()
        assert window.told == [{"type": "press", "typed": "b", "name": "b"}]
        press("w")
        window.output.turn()
        press("b")
        press("", "tab")
        press("", "return")  # keeps what it was
        window.output.turn()
        assert len(window.told) == 2, "panic keys are the show's while a window is fitted"
        assert window.notes == ["window left: kept in four.outputs.toml"]
        window.output.hear({"type": "code", "view": View(source="x = 1\n" * 40)})
        window.until_at(6, 200, lambda seen: seen != ORANGE)
        pygame.event.post(pygame.event.Event(pygame.QUIT))
        window.output.turn()
        assert "close the window left once more" in window.notes[-1]
        pygame.event.post(pygame.event.Event(pygame.QUIT))
        with pytest.raises(OutputClosed, match="the next save opens it again"):
            window.output.turn()
    finally:
        window.output.close()


@pytest.mark.parametrize("display", [3, "beamer"])
def test_a_display_that_is_not_there_costs_a_line(
    screen: str, tmp_path: Path, display: int | str
) -> None:
    window = Opened(screen, tmp_path / "four.py", display=display)
    try:
        assert f"there is no display {display!r}" in window.notes[0]
        assert not window.output._window.fullscreen
        window.until_at(160, 120, lambda seen: seen == ORANGE)
    finally:
        window.output.close()


def test_a_window_is_moved_to_another_display_or_stays_with_a_line(
    screen: str, tmp_path: Path
) -> None:
    window = Opened(screen, tmp_path / "four.py")
    try:
        window.output.hear({"type": "display", "display": "2"})
        assert window.notes[-1].startswith("window left: there is no display 2; there is 0")
        assert not window.output._window.fullscreen
        window.output.hear({"type": "display", "display": "0"})
        window.until_at(2, 120, lambda seen: seen == ORANGE)
        assert window.output._window.fullscreen
    finally:
        window.output.close()


def test_without_a_screen_there_is_a_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", ":98765")
    with pytest.raises(RuntimeError, match=r"window left: .*DISPLAY"):
        open_window("left", note=print, set=tmp_path / "four.py", tell=lambda *a, **b: None)
