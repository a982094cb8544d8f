"""Where there is no screen, or not the display asked for, it is said what to do."""

from __future__ import annotations

import sys

import pytest

from livegan.stage.window.displays import NoDisplay, NoWindow
from livegan.stage.window.window import Window
from tests.display import xvfb

pytestmark = [pytest.mark.display, pytest.mark.skipif(sys.platform != "linux", reason="uses Xvfb")]
WINDOW = (320, 240)


def test_a_display_that_is_not_there_is_refused_with_those_that_are() -> None:
    with xvfb((640, 480)), pytest.raises(NoDisplay, match="no display 7: use --display 0"):
        Window(WINDOW, display=7)


def test_without_a_screen_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WAYLAND_DISPLAY", "SDL_VIDEODRIVER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DISPLAY", ":98765")
    with pytest.raises(NoWindow, match="livegan rehearse"):
        Window(WINDOW)
    monkeypatch.setenv("SDL_VIDEODRIVER", "x11")
    with pytest.raises(NoWindow, match="livegan rehearse"):
        Window(WINDOW)
