"""A real window, and what happens to windows that nobody asked for."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from PIL import ImageGrab

from livegan.gremlins.screen import managed
from livegan.stage.overlay.hud import Hud
from livegan.stage.window.canvas import SurfaceCanvas, TextureCanvas
from livegan.stage.window.window import Window
from tests.display import xvfb
from tests.stage.supervision.test_supervisor_thread import until

pytestmark = [pytest.mark.display, pytest.mark.skipif(sys.platform != "linux", reason="uses Xvfb")]
SIZE = (320, 240)
ORANGE = (240, 120, 20)


@pytest.fixture(scope="module")
def screen() -> Iterator[str]:
    with xvfb((640, 480)) as display:
        yield display


class Seen:
    """A window that shows one colour, and what it told."""

    def __init__(self, display: str, **more: Any) -> None:
        self.display = display
        self.told: list[str] = []
        self.window = Window(SIZE, told=lambda what, text: self.told.append(what), **more)
        self.window.picture(np.full((24, 32, 3), ORANGE, np.uint8))
        self.closed = 0

    @property
    def number(self) -> str:
        return str(self.window._window.handle)

    def xdotool(self, command: str) -> None:
        subprocess.run(["xdotool", command, self.number], check=True)

    def turn(self) -> None:
        """One turn of the presenter's loop."""
        self.closed += sum(press.name == "close" for press in self.window.presses())
        self.window.present()
        time.sleep(0.01)

    def shows(self) -> bool:
        self.turn()
        seen = np.asarray(ImageGrab.grab(xdisplay=self.display).convert("RGB")).astype(int)
        middle: Any = seen[240, 320]
        return bool(abs(middle - ORANGE).max() < 6)

    def until(self, true: Callable[[], Any]) -> None:
        def turned() -> Any:
            self.turn()
            return true()

        until(turned)


@pytest.fixture(params=["texture", "surface"])
def seen(screen: str, request: pytest.FixtureRequest) -> Iterator[Seen]:
    seen = Seen(screen, canvas=request.param)
    until(seen.shows)
    yield seen
    seen.window.close()


def test_a_window_that_was_hidden_comes_back_by_itself(seen: Seen) -> None:
    seen.xdotool("windowunmap")
    seen.until(lambda: seen.window._visibility.away_since is not None)
    assert not seen.shows()
    seen.until(lambda: "back" in seen.told)
    until(seen.shows)
    seen.xdotool("windowunmap")  # again: meant
    seen.until(lambda: seen.window._visibility.meant)
    assert not seen.shows()


def test_a_window_that_was_destroyed_is_opened_again_with_its_picture(seen: Seen) -> None:
    before = seen.number
    seen.xdotool("windowclose")
    seen.until(lambda: "opened" in seen.told)
    assert seen.number != before
    until(seen.shows)
    assert seen.told == ["opened"] and seen.closed == 0


@pytest.mark.parametrize("canvas", ["texture", "surface"])
def test_a_window_that_is_destroyed_under_a_window_manager_comes_back_as_well(
    canvas: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for program in ("Xvfb", "icewm", "xdotool"):
        if shutil.which(program) is None:
            pytest.skip(f"needs {program} (apt-get install {program.lower()})")
    with managed((640, 480)) as display:
        monkeypatch.setenv("DISPLAY", display)
        seen = Seen(display, canvas=canvas)
        try:
            until(seen.shows)
            for count in (1, 2):
                before = seen.number
                seen.xdotool("windowclose")
                seen.until(lambda count=count: seen.told.count("opened") == count)
                assert seen.number != before
                until(seen.shows)
        finally:
            seen.window.close()


def test_the_windows_button_is_a_key_and_closes_nothing(seen: Seen) -> None:
    wm_delete(int(seen.number))
    seen.until(lambda: seen.closed == 1)
    assert seen.shows()


def test_a_canvas_that_fails_is_replaced_and_shows_the_same(
    seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pygame

    def fail(self: Any, *more: Any) -> None:
        monkeypatch.undo()
        raise pygame.error("the device is lost")

    for canvas in (TextureCanvas, SurfaceCanvas):
        monkeypatch.setattr(canvas, "present", fail)
    seen.turn()
    assert seen.told == ["canvas"]
    until(seen.shows)


def test_a_window_whose_display_goes_moves_to_one_that_remains_and_home_again(
    screen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second display is pretended at SDL's boundary: Xvfb cannot unplug one."""
    import pygame

    real, displays = pygame.Window, [(640, 480), (1920, 1080)]
    places: list[tuple[int, int]] = []
    monkeypatch.setattr(pygame.display, "get_desktop_sizes", lambda: list(displays))
    seen = Seen(screen)
    window = seen.window
    try:

        class Placed:
            """The window, and where it was put."""

            def __getattr__(self, name: str) -> Any:
                return getattr(inner, name)

            def __setattr__(self, name: str, value: Any) -> None:
                if name == "position":
                    places.append(value)
                elif name == "size":
                    real.size.__set__(inner, value)  # type: ignore[attr-defined]

        inner = window._window
        window._window = Placed()  # type: ignore[assignment]
        window._displays = window._displays.moved(1)
        seen.turn()
        displays.pop()
        seen.until(lambda: "display" in seen.told)
        assert places[-1][0] & 0xFFFF == 0
        until(seen.shows)
        displays.append((1920, 1080))
        seen.until(lambda: seen.told.count("display") == 2)
        assert places[-1][0] & 0xFFFF == 1
        window._window = inner
    finally:
        window.close()


@pytest.mark.parametrize("canvas", ["texture", "surface"])
def test_both_canvases_show_the_same(screen: str, canvas: Any) -> None:
    rng = np.random.default_rng(3)
    picture = np.kron(rng.integers(0, 256, (8, 8, 3), np.uint8), np.ones((30, 30, 1), np.uint8))
    window = Window((640, 480), canvas=canvas)
    try:
        assert window.canvas == canvas
        window.picture(picture)
        panels = Hud().waiting("a test", (640, 480))
        for _ in range(3):
            window.presses()
            window.present(panels)
            time.sleep(0.05)
        seen = np.asarray(ImageGrab.grab(xdisplay=screen).convert("RGB")).astype(int)
        for row in range(8):
            for column in range(8):
                y, x = 60 * row + 30, 80 + 60 * column + 30
                if abs(seen[y, x] - picture[30 * row + 15, 30 * column + 15]).max() > 4:
                    assert 340 < y < 440 and 200 < x < 440, "only the panel differs"
        window._window.size = (300, 400)
        for _ in range(5):
            window.presses()
            window.present()
            time.sleep(0.05)
        assert window.size == (300, 400)
        x, y = window._window.position
        grabbed = ImageGrab.grab(xdisplay=screen).convert("RGB")
        seen = np.asarray(grabbed).astype(int)[y : y + 400, x : x + 300]
        assert seen[:48].max() < 4 and seen[352:].max() < 4, "bars above and below"
        assert abs(seen[50 + 19, 19] - picture[15, 15]).max() <= 4
    finally:
        window.close()


def wm_delete(number: int) -> None:
    """What a window manager sends when the window's button is clicked (ICCCM 4.2.8.1)."""

    class Message(ctypes.Structure):
        _fields_ = (
            ("type", ctypes.c_int),
            ("serial", ctypes.c_ulong),
            ("send_event", ctypes.c_int),
            ("display", ctypes.c_void_p),
            ("window", ctypes.c_ulong),
            ("message_type", ctypes.c_ulong),
            ("format", ctypes.c_int),
            ("data", ctypes.c_long * 5),
            ("rest", ctypes.c_long * 24),  # an XEvent is longer
        )

    x = ctypes.CDLL("libX11.so.6")
    x.XOpenDisplay.restype = ctypes.c_void_p
    x.XInternAtom.restype = ctypes.c_ulong
    display = ctypes.c_void_p(x.XOpenDisplay(None))
    window = ctypes.c_ulong(number)
    protocols, delete = (
        x.XInternAtom(display, n, 0) for n in (b"WM_PROTOCOLS", b"WM_DELETE_WINDOW")
    )
    message = Message(33, 0, 1, display, number, protocols, 32, (delete, 0, 0, 0, 0))
    x.XSendEvent(display, window, 0, ctypes.c_long(0), ctypes.byref(message))
    x.XSync(display, 0)
    x.XCloseDisplay(display)
