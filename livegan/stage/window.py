"""The window: where the audience looks."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from livegan.stage.canvas import Canvas, SurfaceCanvas, TextureCanvas
from livegan.stage.lettering import Panel, Size

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
os.environ.setdefault("SDL_VIDEO_X11_WMCLASS", "livegan")

SMALLEST: Size = (160, 120)
CENTRED_ON = 0x2FFF0000  # SDL_WINDOWPOS_CENTERED_DISPLAY(n), less n
UNSEEN = ("offscreen", "dummy", "evdev")  # SDL's drivers that show nothing
RATE = 60.0  # pictures a second at most, whatever the display can do


class NoWindow(Exception):
    """There is no screen to open a window on; the message says what to do."""


class NoDisplay(ValueError):
    """There are screens, but not the one asked for; the message says which there are."""


@dataclass(frozen=True)
class Press:
    """A key: the character typed ("" if none) and the key's name, or ("", "close") of the window's
    button."""

    typed: str
    name: str


class Window:
    """A resizable window, or the whole of one display."""

    def __init__(
        self,
        size: Size = (1024, 1024),
        *,
        title: str = "livegan",
        fullscreen: bool = False,
        display: int = 0,
        canvas: Literal["auto", "texture", "surface"] = "auto",
    ) -> None:
        """Open it. ``display`` counts from 0. Raises NoWindow or NoDisplay, which say why."""
        import pygame

        try:
            pygame.display.init()
            pygame.font.init()
            desktops = pygame.display.get_desktop_sizes()
        except pygame.error as error:
            raise NoWindow(f"no window can be opened ({error}): {_advice()}") from error
        driver = pygame.display.get_driver()
        if driver in UNSEEN and not os.environ.get("SDL_VIDEODRIVER"):
            # SDL's last resort: a show that nobody sees is none.
            self._quit()
            raise NoWindow(f"the screen does not answer: {_advice()}")
        if not 0 <= display < len(desktops):
            have = "0" if len(desktops) == 1 else f"0 to {len(desktops) - 1}"
            self._quit()
            raise NoDisplay(f"there is no display {display}: use --display {have}")
        place = CENTRED_ON | display
        room = desktops[display]
        size = (min(size[0], room[0]), min(size[1], room[1]))
        try:
            self._window = pygame.Window(title, size, (place, place), resizable=True)
            self._window.minimum_size = SMALLEST
        except pygame.error as error:
            self._quit()
            raise NoWindow(f"no window can be opened ({error}): {_advice()}") from error
        self.fullscreen = False
        if fullscreen:
            self.toggle_fullscreen()
        self._canvas = self._open_canvas(canvas)
        rates = [r for r in pygame.display.get_desktop_refresh_rates() if r > 0]
        rate = rates[display] if display < len(rates) else RATE
        self.period: float = 1 / min(RATE, rate)
        """Seconds from one frame to the next: 60 a second, or what the display does if less."""
        pygame.key.set_repeat(0)

    def _open_canvas(self, wanted: str) -> Canvas:
        import pygame

        if wanted != "surface":
            try:
                return TextureCanvas(self._window)
            except (pygame.error, ImportError):
                if wanted == "texture":
                    raise
        return SurfaceCanvas(self._window)

    @property
    def canvas(self) -> str:
        """What it draws on: "texture" or "surface"."""
        return self._canvas.name

    @property
    def size(self) -> Size:
        """Width and height in pixels."""
        width, height = self._window.size
        return width, height

    def presses(self) -> list[Press]:
        """What was pressed since the last call; also keeps the window alive."""
        import pygame

        found = []
        for event in pygame.event.get():
            if event.type == pygame.KEYDOWN:
                typed = event.unicode if event.unicode.isprintable() else ""
                found.append(Press(typed, pygame.key.name(event.key)))
            elif event.type == pygame.QUIT:
                found.append(Press("", "close"))
        return found

    def picture(self, pixels: NDArray[np.uint8], fill: bool = False) -> None:
        """Take a new picture, (H, W, 3) uint8; it stays until the next. ``fill`` stretches it."""
        self._canvas.picture(pixels, fill)

    def present(self, panels: Sequence[Panel] = (), darkness: float = 0.0) -> None:
        """Show the picture, darkened by 0..1, and the panels over it."""
        self._canvas.present(self.size, panels, darkness)

    def toggle_fullscreen(self) -> None:
        """To fullscreen on the display it is on, or back to a window."""
        self.fullscreen = not self.fullscreen
        if self.fullscreen:
            self._window.set_fullscreen(True)
        else:
            self._window.set_windowed()
        import pygame

        pygame.mouse.set_visible(not self.fullscreen)

    def close(self) -> None:
        """Close it. Twice is once."""
        self._window.destroy()
        self._quit()

    @staticmethod
    def _quit() -> None:
        import pygame

        pygame.font.quit()
        pygame.display.quit()


def _advice() -> str:
    if sys.platform in ("win32", "darwin"):
        return "log in at the screen, or use `livegan rehearse` to make a film"
    return "set DISPLAY, run under `xvfb-run`, or use `livegan rehearse` to make a film"
