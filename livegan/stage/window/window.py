"""The window: where the audience looks."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from livegan.files import printable
from livegan.stage.overlay.text import Panel, PixelSize
from livegan.stage.window import displays as screen
from livegan.stage.window import x11
from livegan.stage.window.canvas import Canvas, Room, SurfaceCanvas, TextureCanvas
from livegan.stage.window.graphics_card import has_graphics_card
from livegan.stage.window.trimming import MOUSE, Trimming
from livegan.stage.window.visibility import Displays, Visibility

USUAL: PixelSize = (1024, 1024)
SMALLEST: PixelSize = (160, 120)
SETTLED = 2.0  # seconds in which a window manager may still change what it was asked for
CENTRED_ON = 0x2FFF0000  # SDL_WINDOWPOS_CENTERED_DISPLAY(n), less n
SAME = 0.01
"""Share by which the sides of a shape differ at most for it to count as the same."""
MIND = 0.5  # seconds between looks at the displays


def shaped_like(picture: PixelSize, room: PixelSize) -> PixelSize:
    """The size of a window in a picture's shape: as large as usual, and within the display."""
    scale = (USUAL[0] * USUAL[1] / (picture[0] * picture[1])) ** 0.5
    scale = min(scale, room[0] / picture[0], room[1] / picture[1])
    return max(SMALLEST[0], round(picture[0] * scale)), max(SMALLEST[1], round(picture[1] * scale))


class WindowLost(Exception):
    """The window is gone in the middle of the show, and cannot be opened again."""


@dataclass(frozen=True)
class Press:
    """A key: the character typed ("" if none) and the key's name, or ("", "close") of the window's
    button."""

    typed: str
    name: str
    shift: bool = False


class Window:
    """A resizable window, or the whole of one display."""

    def __init__(
        self,
        size: PixelSize | None = None,
        *,
        title: str = "livegan",
        fullscreen: bool = False,
        display: int = 0,
        canvas: Literal["auto", "texture", "surface"] = "auto",
        trimming: Trimming | None = None,
        missing: bool = False,
        find: Callable[[], int | None] = lambda: None,
        told: Callable[[str, str], None] = lambda what, text: None,
        server_gone: Callable[[], None] | None = None,
    ) -> None:
        """Open it. ``display`` counts from 0. Raises NoWindow or NoDisplay, which say why.

        Without a ``size`` it takes the shape of what it shows, until somebody resizes it.
        ``server_gone`` is called when the X server is gone: see `livegan.stage.window.x11`.

        With ``missing``, a display that is not there is waited for, on another one and not
        fullscreen. ``find`` is called when the displays have changed, and gives the number of
        the one that the window belongs on, if it knows.

        ``trimming`` fits what is shown to a wall; without one, nothing does.

        ``told`` is called with a word ("hidden", "back", "display", "canvas", "opened") and a line
        whenever something happens to the window that nobody asked for.
        """
        import pygame

        self._told, self._title, self._wanted = told, printable(title), canvas
        x11.survive_errors(server_gone)
        self.abandoned = False
        """Whether it was left as it is: see `abandon`."""
        sizes = screen.reach(None if missing else display)
        at = display if display < len(sizes) else 0  # where the performer sees it
        self._displays, self._away = Displays(display, at, sizes), at != display
        self._find, self._waits = find, missing
        self._visibility, self._minded = Visibility(), 0.0
        self._shown: tuple[NDArray[np.uint8], bool] | None = None
        self.trimming, self._trimmed = trimming, 0
        self._size, self.fullscreen = size or USUAL, False
        self._follows = size is None
        try:
            self._open()
        except pygame.error as error:
            screen.let_go()
            raise screen.refusal(error) from error
        self._fills = fullscreen
        if fullscreen and at == display:
            self.toggle_fullscreen()
        self._canvas = self._open_canvas(canvas)
        self.period = screen.period_of(at)
        """Seconds from one frame to the next: 60 a second, or what the display does if less."""
        pygame.key.set_repeat(0)

    def _open(self) -> None:
        """A window of the size wanted, on the display it belongs on. Raises pygame.error."""
        import pygame

        room = self._displays.sizes[self._displays.at]
        size = (min(self._size[0], room[0]), min(self._size[1], room[1]))
        place = CENTRED_ON | self._displays.at
        x11.ask_for_events()
        self._window = pygame.Window(self._title, size, (place, place), resizable=True)
        self._connection = x11.Connection(self._window)
        self._window.minimum_size = SMALLEST
        self._placed = time.monotonic()

    def _open_canvas(self, wanted: str) -> Canvas:
        import pygame

        canvas: Canvas | None = None
        if wanted == "texture" or (wanted == "auto" and has_graphics_card()):
            try:
                canvas = TextureCanvas(self._window)
            except (pygame.error, ImportError):
                if wanted == "texture":
                    raise
        return canvas or SurfaceCanvas(self._window)

    @property
    def canvas(self) -> str:
        """What it draws on: "texture" or "surface"."""
        return self._canvas.name

    @property
    def size(self) -> PixelSize:
        """Width and height in pixels."""
        width, height = self._window.size
        return width, height

    def presses(self) -> list[Press]:
        """What was pressed since the last call; also keeps the window alive."""
        import pygame

        found = []
        now = time.monotonic()
        for event in pygame.event.get():
            if event.type in (pygame.WINDOWMINIMIZED, pygame.WINDOWHIDDEN):
                self._visibility = self._visibility.put_away(now)
            elif event.type in (pygame.WINDOWRESTORED, pygame.WINDOWSHOWN):
                self._visibility = self._visibility.seen()
            elif event.type == pygame.WINDOWRESIZED and now - self._placed > SETTLED:
                self._follows = False  # by hand: it stays as it is
            elif event.type == pygame.WINDOWDISPLAYCHANGED:
                self._displays = self._displays.moved(event.display_index)
            elif event.type in (pygame.RENDER_TARGETS_RESET, pygame.RENDER_DEVICE_RESET):
                self._renew_canvas("the graphics card was reset")
            elif event.type == pygame.KEYDOWN:
                typed = event.unicode if event.unicode.isprintable() else ""
                shift = bool(event.mod & pygame.KMOD_SHIFT)
                press = Press(typed, pygame.key.name(event.key), shift)
                if not self.fit(press):
                    found.append(press)
            elif self._fits and event.type in MOUSE and self.trimming is not None:
                self.trimming.mouse(event, self.size)
            elif event.type == pygame.SYSWMEVENT:
                self._connection.hear(event.dict.get("event", b""))
            elif event.type == pygame.QUIT:
                found.append(Press("", "close"))
        self._mind(now)
        if self.trimming is not None:
            self.trimming.look(now)
        return found

    # Fitting it to a wall ------------------------------------------------------------------------

    @property
    def looks(self) -> int:
        """A number that changes when the same picture is to be presented anew."""
        return self.trimming.serial if self.trimming is not None else 0

    @property
    def _fits(self) -> bool:
        return self.trimming is not None and self.trimming.edit is not None

    def begin_fitting(self) -> None:
        """Let corners, mask and the like be set with keys and mouse."""
        import pygame

        if self.trimming is None or self._shown is None or self._fits:
            return
        pixels, fill = self._shown
        self.trimming.begin((pixels.shape[1], pixels.shape[0]), self.size, fill)
        pygame.key.set_repeat(300, 30)  # of the arrow keys
        pygame.mouse.set_visible(True)

    def fit(self, press: Press) -> bool:
        """Take a key while the window is fitted; whether it was one for that."""
        import pygame

        if self.trimming is None or not self.trimming.press(press.name, press.shift, self.size):
            return False
        if not self._fits:
            pygame.key.set_repeat(0)
            pygame.mouse.set_visible(not self.fullscreen)
        return True

    def _draw_picture(self) -> None:
        """Give the canvas what it shows: the picture, or the grid while the window is fitted."""
        if self._shown is None:
            return
        pixels, fill = self._shown
        if self.trimming is not None:
            self._canvas.trim = self.trimming.trim
            pixels = self.trimming.instead(pixels, self.size)
        self._canvas.picture(pixels, fill)

    def picture(self, pixels: NDArray[np.uint8], fill: bool = False) -> None:
        """Take a new picture, (H, W, 3) uint8; it stays until the next. ``fill`` stretches it."""
        import pygame

        self._shown = (pixels, fill)
        if not fill:
            self._follow((pixels.shape[1], pixels.shape[0]))
        try:
            self._draw_picture()
        except pygame.error as error:
            self._renew_canvas(str(error))

    def present(self, panels: Sequence[Panel] = (), room: Room | None = None) -> None:
        """Show the picture, in a part of the window if there is a ``room``, and the panels over it.

        Raises WindowLost where it cannot be opened again.
        """
        import pygame

        if self._connection.destroyed:
            self._reopen()
        try:
            if self.looks != self._trimmed:
                self._trimmed = self.looks
                self._draw_picture()
            if self.trimming is not None:
                panels = [*panels, *self.trimming.panels(self.size)]
            self._canvas.present(self.size, panels, room)
        except pygame.error as error:
            self._renew_canvas(str(error))

    def _follow(self, picture: PixelSize) -> None:
        """Take the shape of a picture, with as many pixels as before."""
        if not self._follows or self.fullscreen:
            return
        wanted = shaped_like(picture, self._displays.sizes[self._displays.at])
        if all(abs(new - old) <= SAME * old for new, old in zip(wanted, self._size, strict=True)):
            return  # also a drift, which is drawn smaller and so has nearly the same shape
        self._size = wanted
        self._place(self._displays.at)

    # What happens to a window that nobody asked for ----------------------------------------------

    def _mind(self, now: float) -> None:
        """Bring it back if it was put away or destroyed, or if its display is gone."""
        import pygame

        self._visibility, back = self._visibility.look(now)
        if back and self._connection.destroyed:  # SDL would wait for ever until it is seen
            self._reopen()
        elif back:
            self._told("back", "the window was hidden and is back; hide it twice to keep it away")
            self._window.show()
            self._window.restore()
        if 0 <= now - self._minded < MIND:
            return
        self._minded = now
        sizes = tuple(pygame.display.get_desktop_sizes())
        if sizes != self._displays.sizes:
            home = self._find()
            if home is not None:
                self._away = home >= len(sizes)
                self._displays = replace(self._displays, home=0 if self._away else home)
        self._displays, target = self._displays.look(sizes)
        if target is not None:
            self._told(
                "display", f"the displays have changed: the window moved to display {target}"
            )
            at_home = target == self._displays.home and not self._away
            if self._waits and self.fullscreen and not at_home:
                self.toggle_fullscreen()  # it covers no other window
            self._place(target)
            if self._waits and self._fills and not self.fullscreen and at_home:
                self.toggle_fullscreen()

    def _place(self, display: int) -> None:
        """To that display, as it was: a window that fits there, or the whole of it."""
        room = self._displays.sizes[display]
        self._placed = time.monotonic()
        if self.fullscreen:
            self._window.set_windowed()
        self._window.size = (min(self._size[0], room[0]), min(self._size[1], room[1]))
        self._window.position = (CENTRED_ON | display, CENTRED_ON | display)
        if self.fullscreen:
            self._window.set_fullscreen(True)

    def move_to(self, display: int) -> None:
        """To another display, as it is: a window, or the whole of it."""
        self._displays, self._away = self._displays.moved(display), False
        self._place(display)

    def _reopen(self) -> None:
        """Another program destroyed the window."""
        import pygame

        self._told("opened", "the window was destroyed and has been opened again")
        self._canvas.close()
        try:
            self._connection.expect_unmapping()
            self._window.destroy()
            self._open()
        except pygame.error as error:
            raise WindowLost(
                f"the window was destroyed and cannot be opened again: {error}"
            ) from error
        if self.fullscreen:
            self._window.set_fullscreen(True)
        self._visibility = Visibility()
        self._renew_canvas("")

    def _renew_canvas(self, why: str) -> None:
        """Draw on a new canvas, on the processor if the graphics card does not come back."""
        if why:
            self._told("canvas", f"the window was reset: {why}")
        self._canvas.close()
        self._canvas = self._open_canvas("auto" if self._wanted == "auto" else self._wanted)
        self._draw_picture()

    def toggle_fullscreen(self) -> None:
        """To fullscreen on the display it is on, or back to a window."""
        self.fullscreen = not self.fullscreen
        self._placed = time.monotonic()
        if self.fullscreen:
            self._window.set_fullscreen(True)
        else:
            self._window.set_windowed()
        import pygame

        pygame.mouse.set_visible(not self.fullscreen)

    def abandon(self) -> None:
        """Leave it as it is, for what it is drawn with does not answer any more. From any thread;
        nothing else may be called then, on any thread."""
        if not self.abandoned:
            self.abandoned = True
            x11.leak(self._window, self._canvas)

    def close(self) -> None:
        """Close it. Safe to call twice."""
        self._canvas.close()
        self._window.destroy()
        screen.let_go()
