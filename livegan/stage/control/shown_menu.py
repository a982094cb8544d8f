"""The menu in the window: it opens, looks for devices beside the show, and hands on a choice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from livegan.ipc.remote.schema import Command
from livegan.stage.control.menu import Menu, MenuChoice, Names, choices_of, sound_devices
from livegan.stage.window import displays
from livegan.stage.window.window import Press

KEYS = ("up", "down", "return", "keypad enter", "escape", "o")
"""What the menu takes while it is open; every other key is the show's."""


class ShownMenu:
    """All on the presenter's thread; devices are looked for on another."""

    def __init__(self, look: Callable[[], Names] = sound_devices) -> None:
        self._menu: Menu | None = None
        self._found: Names | None = None
        """Devices that are not in the menu yet."""
        self._asked = ("", [""])
        self.choose: Callable[[Command], None] = lambda command: None
        """Called with what was chosen."""
        self._look = look

    @property
    def menu(self) -> Menu | None:
        """What is shown; None while it is closed."""
        found, self._found = self._found, None
        if found is not None and self._menu is not None:
            self._menu = self._menu.with_choices(self._choices(found))
        return self._menu

    def _choices(self, sounds: Names) -> list[MenuChoice]:
        return choices_of(sounds, displays.names(), *self._asked)

    def open(self, heard: str, inputs: Sequence[str]) -> None:
        """Show it at once, and the devices of sound once they are known.

        ``heard`` is the name of the sound that is heard, ``inputs`` the named inputs.
        """
        self._asked = heard, list(inputs)
        self._menu = Menu(tuple(self._choices({})), waiting="looking for sound devices ...")

        def find() -> None:
            self._found = self._look()

        threading.Thread(target=find, name="sound devices", daemon=True).start()

    def take(self, press: Press) -> bool:
        """Whether a key is the menu's: then it is done."""
        name = press.typed if press.typed == "o" else press.name
        menu = self.menu
        if menu is None or name not in KEYS:
            return False
        self._menu, chosen = menu.press(name)
        if chosen is not None:
            self.choose(chosen)
        return True
