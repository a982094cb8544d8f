"""The process that reads gamepads: every one that is plugged in, to the control table.

A process of its own, for SDL asks systems and drivers that may hang, and the window has an SDL of
its own. Started by `livegan.stage.hands.hands` where a set says ``gamepad(...)``.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from livegan.control_names import of_gamepad
from livegan.ipc.sound_ring import SoundRing
from livegan.sound import RATE
from livegan.stage.hands.lanes import Lanes
from livegan.stage.hands.mapping.mapper import Writer
from livegan.stage.hands.midi_message import plain
from livegan.stage.outputs.hosting import GuestPipe

LOOK = 0.004  # seconds between looks at what came


class Gamepads:
    """The gamepads, opened as they come and closed as they go.

    ``library`` is the module ``pygame``.
    """

    def __init__(self, library: Any, write: Writer, note: Callable[[str], None]) -> None:
        self._library, self._write, self._note = library, write, note
        self._open: dict[int, tuple[str, Any]] = {}
        """By the number that SDL gives each, a new one when it is plugged in again."""
        self._moved: dict[int, set[str]] = {}
        """The axes and buttons that are not at rest."""

    def take(self, event: Any, show_time: float) -> None:
        """Something happened to a gamepad, or on it."""
        kind = event.type
        if kind == self._library.JOYDEVICEADDED:
            self._add(event.device_index)
        elif kind == self._library.JOYDEVICEREMOVED:
            self._remove(event.instance_id, show_time)
        elif kind == self._library.JOYAXISMOTION:
            value = min(max(float(event.value), -1.0), 1.0)
            self._set(event.instance_id, f"axis {event.axis}", value, show_time)
        elif kind == self._library.JOYBUTTONDOWN:
            self._set(event.instance_id, f"hit {event.button}", 1.0, show_time)
            self._set(event.instance_id, f"button {event.button}", 1.0, show_time)
        elif kind == self._library.JOYBUTTONUP:
            self._set(event.instance_id, f"button {event.button}", 0.0, show_time)

    def _add(self, index: int) -> None:
        try:
            device = self._library.joystick.Joystick(index)
            name = plain(str(device.get_name()))
        except self._library.error as error:
            self._note(f"gamepad: one cannot be opened ({error})")
            return
        self._open[device.get_instance_id()] = name, device
        self._note(f"gamepad: listening to {name}")

    def _remove(self, number: int, show_time: float) -> None:
        if number not in self._open:
            return
        for what in sorted(self._moved.pop(number, ())):
            if not what.startswith("hit"):
                self._set(number, what, 0.0, show_time)
        name, device = self._open.pop(number)
        device.quit()
        self._note(f"gamepad: {name} is gone; it is opened again when it returns")

    def _set(self, number: int, what: str, value: float, show_time: float) -> None:
        if number in self._open:
            self._moved.setdefault(number, set()).add(what)
            self._write(of_gamepad(self._open[number][0], what), value, show_time)


def listen(connection: Connection, options: dict[str, Any]) -> None:
    """Read all gamepads until the stage ends it."""
    line = GuestPipe(connection)
    os.environ.update(SDL_VIDEODRIVER="dummy", SDL_JOYSTICK_ALLOW_BACKGROUND_EVENTS="1")
    os.environ["PYGAME_HIDE_SUPPORT_PROMPT"] = "1"
    import pygame

    try:
        lanes, ring = Lanes(options["lanes"]), SoundRing.attach(options["sound_ring"])
    except FileNotFoundError:
        return  # the stage that made them is gone
    pygame.display.init()  # events need it
    pygame.joystick.init()
    pads = Gamepads(pygame, lanes.set, line.note)
    line.opened()
    with ring:
        while not line.asked_to_end():
            for event in pygame.event.get():
                pads.take(event, ring.position / RATE)
            time.sleep(LOOK)
    pygame.quit()
    lanes.close()
