"""Further windows, each with a picture of its own, on any display.

Each is a process of its own: one that hangs or is killed costs the show nothing and comes back.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livegan.stage.control.keys import action_of
from livegan.stage.outputs.hosting import OutputClosed
from livegan.stage.overlay.code import Code
from livegan.stage.overlay.view import View
from livegan.stage.window import displays as screen
from livegan.stage.window.displays import NoWindow
from livegan.stage.window.trimming import Trimming
from livegan.stage.window.window import Press, Window, WindowLost

AGAIN = 4.0  # seconds between the two presses that close a window
AT_LEAST = 0.25  # seconds after which the same is presented again, for windows that were covered


class WindowOutput:
    """One window. All on the main thread of its process."""

    def __init__(
        self,
        name: str,
        set: Path,
        display: int | str | None,
        fullscreen: bool,
        note: Callable[[str], None],
        tell: Callable[..., None],
    ) -> None:
        """Opens it. Raises RuntimeError in a line where there is no screen."""
        self._name, self._note, self._tell = name, note, tell
        try:
            screen.reach(None)
            have = screen.names()
            there = 0 if display is None else screen.find(display)
            self._window = Window(
                title=f"livegan: {name}",
                display=len(have) if there is None else there,
                fullscreen=fullscreen,
                told=lambda what, text: note(f"window {name}: {text}"),
                trimming=Trimming(set, name, note),
                missing=True,
                find=(lambda: None) if display is None else self._home,
            )
        except NoWindow as error:
            raise RuntimeError(f"window {name}: {error}") from None
        self._display = display
        if there is None:
            note(
                f"window {name}: {screen.missing(display)}; until it is there, the window opens "
                "on the first one"
            )
        self._shown: tuple[object, ...] = ()
        self._presented = 0.0
        self._serial = 0
        self._closing = float("-inf")
        self._code, self._view = Code(), View()
        self._fitting = False

    def _home(self) -> int | None:
        """Where it belongs now: beyond all displays if that one is away."""
        if self._display is None:
            return None
        found = screen.find(self._display)
        return len(screen.names()) if found is None else found

    def send(self, pixels: NDArray[np.uint8]) -> None:
        """Show a picture."""
        self._serial += 1
        self._window.picture(pixels)
        self.turn()

    def turn(self) -> None:
        """Take keys and mouse, and present what is new. Raises OutputClosed once it was closed by
        hand."""
        now = time.monotonic()
        try:
            for press in self._window.presses():
                self._press(press, now)
            panels = (
                self._code.panels(self._view, self._window.size, now) if self._view.code else []
            )
            over = [(panel.surface, panel.position, panel.alpha) for panel in panels]
            shown = (self._serial, self._window.size, self._window.looks, over)
            if self._serial and (shown != self._shown or now - self._presented >= AT_LEAST):
                self._shown, self._presented = shown, now
                self._window.present(panels)
        except WindowLost as error:
            raise OutputClosed(str(error)) from None

    def _tell_fitting(self) -> None:
        trimming = self._window.trimming
        fits = trimming is not None and trimming.edit is not None
        if fits != self._fitting:
            self._fitting = fits
            self._tell("fitting", on=fits)

    def hear(self, message: dict[str, Any]) -> None:
        """What the stage sends: the code that is to be seen, a key that was pressed elsewhere."""
        if message["type"] == "code":
            self._view = message["view"]
        elif message["type"] == "fit":
            self._window.begin_fitting()
        elif message["type"] == "display":
            self._move_to(message["display"])
        elif message["type"] == "press":
            self._window.fit(Press(message["typed"], message["name"], message["shift"]))

    def _move_to(self, wanted: str) -> None:
        found = screen.find(wanted)
        if found is None:
            self._note(f"window {self._name}: {screen.missing(wanted)}")
            return
        self._display = wanted
        self._window.move_to(found)
        if not self._window.fullscreen:
            self._window.toggle_fullscreen()

    def _press(self, press: Press, now: float) -> None:
        """A key in this window: fullscreen and closing are its own, all else is the show's."""
        if press.name == "close":
            if now - self._closing > AGAIN:
                self._closing = now
                self._note(f"close the window {self._name} once more to close it; the show goes on")
                return
            raise OutputClosed(f"the window {self._name} was closed; the next save opens it again")
        action, _ = action_of(press.typed, press.name) or ("", "")
        if action == "fit":
            self._window.begin_fitting()
        elif action == "fullscreen" or (action == "escape" and self._window.fullscreen):
            self._window.toggle_fullscreen()
        else:
            self._tell("press", typed=press.typed, name=press.name)

    def close(self) -> None:
        """Close it."""
        self._window.close()


def open_window(
    name: str,
    *,
    note: Callable[[str], None],
    set: Path,
    tell: Callable[..., None],
    display: int | str | None = None,
    fullscreen: bool | None = None,
) -> WindowOutput:
    """The window ``name``; it fills a ``display`` if one is named, by number or part of its name.

    Raises
    ------
    RuntimeError
        In one line, where there is no screen.
    """
    fills = display is not None if fullscreen is None else bool(fullscreen)
    return WindowOutput(name, set, display, fills, note, tell)
